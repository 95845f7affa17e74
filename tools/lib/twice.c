// SPDX-License-Identifier: GPL-2.0
/* Finds prefixes that stand in a map file twice. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "nlab.h"

/* Open-addressing hash table of the numbers of prefixes plus one; prefix 2 * i
 * is the outside of map i, 2 * i + 1 its inside.
 */
struct table {
	uint32_t *slot;
	size_t mask;
};

static const struct nlab_prefix *prefix_of(const struct nlab_mapset *set,
					   uint32_t number)
{
	const struct nlab_map *map = &set->maps[number / 2];

	return number % 2 ? &map->inside : &map->outside;
}

/* Mixes like splitmix64: neighbours among addresses must not be neighbours in
 * the table, whoever chose them.
 */
static uint64_t mix(uint64_t x)
{
	x = (x ^ x >> 30) * 0xbf58476d1ce4e5b9;
	x = (x ^ x >> 27) * 0x94d049bb133111eb;
	return x ^ x >> 31;
}

static size_t hash(const struct nlab_prefix *prefix, uint32_t side)
{
	uint64_t word[2] = { 0, 0 };

	if (prefix->family == AF_INET)
		word[0] = prefix->v4.s_addr;
	else
		memcpy(word, &prefix->v6, sizeof(word));
	return (size_t)mix(mix(word[0] + prefix->len) + word[1] + side);
}

/* Returns the number of an equal prefix of the same side, or enters this. */
static uint32_t *find(const struct table *table, const struct nlab_mapset *set,
		      uint32_t number)
{
	const struct nlab_prefix *prefix = prefix_of(set, number);
	size_t at = hash(prefix, number % 2) & table->mask;

	while (table->slot[at]) {
		uint32_t other = table->slot[at] - 1;

		if (other % 2 == number % 2 &&
		    nlab_prefix_equal(prefix_of(set, other), prefix))
			return &table->slot[at];
		at = (at + 1) & table->mask;
	}
	table->slot[at] = number + 1;
	return NULL;
}

static int blame(const struct nlab_mapset *set, uint32_t number, uint32_t first,
		 struct nlab_err *err)
{
	struct nlab_place place = set->places[first / 2];
	char prefix[NLAB_PREFIX_TEXT];

	nlab_mapset_blame(set, set->places[number / 2], err);
	return nlab_fail(err, NLAB_FAULT_INPUT, EEXIST,
			 "%s '%s' stands already at %s:%u",
			 number % 2 ? "inside" : "outside",
			 nlab_prefix_text(prefix, prefix_of(set, number)),
			 set->files[place.file], place.line);
}

/* Whether a map that may overlap is right depends on all of them, which is the
 * kernel's to say.
 */
int nlab_mapset_check(const struct nlab_mapset *set, struct nlab_err *err)
{
	struct table table = { .mask = 15 };
	uint32_t number, *first;
	int ret = 0;

	if (set->count > UINT32_MAX / 4)
		return nlab_fail(err, NLAB_FAULT_INPUT, E2BIG, "too many maps");
	while (table.mask < 4 * set->count)
		table.mask = 2 * table.mask + 1;
	table.slot = calloc(table.mask + 1, sizeof(*table.slot));
	if (!table.slot)
		return nlab_fail(err, NLAB_FAULT_KERNEL, ENOMEM,
				 "out of memory");
	for (number = 0; !ret && number < 2 * set->count; number++) {
		if (set->maps[number / 2].overlap)
			continue;
		first = find(&table, set, number);
		if (first)
			ret = blame(set, number, *first - 1, err);
	}
	free(table.slot);
	return ret;
}
