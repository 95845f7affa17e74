/* SPDX-License-Identifier: GPL-2.0 */
/* What is to change in a direction, and when. */
#ifndef NLAB_PURE_LINK_SCHEDULE_H
#define NLAB_PURE_LINK_SCHEDULE_H

#include "link_fate.h"

enum {
	LINK_STEPS_MAX = 16384,
	/* A lap has this time for each of its steps, in ns. */
	LINK_STEP_TIME = 100 * 1000,
	/* Least distance of changes of the carrier, in ns. */
	LINK_CARRIER_TIME = 10 * 1000 * 1000,
};

/* What stands in a struct link_conf at @at: @size bytes, which follow. */
struct link_patch {
	u16 at;
	u16 size;
};

enum {
	/* Room for all fields of a struct link_conf. */
	LINK_PATCH_MAX = sizeof(struct link_conf) +
			 64 * sizeof(struct link_patch),
};

/**
 * struct link_moment - what happens at once
 * @at: nanoseconds since the lap began
 * @patches: where its parameters are, from the begin of all of them
 * @size: bytes of these
 * @restart: packets are numbered anew
 * @carrier: NLAB_LINK_SWITCH_*
 * @sending: the same, of the serialiser
 */
struct link_moment {
	u64 at;
	u32 patches;
	u16 size;
	bool restart;
	u8 carrier;
	u8 sending;
};

/**
 * struct link_schedule - steps in the order of their times
 * @period: nanoseconds of a lap, 0 if there is but one
 * @count: how many steps
 * @patches: their parameters
 * @step: the steps
 */
struct link_schedule {
	u64 period;
	u32 count;
	u8 *patches;
	struct link_moment step[];
};

/**
 * struct link_progress - how far a schedule has come
 * @begin: time at which the lap began
 * @laps: that are over
 * @next: number of the next step; all of them if it is over
 */
struct link_progress {
	u64 begin;
	u64 laps;
	u32 next;
};

/* When is the next step? ~0 if there is none any more. */
u64 link_schedule_due(const struct link_schedule *schedule,
		      const struct link_progress *progress);
/* Goes on behind the next step, to another lap if it was the last. */
void link_schedule_advance(const struct link_schedule *schedule,
			   struct link_progress *progress);
/* Changes @conf as @size bytes of patches say, which fit. */
void link_patch_apply(struct link_conf *conf, const u8 *patches, u32 size);

#endif
