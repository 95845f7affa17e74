// SPDX-License-Identifier: GPL-2.0
/* add-link, set-link, del-link, show-links. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "cmd.h"

/* --- words --- */

static int take_text(char *to, size_t size, const char *what,
		     struct nlab_word word, struct nlab_err *err)
{
	char quoted[NLAB_QUOTED];

	if (!word.len || word.len >= size)
		return nlab_fail(err, NLAB_FAULT_INPUT, EINVAL,
				 "bad %s %s, which has 1 to %zu characters",
				 what, nlab_quote(quoted, word), size - 1);
	memcpy(to, word.str, word.len);
	to[word.len] = '\0';
	return 0;
}

/* DEVICE or DEVICE@NETNS */
static int take_end(struct nlab_link_end *end, const char *arg,
		    struct nlab_err *err)
{
	const char *at = strchr(arg, '@');
	struct nlab_word name = nlab_word(arg);
	int ret;

	if (at)
		name.len = (size_t)(at - arg);
	ret = take_text(end->name, sizeof(end->name), "device name", name, err);
	if (!ret && at)
		ret = take_text(end->netns, sizeof(end->netns),
				"network namespace", nlab_word(at + 1), err);
	return ret;
}

/* A table is told from the names of distributions by how a path looks. */
static bool is_file(const char *key, const char *value,
		    enum nlab_link_source_kind *kind)
{
	const char *dot = strrchr(value, '.');

	if (!strcmp(key, "schedule"))
		*kind = NLAB_LINK_SCHEDULE;
	else if (!strcmp(key, "trace"))
		*kind = NLAB_LINK_TRACE;
	else if (!strcmp(key, "distribution") &&
		 (strchr(value, '/') || (dot && !strcmp(dot, ".dist"))))
		*kind = NLAB_LINK_TABLE;
	else
		return false;
	return true;
}

/* @pair: key and path */
static int take_file(struct nlab_link *link, struct link_files *files,
		     unsigned int which, enum nlab_link_source_kind kind,
		     char **pair, struct nlab_err *err)
{
	int ret;

	if (!files)
		return nlab_fail(err, NLAB_FAULT_INPUT, EINVAL,
				 "%s from a file is for one link: use add-link or set-link",
				 pair[0]);
	ret = link_files_take(files, which, kind, pair[1], err);
	if (ret || kind != NLAB_LINK_TABLE)
		return ret;
	return nlab_link_parse_pair(link->dir, &which, nlab_word(pair[0]),
				    nlab_word("table"), err);
}

/*
 * Pairs of key and value; "dir" says which direction those behind it are of.
 * @files: NULL where there may be none
 */
static int take_pairs(struct nlab_link *link, struct link_files *files,
		      int argc, char **argv, struct nlab_err *err)
{
	unsigned int which = NLAB_LINK_BOTH;
	enum nlab_link_source_kind kind;
	int i, ret = 0;

	for (i = 0; i + 1 < argc && !ret; i += 2) {
		struct nlab_word value = nlab_word(argv[i + 1]);

		if (!strcmp(argv[i], "owner"))
			ret = take_text(link->owner, sizeof(link->owner),
					"owner", value, err);
		else if (is_file(argv[i], argv[i + 1], &kind))
			ret = take_file(link, files, which, kind, argv + i, err);
		else
			ret = nlab_link_parse_pair(link->dir, &which,
						   nlab_word(argv[i]), value,
						   err);
	}
	if (!ret && i < argc)
		ret = nlab_fail(err, NLAB_FAULT_INPUT, EINVAL,
				"parameter '%s' has no value", argv[i]);
	return ret;
}

int link_take(struct nlab_link *link, struct link_files *files, int argc,
	      char **argv, struct nlab_err *err)
{
	int ret;

	ret = take_end(&link->end[0], argv[0], err);
	if (!ret)
		ret = take_end(&link->end[1], argv[1], err);
	return ret ? ret : take_pairs(link, files, argc - 2, argv + 2, err);
}

int cmd_add_link(struct ctx *ctx, int argc, char **argv)
{
	struct link_files files = { .input_used = ctx->input_used };
	struct nlab_link link = { 0 };
	int ret;

	ret = link_take(&link, &files, argc, argv, &ctx->err);
	if (!ret)
		ret = ctx_connect(ctx);
	if (!ret)
		ret = nlab_link_add(ctx->nl, &link, &files.plan, &ctx->err);
	link_files_free(&files);
	return ret;
}

int cmd_set_link(struct ctx *ctx, int argc, char **argv)
{
	struct link_files files = { .input_used = ctx->input_used };
	struct nlab_link link = { 0 };
	int ret;

	ret = take_text(link.end[0].name, NLAB_DEV_NAME, "device name",
			nlab_word(argv[0]), &ctx->err);
	if (!ret)
		ret = take_pairs(&link, &files, argc - 1, argv + 1,
				 &ctx->err);
	if (!ret)
		ret = ctx_connect(ctx);
	if (!ret)
		ret = nlab_link_set_plan(ctx->nl, &link, &files.plan,
					 &ctx->err);
	link_files_free(&files);
	return ret;
}

int cmd_del_link(struct ctx *ctx, int argc, char **argv)
{
	bool owner = argc == 2;
	uint32_t removed;
	json_t *object;
	int ret;

	if (owner && strcmp(argv[0], "owner"))
		return nlab_fail(&ctx->err, NLAB_FAULT_INPUT, EINVAL,
				 "too many arguments, usage: nlabctl del-link DEVICE, or del-link owner NAME");
	ret = ctx_connect(ctx);
	if (!ret)
		ret = nlab_link_del(ctx->nl, owner ? NULL : argv[0],
				    owner ? argv[1] : NULL, &removed,
				    &ctx->err);
	if (ret || !owner || ctx->opt.quiet)
		return ret;
	if (!ctx->opt.json) {
		printf("removed %u\n", removed);
		return 0;
	}
	object = json_object();
	out_set_number(object, "removed", removed);
	out_json(ctx, object);
	return 0;
}

/* --- output --- */

static json_t *json_value(const struct nlab_link_dir *dir,
			  enum nlab_link_key key)
{
	uint64_t value = dir->value[key];
	char buf[NLAB_LINK_TEXT];

	switch (nlab_link_key_kind(key)) {
	case NLAB_LINK_KIND_CHANCE:
		return json_real(value == UINT32_MAX ? 1 :
				 (double)value / 4294967296.0);
	case NLAB_LINK_KIND_PATTERN:
	case NLAB_LINK_KIND_LIST:
		if (!value)
			return json_null();
		/* fall through */
	case NLAB_LINK_KIND_ENUM:
		return json_string_nocheck(nlab_link_text(buf, dir, key));
	default:
		/* a seed may need all 64 bits, which are signed there */
		return json_integer((json_int_t)value);
	}
}

static json_t *json_counts(const struct nlab_link_counts *counts)
{
	json_t *object = json_object(), *late = json_array();
	unsigned int i;

	for (i = NLAB_LINK_COUNT_FIRST; i <= NLAB_LINK_COUNTS; i++)
		if (i != NLAB_A_LINK_STATS_LATE)
			out_set_number(object, nlab_link_count_name(i),
				       counts->value[i]);
	for (i = 0; i < NLAB_LATE_BUCKETS; i++)
		json_array_append_new(late,
				      json_integer((json_int_t)counts->late[i]));
	out_set(object, "late", late);
	return object;
}

json_t *json_link_dir(const struct nlab_link_dir *dir,
		      const struct nlab_link_counts *counts)
{
	json_t *object = json_object();
	unsigned int key;

	for (key = 0; key < NLAB_LINK_KEYS; key++)
		out_set(object, nlab_link_key_name(key), json_value(dir, key));
	if (counts)
		out_set(object, "stats", json_counts(counts));
	return object;
}

static void set_text_or_null(json_t *object, const char *key, const char *text)
{
	if (*text)
		out_set_text(object, key, text);
	else
		out_set(object, key, json_null());
}

static json_t *json_way(const struct nlab_link *link, unsigned int d,
			bool stats)
{
	json_t *object = json_link_dir(&link->dir[d],
				       stats ? &link->counts[d] : NULL);

	out_set(object, "schedule", json_progress(&link->progress[d]));
	out_set(object, "trace", json_trace(&link->progress[d]));
	return object;
}

json_t *json_link(const struct nlab_link *link, bool stats)
{
	bool peer = nlab_link_has_peer(link);
	json_t *object = json_object();
	char buf[NLAB_NETNS_TEXT];

	out_set_text(object, "name", link->end[0].name);
	set_text_or_null(object, "peer-name", link->end[1].name);
	set_text_or_null(object, "owner", link->owner);
	out_set_number(object, "ifindex", link->end[0].ifindex);
	if (peer)
		out_set_number(object, "peer-ifindex", link->end[1].ifindex);
	out_set_text(object, "netns", nlab_netns_name(buf, link->end[0].inode));
	if (peer)
		out_set_text(object, "peer-netns",
			     nlab_netns_name(buf, link->end[1].inode));
	out_set(object, "dir", json_way(link, 0, stats));
	if (peer)
		out_set(object, "peer-dir", json_way(link, 1, stats));
	return object;
}

static void text_end(const struct nlab_link_end *end, uint32_t self)
{
	char buf[NLAB_NETNS_TEXT];

	fputs(end->name, stdout);
	if (end->inode != self)
		printf("@%s", nlab_netns_name(buf, end->inode));
}

static void text_dir(const struct nlab_link_dir *dir, bool all)
{
	char value[NLAB_LINK_TEXT];
	unsigned int key;
	bool any = false;

	for (key = 0; key < NLAB_LINK_KEYS; key++) {
		if (nlab_link_is_default(dir, key) ||
		    (key == NLAB_LINK_SEED && !all))
			continue;
		printf(" %s %s", nlab_link_key_name(key),
		       nlab_link_text(value, dir, key));
		any = true;
	}
	puts(any ? "" : " plain");
}

static void text_counts(const struct nlab_link_counts *counts)
{
	unsigned int i;

	for (i = NLAB_LINK_COUNT_FIRST; i <= NLAB_LINK_COUNTS; i++)
		if (counts->value[i])
			printf("       %s %" PRIu64 "\n",
			       nlab_link_count_name(i), counts->value[i]);
	for (i = 0; i < NLAB_LATE_BUCKETS; i++)
		if (counts->late[i])
			printf("       late below %" PRIu64 " ns: %" PRIu64
			       "\n", (uint64_t)1 << i, counts->late[i]);
}

void text_link(const struct nlab_link *link, bool stats)
{
	static const char *const arrows[] = { "->", "<-" };
	uint32_t self = nlab_netns_self();
	int d;

	text_end(&link->end[0], self);
	putchar(' ');
	if (nlab_link_has_peer(link))
		text_end(&link->end[1], self);
	else
		fputs("qdisc", stdout);
	if (link->owner[0])
		printf(" owner %s", link->owner);
	putchar('\n');
	for (d = 0; d < 1 + nlab_link_has_peer(link); d++) {
		printf("    %s", arrows[d]);
		text_dir(&link->dir[d], stats);
		text_progress(&link->progress[d]);
		if (stats)
			text_counts(&link->counts[d]);
	}
}

static void show_list(const struct ctx *ctx, const struct nlab_link_list *list)
{
	bool stats = ctx->opt.stats;
	size_t i;

	if (ctx->opt.json)
		out_list_begin(ctx);
	for (i = 0; i < list->count; i++) {
		if (ctx->opt.json)
			out_list_item(ctx, json_link(&list->link[i], stats), !i);
		else
			text_link(&list->link[i], stats);
	}
	if (ctx->opt.json)
		out_list_end(ctx, !list->count);
}

int cmd_show_links(struct ctx *ctx, int argc, char **argv)
{
	const char *owner = argc == 2 ? argv[1] : NULL;
	struct nlab_link_list list;
	int ret;

	if (owner && strcmp(argv[0], "owner"))
		return nlab_fail(&ctx->err, NLAB_FAULT_INPUT, EINVAL,
				 "too many arguments, usage: nlabctl show-links [DEVICE | owner NAME]");
	ret = ctx_connect(ctx);
	if (ret)
		return ret;
	if (owner)
		ret = nlab_link_owned(ctx->nl, owner, &list, &ctx->err);
	else
		ret = nlab_link_list(ctx->nl, argc ? argv[0] : NULL, &list,
				     &ctx->err);
	if (!ret && ctx->opt.metrics)
		ret = show_link_metrics(ctx, &list);
	else if (!ret)
		show_list(ctx, &list);
	nlab_link_list_free(&list);
	return ret;
}
