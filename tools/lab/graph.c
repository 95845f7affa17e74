// SPDX-License-Identifier: GPL-2.0
/* A lab as a picture: the languages of Graphviz and Mermaid. */
#include <string.h>

#include "lab.h"

static const char *const dot_shapes[LAB_KINDS] = {
	[LAB_HOST] = "box",
	[LAB_ROUTER] = "ellipse",
	[LAB_SWITCH] = "diamond",
	[LAB_TRANSLATOR] = "hexagon",
	[LAB_EXTERNAL] = "plaintext",
};

static const char *const dot_colours[LAB_KINDS] = {
	[LAB_HOST] = "#eeeeee",
	[LAB_ROUTER] = "#cfe2f3",
	[LAB_SWITCH] = "#d9ead3",
	[LAB_TRANSLATOR] = "#fce5cd",
	[LAB_EXTERNAL] = "#ffffff",
};

static const char *const mermaid_shapes[LAB_KINDS][2] = {
	[LAB_HOST] = { "[", "]" },
	[LAB_ROUTER] = { "(", ")" },
	[LAB_SWITCH] = { "{", "}" },
	[LAB_TRANSLATOR] = { "{{", "}}" },
	[LAB_EXTERNAL] = { "([", "])" },
};

bool lab_dir_print(FILE *file, const struct nlab_link_dir *dir)
{
	char value[NLAB_LINK_TEXT];
	unsigned int key;
	bool any = false;

	for (key = 0; key < NLAB_LINK_KEYS; key++) {
		if (!dir->set[key] || nlab_link_is_default(dir, key))
			continue;
		fprintf(file, " %s %s", nlab_link_key_name(key),
			nlab_link_text(value, dir, key));
		any = true;
	}
	return any;
}

static bool same_dirs(const struct lab_link *link)
{
	unsigned int key;

	for (key = 0; key < NLAB_LINK_KEYS; key++)
		if (lab_link_value(&link->dir[0], key) !=
		    lab_link_value(&link->dir[1], key))
			return false;
	return true;
}

/* One line for both directions if they are alike. */
static void print_params(FILE *file, const struct lab_link *link,
			 const char *newline)
{
	if (same_dirs(link)) {
		lab_dir_print(file, &link->dir[0]);
		return;
	}
	fputs(" out:", file);
	lab_dir_print(file, &link->dir[0]);
	fprintf(file, "%s in:", newline);
	lab_dir_print(file, &link->dir[1]);
}

static bool has_params(const struct lab_link *link)
{
	unsigned int key, d;

	for (d = 0; d < 2; d++)
		for (key = 0; key < NLAB_LINK_KEYS; key++)
			if (link->dir[d].set[key] &&
			    !nlab_link_is_default(&link->dir[d], key))
				return true;
	return false;
}

/* A device may be called so that it would end the text, or mean something. */
static void print_dot_text(FILE *file, const char *text)
{
	for (; *text; text++) {
		if (*text == '"' || *text == '\\')
			fputc('\\', file);
		fputc(*text, file);
	}
}

void lab_graph_dot(FILE *file, const struct lab *lab)
{
	size_t i;
	int d;

	/* Nodes of a network stand where its links draw them, not in ranks. */
	fprintf(file, "graph \"%s\" {\n\tlayout=neato overlap=false splines=true sep=\"+12\";\n"
		"\tnode [style=filled fontname=\"sans-serif\" fontsize=12 color=\"#555555\"];\n"
		"\tedge [fontname=\"sans-serif\" fontsize=9 len=1.8 color=\"#555555\" fontcolor=\"#333333\"];\n",
		lab->name);
	for (i = 0; i < lab->node_count; i++)
		fprintf(file, "\t\"%s\" [shape=%s fillcolor=\"%s\"];\n",
			lab->nodes[i].name, dot_shapes[lab->nodes[i].kind],
			dot_colours[lab->nodes[i].kind]);
	for (i = 0; i < lab->link_count; i++) {
		const struct lab_link *link = &lab->links[i];

		fprintf(file, "\t\"%s\" -- \"%s\" [",
			lab->nodes[link->end[0].node].name,
			lab->nodes[link->end[1].node].name);
		/* That of the node it leads to goes without saying. */
		for (d = 0; d < 2; d++)
			if (strcmp(link->end[d].dev,
				   lab->nodes[link->end[!d].node].name)) {
				fprintf(file, "%slabel=\"",
					d ? "head" : "tail");
				print_dot_text(file, link->end[d].dev);
				fputs("\" ", file);
			}
		if (has_params(link)) {
			fputs("label=\"", file);
			print_params(file, link, "\\n");
			fputc('"', file);
		}
		fputs("];\n", file);
	}
	fputs("}\n", file);
}

void lab_graph_mermaid(FILE *file, const struct lab *lab)
{
	size_t i;

	fputs("graph LR\n", file);
	/* Numbers, for a name may be a word of the language, as "end". */
	for (i = 0; i < lab->node_count; i++)
		fprintf(file, "\tn%zu%s\"%s\"%s\n", i,
			mermaid_shapes[lab->nodes[i].kind][0],
			lab->nodes[i].name,
			mermaid_shapes[lab->nodes[i].kind][1]);
	for (i = 0; i < lab->link_count; i++) {
		const struct lab_link *link = &lab->links[i];

		fprintf(file, "\tn%zu ---", link->end[0].node);
		if (has_params(link)) {
			fputs("|\"", file);
			print_params(file, link, "<br>");
			fputs("\"|", file);
		}
		fprintf(file, " n%zu\n", link->end[1].node);
	}
}
