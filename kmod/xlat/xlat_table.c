// SPDX-License-Identifier: GPL-2.0
/*
 * Table of maps: RFC 7757 pairs and IPv6<->IPv6 pairs, exact and longest
 * match. Written under xlat_net.lock, read under RCU.
 */
#include <linux/jhash.h>
#include <linux/rhashtable.h>
#include <linux/slab.h>
#include <net/ipv6.h>

#include "../pure/addr.h"
#include "xlat.h"

static struct kmem_cache *map_cache;

/*
 * Inline, since the generic ones (jhash2, memcmp) are three calls for each
 * look-up.
 */
static inline u32 hash4(const void *data, u32 len, u32 seed)
{
	const struct xlat_key4 *key = data;

	return jhash_2words((__force u32)key->addr, key->len, seed);
}

static inline int differs4(struct rhashtable_compare_arg *arg, const void *obj)
{
	const struct xlat_key4 *key = arg->key;
	const struct xlat_map *map = obj;

	return key->addr != map->key4.addr || key->len != map->key4.len;
}

static inline u32 hash6(const void *data, u32 len, u32 seed)
{
	const struct xlat_key6 *key = data;
	u32 a, b, c;

	a = b = c = JHASH_INITVAL + seed;
	a += (__force u32)key->addr.s6_addr32[0];
	b += (__force u32)key->addr.s6_addr32[1];
	c += (__force u32)key->addr.s6_addr32[2];
	__jhash_mix(a, b, c);
	a += (__force u32)key->addr.s6_addr32[3];
	b += key->len;
	__jhash_final(a, b, c);
	return c;
}

static inline bool key6_differs(const struct xlat_key6 *a,
				const struct xlat_key6 *b)
{
	return !ipv6_addr_equal(&a->addr, &b->addr) || a->len != b->len;
}

static inline int differs6(struct rhashtable_compare_arg *arg, const void *obj)
{
	const struct xlat_map *map = obj;

	return key6_differs(arg->key, &map->key6);
}

static inline int differs_in(struct rhashtable_compare_arg *arg,
			     const void *obj)
{
	const struct xlat_map *map = obj;

	return key6_differs(arg->key, &map->key_inside);
}

#define PARAMS(link, key, hash, differs)				\
	{								\
		.head_offset = offsetof(struct xlat_map, link),		\
		.key_offset = offsetof(struct xlat_map, key),		\
		.key_len = sizeof_field(struct xlat_map, key),		\
		.hashfn = hash,						\
		.obj_cmpfn = differs,					\
		.automatic_shrinking = true,				\
	}

static const struct rhashtable_params params_out4 =
	PARAMS(outside, key4, hash4, differs4);
static const struct rhashtable_params params_out6 =
	PARAMS(outside, key6, hash6, differs6);
static const struct rhashtable_params params_in =
	PARAMS(inside, key_inside, hash6, differs_in);

int xlat_map_cache_init(void)
{
	map_cache = KMEM_CACHE(xlat_map, 0);
	return map_cache ? 0 : -ENOMEM;
}

void xlat_map_cache_exit(void)
{
	kmem_cache_destroy(map_cache);
}

static int lpm_init(struct xlat_lpm *lpm,
		    const struct rhashtable_params *params, u32 hint)
{
	struct rhashtable_params p = *params;

	p.nelem_hint = min_t(u32, hint, U16_MAX);
	return rhashtable_init(&lpm->ht, &p);
}

struct xlat_table *xlat_table_alloc(u32 hint)
{
	static const struct rhashtable_params *const params[XLAT_LPMS] = {
		[XLAT_OUT4] = &params_out4,
		[XLAT_IN4] = &params_in,
		[XLAT_OUT6] = &params_out6,
		[XLAT_IN6] = &params_in,
	};
	struct xlat_table *table = kzalloc(sizeof(*table), GFP_KERNEL_ACCOUNT);
	int i;

	if (!table)
		return NULL;
	refcount_set(&table->refs, 1);
	for (i = 0; i < XLAT_LPMS; i++)
		if (lpm_init(&table->lpm[i], params[i], hint))
			goto err;
	return table;
err:
	while (i--)
		rhashtable_destroy(&table->lpm[i].ht);
	kfree(table);
	return NULL;
}

struct xlat_table *xlat_table_get(struct xlat_table *table)
{
	refcount_inc(&table->refs);
	return table;
}

static void map_free_fn(void *ptr, void *arg)
{
	xlat_map_free(ptr);
}

static void map_keep_fn(void *ptr, void *arg)
{
}

void xlat_table_put(struct xlat_table *table)
{
	if (!refcount_dec_and_test(&table->refs))
		return;
	/* Each map stands in two of them; the outside ones own it. */
	rhashtable_free_and_destroy(&table->lpm[XLAT_IN4].ht, map_keep_fn, NULL);
	rhashtable_free_and_destroy(&table->lpm[XLAT_IN6].ht, map_keep_fn, NULL);
	rhashtable_free_and_destroy(&table->lpm[XLAT_OUT4].ht, map_free_fn,
				    NULL);
	rhashtable_free_and_destroy(&table->lpm[XLAT_OUT6].ht, map_free_fn,
				    NULL);
	kfree(table);
}

struct xlat_map *xlat_map_alloc(const struct xlat_map *tmpl)
{
	struct xlat_map *map = kmem_cache_zalloc(map_cache,
						 GFP_KERNEL_ACCOUNT);

	if (!map)
		return NULL;
	map->key_inside = tmpl->key_inside;
	if (tmpl->nat66)
		map->key6 = tmpl->key6;
	else
		map->key4 = tmpl->key4;
	map->nat66 = tmpl->nat66;
	map->overlap = tmpl->overlap;
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

static void lpm_use(struct xlat_lpm *lpm, u32 len)
{
	if (!lpm->uses[len]++)
		set_bit(len, lpm->lens);
}

static void lpm_unuse(struct xlat_lpm *lpm, u32 len)
{
	if (!--lpm->uses[len])
		clear_bit(len, lpm->lens);
}

static struct xlat_lpm *lpm_in(struct xlat_table *table,
			       const struct xlat_map *map)
{
	return &table->lpm[map->nat66 ? XLAT_IN6 : XLAT_IN4];
}

static struct xlat_lpm *lpm_out(struct xlat_table *table,
				const struct xlat_map *map)
{
	return &table->lpm[map->nat66 ? XLAT_OUT6 : XLAT_OUT4];
}

static u32 out_len(const struct xlat_map *map)
{
	return map->nat66 ? map->key6.len : map->key4.len;
}

static struct map_digest_pair digest_pair(const struct xlat_map *map)
{
	return (struct map_digest_pair){
		.outside = map->nat66 ? (const void *)&map->key6.addr :
					&map->key4.addr,
		.inside = &map->key_inside.addr,
		.outside_len = out_len(map),
		.inside_len = map->key_inside.len,
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

int xlat_table_add(struct xlat_table *table, struct xlat_map *map)
{
	struct map_digest_pair pair = digest_pair(map);
	struct xlat_lpm *in = lpm_in(table, map), *out = lpm_out(table, map);
	int err;

	err = rhashtable_lookup_insert_fast(&in->ht, &map->inside, params_in);
	if (err)
		return err == -EEXIST ? -EADDRINUSE : err;
	if (map->nat66)
		err = rhashtable_lookup_insert_fast(&out->ht, &map->outside,
						    params_out6);
	else
		err = rhashtable_lookup_insert_fast(&out->ht, &map->outside,
						    params_out4);
	if (err) {
		/* not reachable yet: its length is used below */
		rhashtable_remove_fast(&in->ht, &map->inside, params_in);
		return err;
	}
	lpm_use(in, map->key_inside.len);
	lpm_use(out, out_len(map));
	table->maps++;
	map_digest_add(&table->digest, &pair);
	changed(table);
	return 0;
}

void xlat_table_del(struct xlat_table *table, struct xlat_map *map)
{
	struct map_digest_pair pair = digest_pair(map);
	struct xlat_lpm *in = lpm_in(table, map), *out = lpm_out(table, map);

	if (map->nat66)
		rhashtable_remove_fast(&out->ht, &map->outside, params_out6);
	else
		rhashtable_remove_fast(&out->ht, &map->outside, params_out4);
	rhashtable_remove_fast(&in->ht, &map->inside, params_in);
	lpm_unuse(out, out_len(map));
	lpm_unuse(in, map->key_inside.len);
	table->maps--;
	map_digest_sub(&table->digest, &pair);
	changed(table);
}

struct xlat_map *xlat_table_find4(struct xlat_table *table, __be32 addr,
				  u32 len)
{
	struct xlat_key4 key = { addr & addr4_mask(len), len };

	/* Without RCU too: under the lock of the maps they stay. */
	return rhashtable_lookup_fast(&table->lpm[XLAT_OUT4].ht, &key,
				      params_out4);
}

struct xlat_map *xlat_table_find6(struct xlat_table *table, unsigned int lpm,
				  const struct in6_addr *addr, u32 len)
{
	struct xlat_key6 key = { *addr, len };

	addr6_mask(&key.addr, len);
	if (lpm == XLAT_OUT6)
		return rhashtable_lookup_fast(&table->lpm[lpm].ht, &key,
					      params_out6);
	return rhashtable_lookup_fast(&table->lpm[lpm].ht, &key, params_in);
}

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

static struct xlat_map *match4_below(struct xlat_table *table, __be32 addr,
				     unsigned int below)
{
	const unsigned long *lens = table->lpm[XLAT_OUT4].lens;
	int len = below;

	while ((len = lens_below(lens, len)) >= 0) {
		struct xlat_map *map = xlat_table_find4(table, addr, len);

		if (map)
			return map;
	}
	return NULL;
}

static struct xlat_map *match6_below(struct xlat_table *table,
				     unsigned int lpm,
				     const struct in6_addr *addr,
				     unsigned int below)
{
	const unsigned long *lens = table->lpm[lpm].lens;
	int len = below;

	while ((len = lens_below(lens, len)) >= 0) {
		struct xlat_map *map = xlat_table_find6(table, lpm, addr, len);

		if (map)
			return map;
	}
	return NULL;
}

struct xlat_map *xlat_match4(struct xlat_table *table, __be32 addr)
{
	return match4_below(table, addr, 33);
}

struct xlat_map *xlat_match6(struct xlat_table *table, unsigned int lpm,
			     const struct in6_addr *addr)
{
	return match6_below(table, lpm, addr, 129);
}

struct xlat_map *xlat_table_covering(struct xlat_table *table,
				     const struct xlat_map *map)
{
	unsigned int in = map->nat66 ? XLAT_IN6 : XLAT_IN4;
	unsigned int len = out_len(map);
	struct xlat_map *found;

	if (map->overlap)
		return NULL;
	for (;;) {
		found = map->nat66 ?
			match6_below(table, XLAT_OUT6, &map->key6.addr, len) :
			match4_below(table, map->key4.addr, len);
		if (!found)
			break;
		if (!found->overlap)
			return found;
		len = out_len(found);
	}
	len = map->key_inside.len;
	for (;;) {
		found = match6_below(table, in, &map->key_inside.addr, len);
		if (!found || !found->overlap)
			return found;
		len = found->key_inside.len;
	}
}

/* True if @inner is a longer prefix inside @map, on either side. */
static bool map_contains(const struct xlat_map *map,
			 const struct xlat_map *inner)
{
	if (map->nat66 != inner->nat66)
		return false;
	if (inner->key_inside.len > map->key_inside.len &&
	    addr6_prefix_equal(&inner->key_inside.addr, &map->key_inside.addr,
			       map->key_inside.len))
		return true;
	if (out_len(inner) <= out_len(map))
		return false;
	if (map->nat66)
		return addr6_prefix_equal(&inner->key6.addr, &map->key6.addr,
					  map->key6.len);
	return !((inner->key4.addr ^ map->key4.addr) &
		 addr4_mask(map->key4.len));
}

static bool lens_above(const struct xlat_lpm *lpm, unsigned int len)
{
	return find_next_bit(lpm->lens, 129, len + 1) < 129;
}

struct xlat_map *xlat_table_overlap(struct xlat_table *table,
				    const struct xlat_map *map)
{
	struct xlat_lpm *out = lpm_out(table, map);
	struct xlat_map *other, *found;
	struct rhashtable_iter iter;

	if (map->overlap)
		return NULL;
	found = xlat_table_covering(table, map);
	if (found)
		return found;
	/*
	 * Only a prefix that is shorter than another one can contain it. That
	 * is rare enough to look at all maps then.
	 */
	if (!lens_above(out, out_len(map)) &&
	    !lens_above(lpm_in(table, map), map->key_inside.len))
		return NULL;
	rhashtable_walk_enter(&out->ht, &iter);
	rhashtable_walk_start(&iter);
	while ((other = rhashtable_walk_next(&iter))) {
		if (IS_ERR(other))	/* resized: goes on from the start */
			continue;
		if (!other->overlap && map_contains(map, other)) {
			found = other;
			break;
		}
	}
	rhashtable_walk_stop(&iter);
	rhashtable_walk_exit(&iter);
	return found;
}
