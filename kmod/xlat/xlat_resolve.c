// SPDX-License-Identifier: GPL-2.0
/*
 * Which addresses become what: maps first, then the RFC 6052 prefix
 * (RFC 7757 section 3.3), and the rules for packets that must be left alone.
 */
#include <linux/icmp.h>
#include <linux/icmpv6.h>
#include <linux/inetdevice.h>
#include <net/addrconf.h>
#include <net/ndisc.h>
#include <net/route.h>

#include "../core/anchor.h"
#include "xlat_flow.h"
#include "xlat_resolve.h"

/* --- IPv4 to IPv6 --- */

/* Translates with the prefix. Return: 0 or minus the drop reason. */
static int prefix46(const struct xlat_conf *conf, __be32 addr,
		    struct in6_addr *out)
{
	if (conf->wkp && conf->wkp_strict && addr4_non_global(addr))
		return -NLAB_A_STATS_DROP_NON_GLOBAL;
	rfc6052_embed(out, &conf->prefix, conf->prefix_len, addr);
	return 0;
}

/* Addresses of an anchor stand for what is translated. */
static bool is_local4(struct net *net, __be32 addr)
{
	const struct net_device *dev;

	if (inet_addr_type(net, addr) != RTN_LOCAL)
		return false;
	dev = __ip_dev_find(net, addr, false);
	return !dev || !nlab_is_anchor(dev);
}

static bool is_own4(struct xlat_ctx *ctx, __be32 addr)
{
	if (!READ_ONCE(ctx->xn->own4))
		return false;
	ctx->impure = true;
	return is_local4(ctx->net, addr);
}

/* Is a packet that only the prefix covers left to IPv4? */
static bool is_native46(struct xlat_ctx *ctx, struct sk_buff *skb,
			__be32 daddr)
{
	ctx->impure = true;
	if (!ctx->in || !ctx->conf->prefer_native)
		return inet_addr_type(ctx->net, daddr) != RTN_UNICAST;
	if (ctx->unrouted4)
		return false;
	/* Most of these are, so the look-up shall not be for nothing. */
	if (!ctx->smap && xlat_may_route4(ctx->conf, ctx->net, ctx->in))
		return xlat_routed4(skb);
	return xlat_native4(ctx, skb, daddr, !ctx->smap);
}

/* Destination: 1 if it is ours, 0 if not, or minus the reason. */
static int resolve46_dst(struct xlat_ctx *ctx, struct sk_buff *skb,
			 struct in6_addr *out)
{
	const struct xlat_conf *conf = ctx->conf;
	__be32 daddr = ip_hdr(skb)->daddr;
	int err;

	ctx->dmap = xlat_match4(ctx->table, daddr);
	if (ctx->dmap) {
		if (is_own4(ctx, daddr) || addr4_never_translated(daddr))
			return 0;
		xlat_map46(ctx->dmap, daddr, out);
		/* An edge relay's own packets to its IPv4 hosts stay IPv4. */
		if (!ctx->in && conf->prefer_native &&
		    xlat_native4(ctx, skb, daddr, false) &&
		    !xlat_native6(ctx, skb, out, false))
			return 0;
		return 1;
	}
	if (!conf->prefix_len || addr4_never_translated(daddr))
		return 0;
	/*
	 * Only the prefix covers it, and that covers all of IPv4. What this
	 * node can forward as IPv4 is not ours; own traffic has a route.
	 */
	ctx->smap = xlat_match4(ctx->table, ip_hdr(skb)->saddr);
	if (!ctx->in && !ctx->smap)
		return 0;
	if (is_native46(ctx, skb, daddr))
		return 0;
	err = prefix46(conf, daddr, out);
	return err ? err : 1;
}

/* True if the ICMP error comes from a router, not from the destination. */
static bool error_from_path(struct sk_buff *skb)
{
	const struct iphdr *ip4 = ip_hdr(skb);
	const struct iphdr *inner;
	struct iphdr buf;

	inner = skb_header_pointer(skb, skb_network_offset(skb) +
				   ip4->ihl * 4 + SIIT_ICMP_HDR, sizeof(buf),
				   &buf);
	return inner && inner->daddr != ip4->saddr;
}

static int resolve46_src(struct xlat_ctx *ctx, struct sk_buff *skb,
			 struct in6_addr *out)
{
	__be32 saddr = ip_hdr(skb)->saddr;
	bool error = xlat_is_icmp4_error(skb);
	int err;

	if (addr4_illegal_source(saddr) && !error)
		return -NLAB_A_STATS_DROP_ILLEGAL_SOURCE;
	if (ctx->in && !xlat_rpf4_ok(ctx, saddr))
		return -NLAB_A_STATS_DROP_SPOOFED_SOURCE;
	ctx->smap = xlat_match4(ctx->table, saddr);
	/* RFC 7757 4.2.1, rules 1 and 3 */
	if (ctx->smap && (!xlat_hairpins_simply(ctx) ||
			  (error && error_from_path(skb)))) {
		xlat_map46(ctx->smap, saddr, out);
		return 1;
	}
	ctx->smap = NULL;
	if (ctx->conf->prefix_len) {
		err = prefix46(ctx->conf, saddr, out);
		if (!err)
			return 1;
		if (!error)
			return err;
	}
	if (!error)
		return 0;
	/* RFC 6791: the error counts, not the router that sent it. */
	memset(out, 0, sizeof(*out));
	return 1;
}

int xlat_resolve46(struct xlat_ctx *ctx, struct sk_buff *skb,
		   struct siit_addr6 *out)
{
	int result;

	if (xlat_flow46_find(ctx, skb, out))
		return 1;
	result = resolve46_dst(ctx, skb, &out->daddr);
	if (result > 0)
		result = resolve46_src(ctx, skb, &out->saddr);
	if (result > 0)
		xlat_flow46_keep(ctx, skb, out);
	return result;
}

/* --- IPv6 to IPv4, IPv6 to IPv6 --- */

static bool non_global64(const struct xlat_conf *conf, __be32 addr)
{
	return conf->wkp && conf->wkp_strict && addr4_non_global(addr);
}

static bool is_local6(struct net *net, const struct in6_addr *addr)
{
	const struct net_device *dev = ipv6_dev_find(net, addr, NULL);

	return dev && !nlab_is_anchor(dev);
}

static bool is_own6(struct xlat_ctx *ctx, const struct in6_addr *addr)
{
	if (!READ_ONCE(ctx->xn->own6))
		return false;
	ctx->impure = true;
	return is_local6(ctx->net, addr);
}

/*
 * One address of a NAT66 pair, at @pointer in the header. A subnet without a
 * mapping is unreachable (RFC 6296 3.2), an interface identifier without one
 * is a parameter problem (3.7): there, and only there, the pointer is set.
 */
static bool map66(struct xlat_ctx *ctx, const struct xlat_map *map,
		  bool inbound, struct in6_addr *addr, unsigned int pointer)
{
	if (xlat_map66(map, inbound, addr))
		return true;
	if (map->inside_len > 48)
		ctx->pointer = pointer;
	return false;
}

/*
 * NAT66: the destination is outside, or the source is inside and the
 * destination is not. Errors of routers that no map covers pass with the
 * packet inside them translated.
 */
static int resolve66(struct xlat_ctx *ctx, struct sk_buff *skb,
		     struct siit_addr6 *out)
{
	const struct ipv6hdr *ip6 = ipv6_hdr(skb);

	if (addr6_never_translated(&ip6->daddr) || is_own6(ctx, &ip6->daddr))
		return XLAT_PASS;
	ctx->dmap = xlat_match6(ctx->table, XLAT_OUT6, &ip6->daddr);
	if (ctx->dmap || !xlat_match6(ctx->table, XLAT_IN6, &ip6->daddr))
		ctx->smap = xlat_match6(ctx->table, XLAT_IN6, &ip6->saddr);
	if (!ctx->dmap && !ctx->smap && !xlat_is_icmp6_error(skb))
		return XLAT_PASS;
	if (addr6_illegal_source(&ip6->saddr))
		return -NLAB_A_STATS_DROP_ILLEGAL_SOURCE;
	out->saddr = ip6->saddr;
	out->daddr = ip6->daddr;
	if (ctx->dmap && !map66(ctx, ctx->dmap, true, &out->daddr,
				offsetof(struct ipv6hdr, daddr)))
		return -NLAB_A_STATS_DROP_UNMAPPABLE;
	if (ctx->smap && !map66(ctx, ctx->smap, false, &out->saddr,
				offsetof(struct ipv6hdr, saddr)))
		return -NLAB_A_STATS_DROP_UNMAPPABLE;
	return XLAT_WAY_66;
}

/*
 * Destination of a packet to IPv4: in the prefix, or in a map whose IPv6
 * address stands for an IPv4 host (edge relay of RFC 7756, 464XLAT).
 * @via_prefix tells which. Return: 1, 0 if it is not ours, minus the reason.
 */
static int resolve64_dst(struct xlat_ctx *ctx, const struct ipv6hdr *ip6,
			 __be32 *daddr, bool *via_prefix)
{
	const struct xlat_conf *conf = ctx->conf;

	*via_prefix = xlat_in_prefix(conf, &ip6->daddr);
	if (*via_prefix) {
		*daddr = rfc6052_extract(&ip6->daddr, conf->prefix_len);
		if (addr4_never_translated(*daddr))
			return 0;
		if (non_global64(conf, *daddr))
			return -NLAB_A_STATS_DROP_NON_GLOBAL;
	} else {
		ctx->dmap = xlat_match6(ctx->table, XLAT_IN4, &ip6->daddr);
		if (!ctx->dmap)
			return 0;
		*daddr = xlat_map64(ctx->dmap, &ip6->daddr);
		if (addr4_never_translated(*daddr))
			return 0;
	}
	return !addr6_never_translated(&ip6->daddr) &&
	       !is_own6(ctx, &ip6->daddr);
}

/*
 * A packet to the IPv6 address of a map may be native IPv6 on its way to that
 * host, or a packet that another translator has made. It is, if the node has
 * a route to the IPv6 address and none to the IPv4 address.
 */
static bool is_native64(struct xlat_ctx *ctx, const struct sk_buff *skb,
			__be32 daddr)
{
	if (!ctx->conf->prefer_native)
		return false;
	ctx->impure = true;
	return !xlat_native4(ctx, skb, daddr, false) &&
	       xlat_native6(ctx, skb, &ipv6_hdr(skb)->daddr, false);
}

/* RFC 6791: a source for an ICMP error whose own can't be translated. */
static __be32 pool_source(const struct xlat_ctx *ctx, u8 hop_limit,
			  __be32 daddr)
{
	const struct xlat_conf *conf = ctx->conf;
	u32 n;

	if (!conf->pool4_len)
		return xlat_local4(ctx, daddr);
	n = conf->pool4_select == NLAB_ERROR_SELECT_HOPS ? hop_limit :
							   get_random_u32();
	return conf->pool4 | (htonl(n) & ~addr4_mask(conf->pool4_len));
}

static int resolve64_src(struct xlat_ctx *ctx, struct sk_buff *skb,
			 bool dst_via_prefix, __be32 daddr, __be32 *saddr)
{
	const struct ipv6hdr *ip6 = ipv6_hdr(skb);
	const struct xlat_conf *conf = ctx->conf;

	ctx->smap = xlat_match6(ctx->table, XLAT_IN4, &ip6->saddr);
	if (ctx->smap) {
		*saddr = xlat_map64(ctx->smap, &ip6->saddr);
		return 1;
	}
	if (xlat_in_prefix(conf, &ip6->saddr)) {
		*saddr = rfc6052_extract(&ip6->saddr, conf->prefix_len);
		if (addr4_illegal_source(*saddr))
			return -NLAB_A_STATS_DROP_ILLEGAL_SOURCE;
		if (non_global64(conf, *saddr))
			return -NLAB_A_STATS_DROP_NON_GLOBAL;
		/* RFC 6052 5.1: an IPv4 host never sends from this side */
		if (!dst_via_prefix || !ctx->in)
			return 1;
		ctx->impure = true;
		return xlat_rpf6_ok(ctx, &ip6->saddr) ? 1 :
		       -NLAB_A_STATS_DROP_SPOOFED_SOURCE;
	}
	if (!xlat_is_icmp6_error(skb))
		return 0;
	*saddr = pool_source(ctx, ip6->hop_limit, daddr);
	ctx->pooled = true;
	return 1;
}

/*
 * RFC 7757 4.2.2: the destination came from the prefix and is another host
 * behind a map. error66() knows better of ICMP errors.
 */
static void hairpin_addrs(struct xlat_ctx *ctx, struct xlat_map *dmap,
			  struct xlat_result64 *r)
{
	__be32 saddr = r->v4.saddr, daddr = r->v4.daddr;

	ctx->dmap = dmap;
	xlat_map46(dmap, daddr, &r->v6.daddr);
	rfc6052_embed(&r->v6.saddr, &ctx->conf->prefix, ctx->conf->prefix_len,
		      saddr);
}

/*
 * The kernel takes an own address as source for a martian, but does not look
 * on the way over a known route. The address of an anchor stands for what is
 * translated.
 */
static bool is_own_source4(const struct xlat_ctx *ctx, __be32 saddr)
{
	const struct net_device *dev;

	if (!ctx->in || ctx->pooled || nlab_is_anchor(ctx->in) ||
	    inet_addr_type_dev_table(ctx->net, ctx->in, saddr) != RTN_LOCAL)
		return false;
	dev = __ip_dev_find(ctx->net, saddr, false);
	return !dev || !nlab_is_anchor(dev);
}

/*
 * Neighbour discovery (RFC 4861 section 6.1, 7.1: hop limit 255), and what has
 * a link-local source, concern one link. With proxy_ndp they are for this node.
 */
static bool is_of_link(const struct sk_buff *skb)
{
	const struct ipv6hdr *ip6 = ipv6_hdr(skb);
	const u8 *type;
	u8 buf;

	if (ipv6_addr_type(&ip6->saddr) & IPV6_ADDR_LINKLOCAL)
		return true;
	if (ip6->nexthdr != IPPROTO_ICMPV6 || ip6->hop_limit != 255)
		return false;
	type = skb_header_pointer(skb, skb_network_offset(skb) + sizeof(*ip6),
				  sizeof(buf), &buf);
	return type && *type >= NDISC_ROUTER_SOLICITATION &&
	       *type <= NDISC_REDIRECT;
}

static bool has_nat66(const struct xlat_table *table)
{
	return !xlat_lpm_empty(table, XLAT_OUT6);
}

static int resolve64(struct xlat_ctx *ctx, struct sk_buff *skb,
		     struct xlat_result64 *r)
{
	const struct ipv6hdr *ip6 = ipv6_hdr(skb);
	struct xlat_map *back;
	bool via_prefix;
	int result;

	if (is_of_link(skb))
		return XLAT_PASS;
	result = resolve64_dst(ctx, ip6, &r->v4.daddr, &via_prefix);
	if (!result && has_nat66(ctx->table))
		return resolve66(ctx, skb, &r->v6);
	if (result <= 0)
		return result;
	result = resolve64_src(ctx, skb, via_prefix, r->v4.daddr,
			       &r->v4.saddr);
	if (!result && has_nat66(ctx->table))
		return resolve66(ctx, skb, &r->v6);
	if (result <= 0)
		return result;
	if (addr6_illegal_source(&ip6->saddr))
		return -NLAB_A_STATS_DROP_ILLEGAL_SOURCE;
	if (!via_prefix && is_native64(ctx, skb, r->v4.daddr))
		return XLAT_PASS;
	/* A map of half of all addresses has these, too. */
	if (addr4_illegal_source(r->v4.saddr))
		return -NLAB_A_STATS_DROP_ILLEGAL_SOURCE;
	if (via_prefix && ctx->conf->hairpin == NLAB_HAIRPIN_INTRINSIC) {
		back = xlat_match4(ctx->table, r->v4.daddr);
		if (back) {
			hairpin_addrs(ctx, back, r);
			return XLAT_WAY_HAIRPIN;
		}
	}
	return is_own_source4(ctx, r->v4.saddr) ?
	       -NLAB_A_STATS_DROP_SPOOFED_SOURCE : XLAT_WAY_64;
}

int xlat_resolve64(struct xlat_ctx *ctx, struct sk_buff *skb,
		   struct xlat_result64 *r)
{
	int way = xlat_flow64_find(ctx, skb, r);

	if (way)
		return way;
	way = resolve64(ctx, skb, r);
	if (way > 0)
		xlat_flow64_keep(ctx, skb, way, r);
	return way;
}

/* --- one address, for the control path --- */

enum nlab_xlat_via xlat_test4(struct xlat_net *xn, __be32 addr,
			      struct in6_addr *out, struct xlat_map **map)
{
	const struct xlat_view *view = rcu_dereference(xn->view);

	*map = xlat_match4(view->table, addr);
	if (addr4_never_translated(addr) || is_local4(xn->net, addr))
		return NLAB_XLAT_VIA_EXCLUDED;
	if (*map) {
		xlat_map46(*map, addr, out);
		return NLAB_XLAT_VIA_MAP;
	}
	if (!view->conf.prefix_len)
		return NLAB_XLAT_VIA_NONE;
	return prefix46(&view->conf, addr, out) ? NLAB_XLAT_VIA_NON_GLOBAL :
						  NLAB_XLAT_VIA_PREFIX;
}

enum nlab_xlat_via xlat_test6(struct xlat_net *xn,
			      const struct in6_addr *addr, __be32 *out4,
			      struct in6_addr *out6, struct xlat_map **map)
{
	const struct xlat_view *view = rcu_dereference(xn->view);
	bool inbound;

	*map = NULL;
	*out4 = 0;
	if (addr6_never_translated(addr) || is_local6(xn->net, addr))
		return NLAB_XLAT_VIA_EXCLUDED;
	*map = xlat_match6(view->table, XLAT_IN4, addr);
	if (*map) {
		*out4 = xlat_map64(*map, addr);
		return NLAB_XLAT_VIA_MAP;
	}
	if (xlat_in_prefix(&view->conf, addr)) {
		*out4 = rfc6052_extract(addr, view->conf.prefix_len);
		return non_global64(&view->conf, *out4) ?
		       NLAB_XLAT_VIA_NON_GLOBAL : NLAB_XLAT_VIA_PREFIX;
	}
	*map = xlat_match6(view->table, XLAT_OUT6, addr);
	inbound = *map;
	if (!*map)
		*map = xlat_match6(view->table, XLAT_IN6, addr);
	*out6 = *addr;
	return *map && xlat_map66(*map, inbound, out6) ? NLAB_XLAT_VIA_MAP :
							 NLAB_XLAT_VIA_NONE;
}
