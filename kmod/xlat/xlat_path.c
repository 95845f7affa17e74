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
#include "xlat_resolve.h"
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
	ctx->out = state->out;
	ctx->sk = state->sk;
	ctx->epoch.view = view->id;
	/* before any look into the table */
	ctx->epoch.table = smp_load_acquire(&view->table->changes);
	ctx->flow = NULL;
	ctx->smap = NULL;
	ctx->dmap = NULL;
	ctx->impure = false;
	ctx->icmp_done = false;
	ctx->fragmenting = false;
	ctx->pooled = false;
	ctx->dst_ref = false;
	ctx->mtu = 0;
	ctx->pointer = 0;
}

/* What the socket of own traffic is told; without more, EPERM. */
static unsigned int refused(const struct xlat_ctx *ctx, unsigned int reason)
{
	if (ctx->in)
		return NF_DROP;
	switch (reason) {
	case NLAB_A_STATS_DROP_TOO_BIG:
		return NF_DROP_ERR(-EMSGSIZE);
	case NLAB_A_STATS_DROP_NO_ROUTE:
		return NF_DROP_ERR(-EHOSTUNREACH);
	default:
		return NF_DROP;
	}
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
	return refused(ctx, -result);
}

static unsigned int verdict6(struct xlat_ctx *ctx, struct sk_buff *skb,
			     int result)
{
	if (result >= 0)
		return result == XLAT_STOLEN ? NF_STOLEN : NF_ACCEPT;
	xlat_dropped(ctx, skb, -result);
	if (ctx->conf->icmp_errors)
		xlat_error6(ctx, skb, -result);
	return refused(ctx, -result);
}

/* Frames to somebody else, to all or to a group are not forwarded. */
static bool is_candidate(const struct sk_buff *skb, unsigned int flags)
{
	return skb->pkt_type == PACKET_HOST && !nlab_is_bridged(skb) &&
	       !(flags & XLAT_CB_DONE);
}

/* A received packet has a socket here only if TPROXY or BPF gave it one. */
static bool is_claimed(const struct sk_buff *skb)
{
	return skb->sk;
}

/*
 * The traffic of others leaves before anything is set up for it: what maps and
 * prefix can't cover, and of what only the prefix may cover, what this node
 * forwards as IPv4 (is_native46()). @unrouted: it does not.
 */
static bool is_foreign4(const struct xlat_view *view, struct sk_buff *skb,
			const struct nf_hook_state *state, bool *unrouted)
{
	const struct xlat_conf *conf = &view->conf;
	const struct iphdr *ip4 = ip_hdr(skb);

	if (xlat_spans4(view->table, ip4->daddr))
		return false;
	if (!conf->prefix_len)
		return true;
	if (!conf->prefer_native || xlat_spans4(view->table, ip4->saddr) ||
	    !xlat_may_route4(conf, state->net, state->in))
		return false;
	*unrouted = !xlat_routed4(skb);
	return !*unrouted;
}

/* An error's inner packet may be of a NAT66 pair though the outer is not. */
static bool is_foreign6(const struct xlat_view *view, const struct sk_buff *skb)
{
	const struct ipv6hdr *ip6 = ipv6_hdr(skb);

	return !xlat_spans6(view->table, XLAT_IN4, &ip6->daddr) &&
	       xlat_lpm_empty(view->table, XLAT_OUT6) &&
	       !xlat_in_prefix(&view->conf, &ip6->daddr);
}

static unsigned int in4(void *priv, struct sk_buff *skb,
			const struct nf_hook_state *state)
{
	struct xlat_net *xn = priv;
	const struct xlat_view *view = rcu_dereference(xn->view);
	struct xlat_ctx ctx;
	bool unrouted = false;

	if (is_claimed(skb) || !is_candidate(skb, IPCB(skb)->flags) ||
	    is_foreign4(view, skb, state, &unrouted))
		return NF_ACCEPT;
	ctx_init(&ctx, xn, view, state);
	ctx.unrouted4 = unrouted;
	return verdict4(&ctx, skb, xlat46(&ctx, skb));
}

static unsigned int in6(void *priv, struct sk_buff *skb,
			const struct nf_hook_state *state)
{
	struct xlat_net *xn = priv;
	const struct xlat_view *view = rcu_dereference(xn->view);
	struct xlat_ctx ctx;

	if (is_claimed(skb) || !is_candidate(skb, IP6CB(skb)->flags) ||
	    is_foreign6(view, skb))
		return NF_ACCEPT;
	ctx_init(&ctx, xn, view, state);
	return verdict6(&ctx, skb, xlat64(&ctx, skb));
}

/*
 * What IPsec encrypts as it is, addresses included, is not for others to see;
 * the result comes here too.
 */
static bool is_encrypted(const struct sk_buff *skb)
{
	const struct dst_entry *dst = skb_dst(skb);

	return dst && dst_xfrm(dst);
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
	unsigned int verdict = NF_ACCEPT;
	struct xlat_ctx ctx;

	if (!is_candidate(skb, IPCB(skb)->flags) || is_encrypted(skb) ||
	    (!view->conf.local && !xlat_is_icmp4_error(skb)))
		return NF_ACCEPT;
	/* Sockets come here in process context, counters need BH off. */
	local_bh_disable();
	if (!xlat_error_is_ours()) {
		ctx_init(&ctx, xn, view, state);
		verdict = verdict4(&ctx, skb, xlat46(&ctx, skb));
	}
	local_bh_enable();
	return verdict;
}

static unsigned int out6(void *priv, struct sk_buff *skb,
			 const struct nf_hook_state *state)
{
	struct xlat_net *xn = priv;
	const struct xlat_view *view = rcu_dereference(xn->view);
	unsigned int verdict = NF_ACCEPT;
	struct xlat_ctx ctx;

	if (!is_candidate(skb, IP6CB(skb)->flags) || is_encrypted(skb) ||
	    (!view->conf.local && !xlat_is_icmp6_error(skb)))
		return NF_ACCEPT;
	local_bh_disable();
	if (!xlat_error_is_ours()) {
		ctx_init(&ctx, xn, view, state);
		verdict = verdict6(&ctx, skb, xlat64(&ctx, skb));
	}
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
