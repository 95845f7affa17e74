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

bool link_lost(const struct link_conf *conf, bool *bad, u64 key, u64 n)
{
	if (!conf->ge_enter)
		*bad = false;
	else if (link_chance(*bad ? conf->ge_leave : conf->ge_enter, key, n,
			     LINK_DRAW_STATE))
		*bad = !*bad;
	return link_chance(*bad ? conf->ge_loss : conf->loss, key, n,
			   LINK_DRAW_LOSS);
}

/* Between two knots of a quantile function; the ends are cut off. */
static s64 quantile(const s32 *knots, u64 draw)
{
	/* in 32768ths of the distance of two knots, the first at a half */
	s32 pos = (s32)((u32)(draw >> 32) >> 6) - 16384;
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

/* In LINK_DIST_ONE. */
static s64 deviate(u8 distribution, u64 key, u64 n)
{
	u64 draw = link_draw(key, n, LINK_DRAW_JITTER);
	s64 sum;

	switch (distribution) {
	case NLAB_LINK_DISTRIBUTION_NORMAL:
		return quantile(link_dist_normal, draw);
	case NLAB_LINK_DISTRIBUTION_PARETO:
		return quantile(link_dist_pareto, draw);
	case NLAB_LINK_DISTRIBUTION_PARETONORMAL:
		/* three parts and one, over their standard deviation */
		sum = 3 * quantile(link_dist_pareto, draw) +
		      quantile(link_dist_normal,
			       link_draw(key, n, LINK_DRAW_JITTER2));
		return div_s64(sum * 65536, 207243);	/* 65536 * sqrt(10) */
	default:
		return (s64)(draw >> 47) - LINK_DIST_ONE;
	}
}

s64 link_jitter(const struct link_conf *conf, u64 key, u64 n)
{
	s64 x;

	if (!conf->jitter)
		return 0;
	/* a jitter is below 2^42 and a deviate below 2^20 */
	x = (s64)conf->jitter * deviate(conf->distribution, key, n) /
	    LINK_DIST_ONE;
	return x < -(s64)conf->delay ? -(s64)conf->delay : x;
}

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
	return !conf->rate && !conf->delay && !conf->jitter && !conf->loss &&
	       !conf->ge_enter && !conf->duplicate && !conf->corrupt;
}

bool link_needs_singles(const struct link_conf *conf)
{
	return conf->jitter;
}

unsigned int link_late_bucket(u64 ns)
{
	unsigned int bucket = 0;

	for (; ns && bucket < LINK_LATE_BUCKETS - 1; ns >>= 1)
		bucket++;
	return bucket;
}
