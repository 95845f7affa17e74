// SPDX-License-Identifier: GPL-2.0
/* Schedules of links as text: a step in each line. Pure. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "nlab.h"

enum {
	/* A time, all parameters, carrier and pause, and one that is too much. */
	WORDS_MAX = 2 * NLAB_LINK_KEYS + 6,
};

/* As the kernel has it. */
static const uint64_t time_max = UINT64_C(366) * 86400 * 1000000000;

static int bad_time(struct nlab_word word, const char *what,
		    struct nlab_err *err)
{
	char quoted[NLAB_QUOTED];

	return nlab_fail(err, NLAB_FAULT_INPUT, EINVAL,
			 "bad %s %s, which is a number with ns, us, ms or s, at most 366 days",
			 what, nlab_quote(quoted, word));
}

static int take_period(struct nlab_link_schedule *schedule, uint32_t line,
		       const struct nlab_word *word, size_t count,
		       struct nlab_err *err)
{
	if (schedule->period_line)
		return nlab_fail(err, NLAB_FAULT_INPUT, EEXIST,
				 "a second period, the first is in line %" PRIu32,
				 schedule->period_line);
	if (count != 2)
		return nlab_fail(err, NLAB_FAULT_INPUT, EINVAL,
				 "expected: period TIME");
	if (!nlab_time_parse(&schedule->period, word[1], time_max) ||
	    !schedule->period)
		return bad_time(word[1], "period", err);
	schedule->period_line = line;
	return 0;
}

/* "+1.5s" is after the step before, "1.5s" after the begin. */
static int take_time(struct nlab_link_schedule *schedule, uint64_t *at,
		     struct nlab_word word, struct nlab_err *err)
{
	uint64_t before = schedule->count ?
			  schedule->step[schedule->count - 1].at : 0;
	bool after = word.str[0] == '+';
	struct nlab_word time = { word.str + after, word.len - after };

	if (!nlab_time_parse(at, time, time_max))
		return bad_time(word, "time", err);
	if (after)
		*at += before;
	if (*at > time_max)
		return bad_time(word, "time", err);
	if (*at < before)
		return nlab_fail(err, NLAB_FAULT_INPUT, EINVAL,
				 "the time is before that of the step before");
	return 0;
}

static int switch_once(enum nlab_link_switch *to, bool on, const char *what,
		       struct nlab_err *err)
{
	if (*to != NLAB_LINK_SWITCH_KEEP)
		return nlab_fail(err, NLAB_FAULT_INPUT, EEXIST,
				 "%s given twice", what);
	*to = on ? NLAB_LINK_SWITCH_ON : NLAB_LINK_SWITCH_OFF;
	return 0;
}

/* One change of a step. Returns how many words it took, or an error. */
static int take_change(struct nlab_link_step *step,
		       const struct nlab_word *word, size_t left,
		       struct nlab_err *err)
{
	static const char *const ways[] = { "down", "up", NULL };
	bool resume = nlab_word_is(word[0], "resume");
	char quoted[NLAB_QUOTED];
	int ret;

	if (resume || nlab_word_is(word[0], "pause")) {
		ret = switch_once(&step->sending, resume, "pause or resume",
				  err);
		return ret ? ret : 1;
	}
	if (left < 2)
		return nlab_fail(err, NLAB_FAULT_INPUT, EINVAL,
				 "%s has no value",
				 nlab_quote(quoted, word[0]));
	if (!nlab_word_is(word[0], "carrier")) {
		ret = nlab_link_parse(&step->dir, word[0], word[1], err);
		return ret ? ret : 2;
	}
	if (!nlab_word_is(word[1], ways[0]) && !nlab_word_is(word[1], ways[1]))
		return nlab_unknown(err, "value of carrier", word[1], ways);
	ret = switch_once(&step->carrier, nlab_word_is(word[1], ways[1]),
			  "carrier", err);
	return ret ? ret : 2;
}

static struct nlab_link_step *append(struct nlab_link_schedule *schedule)
{
	struct nlab_link_step *step;

	step = nlab_list_grow(schedule->step, schedule->count, &schedule->room,
			      sizeof(*step));
	if (!step)
		return NULL;
	schedule->step = step;
	step += schedule->count++;
	memset(step, 0, sizeof(*step));
	return step;
}

static int take_line(struct nlab_link_schedule *schedule, uint32_t line,
		     struct nlab_word text, struct nlab_err *err)
{
	struct nlab_word word[WORDS_MAX];
	size_t count = nlab_split(word, WORDS_MAX, text), i;
	struct nlab_link_step *step;
	uint64_t at = 0;
	int ret;

	if (!count)
		return 0;
	if (nlab_word_is(word[0], "period"))
		return take_period(schedule, line, word, count, err);
	ret = take_time(schedule, &at, word[0], err);
	if (ret)
		return ret;
	if (count == 1)
		return nlab_fail(err, NLAB_FAULT_INPUT, EINVAL,
				 "nothing changes, expected: [+]TIME, then KEY VALUE, carrier up, carrier down, pause or resume");
	if (schedule->count == NLAB_LINK_STEPS)
		return nlab_fail(err, NLAB_FAULT_INPUT, E2BIG,
				 "more than %d steps", NLAB_LINK_STEPS);
	step = append(schedule);
	if (!step)
		return nlab_fail(err, NLAB_FAULT_KERNEL, ENOMEM,
				 "out of memory");
	step->at = at;
	step->line = line;
	for (i = 1; i < count; i += (size_t)ret) {
		ret = take_change(step, word + i, count - i, err);
		if (ret < 0)
			return ret;
	}
	return 0;
}

int nlab_schedule_parse(struct nlab_link_schedule *schedule, const char *name,
			struct nlab_word text, struct nlab_err *err)
{
	uint32_t number = 0;
	int ret = 0;

	memset(schedule, 0, sizeof(*schedule));
	schedule->name = name;
	while (text.len && !ret) {
		number++;
		ret = take_line(schedule, number, nlab_cut(&text, '\n'), err);
	}
	if (!ret && !schedule->count)
		ret = nlab_fail(err, NLAB_FAULT_INPUT, EINVAL,
				"no step in the schedule");
	if (ret)
		snprintf(err->place, sizeof(err->place), "%s:%" PRIu32, name,
			 number);
	return ret;
}

void nlab_schedule_free(struct nlab_link_schedule *schedule)
{
	free(schedule->step);
	memset(schedule, 0, sizeof(*schedule));
}
