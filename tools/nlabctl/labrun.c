// SPDX-License-Identifier: GPL-2.0
/* exec, shell, run, wait: what is done in labs that are there. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "../lab/sys.h"
#include "cmd.h"

enum {
	WAIT_SECONDS = 60,
	STEP_MS = 20,
	/* A router says once in five seconds what has changed (RFC 2328 appendix
	 * B, MinLSInterval).
	 */
	CALM_MS = 6000,
	LOOK_MS = 500,
	NOT_RUN = 127,
	BY_SIGNAL = 128,
};

/* --- exec and shell --- */

struct search {
	const char *node;
	char labs[NLAB_PLACE / 2];
	char lab[LAB_NAME];
	unsigned int found;
};

static int look_in(const char *name, void *arg)
{
	struct search *search = arg;
	char path[LAB_PATH];
	size_t used = strlen(search->labs);

	snprintf(path, sizeof(path), LAB_ROOT "/%s/lab/nodes/%s/net", name,
		 search->node);
	if (access(path, F_OK))
		return 0;
	snprintf(search->lab, sizeof(search->lab), "%s", name);
	snprintf(search->labs + used, sizeof(search->labs) - used, "%s%s/%s",
		 search->found++ ? ", " : "", name, search->node);
	return 0;
}

/* NODE, or LAB/NODE where several labs have one of that name. */
static int find_node(struct ctx *ctx, const char *word, struct lab_run *run,
		     const char **node)
{
	struct search search = { .node = word };
	const char *slash = strchr(word, '/');
	char quoted[NLAB_QUOTED];
	int ret;

	nlab_quote(quoted, nlab_word(word));
	if (slash) {
		search.node = slash + 1;
		snprintf(search.lab, sizeof(search.lab), "%.*s",
			 (int)(slash - word), word);
	}
	if (!*search.node || strchr(search.node, '/') ||
	    search.node[0] == '.' || strlen(search.node) >= LAB_NODE_NAME)
		return nlab_fail(&ctx->err, NLAB_FAULT_INPUT, EINVAL,
				 "bad node %s: NODE or LAB/NODE", quoted);
	if (slash) {
		char lab[LAB_NAME];

		strcpy(lab, search.lab);
		look_in(lab, &search);
	} else {
		lab_each(LAB_ROOT, look_in, &search);
	}
	if (!search.found)
		return nlab_fail(&ctx->err, NLAB_FAULT_INPUT, ENOENT,
				 "no node %s ('nlabctl show-lab LAB' lists them)",
				 quoted);
	if (search.found > 1)
		return nlab_fail(&ctx->err, NLAB_FAULT_INPUT, EINVAL,
				 "several labs have a node %s: say one of %s",
				 quoted, search.labs);
	ret = lab_open(run, search.lab, false, false, &ctx->err);
	*node = search.node;
	return ret;
}

static int enter_and_run(struct ctx *ctx, const char *word, char **argv)
{
	struct lab_run run;
	const char *node = NULL;
	int ret;

	if (ctx->batch)
		return nlab_fail(&ctx->err, NLAB_FAULT_INPUT, EINVAL,
				 "a program can't be run from a batch file");
	ret = find_node(ctx, word, &run, &node);
	if (!ret)
		ret = lab_node_enter(&run, node, "nlabctl.exec",
				     &ctx->err);
	if (ret)
		return ret;
	/* A folder of this name is the machine's, not that of the node. */
	if (chdir("/"))
		return lab_sys_fail(&ctx->err, "can't change to /");
	execvp(argv[0], argv);
	ret = lab_sys_fail(&ctx->err, "can't run '%s'", argv[0]);
	ctx->err.fault = NLAB_FAULT_INPUT;
	return ret;
}

int cmd_exec(struct ctx *ctx, int argc, char **argv)
{
	(void)argc;
	return enter_and_run(ctx, argv[0], argv + 1);
}

int cmd_shell(struct ctx *ctx, int argc, char **argv)
{
	const char *shell = getenv("SHELL");
	char *args[] = { (char *)(uintptr_t)(shell && *shell ? shell :
					     "/bin/sh"), NULL };

	(void)argc;
	return enter_and_run(ctx, argv[0], args);
}

/* --- run --- */

/* Waits for the command; a signal that we got is handed on to it once. */
static int wait_child(pid_t pid)
{
	bool told = false;
	int status;

	while (waitpid(pid, &status, 0) < 0) {
		if (errno != EINTR)
			return NOT_RUN;
		if (lab_stop && !told)
			kill(pid, SIGTERM);
		told = lab_stop;
	}
	return WIFSIGNALED(status) ? BY_SIGNAL + WTERMSIG(status) :
				     WEXITSTATUS(status);
}

static int run_command(struct ctx *ctx, const char *lab, char **argv, int cwd)
{
	pid_t pid;

	fflush(stdout);
	pid = fork();
	if (pid < 0)
		return lab_sys_fail(&ctx->err, "can't fork");
	if (!pid) {
		setenv("NLAB_LAB", lab, 1);
		lab_conn_limit_back();
		if (!fchdir(cwd))
			execvp(argv[0], argv);
		fprintf(stderr, "nlabctl: can't run '%s': %s\n", argv[0],
			strerror(errno));
		_exit(NOT_RUN);
	}
	ctx->status = wait_child(pid);
	return 0;
}

int cmd_run(struct ctx *ctx, int argc, char **argv)
{
	int cwd = open(".", O_RDONLY | O_DIRECTORY | O_CLOEXEC), ret;
	bool quiet = ctx->opt.quiet;
	char path[LAB_PATH], name[LAB_NAME];
	struct lab_run run;
	struct lab lab;
	int words = 1;
	char *text;

	if (ctx->batch || cwd < 0)
		return nlab_fail(&ctx->err, NLAB_FAULT_INPUT, EINVAL,
				 "a program can't be run from here");
	/* As those of env(1). */
	while (words < argc && strchr(argv[words], '='))
		words++;
	if (words == argc)
		return nlab_fail(&ctx->err, NLAB_FAULT_INPUT, EINVAL,
				 "no program to run, usage: nlabctl run FILE [NAME=VALUE]... -- COMMAND...");
	/* Its lab is its own: one that is there already would be destroyed. */
	ret = lab_read_words(&lab, words, argv, &text, &ctx->err);
	snprintf(name, sizeof(name), "%s", lab.name);
	lab_free(&lab);
	free(text);
	if (ret)
		return ret;
	snprintf(path, sizeof(path), LAB_ROOT "/%s/lab/state", name);
	if (!access(path, F_OK))
		return nlab_fail(&ctx->err, NLAB_FAULT_INPUT, EEXIST,
				 "lab '%s' is there already; run makes one and removes it",
				 name);
	ctx->opt.quiet = true;
	ret = lab_apply_file(ctx, words, argv);
	ctx->opt.quiet = quiet;
	if (ret)
		return ret;
	ret = run_command(ctx, name, argv + words, cwd);
	close(cwd);
	if (!lab_open(&run, name, false, true, &ctx->err)) {
		int end = lab_destroy(&run, &ctx->err);

		ret = ret ? ret : end;
	}
	lab_close(&run);
	return ret;
}

/* --- wait --- */

/* Ends of links, sorted by their nodes, so that each node is asked once;
 * @missing is what was not up.
 */
struct ends {
	const struct lab_end **list;
	size_t count, next;
	const char *missing;
};

static int by_node(const void *a, const void *b)
{
	const struct lab_end *x = *(const struct lab_end *const *)a;
	const struct lab_end *y = *(const struct lab_end *const *)b;

	return (x->node > y->node) - (x->node < y->node);
}

static void collect_ends(struct ends *ends, struct lab *lab)
{
	size_t i;
	int d;

	ends->list = lab_alloc(lab, (2 * lab->link_count + 1) *
				    sizeof(*ends->list));
	for (i = 0; i < lab->link_count; i++)
		for (d = 0; d < 2; d++)
			ends->list[ends->count++] = &lab->links[i].end[d];
	qsort(ends->list, ends->count, sizeof(*ends->list), by_node);
}

/* Goes on to the next node when all ends of this one are up. */
static bool node_is_up(struct lab_run *run, const struct lab *lab,
		       struct ends *ends)
{
	size_t index = ends->list[ends->next]->node, at = ends->next;
	const struct lab_node *node = &lab->nodes[index];
	bool external = node->kind == LAB_EXTERNAL;
	struct nlab_err err;
	struct nlab *rt;

	ends->missing = "its namespace";
	if (!external && lab_rt(run, node->name, &rt, &err))
		return false;
	for (; at < ends->count && ends->list[at]->node == index; at++) {
		ends->missing = ends->list[at]->dev;
		if (!external && !rtnl_is_up(rt, ends->missing))
			return false;
	}
	ends->missing = "an address";
	if (!external && rtnl_is_tentative(rt))
		return false;
	ends->next = at;
	return true;
}

static bool daemon_is_up(struct lab_run *run, const struct lab_node *node,
			 const struct lab_pair *daemon)
{
	char path[LAB_PATH];

	return !access(lab_path(path, run, "nodes/%s/run/frr/%s.vty",
				node->name, daemon->name), F_OK);
}

/* Goes on from where something was missing; returns whether all is up. */
static bool all_up(struct lab_run *run, const struct lab *lab,
		   struct ends *ends, size_t *node)
{
	size_t i;

	while (ends->next < ends->count)
		if (!node_is_up(run, lab, ends))
			return false;
	for (; *node < lab->node_count; ++*node)
		for (i = 0; i < lab->nodes[*node].frr.count; i++)
			if (!daemon_is_up(run, &lab->nodes[*node],
					  &lab->nodes[*node].frr.list[i]))
				return false;
	return true;
}

/* Until when to wait. */
struct limit {
	struct timespec end;
	long seconds;
};

static bool wait_more(const struct limit *limit, unsigned int ms)
{
	struct timespec now, step = { ms / 1000, ms % 1000 * 1000000L };

	clock_gettime(CLOCK_MONOTONIC, &now);
	if (lab_stop || now.tv_sec > limit->end.tv_sec ||
	    (now.tv_sec == limit->end.tv_sec &&
	     now.tv_nsec >= limit->end.tv_nsec))
		return false;
	nanosleep(&step, NULL);
	return true;
}

static int interrupted(struct nlab_err *err)
{
	return nlab_fail(err, NLAB_FAULT_KERNEL, EINTR, "interrupted");
}

static int wait_up(struct ctx *ctx, struct lab_run *run, struct lab *lab,
		   const struct limit *limit)
{
	struct ends ends = { 0 };
	size_t node = 0;

	collect_ends(&ends, lab);
	while (!all_up(run, lab, &ends, &node)) {
		if (wait_more(limit, STEP_MS))
			continue;
		if (lab_stop)
			return interrupted(&ctx->err);
		if (ends.next < ends.count)
			return nlab_fail(&ctx->err, NLAB_FAULT_KERNEL, ETIME,
					 "node %s: %s is not up after %ld seconds",
					 lab->nodes[ends.list[ends.next]->node].name,
					 ends.missing, limit->seconds);
		return nlab_fail(&ctx->err, NLAB_FAULT_KERNEL, ETIME,
				 "node %s: not all daemons of FRR answer after %ld seconds",
				 lab->nodes[node].name, limit->seconds);
	}
	return 0;
}

/* Until each node has its routes; @digest is that of all. Not in one go if
 * @waited, and a route may have gone again.
 */
static int wait_routes(struct ctx *ctx, struct lab_run *run, struct lab *lab,
		       const struct lab_aim *aim, const struct limit *limit,
		       uint64_t *digest, bool *waited)
{
	size_t node = 0, missing = 0;

	*digest = 0;
	*waited = false;
	while (!lab_converged(run, aim, &node, &missing, digest)) {
		*waited = true;
		if (wait_more(limit, STEP_MS))
			continue;
		if (lab_stop)
			return interrupted(&ctx->err);
		if (missing == node)
			return nlab_fail(&ctx->err, NLAB_FAULT_KERNEL, EIO,
					 "can't read the routes of node %s: is the lab still there? (nlabctl show-lab)",
					 lab->nodes[node].name);
		return nlab_fail(&ctx->err, NLAB_FAULT_KERNEL, ETIME,
				 "node %s has no route to node %s after %ld seconds",
				 lab->nodes[node].name,
				 lab->nodes[missing].name, limit->seconds);
	}
	return 0;
}

/* A first way is not always the best. */
static int wait_converged(struct ctx *ctx, struct lab_run *run,
			  struct lab *lab, const struct limit *limit)
{
	const struct lab_aim *aim = lab_aim(lab);
	uint64_t was = 0, digest;
	unsigned int calm = 0;
	bool waited;
	int ret;

	while (calm < CALM_MS) {
		ret = wait_routes(ctx, run, lab, aim, limit, &digest, &waited);
		/* Without a digest nobody routes. */
		if (ret || (!digest && !waited))
			return ret;
		calm = !waited && digest == was ? calm + LOOK_MS : 0;
		was = digest;
		/* All that can be known in the time that was given. */
		if (!wait_more(limit, LOOK_MS) && !waited)
			return lab_stop ? interrupted(&ctx->err) : 0;
	}
	return 0;
}

int cmd_wait(struct ctx *ctx, int argc, char **argv)
{
	static const char *const states[] = { "up", "converged", NULL };
	bool converged = !strcmp(argv[1], states[1]);
	struct limit limit = { .seconds = WAIT_SECONDS };
	struct lab_view view;
	char *end;
	int ret;

	if (!converged && strcmp(argv[1], states[0]))
		return nlab_unknown(&ctx->err, "state of a lab",
				    nlab_word(argv[1]), states);
	if (argc == 3) {
		limit.seconds = strtol(argv[2], &end, 10);
		if (*end || end == argv[2] || limit.seconds < 0 ||
		    limit.seconds > 86400)
			return nlab_fail(&ctx->err, NLAB_FAULT_INPUT, EINVAL,
					 "bad number of seconds '%.20s', which is 0 to 86400",
					 argv[2]);
	}
	lab_catch_signals();
	clock_gettime(CLOCK_MONOTONIC, &limit.end);
	limit.end.tv_sec += limit.seconds;
	ret = lab_view_open(&view, argv[0], &ctx->err);
	if (!ret)
		ret = (converged ? wait_converged : wait_up)(ctx, &view.run,
							     &view.lab, &limit);
	lab_view_close(&view);
	return ret;
}
