// SPDX-License-Identifier: GPL-2.0
/*
 * What the translator asks the routing tables. The route of a flow that is
 * remembered (xlat_flow.h) lends packets its reference, as for received ones:
 * they are safe under RCU.
 */
#include <linux/inetdevice.h>
#include <net/addrconf.h>
#include <net/dst_metadata.h>
#include <net/ip6_fib.h>
#include <net/ip6_route.h>
#include <net/ip_fib.h>
#include <net/l3mdev.h>
#include <net/lwtunnel.h>
#include <net/route.h>

#include "../compat.h"
#include "xlat_flow.h"

static int flow_iif(const struct xlat_ctx *ctx)
{
	return ctx->in ? ctx->in->ifindex : LOOPBACK_IFINDEX;
}

int xlat_l3mdev(const struct xlat_ctx *ctx)
{
	return l3mdev_master_ifindex_rcu(ctx->in ? ctx->in : ctx->out);
}

/*
 * The device that the socket of own traffic is bound to. It had a say in the
 * route of the first family and may have none in the second, so that it is
 * preferred but not a must; but for a VRF, which a packet never leaves.
 */
static int bound_dev(const struct xlat_ctx *ctx)
{
	return ctx->sk ? READ_ONCE(ctx->sk->sk_bound_dev_if) : 0;
}

/* Route for a packet that came in on @ctx->in, or own traffic's. */
static struct dst_entry *lookup6(const struct xlat_ctx *ctx,
				 const struct sk_buff *skb,
				 struct flowi6 *fl6)
{
	struct dst_entry *dst;

	fl6->flowi6_mark = skb->mark;
	if (ctx->in) {
		fl6->flowi6_iif = flow_iif(ctx);
		dst = ip6_route_input_lookup(ctx->net, ctx->in, fl6, NULL,
					     RT6_LOOKUP_F_HAS_SADDR);
	} else {
		fl6->flowi6_l3mdev = xlat_l3mdev(ctx);
		/* With its socket, the device would be a must. */
		dst = ip6_route_output(ctx->net, NULL, fl6);
	}
	if (dst->error) {
		dst_release(dst);
		return NULL;
	}
	return dst;
}

static struct dst_entry *lookup_route6(struct xlat_ctx *ctx,
				       const struct sk_buff *skb,
				       const struct siit_addr6 *addr, u8 proto)
{
	struct flowi6 fl6 = {
		.saddr = addr->saddr,
		.daddr = addr->daddr,
		.flowi6_oif = bound_dev(ctx),
		.flowi6_proto = proto,
	};

	return lookup6(ctx, skb, &fl6);
}

struct dst_entry *xlat_route6(struct xlat_ctx *ctx, const struct sk_buff *skb,
			      const struct siit_addr6 *addr, u8 proto)
{
	struct xlat_flow *f = ctx->flow;
	struct dst_entry *dst;

	ctx->dst_ref = !f;
	if (!f)
		return lookup_route6(ctx, skb, addr, proto);
	if (f->dst && dst_check(f->dst, f->cookie))
		return f->dst;
	dst = lookup_route6(ctx, skb, addr, proto);
	dst_release(f->dst);
	f->dst = dst;
	if (dst)
		f->cookie = rt6_get_cookie((struct rt6_info *)dst);
	return dst;
}

static struct flowi4 flow4(const struct xlat_ctx *ctx,
			   const struct sk_buff *skb,
			   const struct siit_addr4 *addr, u8 tos, int iif)
{
	struct flowi4 fl4 = {
		.saddr = addr->saddr,
		.daddr = addr->daddr,
		.flowi4_iif = iif,
		.flowi4_l3mdev = xlat_l3mdev(ctx),
		.flowi4_mark = skb->mark,
		/* the source is no address of this node */
		.flowi4_flags = FLOWI_FLAG_ANYSRC,
	};

	nlab_flowi4_set_tos(&fl4, tos);
	return fl4;
}

static struct dst_entry *lookup_route4(struct xlat_ctx *ctx,
				       const struct sk_buff *skb,
				       const struct siit_addr4 *addr, u8 tos)
{
	struct flowi4 fl4 = flow4(ctx, skb, addr, tos, LOOPBACK_IFINDEX);
	struct fib_result res;
	struct rtable *rt;

	fl4.flowi4_oif = bound_dev(ctx);
	/* A device without a route would count as that of the destination. */
	if (fl4.flowi4_oif && fib_lookup(ctx->net, &fl4, &res, 0))
		fl4.flowi4_oif = 0;
	rt = __ip_route_output_key(ctx->net, &fl4);
	return IS_ERR(rt) ? NULL : &rt->dst;
}

struct dst_entry *xlat_route4(struct xlat_ctx *ctx, const struct sk_buff *skb,
			      const struct siit_addr4 *addr, u8 tos)
{
	struct xlat_flow *f = ctx->flow;
	struct dst_entry *dst;

	ctx->dst_ref = !f;
	if (!f)
		return lookup_route4(ctx, skb, addr, tos);
	if (f->dst && dst_check(f->dst, 0))
		return f->dst;
	dst = lookup_route4(ctx, skb, addr, tos);
	dst_release(f->dst);
	f->dst = dst;
	return dst;
}

void xlat_route_set(const struct xlat_ctx *ctx, struct sk_buff *skb,
		    struct dst_entry *dst)
{
	if (ctx->dst_ref)
		skb_dst_set(skb, dst);
	else
		skb_dst_set_noref(skb, dst);
}

/* As for a received packet: the rules of its device hold too. */
static int input4(const struct xlat_ctx *ctx, const struct sk_buff *skb,
		  const struct siit_addr4 *addr, u8 tos, int iif,
		  struct fib_result *res)
{
	struct flowi4 fl4 = flow4(ctx, skb, addr, tos, iif);

	return fib_lookup(ctx->net, &fl4, res, 0);
}

u32 xlat_forward_mtu4(const struct xlat_ctx *ctx, const struct sk_buff *skb,
		      const struct siit_addr4 *addr, u8 tos)
{
	struct fib_result res;
	u32 mtu;

	if (input4(ctx, skb, addr, tos, flow_iif(ctx), &res))
		return 0;
	if (res.type == RTN_LOCAL)
		return IP_MAX_MTU;
	if (res.type != RTN_UNICAST)
		return 0;
	mtu = res.fi->fib_mtu;
	if (!mtu)
		mtu = min(READ_ONCE(FIB_RES_DEV(res)->mtu), IP_MAX_MTU);
	return mtu - lwtunnel_headroom(FIB_RES_NHC(res)->nhc_lwtstate, mtu);
}

bool xlat_rules_agree4(const struct xlat_ctx *ctx, const struct sk_buff *skb,
		       const struct siit_addr4 *addr, u8 tos)
{
	struct fib_result in, own;
	int err;

	if (!xlat_has_rules4(ctx->net))
		return true;
	err = input4(ctx, skb, addr, tos, flow_iif(ctx), &in);
	if (err != input4(ctx, skb, addr, tos, LOOPBACK_IFINDEX, &own))
		return false;
	return err || in.fi == own.fi;
}

/* A locked MTU of a route may be any number; no IPv6 link has less than this. */
u32 xlat_mtu6(const struct dst_entry *dst)
{
	return max_t(u32, ip6_dst_mtu_maybe_forward(dst, true),
		     SIIT_IPV6_LINK_MTU);
}

u32 xlat_mtu4(const struct dst_entry *dst)
{
	return ip_dst_mtu_maybe_forward(dst, true);
}

bool xlat_native4(const struct xlat_ctx *ctx, const struct sk_buff *skb,
		  __be32 daddr, bool default_counts)
{
	struct flowi4 fl4 = {
		.daddr = daddr,
		.flowi4_iif = flow_iif(ctx),
		.flowi4_l3mdev = xlat_l3mdev(ctx),
		.flowi4_mark = skb->mark,
	};
	struct fib_result res;

	if (fib_lookup(ctx->net, &fl4, &res, 0))
		return false;
	return res.type != RTN_UNICAST || res.prefixlen || default_counts;
}

bool xlat_native6(const struct xlat_ctx *ctx, const struct sk_buff *skb,
		  const struct in6_addr *daddr, bool default_counts)
{
	struct flowi6 fl6 = { .daddr = *daddr };
	struct dst_entry *dst = lookup6(ctx, skb, &fl6);
	const struct fib6_info *from;
	bool native;

	if (!dst)
		return false;
	from = rcu_dereference(((struct rt6_info *)dst)->from);
	native = !from || from->fib6_dst.plen || default_counts;
	dst_release(dst);
	return native;
}

static noinline bool rpf4(const struct xlat_ctx *ctx, __be32 saddr, int mode)
{
	struct flowi4 fl4 = {
		.daddr = saddr,
		.flowi4_iif = LOOPBACK_IFINDEX,
		.flowi4_l3mdev = xlat_l3mdev(ctx),
	};
	struct fib_result res;

	if (fib_lookup(ctx->net, &fl4, &res, 0) || res.type != RTN_UNICAST)
		return false;
	/* 1: strict, 2: loose */
	return mode != 1 || fib_info_nh_uses_dev(res.fi, ctx->in);
}

bool xlat_rpf4_ok(const struct xlat_ctx *ctx, __be32 saddr)
{
	struct in_device *in_dev = __in_dev_get_rcu(ctx->in);
	int mode = in_dev ? IN_DEV_RPFILTER(in_dev) : 0;

	return !mode || rpf4(ctx, saddr, mode);
}

bool xlat_may_route4(const struct xlat_conf *conf, const struct net *net,
		     const struct net_device *in)
{
	return !netif_is_l3_slave(in) && !netif_is_l3_master(in) &&
	       (conf->mode == NLAB_XLAT_MODE_AUTO ||
		!xlat_has_prerouting(net->nf.hooks_ipv4
				     [NF_INET_PRE_ROUTING]));
}

bool xlat_routed4(struct sk_buff *skb)
{
	/* What the kernel finds martian it is to drop, too. */
	if (skb_valid_dst(skb) || nlab_ip_route_input(skb))
		return true;
	if (!skb_dst(skb)->error)
		return true;
	skb_dst_drop(skb);
	return false;
}

bool xlat_rpf6_ok(const struct xlat_ctx *ctx, const struct in6_addr *saddr)
{
	struct flowi6 fl6 = {
		.daddr = *saddr,
		.flowi6_oif = ctx->in->ifindex,
	};
	struct dst_entry *dst;
	const struct fib6_info *from;
	bool ok;

	dst = ip6_route_lookup(ctx->net, &fl6, NULL, RT6_LOOKUP_F_IFACE);
	from = rcu_dereference(((struct rt6_info *)dst)->from);
	/* A default route says nothing about where IPv4 hosts live. */
	ok = !dst->error && from && from->fib6_dst.plen;
	dst_release(dst);
	return ok;
}

__be32 xlat_local4(const struct xlat_ctx *ctx, __be32 daddr)
{
	struct flowi4 fl4 = {
		.daddr = daddr,
		.flowi4_l3mdev = xlat_l3mdev(ctx),
	};
	struct rtable *rt = __ip_route_output_key(ctx->net, &fl4);
	__be32 addr;

	if (!IS_ERR(rt)) {
		ip_rt_put(rt);
		return fl4.saddr;
	}
	/* Own errors come from no device. */
	addr = ctx->in ? inet_select_addr(ctx->in, 0, RT_SCOPE_UNIVERSE) : 0;
	/* RFC 7600: the dummy address, for errors of nodes that have none */
	return addr ? addr : htonl(0xc0000008);
}

void xlat_local6(const struct xlat_ctx *ctx, const struct in6_addr *daddr,
		 struct in6_addr *out)
{
	struct flowi6 fl6 = {
		.daddr = *daddr,
		.flowi6_l3mdev = xlat_l3mdev(ctx),
	};
	struct dst_entry *dst = ip6_route_output(ctx->net, NULL, &fl6);

	if (dst->error ||
	    ipv6_dev_get_saddr(ctx->net, dst->dev, daddr, 0, out))
		memset(out, 0, sizeof(*out));
	dst_release(dst);
}

