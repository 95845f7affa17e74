// SPDX-License-Identifier: GPL-2.0
/*
 * Jitter of emulated links: its distributions and their correlation. Bounds are
 * four standard deviations unless it is said otherwise.
 */
#include "link.h"

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

static const struct unit_case cases[] = {
	{ "correlated jitter", correlations },
	{ "mean and deviation of all distributions", distributions },
	{ "shapes of all distributions", shapes },
	{ "a table of one's own", own_table },
	{ "no packet before now", never_before_now },
};

UNIT_MAIN(cases)
