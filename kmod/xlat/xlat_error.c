// SPDX-License-Identifier: GPL-2.0
/*
 * ICMP errors for packets that the translator discards (RFC 7915 4.4, 5.4).
 * Which packets never cause one, and the rate limit, is the kernel's business
 * (RFC 1812 4.3.2.7, RFC 4443 2.4).
 */
#include <linux/icmp.h>
#include <linux/icmpv6.h>
#include <net/icmp.h>
#include <net/route.h>

#include "../compat.h"
#include "xlat_path.h"

/* This processor is in icmp_send() or icmpv6_send(), called from below. */
static DEFINE_PER_CPU(bool, sending);

bool xlat_error_is_ours(void)
{
	return this_cpu_read(sending);
}

/* False if the reason is one that RFC 7915 drops silently. */
static bool icmp4_of(unsigned int reason, u8 *type, u8 *code)
{
	*type = ICMP_DEST_UNREACH;
	switch (reason) {
	case NLAB_A_STATS_DROP_TTL:
		*type = ICMP_TIME_EXCEEDED;
		*code = ICMP_EXC_TTL;
		return true;
	case NLAB_A_STATS_DROP_TOO_BIG:
		*code = ICMP_FRAG_NEEDED;
		return true;
	case NLAB_A_STATS_DROP_SOURCE_ROUTE:
		*code = ICMP_SR_FAILED;
		return true;
	case NLAB_A_STATS_DROP_NO_ROUTE:
		*code = ICMP_HOST_UNREACH;
		return true;
	case NLAB_A_STATS_DROP_UDP_ZERO_CHECKSUM:
	case NLAB_A_STATS_DROP_NON_GLOBAL:
		*code = ICMP_PKT_FILTERED;
		return true;
	default:
		return false;
	}
}

static bool icmp6_of(unsigned int reason, u8 *type, u8 *code)
{
	*type = ICMPV6_DEST_UNREACH;
	switch (reason) {
	case NLAB_A_STATS_DROP_TTL:
		*type = ICMPV6_TIME_EXCEED;
		*code = ICMPV6_EXC_HOPLIMIT;
		return true;
	case NLAB_A_STATS_DROP_TOO_BIG:
		*type = ICMPV6_PKT_TOOBIG;
		*code = 0;
		return true;
	case NLAB_A_STATS_DROP_ROUTING_HEADER:
	case NLAB_A_STATS_DROP_UNMAPPABLE:	/* RFC 6296 section 3.7 */
		*type = ICMPV6_PARAMPROB;
		*code = ICMPV6_HDR_FIELD;
		return true;
	case NLAB_A_STATS_DROP_NO_ROUTE:
		*code = ICMPV6_NOROUTE;
		return true;
	case NLAB_A_STATS_DROP_EXT_HEADER:
	case NLAB_A_STATS_DROP_NON_GLOBAL:
		*code = ICMPV6_ADM_PROHIBITED;
		return true;
	default:
		return false;
	}
}

/*
 * icmp_send() wants a route on the packet. That to the sender makes it take
 * the address of the device towards the sender, as a router does; the route
 * to the destination may not exist at all.
 */
static bool set_route4(struct xlat_ctx *ctx, struct sk_buff *skb)
{
	struct flowi4 fl4 = {
		.daddr = ip_hdr(skb)->saddr,
		.flowi4_mark = skb->mark,
		.flowi4_l3mdev = ctx->in ? l3mdev_master_ifindex_rcu(ctx->in) :
					   0,
	};
	struct rtable *rt;

	if (skb_dst(skb))
		return true;
	rt = __ip_route_output_key(ctx->net, &fl4);
	if (IS_ERR(rt))
		return false;
	skb_dst_set(skb, &rt->dst);
	return true;
}

void xlat_error4(struct xlat_ctx *ctx, struct sk_buff *skb,
		 unsigned int reason)
{
	u8 type, code;

	/* icmp_send() would not answer these, and does not say so. */
	if (ip_hdr(skb)->frag_off & htons(IP_OFFSET) ||
	    xlat_is_icmp4_error(skb))
		return;
	if (!icmp4_of(reason, &type, &code) || !set_route4(ctx, skb))
		return;
	xlat_stat(ctx, NLAB_A_STATS_ICMP4_SENT);
	this_cpu_write(sending, true);
	icmp_send(skb, type, code, htonl(code == ICMP_FRAG_NEEDED &&
					 type == ICMP_DEST_UNREACH ?
					 ctx->mtu : 0));
	this_cpu_write(sending, false);
}

void xlat_error6(struct xlat_ctx *ctx, struct sk_buff *skb,
		 unsigned int reason)
{
	u8 type, code;
	u32 info = 0;

	if (xlat_is_icmp6_error(skb) || !icmp6_of(reason, &type, &code))
		return;
	if (type == ICMPV6_PKT_TOOBIG)
		info = ctx->mtu;
	else if (type == ICMPV6_PARAMPROB)
		info = ctx->pointer;
	xlat_stat(ctx, NLAB_A_STATS_ICMP6_SENT);
	this_cpu_write(sending, true);
	icmpv6_send(skb, type, code, info);
	this_cpu_write(sending, false);
}
