// SPDX-License-Identifier: GPL-2.0
/* The report as one page of HTML, with its pictures in it and nothing fetched
 * from elsewhere.
 */
#include <inttypes.h>
#include <stdlib.h>

#include "report.h"

enum {
	WIDTH = 720,
	/* Of the histogram. */
	PLOT_HEIGHT = 180,
	AXIS = 30,
	TICK = 70,
	/* Of a row of the bars, what stands before it, and how many fit a page. */
	ROW = 22,
	LABEL = 190,
	ROWS_MAX = 60,
};

/* What became of packets, in the order of the bars. */
static const struct part {
	unsigned int count;
	const char *name, *colour;
} parts[] = {
	{ 0, "delivered", "#4a90c2" },
	{ NLAB_A_LINK_STATS_LOST, "lost", "#d9534f" },
	{ NLAB_A_LINK_STATS_DROP_QUEUE, "dropped, queue full", "#f0ad4e" },
	{ NLAB_A_LINK_STATS_DROP_AQM, "dropped by CoDel or RED", "#c9a227" },
	{ NLAB_A_LINK_STATS_DROP_DOWN, "dropped, link down", "#777777" },
	{ NLAB_A_LINK_STATS_DROP_MEMORY, "dropped, no memory", "#333333" },
};

enum {
	PARTS = sizeof(parts) / sizeof(*parts),
};

/* Names of devices may have any character that can be seen. */
static void put(FILE *file, const char *text)
{
	for (; *text; text++)
		switch (*text) {
		case '&':
			fputs("&amp;", file);
			break;
		case '<':
			fputs("&lt;", file);
			break;
		case '>':
			fputs("&gt;", file);
			break;
		case '"':
			fputs("&quot;", file);
			break;
		default:
			fputc(*text, file);
		}
}

static void put_way(FILE *file, const struct report *report,
		    const struct report_dir *dir)
{
	put(file, report->lab->nodes[dir->from->node].name);
	fputc(':', file);
	put(file, dir->from->dev);
	fputs(" → ", file);
	put(file, report->lab->nodes[dir->to->node].name);
}

static uint64_t part_of(const struct report_dir *dir, unsigned int part)
{
	const uint64_t *value = dir->counts->value;

	if (part)
		return value[parts[part].count];
	return value[NLAB_A_LINK_STATS_PACKETS] >
	       value[NLAB_A_LINK_STATS_LOST] ?
	       value[NLAB_A_LINK_STATS_PACKETS] -
	       value[NLAB_A_LINK_STATS_LOST] : 0;
}

static uint64_t offered(const struct report_dir *dir)
{
	uint64_t sum = 0;
	unsigned int i;

	for (i = 0; i < PARTS; i++)
		sum += part_of(dir, i);
	return sum;
}

/* --- pictures --- */

/* Bars of the buckets that are not empty, and those between them. */
static void plot_late(FILE *file, const uint64_t *late)
{
	unsigned int first = NLAB_LATE_BUCKETS, last = 0, i, width, step;
	char text[REPORT_TIME];
	uint64_t most = 1;

	for (i = 0; i < NLAB_LATE_BUCKETS; i++) {
		if (!late[i])
			continue;
		first = i < first ? i : first;
		last = i;
		most = late[i] > most ? late[i] : most;
	}
	if (first == NLAB_LATE_BUCKETS)
		return;
	width = WIDTH / (last - first + 1);
	if (width > 60)
		width = 60;
	/* Between two texts. */
	step = (TICK + width - 1) / width;
	fprintf(file, "<svg class=\"late\" viewBox=\"0 0 %d %d\" role=\"img\">\n",
		WIDTH, PLOT_HEIGHT + AXIS);
	for (i = first; i <= last; i++) {
		unsigned int x = (i - first) * width;
		double height = (double)late[i] / (double)most *
				(PLOT_HEIGHT - 20);

		fprintf(file, "<rect x=\"%u\" y=\"%.1f\" width=\"%u\" height=\"%.1f\" fill=\"#4a90c2\"><title>%" PRIu64 " packets %s</title></rect>\n",
			x + 1, PLOT_HEIGHT - height, width - 2, height, late[i],
			report_below(text, report_late_end(i)));
		if ((last - i) % step == 0)
			fprintf(file, "<text x=\"%u\" y=\"%d\" text-anchor=\"end\">%s</text>\n",
				x + width, PLOT_HEIGHT + 14,
				report_time(text, report_late_end(i)));
	}
	fprintf(file, "<line x1=\"0\" y1=\"%d\" x2=\"%u\" y2=\"%d\" stroke=\"#555\"/>\n</svg>\n",
		PLOT_HEIGHT, (last - first + 1) * width, PLOT_HEIGHT);
}

static int by_packets(const void *a, const void *b)
{
	const struct report_dir *x = *(struct report_dir *const *)a;
	const struct report_dir *y = *(struct report_dir *const *)b;
	uint64_t i = offered(x), j = offered(y);

	if (i != j)
		return i < j ? 1 : -1;
	return x < y ? -1 : x > y;
}

static void plot_row(FILE *file, const struct report *report,
		     const struct report_dir *dir, size_t row, uint64_t most)
{
	double x = LABEL, scale = (WIDTH - LABEL - 90) / (double)most;
	unsigned int i, y = (unsigned int)row * ROW;

	fprintf(file, "<text x=\"0\" y=\"%u\">", y + 15);
	put_way(file, report, dir);
	fputs("</text>", file);
	for (i = 0; i < PARTS; i++) {
		uint64_t count = part_of(dir, i);
		double width = (double)count * scale;

		if (!count)
			continue;
		/* What there is must be seen, how little it may be. */
		width = width < 1 ? 1 : width;
		fprintf(file, "<rect x=\"%.1f\" y=\"%u\" width=\"%.1f\" height=\"16\" fill=\"%s\"><title>%" PRIu64 " %s</title></rect>",
			x, y + 3, width, parts[i].colour, count, parts[i].name);
		x += width;
	}
	fprintf(file, "<text x=\"%.1f\" y=\"%u\">%" PRIu64 "</text>\n", x + 5,
		y + 15, offered(dir));
}

static void legend(FILE *file)
{
	unsigned int i;

	fputs("<p>", file);
	for (i = 0; i < PARTS; i++)
		fprintf(file, "<span class=\"key\" style=\"background:%s\"></span>%s ",
			parts[i].colour, parts[i].name);
	fputs("</p>\n", file);
}

/* The directions that had most to do. */
static void plot_packets(FILE *file, const struct report *report)
{
	struct report_dir **list = calloc(report->count + 1, sizeof(*list));
	size_t rows = 0, i;

	for (i = 0; i < report->count && list; i++)
		if (offered(&report->dir[i]))
			list[rows++] = &report->dir[i];
	if (!rows) {
		fputs("<p>No packet has passed an emulated direction yet.</p>\n",
		      file);
		free(list);
		return;
	}
	qsort(list, rows, sizeof(*list), by_packets);
	if (rows > ROWS_MAX) {
		fprintf(file, "<p>The %d of %zu directions with most packets.</p>\n",
			ROWS_MAX, rows);
		rows = ROWS_MAX;
	}
	legend(file);
	fprintf(file, "<svg class=\"packets\" viewBox=\"0 0 %d %zu\" role=\"img\">\n",
		WIDTH, rows * ROW);
	for (i = 0; i < rows; i++)
		plot_row(file, report, list[i], i, offered(list[0]));
	fputs("</svg>\n", file);
	free(list);
}

/* --- the table --- */

static void table_row(FILE *file, const struct report *report,
		      const struct report_dir *dir)
{
	char params[REPORT_PARAMS], half[REPORT_TIME], most[REPORT_TIME];
	bool timed = report_late_count(dir->counts->late);
	unsigned int i;

	fputs("<tr><td>", file);
	put_way(file, report, dir);
	fprintf(file, "</td><td>%s</td><td>%" PRIu64 "</td><td>%" PRIu64 "</td>",
		*report_params(params, dir->params) ? params : "plain",
		dir->counts->value[NLAB_A_LINK_STATS_PACKETS],
		dir->counts->value[NLAB_A_LINK_STATS_BYTES]);
	for (i = 1; i < PARTS; i++)
		fprintf(file, "<td>%" PRIu64 "</td>", part_of(dir, i));
	fprintf(file, "<td>%" PRIu64 "</td><td>%s</td><td>%s</td></tr>\n",
		dir->counts->value[NLAB_A_LINK_STATS_QUEUE_MAX_PACKETS],
		timed ? report_below(half, report_late(dir->counts->late, 50)) :
			"",
		timed ? report_below(most, report_late(dir->counts->late, 99)) :
			"");
}

static void table(FILE *file, const struct report *report)
{
	size_t i;

	fputs("<table>\n<tr><th>Direction</th><th>Parameters</th><th>Packets</th><th>Bytes</th>",
	      file);
	for (i = 1; i < PARTS; i++)
		fprintf(file, "<th>%s</th>", parts[i].name);
	fputs("<th>longest queue</th><th>half late</th><th>99% late</th></tr>\n",
	      file);
	for (i = 0; i < report->count; i++)
		table_row(file, report, &report->dir[i]);
	fputs("</table>\n", file);
}

/* --- the page --- */

static const char style[] =
	"body{font:15px/1.5 sans-serif;color:#222;max-width:1100px;margin:2em auto;padding:0 1em}"
	"h1{font-weight:600}h2{font-weight:600;margin-top:1.6em}"
	"svg{width:100%;max-width:900px;font:11px sans-serif;fill:#333}"
	"table{border-collapse:collapse;font-size:13px}"
	"th,td{border-bottom:1px solid #ddd;padding:4px 8px;text-align:right}"
	"th{vertical-align:bottom}"
	"td:nth-child(-n+2),th:nth-child(-n+2){text-align:left}"
	"td:first-child{white-space:nowrap}"
	".key{display:inline-block;width:.8em;height:.8em;margin:0 .4em 0 1em}";

void report_html(FILE *file, const struct report *report)
{
	char half[REPORT_TIME], most[REPORT_TIME], all[REPORT_TIME];
	const struct lab *lab = report->lab;
	uint64_t timed = report_late_count(report->late);

	fprintf(file, "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><title>Lab %s</title>\n<style>%s</style></head><body>\n",
		lab->name, style);
	fprintf(file, "<h1>Lab %s</h1>\n<p>%zu nodes, %zu links.</p>\n<h2>How true the emulation was</h2>\n",
		lab->name, lab->node_count, lab->link_count);
	if (timed) {
		fprintf(file, "<p>%" PRIu64 " packets left the links at their time and a little: half of them %s late, 99%% %s, all %s.</p>\n",
			timed, report_below(half, report_late(report->late, 50)),
			report_below(most, report_late(report->late, 99)),
			report_below(all, report_late(report->late, 100)));
		plot_late(file, report->late);
	} else {
		fputs("<p>No packet was timed yet.</p>\n", file);
	}
	fputs("<h2>What became of the packets</h2>\n", file);
	plot_packets(file, report);
	fputs("<h2>Links</h2>\n", file);
	table(file, report);
	fputs("</body></html>\n", file);
}
