// SPDX-License-Identifier: GPL-2.0
/* The key "routing": "ospf", "[rip, ripng]" or "bgp: {as: 65001}". */
#include <string.h>

#include "doc.h"

enum {
	TIME_MAX = 65535 / 6,
	/* What isisd and ripd take. */
	HELLO_MAX = 600,
	SPF_MAX = 120,
	UPDATE_MIN = 5,
};

#define TAKE_VALUE(name, text, key, min, max)				\
static int take_##name(struct doc *doc, yaml_node_t *value, void *arg)	\
{									\
	return doc_number(doc, value, text, min, max,			\
			  &((struct lab_proto *)arg)->value[key]);	\
}

TAKE_VALUE(hello, "hello", LAB_HELLO, 1, HELLO_MAX)
TAKE_VALUE(dead, "dead", LAB_DEAD, 1, TIME_MAX)
TAKE_VALUE(spf, "spf-interval", LAB_SPF, 1, SPF_MAX)
TAKE_VALUE(update, "update", LAB_UPDATE, UPDATE_MIN, TIME_MAX)
TAKE_VALUE(area, "area", LAB_AREA, 0, UINT32_MAX)
TAKE_VALUE(as, "as", LAB_AS, 1, UINT32_MAX - 1)
TAKE_VALUE(hold, "hold", LAB_HOLD, 3, TIME_MAX)

static const struct doc_key rip_keys[] = {
	{ "update", take_update }, { NULL, NULL },
};

static const struct doc_key ospf_keys[] = {
	{ "area", take_area }, { "hello", take_hello },
	{ "dead", take_dead }, { "spf-interval", take_spf },
	{ NULL, NULL },
};

static const struct doc_key isis_keys[] = {
	{ "hello", take_hello }, { "spf-interval", take_spf },
	{ NULL, NULL },
};

static const struct doc_key bgp_keys[] = {
	{ "as", take_as }, { "hold", take_hold }, { NULL, NULL },
};

static const struct doc_key *const proto_keys[LAB_PROTOS] = {
	[LAB_RIP] = rip_keys, [LAB_RIPNG] = rip_keys, [LAB_OSPF] = ospf_keys,
	[LAB_OSPF6] = ospf_keys, [LAB_ISIS] = isis_keys, [LAB_BGP] = bgp_keys,
};

static int take_proto(struct doc *doc, yaml_node_t *key, yaml_node_t *value,
		      void *arg)
{
	struct lab_proto *list = arg;
	unsigned int kind;
	int ret = doc_word_of(doc, key, "routing protocol", lab_proto_names,
			      &kind);

	if (ret)
		return ret;
	/* Of a list; a mapping has looked at its keys. */
	if (list[kind].on)
		return doc_fail(doc, key, "'%s' given twice",
				lab_proto_names[kind]);
	list[kind].on = true;
	list[kind].place = doc_place(key);
	if (!value || doc_empty(value))
		return 0;
	return doc_mapping(doc, value, lab_proto_names[kind],
			   proto_keys[kind], NULL, NULL, &list[kind]);
}

static int take_name(struct doc *doc, yaml_node_t *value, void *arg)
{
	return take_proto(doc, value, NULL, arg);
}

int doc_take_routing(struct doc *doc, yaml_node_t *value, void *arg)
{
	struct lab_proto *list = ((struct lab_node *)arg)->proto;

	if (value->type == YAML_MAPPING_NODE)
		return doc_pairs(doc, value, "'routing'", take_proto, list);
	return doc_list(doc, value, "'routing'", take_name, list);
}
