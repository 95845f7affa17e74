// SPDX-License-Identifier: GPL-2.0
/* Services of nodes. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <linux/close_range.h>
#include <linux/sched.h>
#include <signal.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "sys.h"

enum {
	ZEBRA_WAIT_MS = 60000,
	STEP_MS = 10,
	/* Children that have not begun yet, each with a file of ours. */
	BEGUN_MAX = 1000,
};

#define FRR_DIR	"/usr/lib/frr"

static void pause_ms(long ms)
{
	struct timespec ts = { .tv_nsec = ms * 1000000 };

	nanosleep(&ts, NULL);
}

/**
 * struct program - What is to run in a node.
 * @group: Control group to be joined, or NULL.
 * @waits: For the gate.
 */
struct program {
	struct lab_run *run;
	const struct lab_node *node;
	const char *group;
	char *const *argv;
	bool waits;
};

void lab_child_begin(int log)
{
	int null = open("/dev/null", O_RDONLY | O_CLOEXEC);

	setsid();
	dup2(null, 0);
	dup2(log, 1);
	dup2(log, 2);
	if (chdir("/"))
		dprintf(2, "can't change to /\n");
	/* A pipe of our caller would never end. */
	close_range(3, ~0U, CLOSE_RANGE_CLOEXEC);
	lab_conn_limit_back();
}

static void run_program(void *arg, int log, struct nlab_err *err)
{
	const struct program *program = arg;
	char nothing;

	lab_child_begin(log);
	/* The gate opens when nobody holds this end any more. */
	if (program->waits)
		close(program->run->gate[1]);
	if (lab_node_enter(program->run, program->node->name, program->group,
			   err))
		return;
	while (program->waits && read(program->run->gate[0], &nothing, 1) < 0 &&
	       errno == EINTR)
		;
	execv(program->argv[0], program->argv);
	lab_sys_fail(err, "can't run %s", program->argv[0]);
}

/* --- beginning ---
 *
 * Programs of many nodes begin together: what runs already would have the
 * processor while we start the others, and hundreds of daemons of routing
 * protocols, which find each other one by one, have it to themselves.
 */

/* A child that tells through the pipe why it could not begin; one that begins
 * closes it.
 */
struct lab_begun {
	int pipe;
	char what[NLAB_PLACE];
	const struct lab_step *step;
	struct lab_begun *next;
};

/* fork(2), with the child in a control group. To move it there would have each
 * wait for a grace period, and for all that run already.
 */
static pid_t fork_into(int group)
{
	struct clone_args args = {
		.flags = CLONE_INTO_CGROUP,
		.exit_signal = SIGCHLD,
		.cgroup = group,
	};

	/* Linux 5.7; our kernels are newer. */
	return group < 0 ? fork() :
			   (pid_t)syscall(SYS_clone3, &args, sizeof(args));
}

static int begin(const char *path, int group,
		 void (*child)(void *arg, int log, struct nlab_err *err),
		 void *arg, int *pipe, struct nlab_err *err)
{
	int fds[2], log;
	pid_t pid;

	log = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
	if (log < 0)
		return lab_sys_fail(err, "can't write %s", path);
	if (pipe2(fds, O_CLOEXEC)) {
		close(log);
		return lab_sys_fail(err, "can't make a pipe");
	}
	pid = fork_into(group);
	if (!pid) {
		child(arg, log, err);
		if (write(fds[1], err->text, strlen(err->text)) < 0)
			_exit(126);
		_exit(127);
	}
	close(fds[1]);
	close(log);
	if (pid < 0) {
		close(fds[0]);
		return lab_sys_fail(err, "can't fork");
	}
	*pipe = fds[0];
	return 0;
}

static int hear(int pipe, const char *what, struct nlab_err *err)
{
	char text[NLAB_ERR_TEXT / 2] = "";
	ssize_t got;

	do
		got = read(pipe, text, sizeof(text) - 1);
	while (got < 0 && errno == EINTR);
	close(pipe);
	return got <= 0 ? 0 : nlab_fail(err, NLAB_FAULT_KERNEL, ENOEXEC,
					"%s: %s", what, text);
}

int lab_spawn(const char *path, const char *what,
	      void (*child)(void *arg, int log, struct nlab_err *err),
	      void *arg, struct nlab_err *err)
{
	int pipe, ret = begin(path, -1, child, arg, &pipe, err);

	return ret ? ret : hear(pipe, what, err);
}

int lab_hear_all(struct lab_run *run, struct nlab_err *err)
{
	int ret = 0;

	if (run->gated) {
		close(run->gate[0]);
		close(run->gate[1]);
	}
	run->gated = false;
	/* The list has the last one first. */
	while (run->begun) {
		struct lab_begun *one = run->begun;
		int result = hear(one->pipe, one->what, err);

		if (result) {
			run->step = one->step;
			ret = result;
		}
		run->begun = one->next;
		free(one);
		run->begun_count--;
	}
	return ret;
}

/* The same, but what it runs waits for the others, until lab_hear_all(). */
static int begin_later(struct lab_run *run, const char *path, int group,
		       struct program *program, const char *what,
		       struct nlab_err *err)
{
	struct lab_begun *one;
	int ret;

	if (!run->gated && pipe2(run->gate, O_CLOEXEC))
		return lab_sys_fail(err, "can't make a pipe");
	run->gated = true;
	one = malloc(sizeof(*one));
	if (!one)
		return nlab_fail(err, NLAB_FAULT_KERNEL, ENOMEM,
				 "out of memory");
	program->waits = true;
	ret = begin(path, group, run_program, program, &one->pipe, err);
	if (ret) {
		free(one);
		return ret;
	}
	snprintf(one->what, sizeof(one->what), "%s", what);
	one->step = run->step;
	one->next = run->begun;
	run->begun = one;
	return ++run->begun_count < BEGUN_MAX ? 0 : lab_hear_all(run, err);
}

static int start(struct lab_run *run, const struct lab_node *node,
		 const char *group, char *const argv[], struct nlab_err *err)
{
	struct program program = { run, node, group, argv, false };
	char path[LAB_PATH], what[NLAB_PLACE];
	int ret, fd, pipe;

	if (mkdir(lab_path(path, run, "nodes/%s/log", node->name), 0755) &&
	    errno != EEXIST)
		return lab_sys_fail(err, "can't make %s", path);
	snprintf(what, sizeof(what), "node %s: %s", node->name, group);
	lab_path(path, run, "nodes/%s/log/%s.log", node->name, group);
	ret = lab_group_open(run, node->name, group, &fd, err);
	if (ret)
		return ret;
	/* Born in it. */
	if (fd >= 0)
		program.group = NULL;
	/* Only what is in a group is found whenever we end. */
	if (fd >= 0 && run->collect) {
		ret = begin_later(run, path, fd, &program, what, err);
	} else {
		ret = begin(path, fd, run_program, &program, &pipe, err);
		ret = ret ? ret : hear(pipe, what, err);
	}
	if (fd >= 0)
		close(fd);
	return ret;
}

static int start_frr(struct lab_run *run, const struct lab_node *node,
		     const struct lab_pair *daemon, struct nlab_err *err)
{
	char program[64], config[64], pid[64], group[64], path[LAB_PATH];
	char *argv[] = { program, "-f", config, "-i", pid, "-z",
			 "/run/frr/zserv.api", "--vty_socket", "/run/frr",
			 NULL };
	int ret;

	snprintf(program, sizeof(program), FRR_DIR "/%s", daemon->name);
	snprintf(config, sizeof(config), "/etc/frr/%s.conf", daemon->name);
	snprintf(pid, sizeof(pid), "/run/frr/%s.pid", daemon->name);
	snprintf(group, sizeof(group), "frr.%s", daemon->name);
	if (mkdir(lab_path(path, run, "nodes/%s/run/frr", node->name), 0755) &&
	    errno != EEXIST)
		return lab_sys_fail(err, "can't make %s", path);
	/* What vtysh(1) complains about otherwise. */
	ret = lab_file_write(run, node->name, "/etc/frr/vtysh.conf", "", true,
			     err);
	if (!ret)
		ret = lab_file_write(run, node->name, config, daemon->text,
				     true, err);
	return ret ? ret : start(run, node, group, argv, err);
}

int lab_service_start(struct lab_run *run, const struct lab_node *node,
		      const struct lab_pair *service, bool frr,
		      struct nlab_err *err)
{
	char *argv[] = { "/bin/sh", "-c", (char *)(uintptr_t)service->text,
			 NULL };
	int ret = lab_inside_make(run, node->name, err);

	if (ret)
		return ret;
	return frr ? start_frr(run, node, service, err) :
		     start(run, node, service->name, argv, err);
}

/* The others try to reach it once, and then not again for ten seconds. */
int lab_zebra_wait(struct lab_run *run, const struct lab_node *node,
		   struct nlab_err *err)
{
	char path[LAB_PATH], below[LAB_NODE_NAME + 16];
	int waited;

	lab_path(path, run, "nodes/%s/run/frr/zserv.api", node->name);
	snprintf(below, sizeof(below), "%s/frr.zebra", node->name);
	for (waited = 0; access(path, F_OK); waited += STEP_MS) {
		if (lab_stop)
			return nlab_fail(err, NLAB_FAULT_INPUT, EINTR,
					 "interrupted");
		if (waited > ZEBRA_WAIT_MS || !lab_group_count(run, below))
			return nlab_fail(err, NLAB_FAULT_KERNEL, ETIME,
					 "node %s: zebra %s; a wrong line in its configuration is the usual reason: '%s -C -f FILE' tells",
					 node->name, waited > ZEBRA_WAIT_MS ?
					 "does not answer" : "has ended",
					 FRR_DIR "/zebra");
		pause_ms(STEP_MS);
	}
	return 0;
}

bool lab_program_there(const char *program)
{
	const char *rest = getenv("PATH");
	char path[LAB_PATH];
	size_t len;

	for (; rest && *rest; rest += len + (rest[len] == ':')) {
		len = strcspn(rest, ":");
		snprintf(path, sizeof(path), "%.*s/%s", (int)len, rest,
			 program);
		if (!access(path, X_OK))
			return true;
	}
	return false;
}

const char *lab_tcpdump_missing(void)
{
	if (!lab_program_there("tcpdump"))
		return "there is no program tcpdump: install the package tcpdump";
	if (lab_groups_denied())
		return "tcpdump sets its groups, which this user namespace may not: 'unshare -Urnm --map-auto' makes one that may";
	return NULL;
}

static int check_program(const struct lab *lab, struct lab_place place,
			 const char *name, struct nlab_err *err)
{
	return lab_program_there(name) ? 0 :
	       lab_blame(lab, place, err,
			 "there is no program %s: install the package %s", name,
			 name);
}

int lab_programs_check(const struct lab *lab, struct nlab_err *err)
{
	char path[64];
	size_t i, j;
	int ret = 0;

	for (i = 0; i < lab->node_count; i++)
		for (j = 0; j < lab->nodes[i].frr.count; j++) {
			const struct lab_pair *pair =
				&lab->nodes[i].frr.list[j];

			snprintf(path, sizeof(path), FRR_DIR "/%s", pair->name);
			if (access(path, X_OK))
				return lab_blame(lab, pair->place, err,
						 "there is no %s: install the package frr",
						 path);
		}
	for (i = 0; i < lab->event_count && !ret; i++)
		if (lab->events[i].kind == LAB_EVENT_TRAFFIC)
			ret = check_program(lab, lab->events[i].place, "iperf3",
					    err);
	if (lab->capture_count && !ret && lab_tcpdump_missing())
		ret = lab_blame(lab, lab->captures[0].place, err, "%s",
				lab_tcpdump_missing());
	return ret;
}
