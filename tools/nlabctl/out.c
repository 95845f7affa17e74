// SPDX-License-Identifier: GPL-2.0
/* JSON on standard output, and the objects that several commands print. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cmd.h"

enum {
	INDENT = 4,
	EXIT_NO_MEMORY = 2,
};

static void need(const void *ptr)
{
	if (ptr)
		return;
	fputs("nlabctl: out of memory\n", stderr);
	exit(EXIT_NO_MEMORY);
}

/* Prints and frees; pretty text gets a margin so that it can stand in a list.
 */
static void print(const struct ctx *ctx, json_t *value, int margin)
{
	char *text, *line, *rest;

	need(value);
	if (!ctx->opt.pretty) {
		json_dumpf(value, stdout, JSON_COMPACT);
		json_decref(value);
		return;
	}
	text = json_dumps(value, JSON_INDENT(INDENT));
	need(text);
	json_decref(value);
	for (rest = text; (line = strsep(&rest, "\n"));)
		printf("%*s%s%s", margin, "", line, rest ? "\n" : "");
	free(text);
}

void out_json(const struct ctx *ctx, json_t *value)
{
	print(ctx, value, 0);
	putchar('\n');
}

void out_list_begin(const struct ctx *ctx)
{
	(void)ctx;
	putchar('[');
}

void out_list_item(const struct ctx *ctx, json_t *value, bool first)
{
	if (!first)
		putchar(',');
	/* One element a line, also when compact: a million of them on one
	 * line is more than many tools read.
	 */
	if (!first || ctx->opt.pretty)
		putchar('\n');
	print(ctx, value, INDENT);
}

void out_list_end(const struct ctx *ctx, bool empty)
{
	puts(ctx->opt.pretty && !empty ? "\n]" : "]");
}

void out_set(json_t *object, const char *key, json_t *value)
{
	need(object);
	need(value);
	if (json_object_set_new_nocheck(object, key, value))
		need(NULL);
}

void out_set_text(json_t *object, const char *key, const char *text)
{
	out_set(object, key, json_string_nocheck(text));
}

void out_set_number(json_t *object, const char *key, uint64_t number)
{
	out_set(object, key, json_integer((json_int_t)number));
}

json_t *json_map(const struct nlab_map *map)
{
	json_t *object = json_object();
	char buf[NLAB_PREFIX_TEXT];

	out_set_text(object, "outside", nlab_prefix_text(buf, &map->outside));
	out_set_text(object, "inside", nlab_prefix_text(buf, &map->inside));
	out_set(object, "overlap", json_boolean(map->overlap));
	return object;
}

json_t *json_entry(const struct nlab_entry *entry)
{
	const struct nlab_map_stats *stats = &entry->stats;
	json_t *object = json_map(&entry->map);

	out_set_number(object, "in-packets", stats->in_packets);
	out_set_number(object, "in-bytes", stats->in_bytes);
	out_set_number(object, "out-packets", stats->out_packets);
	out_set_number(object, "out-bytes", stats->out_bytes);
	if (stats->used)
		out_set_number(object, "last-used", stats->last_used);
	else
		out_set(object, "last-used", json_null());
	return object;
}

void json_identity(json_t *object, const struct nlab_identity *identity)
{
	char text[NLAB_DIGEST_TEXT];

	if (identity->version)
		out_set_number(object, "maps-version", identity->version);
	else
		out_set(object, "maps-version", json_null());
	out_set_text(object, "maps-digest",
		     nlab_digest_text(text, &identity->digest));
}

json_t *json_change(const struct nlab_change *change)
{
	json_t *object = json_object();

	out_set_number(object, "added", change->added);
	out_set_number(object, "removed", change->removed);
	out_set_number(object, "kept", change->kept);
	json_identity(object, &change->identity);
	return object;
}

json_t *json_setting(const struct nlab_xlat *xlat, enum nlab_key key)
{
	const struct nlab_setting *setting = &xlat->key[key];
	char buf[NLAB_VALUE_TEXT];

	switch (nlab_key_kind(key)) {
	case NLAB_KIND_PREFIX:
	case NLAB_KIND_POOL4:
	case NLAB_KIND_ADDR6:
		if (setting->prefix.family == AF_UNSPEC)
			return json_null();
		break;
	case NLAB_KIND_BOOL:
		return json_boolean(setting->number);
	case NLAB_KIND_NUMBER:
		return json_integer(setting->number);
	case NLAB_KIND_TOS:
		if (setting->number != NLAB_TOS_COPY)
			return json_integer(setting->number);
		break;
	default:
		break;
	}
	return json_string_nocheck(nlab_xlat_text(buf, xlat, key));
}

json_t *json_xlat(const struct nlab_xlat *xlat)
{
	json_t *object = json_object();
	unsigned int key;

	for (key = 0; key < NLAB_KEYS; key++)
		out_set(object, nlab_key_name(key), json_setting(xlat, key));
	out_set_number(object, "maps", xlat->maps);
	out_set_number(object, "generation", xlat->generation);
	json_identity(object, &xlat->identity);
	return object;
}

void text_map(FILE *file, const struct nlab_map *map)
{
	char outside[NLAB_PREFIX_TEXT], inside[NLAB_PREFIX_TEXT];

	fprintf(file, "%s %s%s", nlab_prefix_text(outside, &map->outside),
		nlab_prefix_text(inside, &map->inside),
		map->overlap ? " overlap" : "");
}

void text_map_stats(FILE *file, const struct nlab_map_stats *stats)
{
	fprintf(file, "in %" PRIu64 " packets %" PRIu64 " bytes, out %" PRIu64
		" packets %" PRIu64 " bytes, ", stats->in_packets,
		stats->in_bytes, stats->out_packets, stats->out_bytes);
	if (stats->used)
		fprintf(file, "last used %" PRIu64 ".%03u s ago",
			stats->last_used / 1000,
			(unsigned int)(stats->last_used % 1000));
	else
		fputs("never used", file);
}
