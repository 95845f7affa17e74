// SPDX-License-Identifier: GPL-2.0
/* Delivery traces against the plain reading of them: one opportunity after the
 * other, each used by whole packets and parts of packets.
 */
#include <stdlib.h>

#include "harness.h"
#include "link_trace.h"

static const u64 ms = LINK_TRACE_UNIT;

static struct link_trace *trace_of(const u32 *at, u32 count)
{
	struct link_trace *t = malloc(sizeof(*t) + count * sizeof(*at));

	t->count = count;
	memcpy(t->at, at, count * sizeof(*at));
	return t;
}

static u64 packet(const struct link_trace *t, struct link_trace_pos *pos,
		  u64 from, u64 bytes)
{
	u64 begin = link_trace_begin(t, pos, from);
	u64 again = link_trace_begin(t, pos, from);
	u64 end = link_trace_send(t, pos, bytes);

	EXPECT(begin >= from && begin == again && end >= begin);
	return end;
}

static void by_hand(void)
{
	static const u32 at[] = { 3, 3, 5, 10 };
	struct link_trace *t = trace_of(at, 4);
	struct link_trace_pos pos = { .begin = 100 * ms, .left = 1500 };

	EXPECT_EQ(packet(t, &pos, 100 * ms, 1500), 103 * ms);
	EXPECT_EQ(packet(t, &pos, 100 * ms, 1000), 103 * ms);
	/* what is left there is for the next, and this goes on to 5 ms */
	EXPECT_EQ(packet(t, &pos, 100 * ms, 600), 105 * ms);
	EXPECT_EQ(packet(t, &pos, 100 * ms, 1400), 105 * ms);
	/* the lap ends at 10 ms, the next one has 13, 13, 15, 20 */
	EXPECT_EQ(packet(t, &pos, 100 * ms, 4500), 113 * ms);
	EXPECT_EQ(packet(t, &pos, 100 * ms, 1), 115 * ms);
	/* nobody was there for what has passed */
	EXPECT_EQ(packet(t, &pos, 116 * ms, 1), 120 * ms);
	EXPECT_EQ(packet(t, &pos, 120 * ms, 1499), 120 * ms);
	EXPECT_EQ(packet(t, &pos, 120 * ms, 1), 123 * ms);
	/* much later, at the end of a lap, and behind it */
	EXPECT_EQ(packet(t, &pos, 1000100 * ms, 1), 1000100 * ms);
	EXPECT_EQ(packet(t, &pos, 2000100 * ms + 1, 1), 2000103 * ms);
	EXPECT_EQ(packet(t, &pos, 2000103 * ms + 1, 1), 2000105 * ms);
	EXPECT_EQ(link_trace_rate(t), 4 * 1500 * 8 * 100);
	free(t);
}

/* The n-th opportunity, counted one by one. */
static u64 chance(const struct link_trace *t, u64 begin, u64 n)
{
	return begin + (n / t->count * t->at[t->count - 1] +
			t->at[n % t->count]) * ms;
}

static void at_random(void)
{
	u32 at[50], i, left = LINK_CHANCE_BYTES, sum;
	u64 seed = 1, now = 7 * ms + 5, n = 0;
	struct link_trace_pos pos = { .begin = now, .left = LINK_CHANCE_BYTES };
	struct link_trace *t;

	for (sum = 0, i = 0; i < 50; i++)
		at[i] = sum += (i * 7919) % 5;
	t = trace_of(at, 50);
	for (i = 0; i < 100000; i++) {
		u32 bytes, want;
		u64 end;

		seed = seed * 6364136223846793005ULL + 1442695040888963407ULL;
		bytes = want = 1 + (u32)(seed >> 33) % 5000;
		if (seed >> 60 == 0)
			now += (seed >> 40) % (1000 * ms);
		if (!left || chance(t, pos.begin, n) < now) {
			n += !left;
			while (chance(t, pos.begin, n) < now)
				n++;
			left = LINK_CHANCE_BYTES;
		}
		for (; want > left; n++, left = LINK_CHANCE_BYTES)
			want -= left;
		left -= want;
		end = packet(t, &pos, now, bytes);
		EXPECT_EQ(end, chance(t, pos.begin, n));
		now = end;
	}
	free(t);
}

/* The least and the most that there may be. */
static void bounds(void)
{
	static const u32 one[] = { 4294967295U };
	struct link_trace *t = trace_of(one, 1);
	struct link_trace_pos pos = { .left = LINK_CHANCE_BYTES };

	EXPECT_EQ(packet(t, &pos, 0, 1), 4294967295ULL * ms);
	EXPECT_EQ(packet(t, &pos, 0, 3000), 3 * 4294967295ULL * ms);
	EXPECT_EQ(link_trace_rate(t), 1);
	free(t);
	t = malloc(sizeof(*t) + LINK_CHANCES_MAX * sizeof(u32));
	t->count = LINK_CHANCES_MAX;
	memset(t->at, 0, LINK_CHANCES_MAX * sizeof(u32));
	t->at[LINK_CHANCES_MAX - 1] = 1;
	EXPECT_EQ(link_trace_rate(t), LINK_CHANCES_MAX * 12000000ULL);
	free(t);
}

static const struct unit_case cases[] = {
	{ "a trace by hand", by_hand },
	{ "packets of any size at any time", at_random },
	{ "the least and the most", bounds },
};

UNIT_MAIN(cases)
