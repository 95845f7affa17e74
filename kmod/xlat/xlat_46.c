// SPDX-License-Identifier: GPL-2.0
/* A packet's way from IPv4 to IPv6 (RFC 7915 section 4). */
#include <linux/icmp.h>
#include <net/ip6_checksum.h>

#include "../compat.h"
#include "xlat_flow.h"
#include "xlat_trace.h"

/*
 * Computes a UDP checksum that the sender left out, as IPv4. It covers the
 * datagram, which may end before the packet does.
 */
static int udp_compute(struct sk_buff *skb, unsigned int off)
{
	const struct iphdr *ip4;
	struct udphdr *udp;
	unsigned int len;
	__wsum sum;

	if (skb_ensure_writable(skb, off + sizeof(*udp)))
		return -NLAB_A_STATS_DROP_MEMORY;
	ip4 = ip_hdr(skb);
	udp = (struct udphdr *)(skb->data + off);
	len = ntohs(udp->len);
	if (len < sizeof(*udp) || len > skb->len - off)
		return -NLAB_A_STATS_DROP_MALFORMED;
	sum = skb_checksum(skb, off, len, 0);
	udp->check = csum_tcpudp_magic(ip4->saddr, ip4->daddr, len,
				       IPPROTO_UDP, sum);
	if (!udp->check)
		udp->check = CSUM_MANGLED_0;
	if (skb->ip_summed == CHECKSUM_COMPLETE)
		skb->ip_summed = CHECKSUM_NONE;
	return 0;
}

/* RFC 7915 4.5: IPv6 has no UDP without a checksum, but for RFC 6936. */
static int udp_check(const struct xlat_ctx *ctx, struct sk_buff *skb,
		     unsigned int off)
{
	const struct udphdr *udp = (struct udphdr *)(skb->data + off);

	if (udp->check || skb->ip_summed == CHECKSUM_PARTIAL ||
	    ctx->conf->udp_zero == NLAB_UDP_ZERO_FORWARD)
		return 0;
	if (ctx->conf->udp_zero == NLAB_UDP_ZERO_DROP ||
	    ip_hdr(skb)->frag_off & htons(IP_MF))
		return -NLAB_A_STATS_DROP_UDP_ZERO_CHECKSUM;
	return udp_compute(skb, off);
}

/*
 * Looks at what stands behind the header. @l4 becomes the number of bytes
 * there that may be changed.
 */
static int check_l4(struct xlat_ctx *ctx, struct sk_buff *skb,
		    unsigned int off, unsigned int *l4)
{
	const struct iphdr *ip4 = ip_hdr(skb);
	u8 proto = ip4->protocol;

	*l4 = 0;
	if (proto == IPPROTO_IGMP)
		return -NLAB_A_STATS_DROP_ICMP_TYPE;
	if (proto == IPPROTO_ICMP && siit46_is_fragment(ip4) &&
	    !ctx->icmp_done)
		return -NLAB_A_STATS_DROP_ICMP_FRAGMENT;
	if (ip4->frag_off & htons(IP_OFFSET) || ctx->icmp_done)
		return 0;
	*l4 = min(xlat_l4_need(proto), skb->len - off);
	if (!pskb_may_pull(skb, off + *l4))
		return -NLAB_A_STATS_DROP_MEMORY;
	if (proto == IPPROTO_ICMP)
		return xlat_check_icmp(skb, *l4);
	if (proto == IPPROTO_UDP && *l4 == sizeof(struct udphdr))
		return udp_check(ctx, skb, off);
	return 0;
}

/* Header and checks that need neither tables nor routes. */
static int check46(struct xlat_ctx *ctx, struct sk_buff *skb,
		   unsigned int *l4)
{
	const struct iphdr *ip4 = ip_hdr(skb);
	unsigned int off = ip4->ihl * 4;
	int err;

	/* Own traffic has not passed a router yet. */
	if (ctx->in && ip4->ttl <= 1)
		return -NLAB_A_STATS_DROP_TTL;
	if (off > SIIT_IPV4_MIN) {
		err = siit46_options(ip4, off, &ctx->pointer);
		if (err)
			return err;
	}
	err = xlat_check_partial(skb, off);
	if (err)
		return err;
	err = check_l4(ctx, skb, off, l4);
	if (err)
		return err;
	skb_set_transport_header(skb, off);
	return 0;
}

/*
 * Size and route (RFC 7915 section 4). @dst is set if a route was needed.
 * Return: 0, the size to fragment to, or minus the reason.
 */
static int check46_size(struct xlat_ctx *ctx, struct sk_buff *skb,
			const struct siit_addr6 *addr, bool forward,
			struct dst_entry **dst)
{
	const struct iphdr *ip4 = ip_hdr(skb);
	unsigned int frag = siit46_is_fragment(ip4) ? SIIT_FRAG_HDR : 0;
	/* what was defragmented on this node may be fragmented again */
	bool df = ip4->frag_off & htons(IP_DF) &&
		  !IPCB(skb)->frag_max_size;
	unsigned int len, mtu;

	len = xlat_wire_len(skb, skb->len) - ip4->ihl * 4 + SIIT_IPV6_MIN +
	      frag;
	/* What fits every IPv6 link needs no route to know. */
	if (len <= SIIT_IPV6_LINK_MTU && forward)
		return 0;
	*dst = xlat_route6(ctx, skb, addr, ip4->protocol);
	if (!*dst)
		return -NLAB_A_STATS_DROP_NO_ROUTE;
	if (len <= SIIT_IPV6_LINK_MTU)
		return 0;
	mtu = xlat_mtu6(*dst);
	if (df && len > mtu) {
		ctx->mtu = mtu - SIIT_GROWTH - frag;
		return -NLAB_A_STATS_DROP_TOO_BIG;
	}
	mtu = min_t(unsigned int, mtu, ctx->conf->lowest_ipv6_mtu);
	return !df && len > mtu ? mtu : 0;
}

/* Changes the packet. Nothing that can fail for good comes after this. */
static int rewrite46(struct xlat_ctx *ctx, struct sk_buff *skb,
		     const struct siit_addr6 *addr, unsigned int l4,
		     bool forward, const struct dst_entry *dst)
{
	u8 hdr[SIIT_IPV6_MIN + SIIT_FRAG_HDR] __aligned(4);
	unsigned int old_len = ip_hdrlen(skb), new_len, payload;
	struct siit_addr4 addr4;
	const struct iphdr *ip4;
	u8 hops, proto;
	int err;

	err = xlat_make_room(skb, old_len, sizeof(hdr), l4);
	if (err)
		return err;
	ip4 = ip_hdr(skb);
	proto = ip4->protocol;
	payload = skb->len - old_len;
	/* The kernel's forwarding takes one hop off, and is not run for us. */
	hops = ip4->ttl - (ctx->in && !forward);
	if (l4 && proto == IPPROTO_ICMP) {
		err = siit46_icmp_echo(icmp_hdr(skb), payload, addr);
		if (err)
			return err;
	} else if (l4) {
		addr4.saddr = ip4->saddr;
		addr4.daddr = ip4->daddr;
		siit_l4_update(proto, skb_transport_header(skb), l4,
			       xlat_delta46(ctx, &addr4, addr),
			       skb->ip_summed == CHECKSUM_PARTIAL);
	}
	new_len = siit46_header(ip4, addr, ctx->conf->tos == NLAB_TOS_COPY ?
				ip4->tos : ctx->conf->tos, hops, payload, hdr);
	xlat_swap_header(skb, old_len, hdr, new_len, ETH_P_IPV6,
			 forward || xlat_is_local6(dst));
	return 0;
}

static void count46(struct xlat_ctx *ctx, unsigned int packets,
		    unsigned int len)
{
	nlab_stats_packet(ctx->xn->stats, NLAB_A_STATS_PACKETS46, packets,
			  len);
	xlat_count(ctx->dmap, XLAT_IN, packets, len);
	xlat_count(ctx->smap, XLAT_OUT, packets, len);
}

/*
 * Fragments of an ICMP message can't be translated one by one: the pseudo
 * header of ICMPv6 needs the length of the whole.
 */
static int fragment46(struct xlat_ctx *ctx, struct sk_buff *skb,
		      const struct siit_addr6 *addr, unsigned int mtu)
{
	unsigned int off = ip_hdrlen(skb);
	int err;

	if (skb_is_gso(skb))
		return xlat_segment(ctx, skb, xlat46);
	if (ip_hdr(skb)->protocol == IPPROTO_ICMP && !ctx->icmp_done) {
		if (skb_ensure_writable(skb, off + SIIT_ICMP_HDR))
			return -NLAB_A_STATS_DROP_MEMORY;
		err = siit46_icmp_echo((struct icmphdr *)(skb->data + off),
				       skb->len - off, addr);
		if (err)
			return err;
		ctx->icmp_done = true;
	}
	return xlat_fragment46(ctx, skb, mtu);
}

int xlat46(struct xlat_ctx *ctx, struct sk_buff *skb)
{
	unsigned int packets, len = skb->len, l4;
	struct dst_entry *dst = NULL;
	struct siit_addr6 addr;
	bool forward;
	int result;

	result = xlat_resolve46(ctx, skb, &addr);
	if (result <= 0)
		return result;
	if (xlat_gso_needs_segments(skb, len))
		return xlat_segment(ctx, skb, xlat46);
	result = check46(ctx, skb, &l4);
	if (result)
		return result;
	forward = xlat_goes_forward6(ctx, skb);
	if (forward && !xlat_may_leave4(ctx, skb))
		return XLAT_STOLEN;
	if (l4 && ip_hdr(skb)->protocol == IPPROTO_ICMP &&
	    siit46_icmp_is_error(icmp_hdr(skb)->type))
		return xlat46_icmp(ctx, skb, &addr, forward);

	result = check46_size(ctx, skb, &addr, forward, &dst);
	if (result > 0) {
		xlat_route_put(ctx, dst);
		return fragment46(ctx, skb, &addr, result);
	}
	if (result < 0)
		goto out;
	packets = xlat_packets(skb);
	result = -NLAB_A_STATS_DROP_MEMORY;
	if (!nlab_ct_confirm(skb))
		goto out;
	trace_nlab_xlat(ctx, skb, XLAT_TRACE_46, &addr);
	result = rewrite46(ctx, skb, &addr, l4, forward, dst);
	if (result)
		goto out;
	xlat_change_family(ctx, skb, true);
	count46(ctx, packets, len);
	if (forward) {
		xlat_route_put(ctx, dst);
		dst = NULL;
	}
	xlat_output6(ctx, skb, dst);
	return XLAT_STOLEN;
out:
	xlat_route_put(ctx, dst);
	return result;
}
