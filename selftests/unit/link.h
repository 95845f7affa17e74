/* SPDX-License-Identifier: GPL-2.0 */
/*
 * For tests of emulated links. The seed is fixed, so that statistical cases give
 * the same result each time.
 */
#ifndef NLAB_UNIT_LINK_H
#define NLAB_UNIT_LINK_H

#include <math.h>
#include <stdlib.h>

#include "harness.h"
#include "link_fate.h"

enum { N = 1000000 };

static const u64 key = 0x123456789abcdefULL;

static inline u32 chance(double p)
{
	return p >= 1 ? LINK_ALWAYS : (u32)(p * 4294967296.0 + 0.5);
}

static inline bool near(double got, double want, double bound)
{
	if (fabs(got - want) <= bound)
		return true;
	printf("# got %g, want %g +- %g\n", got, want, bound);
	return false;
}

/* Nothing is taken over without a correlation. */
static struct link_state fresh;

#endif
