// SPDX-License-Identifier: GPL-2.0
/*
 * Table of maps: RFC 7757 pairs and IPv6<->IPv6 pairs. Written under
 * xlat_net.lock, read under RCU.
 */
#include <linux/slab.h>

#include "../pure/addr.h"
#include "xlat.h"

static struct kmem_cache *map_cache;

int xlat_map_cache_init(void)
{
	map_cache = KMEM_CACHE(xlat_map, 0);
	return map_cache ? 0 : -ENOMEM;
}

void xlat_map_cache_exit(void)
{
	kmem_cache_destroy(map_cache);
}

struct xlat_table *xlat_table_alloc(void)
{
	struct xlat_table *table = kzalloc(sizeof(*table), GFP_KERNEL_ACCOUNT);
	int i;

	if (!table)
		return NULL;
	refcount_set(&table->refs, 1);
	for (i = 0; i < XLAT_LPMS; i++)
		if (xlat_lpm_init(&table->lpm[i]))
			goto err;
	return table;
err:
	while (i--)
		xlat_lpm_exit(&table->lpm[i]);
	kfree(table);
	return NULL;
}

struct xlat_table *xlat_table_get(struct xlat_table *table)
{
	refcount_inc(&table->refs);
	return table;
}

/* Each map stands in two of them; the outside ones own it. */
static void free_maps(const struct xlat_lpm *lpm)
{
	struct xlat_cursor cursor = {};
	struct xlat_map *map;

	for (; (map = xlat_lpm_next(lpm, &cursor)); cursor.at++) {
		xlat_map_free(map);
		cond_resched();
	}
}

void xlat_table_put(struct xlat_table *table)
{
	int i;

	if (!refcount_dec_and_test(&table->refs))
		return;
	free_maps(&table->lpm[XLAT_OUT4]);
	free_maps(&table->lpm[XLAT_OUT6]);
	for (i = 0; i < XLAT_LPMS; i++)
		xlat_lpm_exit(&table->lpm[i]);
	kfree(table);
}

struct xlat_map *xlat_map_alloc(const struct xlat_map *tmpl)
{
	struct xlat_map *map = kmem_cache_alloc(map_cache, GFP_KERNEL_ACCOUNT);

	if (map)
		*map = *tmpl;
	return map;
}

void xlat_map_free(struct xlat_map *map)
{
	xlat_count_free(map);
	kmem_cache_free(map_cache, map);
}

static void map_free_rcu(struct rcu_head *rcu)
{
	xlat_map_free(container_of(rcu, struct xlat_map, rcu));
}

void xlat_map_free_rcu(struct xlat_map *map)
{
	call_rcu(&map->rcu, map_free_rcu);
}

static unsigned int lpm_in(const struct xlat_map *map)
{
	return map->nat66 ? XLAT_IN6 : XLAT_IN4;
}

static unsigned int lpm_out(const struct xlat_map *map)
{
	return map->nat66 ? XLAT_OUT6 : XLAT_OUT4;
}

static const void *outside(const struct xlat_map *map)
{
	return map->nat66 ? (const void *)&map->outside6 : &map->outside4;
}

static struct map_digest_pair digest_pair(const struct xlat_map *map)
{
	return (struct map_digest_pair){
		.outside = outside(map),
		.inside = &map->inside,
		.outside_len = map->outside_len,
		.inside_len = map->inside_len,
		.nat66 = map->nat66,
		.overlap = map->overlap,
	};
}

/*
 * A packet that sees the new number sees the change, too, and finds nothing
 * that it remembers from before it.
 */
static void changed(struct xlat_table *table)
{
	smp_store_release(&table->changes, table->changes + 1);
}

struct xlat_map *xlat_table_same(struct xlat_table *table,
				 const struct xlat_map *map)
{
	return map->nat66 ?
	       xlat_table_find6(table, XLAT_OUT6, &map->outside6,
				map->outside_len) :
	       xlat_table_find4(table, map->outside4, map->outside_len);
}

int xlat_table_add(struct xlat_table *table, struct xlat_map *map)
{
	struct map_digest_pair pair = digest_pair(map);
	int err;

	if (xlat_table_find6(table, lpm_in(map), &map->inside,
			     map->inside_len))
		return -EADDRINUSE;
	if (xlat_table_same(table, map))
		return -EEXIST;
	err = xlat_lpm_add(table, lpm_in(map), map);
	if (err)
		return err;
	err = xlat_lpm_add(table, lpm_out(map), map);
	if (err) {
		xlat_lpm_del(table, lpm_in(map), map);
		/* A flow may have remembered the half that was there. */
		changed(table);
		return err;
	}
	table->maps++;
	map_digest_add(&table->digest, &pair);
	changed(table);
	return 0;
}

void xlat_table_del(struct xlat_table *table, struct xlat_map *map)
{
	struct map_digest_pair pair = digest_pair(map);

	xlat_lpm_del(table, lpm_out(map), map);
	xlat_lpm_del(table, lpm_in(map), map);
	table->maps--;
	map_digest_sub(&table->digest, &pair);
	changed(table);
}

struct xlat_map *xlat_table_covering(struct xlat_table *table,
				     const struct xlat_map *map)
{
	unsigned int len = map->outside_len;
	struct xlat_map *found;

	if (map->overlap)
		return NULL;
	for (;;) {
		found = map->nat66 ?
			xlat_match6_below(table, XLAT_OUT6,
					  &map->outside6, len) :
			xlat_match4_below(table, map->outside4, len);
		if (!found)
			break;
		if (!found->overlap)
			return found;
		len = found->outside_len;
	}
	len = map->inside_len;
	for (;;) {
		found = xlat_match6_below(table, lpm_in(map), &map->inside,
					  len);
		if (!found || !found->overlap)
			return found;
		len = found->inside_len;
	}
}

/* True if @inner is a longer prefix inside @map, on either side. */
static bool map_contains(const struct xlat_map *map,
			 const struct xlat_map *inner)
{
	if (inner->inside_len > map->inside_len &&
	    addr6_prefix_equal(&inner->inside, &map->inside, map->inside_len))
		return true;
	if (inner->outside_len <= map->outside_len)
		return false;
	if (map->nat66)
		return addr6_prefix_equal(&inner->outside6, &map->outside6,
					  map->outside_len);
	return !((inner->outside4 ^ map->outside4) &
		 addr4_mask(map->outside_len));
}

static bool lens_above(const struct xlat_lpm *lpm, unsigned int len)
{
	return find_next_bit(lpm->lens, 129, len + 1) < 129;
}

struct xlat_map *xlat_table_overlap(struct xlat_table *table,
				    const struct xlat_map *map)
{
	const struct xlat_lpm *out = &table->lpm[lpm_out(map)];
	struct xlat_map *other = xlat_table_covering(table, map);
	struct xlat_cursor cursor = {};

	if (map->overlap || other)
		return other;
	/*
	 * Only a prefix that is shorter than another one can contain it. That
	 * is rare enough to look at all maps then.
	 */
	if (!lens_above(out, map->outside_len) &&
	    !lens_above(&table->lpm[lpm_in(map)], map->inside_len))
		return NULL;
	for (; (other = xlat_lpm_next(out, &cursor)); cursor.at++)
		if (!other->overlap && map_contains(map, other))
			return other;
	return NULL;
}
