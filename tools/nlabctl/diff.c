// SPDX-License-Identifier: GPL-2.0
/* diff-maps: what load-maps would change. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cmd.h"

/**
 * struct diff - A comparison.
 * @ctx: State of the run.
 * @found: Number of differences.
 */
struct diff {
	const struct ctx *ctx;
	size_t found;
};

static json_t *json_begin(const char *change)
{
	json_t *object = json_object();

	out_set_text(object, "change", change);
	return object;
}

static void put_json(struct diff *diff, json_t *object)
{
	out_list_item(diff->ctx, object, !diff->found);
}

static void put_map(char sign, const struct nlab_map *map)
{
	putchar(sign);
	text_map(stdout, map);
	putchar('\n');
}

/* One of them is NULL when the map is new, or goes. */
static void differ_map(struct diff *diff, const struct nlab_map *from,
		       const struct nlab_map *to)
{
	json_t *object;

	if (diff->ctx->opt.quiet) {
	} else if (!diff->ctx->opt.json) {
		if (from)
			put_map('-', from);
		if (to)
			put_map('+', to);
	} else if (from && to) {
		object = json_begin("changed");
		out_set(object, "from", json_map(from));
		out_set(object, "to", json_map(to));
		put_json(diff, object);
	} else {
		object = json_begin(to ? "added" : "removed");
		out_set(object, "map", json_map(to ? to : from));
		put_json(diff, object);
	}
	diff->found++;
}

static bool same_map(const struct nlab_map *a, const struct nlab_map *b)
{
	return nlab_prefix_equal(&a->inside, &b->inside) &&
	       a->overlap == b->overlap;
}

static int compare(const void *a, const void *b)
{
	const struct nlab_map *x = a, *y = b;

	return nlab_prefix_compare(&x->outside, &y->outside);
}

/* Both in the order of their outside prefixes, which differ on each side. */
static void diff_maps(struct diff *diff, const struct nlab_list *list,
		      const struct nlab_mapset *set)
{
	size_t old = 0, new = 0;

	while (old < list->count || new < set->count) {
		const struct nlab_map *from = old < list->count ?
			&list->entry[old].map : NULL;
		const struct nlab_map *to = new < set->count ?
			&set->maps[new] : NULL;
		int order = !from ? 1 : !to ? -1 : compare(from, to);

		if (order || !same_map(from, to))
			differ_map(diff, order <= 0 ? from : NULL,
				   order >= 0 ? to : NULL);
		old += order <= 0;
		new += order >= 0;
	}
}

/* The settings that the file makes. */
static void diff_settings(struct diff *diff, const struct nlab_xlat *from,
			  const struct nlab_xlat *to)
{
	char old[NLAB_VALUE_TEXT], new[NLAB_VALUE_TEXT];
	unsigned int key;
	json_t *object;

	for (key = 0; key < NLAB_KEYS; key++) {
		if (!to->key[key].set)
			continue;
		nlab_xlat_text(old, from, key);
		nlab_xlat_text(new, to, key);
		if (!strcmp(old, new))
			continue;
		if (diff->ctx->opt.quiet) {
		} else if (diff->ctx->opt.json) {
			object = json_begin("setting");
			out_set_text(object, "key", nlab_key_name(key));
			out_set(object, "from", json_setting(from, key));
			out_set(object, "to", json_setting(to, key));
			put_json(diff, object);
		} else {
			printf("-set %s %s\n+set %s %s\n", nlab_key_name(key),
			       old, nlab_key_name(key), new);
		}
		diff->found++;
	}
}

/* A file without a version says nothing about it. */
static void diff_version(struct diff *diff, uint64_t from, uint64_t to)
{
	json_t *object;

	if (!to || from == to)
		return;
	if (diff->ctx->opt.quiet) {
	} else if (diff->ctx->opt.json) {
		object = json_begin("version");
		out_set(object, "from", from ? json_integer((json_int_t)from) :
			json_null());
		out_set_number(object, "to", to);
		put_json(diff, object);
	} else {
		if (from)
			printf("-version %llu\n", (unsigned long long)from);
		printf("+version %llu\n", (unsigned long long)to);
	}
	diff->found++;
}

/* @list is NULL if the maps are the same. */
static void compare_all(struct ctx *ctx, const struct nlab_list *list,
			const struct nlab_xlat *xlat, struct nlab_mapset *set)
{
	bool json = ctx->opt.json && !ctx->opt.quiet;
	struct diff diff = { .ctx = ctx };

	/* Places are of no use any more. */
	if (list && set->count)
		qsort(set->maps, set->count, sizeof(*set->maps), compare);
	if (json)
		out_list_begin(ctx);
	diff_version(&diff, xlat->identity.version, set->identity.version);
	diff_settings(&diff, xlat, &set->xlat);
	if (list)
		diff_maps(&diff, list, set);
	if (json)
		out_list_end(ctx, !diff.found);
	if (diff.found)
		ctx->status = EXIT_DIFFERENT;
}

int cmd_diff_maps(struct ctx *ctx, int argc, char **argv)
{
	struct nlab_list list = { 0 };
	struct nlab_mapset set;
	struct nlab_xlat xlat;
	bool same;
	int ret;

	(void)argc;
	ret = mapset_read(ctx, &set, argv[0]);
	if (!ret)
		ret = ctx_connect(ctx);
	if (!ret)
		ret = nlab_xlat_get(ctx->nl, &xlat, &ctx->err);
	/* Tables of one digest need not be read, which takes long if they are
	 * large.
	 */
	same = !ret && xlat.maps == set.count &&
	       nlab_digest_equal(&xlat.identity.digest, &set.identity.digest);
	if (!ret && !same)
		ret = state_get(ctx, &list, &xlat);
	if (!ret)
		compare_all(ctx, same ? NULL : &list, &xlat, &set);
	nlab_list_free(&list);
	nlab_mapset_free(&set);
	return ret;
}
