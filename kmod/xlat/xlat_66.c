// SPDX-License-Identifier: GPL-2.0
/*
 * IPv6 to IPv6: NAT66 pairs (RFC 6296 for prefixes) and hairpinned packets
 * (RFC 7757 section 4.2.2). The packet stays IPv6, so that the kernel does the
 * rest: hop limit, MTU, fragments, rules.
 */
#include <linux/icmpv6.h>
#include <linux/netfilter_ipv6.h>

#include "../pure/addr.h"
#include "xlat_path.h"
#include "xlat_trace.h"

/* Addresses of the packet in an ICMPv6 error, in a linear, private buffer. */
static int error66(struct xlat_ctx *ctx, struct sk_buff *skb,
		   unsigned int off, struct siit_addr6 *addr,
		   enum xlat_way way)
{
	struct siit_addr6 outer, inner, inner_new;
	unsigned int len = skb->len - off;
	const struct ipv6hdr *ip6;
	int err;

	if (skb_linearize(skb) || skb_cow(skb, 0))
		return -NLAB_A_STATS_DROP_MEMORY;
	ip6 = ipv6_hdr(skb);
	outer.saddr = ip6->saddr;
	outer.daddr = ip6->daddr;
	err = siit64_icmp_quoted(skb->data + off, len, &outer, &inner);
	if (err)
		return err;
	err = xlat_resolve66_inner(ctx, way == XLAT_WAY_HAIRPIN, &inner,
				   &inner_new);
	if (err)
		return err;
	/* An error of a router, about a packet that no pair covers. */
	if (!memcmp(&outer, addr, sizeof(outer)) &&
	    !memcmp(&inner, &inner_new, sizeof(inner)))
		return 1;
	/*
	 * Only whom the packet was for answers from the prefix (RFC 7757
	 * 4.2.1, rule 3). A router on the path keeps its address, whether it
	 * has a map or not.
	 */
	if (way == XLAT_WAY_HAIRPIN &&
	    !ipv6_addr_equal(&addr->saddr, &inner_new.daddr))
		addr->saddr = outer.saddr;
	siit66_icmp_error(skb->data + off, len, addr, &inner, &inner_new);
	xlat_stat(ctx, NLAB_A_STATS_ICMP_TRANSLATED);
	return 0;
}

/* Updates the transport checksum of anything but an ICMPv6 error. */
static int l4_66(struct sk_buff *skb, unsigned int off, u8 proto,
		 const struct siit_addr6 *addr)
{
	const struct ipv6hdr *ip6 = ipv6_hdr(skb);
	/* In a tunnel the inner sum may be the one to complete, not this. */
	bool partial = skb->ip_summed == CHECKSUM_PARTIAL &&
		       skb_checksum_start_offset(skb) == (int)off;
	int csum = proto == IPPROTO_ICMPV6 ? 2 : siit_csum_offset(proto);
	__wsum diff;

	diff = csum_sub(siit_sum6(addr), csum_partial(&ip6->saddr, 32, 0));
	if (csum < 0 || skb->len < off + csum + 2)
		return 0;
	if (skb_ensure_writable(skb, off + csum + 2))
		return -NLAB_A_STATS_DROP_MEMORY;
	if (proto == IPPROTO_ICMPV6)
		siit_csum_update((__sum16 *)(skb->data + off + csum), diff,
				 partial);
	else
		siit_l4_update(proto, skb->data + off, csum + 2, diff,
			       partial);
	return 0;
}

/* Does the chain end with what says that nothing follows (RFC 8200 4.7)? */
static bool no_next_header(const struct sk_buff *skb)
{
	unsigned int off = 0;

	return ipv6_find_hdr(skb, &off, NEXTHDR_NONE, NULL, NULL) ==
	       NEXTHDR_NONE;
}

static int payload66(struct xlat_ctx *ctx, struct sk_buff *skb,
		     struct siit_addr6 *addr, enum xlat_way way)
{
	u8 proto = ipv6_hdr(skb)->nexthdr;
	__be16 frag_off;
	int off;

	off = ipv6_skip_exthdr(skb, sizeof(struct ipv6hdr), &proto, &frag_off);
	if (off < 0)
		return no_next_header(skb) ? 0 : -NLAB_A_STATS_DROP_MALFORMED;
	if (frag_off & htons(IP6_OFFSET))
		return 0;
	if (xlat_is_icmp6_error(skb))
		return error66(ctx, skb, off, addr, way);
	return l4_66(skb, off, proto, addr);
}

/* Own traffic has a route for the old destination. */
static int reroute66(struct xlat_ctx *ctx, struct sk_buff *skb)
{
	if (ip6_route_me_harder(ctx->net, ctx->sk, skb))
		return -NLAB_A_STATS_DROP_NO_ROUTE;
	return XLAT_REWRITTEN;
}

/*
 * The size of a train's packets stands behind the extension headers; on the
 * way in nobody has looked there yet.
 */
static int find_transport(struct sk_buff *skb)
{
	u8 proto = ipv6_hdr(skb)->nexthdr;
	__be16 frag_off;
	int off;

	off = ipv6_skip_exthdr(skb, sizeof(struct ipv6hdr), &proto, &frag_off);
	if (off < 0 || !pskb_may_pull(skb, off + xlat_l4_need(proto)))
		return -NLAB_A_STATS_DROP_GSO;
	skb_set_transport_header(skb, off);
	return 0;
}

/*
 * Hop limit and size, which the kernel would check too, but only when the
 * source is the translated one: its error might find no way there.
 */
static int check66(struct xlat_ctx *ctx, struct sk_buff *skb,
		   const struct siit_addr6 *addr)
{
	struct dst_entry *dst;
	unsigned int len;
	u32 mtu;

	if (!ctx->in)
		return 0;
	if (ipv6_hdr(skb)->hop_limit <= 1)
		return -NLAB_A_STATS_DROP_TTL;
	if (skb_is_gso(skb) && find_transport(skb))
		return -NLAB_A_STATS_DROP_GSO;
	len = xlat_wire_len(skb, skb->len);
	if (len <= SIIT_IPV6_LINK_MTU || IP6CB(skb)->frag_max_size)
		return 0;
	dst = xlat_route6(ctx, skb, addr, ipv6_hdr(skb)->nexthdr);
	if (!dst)
		return 0;
	mtu = xlat_mtu6(dst);
	xlat_route_put(ctx, dst);
	if (len <= mtu)
		return 0;
	ctx->mtu = mtu;
	return -NLAB_A_STATS_DROP_TOO_BIG;
}

int xlat66(struct xlat_ctx *ctx, struct sk_buff *skb,
	   struct siit_addr6 *addr, enum xlat_way way)
{
	unsigned int len = skb->len, packets = xlat_packets(skb);
	struct ipv6hdr *ip6;
	int err;

	/* Segments of a fraglist have headers of their own. */
	if (skb_is_gso(skb) && skb_shinfo(skb)->gso_type & SKB_GSO_FRAGLIST)
		return xlat_segment(ctx, skb, xlat64);
	err = check66(ctx, skb, addr);
	if (err)
		return err;
	err = payload66(ctx, skb, addr, way);
	if (err)
		return err > 0 ? XLAT_PASS : err;
	if (skb_ensure_writable(skb, sizeof(*ip6)))
		return -NLAB_A_STATS_DROP_MEMORY;
	trace_nlab_xlat(ctx, skb, XLAT_TRACE_66, addr);
	ip6 = ipv6_hdr(skb);
	ip6->saddr = addr->saddr;
	ip6->daddr = addr->daddr;
	/* The sum over the packet has changed with the addresses. */
	if (skb->ip_summed == CHECKSUM_COMPLETE)
		skb->ip_summed = CHECKSUM_NONE;
	skb_clear_hash(skb);
	IP6CB(skb)->flags |= XLAT_CB_DONE;

	nlab_stats_packet(ctx->xn->stats, NLAB_A_STATS_PACKETS66, packets,
			  len);
	if (way == XLAT_WAY_HAIRPIN)
		xlat_stat(ctx, NLAB_A_STATS_HAIRPIN);
	xlat_count(ctx->smap, XLAT_OUT, packets, len);
	xlat_count(ctx->dmap, XLAT_IN, packets, len);
	return ctx->in ? XLAT_REWRITTEN : reroute66(ctx, skb);
}
