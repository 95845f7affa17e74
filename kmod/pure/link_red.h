/* SPDX-License-Identifier: GPL-2.0 */
/* RED (Floyd, Jacobson 1993): which packets of a queue to drop or to mark. */
#ifndef NLAB_PURE_LINK_RED_H
#define NLAB_PURE_LINK_RED_H

#include "link_fate.h"

enum {
	/* The average's weight is 2^-9, about the 0.002 of the paper. */
	LINK_RED_WEIGHT = 9,
};

enum link_red_hit {
	LINK_RED_PASS,
	LINK_RED_MARK,
	LINK_RED_DROP,
};

/**
 * struct link_red - state of a queue
 * @average: bytes, times 2^LINK_RED_WEIGHT
 * @number: packets seen
 * @passed: packets since the last hit
 */
struct link_red {
	u64 average;
	u64 number;
	u32 passed;
};

/**
 * link_red() - is a packet to be dropped or to be marked?
 * @state: changed
 * @conf: parameters, red_max above red_min
 * @key: of the direction
 * @bytes: that wait
 * @idle: how many packets could have gone while none was there
 *
 * Return: LINK_RED_MARK for what may be marked instead of dropped.
 */
enum link_red_hit link_red(struct link_red *state, const struct link_conf *conf,
			   u64 key, u64 bytes, u64 idle);

#endif
