// SPDX-License-Identifier: GPL-2.0
/* import-lab: networks of other formats as a lab file. */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "../lab/graphml.h"
#include "../lib/import.h"
#include "cmd.h"

/**
 * struct wish - What is to be in the file beside the network.
 * @rate: Of all links, or NULL.
 * @routing: Protocol of all routers, or NULL.
 */
struct wish {
	const char *rate, *routing;
	char name[LAB_NAME];
};

static int take_rate(struct wish *wish, const char *value, struct nlab_err *err)
{
	struct nlab_link_dir dir = { .value = { 0 } };

	wish->rate = value;
	return nlab_link_parse(&dir, nlab_word("rate"), nlab_word(value), err);
}

static int take_wishes(struct wish *wish, int argc, char **argv,
		       struct nlab_err *err)
{
	static const char *const keys[] = { "rate", "routing", NULL };
	int i, j, ret = 0;

	for (i = 0; i < argc && !ret; i += 2) {
		const char *value = i + 1 < argc ? argv[i + 1] : "";

		if (!strcmp(argv[i], "rate")) {
			ret = take_rate(wish, value, err);
		} else if (!strcmp(argv[i], "routing")) {
			wish->routing = value;
			for (j = 0; lab_proto_names[j] &&
				    strcmp(lab_proto_names[j], value);)
				j++;
			if (!lab_proto_names[j])
				ret = nlab_unknown(err, "routing protocol",
						   nlab_word(value),
						   lab_proto_names);
		} else {
			ret = nlab_unknown(err, "key", nlab_word(argv[i]),
					   keys);
		}
	}
	return ret;
}

/* What of a text may be in the name of a lab. */
static void name_lab(struct wish *wish, const char *text)
{
	const char *slash = strrchr(text, '/');
	size_t used = 0;

	for (text = slash ? slash + 1 : text;
	     *text && *text != '.' && used < sizeof(wish->name) - 1; text++)
		if (strchr("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_",
			   *text))
			wish->name[used++] = *text;
	if (!used)
		strcpy(wish->name, "imported");
}

static void print_router(const struct wish *wish)
{
	if (wish->routing)
		printf("{kind: router, routing: %s}", wish->routing);
	else
		fputs("router", stdout);
}

static void print_head(const struct wish *wish, const char *pool,
		       const char *loopbacks)
{
	printf("lab: %s\npool: %s\n", wish->name, pool);
	if (loopbacks)
		printf("loopback-pool: %s\n", loopbacks);
	if (wish->rate)
		printf("link-defaults: {rate: %s}\n", wish->rate);
}

/* --- GraphML --- */

static void print_graph(const struct graph *graph, const struct wish *wish)
{
	const struct graph_edge *edge;
	uint64_t delay;
	size_t i;

	print_head(wish, "10.0.0.0/8", "172.16.0.0/16");
	puts("nodes:");
	for (i = 0; i < graph->node_count; i++) {
		printf("  %s: ", graph->nodes[i].name);
		print_router(wish);
		putchar('\n');
	}
	puts("links:");
	for (i = 0; i < graph->edge_count; i++) {
		edge = &graph->edges[i];
		/* A link has two ends. */
		if (edge->node[0] == edge->node[1])
			continue;
		printf("  - {ends: [%s, %s]", graph->nodes[edge->node[0]].name,
		       graph->nodes[edge->node[1]].name);
		if (!graph_delay(graph, edge, &delay))
			puts("}  # how far is not known");
		else
			printf(", delay: %" PRIu64 "us}\n",
			       (delay + 500) / 1000);
	}
}

static int import_graphml(struct ctx *ctx, const char *path, struct wish *wish)
{
	struct graph graph = { .label = NULL };
	char *text = NULL;
	size_t len = 0;
	int ret = nlab_file_read(path, &text, &len, &ctx->err);

	if (!ret)
		ret = graphml_parse(&graph, strcmp(path, "-") ? path : "stdin",
				    (struct nlab_word){ text, len },
				    &ctx->err);
	if (!ret) {
		name_lab(wish, graph.label ? graph.label : path);
		printf("# from GraphML, by nlabctl import-lab: delays are those of light in fibre\n# along the great circle\n");
		print_graph(&graph, wish);
	}
	lab_free(&graph.arena);
	free(text);
	return ret;
}

/* --- topologies as Mininet names them --- */

/**
 * struct topology - Name with numbers, as "tree,3,2".
 * @number: Those that are not given have their usual value; @numbers may be.
 */
struct topology {
	const char *name;
	const char *words;
	unsigned int numbers;
	uint32_t number[2];
	uint64_t (*count)(const struct topology *topology);
	void (*print_nodes)(const struct topology *topology);
	void (*print_links)(const struct topology *topology);
};

static void print_numbered(const char *letter, const char *kind, uint32_t count)
{
	uint32_t i;

	for (i = 1; i <= count; i++)
		printf("  %s%" PRIu32 ": %s\n", letter, i, kind);
}

static uint64_t single_count(const struct topology *topology)
{
	return (uint64_t)topology->number[0] + 1;
}

static void single_nodes(const struct topology *topology)
{
	print_numbered("s", "switch", 1);
	print_numbered("h", "host", topology->number[0]);
}

static void single_links(const struct topology *topology)
{
	uint32_t i;

	for (i = 1; i <= topology->number[0]; i++)
		printf("  - {ends: [s1, h%" PRIu32 "]}\n", i);
}

static uint64_t linear_count(const struct topology *topology)
{
	return (uint64_t)topology->number[0] * (topology->number[1] + 1);
}

static void linear_nodes(const struct topology *topology)
{
	print_numbered("s", "switch", topology->number[0]);
	print_numbered("h", "host", topology->number[0] * topology->number[1]);
}

static void linear_links(const struct topology *topology)
{
	uint32_t i, j, host = 1;

	for (i = 1; i <= topology->number[0]; i++) {
		for (j = 0; j < topology->number[1]; j++)
			printf("  - {ends: [s%" PRIu32 ", h%" PRIu32 "]}\n", i,
			       host++);
		if (i > 1)
			printf("  - {ends: [s%" PRIu32 ", s%" PRIu32 "]}\n",
			       i - 1, i);
	}
}

static uint64_t power(uint32_t base, uint32_t exponent)
{
	uint64_t result = 1;

	while (exponent-- && result <= LAB_NODES_MAX)
		result *= base;
	return result;
}

/* Switches of all levels above the hosts. */
static uint64_t tree_switches(const struct topology *topology)
{
	uint64_t sum = 0;
	uint32_t level;

	for (level = 0; level < topology->number[0] && sum <= LAB_NODES_MAX;
	     level++)
		sum += power(topology->number[1], level);
	return sum;
}

static uint64_t tree_count(const struct topology *topology)
{
	return tree_switches(topology) + power(topology->number[1],
					       topology->number[0]);
}

static void tree_nodes(const struct topology *topology)
{
	print_numbered("s", "switch", (uint32_t)tree_switches(topology));
	print_numbered("h", "host", (uint32_t)power(topology->number[1],
						    topology->number[0]));
}

/* Depth first, which is how Mininet numbers them. Returns the next switch. */
static uint32_t tree_below(const struct topology *topology, uint32_t depth,
			   uint32_t self, uint32_t *host)
{
	uint32_t next = self + 1, i;

	for (i = 0; i < topology->number[1]; i++) {
		if (depth == 1) {
			printf("  - {ends: [s%" PRIu32 ", h%" PRIu32 "]}\n",
			       self, (*host)++);
			continue;
		}
		printf("  - {ends: [s%" PRIu32 ", s%" PRIu32 "]}\n", self,
		       next);
		next = tree_below(topology, depth - 1, next, host);
	}
	return next;
}

static void tree_links(const struct topology *topology)
{
	uint32_t host = 1;

	tree_below(topology, topology->number[0], 1, &host);
}

static const struct topology topologies[] = {
	{ "minimal", "minimal", 0, { 2, 0 }, single_count, single_nodes,
	  single_links },
	{ "single", "single,HOSTS", 1, { 2, 0 }, single_count, single_nodes,
	  single_links },
	{ "linear", "linear,SWITCHES,HOSTS", 2, { 2, 1 }, linear_count,
	  linear_nodes, linear_links },
	{ "tree", "tree,DEPTH,FANOUT", 2, { 1, 2 }, tree_count, tree_nodes,
	  tree_links },
	{ 0 },
};

/* ",3,2" */
static int take_numbers(struct topology *topology, const char *rest,
			struct nlab_err *err)
{
	unsigned long number;
	unsigned int i = 0;
	char *end;

	for (; *rest == ',' && i < topology->numbers; i++) {
		number = strtoul(rest + 1, &end, 10);
		if (rest[1] < '0' || rest[1] > '9' || !number ||
		    number > LAB_NODES_MAX)
			break;
		topology->number[i] = (uint32_t)number;
		rest = end;
	}
	if (*rest)
		return nlab_fail(err, NLAB_FAULT_INPUT, EINVAL,
				 "bad numbers of '%s', which is %s",
				 topology->name, topology->words);
	if (topology->count(topology) > LAB_NODES_MAX)
		return nlab_fail(err, NLAB_FAULT_INPUT, EINVAL,
				 "more than %d nodes", LAB_NODES_MAX);
	return 0;
}

static int import_mininet(struct ctx *ctx, const char *word, struct wish *wish)
{
	const char *names[sizeof(topologies) / sizeof(*topologies)];
	struct nlab_word name = nlab_word(word);
	struct topology topology;
	unsigned int i;
	int ret;

	name.len = strcspn(word, ",");
	for (i = 0; topologies[i].name; i++) {
		names[i] = topologies[i].name;
		if (nlab_word_is(name, names[i]))
			break;
	}
	names[i] = NULL;
	if (!topologies[i].name)
		return nlab_unknown(&ctx->err, "topology", name, names);
	if (wish->routing)
		return nlab_fail(&ctx->err, NLAB_FAULT_INPUT, EINVAL,
				 "the topologies of Mininet have no routers");
	topology = topologies[i];
	ret = take_numbers(&topology, word + name.len, &ctx->err);
	if (ret)
		return ret;
	name_lab(wish, topology.name);
	print_head(wish, "10.0.0.0/8", NULL);
	puts("nodes:");
	topology.print_nodes(&topology);
	puts("links:");
	topology.print_links(&topology);
	return 0;
}

int cmd_import_lab(struct ctx *ctx, int argc, char **argv)
{
	static const char *const formats[] = { "graphml", "mininet", NULL };
	struct wish wish = { .rate = NULL };
	int ret;

	if (strcmp(argv[0], formats[0]) && strcmp(argv[0], formats[1]))
		return nlab_unknown(&ctx->err, "format", nlab_word(argv[0]),
				    formats);
	ret = take_wishes(&wish, argc - 2, argv + 2, &ctx->err);
	if (ret)
		return ret;
	return argv[0][0] == 'g' ? import_graphml(ctx, argv[1], &wish) :
				   import_mininet(ctx, argv[1], &wish);
}
