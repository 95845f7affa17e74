/* SPDX-License-Identifier: GPL-2.0 */
/* CoDel (RFC 8289): which packets of a queue to drop or to mark. */
#ifndef NLAB_PURE_LINK_CODEL_H
#define NLAB_PURE_LINK_CODEL_H

#include <nlab/env.h>

enum {
	/* A queue of no more than this, a packet, is not too long. */
	LINK_CODEL_BYTES = 1514,
	/* A state of so many intervals ago still says how many to drop. */
	LINK_CODEL_MEMORY = 16,
};

/**
 * struct link_codel - state of a queue
 * @above: when packets will have waited too long for an interval, or 0
 * @next: time of the next drop
 * @count: drops since they began
 * @last_count: of the time before
 * @dropping: drops have begun
 */
struct link_codel {
	u64 above;
	u64 next;
	u32 count;
	u32 last_count;
	bool dropping;
};

/**
 * link_codel_hit() - is the packet that leaves the queue to be dropped?
 * @state: changed
 * @target: time that packets may wait
 * @interval: time that they must have waited longer for, not 0
 * @waited: by this packet
 * @now: when it leaves the queue
 * @bytes: that wait behind it
 */
bool link_codel_hit(struct link_codel *state, u64 target, u64 interval,
		    u64 waited, u64 now, u64 bytes);

#endif
