// SPDX-License-Identifier: GPL-2.0
/*
 * Counters of maps. The per-CPU allocator keeps more than the counters
 * themselves for each of a million maps, and is slow; slots come from blocks.
 */
#include <linux/bitmap.h>
#include <linux/jiffies.h>
#include <linux/mm.h>
#include <linux/slab.h>

#include "xlat.h"

enum {
	BLOCK_HEADER = 64,
	BLOCK_SLOTS = (XLAT_COUNT_STEP - BLOCK_HEADER) /
		      sizeof(struct xlat_count),
};

/**
 * struct xlat_block - counters of up to BLOCK_SLOTS maps
 * @owner: to find the lock
 * @partial: in xlat_counters.partial while there is room
 * @used: slots in use; the block goes with the last one
 * @slots: which
 * @count: counters of the first processor
 *
 * XLAT_COUNT_STEP bytes for each processor follow each other, the counters at
 * the same place in each. The whole is aligned, by which a counter finds its
 * block.
 */
struct xlat_block {
	struct xlat_counters *owner;
	struct list_head partial;
	u32 used;
	DECLARE_BITMAP(slots, BLOCK_SLOTS);
	struct xlat_count count[BLOCK_SLOTS] __aligned(BLOCK_HEADER);
};

static_assert(sizeof(struct xlat_block) <= XLAT_COUNT_STEP);

static struct xlat_block *block_of(struct xlat_count *first)
{
	return PTR_ALIGN_DOWN((void *)first, XLAT_COUNT_STEP);
}

void xlat_counters_init(struct xlat_counters *c)
{
	spin_lock_init(&c->lock);
	INIT_LIST_HEAD(&c->partial);
}

static struct xlat_block *block_alloc(struct xlat_counters *c)
{
	/* Of a page and more, so that it is aligned as a page is. */
	struct xlat_block *b = kvcalloc(nr_cpu_ids, XLAT_COUNT_STEP,
					GFP_KERNEL_ACCOUNT);
	unsigned int i, cpu;

	if (!b)
		return NULL;
	for (i = 0; i < BLOCK_SLOTS; i++)
		for (cpu = 0; cpu < nr_cpu_ids; cpu++)
			u64_stats_init(&xlat_count_of(&b->count[i], cpu)->sync);
	b->owner = c;
	return b;
}

static void slot_clear(struct xlat_count *first)
{
	unsigned int cpu, i;

	for (cpu = 0; cpu < nr_cpu_ids; cpu++) {
		struct xlat_count *s = xlat_count_of(first, cpu);

		for (i = 0; i < 2; i++) {
			u64_stats_set(&s->packets[i], 0);
			u64_stats_set(&s->bytes[i], 0);
		}
	}
}

static void slot_take(struct xlat_block *b, struct xlat_map *map)
{
	u32 slot = find_first_zero_bit(b->slots, BLOCK_SLOTS);

	__set_bit(slot, b->slots);
	if (++b->used == BLOCK_SLOTS)
		list_del_init(&b->partial);
	map->count = &b->count[slot];
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
	struct xlat_block *b;
	bool last;

	if (!map->count)
		return;
	b = block_of(map->count);
	spin_lock_bh(&b->owner->lock);
	__clear_bit(map->count - b->count, b->slots);
	if (b->used-- == BLOCK_SLOTS)
		list_add(&b->partial, &b->owner->partial);
	last = !b->used;
	if (last)
		list_del(&b->partial);
	spin_unlock_bh(&b->owner->lock);
	if (last)
		kvfree(b);
}

/* Now, in the unit of xlat_map.last; never 0. */
static u32 last_now(void)
{
	u32 now = jiffies >> XLAT_LAST_SHIFT;

	return now ?: 1;
}

void xlat_count(struct xlat_map *map, enum xlat_dir dir, u32 packets,
		u32 bytes)
{
	struct xlat_count *s;
	u32 now;

	if (!map)
		return;
	s = xlat_count_of(map->count, smp_processor_id());
	u64_stats_update_begin(&s->sync);
	u64_stats_add(&s->packets[dir], packets);
	u64_stats_add(&s->bytes[dir], bytes);
	u64_stats_update_end(&s->sync);
	/* One for all processors: not to be written for each packet. */
	now = last_now();
	if (READ_ONCE(map->last) != now)
		WRITE_ONCE(map->last, now);
}

void xlat_count_sum(const struct xlat_map *map, struct xlat_count_sum *sum)
{
	struct xlat_count *first = READ_ONCE(map->count);
	u32 last = READ_ONCE(map->last), age;
	unsigned int cpu, i;

	memset(sum, 0, sizeof(*sum));
	sum->last_used = U64_MAX;
	/* A dump may still hold a map that left its counters to another. */
	if (!first)
		return;
	for_each_possible_cpu(cpu) {
		struct xlat_count *s = xlat_count_of(first, cpu);
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
	}
	if (!last)
		return;
	/* another processor may be ahead */
	age = max_t(s32, last_now() - last, 0);
	sum->last_used = jiffies64_to_msecs((u64)age << XLAT_LAST_SHIFT);
}
