// SPDX-License-Identifier: GPL-2.0
/*
 * Emulated links: fates of packets, distributions and sizes. The seeds are
 * fixed, so that the statistical cases give the same result each time; their
 * bounds are four standard deviations.
 */
#include <math.h>

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

static void bernoulli(void)
{
	static const double p[] = { 0.0001, 0.01, 0.271, 0.5, 0.99 };
	unsigned int i, n, lost;
	bool bad = false;

	for (i = 0; i < sizeof(p) / sizeof(p[0]); i++) {
		struct link_conf c = { .loss = chance(p[i]) };

		for (lost = 0, n = 0; n < N; n++)
			lost += link_lost(&c, &bad, key, n);
		EXPECT(near((double)lost / N, p[i],
			    4 * sqrt(p[i] * (1 - p[i]) / N)));
		EXPECT(!bad);
	}
}

static void never_and_always(void)
{
	struct link_conf c = { 0 };
	bool bad = true;
	unsigned int n;

	for (n = 0; n < 10000; n++)
		EXPECT(!link_lost(&c, &bad, key, n));
	c.loss = LINK_ALWAYS;
	for (n = 0; n < 10000; n++)
		EXPECT(link_lost(&c, &bad, key, n));
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
	bool bad = false, before = false;
	double share = p / (p + r);

	for (n = 0; n < N; n++) {
		lost += link_lost(&c, &bad, key, n);
		in += bad;
		visits += bad && !before;
		before = bad;
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
		first[n] = link_jitter(&c, key, n);
	while (n-- > 0)
		EXPECT_EQ(link_jitter(&c, key, n), first[n]);
}

static void moments(u8 distribution, double mean, double deviation)
{
	struct link_conf c = { .delay = 100000000, .jitter = 1000000,
			       .distribution = distribution };
	double sum = 0, square = 0, x;
	unsigned int n;

	for (n = 0; n < N; n++) {
		x = (double)link_jitter(&c, key, n);
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

static double phi(double x)
{
	return erfc(-x / sqrt(2)) / 2;
}

/* Kolmogorov-Smirnov on a grid; 1.63 / sqrt(N) is the 1 % bound. */
static void normal_shape(void)
{
	struct link_conf c = { .delay = 100000000, .jitter = 1000000,
			       .distribution = NLAB_LINK_DISTRIBUTION_NORMAL };
	static unsigned int below[601];
	unsigned int n, i;
	double worst = 0;

	for (n = 0; n < N; n++) {
		int at = (int)floor((double)link_jitter(&c, key, n) / 10000) +
			 301;

		for (i = at < 0 ? 0 : (unsigned int)at; i < 601; i++)
			below[i]++;
	}
	for (i = 0; i < 601; i++)
		worst = fmax(worst, fabs((double)below[i] / N -
					 phi(((double)i - 300) / 100)));
	EXPECT(near(worst, 0, 1.63 / sqrt(N)));
}

static void never_before_now(void)
{
	struct link_conf c = { .delay = 1000, .jitter = 1000000,
			       .distribution = NLAB_LINK_DISTRIBUTION_PARETO };
	unsigned int n;

	for (n = 0; n < 100000; n++)
		EXPECT(link_jitter(&c, key, n) >= -1000);
	/* the largest that the protocol allows */
	c.delay = c.jitter = 3600000000000ULL;
	for (n = 0; n < 100000; n++)
		EXPECT(link_jitter(&c, key, n) >= -3600000000000LL &&
		       link_jitter(&c, key, n) < 20 * 3600000000000LL);
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
	{ "Bernoulli loss", bernoulli },
	{ "never and always", never_and_always },
	{ "Gilbert-Elliott loss and bursts", gilbert_elliott },
	{ "a packet's fate is its own", deterministic },
	{ "mean and deviation of all distributions", distributions },
	{ "shape of the normal distribution", normal_shape },
	{ "no packet before now", never_before_now },
	{ "bytes on the wire", sizes },
	{ "times on the wire", rates },
	{ "what needs no emulation", plain },
	{ "buckets of the histogram", buckets },
};

UNIT_MAIN(cases)
