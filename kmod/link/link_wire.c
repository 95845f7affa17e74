// SPDX-License-Identifier: GPL-2.0
/*
 * The serialiser and the line of one direction. Everything here runs under
 * the direction's lock, with bottom halves off.
 */
#include <linux/etherdevice.h>
#include <linux/if_vlan.h>
#include <linux/ip.h>
#include <linux/tcp.h>
#include <linux/udp.h>
#include <net/inet_ecn.h>
#include <net/ip.h>

#include "../compat.h"
#include "link_priv.h"

/* --- sizes --- */

/* Bytes that each packet of a train begins with. */
static u32 train_header(const struct sk_buff *skb)
{
	bool inner = skb->encapsulation;
	u32 type = skb_shinfo(skb)->gso_type;
	int len = inner ? skb_inner_transport_offset(skb) :
			  skb_transport_offset(skb);

	if (type & (SKB_GSO_TCPV4 | SKB_GSO_TCPV6))
		len += inner ? inner_tcp_hdrlen(skb) : tcp_hdrlen(skb);
	else if (type & SKB_GSO_UDP_L4)
		len += sizeof(struct udphdr);
	return len > 0 ? len : 0;
}

u64 link_wire_size(const struct link_conf *conf, const struct sk_buff *skb,
		   u32 *packets)
{
	u32 tag = skb_vlan_tag_present(skb) ? VLAN_HLEN : 0;
	u32 size = skb_shinfo(skb)->gso_size, hdr;

	*packets = 1;
	if (!skb_is_gso(skb))
		return link_wire_bytes(conf, skb->len + tag);
	if (size == GSO_BY_FRAGS) {
		*packets = max_t(u32, skb_shinfo(skb)->gso_segs, 2);
		return link_wire_bytes(conf, skb->len + tag);
	}
	hdr = train_header(skb);
	if (hdr < skb->len)
		*packets = DIV_ROUND_UP(skb->len - hdr, size);
	return link_train_bytes(conf, skb->len + tag, hdr + tag, size,
				*packets);
}

/* --- times --- */

/* Of the serialiser, the mean if it changes. */
static u64 wire_rate(const struct link_dir *dir)
{
	return dir->trace ? link_trace_rate(dir->trace) : dir->conf.rate;
}

/* When a packet, the next one, can begin. */
static u64 wire_begin(const struct link_dir *dir, const struct link_cb *cb)
{
	struct link_trace_pos pos = dir->trace_pos;
	u64 begin = max(dir->free_at, cb->due);

	return dir->trace ? link_trace_begin(dir->trace, &pos, begin) : begin;
}

/* Puts it on the wire. Return: when it ends. */
static u64 wire_send(struct link_dir *dir, const struct link_cb *cb, u64 now)
{
	u64 begin = max(dir->free_at, cb->due);

	dir->begun = begin;
	if (dir->trace) {
		link_trace_begin(dir->trace, &dir->trace_pos, begin);
		return link_trace_send(dir->trace, &dir->trace_pos, cb->bytes);
	}
	return dir->conf.rate ?
	       begin + link_wire_ns(dir->conf.rate, cb->bytes, &dir->rest) :
	       now;
}

/* When the first that waits can begin. */
static u64 next_begin(const struct link_dir *dir)
{
	if (!dir->trace)
		return dir->conf.rate ? dir->free_at : 0;
	return wire_begin(dir, link_cb(skb_peek(&dir->queue)));
}

/* --- trains --- */

/* Does anything happen to one packet of the train? If not, the state goes on. */
static bool train_is_hit(struct link_dir *dir, u32 packets)
{
	const struct link_conf *conf = &dir->conf;
	u64 n, end = dir->number + packets, key = dir->key;
	struct link_state state = dir->state;

	if (!link_needs_draws(conf, &state))
		return false;
	for (n = dir->number; n < end; n++)
		if (link_lost(conf, &state, key, n) ||
		    link_chance(conf->duplicate, key, n, LINK_DRAW_DUPLICATE) ||
		    link_chance(conf->corrupt, key, n, LINK_DRAW_CORRUPT) ||
		    link_chance(conf->reorder, key, n, LINK_DRAW_REORDER))
			return true;
	dir->state = state;
	return false;
}

/* Is it of the simple kind that can be cut into trains? */
static bool can_cut(const struct sk_buff *skb)
{
	u32 type = skb_shinfo(skb)->gso_type &
		   ~(SKB_GSO_DODGY | SKB_GSO_TCP_ECN | SKB_GSO_TCP_FIXEDID);

	return (type == SKB_GSO_TCPV4 || type == SKB_GSO_TCPV6) &&
	       !skb->encapsulation && !skb_has_frag_list(skb) &&
	       skb->ip_summed == CHECKSUM_PARTIAL;
}

/* How many packets of a train may go on together. */
static u32 part_size(struct link_dir *dir, const struct sk_buff *skb)
{
	const struct link_cb *cb = link_cb(skb);
	u32 size = skb_shinfo(skb)->gso_size, part;
	u64 rest = 0, time;

	if (link_needs_singles(&dir->conf) || size == GSO_BY_FRAGS ||
	    dir->trace)
		return 1;
	time = dir->conf.rate ?
	       link_wire_ns(dir->conf.rate, cb->bytes, &rest) : 0;
	if (time > LINK_TRAIN_MAX) {
		if (!can_cut(skb))
			return 1;
		part = div64_u64((u64)LINK_TRAIN_MAX * cb->packets, time);
		/* gso_size has 16 bits, and the highest value is taken */
		part = min_t(u32, part, (U16_MAX - 1) / size);
		return max_t(u32, part, 1);
	}
	return train_is_hit(dir, cb->packets) ? 1 : cb->packets;
}

static void account(struct link_dir *dir, struct sk_buff *skb, u64 since)
{
	struct link_cb *cb = link_cb(skb);
	u32 packets;

	cb->bytes = link_wire_size(&dir->conf, skb, &packets);
	cb->packets = packets;
	cb->due = since;
	dir->queue_packets += packets;
	dir->queue_bytes += cb->bytes;
}

/*
 * Makes a part a train of packets of @size bytes again. @before: how much its
 * IPv4 identification is behind.
 */
static void join_part(struct sk_buff *part, u32 size, u32 type, u32 behind)
{
	u32 hdr = skb_transport_offset(part) + tcp_hdrlen(part);

	if (part->len > hdr + size) {
		skb_shinfo(part)->gso_size = size;
		skb_shinfo(part)->gso_segs = DIV_ROUND_UP(part->len - hdr,
							  size);
		/* what this means is in the first packet only */
		skb_shinfo(part)->gso_type = behind ? type & ~SKB_GSO_TCP_ECN :
						      type;
	}
	if (behind && type & SKB_GSO_TCPV4 && !(type & SKB_GSO_TCP_FIXEDID)) {
		struct iphdr *ip4 = ip_hdr(part);

		/* they were numbered by parts, not by packets */
		ip4->id = htons(ntohs(ip4->id) + behind);
		ip_send_check(ip4);
	}
}

/*
 * Segments a train into parts of @packets. What makes segments of one packet
 * makes such of several if it is told that packets are that large.
 */
static struct sk_buff *segment(struct sk_buff *skb, u32 packets)
{
	netdev_features_t features = netif_skb_features(skb) &
				     ~NETIF_F_GSO_MASK;
	struct skb_shared_info *info;
	struct sk_buff *list, *part;
	u32 size, type, done = 0;

	if (packets == 1)
		return skb_gso_segment(skb, features);
	/* the sender's copy has the same shared info */
	if (skb_unclone(skb, GFP_ATOMIC))
		return NULL;
	info = skb_shinfo(skb);
	size = info->gso_size;
	type = info->gso_type;
	info->gso_size = size * packets;
	list = skb_gso_segment(skb, features);
	info->gso_size = size;
	if (IS_ERR_OR_NULL(list))
		return NULL;
	for (part = list; part; part = part->next)
		join_part(part, size, type, done++ * (packets - 1));
	return list;
}

/* Puts the parts of a train before all others that wait. */
static void take_apart(struct link_dir *dir, struct sk_buff *skb, u32 packets)
{
	struct sk_buff *part = segment(skb, packets), *next;
	u64 since = link_cb(skb)->due;
	struct sk_buff_head parts;

	if (IS_ERR_OR_NULL(part)) {
		dir->counts.drop_memory += link_cb(skb)->packets;
		kfree_skb(skb);
		return;
	}
	consume_skb(skb);
	__skb_queue_head_init(&parts);
	for (; part; part = next) {
		next = part->next;
		skb_mark_not_on_list(part);
		account(dir, part, since);
		__skb_queue_tail(&parts, part);
	}
	skb_queue_splice(&parts, &dir->queue);
	dir->counts.segmented++;
}

/* --- the line --- */

static bool due_before(struct rb_node *a, const struct rb_node *b)
{
	return link_cb(rb_to_skb(a))->due < link_cb(rb_to_skb(b))->due;
}

/* @pass: it may arrive before others in spite of order keep */
static void line_add(struct link_dir *dir, struct sk_buff *skb, u64 due,
		     bool pass)
{
	const struct sk_buff *last = skb_peek_tail(&dir->line);

	if (!pass && dir->conf.order == NLAB_LINK_ORDER_KEEP)
		due = max(due, dir->last_due);
	due = link_slot_due(&dir->slot, &dir->conf, dir->key, due,
			    link_cb(skb)->bytes);
	link_cb(skb)->due = due;
	if (last && due < link_cb(last)->due) {
		/* takes the place of skb->dev too */
		rb_add_cached(&skb->rbnode, &dir->passing, due_before);
		dir->passing_count++;
		return;
	}
	dir->last_due = due;
	__skb_queue_tail(&dir->line, skb);
}

/* Returns NULL if there was no memory; the packet is gone then. */
static struct sk_buff *corrupt(struct link_dir *dir, struct sk_buff *skb, u64 n)
{
	u64 bit = link_draw(dir->key, n, LINK_DRAW_BIT);

	skb = skb_unshare(skb, GFP_ATOMIC);
	if (!skb)
		goto lost;
	if (skb_linearize(skb) ||
	    (skb->ip_summed == CHECKSUM_PARTIAL && skb_checksum_help(skb))) {
		kfree_skb(skb);
		goto lost;
	}
	/* the receiver is to find out by itself */
	skb->ip_summed = CHECKSUM_NONE;
	skb->data[(bit >> 3) % skb->len] ^= 1 << (bit & 7);
	dir->counts.corrupted++;
	return skb;
lost:
	dir->counts.drop_memory++;
	return NULL;
}

/* One packet whose last bit leaves the serialiser at @end. */
static void send_single(struct link_dir *dir, struct sk_buff *skb, u64 end)
{
	const struct link_conf *conf = &dir->conf;
	struct sk_buff *copy = NULL;
	u64 n = dir->number++, due;
	bool pass = false;

	if (!link_needs_draws(conf, &dir->state))
		goto wire;
	if (link_lost(conf, &dir->state, dir->key, n)) {
		dir->counts.lost++;
		kfree_skb(skb);
		return;
	}
	if (link_chance(conf->corrupt, dir->key, n, LINK_DRAW_CORRUPT)) {
		skb = corrupt(dir, skb, n);
		if (!skb)
			return;
	}
	if (link_chance(conf->duplicate, dir->key, n, LINK_DRAW_DUPLICATE)) {
		copy = skb_clone(skb, GFP_ATOMIC);
		dir->counts.duplicated += !!copy;
	}
	pass = link_chance(conf->reorder, dir->key, n, LINK_DRAW_REORDER);
	dir->counts.reordered += pass;
wire:
	due = pass ? end :
	      end + conf->delay +
	      link_jitter(conf, &dir->state, dir->key, n);
	line_add(dir, skb, due, pass);
	if (copy)
		line_add(dir, copy, due, pass);
}

/* --- managing the queue --- */

static bool red_hits(struct link_dir *dir, const struct link_cb *cb, bool *mark)
{
	const struct link_conf *conf = &dir->conf;
	u64 rest = 0, idle = 0;
	enum link_red_hit hit;

	if (!conf->red_max)
		return false;
	if (cb->due > dir->free_at)
		idle = div64_u64(cb->due - dir->free_at,
				 link_wire_ns(wire_rate(dir), cb->bytes,
					      &rest) + 1);
	hit = link_red(&dir->red, conf, dir->key, dir->queue_bytes, idle);
	if (hit == LINK_RED_DROP)
		*mark = false;
	return hit != LINK_RED_PASS;
}

static bool codel_hits(struct link_dir *dir, const struct link_cb *cb)
{
	const struct link_conf *conf = &dir->conf;
	u64 begin;

	if (!conf->codel_target)
		return false;
	begin = wire_begin(dir, cb);
	return link_codel_hit(&dir->codel, conf->codel_target,
			      conf->codel_interval, begin - cb->due, begin,
			      dir->queue_bytes);
}

/*
 * At the time when the packet begins on the wire, by the wire's clock. Return:
 * false if it was dropped.
 */
static bool manage_queue(struct link_dir *dir, struct sk_buff *skb)
{
	const struct link_cb *cb = link_cb(skb);
	bool mark = dir->conf.ecn, hit;

	if (!dir->conf.rate && !dir->trace)
		return true;
	/* both have to see each packet */
	hit = red_hits(dir, cb, &mark);
	hit |= codel_hits(dir, cb);
	if (!hit)
		return true;
	/* another may have the same bytes */
	if (mark &&
	    !skb_try_make_writable(skb, skb_network_offset(skb) +
					sizeof(struct iphdr)) &&
	    INET_ECN_set_ce(skb)) {
		dir->counts.marked += cb->packets;
		return true;
	}
	dir->counts.drop_aqm += cb->packets;
	/* Until it came the wire was idle, which RED is to see once. */
	dir->free_at = max(dir->free_at, cb->due);
	kfree_skb(skb);
	return false;
}

static void serve_one(struct link_dir *dir, u64 now)
{
	struct sk_buff *skb = __skb_dequeue(&dir->queue);
	struct link_cb *cb = link_cb(skb);
	u32 part;
	u64 end;

	dir->queue_packets -= cb->packets;
	dir->queue_bytes -= cb->bytes;
	part = cb->packets > 1 ? part_size(dir, skb) : 1;
	if (part < cb->packets) {
		take_apart(dir, skb, part);
		return;
	}
	if (!manage_queue(dir, skb))
		return;
	/* From the time when it could begin, not from when we came to it. */
	end = wire_send(dir, cb, now);
	dir->free_at = end;
	dir->counts.packets += cb->packets;
	dir->counts.bytes += cb->bytes;
	/* It is on the wire: the sender may send the next. */
	if (dir->sched) {
		/* undelayed, it is the sender's until the device has sent it */
		if (dir->conf.rate || dir->trace || dir->conf.delay ||
		    dir->conf.jitter)
			skb_orphan_partial(skb);
	} else {
		skb_tx_timestamp(skb);
		skb_orphan(skb);
	}
	if (cb->packets == 1) {
		send_single(dir, skb, end);
		return;
	}
	dir->number += cb->packets;
	line_add(dir, skb, end + dir->conf.delay, false);
}

void link_wire_serve(struct link_dir *dir, u64 now, int *budget)
{
	while (!skb_queue_empty(&dir->queue) && *budget > 0 && !dir->paused &&
	       next_begin(dir) <= now + LINK_AHEAD) {
		serve_one(dir, now);
		--*budget;
	}
}

static struct sk_buff *take_due(struct link_dir *dir, u64 now)
{
	struct rb_node *node = rb_first_cached(&dir->passing);
	struct sk_buff *skb = skb_peek(&dir->line);

	if (node && (!skb || link_cb(rb_to_skb(node))->due <
			     link_cb(skb)->due)) {
		skb = rb_to_skb(node);
		if (link_cb(skb)->due > now)
			return NULL;
		rb_erase_cached(node, &dir->passing);
		dir->passing_count--;
		skb->next = NULL;
		skb->prev = NULL;
		skb->dev = dir->dev;
	} else {
		if (!skb || link_cb(skb)->due > now)
			return NULL;
		__skb_unlink(skb, &dir->line);
	}
	return skb;
}

struct sk_buff *link_wire_due(struct link_dir *dir, u64 now)
{
	struct sk_buff *skb = take_due(dir, now);

	if (skb)
		dir->counts.late[link_late_bucket(now - link_cb(skb)->due)] +=
			link_cb(skb)->packets;
	return skb;
}

u64 link_wire_next(const struct link_dir *dir)
{
	const struct rb_node *node = rb_first_cached(&dir->passing);
	const struct sk_buff *skb = skb_peek(&dir->line);
	u64 next = LINK_NEVER;

	if (!skb_queue_empty(&dir->queue) && !dir->paused)
		next = next_begin(dir);
	if (skb)
		next = min(next, link_cb(skb)->due);
	if (node)
		next = min(next, link_cb(rb_to_skb(node))->due);
	return next;
}

void link_wire_purge(struct link_dir *dir)
{
	struct sk_buff *skb;

	while ((skb = __skb_dequeue(&dir->queue))) {
		dir->counts.drop_down += link_cb(skb)->packets;
		kfree_skb(skb);
	}
	dir->queue_packets = 0;
	dir->queue_bytes = 0;
	while ((skb = take_due(dir, LINK_NEVER))) {
		dir->counts.drop_down += link_cb(skb)->packets;
		kfree_skb(skb);
	}
}
