// SPDX-License-Identifier: GPL-2.0
/* load-maps and save-maps, and what diff-maps shares with them. */
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

int take_input(struct ctx *ctx, const char *path)
{
	bool input = !strcmp(path, "-");

	if (input && ctx->input_used)
		return nlab_fail(&ctx->err, NLAB_FAULT_INPUT, EINVAL,
				 "standard input is already in use");
	ctx->input_used |= input;
	return 0;
}

int mapset_read(struct ctx *ctx, struct nlab_mapset *set, const char *path)
{
	int ret = take_input(ctx, path);

	memset(set, 0, sizeof(*set));
	return ret ? ret : nlab_mapset_read(set, path, &ctx->err);
}

int cmd_load_maps(struct ctx *ctx, int argc, char **argv)
{
	struct nlab_mapset set;
	int ret;

	(void)argc;
	ret = mapset_read(ctx, &set, argv[0]);
	if (!ret)
		ret = ctx_connect(ctx);
	if (!ret)
		ret = load(ctx, &set);
	nlab_mapset_free(&set);
	return ret;
}

enum {
	/* Between the maps and their digest there may be a change. */
	SAVE_ATTEMPTS = 4,
};

/* The digest says whether maps and settings are of one moment. */
int state_get(struct ctx *ctx, struct nlab_list *list, struct nlab_xlat *xlat)
{
	struct nlab_digest sum;
	int attempt, ret;
	size_t i;

	for (attempt = 0; attempt < SAVE_ATTEMPTS; attempt++) {
		memset(&sum, 0, sizeof(sum));
		ret = nlab_map_list(ctx->nl, list, &ctx->err);
		if (!ret)
			ret = nlab_xlat_get(ctx->nl, xlat, &ctx->err);
		if (ret)
			return ret;
		for (i = 0; i < list->count; i++)
			nlab_digest_add(&sum, &list->entry[i].map);
		if (!list->mixed &&
		    nlab_digest_equal(&sum, &xlat->identity.digest))
			return 0;
		nlab_list_free(list);
	}
	return nlab_fail(&ctx->err, NLAB_FAULT_KERNEL, EAGAIN,
			 "maps keep changing while they are read, try again");
}

static void save_settings(const struct nlab_xlat *xlat)
{
	char value[NLAB_VALUE_TEXT];
	unsigned int key;

	for (key = 0; key < NLAB_KEYS; key++)
		printf("set %s %s\n", nlab_key_name(key),
		       nlab_xlat_text(value, xlat, key));
}

static void save_identity(const struct nlab_identity *identity)
{
	char version[NLAB_VALUE_TEXT], digest[NLAB_DIGEST_TEXT];

	if (identity->version)
		printf("version %s\n",
		       nlab_version_text(version, identity->version));
	printf("digest %s\n", nlab_digest_text(digest, &identity->digest));
}

/* In the same text as show-maps; what load-maps reads has no JSON form. */
int cmd_save_maps(struct ctx *ctx, int argc, char **argv)
{
	static const char *const words[] = { "settings", NULL };
	struct nlab_list list = { 0 };
	struct nlab_xlat xlat;
	size_t i;
	int ret;

	if (argc && strcmp(argv[0], words[0]))
		return nlab_unknown(&ctx->err, "word", nlab_word(argv[0]),
				    words);
	if (ctx->opt.json)
		return nlab_fail(&ctx->err, NLAB_FAULT_INPUT, EINVAL,
				 "save-maps prints what load-maps reads; 'nlabctl -j show-maps' prints JSON");
	ret = ctx_connect(ctx);
	if (!ret)
		ret = state_get(ctx, &list, &xlat);
	if (!ret) {
		save_identity(&xlat.identity);
		if (argc)
			save_settings(&xlat);
	}
	for (i = 0; !ret && i < list.count; i++) {
		text_map(stdout, &list.entry[i].map);
		putchar('\n');
	}
	nlab_list_free(&list);
	return ret;
}
