// SPDX-License-Identifier: GPL-2.0
/*
 * Netfilter hooks of the translator, and the one place that drops packets.
 *
 * Each family has one hook at PRE_ROUTING. In mode auto it stands behind all
 * others (rules of the administrator, connection tracking), so that none is
 * bypassed; in the other modes where the settings have it. The one for own
 * traffic at LOCAL_OUT is the last always.
 */
#include <linux/netfilter.h>
#include <linux/netfilter_ipv4.h>
#include <linux/netfilter_ipv6.h>

#include "../compat.h"
#include "xlat_path.h"
#include "xlat_trace.h"

static void ctx_init(struct xlat_ctx *ctx, struct xlat_net *xn,
		     const struct xlat_view *view,
		     const struct nf_hook_state *state)
{
	/* One by one: to clear it as a whole takes longer than all of them. */
	ctx->xn = xn;
	ctx->conf = &view->conf;
	ctx->table = view->table;
	ctx->net = state->net;
	ctx->in = state->in;
	ctx->sk = state->sk;
	ctx->epoch.view = view->id;
	/* before any look into the table */
	ctx->epoch.table = smp_load_acquire(&view->table->changes);
	ctx->slot = NULL;
	ctx->flow = NULL;
	ctx->smap = NULL;
	ctx->dmap = NULL;
	ctx->impure = false;
	ctx->icmp_done = false;
	ctx->pooled = false;
	ctx->dst_ref = false;
	ctx->mtu = 0;
	ctx->pointer = 0;
}

/* The single drop site: counts, tells the sender, has the packet freed. */
static unsigned int verdict4(struct xlat_ctx *ctx, struct sk_buff *skb,
			     int result)
{
	if (result >= 0)
		return result == XLAT_STOLEN ? NF_STOLEN : NF_ACCEPT;
	xlat_dropped(ctx, skb, -result);
	if (ctx->conf->icmp_errors)
		xlat_error4(ctx, skb, -result);
	return NF_DROP;
}

static unsigned int verdict6(struct xlat_ctx *ctx, struct sk_buff *skb,
			     int result)
{
	if (result >= 0)
		return result == XLAT_STOLEN ? NF_STOLEN : NF_ACCEPT;
	xlat_dropped(ctx, skb, -result);
	if (ctx->conf->icmp_errors)
		xlat_error6(ctx, skb, -result);
	return NF_DROP;
}

static unsigned int translate4(struct xlat_net *xn,
			       const struct xlat_view *view,
			       struct sk_buff *skb,
			       const struct nf_hook_state *state)
{
	struct xlat_ctx ctx;

	/* Frames to somebody else, to all or to a group are not forwarded. */
	if (skb->pkt_type != PACKET_HOST || nlab_is_bridged(skb) ||
	    IPCB(skb)->flags & XLAT_CB_DONE)
		return NF_ACCEPT;
	ctx_init(&ctx, xn, view, state);
	return verdict4(&ctx, skb, xlat46(&ctx, skb));
}

static unsigned int translate6(struct xlat_net *xn,
			       const struct xlat_view *view,
			       struct sk_buff *skb,
			       const struct nf_hook_state *state)
{
	struct xlat_ctx ctx;

	if (skb->pkt_type != PACKET_HOST || nlab_is_bridged(skb) ||
	    IP6CB(skb)->flags & XLAT_CB_DONE)
		return NF_ACCEPT;
	ctx_init(&ctx, xn, view, state);
	return verdict6(&ctx, skb, xlat64(&ctx, skb));
}

static unsigned int in4(void *priv, struct sk_buff *skb,
			const struct nf_hook_state *state)
{
	struct xlat_net *xn = priv;

	return translate4(xn, rcu_dereference(xn->view), skb, state);
}

static unsigned int in6(void *priv, struct sk_buff *skb,
			const struct nf_hook_state *state)
{
	struct xlat_net *xn = priv;

	return translate6(xn, rcu_dereference(xn->view), skb, state);
}

/*
 * Own traffic. With the setting off, ICMP errors are translated all the same:
 * they are about packets that this node has translated.
 */
static unsigned int out4(void *priv, struct sk_buff *skb,
			 const struct nf_hook_state *state)
{
	struct xlat_net *xn = priv;
	const struct xlat_view *view = rcu_dereference(xn->view);
	unsigned int verdict;

	if (!view->conf.local && !xlat_is_icmp4_error(skb))
		return NF_ACCEPT;
	/* Sockets come here in process context, counters need BH off. */
	local_bh_disable();
	verdict = xlat_error_is_ours() ? NF_ACCEPT :
		  translate4(xn, view, skb, state);
	local_bh_enable();
	return verdict;
}

static unsigned int out6(void *priv, struct sk_buff *skb,
			 const struct nf_hook_state *state)
{
	struct xlat_net *xn = priv;
	const struct xlat_view *view = rcu_dereference(xn->view);
	unsigned int verdict;

	if (!view->conf.local && !xlat_is_icmp6_error(skb))
		return NF_ACCEPT;
	local_bh_disable();
	verdict = xlat_error_is_ours() ? NF_ACCEPT :
		  translate6(xn, view, skb, state);
	local_bh_enable();
	return verdict;
}

void xlat_hooks_fill(struct xlat_net *xn, struct nf_hook_ops *ops,
		     s32 priority)
{
	static const struct {
		nf_hookfn *fn;
		u8 pf;
		u8 hooknum;
	} hooks[XLAT_HOOKS] = {
		{ in4, NFPROTO_IPV4, NF_INET_PRE_ROUTING },
		{ out4, NFPROTO_IPV4, NF_INET_LOCAL_OUT },
		{ in6, NFPROTO_IPV6, NF_INET_PRE_ROUTING },
		{ out6, NFPROTO_IPV6, NF_INET_LOCAL_OUT },
	};
	int i;

	for (i = 0; i < XLAT_HOOKS; i++) {
		ops[i].hook = hooks[i].fn;
		ops[i].pf = hooks[i].pf;
		ops[i].hooknum = hooks[i].hooknum;
		ops[i].priority = hooks[i].hooknum == NF_INET_PRE_ROUTING ?
				  priority : NF_IP_PRI_LAST;
		ops[i].priv = xn;
	}
}
