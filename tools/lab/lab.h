/* SPDX-License-Identifier: GPL-2.0 */
/* What a lab file says, and what is done with it.
 *
 * doc.c, parse*.c, shape.c, settle.c, diff.c, plan.c and graph.c are pure: text in,
 * structs or text out. Memory of a lab is taken from its arena and goes with
 * it; running out of memory ends the program before anything was made.
 */
#ifndef NLAB_LAB_H
#define NLAB_LAB_H

#include <stdio.h>

#include "../lib/nlab.h"

enum {
	LAB_NAME = 25,		/* "lab:NAME" is the owner of the links */
	LAB_NODE_NAME = 33,
	LAB_NODES_MAX = 10000,
	LAB_LINKS_MAX = 40000,
	LAB_POOLS = 8,
	LAB_TEXT_MAX = 16 << 20,
};

/**
 * struct lab_place - Where something stands in the file, from 1.
 */
struct lab_place {
	unsigned int line;
	unsigned int column;
};

enum lab_kind {
	LAB_HOST,
	LAB_ROUTER,
	LAB_SWITCH,
	LAB_TRANSLATOR,
	LAB_EXTERNAL,
	LAB_KINDS,
};

/* Names of enum lab_kind, ends with NULL. */
extern const char *const lab_kind_names[];

/**
 * struct lab_addr - Address of a device with the length of its prefix.
 * @host: The address.
 * @len: Prefix length.
 */
struct lab_addr {
	struct nlab_prefix host;
	uint8_t len;
};

struct lab_addrs {
	struct lab_addr *list;
	size_t count;
};

/**
 * struct lab_route - Static route of a node.
 * @to: Destination; a length of 0 is the default route.
 * @via: Gateway; family AF_UNSPEC for none.
 * @dev: Device, or empty.
 * @metric: 0 for the kernel's own choice.
 */
struct lab_route {
	struct lab_place place;
	struct nlab_prefix to;
	struct nlab_prefix via;
	char dev[NLAB_DEV_NAME];
	uint32_t metric;
};

/* A name with a text: a sysctl, a file, a daemon of FRR, a service. */
struct lab_pair {
	struct lab_place place;
	const char *name;
	const char *text;
};

struct lab_pairs {
	struct lab_pair *list;
	size_t count;
};

/* Routing protocols that are configured for the user, each a daemon of FRR. */
enum lab_proto_kind {
	LAB_RIP,
	LAB_RIPNG,
	LAB_OSPF,
	LAB_OSPF6,
	LAB_ISIS,
	LAB_BGP,
	LAB_PROTOS,
};

/* Their settings; 0 is the daemon's own, of LAB_AS a number of the node's. */
enum lab_proto_key {
	LAB_HELLO,
	LAB_DEAD,
	LAB_SPF,
	LAB_UPDATE,
	LAB_AREA,
	LAB_AS,
	LAB_HOLD,
	LAB_PROTO_KEYS,
};

struct lab_proto {
	struct lab_place place;
	bool on;
	uint32_t value[LAB_PROTO_KEYS];
};

/* By enum lab_proto_kind, both end with NULL. */
extern const char *const lab_proto_names[];
extern const char *const lab_daemon_names[];
/* Of a zebra that the file gives none. */
extern const char lab_zebra_config[];

/**
 * struct lab_node - Node.
 * @addrs: Of its loopback.
 * @services: Name and shell command.
 * @frr: Name of a daemon and its configuration; those of @proto come to it.
 * @xlat: Settings of a translator, @maps its table.
 * @interface: Of the machine, of an external node.
 */
struct lab_node {
	struct lab_place place;
	char name[LAB_NODE_NAME];
	enum lab_kind kind;
	struct lab_addrs addrs;
	struct lab_route *routes;
	size_t route_count;
	struct lab_pairs sysctls;
	struct lab_pairs files;
	struct lab_pairs services;
	struct lab_pairs frr;
	struct lab_proto proto[LAB_PROTOS];
	struct nlab_xlat xlat;
	struct nlab_map *maps;
	size_t map_count;
	char interface[NLAB_DEV_NAME];
};

/**
 * struct lab_end - End of a link.
 * @node: Index of its node.
 * @dev: Name of the device in it.
 * @addrs: Given, or from a pool.
 * @given: Addresses stand in the file, none is to come from a pool.
 */
struct lab_end {
	struct lab_place place;
	size_t node;
	char dev[NLAB_DEV_NAME];
	struct lab_addrs addrs;
	bool given;
};

/**
 * struct lab_script - What a direction of a link does by itself.
 * @text: By enum nlab_link_source_kind, NULL for none.
 */
struct lab_script {
	const char *text[NLAB_LINK_SOURCES];
};

/**
 * struct lab_link - Link; @dir as in struct nlab_link.
 */
struct lab_link {
	struct lab_place place;
	struct lab_end end[2];
	struct nlab_link_dir dir[2];
	struct lab_script script[2];
	uint32_t mtu;
};

/**
 * struct lab_traffic - Traffic of iperf3(1) from one node to another.
 * @from: Index of the sending node, @to that of the other.
 * @udp: Not TCP.
 * @rate: Bits a second, 0 for as many as possible (UDP: iperf3's own).
 * @seconds: How long.
 */
struct lab_traffic {
	size_t from, to;
	bool udp;
	uint64_t rate;
	uint32_t seconds;
};

enum lab_event_kind {
	LAB_EVENT_LINK,
	LAB_EVENT_RUN,
	LAB_EVENT_TRAFFIC,
};

enum lab_carrier {
	LAB_CARRIER_KEEP,
	LAB_CARRIER_DOWN,
	LAB_CARRIER_UP,
};

/**
 * struct lab_event - What happens in a running lab.
 * @number: In the file, from 1.
 * @at: Nanoseconds after the lab is there.
 * @end: Device of a link, or node of a command; of the link, not of the file.
 * @link: Index of the link.
 * @carrier: Of the link.
 * @dir: Parameters that change, from @end and towards it.
 * @command: For the shell.
 */
struct lab_event {
	struct lab_place place;
	unsigned int number;
	uint64_t at;
	enum lab_event_kind kind;
	struct lab_end end;
	size_t link;
	enum lab_carrier carrier;
	struct nlab_link_dir dir[2];
	const char *command;
	struct lab_traffic traffic;
};

/**
 * struct lab_capture - Packets of a link that are written to a file.
 * @end: Where they are seen.
 */
struct lab_capture {
	struct lab_place place;
	struct lab_end end;
	const char *file, *filter;
};

struct lab_chunk;

/**
 * struct lab - Lab.
 * @path: Name of the file, for messages.
 * @given: Variables of the command line, see lab_parse().
 * @pools: Prefixes for the links, @loopbacks for the nodes.
 */
struct lab {
	char path[NLAB_PLACE / 2];
	struct nlab_word given;
	char name[LAB_NAME];
	struct lab_node *nodes;
	size_t node_count, node_room;
	struct lab_link *links;
	size_t link_count, link_room;
	struct nlab_prefix pools[LAB_POOLS];
	size_t pool_count;
	struct nlab_prefix loopbacks[LAB_POOLS];
	size_t loopback_count;
	struct nlab_link_dir defaults[2];
	struct lab_script default_script[2];
	struct lab_event *events;
	size_t event_count;
	struct lab_capture *captures;
	size_t capture_count;
	struct lab_chunk *chunks;
};

/* arena.c */
void *lab_alloc(struct lab *lab, size_t size);
char *lab_text(struct lab *lab, struct nlab_word word);
/* Make room for one more element; the old array stays in the arena. */
void *lab_grow(struct lab *lab, void *list, size_t count, size_t size);
void lab_free(struct lab *lab);

/* parse.c */

/**
 * lab_parse() - Read a lab file.
 * @lab: Result, to be freed in any case.
 * @path: Name of the file, for messages.
 * @text: What is in it.
 * @given: Values of variables, each NAME=VALUE with a zero byte behind it.
 * @err: Reason of a failure, with FILE:LINE:COLUMN.
 *
 * Return: 0 or a negative errno.
 */
int lab_parse(struct lab *lab, const char *path, struct nlab_word text,
	      struct nlab_word given, struct nlab_err *err);
/* Read it from a file, or "-"; the text is to be freed. */
int lab_read(struct lab *lab, const char *path, struct nlab_word given,
	     char **text, struct nlab_err *err);
/* Fill an error of a place in the file; returns -EINVAL. */
int lab_blame(const struct lab *lab, struct lab_place place,
	      struct nlab_err *err, const char *fmt, ...)
	__attribute__((format(printf, 4, 5)));

/* settle.c: names of devices, addresses from pools, and what must not be */
int lab_settle(struct lab *lab, struct nlab_err *err);
/* The one that stands for all that are joined to @i, which are made shorter. */
size_t lab_root_of(size_t *parent, size_t i);
/* routing.c: configurations of routing daemons, after all else is settled */
int lab_routing(struct lab *lab, struct nlab_err *err);
/* event.c */

/* A day, in nanoseconds: no event is later. */
#define LAB_TIME_MAX	86400000000000ULL

/* The links of events; captures become services. */
int lab_settle_events(struct lab *lab, struct nlab_err *err);
/* Traffic of which nothing was said. */
/* Services that are captures are called "capture.DEVICE". */
#define LAB_CAPTURE	"capture."
struct lab_traffic lab_traffic_plain(void);
int lab_traffic_rate(struct lab_traffic *traffic, struct nlab_word word,
		     struct nlab_err *err);
int lab_traffic_time(struct lab_traffic *traffic, struct nlab_word word,
		     struct nlab_err *err);
/* "30s link r1:r2 down", to be freed. */
char *lab_event_text(const struct lab *lab, const struct lab_event *event);
/* Link of a device of a node, and which end it is; SIZE_MAX if there is none. */
size_t lab_find_port(const struct lab *lab, size_t node, const char *dev,
		     unsigned int *end);
/* Names that no node may have, ends with NULL. */
extern const char *const lab_reserved[];
/* Index of a node, or -1. */
long lab_find(const struct lab *lab, const char *name);
/* The parameter that a direction has, its default if it has none. */
uint64_t lab_link_value(const struct nlab_link_dir *dir,
			enum nlab_link_key key);

/* Has one of two directions a parameter? */
bool lab_any_set(const struct nlab_link_dir *dir);

/* parse_script.c */
bool lab_script_same(const struct lab_script *a, const struct lab_script *b,
		     enum nlab_link_source_kind kind);
bool lab_any_script(const struct lab_link *link);
/* Is this value one that needs a table? Or that which the direction has? */
bool lab_is_table(enum nlab_link_key key, uint64_t value);
bool lab_has_table(const struct nlab_link_dir *dir, enum nlab_link_key key);
/* Has each direction the table that its parameters name? */
int lab_check_tables(const struct lab *lab, struct nlab_err *err);

/* Longest text of an address with its length. */
#define LAB_ADDR_TEXT	(NLAB_PREFIX_TEXT + 4)
const char *lab_addr_text(char *buf, const struct lab_addr *addr);

/* diff.c */

/**
 * enum lab_verb - Steps in the order in which they are taken.
 */
enum lab_verb {
	LAB_EVENTS_DEL,
	LAB_SERVICE_DEL,
	LAB_ROUTE_DEL,
	LAB_ADDR_DEL,
	LAB_LINK_DEL,
	LAB_NODE_DEL,
	LAB_NODE_ADD,
	LAB_LINK_ADD,
	LAB_LINK_SET,
	LAB_ADDR_ADD,
	LAB_SYSCTL_SET,
	LAB_FILE_SET,
	LAB_FILE_DEL,
	LAB_XLAT_SET,
	LAB_ROUTE_ADD,
	LAB_SERVICE_ADD,
	LAB_SCRIPT_SET,
	LAB_EVENTS_ADD,
	LAB_VERBS,
};

/**
 * struct lab_step - One difference between two labs.
 * @verb: What is to be done.
 * @lab: The lab that @node, @link and @item are of: the old one for what goes,
 *	the new one for all else.
 * @node: Index of a node.
 * @link: Index of a link; @end which end, @old its index in the old lab.
 * @item: Index of an address, a route, a file, a service, ...
 * @daemon: @item is a daemon of FRR and no service.
 * @again: Done to restore what another step takes along, no difference.
 */
struct lab_step {
	enum lab_verb verb;
	const struct lab *lab;
	size_t node, link, old, item;
	unsigned int end;
	bool daemon, again;
};

struct lab_plan {
	struct lab_step *step;
	size_t count, room;
	struct lab *arena;
};

/**
 * lab_diff() - Find the steps from one lab to another.
 * @plan: Result, in the order of their verbs; memory is of @to.
 * @from: What there is; a lab without nodes for nothing.
 * @to: What there shall be.
 */
void lab_diff(struct lab_plan *plan, const struct lab *from, struct lab *to);
/* plan.c: write a step on one line. */
void lab_step_print(FILE *file, const struct lab_step *step,
		    const struct lab *from);

/* graph.c */
void lab_graph_dot(FILE *file, const struct lab *lab);
void lab_graph_mermaid(FILE *file, const struct lab *lab);
/* Parameters of a direction that are no defaults, " delay 5ms"; returns
 * whether there was one.
 */
bool lab_dir_print(FILE *file, const struct nlab_link_dir *dir);

#endif
