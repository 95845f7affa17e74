// SPDX-License-Identifier: GPL-2.0
/*
 * Emulated links: fates of packets, and sizes. Bounds of statistical cases are
 * four standard deviations.
 */
#include <math.h>
#include <stdlib.h>

#include "link.h"

static void keys(void)
{
	u64 k = link_key(1, "a", "b", 0);

	EXPECT(k == link_key(1, "a", "b", 0));
	EXPECT(k != link_key(2, "a", "b", 0));
	EXPECT(k != link_key(1, "b", "a", 0));
	EXPECT(k != link_key(1, "a", "b", 1));
	/* the names are not simply put together */
	EXPECT(link_key(1, "ab", "c", 0) != link_key(1, "a", "bc", 0));
	EXPECT(link_draw(k, 5, LINK_DRAW_LOSS) ==
	       link_draw(k, 5, LINK_DRAW_LOSS));
	EXPECT(link_draw(k, 5, LINK_DRAW_LOSS) !=
	       link_draw(k, 5, LINK_DRAW_BIT));
	EXPECT(link_draw(k, 5, LINK_DRAW_LOSS) !=
	       link_draw(k, 6, LINK_DRAW_LOSS));
}

static void bernoulli(void)
{
	static const double p[] = { 0.0001, 0.01, 0.271, 0.5, 0.99 };
	unsigned int i, n, lost;
	struct link_state state = { 0 };

	for (i = 0; i < sizeof(p) / sizeof(p[0]); i++) {
		struct link_conf c = { .loss = chance(p[i]) };

		for (lost = 0, n = 0; n < N; n++)
			lost += link_lost(&c, &state, key, n);
		EXPECT(near((double)lost / N, p[i],
			    4 * sqrt(p[i] * (1 - p[i]) / N)));
		EXPECT(!state.bad);
	}
}

static void never_and_always(void)
{
	struct link_conf c = { 0 };
	struct link_state state = { .bad = true };
	unsigned int n;

	for (n = 0; n < 10000; n++)
		EXPECT(!link_lost(&c, &state, key, n));
	c.loss = LINK_ALWAYS;
	for (n = 0; n < 10000; n++)
		EXPECT(link_lost(&c, &state, key, n));
}

/* Loss rate and mean length of a burst of the chain's stationary state. */
static void gilbert_elliott(void)
{
	const double p = 0.01, r = 0.2, in_bad = 0.9, in_good = 0.001;
	struct link_conf c = {
		.loss = chance(in_good), .ge_enter = chance(p),
		.ge_leave = chance(r), .ge_loss = chance(in_bad),
	};
	unsigned int n, lost = 0, visits = 0, in = 0;
	struct link_state state = { 0 };
	bool before = false;
	double share = p / (p + r);

	for (n = 0; n < N; n++) {
		lost += link_lost(&c, &state, key, n);
		in += state.bad;
		visits += state.bad && !before;
		before = state.bad;
	}
	/* bursts are correlated: the variance grows by about (2 - r) / r */
	EXPECT(near((double)lost / N, share * in_bad + (1 - share) * in_good,
		    4 * sqrt(share * (2 - r) / r / N)));
	EXPECT(near((double)in / visits, 1 / r,
		    4 * sqrt((1 - r) / (r * r) / visits)));
}

/* The same fate, from whichever packet one begins to ask. */
static void deterministic(void)
{
	struct link_conf c = { .jitter = 1000, .delay = 10000 };
	unsigned int n;
	s64 first[100];

	for (n = 0; n < 100; n++)
		first[n] = link_jitter(&c, &fresh, key, n);
	while (n-- > 0)
		EXPECT_EQ(link_jitter(&c, &fresh, key, n), first[n]);
}

/* Shares of the chain's states are those of its stationary distribution. */
static void markov(void)
{
	const double p13 = 0.02, p14 = 0.01, p31 = 0.25, p32 = 0.5, p23 = 0.3;
	struct link_conf c = { .markov = {
		[LINK_STEP_13] = chance(p13), [LINK_STEP_14] = chance(p14),
		[LINK_STEP_31] = chance(p31), [LINK_STEP_32] = chance(p32),
		[LINK_STEP_23] = chance(p23),
	} };
	/* of state 1: 3 has p13 / p31 of it, 2 has p32 / p23 of 3, 4 has p14 */
	double s3 = p13 / p31, s2 = s3 * p32 / p23;
	double one = 1 / (1 + s2 + s3 + p14);
	struct link_state state = { 0 };
	unsigned int n, lost = 0, in[5] = { 0 };

	for (n = 0; n < N; n++) {
		lost += link_lost(&c, &state, key, n);
		in[state.markov]++;
	}
	EXPECT_EQ(in[LINK_MARKOV_LOST] + in[LINK_MARKOV_LOST_IN_BURST], lost);
	/* a stay in the bursts is about 12 packets, so a sigma is below 0.1 % */
	EXPECT(near((double)in[1] / N, one, 0.005));
	EXPECT(near((double)in[2] / N, one * s2, 0.005));
	EXPECT(near((double)in[3] / N, one * s3, 0.003));
	EXPECT(near((double)in[4] / N, one * p14, 0.001));
	EXPECT(link_markov_valid(c.markov));
	c.markov[LINK_STEP_14] = chance(0.99);
	EXPECT(!link_markov_valid(c.markov));
	c.markov[LINK_STEP_14] = 0;
	c.markov[LINK_STEP_13] = LINK_ALWAYS;
	EXPECT(link_markov_valid(c.markov));
	c.markov[LINK_STEP_32] = LINK_ALWAYS;
	EXPECT(!link_markov_valid(c.markov));
}

/* A single loss is followed by a packet that is received. */
static void markov_single(void)
{
	struct link_conf c = { .markov = { [LINK_STEP_14] = LINK_ALWAYS } };
	struct link_state state = { 0 };
	unsigned int n;

	for (n = 0; n < 100; n++)
		EXPECT_EQ(link_lost(&c, &state, key, n), n % 2 == 0);
	EXPECT(!link_is_plain(&c));
}

static void patterns(void)
{
	struct link_conf c = { .pattern_bits = 35 };
	struct link_state state = { 0 };
	u64 n;

	EXPECT(!link_is_plain(&c));
	c.pattern[0] = 1 << 3;
	c.pattern[1] = 1 << 2;
	for (n = 0; n < 200; n++)
		EXPECT_EQ(link_lost(&c, &state, key, n),
			  n % 35 == 3 || n % 35 == 34);
	/* far beyond 32 bits */
	n = 1ULL << 40;
	for (; n < (1ULL << 40) + 40; n++)
		EXPECT_EQ(link_lost(&c, &state, key, n),
			  n % 35 == 3 || n % 35 == 34);
}

static void lists(void)
{
	struct link_conf c = { .ranges = { { 0, 0 }, { 5, 7 }, { 9, 9 } },
			       .range_count = 3 };
	static const char fate[] = "1000011101000";
	struct link_state state = { 0 };
	unsigned int n;

	EXPECT(!link_is_plain(&c));
	for (n = 0; fate[n]; n++)
		EXPECT_EQ(link_lost(&c, &state, key, n), fate[n] == '1');
	/* the number does not wrap */
	EXPECT(!link_lost(&c, &state, key, 1ULL << 32));
}

/* Never changes: a seed that somebody wrote down gives the same fates. */
static void vectors(void)
{
	static const char chain[] =
		"0101000100110010000110001000000010000001100010000100010001000100";
	static const char states[] =
		"0000000000000010000111111110111000001111111111111000001000000000";
	static const s64 late[4][4] = {
		[NLAB_LINK_DISTRIBUTION_UNIFORM] = { 97099, 26168, -86145, -95277 },
		[NLAB_LINK_DISTRIBUTION_NORMAL] = { 218414, 33418, -148168, -198486 },
		[NLAB_LINK_DISTRIBUTION_PARETO] = { 324922, -13038, -59208, -61233 },
		[NLAB_LINK_DISTRIBUTION_PARETONORMAL] = { 359867, 11894, 7040, -44285 },
	};
	struct link_conf c = { .markov = { 1 << 29, 1 << 28, 1 << 30, 1U << 31,
					   1 << 30 } };
	struct link_state state = { 0 };
	u64 k = link_key(1, "a", "b", 0);
	unsigned int n, d;

	EXPECT_EQ(k, 0x7ab45d8c058a5f0dULL);
	EXPECT_EQ(link_draw(k, 7, LINK_DRAW_LOSS), 0xb648a9a94761bc4fULL);
	EXPECT_EQ(link_draw(k, 7, LINK_DRAW_MARKOV), 0xa08d44460ae3256ULL);
	for (n = 0; chain[n]; n++)
		EXPECT_EQ(link_lost(&c, &state, k, n), chain[n] == '1');
	c = (struct link_conf){ .ge_enter = 1 << 29, .ge_leave = 1 << 30,
				.ge_loss = LINK_ALWAYS, .loss = 1 << 28 };
	state = (struct link_state){ 0 };
	for (n = 0; states[n]; n++)
		EXPECT_EQ(link_lost(&c, &state, k, n), states[n] == '1');
	c = (struct link_conf){ .delay = 1000000, .jitter = 100000,
				.correlation = 1U << 31 };
	for (d = 0; d < 4; d++) {
		c.distribution = (u8)d;
		state = (struct link_state){ 0 };
		for (n = 0; n < 4; n++)
			EXPECT_EQ(link_jitter(&c, &state, k, n), late[d][n]);
	}
}

static void sizes(void)
{
	struct link_conf c = { .overhead = 24 };

	EXPECT_EQ(link_wire_bytes(&c, 1514), 1538);
	c.overhead = -1024;
	EXPECT_EQ(link_wire_bytes(&c, 60), 1);
	/* ATM: AAL5 trailer of 8 bytes, 48 bytes of payload in 53 */
	c = (struct link_conf){ .overhead = 8, .cell_size = 48,
				.cell_overhead = 5 };
	EXPECT_EQ(link_wire_bytes(&c, 40), 53);
	EXPECT_EQ(link_wire_bytes(&c, 41), 106);
	EXPECT_EQ(link_wire_bytes(&c, 1500), 32 * 53);
	c = (struct link_conf){ .overhead = 24 };
	/* three packets of 54 + 1000, one of 54 + 500 */
	EXPECT_EQ(link_train_bytes(&c, 54 + 3500, 54, 1000, 4),
		  3 * 1078 + 578);
	EXPECT_EQ(link_train_bytes(&c, 100, 54, 1000, 1), 124);
	EXPECT_EQ(link_train_bytes(&c, 54, 54, 1000, 4), 78);
}

/* What is rounded away is not lost: the rate is exact in the long run. */
static void rates(void)
{
	static const u64 rate[] = { 1, 7777, 1000000, 100000000, 999999937,
				    40000000000ULL, 10000000000000ULL };
	unsigned int i, n;

	for (i = 0; i < sizeof(rate) / sizeof(rate[0]); i++) {
		u64 rest = 0, ns = 0;

		for (n = 0; n < 1000; n++)
			ns += link_wire_ns(rate[i], 1514, &rest);
		EXPECT(near((double)ns,
			    1000 * 1514 * 8 * 1e9 / (double)rate[i], 1 +
			    1e-15 * (double)ns));
	}
}

static void plain(void)
{
	struct link_conf c = { .limit_packets = 1000, .ge_loss = LINK_ALWAYS,
			       .overhead = 24, .seed = 1 };

	EXPECT(link_is_plain(&c));
	EXPECT(!link_needs_singles(&c));
	c.jitter = 1;
	EXPECT(!link_is_plain(&c));
	EXPECT(link_needs_singles(&c));
	c = (struct link_conf){ .ge_enter = 1 };
	EXPECT(!link_is_plain(&c));
	c = (struct link_conf){ .rate = 1 };
	EXPECT(!link_is_plain(&c));
}

/* Each of them alone, and what is to be forgotten of a model that is gone. */
static void draws(void)
{
	static const struct link_conf some[] = {
		{ .loss = 1 }, { .ge_enter = 1 }, { .duplicate = 1 },
		{ .corrupt = 1 }, { .reorder = 1 }, { .pattern_bits = 1 },
		{ .range_count = 1 }, { .markov = { [LINK_STEP_13] = 1 } },
		{ .markov = { [LINK_STEP_14] = 1 } },
	};
	static const struct link_conf none = { .delay = 1, .jitter = 1 };
	struct link_state state = { 0 };
	unsigned int i;

	for (i = 0; i < sizeof(some) / sizeof(some[0]); i++) {
		EXPECT(link_needs_draws(&some[i], &state));
		/* without a delay there is nothing to pass */
		EXPECT(link_is_plain(&some[i]) == !!some[i].reorder);
	}
	EXPECT(!link_needs_draws(&none, &state));
	for (i = 0; i < 2; i++) {
		state.bad = !i;
		state.markov = i ? LINK_MARKOV_LOST : 0;
		EXPECT(link_needs_draws(&none, &state));
		EXPECT(!link_lost(&none, &state, key, 0));
		EXPECT(!link_needs_draws(&none, &state));
	}
}

static void buckets(void)
{
	EXPECT_EQ(link_late_bucket(0), 0);
	EXPECT_EQ(link_late_bucket(1), 1);
	EXPECT_EQ(link_late_bucket(2), 2);
	EXPECT_EQ(link_late_bucket(3), 2);
	EXPECT_EQ(link_late_bucket(4), 3);
	EXPECT_EQ(link_late_bucket(~0ULL), LINK_LATE_BUCKETS - 1);
}

static const struct unit_case cases[] = {
	{ "keys and draws", keys },
	{ "fates that were written down", vectors },
	{ "Bernoulli loss", bernoulli },
	{ "never and always", never_and_always },
	{ "Gilbert-Elliott loss and bursts", gilbert_elliott },
	{ "the chain of four states", markov },
	{ "single losses of the chain", markov_single },
	{ "patterns of losses", patterns },
	{ "lists of losses", lists },
	{ "a packet's fate is its own", deterministic },
	{ "bytes on the wire", sizes },
	{ "times on the wire", rates },
	{ "what needs no emulation", plain },
	{ "what needs draws", draws },
	{ "buckets of the histogram", buckets },
};

UNIT_MAIN(cases)
