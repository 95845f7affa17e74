// SPDX-License-Identifier: GPL-2.0
/*
 * ICMP errors for packets that the translator discards (RFC 7915 4.4, 5.4).
 * Which packets never cause one, and the rate limit, is the kernel's business
 * (RFC 1812 4.3.2.7, RFC 4443 2.4).
 */
#include <linux/icmp.h>
#include <linux/icmpv6.h>
#include <net/dst_metadata.h>
#include <net/icmp.h>
#include <net/route.h>

#include "../compat.h"
#include "xlat_path.h"

/*
 * Who is in icmp_send() or icmpv6_send(), called from below, on this
 * processor. With NLAB_BH_IS_ALONE there can't be another.
 */
static DEFINE_PER_CPU(struct task_struct *, sending);

bool xlat_error_is_ours(void)
{
	return this_cpu_read(sending) == current;
}

/* The ICMP error that tells the sender. */
struct answer {
	u8 type;
	u8 code;
	u32 info;		/* MTU or pointer */
};

/* False if the packet is one to drop silently. */
static bool answer4(const struct xlat_ctx *ctx, unsigned int reason,
		    struct answer *a)
{
	a->type = ICMP_DEST_UNREACH;
	a->info = 0;
	switch (reason) {
	case NLAB_A_STATS_DROP_TTL:
		a->type = ICMP_TIME_EXCEEDED;
		a->code = ICMP_EXC_TTL;
		return true;
	case NLAB_A_STATS_DROP_TOO_BIG:
		a->code = ICMP_FRAG_NEEDED;
		a->info = ctx->mtu;
		return true;
	case NLAB_A_STATS_DROP_SOURCE_ROUTE:
		a->code = ICMP_SR_FAILED;
		return true;
	case NLAB_A_STATS_DROP_MALFORMED:	/* RFC 1812 4.3.3.5 */
		a->type = ICMP_PARAMETERPROB;
		a->code = 0;
		a->info = ctx->pointer << 24;
		return ctx->pointer;
	case NLAB_A_STATS_DROP_NO_ROUTE:
		a->code = ICMP_HOST_UNREACH;
		return true;
	case NLAB_A_STATS_DROP_ICMP_FRAGMENT:
	case NLAB_A_STATS_DROP_UDP_ZERO_CHECKSUM:
	case NLAB_A_STATS_DROP_NON_GLOBAL:
		a->code = ICMP_PKT_FILTERED;
		return true;
	default:
		return false;
	}
}

static bool answer6(const struct xlat_ctx *ctx, unsigned int reason,
		    struct answer *a)
{
	a->type = ICMPV6_DEST_UNREACH;
	a->info = 0;
	switch (reason) {
	case NLAB_A_STATS_DROP_TTL:
		a->type = ICMPV6_TIME_EXCEED;
		a->code = ICMPV6_EXC_HOPLIMIT;
		return true;
	case NLAB_A_STATS_DROP_TOO_BIG:
		a->type = ICMPV6_PKT_TOOBIG;
		a->code = 0;
		a->info = ctx->mtu;
		return true;
	case NLAB_A_STATS_DROP_UNMAPPABLE:	/* RFC 6296 3.2, 3.7 */
		a->code = ICMPV6_ADDR_UNREACH;
		if (!ctx->pointer)
			return true;
		fallthrough;
	case NLAB_A_STATS_DROP_MALFORMED:	/* RFC 4443 3.4 */
	case NLAB_A_STATS_DROP_ROUTING_HEADER:
		a->type = ICMPV6_PARAMPROB;
		a->code = ICMPV6_HDR_FIELD;
		a->info = ctx->pointer;
		return ctx->pointer;
	case NLAB_A_STATS_DROP_NO_ROUTE:
		a->code = ICMPV6_NOROUTE;
		return true;
	case NLAB_A_STATS_DROP_EXT_HEADER:
	case NLAB_A_STATS_DROP_NON_GLOBAL:
		a->code = ICMPV6_ADM_PROHIBITED;
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
		.flowi4_l3mdev = xlat_l3mdev(ctx),
	};
	struct rtable *rt;

	/* That of a tunnel that many share (metadata) is none. */
	if (skb_valid_dst(skb))
		return true;
	rt = __ip_route_output_key(ctx->net, &fl4);
	if (IS_ERR(rt))
		return false;
	skb_dst_drop(skb);
	skb_dst_set(skb, &rt->dst);
	return true;
}

void xlat_error4(struct xlat_ctx *ctx, struct sk_buff *skb,
		 unsigned int reason)
{
	struct answer a;

	/* icmp_send() would not answer these, and does not say so. */
	if (ip_hdr(skb)->frag_off & htons(IP_OFFSET) ||
	    xlat_is_icmp4_error(skb))
		return;
	if (!answer4(ctx, reason, &a) || !set_route4(ctx, skb))
		return;
	xlat_stat(ctx, NLAB_A_STATS_ICMP4_SENT);
	this_cpu_write(sending, current);
	icmp_send(skb, a.type, a.code, htonl(a.info));
	this_cpu_write(sending, NULL);
}

void xlat_error6(struct xlat_ctx *ctx, struct sk_buff *skb,
		 unsigned int reason)
{
	struct answer a;

	if (xlat_is_icmp6_error(skb) || !answer6(ctx, reason, &a))
		return;
	xlat_stat(ctx, NLAB_A_STATS_ICMP6_SENT);
	this_cpu_write(sending, current);
	icmpv6_send(skb, a.type, a.code, a.info);
	this_cpu_write(sending, NULL);
}
