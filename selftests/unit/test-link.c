// SPDX-License-Identifier: GPL-2.0
/*
 * Emulated links: fates of packets, distributions and sizes. The seeds are
 * fixed, so that the statistical cases give the same result each time; their
 * bounds are four standard deviations.
 */
#include <math.h>
#include <stdlib.h>

#include "harness.h"
#include "link_fate.h"

enum { N = 1000000 };

static const u64 key = 0x123456789abcdefULL;

static u32 chance(double p)
{
	return p >= 1 ? LINK_ALWAYS : (u32)(p * 4294967296.0 + 0.5);
}

static bool near(double got, double want, double bound)
{
	if (fabs(got - want) <= bound)
		return true;
	printf("# got %g, want %g +- %g\n", got, want, bound);
	return false;
}

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

/* Nothing is taken over without a correlation. */
static struct link_state fresh;

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

static void moments(u8 distribution, double mean, double deviation)
{
	struct link_conf c = { .delay = 100000000, .jitter = 1000000,
			       .distribution = distribution };
	double sum = 0, square = 0, x;
	unsigned int n;

	for (n = 0; n < N; n++) {
		x = (double)link_jitter(&c, &fresh, key, n);
		sum += x;
		square += x * x;
	}
	EXPECT(near(sum / N, mean, 4 * deviation / sqrt(N) + 500));
	EXPECT(near(sqrt(square / N), deviation, deviation * 0.01));
}

static void distributions(void)
{
	moments(NLAB_LINK_DISTRIBUTION_UNIFORM, 0, 1000000 / sqrt(3));
	moments(NLAB_LINK_DISTRIBUTION_NORMAL, 0, 1000000);
	moments(NLAB_LINK_DISTRIBUTION_PARETO, 0, 1000000);
	moments(NLAB_LINK_DISTRIBUTION_PARETONORMAL, 0, 1000000);
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

/* Mean product of neighbours, in variances, and the variance itself. */
static void correlated(u8 distribution, double rho, double deviation)
{
	struct link_conf c = { .delay = 100000000, .jitter = 1000000,
			       .distribution = distribution,
			       .correlation = chance(rho) };
	double square = 0, product = 0, x, before = 0;
	struct link_state state = { 0 };
	unsigned int n;

	for (n = 0; n < N; n++) {
		x = (double)link_jitter(&c, &state, key, n) / deviation;
		square += x * x;
		product += x * before;
		before = x;
	}
	/* the sum has about (1 + rho) / (1 - rho) fewer independent parts */
	EXPECT(near(square / N, 1, 0.03));
	/* exact for the normal, a little less for what is made of it */
	EXPECT(near(product / square, rho, 0.03));
}

static void correlations(void)
{
	struct link_conf c = { .jitter = 1000, .delay = 10000,
			       .correlation = LINK_ALWAYS };
	struct link_state state = { 0 };
	s64 first = link_jitter(&c, &state, key, 0);
	unsigned int n;

	correlated(NLAB_LINK_DISTRIBUTION_NORMAL, 0.25, 1000000);
	correlated(NLAB_LINK_DISTRIBUTION_NORMAL, 0.9, 1000000);
	correlated(NLAB_LINK_DISTRIBUTION_UNIFORM, 0.5, 1000000 / sqrt(3));
	correlated(NLAB_LINK_DISTRIBUTION_PARETONORMAL, 0.0001, 1000000);
	/* a correlation of 1 gives the same again and again */
	for (n = 1; n < 100; n++)
		EXPECT(near((double)link_jitter(&c, &state, key, n),
			    (double)first, 1));
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

/* --- shapes, against samples of the textbook's definitions --- */

static double uniform01(void)
{
	static unsigned short state[3] = { 1, 2, 3 };

	return erand48(state);
}

static double textbook_normal(void)
{
	double x;

	x = sqrt(-2 * log(1 - uniform01())) * cos(2 * M_PI * uniform01());
	return fmax(fmin(x, 3.5), -3.5);
}

static double pareto(double above)
{
	return pow(above, -1.0 / 3);
}

/* Shape 3, ends at one in 4096, so that 2048 quantiles have deviation 1. */
static double textbook_pareto(void)
{
	static double mean, deviation;
	double square = 0, x;
	int i;

	for (i = 0; i < 2048 && !deviation; i++) {
		x = pareto((i + 0.5) / 2048);
		mean += x / 2048;
		square += x * x / 2048;
	}
	if (!deviation)
		deviation = sqrt(square - mean * mean);
	return (pareto(fmax(1 - uniform01(), 1.0 / 4096)) - mean) / deviation;
}

static double textbook(u8 distribution)
{
	switch (distribution) {
	case NLAB_LINK_DISTRIBUTION_UNIFORM:
		return 2 * uniform01() - 1;
	case NLAB_LINK_DISTRIBUTION_NORMAL:
		return textbook_normal();
	case NLAB_LINK_DISTRIBUTION_PARETO:
		return textbook_pareto();
	default:
		return (3 * textbook_pareto() + textbook_normal()) / sqrt(10);
	}
}

static int ascending(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

/* Kolmogorov-Smirnov of two samples of N; 1.63 * sqrt(2 / N) is the 1 % bound. */
static double distance(u8 distribution, u32 correlation)
{
	struct link_conf c = { .delay = 100000000, .jitter = 1000000,
			       .distribution = distribution,
			       .correlation = correlation };
	static double ours[N], theirs[N];
	struct link_state state = { 0 };
	unsigned int n, i = 0, k = 0;
	double worst = 0;

	for (n = 0; n < N; n++) {
		ours[n] = (double)link_jitter(&c, &state, key, n) / 1000000;
		theirs[n] = textbook(distribution);
		if (!correlation)
			state = fresh;
	}
	qsort(ours, N, sizeof(ours[0]), ascending);
	qsort(theirs, N, sizeof(theirs[0]), ascending);
	while (i < N && k < N) {
		if (ours[i] <= theirs[k])
			i++;
		else
			k++;
		worst = fmax(worst, fabs((double)i - (double)k) / N);
	}
	return worst;
}

static void shapes(void)
{
	const double bound = 1.63 * sqrt(2.0 / N);
	u8 d;

	for (d = 0; d <= NLAB_LINK_DISTRIBUTION_PARETONORMAL; d++)
		EXPECT(near(distance(d, 0), 0, bound));
	/* neighbours that are alike tell less: some 3 times fewer at 1/2 */
	EXPECT(near(distance(NLAB_LINK_DISTRIBUTION_PARETO, 1U << 31), 0,
		    bound * sqrt(3)));
}

static void never_before_now(void)
{
	struct link_conf c = { .delay = 1000, .jitter = 1000000,
			       .distribution = NLAB_LINK_DISTRIBUTION_PARETO };
	unsigned int n;

	for (n = 0; n < 100000; n++)
		EXPECT(link_jitter(&c, &fresh, key, n) >= -1000);
	/* the largest that the protocol allows */
	c.delay = c.jitter = 3600000000000ULL;
	for (n = 0; n < 100000; n++)
		EXPECT(link_jitter(&c, &fresh, key, n) >= -3600000000000LL &&
		       link_jitter(&c, &fresh, key, n) < 20 * 3600000000000LL);
}

/* Steps of a table are met, the ends too; what is no table is refused. */
static void own_table(void)
{
	struct link_conf c = { .distribution = NLAB_LINK_DISTRIBUTION_TABLE,
			       .delay = 1000000, .jitter = 1000 };
	static s32 table[LINK_DIST_KNOTS];
	unsigned int i, n, low = 0, between = 0;

	EXPECT(link_table_valid(table));
	for (i = 0; i < LINK_DIST_KNOTS; i++)
		table[i] = i < LINK_DIST_KNOTS / 4 ? -LINK_DIST_ONE :
						     2 * LINK_DIST_ONE;
	EXPECT(link_table_valid(table));
	c.table = table;
	for (n = 0; n < N; n++) {
		s64 x = link_jitter(&c, &fresh, key, n);

		low += x == -1000;
		between += x > -1000 && x < 2000;
		EXPECT(x >= -1000 && x <= 2000);
	}
	EXPECT(near((double)low / N, 0.25, 4 * sqrt(0.25 * 0.75 / N) + 0.0005));
	/* interpolation, at the only step */
	EXPECT(between <= N / LINK_DIST_KNOTS * 1.5);
	table[7] = -LINK_DIST_ONE + 1;
	EXPECT(!link_table_valid(table));
	table[7] = -LINK_DIST_ONE;
	table[LINK_DIST_KNOTS - 1] = LINK_DIST_MAX + 1;
	EXPECT(!link_table_valid(table));
	table[LINK_DIST_KNOTS - 1] = LINK_DIST_MAX;
	EXPECT(link_table_valid(table));
	table[0] = -LINK_DIST_MAX - 1;
	EXPECT(!link_table_valid(table));
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
	{ "correlated jitter", correlations },
	{ "a packet's fate is its own", deterministic },
	{ "mean and deviation of all distributions", distributions },
	{ "shapes of all distributions", shapes },
	{ "a table of one's own", own_table },
	{ "no packet before now", never_before_now },
	{ "bytes on the wire", sizes },
	{ "times on the wire", rates },
	{ "what needs no emulation", plain },
	{ "buckets of the histogram", buckets },
};

UNIT_MAIN(cases)
