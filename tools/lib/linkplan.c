// SPDX-License-Identifier: GPL-2.0
/* What links do by themselves, to the kernel and back. */
#include <errno.h>
#include <inttypes.h>
#include <libmnl/libmnl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "attr.h"
#include "sock.h"

enum {
	DIRECTIONS = 2,
	/* Times in one attribute. */
	TRACE_PART = 8192,
	/* Bytes of each, with its share of headers. */
	TRACE_BYTES = 5,
	TABLE_BYTES = NLAB_LINK_KNOTS * sizeof(int32_t) + 64,
};

static void put_switch(struct nlmsghdr *nlh, uint16_t type,
		       enum nlab_link_switch to)
{
	if (to != NLAB_LINK_SWITCH_KEEP)
		mnl_attr_put_u32(nlh, type, to);
}

/* @ways: bits of directions */
static void put_schedule(struct nlmsghdr *nlh, uint32_t ways,
			 const struct nlab_link_schedule *schedule)
{
	struct nlattr *nest = mnl_attr_nest_start(nlh, NLAB_A_LINK_SCHEDULE);
	size_t i;

	mnl_attr_put_u32(nlh, NLAB_A_LINK_SCHEDULE_WAYS, ways);
	if (schedule && schedule->period)
		mnl_attr_put_u64(nlh, NLAB_A_LINK_SCHEDULE_PERIOD,
				 schedule->period);
	mnl_attr_nest_end(nlh, nest);
	for (i = 0; schedule && i < schedule->count; i++) {
		const struct nlab_link_step *step = &schedule->step[i];

		nest = mnl_attr_nest_start(nlh, NLAB_A_LINK_STEP);
		mnl_attr_put_u64(nlh, NLAB_A_LINK_STEP_AT, step->at);
		nlab_put_link_dir(nlh, NLAB_A_LINK_STEP_DIR, &step->dir);
		put_switch(nlh, NLAB_A_LINK_STEP_CARRIER, step->carrier);
		put_switch(nlh, NLAB_A_LINK_STEP_SENDING, step->sending);
		mnl_attr_nest_end(nlh, nest);
	}
}

static void put_table(struct nlmsghdr *nlh, uint32_t ways, const int32_t *table)
{
	struct nlattr *nest = mnl_attr_nest_start(nlh, NLAB_A_LINK_TABLE);

	mnl_attr_put_u32(nlh, NLAB_A_LINK_TABLE_WAYS, ways);
	mnl_attr_put(nlh, NLAB_A_LINK_TABLE_VALUES,
		     NLAB_LINK_KNOTS * sizeof(*table), table);
	mnl_attr_nest_end(nlh, nest);
}

/* In parts, since an attribute is shorter than 64 KiB; one part at least. */
static void put_trace(struct nlmsghdr *nlh, uint32_t ways,
		      const struct nlab_numbers *trace)
{
	size_t count = trace ? trace->count : 0, at = 0, i;

	do {
		struct nlattr *nest = mnl_attr_nest_start(nlh,
							  NLAB_A_LINK_TRACE);
		uint32_t part[TRACE_PART];

		for (i = 0; i < TRACE_PART && at < count; i++, at++)
			part[i] = (uint32_t)trace->number[at];
		mnl_attr_put_u32(nlh, NLAB_A_LINK_TRACE_WAYS, ways);
		mnl_attr_put(nlh, NLAB_A_LINK_TRACE_TIMES, i * sizeof(part[0]),
			     part);
		mnl_attr_nest_end(nlh, nest);
	} while (at < count);
}

/* Bits of directions that an attribute from direction @d is for: of those that
 * have the same, one says it for both.
 */
static uint32_t ways_from(unsigned int d, const bool given[DIRECTIONS],
			  bool same)
{
	if (given[0] && given[1] && same)
		return d ? 0 : 3;
	return given[d] ? 1U << d : 0;
}

static uint32_t schedule_ways(const struct nlab_link_plan *plan, unsigned int d)
{
	return ways_from(d, plan->given,
			 plan->schedule[0] == plan->schedule[1]);
}

static void put_plan(struct nlmsghdr *nlh, const struct nlab_link_plan *plan)
{
	const bool tables[] = { plan->table[0], plan->table[1] };
	uint32_t ways;
	unsigned int d;

	for (d = 0; d < DIRECTIONS; d++) {
		ways = schedule_ways(plan, d);
		if (ways)
			put_schedule(nlh, ways, plan->schedule[d]);
		ways = ways_from(d, plan->trace_given,
				 plan->trace[0] == plan->trace[1]);
		if (ways)
			put_trace(nlh, ways, plan->trace[d]);
		ways = ways_from(d, tables, plan->table[0] == plan->table[1]);
		if (ways)
			put_table(nlh, ways, plan->table[d]);
	}
}

/* Names the line of the step, or of the period, that the kernel did not like. */
static void blame(const struct nlab_link_plan *plan, const struct nlattr *attr,
		  size_t index, struct nlab_err *err)
{
	bool step = mnl_attr_get_type(attr) == NLAB_A_LINK_STEP;
	unsigned int d;

	if (!step && mnl_attr_get_type(attr) != NLAB_A_LINK_SCHEDULE)
		return;
	for (d = 0; d < DIRECTIONS; d++) {
		const struct nlab_link_schedule *s = plan->schedule[d];
		size_t count = step ? s ? s->count : 0 : 1;

		if (!schedule_ways(plan, d))
			continue;
		if (index >= count) {
			index -= count;
			continue;
		}
		if (s && (step || s->period_line))
			snprintf(err->place, sizeof(err->place),
				 "%s:%" PRIu32, s->name,
				 step ? s->step[index].line : s->period_line);
		else if (s)
			snprintf(err->place, sizeof(err->place), "%s", s->name);
		return;
	}
}

static size_t plan_bytes(const struct nlab_link_plan *plan)
{
	size_t bytes = 2 * (NLAB_LINK_BYTES + TABLE_BYTES);
	unsigned int d;

	for (d = 0; d < DIRECTIONS; d++) {
		if (plan->schedule[d])
			bytes += plan->schedule[d]->count *
				 NLAB_LINK_STEP_BYTES;
		if (plan->trace[d])
			bytes += plan->trace[d]->count * TRACE_BYTES;
	}
	return bytes;
}

/* @fds: namespaces of a new link */
static int talk(struct nlab *nl, uint8_t cmd, const struct nlab_link *link,
		const int fds[2], const struct nlab_link_plan *plan,
		struct nlab_err *err)
{
	void *buf = malloc(plan_bytes(plan));
	const struct nlattr *attr;
	struct nlmsghdr *nlh;
	size_t index;
	int ret;

	if (!buf)
		return nlab_fail(err, NLAB_FAULT_KERNEL, ENOMEM,
				 "out of memory");
	nlh = nlab_request_in(nl, buf, cmd);
	nlab_put_link(nlh, link, fds);
	put_plan(nlh, plan);
	nlab_make_room(nl, nlh->nlmsg_len);
	ret = nlab_talk(nl, nlh, NULL, NULL, err);
	attr = nl->bad ? nlab_attr_at(nlh, nl->bad, &index) : NULL;
	if (ret < 0 && attr)
		blame(plan, attr, index, err);
	free(buf);
	return ret;
}

int nlab_link_set_plan(struct nlab *nl, const struct nlab_link *link,
		       const struct nlab_link_plan *plan, struct nlab_err *err)
{
	return talk(nl, NLAB_CMD_LINK_SET, link, (const int[2]){ -1, -1 }, plan,
		    err);
}

int nlab_link_add(struct nlab *nl, const struct nlab_link *link,
		  const struct nlab_link_plan *plan, struct nlab_err *err)
{
	int fds[2] = { -1, -1 }, i, ret = 0;

	for (i = 0; i < 2 && !ret; i++)
		if (link->end[i].netns[0])
			ret = nlab_netns_open(&fds[i], link->end[i].netns, err);
	if (!ret)
		ret = talk(nl, NLAB_CMD_LINK_ADD, link, fds, plan, err);
	for (i = 0; i < 2; i++)
		if (fds[i] >= 0)
			close(fds[i]);
	return ret;
}

void nlab_get_trace(struct nlab_link_progress *progress,
		    const struct nlattr *nest)
{
	const struct nlattr *attr;

	mnl_attr_for_each_nested(attr, nest) {
		if (mnl_attr_get_type(attr) == NLAB_A_LINK_TRACE_COUNT)
			progress->chances = nlab_get_u32(attr);
		if (mnl_attr_get_type(attr) == NLAB_A_LINK_TRACE_RATE)
			progress->chance_rate = nlab_get_number(attr);
	}
}

void nlab_get_progress(struct nlab_link_progress *progress,
		       const struct nlattr *nest)
{
	const struct nlattr *attr;

	mnl_attr_for_each_nested(attr, nest) {
		uint64_t value = nlab_get_number(attr);

		switch (mnl_attr_get_type(attr)) {
		case NLAB_A_LINK_SCHEDULE_PERIOD:
			progress->period = value;
			break;
		case NLAB_A_LINK_SCHEDULE_STEPS:
			progress->steps = (uint32_t)value;
			break;
		case NLAB_A_LINK_SCHEDULE_NEXT:
			progress->next = (uint32_t)value;
			break;
		case NLAB_A_LINK_SCHEDULE_WAIT:
			progress->wait = value;
			break;
		case NLAB_A_LINK_SCHEDULE_LAPS:
			progress->laps = value;
			break;
		case NLAB_A_LINK_SCHEDULE_LATE:
			progress->late = value;
			break;
		case NLAB_A_LINK_SCHEDULE_CARRIER:
			progress->dark = value == NLAB_LINK_SWITCH_OFF;
			break;
		case NLAB_A_LINK_SCHEDULE_SENDING:
			progress->paused = value == NLAB_LINK_SWITCH_OFF;
			break;
		}
	}
}
