// SPDX-License-Identifier: GPL-2.0
/* load-maps and save-maps. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "cmd.h"

static int load(struct ctx *ctx, const struct nlab_mapset *set)
{
	struct nlab_change change;
	int ret;

	ret = nlab_load(ctx->nl, set, &change, &ctx->err);
	if (ret || ctx->opt.quiet)
		return ret;
	if (ctx->opt.json)
		out_json(ctx, json_change(&change));
	else
		printf("added %u, removed %u, kept %u\n", change.added,
		       change.removed, change.kept);
	return 0;
}

int cmd_load_maps(struct ctx *ctx, int argc, char **argv)
{
	bool input = !strcmp(argv[0], "-");
	struct nlab_mapset set;
	int ret;

	(void)argc;
	if (input && ctx->input_used)
		return nlab_fail(&ctx->err, NLAB_FAULT_INPUT, EINVAL,
				 "standard input is already in use");
	ctx->input_used |= input;
	ret = nlab_mapset_read(&set, argv[0], &ctx->err);
	if (!ret)
		ret = ctx_connect(ctx);
	if (!ret)
		ret = load(ctx, &set);
	nlab_mapset_free(&set);
	return ret;
}

static int save_settings(struct ctx *ctx)
{
	char value[NLAB_VALUE_TEXT];
	struct nlab_xlat xlat;
	unsigned int key;
	int ret;

	ret = nlab_xlat_get(ctx->nl, &xlat, &ctx->err);
	if (ret)
		return ret;
	for (key = 0; key < NLAB_KEYS; key++)
		printf("set %s %s\n", nlab_key_name(key),
		       nlab_xlat_text(value, &xlat, key));
	return 0;
}

/* In the same text as show-maps; what load-maps reads has no JSON form. */
int cmd_save_maps(struct ctx *ctx, int argc, char **argv)
{
	static const char *const words[] = { "settings", NULL };
	struct nlab_list list;
	size_t i;
	int ret;

	if (argc && strcmp(argv[0], words[0]))
		return nlab_unknown(&ctx->err, "word", nlab_word(argv[0]),
				    words);
	if (ctx->opt.json)
		return nlab_fail(&ctx->err, NLAB_FAULT_INPUT, EINVAL,
				 "save-maps prints what load-maps reads; 'nlabctl -j show-maps' prints JSON");
	ret = ctx_connect(ctx);
	if (ret)
		return ret;
	ret = nlab_map_list(ctx->nl, &list, &ctx->err);
	if (!ret && list.mixed)
		ret = nlab_fail(&ctx->err, NLAB_FAULT_KERNEL, EAGAIN,
				"maps keep changing while they are read, try again");
	if (!ret && argc)
		ret = save_settings(ctx);
	for (i = 0; !ret && i < list.count; i++) {
		text_map(stdout, &list.entry[i].map);
		putchar('\n');
	}
	nlab_list_free(&list);
	return ret;
}
