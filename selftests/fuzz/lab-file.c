// SPDX-License-Identifier: GPL-2.0
/*
 * Any octets as a lab file. What is refused has a reason and a place; what is
 * accepted has names that fit, devices that differ, addresses of their
 * networks, and no difference from itself.
 *
 * Links: tools/lib/text.c tools/lib/list.c tools/lib/addr.c tools/lib/setting.c
 * Links: tools/lib/line.c tools/lib/names-gen.c tools/lib/mapset.c
 * Links: tools/lib/check.c tools/lib/unit.c tools/lib/linktext.c
 * Links: tools/lib/file.c
 * Links: tools/lib/digest.c kmod/pure/map_digest.c
 * Links: tools/lab/arena.c tools/lab/doc.c tools/lab/vars.c tools/lab/parse.c
 * Links: tools/lab/parse_node.c tools/lab/parse_link.c tools/lab/shape.c
 * Links: tools/lab/parse_routing.c tools/lab/routing.c
 * Links: tools/lab/parse_script.c tools/lib/linksource.c
 * Links: tools/lib/linksched.c tools/lib/linktable.c tools/lib/numbers.c
 * Links: tools/lab/settle.c tools/lab/diff.c tools/lab/plan.c
 * Links: tools/lab/graph.c tools/lab/parse_event.c tools/lab/event.c
 * Libraries: yaml
 */
#include "fuzz.h"
#include "../../tools/lab/lab.h"

enum { MANY = 64 };

static void refused(const struct nlab_err *err)
{
	const char *c;

	MUST(err->fault == NLAB_FAULT_INPUT);
	MUST(err->text[0] && strlen(err->text) < NLAB_ERR_TEXT);
	MUST(!strncmp(err->place, "fuzz:", 5));
	for (c = err->text; *c; c++)
		MUST(*c >= ' ' && *c < 0x7f);
}

static void check_end(const struct lab *lab, const struct lab_end *end)
{
	size_t i;

	MUST(end->node < lab->node_count);
	MUST(end->dev[0] && strlen(end->dev) < NLAB_DEV_NAME);
	for (i = 0; i < end->addrs.count; i++)
		MUST(end->addrs.list[i].len <=
		     (end->addrs.list[i].host.family == AF_INET ? 32 : 128));
}

static void accepted(const struct lab *lab)
{
	size_t i, j, d;

	MUST(lab->name[0] && lab->node_count <= LAB_NODES_MAX);
	for (i = 0; i < lab->link_count; i++)
		for (d = 0; d < 2; d++)
			check_end(lab, &lab->links[i].end[d]);
	/* All pairs, of a lab of a size that allows it. */
	for (i = 0; i < lab->node_count && i < MANY; i++)
		for (j = 0; j < i; j++)
			MUST(strcmp(lab->nodes[i].name, lab->nodes[j].name));
	for (i = 0; i < 2 * lab->link_count && i < MANY; i++)
		for (j = 0; j < i; j++) {
			const struct lab_end *a = &lab->links[i / 2].end[i % 2];
			const struct lab_end *b = &lab->links[j / 2].end[j % 2];

			MUST(a->node != b->node || strcmp(a->dev, b->dev));
		}
}

static void compared(struct lab *lab, struct lab *again)
{
	static const struct lab nothing;
	struct lab_plan plan;
	char *text = NULL;
	size_t size, i;
	FILE *file = open_memstream(&text, &size);

	lab_diff(&plan, lab, again);
	MUST(!plan.count);
	lab_diff(&plan, &nothing, again);
	for (i = 0; i < plan.count; i++)
		lab_step_print(file, &plan.step[i], &nothing);
	lab_graph_dot(file, lab);
	lab_graph_mermaid(file, lab);
	fclose(file);
	free(text);
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
	struct nlab_word text = { (const char *)data, size }, none = { 0 };
	struct lab lab, again;
	struct nlab_err err;

	memset(&err, 0, sizeof(err));
	if (lab_parse(&lab, "fuzz", text, none, &err)) {
		refused(&err);
	} else {
		accepted(&lab);
		MUST(!lab_parse(&again, "fuzz", text, none, &err));
		/* Matching nodes by name takes the square of their number. */
		if (lab.node_count <= 8 * MANY)
			compared(&lab, &again);
		lab_free(&again);
	}
	lab_free(&lab);
	return 0;
}
