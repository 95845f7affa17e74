/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Announcements: whether this node may be announced as a translator, and the
 * device whose carrier says so. Prototypes stand under the name of the file
 * that defines them. Everything here is under RTNL.
 */
#ifndef NLAB_ANNOUNCE_H
#define NLAB_ANNOUNCE_H

#include <linux/in6.h>
#include <linux/netdevice.h>
#include <linux/nlab.h>
#include <linux/workqueue.h>

enum {
	ANNOUNCE_PREFIXES = 64,
	ANNOUNCE_UPLINKS = 8,
	ANNOUNCE_DIGEST = 16,
};

struct announce_prefix {
	union {
		__be32 v4;
		struct in6_addr v6;
	};
	u8 len;
	bool is_v4;
};

/**
 * struct announce_conf - settings
 * @prefix: what is announced, for the agent
 * @uplink: devices that have to be up
 * @device: the anchor that the agent makes
 * @probe: source of the probes, 0 for none
 * @interval: milliseconds between probes
 * @fall: lost probes in a row until the node is withdrawn
 * @hold: milliseconds of health before it is announced
 * @digest: that of the maps that are expected, zero for any
 * @form: enum nlab_announce_form
 * @prefixes: how many
 * @uplinks: how many
 */
struct announce_conf {
	struct announce_prefix prefix[ANNOUNCE_PREFIXES];
	char uplink[ANNOUNCE_UPLINKS][IFNAMSIZ];
	char device[IFNAMSIZ];
	__be32 probe;
	u32 interval;
	u32 fall;
	u32 hold;
	u8 digest[ANNOUNCE_DIGEST];
	u8 form;
	u8 prefixes;
	u8 uplinks;
};

/**
 * struct announce_net - announcement of a namespace
 * @net: the namespace
 * @conf: settings, NULL if none was ever set
 * @work: looks again when the translator has come or gone
 * @beat: jiffies of the agent's last verdict
 * @faults: what the agent found wrong, bits of enum nlab_announce_reason
 * @reasons: why the node is withdrawn
 * @drained: by the administrator
 * @healthy: verdict of the agent
 * @beaten: there was a verdict
 * @alive: the translator has its hooks in place (any context)
 * @up: carrier of the anchors
 */
struct announce_net {
	struct net *net;
	struct announce_conf *conf;
	struct work_struct work;
	u64 beat;
	u32 faults;
	u32 reasons;
	bool drained;
	bool healthy;
	bool beaten;
	bool alive;
	bool up;
};

/* --- announce_net.c --- */

struct announce_net *announce_net(struct net *net);
const struct announce_conf *announce_conf(const struct announce_net *an);
/* Judges anew; sets the carrier of the anchors and tells listeners. */
void announce_update(struct announce_net *an);
int announce_init(void);
/* After announce_dev_exit(). */
void announce_exit(void);

/* --- announce_dev.c --- */

/* A packet as from a wire; -ENODEV if the device is no anchor. May sleep. */
int announce_receive(struct net *net, const char *name, const void *packet,
		     unsigned int len);
int announce_dev_init(void);
/* Deletes the anchors of all namespaces. */
void announce_dev_exit(void);

/* --- announce_nl.c --- */

void announce_event(struct announce_net *an);

#endif
