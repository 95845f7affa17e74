// SPDX-License-Identifier: GPL-2.0
/* CoDel and RED on queues that are given. */
#include "harness.h"
#include "link_codel.h"
#include "link_red.h"

#define MS	1000000ULL

/* The usual parameters, and a queue that is long enough. */
static bool hit(struct link_codel *state, u64 waited, u64 now)
{
	return link_codel_hit(state, 5 * MS, 100 * MS, waited, now, 15000);
}

static void short_waits(void)
{
	struct link_codel state = { 0 };
	u64 now;

	for (now = MS; now < 1000 * MS; now += MS)
		EXPECT(!hit(&state, 5 * MS - 1, now));
}

/* One short wait within each interval is enough. */
static void bursts(void)
{
	struct link_codel state = { 0 };
	u64 now;

	for (now = MS; now < 1000 * MS; now += MS)
		EXPECT(!hit(&state, now % (90 * MS) ? 50 * MS : 0, now));
}

static void small_queue(void)
{
	struct link_codel state = { 0 };
	u64 now;

	for (now = MS; now < 1000 * MS; now += MS)
		EXPECT(!link_codel_hit(&state, 5 * MS, 100 * MS, 50 * MS, now,
				       LINK_CODEL_BYTES - 1));
}

/* After an interval, and then 100/sqrt(n) ms after each other. */
static void law(void)
{
	static const unsigned int at[] = { 101, 201, 272, 330, 380, 425, 465 };
	struct link_codel state = { 0 };
	unsigned int i = 0, n;

	for (n = 1; n < 480; n++) {
		bool now = i < sizeof(at) / sizeof(at[0]) && n == at[i];

		EXPECT_EQ(hit(&state, 50 * MS, n * MS), now);
		i += now;
	}
	EXPECT_EQ(i, sizeof(at) / sizeof(at[0]));
}

/* What ended a short while ago goes on at its pace, else it begins anew. */
static void memory(void)
{
	struct link_codel state = { 0 };
	u64 now;

	for (now = MS; now < 1000 * MS; now += MS)
		hit(&state, 50 * MS, now);
	EXPECT(state.count > 10);
	EXPECT(!hit(&state, 0, 1000 * MS));
	EXPECT(!state.dropping);
	for (now = 1001 * MS; !hit(&state, 50 * MS, now); now += MS)
		;
	EXPECT_EQ(now, 1101 * MS);
	EXPECT(state.count > 10);
	EXPECT(!hit(&state, 0, 1102 * MS));
	for (now = 5000 * MS; !hit(&state, 50 * MS, now); now += MS)
		;
	EXPECT_EQ(now, 5100 * MS);
	EXPECT_EQ(state.count, 1);
}

/* The largest that the protocol allows. */
static void extremes(void)
{
	const u64 hour = 3600000 * MS;
	struct link_codel state = { 0 };

	EXPECT(!link_codel_hit(&state, 1, hour, hour, hour, 15000));
	EXPECT(link_codel_hit(&state, 1, hour, hour, 2 * hour, 15000));
	EXPECT(!link_codel_hit(&state, 1, hour, hour, 3 * hour - 1, 15000));
	EXPECT(link_codel_hit(&state, 1, hour, hour, 3 * hour, 15000));

	/* the number of drops, which the law divides by, stays */
	state = (struct link_codel){ .above = 1, .next = 1, .count = ~0U,
				     .dropping = true };
	EXPECT(link_codel_hit(&state, 1, 1, 1, 2, 15000));
	EXPECT_EQ(state.count, ~0U);
}

static const struct link_conf red = {
	.red_min = 10000, .red_max = 30000, .red_chance = 0xffffffffU / 10 + 1,
};

/* How many of @n packets of a queue are hit, and the longest gap between. */
static unsigned int red_hits(struct link_red *state, u64 bytes, unsigned int n,
			     unsigned int *gap)
{
	unsigned int i, last = 0, hits = 0;

	*gap = 0;
	for (i = 1; i <= n; i++) {
		if (link_red(state, &red, 1, bytes, 0) == LINK_RED_PASS)
			continue;
		if (i - last > *gap)
			*gap = i - last;
		last = i;
		hits++;
	}
	return hits;
}

static struct link_red settled(u64 bytes)
{
	return (struct link_red){ .average = bytes << LINK_RED_WEIGHT };
}

/* In the middle one in 20 by chance, which uniform gaps make one in 10.5. */
static void red_chance(void)
{
	struct link_red state = settled(20000);
	unsigned int gap, hits = red_hits(&state, 20000, 105000, &gap);

	EXPECT(hits > 9800 && hits < 10200);
	EXPECT(gap <= 20);
	state = settled(9999);
	EXPECT_EQ(red_hits(&state, 9999, 1000, &gap), 0);
	state = settled(30000);
	EXPECT_EQ(red_hits(&state, 30000, 1000, &gap), 1000);
	EXPECT_EQ(link_red(&state, &red, 1, 30000, 0), LINK_RED_DROP);
}

/* A burst into an empty queue passes; what stays long is found out. */
static void red_average(void)
{
	struct link_red state = { 0 };
	unsigned int n;

	for (n = 1; link_red(&state, &red, 1, 40000, 0) != LINK_RED_DROP; n++)
		;
	/* 40000 * (1 - (511/512)^n) = 30000 */
	EXPECT(n > 700 && n < 720);
	/* (511/512)^355 is a half */
	link_red(&state, &red, 1, 0, 355);
	EXPECT(state.average >> LINK_RED_WEIGHT > 14900);
	EXPECT(state.average >> LINK_RED_WEIGHT < 15100);
	link_red(&state, &red, 1, 0, 1ULL << 60);
	EXPECT_EQ(state.average, 0);
}

/* The largest queue, and the steepest that parameters can be. */
static void red_extremes(void)
{
	const struct link_conf steep = {
		.red_min = 0xfffffffeU, .red_max = 0xffffffffU,
		.red_chance = LINK_ALWAYS,
	}, flat = { .red_max = 0xffffffffU, .red_chance = LINK_ALWAYS };
	struct link_red state = settled(0xffffffffULL);

	EXPECT_EQ(link_red(&state, &steep, 1, ~0ULL, 0), LINK_RED_DROP);
	EXPECT_EQ(state.average >> LINK_RED_WEIGHT, 0xffffffffU);
	state = settled(0xfffffffeULL);
	EXPECT_EQ(link_red(&state, &steep, 1, 0xfffffffeU, 0), LINK_RED_PASS);
	state = settled(0xfffffffeULL);
	EXPECT_EQ(link_red(&state, &flat, 1, 0xfffffffeU, 0), LINK_RED_MARK);
}

static const struct unit_case cases[] = {
	{ "short waits", short_waits },
	{ "long waits for less than an interval", bursts },
	{ "a queue of a packet", small_queue },
	{ "control law", law },
	{ "state is kept for some time", memory },
	{ "extremes", extremes },
	{ "RED: chance", red_chance },
	{ "RED: average", red_average },
	{ "RED: extremes", red_extremes },
};

UNIT_MAIN(cases)
