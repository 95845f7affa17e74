// SPDX-License-Identifier: GPL-2.0
/*
 * Any octets as tayga.conf. What is accepted is a map file when it is printed:
 * it reads back as the same maps and settings.
 *
 * Links: tools/lib/text.c tools/lib/addr.c tools/lib/setting.c
 * Links: tools/lib/line.c tools/lib/names-gen.c tools/lib/mapset.c
 * Links: tools/lib/check.c tools/lib/file.c tools/lib/digest.c
 * Links: tools/lib/import.c tools/lib/tayga.c kmod/pure/map_digest.c
 */
#include <sys/mman.h>
#include <unistd.h>

#include "fuzz.h"
#include "import.h"
#include "nlab.h"

enum { TEXT_MAX = 1 << 20 };

static void check_text(const char *text)
{
	MUST(text[0] && strlen(text) < NLAB_ERR_TEXT - 1);
	for (; *text; text++)
		MUST(*text >= ' ' && *text < 0x7f);
}

static void note(void *arg, uint32_t line, const char *text)
{
	uint32_t *last = arg;

	check_text(text);
	/* in the order of the file, those about all of it last */
	MUST(!line || line >= *last);
	*last = line ? line : UINT32_MAX;
}

static int file_of(char *path, size_t size, const void *text, size_t len)
{
	int fd = memfd_create("tayga", 0);

	MUST(fd >= 0 && write(fd, text, len) == (ssize_t)len);
	snprintf(path, size, "/proc/self/fd/%d", fd);
	return fd;
}

static void same_when_loaded(const struct nlab_mapset *set)
{
	char *text = malloc(TEXT_MAX), a[NLAB_PREFIX_TEXT], b[NLAB_PREFIX_TEXT];
	char path[32], value[NLAB_VALUE_TEXT];
	struct nlab_mapset again;
	struct nlab_err err = { 0 };
	unsigned int key;
	size_t n = 0, i;
	int fd;

	for (key = 0; key < NLAB_KEYS; key++)
		if (set->xlat.key[key].set)
			n += sprintf(text + n, "set %s %s\n",
				     nlab_key_name(key),
				     nlab_xlat_text(value, &set->xlat, key));
	for (i = 0; i < set->count; i++)
		n += sprintf(text + n, "%s %s%s\n",
			     nlab_prefix_text(a, &set->maps[i].outside),
			     nlab_prefix_text(b, &set->maps[i].inside),
			     set->maps[i].overlap ? " overlap" : "");
	MUST(n < TEXT_MAX);
	fd = file_of(path, sizeof(path), text, n);
	if (nlab_mapset_read(&again, path, &err)) {
		fprintf(stderr, "%s: %s\n%.*s", err.place, err.text, (int)n,
			text);
		abort();
	}
	close(fd);
	MUST(again.count == set->count);
	for (i = 0; i < set->count; i++)
		MUST(nlab_prefix_equal(&set->maps[i].outside,
				       &again.maps[i].outside) &&
		     nlab_prefix_equal(&set->maps[i].inside,
				       &again.maps[i].inside));
	for (key = 0; key < NLAB_KEYS; key++)
		MUST(set->xlat.key[key].set == again.xlat.key[key].set);
	nlab_mapset_free(&again);
	free(text);
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
	uint32_t last = 0;
	struct nlab_import import = { .note = note, .arg = &last };
	struct nlab_err err = { 0 };
	char path[32];
	int fd = file_of(path, sizeof(path), data, size), ret;

	ret = nlab_import_tayga(&import, path, &err);
	close(fd);
	MUST(ret <= 0);
	if (ret) {
		MUST(err.fault == NLAB_FAULT_INPUT && strchr(err.place, ':'));
		check_text(err.text);
	} else {
		same_when_loaded(&import.set);
	}
	nlab_mapset_free(&import.set);
	return 0;
}
