// SPDX-License-Identifier: GPL-2.0
/*
 * The way out of a translated packet: straight over its route, through the
 * kernel's forwarding with all its rules, or as own traffic.
 */
#include <linux/inetdevice.h>
#include <linux/netfilter_ipv4.h>
#include <linux/netfilter_ipv6.h>
#include <net/addrconf.h>
#include <net/ip6_fib.h>
#include <net/ip6_route.h>
#include <net/ip_fib.h>
#include <net/l3mdev.h>
#include <net/route.h>
#include <net/xfrm.h>

#include "../compat.h"
#include "../core/anchor.h"
#include "xlat_path.h"
#include "xlat_trace.h"

/* --- the choice --- */

/*
 * Does anybody look at forwarded packets? POST_ROUTING does not count: it is
 * run on the straight way too, and AppArmor has a hook there in every
 * namespace.
 */
static bool has_forward6(const struct net *net)
{
	return rcu_access_pointer(net->nf.hooks_ipv6[NF_INET_FORWARD]);
}

static bool has_forward4(const struct net *net)
{
	return rcu_access_pointer(net->nf.hooks_ipv4[NF_INET_FORWARD]);
}

/* More than our own hook? */
bool xlat_has_prerouting(const struct nf_hook_entries __rcu *entries)
{
	const struct nf_hook_entries *e = rcu_dereference(entries);

	return e && e->num_hook_entries > 1;
}

static bool has_ipsec(const struct net *net)
{
#ifdef CONFIG_XFRM
	const struct netns_xfrm *x = &net->xfrm;

	return x->policy_count[XFRM_POLICY_OUT] ||
	       x->policy_count[XFRM_POLICY_FWD] ||
	       x->policy_default[XFRM_POLICY_OUT] != XFRM_USERPOLICY_ACCEPT ||
	       x->policy_default[XFRM_POLICY_FWD] != XFRM_USERPOLICY_ACCEPT;
#else
	return false;
#endif
}

bool xlat_has_rules6(const struct net *net)
{
#ifdef CONFIG_IPV6_MULTIPLE_TABLES
	return net->ipv6.fib6_has_custom_rules;
#else
	return false;
#endif
}

bool xlat_has_rules4(const struct net *net)
{
#ifdef CONFIG_IP_MULTIPLE_TABLES
	return net->ipv4.fib_has_custom_rules;
#else
	return false;
#endif
}

/* A probe (announce/) goes no further than the route that it asks for. */
static bool goes_forward(const struct xlat_ctx *ctx, bool concerned)
{
	if (!ctx->in || ctx->conf->mode == NLAB_XLAT_MODE_DIRECT ||
	    nlab_is_anchor(ctx->in))
		return false;
	return ctx->conf->mode == NLAB_XLAT_MODE_FORWARD || concerned ||
	       netif_is_l3_slave(ctx->in) || netif_is_l3_master(ctx->in) ||
	       has_ipsec(ctx->net);
}

bool xlat_goes_forward6(const struct xlat_ctx *ctx,
			const struct sk_buff *skb)
{
	const struct net *net = ctx->net;

	return goes_forward(ctx, has_forward6(net) || xlat_has_rules6(net) ||
			    xlat_has_prerouting(net->nf.hooks_ipv6
					   [NF_INET_PRE_ROUTING]));
}

bool xlat_goes_forward4(const struct xlat_ctx *ctx,
			const struct sk_buff *skb)
{
	const struct net *net = ctx->net;

	return goes_forward(ctx, has_forward4(net) || xlat_has_rules4(net) ||
			    xlat_has_prerouting(net->nf.hooks_ipv4
					   [NF_INET_PRE_ROUTING]));
}

bool xlat_may_leave4(const struct xlat_ctx *ctx, struct sk_buff *skb)
{
	struct in_device *in_dev = __in_dev_get_rcu(ctx->in);

	/* The packet has no route yet that would have told. */
	if ((in_dev && IN_DEV_ORCONF(in_dev, NOPOLICY)) ||
	    xfrm4_policy_check(NULL, XFRM_POLICY_FWD, skb))
		return true;
	kfree_skb(skb);
	return false;
}

bool xlat_may_leave6(struct sk_buff *skb)
{
	if (xfrm6_policy_check(NULL, XFRM_POLICY_FWD, skb))
		return true;
	kfree_skb(skb);
	return false;
}

/* --- the way out --- */

static void drop(struct xlat_ctx *ctx, struct sk_buff *skb, unsigned int attr)
{
	xlat_dropped(ctx, skb, attr);
	kfree_skb(skb);
}

/* End of PRE_ROUTING: routes the packet as the kernel would a received one. */
static int rcv_finish6(struct net *net, struct sock *sk, struct sk_buff *skb)
{
	const struct ipv6hdr *ip6;
	struct flowi6 fl6 = { };
	struct dst_entry *dst;

	skb = l3mdev_ip6_rcv(skb);
	if (!skb)
		return NET_RX_SUCCESS;
	if (!skb_dst(skb)) {
		ip6 = ipv6_hdr(skb);
		fl6.flowi6_iif = skb->dev->ifindex;
		fl6.saddr = ip6->saddr;
		fl6.daddr = ip6->daddr;
		fl6.flowlabel = ip6_flowinfo(ip6);
		fl6.flowi6_mark = skb->mark;
		fl6.flowi6_proto = ip6->nexthdr;
		dst = ip6_route_input_lookup(net, skb->dev, &fl6, skb,
					     RT6_LOOKUP_F_HAS_SADDR);
		skb_dst_set(skb, dst);
	}
	return dst_input(skb);
}

static int rcv_finish4(struct net *net, struct sock *sk, struct sk_buff *skb)
{
	skb = l3mdev_ip_rcv(skb);
	if (!skb)
		return NET_RX_SUCCESS;
	if (!skb_dst(skb) && nlab_ip_route_input(skb)) {
		kfree_skb(skb);
		return NET_RX_DROP;
	}
	return dst_input(skb);
}

static int forward4_finish(struct net *net, struct sock *sk,
			   struct sk_buff *skb)
{
	skb_clear_tstamp(skb);
	return dst_output(net, sk, skb);
}

/*
 * The kernel's IPv4 forwarding over a route that is already known. The
 * reverse path filter would take the source of a translated packet for
 * spoofed, since no IPv4 route leads to where it came from; the IPv6 side has
 * answered for it.
 */
static int routed_finish4(struct net *net, struct sock *sk,
			  struct sk_buff *skb)
{
	struct rtable *rt;

	skb = l3mdev_ip_rcv(skb);
	if (!skb)
		return NET_RX_SUCCESS;
	rt = skb_rtable(skb);
	if (rt->rt_flags & RTCF_LOCAL)
		return dst_input(skb);
	if (!xfrm4_policy_check(NULL, XFRM_POLICY_FWD, skb) ||
	    !xfrm4_route_forward(skb)) {
		kfree_skb(skb);
		return NET_RX_DROP;
	}
	rt = skb_rtable(skb);
	ip_decrease_ttl(ip_hdr(skb));
	IPCB(skb)->flags |= IPSKB_FORWARDED;
	return NF_HOOK(NFPROTO_IPV4, NF_INET_FORWARD, net, NULL, skb,
		       skb->dev, rt->dst.dev, forward4_finish);
}

static bool may_forward6(const struct xlat_ctx *ctx)
{
	return READ_ONCE(ctx->net->ipv6.devconf_all->forwarding) ||
	       nlab_force_forwarding(ctx->in);
}

static bool may_forward4(const struct xlat_ctx *ctx)
{
	struct in_device *in_dev = __in_dev_get_rcu(ctx->in);

	return in_dev && IN_DEV_FORWARD(in_dev);
}

/*
 * What came from an anchor is a probe (announce/): it goes back there, where
 * the agent reads it, and to everybody else is a packet for somebody else.
 */
static void probe_back(struct xlat_ctx *ctx, struct sk_buff *skb,
		       struct dst_entry *dst)
{
	if (dst)
		xlat_route_put(ctx, dst);
	skb_dst_drop(skb);
	skb->pkt_type = PACKET_OTHERHOST;
	netif_rx(skb);
}

static void own_output6(struct xlat_ctx *ctx, struct sk_buff *skb,
			struct dst_entry *dst)
{
	xlat_route_set(ctx, skb, dst);
	skb->dev = dst->dev;
	/* Policies of IPsec have not seen it in this family. */
	if (!xfrm6_route_forward(skb)) {
		kfree_skb(skb);
		return;
	}
	skb->dev = skb_dst(skb)->dev;
	ip6_local_out(ctx->net, ctx->sk, skb);
}

static void own_output4(struct xlat_ctx *ctx, struct sk_buff *skb,
			struct dst_entry *dst)
{
	xlat_route_set(ctx, skb, dst);
	skb->dev = dst->dev;
	if (!xfrm4_route_forward(skb)) {
		kfree_skb(skb);
		return;
	}
	skb->dev = skb_dst(skb)->dev;
	ip_local_out(ctx->net, ctx->sk, skb);
}

void xlat_output6(struct xlat_ctx *ctx, struct sk_buff *skb,
		  struct dst_entry *dst)
{
	if (!ctx->in) {
		own_output6(ctx, skb, dst);
		return;
	}
	if (nlab_is_anchor(ctx->in) && may_forward6(ctx)) {
		probe_back(ctx, skb, dst);
		return;
	}
	if (xlat_is_local6(dst)) {
		xlat_route_set(ctx, skb, dst);
		dst_input(skb);
		return;
	}
	if (!may_forward6(ctx)) {
		xlat_route_put(ctx, dst);
		drop(ctx, skb, NLAB_A_STATS_DROP_NO_FORWARDING);
		return;
	}
	if (!dst) {
		NF_HOOK(NFPROTO_IPV6, NF_INET_PRE_ROUTING, ctx->net, NULL,
			skb, skb->dev, NULL, rcv_finish6);
		return;
	}
	xlat_route_set(ctx, skb, dst);
	skb_clear_tstamp(skb);
	IP6CB(skb)->flags |= IP6SKB_FORWARDED;
	dst_output(ctx->net, NULL, skb);
}

void xlat_continue66(struct xlat_ctx *ctx, struct sk_buff *skb)
{
	if (ctx->in)
		xlat_output6(ctx, skb, NULL);
	else
		dst_output(ctx->net, ctx->sk, skb);
}

/* Through the rules of IPv4; see routed_finish4() about the route. */
static void forward4(struct xlat_ctx *ctx, struct sk_buff *skb)
{
	/* The filter that counts is that of the VRF. */
	struct net_device *master = l3mdev_master_dev_rcu(ctx->in);
	struct in_device *in_dev = __in_dev_get_rcu(master ? : ctx->in);
	int (*finish)(struct net *net, struct sock *sk, struct sk_buff *skb) =
		rcv_finish4;
	const struct iphdr *ip4 = ip_hdr(skb);
	struct siit_addr4 addr = { ip4->saddr, ip4->daddr };
	struct dst_entry *dst;

	/*
	 * An own address as source (RFC 6791) is refused on the way in. With a
	 * rule that only received packets meet, the kernel has to do all.
	 */
	if ((ctx->pooled || (in_dev && IN_DEV_RPFILTER(in_dev))) &&
	    xlat_rules_agree4(ctx, skb, &addr, ip4->tos)) {
		dst = xlat_route4(ctx, skb, &addr, ip4->tos);
		if (!dst) {
			drop(ctx, skb, NLAB_A_STATS_DROP_NO_ROUTE);
			return;
		}
		xlat_route_set(ctx, skb, dst);
		finish = routed_finish4;
	}
	NF_HOOK(NFPROTO_IPV4, NF_INET_PRE_ROUTING, ctx->net, NULL, skb,
		skb->dev, NULL, finish);
}

void xlat_output4(struct xlat_ctx *ctx, struct sk_buff *skb,
		  struct dst_entry *dst)
{
	if (!ctx->in) {
		own_output4(ctx, skb, dst);
		return;
	}
	if (nlab_is_anchor(ctx->in) && may_forward4(ctx)) {
		probe_back(ctx, skb, dst);
		return;
	}
	if (xlat_is_local4(dst)) {
		xlat_route_set(ctx, skb, dst);
		dst_input(skb);
		return;
	}
	if (!may_forward4(ctx)) {
		xlat_route_put(ctx, dst);
		drop(ctx, skb, NLAB_A_STATS_DROP_NO_FORWARDING);
		return;
	}
	if (!dst) {
		forward4(ctx, skb);
		return;
	}
	xlat_route_set(ctx, skb, dst);
	skb_clear_tstamp(skb);
	IPCB(skb)->flags |= IPSKB_FORWARDED;
	dst_output(ctx->net, NULL, skb);
}
