// SPDX-License-Identifier: GPL-2.0
/* What links do by themselves, of texts: schedules, traces and tables. Pure. */
#include <stdlib.h>

#include "nlab.h"

const char *const nlab_link_source_names[] = {
	[NLAB_LINK_SCHEDULE] = "schedule",
	[NLAB_LINK_TRACE] = "trace",
	[NLAB_LINK_TABLE] = "table",
	NULL,
};

/* Times in milliseconds. */
static const struct nlab_numbers_form trace_form = {
	.max = UINT32_MAX,
	.most = 1 << 20,
	.ascend = true,
};

int nlab_link_source_parse(struct nlab_link_source *source,
			   enum nlab_link_source_kind kind, const char *name,
			   struct nlab_word text, struct nlab_err *err)
{
	int ret;

	if (kind == NLAB_LINK_SCHEDULE)
		return nlab_schedule_parse(&source->schedule, name, text, err);
	ret = nlab_numbers_parse(&source->numbers,
				 kind == NLAB_LINK_TRACE ? &trace_form :
				 &nlab_table_form, name, text, err);
	if (!ret && kind == NLAB_LINK_TABLE)
		ret = nlab_table_make(&source->table, &source->numbers, err);
	return ret;
}

void nlab_link_source_free(struct nlab_link_source *source)
{
	nlab_schedule_free(&source->schedule);
	nlab_numbers_free(&source->numbers);
	free(source->table);
	source->table = NULL;
}

bool nlab_link_source_given(const struct nlab_link_plan *plan,
			    enum nlab_link_source_kind kind, unsigned int d)
{
	switch (kind) {
	case NLAB_LINK_SCHEDULE:
		return plan->given[d];
	case NLAB_LINK_TRACE:
		return plan->trace_given[d];
	default:
		return plan->table[d];
	}
}

void nlab_link_source_give(struct nlab_link_plan *plan,
			   enum nlab_link_source_kind kind, unsigned int d,
			   const struct nlab_link_source *source)
{
	switch (kind) {
	case NLAB_LINK_SCHEDULE:
		plan->given[d] = true;
		plan->schedule[d] = source ? &source->schedule : NULL;
		break;
	case NLAB_LINK_TRACE:
		plan->trace_given[d] = true;
		plan->trace[d] = source ? &source->numbers : NULL;
		break;
	default:
		plan->table[d] = source ? source->table : NULL;
		break;
	}
}
