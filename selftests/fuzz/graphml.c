// SPDX-License-Identifier: GPL-2.0
/*
 * Any octets as GraphML. What is accepted has edges between its nodes, whose
 * names differ and fit.
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
 * Links: tools/lab/settle.c tools/lab/parse_event.c tools/lab/event.c
 * Links: tools/lab/graphml.c
 * Libraries: yaml expat m
 */
#include "fuzz.h"
#include "../../tools/lab/graphml.h"

int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
	struct nlab_word text = { (const char *)data, size };
	struct nlab_err err = { 0 };
	struct graph graph;
	uint64_t delay;
	size_t i, j, d;

	if (graphml_parse(&graph, "fuzz", text, &err)) {
		MUST(err.fault == NLAB_FAULT_INPUT && err.text[0]);
		MUST(!strncmp(err.place, "fuzz", 4));
		goto out;
	}
	MUST(graph.node_count);
	for (i = 0; i < graph.node_count; i++) {
		const char *name = graph.nodes[i].name;

		MUST(*name && strlen(name) + 3 < NLAB_DEV_NAME);
		for (j = 0; j < i; j++)
			MUST(strcmp(name, graph.nodes[j].name));
		for (j = 0; lab_reserved[j]; j++)
			MUST(strcmp(name, lab_reserved[j]));
	}
	for (i = 0; i < graph.edge_count; i++) {
		for (d = 0; d < 2; d++)
			MUST(graph.edges[i].node[d] < graph.node_count);
		/* Half around the earth. */
		if (graph_delay(&graph, &graph.edges[i], &delay))
			MUST(delay < 101000000);
	}
out:
	lab_free(&graph.arena);
	return 0;
}
