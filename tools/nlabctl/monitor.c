// SPDX-License-Identifier: GPL-2.0
/* monitor: one line for each event, written at once. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "cmd.h"

enum {
	TIME_TEXT = 64,
};

/* Events as they are called in the protocol's specification, "ready" and
 * "lost" are the tool's own.
 */
static const char *const event_names[] = {
	[NLAB_EVENT_MAP_ADD] = "map-add",
	[NLAB_EVENT_MAP_DEL] = "map-del",
	[NLAB_EVENT_MAPS] = "maps",
	[NLAB_EVENT_XLAT] = "xlat",
	[NLAB_EVENT_LINK] = "link",
	[NLAB_EVENT_ANNOUNCE] = "announce",
	[NLAB_EVENT_LOST] = "lost",
};

/* RFC 3339, UTC. */
static const char *time_text(char *buf)
{
	struct timespec now;
	struct tm tm;
	size_t len;

	clock_gettime(CLOCK_REALTIME, &now);
	gmtime_r(&now.tv_sec, &tm);
	len = strftime(buf, TIME_TEXT, "%Y-%m-%dT%H:%M:%S", &tm);
	snprintf(buf + len, TIME_TEXT - len, ".%06ldZ", now.tv_nsec / 1000);
	return buf;
}

static json_t *json_begin(const char *name)
{
	json_t *object = json_object();
	char buf[TIME_TEXT];

	out_set_text(object, "time", time_text(buf));
	out_set_text(object, "event", name);
	return object;
}

static void print_json(const struct ctx *ctx, const struct nlab_event *event)
{
	json_t *object = json_begin(event_names[event->kind]), *change;

	switch (event->kind) {
	case NLAB_EVENT_MAP_ADD:
		out_set(object, "map", json_map(&event->entry.map));
		json_identity(object, &event->identity);
		break;
	case NLAB_EVENT_MAP_DEL:
		out_set(object, "map", json_entry(&event->entry));
		json_identity(object, &event->identity);
		break;
	case NLAB_EVENT_MAPS:
		change = json_change(&event->change);
		json_object_update(object, change);
		json_decref(change);
		break;
	case NLAB_EVENT_XLAT:
		out_set(object, "xlat", json_xlat(&event->xlat));
		break;
	case NLAB_EVENT_LINK:
		out_set(object, "link", json_link(&event->link, false));
		break;
	case NLAB_EVENT_ANNOUNCE:
		out_set(object, "announce", json_announce(&event->announce));
		break;
	case NLAB_EVENT_LOST:
		break;
	}
	out_json(ctx, object);
}

static void print_xlat(const struct nlab_xlat *xlat)
{
	char value[NLAB_VALUE_TEXT];
	unsigned int key;

	for (key = 0; key < NLAB_KEYS; key++)
		printf(" %s %s", nlab_key_name(key),
		       nlab_xlat_text(value, xlat, key));
}

static void print_text(const struct nlab_event *event)
{
	char buf[TIME_TEXT], value[NLAB_VALUE_TEXT], digest[NLAB_DIGEST_TEXT];

	printf("%s %s", time_text(buf), event_names[event->kind]);
	switch (event->kind) {
	case NLAB_EVENT_MAP_ADD:
		putchar(' ');
		text_map(stdout, &event->entry.map);
		break;
	case NLAB_EVENT_MAP_DEL:
		putchar(' ');
		text_map(stdout, &event->entry.map);
		fputs(", ", stdout);
		text_map_stats(stdout, &event->entry.stats);
		break;
	case NLAB_EVENT_MAPS:
		printf(" added %u, removed %u, kept %u", event->change.added,
		       event->change.removed, event->change.kept);
		printf(", version %s, digest %s",
		       nlab_version_text(value, event->change.identity.version),
		       nlab_digest_text(digest, &event->change.identity.digest));
		break;
	case NLAB_EVENT_XLAT:
		print_xlat(&event->xlat);
		break;
	case NLAB_EVENT_LINK:
		printf(" %s %s", event->link.end[0].name,
		       nlab_link_has_peer(&event->link) ?
		       event->link.end[1].name : "qdisc");
		break;
	case NLAB_EVENT_ANNOUNCE:
		putchar(' ');
		text_announce_state(stdout, &event->announce);
		break;
	case NLAB_EVENT_LOST:
		fputs(" events came faster than they were read", stdout);
		break;
	}
	putchar('\n');
}

/* A script that starts the monitor can wait for this line. */
static void print_ready(void *arg)
{
	const struct ctx *ctx = arg;
	char buf[TIME_TEXT];

	if (ctx->opt.json)
		out_json(ctx, json_begin("ready"));
	else
		printf("%s ready\n", time_text(buf));
	fflush(stdout);
}

static int print_event(const struct nlab_event *event, void *arg)
{
	struct ctx *ctx = arg;

	if (ctx->opt.json)
		print_json(ctx, event);
	else
		print_text(event);
	if (!fflush(stdout))
		return 0;
	return nlab_fail(&ctx->err, NLAB_FAULT_KERNEL, errno,
			 "can't write the output: %s", strerror(errno));
}

int cmd_monitor(struct ctx *ctx, int argc, char **argv)
{
	int ret;

	(void)argc;
	(void)argv;
	if (ctx->batch)
		return nlab_fail(&ctx->err, NLAB_FAULT_INPUT, EINVAL,
				 "monitor does not end, it can't be part of a batch");
	/* One object a line, whatever else was asked for. */
	ctx->opt.pretty = false;
	ret = ctx_connect(ctx);
	return ret ? ret : nlab_listen(ctx->nl, print_ready, print_event, ctx,
				       &ctx->err);
}
