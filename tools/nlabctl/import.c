// SPDX-License-Identifier: GPL-2.0
/* import-maps: configurations of other translators as a map file. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "../lib/import.h"
#include "cmd.h"

static const char *const formats[] = { "jool", "tayga", NULL };

static int (*const readers[])(struct nlab_import *import, const char *path,
			      struct nlab_err *err) = {
	nlab_import_jool, nlab_import_tayga,
};

/* For the eyes of whoever moves; the maps go to standard output. */
static void print_note(void *arg, uint32_t line, const char *text)
{
	const struct nlab_import *import = arg;

	fputs(import->set.files[0], stderr);
	if (line)
		fprintf(stderr, ":%u", line);
	fprintf(stderr, ": %s\n", text);
}

static void print_set(const struct nlab_mapset *set, const char *format)
{
	char value[NLAB_VALUE_TEXT];
	unsigned int key;
	size_t i;

	printf("# from a configuration of %s, by nlabctl import-maps\n", format);
	for (key = 0; key < NLAB_KEYS; key++)
		if (set->xlat.key[key].set)
			printf("set %s %s\n", nlab_key_name(key),
			       nlab_xlat_text(value, &set->xlat, key));
	for (i = 0; i < set->count; i++) {
		text_map(stdout, &set->maps[i]);
		putchar('\n');
	}
}

int cmd_import_maps(struct ctx *ctx, int argc, char **argv)
{
	struct nlab_import import = { .note = print_note, .arg = &import };
	size_t i = 0;
	int ret;

	(void)argc;
	while (formats[i] && strcmp(argv[0], formats[i]))
		i++;
	if (!formats[i])
		return nlab_unknown(&ctx->err, "format", nlab_word(argv[0]),
				    formats);
	if (ctx->opt.json)
		return nlab_fail(&ctx->err, NLAB_FAULT_INPUT, EINVAL,
				 "import-maps prints what load-maps reads, it has no JSON");
	ret = take_input(ctx, argv[1]);
	if (ret)
		return ret;
	ret = readers[i](&import, argv[1], &ctx->err);
	if (!ret)
		print_set(&import.set, formats[i]);
	nlab_mapset_free(&import.set);
	return ret;
}
