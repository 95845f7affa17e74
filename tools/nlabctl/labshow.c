// SPDX-License-Identifier: GPL-2.0
/* show-lab: all labs, or the nodes, links and services of one. */
#include <stdlib.h>
#include <string.h>

#include "../lab/sys.h"
#include "cmd.h"

struct listing {
	struct ctx *ctx;
	bool first;
};

static int show_short(const char *name, void *arg)
{
	struct listing *listing = arg;
	struct nlab_err other;
	struct lab_run run;
	struct lab lab = { .node_count = 0 };
	char state[NLAB_DEV_NAME] = "", *text = NULL;
	unsigned int count;
	json_t *object;

	if (lab_open(&run, name, false, false, &other))
		return 0;
	lab_note_read(&run, "state", state, sizeof(state));
	if (!strcmp(state, "up"))
		lab_state_read(&run, &lab, &text, &other);
	else
		strcpy(state, "incomplete");
	count = lab_group_count(&run, "");
	if (listing->ctx->opt.json) {
		object = json_object();
		out_set_text(object, "lab", name);
		out_set_text(object, "state", state);
		out_set_text(object, "link",
			     run.veth ? "veth+netem" : "nlink");
		out_set_number(object, "nodes", lab.node_count);
		out_set_number(object, "links", lab.link_count);
		out_set_number(object, "processes", count);
		out_list_item(listing->ctx, object, listing->first);
	} else {
		printf("%s %s nodes %zu links %zu processes %u\n", name, state,
		       lab.node_count, lab.link_count, count);
	}
	listing->first = false;
	lab_close(&run);
	lab_free(&lab);
	free(text);
	return 0;
}

static unsigned int service_count(const struct lab_run *run,
				  const struct lab_node *node, size_t index,
				  const char **name, bool *daemon)
{
	char below[2 * LAB_NODE_NAME + 8];

	*daemon = index < node->frr.count;
	*name = *daemon ? node->frr.list[index].name :
			  node->services.list[index - node->frr.count].name;
	snprintf(below, sizeof(below), "%s/%s%s", node->name,
		 *daemon ? "frr." : "", *name);
	return lab_group_count(run, below);
}

/* --- JSON --- */

static json_t *json_addrs(const struct lab_addrs *addrs)
{
	json_t *list = json_array();
	char buf[LAB_ADDR_TEXT];
	size_t i;

	for (i = 0; i < addrs->count; i++)
		json_array_append_new(list, json_string(lab_addr_text(buf,
							&addrs->list[i])));
	return list;
}

static json_t *json_node(const struct lab_run *run, const struct lab *lab,
			 const struct lab_node *node)
{
	json_t *object = json_object(), *services = json_object();
	char netns[LAB_NAME + LAB_NODE_NAME];
	const char *name;
	size_t i;
	bool daemon;

	snprintf(netns, sizeof(netns), "%s.%s", lab->name, node->name);
	out_set_text(object, "name", node->name);
	out_set_text(object, "kind", lab_kind_names[node->kind]);
	if (node->kind == LAB_EXTERNAL)
		out_set_text(object, "interface", node->interface);
	else
		out_set_text(object, "netns", netns);
	out_set(object, "addresses", json_addrs(&node->addrs));
	for (i = 0; i < node->frr.count + node->services.count; i++) {
		unsigned int count = service_count(run, node, i, &name,
						   &daemon);

		out_set_number(services, name, count);
	}
	out_set(object, "services", services);
	return object;
}

static json_t *json_end(const struct lab *lab, const struct lab_end *end)
{
	json_t *object = json_object();

	out_set_text(object, "node", lab->nodes[end->node].name);
	out_set_text(object, "device", end->dev);
	out_set(object, "addresses", json_addrs(&end->addrs));
	return object;
}

static json_t *json_params(const struct nlab_link_dir *dir)
{
	json_t *object = json_object();
	char buf[NLAB_LINK_TEXT];
	unsigned int key;

	for (key = 0; key < NLAB_LINK_KEYS; key++)
		if (dir->set[key])
			out_set_text(object, nlab_link_key_name(key),
				     nlab_link_text(buf, dir, key));
	return object;
}

static json_t *json_way(const struct lab_link *link, unsigned int d)
{
	json_t *object = json_params(&link->dir[d]);
	unsigned int kind;

	for (kind = 0; kind < NLAB_LINK_SOURCES; kind++)
		if (link->script[d].text[kind])
			out_set_text(object, nlab_link_source_names[kind],
				     link->script[d].text[kind]);
	return object;
}

static json_t *json_events(const struct lab_run *run, const struct lab *lab)
{
	json_t *object = json_object(), *list = json_array();
	char *text;
	size_t i;

	for (i = 0; i < lab->event_count; i++) {
		text = lab_event_text(lab, &lab->events[i]);
		json_array_append_new(list, json_string(text ? text : ""));
		free(text);
	}
	out_set(object, "run", json_boolean(lab_group_count(run, LAB_PLAY)));
	out_set(object, "list", list);
	return object;
}

static void show_json(struct ctx *ctx, const struct lab_run *run,
		      const struct lab *lab)
{
	json_t *object = json_object(), *nodes = json_array();
	json_t *links = json_array();
	size_t i;

	for (i = 0; i < lab->node_count; i++)
		json_array_append_new(nodes, json_node(run, lab,
						       &lab->nodes[i]));
	for (i = 0; i < lab->link_count; i++) {
		const struct lab_link *link = &lab->links[i];
		json_t *item = json_object(), *ends = json_array();

		json_array_append_new(ends, json_end(lab, &link->end[0]));
		json_array_append_new(ends, json_end(lab, &link->end[1]));
		out_set(item, "ends", ends);
		out_set(item, "out", json_way(link, 0));
		out_set(item, "in", json_way(link, 1));
		json_array_append_new(links, item);
	}
	out_set_text(object, "lab", lab->name);
	out_set(object, "nodes", nodes);
	out_set(object, "links", links);
	out_set(object, "events", json_events(run, lab));
	out_json(ctx, object);
}

/* --- text --- */

static void print_addrs(const struct lab_addrs *addrs)
{
	char buf[LAB_ADDR_TEXT];
	size_t i;

	for (i = 0; i < addrs->count; i++)
		printf(" %s", lab_addr_text(buf, &addrs->list[i]));
}

static void show_node(const struct lab_run *run, const struct lab_node *node)
{
	const char *name;
	size_t i;
	bool daemon;

	printf("node %s %s", node->name, lab_kind_names[node->kind]);
	if (node->kind == LAB_EXTERNAL)
		printf(" %s", node->interface);
	print_addrs(&node->addrs);
	putchar('\n');
	for (i = 0; i < node->frr.count + node->services.count; i++) {
		unsigned int count = service_count(run, node, i, &name,
						   &daemon);

		printf("    service %s %s\n", name, count ? "runs" : "ended");
	}
}

static void show_link(const struct lab *lab, const struct lab_link *link)
{
	static const char *const arrows[] = { "->", "<-" };
	unsigned int kind;
	bool any;
	int d;

	fputs("link", stdout);
	for (d = 0; d < 2; d++) {
		printf(" %s:%s", lab->nodes[link->end[d].node].name,
		       link->end[d].dev);
		print_addrs(&link->end[d].addrs);
	}
	putchar('\n');
	for (d = 0; d < 2; d++) {
		printf("    %s", arrows[d]);
		any = lab_dir_print(stdout, &link->dir[d]);
		for (kind = 0; kind < NLAB_LINK_SOURCES; kind++)
			if (link->script[d].text[kind]) {
				printf(" %s", nlab_link_source_names[kind]);
				any = true;
			}
		puts(any ? "" : " plain");
	}
}

static void show_events(const struct lab_run *run, const struct lab *lab)
{
	size_t i;
	char *text;

	if (!lab->event_count)
		return;
	printf("events %s\n", lab_group_count(run, LAB_PLAY) ? "run" : "ended");
	for (i = 0; i < lab->event_count; i++) {
		text = lab_event_text(lab, &lab->events[i]);
		printf("    %s\n", text ? text : "");
		free(text);
	}
}

int cmd_show_lab(struct ctx *ctx, int argc, char **argv)
{
	struct listing listing = { ctx, true };
	const struct lab_run *run;
	const struct lab *lab;
	struct lab_view view;
	size_t i;
	int ret;

	if (!argc) {
		if (ctx->opt.json)
			out_list_begin(ctx);
		lab_each(LAB_ROOT, show_short, &listing);
		if (ctx->opt.json)
			out_list_end(ctx, listing.first);
		return 0;
	}
	ret = lab_view_open(&view, argv[0], &ctx->err);
	run = &view.run;
	lab = &view.lab;
	if (!ret && ctx->opt.json) {
		show_json(ctx, run, lab);
	} else if (!ret) {
		for (i = 0; i < lab->node_count; i++)
			show_node(run, &lab->nodes[i]);
		for (i = 0; i < lab->link_count; i++)
			show_link(lab, &lab->links[i]);
		show_events(run, lab);
	}
	lab_view_close(&view);
	return ret;
}
