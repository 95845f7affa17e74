// SPDX-License-Identifier: GPL-2.0
/* The lab file as a whole: its name, pools, nodes, links and shapes. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "doc.h"

enum {
	POOL6_MAX = 64,
	POOL4_MAX = 30,
};

static int take_name(struct doc *doc, yaml_node_t *value, void *arg)
{
	struct lab *lab = arg;

	return doc_name(doc, value, "name of a lab", lab->name,
			sizeof(lab->name));
}

static int take_prefix(struct doc *doc, yaml_node_t *value,
		       struct nlab_prefix *list, size_t *count)
{
	char quoted[NLAB_QUOTED];
	struct lab_addr addr;
	int ret = doc_address(doc, value, &addr);

	if (ret)
		return ret;
	nlab_quote(quoted, doc_word(value));
	if (*count == LAB_POOLS)
		return doc_fail(doc, value, "more than %d pools", LAB_POOLS);
	addr.host.len = addr.host.family == AF_INET ? 32 : 128;
	if (nlab_prefix_cut(&addr.host, addr.len))
		return doc_fail(doc, value, "bad pool %s: bits behind the prefix are not zero",
				quoted);
	list[(*count)++] = addr.host;
	return 0;
}

static int take_pool(struct doc *doc, yaml_node_t *value, void *arg)
{
	struct lab *lab = arg;
	const struct nlab_prefix *pool;
	int ret = take_prefix(doc, value, lab->pools, &lab->pool_count);

	if (ret)
		return ret;
	pool = &lab->pools[lab->pool_count - 1];
	if (pool->len > (pool->family == AF_INET ? POOL4_MAX : POOL6_MAX))
		return doc_fail(doc, value, "a pool for links is no longer than /%d",
				pool->family == AF_INET ? POOL4_MAX :
							  POOL6_MAX);
	return 0;
}

static int take_pools(struct doc *doc, yaml_node_t *value, void *arg)
{
	return doc_list(doc, value, "'pool'", take_pool, arg);
}

static int take_loopback(struct doc *doc, yaml_node_t *value, void *arg)
{
	struct lab *lab = arg;

	return take_prefix(doc, value, lab->loopbacks, &lab->loopback_count);
}

static int take_loopbacks(struct doc *doc, yaml_node_t *value, void *arg)
{
	return doc_list(doc, value, "'loopback-pool'", take_loopback, arg);
}

/* For anchors that other parts of the file refer to. */
static int take_nothing(struct doc *doc, yaml_node_t *value, void *arg)
{
	(void)doc;
	(void)value;
	(void)arg;
	return 0;
}

/* Nodes first, for links name them, wherever they stand in the file. */
static const struct doc_key first_keys[] = {
	{ "lab", take_name },
	{ "pool", take_pools },
	{ "loopback-pool", take_loopbacks },
	{ "link-defaults", doc_take_defaults },
	{ "nodes", doc_take_nodes },
	{ "links", take_nothing },
	{ "topologies", take_nothing },
	{ "templates", take_nothing },
	{ NULL, NULL },
};

static int take_later(struct doc *doc, yaml_node_t *key, yaml_node_t *value,
		      void *arg)
{
	bool shapes = *(bool *)arg;

	if (shapes && nlab_word_is(doc_word(key), "topologies"))
		return doc_take_shapes(doc, value, doc->lab);
	if (!shapes && nlab_word_is(doc_word(key), "links"))
		return doc_take_links(doc, value, doc->lab);
	return 0;
}

static int parse(struct doc *doc)
{
	yaml_node_t *root = yaml_document_get_root_node(&doc->yaml);
	struct lab *lab = doc->lab;
	bool shapes = true;
	int ret = doc_mapping(doc, root, "a lab", first_keys, NULL, NULL, lab);

	if (!ret && !lab->name[0])
		ret = doc_fail(doc, root, "the lab has no name: 'lab: NAME' is missing");
	if (!ret)
		ret = doc_pairs(doc, root, "a lab", take_later, &shapes);
	shapes = false;
	if (!ret)
		ret = doc_pairs(doc, root, "a lab", take_later, &shapes);
	if (!ret && !lab->node_count)
		ret = doc_fail(doc, root, "the lab has no nodes");
	return ret;
}

int lab_parse(struct lab *lab, const char *path, struct nlab_word text,
	      struct nlab_err *err)
{
	struct doc doc = { .lab = lab, .err = err };
	int ret;

	memset(lab, 0, sizeof(*lab));
	err->place[0] = '\0';
	snprintf(lab->path, sizeof(lab->path), "%s", path);
	ret = doc_load(&doc, text);
	if (ret)
		return ret;
	ret = parse(&doc);
	doc_free(&doc);
	return ret ? ret : lab_settle(lab, err);
}

int lab_read(struct lab *lab, const char *path, char **text,
	     struct nlab_err *err)
{
	bool input = !strcmp(path, "-");
	FILE *file = input ? stdin : fopen(path, "re");
	struct nlab_word word = { 0 };

	memset(lab, 0, sizeof(*lab));
	*text = NULL;
	if (!file)
		return nlab_fail(err, NLAB_FAULT_INPUT, errno,
				 "can't open '%s': %s", path, strerror(errno));
	*text = malloc(LAB_TEXT_MAX + 1);
	if (*text)
		word.len = fread(*text, 1, LAB_TEXT_MAX + 1, file);
	if (!input)
		fclose(file);
	if (!*text || word.len > LAB_TEXT_MAX)
		return nlab_fail(err, NLAB_FAULT_INPUT, EFBIG,
				 "can't read '%s': larger than %d MiB", path,
				 LAB_TEXT_MAX >> 20);
	/* Untouched pages cost nothing; what follows needs an end. */
	(*text)[word.len] = '\0';
	word.str = *text;
	return lab_parse(lab, input ? "stdin" : path, word, err);
}
