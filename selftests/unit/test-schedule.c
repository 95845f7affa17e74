// SPDX-License-Identifier: GPL-2.0
/* Schedules of links: when steps are due, laps, and what they change. */
#include <stdlib.h>

#include "harness.h"
#include "link_schedule.h"

/* Steps at 0, 10 and 30, with the given period. */
static struct link_schedule *three(u64 period)
{
	static const u64 at[] = { 0, 10, 30 };
	struct link_schedule *s = calloc(1, sizeof(*s) +
					 3 * sizeof(s->step[0]));
	unsigned int i;

	s->period = period;
	s->count = 3;
	for (i = 0; i < 3; i++)
		s->step[i].at = at[i];
	return s;
}

static void once(void)
{
	struct link_progress p = { .begin = 1000 };
	struct link_schedule *s = three(0);

	EXPECT_EQ(link_schedule_due(s, &p), 1000);
	link_schedule_advance(s, &p);
	EXPECT_EQ(link_schedule_due(s, &p), 1010);
	link_schedule_advance(s, &p);
	EXPECT_EQ(link_schedule_due(s, &p), 1030);
	EXPECT_EQ(p.laps, 0);
	link_schedule_advance(s, &p);
	EXPECT_EQ(p.laps, 1);
	EXPECT_EQ(p.next, 3);
	EXPECT_EQ(link_schedule_due(s, &p), ~0ULL);
	free(s);
}

/* No error adds up: the n-th lap begins n periods after the first. */
static void again(void)
{
	struct link_progress p = { .begin = 1000 };
	struct link_schedule *s = three(50);
	u64 lap;

	for (lap = 0; lap < 1000; lap++) {
		EXPECT_EQ(p.laps, lap);
		EXPECT_EQ(link_schedule_due(s, &p), 1000 + 50 * lap);
		link_schedule_advance(s, &p);
		EXPECT_EQ(link_schedule_due(s, &p), 1010 + 50 * lap);
		link_schedule_advance(s, &p);
		EXPECT_EQ(link_schedule_due(s, &p), 1030 + 50 * lap);
		link_schedule_advance(s, &p);
	}
	free(s);
}

static u32 add(u8 *patches, u32 used, u16 at, u16 size, const void *value)
{
	struct link_patch patch = { at, size };

	memcpy(patches + used, &patch, sizeof(patch));
	memcpy(patches + used + sizeof(patch), value, size);
	return used + sizeof(patch) + size;
}

/* What is not named stays. */
static void patches(void)
{
	struct link_conf conf = { .rate = 5, .delay = 7, .loss = 9 };
	u8 bytes[LINK_PATCH_MAX] = { 0 }, order = NLAB_LINK_ORDER_FREE;
	u64 rate = 1ULL << 40;
	u32 used = 0;

	link_patch_apply(&conf, bytes, 0);
	EXPECT_EQ(conf.rate, 5);
	used = add(bytes, used, offsetof(struct link_conf, rate), sizeof(rate),
		   &rate);
	used = add(bytes, used, offsetof(struct link_conf, order),
		   sizeof(order), &order);
	link_patch_apply(&conf, bytes, used);
	EXPECT_EQ(conf.rate, 1ULL << 40);
	EXPECT_EQ(conf.delay, 7);
	EXPECT_EQ(conf.loss, 9);
	EXPECT_EQ(conf.order, NLAB_LINK_ORDER_FREE);
	EXPECT_EQ(conf.ecn, 0);
}

static const struct unit_case cases[] = {
	{ "steps that are taken once", once },
	{ "laps", again },
	{ "patches", patches },
};

UNIT_MAIN(cases)
