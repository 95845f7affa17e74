// SPDX-License-Identifier: GPL-2.0
/* The steps of a plan as text, one a line: what comes, goes or changes. */
#include "lab.h"

static const char *end_text(char *buf, size_t size, const struct lab *lab,
			    const struct lab_end *end)
{
	snprintf(buf, size, "%s:%s", lab->nodes[end->node].name, end->dev);
	return buf;
}

static void print_link(FILE *file, char sign, const struct lab *lab,
		       const struct lab_link *link)
{
	char a[LAB_NODE_NAME + NLAB_DEV_NAME], b[sizeof(a)];

	fprintf(file, "%c link %s %s", sign,
		end_text(a, sizeof(a), lab, &link->end[0]),
		end_text(b, sizeof(b), lab, &link->end[1]));
}

static void print_set(FILE *file, const struct lab_step *step,
		      const struct lab *from)
{
	const struct lab_link *new = &step->lab->links[step->link];
	const struct lab_link *old = &from->links[step->old];
	char value[NLAB_LINK_TEXT];
	unsigned int key, d;

	print_link(file, '~', step->lab, new);
	for (d = 0; d < 2; d++)
		for (key = 0; key < NLAB_LINK_KEYS; key++) {
			struct nlab_link_dir dir = new->dir[d];

			dir.value[key] = lab_link_value(&new->dir[d], key);
			if (dir.value[key] == lab_link_value(&old->dir[d],
							     key))
				continue;
			fprintf(file, " %s %s %s", d ? "in" : "out",
				nlab_link_key_name(key),
				nlab_link_text(value, &dir, key));
		}
	if (new->mtu != old->mtu)
		fprintf(file, " mtu %u", new->mtu);
}

/* Of a new link there is nothing to compare with. */
static void print_script(FILE *file, const struct lab_step *step,
			 const struct lab *from)
{
	const struct lab_link *new = &step->lab->links[step->link];
	const struct lab_link *old = step->old == SIZE_MAX ? NULL :
				     &from->links[step->old];
	unsigned int kind, d;

	print_link(file, '~', step->lab, new);
	for (d = 0; old && d < 2; d++)
		for (kind = 0; kind < NLAB_LINK_SOURCES; kind++)
			if (!lab_script_same(&new->script[d], &old->script[d],
					     kind))
				fprintf(file, " %s %s %s", d ? "in" : "out",
					nlab_link_source_names[kind],
					!new->script[d].text[kind] ? "none" :
					old->script[d].text[kind] ? "changed" :
					"new");
}

static void print_addr(FILE *file, const struct lab_step *step)
{
	const struct lab *lab = step->lab;
	const struct lab_end *end = step->link == SIZE_MAX ? NULL :
				    &lab->links[step->link].end[step->end];
	const struct lab_addrs *addrs = end ? &end->addrs :
					&lab->nodes[step->node].addrs;
	char buf[LAB_ADDR_TEXT];

	fprintf(file, "%c address %s:%s %s",
		step->verb == LAB_ADDR_ADD ? '+' : '-',
		lab->nodes[step->node].name, end ? end->dev : "lo",
		lab_addr_text(buf, &addrs->list[step->item]));
}

static void print_route(FILE *file, const struct lab_step *step)
{
	const struct lab_node *node = &step->lab->nodes[step->node];
	const struct lab_route *route = &node->routes[step->item];
	char buf[NLAB_PREFIX_TEXT];

	fprintf(file, "%c route %s %s",
		step->verb == LAB_ROUTE_ADD ? '+' : '-', node->name,
		route->to.len ? nlab_prefix_full_text(buf, &route->to) :
				"default");
	if (route->via.family)
		fprintf(file, " via %s", nlab_prefix_text(buf, &route->via));
	if (route->dev[0])
		fprintf(file, " dev %s", route->dev);
}

static void print_pair(FILE *file, const struct lab_step *step)
{
	const struct lab_node *node = &step->lab->nodes[step->node];

	switch (step->verb) {
	case LAB_SERVICE_DEL:
	case LAB_SERVICE_ADD:
		fprintf(file, "%c service %s %s",
			step->verb == LAB_SERVICE_ADD ? '+' : '-', node->name,
			(step->daemon ? node->frr.list :
			 node->services.list)[step->item].name);
		return;
	case LAB_SYSCTL_SET:
		fprintf(file, "~ sysctl %s %s %s", node->name,
			node->sysctls.list[step->item].name,
			node->sysctls.list[step->item].text);
		return;
	case LAB_XLAT_SET:
		fprintf(file, "~ xlat %s", node->name);
		return;
	default:
		fprintf(file, "%c file %s %s",
			step->verb == LAB_FILE_SET ? '+' : '-', node->name,
			node->files.list[step->item].name);
	}
}

void lab_step_print(FILE *file, const struct lab_step *step,
		    const struct lab *from)
{
	switch (step->verb) {
	case LAB_NODE_ADD:
	case LAB_NODE_DEL:
		fprintf(file, "%c node %s",
			step->verb == LAB_NODE_ADD ? '+' : '-',
			step->lab->nodes[step->node].name);
		break;
	case LAB_LINK_ADD:
	case LAB_LINK_DEL:
		print_link(file, step->verb == LAB_LINK_ADD ? '+' : '-',
			   step->lab, &step->lab->links[step->link]);
		break;
	case LAB_LINK_SET:
		print_set(file, step, from);
		break;
	case LAB_SCRIPT_SET:
		print_script(file, step, from);
		break;
	case LAB_ADDR_ADD:
	case LAB_ADDR_DEL:
		print_addr(file, step);
		break;
	case LAB_ROUTE_ADD:
	case LAB_ROUTE_DEL:
		print_route(file, step);
		break;
	case LAB_EVENTS_ADD:
	case LAB_EVENTS_DEL:
		fprintf(file, "%c events %zu",
			step->verb == LAB_EVENTS_ADD ? '+' : '-',
			step->lab->event_count);
		break;
	default:
		print_pair(file, step);
	}
	fputc('\n', file);
}
