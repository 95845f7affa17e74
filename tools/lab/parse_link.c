// SPDX-License-Identifier: GPL-2.0
/* Links of the lab file. Parameters are those of nlabctl-link(8). */
#include <errno.h>
#include <string.h>

#include "doc.h"

enum {
	MTU_MIN = 68,
	MTU_MAX = 65535,
};

/* --- parameters --- */

static int take_param(struct doc *doc, yaml_node_t *key, yaml_node_t *value,
		      struct nlab_link_dir *dir)
{
	const char *const *names = nlab_link_key_names();
	int ret = doc_scalar(doc, value, "a parameter"), i;

	for (i = 0; names[i] && !nlab_word_is(doc_word(key), names[i]); i++)
		;
	if (ret || !names[i])
		return ret ? ret : 1;
	/* What is said of one direction is more than what is said of both. */
	dir->set[i] = false;
	return doc_at(doc, value, nlab_link_parse(dir, doc_word(key),
						  doc_word(value), doc->err));
}

static int take_one_dir(struct doc *doc, yaml_node_t *key, yaml_node_t *value,
			void *arg)
{
	return take_param(doc, key, value, arg);
}

int doc_take_both(struct doc *doc, yaml_node_t *key, yaml_node_t *value,
		  struct nlab_link_dir *dir)
{
	int ret = take_param(doc, key, value, &dir[0]);

	return ret ? ret : take_param(doc, key, value, &dir[1]);
}

static int take_both(struct doc *doc, yaml_node_t *key, yaml_node_t *value,
		     void *arg)
{
	struct lab_link *link = arg;
	int ret = doc_take_script(doc, key, value, link->script, 2);

	return ret == 1 ? doc_take_both(doc, key, value, link->dir) : ret;
}

static const struct doc_key no_keys[] = {
	{ NULL, NULL },
};

int doc_take_dir(struct doc *doc, yaml_node_t *value,
		 struct nlab_link_dir *dir)
{
	return doc_mapping(doc, value, "a direction", no_keys, take_one_dir,
			   nlab_link_key_names(), dir);
}

/* Of links, which have more than what events change. */
static const char *const *link_names(void)
{
	static const char *names[NLAB_LINK_SOURCES + NLAB_LINK_KEYS + 1];

	memcpy(names, nlab_link_source_names,
	       NLAB_LINK_SOURCES * sizeof(*names));
	memcpy(names + NLAB_LINK_SOURCES, nlab_link_key_names(),
	       NLAB_LINK_KEYS * sizeof(*names));
	return names;
}

/* One direction of a link. */
struct way {
	struct nlab_link_dir *dir;
	struct lab_script *script;
};

static int take_of_way(struct doc *doc, yaml_node_t *key, yaml_node_t *value,
		       void *arg)
{
	struct way *way = arg;
	int ret = doc_take_script(doc, key, value, way->script, 1);

	return ret == 1 ? take_param(doc, key, value, way->dir) : ret;
}

static int take_way(struct doc *doc, yaml_node_t *value, struct lab_link *link,
		    unsigned int d)
{
	struct way way = { &link->dir[d], &link->script[d] };

	return doc_mapping(doc, value, "a direction", no_keys, take_of_way,
			   link_names(), &way);
}

static int take_out(struct doc *doc, yaml_node_t *value, void *arg)
{
	return take_way(doc, value, arg, 0);
}

static int take_in(struct doc *doc, yaml_node_t *value, void *arg)
{
	return take_way(doc, value, arg, 1);
}

static int take_mtu(struct doc *doc, yaml_node_t *value, void *arg)
{
	return doc_number(doc, value, "mtu", MTU_MIN, MTU_MAX,
			  &((struct lab_link *)arg)->mtu);
}

/* A direction after both, wherever it stands. */
static const struct doc_key both_keys[] = {
	{ "mtu", take_mtu },
	{ "out", doc_skip },
	{ "in", doc_skip },
	{ NULL, NULL },
};

static const struct doc_key dir_keys[] = {
	{ "out", take_out },
	{ "in", take_in },
	{ NULL, NULL },
};

int doc_take_params(struct doc *doc, yaml_node_t *value, void *link)
{
	int ret = doc_mapping(doc, value, "'link'", both_keys, take_both,
			      link_names(), link);

	return ret ? ret : doc_mapping(doc, value, "'link'", dir_keys, doc_known,
				       NULL, link);
}

int doc_take_defaults(struct doc *doc, yaml_node_t *value, void *arg)
{
	struct lab_link link = { 0 };
	struct lab *lab = arg;
	int ret = doc_take_params(doc, value, &link);

	if (!ret && link.mtu)
		ret = doc_fail(doc, value, "'mtu' is of single links");
	memcpy(lab->defaults, link.dir, sizeof(lab->defaults));
	memcpy(lab->default_script, link.script, sizeof(lab->default_script));
	return ret;
}

/* --- ends --- */

int doc_take_end_node(struct doc *doc, yaml_node_t *value, void *arg)
{
	struct lab_end *end = arg;
	const char *names[LAB_NODES_MAX + 1];
	char name[LAB_NODE_NAME], quoted[NLAB_QUOTED];
	const char *near;
	long index;
	size_t i;
	int ret = doc_name(doc, value, "name of a node", name, sizeof(name));

	if (ret)
		return ret;
	index = lab_find(doc->lab, name);
	if (index >= 0) {
		end->node = (size_t)index;
		return 0;
	}
	for (i = 0; i < doc->lab->node_count; i++)
		names[i] = doc->lab->nodes[i].name;
	names[i] = NULL;
	nlab_quote(quoted, doc_word(value));
	near = nlab_nearest(doc_word(value), names);
	return doc_fail(doc, value, "unknown node %s%s%s%s", quoted,
			near ? ", did you mean '" : "", near ? near : "",
			near ? "'?" : "");
}

static int take_device(struct doc *doc, yaml_node_t *value, void *arg)
{
	return doc_device(doc, value, ((struct lab_end *)arg)->dev);
}

static int take_addresses(struct doc *doc, yaml_node_t *value, void *arg)
{
	struct lab_end *end = arg;

	end->given = true;
	return doc_take_addresses(doc, value, &end->addrs);
}

static const struct doc_key end_keys[] = {
	{ "node", doc_take_end_node },
	{ "device", take_device },
	{ "addresses", take_addresses },
	{ NULL, NULL },
};

/* "r1:eth0" is short for "{node: r1, device: eth0}". */
int doc_take_port(struct doc *doc, yaml_node_t *value, struct lab_end *end)
{
	yaml_node_t part = *value;
	struct nlab_word word = doc_word(value);
	const char *colon = memchr(word.str, ':', word.len);
	int ret;

	if (!colon)
		return doc_take_end_node(doc, value, end);
	part.data.scalar.length = (size_t)(colon - word.str);
	ret = doc_take_end_node(doc, &part, end);
	if (ret)
		return ret;
	part.data.scalar.value += part.data.scalar.length + 1;
	part.data.scalar.length = word.len - part.data.scalar.length - 1;
	return doc_device(doc, &part, end->dev);
}

static int take_end(struct doc *doc, yaml_node_t *value, struct lab_end *end)
{
	int ret;

	end->place = doc_place(value);
	end->node = SIZE_MAX;
	if (value->type == YAML_SCALAR_NODE)
		ret = doc_take_port(doc, value, end);
	else
		ret = doc_mapping(doc, value, "an end", end_keys, NULL, NULL,
				  end);
	if (!ret && end->node == SIZE_MAX)
		ret = doc_fail(doc, value, "an end needs 'node'");
	return ret;
}

static int take_ends(struct doc *doc, yaml_node_t *value, void *arg)
{
	struct lab_link *link = arg;
	yaml_node_item_t *item;
	int ret;

	if (value->type != YAML_SEQUENCE_NODE ||
	    value->data.sequence.items.top -
	    value->data.sequence.items.start != 2)
		return doc_fail(doc, value, "'ends' is a list of two");
	item = value->data.sequence.items.start;
	ret = take_end(doc, doc_node(doc, item[0]), &link->end[0]);
	if (!ret)
		ret = take_end(doc, doc_node(doc, item[1]), &link->end[1]);
	if (!ret && link->end[0].node == link->end[1].node)
		ret = doc_fail(doc, value, "both ends are node '%s'",
			       doc->lab->nodes[link->end[0].node].name);
	return ret;
}

/* --- links --- */

static const struct doc_key link_keys[] = {
	{ "ends", take_ends },
	{ "mtu", take_mtu },
	{ "out", doc_skip },
	{ "in", doc_skip },
	{ NULL, NULL },
};

struct lab_link *doc_new_link(struct doc *doc, const yaml_node_t *at)
{
	struct lab *lab = doc->lab;
	struct lab_link *link;

	if (lab->link_count == LAB_LINKS_MAX) {
		doc_fail(doc, at, "more than %d links", LAB_LINKS_MAX);
		return NULL;
	}
	lab->links = lab_grow(lab, lab->links, lab->link_count, sizeof(*link));
	link = &lab->links[lab->link_count++];
	memset(link, 0, sizeof(*link));
	memcpy(link->dir, lab->defaults, sizeof(link->dir));
	memcpy(link->script, lab->default_script, sizeof(link->script));
	link->place = doc_place(at);
	link->end[0].node = SIZE_MAX;
	return link;
}

static int take_link(struct doc *doc, yaml_node_t *value, void *arg)
{
	struct lab_link *link = doc_new_link(doc, value);
	int ret;

	(void)arg;
	if (!link)
		return -EINVAL;
	ret = doc_mapping(doc, value, "a link", link_keys, take_both,
			  link_names(), link);
	if (!ret)
		ret = doc_mapping(doc, value, "a link", dir_keys, doc_known, NULL,
				  link);
	if (!ret && link->end[0].node == SIZE_MAX)
		ret = doc_fail(doc, value, "a link needs 'ends'");
	return ret;
}

int doc_take_links(struct doc *doc, yaml_node_t *value, void *arg)
{
	return doc_list(doc, value, "'links'", take_link, arg);
}
