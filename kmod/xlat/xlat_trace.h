/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Tracepoints of the translator (Documentation/xlat.rst, Tracing). Off, each
 * is a jump that is not taken.
 */
#undef TRACE_SYSTEM
#define TRACE_SYSTEM nlab

#if !defined(NLAB_XLAT_TRACE_H) || defined(TRACE_HEADER_MULTI_READ)
#define NLAB_XLAT_TRACE_H

#include <linux/tracepoint.h>

#include "xlat_path.h"

#ifndef NLAB_XLAT_TRACE_ONCE
#define NLAB_XLAT_TRACE_ONCE

/* Which family becomes which. */
enum xlat_trace_way {
	XLAT_TRACE_46,
	XLAT_TRACE_64,
	XLAT_TRACE_66,
};

/* Addresses of the packet as it is; IPv4 as ::ffff:a.b.c.d. */
static inline void xlat_trace_addr(const struct sk_buff *skb,
				   struct in6_addr *saddr,
				   struct in6_addr *daddr)
{
	const struct iphdr *ip4 = ip_hdr(skb);

	if (ip4->version == 4) {
		ipv6_addr_set_v4mapped(ip4->saddr, saddr);
		ipv6_addr_set_v4mapped(ip4->daddr, daddr);
	} else {
		*saddr = ipv6_hdr(skb)->saddr;
		*daddr = ipv6_hdr(skb)->daddr;
	}
}

/* Of TCP, UDP and what is like them; else zero. */
static inline void xlat_trace_ports(const struct sk_buff *skb, u16 *sport,
				    u16 *dport)
{
	const struct iphdr *ip4 = ip_hdr(skb);
	int off = skb_network_offset(skb);
	u8 proto = ip4->protocol;
	__be16 frag = ip4->frag_off & htons(IP_OFFSET), buf[2];
	const __be16 *ports = NULL;

	if (ip4->version == 4) {
		off += ip4->ihl * 4;
	} else {
		proto = ipv6_hdr(skb)->nexthdr;
		off = ipv6_skip_exthdr(skb, off + sizeof(struct ipv6hdr),
				       &proto, &frag);
		frag &= htons(IP6_OFFSET);
	}
	if (off >= 0 && !frag && siit_csum_offset(proto) >= 0)
		ports = skb_header_pointer(skb, off, sizeof(buf), buf);
	*sport = ports ? ntohs(ports[0]) : 0;
	*dport = ports ? ntohs(ports[1]) : 0;
}

/* Those it gets: siit_addr4 if it goes to IPv4, siit_addr6 otherwise. */
static inline void xlat_trace_new(enum xlat_trace_way way, const void *addr,
				  struct in6_addr *saddr,
				  struct in6_addr *daddr)
{
	const struct siit_addr4 *addr4 = addr;
	const struct siit_addr6 *addr6 = addr;

	if (way == XLAT_TRACE_64) {
		ipv6_addr_set_v4mapped(addr4->saddr, saddr);
		ipv6_addr_set_v4mapped(addr4->daddr, daddr);
	} else {
		*saddr = addr6->saddr;
		*daddr = addr6->daddr;
	}
}

#endif

/* Names of the counters without drop-; a test compares them. */
#define XLAT_DROP_REASONS						\
	EM(TTL, "ttl")							\
	EM(TOO_BIG, "too-big")						\
	EM(MALFORMED, "malformed")					\
	EM(SOURCE_ROUTE, "source-route")				\
	EM(ROUTING_HEADER, "routing-header")				\
	EM(EXT_HEADER, "ext-header")					\
	EM(ILLEGAL_SOURCE, "illegal-source")				\
	EM(SPOOFED_SOURCE, "spoofed-source")				\
	EM(NON_GLOBAL, "non-global")					\
	EM(ICMP_TYPE, "icmp-type")					\
	EM(ICMP_CHECKSUM, "icmp-checksum")				\
	EM(ICMP_FRAGMENT, "icmp-fragment")				\
	EM(ICMP_INNER, "icmp-inner")					\
	EM(UDP_ZERO_CHECKSUM, "udp-zero-checksum")			\
	EM(NO_ROUTE, "no-route")					\
	EM(NO_FORWARDING, "no-forwarding")				\
	EM(UNMAPPABLE, "unmappable")					\
	EM(GSO, "gso")							\
	EMe(MEMORY, "memory")

/* Readers of the binary format do not know the constants. */
#undef EM
#undef EMe
#define EM(reason, name) TRACE_DEFINE_ENUM(NLAB_A_STATS_DROP_##reason);
#define EMe(reason, name) TRACE_DEFINE_ENUM(NLAB_A_STATS_DROP_##reason);

XLAT_DROP_REASONS

TRACE_DEFINE_ENUM(XLAT_TRACE_46);
TRACE_DEFINE_ENUM(XLAT_TRACE_64);
TRACE_DEFINE_ENUM(XLAT_TRACE_66);

#undef EM
#undef EMe
#define EM(reason, name) { NLAB_A_STATS_DROP_##reason, name },
#define EMe(reason, name) { NLAB_A_STATS_DROP_##reason, name }

/* A packet that passed all checks, before it is changed. */
TRACE_EVENT(nlab_xlat,
	TP_PROTO(const struct xlat_ctx *ctx, const struct sk_buff *skb,
		 enum xlat_trace_way way, const void *addr),
	TP_ARGS(ctx, skb, way, addr),
	TP_STRUCT__entry(
		__field(const void *, skbaddr)
		__field(u32, netns)
		__field(int, ifindex)
		__field(int, way)
		__field(u32, len)
		__array(u8, saddr, sizeof(struct in6_addr))
		__array(u8, daddr, sizeof(struct in6_addr))
		__array(u8, new_saddr, sizeof(struct in6_addr))
		__array(u8, new_daddr, sizeof(struct in6_addr))
	),
	TP_fast_assign(
		__entry->skbaddr = skb;
		__entry->netns = ctx->net->ns.inum;
		__entry->ifindex = ctx->in ? ctx->in->ifindex : 0;
		__entry->way = way;
		__entry->len = skb->len;
		xlat_trace_addr(skb, (struct in6_addr *)__entry->saddr,
				(struct in6_addr *)__entry->daddr);
		xlat_trace_new(way, addr,
			       (struct in6_addr *)__entry->new_saddr,
			       (struct in6_addr *)__entry->new_daddr);
	),
	TP_printk("%s netns=%u ifindex=%d skbaddr=%p len=%u saddr=%pI6c daddr=%pI6c new_saddr=%pI6c new_daddr=%pI6c",
		  __print_symbolic(__entry->way,
				   { XLAT_TRACE_46, "4to6" },
				   { XLAT_TRACE_64, "6to4" },
				   { XLAT_TRACE_66, "6to6" }),
		  __entry->netns, __entry->ifindex, __entry->skbaddr,
		  __entry->len, __entry->saddr, __entry->daddr,
		  __entry->new_saddr, __entry->new_daddr)
);

/*
 * A packet that is discarded, in the state in which it is: the event of
 * RFC 7915 4.5, which has addresses and ports.
 */
TRACE_EVENT(nlab_xlat_drop,
	TP_PROTO(const struct xlat_ctx *ctx, const struct sk_buff *skb,
		 unsigned int reason),
	TP_ARGS(ctx, skb, reason),
	TP_STRUCT__entry(
		__field(const void *, skbaddr)
		__field(u32, netns)
		__field(int, ifindex)
		__field(int, family)
		__field(u32, reason)
		__field(u32, len)
		__array(u8, saddr, sizeof(struct in6_addr))
		__array(u8, daddr, sizeof(struct in6_addr))
		__field(u16, sport)
		__field(u16, dport)
	),
	TP_fast_assign(
		__entry->skbaddr = skb;
		__entry->netns = ctx->net->ns.inum;
		__entry->ifindex = ctx->in ? ctx->in->ifindex : 0;
		__entry->family = ip_hdr(skb)->version;
		__entry->reason = reason;
		__entry->len = skb->len;
		xlat_trace_addr(skb, (struct in6_addr *)__entry->saddr,
				(struct in6_addr *)__entry->daddr);
		xlat_trace_ports(skb, &__entry->sport, &__entry->dport);
	),
	TP_printk("IPv%d netns=%u ifindex=%d skbaddr=%p len=%u saddr=%pI6c daddr=%pI6c sport=%u dport=%u reason=%s",
		  __entry->family, __entry->netns, __entry->ifindex,
		  __entry->skbaddr, __entry->len, __entry->saddr,
		  __entry->daddr, __entry->sport, __entry->dport,
		  __print_symbolic(__entry->reason, XLAT_DROP_REASONS))
);

#ifndef NLAB_XLAT_DROPPED
#define NLAB_XLAT_DROPPED

/* For each packet that is discarded; @reason is a statistics attribute. */
static inline void xlat_dropped(const struct xlat_ctx *ctx,
				const struct sk_buff *skb, unsigned int reason)
{
	xlat_stat(ctx, reason);
	trace_nlab_xlat_drop(ctx, skb, reason);
}

#endif

#endif

#undef TRACE_INCLUDE_PATH
#define TRACE_INCLUDE_PATH kmod/xlat
#undef TRACE_INCLUDE_FILE
#define TRACE_INCLUDE_FILE xlat_trace

#include <trace/define_trace.h>
