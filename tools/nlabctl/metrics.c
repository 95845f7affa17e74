// SPDX-License-Identifier: GPL-2.0
/* Counters as OpenMetrics text, or in the older format of Prometheus, which
 * node_exporter's textfile collector reads.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "cmd.h"

enum {
	MSEC = 1000,
	NSEC_IN_MSEC = 1000000,
};

/**
 * struct counter - Where a counter of the namespace goes.
 * @attr: Its number.
 * @name: Metric family; consecutive entries may share one.
 * @unit: Unit of the family, the end of its name; or NULL.
 * @help: What the family counts.
 * @label: Label that tells the counters of a family apart, or NULL.
 * @value: Value of that label.
 */
struct counter {
	unsigned int attr;
	const char *name;
	const char *unit;
	const char *help;
	const char *label;
	const char *value;
};

/* The reasons of drops follow from the names of their counters. */
static const struct counter counters[] = {
	{ NLAB_A_STATS_PACKETS46, "nlab_xlat_packets", "packets",
	  "Packets translated.", "direction", "4to6" },
	{ NLAB_A_STATS_PACKETS64, "nlab_xlat_packets", "packets",
	  "Packets translated.", "direction", "6to4" },
	{ NLAB_A_STATS_PACKETS66, "nlab_xlat_packets", "packets",
	  "Packets translated.", "direction", "6to6" },
	{ NLAB_A_STATS_BYTES46, "nlab_xlat_bytes", "bytes",
	  "Bytes of the packets before translation.", "direction", "4to6" },
	{ NLAB_A_STATS_BYTES64, "nlab_xlat_bytes", "bytes",
	  "Bytes of the packets before translation.", "direction", "6to4" },
	{ NLAB_A_STATS_BYTES66, "nlab_xlat_bytes", "bytes",
	  "Bytes of the packets before translation.", "direction", "6to6" },
	{ NLAB_A_STATS_HAIRPIN, "nlab_xlat_hairpin_packets", "packets",
	  "Packets turned back to IPv6 (RFC 7757 section 4.2.2).", NULL, NULL },
	{ NLAB_A_STATS_ICMP_TRANSLATED, "nlab_xlat_icmp_errors", NULL,
	  "ICMP errors translated with the packet inside them.", NULL, NULL },
	{ NLAB_A_STATS_FRAGMENTED, "nlab_xlat_fragmented_packets", "packets",
	  "Packets fragmented to lowest-ipv6-mtu (RFC 7915 section 4).",
	  NULL, NULL },
	{ NLAB_A_STATS_SEGMENTED, "nlab_xlat_segmented_packets", "packets",
	  "GSO packets segmented because they could not pass whole.",
	  NULL, NULL },
	{ NLAB_A_STATS_ICMP4_SENT, "nlab_xlat_icmp_errors_sent", NULL,
	  "ICMP errors sent for discarded packets.", "version", "4" },
	{ NLAB_A_STATS_ICMP6_SENT, "nlab_xlat_icmp_errors_sent", NULL,
	  "ICMP errors sent for discarded packets.", "version", "6" },
	{ 0 },
};

static const char drop_prefix[] = "drop-";

/* The older format has no units and no type for texts, and gives the names of
 * counters as their samples have them.
 */
void metrics_head(FILE *file, const struct ctx *ctx, const char *name,
		  const char *type, const char *unit, const char *help)
{
	const char *suffix = "";

	if (ctx->opt.older) {
		if (!strcmp(type, "counter"))
			suffix = "_total";
		if (!strcmp(type, "info")) {
			suffix = "_info";
			type = "gauge";
		}
		unit = NULL;
	}
	fprintf(file, "# TYPE %s%s %s\n", name, suffix, type);
	if (unit)
		fprintf(file, "# UNIT %s %s\n", name, unit);
	fprintf(file, "# HELP %s%s %s\n", name, suffix, help);
}

void metrics_label(FILE *file, const char *name, const char *value, char *sep)
{
	if (!value)
		return;
	fprintf(file, "%c%s=\"", *sep, name);
	*sep = ',';
	for (; *value; value++) {
		switch (*value) {
		case '\n':
			fputs("\\n", file);
			break;
		case '"':
		case '\\':
			fputc('\\', file);
			/* fall through */
		default:
			fputc(*value, file);
		}
	}
	fputc('"', file);
}

/* Name and labels of a sample; what has no namespace has no such label. */
static void put_name(FILE *file, const struct ctx *ctx, const char *name,
		     const char *suffix, const char *label, const char *value)
{
	char sep = '{';

	fprintf(file, "%s%s", name, suffix);
	metrics_label(file, "namespace", ctx->opt.netns, &sep);
	if (label)
		metrics_label(file, label, value, &sep);
	if (sep == ',')
		fputc('}', file);
}

static void put_counter(FILE *file, const struct ctx *ctx, const char *name,
			const char *label, const char *value, uint64_t number)
{
	put_name(file, ctx, name, "_total", label, value);
	fprintf(file, " %" PRIu64 "\n", number);
}

static void put_stats(FILE *file, const struct ctx *ctx,
		      const struct nlab_stats *stats)
{
	static const char drops[] = "nlab_xlat_dropped_packets";
	const struct counter *c;
	const char *name = "";
	unsigned int i;

	for (c = counters; c->name; c++) {
		if (strcmp(c->name, name))
			metrics_head(file, ctx, c->name, "counter", c->unit, c->help);
		name = c->name;
		put_counter(file, ctx, name, c->label, c->value,
			    stats->value[c->attr]);
	}
	metrics_head(file, ctx, drops, "counter", "packets",
		 "Packets discarded, by reason (nlabctl-stats(8)).");
	for (i = NLAB_A_STATS_PAD + 1; i <= NLAB_A_STATS_MAX; i++) {
		name = nlab_stats_name(i);
		if (!strncmp(name, drop_prefix, strlen(drop_prefix)))
			put_counter(file, ctx, drops, "reason",
				    name + strlen(drop_prefix),
				    stats->value[i]);
	}
}

static void put_map_name(FILE *file, const struct ctx *ctx, const char *name,
			 const char *direction, const struct nlab_map *map)
{
	char buf[NLAB_PREFIX_TEXT], sep = '{';

	fputs(name, file);
	metrics_label(file, "namespace", ctx->opt.netns, &sep);
	metrics_label(file, "outside", nlab_prefix_text(buf, &map->outside), &sep);
	metrics_label(file, "inside", nlab_prefix_text(buf, &map->inside), &sep);
	metrics_label(file, "direction", direction, &sep);
	fputc('}', file);
}

static void put_map(FILE *file, const struct ctx *ctx, const char *name,
		    const struct nlab_map *map, uint64_t in, uint64_t out)
{
	put_map_name(file, ctx, name, "in", map);
	fprintf(file, " %" PRIu64 "\n", in);
	put_map_name(file, ctx, name, "out", map);
	fprintf(file, " %" PRIu64 "\n", out);
}

/* The samples of a family must not be interleaved with those of another.
 * Maps that were never used say nothing and may be very many.
 */
static void put_maps(FILE *file, const struct ctx *ctx,
		     const struct nlab_list *list)
{
	const struct nlab_entry *e, *end = list->entry + list->count;
	struct timespec ts;
	uint64_t now, last;

	clock_gettime(CLOCK_REALTIME, &ts);
	now = (uint64_t)ts.tv_sec * MSEC + (uint64_t)ts.tv_nsec / NSEC_IN_MSEC;
	metrics_head(file, ctx, "nlab_xlat_map_packets", "counter", "packets",
		 "Packets of a map, to its inside and from there.");
	for (e = list->entry; e < end; e++)
		if (e->stats.used)
			put_map(file, ctx, "nlab_xlat_map_packets_total",
				&e->map, e->stats.in_packets,
				e->stats.out_packets);
	metrics_head(file, ctx, "nlab_xlat_map_bytes", "counter", "bytes",
		 "Bytes of a map, to its inside and from there.");
	for (e = list->entry; e < end; e++)
		if (e->stats.used)
			put_map(file, ctx, "nlab_xlat_map_bytes_total",
				&e->map, e->stats.in_bytes,
				e->stats.out_bytes);
	metrics_head(file, ctx, "nlab_xlat_map_last_use_timestamp_seconds", "gauge",
		 "seconds", "When a packet last used a map, since the epoch.");
	for (e = list->entry; e < end; e++) {
		if (!e->stats.used)
			continue;
		last = now > e->stats.last_used ? now - e->stats.last_used : 0;
		put_map_name(file, ctx,
			     "nlab_xlat_map_last_use_timestamp_seconds", NULL,
			     &e->map);
		fprintf(file, " %" PRIu64 ".%03u\n", last / MSEC,
			(unsigned int)(last % MSEC));
	}
}

static void put_gauge(FILE *file, const struct ctx *ctx, const char *name,
		      const char *help, unsigned int number)
{
	metrics_head(file, ctx, name, "gauge", NULL, help);
	put_name(file, ctx, name, "", NULL, NULL);
	fprintf(file, " %u\n", number);
}

/* A text is a label, its value always 1. */
static void put_table(FILE *file, const struct ctx *ctx,
		      const struct nlab_xlat *xlat)
{
	char version[NLAB_VALUE_TEXT], digest[NLAB_DIGEST_TEXT], sep = '{';

	put_gauge(file, ctx, "nlab_xlat_maps", "Maps in the table.",
		  xlat->maps);
	metrics_head(file, ctx, "nlab_xlat_table", "info", NULL,
		 "Version and digest of the maps (nlab-maps(5)).");
	fputs("nlab_xlat_table_info", file);
	metrics_label(file, "namespace", ctx->opt.netns, &sep);
	metrics_label(file, "version",
		  nlab_version_text(version, xlat->identity.version), &sep);
	metrics_label(file, "digest",
		  nlab_digest_text(digest, &xlat->identity.digest), &sep);
	fputs("} 1\n", file);
}

/* A node that has nothing to announce is not withdrawn. */
static void put_announce(FILE *file, const struct ctx *ctx,
			 const struct nlab_announce *ann)
{
	static const char reason[] = "nlab_announce_withdrawn_reason";
	static const char age[] = "nlab_announce_agent_age_seconds";
	unsigned int i;

	if (!ann->prefixes)
		return;
	put_gauge(file, ctx, "nlab_announce_up",
		  "Whether the node is announced.", ann->up);
	put_gauge(file, ctx, "nlab_announce_drained",
		  "Whether it was drained.", ann->drained);
	metrics_head(file, ctx, reason, "gauge", NULL,
		     "Why it is withdrawn (nlabctl-announce(8)).");
	for (i = 0; nlab_announce_reason_name(i); i++) {
		put_name(file, ctx, reason, "", "reason",
			 nlab_announce_reason_name(i));
		fprintf(file, " %u\n", ann->reasons >> i & 1);
	}
	if (!ann->has_agent)
		return;
	metrics_head(file, ctx, age, "gauge", "seconds",
		     "Time since the agent was heard.");
	put_name(file, ctx, age, "", NULL, NULL);
	fprintf(file, " %u.%03u\n", ann->agent_age / MSEC,
		ann->agent_age % MSEC);
}

static int write_stats(struct ctx *ctx, FILE *file, const void *arg)
{
	const struct nlab_stats *stats = arg;
	struct nlab_announce ann;
	struct nlab_list list;
	struct nlab_xlat xlat;
	int ret;

	ret = nlab_xlat_get(ctx->nl, &xlat, &ctx->err);
	if (!ret)
		ret = nlab_announce_get(ctx->nl, &ann, &ctx->err);
	if (ret)
		return ret;
	put_stats(file, ctx, stats);
	put_table(file, ctx, &xlat);
	put_announce(file, ctx, &ann);
	if (ctx->opt.stats) {
		ret = nlab_map_list(ctx->nl, &list, &ctx->err);
		if (!ret)
			put_maps(file, ctx, &list);
		nlab_list_free(&list);
	}
	return ret;
}

static int write_all(struct ctx *ctx, FILE *file, metrics_writer *writer,
		     const void *arg)
{
	int ret = writer(ctx, file, arg);

	if (!ret && !ctx->opt.older)
		fputs("# EOF\n", file);
	return ret;
}

static int can_not_write(struct ctx *ctx)
{
	return nlab_fail(&ctx->err, NLAB_FAULT_KERNEL, errno,
			 "can't write '%s': %s", ctx->opt.output,
			 strerror(errno));
}

/* Whoever reads the file finds the old text or the new one, never a part. */
static int replace_file(struct ctx *ctx, metrics_writer *writer,
			const void *arg, char *temp)
{
	int fd = mkstemp(temp), ret;
	mode_t mask = umask(0);
	FILE *file;

	umask(mask);
	if (fd < 0)
		return can_not_write(ctx);
	file = fdopen(fd, "w");
	if (!file) {
		ret = can_not_write(ctx);
		close(fd);
		goto remove;
	}
	ret = write_all(ctx, file, writer, arg);
	if (!ret && (fchmod(fd, 0666 & ~mask) || fflush(file) ||
		     ferror(file) || fsync(fd)))
		ret = can_not_write(ctx);
	if (fclose(file) && !ret)
		ret = can_not_write(ctx);
	if (!ret && rename(temp, ctx->opt.output))
		ret = can_not_write(ctx);
remove:
	if (ret)
		unlink(temp);
	return ret;
}

int metrics_print(struct ctx *ctx, metrics_writer *writer, const void *arg)
{
	struct stat old;
	char *temp;
	int ret;

	if (!ctx->opt.output)
		return write_all(ctx, stdout, writer, arg);
	/* Not /dev/stdout, which would become a file. */
	if (!stat(ctx->opt.output, &old) && !S_ISREG(old.st_mode))
		return nlab_fail(&ctx->err, NLAB_FAULT_INPUT, EINVAL,
				 "can't replace '%s', which is no regular file",
				 ctx->opt.output);
	if (asprintf(&temp, "%s.XXXXXX", ctx->opt.output) < 0)
		return nlab_fail(&ctx->err, NLAB_FAULT_KERNEL, ENOMEM,
				 "out of memory");
	ret = replace_file(ctx, writer, arg, temp);
	free(temp);
	return ret;
}

int show_metrics(struct ctx *ctx, const struct nlab_stats *stats)
{
	return metrics_print(ctx, write_stats, stats);
}

int metrics_write(struct ctx *ctx, FILE *file)
{
	struct nlab_stats stats;
	int ret = nlab_stats_get(ctx->nl, &stats, &ctx->err);

	return ret ? ret : write_all(ctx, file, write_stats, &stats);
}
