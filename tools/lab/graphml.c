// SPDX-License-Identifier: GPL-2.0
/* GraphML as the Internet Topology Zoo has it: nodes with a label and a place,
 * edges between them. Pure.
 */
#include <errno.h>
#include <expat.h>
#include <math.h>
#include <search.h>
#include <stdlib.h>
#include <string.h>

#include "graphml.h"

enum {
	/* With "-99" behind it, it is the name of a device. */
	SHORT_NAME = 12,
	DATA_MAX = 256,
};

/* Of the earth, in metres (IUGG), and two thirds of that of light, in m/s. */
#define RADIUS		6371008.8
#define FIBRE		(299792458.0 * 2 / 3)

/* What is read of nodes and of the graph. */
enum field {
	FIELD_LABEL,
	FIELD_LATITUDE,
	FIELD_LONGITUDE,
	FIELD_NETWORK,
	FIELDS,
};

static const struct {
	const char *of, *name;
} fields[FIELDS] = {
	[FIELD_LABEL] = { "node", "label" },
	[FIELD_LATITUDE] = { "node", "Latitude" },
	[FIELD_LONGITUDE] = { "node", "Longitude" },
	[FIELD_NETWORK] = { "graph", "Network" },
};

/**
 * struct reader - Reader of a file.
 * @key: By field, what it is called in the file.
 * @node: Are we in a node?
 * @edge: Are we in an edge?
 * @data: Key of the data that we are in, or empty; @text what stands there.
 * @failed: An error was found, and is told.
 */
struct reader {
	struct graph *graph;
	XML_Parser xml;
	const char *path;
	const char *key[FIELDS];
	bool node, edge, failed;
	char data[DATA_MAX], text[DATA_MAX];
	size_t used;
	struct nlab_err *err;
};

static void fail(struct reader *reader, const char *what)
{
	if (reader->failed)
		return;
	reader->failed = true;
	nlab_fail(reader->err, NLAB_FAULT_INPUT, EINVAL, "%s", what);
	snprintf(reader->err->place, sizeof(reader->err->place), "%.80s:%lu:%lu",
		 reader->path,
		 (unsigned long)XML_GetCurrentLineNumber(reader->xml),
		 (unsigned long)XML_GetCurrentColumnNumber(reader->xml) + 1);
	XML_StopParser(reader->xml, XML_FALSE);
}

static const char *attribute(const char **attributes, const char *name)
{
	for (; *attributes; attributes += 2)
		if (!strcmp(attributes[0], name))
			return attributes[1];
	return NULL;
}

static const char *keep(struct reader *reader, const char *text)
{
	return lab_text(&reader->graph->arena, nlab_word(text));
}

/* --- elements --- */

static void begin_key(struct reader *reader, const char **attributes)
{
	const char *id = attribute(attributes, "id");
	const char *of = attribute(attributes, "for");
	const char *name = attribute(attributes, "attr.name");
	unsigned int i;

	for (i = 0; i < FIELDS; i++)
		if (id && of && name && !strcmp(of, fields[i].of) &&
		    !strcmp(name, fields[i].name))
			reader->key[i] = keep(reader, id);
}

static void begin_node(struct reader *reader, const char **attributes)
{
	const char *id = attribute(attributes, "id");
	struct graph *graph = reader->graph;

	if (!id) {
		fail(reader, "a node has no id");
	} else if (graph->node_count == LAB_NODES_MAX) {
		fail(reader, "more nodes than a lab may have");
	} else {
		graph->nodes = lab_grow(&graph->arena, graph->nodes,
					graph->node_count,
					sizeof(*graph->nodes));
		graph->nodes[graph->node_count++] = (struct graph_node){
			.id = keep(reader, id) };
		reader->node = true;
	}
}

static void begin_edge(struct reader *reader, const char **attributes)
{
	const char *from = attribute(attributes, "source");
	const char *to = attribute(attributes, "target");
	struct graph *graph = reader->graph;

	if (!from || !to) {
		fail(reader, "an edge needs 'source' and 'target'");
	} else if (graph->edge_count == LAB_LINKS_MAX) {
		fail(reader, "more edges than a lab may have");
	} else {
		graph->edges = lab_grow(&graph->arena, graph->edges,
					graph->edge_count,
					sizeof(*graph->edges));
		graph->edges[graph->edge_count++] = (struct graph_edge){
			.id = { keep(reader, from), keep(reader, to) },
			.line = (unsigned int)
				XML_GetCurrentLineNumber(reader->xml) };
		reader->edge = true;
	}
}

static void XMLCALL on_begin(void *arg, const char *name,
			     const char **attributes)
{
	struct reader *reader = arg;
	const char *key;

	if (!strcmp(name, "key"))
		begin_key(reader, attributes);
	else if (!strcmp(name, "node"))
		begin_node(reader, attributes);
	else if (!strcmp(name, "edge"))
		begin_edge(reader, attributes);
	key = strcmp(name, "data") ? NULL : attribute(attributes, "key");
	snprintf(reader->data, sizeof(reader->data), "%s", key ? key : "");
	reader->used = 0;
}

static void XMLCALL on_text(void *arg, const char *text, int len)
{
	struct reader *reader = arg;
	size_t room = sizeof(reader->text) - 1 - reader->used;

	if (!reader->data[0])
		return;
	if ((size_t)len < room)
		room = (size_t)len;
	memcpy(reader->text + reader->used, text, room);
	reader->used += room;
}

static void take_place(struct reader *reader, struct graph_node *node,
		       bool longitude)
{
	double value, max = longitude ? 180 : 90;
	char *end;

	value = strtod(reader->text, &end);
	if (*end || end == reader->text || !(value >= -max && value <= max)) {
		fail(reader, longitude ? "bad longitude, which is -180 to 180" :
					 "bad latitude, which is -90 to 90");
		return;
	}
	node->has[longitude] = true;
	*(longitude ? &node->longitude : &node->latitude) = value;
}

static void take_data(struct reader *reader)
{
	struct graph *graph = reader->graph;
	unsigned int i = 0;

	reader->text[reader->used] = '\0';
	while (i < FIELDS && (!reader->key[i] ||
			      strcmp(reader->key[i], reader->data) ||
			      reader->node != (i != FIELD_NETWORK)))
		i++;
	if (i == FIELDS || reader->edge)
		return;
	if (i == FIELD_NETWORK)
		graph->label = keep(reader, reader->text);
	else if (i == FIELD_LABEL)
		graph->nodes[graph->node_count - 1].label =
			keep(reader, reader->text);
	else
		take_place(reader, &graph->nodes[graph->node_count - 1],
			   i == FIELD_LONGITUDE);
}

static void XMLCALL on_end(void *arg, const char *name)
{
	struct reader *reader = arg;

	if (!strcmp(name, "data") && reader->data[0])
		take_data(reader);
	reader->data[0] = '\0';
	if (!strcmp(name, "node"))
		reader->node = false;
	if (!strcmp(name, "edge"))
		reader->edge = false;
}

/* Entities of a hostile file would grow without end. */
static void XMLCALL on_entity(void *arg, const char *name, int parameter,
			      const char *value, int len, const char *base,
			      const char *system, const char *public,
			      const char *notation)
{
	(void)name;
	(void)parameter;
	(void)value;
	(void)len;
	(void)base;
	(void)system;
	(void)public;
	(void)notation;
	fail(arg, "entities are not allowed here");
}

/* --- names --- */

/**
 * struct word - Name or id of a node, in a tree.
 * @number: Index of the node; of a name, how many nodes have such a label.
 */
struct word {
	const char *text;
	size_t number;
};

static int by_text(const void *a, const void *b)
{
	return strcmp(((const struct word *)a)->text,
		      ((const struct word *)b)->text);
}

static struct word *find(void **tree, const char *text)
{
	struct word key = { .text = text };
	struct word **found = tfind(&key, tree, by_text);

	return found ? *found : NULL;
}

/* The first of a text stays. */
static void put(struct graph *graph, void **tree, const char *text,
		size_t number)
{
	struct word *word = lab_alloc(&graph->arena, sizeof(*word));

	*word = (struct word){ text, number };
	tsearch(word, tree, by_text);
}

/* The arena has them. */
static void keep_word(void *word)
{
	(void)word;
}

/* Letters and digits of a label, and a number where others have the same. */
static void name_node(struct graph *graph, void **names, struct graph_node *node)
{
	const char *from = node->label ? node->label : "";
	char base[SHORT_NAME + 1], tail[16];
	struct word *first;
	size_t used = 0;

	for (; *from && used < SHORT_NAME; from++)
		if (strchr("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789",
			   *from))
			base[used++] = *from;
	if (!used)
		base[used++] = 'n';
	base[used] = '\0';
	strcpy(node->name, base);
	first = find(names, base);
	while (find(names, node->name)) {
		snprintf(tail, sizeof(tail), "_%zu", ++first->number);
		snprintf(node->name, sizeof(node->name), "%.*s%s",
			 (int)(SHORT_NAME - strlen(tail)), base, tail);
	}
	put(graph, names, node->name, 1);
}

static int find_end(const struct graph_edge *edge, void **ids, size_t *node,
		    const char *id, const char *path, struct nlab_err *err)
{
	const struct word *word = find(ids, id);
	char quoted[NLAB_QUOTED];

	if (word) {
		*node = word->number;
		return 0;
	}
	snprintf(err->place, sizeof(err->place), "%.80s:%u", path, edge->line);
	return nlab_fail(err, NLAB_FAULT_INPUT, ENOENT,
			 "an edge of node %s, which is not there",
			 nlab_quote(quoted, nlab_word(id)));
}

static int resolve(struct graph *graph, const char *path, struct nlab_err *err)
{
	void *names = NULL, *ids = NULL;
	size_t i, d;
	int ret = 0;

	for (i = 0; lab_reserved[i]; i++)
		put(graph, &names, lab_reserved[i], 1);
	for (i = 0; i < graph->node_count; i++) {
		name_node(graph, &names, &graph->nodes[i]);
		put(graph, &ids, graph->nodes[i].id, i);
	}
	for (i = 0; i < graph->edge_count && !ret; i++)
		for (d = 0; d < 2 && !ret; d++) {
			struct graph_edge *edge = &graph->edges[i];

			ret = find_end(edge, &ids, &edge->node[d], edge->id[d],
				       path, err);
		}
	tdestroy(names, keep_word);
	tdestroy(ids, keep_word);
	return ret;
}

/* --- the file --- */

int graphml_parse(struct graph *graph, const char *path, struct nlab_word text,
		  struct nlab_err *err)
{
	struct reader reader = { .graph = graph, .path = path, .err = err };

	memset(graph, 0, sizeof(*graph));
	reader.xml = XML_ParserCreate(NULL);
	if (!reader.xml)
		return nlab_fail(err, NLAB_FAULT_KERNEL, ENOMEM,
				 "out of memory");
	XML_SetUserData(reader.xml, &reader);
	XML_SetElementHandler(reader.xml, on_begin, on_end);
	XML_SetCharacterDataHandler(reader.xml, on_text);
	XML_SetEntityDeclHandler(reader.xml, on_entity);
	if (XML_Parse(reader.xml, text.str, (int)text.len, 1) !=
	    XML_STATUS_OK)
		fail(&reader, XML_ErrorString(XML_GetErrorCode(reader.xml)));
	XML_ParserFree(reader.xml);
	if (reader.failed)
		return -EINVAL;
	if (!graph->node_count) {
		snprintf(err->place, sizeof(err->place), "%.80s", path);
		return nlab_fail(err, NLAB_FAULT_INPUT, EINVAL,
				 "no GraphML with nodes");
	}
	return resolve(graph, path, err);
}

/* --- delays --- */

static double radians(double degrees)
{
	return degrees * M_PI / 180;
}

bool graph_delay(const struct graph *graph, const struct graph_edge *edge,
		 uint64_t *delay)
{
	const struct graph_node *a = &graph->nodes[edge->node[0]];
	const struct graph_node *b = &graph->nodes[edge->node[1]];
	double x = sin(radians(b->latitude - a->latitude) / 2);
	double y = sin(radians(b->longitude - a->longitude) / 2);
	double h;

	if (!a->has[0] || !a->has[1] || !b->has[0] || !b->has[1])
		return false;
	/* haversine; rounding may take it a little above one */
	h = x * x + cos(radians(a->latitude)) * cos(radians(b->latitude)) *
		    y * y;
	*delay = (uint64_t)(2 * RADIUS * asin(sqrt(h > 1 ? 1 : h)) / FIBRE *
			    1e9 + 0.5);
	return true;
}
