// SPDX-License-Identifier: GPL-2.0
/* Variables: "${name}" in the values of a lab file stands for what its key
 * "variables" says, or the command line. They are replaced before anything
 * else is read, so that any value may have them.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "doc.h"

enum {
	VARS_MAX = 256,
};

#define BEGIN	"${"

/**
 * struct vars - Variables of a file.
 * @list: Those that are known so far.
 * @given: Of the command line, see lab_parse().
 * @made: Bytes of all texts that were made.
 */
struct vars {
	struct lab_pairs list;
	struct nlab_word given;
	size_t made;
};

/* --- the command line --- */

/* Takes the next NAME=VALUE; false at the end. */
static bool next_given(struct nlab_word *rest, struct nlab_word *name,
		       const char **value)
{
	const char *equals;
	size_t len;

	if (!rest->len)
		return false;
	len = strnlen(rest->str, rest->len);
	equals = memchr(rest->str, '=', len);
	name->str = rest->str;
	name->len = equals ? (size_t)(equals - rest->str) : len;
	*value = equals ? equals + 1 : NULL;
	len += len < rest->len;
	rest->str += len;
	rest->len -= len;
	return true;
}

static const struct lab_pair *find(const struct lab_pairs *list,
				   struct nlab_word name)
{
	size_t i;

	for (i = 0; i < list->count; i++)
		if (nlab_word_is(name, list->list[i].name))
			return &list->list[i];
	return NULL;
}

static void all_names(const struct lab_pairs *list, const char **names)
{
	size_t i;

	for (i = 0; i < list->count; i++)
		names[i] = list->list[i].name;
	names[i] = NULL;
}

/* As libyaml sees it, which takes nothing else. */
static bool is_utf8(const char *text)
{
	yaml_event_t event;

	if (!yaml_scalar_event_initialize(&event, NULL, NULL,
					  (const yaml_char_t *)text,
					  (int)strlen(text), 1, 1,
					  YAML_ANY_SCALAR_STYLE))
		return false;
	yaml_event_delete(&event);
	return true;
}

/* A word that sets nothing is a mistake. */
static int check_given(const struct vars *vars, struct nlab_err *err)
{
	struct nlab_word rest = vars->given, name;
	const char *names[VARS_MAX + 1];
	char quoted[NLAB_QUOTED];
	const char *value;

	while (next_given(&rest, &name, &value)) {
		nlab_quote(quoted, name);
		if (!value)
			return nlab_fail(err, NLAB_FAULT_INPUT, EINVAL,
					 "bad variable %s, which is NAME=VALUE",
					 quoted);
		if (!is_utf8(value))
			return nlab_fail(err, NLAB_FAULT_INPUT, EILSEQ,
					 "variable %s is no UTF-8", quoted);
		if (find(&vars->list, name))
			continue;
		if (!vars->list.count)
			return nlab_fail(err, NLAB_FAULT_INPUT, EINVAL,
					 "unknown variable %s: the file has no 'variables'",
					 quoted);
		all_names(&vars->list, names);
		return nlab_unknown(err, "variable", name, names);
	}
	return 0;
}

/* --- replacing --- */

/* The next piece of a text: a variable's value, or what stands before the next
 * dollar.
 */
static int next_piece(struct doc *doc, const yaml_node_t *node,
		      const struct vars *vars, struct nlab_word *rest,
		      struct nlab_word *piece)
{
	const char *names[VARS_MAX + 1], *end;
	const struct lab_pair *var;
	struct nlab_word name;
	size_t used;

	*piece = *rest;
	if (rest->len >= 3 && !memcmp(rest->str, "$" BEGIN, 3)) {
		*piece = nlab_word(BEGIN);
		used = 3;
	} else if (rest->len >= 2 && !memcmp(rest->str, BEGIN, 2)) {
		end = memchr(rest->str, '}', rest->len);
		if (!end)
			return doc_fail(doc, node, "'" BEGIN "' without '}'; '$" BEGIN "' stands for itself");
		name.str = rest->str + 2;
		name.len = (size_t)(end - name.str);
		var = find(&vars->list, name);
		all_names(&vars->list, names);
		if (!var)
			return doc_unknown(doc, node, "variable", name, names);
		*piece = nlab_word(var->text);
		used = name.len + 3;
	} else {
		end = memchr(rest->str + 1, '$', rest->len - 1);
		if (end)
			piece->len = (size_t)(end - rest->str);
		used = piece->len;
	}
	rest->str += used;
	rest->len -= used;
	return 0;
}

static bool has_variable(const yaml_node_t *node)
{
	return node->type == YAML_SCALAR_NODE &&
	       memmem(node->data.scalar.value, node->data.scalar.length, BEGIN,
		      strlen(BEGIN));
}

/* The text of a scalar with its variables replaced. */
static int expand(struct doc *doc, const yaml_node_t *node, struct vars *vars,
		  struct nlab_word *text)
{
	struct nlab_word rest = doc_word(node), piece;
	size_t len = 0;
	char *to;
	int ret;

	while (rest.len) {
		ret = next_piece(doc, node, vars, &rest, &piece);
		if (ret)
			return ret;
		len += piece.len;
	}
	/* Variables that stand for many others would fill the memory. */
	vars->made += len;
	if (vars->made > LAB_TEXT_MAX)
		return doc_fail(doc, node, "with its variables the file is larger than %d MiB",
				LAB_TEXT_MAX >> 20);
	to = lab_alloc(doc->lab, len + 1);
	*text = (struct nlab_word){ to, len };
	for (rest = doc_word(node); rest.len; to += piece.len) {
		next_piece(doc, node, vars, &rest, &piece);
		memcpy(to, piece.str, piece.len);
	}
	return 0;
}

/* --- the key "variables" --- */

static int take_variable(struct doc *doc, yaml_node_t *key, yaml_node_t *value,
			 void *arg)
{
	char name[LAB_NODE_NAME];
	struct vars *vars = arg;
	struct nlab_word rest = vars->given, word;
	const char *given;
	struct lab_pair *var;
	int ret = doc_name(doc, key, "name of a variable", name, sizeof(name));

	if (!ret)
		ret = doc_scalar(doc, value, "a variable");
	if (!ret && vars->list.count == VARS_MAX)
		ret = doc_fail(doc, key, "more than %d variables", VARS_MAX);
	if (!ret)
		ret = expand(doc, value, vars, &word);
	if (ret)
		return ret;
	if (doc_empty(value))
		word.len = 0;
	vars->list.list = lab_grow(doc->lab, vars->list.list, vars->list.count,
				   sizeof(*var));
	var = &vars->list.list[vars->list.count++];
	var->name = lab_text(doc->lab, doc_word(key));
	var->text = lab_text(doc->lab, word);
	/* The last one counts, as everywhere on a command line. */
	while (next_given(&rest, &word, &given))
		if (given && nlab_word_is(word, var->name))
			var->text = lab_text(doc->lab, nlab_word(given));
	return 0;
}

static yaml_node_t *find_variables(struct doc *doc)
{
	yaml_node_t *root = yaml_document_get_root_node(&doc->yaml), *key;
	yaml_node_pair_t *pair;

	if (root->type != YAML_MAPPING_NODE)
		return NULL;
	for (pair = root->data.mapping.pairs.start;
	     pair < root->data.mapping.pairs.top; pair++) {
		key = doc_node(doc, pair->key);
		if (key->type == YAML_SCALAR_NODE &&
		    nlab_word_is(doc_word(key), "variables"))
			return doc_node(doc, pair->value);
	}
	return NULL;
}

/* --- the document --- */

/* A new node in place of a scalar with variables, the same for all aliases. */
static int replace(struct doc *doc, struct vars *vars, int *new_of, int *index)
{
	yaml_node_t *node = doc_node(doc, *index);
	yaml_mark_t begin = node->start_mark;
	struct nlab_word text;
	int ret;

	if (!new_of[*index]) {
		new_of[*index] = *index;
		if (has_variable(node)) {
			ret = expand(doc, node, vars, &text);
			if (ret)
				return ret;
			new_of[*index] = yaml_document_add_scalar(&doc->yaml,
				node->tag, (const yaml_char_t *)text.str,
				(int)text.len, node->data.scalar.style);
			if (!new_of[*index])
				return nlab_fail(doc->err, NLAB_FAULT_KERNEL,
						 ENOMEM, "out of memory");
			/* It moved with all others. */
			doc_node(doc, new_of[*index])->start_mark = begin;
		}
	}
	*index = new_of[*index];
	return 0;
}

/* Values, and no keys. */
static int replace_in(struct doc *doc, struct vars *vars, int *new_of,
		      const yaml_node_t *node)
{
	yaml_node_pair_t *pair, *last_pair;
	yaml_node_item_t *item, *last_item;
	int ret = 0;

	if (node->type == YAML_MAPPING_NODE) {
		pair = node->data.mapping.pairs.start;
		last_pair = node->data.mapping.pairs.top;
		for (; pair < last_pair && !ret; pair++)
			ret = replace(doc, vars, new_of, &pair->value);
	} else if (node->type == YAML_SEQUENCE_NODE) {
		item = node->data.sequence.items.start;
		last_item = node->data.sequence.items.top;
		for (; item < last_item && !ret; item++)
			ret = replace(doc, vars, new_of, item);
	}
	return ret;
}

int doc_replace(struct doc *doc, struct nlab_word given)
{
	int count = (int)(doc->yaml.nodes.top - doc->yaml.nodes.start), i;
	yaml_node_t *node = find_variables(doc);
	struct vars vars = { .given = given };
	int *new_of, ret = 0;

	if (node)
		ret = doc_pairs(doc, node, "'variables'", take_variable, &vars);
	if (!ret)
		ret = check_given(&vars, doc->err);
	if (ret || !node)
		return ret;
	new_of = lab_alloc(doc->lab, ((size_t)count + 1) * sizeof(*new_of));
	for (i = 1; i <= count && !ret; i++)
		ret = replace_in(doc, &vars, new_of, doc_node(doc, i));
	return ret;
}
