// SPDX-License-Identifier: GPL-2.0
/* The steps from one lab to another. What is equal in both is not touched. */
#include <stdlib.h>
#include <string.h>

#include "lab.h"

/**
 * struct diff - Work in progress.
 * @old_of: By index of a new node, that of its old one plus one, 0 for none.
 * @kept: By index of an old node: it stays.
 * @touched: By index of a new node: its devices or addresses change, and the
 *	kernel forgets routes.
 */
struct diff {
	struct lab_plan *plan;
	const struct lab *from;
	struct lab *to;
	size_t *old_of;
	bool *kept, *touched;
};

static struct lab_step *add(struct lab_plan *plan, enum lab_verb verb,
			    const struct lab *lab, size_t node, size_t item)
{
	struct lab_step *step;

	plan->step = lab_grow(plan->arena, plan->step, plan->count,
			      sizeof(*step));
	step = &plan->step[plan->count++];
	*step = (struct lab_step){ .verb = verb, .lab = lab, .node = node,
				   .link = SIZE_MAX, .old = SIZE_MAX,
				   .item = item };
	return step;
}

/* --- nodes --- */

static const struct lab_pair *find_pair(const struct lab_pairs *pairs,
					const char *name)
{
	size_t i;

	for (i = 0; i < pairs->count; i++)
		if (!strcmp(pairs->list[i].name, name))
			return &pairs->list[i];
	return NULL;
}

static bool same_pair(const struct lab_pairs *pairs, const struct lab_pair *a)
{
	const struct lab_pair *b = find_pair(pairs, a->name);

	return b && !strcmp(a->text, b->text);
}

/* What a running namespace can't be made to forget needs a new one. */
static bool can_stay(const struct lab_node *old, const struct lab_node *new)
{
	size_t i;

	if (old->kind != new->kind || strcmp(old->interface, new->interface))
		return false;
	for (i = 0; i < old->sysctls.count; i++)
		if (!find_pair(&new->sysctls, old->sysctls.list[i].name))
			return false;
	for (i = 0; i < NLAB_KEYS; i++)
		if (old->xlat.key[i].set && !new->xlat.key[i].set)
			return false;
	return true;
}

static bool same_xlat(const struct lab_node *a, const struct lab_node *b)
{
	char x[NLAB_VALUE_TEXT], y[NLAB_VALUE_TEXT];
	size_t i;

	if (a->map_count != b->map_count)
		return false;
	for (i = 0; i < a->map_count; i++)
		if (!nlab_prefix_equal(&a->maps[i].outside,
				       &b->maps[i].outside) ||
		    !nlab_prefix_equal(&a->maps[i].inside,
				       &b->maps[i].inside) ||
		    a->maps[i].overlap != b->maps[i].overlap)
			return false;
	for (i = 0; i < NLAB_KEYS; i++)
		if (a->xlat.key[i].set != b->xlat.key[i].set ||
		    (a->xlat.key[i].set &&
		     strcmp(nlab_xlat_text(x, &a->xlat, i),
			    nlab_xlat_text(y, &b->xlat, i))))
			return false;
	return true;
}

static bool has_xlat(const struct lab_node *node)
{
	static const struct lab_node none;

	return !same_xlat(node, &none);
}

static void match_nodes(struct diff *diff)
{
	size_t i;

	for (i = 0; i < diff->to->node_count; i++) {
		const struct lab_node *node = &diff->to->nodes[i];
		long old = lab_find(diff->from, node->name);

		if (old < 0 || !can_stay(&diff->from->nodes[old], node))
			continue;
		diff->old_of[i] = (size_t)old + 1;
		diff->kept[old] = true;
	}
	for (i = 0; i < diff->from->node_count; i++)
		if (!diff->kept[i])
			add(diff->plan, LAB_NODE_DEL, diff->from, i, 0);
	for (i = 0; i < diff->to->node_count; i++)
		if (!diff->old_of[i])
			add(diff->plan, LAB_NODE_ADD, diff->to, i, 0);
}

static bool has_addr(const struct lab_addrs *addrs, const struct lab_addr *addr)
{
	size_t i;

	for (i = 0; i < addrs->count; i++)
		if (addrs->list[i].len == addr->len &&
		    nlab_prefix_equal(&addrs->list[i].host, &addr->host))
			return true;
	return false;
}

static void diff_addrs(struct diff *diff, size_t node, const struct lab_addrs *a,
		       const struct lab_addrs *b, size_t old, size_t link,
		       unsigned int end)
{
	struct lab_plan *plan = diff->plan;
	struct lab_step *step;
	size_t i;

	for (i = 0; i < a->count; i++) {
		if (has_addr(b, &a->list[i]))
			continue;
		step = add(plan, LAB_ADDR_DEL, diff->from,
			   diff->old_of[node] - 1, i);
		step->link = old;
		step->end = end;
		diff->touched[node] = true;
	}
	for (i = 0; i < b->count; i++) {
		if (has_addr(a, &b->list[i]))
			continue;
		step = add(plan, LAB_ADDR_ADD, diff->to, node, i);
		step->link = link;
		step->end = end;
		step->again = link == SIZE_MAX ? !diff->old_of[node] :
						 old == SIZE_MAX;
		diff->touched[node] = true;
	}
}

/* --- links --- */

static bool same_end(const struct diff *diff, const struct lab_end *old,
		     const struct lab_end *new)
{
	return diff->old_of[new->node] == old->node + 1 &&
	       !strcmp(old->dev, new->dev);
}

static size_t find_link(const struct diff *diff, size_t index)
{
	const struct lab_link *link = &diff->to->links[index];
	size_t count = diff->from->link_count, i;

	/* Most stand where they stood. */
	for (i = 0; i < count; i++) {
		size_t at = (index + i) % count;
		const struct lab_link *old = &diff->from->links[at];

		if (same_end(diff, &old->end[0], &link->end[0]) &&
		    same_end(diff, &old->end[1], &link->end[1]))
			return at;
	}
	return SIZE_MAX;
}

static bool same_params(const struct lab_link *a, const struct lab_link *b)
{
	unsigned int key, d;

	for (d = 0; d < 2; d++)
		for (key = 0; key < NLAB_LINK_KEYS; key++)
			if (lab_link_value(&a->dir[d], key) !=
			    lab_link_value(&b->dir[d], key))
				return false;
	return a->mtu == b->mtu;
}

/* Also the first use of a table, which is set with it. */
static bool same_scripts(const struct lab_link *a, const struct lab_link *b)
{
	unsigned int d, kind, key;

	for (d = 0; d < 2; d++) {
		for (kind = 0; kind < NLAB_LINK_SOURCES; kind++)
			if (!lab_script_same(&a->script[d], &b->script[d],
					     kind))
				return false;
		for (key = 0; key < NLAB_LINK_KEYS; key++)
			if (lab_has_table(&b->dir[d], key) &&
			    !lab_has_table(&a->dir[d], key))
				return false;
	}
	return true;
}

static void diff_scripts(struct diff *diff, size_t index, size_t old)
{
	static const struct lab_link none;
	const struct lab_link *link = &diff->to->links[index];
	struct lab_step *step;

	if (same_scripts(old == SIZE_MAX ? &none : &diff->from->links[old],
			 link))
		return;
	step = add(diff->plan, LAB_SCRIPT_SET, diff->to, link->end[0].node, 0);
	step->link = index;
	step->old = old;
	step->again = old == SIZE_MAX;
}

static void diff_link(struct diff *diff, size_t index, size_t old)
{
	static const struct lab_addrs none;
	const struct lab_link *link = &diff->to->links[index];
	struct lab_step *step = NULL;
	unsigned int d;

	if (old == SIZE_MAX)
		step = add(diff->plan, LAB_LINK_ADD, diff->to,
			   link->end[0].node, 0);
	else if (!same_params(&diff->from->links[old], link))
		step = add(diff->plan, LAB_LINK_SET, diff->to,
			   link->end[0].node, 0);
	if (step) {
		step->link = index;
		step->old = old;
	}
	diff_scripts(diff, index, old);
	for (d = 0; d < 2; d++) {
		if (old == SIZE_MAX)
			diff->touched[link->end[d].node] = true;
		diff_addrs(diff, link->end[d].node,
			   old == SIZE_MAX ? &none :
			   &diff->from->links[old].end[d].addrs,
			   &link->end[d].addrs, old, index, d);
	}
}

/* A device that goes takes its routes along. */
static void drop_link(struct diff *diff, size_t index)
{
	const struct lab_link *link = &diff->from->links[index];
	bool alone = true;
	unsigned int d;
	size_t i;

	for (d = 0; d < 2; d++)
		alone &= diff->kept[link->end[d].node];
	add(diff->plan, LAB_LINK_DEL, diff->from, link->end[0].node, 0)->link =
		index;
	diff->plan->step[diff->plan->count - 1].again = !alone;
	for (i = 0; i < diff->to->node_count; i++)
		for (d = 0; d < 2; d++)
			if (diff->old_of[i] == link->end[d].node + 1)
				diff->touched[i] = true;
}

static void diff_links(struct diff *diff)
{
	bool *stays = lab_alloc(diff->to, diff->from->link_count + 1);
	size_t i, old;

	for (i = 0; i < diff->to->link_count; i++) {
		old = find_link(diff, i);
		if (old != SIZE_MAX)
			stays[old] = true;
		diff_link(diff, i, old);
	}
	for (i = 0; i < diff->from->link_count; i++)
		if (!stays[i])
			drop_link(diff, i);
}

/* --- what is in a node --- */

static bool same_route(const struct lab_route *a, const struct lab_route *b)
{
	return nlab_prefix_equal(&a->to, &b->to) &&
	       nlab_prefix_equal(&a->via, &b->via) &&
	       !strcmp(a->dev, b->dev) && a->metric == b->metric;
}

static bool has_route(const struct lab_node *node, const struct lab_route *r)
{
	size_t i;

	for (i = 0; node && i < node->route_count; i++)
		if (same_route(&node->routes[i], r))
			return true;
	return false;
}

static void diff_routes(struct diff *diff, size_t index,
			const struct lab_node *old)
{
	const struct lab_node *node = &diff->to->nodes[index];
	size_t i;

	for (i = 0; old && i < old->route_count; i++)
		if (!has_route(node, &old->routes[i]))
			add(diff->plan, LAB_ROUTE_DEL, diff->from,
			    diff->old_of[index] - 1, i);
	for (i = 0; i < node->route_count; i++) {
		bool known = has_route(old, &node->routes[i]);

		if (!known || diff->touched[index])
			add(diff->plan, LAB_ROUTE_ADD, diff->to, index,
			    i)->again = known || !old;
	}
}

/* Returns whether one changed. */
static bool diff_pairs(struct diff *diff, size_t index,
		       const struct lab_node *old, const struct lab_pairs *a,
		       const struct lab_pairs *b, enum lab_verb set)
{
	bool changed = false;
	size_t i;

	for (i = 0; i < b->count; i++)
		if (!old || !same_pair(a, &b->list[i])) {
			add(diff->plan, set, diff->to, index, i)->again = !old;
			changed = true;
		}
	for (i = 0; old && set == LAB_FILE_SET && i < a->count; i++)
		if (!find_pair(b, a->list[i].name)) {
			add(diff->plan, LAB_FILE_DEL, diff->from,
			    diff->old_of[index] - 1, i);
			changed = true;
		}
	return changed;
}

/* Reads no files of the node, and begins its own anew when it is started. */
static bool is_capture(const struct lab_pair *service)
{
	return !strncmp(service->name, LAB_CAPTURE, strlen(LAB_CAPTURE));
}

/* Those that changed are stopped and started, or all of them but captures. */
static void diff_services(struct diff *diff, size_t index, bool daemon,
			  bool all, const struct lab_pairs *a,
			  const struct lab_pairs *b)
{
	size_t i, old = diff->old_of[index];

	for (i = 0; old && i < a->count; i++)
		if ((all && !is_capture(&a->list[i])) ||
		    !same_pair(b, &a->list[i]))
			add(diff->plan, LAB_SERVICE_DEL, diff->from, old - 1,
			    i)->daemon = daemon;
	for (i = 0; i < b->count; i++)
		if (!old || (all && !is_capture(&b->list[i])) ||
		    !same_pair(a, &b->list[i])) {
			add(diff->plan, LAB_SERVICE_ADD, diff->to, index,
			    i)->daemon = daemon;
			diff->plan->step[diff->plan->count - 1].again = !old;
		}
}

static void diff_node(struct diff *diff, size_t index)
{
	static const struct lab_node none;
	const struct lab_node *node = &diff->to->nodes[index];
	const struct lab_node *old = diff->old_of[index] ?
		&diff->from->nodes[diff->old_of[index] - 1] : NULL;
	const struct lab_node *was = old ? old : &none;
	bool files, zebra;

	diff_addrs(diff, index, &was->addrs, &node->addrs, SIZE_MAX, SIZE_MAX,
		   0);
	diff_pairs(diff, index, old, &was->sysctls, &node->sysctls,
		   LAB_SYSCTL_SET);
	files = diff_pairs(diff, index, old, &was->files, &node->files,
			   LAB_FILE_SET);
	if (old ? !same_xlat(was, node) : has_xlat(node))
		add(diff->plan, LAB_XLAT_SET, diff->to, index, 0)->again = !old;
	diff_routes(diff, index, old);
	zebra = was->frr.count && node->frr.count &&
		strcmp(was->frr.list[0].text, node->frr.list[0].text);
	diff_services(diff, index, true, files || zebra, &was->frr,
		      &node->frr);
	diff_services(diff, index, false, files, &was->services,
		      &node->services);
}

/* --- events --- */

static bool same_events(const struct lab *a, const struct lab *b)
{
	bool same = a->event_count == b->event_count;
	char *x, *y;
	size_t i;

	for (i = 0; i < a->event_count && same; i++) {
		x = lab_event_text(a, &a->events[i]);
		y = lab_event_text(b, &b->events[i]);
		same = x && y && !strcmp(x, y);
		free(x);
		free(y);
	}
	return same;
}

/* Those that wait belong together: they end, or begin anew, as a whole. */
static void diff_events(struct diff *diff)
{
	if (same_events(diff->from, diff->to))
		return;
	if (diff->from->event_count)
		add(diff->plan, LAB_EVENTS_DEL, diff->from, 0, 0);
	if (diff->to->event_count)
		add(diff->plan, LAB_EVENTS_ADD, diff->to, 0, 0);
}

/* --- the plan --- */

static int by_verb(const void *a, const void *b)
{
	const struct lab_step *x = a, *y = b;

	if (x->verb != y->verb)
		return x->verb < y->verb ? -1 : 1;
	/* Daemons before what may need them, zebra before the others. */
	if (x->verb == LAB_SERVICE_ADD && x->daemon != y->daemon)
		return x->daemon ? -1 : 1;
	if (x->verb == LAB_SERVICE_ADD && x->daemon && !x->item != !y->item)
		return x->item ? 1 : -1;
	if (x->node != y->node)
		return x->node < y->node ? -1 : 1;
	if (x->link != y->link)
		return x->link < y->link ? -1 : 1;
	if (x->end != y->end)
		return x->end < y->end ? -1 : 1;
	return x->item < y->item ? -1 : x->item > y->item;
}

void lab_diff(struct lab_plan *plan, const struct lab *from, struct lab *to)
{
	struct diff diff = { .plan = plan, .from = from, .to = to };
	size_t i;

	*plan = (struct lab_plan){ .arena = to };
	diff.old_of = lab_alloc(to, (to->node_count + 1) * sizeof(size_t));
	diff.kept = lab_alloc(to, from->node_count + 1);
	diff.touched = lab_alloc(to, to->node_count + 1);
	match_nodes(&diff);
	diff_links(&diff);
	for (i = 0; i < to->node_count; i++)
		if (to->nodes[i].kind != LAB_EXTERNAL)
			diff_node(&diff, i);
	diff_events(&diff);
	if (plan->count)
		qsort(plan->step, plan->count, sizeof(*plan->step), by_verb);
}
