// SPDX-License-Identifier: GPL-2.0
/* Delivery traces: times at which a wire can send so many bytes. */
#include "link_trace.h"

static u64 offset(const struct link_trace *trace, u32 index)
{
	return (u64)trace->at[index] * LINK_TRACE_UNIT;
}

static u64 period(const struct link_trace *trace)
{
	return offset(trace, trace->count - 1);
}

static u64 time_of(const struct link_trace *trace,
		   const struct link_trace_pos *pos)
{
	return pos->begin + pos->lap * period(trace) +
	       offset(trace, pos->index);
}

static void go_on(const struct link_trace *trace, struct link_trace_pos *pos,
		  u64 count)
{
	u64 index;

	pos->lap += div64_u64_rem(pos->index + count, trace->count, &index);
	pos->index = (u32)index;
	pos->left = LINK_CHANCE_BYTES;
}

u64 link_trace_begin(const struct link_trace *trace,
		     struct link_trace_pos *pos, u64 from)
{
	u32 low = 0, high = trace->count - 1, mid;
	u64 into;

	if (!pos->left)
		go_on(trace, pos, 1);
	if (time_of(trace, pos) >= from)
		return time_of(trace, pos);
	/* what ends a lap belongs to it, not to the next */
	pos->lap = div64_u64_rem(from - pos->begin - 1, period(trace), &into);
	while (low < high) {
		mid = low + (high - low) / 2;
		if (offset(trace, mid) > into)
			high = mid;
		else
			low = mid + 1;
	}
	pos->index = low;
	pos->left = LINK_CHANCE_BYTES;
	return time_of(trace, pos);
}

u64 link_trace_send(const struct link_trace *trace, struct link_trace_pos *pos,
		    u64 bytes)
{
	if (bytes > pos->left) {
		bytes -= pos->left;
		go_on(trace, pos, div_u64(bytes + LINK_CHANCE_BYTES - 1,
					  LINK_CHANCE_BYTES));
		/* of the last one: the rest of a whole number of them */
		bytes -= (u64)LINK_CHANCE_BYTES *
			 div_u64(bytes - 1, LINK_CHANCE_BYTES);
	}
	pos->left -= (u32)bytes;
	return time_of(trace, pos);
}

u64 link_trace_rate(const struct link_trace *trace)
{
	u64 rest, bits = (u64)trace->count * LINK_CHANCE_BYTES * 8 *
			 1000000000ULL;
	u64 rate = div64_u64_rem(bits, period(trace), &rest);

	return rate ? rate : 1;
}
