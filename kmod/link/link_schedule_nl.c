// SPDX-License-Identifier: GPL-2.0
/* Schedules in netlink messages. */
#include <linux/netlink.h>

#include "../netlink-gen.h"
#include "link_nl.h"

/* Keeps sums of times within 64 bits. */
#define LINK_SCHEDULE_MAX	(366ULL * 86400 * NSEC_PER_SEC)

/**
 * struct steps - the steps of one schedule in a request
 * @first: attribute behind that of the schedule
 * @len: bytes from there to the end of the message
 * @count: how many there are
 * @bytes: of their patches
 */
struct steps {
	const struct nlattr *first;
	int len;
	u32 count;
	u32 bytes;
};

int link_plan_asked(const struct genl_info *info)
{
	const struct nlattr *attr;
	int rem, count = 0;

	if (!info->attrs[NLAB_A_LINK_SCHEDULE] &&
	    !info->attrs[NLAB_A_LINK_STEP] &&
	    !info->attrs[NLAB_A_LINK_TRACE] && !info->attrs[NLAB_A_LINK_TABLE])
		return 0;
	nlmsg_for_each_attr(attr, info->nlhdr, GENL_HDRLEN, rem)
		if (nla_type(attr) == NLAB_A_LINK && count++)
			return refuse(info->extack, attr,
				      "schedules, traces and tables are for one link",
				      -EINVAL);
	return 1;
}

/* What an attribute says of directions; NULL if it is none of these. */
static const struct nlattr *ways_of(const struct nlattr *attr)
{
	switch (nla_type(attr)) {
	case NLAB_A_LINK_SCHEDULE:
		return nla_find_nested(attr, NLAB_A_LINK_SCHEDULE_WAYS);
	case NLAB_A_LINK_TRACE:
		return nla_find_nested(attr, NLAB_A_LINK_TRACE_WAYS);
	case NLAB_A_LINK_TABLE:
		return nla_find_nested(attr, NLAB_A_LINK_TABLE_WAYS);
	default:
		return NULL;
	}
}

int link_plan_check_out(const struct genl_info *info)
{
	const struct nlattr *attr, *ways;
	int rem;

	nlmsg_for_each_attr(attr, info->nlhdr, GENL_HDRLEN, rem) {
		ways = ways_of(attr);
		if (ways && !(nla_get_u32(ways) & 1))
			return refuse(info->extack, ways,
				      "a queueing discipline has one direction, out",
				      -EINVAL);
	}
	return 0;
}

bool link_plan_switches_carrier(const struct link_plan *plan)
{
	const struct link_schedule *schedule = plan->schedule[0];
	u32 i;

	for (i = 0; schedule && i < schedule->count; i++)
		if (schedule->step[i].carrier)
			return true;
	return false;
}

/* Up to the next schedule. */
static bool is_over(const struct nlattr *attr)
{
	return nla_type(attr) == NLAB_A_LINK_SCHEDULE;
}

static void measure(struct steps *steps)
{
	const struct nlattr *attr;
	int rem;

	steps->count = 0;
	steps->bytes = 0;
	nla_for_each_attr(attr, steps->first, steps->len, rem) {
		if (is_over(attr))
			break;
		if (nla_type(attr) != NLAB_A_LINK_STEP)
			continue;
		steps->count++;
		steps->bytes += link_conf_patches(
			nla_find_nested(attr, NLAB_A_LINK_STEP_DIR), NULL, NULL);
	}
}

/* @room: bytes for patches, of which @used were */
static int parse_step(struct link_schedule *schedule, u32 room, u32 *used,
		      const struct nlattr *attr, struct link_conf *conf,
		      struct netlink_ext_ack *extack)
{
	struct link_moment *step = &schedule->step[schedule->count];
	struct nlattr *tb[NLAB_A_LINK_STEP_SENDING + 1];
	int err;

	err = nla_parse_nested(tb, NLAB_A_LINK_STEP_SENDING, attr,
			       nlab_link_step_nl_policy, extack);
	if (err)
		return err;
	if (!tb[NLAB_A_LINK_STEP_AT])
		return refuse(extack, attr, "step without a time", -EINVAL);
	step->at = nla_get_u64(tb[NLAB_A_LINK_STEP_AT]);
	if (step->at > LINK_SCHEDULE_MAX)
		return refuse(extack, attr, "time above 366 days", -ERANGE);
	if (schedule->count && step->at < step[-1].at)
		return refuse(extack, attr, "time before that of the step before",
			      -ERANGE);
	err = link_conf_parse(tb[NLAB_A_LINK_STEP_DIR], conf, &step->restart,
			      extack);
	if (err)
		return err;
	/* measure() saw the first attribute of a kind, this is the last one */
	if (link_conf_patches(tb[NLAB_A_LINK_STEP_DIR], NULL, NULL) >
	    room - *used)
		return refuse(extack, attr, "two dir in a step", -EINVAL);
	step->patches = *used;
	step->size = link_conf_patches(tb[NLAB_A_LINK_STEP_DIR], conf,
				       schedule->patches + *used);
	*used += step->size;
	if (tb[NLAB_A_LINK_STEP_CARRIER])
		step->carrier = nla_get_u32(tb[NLAB_A_LINK_STEP_CARRIER]);
	if (tb[NLAB_A_LINK_STEP_SENDING])
		step->sending = nla_get_u32(tb[NLAB_A_LINK_STEP_SENDING]);
	schedule->count++;
	return 0;
}

/*
 * Each change of a carrier costs the whole machine RTNL and a grace period, so
 * a namespace of a user may not ask for many.
 */
static int check_carrier(const struct link_schedule *schedule,
			 const struct nlattr *attr,
			 struct netlink_ext_ack *extack)
{
	u64 first = 0, last = 0, room = LINK_SCHEDULE_MAX;
	bool any = false;
	u32 i;

	for (i = 0; i < schedule->count; i++) {
		if (!schedule->step[i].carrier)
			continue;
		if (any)
			room = min(room, schedule->step[i].at - last);
		else
			first = schedule->step[i].at;
		last = schedule->step[i].at;
		any = true;
	}
	if (any && schedule->period)
		room = min(room, schedule->period - last + first);
	return room < LINK_CARRIER_TIME ?
	       refuse(extack, attr, "carrier steps within 10 ms of each other",
		      -ERANGE) : 0;
}

static int check_period(const struct link_schedule *schedule,
			const struct nlattr *attr,
			struct netlink_ext_ack *extack)
{
	u64 period = schedule->period;

	if (!period)
		return 0;
	if (period > LINK_SCHEDULE_MAX)
		return refuse(extack, attr, "period above 366 days", -ERANGE);
	if (period < schedule->step[schedule->count - 1].at)
		return refuse(extack, attr, "period ends before the last step",
			      -ERANGE);
	if (period < (u64)schedule->count * LINK_STEP_TIME)
		return refuse(extack, attr,
			      "period of less than 100 us a step", -ERANGE);
	return 0;
}

static int make(struct link_plan *plan, int way, struct nlattr **tb,
		const struct nlattr *given, const struct steps *steps,
		const struct link_conf *begin, struct netlink_ext_ack *extack)
{
	struct link_schedule *schedule;
	struct link_conf conf = *begin;
	const struct nlattr *attr;
	u32 used = 0;
	int rem, err;

	schedule = kvzalloc(struct_size(schedule, step, steps->count) +
			    steps->bytes, GFP_KERNEL_ACCOUNT);
	if (!schedule)
		return -ENOMEM;
	/* whoever gets an error frees it */
	plan->schedule[way] = schedule;
	schedule->patches = (u8 *)&schedule->step[steps->count];
	nla_for_each_attr(attr, steps->first, steps->len, rem) {
		if (is_over(attr))
			break;
		if (nla_type(attr) != NLAB_A_LINK_STEP)
			continue;
		err = parse_step(schedule, steps->bytes, &used, attr, &conf, extack);
		if (err)
			return err;
	}
	attr = tb[NLAB_A_LINK_SCHEDULE_PERIOD];
	if (attr)
		schedule->period = nla_get_u64(attr);
	err = check_period(schedule, attr, extack);
	return err ? err : check_carrier(schedule, given, extack);
}

static int parse_one(struct link_plan *plan, int way, const struct nlattr *attr,
		     int rem, const struct link_conf *conf,
		     struct netlink_ext_ack *extack)
{
	struct nlattr *tb[NLAB_A_LINK_SCHEDULE_SENDING + 1];
	struct steps steps = { .len = rem };
	int i, err;

	err = nla_parse_nested(tb, NLAB_A_LINK_SCHEDULE_SENDING, attr,
			       nlab_link_schedule_nl_policy, extack);
	if (err)
		return err;
	for (i = NLAB_A_LINK_SCHEDULE_STEPS; i < ARRAY_SIZE(tb); i++)
		if (tb[i])
			return refuse(extack, tb[i], "attribute is read only",
				      -EINVAL);
	if (!tb[NLAB_A_LINK_SCHEDULE_WAYS])
		return refuse(extack, attr, "schedule without ways", -EINVAL);
	if (!(nla_get_u32(tb[NLAB_A_LINK_SCHEDULE_WAYS]) & 1 << way))
		return 0;
	if (plan->given[way])
		return refuse(extack, attr, "two schedules for a direction",
			      -EINVAL);
	plan->given[way] = true;
	steps.first = nla_next(attr, &steps.len);
	measure(&steps);
	if (steps.count > LINK_STEPS_MAX)
		return refuse(extack, attr, "more than 16384 steps", -E2BIG);
	if (!steps.count)
		return tb[NLAB_A_LINK_SCHEDULE_PERIOD] ?
		       refuse(extack, attr, "period without steps", -EINVAL) :
		       0;
	return make(plan, way, tb, attr, &steps, conf, extack);
}

int link_plan_parse(struct link_plan *plan, int way,
		    const struct link_conf *conf, const struct genl_info *info)
{
	const struct nlattr *attr;
	bool any = false;
	int rem, err;

	nlmsg_for_each_attr(attr, info->nlhdr, GENL_HDRLEN, rem) {
		if (nla_type(attr) == NLAB_A_LINK_STEP && !any)
			return refuse(info->extack, attr,
				      "step before its schedule", -EINVAL);
		if (!is_over(attr))
			continue;
		any = true;
		err = parse_one(plan, way, attr, rem, conf, info->extack);
		if (err)
			return err;
	}
	return link_trace_parse(plan, way, info);
}

void link_plan_commit(struct link_plan *plan, int way, struct link_dir *dir)
{
	if (plan->given[way])
		link_schedule_set(dir, plan->schedule[way]);
	if (plan->trace_given[way])
		link_trace_set(dir, plan->trace[way]);
	plan->schedule[way] = NULL;
	plan->trace[way] = NULL;
}

void link_plan_free(struct link_plan *plan)
{
	int i;

	for (i = 0; i < ARRAY_SIZE(plan->given); i++) {
		kvfree(plan->schedule[i]);
		kvfree(plan->trace[i]);
		kvfree(plan->table[i]);
	}
}

/* --- to a message --- */

static int put_u64(struct sk_buff *skb, int type, u64 value)
{
	return nla_put_u64_64bit(skb, type, value, NLAB_A_LINK_SCHEDULE_PAD);
}

static int put_switch(struct sk_buff *skb, int type, bool on)
{
	return nla_put_u32(skb, type,
			   on ? NLAB_LINK_SWITCH_ON : NLAB_LINK_SWITCH_OFF);
}

int link_schedule_fill(struct sk_buff *skb, const struct link_dir *dir)
{
	u64 next = link_schedule_next(dir), now = ktime_get_ns();
	struct nlattr *nest;

	if (!dir->schedule)
		return 0;
	nest = nla_nest_start(skb, NLAB_A_LINK_DIR_SCHEDULE);
	if (!nest || put_u64(skb, NLAB_A_LINK_SCHEDULE_PERIOD,
			     dir->schedule->period) ||
	    nla_put_u32(skb, NLAB_A_LINK_SCHEDULE_STEPS,
			dir->schedule->count) ||
	    nla_put_u32(skb, NLAB_A_LINK_SCHEDULE_NEXT, dir->progress.next) ||
	    (next != LINK_NEVER &&
	     put_u64(skb, NLAB_A_LINK_SCHEDULE_WAIT,
		     next > now ? next - now : 0)) ||
	    put_u64(skb, NLAB_A_LINK_SCHEDULE_LAPS, dir->progress.laps) ||
	    put_u64(skb, NLAB_A_LINK_SCHEDULE_LATE, dir->step_late) ||
	    put_switch(skb, NLAB_A_LINK_SCHEDULE_CARRIER, !dir->dark) ||
	    put_switch(skb, NLAB_A_LINK_SCHEDULE_SENDING, !dir->paused))
		return -EMSGSIZE;
	nla_nest_end(skb, nest);
	return 0;
}
