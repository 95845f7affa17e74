// SPDX-License-Identifier: GPL-2.0
/*
 * A packet's way through a link: straight to the peer while there is nothing
 * to emulate, else into its direction and, when an engine finds it due, from
 * there in batches to the peer.
 */
#include <linux/etherdevice.h>
#include <linux/prefetch.h>
#include <linux/random.h>
#include <net/sch_generic.h>

#include "../compat.h"
#include "link_priv.h"

enum {
	/* What a sender serves before it leaves the rest to the engine. */
	SEND_BURST = 64,
};

/* --- state of a direction --- */

static bool holds_any(const struct link_dir *dir)
{
	return !skb_queue_empty(&dir->queue) || !skb_queue_empty(&dir->line) ||
	       dir->passing_count;
}

/* What waits for a slower device counts as what waits for the serialiser. */
static bool is_full(const struct link_dir *dir)
{
	const struct link_conf *conf = &dir->conf;
	u32 packets = dir->queue_packets;
	u64 bytes = dir->queue_bytes;

	if (dir->sched) {
		packets += dir->sched->ready_packets;
		bytes += dir->sched->ready_bytes;
	}
	return (conf->limit_packets && packets >= conf->limit_packets) ||
	       (conf->limit_bytes && bytes >= conf->limit_bytes);
}

/* Half empty, so that it is not stopped again at once. */
static bool has_room(const struct link_dir *dir)
{
	const struct link_conf *conf = &dir->conf;

	return (!conf->limit_packets ||
		dir->queue_packets <= conf->limit_packets / 2) &&
	       (!conf->limit_bytes || dir->queue_bytes <= conf->limit_bytes / 2);
}

/* Do packets have to come here, whoever holds none? */
static bool is_plain(const struct link_dir *dir)
{
	return dir->open && link_is_plain(&dir->conf) && !dir->trace &&
	       !dir->schedule;
}

void link_dir_settle(struct link_dir *dir)
{
	u64 next = link_schedule_next(dir);

	if (dir->stopped && has_room(dir)) {
		dir->stopped = false;
		netif_tx_wake_all_queues(dir->dev);
	}
	if (dir->running)
		return;
	if (holds_any(dir))
		next = min(next, link_wire_next(dir));
	else
		/* none that goes straight can overtake any more */
		WRITE_ONCE(dir->plain, is_plain(dir));
	link_engine_wake(dir, next);
}

void link_conf_init(struct link_conf *conf)
{
	memset(conf, 0, sizeof(*conf));
	conf->limit_packets = 1000;
	conf->ge_loss = LINK_ALWAYS;
	conf->codel_interval = 100 * NSEC_PER_MSEC;
	conf->red_chance = LINK_ALWAYS / 10 + 1;
	conf->seed = get_random_u64();
}

void link_dir_init(struct link_dir *dir, struct net_device *dev)
{
	spin_lock_init(&dir->lock);
	dir->dev = dev;
	__skb_queue_head_init(&dir->queue);
	__skb_queue_head_init(&dir->line);
	dir->passing = RB_ROOT_CACHED;
	RB_CLEAR_NODE(&dir->node);
	link_conf_init(&dir->conf);
}

void link_dir_open(struct link_dir *dir)
{
	spin_lock_bh(&dir->lock);
	dir->up = true;
	link_dir_reopen(dir);
	link_dir_settle(dir);
	spin_unlock_bh(&dir->lock);
}

void link_dir_light(struct link_dir *dir)
{
	struct link_dev *ld = netdev_priv(dir->dev);

	spin_lock_bh(&dir->lock);
	if (dir->open)
		netif_carrier_on(rtnl_dereference(ld->peer));
	spin_unlock_bh(&dir->lock);
}

void link_dir_close(struct link_dir *dir)
{
	spin_lock_bh(&dir->lock);
	dir->up = false;
	link_dir_reopen(dir);
	link_engine_forget(dir);
	link_dir_settle(dir);
	spin_unlock_bh(&dir->lock);
}

void link_dir_reopen(struct link_dir *dir)
{
	dir->open = dir->up && !dir->dark;
	if (dir->open)
		return;
	link_wire_purge(dir);
	dir->free_at = 0;
	dir->begun = 0;
	dir->last_due = 0;
	/* what was taken for packets that are gone is free again */
	dir->slot.at = 0;
	dir->trace_pos = (struct link_trace_pos){
		.begin = dir->trace_pos.begin, .left = LINK_CHANCE_BYTES };
}

static u64 new_key(const struct link_dir *dir)
{
	const struct link_dev *ld = netdev_priv(dir->dev);
	const struct net_device *peer;

	if (dir->sched)
		return link_key(dir->conf.seed, dir->dev->name, "", 0);
	peer = rcu_dereference_rtnl(ld->peer);
	return link_key(dir->conf.seed, dir->dev->name,
			peer ? peer->name : "", ld->second);
}

void link_dir_change(struct link_dir *dir, const struct link_conf *conf,
		     bool restart, u64 when)
{
	if (conf->rate != dir->conf.rate) {
		/* The next packet begins then, at the new rate, not when it came. */
		dir->free_at = min(dir->free_at, max(when, dir->begun));
		dir->rest = 0;
	}
	/* What they have seen of the queue does not suit others. */
	if (restart || conf->codel_target != dir->conf.codel_target ||
	    conf->codel_interval != dir->conf.codel_interval)
		memset(&dir->codel, 0, sizeof(dir->codel));
	if (restart || !conf->red_max != !dir->conf.red_max)
		memset(&dir->red, 0, sizeof(dir->red));
	/* a slot far away is not waited for */
	if (restart || conf->slot_delay != dir->conf.slot_delay ||
	    conf->slot_jitter != dir->conf.slot_jitter)
		dir->slot.at = 0;
	dir->conf = *conf;
	if (restart) {
		dir->key = new_key(dir);
		dir->number = 0;
		dir->slot.number = 0;
		memset(&dir->state, 0, sizeof(dir->state));
	}
	if (!is_plain(dir))
		WRITE_ONCE(dir->plain, false);
}

void link_dir_set(struct link_dir *dir, const struct link_conf *conf,
		  bool restart)
{
	spin_lock_bh(&dir->lock);
	link_dir_change(dir, conf, restart, ktime_get_ns());
	link_dir_settle(dir);
	spin_unlock_bh(&dir->lock);
}

void link_dir_patch(struct link_dir *dir, const u8 *patches, u32 size,
		    bool restart)
{
	struct link_conf conf;

	spin_lock_bh(&dir->lock);
	conf = dir->conf;
	link_patch_apply(&conf, patches, size);
	link_dir_change(dir, &conf, restart, ktime_get_ns());
	link_dir_settle(dir);
	spin_unlock_bh(&dir->lock);
}

/* --- to the peer --- */

static void deliver(struct link_dir *dir, struct sk_buff_head *out,
		    struct napi_struct *napi)
{
	struct link_dev *ld = netdev_priv(dir->dev);
	struct net_device *peer = rcu_dereference(ld->peer);
	struct sk_buff *skb;
	LIST_HEAD(list);

	while ((skb = __skb_dequeue(out))) {
		unsigned int len = skb->len;

		if (!peer) {
			kfree_skb(skb);
			continue;
		}
		/* frees it if the peer can't take it */
		if (__dev_forward_skb(peer, skb))
			continue;
		dev_sw_netstats_rx_add(peer, len);
		if (peer->features & NETIF_F_GRO)
			napi_gro_receive(napi, skb);
		else
			list_add_tail(&skb->list, &list);
	}
	netif_receive_skb_list(&list);
}

/* Of a thousand links each packet finds another one, and none in the cache. */
void link_dir_prefetch(const struct link_dir *dir)
{
	const struct sk_buff *skb = skb_peek(&dir->line);
	const struct net_device *peer;
	const struct link_dev *ld;

	if (skb) {
		prefetch(skb);
		prefetch(&skb->len);
		prefetch(&skb->data);
	}
	if (dir->sched)
		return;
	ld = netdev_priv(dir->dev);
	peer = rcu_dereference(ld->peer);
	if (peer) {
		prefetch(&peer->flags);
		prefetch(&peer->mtu);
		prefetch(&peer->rx_handler);
		prefetch(&peer->dev_addr);
	}
}

int link_dir_run(struct link_dir *dir, struct napi_struct *napi, int budget)
{
	struct sk_buff_head out;
	struct sk_buff *skb;
	int left = budget;
	u64 now;

	spin_lock(&dir->lock);
	now = ktime_get_ns();
	left -= link_schedule_run(dir, now, left);
	if (!dir->open || dir->running) {
		/* who runs it will settle it */
		if (!dir->running)
			link_dir_settle(dir);
		spin_unlock(&dir->lock);
		return max(budget - left, 1);
	}
	__skb_queue_head_init(&out);
	link_wire_serve(dir, now, &left);
	while (left > 0 && (skb = link_wire_due(dir, now))) {
		__skb_queue_tail(&out, skb);
		left--;
	}
	if (!skb_queue_empty(&out))
		dir->delivered = now;
	if (dir->sched) {
		link_sched_due(dir->sched, &out);
		link_dir_settle(dir);
		spin_unlock(&dir->lock);
		return max(budget - left, 1);
	}
	dir->running = true;
	spin_unlock(&dir->lock);

	deliver(dir, &out, napi);

	spin_lock(&dir->lock);
	dir->running = false;
	link_dir_settle(dir);
	spin_unlock(&dir->lock);
	return max(budget - left, 1);
}

/* --- from the sender --- */

/* Return: false if it was dropped. */
static bool hand_over(struct sk_buff *skb, struct net_device *peer)
{
	unsigned int len = skb->len;

	if (unlikely(__dev_forward_skb(peer, skb) || __netif_rx(skb)))
		return false;
	dev_sw_netstats_rx_add(peer, len);
	return true;
}

static netdev_tx_t send_plain(struct sk_buff *skb, struct net_device *dev,
			      struct net_device *peer)
{
	unsigned int len = skb->len;

	skb_tx_timestamp(skb);
	if (hand_over(skb, peer))
		dev_sw_netstats_tx_add(dev, 1, len);
	else
		DEV_STATS_INC(dev, tx_dropped);
	return NETDEV_TX_OK;
}

/* Somebody holds packets for us, if we say so, instead of losing them. */
static bool has_qdisc(const struct sk_buff *skb, struct net_device *dev)
{
	const struct netdev_queue *txq;

	txq = netdev_get_tx_queue(dev, skb_get_queue_mapping(skb));
	return rcu_dereference_bh(txq->qdisc)->enqueue;
}

/* Return: false if it has no place; it is still the caller's then. */
static bool enqueue(struct link_dir *dir, struct sk_buff *skb, u64 now)
{
	struct link_counts *counts = &dir->counts;
	struct link_cb *cb = link_cb(skb);
	u32 packets;

	cb->bytes = link_wire_size(&dir->conf, skb, &packets);
	cb->packets = packets;
	cb->due = now;
	if (!dir->open) {
		counts->drop_down += packets;
		return false;
	}
	if (is_full(dir)) {
		counts->drop_queue += packets;
		return false;
	}
	__skb_queue_tail(&dir->queue, skb);
	dir->queue_packets += packets;
	dir->queue_bytes += cb->bytes;
	return true;
}

bool link_dir_take(struct link_dir *dir, struct sk_buff *skb, u64 now)
{
	struct link_counts *counts = &dir->counts;
	int burst = SEND_BURST;

	/* the engine may be late, but not a step */
	if (dir->schedule)
		link_schedule_run(dir, now, SEND_BURST);
	if (!enqueue(dir, skb, now))
		return false;
	WRITE_ONCE(dir->plain, false);
	link_wire_serve(dir, now, &burst);
	counts->max_packets = max(counts->max_packets, dir->queue_packets);
	counts->max_bytes = max(counts->max_bytes, dir->queue_bytes);
	return true;
}

/* Of a packet that no other waited before: it needs no engine if it is due. */
static void take_at_once(struct link_dir *dir, u64 now,
			 const struct net_device *peer,
			 struct sk_buff_head *out)
{
	struct sk_buff *skb;

	if (dir->conf.delay || peer->features & NETIF_F_GRO)
		return;
	while ((skb = link_wire_due(dir, now)))
		__skb_queue_tail(out, skb);
}

static netdev_tx_t send_emulated(struct sk_buff *skb, struct link_dir *dir,
				 struct net_device *peer)
{
	struct net_device *dev = dir->dev;
	bool qdisc = has_qdisc(skb, dev);
	unsigned int len = skb->len;
	struct sk_buff_head out;
	bool sent, first;
	u64 now;

	/* Nothing that is held may point into a namespace or a user's page. */
	if (unlikely(skb_orphan_frags(skb, GFP_ATOMIC)))
		goto drop;
	skb_scrub_packet(skb, false);

	__skb_queue_head_init(&out);
	spin_lock(&dir->lock);
	now = ktime_get_ns();
	first = !dir->running && !holds_any(dir);
	sent = link_dir_take(dir, skb, now);
	if (sent) {
		if (qdisc && is_full(dir)) {
			netif_tx_stop_all_queues(dev);
			dir->stopped = true;
		}
		if (first && skb_queue_empty(&dir->queue))
			take_at_once(dir, now, peer, &out);
		link_dir_settle(dir);
	}
	spin_unlock(&dir->lock);
	link_engine_pass(now);
	if (!sent)
		goto drop;
	dev_sw_netstats_tx_add(dev, 1, len);
	while ((skb = __skb_dequeue(&out)))
		hand_over(skb, peer);
	return NETDEV_TX_OK;
drop:
	DEV_STATS_INC(dev, tx_dropped);
	kfree_skb(skb);
	return NETDEV_TX_OK;
}

netdev_tx_t link_xmit(struct sk_buff *skb, struct net_device *dev)
{
	struct link_dev *ld = netdev_priv(dev);
	struct net_device *peer;
	netdev_tx_t ret;

	rcu_read_lock();
	peer = rcu_dereference(ld->peer);
	if (unlikely(!peer || !pskb_may_pull(skb, ETH_HLEN))) {
		DEV_STATS_INC(dev, tx_dropped);
		kfree_skb(skb);
		ret = NETDEV_TX_OK;
	} else if (likely(READ_ONCE(ld->dir.plain) &&
			  !(peer->features & NETIF_F_GRO))) {
		ret = send_plain(skb, dev, peer);
	} else {
		ret = send_emulated(skb, &ld->dir, peer);
	}
	rcu_read_unlock();
	return ret;
}
