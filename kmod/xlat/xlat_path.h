/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Packet path of the translator: what its files share. The life of a packet,
 * top down:
 *
 *   xlat_path.c	hooks: is it ours? the only place that drops
 *   xlat_flow.c		has it been like the packets before it?
 *   xlat_resolve.c	addresses: which become what, with which maps
 *   xlat_inner.c	the same for the packet inside an ICMP error
 *   xlat_46.c		checks, header, checksums; one file for each direction
 *   xlat_64.c
 *   xlat_66.c
 *   xlat_icmp.c	ICMP errors with the packet inside them
 *   xlat_skb.c		room, segmentation, fragmentation
 *   xlat_out.c		routes, and the way out
 *   xlat_error.c	ICMP errors of our own
 *
 * Everything runs under RCU with bottom halves off.
 */
#ifndef NLAB_XLAT_PATH_H
#define NLAB_XLAT_PATH_H

#include <linux/skbuff.h>
#include <net/dsfield.h>
#include <net/ip.h>
#include <net/ip6_fib.h>
#include <net/ipv6.h>
#include <net/route.h>

#include "../pure/siit.h"
#include "xlat.h"

/*
 * Result of a step: a verdict, or minus the statistics attribute of the drop
 * reason. After XLAT_STOLEN the packet belongs to somebody else.
 */
enum {
	XLAT_PASS = 0,		/* not ours, untouched */
	XLAT_STOLEN = 1,
	XLAT_REWRITTEN = 2,	/* same family: goes on through the hooks */
};

/* Set in the control block: has been translated, never to be again. */
enum { XLAT_CB_DONE = BIT(15) };

/* State of settings and maps, for what is remembered of them. */
struct xlat_epoch {
	unsigned long view;
	unsigned long table;
};

/**
 * struct xlat_ctx - one packet's way through the translator
 * @xn: translator
 * @conf: settings
 * @table: maps
 * @net: namespace
 * @in: device it came in on; NULL for own traffic
 * @out: device that own traffic was about to leave by
 * @sk: socket of own traffic
 * @epoch: of @conf and @table
 * @slot: where its flow is remembered, NULL if it is not to be
 * @flow: the packet's flow, NULL if it has none
 * @smap: map that translates the source, or NULL
 * @dmap: map that translates the destination, or NULL
 * @impure: more than addresses, settings and maps decided
 * @unrouted4: known to have nowhere to go as IPv4
 * @icmp_done: fragments of an ICMP message that is already translated
 * @fragmenting: the packet is a fragment made here
 * @pooled: the source came from the pool of RFC 6791
 * @dst_ref: the packet's route came with a reference
 * @mtu: MTU for the ICMP error of a packet that is too big
 * @pointer: where in its headers a parameter problem is, 0 if there is none
 */
struct xlat_ctx {
	struct xlat_net *xn;
	const struct xlat_conf *conf;
	struct xlat_table *table;
	struct net *net;
	struct net_device *in;
	struct net_device *out;
	struct sock *sk;
	struct xlat_epoch epoch;
	struct xlat_flow *slot;
	struct xlat_flow *flow;
	struct xlat_map *smap;
	struct xlat_map *dmap;
	bool impure;
	bool unrouted4;
	bool icmp_done;
	bool fragmenting;
	bool pooled;
	bool dst_ref;
	u32 mtu;
	u32 pointer;
};

/* --- xlat_resolve.c --- */

/**
 * xlat_resolve46() - addresses of an IPv4 packet after translation
 * @ctx: sets @smap and @dmap
 * @skb: the packet
 * @out: the addresses; the source is unspecified if it is untranslatable,
 *	which only an ICMP error may be
 *
 * Return: XLAT_PASS if it is not ours, 1 if it is, or minus the drop reason.
 */
int xlat_resolve46(struct xlat_ctx *ctx, struct sk_buff *skb,
		   struct siit_addr6 *out);
/* Addresses of the packet inside an ICMPv4 error; 0 or minus the reason. */
int xlat_resolve46_inner(const struct xlat_ctx *ctx, __be32 saddr,
			 __be32 daddr, struct siit_addr6 *out);

enum xlat_way {
	XLAT_WAY_64 = 1,	/* to IPv4 */
	XLAT_WAY_HAIRPIN,	/* to IPv4 and back (RFC 7757 4.2.2) */
	XLAT_WAY_66,		/* IPv6 to IPv6 */
};

/* What xlat_resolve64() found. */
struct xlat_result64 {
	struct siit_addr4 v4;	/* XLAT_WAY_64 */
	struct siit_addr6 v6;	/* the others */
};

/**
 * xlat_resolve64() - addresses of an IPv6 packet after translation
 * @ctx: sets @smap and @dmap
 * @skb: the packet
 * @r: the addresses
 *
 * Return: XLAT_PASS if it is not ours, enum xlat_way, or minus the reason.
 */
int xlat_resolve64(struct xlat_ctx *ctx, struct sk_buff *skb,
		   struct xlat_result64 *r);
/* The packet inside an ICMPv6 error, for XLAT_WAY_64. */
int xlat_resolve64_inner(const struct xlat_ctx *ctx,
			 const struct siit_addr6 *in, struct siit_addr4 *out);
/* The same for XLAT_WAY_66 and, with @hairpin, for XLAT_WAY_HAIRPIN. */
int xlat_resolve66_inner(const struct xlat_ctx *ctx, bool hairpin,
			 const struct siit_addr6 *in, struct siit_addr6 *out);
/* Result of one address for the control path; see NLAB_CMD_MAP_TEST. */
enum nlab_xlat_via xlat_test4(struct xlat_net *xn, __be32 addr,
			      struct in6_addr *out, struct xlat_map **map);
enum nlab_xlat_via xlat_test6(struct xlat_net *xn,
			      const struct in6_addr *addr, __be32 *out4,
			      struct in6_addr *out6, struct xlat_map **map);

/* --- xlat_46.c, xlat_64.c, xlat_66.c --- */

/* Type of service that the packet has as IPv4; its route depends on it. */
static inline u8 xlat_tos4(const struct xlat_ctx *ctx,
			   const struct ipv6hdr *ip6)
{
	return ctx->conf->tos == NLAB_TOS_COPY ? ipv6_get_dsfield(ip6) :
						 ctx->conf->tos;
}

/* Bytes of a transport header that translation looks at or changes. */
static inline unsigned int xlat_l4_need(u8 proto)
{
	switch (proto) {
	case IPPROTO_TCP:
		return sizeof(struct tcphdr);
	case IPPROTO_ICMP:
	case IPPROTO_ICMPV6:
		return SIIT_ICMP_HDR;
	default:
		return siit_csum_offset(proto) < 0 ? 0 : 8;
	}
}

int xlat46(struct xlat_ctx *ctx, struct sk_buff *skb);
int xlat64(struct xlat_ctx *ctx, struct sk_buff *skb);
/* @addr: the new addresses; those of an ICMP error may become others */
int xlat66(struct xlat_ctx *ctx, struct sk_buff *skb,
	   struct siit_addr6 *addr, enum xlat_way way);

/* --- xlat_icmp.c --- */

/* Is it an ICMP error (what RFC 7915 says of those applies)? */
bool xlat_is_icmp4_error(struct sk_buff *skb);
bool xlat_is_icmp6_error(struct sk_buff *skb);
/* Is an ICMP header there, @len bytes of it, with a complete checksum? */
int xlat_check_icmp(struct sk_buff *skb, unsigned int len);
int xlat46_icmp(struct xlat_ctx *ctx, struct sk_buff *skb,
		struct siit_addr6 *addr, bool forward);
int xlat64_icmp(struct xlat_ctx *ctx, struct sk_buff *skb,
		const struct ipv6_chain *chain, struct siit_addr4 *addr,
		bool forward);

/* --- xlat_skb.c --- */

/**
 * xlat_swap_header() - replace the network header
 * @skb: private, with room (xlat_make_room())
 * @old_len: length of the header, extension headers included
 * @new_hdr: the new one
 * @new_len: its length
 * @proto: ETH_P_IP or ETH_P_IPV6
 * @keep_mac: rules on Ethernet addresses (nft ether, LOG) are to see them
 */
void xlat_swap_header(struct sk_buff *skb, unsigned int old_len,
		      const void *new_hdr, unsigned int new_len, u16 proto,
		      bool keep_mac);
int xlat_fix_partial(struct sk_buff *skb, unsigned int off);
/**
 * xlat_check_partial() - a checksum that is to be completed
 * @skb: a packet
 * @off: where its transport header begins
 *
 * Return: 0 if it may be translated, or minus the reason to drop it.
 */
static inline int xlat_check_partial(struct sk_buff *skb, unsigned int off)
{
	return skb->ip_summed == CHECKSUM_PARTIAL ?
	       xlat_fix_partial(skb, off) : 0;
}

/**
 * xlat_make_room() - make the headers private
 * @skb: packet
 * @old_len: length of the network header that goes
 * @new_len: and of the one that comes
 * @l4: bytes of the transport header that will be changed
 *
 * All pointers into the packet are void afterwards.
 */
int xlat_make_room(struct sk_buff *skb, unsigned int old_len,
		   unsigned int new_len, unsigned int l4);
/* Leaves the old family behind: GSO type, conntrack, route, checksum state. */
void xlat_change_family(struct xlat_ctx *ctx, struct sk_buff *skb, bool to6);
/* True if the packet must be segmented before it is translated. */
bool xlat_gso_is_foreign(const struct sk_buff *skb, unsigned int len);
static inline bool xlat_gso_needs_segments(const struct sk_buff *skb,
					   unsigned int len)
{
	return skb_is_gso(skb) && xlat_gso_is_foreign(skb, len);
}

/* Bytes of the largest packet on the wire, as of the present header. */
unsigned int xlat_gso_wire_len(const struct sk_buff *skb, unsigned int len);
static inline unsigned int xlat_wire_len(const struct sk_buff *skb,
					 unsigned int len)
{
	return skb_is_gso(skb) ? xlat_gso_wire_len(skb, len) : len;
}

static inline unsigned int xlat_packets(const struct sk_buff *skb)
{
	return skb_is_gso(skb) && skb_shinfo(skb)->gso_segs ?
	       skb_shinfo(skb)->gso_segs : 1;
}

/* Segments, and translates each segment with @fn. */
int xlat_segment(struct xlat_ctx *ctx, struct sk_buff *skb,
		 int (*fn)(struct xlat_ctx *ctx, struct sk_buff *skb));
/* Fragments an IPv4 packet to @mtu bytes and translates each fragment. */
int xlat_fragment46(struct xlat_ctx *ctx, struct sk_buff *skb,
		    unsigned int mtu);

/* --- xlat_route.c --- */

/* The VRF that a packet is in; 0: none. */
int xlat_l3mdev(const struct xlat_ctx *ctx);
/*
 * Routes of the translated packet; NULL if there is none. To be given back
 * with xlat_route_put(), or away with xlat_route_set().
 */
struct dst_entry *xlat_route6(struct xlat_ctx *ctx, const struct sk_buff *skb,
			      const struct siit_addr6 *addr, u8 proto);
struct dst_entry *xlat_route4(struct xlat_ctx *ctx, const struct sk_buff *skb,
			      const struct siit_addr4 *addr, u8 tos);
static inline void xlat_route_put(const struct xlat_ctx *ctx,
				  struct dst_entry *dst)
{
	if (ctx->dst_ref)
		dst_release(dst);
}

/* Does the route, which may be NULL, end on this node? */
static inline bool xlat_is_local6(const struct dst_entry *dst)
{
	return dst && ((const struct rt6_info *)dst)->rt6i_flags &
		      (RTF_LOCAL | RTF_ANYCAST);
}

static inline bool xlat_is_local4(const struct dst_entry *dst)
{
	return dst && ((const struct rtable *)dst)->rt_flags & RTCF_LOCAL;
}

void xlat_route_set(const struct xlat_ctx *ctx, struct sk_buff *skb,
		    struct dst_entry *dst);
u32 xlat_mtu6(const struct dst_entry *dst);
u32 xlat_mtu4(const struct dst_entry *dst);
/*
 * With policy rules, which may ask for the device that a packet came in on,
 * as xlat_route4() can't: MTU of the way that the kernel's forwarding will
 * find, 0 if there is none.
 */
u32 xlat_forward_mtu4(const struct xlat_ctx *ctx, const struct sk_buff *skb,
		      const struct siit_addr4 *addr, u8 tos);
/* Does it find the route that xlat_route4() does? */
bool xlat_rules_agree4(const struct xlat_ctx *ctx, const struct sk_buff *skb,
		       const struct siit_addr4 *addr, u8 tos);
/*
 * Routes a received packet as the kernel is about to; true if it has where to
 * go as IPv4, and it goes there without another look-up.
 */
bool xlat_routed4(struct sk_buff *skb);
/* Is nobody left who could want another route for it (rules, VRF)? */
bool xlat_may_route4(const struct xlat_conf *conf, const struct net *net,
		     const struct net_device *in);
/* Has the node a route of its own, of this family, to the address? */
bool xlat_native4(const struct xlat_ctx *ctx, const struct sk_buff *skb,
		  __be32 daddr, bool default_counts);
bool xlat_native6(const struct xlat_ctx *ctx, const struct sk_buff *skb,
		  const struct in6_addr *daddr, bool default_counts);
/* Reverse path filter, as configured for the device (RFC 3704). */
bool xlat_rpf4_ok(const struct xlat_ctx *ctx, __be32 saddr);
/* Is @saddr routed to the device the packet came from? */
bool xlat_rpf6_ok(const struct xlat_ctx *ctx, const struct in6_addr *saddr);
/* Address of the node for errors from an untranslatable source. */
__be32 xlat_local4(const struct xlat_ctx *ctx, __be32 daddr);
void xlat_local6(const struct xlat_ctx *ctx, const struct in6_addr *daddr,
		 struct in6_addr *out);

/* --- xlat_out.c --- */

/* Does the packet go through the kernel's forwarding (design: mode)? */
bool xlat_goes_forward6(const struct xlat_ctx *ctx,
			const struct sk_buff *skb);
bool xlat_goes_forward4(const struct xlat_ctx *ctx,
			const struct sk_buff *skb);
/*
 * IPsec policies on forwarded packets, of the family that one leaves. False
 * if they have it dropped; it is gone then.
 */
bool xlat_may_leave4(const struct xlat_ctx *ctx, struct sk_buff *skb);
bool xlat_may_leave6(struct sk_buff *skb);
/**
 * xlat_output6() - send a packet that has become IPv6
 * @ctx: context
 * @skb: packet, consumed
 * @dst: route, consumed; NULL to go through the kernel's forwarding
 */
void xlat_output6(struct xlat_ctx *ctx, struct sk_buff *skb,
		  struct dst_entry *dst);
void xlat_output4(struct xlat_ctx *ctx, struct sk_buff *skb,
		  struct dst_entry *dst);
/* Sends on a segment of an XLAT_REWRITTEN packet. */
void xlat_continue66(struct xlat_ctx *ctx, struct sk_buff *skb);

/* Policy rules beyond the kernel's own. */
bool xlat_has_rules6(const struct net *net);
bool xlat_has_rules4(const struct net *net);
/* Hooks of others at PRE_ROUTING. */
bool xlat_has_prerouting(const struct nf_hook_entries __rcu *entries);

/* --- xlat_error.c --- */

/* Tells the sender that the packet was discarded, if RFC 7915 wants it. */
void xlat_error4(struct xlat_ctx *ctx, struct sk_buff *skb,
		 unsigned int reason);
void xlat_error6(struct xlat_ctx *ctx, struct sk_buff *skb,
		 unsigned int reason);
/*
 * Is the packet in the LOCAL_OUT hook one that these two send? The sender of
 * the discarded packet is of the same family, even if a map covers it. Asked
 * with bottom halves off.
 */
bool xlat_error_is_ours(void);

static inline void xlat_stat(const struct xlat_ctx *ctx, unsigned int attr)
{
	nlab_stats_add(ctx->xn->stats, attr, 1);
}

#endif
