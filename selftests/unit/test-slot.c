// SPDX-License-Identifier: GPL-2.0
/* Slots: times of bursts, what fits into one, and how they vary. */
#include <math.h>

#include "harness.h"
#include "link_slot.h"

static const u64 key = 0x123456789abcdefULL;

static u64 put(struct link_slot *slot, const struct link_conf *conf, u64 due,
	       u64 bytes)
{
	u64 at = link_slot_due(slot, conf, key, due, bytes);

	EXPECT(at >= due);
	return at;
}

static void none(void)
{
	struct link_conf conf = { .slot_packets = 1 };
	struct link_slot slot = { 0 };

	EXPECT_EQ(put(&slot, &conf, 5, 1), 5);
	EXPECT_EQ(put(&slot, &conf, 3, 1), 3);
	EXPECT(link_is_plain(&conf));
	conf.slot_delay = 1;
	EXPECT(!link_is_plain(&conf) && link_needs_singles(&conf));
}

static void times(void)
{
	struct link_conf conf = { .slot_delay = 100 };
	struct link_slot slot = { 0 };

	EXPECT_EQ(put(&slot, &conf, 1000, 1), 1100);
	EXPECT_EQ(put(&slot, &conf, 1050, 1), 1100);
	EXPECT_EQ(put(&slot, &conf, 1100, 1), 1100);
	EXPECT_EQ(put(&slot, &conf, 1101, 1), 1201);
	/* none came: from the next packet on */
	EXPECT_EQ(put(&slot, &conf, 5000, 1), 5100);
	EXPECT_EQ(slot.number, 3);
}

static void room(void)
{
	struct link_conf conf = { .slot_delay = 100, .slot_packets = 2 };
	struct link_slot slot = { 0 };

	EXPECT_EQ(put(&slot, &conf, 1000, 1), 1100);
	EXPECT_EQ(put(&slot, &conf, 1000, 1), 1100);
	EXPECT_EQ(put(&slot, &conf, 1000, 1), 1200);
	EXPECT_EQ(put(&slot, &conf, 1000, 1), 1200);
	EXPECT_EQ(put(&slot, &conf, 1000, 1), 1300);
	conf = (struct link_conf){ .slot_delay = 100, .slot_bytes = 3000 };
	slot = (struct link_slot){ 0 };
	EXPECT_EQ(put(&slot, &conf, 1000, 1500), 1100);
	EXPECT_EQ(put(&slot, &conf, 1000, 1500), 1100);
	EXPECT_EQ(put(&slot, &conf, 1000, 1), 1200);
	/* one that is larger than a slot has one for itself */
	EXPECT_EQ(put(&slot, &conf, 1000, 9000), 1300);
	EXPECT_EQ(put(&slot, &conf, 1000, 1), 1400);
}

/* Gaps of a backlogged line, in the given distribution. */
static void gaps(u8 distribution, double deviation)
{
	struct link_conf conf = { .slot_delay = 10000000, .slot_packets = 1,
				  .slot_jitter = 1000000,
				  .slot_distribution = distribution };
	double sum = 0, square = 0, least = 1e12, most = 0;
	enum { N = 200000 };
	struct link_slot slot = { 0 };
	u64 before = 0, at;
	unsigned int n;

	for (n = 0; n < N; n++, before = at) {
		double gap;

		at = put(&slot, &conf, 1, 1);
		if (!n)
			continue;
		gap = (double)(at - before) - 1e7;
		sum += gap;
		square += gap * gap;
		least = fmin(least, gap);
		most = fmax(most, gap);
	}
	EXPECT(fabs(sum / N) <= 4 * deviation / sqrt(N) + 500);
	EXPECT(fabs(sqrt(square / N) - deviation) <= deviation * 0.03);
	if (distribution == NLAB_LINK_DISTRIBUTION_UNIFORM)
		EXPECT(least >= -1000000 && most <= 1000000);
	/* the same again with the same key */
	slot.number = 0;
	slot.at = 0;
	slot.packets = 0;
	at = put(&slot, &conf, 1, 1);
	slot = (struct link_slot){ 0 };
	EXPECT_EQ(put(&slot, &conf, 1, 1), at);
}

static void variation(void)
{
	gaps(NLAB_LINK_DISTRIBUTION_UNIFORM, 1000000 / sqrt(3));
	gaps(NLAB_LINK_DISTRIBUTION_NORMAL, 1000000);
	gaps(NLAB_LINK_DISTRIBUTION_PARETO, 1000000);
	gaps(NLAB_LINK_DISTRIBUTION_PARETONORMAL, 1000000);
}

/* A variation above the time itself makes slots at once, none in the past. */
static void never_back(void)
{
	struct link_conf conf = { .slot_delay = 1000, .slot_packets = 1,
				  .slot_jitter = 3600000000000ULL };
	struct link_slot slot = { 0 };
	u64 before = 0, at;
	unsigned int n;

	for (n = 0; n < 1000; n++, before = at) {
		at = put(&slot, &conf, 1, 1);
		EXPECT(at >= before);
	}
}

static const struct unit_case cases[] = {
	{ "no slots", none },
	{ "times of slots", times },
	{ "room in a slot", room },
	{ "variation", variation },
	{ "never back", never_back },
};

UNIT_MAIN(cases)
