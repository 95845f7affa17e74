// SPDX-License-Identifier: GPL-2.0
/* RED (Floyd, Jacobson 1993): which packets of a queue to drop or to mark. */
#include "link_red.h"

/* The average after @n packets that met an empty queue. */
static u64 decay(u64 average, u64 n)
{
	/* by squaring, with 16 bits behind the point */
	u64 factor = (1 << 16) - (1 << (16 - LINK_RED_WEIGHT));

	for (; n && average; n >>= 1) {
		if (n & 1)
			average = average * factor >> 16;
		factor = factor * factor >> 16;
	}
	return average;
}

enum link_red_hit link_red(struct link_red *state, const struct link_conf *conf,
			   u64 key, u64 bytes, u64 idle)
{
	u64 average, p, taken, rest;

	state->number++;
	state->average = decay(state->average, idle);
	state->average -= state->average >> LINK_RED_WEIGHT;
	/* 41 bits, so that decay() has room */
	state->average += bytes < 0xffffffffU ? bytes : 0xffffffffU;
	average = state->average >> LINK_RED_WEIGHT;
	if (average < conf->red_min) {
		state->passed = 0;
		return LINK_RED_PASS;
	}
	if (average >= conf->red_max) {
		state->passed = 0;
		return LINK_RED_DROP;
	}
	p = div64_u64_rem((average - conf->red_min) * conf->red_chance,
			  conf->red_max - conf->red_min, &rest);
	/* p / (1 - passed * p): gaps between hits are uniform, not geometric */
	taken = p * state->passed;
	if (taken + p < 1ULL << 32 &&
	    !link_chance((u32)div64_u64_rem(p << 32, (1ULL << 32) - taken,
					    &rest), key, state->number,
			 LINK_DRAW_RED)) {
		state->passed++;
		return LINK_RED_PASS;
	}
	state->passed = 0;
	return LINK_RED_MARK;
}
