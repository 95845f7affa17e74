/* SPDX-License-Identifier: GPL-2.0 */
/* A network as a graph with places on the earth. */
#ifndef NLAB_LAB_GRAPHML_H
#define NLAB_LAB_GRAPHML_H

#include "lab.h"

/**
 * struct graph_node - Node.
 * @id: Its name in the file.
 * @name: Its name in a lab, at most 12 letters, so that devices can have it.
 * @has: Are there a latitude and a longitude?
 */
struct graph_node {
	const char *id, *label;
	char name[LAB_NODE_NAME];
	bool has[2];
	double latitude, longitude;
};

struct graph_edge {
	const char *id[2];
	size_t node[2];
	unsigned int line;
};

/**
 * struct graph - Graph; its memory is that of @arena, to be freed in any case.
 * @label: Name of the network, or NULL.
 */
struct graph {
	struct lab arena;
	const char *label;
	struct graph_node *nodes;
	size_t node_count;
	struct graph_edge *edges;
	size_t edge_count;
};

/* Read the format of the Internet Topology Zoo. */
int graphml_parse(struct graph *graph, const char *path, struct nlab_word text,
		  struct nlab_err *err);
/* Light in fibre along the great circle, in nanoseconds; false if one of the
 * places is not known.
 */
bool graph_delay(const struct graph *graph, const struct graph_edge *edge,
		 uint64_t *delay);

#endif
