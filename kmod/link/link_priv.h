/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Emulated links, inside. A link is a pair of devices; each device owns the
 * direction from itself to its peer. A packet waits in the queue, is put on
 * the wire by the serialiser, and flies until it is due at the peer:
 *
 *	queue -> serialiser (rate) -> line (delay, jitter) -> peer
 */
#ifndef NLAB_LINK_PRIV_H
#define NLAB_LINK_PRIV_H

#include <linux/netdevice.h>
#include <linux/rbtree.h>
#include <linux/rtnetlink.h>
#include <linux/skbuff.h>
#include <net/sch_generic.h>

#include "../pure/link_codel.h"
#include "../pure/link_fate.h"
#include "../pure/link_red.h"
#include "../pure/link_schedule.h"
#include "../pure/link_slot.h"
#include "../pure/link_trace.h"

#define LINK_KIND	"nlink"
#define LINK_SCHED_KIND	"nlab"

enum {
	LINK_OWNER_SIZE = 32,
	/* A train that takes longer than this is cut into shorter ones, in ns. */
	LINK_TRAIN_MAX = 100 * 1000,
	/* How far the serialiser works ahead of the clock, in ns. */
	LINK_AHEAD = 100 * 1000,
	/* Between two times at which an engine looks, in ns. */
	LINK_GRACE = 10 * 1000,
	/* How long after the last packet another CPU may deliver, in ns. */
	LINK_STAY = 10 * 1000 * 1000,
};

/* No event, and no time at which a timer is set. */
#define LINK_NEVER	U64_MAX

/* By number of the attribute NLAB_A_LINK_STATS_*, up to the present values. */
struct link_counts {
	u64 packets;
	u64 bytes;
	u64 lost;
	u64 duplicated;
	u64 corrupted;
	u64 reordered;
	u64 segmented;
	u64 drop_queue;
	u64 drop_down;
	u64 drop_memory;
	u64 drop_aqm;
	u64 marked;
	u32 max_packets;
	u64 max_bytes;
	u64 late[LINK_LATE_BUCKETS];
};

struct link_engine;

/**
 * struct link_dir - one direction of a link
 * @lock: protects everything below but @node and what is said to be read
 *	without; taken before the lock of an engine
 * @plain: nothing to emulate and nothing held, read without lock
 * @up: both ends are up
 * @dark: no carrier, by a step of @schedule
 * @open: up and not dark
 * @paused: the serialiser begins no packet, by a step of @schedule
 * @running: an engine delivers packets right now
 * @stopped: the transmit queue of @dev was stopped
 * @sched: queueing discipline that it belongs to, NULL in a device of ours
 * @dev: sending device
 * @engine: where @node is, or was last
 * @event: when @engine has to look after this direction
 * @schedule: what changes by itself, or NULL
 * @trace: takes the place of the rate, or NULL
 * @node: in the tree of @engine, under its lock
 * @delivered: when it last had something to deliver
 * @queue: packets that wait
 * @queue_packets: how many on the wire these are, a train is several
 * @queue_bytes: wire bytes of these
 * @line: packets under way in the order in which they are due
 * @passing: packets under way that pass some of @line
 * @passing_count: how many
 * @last_due: no packet of @line may be due before, if the order is kept
 * @free_at: time at which the serialiser is idle
 * @begun: when the last packet began on the wire
 * @rest: what link_wire_ns() rounded away
 * @key: of the draws
 * @number: of the next packet
 * @state: what its fate takes over
 * @conf: parameters
 * @codel: state of @queue
 * @red: another
 * @slot: into which packets of both were put last
 * @progress: of @schedule
 * @step_late: the longest time in ns by which a step of it was late
 * @trace_pos: in @trace
 * @counts: statistics
 *
 * What each packet needs comes first, so that a thousand busy links need few
 * lines of the cache.
 */
struct link_dir {
	spinlock_t lock;
	bool plain;
	bool up;
	bool dark;
	bool open;
	bool paused;
	bool running;
	bool stopped;
	struct link_sched *sched;
	struct net_device *dev;
	struct link_engine *engine;
	u64 event;
	struct link_schedule *schedule;
	struct link_trace *trace;
	struct rb_node node;
	u64 delivered;
	struct sk_buff_head queue;
	u32 queue_packets;
	u64 queue_bytes;
	struct sk_buff_head line;
	struct rb_root_cached passing;
	u32 passing_count;
	u64 last_due;
	u64 free_at;
	u64 begun;
	u64 rest;
	u64 key;
	u64 number;
	struct link_state state;
	struct link_conf conf;
	struct link_codel codel;
	struct link_red red;
	struct link_slot slot;
	struct link_progress progress;
	u64 step_late;
	struct link_trace_pos trace_pos;
	struct link_counts counts;
};

/**
 * struct link_dev - private part of a device
 * @peer: the other end; NULL while the link is made or deleted
 * @dir: from here to @peer
 * @list: in link_list, of the first end of each link only; under RTNL
 * @second: this is not the first end
 * @cut: the wire is cut, the same at both ends; under RTNL
 * @creator: cookie of the namespace that the link was made from
 * @owner: name, or empty
 */
struct link_dev {
	struct net_device __rcu *peer;
	struct link_dir dir;
	struct list_head list;
	bool second;
	bool cut;
	u64 creator;
	char owner[LINK_OWNER_SIZE];
};

/**
 * struct link_sched - private part of a queueing discipline
 * @dir: from its device to whatever is there
 * @qdisc: that it is the private part of
 * @ready: what the device may have, under the lock of @dir
 * @ready_packets: how many on the wire these are
 * @ready_bytes: wire bytes of these
 * @shown_packets: part of the length that the kernel knows, under its lock
 * @shown_bytes: the same
 * @list: in link_sched_list, under RTNL
 */
struct link_sched {
	struct link_dir dir;
	struct Qdisc *qdisc;
	struct sk_buff_head ready;
	u32 ready_packets;
	u64 ready_bytes;
	u32 shown_packets;
	u32 shown_bytes;
	struct list_head list;
};

struct rtnl_link_ops;

/* First ends of all links, under RTNL. */
extern struct list_head link_list;
extern struct rtnl_link_ops link_rtnl_ops;
/* All queueing disciplines, under RTNL. */
extern struct list_head link_sched_list;
extern struct Qdisc_ops link_sched_ops;

/* link_dev.c */
void link_setup(struct net_device *dev);
bool link_is_link(const struct net_device *dev);
/**
 * link_join() - make a link of two registered devices
 * @first: one end
 * @second: the other
 * @creator: namespace from which it was made
 */
void link_join(struct net_device *first, struct net_device *second,
	       struct net *creator);
/* Deletes both ends, with the next unregister_netdevice_many() on @head. */
void link_dellink(struct net_device *dev, struct list_head *head);
/* Prepares a registered device as a pair device is expected to be. */
void link_dev_defaults(struct net_device *dev);

/* link_path.c */
/* The parameters of a new link, with a seed of its own. */
void link_conf_init(struct link_conf *conf);
void link_dir_init(struct link_dir *dir, struct net_device *dev);
/* Both ends are up. */
void link_dir_open(struct link_dir *dir);
/* Its receiver's carrier, if it is open. */
void link_dir_light(struct link_dir *dir);
/* Drops what is held. Nothing of it is reachable any more afterwards. */
void link_dir_close(struct link_dir *dir);
/**
 * link_dir_set() - change the parameters
 * @dir: direction
 * @conf: new parameters
 * @restart: number packets from 0 and begin with new draws
 */
void link_dir_set(struct link_dir *dir, const struct link_conf *conf,
		  bool restart);
/* Takes in a packet at @now, under the lock. Return: false if not. */
bool link_dir_take(struct link_dir *dir, struct sk_buff *skb, u64 now);
/* The same, of the fields that patches in @size bytes are for. */
void link_dir_patch(struct link_dir *dir, const u8 *patches, u32 size,
		    bool restart);
/* Parts of these for who has dir->lock. @when: from which time on it counts */
void link_dir_change(struct link_dir *dir, const struct link_conf *conf,
		     bool restart, u64 when);
void link_dir_reopen(struct link_dir *dir);
/* Leaves the direction such that what comes next will be looked after. */
void link_dir_settle(struct link_dir *dir);
netdev_tx_t link_xmit(struct sk_buff *skb, struct net_device *dev);
/* Has what link_dir_run() needs fetched. Context: rcu_read_lock(). */
void link_dir_prefetch(const struct link_dir *dir);
/**
 * link_dir_run() - do what is due
 * @dir: direction
 * @napi: of the engine
 * @budget: packets at most
 *
 * Context: softirq, rcu_read_lock(). Return: packets handled, at least 1.
 */
int link_dir_run(struct link_dir *dir, struct napi_struct *napi, int budget);

/* link_sched.c */
/* Gives packets of @due to the device, in order. Context: rcu, lock of dir. */
void link_sched_due(struct link_sched *ls, struct sk_buff_head *due);
/* The direction of a device's root discipline, NULL if it is another. RTNL. */
struct link_dir *link_sched_of(const struct net_device *dev);

/* link_wire.c: one packet at the serialiser, under the direction's lock */
u64 link_wire_size(const struct link_conf *conf, const struct sk_buff *skb,
		   u32 *packets);
void link_wire_serve(struct link_dir *dir, u64 now, int *budget);
struct sk_buff *link_wire_due(struct link_dir *dir, u64 now);
u64 link_wire_next(const struct link_dir *dir);
void link_wire_purge(struct link_dir *dir);

/* link_schedule.c */
/* Takes the steps that are due. Context: as link_dir_run(), dir->lock. */
int link_schedule_run(struct link_dir *dir, u64 now, int budget);
/* When the next one is. Context: dir->lock. */
u64 link_schedule_next(const struct link_dir *dir);
/**
 * link_schedule_set() - begin a schedule
 * @dir: direction
 * @schedule: of kvmalloc(), which belongs to @dir now; NULL for none
 *
 * What the schedule before it left paused or without carrier goes on.
 */
void link_schedule_set(struct link_dir *dir, struct link_schedule *schedule);
/* The same of a trace. */
void link_trace_set(struct link_dir *dir, struct link_trace *trace);
/* The same of a table, which can't be NULL. */
void link_table_set(struct link_dir *dir, const s32 *table);
/*
 * The end of a device whose direction is closed: takes all away, and nobody
 * wakes it any more.
 */
void link_dir_release(struct link_dir *dir);

/* link_engine.c */
int link_engine_init(void);
void link_engine_exit(void);
/* Have an engine run @dir at @when or before. Context: BH off, dir->lock. */
void link_engine_wake(struct link_dir *dir, u64 when);
/*
 * A packet comes into a direction at @now: let the engine of this CPU do what
 * is due. Context: BH off.
 */
void link_engine_pass(u64 now);
/* Take @dir out of its engine. Context: BH off, dir->lock. */
void link_engine_forget(struct link_dir *dir);

/**
 * struct link_cb - of a packet in a link, where a qdisc may keep its own
 * @due: when it arrives, or when it came into the queue
 * @bytes: on the wire
 * @packets: on the wire
 */
struct link_cb {
	u64 due;
	u64 bytes;
	u32 packets;
} __packed __aligned(4);

static inline struct link_cb *link_cb(const struct sk_buff *skb)
{
	BUILD_BUG_ON(sizeof(struct link_cb) > QDISC_CB_PRIV_LEN);
	return (struct link_cb *)qdisc_skb_cb(skb)->data;
}

#endif
