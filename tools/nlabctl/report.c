// SPDX-License-Identifier: GPL-2.0
/* report: what the links of a lab measured, and how true the emulation was. */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "../lab/sys.h"
#include "cmd.h"
#include "report.h"

/* --- the error of the emulation --- */

uint64_t report_late_count(const uint64_t *late)
{
	uint64_t sum = 0;
	unsigned int i;

	for (i = 0; i < NLAB_LATE_BUCKETS; i++)
		sum += late[i];
	return sum;
}

/* The last has no end. */
uint64_t report_late_end(unsigned int bucket)
{
	return bucket < NLAB_LATE_BUCKETS - 1 ? (uint64_t)1 << bucket :
						REPORT_NO_END;
}

/* The upper bound of the bucket in which that part of them ends. */
uint64_t report_late(const uint64_t *late, unsigned int percent)
{
	uint64_t wanted = (report_late_count(late) * percent + 99) / 100;
	uint64_t sum = 0;
	unsigned int i;

	for (i = 0; i < NLAB_LATE_BUCKETS && wanted; i++) {
		sum += late[i];
		if (sum >= wanted)
			return report_late_end(i);
	}
	return 0;
}

const char *report_time(char *buf, uint64_t ns)
{
	static const char *const units[] = { "ns", "us", "ms", "s" };
	bool more = ns == REPORT_NO_END;
	double value = more ? (double)report_late_end(NLAB_LATE_BUCKETS - 2) :
			      (double)ns;
	unsigned int unit = 0;

	while (value >= 1000 && unit < 3) {
		value /= 1000;
		unit++;
	}
	snprintf(buf, REPORT_TIME, "%s%.3g %s", more ? "more than " : "", value,
		 units[unit]);
	return buf;
}

const char *report_below(char *buf, uint64_t ns)
{
	char time[REPORT_TIME];

	snprintf(buf, REPORT_TIME, "%s%s", ns == REPORT_NO_END ? "" : "below ",
		 report_time(time, ns));
	return buf;
}

const char *report_params(char *buf, const struct nlab_link_dir *params)
{
	char value[NLAB_LINK_TEXT];
	size_t used = 0;
	unsigned int key;

	*buf = '\0';
	for (key = 0; key < NLAB_LINK_KEYS; key++) {
		/* A seed is always another, and says nothing to a reader. */
		if (key == NLAB_LINK_SEED ||
		    nlab_link_is_default(params, key))
			continue;
		if (used < REPORT_PARAMS)
			used += (size_t)snprintf(buf + used,
						 REPORT_PARAMS - used,
						 "%s%s %s", used ? " " : "",
						 nlab_link_key_name(key),
						 nlab_link_text(value, params,
								key));
	}
	return buf;
}

/* --- collecting --- */

/* Which device of which node: a node is known by the inode of its namespace. */
static ino_t *read_inodes(struct lab_view *view)
{
	ino_t *inodes = lab_alloc(&view->lab, (view->lab.node_count + 1) *
					      sizeof(*inodes));
	char path[LAB_PATH];
	struct stat st;
	size_t i;

	for (i = 0; i < view->lab.node_count; i++)
		if (!stat(lab_path(path, &view->run, "nodes/%s/net",
				   view->lab.nodes[i].name), &st))
			inodes[i] = st.st_ino;
	return inodes;
}

static bool is_end(const ino_t *inodes, const struct lab_end *end,
		   const struct nlab_link_end *found)
{
	return inodes[end->node] == found->inode &&
	       !strcmp(end->dev, found->name);
}

/* The link of the kernel, and whether its first end is the second of ours. */
static const struct nlab_link *find_link(const struct nlab_link_list *list,
					 const ino_t *inodes,
					 const struct lab_link *link,
					 size_t guess, bool *turned)
{
	size_t i;

	for (i = 0; i < list->count; i++) {
		const struct nlab_link *found =
			&list->link[(guess + i) % list->count];

		*turned = is_end(inodes, &link->end[1], &found->end[0]);
		if (*turned || is_end(inodes, &link->end[0], &found->end[0]))
			return found;
	}
	return NULL;
}

static void collect(struct report *report, struct lab_view *view,
		    const struct nlab_link_list *list)
{
	const ino_t *inodes = read_inodes(view);
	struct lab *lab = &view->lab;
	const struct nlab_link *link;
	unsigned int d, k;
	bool turned;
	size_t i;

	report->lab = lab;
	report->dir = lab_alloc(lab, (2 * lab->link_count + 1) *
				     sizeof(*report->dir));
	for (i = 0; i < lab->link_count; i++) {
		link = find_link(list, inodes, &lab->links[i], i, &turned);
		for (d = 0; d < 2 && link; d++) {
			struct report_dir *dir = &report->dir[report->count++];

			dir->from = &lab->links[i].end[d];
			dir->to = &lab->links[i].end[!d];
			dir->params = &link->dir[d ^ turned];
			dir->counts = &link->counts[d ^ turned];
			for (k = 0; k < NLAB_LATE_BUCKETS; k++)
				report->late[k] += dir->counts->late[k];
		}
	}
}

/* --- text --- */

static void text_late(const uint64_t *late)
{
	char half[REPORT_TIME], most[REPORT_TIME], all[REPORT_TIME];

	printf("half %s, 99%% %s, all %s",
	       report_below(half, report_late(late, 50)),
	       report_below(most, report_late(late, 99)),
	       report_below(all, report_late(late, 100)));
}

static void text_dir(const struct report *report, const struct report_dir *dir)
{
	const struct lab *lab = report->lab;
	char params[REPORT_PARAMS];
	unsigned int i;

	printf("%s:%s -> %s:%s %s\n", lab->nodes[dir->from->node].name,
	       dir->from->dev, lab->nodes[dir->to->node].name, dir->to->dev,
	       *report_params(params, dir->params) ? params : "plain");
	fputs("   ", stdout);
	for (i = NLAB_LINK_COUNT_FIRST; i <= NLAB_LINK_COUNTS; i++)
		if (dir->counts->value[i] || i <= NLAB_A_LINK_STATS_BYTES)
			printf(" %s %" PRIu64, nlab_link_count_name(i),
			       dir->counts->value[i]);
	putchar('\n');
	if (report_late_count(dir->counts->late)) {
		fputs("    late: ", stdout);
		text_late(dir->counts->late);
		putchar('\n');
	}
}

static void report_text(const struct report *report)
{
	size_t i;

	for (i = 0; i < report->count; i++)
		text_dir(report, &report->dir[i]);
	printf("lab %s: %zu directions, ", report->lab->name, report->count);
	if (report_late_count(report->late)) {
		printf("%" PRIu64 " packets timed; late: ",
		       report_late_count(report->late));
		text_late(report->late);
		putchar('\n');
	} else {
		puts("no packet was timed yet");
	}
}

/* --- JSON --- */

static void set_late(json_t *object, const char *key, uint64_t ns)
{
	if (ns == REPORT_NO_END)
		out_set(object, key, json_null());
	else
		out_set_number(object, key, ns);
}

static json_t *json_late(const uint64_t *late)
{
	json_t *object = json_object();

	out_set_number(object, "packets", report_late_count(late));
	set_late(object, "half-below", report_late(late, 50));
	set_late(object, "p99-below", report_late(late, 99));
	set_late(object, "all-below", report_late(late, 100));
	return object;
}

static void report_json(struct ctx *ctx, const struct report *report)
{
	json_t *object = json_object(), *list = json_array(), *item;
	const struct lab_node *nodes = report->lab->nodes;
	size_t i;

	for (i = 0; i < report->count; i++) {
		const struct report_dir *dir = &report->dir[i];

		item = json_link_dir(dir->params, dir->counts);
		out_set_text(item, "from", nodes[dir->from->node].name);
		out_set(item, "device", json_string(dir->from->dev));
		out_set_text(item, "to", nodes[dir->to->node].name);
		out_set(item, "peer-device", json_string(dir->to->dev));
		out_set(item, "late", json_late(dir->counts->late));
		json_array_append_new(list, item);
	}
	out_set_text(object, "lab", report->lab->name);
	out_set(object, "directions", list);
	out_set(object, "late", json_late(report->late));
	out_json(ctx, object);
}

/* --- the command --- */

enum form {
	FORM_TEXT,
	FORM_JSON,
	FORM_HTML,
};

static void print_report(struct ctx *ctx, const struct report *report,
			 enum form form)
{
	if (form == FORM_HTML)
		report_html(stdout, report);
	else if (form == FORM_JSON)
		report_json(ctx, report);
	else
		report_text(report);
}

int cmd_report(struct ctx *ctx, int argc, char **argv)
{
	static const char *const forms[] = { "text", "json", "html", NULL };
	unsigned int form = ctx->opt.json ? FORM_JSON : FORM_TEXT;
	struct nlab_link_list list = { 0 };
	struct report report = { 0 };
	char owner[NLAB_LINK_OWNER];
	struct lab_view view;
	int ret;

	if (argc == 2)
		for (form = 0; forms[form] && strcmp(argv[1], forms[form]);)
			form++;
	if (argc == 2 && !forms[form])
		return nlab_unknown(&ctx->err, "form of a report",
				    nlab_word(argv[1]), forms);
	ret = lab_view_open(&view, argv[0], &ctx->err);
	if (!ret && view.run.veth)
		ret = nlab_fail(&ctx->err, NLAB_FAULT_INPUT, EOPNOTSUPP,
				"the links of lab '%s' are veth pairs, which measure nothing",
				view.lab.name);
	if (!ret)
		ret = ctx_connect(ctx);
	if (!ret)
		ret = nlab_link_owned(ctx->nl, lab_owner(owner, view.lab.name),
				      &list, &ctx->err);
	if (!ret) {
		collect(&report, &view, &list);
		print_report(ctx, &report, form);
	}
	nlab_link_list_free(&list);
	lab_view_close(&view);
	return ret;
}
