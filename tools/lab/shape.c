// SPDX-License-Identifier: GPL-2.0
/* Simple topologies: a line, ring, star, tree, grid or fat-tree of nodes in one
 * entry.
 */
#include <errno.h>
#include <string.h>

#include "doc.h"

enum shape_kind {
	SHAPE_LINE,
	SHAPE_RING,
	SHAPE_STAR,
	SHAPE_TREE,
	SHAPE_GRID,
	SHAPE_FAT_TREE,
};

static const char *const shape_names[] = {
	"line", "ring", "star", "tree", "grid", "fat-tree", NULL,
};

/**
 * struct shape - Entry of the list.
 * @count: Nodes of a line or ring, leaves of a star.
 * @depth: Levels of a tree below its root, each with @fanout branches.
 * @ports: Of each switch of a fat-tree.
 * @node: What all nodes are like, @leaf those of a star, tree or fat-tree that
 *	have no others below them.
 * @first: Index of the first node in the lab.
 */
struct shape {
	unsigned int kind;
	bool has_kind, has_leaf;
	char name[LAB_NODE_NAME];
	uint32_t count, depth, fanout, width, height, ports;
	struct lab_node node, leaf;
	struct lab_link link;
	size_t first;
};

static int take_shape(struct doc *doc, yaml_node_t *value, void *arg)
{
	struct shape *shape = arg;

	shape->has_kind = true;
	return doc_word_of(doc, value, "shape", shape_names, &shape->kind);
}

static int take_name(struct doc *doc, yaml_node_t *value, void *arg)
{
	/* The number behind it has up to five digits. */
	return doc_name(doc, value, "name of nodes",
			((struct shape *)arg)->name, LAB_NODE_NAME - 5);
}

#define TAKE_NUMBER(field, min)						\
static int take_##field(struct doc *doc, yaml_node_t *value, void *arg)	\
{									\
	return doc_number(doc, value, #field, min, LAB_NODES_MAX,	\
			  &((struct shape *)arg)->field);		\
}

TAKE_NUMBER(count, 1)
TAKE_NUMBER(depth, 1)
TAKE_NUMBER(fanout, 1)
TAKE_NUMBER(width, 1)
TAKE_NUMBER(height, 1)
TAKE_NUMBER(ports, 2)

static int take_node(struct doc *doc, yaml_node_t *value, void *arg)
{
	return doc_take_node(doc, value, &((struct shape *)arg)->node);
}

static int take_leaf(struct doc *doc, yaml_node_t *value, void *arg)
{
	struct shape *shape = arg;

	shape->has_leaf = true;
	return doc_take_node(doc, value, &shape->leaf);
}

static int take_link(struct doc *doc, yaml_node_t *value, void *arg)
{
	return doc_take_params(doc, value, &((struct shape *)arg)->link);
}

static const struct doc_key shape_keys[] = {
	{ "shape", take_shape },
	{ "name", take_name },
	{ "nodes", take_count },
	{ "depth", take_depth },
	{ "fanout", take_fanout },
	{ "width", take_width },
	{ "height", take_height },
	{ "ports", take_ports },
	{ "node", take_node },
	{ "leaf", take_leaf },
	{ "link", take_link },
	{ NULL, NULL },
};

/* --- making --- */

static int add_node(struct doc *doc, const yaml_node_t *at,
		    const struct shape *shape, uint32_t number, bool leaf)
{
	char name[LAB_NODE_NAME + 8];
	struct lab_place place;
	struct lab_node *node;

	snprintf(name, sizeof(name), "%s%u", shape->name, number);
	node = doc_new_node(doc, at, name);
	if (!node)
		return -EINVAL;
	place = node->place;
	*node = leaf && shape->has_leaf ? shape->leaf : shape->node;
	node->place = place;
	memcpy(node->name, name, sizeof(node->name) - 1);
	return 0;
}

/* Between the nodes with these numbers, from 0. */
static int add_link(struct doc *doc, const yaml_node_t *at,
		    const struct shape *shape, size_t a, size_t b)
{
	struct lab_link *link = doc_new_link(doc, at);
	struct lab_place place;

	if (!link)
		return -EINVAL;
	place = link->place;
	*link = shape->link;
	link->place = place;
	link->end[0].place = place;
	link->end[1].place = place;
	link->end[0].node = shape->first + a;
	link->end[1].node = shape->first + b;
	return 0;
}

static int make_line(struct doc *doc, const yaml_node_t *at,
		     const struct shape *shape)
{
	uint32_t i;
	int ret = 0;

	for (i = 0; i < shape->count && !ret; i++)
		ret = add_node(doc, at, shape, i + 1, false);
	for (i = 1; i < shape->count && !ret; i++)
		ret = add_link(doc, at, shape, i - 1, i);
	if (!ret && shape->kind == SHAPE_RING)
		ret = add_link(doc, at, shape, shape->count - 1, 0);
	return ret;
}

static int make_star(struct doc *doc, const yaml_node_t *at,
		     const struct shape *shape)
{
	uint32_t i;
	int ret = add_node(doc, at, shape, 0, false);

	for (i = 1; i <= shape->count && !ret; i++) {
		ret = add_node(doc, at, shape, i, true);
		if (!ret)
			ret = add_link(doc, at, shape, 0, i);
	}
	return ret;
}

/* Level by level, so that numbers of one level follow each other. */
static int make_tree(struct doc *doc, const yaml_node_t *at,
		     const struct shape *shape)
{
	size_t first = 0, width = 1, next = 1, i, j;
	uint32_t level;
	int ret = add_node(doc, at, shape, 1, false);

	for (level = 1; level <= shape->depth && !ret; level++) {
		for (i = 0; i < width && !ret; i++)
			for (j = 0; j < shape->fanout && !ret; j++) {
				ret = add_node(doc, at, shape,
					       (uint32_t)++next,
					       level == shape->depth);
				if (!ret)
					ret = add_link(doc, at, shape,
						       first + i, next - 1);
			}
		first += width;
		width *= shape->fanout;
	}
	return ret;
}

static int make_grid(struct doc *doc, const yaml_node_t *at,
		     const struct shape *shape)
{
	uint32_t x, y, w = shape->width;
	int ret = 0;

	for (y = 0; y < shape->height && !ret; y++)
		for (x = 0; x < w && !ret; x++) {
			ret = add_node(doc, at, shape, y * w + x + 1, false);
			if (!ret && x)
				ret = add_link(doc, at, shape, y * w + x - 1,
					       y * w + x);
			if (!ret && y)
				ret = add_link(doc, at, shape, (y - 1) * w + x,
					       y * w + x);
		}
	return ret;
}

/* Al-Fares, Loukissas, Vahdat: A scalable, commodity data center network
 * architecture (2008). Of k ports: (k/2)^2 core switches, k pods of k/2
 * aggregation and k/2 edge switches, k/2 hosts at each of these.
 */
static int make_fat_tree(struct doc *doc, const yaml_node_t *at,
			 const struct shape *shape)
{
	uint32_t k = shape->ports, half = k / 2, core = half * half;
	uint32_t switches = core + k * k, hosts = k * half * half, i;
	int ret = 0;

	for (i = 0; i < switches + hosts && !ret; i++)
		ret = add_node(doc, at, shape, i + 1, i >= switches);
	/* Each core switch has a port for one aggregation switch of each pod. */
	for (i = 0; i < core * k && !ret; i++)
		ret = add_link(doc, at, shape, i / k,
			       core + i % k * k + i / k / half);
	for (i = 0; i < k * core && !ret; i++) {
		uint32_t pod = core + i / core * k;

		ret = add_link(doc, at, shape, pod + i % core / half,
			       pod + half + i % half);
	}
	for (i = 0; i < hosts && !ret; i++)
		ret = add_link(doc, at, shape, core + i / core * k + half +
			       i % core / half, switches + i);
	return ret;
}

/* --- reading --- */

/* Which keys a shape needs; all others would be ignored and are refused. */
static int refuse_other(struct doc *doc, yaml_node_t *value,
			const struct shape *shape)
{
	bool tree = shape->kind == SHAPE_TREE, grid = shape->kind == SHAPE_GRID;
	bool star = shape->kind == SHAPE_STAR;
	bool fat = shape->kind == SHAPE_FAT_TREE;
	const char *name = shape_names[shape->kind];

	if (tree && (!shape->depth || !shape->fanout))
		return doc_fail(doc, value, "a tree needs 'depth' and 'fanout'");
	if (grid && (!shape->width || !shape->height))
		return doc_fail(doc, value, "a grid needs 'width' and 'height'");
	if (fat && (!shape->ports || shape->ports % 2))
		return doc_fail(doc, value, "a fat-tree needs 'ports', an even number");
	if (!tree && !grid && !fat && !shape->count)
		return doc_fail(doc, value, "a %s needs 'nodes', their number",
				name);
	if ((tree || grid || fat) && shape->count)
		return doc_fail(doc, value, "a %s has no 'nodes' but %s", name,
				tree ? "'depth' and 'fanout'" :
				fat ? "'ports'" : "'width' and 'height'");
	if (!fat && shape->ports)
		return doc_fail(doc, value, "a %s has no 'ports'", name);
	if (!tree && (shape->depth || shape->fanout))
		return doc_fail(doc, value, "a %s has no 'depth' or 'fanout'",
				name);
	if (!grid && (shape->width || shape->height))
		return doc_fail(doc, value, "a %s has no 'width' or 'height'",
				name);
	if (!tree && !star && !fat && shape->has_leaf)
		return doc_fail(doc, value, "a %s has no 'leaf'", name);
	if (shape->kind == SHAPE_RING && shape->count < 3)
		return doc_fail(doc, value, "a ring has at least 3 nodes");
	if (shape->node.kind == LAB_EXTERNAL ||
	    (shape->has_leaf && shape->leaf.kind == LAB_EXTERNAL))
		return doc_fail(doc, value, "an external node can't be repeated");
	return 0;
}

static int take_one(struct doc *doc, yaml_node_t *value, void *arg)
{
	struct lab *lab = arg;
	struct shape shape = { .first = lab->node_count };
	int ret;

	memcpy(shape.link.dir, lab->defaults, sizeof(lab->defaults));
	memcpy(shape.link.script, lab->default_script,
	       sizeof(lab->default_script));
	ret = doc_mapping(doc, value, "a topology", shape_keys, NULL, NULL,
			  &shape);
	if (ret)
		return ret;
	if (!shape.has_kind)
		return doc_fail(doc, value, "a topology needs 'shape': line, ring, star, tree, grid or fat-tree");
	if (!shape.name[0])
		return doc_fail(doc, value, "a topology needs 'name', which its nodes begin with");
	ret = refuse_other(doc, value, &shape);
	if (ret)
		return ret;
	switch (shape.kind) {
	case SHAPE_STAR:
		return make_star(doc, value, &shape);
	case SHAPE_TREE:
		return make_tree(doc, value, &shape);
	case SHAPE_GRID:
		return make_grid(doc, value, &shape);
	case SHAPE_FAT_TREE:
		return make_fat_tree(doc, value, &shape);
	default:
		return make_line(doc, value, &shape);
	}
}

int doc_take_shapes(struct doc *doc, yaml_node_t *value, void *arg)
{
	if (value->type == YAML_SCALAR_NODE && !doc_empty(value))
		return doc_fail(doc, value, "'topologies' is a list");
	return doc_list(doc, value, "'topologies'", take_one, arg);
}
