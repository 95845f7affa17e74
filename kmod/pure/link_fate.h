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
	LINK_DIST_MAX = 16 * LINK_DIST_ONE,
	LINK_LATE_BUCKETS = 32,
	LINK_PATTERN_MAX = 256,		/* bits of a pattern of losses */
	LINK_RANGES_MAX = 16,		/* of a list of losses */
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
	LINK_DRAW_MARKOV,
	LINK_DRAW_RED,
	LINK_DRAW_SLOT,
	LINK_DRAW_SLOT2,
	/* room for more without other fates */
	LINK_DRAWS = 16,
};

/* States of the chain that loses packets, numbered as in its description. */
enum link_markov {
	LINK_MARKOV_GOOD = 1,
	LINK_MARKOV_GOOD_IN_BURST,
	LINK_MARKOV_LOST_IN_BURST,
	LINK_MARKOV_LOST,
};

/* Packets @first to @last. */
struct link_range {
	u32 first;
	u32 last;
};

/**
 * struct link_state - what the fate of a packet takes over from the one before
 * @bad: state of the Gilbert-Elliott model
 * @markov: enum link_markov, or 0 before the first packet
 * @correlated: @normal is valid
 * @normal: correlated normal deviates in LINK_DIST_ONE
 */
struct link_state {
	bool bad;
	u8 markov;
	bool correlated;
	s32 normal[2];
};

/* Steps from one state of the chain to another. */
enum link_step {
	LINK_STEP_13,
	LINK_STEP_14,
	LINK_STEP_31,
	LINK_STEP_32,
	LINK_STEP_23,
	LINK_STEPS,
};

/**
 * struct link_conf - parameters of one direction
 * @rate: bits a second, 0 is infinite
 * @delay: nanoseconds of propagation
 * @jitter: nanoseconds, half width or standard deviation
 * @limit_bytes: wire bytes that may wait for the serialiser, 0 is any number
 * @codel_target: nanoseconds that a packet may wait, 0 is any time
 * @slot_delay: nanoseconds from one slot to the next, 0 is no slots
 * @limit_packets: packets that may wait, 0 is any number
 * @overhead: bytes added to each packet on the wire
 * @cell_size: payload of a cell, 0 if there are none
 * @loss: probability of loss, in the good state if there is a bad one
 * @ge_enter: probability to change to the bad state
 * @duplicate: probability of a second copy
 * @corrupt: probability of a wrong bit
 * @reorder: probability to pass all others, without delay and jitter
 * @red_max: from which on it drops all, 0 is no RED
 * @pattern_bits: how many, 0 is none
 * @range_count: how many ranges
 * @order: enum nlab_link_order
 * @ecn: mark packets that can be, instead of dropping them
 * @distribution: enum nlab_link_distribution
 * @slot_distribution: enum nlab_link_distribution, of @slot_jitter
 * @markov: probabilities of the chain, by enum link_step
 * @cell_overhead: bytes added to each cell
 * @seed: of all draws
 * @ge_leave: probability to change to the good state
 * @ge_loss: probability of loss in the bad state
 * @correlation: of a jitter with the one before
 * @red_min: bytes of an average queue from which on RED drops
 * @red_chance: probability just below @red_max
 * @codel_interval: nanoseconds for which they must have waited longer
 * @slot_jitter: variation of that
 * @slot_packets: packets in a slot, 0 is any number
 * @slot_bytes: bytes of these, 0 is any number
 * @table: quantiles of NLAB_LINK_DISTRIBUTION_TABLE, or NULL
 * @pattern: losses, the first packet's in the least bit
 * @ranges: numbers of lost packets, ascending
 */
struct link_conf {
	u64 rate;
	u64 delay;
	u64 jitter;
	u64 limit_bytes;
	u64 codel_target;
	u64 slot_delay;
	u32 limit_packets;
	s32 overhead;
	u32 cell_size;
	u32 loss;
	u32 ge_enter;
	u32 duplicate;
	u32 corrupt;
	u32 reorder;
	u32 red_max;
	u16 pattern_bits;
	u8 range_count;
	u8 order;
	u8 ecn;
	u8 distribution;
	u8 slot_distribution;
	u32 markov[LINK_STEPS];
	s32 cell_overhead;
	u64 seed;
	u32 ge_leave;
	u32 ge_loss;
	u32 correlation;
	u32 red_min;
	u32 red_chance;
	u64 codel_interval;
	u64 slot_jitter;
	u32 slot_packets;
	u32 slot_bytes;
	const s32 *table;
	u32 pattern[LINK_PATTERN_MAX / 32];
	struct link_range ranges[LINK_RANGES_MAX];
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
 * link_lost() - is a packet lost, by any of the models?
 * @conf: parameters
 * @state: changed; to be called once for each packet, in order
 * @key: of the direction
 * @n: number of the packet
 */
bool link_lost(const struct link_conf *conf, struct link_state *state, u64 key,
	       u64 n);

/**
 * link_jitter() - what packet @n takes longer than the delay
 * @conf: parameters
 * @state: changed if there is a correlation; then, too, to be called once for
 *	each packet that may be delayed, in order
 * @key: of the direction
 * @n: number of the packet
 *
 * Return: nanoseconds, not below -@conf->delay.
 */
s64 link_jitter(const struct link_conf *conf, struct link_state *state, u64 key,
		u64 n);

/* A deviate of a distribution in LINK_DIST_ONE, made of 32 random bits each. */
s64 link_shape(const struct link_conf *conf, u8 distribution, u32 u, u32 v);

/* Are these the quantiles of a distribution? */
bool link_table_valid(const s32 *table);

/* Are the steps out of each state of the chain possible together? */
bool link_markov_valid(const u32 *markov);

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

/* Can anything but time happen to a packet? */
static inline bool link_has_fates(const struct link_conf *conf)
{
	return conf->loss || conf->ge_enter || conf->duplicate ||
	       conf->corrupt || conf->pattern_bits || conf->range_count ||
	       conf->markov[LINK_STEP_13] || conf->markov[LINK_STEP_14];
}

/*
 * Do draws make a difference for the next packet? Also where link_lost() has to
 * forget what a model remembers that is there no more.
 */
static inline bool link_needs_draws(const struct link_conf *conf,
				    const struct link_state *state)
{
	return link_has_fates(conf) || conf->reorder || state->bad ||
	       state->markov;
}

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
