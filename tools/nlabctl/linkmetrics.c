// SPDX-License-Identifier: GPL-2.0
/* Counters of links as OpenMetrics text. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "cmd.h"

#define NSEC	1e9

/**
 * struct family - Where a counter of a direction goes.
 * @attr: Its number.
 * @name: Metric family; consecutive entries may share one.
 * @type: Of the family.
 * @unit: End of its name, or NULL.
 * @help: What it counts.
 * @reason: Value of the label reason, or NULL.
 */
struct family {
	unsigned int attr;
	const char *name;
	const char *type;
	const char *unit;
	const char *help;
	const char *reason;
};

static const char drop_help[] = "Packets dropped, by reason.";

static const struct family families[] = {
	{ NLAB_A_LINK_STATS_PACKETS, "nlab_link_packets", "counter", "packets",
	  "Packets put on the wire.", NULL },
	{ NLAB_A_LINK_STATS_BYTES, "nlab_link_bytes", "counter", "bytes",
	  "Bytes of these on the wire, with overhead.", NULL },
	{ NLAB_A_LINK_STATS_LOST, "nlab_link_lost_packets", "counter",
	  "packets", "Packets lost on the wire.", NULL },
	{ NLAB_A_LINK_STATS_DUPLICATED, "nlab_link_duplicated_packets",
	  "counter", "packets", "Packets that arrived twice.", NULL },
	{ NLAB_A_LINK_STATS_CORRUPTED, "nlab_link_corrupted_packets",
	  "counter", "packets", "Packets that arrived with a wrong bit.",
	  NULL },
	{ NLAB_A_LINK_STATS_REORDERED, "nlab_link_reordered_packets",
	  "counter", "packets", "Packets sent past the others.", NULL },
	{ NLAB_A_LINK_STATS_SEGMENTED, "nlab_link_segmented_trains", "counter",
	  NULL, "Trains (GSO) that were cut or taken apart.", NULL },
	{ NLAB_A_LINK_STATS_DROP_QUEUE, "nlab_link_dropped_packets", "counter",
	  "packets", drop_help, "queue" },
	{ NLAB_A_LINK_STATS_DROP_DOWN, "nlab_link_dropped_packets", "counter",
	  "packets", drop_help, "down" },
	{ NLAB_A_LINK_STATS_DROP_MEMORY, "nlab_link_dropped_packets",
	  "counter", "packets", drop_help, "memory" },
	{ NLAB_A_LINK_STATS_DROP_AQM, "nlab_link_dropped_packets", "counter",
	  "packets", drop_help, "aqm" },
	{ NLAB_A_LINK_STATS_MARKED, "nlab_link_marked_packets", "counter",
	  "packets", "Packets marked as having met congestion.", NULL },
	{ NLAB_A_LINK_STATS_QUEUE_PACKETS, "nlab_link_queue_packets", "gauge",
	  "packets", "Packets that wait.", NULL },
	{ NLAB_A_LINK_STATS_QUEUE_BYTES, "nlab_link_queue_bytes", "gauge",
	  "bytes", "Bytes on the wire that wait.", NULL },
	{ NLAB_A_LINK_STATS_QUEUE_MAX_PACKETS, "nlab_link_queue_max_packets",
	  "gauge", "packets", "Most packets that ever waited.", NULL },
	{ NLAB_A_LINK_STATS_QUEUE_MAX_BYTES, "nlab_link_queue_max_bytes",
	  "gauge", "bytes", "Most bytes that ever waited.", NULL },
	{ NLAB_A_LINK_STATS_FLYING, "nlab_link_flying_packets", "gauge",
	  "packets", "Packets under way.", NULL },
	{ 0 },
};

static unsigned int directions(const struct nlab_link *link)
{
	return nlab_link_has_peer(link) ? 2 : 1;
}

/* A direction of a link is named by its devices; leaves the labels open. */
static void put_name(FILE *file, const struct ctx *ctx, const char *name,
		     const char *suffix, const struct nlab_link *link,
		     unsigned int d)
{
	const struct nlab_link_end *from = &link->end[d], *to = &link->end[!d];
	char buf[NLAB_NETNS_TEXT], sep = '{';

	fprintf(file, "%s%s", name, suffix);
	metrics_label(file, "namespace", ctx->opt.netns, &sep);
	metrics_label(file, "device", from->name, &sep);
	metrics_label(file, "netns", nlab_netns_name(buf, from->inode), &sep);
	if (nlab_link_has_peer(link)) {
		metrics_label(file, "peer", to->name, &sep);
		metrics_label(file, "peer_netns",
			      nlab_netns_name(buf, to->inode), &sep);
	}
	if (link->owner[0])
		metrics_label(file, "owner", link->owner, &sep);
}

static void put_family(FILE *file, const struct ctx *ctx,
		       const struct family *f,
		       const struct nlab_link_list *list)
{
	const char *suffix = strcmp(f->type, "counter") ? "" : "_total";
	char sep = ',';
	unsigned int d;
	size_t i;

	for (i = 0; i < list->count; i++)
		for (d = 0; d < directions(&list->link[i]); d++) {
			put_name(file, ctx, f->name, suffix, &list->link[i], d);
			metrics_label(file, "reason", f->reason, &sep);
			fprintf(file, "} %" PRIu64 "\n",
				list->link[i].counts[d].value[f->attr]);
		}
}

/* A bucket holds what is at most one nanosecond below a power of two. */
static void put_late(FILE *file, const struct ctx *ctx,
		     const struct nlab_link *link, unsigned int d)
{
	static const char name[] = "nlab_link_late_seconds";
	uint64_t sum = 0;
	unsigned int i;

	for (i = 0; i < NLAB_LATE_BUCKETS; i++) {
		sum += link->counts[d].late[i];
		put_name(file, ctx, name, "_bucket", link, d);
		/* the last one has no end */
		if (i < NLAB_LATE_BUCKETS - 1)
			fprintf(file, ",le=\"%.10g\"} %" PRIu64 "\n",
				(double)((UINT64_C(1) << i) - 1) / NSEC, sum);
		else
			fprintf(file, ",le=\"+Inf\"} %" PRIu64 "\n", sum);
	}
	/* What readers of the older format take for the number of samples; the
	 * sum of the times is not known.
	 */
	if (ctx->opt.older) {
		put_name(file, ctx, name, "_count", link, d);
		fprintf(file, "} %" PRIu64 "\n", sum);
	}
}

static int write_links(struct ctx *ctx, FILE *file, const void *arg)
{
	const struct nlab_link_list *list = arg;
	const struct family *f;
	const char *name = "";
	unsigned int d;
	size_t i;

	for (f = families; f->name; f++) {
		if (strcmp(f->name, name))
			metrics_head(file, ctx, f->name, f->type, f->unit,
				     f->help);
		name = f->name;
		put_family(file, ctx, f, list);
	}
	if (!ctx->opt.stats)
		return 0;
	metrics_head(file, ctx, "nlab_link_late_seconds", "histogram",
		     "seconds", "How long after they were due packets left.");
	for (i = 0; i < list->count; i++)
		for (d = 0; d < directions(&list->link[i]); d++)
			put_late(file, ctx, &list->link[i], d);
	return 0;
}

int show_link_metrics(struct ctx *ctx, const struct nlab_link_list *list)
{
	return metrics_print(ctx, write_links, list);
}
