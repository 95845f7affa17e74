/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the translator and the announcements know of each other: a device whose
 * carrier says that the translator works (announce/), and whether there is a
 * translator. Defined in announce/.
 */
#ifndef NLAB_ANCHOR_H
#define NLAB_ANCHOR_H

#include <linux/netdevice.h>

extern const struct net_device_ops nlab_anchor_ops;

static inline bool nlab_is_anchor(const struct net_device *dev)
{
	return dev->netdev_ops == &nlab_anchor_ops;
}

/* The translator of @net has its hooks in place, or no more. May sleep. */
void nlab_path_set(struct net *net, bool alive);

#endif
