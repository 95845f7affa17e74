// SPDX-License-Identifier: GPL-2.0
/* What a wire does to packets. */
#include "link_fate.h"

/* SplitMix64's step and output function: a bijection that passes BigCrush. */
#define GOLDEN	0x9e3779b97f4a7c15ULL

static u64 mix(u64 x)
{
	x = (x ^ x >> 30) * 0xbf58476d1ce4e5b9ULL;
	x = (x ^ x >> 27) * 0x94d049bb133111ebULL;
	return x ^ x >> 31;
}

static u64 mix_name(u64 hash, const char *name)
{
	for (; *name; name++)
		hash = mix(hash + GOLDEN + (u8)*name);
	return mix(hash + GOLDEN);
}

u64 link_key(u64 seed, const char *from, const char *to, unsigned int side)
{
	return mix_name(mix_name(mix(seed + GOLDEN * (side + 1)), from), to);
}

u64 link_draw(u64 key, u64 n, enum link_draw what)
{
	return mix(key + (n * LINK_DRAWS + what + 1) * GOLDEN);
}

bool link_chance(u32 probability, u64 key, u64 n, enum link_draw what)
{
	if (!probability)
		return false;
	return probability == LINK_ALWAYS ||
	       (u32)(link_draw(key, n, what) >> 32) < probability;
}

/* --- loss --- */

static bool gilbert_elliott(const struct link_conf *conf,
			    struct link_state *state, u64 key, u64 n)
{
	if (!conf->ge_enter)
		state->bad = false;
	else if (link_chance(state->bad ? conf->ge_leave : conf->ge_enter, key,
			     n, LINK_DRAW_STATE))
		state->bad = !state->bad;
	return link_chance(state->bad ? conf->ge_loss : conf->loss, key, n,
			   LINK_DRAW_LOSS);
}

/* A probability such that two of them can be added. */
static u64 part(u32 probability)
{
	return probability == LINK_ALWAYS ? 1ULL << 32 : probability;
}

bool link_markov_valid(const u32 *markov)
{
	/* always is a little less than the parts of a whole may add up to */
	return part(markov[LINK_STEP_13]) + part(markov[LINK_STEP_14]) <=
	       1ULL << 32 &&
	       part(markov[LINK_STEP_31]) + part(markov[LINK_STEP_32]) <=
	       1ULL << 32;
}

/*
 * The chain of four states: received, or lost, in a burst or outside. A single
 * loss goes back with the next packet; the others go on as they are.
 */
static bool markov(const struct link_conf *conf, struct link_state *state,
		   u64 key, u64 n)
{
	const u32 *step = conf->markov;
	u64 draw;

	if (!step[LINK_STEP_13] && !step[LINK_STEP_14]) {
		state->markov = 0;
		return false;
	}
	draw = link_draw(key, n, LINK_DRAW_MARKOV) >> 32;
	switch (state->markov) {
	case LINK_MARKOV_GOOD_IN_BURST:
		if (draw < part(step[LINK_STEP_23]))
			state->markov = LINK_MARKOV_LOST_IN_BURST;
		break;
	case LINK_MARKOV_LOST_IN_BURST:
		if (draw < part(step[LINK_STEP_31]))
			state->markov = LINK_MARKOV_GOOD;
		else if (draw < part(step[LINK_STEP_31]) +
				part(step[LINK_STEP_32]))
			state->markov = LINK_MARKOV_GOOD_IN_BURST;
		break;
	case LINK_MARKOV_LOST:
		state->markov = LINK_MARKOV_GOOD;
		break;
	default:
		state->markov = LINK_MARKOV_GOOD;
		if (draw < part(step[LINK_STEP_13]))
			state->markov = LINK_MARKOV_LOST_IN_BURST;
		else if (draw < part(step[LINK_STEP_13]) +
				part(step[LINK_STEP_14]))
			state->markov = LINK_MARKOV_LOST;
	}
	return state->markov >= LINK_MARKOV_LOST_IN_BURST;
}

/* Losses that were written down. */
static bool listed(const struct link_conf *conf, u64 n)
{
	u64 bit;
	int i;

	if (conf->pattern_bits) {
		div64_u64_rem(n, conf->pattern_bits, &bit);
		if (conf->pattern[bit / 32] >> (bit % 32) & 1)
			return true;
	}
	for (i = 0; i < conf->range_count && n >= conf->ranges[i].first; i++)
		if (n <= conf->ranges[i].last)
			return true;
	return false;
}

bool link_lost(const struct link_conf *conf, struct link_state *state, u64 key,
	       u64 n)
{
	/* each has its state, which has to go on */
	bool lost = gilbert_elliott(conf, state, key, n);

	lost |= markov(conf, state, key, n);
	return lost | listed(conf, n);
}

/* --- jitter --- */

/* What @u of 2^32 lie below. The ends are cut off. */
static s64 quantile(const s32 *knots, u32 u)
{
	/* in 32768ths of the distance of two knots, the first at a half */
	s32 pos = (s32)(u >> 6) - 16384;
	s32 i = pos / 32768, part = pos % 32768;
	s64 a, b;

	if (pos < 0)
		return knots[0];
	if (i >= LINK_DIST_KNOTS - 1)
		return knots[LINK_DIST_KNOTS - 1];
	a = knots[i];
	b = knots[i + 1];
	return a + ((b - a) * part) / 32768;
}

/* The reverse of quantile() for the normal distribution. */
static u32 normal_below(s64 x)
{
	s32 low = 0, high = LINK_DIST_KNOTS - 1, mid;
	s64 a, b;

	if (x <= link_dist_normal[0])
		return 0;
	if (x >= link_dist_normal[high])
		return ~0U;
	/* it lies between these two */
	while (high - low > 1) {
		mid = (low + high) / 2;
		if (link_dist_normal[mid] <= x)
			low = mid;
		else
			high = mid;
	}
	a = link_dist_normal[low];
	b = link_dist_normal[high];
	return ((u32)low * 32768 + 16384 +
		(u32)div_s64((x - a) * 32768, (s32)(b - a))) << 6;
}

/*
 * A uniform number that depends on the one before: behind it is a normal
 * deviate with this correlation (autoregressive, of order 1), so that whatever
 * distribution is made of it stays what it is.
 */
static u32 correlate(const struct link_conf *conf, struct link_state *state,
		     int which, u32 u)
{
	s64 rho = conf->correlation >> 16, rest, x = quantile(link_dist_normal, u);

	if (!conf->correlation)
		return u;
	if (conf->correlation == LINK_ALWAYS)
		rho = LINK_DIST_ONE;
	/* the part that is new, so that the variance stays */
	rest = int_sqrt64((1ULL << 32) - (u64)(rho * rho));
	if (state->correlated)
		x = (rho * state->normal[which] + rest * x) / LINK_DIST_ONE;
	state->normal[which] = (s32)x;
	return normal_below(x);
}

bool link_table_valid(const s32 *table)
{
	int i;

	for (i = 1; i < LINK_DIST_KNOTS; i++)
		if (table[i] < table[i - 1])
			return false;
	return table[0] >= -LINK_DIST_MAX &&
	       table[LINK_DIST_KNOTS - 1] <= LINK_DIST_MAX;
}

s64 link_shape(const struct link_conf *conf, u8 distribution, u32 u, u32 v)
{
	s64 sum;

	switch (distribution) {
	case NLAB_LINK_DISTRIBUTION_NORMAL:
		return quantile(link_dist_normal, u);
	case NLAB_LINK_DISTRIBUTION_PARETO:
		return quantile(link_dist_pareto, u);
	case NLAB_LINK_DISTRIBUTION_PARETONORMAL:
		/* three parts and one, over their standard deviation */
		sum = 3 * quantile(link_dist_pareto, u) +
		      quantile(link_dist_normal, v);
		return div_s64(sum * 65536, 207243);	/* 65536 * sqrt(10) */
	case NLAB_LINK_DISTRIBUTION_TABLE:
		return quantile(conf->table, u);
	default:
		return (s64)(u >> 15) - LINK_DIST_ONE;
	}
}

static s64 deviate(const struct link_conf *conf, struct link_state *state,
		   u64 key, u64 n)
{
	u32 u = correlate(conf, state, 0,
			  (u32)(link_draw(key, n, LINK_DRAW_JITTER) >> 32));
	u32 v = 0;

	if (conf->distribution == NLAB_LINK_DISTRIBUTION_PARETONORMAL)
		v = correlate(conf, state, 1,
			      (u32)(link_draw(key, n, LINK_DRAW_JITTER2) >> 32));
	return link_shape(conf, conf->distribution, u, v);
}

s64 link_jitter(const struct link_conf *conf, struct link_state *state, u64 key,
		u64 n)
{
	s64 x;

	if (!conf->jitter)
		return 0;
	/* a jitter is below 2^42 and a deviate below 2^20 */
	x = (s64)conf->jitter * deviate(conf, state, key, n) / LINK_DIST_ONE;
	state->correlated = true;
	return x < -(s64)conf->delay ? -(s64)conf->delay : x;
}

/* --- sizes and times --- */

u64 link_wire_bytes(const struct link_conf *conf, u32 len)
{
	s64 bytes = (s64)len + conf->overhead;

	if (bytes < 1)
		bytes = 1;
	if (conf->cell_size)
		bytes = (s64)div_u64(bytes + conf->cell_size - 1,
				     conf->cell_size) *
			((s64)conf->cell_size + conf->cell_overhead);
	return bytes < 1 ? 1 : bytes;
}

u64 link_train_bytes(const struct link_conf *conf, u32 len, u32 hdr, u32 size,
		     u32 packets)
{
	u32 last;

	if (packets < 2 || hdr >= len)
		return link_wire_bytes(conf, len);
	last = len - hdr > size * (packets - 1) ?
	       len - hdr - size * (packets - 1) : 0;
	return (packets - 1) * link_wire_bytes(conf, hdr + size) +
	       link_wire_bytes(conf, hdr + last);
}

u64 link_wire_ns(u64 rate, u64 bytes, u64 *rest)
{
	/* below 2^31 * 2^33, and the rest below the rate */
	u64 bits = bytes * 8 * 1000000000ULL;

	if (*rest < rate && bits + *rest >= bits)
		bits += *rest;
	return div64_u64_rem(bits, rate, rest);
}

bool link_is_plain(const struct link_conf *conf)
{
	return !conf->rate && !conf->slot_delay && !conf->delay &&
	       !conf->jitter && !link_has_fates(conf);
}

bool link_needs_singles(const struct link_conf *conf)
{
	return conf->jitter || conf->slot_delay;
}

unsigned int link_late_bucket(u64 ns)
{
	unsigned int bucket = 0;

	for (; ns && bucket < LINK_LATE_BUCKETS - 1; ns >>= 1)
		bucket++;
	return bucket;
}
