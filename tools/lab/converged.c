// SPDX-License-Identifier: GPL-2.0
/* Has routing settled? It has when every router has a route to every other that
 * it could have one to: of those that are joined by routers and switches, to
 * the addresses of their loopbacks, or to one of a link where there is none.
 */
#include <stdlib.h>
#include <string.h>

#include "sys.h"

enum {
	FAMILIES = 2,
};

static const sa_family_t families[FAMILIES] = { AF_INET, AF_INET6 };

/* Does a daemon of the node route this family? */
static bool routes(const struct lab_node *node, unsigned int family)
{
	static const char *const daemons[FAMILIES][8] = {
		{ "ripd", "ospfd", "isisd", "bgpd", "babeld", "eigrpd",
		  "fabricd" },
		{ "ripngd", "ospf6d", "isisd", "bgpd", "babeld", "fabricd" },
	};
	size_t i, j;

	for (i = 0; i < node->frr.count; i++)
		for (j = 0; daemons[family][j]; j++)
			if (!strcmp(node->frr.list[i].name,
				    daemons[family][j]))
				return true;
	return false;
}

/* --- who is joined to whom --- */

static size_t *islands(struct lab *lab, unsigned int family)
{
	size_t *parent = lab_alloc(lab, (lab->node_count + 1) *
					sizeof(*parent)), i, d;

	for (i = 0; i < lab->node_count; i++)
		parent[i] = i;
	for (i = 0; i < lab->link_count; i++) {
		const struct lab_end *end = lab->links[i].end;
		bool joins = true;

		for (d = 0; d < 2; d++) {
			const struct lab_node *node = &lab->nodes[end[d].node];

			joins &= node->kind == LAB_SWITCH ||
				 routes(node, family);
		}
		if (joins)
			parent[lab_root_of(parent, end[0].node)] =
				lab_root_of(parent, end[1].node);
	}
	return parent;
}

/* --- what is to be reached --- */

struct target {
	size_t node;
	struct nlab_prefix addr;
};

struct lab_aim {
	struct lab *lab;
	size_t *island[FAMILIES];
	struct target *targets[FAMILIES];
	size_t count[FAMILIES];
};

static void add_targets(struct lab_aim *aim, unsigned int family, size_t node,
			const struct lab_addrs *addrs)
{
	size_t *count = &aim->count[family], i;

	for (i = 0; i < addrs->count; i++) {
		if (addrs->list[i].host.family != families[family])
			continue;
		aim->targets[family] = lab_grow(aim->lab, aim->targets[family],
						*count, sizeof(struct target));
		aim->targets[family][(*count)++] =
			(struct target){ node, addrs->list[i].host };
	}
}

struct lab_aim *lab_aim(struct lab *lab)
{
	struct lab_aim *aim = lab_alloc(lab, sizeof(*aim));
	bool *has = lab_alloc(lab, lab->node_count + 1);
	unsigned int f;
	size_t i, d;

	aim->lab = lab;
	for (f = 0; f < FAMILIES; f++) {
		aim->island[f] = islands(lab, f);
		for (i = 0; i < lab->node_count; i++) {
			size_t before = aim->count[f];

			if (routes(&lab->nodes[i], f))
				add_targets(aim, f, i, &lab->nodes[i].addrs);
			has[i] = aim->count[f] > before ||
				 !routes(&lab->nodes[i], f);
		}
		for (i = 0; i < lab->link_count; i++)
			for (d = 0; d < 2; d++) {
				const struct lab_end *end =
					&lab->links[i].end[d];
				size_t before = aim->count[f];

				if (!has[end->node])
					add_targets(aim, f, end->node,
						    &end->addrs);
				has[end->node] |= aim->count[f] > before;
			}
	}
	return aim;
}

/* --- what is reached --- */

static int compare(const void *a, const void *b)
{
	return memcmp(a, b, sizeof(struct nlab_prefix));
}

static bool covered(const struct rtnl_routes *list,
		    const struct nlab_prefix *addr)
{
	struct nlab_prefix cut;
	size_t i;

	if (bsearch(addr, list->list, list->count, sizeof(*addr), compare))
		return true;
	for (i = 0; i < list->count; i++) {
		cut = *addr;
		nlab_prefix_cut(&cut, list->list[i].len);
		if (nlab_prefix_equal(&cut, &list->list[i]))
			return true;
	}
	return false;
}

static bool node_reaches(struct lab_run *run, const struct lab_aim *aim,
			 size_t node, unsigned int f, size_t *missing,
			 uint64_t *digest)
{
	struct rtnl_routes list = { 0 };
	struct nlab_err err;
	struct nlab *rt;
	bool ok;
	size_t i;

	/* If not even its routes can be read. */
	*missing = node;
	ok = !lab_rt(run, aim->lab->nodes[node].name, &rt, &err) &&
	     !rtnl_list_routes(rt, families[f], &list, &err);
	if (list.count)
		qsort(list.list, list.count, sizeof(*list.list), compare);
	for (i = 0; ok && i < aim->count[f]; i++) {
		const struct target *target = &aim->targets[f][i];

		if (target->node == node ||
		    lab_root_of(aim->island[f], target->node) !=
		    lab_root_of(aim->island[f], node))
			continue;
		ok = covered(&list, &target->addr);
		*missing = target->node;
	}
	free(list.list);
	*digest += ok ? list.digest : 0;
	return ok;
}

bool lab_converged(struct lab_run *run, const struct lab_aim *aim, size_t *node,
		   size_t *missing, uint64_t *digest)
{
	const struct lab *lab = aim->lab;
	unsigned int f;

	for (; *node < lab->node_count; ++*node)
		for (f = 0; f < FAMILIES; f++)
			if (routes(&lab->nodes[*node], f) &&
			    !node_reaches(run, aim, *node, f, missing,
					  digest))
				return false;
	return true;
}
