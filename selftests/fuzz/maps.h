/* SPDX-License-Identifier: GPL-2.0 */
/* Map files for fuzz targets: from memory, and from a set of maps. */
#ifndef NLAB_FUZZ_MAPS_H
#define NLAB_FUZZ_MAPS_H

#include <sys/mman.h>
#include <unistd.h>

#include "fuzz.h"
#include "nlab.h"

enum { TEXT_MAX = 1 << 20, PATH_TEXT = 32 };

/* A file that holds @text, to be closed; @path gets its name. */
static inline int file_of(char path[PATH_TEXT], const void *text, size_t len)
{
	int fd = memfd_create("text", 0);

	MUST(fd >= 0 && write(fd, text, len) == (ssize_t)len);
	snprintf(path, PATH_TEXT, "/proc/self/fd/%d", fd);
	return fd;
}

/* A reason is one printable line. */
static inline void check_text(const char *text)
{
	MUST(text[0] && strlen(text) < NLAB_ERR_TEXT - 1);
	for (; *text; text++)
		MUST(*text >= ' ' && *text < 0x7f);
}

/* A refusal has a reason and a place. */
static inline void check_refusal(const struct nlab_err *err)
{
	MUST(err->fault == NLAB_FAULT_INPUT && strchr(err->place, ':'));
	check_text(err->text);
}

static inline int read_text(struct nlab_mapset *set, const void *text,
			    size_t len, struct nlab_err *err)
{
	char path[PATH_TEXT];
	int fd = file_of(path, text, len), r;

	memset(err, 0, sizeof(*err));
	r = nlab_mapset_read(set, path, err);
	close(fd);
	MUST(r <= 0);
	if (r)
		check_refusal(err);
	return r;
}

/* Printed and read again, they are the same. */
static inline void save_and_load(const struct nlab_mapset *set)
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

#endif
