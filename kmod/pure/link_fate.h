/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What a wire does to packets: arithmetic on sizes, times and draws.
 *
 * Every random decision is a function of a key and the packet's number, so
 * that the same seed gives the same fate to the same packet, whatever else
 * happens meanwhile.
 */
#ifndef NLAB_PURE_LINK_FATE_H
#define NLAB_PURE_LINK_FATE_H

#include <linux/nlab.h>
#include <nlab/env.h>

enum {
	LINK_DIST_KNOTS = 2048,		/* of a quantile function */
	LINK_DIST_ONE = 1 << 16,	/* one standard deviation */
	LINK_LATE_BUCKETS = 32,
};

/* A probability in units of 2^-32; this one means always. */
#define LINK_ALWAYS	0xffffffffU

/* What is drawn for a packet, each independent of the others. */
enum link_draw {
	LINK_DRAW_LOSS,
	LINK_DRAW_STATE,
	LINK_DRAW_JITTER,
	LINK_DRAW_JITTER2,
	LINK_DRAW_DUPLICATE,
	LINK_DRAW_CORRUPT,
	LINK_DRAW_BIT,
	LINK_DRAW_REORDER,
	LINK_DRAWS,
};

/**
 * struct link_conf - parameters of one direction
 * @rate: bits a second, 0 is infinite
 * @delay: nanoseconds of propagation
 * @jitter: nanoseconds, half width or standard deviation
 * @seed: of all draws
 * @limit_bytes: wire bytes that may wait for the serialiser, 0 is any number
 * @limit_packets: packets that may wait, 0 is any number
 * @overhead: bytes added to each packet on the wire
 * @cell_size: payload of a cell, 0 if there are none
 * @cell_overhead: bytes added to each cell
 * @loss: probability of loss, in the good state if there is a bad one
 * @ge_enter: probability to change to the bad state
 * @ge_leave: probability to change to the good state
 * @ge_loss: probability of loss in the bad state
 * @duplicate: probability of a second copy
 * @corrupt: probability of a wrong bit
 * @reorder: probability to pass all others, without delay and jitter
 * @distribution: enum nlab_link_distribution
 * @order: enum nlab_link_order
 */
struct link_conf {
	u64 rate;
	u64 delay;
	u64 jitter;
	u64 seed;
	u64 limit_bytes;
	u32 limit_packets;
	s32 overhead;
	u32 cell_size;
	s32 cell_overhead;
	u32 loss;
	u32 ge_enter;
	u32 ge_leave;
	u32 ge_loss;
	u32 duplicate;
	u32 corrupt;
	u32 reorder;
	u8 distribution;
	u8 order;
};

/**
 * link_key() - key of a direction's draws
 * @seed: what the user chose
 * @from: name of the sending device
 * @to: name of the receiving device
 * @side: 0 or 1, for two devices of the same name
 */
u64 link_key(u64 seed, const char *from, const char *to, unsigned int side);

/* 64 random bits of packet @n. */
u64 link_draw(u64 key, u64 n, enum link_draw what);

/* Does something of this probability happen to packet @n? */
bool link_chance(u32 probability, u64 key, u64 n, enum link_draw what);

/**
 * link_lost() - loss, Bernoulli or Gilbert-Elliott
 * @conf: parameters
 * @bad: state, changed; to be called once for each packet, in order
 * @key: of the direction
 * @n: number of the packet
 */
bool link_lost(const struct link_conf *conf, bool *bad, u64 key, u64 n);

/**
 * link_jitter() - what packet @n takes longer than the delay
 *
 * Return: nanoseconds, not below -@conf->delay.
 */
s64 link_jitter(const struct link_conf *conf, u64 key, u64 n);

/* Bytes on the wire of a packet of @len bytes. */
u64 link_wire_bytes(const struct link_conf *conf, u32 len);

/**
 * link_train_bytes() - the same of a train of packets
 * @conf: parameters
 * @len: all bytes, headers once
 * @hdr: headers of each packet
 * @size: payload of each but the last
 * @packets: how many
 */
u64 link_train_bytes(const struct link_conf *conf, u32 len, u32 hdr, u32 size,
		     u32 packets);

/**
 * link_wire_ns() - time that bytes take
 * @rate: bits a second, not 0
 * @bytes: on the wire, below 2^31
 * @rest: what was rounded away before, updated
 */
u64 link_wire_ns(u64 rate, u64 bytes, u64 *rest);

/* Is there nothing to be done in this direction? */
bool link_is_plain(const struct link_conf *conf);
/* Does a train have to be taken apart, whatever the draws? */
bool link_needs_singles(const struct link_conf *conf);

/* Bucket of a time in nanoseconds: 0, 1, 2..3, 4..7 and so on. */
unsigned int link_late_bucket(u64 ns);

/* link_dist.c: quantiles in LINK_DIST_ONE, mean 0 and variance 1 */
extern const s32 link_dist_normal[LINK_DIST_KNOTS];
extern const s32 link_dist_pareto[LINK_DIST_KNOTS];

#endif
