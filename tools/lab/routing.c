// SPDX-License-Identifier: GPL-2.0
/* Configurations of FRR from a few words: "routing: ospf". A protocol runs on
 * all devices of its node; those behind which nobody speaks it are announced
 * only. Pure, and the same for the same file.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "lab.h"

const char *const lab_proto_names[] = {
	"rip", "ripng", "ospf", "ospf6", "isis", "bgp", NULL,
};

const char *const lab_daemon_names[] = {
	"ripd", "ripngd", "ospfd", "ospf6d", "isisd", "bgpd", NULL,
};

/* With more than 200 routes on their way to the kernel, the default, zebra polls
 * without a pause until there are fewer. Where hundreds share a processor, the
 * threads that bring them there then wait for those that poll.
 */
const char lab_zebra_config[] = "zebra dplane limit 10000\n";

enum {
	/* RFC 6996: private use. */
	FIRST_AS = 4200000000,
	RIP_TIMEOUT = 6,
	RIP_GARBAGE = 4,
	BGP_KEEPALIVE = 3,
};

/* Device of a node, with what is at its other end. */
struct port {
	size_t node, peer;
	const struct lab_end *end, *other;
};

struct text {
	FILE *file;
	const struct lab *lab;
	const struct lab_node *node;
	size_t index;
	const struct port *ports;
	size_t count;
	const struct lab_proto *proto;
	enum lab_proto_kind kind;
};

static int by_node(const void *a, const void *b)
{
	const struct port *x = a, *y = b;

	if (x->node != y->node)
		return x->node < y->node ? -1 : 1;
	return x->end < y->end ? -1 : x->end > y->end;
}

static struct port *list_ports(struct lab *lab)
{
	struct port *ports = lab_alloc(lab, (2 * lab->link_count + 1) *
					    sizeof(*ports));
	size_t i, d;

	for (i = 0; i < lab->link_count; i++)
		for (d = 0; d < 2; d++) {
			const struct lab_end *end = lab->links[i].end;

			ports[2 * i + d] = (struct port){ end[d].node,
							  end[!d].node,
							  &end[d], &end[!d] };
		}
	qsort(ports, 2 * lab->link_count, sizeof(*ports), by_node);
	return ports;
}

static bool speaks(const struct lab_node *node, enum lab_proto_kind kind)
{
	return node->proto[kind].on;
}

/* Has it the daemon by a configuration in the file? */
static bool has_daemon(const struct lab_node *node, enum lab_proto_kind kind)
{
	size_t i;

	for (i = 0; i < node->frr.count; i++)
		if (!strcmp(node->frr.list[i].name, lab_daemon_names[kind]))
			return true;
	return false;
}

/* Behind a switch or outside of the lab there may be somebody. */
static bool is_silent(const struct text *text, const struct port *port)
{
	const struct lab_node *peer = &text->lab->nodes[port->peer];

	return peer->kind != LAB_SWITCH && peer->kind != LAB_EXTERNAL &&
	       !speaks(peer, text->kind) && !has_daemon(peer, text->kind);
}

static bool is_pair(const struct text *text, const struct port *port)
{
	enum lab_kind kind = text->lab->nodes[port->peer].kind;

	return kind != LAB_SWITCH && kind != LAB_EXTERNAL;
}

/* The first IPv4 address of lo, or the number of the node. */
static const char *router_id(char *buf, const struct text *text)
{
	const struct lab_addrs *addrs = &text->node->addrs;
	size_t i;

	for (i = 0; i < addrs->count; i++)
		if (addrs->list[i].host.family == AF_INET)
			return nlab_prefix_text(buf, &addrs->list[i].host);
	snprintf(buf, NLAB_PREFIX_TEXT, "0.0.%zu.%zu",
		 (text->index + 1) >> 8, (text->index + 1) & 255);
	return buf;
}

/* --- the protocols --- */

static void write_rip(const struct text *text)
{
	bool next = text->kind == LAB_RIPNG;
	const uint32_t *value = text->proto->value;
	size_t i;

	fprintf(text->file, "router %s\n network lo\n", next ? "ripng" : "rip");
	if (value[LAB_UPDATE])
		fprintf(text->file, " timers basic %u %u %u\n",
			value[LAB_UPDATE], RIP_TIMEOUT * value[LAB_UPDATE],
			RIP_GARBAGE * value[LAB_UPDATE]);
	for (i = 0; i < text->count; i++) {
		const char *dev = text->ports[i].end->dev;

		fprintf(text->file, " network %s\n", dev);
		if (is_silent(text, &text->ports[i]))
			fprintf(text->file, " passive-interface %s\n", dev);
	}
}

static void write_ospf(const struct text *text)
{
	const char *words = text->kind == LAB_OSPF ? "ip ospf" : "ipv6 ospf6";
	const uint32_t *value = text->proto->value;
	char id[NLAB_PREFIX_TEXT];
	size_t i;

	for (i = 0; i < text->count; i++) {
		const struct port *port = &text->ports[i];

		fprintf(text->file, "interface %s\n %s area %u\n",
			port->end->dev, words, value[LAB_AREA]);
		if (is_silent(text, port))
			fprintf(text->file, " %s passive\n", words);
		else if (is_pair(text, port))
			fprintf(text->file, " %s network point-to-point\n",
				words);
		if (value[LAB_HELLO])
			fprintf(text->file, " %s hello-interval %u\n", words,
				value[LAB_HELLO]);
		if (value[LAB_DEAD])
			fprintf(text->file, " %s dead-interval %u\n", words,
				value[LAB_DEAD]);
	}
	fprintf(text->file, "interface lo\n %s area %u\nrouter %s\n %s router-id %s\n",
		words, value[LAB_AREA], words + (text->kind == LAB_OSPF ? 3 : 5),
		words + (text->kind == LAB_OSPF ? 3 : 5), router_id(id, text));
	/* The first after a rest at once. */
	if (value[LAB_SPF])
		fprintf(text->file, " timers throttle spf 0 %u000 %u000\n",
			value[LAB_SPF], value[LAB_SPF]);
}

static void write_isis(const struct text *text)
{
	const uint32_t *value = text->proto->value;
	size_t i;

	for (i = 0; i < text->count; i++) {
		const struct port *port = &text->ports[i];

		fprintf(text->file, "interface %s\n ip router isis lab\n ipv6 router isis lab\n",
			port->end->dev);
		if (is_silent(text, port))
			fputs(" isis passive\n", text->file);
		else if (is_pair(text, port))
			fputs(" isis network point-to-point\n", text->file);
		if (value[LAB_HELLO])
			fprintf(text->file, " isis hello-interval %u\n",
				value[LAB_HELLO]);
	}
	fprintf(text->file, "interface lo\n ip router isis lab\n ipv6 router isis lab\n isis passive\n"
		"router isis lab\n is-type level-2-only\n net 49.0001.0000.0000.%04zx.00\n",
		text->index + 1);
	if (value[LAB_SPF])
		fprintf(text->file, " spf-interval %u\n", value[LAB_SPF]);
}

static uint32_t as_of(const struct text *text, size_t node)
{
	uint32_t as = text->lab->nodes[node].proto[LAB_BGP].value[LAB_AS];

	return as ? as : (uint32_t)(FIRST_AS + node + 1);
}

static void write_neighbours(const struct text *text, sa_family_t family)
{
	uint32_t as = as_of(text, text->index), hold;
	char addr[NLAB_PREFIX_TEXT];
	size_t i, j;

	hold = text->proto->value[LAB_HOLD];
	for (i = 0; i < text->count; i++) {
		const struct port *port = &text->ports[i];
		const struct lab_addrs *addrs = &port->other->addrs;
		uint32_t other = as_of(text, port->peer);

		for (j = 0; j < addrs->count; j++) {
			if (!speaks(&text->lab->nodes[port->peer], LAB_BGP))
				continue;
			nlab_prefix_text(addr, &addrs->list[j].host);
			if (family && addrs->list[j].host.family == family) {
				fprintf(text->file, "  neighbor %s activate\n",
					addr);
				if (other == as)
					fprintf(text->file, "  neighbor %s next-hop-self\n",
						addr);
			}
			if (family)
				continue;
			fprintf(text->file, " neighbor %s remote-as %u\n neighbor %s timers connect 1\n",
				addr, other, addr);
			if (hold)
				fprintf(text->file, " neighbor %s timers %u %u\n",
					addr, hold / BGP_KEEPALIVE, hold);
		}
	}
}

static void write_bgp(const struct text *text)
{
	static const sa_family_t families[] = { AF_INET, AF_INET6 };
	char id[NLAB_PREFIX_TEXT];
	size_t i;

	fprintf(text->file, "router bgp %u\n bgp router-id %s\n no bgp ebgp-requires-policy\n no bgp default ipv4-unicast\n",
		as_of(text, text->index), router_id(id, text));
	write_neighbours(text, AF_UNSPEC);
	for (i = 0; i < 2; i++) {
		fprintf(text->file, " address-family %s unicast\n  redistribute connected\n",
			families[i] == AF_INET ? "ipv4" : "ipv6");
		write_neighbours(text, families[i]);
		fputs(" exit-address-family\n", text->file);
	}
}

/* --- nodes --- */

static void write_config(const struct text *text)
{
	switch (text->kind) {
	case LAB_RIP:
	case LAB_RIPNG:
		write_rip(text);
		break;
	case LAB_OSPF:
	case LAB_OSPF6:
		write_ospf(text);
		break;
	case LAB_ISIS:
		write_isis(text);
		break;
	default:
		write_bgp(text);
		break;
	}
}

/* Nodes of one shape share what the file says: a list of one's own. */
static void add_daemon(struct lab *lab, struct lab_node *node,
		       struct lab_pair pair)
{
	struct lab_pair *list = lab_alloc(lab, (node->frr.count + 2) *
					       sizeof(*list));
	size_t count = node->frr.count;

	if (count)
		memcpy(list, node->frr.list, count * sizeof(*list));
	else
		list[count++] = (struct lab_pair){ pair.place, "zebra",
						  lab_zebra_config };
	list[count++] = pair;
	node->frr = (struct lab_pairs){ list, count };
}

static int make_daemon(struct lab *lab, struct text *text,
		       struct nlab_err *err)
{
	struct lab_node *node = &lab->nodes[text->index];
	struct lab_pair pair = { text->proto->place,
				 lab_daemon_names[text->kind], NULL };
	struct nlab_word word = { 0 };
	char *buf = NULL;

	if (has_daemon(node, text->kind))
		return lab_blame(lab, pair.place, err,
				 "node '%s' has %s in 'frr' already",
				 node->name, pair.name);
	text->file = open_memstream(&buf, &word.len);
	if (!text->file)
		return nlab_fail(err, NLAB_FAULT_KERNEL, ENOMEM,
				 "out of memory");
	write_config(text);
	if (ferror(text->file) | fclose(text->file)) {
		free(buf);
		return nlab_fail(err, NLAB_FAULT_KERNEL, ENOMEM,
				 "out of memory");
	}
	word.str = buf;
	pair.text = lab_text(lab, word);
	free(buf);
	add_daemon(lab, node, pair);
	return 0;
}

int lab_routing(struct lab *lab, struct nlab_err *err)
{
	struct port *ports = list_ports(lab);
	struct text text = { .lab = lab };
	size_t all = 2 * lab->link_count, at = 0, i;
	unsigned int kind;
	int ret = 0;

	for (i = 0; i < lab->node_count && !ret; i++) {
		text.index = i;
		text.node = &lab->nodes[i];
		while (at < all && ports[at].node < i)
			at++;
		text.ports = &ports[at];
		for (text.count = 0; at + text.count < all &&
		     ports[at + text.count].node == i; text.count++)
			;
		for (kind = 0; kind < LAB_PROTOS && !ret; kind++) {
			text.kind = kind;
			text.proto = &lab->nodes[i].proto[kind];
			if (text.proto->on)
				ret = make_daemon(lab, &text, err);
		}
	}
	return ret;
}
