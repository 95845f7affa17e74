// SPDX-License-Identifier: GPL-2.0
/* What links of the lab file do by themselves: schedules, traces and tables, as
 * texts. Pure.
 */
#include <stdlib.h>
#include <string.h>

#include "doc.h"

/* The line of an error, which counts from the begin of the text. */
static int blame_line(struct doc *doc, const yaml_node_t *value, int ret)
{
	const char *colon = strrchr(doc->err->place, ':');
	unsigned int line = colon ? (unsigned int)atoi(colon + 1) : 0;

	/* Only there the lines are those of the file. */
	if (!line || value->data.scalar.style != YAML_LITERAL_SCALAR_STYLE)
		return doc_at(doc, value, ret);
	snprintf(doc->err->place, sizeof(doc->err->place), "%s:%u",
		 doc->lab->path, doc_place(value).line + line);
	return ret;
}

int doc_take_script(struct doc *doc, yaml_node_t *key, yaml_node_t *value,
		    struct lab_script *script, unsigned int count)
{
	struct nlab_link_source source = { 0 };
	const char *name, *text = NULL;
	unsigned int kind = 0;
	int ret;

	while ((name = nlab_link_source_names[kind]) &&
	       !nlab_word_is(doc_word(key), name))
		kind++;
	if (!name)
		return 1;
	ret = doc_scalar(doc, value, name);
	if (!ret && !doc_empty(value) &&
	    !nlab_word_is(doc_word(value), "none")) {
		ret = nlab_link_source_parse(&source, kind, name,
					     doc_word(value), doc->err);
		nlab_link_source_free(&source);
		if (ret)
			return blame_line(doc, value, ret);
		text = lab_text(doc->lab, doc_word(value));
	}
	while (count--)
		script[count].text[kind] = text;
	return ret;
}

bool lab_script_same(const struct lab_script *a, const struct lab_script *b,
		     enum nlab_link_source_kind kind)
{
	const char *x = a->text[kind], *y = b->text[kind];

	return x && y ? !strcmp(x, y) : x == y;
}

bool lab_any_script(const struct lab_link *link)
{
	unsigned int d, kind;

	for (d = 0; d < 2; d++)
		for (kind = 0; kind < NLAB_LINK_SOURCES; kind++)
			if (link->script[d].text[kind])
				return true;
	return false;
}

bool lab_is_table(enum nlab_link_key key, uint64_t value)
{
	return (key == NLAB_LINK_DISTRIBUTION ||
		key == NLAB_LINK_SLOT_DISTRIBUTION) &&
	       value == NLAB_LINK_DISTRIBUTION_TABLE;
}

bool lab_has_table(const struct nlab_link_dir *dir, enum nlab_link_key key)
{
	return lab_is_table(key, lab_link_value(dir, key));
}

int lab_check_tables(const struct lab *lab, struct nlab_err *err)
{
	unsigned int d, key;
	size_t i;

	for (i = 0; i < lab->link_count; i++)
		for (d = 0; d < 2; d++)
			for (key = 0; key < NLAB_LINK_KEYS; key++)
				if (lab_has_table(&lab->links[i].dir[d], key) &&
				    !lab->links[i].script[d].text[NLAB_LINK_TABLE])
					return lab_blame(lab,
							 lab->links[i].place,
							 err, "%s 'table' needs 'table' with its numbers",
							 nlab_link_key_name(key));
	return 0;
}
