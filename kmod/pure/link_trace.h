/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Delivery traces: times at which a wire can send so many bytes, as Mahimahi
 * (Netravali and others 2015) records them of mobile networks.
 */
#ifndef NLAB_PURE_LINK_TRACE_H
#define NLAB_PURE_LINK_TRACE_H

#include <nlab/env.h>

enum {
	LINK_CHANCE_BYTES = 1500,	/* of one opportunity */
	LINK_CHANCES_MAX = 1 << 20,	/* of a trace */
	LINK_TRACE_UNIT = 1000000,	/* of its times, in ns */
};

/**
 * struct link_trace - opportunities to send
 * @count: how many
 * @at: milliseconds of each since the lap began, ascending; the last one ends
 *	the lap and is not 0
 */
struct link_trace {
	u32 count;
	u32 at[];
};

/**
 * struct link_trace_pos - the opportunity in use
 * @begin: time of the first lap
 * @lap: in which lap it is
 * @index: which one
 * @left: bytes of it that nobody had
 */
struct link_trace_pos {
	u64 begin;
	u64 lap;
	u32 index;
	u32 left;
};

/* Goes to the first opportunity from @from on. Return: its time. */
u64 link_trace_begin(const struct link_trace *trace,
		     struct link_trace_pos *pos, u64 from);
/* Sends @bytes from that one on. Return: the time of the last that it takes. */
u64 link_trace_send(const struct link_trace *trace, struct link_trace_pos *pos,
		    u64 bytes);
/* The mean in bits a second, at least 1. */
u64 link_trace_rate(const struct link_trace *trace);

#endif
