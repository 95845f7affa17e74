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

static const struct doc_key first_keys[] = {
	{ "lab", take_name },
	{ "pool", take_pools },
	{ "loopback-pool", take_loopbacks },
	{ "link-defaults", doc_take_defaults },
	{ "nodes", doc_take_nodes },
	{ "links", doc_skip },
	{ "topologies", doc_skip },
	{ "templates", doc_skip },
	{ "variables", doc_skip },
	{ "events", doc_skip },
	{ "captures", doc_skip },
	{ NULL, NULL },
};

/* What names nodes comes after them, wherever it stands in the file. */
static const struct doc_key later_keys[] = {
	{ "topologies", doc_take_shapes },
	{ "links", doc_take_links },
	{ "events", doc_take_events },
	{ "captures", doc_take_captures },
	{ NULL, NULL },
};

static int take_later(struct doc *doc, yaml_node_t *key, yaml_node_t *value,
		      void *arg)
{
	const struct doc_key *later = arg;

	return nlab_word_is(doc_word(key), later->name) ?
	       later->take(doc, value, doc->lab) : 0;
}

static int parse(struct doc *doc)
{
	yaml_node_t *root = yaml_document_get_root_node(&doc->yaml);
	struct lab *lab = doc->lab;
	struct doc_key later;
	size_t i;
	int ret = doc_mapping(doc, root, "a lab", first_keys, NULL, NULL, lab);

	if (!ret && !lab->name[0])
		ret = doc_fail(doc, root, "the lab has no name: 'lab: NAME' is missing");
	for (i = 0; later_keys[i].name && !ret; i++) {
		later = later_keys[i];
		ret = doc_pairs(doc, root, "a lab", take_later, &later);
	}
	if (!ret && !lab->node_count)
		ret = doc_fail(doc, root, "the lab has no nodes");
	return ret;
}

int lab_parse(struct lab *lab, const char *path, struct nlab_word text,
	      struct nlab_word given, struct nlab_err *err)
{
	struct doc doc = { .lab = lab, .err = err };
	int ret;

	memset(lab, 0, sizeof(*lab));
	err->place[0] = '\0';
	snprintf(lab->path, sizeof(lab->path), "%s", path);
	lab->given = (struct nlab_word){ lab_text(lab, given), given.len };
	ret = doc_load(&doc, text);
	if (ret)
		return ret;
	ret = doc_replace(&doc, lab->given);
	if (!ret)
		ret = parse(&doc);
	doc_free(&doc);
	if (!ret)
		ret = lab_settle(lab, err);
	return ret ? ret : lab_settle_events(lab, err);
}

int lab_read(struct lab *lab, const char *path, struct nlab_word given,
	     char **text, struct nlab_err *err)
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
	return lab_parse(lab, input ? "stdin" : path, word, given, err);
}
