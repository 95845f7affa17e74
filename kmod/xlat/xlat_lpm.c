// SPDX-License-Identifier: GPL-2.0
/*
 * Prefixes of one kind: a hash table with open addressing. A slot holds the
 * address of a map and, in the bits that the alignment of maps leaves free, a
 * part of the hash, so that only the line of the slot and that of the map are
 * touched. Written under xlat_net.lock, read under RCU; grows and shrinks by
 * being copied.
 */
#include <linux/jhash.h>
#include <linux/mm.h>
#include <linux/random.h>
#include <linux/slab.h>
#include <net/ipv6.h>

#include "../pure/addr.h"
#include "xlat.h"

enum {
	SLOTS_MIN = 16,
	TAG_BITS = ilog2(XLAT_MAP_ALIGN),
	TAG_MASK = XLAT_MAP_ALIGN - 1,
	GONE = 1,	/* no map any more, but others lie behind it */
};

/**
 * struct xlat_slots - the slots, at most two thirds of them not empty
 * @rcu: to free them
 * @id: not 0, another one for each copy
 * @seed: of the hash
 * @mask: number of slots - 1
 * @slot: 0: empty, GONE, or map and tag
 */
struct xlat_slots {
	struct rcu_head rcu;
	u32 id;
	u32 seed;
	u32 mask;
	unsigned long slot[];
};

/*
 * Inline, since the generic ones (jhash2, memcmp) are three calls for each
 * look-up.
 */
static inline u32 hash4(__be32 addr, u32 len, u32 seed)
{
	return jhash_2words((__force u32)addr, len, seed);
}

static inline u32 hash6(const struct in6_addr *addr, u32 len, u32 seed)
{
	u32 a, b, c;

	a = b = c = JHASH_INITVAL + seed;
	a += (__force u32)addr->s6_addr32[0];
	b += (__force u32)addr->s6_addr32[1];
	c += (__force u32)addr->s6_addr32[2];
	__jhash_mix(a, b, c);
	a += (__force u32)addr->s6_addr32[3];
	b += len;
	__jhash_final(a, b, c);
	return c;
}

/* Slots are chosen by the low bits. */
static inline unsigned long tag_of(u32 hash)
{
	return hash >> (32 - TAG_BITS);
}

static inline struct xlat_map *slot_map(unsigned long slot)
{
	return (struct xlat_map *)(slot & ~(unsigned long)TAG_MASK);
}

/* The map in @slot if it may be the one with this hash. */
static inline struct xlat_map *candidate(unsigned long slot, u32 hash)
{
	return (slot & TAG_MASK) == tag_of(hash) ? slot_map(slot) : NULL;
}

/* Readers hold RCU, writers the lock, under which the slots stay. */
static inline struct xlat_slots *slots_of(const struct xlat_lpm *lpm)
{
	return rcu_dereference_raw(lpm->slots);
}

struct xlat_map *xlat_table_find4(struct xlat_table *table, __be32 addr,
				  u32 len)
{
	const struct xlat_slots *s = slots_of(&table->lpm[XLAT_OUT4]);
	unsigned long slot;
	u32 hash, at;

	addr &= addr4_mask(len);
	hash = hash4(addr, len, s->seed);
	for (at = hash; (slot = READ_ONCE(s->slot[at & s->mask])); at++) {
		struct xlat_map *map = candidate(slot, hash);

		if (map && map->outside4 == addr && map->outside_len == len)
			return map;
	}
	return NULL;
}

struct xlat_map *xlat_table_find6(struct xlat_table *table, unsigned int lpm,
				  const struct in6_addr *addr, u32 len)
{
	const struct xlat_slots *s = slots_of(&table->lpm[lpm]);
	struct in6_addr key = *addr;
	unsigned long slot;
	u32 hash, at;

	addr6_mask(&key, len);
	hash = hash6(&key, len, s->seed);
	for (at = hash; (slot = READ_ONCE(s->slot[at & s->mask])); at++) {
		struct xlat_map *map = candidate(slot, hash);

		if (!map)
			continue;
		if (lpm == XLAT_OUT6 ?
		    map->outside_len == len &&
		    ipv6_addr_equal(&map->outside6, &key) :
		    map->inside_len == len &&
		    ipv6_addr_equal(&map->inside, &key))
			return map;
	}
	return NULL;
}

/* --- longest match --- */

/* The next length that occurs in @lens, below @len; -1 if none. */
static int lens_below(const unsigned long *lens, unsigned int len)
{
	while (len) {
		unsigned int word = (len - 1) / BITS_PER_LONG;
		unsigned long bits = READ_ONCE(lens[word]) &
				     (~0UL >> (-len % BITS_PER_LONG));

		if (bits)
			return word * BITS_PER_LONG + __fls(bits);
		len = word * BITS_PER_LONG;
	}
	return -1;
}

struct xlat_map *xlat_match4_below(struct xlat_table *table, __be32 addr,
				   unsigned int below)
{
	const unsigned long *lens = table->lpm[XLAT_OUT4].lens;
	int len = below;

	while ((len = lens_below(lens, len)) >= 0) {
		struct xlat_map *map = xlat_table_find4(table, addr, len);

		if (map) {
			xlat_count_prefetch(map);
			return map;
		}
	}
	return NULL;
}

struct xlat_map *xlat_match6_below(struct xlat_table *table, unsigned int lpm,
				   const struct in6_addr *addr,
				   unsigned int below)
{
	const unsigned long *lens = table->lpm[lpm].lens;
	int len = below;

	while ((len = lens_below(lens, len)) >= 0) {
		struct xlat_map *map = xlat_table_find6(table, lpm, addr, len);

		if (map) {
			xlat_count_prefetch(map);
			return map;
		}
	}
	return NULL;
}

/* --- changes --- */

static u32 len_of(const struct xlat_map *map, unsigned int lpm)
{
	return lpm == XLAT_OUT4 || lpm == XLAT_OUT6 ? map->outside_len :
						      map->inside_len;
}

static u32 hash_of(const struct xlat_map *map, unsigned int lpm, u32 seed)
{
	if (lpm == XLAT_OUT4)
		return hash4(map->outside4, map->outside_len, seed);
	if (lpm == XLAT_OUT6)
		return hash6(&map->outside6, map->outside_len, seed);
	return hash6(&map->inside, map->inside_len, seed);
}

/* Slots for @maps maps, none of them in it yet. */
static struct xlat_slots *slots_alloc(u32 maps, u32 id)
{
	u32 size = roundup_pow_of_two(max_t(u32, 2 * maps, SLOTS_MIN));
	struct xlat_slots *s = kvzalloc(struct_size(s, slot, size),
					GFP_KERNEL_ACCOUNT);

	if (!s)
		return NULL;
	s->id = id;
	s->seed = get_random_u32();
	s->mask = size - 1;
	return s;
}

/* Return: true if a slot was taken that had been empty. */
static bool slots_add(struct xlat_slots *s, unsigned int lpm,
		      struct xlat_map *map)
{
	u32 hash = hash_of(map, lpm, s->seed), at = hash;
	unsigned long *slot = &s->slot[at & s->mask];
	bool empty;

	while (slot_map(*slot))
		slot = &s->slot[++at & s->mask];
	empty = !*slot;
	/* The map is complete before it can be found. */
	smp_store_release(slot, (unsigned long)map | tag_of(hash));
	return empty;
}

/* Copies the slots to others with room for @maps maps. */
static int rebuild(struct xlat_table *table, unsigned int lpm, u32 maps)
{
	struct xlat_lpm *l = &table->lpm[lpm];
	struct xlat_slots *old = slots_of(l);
	struct xlat_slots *s = slots_alloc(maps, old->id + 1 ?: 1);
	u32 i;

	if (!s)
		return -ENOMEM;
	for (i = 0; i <= old->mask; i++)
		if (slot_map(old->slot[i]))
			slots_add(s, lpm, slot_map(old->slot[i]));
	l->used = l->maps;
	rcu_assign_pointer(l->slots, s);
	kvfree_rcu(old, rcu);
	return 0;
}

static void span_none(struct xlat_lpm *lpm)
{
	WRITE_ONCE(lpm->low, ULONG_MAX);
	WRITE_ONCE(lpm->high, 0);
}

int xlat_lpm_init(struct xlat_lpm *lpm)
{
	span_none(lpm);
	RCU_INIT_POINTER(lpm->slots, slots_alloc(0, 1));
	return slots_of(lpm) ? 0 : -ENOMEM;
}

void xlat_lpm_exit(struct xlat_lpm *lpm)
{
	kvfree(slots_of(lpm));
}

static void lens_add(struct xlat_lpm *lpm, u32 len)
{
	if (!lpm->uses[len]++)
		set_bit(len, lpm->lens);
}

static void lens_del(struct xlat_lpm *lpm, u32 len)
{
	if (!--lpm->uses[len])
		clear_bit(len, lpm->lens);
}

/* Before readers can find the map. */
static void span_add(struct xlat_lpm *l, unsigned int lpm,
		     const struct xlat_map *map)
{
	unsigned long low, high, bits = BITS_PER_LONG;

	if (lpm == XLAT_OUT4) {
		low = xlat_head4(map->outside4);
		bits = 32;
	} else {
		low = xlat_head6(lpm == XLAT_OUT6 ? &map->outside6 :
						    &map->inside);
	}
	high = low;
	if (len_of(map, lpm) < bits)
		high |= ~0UL >> (BITS_PER_LONG - bits + len_of(map, lpm));
	WRITE_ONCE(l->low, min(l->low, low));
	WRITE_ONCE(l->high, max(l->high, high));
}

int xlat_lpm_add(struct xlat_table *table, unsigned int lpm,
		 struct xlat_map *map)
{
	struct xlat_lpm *l = &table->lpm[lpm];
	int err;

	if (l->used >= slots_of(l)->mask / 3 * 2) {
		err = rebuild(table, lpm, l->maps + 1);
		if (err)
			return err;
	}
	span_add(l, lpm, map);
	l->used += slots_add(slots_of(l), lpm, map);
	l->maps++;
	lens_add(l, len_of(map, lpm));
	return 0;
}

void xlat_lpm_del(struct xlat_table *table, unsigned int lpm,
		  const struct xlat_map *map)
{
	struct xlat_lpm *l = &table->lpm[lpm];
	struct xlat_slots *s = slots_of(l);
	u32 at = hash_of(map, lpm, s->seed);

	while (slot_map(s->slot[at & s->mask]) != map)
		at++;
	WRITE_ONCE(s->slot[at & s->mask], GONE);
	l->maps--;
	lens_del(l, len_of(map, lpm));
	/* Other than this it doesn't get narrower. */
	if (!l->maps)
		span_none(l);
	/* Without the memory for it, it stays as large as it is. */
	if (s->mask >= SLOTS_MIN && l->maps < s->mask / 8)
		rebuild(table, lpm, l->maps);
}

struct xlat_map *xlat_lpm_next(const struct xlat_lpm *lpm,
			       struct xlat_cursor *cursor)
{
	const struct xlat_slots *s = slots_of(lpm);
	struct xlat_map *map;

	if (cursor->id != s->id) {
		if (cursor->id)
			cursor->rewinds++;
		cursor->id = s->id;
		cursor->at = 0;
	}
	for (; cursor->at <= s->mask; cursor->at++) {
		map = slot_map(READ_ONCE(s->slot[cursor->at]));
		if (map)
			return map;
	}
	return NULL;
}
