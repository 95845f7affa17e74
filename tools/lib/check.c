// SPDX-License-Identifier: GPL-2.0
/* Maps of a file that can't stand side by side: equal prefixes, and prefixes
 * inside others (RFC 7757 section 5). The kernel refuses them too, but only
 * here both places are known.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "import.h"

enum {
	/* Tables of the kernel, in which prefixes must differ. */
	SIDE_OUT4,
	SIDE_IN4,
	SIDE_OUT6,
	SIDE_IN6,
	SIDES,
	LENGTHS = 129,
};

/* Open-addressing hash table of the numbers of prefixes plus one; prefix 2 * i
 * is the outside of map i, 2 * i + 1 its inside.
 */
struct table {
	struct nlab_mapset *set;
	size_t *marked;			/* maps to be marked are counted here */
	uint32_t *slot;
	size_t mask;
	bool used[SIDES][LENGTHS];	/* lengths that occur */
	uint8_t shortest[SIDES];	/* of them */
};

static struct nlab_map *map_of(const struct table *table, uint32_t number)
{
	return &table->set->maps[number / 2];
}

static const struct nlab_prefix *prefix_of(const struct table *table,
					   uint32_t number)
{
	const struct nlab_map *map = map_of(table, number);

	return number % 2 ? &map->inside : &map->outside;
}

static unsigned int side_of(const struct table *table, uint32_t number)
{
	bool v4 = map_of(table, number)->outside.family == AF_INET;

	return (v4 ? SIDE_OUT4 : SIDE_OUT6) + number % 2;
}

/* Mixes like splitmix64: neighbours among addresses must not be neighbours in
 * the table.
 */
static uint64_t mix(uint64_t x)
{
	x = (x ^ x >> 30) * 0xbf58476d1ce4e5b9;
	x = (x ^ x >> 27) * 0x94d049bb133111eb;
	return x ^ x >> 31;
}

static size_t hash(const struct nlab_prefix *prefix, unsigned int side)
{
	uint64_t word[2] = { 0, 0 };

	if (prefix->family == AF_INET)
		word[0] = prefix->v4.s_addr;
	else
		memcpy(word, &prefix->v6, sizeof(word));
	return (size_t)mix(mix(word[0] + prefix->len) + word[1] + side);
}

/* The slot of an equal prefix on this side, or the empty one for it. */
static uint32_t *find(const struct table *table,
		      const struct nlab_prefix *prefix, unsigned int side)
{
	size_t at = hash(prefix, side) & table->mask;

	for (; table->slot[at]; at = (at + 1) & table->mask) {
		uint32_t other = table->slot[at] - 1;

		if (side_of(table, other) == side &&
		    nlab_prefix_equal(prefix_of(table, other), prefix))
			break;
	}
	return &table->slot[at];
}

/* Says what is wrong with prefix number, which stands after the other one. */
static int blame(const struct table *table, uint32_t number, uint32_t other,
		 struct nlab_err *err)
{
	const struct nlab_prefix *one = prefix_of(table, number);
	const struct nlab_prefix *two = prefix_of(table, other);
	const struct nlab_mapset *set = table->set;
	struct nlab_place place = set->places[other / 2];
	const char *side = number % 2 ? "inside" : "outside";
	char text[NLAB_PREFIX_TEXT], text2[NLAB_PREFIX_TEXT];

	nlab_prefix_text(text, one);
	nlab_mapset_blame(set, set->places[number / 2], err);
	if (nlab_prefix_equal(one, two))
		return nlab_fail(err, NLAB_FAULT_INPUT, EEXIST,
				 "%s '%s' stands already at %s:%u", side, text,
				 set->files[place.file], place.line);
	return nlab_fail(err, NLAB_FAULT_INPUT, EEXIST,
			 "%s '%s' lies in '%s' at %s:%u, add 'overlap' to one of them if that is meant",
			 side, text, nlab_prefix_text(text2, two),
			 set->files[place.file], place.line);
}

static int enter(struct table *table, uint32_t number, struct nlab_err *err)
{
	const struct nlab_prefix *prefix = prefix_of(table, number);
	unsigned int side = side_of(table, number);
	uint32_t *slot = find(table, prefix, side);

	if (*slot)
		return blame(table, number, *slot - 1, err);
	*slot = number + 1;
	table->used[side][prefix->len] = true;
	if (table->shortest[side] > prefix->len)
		table->shortest[side] = prefix->len;
	return 0;
}

/* The map says from now on that it overlaps, which the digest covers too. */
static void mark(const struct table *table, uint32_t number)
{
	struct nlab_digest *sum = &table->set->identity.digest, before = { 0 };
	struct nlab_map *map = map_of(table, number);

	nlab_digest_add(&before, map);
	*sum = nlab_digest_since(sum, &before);
	map->overlap = true;
	nlab_digest_add(sum, map);
	++*table->marked;
}

/* Two maps may overlap when one of them says so. */
static int check_inside(const struct table *table, uint32_t number,
			struct nlab_err *err)
{
	const struct nlab_prefix *prefix = prefix_of(table, number);
	unsigned int side = side_of(table, number);
	struct nlab_prefix outer = *prefix;
	int len;

	if (map_of(table, number)->overlap)
		return 0;
	for (len = prefix->len - 1; len >= table->shortest[side]; len--) {
		uint32_t found;

		if (!table->used[side][len])
			continue;
		nlab_prefix_cut(&outer, (uint8_t)len);
		found = *find(table, &outer, side);
		if (!found || map_of(table, found - 1)->overlap)
			continue;
		if (!table->marked)
			return blame(table, number, found - 1, err);
		mark(table, number);
		break;
	}
	return 0;
}

int nlab_mapset_check(struct nlab_mapset *set, size_t *marked,
		      struct nlab_err *err)
{
	struct table table = { .set = set, .marked = marked, .mask = 15 };
	uint32_t number, count = (uint32_t)(2 * set->count);
	int ret = 0;

	if (set->count > UINT32_MAX / 4)
		return nlab_fail(err, NLAB_FAULT_INPUT, E2BIG, "too many maps");
	while (table.mask < 4 * set->count)
		table.mask = 2 * table.mask + 1;
	memset(table.shortest, LENGTHS - 1, sizeof(table.shortest));
	if (marked)
		*marked = 0;
	table.slot = calloc(table.mask + 1, sizeof(*table.slot));
	if (!table.slot)
		return nlab_fail(err, NLAB_FAULT_KERNEL, ENOMEM,
				 "out of memory");
	for (number = 0; !ret && number < count; number++)
		ret = enter(&table, number, err);
	for (number = 0; !ret && number < count; number++)
		ret = check_inside(&table, number, err);
	free(table.slot);
	return ret;
}
