// SPDX-License-Identifier: GPL-2.0
/*
 * Queueing discipline "nlab": one direction of a link in front of a device that
 * is not ours. Packets go through queue, serialiser and line as in a link; what
 * is due waits in a list until the kernel asks for it, so that the device can
 * say that it is busy.
 *
 * What can be set is set by nlabctl, as for links.
 */
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <net/pkt_sched.h>

#include "../compat.h"
#include "link_priv.h"

/* All of them, under RTNL. */
LIST_HEAD(link_sched_list);

static void add_ready(struct link_sched *ls, struct sk_buff *skb)
{
	ls->ready_packets += link_cb(skb)->packets;
	ls->ready_bytes += link_cb(skb)->bytes;
	__skb_queue_tail(&ls->ready, skb);
}

static struct sk_buff *take_ready(struct link_sched *ls)
{
	struct sk_buff *skb = __skb_dequeue(&ls->ready);

	if (skb) {
		ls->ready_packets -= link_cb(skb)->packets;
		ls->ready_bytes -= link_cb(skb)->bytes;
	}
	return skb;
}

void link_sched_due(struct link_sched *ls, struct sk_buff_head *due)
{
	struct Qdisc *sch = ls->qdisc;
	struct sk_buff *skb;

	while ((skb = __skb_dequeue(due)))
		add_ready(ls, skb);
	/*
	 * Who takes it away sets the bit, waits for a grace period, and then
	 * until it is scheduled no more.
	 */
	if (!test_bit(__QDISC_STATE_DEACTIVATED, &sch->state))
		__netif_schedule(sch);
}

static int sched_enqueue(struct sk_buff *skb, struct Qdisc *sch,
			 struct sk_buff **to_free)
{
	struct link_sched *ls = qdisc_priv(sch);
	struct link_dir *dir = &ls->dir;
	struct sk_buff *due;
	bool taken;
	u64 now;

	spin_lock(&dir->lock);
	now = ktime_get_ns();
	taken = link_dir_take(dir, skb, now);
	if (taken) {
		/* the kernel asks at once for what it may send */
		while ((due = link_wire_due(dir, now)))
			add_ready(ls, due);
		link_dir_settle(dir);
	}
	spin_unlock(&dir->lock);
	link_engine_pass(now);
	if (taken)
		return NET_XMIT_SUCCESS;
	__qdisc_drop(skb, to_free);
	return NET_XMIT_DROP;
}

static struct sk_buff *sched_dequeue(struct Qdisc *sch)
{
	struct link_sched *ls = qdisc_priv(sch);
	struct link_cb *cb;
	struct sk_buff *skb;

	spin_lock(&ls->dir.lock);
	skb = take_ready(ls);
	spin_unlock(&ls->dir.lock);
	if (!skb)
		return NULL;
	/* it may have been part of a longer train */
	cb = link_cb(skb);
	nlab_qdisc_set_len(skb, min_t(u64, cb->bytes, U32_MAX), cb->packets);
	qdisc_bstats_update(sch, skb);
	return skb;
}

/* --- making and deleting --- */

static int sched_init(struct Qdisc *sch, struct nlattr *opt,
		      struct netlink_ext_ack *extack)
{
	struct link_sched *ls = qdisc_priv(sch);
	struct net_device *dev = qdisc_dev(sch);

	/* destroyed also after a refusal */
	INIT_LIST_HEAD(&ls->list);
	__skb_queue_head_init(&ls->ready);
	ls->qdisc = sch;
	link_dir_init(&ls->dir, dev);
	ls->dir.sched = ls;
	if (opt) {
		NL_SET_ERR_MSG(extack,
			       "parameters are set by nlabctl set-link");
		return -EINVAL;
	}
	if (sch->parent != TC_H_ROOT) {
		NL_SET_ERR_MSG(extack,
			       "nlab is for the root of a device only; redirect what else is meant to an ifb (tc-mirred)");
		return -EOPNOTSUPP;
	}
	if (link_is_link(dev)) {
		NL_SET_ERR_MSG(extack,
			       "the device is an emulated link itself, use nlabctl set-link");
		return -EOPNOTSUPP;
	}
	/* Newer kernels let as many wait on other CPUs; ours come behind. */
	sch->limit = U32_MAX;
	link_dir_set(&ls->dir, &ls->dir.conf, true);
	link_dir_open(&ls->dir);
	list_add_tail(&ls->list, &link_sched_list);
	return 0;
}

static void drop_held(struct link_sched *ls)
{
	struct sk_buff *skb;

	link_dir_close(&ls->dir);
	spin_lock_bh(&ls->dir.lock);
	while ((skb = take_ready(ls))) {
		ls->dir.counts.drop_down += link_cb(skb)->packets;
		kfree_skb(skb);
	}
	spin_unlock_bh(&ls->dir.lock);
}

/* The device goes down, or gets another discipline. */
static void sched_reset(struct Qdisc *sch)
{
	struct link_sched *ls = qdisc_priv(sch);

	drop_held(ls);
	/* the kernel's own numbers begin anew, too */
	ls->shown_packets = 0;
	ls->shown_bytes = 0;
	link_dir_open(&ls->dir);
}

/* An engine that has taken it out of its tree finds it closed. */
static void sched_destroy(struct Qdisc *sch)
{
	struct link_sched *ls = qdisc_priv(sch);

	list_del(&ls->list);
	drop_held(ls);
	link_dir_release(&ls->dir);
}

/* --- showing --- */

/*
 * What tc shows are the direction's counters, summed up. Length and backlog are
 * the kernel's as well, which adds what the device gave back.
 */
static int sched_dump(struct Qdisc *sch, struct sk_buff *skb)
{
	struct link_sched *ls = qdisc_priv(sch);
	struct link_dir *dir = &ls->dir;
	const struct link_counts *c = &dir->counts;
	u32 packets, bytes;

	sch_tree_lock(sch);
	spin_lock(&dir->lock);
	packets = dir->queue_packets + ls->ready_packets;
	bytes = dir->queue_bytes + ls->ready_bytes;
	sch->q.qlen += packets - ls->shown_packets;
	sch->qstats.backlog += bytes - ls->shown_bytes;
	ls->shown_packets = packets;
	ls->shown_bytes = bytes;
	sch->qstats.drops = c->lost + c->drop_queue + c->drop_down +
			    c->drop_memory + c->drop_aqm;
	spin_unlock(&dir->lock);
	sch_tree_unlock(sch);
	return skb->len;
}

struct Qdisc_ops link_sched_ops __read_mostly = {
	.id = LINK_SCHED_KIND,
	.priv_size = sizeof(struct link_sched),
	.enqueue = sched_enqueue,
	.dequeue = sched_dequeue,
	.peek = qdisc_peek_dequeued,
	.init = sched_init,
	.reset = sched_reset,
	.destroy = sched_destroy,
	.dump = sched_dump,
	.owner = THIS_MODULE,
};

struct link_dir *link_sched_of(const struct net_device *dev)
{
	struct Qdisc *sch = rtnl_dereference(dev->qdisc);

	if (!sch || sch->ops != &link_sched_ops)
		return NULL;
	return &((struct link_sched *)qdisc_priv(sch))->dir;
}

/* tc asks for the first name, since 6.8 for the second */
MODULE_ALIAS("sch_" LINK_SCHED_KIND);
MODULE_ALIAS("net-sch-" LINK_SCHED_KIND);
