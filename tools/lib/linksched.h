/* SPDX-License-Identifier: GPL-2.0 */
/* Schedules of links as text. Pure. */
#ifndef NLAB_LIB_LINKSCHED_H
#define NLAB_LIB_LINKSCHED_H

#include "linktext.h"

enum {
	NLAB_LINK_STEPS = 16384,
};

/**
 * struct nlab_link_step - What happens at once.
 * @at: Nanoseconds from the begin.
 * @line: Where it stands in its file.
 * @carrier: enum nlab_link_switch.
 * @sending: The same, of the serialiser.
 * @dir: Parameters that change.
 */
struct nlab_link_step {
	uint64_t at;
	uint32_t line;
	enum nlab_link_switch carrier;
	enum nlab_link_switch sending;
	struct nlab_link_dir dir;
};

/**
 * struct nlab_link_schedule - Steps in the order of their times.
 * @name: Of their file; the caller's.
 * @period: Nanoseconds after which they begin again, 0 is never.
 * @period_line: Where that stands.
 * @step: The steps.
 * @count: Number of steps.
 * @room: Number of steps that there is memory for.
 */
struct nlab_link_schedule {
	const char *name;
	uint64_t period;
	uint32_t period_line;
	struct nlab_link_step *step;
	size_t count;
	size_t room;
};

/**
 * nlab_schedule_parse() - Read the text of a file.
 * @schedule: Result, to be freed by nlab_schedule_free() in any case.
 * @name: Of the file, for errors; has to stay.
 * @text: What stands in it.
 * @err: Reason of a failure, with its place.
 *
 * Return: 0 or a negative errno.
 */
int nlab_schedule_parse(struct nlab_link_schedule *schedule, const char *name,
			struct nlab_word text, struct nlab_err *err);
void nlab_schedule_free(struct nlab_link_schedule *schedule);

#endif
