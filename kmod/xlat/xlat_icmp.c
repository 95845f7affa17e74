// SPDX-License-Identifier: GPL-2.0
/*
 * ICMP errors with the packet inside them (RFC 7915 4.2, 4.3, 5.2, 5.3). They
 * are rare, so a new buffer is made for the result.
 */
#include <linux/icmp.h>
#include <linux/icmpv6.h>
#include <net/dsfield.h>

#include "../compat.h"
#include "xlat_flow.h"
#include "xlat_trace.h"

bool xlat_is_icmp4_error(struct sk_buff *skb)
{
	const struct iphdr *ip4 = ip_hdr(skb);
	u8 buf;
	const u8 *type;

	if (ip4->protocol != IPPROTO_ICMP || ip4->frag_off & htons(IP_OFFSET))
		return false;
	type = skb_header_pointer(skb, skb_network_offset(skb) + ip4->ihl * 4,
				  sizeof(buf), &buf);
	return type && siit46_icmp_is_error(*type);
}

/* What is authenticated is one opaque payload for translation. */
static bool has_auth(const struct sk_buff *skb)
{
	unsigned int off = 0;

	return ipv6_find_hdr(skb, &off, NEXTHDR_AUTH, NULL, NULL) ==
	       NEXTHDR_AUTH;
}

bool xlat_is_icmp6_error(struct sk_buff *skb)
{
	u8 buf, nexthdr = ipv6_hdr(skb)->nexthdr;
	const u8 *type;
	__be16 frag_off;
	int off;

	if (nexthdr != IPPROTO_ICMPV6 && !ipv6_is_ext_header(nexthdr))
		return false;
	off = ipv6_skip_exthdr(skb, skb_network_offset(skb) +
			       sizeof(struct ipv6hdr), &nexthdr, &frag_off);
	if (off < 0 || nexthdr != IPPROTO_ICMPV6 || frag_off)
		return false;
	type = skb_header_pointer(skb, off, sizeof(buf), &buf);
	return type && siit64_icmp_is_error(*type) && !has_auth(skb);
}

int xlat_check_icmp(struct sk_buff *skb, unsigned int len)
{
	if (len < SIIT_ICMP_HDR)
		return -NLAB_A_STATS_DROP_MALFORMED;
	/* The pseudo header comes or goes: nobody could complete the sum. */
	if (skb->ip_summed == CHECKSUM_PARTIAL && skb_checksum_help(skb))
		return -NLAB_A_STATS_DROP_MEMORY;
	return 0;
}

/* A buffer for @cap bytes that takes over where @from came from. */
static struct sk_buff *error_skb(const struct sk_buff *from,
				 unsigned int cap)
{
	struct sk_buff *skb = alloc_skb(LL_MAX_HEADER + SIIT_IPV6_MIN + cap,
					GFP_ATOMIC);

	if (!skb)
		return NULL;
	skb_reserve(skb, LL_MAX_HEADER + SIIT_IPV6_MIN);
	skb->dev = from->dev;
	skb->skb_iif = from->skb_iif;
	skb->mark = from->mark;
	skb->priority = from->priority;
	skb->pkt_type = from->pkt_type;
	return skb;
}

/* The MTU of the link that the packet came from; no limit for own traffic. */
static u32 in_mtu(const struct xlat_ctx *ctx)
{
	return ctx->in ? READ_ONCE(ctx->in->mtu) : U32_MAX;
}

static void finish_header(struct sk_buff *skb, const void *hdr,
			  unsigned int len, u16 proto)
{
	skb_reset_transport_header(skb);
	memcpy(skb_push(skb, len), hdr, len);
	skb_reset_network_header(skb);
	skb_reset_mac_header(skb);
	skb->protocol = htons(proto);
}

static int build46(struct xlat_ctx *ctx, struct sk_buff *skb,
		   const struct siit_addr6 *addr, u32 mtu6, bool forward,
		   struct sk_buff **result)
{
	const struct siit_icmp_error env = { in_mtu(ctx), mtu6 };
	unsigned int off = ip_hdrlen(skb), cap = SIIT_ICMP6_MAX - SIIT_IPV6_MIN;
	const struct iphdr *ip4 = ip_hdr(skb);
	const u8 *msg = skb->data + off;
	struct ipv6hdr hdr;
	struct siit_addr6 inner;
	__be32 saddr, daddr;
	struct sk_buff *new;
	int n;

	n = siit46_icmp_quoted(msg, skb->len - off, &saddr, &daddr);
	if (!n)
		n = xlat_resolve46_inner(ctx, saddr, daddr, &inner);
	if (n)
		return n;
	new = error_skb(skb, cap);
	if (!new)
		return -NLAB_A_STATS_DROP_MEMORY;
	n = siit46_icmp_error(msg, skb->len - off, &env, addr, &inner,
			      skb_put(new, cap));
	if (n < 0) {
		kfree_skb(new);
		return n;
	}
	skb_trim(new, n);
	siit46_header(ip4, addr, ctx->conf->tos == NLAB_TOS_COPY ?
		      ip4->tos : ctx->conf->tos,
		      ip4->ttl - (ctx->in && !forward), n, &hdr);
	finish_header(new, &hdr, sizeof(hdr), ETH_P_IPV6);
	*result = new;
	return 0;
}

int xlat46_icmp(struct xlat_ctx *ctx, struct sk_buff *skb,
		struct siit_addr6 *addr, bool forward)
{
	struct dst_entry *dst;
	struct sk_buff *new;
	int err;

	if (ipv6_addr_any(&addr->saddr)) {
		if (ipv6_addr_any(&ctx->conf->pool6))
			xlat_local6(ctx, &addr->daddr, &addr->saddr);
		else
			addr->saddr = ctx->conf->pool6;
		if (ipv6_addr_any(&addr->saddr))
			return -NLAB_A_STATS_DROP_NO_ROUTE;
	}
	dst = xlat_route6(ctx, skb, addr, IPPROTO_ICMPV6);
	if (!dst)
		return -NLAB_A_STATS_DROP_NO_ROUTE;
	err = skb_linearize(skb) ? -NLAB_A_STATS_DROP_MEMORY :
	      build46(ctx, skb, addr, xlat_mtu6(dst), forward, &new);
	if (err) {
		xlat_route_put(ctx, dst);
		return err;
	}
	xlat_stat(ctx, NLAB_A_STATS_ICMP_TRANSLATED);
	trace_nlab_xlat(ctx, skb, XLAT_TRACE_46, addr);
	nlab_stats_packet(ctx->xn->stats, NLAB_A_STATS_PACKETS46, 1, skb->len);
	xlat_count(ctx->dmap, XLAT_IN, 1, skb->len);
	xlat_count(ctx->smap, XLAT_OUT, 1, skb->len);
	consume_skb(skb);
	xlat_change_family(ctx, new, true);
	if (forward) {
		xlat_route_put(ctx, dst);
		dst = NULL;
	}
	xlat_output6(ctx, new, dst);
	return XLAT_STOLEN;
}

static int build64(struct xlat_ctx *ctx, struct sk_buff *skb,
		   const struct ipv6_chain *chain,
		   const struct siit_addr4 *addr, u32 mtu4, bool forward,
		   struct sk_buff **result)
{
	const struct ipv6hdr *ip6 = ipv6_hdr(skb);
	struct siit_icmp_error env = { mtu4, in_mtu(ctx) };
	struct siit_addr6 outer = { ip6->saddr, ip6->daddr }, quoted;
	unsigned int cap = SIIT_ICMP4_MAX - SIIT_IPV4_MIN;
	const u8 *msg = skb->data + chain->len;
	unsigned int len = skb->len - chain->len, wire;
	struct siit_addr4 inner;
	struct sk_buff *new;
	struct iphdr hdr;
	__be16 id = 0;
	int n;

	if (ctx->pooled && ctx->conf->error_source)
		env.quote_source = &outer.saddr;
	n = siit64_icmp_quoted(msg, len, &outer, &quoted);
	if (!n)
		n = xlat_resolve64_inner(ctx, &quoted, &inner);
	if (n)
		return n;
	new = error_skb(skb, cap);
	if (!new)
		return -NLAB_A_STATS_DROP_MEMORY;
	n = siit64_icmp_error(msg, len, &env, &inner, skb_put(new, cap));
	if (n < 0) {
		kfree_skb(new);
		return n;
	}
	skb_trim(new, n);
	wire = n + SIIT_IPV4_MIN;
	if (siit64_needs_id(chain, wire))
		id = xlat_flow64_id(ctx, addr, chain->proto, 1);
	siit64_header(chain, addr, xlat_tos4(ctx, ip6),
		      ip6->hop_limit - (ctx->in && !forward), n, wire, id,
		      &hdr);
	finish_header(new, &hdr, sizeof(hdr), ETH_P_IP);
	*result = new;
	return 0;
}

int xlat64_icmp(struct xlat_ctx *ctx, struct sk_buff *skb,
		const struct ipv6_chain *chain, struct siit_addr4 *addr,
		bool forward)
{
	u8 tos = xlat_tos4(ctx, ipv6_hdr(skb));
	struct dst_entry *dst = NULL;
	struct sk_buff *new;
	u32 mtu;
	int err;

	if (forward && xlat_has_rules4(ctx->net)) {
		mtu = xlat_forward_mtu4(ctx, skb, addr, tos);
	} else {
		dst = xlat_route4(ctx, skb, addr, tos);
		mtu = dst ? xlat_mtu4(dst) : 0;
	}
	if (!mtu)
		return -NLAB_A_STATS_DROP_NO_ROUTE;
	err = skb_linearize(skb) ? -NLAB_A_STATS_DROP_MEMORY :
	      build64(ctx, skb, chain, addr, mtu, forward, &new);
	if (err) {
		xlat_route_put(ctx, dst);
		/* What a mapped host hears about its native IPv6 traffic */
		return err == -NLAB_A_STATS_DROP_ICMP_INNER && ctx->pooled &&
		       ctx->dmap ? XLAT_PASS : err;
	}
	xlat_stat(ctx, NLAB_A_STATS_ICMP_TRANSLATED);
	trace_nlab_xlat(ctx, skb, XLAT_TRACE_64, addr);
	nlab_stats_packet(ctx->xn->stats, NLAB_A_STATS_PACKETS64, 1, skb->len);
	xlat_count(ctx->smap, XLAT_OUT, 1, skb->len);
	xlat_count(ctx->dmap, XLAT_IN, 1, skb->len);
	consume_skb(skb);
	xlat_change_family(ctx, new, false);
	if (forward) {
		xlat_route_put(ctx, dst);
		dst = NULL;
	}
	xlat_output4(ctx, new, dst);
	return XLAT_STOLEN;
}
