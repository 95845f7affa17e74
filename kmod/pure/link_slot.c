// SPDX-License-Identifier: GPL-2.0
/* Slots: a wire that delivers in bursts. */
#include "link_slot.h"

static bool is_full(const struct link_slot *slot, const struct link_conf *conf,
		    u64 bytes)
{
	/* a slot has room for one packet, however large that is */
	return (conf->slot_packets && slot->packets >= conf->slot_packets) ||
	       (conf->slot_bytes && slot->packets &&
		slot->bytes + bytes > conf->slot_bytes);
}

/* Time from one slot, or from the first packet after it, to the next. */
static u64 gap(const struct link_slot *slot, const struct link_conf *conf,
	       u64 key)
{
	u64 u = link_draw(key, slot->number, LINK_DRAW_SLOT);
	u64 v = link_draw(key, slot->number, LINK_DRAW_SLOT2);
	/* a jitter is below 2^42 and a shape below 2^20 */
	s64 ns = (s64)conf->slot_delay + (s64)conf->slot_jitter *
		 link_shape(conf, conf->slot_distribution, (u32)(u >> 32),
			    (u32)(v >> 32)) / LINK_DIST_ONE;

	return ns > 0 ? (u64)ns : 0;
}

u64 link_slot_due(struct link_slot *slot, const struct link_conf *conf, u64 key,
		  u64 due, u64 bytes)
{
	if (!conf->slot_delay)
		return due;
	if (due > slot->at || is_full(slot, conf, bytes)) {
		slot->at = (due > slot->at ? due : slot->at) +
			   gap(slot, conf, key);
		slot->number++;
		slot->packets = 0;
		slot->bytes = 0;
	}
	slot->packets++;
	slot->bytes += bytes;
	return slot->at;
}
