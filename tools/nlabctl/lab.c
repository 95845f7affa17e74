// SPDX-License-Identifier: GPL-2.0
/* check, apply, destroy, show-lab, graph: labs as a whole. */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../lab/sys.h"
#include "cmd.h"

/* --- check --- */

int lab_read_words(struct lab *lab, int argc, char **argv, char **text,
		   struct nlab_err *err)
{
	char *given = NULL;
	size_t size = 0;
	FILE *file = open_memstream(&given, &size);
	int i, ret;

	for (i = 1; i < argc && file; i++)
		fwrite(argv[i], 1, strlen(argv[i]) + 1, file);
	if (!file || fclose(file))
		size = 0;
	ret = lab_read(lab, argv[0], (struct nlab_word){ given, size }, text,
		       err);
	free(given);
	return ret;
}

int cmd_check(struct ctx *ctx, int argc, char **argv)
{
	struct lab lab;
	json_t *object;
	char *text;
	int ret = lab_read_words(&lab, argc, argv, &text, &ctx->err);

	if (!ret && ctx->opt.json) {
		object = json_object();
		out_set_text(object, "lab", lab.name);
		out_set_number(object, "nodes", lab.node_count);
		out_set_number(object, "links", lab.link_count);
		out_json(ctx, object);
	} else if (!ret && !ctx->opt.quiet) {
		printf("lab %s: %zu nodes, %zu links\n", lab.name,
		       lab.node_count, lab.link_count);
	}
	lab_free(&lab);
	free(text);
	return ret;
}

/* --- apply --- */

static void stop(int signal)
{
	(void)signal;
	lab_stop = 1;
}

/* A second signal is not needed: every wait looks at the first. */
void lab_catch_signals(void)
{
	struct sigaction action = { .sa_handler = stop };

	sigaction(SIGINT, &action, NULL);
	sigaction(SIGTERM, &action, NULL);
	sigaction(SIGHUP, &action, NULL);
}

static size_t differences(const struct lab_plan *plan)
{
	size_t i, count = 0;

	for (i = 0; i < plan->count; i++)
		count += !plan->step[i].again;
	return count;
}

static void print_plan(struct ctx *ctx, const struct lab_plan *plan,
		       const struct lab *from)
{
	json_t *list = ctx->opt.json ? json_array() : NULL;
	size_t i, size;
	char *line;
	FILE *file;

	for (i = 0; i < plan->count; i++) {
		if (plan->step[i].again)
			continue;
		if (!list) {
			lab_step_print(stdout, &plan->step[i], from);
			continue;
		}
		file = open_memstream(&line, &size);
		if (!file)
			continue;
		lab_step_print(file, &plan->step[i], from);
		fclose(file);
		line[strcspn(line, "\n")] = '\0';
		json_array_append_new(list, json_string(line));
		free(line);
	}
	if (list)
		out_json(ctx, list);
}

static void print_applied(struct ctx *ctx, const struct lab *lab,
			  const struct lab *from, const struct lab_plan *plan)
{
	json_t *object;

	if (ctx->opt.json) {
		object = json_object();
		out_set_text(object, "lab", lab->name);
		out_set_number(object, "nodes", lab->node_count);
		out_set_number(object, "links", lab->link_count);
		out_set_number(object, "changes", differences(plan));
		out_json(ctx, object);
	} else if (!ctx->opt.quiet) {
		printf("lab %s: %zu nodes, %zu links, ", lab->name,
		       lab->node_count, lab->link_count);
		if (from->node_count)
			printf("%zu changes\n", differences(plan));
		else
			puts("made");
	}
}

/* Says once what veth and netem can't do. */
static void warn_lost(const struct lab *lab)
{
	const char *lost;
	size_t i;
	int d;

	fputs("nlabctl: links are veth pairs with netem: no queue before the line, no carrier, no counters of the wire, chance per burst and not per packet\n",
	      stderr);
	for (i = 0; i < lab->link_count; i++)
		for (d = 0; d < 2; d++) {
			lost = netem_lost(&lab->links[i].dir[d]);
			if (lost)
				fprintf(stderr, "%s:%u:%u: '%s' is not done by netem\n",
					lab->path, lab->links[i].place.line,
					lab->links[i].place.column, lost);
		}
	for (i = 0; i < lab->link_count; i++)
		if (lab_any_script(&lab->links[i]))
			fprintf(stderr, "%s:%u:%u: schedules, traces and tables are not done by netem\n",
				lab->path, lab->links[i].place.line,
				lab->links[i].place.column);
	for (i = 0; i < lab->event_count; i++)
		if (lab->events[i].carrier)
			fprintf(stderr, "%s:%u:%u: a veth pair has no wire that can be cut\n",
				lab->path, lab->events[i].place.line,
				lab->events[i].place.column);
}

static int take_link_kind(struct ctx *ctx, struct lab_run *run)
{
	static const char *const kinds[] = { "nlink", "veth+netem", NULL };
	const char *kind = ctx->opt.link;
	bool veth;

	if (!kind)
		return 0;
	veth = !strcmp(kind, kinds[1]);
	if (!veth && strcmp(kind, kinds[0]))
		return nlab_unknown(&ctx->err, "kind of links",
				    nlab_word(kind), kinds);
	if (lab_state_there(run) && veth != run->veth)
		return nlab_fail(&ctx->err, NLAB_FAULT_INPUT, EEXIST,
				 "the links of lab '%s' are of the other kind, destroy it first",
				 run->name);
	run->veth = veth;
	return 0;
}

/* What is there; an apply that was killed left something unknown. */
static int read_old(struct lab_run *run, struct lab *from, char **text,
		    struct nlab_err *err)
{
	char state[NLAB_DEV_NAME];

	memset(from, 0, sizeof(*from));
	*text = NULL;
	if (!lab_state_there(run))
		return 0;
	lab_note_read(run, "state", state, sizeof(state));
	if (!strcmp(state, "up"))
		return lab_state_read(run, from, text, err);
	return nlab_fail(err, NLAB_FAULT_KERNEL, EBUSY,
			 "lab '%s' is incomplete, an apply did not end: nlabctl destroy %s",
			 run->name, run->name);
}

static int apply(struct ctx *ctx, struct lab_run *run, struct lab *lab,
		 const char *text)
{
	struct lab_plan plan;
	struct lab from;
	char *old;
	int ret = read_old(run, &from, &old, &ctx->err);

	if (!ret)
		ret = take_link_kind(ctx, run);
	if (!ret) {
		lab_diff(&plan, &from, lab);
		if (ctx->opt.dry_run) {
			print_plan(ctx, &plan, &from);
		} else {
			if (run->veth && !from.node_count && !ctx->opt.quiet)
				warn_lost(lab);
			ret = lab_apply(run, lab, text, &from, &plan,
					&ctx->err);
			if (!ret)
				print_applied(ctx, lab, &from, &plan);
		}
	}
	lab_free(&from);
	free(old);
	return ret;
}

int lab_apply_file(struct ctx *ctx, int argc, char **argv)
{
	struct lab_run run;
	struct nlab_err other;
	struct lab lab;
	char *text;
	int ret = lab_read_words(&lab, argc, argv, &text, &ctx->err);

	if (!ret) {
		lab_catch_signals();
		ret = lab_open(&run, lab.name, !ctx->opt.dry_run, true,
			       &ctx->err);
		/* Nothing is there, and nothing shall be made. */
		if (ret == -ENOENT && ctx->opt.dry_run)
			ret = 0;
		if (!ret)
			ret = apply(ctx, &run, &lab, text);
		if (ret && run.lock >= 0 && !lab_state_there(&run))
			lab_state_remove(&run, &other);
		lab_close(&run);
	}
	lab_free(&lab);
	free(text);
	return ret;
}

int cmd_apply(struct ctx *ctx, int argc, char **argv)
{
	return lab_apply_file(ctx, argc, argv);
}

/* --- destroy --- */

int lab_destroy_name(struct ctx *ctx, const char *name)
{
	struct lab_run run;
	int ret = lab_open(&run, name, false, true, &ctx->err);

	if (!ret)
		ret = lab_destroy(&run, &ctx->err);
	lab_close(&run);
	return ret;
}

static int destroy_one(const char *name, void *arg)
{
	return lab_destroy_name(arg, name);
}

int cmd_destroy(struct ctx *ctx, int argc, char **argv)
{
	if (ctx->opt.all == (argc == 1))
		return nlab_fail(&ctx->err, NLAB_FAULT_INPUT, EINVAL,
				 "destroy needs the name of a lab, or --all");
	if (ctx->opt.all)
		return lab_each(LAB_ROOT, destroy_one, ctx);
	return lab_destroy_name(ctx, argv[0]);
}

/* --- graph --- */

enum graph_kind {
	GRAPH_DOT,
	GRAPH_MERMAID,
	GRAPH_SVG,
};

enum {
	/* Status of a shell that did not find the program. */
	SHELL_NOT_FOUND = 127,
};

static const char *const graph_kinds[] = { "dot", "mermaid", "svg", NULL };

/* Where things stand is the business of Graphviz. */
static int print_svg(const struct lab *lab, struct nlab_err *err)
{
	void (*before)(int);
	FILE *pipe;
	int status;

	fflush(stdout);
	pipe = popen("exec dot -Tsvg", "we");
	if (!pipe)
		return lab_sys_fail(err, "can't run dot(1)");
	/* Its end is told by its status. */
	before = signal(SIGPIPE, SIG_IGN);
	lab_graph_dot(pipe, lab);
	status = pclose(pipe);
	signal(SIGPIPE, before);
	if (WIFEXITED(status) && WEXITSTATUS(status) == SHELL_NOT_FOUND)
		return nlab_fail(err, NLAB_FAULT_ACCESS, ENOENT,
				 "dot(1) can't be run: is the package graphviz installed?");
	return status ? nlab_fail(err, NLAB_FAULT_ACCESS, EIO,
				  "dot(1) failed, what it says is above; 'nlabctl graph LAB dot' is what it read") :
			0;
}

static int print_graph(const struct lab *lab, unsigned int kind,
		       struct nlab_err *err)
{
	if (kind == GRAPH_SVG)
		return print_svg(lab, err);
	if (kind == GRAPH_MERMAID)
		lab_graph_mermaid(stdout, lab);
	else
		lab_graph_dot(stdout, lab);
	return 0;
}

int cmd_graph(struct ctx *ctx, int argc, char **argv)
{
	const char *word = argc == 2 ? argv[1] : graph_kinds[GRAPH_DOT];
	unsigned int kind = 0;
	bool file = strpbrk(argv[0], "./-") && !access(argv[0], R_OK);
	struct lab_run run;
	struct lab lab;
	char *text;
	int ret;

	while (graph_kinds[kind] && strcmp(word, graph_kinds[kind]))
		kind++;
	if (!graph_kinds[kind])
		return nlab_unknown(&ctx->err, "kind of graph",
				    nlab_word(word), graph_kinds);
	if (file || !strcmp(argv[0], "-")) {
		ret = lab_read_words(&lab, 1, argv, &text, &ctx->err);
	} else {
		memset(&lab, 0, sizeof(lab));
		text = NULL;
		ret = lab_open(&run, argv[0], false, false, &ctx->err);
		if (!ret)
			ret = lab_state_read(&run, &lab, &text, &ctx->err);
		lab_close(&run);
	}
	if (!ret)
		ret = print_graph(&lab, kind, &ctx->err);
	lab_free(&lab);
	free(text);
	return ret;
}
