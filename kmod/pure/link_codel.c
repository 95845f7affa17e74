// SPDX-License-Identifier: GPL-2.0
/* CoDel (RFC 8289): which packets of a queue to drop or to mark. */
#include "link_codel.h"

/* Section 3.3: drops come faster with the root of their number. */
static u64 control_law(u64 from, u64 interval, u32 count)
{
	u64 rest;

	/* an interval has 42 bits, the root 16 behind the point */
	return from + div64_u64_rem(interval << 16,
				    int_sqrt64((u64)count << 32), &rest);
}

/* Have packets waited too long for an interval? */
static bool too_long(struct link_codel *state, u64 target, u64 interval,
		     u64 waited, u64 now, u64 bytes)
{
	if (waited < target || bytes <= LINK_CODEL_BYTES) {
		state->above = 0;
		return false;
	}
	if (!state->above) {
		state->above = now + interval;
		return false;
	}
	return now >= state->above;
}

bool link_codel_hit(struct link_codel *state, u64 target, u64 interval,
		    u64 waited, u64 now, u64 bytes)
{
	bool recent;
	u32 delta;

	if (!too_long(state, target, interval, waited, now, bytes)) {
		state->dropping = false;
		return false;
	}
	if (state->dropping) {
		if (now < state->next)
			return false;
		/* The law divides by it: it must not come to 0 again. */
		if (state->count < ~0U)
			state->count++;
		state->next = control_law(state->next, interval, state->count);
		return true;
	}
	/* begins about where it ended, if that was not long ago */
	delta = state->count - state->last_count;
	recent = now < state->next ||
		 now - state->next < LINK_CODEL_MEMORY * interval;
	state->dropping = true;
	state->count = delta > 1 && recent ? delta : 1;
	state->last_count = state->count;
	state->next = control_law(now, interval, state->count);
	return true;
}
