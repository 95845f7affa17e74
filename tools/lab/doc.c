// SPDX-License-Identifier: GPL-2.0
/* YAML as a tree with places: mappings with known keys, sequences, scalars. */
#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "doc.h"

enum {
	KEYS_MAX = 64,
	ALLOWED_TEXT = 600,
};

/* --- errors --- */

__attribute__((format(printf, 4, 0)))
static int blame(const struct lab *lab, struct lab_place place,
		 struct nlab_err *err, const char *fmt, va_list args)
{
	err->fault = NLAB_FAULT_INPUT;
	snprintf(err->place, sizeof(err->place), "%s:%u:%u", lab->path,
		 place.line, place.column);
	vsnprintf(err->text, sizeof(err->text), fmt, args);
	return -EINVAL;
}

int lab_blame(const struct lab *lab, struct lab_place place,
	      struct nlab_err *err, const char *fmt, ...)
{
	va_list args;
	int ret;

	va_start(args, fmt);
	ret = blame(lab, place, err, fmt, args);
	va_end(args);
	return ret;
}

struct lab_place doc_place(const yaml_node_t *node)
{
	return (struct lab_place){
		.line = (unsigned int)node->start_mark.line + 1,
		.column = (unsigned int)node->start_mark.column + 1,
	};
}

int doc_fail(struct doc *doc, const yaml_node_t *node, const char *fmt, ...)
{
	va_list args;
	int ret;

	va_start(args, fmt);
	ret = blame(doc->lab, doc_place(node), doc->err, fmt, args);
	va_end(args);
	return ret;
}

/* Of the parsers of the library, which know no place. */
int doc_at(struct doc *doc, const yaml_node_t *node, int ret)
{
	struct lab_place place = doc_place(node);

	if (ret)
		snprintf(doc->err->place, sizeof(doc->err->place), "%s:%u:%u",
			 doc->lab->path, place.line, place.column);
	return ret;
}

/* --- documents --- */

/* "{delay: ${d}}" is no YAML, for the brace ends the word. */
static const char *advice(struct nlab_word text, size_t line)
{
	const char *end;

	for (; line && (end = memchr(text.str, '\n', text.len)); line--) {
		text.len -= (size_t)(end + 1 - text.str);
		text.str = end + 1;
	}
	end = memchr(text.str, '\n', text.len);
	if (end)
		text.len = (size_t)(end - text.str);
	return memmem(text.str, text.len, "${", 2) ?
	       "; between braces, \"${NAME}\" needs its quotes" : "";
}

/* Those of YAML itself say what a value is, and its key says that as well. */
static int refuse_tags(struct doc *doc)
{
	static const char own[] = "tag:yaml.org,2002:";
	const yaml_node_t *node;

	for (node = doc->yaml.nodes.start; node < doc->yaml.nodes.top; node++)
		if (strncmp((const char *)node->tag, own, sizeof(own) - 1))
			return doc_fail(doc, node, "a tag means nothing here; a value that begins with '!' needs quotes");
	return 0;
}

int doc_load(struct doc *doc, struct nlab_word text)
{
	struct lab_place place = { 1, 1 };
	yaml_parser_t parser;
	int ret = 0;

	if (!yaml_parser_initialize(&parser))
		return nlab_fail(doc->err, NLAB_FAULT_KERNEL, ENOMEM,
				 "out of memory");
	yaml_parser_set_input_string(&parser, (const unsigned char *)text.str,
				     text.len);
	if (!yaml_parser_load(&parser, &doc->yaml)) {
		place.line = (unsigned int)parser.problem_mark.line + 1;
		place.column = (unsigned int)parser.problem_mark.column + 1;
		ret = lab_blame(doc->lab, place, doc->err, "no YAML: %s%s%s%s",
				parser.problem ? parser.problem : "unreadable",
				parser.context ? ", " : "",
				parser.context ? parser.context : "",
				advice(text, place.line - 1));
	} else if (!yaml_document_get_root_node(&doc->yaml)) {
		yaml_document_delete(&doc->yaml);
		ret = lab_blame(doc->lab, place, doc->err,
				"the file is empty; a lab has 'lab', 'nodes' and 'links'");
	} else {
		ret = refuse_tags(doc);
		if (ret)
			yaml_document_delete(&doc->yaml);
	}
	yaml_parser_delete(&parser);
	return ret;
}

void doc_free(struct doc *doc)
{
	yaml_document_delete(&doc->yaml);
}

yaml_node_t *doc_node(struct doc *doc, int index)
{
	return yaml_document_get_node(&doc->yaml, index);
}

struct nlab_word doc_word(const yaml_node_t *node)
{
	return (struct nlab_word){ (const char *)node->data.scalar.value,
				   node->data.scalar.length };
}

bool doc_empty(const yaml_node_t *node)
{
	return node->type == YAML_SCALAR_NODE &&
	       node->data.scalar.style == YAML_PLAIN_SCALAR_STYLE &&
	       (!node->data.scalar.length ||
		nlab_word_is(doc_word(node), "~") ||
		nlab_word_is(doc_word(node), "null"));
}

/* --- collections --- */

/* Neighbours after sorting; comparing all pairs would take a file of a
 * megabyte minutes.
 */
static int by_text(const void *a, const void *b)
{
	const yaml_node_t *x = *(yaml_node_t *const *)a;
	const yaml_node_t *y = *(yaml_node_t *const *)b;
	struct nlab_word v = doc_word(x), w = doc_word(y);
	int order = memcmp(v.str, w.str, v.len < w.len ? v.len : w.len);

	if (order)
		return order;
	return v.len < w.len ? -1 : v.len > w.len;
}

static int refuse_twice(struct doc *doc, yaml_node_t **keys, size_t count)
{
	char quoted[NLAB_QUOTED];
	size_t i;

	qsort(keys, count, sizeof(*keys), by_text);
	for (i = 1; i < count; i++) {
		if (by_text(&keys[i - 1], &keys[i]))
			continue;
		return doc_fail(doc, keys[i], "%s given twice",
				nlab_quote(quoted, doc_word(keys[i])));
	}
	return 0;
}

int doc_pairs(struct doc *doc, yaml_node_t *node, const char *what,
	      int (*take)(struct doc *doc, yaml_node_t *key,
			  yaml_node_t *value, void *arg), void *arg)
{
	yaml_node_pair_t *pair;
	yaml_node_t **keys;
	size_t count, i = 0;
	int ret;

	if (doc_empty(node))
		return 0;
	if (node->type != YAML_MAPPING_NODE)
		return doc_fail(doc, node, "%s is a mapping of keys to values",
				what);
	count = (size_t)(node->data.mapping.pairs.top -
			 node->data.mapping.pairs.start);
	keys = lab_alloc(doc->lab, (count + 1) * sizeof(*keys));
	for (pair = node->data.mapping.pairs.start; i < count; pair++, i++) {
		keys[i] = doc_node(doc, pair->key);
		if (keys[i]->type != YAML_SCALAR_NODE)
			return doc_fail(doc, keys[i], "a key of %s is a word",
					what);
	}
	ret = refuse_twice(doc, keys, count);
	for (pair = node->data.mapping.pairs.start;
	     !ret && pair < node->data.mapping.pairs.top; pair++)
		ret = take(doc, doc_node(doc, pair->key),
			   doc_node(doc, pair->value), arg);
	return ret;
}

struct mapping {
	const char *what;
	const struct doc_key *keys;
	int (*other)(struct doc *doc, yaml_node_t *key, yaml_node_t *value,
		     void *arg);
	const char *const *names;
	void *arg;
};

/* Says what is near, or else all that is allowed. */
int doc_unknown(struct doc *doc, const yaml_node_t *node, const char *what,
		struct nlab_word word, const char *const *names)
{
	char quoted[NLAB_QUOTED], allowed[ALLOWED_TEXT] = "";
	const char *near = nlab_nearest(word, names);
	size_t used = 0;

	nlab_quote(quoted, word);
	for (; *names && used < sizeof(allowed); names++)
		used += (size_t)snprintf(allowed + used, sizeof(allowed) - used,
					 "%s%s", used ? ", " : "", *names);
	return doc_fail(doc, node, "unknown %s %s%s%s%s (allowed: %s)", what,
			quoted, near ? ", did you mean '" : "",
			near ? near : "", near ? "'?" : "", allowed);
}

static int take_key(struct doc *doc, yaml_node_t *key, yaml_node_t *value,
		    void *arg)
{
	const struct mapping *map = arg;
	const char *names[KEYS_MAX + 1];
	char what[NLAB_VALUE_TEXT];
	size_t i;
	int ret;

	for (i = 0; map->keys[i].name; i++) {
		if (nlab_word_is(doc_word(key), map->keys[i].name))
			return map->keys[i].take(doc, value, map->arg);
		names[i] = map->keys[i].name;
	}
	names[i] = NULL;
	ret = map->other ? map->other(doc, key, value, map->arg) : 1;
	if (ret <= 0)
		return ret;
	for (ret = 0; map->names && map->names[ret] && i < KEYS_MAX; ret++)
		names[i++] = map->names[ret];
	names[i] = NULL;
	snprintf(what, sizeof(what), "key of %s", map->what);
	return doc_unknown(doc, key, what, doc_word(key), names);
}

int doc_mapping(struct doc *doc, yaml_node_t *node, const char *what,
		const struct doc_key *keys,
		int (*other)(struct doc *doc, yaml_node_t *key,
			     yaml_node_t *value, void *arg),
		const char *const *names, void *arg)
{
	struct mapping map = { what, keys, other, names, arg };

	return doc_pairs(doc, node, what, take_key, &map);
}

int doc_list(struct doc *doc, yaml_node_t *node, const char *what,
	     int (*take)(struct doc *doc, yaml_node_t *value, void *arg),
	     void *arg)
{
	yaml_node_item_t *item;
	int ret = 0;

	if (doc_empty(node))
		return 0;
	if (node->type == YAML_SCALAR_NODE)
		return take(doc, node, arg);
	if (node->type != YAML_SEQUENCE_NODE)
		return doc_fail(doc, node, "%s is a list", what);
	for (item = node->data.sequence.items.start;
	     !ret && item < node->data.sequence.items.top; item++)
		ret = take(doc, doc_node(doc, *item), arg);
	return ret;
}

int doc_skip(struct doc *doc, yaml_node_t *value, void *arg)
{
	(void)doc;
	(void)value;
	(void)arg;
	return 0;
}

int doc_known(struct doc *doc, yaml_node_t *key, yaml_node_t *value, void *arg)
{
	(void)key;
	return doc_skip(doc, value, arg);
}

/* --- scalars --- */

int doc_scalar(struct doc *doc, const yaml_node_t *node, const char *what)
{
	if (node->type != YAML_SCALAR_NODE)
		return doc_fail(doc, node, "%s is one value, not a list or mapping",
				what);
	if (memchr(node->data.scalar.value, 0, node->data.scalar.length))
		return doc_fail(doc, node, "%s can't have a zero byte", what);
	return 0;
}

int doc_text(struct doc *doc, const yaml_node_t *node, const char *what,
	     const char **text)
{
	int ret = doc_scalar(doc, node, what);

	if (!ret)
		*text = doc_empty(node) ? "" :
			lab_text(doc->lab, doc_word(node));
	return ret;
}

int doc_number(struct doc *doc, const yaml_node_t *node, const char *what,
	       uint32_t min, uint32_t max, uint32_t *number)
{
	struct nlab_word word;
	char quoted[NLAB_QUOTED];
	uint64_t sum = 0;
	size_t i;
	int ret = doc_scalar(doc, node, what);

	if (ret)
		return ret;
	word = doc_word(node);
	for (i = 0; i < word.len && sum <= max; i++) {
		if (word.str[i] < '0' || word.str[i] > '9')
			break;
		sum = sum * 10 + (uint64_t)(word.str[i] - '0');
	}
	if (!word.len || i < word.len || sum < min || sum > max)
		return doc_fail(doc, node, "bad %s %s, which is a number from %u to %u",
				what, nlab_quote(quoted, word), min, max);
	*number = (uint32_t)sum;
	return 0;
}

int doc_name(struct doc *doc, const yaml_node_t *node, const char *what,
	     char *to, size_t size)
{
	struct nlab_word word;
	char quoted[NLAB_QUOTED];
	size_t i;
	int ret = doc_scalar(doc, node, what);

	if (ret)
		return ret;
	word = doc_word(node);
	for (i = 0; i < word.len; i++)
		if (!strchr("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-",
			    word.str[i]))
			break;
	if (!word.len || word.len >= size || i < word.len ||
	    word.str[0] == '-')
		return doc_fail(doc, node, "bad %s %s, which has 1 to %zu letters, digits, '-' or '_'",
				what, nlab_quote(quoted, word), size - 1);
	memcpy(to, word.str, word.len);
	to[word.len] = '\0';
	return 0;
}

int doc_device(struct doc *doc, const yaml_node_t *node, char *to)
{
	struct nlab_word word;
	char quoted[NLAB_QUOTED];
	size_t i;
	int ret = doc_scalar(doc, node, "device name");

	if (ret)
		return ret;
	word = doc_word(node);
	for (i = 0; i < word.len; i++)
		if (word.str[i] <= ' ' || word.str[i] >= 0x7f ||
		    strchr("/:%", word.str[i]))
			break;
	if (!word.len || word.len >= NLAB_DEV_NAME || i < word.len ||
	    word.str[0] == '.')
		return doc_fail(doc, node, "bad device name %s, which has 1 to %d characters without blanks, '/', ':' and '%%'",
				nlab_quote(quoted, word), NLAB_DEV_NAME - 1);
	memcpy(to, word.str, word.len);
	to[word.len] = '\0';
	return 0;
}

int doc_word_of(struct doc *doc, const yaml_node_t *node, const char *what,
		const char *const *names, unsigned int *index)
{
	int ret = doc_scalar(doc, node, what);

	for (*index = 0; !ret && names[*index]; ++*index)
		if (nlab_word_is(doc_word(node), names[*index]))
			return 0;
	return ret ? ret : doc_unknown(doc, node, what, doc_word(node), names);
}

int doc_address(struct doc *doc, const yaml_node_t *node,
		struct lab_addr *addr)
{
	struct nlab_prefix prefix;
	struct nlab_word word;
	const char *slash;
	uint32_t len, max;
	char quoted[NLAB_QUOTED];
	int ret = doc_scalar(doc, node, "address");

	if (ret)
		return ret;
	word = doc_word(node);
	slash = memchr(word.str, '/', word.len);
	if (slash)
		word.len = (size_t)(slash - word.str);
	ret = doc_at(doc, node, nlab_addr_parse(&addr->host, word, doc->err));
	if (ret)
		return ret;
	max = addr->host.family == AF_INET ? 32 : 128;
	len = max;
	prefix = addr->host;
	if (slash) {
		char *end;

		len = (uint32_t)strtoul(slash + 1, &end, 10);
		if (*end || end == slash + 1 || end > slash + 4 || len > max ||
		    slash[1] < '0' || slash[1] > '9')
			return doc_fail(doc, node, "bad prefix length in %s, which is 0 to %u",
					nlab_quote(quoted, doc_word(node)),
					max);
	}
	addr->host = prefix;
	addr->len = (uint8_t)len;
	return 0;
}
