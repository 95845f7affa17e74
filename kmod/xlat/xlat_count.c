// SPDX-License-Identifier: GPL-2.0
/*
 * Counters of maps. A per-CPU allocation for each of a million maps would be
 * slow and wasteful; slots come from blocks.
 */
#include <linux/bitmap.h>
#include <linux/jiffies.h>
#include <linux/percpu.h>
#include <linux/slab.h>

#include "xlat.h"

enum { BLOCK_SLOTS = 128 };

/**
 * struct xlat_block - counters of up to BLOCK_SLOTS maps
 * @owner: to find the lock
 * @partial: in xlat_counters.partial while there is room
 * @used: slots in use; the block goes with the last one
 * @slots: which
 * @count: the counters
 */
struct xlat_block {
	struct xlat_counters *owner;
	struct list_head partial;
	u32 used;
	DECLARE_BITMAP(slots, BLOCK_SLOTS);
	struct xlat_count __percpu *count;
};

void xlat_counters_init(struct xlat_counters *c)
{
	spin_lock_init(&c->lock);
	INIT_LIST_HEAD(&c->partial);
}

static struct xlat_block *block_alloc(struct xlat_counters *c)
{
	struct xlat_block *b = kzalloc(sizeof(*b), GFP_KERNEL_ACCOUNT);
	int cpu, i;

	if (!b)
		return NULL;
	b->count = __alloc_percpu_gfp(sizeof(*b->count) * BLOCK_SLOTS,
				      __alignof__(*b->count),
				      GFP_KERNEL_ACCOUNT);
	if (!b->count) {
		kfree(b);
		return NULL;
	}
	for_each_possible_cpu(cpu)
		for (i = 0; i < BLOCK_SLOTS; i++)
			u64_stats_init(&per_cpu_ptr(b->count + i, cpu)->sync);
	b->owner = c;
	return b;
}

static void slot_clear(struct xlat_count __percpu *count)
{
	int cpu, i;

	for_each_possible_cpu(cpu) {
		struct xlat_count *s = per_cpu_ptr(count, cpu);

		for (i = 0; i < 2; i++) {
			u64_stats_set(&s->packets[i], 0);
			u64_stats_set(&s->bytes[i], 0);
		}
		s->last = 0;
	}
}

static void slot_take(struct xlat_block *b, struct xlat_map *map)
{
	u32 slot = find_first_zero_bit(b->slots, BLOCK_SLOTS);

	__set_bit(slot, b->slots);
	if (++b->used == BLOCK_SLOTS)
		list_del_init(&b->partial);
	map->block = b;
	map->count = b->count + slot;
}

int xlat_count_alloc(struct xlat_counters *c, struct xlat_map *map)
{
	struct xlat_block *b;

	spin_lock_bh(&c->lock);
	b = list_first_entry_or_null(&c->partial, struct xlat_block, partial);
	if (b)
		slot_take(b, map);
	spin_unlock_bh(&c->lock);
	if (!b) {
		b = block_alloc(c);
		if (!b)
			return -ENOMEM;
		spin_lock_bh(&c->lock);
		list_add(&b->partial, &c->partial);
		slot_take(b, map);
		spin_unlock_bh(&c->lock);
	}
	slot_clear(map->count);
	return 0;
}

void xlat_count_free(struct xlat_map *map)
{
	struct xlat_block *b = map->block;
	bool last;

	if (!map->count)
		return;
	spin_lock_bh(&b->owner->lock);
	__clear_bit(map->count - b->count, b->slots);
	if (b->used-- == BLOCK_SLOTS)
		list_add(&b->partial, &b->owner->partial);
	last = !b->used;
	if (last)
		list_del(&b->partial);
	spin_unlock_bh(&b->owner->lock);
	if (last) {
		free_percpu(b->count);
		kfree(b);
	}
}

void xlat_count(const struct xlat_map *map, enum xlat_dir dir, u32 packets,
		u32 bytes)
{
	struct xlat_count *s;

	if (!map)
		return;
	s = this_cpu_ptr(map->count);
	u64_stats_update_begin(&s->sync);
	u64_stats_add(&s->packets[dir], packets);
	u64_stats_add(&s->bytes[dir], bytes);
	u64_stats_update_end(&s->sync);
	/* 0 means never */
	WRITE_ONCE(s->last, jiffies | 1);
}

void xlat_count_sum(const struct xlat_map *map, struct xlat_count_sum *sum)
{
	unsigned long now = jiffies, age = ULONG_MAX;
	struct xlat_count __percpu *count = READ_ONCE(map->count);
	int cpu, i;

	memset(sum, 0, sizeof(*sum));
	sum->last_used = U64_MAX;
	/* A dump may still hold a map that left its counters to another. */
	if (!count)
		return;
	for_each_possible_cpu(cpu) {
		struct xlat_count *s = per_cpu_ptr(count, cpu);
		unsigned long last = READ_ONCE(s->last);
		u64 packets[2], bytes[2];
		unsigned int start;

		do {
			start = u64_stats_fetch_begin(&s->sync);
			for (i = 0; i < 2; i++) {
				packets[i] = u64_stats_read(&s->packets[i]);
				bytes[i] = u64_stats_read(&s->bytes[i]);
			}
		} while (u64_stats_fetch_retry(&s->sync, start));
		for (i = 0; i < 2; i++) {
			sum->packets[i] += packets[i];
			sum->bytes[i] += bytes[i];
		}
		if (last)
			age = min(age, time_after(last, now) ? 0 : now - last);
	}
	if (age != ULONG_MAX)
		sum->last_used = jiffies_to_msecs(age);
}
