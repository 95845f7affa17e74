// SPDX-License-Identifier: GPL-2.0
/* Tables of netem as quantiles that the kernel takes. Pure. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "nlab.h"

/* Those of iproute2: deviations in units of 1/8192. */
const struct nlab_numbers_form nlab_table_form = {
	.min = INT16_MIN,
	.max = INT16_MAX,
	.most = 16384,
};

enum {
	/* From 1/8192 to 1/65536. */
	FINER = 8,
};

static int compare(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

	return (x > y) - (x < y);
}

int nlab_table_make(int32_t **knots, struct nlab_numbers *numbers,
		    struct nlab_err *err)
{
	size_t i;

	*knots = malloc(NLAB_LINK_KNOTS * sizeof(**knots));
	if (!*knots)
		return nlab_fail(err, NLAB_FAULT_KERNEL, ENOMEM,
				 "out of memory");
	qsort(numbers->number, numbers->count, sizeof(numbers->number[0]),
	      compare);
	/* that in the middle of each part, not something between numbers */
	for (i = 0; i < NLAB_LINK_KNOTS; i++) {
		size_t at = (2 * i + 1) * numbers->count /
			    (2 * NLAB_LINK_KNOTS);

		(*knots)[i] = (int32_t)numbers->number[at] * FINER;
	}
	return 0;
}
