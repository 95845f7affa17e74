/* SPDX-License-Identifier: GPL-2.0 */
/* A YAML document, with the place of everything; for the parser only. */
#ifndef NLAB_LAB_DOC_H
#define NLAB_LAB_DOC_H

#include <yaml.h>

#include "lab.h"

/**
 * struct doc - Document under the parser.
 * @lab: What it becomes.
 * @yaml: The document.
 * @err: Where the first error goes.
 */
struct doc {
	struct lab *lab;
	yaml_document_t yaml;
	struct nlab_err *err;
};

/**
 * struct doc_key - Key that a mapping may have.
 * @name: Its name.
 * @take: Reads the value.
 */
struct doc_key {
	const char *name;
	int (*take)(struct doc *doc, yaml_node_t *value, void *arg);
};

/* Load a text; the document is to be freed when it returns 0. */
int doc_load(struct doc *doc, struct nlab_word text);
void doc_free(struct doc *doc);

int doc_fail(struct doc *doc, const yaml_node_t *node, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));
struct lab_place doc_place(const yaml_node_t *node);
/* Say where it was if @ret, of a parser of the library, is no success. */
int doc_at(struct doc *doc, const yaml_node_t *node, int ret);
/* Says what is near, and what is allowed. */
int doc_unknown(struct doc *doc, const yaml_node_t *node, const char *what,
		struct nlab_word word, const char *const *names);
yaml_node_t *doc_node(struct doc *doc, int index);

/* Is the node there and empty, as after "key:"? */
bool doc_empty(const yaml_node_t *node);
struct nlab_word doc_word(const yaml_node_t *node);

/**
 * doc_mapping() - Read a mapping whose keys are known.
 * @keys: The keys, ends with one without a name.
 * @other: Reads a pair whose key is none of them, or NULL; returns 1 if it is
 *	unknown there too.
 * @names: All names, for the message; NULL for those of @keys.
 */
int doc_mapping(struct doc *doc, yaml_node_t *node, const char *what,
		const struct doc_key *keys,
		int (*other)(struct doc *doc, yaml_node_t *key,
			     yaml_node_t *value, void *arg),
		const char *const *names, void *arg);
/* Read a mapping with any keys; what it has twice is refused. */
int doc_pairs(struct doc *doc, yaml_node_t *node, const char *what,
	      int (*take)(struct doc *doc, yaml_node_t *key,
			  yaml_node_t *value, void *arg), void *arg);
/* Read a sequence; one value alone counts as one. */
int doc_list(struct doc *doc, yaml_node_t *node, const char *what,
	     int (*take)(struct doc *doc, yaml_node_t *value, void *arg),
	     void *arg);

/* Take a value that is read at another time, or any key with such a one. */
int doc_skip(struct doc *doc, yaml_node_t *value, void *arg);
int doc_known(struct doc *doc, yaml_node_t *key, yaml_node_t *value, void *arg);

/* Scalars. */
int doc_scalar(struct doc *doc, const yaml_node_t *node, const char *what);
int doc_text(struct doc *doc, const yaml_node_t *node, const char *what,
	     const char **text);
int doc_number(struct doc *doc, const yaml_node_t *node, const char *what,
	       uint32_t min, uint32_t max, uint32_t *number);
/* A name of letters, digits, "-" and "_" of less than @size characters. */
int doc_name(struct doc *doc, const yaml_node_t *node, const char *what,
	     char *to, size_t size);
/* A name that the kernel takes for a device. */
int doc_device(struct doc *doc, const yaml_node_t *node, char *to);
int doc_word_of(struct doc *doc, const yaml_node_t *node, const char *what,
		const char *const *names, unsigned int *index);
int doc_address(struct doc *doc, const yaml_node_t *node,
		struct lab_addr *addr);

/* vars.c: replace variables in all values, see lab_parse() */
int doc_replace(struct doc *doc, struct nlab_word given);

/* parse_node.c */
int doc_take_node(struct doc *doc, yaml_node_t *value, struct lab_node *node);
struct lab_node *doc_new_node(struct doc *doc, const yaml_node_t *at,
			      const char *name);
int doc_take_nodes(struct doc *doc, yaml_node_t *value, void *arg);
int doc_take_addresses(struct doc *doc, yaml_node_t *value,
		       struct lab_addrs *addrs);

/* parse_routing.c */
int doc_take_routing(struct doc *doc, yaml_node_t *value, void *arg);

/* parse_link.c */
int doc_take_params(struct doc *doc, yaml_node_t *value, void *link);
int doc_take_defaults(struct doc *doc, yaml_node_t *value, void *arg);
int doc_take_links(struct doc *doc, yaml_node_t *value, void *arg);
struct lab_link *doc_new_link(struct doc *doc, const yaml_node_t *at);
/* A parameter of both directions; 1 if the key is none. */
int doc_take_both(struct doc *doc, yaml_node_t *key, yaml_node_t *value,
		  struct nlab_link_dir *dir);
int doc_take_dir(struct doc *doc, yaml_node_t *value,
		 struct nlab_link_dir *dir);
/* parse_script.c: a schedule, trace or table of @count directions; 1 if the key
 * is none.
 */
int doc_take_script(struct doc *doc, yaml_node_t *key, yaml_node_t *value,
		    struct lab_script *script, unsigned int count);
/* NODE, and NODE or NODE:DEVICE. */
int doc_take_end_node(struct doc *doc, yaml_node_t *value, void *end);
int doc_take_port(struct doc *doc, yaml_node_t *value, struct lab_end *end);

/* shape.c */
int doc_take_shapes(struct doc *doc, yaml_node_t *value, void *arg);

/* parse_event.c */
int doc_take_events(struct doc *doc, yaml_node_t *value, void *arg);
int doc_take_captures(struct doc *doc, yaml_node_t *value, void *arg);

#endif
