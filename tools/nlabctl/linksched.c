// SPDX-License-Identifier: GPL-2.0
/* Schedules, traces and tables of set-link and show-links. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../lib/import.h"
#include "cmd.h"

/* The whole text of a file; "-" is the standard input, named so. */
static int read_file(const char **name, char **text, size_t *len,
		     struct nlab_err *err)
{
	bool input = !strcmp(*name, "-");
	FILE *file = input ? stdin : fopen(*name, "re");
	int ret;

	if (!file)
		return nlab_fail(err, NLAB_FAULT_INPUT, errno,
				 "can't open '%s': %s", *name, strerror(errno));
	if (input)
		*name = "stdin";
	ret = nlab_text_read(file, text, len);
	if (!input)
		fclose(file);
	return ret ? nlab_fail(err, NLAB_FAULT_INPUT, ret,
			       "can't read '%s': %s", *name, strerror(ret)) : 0;
}

static int parse_file(struct link_file *file, enum link_file_kind kind,
		      const char *name, struct nlab_err *err)
{
	struct nlab_word word = { 0 };
	char *text = NULL;
	int ret;

	ret = read_file(&name, &text, &word.len, err);
	word.str = text;
	if (!ret && kind == LINK_FILE_SCHEDULE)
		ret = nlab_schedule_parse(&file->schedule, name, word, err);
	else if (!ret)
		ret = nlab_numbers_parse(&file->numbers,
					 kind == LINK_FILE_TRACE ?
					 &nlab_trace_form : &nlab_table_form,
					 name, word, err);
	if (!ret && kind == LINK_FILE_TABLE)
		ret = nlab_table_make(&file->table, &file->numbers, err);
	free(text);
	return ret;
}

static bool is_given(const struct nlab_link_plan *plan,
		     enum link_file_kind kind, unsigned int d)
{
	switch (kind) {
	case LINK_FILE_SCHEDULE:
		return plan->given[d];
	case LINK_FILE_TRACE:
		return plan->trace_given[d];
	default:
		return plan->table[d];
	}
}

/* @file: NULL for none */
static void give(struct nlab_link_plan *plan, enum link_file_kind kind,
		 unsigned int d, const struct link_file *file)
{
	switch (kind) {
	case LINK_FILE_SCHEDULE:
		plan->given[d] = true;
		plan->schedule[d] = file ? &file->schedule : NULL;
		break;
	case LINK_FILE_TRACE:
		plan->trace_given[d] = true;
		plan->trace[d] = file ? &file->numbers : NULL;
		break;
	default:
		plan->table[d] = file->table;
		break;
	}
}

int link_files_take(struct link_files *all, unsigned int ways,
		    enum link_file_kind kind, const char *value,
		    struct nlab_err *err)
{
	static const char *const names[] = { "schedule", "trace", "table" };
	struct link_file *file = NULL;
	unsigned int d;
	int ret;

	for (d = 0; d < 2; d++)
		if (ways & 1U << d && is_given(&all->plan, kind, d))
			return nlab_fail(err, NLAB_FAULT_INPUT, EEXIST,
					 "%s given twice", names[kind]);
	if (!strcmp(value, "-")) {
		if (all->input_used)
			return nlab_fail(err, NLAB_FAULT_INPUT, EINVAL,
					 "standard input is being read already, name a file");
		all->input_used = true;
	}
	if (kind == LINK_FILE_TABLE || strcmp(value, "none")) {
		file = &all->file[all->count++];
		ret = parse_file(file, kind, value, err);
		if (ret)
			return ret;
	}
	for (d = 0; d < 2; d++)
		if (ways & 1U << d)
			give(&all->plan, kind, d, file);
	return 0;
}

void link_files_free(struct link_files *all)
{
	while (all->count) {
		struct link_file *file = &all->file[--all->count];

		nlab_schedule_free(&file->schedule);
		nlab_numbers_free(&file->numbers);
		free(file->table);
	}
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
