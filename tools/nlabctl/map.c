// SPDX-License-Identifier: GPL-2.0
/* add-map, del-map, show-maps, flush-maps, test-map. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "cmd.h"

int cmd_add_map(struct ctx *ctx, int argc, char **argv)
{
	static const char *const words[] = { "overlap", NULL };
	struct nlab_map map;
	int ret;

	ret = nlab_map_parse(&map, nlab_word(argv[0]), nlab_word(argv[1]),
			     &ctx->err);
	if (ret)
		return ret;
	if (argc > 2 && strcmp(argv[2], words[0]))
		return nlab_unknown(&ctx->err, "word", nlab_word(argv[2]),
				    words);
	map.overlap = argc > 2;
	ret = ctx_connect(ctx);
	return ret ? ret : nlab_map_add(ctx->nl, &map, &ctx->err);
}

int cmd_del_map(struct ctx *ctx, int argc, char **argv)
{
	struct nlab_prefix prefix;
	int ret;

	(void)argc;
	ret = nlab_prefix_parse(&prefix, NULL, nlab_word(argv[0]), &ctx->err);
	if (!ret)
		ret = ctx_connect(ctx);
	return ret ? ret : nlab_map_del(ctx->nl, &prefix, &ctx->err);
}

static void show_entry(const struct ctx *ctx, const struct nlab_entry *entry,
		       bool first)
{
	if (ctx->opt.json) {
		out_list_item(ctx, ctx->opt.stats ? json_entry(entry) :
			      json_map(&entry->map), first);
		return;
	}
	text_map(stdout, &entry->map);
	putchar('\n');
	if (!ctx->opt.stats)
		return;
	fputs("    ", stdout);
	text_map_stats(stdout, &entry->stats);
	putchar('\n');
}

static void show_entries(const struct ctx *ctx, const struct nlab_entry *entry,
			 size_t count)
{
	size_t i;

	if (ctx->opt.json)
		out_list_begin(ctx);
	for (i = 0; i < count; i++)
		show_entry(ctx, &entry[i], !i);
	if (ctx->opt.json)
		out_list_end(ctx, !count);
}

static int show_one(struct ctx *ctx, const char *arg)
{
	struct nlab_prefix prefix;
	struct nlab_entry entry;
	bool exact;
	int ret;

	ret = nlab_prefix_parse(&prefix, &exact, nlab_word(arg), &ctx->err);
	if (!ret)
		ret = ctx_connect(ctx);
	if (!ret)
		ret = nlab_map_get(ctx->nl, &prefix, exact, &entry, &ctx->err);
	if (!ret)
		show_entries(ctx, &entry, 1);
	return ret;
}

int cmd_show_maps(struct ctx *ctx, int argc, char **argv)
{
	struct nlab_list list;
	int ret;

	if (argc)
		return show_one(ctx, argv[0]);
	ret = ctx_connect(ctx);
	if (ret)
		return ret;
	ret = nlab_map_list(ctx->nl, &list, &ctx->err);
	if (!ret) {
		show_entries(ctx, list.entry, list.count);
		if (list.mixed)
			fputs("nlabctl: maps changed while they were read, the list mixes states\n",
			      stderr);
	}
	nlab_list_free(&list);
	return ret;
}

int cmd_flush_maps(struct ctx *ctx, int argc, char **argv)
{
	struct nlab_change change;
	json_t *object;
	int ret;

	(void)argc;
	(void)argv;
	ret = ctx_connect(ctx);
	if (!ret)
		ret = nlab_map_flush(ctx->nl, &change, &ctx->err);
	if (ret || ctx->opt.quiet)
		return ret;
	if (!ctx->opt.json) {
		printf("removed %u\n", change.removed);
		return 0;
	}
	object = json_object();
	out_set_number(object, "removed", change.removed);
	out_json(ctx, object);
	return 0;
}

static void show_test_json(const struct ctx *ctx,
			   const struct nlab_prefix *addr,
			   const struct nlab_test *test)
{
	json_t *object = json_object();
	char buf[NLAB_PREFIX_TEXT];

	out_set_text(object, "address", nlab_prefix_text(buf, addr));
	out_set_text(object, "via", nlab_via_name(test->via));
	if (test->result.family == AF_UNSPEC)
		out_set(object, "result", json_null());
	else
		out_set_text(object, "result",
			     nlab_prefix_text(buf, &test->result));
	out_set(object, "map", test->has_map ? json_map(&test->map) :
		json_null());
	out_json(ctx, object);
}

static void show_test(const struct nlab_prefix *addr,
		      const struct nlab_test *test)
{
	char buf[NLAB_PREFIX_TEXT];

	printf("%s ", nlab_prefix_text(buf, addr));
	if (test->result.family == AF_UNSPEC)
		printf("is not translated: ");
	else
		printf("-> %s via ", nlab_prefix_text(buf, &test->result));
	fputs(nlab_via_name(test->via), stdout);
	if (test->has_map) {
		putchar(' ');
		text_map(stdout, &test->map);
	}
	putchar('\n');
}

int cmd_test_map(struct ctx *ctx, int argc, char **argv)
{
	struct nlab_prefix addr;
	struct nlab_test test;
	int ret;

	(void)argc;
	ret = nlab_addr_parse(&addr, nlab_word(argv[0]), &ctx->err);
	if (!ret)
		ret = ctx_connect(ctx);
	if (!ret)
		ret = nlab_map_test(ctx->nl, &addr, &test, &ctx->err);
	if (ret)
		return ret;
	if (ctx->opt.json)
		show_test_json(ctx, &addr, &test);
	else
		show_test(&addr, &test);
	return 0;
}
