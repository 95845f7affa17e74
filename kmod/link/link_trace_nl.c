// SPDX-License-Identifier: GPL-2.0
/* Delivery traces and tables in netlink messages. */
#include <linux/netlink.h>

#include "../netlink-gen.h"
#include "link_nl.h"

/* A part of the trace of direction @way. Return: NULL if @attr is none. */
static const struct nlattr *part_of(const struct nlattr *attr, int way)
{
	const struct nlattr *ways;

	if (nla_type(attr) != NLAB_A_LINK_TRACE)
		return NULL;
	ways = nla_find_nested(attr, NLAB_A_LINK_TRACE_WAYS);
	return ways && nla_get_u32(ways) & 1 << way ? attr : NULL;
}

static int check_part(const struct nlattr *attr, struct netlink_ext_ack *extack)
{
	const struct nlattr *times;

	if (!nla_find_nested(attr, NLAB_A_LINK_TRACE_WAYS))
		return refuse(extack, attr, "trace without ways", -EINVAL);
	times = nla_find_nested(attr, NLAB_A_LINK_TRACE_RATE);
	if (!times)
		times = nla_find_nested(attr, NLAB_A_LINK_TRACE_COUNT);
	if (times)
		return refuse(extack, times, "attribute is read only", -EINVAL);
	times = nla_find_nested(attr, NLAB_A_LINK_TRACE_TIMES);
	if (times && nla_len(times) % sizeof(u32))
		return refuse(extack, times, "times must be of u32", -EINVAL);
	return 0;
}

/* How many times there are for a direction, or an error. */
static int count_times(struct link_plan *plan, int way,
		       const struct genl_info *info)
{
	const struct nlattr *attr, *times;
	u32 count = 0;
	int rem, err;

	nlmsg_for_each_attr(attr, info->nlhdr, GENL_HDRLEN, rem) {
		if (nla_type(attr) != NLAB_A_LINK_TRACE)
			continue;
		err = check_part(attr, info->extack);
		if (err)
			return err;
		if (!part_of(attr, way))
			continue;
		plan->trace_given[way] = true;
		times = nla_find_nested(attr, NLAB_A_LINK_TRACE_TIMES);
		count += times ? nla_len(times) / sizeof(u32) : 0;
		if (count > LINK_CHANCES_MAX)
			return refuse(info->extack, attr,
				      "more than 1048576 opportunities",
				      -E2BIG);
	}
	return count;
}

static int take_times(struct link_trace *trace, const struct nlattr *times,
		      struct netlink_ext_ack *extack)
{
	u32 i = trace->count;

	trace->count += nla_len(times) / sizeof(u32);
	memcpy(trace->at + i, nla_data(times), nla_len(times));
	for (i = max(i, 1U); i < trace->count; i++)
		if (trace->at[i] < trace->at[i - 1])
			return refuse(extack, times, "times must ascend",
				      -EINVAL);
	return 0;
}

int link_trace_parse(struct link_plan *plan, int way,
		     const struct genl_info *info)
{
	const struct nlattr *attr, *times, *last = NULL;
	int count = count_times(plan, way, info), rem, err;
	struct link_trace *trace;

	if (count <= 0)
		return count;
	trace = kvzalloc(struct_size(trace, at, count), GFP_KERNEL_ACCOUNT);
	if (!trace)
		return -ENOMEM;
	/* whoever gets an error frees it */
	plan->trace[way] = trace;
	nlmsg_for_each_attr(attr, info->nlhdr, GENL_HDRLEN, rem) {
		times = part_of(attr, way) ?
			nla_find_nested(attr, NLAB_A_LINK_TRACE_TIMES) : NULL;
		if (!times)
			continue;
		err = take_times(trace, times, info->extack);
		if (err)
			return err;
		last = times;
	}
	if (!trace->at[trace->count - 1])
		return refuse(info->extack, last, "last time must not be 0",
			      -EINVAL);
	return 0;
}

static int take_table(struct link_plan *plan, int way,
		      const struct nlattr *attr, struct netlink_ext_ack *extack)
{
	const struct nlattr *ways, *values;

	ways = nla_find_nested(attr, NLAB_A_LINK_TABLE_WAYS);
	values = nla_find_nested(attr, NLAB_A_LINK_TABLE_VALUES);
	if (!ways || !values)
		return refuse(extack, attr, "table without ways or values",
			      -EINVAL);
	if (!(nla_get_u32(ways) & 1 << way))
		return 0;
	if (plan->table[way])
		return refuse(extack, attr, "two tables for a direction",
			      -EINVAL);
	if (!link_table_valid(nla_data(values)))
		return refuse(extack, values,
			      "values must ascend, from -16 to 16", -EINVAL);
	plan->table[way] = kvmalloc(nla_len(values), GFP_KERNEL_ACCOUNT);
	if (!plan->table[way])
		return -ENOMEM;
	memcpy(plan->table[way], nla_data(values), nla_len(values));
	return 0;
}

int link_table_parse(struct link_plan *plan, int way,
		     const struct genl_info *info)
{
	const struct nlattr *attr;
	int rem, err;

	nlmsg_for_each_attr(attr, info->nlhdr, GENL_HDRLEN, rem) {
		if (nla_type(attr) != NLAB_A_LINK_TABLE)
			continue;
		err = take_table(plan, way, attr, info->extack);
		if (err)
			return err;
	}
	return 0;
}

int link_trace_fill(struct sk_buff *skb, const struct link_dir *dir)
{
	struct nlattr *nest;

	if (!dir->trace)
		return 0;
	nest = nla_nest_start(skb, NLAB_A_LINK_DIR_TRACE);
	if (!nest ||
	    nla_put_u32(skb, NLAB_A_LINK_TRACE_COUNT, dir->trace->count) ||
	    nla_put_u64_64bit(skb, NLAB_A_LINK_TRACE_RATE,
			      link_trace_rate(dir->trace),
			      NLAB_A_LINK_TRACE_PAD))
		return -EMSGSIZE;
	nla_nest_end(skb, nest);
	return 0;
}
