/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Flows that each CPU remembers: what became of the last packets between two
 * addresses, and the route they took. Resolving addresses and asking the
 * routing tables are the dearest steps of a packet.
 *
 * An entry is found by the addresses that a packet came with. What it says of
 * addresses and maps is true as long as the view and the table are those that
 * it was made with (struct xlat_epoch), and is kept only where nothing else had
 * a say in it, routes least of all. Its route is a matter of its own: it holds
 * a reference, and the routing tables tell when it is out of date.
 *
 * Packet path, on its own CPU with bottom halves off. Own traffic, ICMP, and
 * packets that policy rules or a VRF look at are not remembered.
 */
#ifndef NLAB_XLAT_FLOW_H
#define NLAB_XLAT_FLOW_H

#include "xlat_path.h"

/* The entry of a packet's addresses. */
struct xlat_flow {
	struct xlat_epoch epoch;
	struct xlat_map *smap;
	struct xlat_map *dmap;
	struct dst_entry *dst;
	u32 cookie;		/* of an IPv6 route */
	int iif;
	__wsum delta;		/* of a checksum, by the addresses */
	u8 way;			/* enum xlat_way */
	bool pure;		/* addresses and maps may be taken as they are */
};

struct xlat_flow46 {
	struct xlat_flow flow;
	struct siit_addr4 in;
	struct siit_addr6 out;
};

/* @id_next to @id_last are identifications that nobody else will use. */
struct xlat_flow64 {
	struct xlat_flow flow;
	struct siit_addr6 in;
	struct xlat_result64 out;
	u16 id_next;
	u8 id_left;
	u8 id_proto;
	u8 tos;
};

/**
 * xlat_flow46_find() - a packet between addresses seen before
 * @ctx: sets @slot; on success, @smap, @dmap and @flow too
 * @skb: an IPv4 packet
 * @out: addresses after translation
 *
 * Return: true if there is no need for xlat_resolve46().
 */
bool xlat_flow46_find(struct xlat_ctx *ctx, const struct sk_buff *skb,
		      struct siit_addr6 *out);
/* What xlat_resolve46() has found, for the packets that follow; sets @flow. */
void xlat_flow46_keep(struct xlat_ctx *ctx, const struct sk_buff *skb,
		      const struct siit_addr6 *out);
/* The same for IPv6. Return: enum xlat_way, 0 if nothing is known. */
int xlat_flow64_find(struct xlat_ctx *ctx, const struct sk_buff *skb,
		     struct xlat_result64 *out);
void xlat_flow64_keep(struct xlat_ctx *ctx, const struct sk_buff *skb,
		      int way, const struct xlat_result64 *out);
/* What translation between @v4 and @v6 does to a checksum, each way. */
static inline __wsum xlat_delta46(const struct xlat_ctx *ctx,
				  const struct siit_addr4 *v4,
				  const struct siit_addr6 *v6)
{
	return ctx->flow ? ctx->flow->delta :
	       csum_sub(siit_sum6(v6), siit_sum4(v4));
}

static inline __wsum xlat_delta64(const struct xlat_ctx *ctx,
				  const struct siit_addr6 *v6,
				  const struct siit_addr4 *v4)
{
	return ctx->flow ? ctx->flow->delta :
	       csum_sub(siit_sum4(v4), siit_sum6(v6));
}

/**
 * xlat_flow64_id() - an identification for an IPv4 packet
 * @ctx: its flow, if any, hands out numbers that it took in advance
 * @addr: addresses of the IPv4 packet
 * @proto: its protocol, as IPv6 has it
 * @packets: how many identifications it needs
 *
 * The numbers are the kernel's (ip_select_ident()), which are hard to guess.
 */
__be16 xlat_flow64_id(struct xlat_ctx *ctx, const struct siit_addr4 *addr,
		      u8 proto, unsigned int packets);

#endif
