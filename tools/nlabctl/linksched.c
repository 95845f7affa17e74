// SPDX-License-Identifier: GPL-2.0
/* Schedules, traces and tables of add-link, set-link and show-links. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../lib/import.h"
#include "cmd.h"

static int read_file(struct nlab_link_source *source,
		     enum nlab_link_source_kind kind, const char *name,
		     struct nlab_err *err)
{
	struct nlab_word word = { 0 };
	char *text = NULL;
	int ret = nlab_file_read(name, &text, &word.len, err);

	word.str = text;
	if (!ret)
		ret = nlab_link_source_parse(source, kind, strcmp(name, "-") ?
					     name : "stdin", word, err);
	free(text);
	return ret;
}

int link_files_take(struct link_files *all, unsigned int ways,
		    enum nlab_link_source_kind kind, const char *value,
		    struct nlab_err *err)
{
	struct nlab_link_source *source = NULL;
	unsigned int d;
	int ret;

	for (d = 0; d < 2; d++)
		if (ways & 1U << d &&
		    nlab_link_source_given(&all->plan, kind, d))
			return nlab_fail(err, NLAB_FAULT_INPUT, EEXIST,
					 "%s given twice",
					 nlab_link_source_names[kind]);
	if (!strcmp(value, "-")) {
		if (all->input_used)
			return nlab_fail(err, NLAB_FAULT_INPUT, EINVAL,
					 "standard input is being read already, name a file");
		all->input_used = true;
	}
	if (kind == NLAB_LINK_TABLE || strcmp(value, "none")) {
		source = &all->source[all->count++];
		ret = read_file(source, kind, value, err);
		if (ret)
			return ret;
	}
	for (d = 0; d < 2; d++)
		if (ways & 1U << d)
			nlab_link_source_give(&all->plan, kind, d, source);
	return 0;
}

void link_files_free(struct link_files *all)
{
	while (all->count)
		nlab_link_source_free(&all->source[--all->count]);
}

json_t *json_progress(const struct nlab_link_progress *progress)
{
	json_t *object;

	if (!progress->steps)
		return json_null();
	object = json_object();
	out_set_number(object, "steps", progress->steps);
	out_set_number(object, "next", progress->next);
	if (progress->next < progress->steps)
		out_set_number(object, "wait", progress->wait);
	else
		out_set(object, "wait", json_null());
	out_set_number(object, "period", progress->period);
	out_set_number(object, "laps", progress->laps);
	out_set_number(object, "late", progress->late);
	out_set_text(object, "carrier", progress->dark ? "off" : "on");
	out_set_text(object, "sending", progress->paused ? "off" : "on");
	return object;
}

json_t *json_trace(const struct nlab_link_progress *progress)
{
	json_t *object;

	if (!progress->chances)
		return json_null();
	object = json_object();
	out_set_number(object, "count", progress->chances);
	out_set_number(object, "rate", progress->chance_rate);
	return object;
}

void text_progress(const struct nlab_link_progress *progress)
{
	if (progress->chances)
		printf("       trace of %" PRIu32 " opportunities, %.3f Mbit/s\n",
		       progress->chances, (double)progress->chance_rate / 1e6);
	if (!progress->steps)
		return;
	if (progress->next < progress->steps)
		printf("       schedule step %" PRIu32 " of %" PRIu32
		       " in %.6fs", progress->next + 1, progress->steps,
		       (double)progress->wait / 1e9);
	else
		printf("       schedule of %" PRIu32 " steps is over",
		       progress->steps);
	if (progress->period)
		printf(", period %.6fs, %" PRIu64 " laps",
		       (double)progress->period / 1e9, progress->laps);
	printf("%s%s\n", progress->dark ? ", no carrier" : "",
	       progress->paused ? ", paused" : "");
}
