// SPDX-License-Identifier: GPL-2.0
/* A table of netem, read by the library and drawn from as the kernel does, has
 * the distribution of its numbers: Kolmogorov and Smirnov's test. KTAP on
 * standard output.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../../kmod/pure/link_fate.h"
#include "../../tools/lib/nlab.h"

enum {
	DRAWS = 1000000,
	SCALE = 8192,		/* of a table */
	JITTER = 1000000,	/* ns */
};

static bool failed;

static int compare(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

/* Greatest distance of the two distribution functions. */
static double distance(const double *draw, const struct nlab_numbers *numbers)
{
	size_t i = 0, j = 0, count = numbers->count;
	double worst = 0;

	/* both are sorted */
	while (j < count) {
		double x = (double)numbers->number[j] / SCALE;

		while (j < count && (double)numbers->number[j] / SCALE <= x)
			j++;
		/* a draw is rounded to a nanosecond */
		while (i < DRAWS && draw[i] <= x + 1.0 / JITTER)
			i++;
		worst = fmax(worst, fabs((double)i / DRAWS -
					 (double)j / (double)count));
	}
	return worst;
}

static bool fits(struct nlab_numbers *numbers, double correlation)
{
	struct link_conf conf = {
		.delay = 100 * JITTER, .jitter = JITTER,
		.distribution = NLAB_LINK_DISTRIBUTION_TABLE,
		.correlation = (u32)(correlation * 4294967296.0),
	};
	/* 1 % of good tables fail, but the seed is always the same; a quantile
	 * more may lie between two knots, and correlated draws are fewer
	 */
	double bound = 1.63 / sqrt(DRAWS * (1 - correlation) /
				   (1 + correlation)) + 1.0 / NLAB_LINK_KNOTS;
	double *draw = malloc(DRAWS * sizeof(*draw)), worst;
	struct link_state state = { 0 };
	struct nlab_err err;
	int32_t *knots;
	u64 n;

	if (!draw || nlab_table_make(&knots, numbers, &err) ||
	    !link_table_valid(knots))
		return false;
	conf.table = knots;
	for (n = 0; n < DRAWS; n++)
		draw[n] = (double)link_jitter(&conf, &state, 42, n) / JITTER;
	qsort(draw, DRAWS, sizeof(*draw), compare);
	worst = distance(draw, numbers);
	printf("# distance %g, at most %g\n", worst, bound);
	free(draw);
	free(knots);
	return worst <= bound;
}

static void check(unsigned int number, const char *name, const char *text,
		  double correlation)
{
	struct nlab_numbers numbers;
	struct nlab_err err;
	bool good;

	good = !nlab_numbers_parse(&numbers, &nlab_table_form, "text",
				   nlab_word(text), &err) &&
	       fits(&numbers, correlation);
	nlab_numbers_free(&numbers);
	printf("%sok %u - %s\n", good ? "" : "not ", number, name);
	failed |= !good;
}

int main(void)
{
	size_t used, room = 1 << 17;
	char *text = malloc(room);
	int i;

	if (!text)
		return 1;
	puts("TAP version 13\n1..4");
	/* most are near each other, some are far away, in no order */
	strcpy(text, "# two heaps");
	used = strlen(text);
	for (i = 0; i < 4096; i++)
		used += (size_t)snprintf(text + used, room - used, "%s%d",
					 i % 8 ? " " : "\n",
					 i % 10 ? -2700 + i * 2741 % 997 :
					 20000 + i * 31 % 12000);
	check(1, "two heaps", text, 0);
	check(2, "two heaps, correlated", text, 0.5);
	/* fewer than knots, more than knots */
	check(3, "five numbers", "-8192 -4096 0 4096 8192", 0);
	for (used = 0, i = 0; i < 16384; i++)
		used += (size_t)snprintf(text + used, room - used, "%d\n",
					 (i - 8192) * (i - 8192) / 4096 - 5461);
	check(4, "as many as there may be", text, 0);
	free(text);
	return failed;
}
