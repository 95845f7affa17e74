// SPDX-License-Identifier: GPL-2.0
/* Nodes of the lab file. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "../lib/import.h"
#include "doc.h"

const char *const lab_kind_names[] = {
	"host", "router", "switch", "translator", "external", NULL,
};

/* Those of FRR that need nothing but zebra. */
static const char *const frr_daemons[] = {
	"zebra", "ripd", "ripngd", "ospfd", "ospf6d", "isisd", "bgpd",
	"staticd", "babeld", "eigrpd", "bfdd", "pimd", "ldpd", "fabricd", NULL,
};

/* --- addresses and routes --- */

static int take_address(struct doc *doc, yaml_node_t *value, void *arg)
{
	struct lab_addrs *addrs = arg;

	addrs->list = lab_grow(doc->lab, addrs->list, addrs->count,
			       sizeof(*addrs->list));
	return doc_address(doc, value, &addrs->list[addrs->count++]);
}

int doc_take_addresses(struct doc *doc, yaml_node_t *value,
		       struct lab_addrs *addrs)
{
	return doc_list(doc, value, "'addresses'", take_address, addrs);
}

static int take_addresses(struct doc *doc, yaml_node_t *value, void *arg)
{
	struct lab_node *node = arg;

	return doc_take_addresses(doc, value, &node->addrs);
}

static int take_to(struct doc *doc, yaml_node_t *value, void *arg)
{
	struct lab_route *route = arg;
	char quoted[NLAB_QUOTED];
	struct lab_addr addr;
	int ret = doc_scalar(doc, value, "'to'");

	if (ret)
		return ret;
	if (nlab_word_is(doc_word(value), "default"))
		return 0;
	ret = doc_address(doc, value, &addr);
	if (ret)
		return ret;
	nlab_quote(quoted, doc_word(value));
	addr.host.len = addr.host.family == AF_INET ? 32 : 128;
	if (nlab_prefix_cut(&addr.host, addr.len))
		return doc_fail(doc, value, "bad destination %s: bits behind the prefix are not zero",
				quoted);
	route->to = addr.host;
	return 0;
}

static int take_via(struct doc *doc, yaml_node_t *value, void *arg)
{
	struct lab_route *route = arg;
	struct lab_addr addr;
	int ret = doc_address(doc, value, &addr);

	route->via = addr.host;
	if (!ret && memchr(doc_word(value).str, '/', doc_word(value).len))
		ret = doc_fail(doc, value, "a gateway is an address without a length");
	return ret;
}

static int take_dev(struct doc *doc, yaml_node_t *value, void *arg)
{
	return doc_device(doc, value, ((struct lab_route *)arg)->dev);
}

static int take_metric(struct doc *doc, yaml_node_t *value, void *arg)
{
	return doc_number(doc, value, "metric", 1, UINT32_MAX - 1,
			  &((struct lab_route *)arg)->metric);
}

static const struct doc_key route_keys[] = {
	{ "to", take_to },
	{ "via", take_via },
	{ "dev", take_dev },
	{ "metric", take_metric },
	{ NULL, NULL },
};

static int take_route(struct doc *doc, yaml_node_t *value, void *arg)
{
	struct lab_node *node = arg;
	struct lab_route *route;
	int ret;

	node->routes = lab_grow(doc->lab, node->routes, node->route_count,
				sizeof(*route));
	route = &node->routes[node->route_count++];
	memset(route, 0, sizeof(*route));
	route->place = doc_place(value);
	ret = doc_mapping(doc, value, "a route", route_keys, NULL, NULL, route);
	if (ret)
		return ret;
	if (route->via.family == AF_UNSPEC && !route->dev[0])
		return doc_fail(doc, value, "a route needs 'via' or 'dev'");
	if (route->to.family == AF_UNSPEC)
		route->to.family = route->via.family == AF_INET6 ? AF_INET6 :
								   AF_INET;
	if (route->via.family && route->via.family != route->to.family)
		return doc_fail(doc, value, "'to' and 'via' are of the same family");
	return 0;
}

static int take_routes(struct doc *doc, yaml_node_t *value, void *arg)
{
	return doc_list(doc, value, "'routes'", take_route, arg);
}

/* --- names with texts --- */

static int take_pair(struct doc *doc, yaml_node_t *key, yaml_node_t *value,
		     void *arg)
{
	struct lab_pairs *pairs = arg;
	struct lab_pair *pair;
	int ret;

	pairs->list = lab_grow(doc->lab, pairs->list, pairs->count,
			       sizeof(*pair));
	pair = &pairs->list[pairs->count++];
	pair->place = doc_place(key);
	ret = doc_text(doc, key, "a key", &pair->name);
	return ret ? ret : doc_text(doc, value, "a value", &pair->text);
}

static int take_sysctl(struct doc *doc, yaml_node_t *key, yaml_node_t *value,
		       void *arg)
{
	struct nlab_word word = doc_word(key);
	char quoted[NLAB_QUOTED];

	if (word.len < 5 || memcmp(word.str, "net.", 4) ||
	    memchr(word.str, '/', word.len) || memmem(word.str, word.len,
						      "..", 2))
		return doc_fail(doc, key, "bad sysctl %s: those of a node begin with 'net.' and have dots",
				nlab_quote(quoted, word));
	return take_pair(doc, key, value, arg);
}

static int take_sysctls(struct doc *doc, yaml_node_t *value, void *arg)
{
	return doc_pairs(doc, value, "'sysctls'", take_sysctl,
			 &((struct lab_node *)arg)->sysctls);
}

/* Elsewhere the files are the machine's. */
static int take_file(struct doc *doc, yaml_node_t *key, yaml_node_t *value,
		     void *arg)
{
	struct nlab_word word = doc_word(key);
	char quoted[NLAB_QUOTED];
	bool below = (word.len > 5 && !memcmp(word.str, "/etc/", 5)) ||
		     (word.len > 5 && !memcmp(word.str, "/run/", 5));

	if (!below || memmem(word.str, word.len, "/..", 3) ||
	    memmem(word.str, word.len, "//", 2) ||
	    word.str[word.len - 1] == '/' || word.len > 255)
		return doc_fail(doc, key, "bad file %s: a node has its own files below /etc and /run only",
				nlab_quote(quoted, word));
	return take_pair(doc, key, value, arg);
}

static int take_files(struct doc *doc, yaml_node_t *value, void *arg)
{
	return doc_pairs(doc, value, "'files'", take_file,
			 &((struct lab_node *)arg)->files);
}

static int take_service(struct doc *doc, yaml_node_t *key, yaml_node_t *value,
			void *arg)
{
	char name[LAB_NODE_NAME];
	int ret = doc_name(doc, key, "name of a service", name, sizeof(name));

	if (!ret && doc_empty(value))
		ret = doc_fail(doc, value, "a service is a command for the shell");
	return ret ? ret : take_pair(doc, key, value, arg);
}

static int take_services(struct doc *doc, yaml_node_t *value, void *arg)
{
	return doc_pairs(doc, value, "'services'", take_service,
			 &((struct lab_node *)arg)->services);
}

static int take_daemon(struct doc *doc, yaml_node_t *key, yaml_node_t *value,
		       void *arg)
{
	unsigned int index;
	int ret = doc_word_of(doc, key, "daemon of FRR", frr_daemons, &index);

	return ret ? ret : take_pair(doc, key, value, arg);
}

/* The others need zebra, and it comes first. */
static int take_frr(struct doc *doc, yaml_node_t *value, void *arg)
{
	struct lab_pairs *frr = &((struct lab_node *)arg)->frr;
	struct lab_pair zebra = { doc_place(value), "zebra", lab_zebra_config };
	int ret = doc_pairs(doc, value, "'frr'", take_daemon, frr);
	size_t i = 0;

	if (ret || !frr->count)
		return ret;
	while (i < frr->count && strcmp(frr->list[i].name, "zebra"))
		i++;
	if (i < frr->count)
		zebra = frr->list[i];
	else
		frr->list = lab_grow(doc->lab, frr->list, frr->count++,
				     sizeof(*frr->list));
	memmove(&frr->list[1], &frr->list[0], i * sizeof(*frr->list));
	frr->list[0] = zebra;
	return 0;
}

/* --- the translator --- */

static int take_map(struct doc *doc, yaml_node_t *value, void *arg)
{
	struct nlab_xlat none = { 0 };
	struct lab_node *node = arg;
	struct nlab_line line;
	int ret = doc_scalar(doc, value, "a map");

	if (ret)
		return ret;
	ret = doc_at(doc, value, nlab_line_parse(&line, &none, doc_word(value),
						 doc->err));
	if (ret)
		return ret;
	if (line.kind != NLAB_LINE_MAP)
		return doc_fail(doc, value, "a map is OUTSIDE INSIDE, two addresses or prefixes");
	node->maps = lab_grow(doc->lab, node->maps, node->map_count,
			      sizeof(*node->maps));
	node->maps[node->map_count++] = line.map;
	return 0;
}

static int take_maps(struct doc *doc, yaml_node_t *value, void *arg)
{
	return doc_list(doc, value, "'maps'", take_map, arg);
}

static const struct doc_key xlat_keys[] = {
	{ "maps", take_maps },
	{ NULL, NULL },
};

static int take_setting(struct doc *doc, yaml_node_t *key, yaml_node_t *value,
			void *arg)
{
	const char *const *names = nlab_key_names();
	struct lab_node *node = arg;
	int ret = doc_scalar(doc, value, "a setting");

	while (*names && !nlab_word_is(doc_word(key), *names))
		names++;
	if (ret || !*names)
		return ret ? ret : 1;
	return doc_at(doc, value, nlab_xlat_parse(&node->xlat, doc_word(key),
						  doc_word(value), doc->err));
}

/* Overlaps are found as in a map file. */
static int take_xlat(struct doc *doc, yaml_node_t *value, void *arg)
{
	char *files[] = { doc->lab->path };
	struct nlab_mapset set = { .files = files, .file_count = 1 };
	struct lab_node *node = arg;
	size_t i;
	int ret = doc_mapping(doc, value, "'xlat'", xlat_keys, take_setting,
			      nlab_key_names(), arg);

	if (ret || !node->map_count)
		return ret;
	set.maps = node->maps;
	set.count = node->map_count;
	set.places = lab_alloc(doc->lab, set.count * sizeof(*set.places));
	for (i = 0; i < set.count; i++)
		set.places[i].line = doc_place(value).line;
	return nlab_mapset_check(&set, NULL, doc->err);
}

/* --- the node --- */

static int take_kind(struct doc *doc, yaml_node_t *value, void *arg)
{
	struct lab_node *node = arg;
	unsigned int kind;
	int ret = doc_word_of(doc, value, "kind of node", lab_kind_names,
			      &kind);

	if (!ret)
		node->kind = (enum lab_kind)kind;
	return ret;
}

static int take_interface(struct doc *doc, yaml_node_t *value, void *arg)
{
	return doc_device(doc, value, ((struct lab_node *)arg)->interface);
}

static const struct doc_key node_keys[] = {
	{ "kind", take_kind },
	{ "addresses", take_addresses },
	{ "routes", take_routes },
	{ "sysctls", take_sysctls },
	{ "files", take_files },
	{ "services", take_services },
	{ "frr", take_frr },
	{ "routing", doc_take_routing },
	{ "xlat", take_xlat },
	{ "interface", take_interface },
	{ NULL, NULL },
};

static bool has_routing(const struct lab_node *node)
{
	unsigned int kind;

	for (kind = 0; kind < LAB_PROTOS; kind++)
		if (node->proto[kind].on)
			return true;
	return false;
}

static bool has_own(const struct lab_node *node)
{
	return has_routing(node) || node->addrs.count || node->route_count ||
	       node->sysctls.count || node->files.count ||
	       node->services.count || node->frr.count;
}

/* "r1: router" is short for "r1: {kind: router}". */
int doc_take_node(struct doc *doc, yaml_node_t *value, struct lab_node *node)
{
	unsigned int key;
	bool xlat = node->map_count;
	int ret;

	if (value->type == YAML_SCALAR_NODE && !doc_empty(value))
		ret = take_kind(doc, value, node);
	else
		ret = doc_mapping(doc, value, "a node", node_keys, NULL, NULL,
				  node);
	for (key = 0; key < NLAB_KEYS; key++)
		xlat |= node->xlat.key[key].set;
	if (ret)
		return ret;
	if ((xlat || node->map_count) && node->kind != LAB_TRANSLATOR)
		return doc_fail(doc, value, "'xlat' is for nodes of kind translator");
	if (has_routing(node) && node->kind != LAB_ROUTER &&
	    node->kind != LAB_TRANSLATOR)
		return doc_fail(doc, value, "'routing' is for nodes of kind router or translator");
	if (node->kind == LAB_EXTERNAL && !node->interface[0])
		return doc_fail(doc, value, "an external node needs 'interface', the machine's device");
	if (node->kind != LAB_EXTERNAL && node->interface[0])
		return doc_fail(doc, value, "'interface' is for nodes of kind external");
	if (node->kind == LAB_EXTERNAL && has_own(node))
		return doc_fail(doc, value, "an external node has 'kind' and 'interface' only");
	return 0;
}

struct lab_node *doc_new_node(struct doc *doc, const yaml_node_t *at,
			      const char *name)
{
	struct lab *lab = doc->lab;
	struct lab_node *node;

	if (lab->node_count == LAB_NODES_MAX) {
		doc_fail(doc, at, "more than %d nodes", LAB_NODES_MAX);
		return NULL;
	}
	lab->nodes = lab_grow(lab, lab->nodes, lab->node_count, sizeof(*node));
	node = &lab->nodes[lab->node_count++];
	memset(node, 0, sizeof(*node));
	node->place = doc_place(at);
	snprintf(node->name, sizeof(node->name), "%s", name);
	return node;
}

static int take_one(struct doc *doc, yaml_node_t *key, yaml_node_t *value,
		    void *arg)
{
	char name[LAB_NODE_NAME];
	struct lab_node *node;
	int ret = doc_name(doc, key, "name of a node", name, sizeof(name));

	(void)arg;
	if (ret)
		return ret;
	node = doc_new_node(doc, key, name);
	return node ? doc_take_node(doc, value, node) : -EINVAL;
}

int doc_take_nodes(struct doc *doc, yaml_node_t *value, void *arg)
{
	return doc_pairs(doc, value, "'nodes'", take_one, arg);
}
