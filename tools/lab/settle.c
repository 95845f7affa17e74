// SPDX-License-Identifier: GPL-2.0
/* What the file leaves open: names of devices, addresses from pools; and what
 * can't be right. Pure, and the same for the same file.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "lab.h"

/* --- helpers --- */

long lab_find(const struct lab *lab, const char *name)
{
	size_t i;

	for (i = 0; i < lab->node_count; i++)
		if (!strcmp(lab->nodes[i].name, name))
			return (long)i;
	return -1;
}

uint64_t lab_link_value(const struct nlab_link_dir *dir,
			enum nlab_link_key key)
{
	return dir->set[key] ? dir->value[key] : nlab_link_default(key);
}

bool lab_any_set(const struct nlab_link_dir *dir)
{
	unsigned int key;

	for (key = 0; key < NLAB_LINK_KEYS; key++)
		if (dir[0].set[key] || dir[1].set[key])
			return true;
	return false;
}

const char *lab_addr_text(char *buf, const struct lab_addr *addr)
{
	char host[NLAB_PREFIX_TEXT];

	snprintf(buf, LAB_ADDR_TEXT, "%s/%u",
		 nlab_prefix_text(host, &addr->host), addr->len);
	return buf;
}

/* --- names --- */

static int by_name(const void *a, const void *b)
{
	const struct lab_node *x = *(struct lab_node *const *)a;
	const struct lab_node *y = *(struct lab_node *const *)b;
	int order = strcmp(x->name, y->name);

	return order ? order : (x > y) - (x < y);
}

/* Devices of nodes are called so, and sysctls. */
const char *const lab_reserved[] = { "lo", "all", "default", "br0", NULL };

static int check_nodes(struct lab *lab, struct nlab_err *err)
{
	struct lab_node **list;
	size_t i, j;

	list = lab_alloc(lab, (lab->node_count + 1) * sizeof(*list));
	for (i = 0; i < lab->node_count; i++) {
		list[i] = &lab->nodes[i];
		for (j = 0; lab_reserved[j]; j++)
			if (!strcmp(list[i]->name, lab_reserved[j]))
				return lab_blame(lab, list[i]->place, err,
						 "a node can't be called '%s'",
						 lab_reserved[j]);
	}
	qsort(list, lab->node_count, sizeof(*list), by_name);
	for (i = 1; i < lab->node_count; i++)
		if (!strcmp(list[i - 1]->name, list[i]->name))
			return lab_blame(lab, list[i]->place, err,
					 "node '%s' is there already, in line %u",
					 list[i]->name,
					 list[i - 1]->place.line);
	return 0;
}

/* An end with its link, to be sorted. */
struct port {
	struct lab_end *end;
	size_t peer, link;
};

static int by_peer(const void *a, const void *b)
{
	const struct port *x = a, *y = b;

	if (x->end->node != y->end->node)
		return x->end->node < y->end->node ? -1 : 1;
	if (x->peer != y->peer)
		return x->peer < y->peer ? -1 : 1;
	return x->link < y->link ? -1 : x->link > y->link;
}

static int by_device(const void *a, const void *b)
{
	const struct port *x = a, *y = b;
	int order;

	if (x->end->node != y->end->node)
		return x->end->node < y->end->node ? -1 : 1;
	order = strcmp(x->end->dev, y->end->dev);
	if (order)
		return order;
	return x->link < y->link ? -1 : x->link > y->link;
}

static struct port *all_ports(struct lab *lab)
{
	struct port *ports;
	size_t i, d;

	ports = lab_alloc(lab, (2 * lab->link_count + 1) * sizeof(*ports));
	for (i = 0; i < lab->link_count; i++)
		for (d = 0; d < 2; d++)
			ports[2 * i + d] = (struct port){
				&lab->links[i].end[d],
				lab->links[i].end[!d].node, i };
	return ports;
}

/* A device is called after the node at the other end, so that it keeps its
 * name whatever else comes and goes; the second to the same node has "-2".
 */
static int name_devices(struct lab *lab, struct nlab_err *err)
{
	size_t count = 2 * lab->link_count, i, same = 0;
	struct port *ports = all_ports(lab);
	char name[LAB_NODE_NAME + 24];

	qsort(ports, count, sizeof(*ports), by_peer);
	for (i = 0; i < count; i++) {
		struct lab_end *end = ports[i].end;

		same = i && ports[i - 1].end->node == end->node &&
		       ports[i - 1].peer == ports[i].peer ? same + 1 : 1;
		if (end->dev[0])
			continue;
		if (same > 1)
			snprintf(name, sizeof(name), "%s-%zu",
				 lab->nodes[ports[i].peer].name, same);
		else
			snprintf(name, sizeof(name), "%s",
				 lab->nodes[ports[i].peer].name);
		if (strlen(name) >= sizeof(end->dev))
			return lab_blame(lab, end->place, err,
					 "'%s' is too long for the name of a device, give one: %s:DEVICE",
					 name, lab->nodes[end->node].name);
		memcpy(end->dev, name, sizeof(end->dev));
	}
	qsort(ports, count, sizeof(*ports), by_device);
	for (i = 0; i < count; i++) {
		struct lab_end *end = ports[i].end;
		bool own = !strcmp(end->dev, "lo") ||
			   (!strcmp(end->dev, "br0") &&
			    lab->nodes[end->node].kind == LAB_SWITCH);

		if (own || (i && ports[i - 1].end->node == end->node &&
			    !strcmp(ports[i - 1].end->dev, end->dev)))
			return lab_blame(lab, end->place, err,
					 "node '%s' has a device '%s' already",
					 lab->nodes[end->node].name, end->dev);
	}
	return 0;
}

/* --- what must not be --- */

static bool is_external(const struct lab *lab, const struct lab_end *end)
{
	return lab->nodes[end->node].kind == LAB_EXTERNAL;
}

static int check_links(struct lab *lab, struct nlab_err *err)
{
	size_t *uses, i;
	int d;

	uses = lab_alloc(lab, (lab->node_count + 1) * sizeof(*uses));
	for (i = 0; i < lab->link_count; i++) {
		struct lab_link *link = &lab->links[i];
		bool out[] = { is_external(lab, &link->end[0]),
			       is_external(lab, &link->end[1]) };

		if (out[0] && out[1])
			return lab_blame(lab, link->place, err,
					 "both ends are external");
		for (d = 0; d < 2; d++) {
			if (lab->nodes[link->end[d].node].kind == LAB_SWITCH &&
			    link->end[d].addrs.count)
				return lab_blame(lab, link->end[d].place, err,
						 "a port of a switch has no address");
			if (!out[d])
				continue;
			if (uses[link->end[d].node]++)
				return lab_blame(lab, link->place, err,
						 "an external node has one link");
			if (link->end[d].addrs.count)
				return lab_blame(lab, link->end[d].place, err,
						 "an external node has no address");
			if (!memcmp(link->dir, lab->defaults,
				    sizeof(link->dir)))
				memset(link->dir, 0, sizeof(link->dir));
			if (!memcmp(link->script, lab->default_script,
				    sizeof(link->script)))
				memset(link->script, 0, sizeof(link->script));
			if (lab_any_set(link->dir) || lab_any_script(link))
				return lab_blame(lab, link->place, err,
						 "a link to an external node is the machine's and has no parameters; put a router between");
		}
	}
	return 0;
}

static int check_external(struct lab *lab, struct nlab_err *err)
{
	size_t i, j;

	for (i = 0; i < lab->node_count; i++)
		for (j = 0; j < i && lab->nodes[i].interface[0]; j++)
			if (!strcmp(lab->nodes[i].interface,
				    lab->nodes[j].interface))
				return lab_blame(lab, lab->nodes[i].place, err,
						 "interface '%s' is that of node '%s' already",
						 lab->nodes[i].interface,
						 lab->nodes[j].name);
	return 0;
}

/* --- addresses --- */

/* Adds a number to an address; false if that is beyond the pool. */
static bool address_at(const struct nlab_prefix *pool, uint64_t number,
		       struct nlab_prefix *addr)
{
	unsigned int bits = (pool->family == AF_INET ? 32 : 128) - pool->len;
	uint8_t *octets = pool->family == AF_INET ? (uint8_t *)&addr->v4 :
						    (uint8_t *)&addr->v6;
	int i = pool->family == AF_INET ? 3 : 15;

	*addr = *pool;
	addr->len = pool->family == AF_INET ? 32 : 128;
	if (bits < 64 && number >> bits)
		return false;
	for (; i >= 0 && number; i--) {
		number += octets[i];
		octets[i] = (uint8_t)number;
		number >>= 8;
	}
	return true;
}

/* The same with a number of /64 networks. */
static bool network_at(const struct nlab_prefix *pool, uint64_t number,
		       struct nlab_prefix *net)
{
	uint8_t *octets = (uint8_t *)&net->v6;
	int i;

	*net = *pool;
	if (pool->len > 64 || (pool->len && number >> (64 - pool->len)))
		return false;
	for (i = 7; i >= 0 && number; i--) {
		number += octets[i];
		octets[i] = (uint8_t)number;
		number >>= 8;
	}
	net->len = 64;
	return true;
}

size_t lab_root_of(size_t *parent, size_t i)
{
	while (parent[i] != i)
		i = parent[i] = parent[parent[i]];
	return i;
}

/* Links that meet at switches are one network. */
static size_t *segments(struct lab *lab)
{
	size_t *parent, *last, i, d;

	parent = lab_alloc(lab, (lab->link_count + 1) * sizeof(*parent));
	last = lab_alloc(lab, (lab->node_count + 1) * sizeof(*last));
	for (i = 0; i < lab->link_count; i++) {
		parent[i] = i;
		for (d = 0; d < 2; d++)
			last[lab->links[i].end[d].node] = i + 1;
	}
	for (i = 0; i < lab->link_count; i++)
		for (d = 0; d < 2; d++) {
			size_t node = lab->links[i].end[d].node;

			if (lab->nodes[node].kind == LAB_SWITCH)
				parent[lab_root_of(parent, i)] =
					lab_root_of(parent, last[node] - 1);
		}
	return parent;
}

static bool wants(const struct lab *lab, const struct lab_end *end)
{
	enum lab_kind kind = lab->nodes[end->node].kind;

	return !end->given && kind != LAB_SWITCH && kind != LAB_EXTERNAL;
}

static void give(struct lab *lab, struct lab_addrs *addrs,
		 const struct nlab_prefix *host, uint8_t len)
{
	addrs->list = lab_grow(lab, addrs->list, addrs->count,
			       sizeof(*addrs->list));
	addrs->list[addrs->count++] = (struct lab_addr){ *host, len };
}

struct segment {
	size_t ends, done;
	struct nlab_prefix net;
	bool has_net;
};

/* Begins a network: the smallest of IPv4 that holds its ends, aligned. */
static bool next_net(const struct nlab_prefix *pool, uint64_t *used,
		     struct segment *seg)
{
	uint64_t size = 4;

	seg->has_net = true;
	if (pool->family == AF_INET6)
		return network_at(pool, (*used)++, &seg->net);
	while (size < seg->ends + 2)
		size *= 2;
	*used = (*used + size - 1) / size * size;
	if (!address_at(pool, *used + size - 1, &seg->net) ||
	    !address_at(pool, *used, &seg->net))
		return false;
	*used += size;
	for (seg->net.len = 32; size > 1; size /= 2)
		seg->net.len--;
	return true;
}

static int deal(struct lab *lab, const struct nlab_prefix *pool,
		size_t *parent, struct segment *segs, struct nlab_err *err)
{
	char text[NLAB_PREFIX_TEXT];
	uint64_t used = 0;
	size_t i, d;

	for (i = 0; i < lab->link_count; i++)
		for (d = 0; d < 2; d++) {
			struct lab_end *end = &lab->links[i].end[d];
			struct segment *seg = &segs[lab_root_of(parent, i)];
			struct nlab_prefix host;

			if (!wants(lab, end))
				continue;
			if ((!seg->has_net && !next_net(pool, &used, seg)) ||
			    !address_at(&seg->net, ++seg->done, &host))
				return lab_blame(lab, lab->links[i].place, err,
						 "pool %s has no network left for this link",
						 nlab_prefix_full_text(text,
								       pool));
			give(lab, &end->addrs, &host, seg->net.len);
		}
	for (i = 0; i < lab->link_count; i++) {
		segs[i].done = 0;
		segs[i].has_net = false;
	}
	return 0;
}

static int deal_links(struct lab *lab, struct nlab_err *err)
{
	size_t *parent = segments(lab), i, d;
	struct segment *segs;
	int ret = 0;

	segs = lab_alloc(lab, (lab->link_count + 1) * sizeof(*segs));
	for (i = 0; i < lab->link_count; i++)
		for (d = 0; d < 2; d++)
			segs[lab_root_of(parent, i)].ends +=
				wants(lab, &lab->links[i].end[d]);
	for (i = 0; i < lab->pool_count && !ret; i++)
		ret = deal(lab, &lab->pools[i], parent, segs, err);
	return ret;
}

/* The address after the first of the pool, which would be an anycast one. */
static int deal_loopbacks(struct lab *lab, struct nlab_err *err)
{
	char text[NLAB_PREFIX_TEXT];
	struct nlab_prefix host;
	size_t i, j;

	for (i = 0; i < lab->loopback_count; i++) {
		const struct nlab_prefix *pool = &lab->loopbacks[i];
		uint64_t used = 0;

		for (j = 0; j < lab->node_count; j++) {
			struct lab_node *node = &lab->nodes[j];

			if (node->kind != LAB_ROUTER &&
			    node->kind != LAB_TRANSLATOR)
				continue;
			if (!address_at(pool, ++used, &host))
				return lab_blame(lab, node->place, err,
						 "loopback-pool %s has no address left for this node",
						 nlab_prefix_full_text(text,
								       pool));
			/* Nodes of one shape share the list of the file. */
			node->addrs.list = memcpy(
				lab_alloc(lab, (node->addrs.count + 5) *
					  sizeof(*node->addrs.list)),
				node->addrs.count ? node->addrs.list :
				(struct lab_addr *)&host,
				node->addrs.count * sizeof(*node->addrs.list));
			node->addrs.list[node->addrs.count++] =
				(struct lab_addr){ host, host.len };
		}
	}
	return 0;
}

int lab_settle(struct lab *lab, struct nlab_err *err)
{
	int ret = check_nodes(lab, err);

	if (!ret)
		ret = check_links(lab, err);
	if (!ret)
		ret = check_external(lab, err);
	if (!ret)
		ret = lab_check_tables(lab, err);
	if (!ret)
		ret = name_devices(lab, err);
	if (!ret)
		ret = deal_links(lab, err);
	if (!ret)
		ret = deal_loopbacks(lab, err);
	return ret ? ret : lab_routing(lab, err);
}
