// SPDX-License-Identifier: GPL-2.0
/*
 * Any octets as a map file, in both formats. What is accepted obeys RFC 7757
 * and the rule on overlaps as a plain comparison of all pairs sees it; printed
 * and read again it is the same.
 *
 * Links: tools/lib/text.c tools/lib/addr.c tools/lib/setting.c
 * Links: tools/lib/line.c tools/lib/names-gen.c tools/lib/mapset.c
 * Links: tools/lib/check.c tools/lib/file.c tools/lib/digest.c kmod/pure/map_digest.c
 */
#include "maps.h"

static bool holds(const struct nlab_prefix *a, const struct nlab_prefix *b)
{
	const u8 *x = (const u8 *)&a->v6, *y = (const u8 *)&b->v6;
	unsigned int i;

	if (a->family != b->family || a->len > b->len)
		return false;
	for (i = 0; i < a->len; i++)
		if ((x[i / 8] ^ y[i / 8]) & 0x80 >> i % 8)
			return false;
	return true;
}

static bool clash(const struct nlab_map *a, const struct nlab_map *b)
{
	bool out = holds(&a->outside, &b->outside);
	bool in = holds(&a->inside, &b->inside);

	if (a->outside.family != b->outside.family)
		return false;
	if ((out && a->outside.len == b->outside.len) ||
	    (in && a->inside.len == b->inside.len))
		return true;
	return (out || in) && !a->overlap && !b->overlap;
}

static void accepted(const struct nlab_mapset *set)
{
	size_t i, j;

	for (i = 0; i < set->count; i++) {
		const struct nlab_map *m = &set->maps[i];

		MUST(m->inside.family == AF_INET6 && m->inside.len <= 128);
		if (m->outside.family == AF_INET)
			MUST(32 - m->outside.len <= 128 - m->inside.len);
		else
			MUST(m->outside.len == m->inside.len);
		for (j = 0; j < set->count; j++)
			MUST(i == j || !clash(m, &set->maps[j]));
	}
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
	struct nlab_mapset set;
	struct nlab_err err;

	/* no other files: what they hold is not this input */
	if (memmem(data, size, "include", 7))
		return 0;
	if (!read_text(&set, data, size, &err)) {
		accepted(&set);
		save_and_load(&set);
	}
	nlab_mapset_free(&set);
	return 0;
}
