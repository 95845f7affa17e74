/* SPDX-License-Identifier: GPL-2.0 */
/* Slots: a wire that delivers in bursts, as radio and cable modems do. */
#ifndef NLAB_PURE_LINK_SLOT_H
#define NLAB_PURE_LINK_SLOT_H

#include "link_fate.h"

/**
 * struct link_slot - the last slot that packets were put into
 * @at: its time, 0 before the first
 * @number: how many there were
 * @packets: in this one
 * @bytes: of these
 */
struct link_slot {
	u64 at;
	u64 number;
	u32 packets;
	u64 bytes;
};

/**
 * link_slot_due() - when a packet is delivered
 * @slot: changed; to be called once for each packet, in order
 * @conf: parameters
 * @key: of the direction
 * @due: when it would be without slots
 * @bytes: on the wire
 *
 * Return: the time of a slot, not before @due.
 */
u64 link_slot_due(struct link_slot *slot, const struct link_conf *conf, u64 key,
		  u64 due, u64 bytes);

#endif
