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
#include "import.h"
#include "maps.h"

static void note(void *arg, uint32_t line, const char *text)
{
	uint32_t *last = arg;

	check_text(text);
	/* in the order of the file, those about all of it last */
	MUST(!line || line >= *last);
	*last = line ? line : UINT32_MAX;
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
	uint32_t last = 0;
	struct nlab_import import = { .note = note, .arg = &last };
	struct nlab_err err = { 0 };
	char path[PATH_TEXT];
	int fd = file_of(path, data, size), ret;

	ret = nlab_import_tayga(&import, path, &err);
	close(fd);
	MUST(ret <= 0);
	if (ret)
		check_refusal(&err);
	else
		save_and_load(&import.set);
	nlab_mapset_free(&import.set);
	return 0;
}
