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
#include <sys/mman.h>
#include <unistd.h>

#include "fuzz.h"
#include "nlab.h"

enum { TEXT_MAX = 1 << 20 };

static int read_text(struct nlab_mapset *set, const void *text, size_t len,
		     struct nlab_err *err)
{
	int fd = memfd_create("maps", 0), r;
	char path[32];

	MUST(fd >= 0 && write(fd, text, len) == (ssize_t)len);
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	memset(err, 0, sizeof(*err));
	r = nlab_mapset_read(set, path, err);
	close(fd);
	MUST(r <= 0);
	/* a refusal has a reason and a place, on one printable line */
	if (r) {
		MUST(err->fault == NLAB_FAULT_INPUT);
		MUST(err->text[0] && strlen(err->text) < NLAB_ERR_TEXT - 1);
		MUST(strchr(err->place, ':'));
		for (const char *c = err->text; *c; c++)
			MUST(*c >= ' ' && *c < 0x7f);
	}
	return r;
}

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

static void save_and_load(const struct nlab_mapset *set)
{
	char *text = malloc(TEXT_MAX), a[NLAB_PREFIX_TEXT], b[NLAB_PREFIX_TEXT];
	struct nlab_mapset again;
	struct nlab_err err;
	unsigned int key;
	char digest[NLAB_DIGEST_TEXT];
	size_t n = 0, i;

	n += sprintf(text, "digest %s\n",
		     nlab_digest_text(digest, &set->identity.digest));
	if (set->identity.version)
		n += sprintf(text + n, "version %llu\n",
			     (unsigned long long)set->identity.version);
	for (key = 0; key < NLAB_KEYS; key++) {
		char value[NLAB_VALUE_TEXT];

		if (set->xlat.key[key].set)
			n += sprintf(text + n, "set %s %s\n",
				     nlab_key_name(key),
				     nlab_xlat_text(value, &set->xlat, key));
	}
	for (i = 0; i < set->count; i++)
		n += sprintf(text + n, "%s %s%s\n",
			     nlab_prefix_text(a, &set->maps[i].outside),
			     nlab_prefix_text(b, &set->maps[i].inside),
			     set->maps[i].overlap ? " overlap" : "");
	MUST(n < TEXT_MAX);
	if (read_text(&again, text, n, &err)) {
		fprintf(stderr, "%s: %s\n%.*s", err.place, err.text, (int)n,
			text);
		abort();
	}
	MUST(again.count == set->count);
	MUST(again.identity.version == set->identity.version);
	for (i = 0; i < set->count; i++) {
		const struct nlab_map *x = &set->maps[i], *y = &again.maps[i];

		MUST(nlab_prefix_equal(&x->outside, &y->outside));
		MUST(nlab_prefix_equal(&x->inside, &y->inside));
		MUST(x->overlap == y->overlap);
	}
	for (key = 0; key < NLAB_KEYS; key++)
		MUST(!memcmp(&set->xlat.key[key], &again.xlat.key[key],
			     sizeof(again.xlat.key[key])));
	nlab_mapset_free(&again);
	free(text);
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
