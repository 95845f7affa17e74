// SPDX-License-Identifier: GPL-2.0
/* A packet's way from IPv6 to IPv4 (RFC 7915 section 5). */
#include <linux/icmpv6.h>
#include <net/dsfield.h>

#include "../compat.h"
#include "xlat_flow.h"
#include "xlat_trace.h"

/* Finds the transport header, pulling as much of the chain as is needed. */
static int parse_chain(struct xlat_ctx *ctx, struct sk_buff *skb,
		       struct ipv6_chain *chain)
{
	unsigned int avail = min_t(unsigned int, skb_headlen(skb),
				   IPV6_CHAIN_MAX);
	enum ipv6_chain_result result;

	result = ipv6_chain_parse(skb->data, avail, chain);
	if (result == IPV6_CHAIN_SHORT && avail < skb->len) {
		avail = min_t(unsigned int, skb->len, IPV6_CHAIN_MAX);
		if (!pskb_may_pull(skb, avail))
			return -NLAB_A_STATS_DROP_MEMORY;
		result = ipv6_chain_parse(skb->data, avail, chain);
	}
	if (result == IPV6_CHAIN_BAD)
		return -NLAB_A_STATS_DROP_EXT_HEADER;
	if (result == IPV6_CHAIN_SHORT || chain->len > skb->len) {
		ctx->pointer = chain->len;
		return -NLAB_A_STATS_DROP_MALFORMED;
	}
	if (chain->segments_left) {
		ctx->pointer = chain->segments_left;
		return -NLAB_A_STATS_DROP_ROUTING_HEADER;
	}
	return 0;
}

/* Checks that need neither tables nor routes; @l4 as in xlat_46.c. */
static int check64(struct xlat_ctx *ctx, struct sk_buff *skb,
		   struct ipv6_chain *chain, unsigned int *l4)
{
	int err = parse_chain(ctx, skb, chain);

	if (err)
		return err;
	if (ctx->in && ipv6_hdr(skb)->hop_limit <= 1)
		return -NLAB_A_STATS_DROP_TTL;
	err = xlat_check_partial(skb, chain->len);
	if (err)
		return err;
	*l4 = 0;
	/* An atomic fragment (RFC 6946) is a whole packet. */
	if (chain->proto == IPPROTO_ICMPV6 && (chain->frag_off || chain->more))
		return -NLAB_A_STATS_DROP_ICMP_FRAGMENT;
	skb_set_transport_header(skb, chain->len);
	if (chain->frag_off)
		return 0;
	*l4 = min(xlat_l4_need(chain->proto), skb->len - chain->len);
	if (!pskb_may_pull(skb, chain->len + *l4))
		return -NLAB_A_STATS_DROP_MEMORY;
	return chain->proto == IPPROTO_ICMPV6 ? xlat_check_icmp(skb, *l4) : 0;
}

/*
 * Size and route (RFC 7915 section 5). Packets of up to 1280 bytes leave with
 * DF clear, IPv4 may fragment them. @dst is set if a route was needed.
 */
static int check64_size(struct xlat_ctx *ctx, struct sk_buff *skb,
			const struct siit_addr4 *addr, unsigned int hdrs,
			bool forward, struct dst_entry **dst)
{
	unsigned int wire = xlat_wire_len(skb, skb->len);
	u8 tos = xlat_tos4(ctx, ipv6_hdr(skb));
	u32 mtu;

	if (wire <= SIIT_IPV6_LINK_MTU && forward)
		return 0;
	/* IPv4 counts its header in; what was reassembled here may be so long. */
	if (wire - hdrs > 0xffff - SIIT_IPV4_MIN)
		return -NLAB_A_STATS_DROP_MALFORMED;
	if (forward && xlat_has_rules4(ctx->net)) {
		mtu = xlat_forward_mtu4(ctx, skb, addr, tos);
		if (!mtu)
			return -NLAB_A_STATS_DROP_NO_ROUTE;
	} else {
		*dst = xlat_route4(ctx, skb, addr, tos);
		if (!*dst)
			return -NLAB_A_STATS_DROP_NO_ROUTE;
		if (wire <= SIIT_IPV6_LINK_MTU)
			return 0;
		mtu = xlat_mtu4(*dst);
	}
	/* What was defragmented on this node may be fragmented again. */
	if (IP6CB(skb)->frag_max_size || wire - hdrs + SIIT_IPV4_MIN <= mtu)
		return 0;
	ctx->mtu = max_t(u32, SIIT_IPV6_LINK_MTU, mtu + SIIT_GROWTH);
	return -NLAB_A_STATS_DROP_TOO_BIG;
}

static int rewrite64(struct xlat_ctx *ctx, struct sk_buff *skb,
		     const struct ipv6_chain *chain,
		     const struct siit_addr4 *addr, unsigned int l4,
		     bool forward, const struct dst_entry *dst)
{
	unsigned int payload = skb->len - chain->len, wire;
	const struct ipv6hdr *ip6;
	struct siit_addr6 addr6;
	struct iphdr hdr;
	__be16 id = 0;
	int err;

	err = xlat_make_room(skb, chain->len, sizeof(hdr), l4);
	if (err)
		return err;
	ip6 = ipv6_hdr(skb);
	addr6.saddr = ip6->saddr;
	addr6.daddr = ip6->daddr;
	if (l4 && chain->proto == IPPROTO_ICMPV6) {
		err = siit64_icmp_echo(icmp6_hdr(skb), payload, &addr6);
		if (err)
			return err;
	} else if (l4) {
		siit_l4_update(chain->proto, skb_transport_header(skb), l4,
			       xlat_delta64(ctx, &addr6, addr),
			       skb->ip_summed == CHECKSUM_PARTIAL);
	}
	/* 0 clears DF */
	wire = IP6CB(skb)->frag_max_size ? 0 :
	       xlat_wire_len(skb, skb->len) - chain->len + SIIT_IPV4_MIN;
	if (siit64_needs_id(chain, wire))
		id = xlat_flow64_id(ctx, addr, chain->proto,
				    xlat_packets(skb));
	siit64_header(chain, addr, xlat_tos4(ctx, ip6),
		      ip6->hop_limit - (ctx->in && !forward), payload, wire,
		      id, &hdr);
	xlat_swap_header(skb, chain->len, &hdr, sizeof(hdr), ETH_P_IP,
			 forward || xlat_is_local4(dst));
	return 0;
}

static void count64(struct xlat_ctx *ctx, unsigned int packets,
		    unsigned int len)
{
	nlab_stats_packet(ctx->xn->stats, NLAB_A_STATS_PACKETS64, packets,
			  len);
	xlat_count(ctx->smap, XLAT_OUT, packets, len);
	xlat_count(ctx->dmap, XLAT_IN, packets, len);
}

static int to_ipv4(struct xlat_ctx *ctx, struct sk_buff *skb,
		   struct siit_addr4 *addr)
{
	unsigned int packets, len = skb->len, l4;
	struct dst_entry *dst = NULL;
	struct ipv6_chain chain;
	bool forward;
	int result;

	result = check64(ctx, skb, &chain, &l4);
	if (result)
		return result;
	forward = xlat_goes_forward4(ctx, skb);
	if (forward && !xlat_may_leave6(skb))
		return XLAT_STOLEN;
	if (l4 && chain.proto == IPPROTO_ICMPV6 &&
	    siit64_icmp_is_error(icmp6_hdr(skb)->icmp6_type))
		return xlat64_icmp(ctx, skb, &chain, addr, forward);

	result = check64_size(ctx, skb, addr, chain.len, forward, &dst);
	if (result)
		goto out;
	packets = xlat_packets(skb);
	result = -NLAB_A_STATS_DROP_MEMORY;
	if (!nlab_ct_confirm(skb))
		goto out;
	trace_nlab_xlat(ctx, skb, XLAT_TRACE_64, addr);
	result = rewrite64(ctx, skb, &chain, addr, l4, forward, dst);
	if (result)
		goto out;
	xlat_change_family(ctx, skb, false);
	count64(ctx, packets, len);
	if (forward) {
		xlat_route_put(ctx, dst);
		dst = NULL;
	}
	xlat_output4(ctx, skb, dst);
	return XLAT_STOLEN;
out:
	xlat_route_put(ctx, dst);
	return result;
}

int xlat64(struct xlat_ctx *ctx, struct sk_buff *skb)
{
	struct xlat_result64 r;
	int way;

	way = xlat_resolve64(ctx, skb, &r);
	if (way <= 0)
		return way;
	if (way != XLAT_WAY_64)
		return xlat66(ctx, skb, &r.v6, way);
	if (xlat_gso_needs_segments(skb, skb->len))
		return xlat_segment(ctx, skb, xlat64);
	return to_ipv4(ctx, skb, &r.v4);
}
