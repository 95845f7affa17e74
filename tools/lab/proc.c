// SPDX-License-Identifier: GPL-2.0
/* Processes of a lab: each service of each node has a control group below that
 * of the lab, so that all of it can be killed whatever it forked.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <linux/close_range.h>
#include <time.h>
#include <unistd.h>

#include "sys.h"

enum {
	KILL_WAIT_MS = 10000,
	ZEBRA_WAIT_MS = 60000,
	STEP_MS = 10,
};

#define FRR_DIR	"/usr/lib/frr"

static void pause_ms(long ms)
{
	struct timespec ts = { .tv_nsec = ms * 1000000 };

	nanosleep(&ts, NULL);
}

/* --- control groups --- */

/* Where the second version of control groups is mounted. */
static int find_cgroup(char *buf, size_t size)
{
	FILE *file = fopen("/proc/self/mountinfo", "re");
	char *line = NULL;
	bool found = false;
	size_t room = 0;

	while (file && !found && getline(&line, &room, file) >= 0) {
		char path[LAB_PATH / 2];

		if (!strstr(line, " - cgroup2 ") ||
		    sscanf(line, "%*s %*s %*s %*s %255s", path) != 1)
			continue;
		snprintf(buf, size, "%s", path);
		found = true;
	}
	free(line);
	if (file)
		fclose(file);
	return found ? 0 : -ENOENT;
}

/* That of the caller, below @root; a user may have been given it. */
static void own_cgroup(char *buf, size_t size, const char *root)
{
	FILE *file = fopen("/proc/self/cgroup", "re");
	char *line = NULL;
	size_t room = 0;

	snprintf(buf, size, "%s", root);
	while (file && getline(&line, &room, file) >= 0) {
		line[strcspn(line, "\n")] = '\0';
		if (!strncmp(line, "0::/", 4) && line[4])
			snprintf(buf, size, "%s%s", root, line + 3);
	}
	free(line);
	if (file)
		fclose(file);
}

/* Another lab that ends removes the upper one when it is empty. */
static int make_group(struct lab_run *run, const char *root,
		      struct nlab_err *err)
{
	char path[LAB_PATH];

	snprintf(path, sizeof(path), "%s/nlab", root);
	snprintf(run->cgroup, sizeof(run->cgroup), "%.400s/nlab/%s", root,
		 run->name);
	/* Written down first, so that it is found whatever happens next. */
	if (lab_note_write(run, "cgroup", run->cgroup, err))
		return -EIO;
	while ((mkdir(path, 0755) && errno != EEXIST) ||
	       (mkdir(run->cgroup, 0755) && errno != EEXIST))
		if (errno != ENOENT)
			return lab_sys_fail(err, "can't make control group %s",
					    run->cgroup);
	return 0;
}

int lab_group_make(struct lab_run *run, struct nlab_err *err)
{
	char root[LAB_PATH / 2], own[LAB_PATH / 2];
	int ret;

	if (find_cgroup(root, sizeof(root)))
		return nlab_fail(err, NLAB_FAULT_ACCESS, ENOENT,
				 "no cgroup2 file system is mounted: mount -t cgroup2 none /sys/fs/cgroup");
	ret = make_group(run, root, err);
	if (ret != -EACCES && ret != -EPERM)
		return ret;
	own_cgroup(own, sizeof(own), root);
	return make_group(run, own, err);
}

static int write_word(const char *path, const char *word)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC), ret;

	if (fd < 0)
		return -1;
	ret = write(fd, word, strlen(word)) < 0 ? -1 : 0;
	close(fd);
	return ret;
}

int lab_group_join(const struct lab_run *run, const char *node,
		   const char *service, struct nlab_err *err)
{
	char path[2 * LAB_PATH];

	snprintf(path, sizeof(path), "%s/%s", run->cgroup, node);
	mkdir(path, 0755);
	snprintf(path, sizeof(path), "%s/%s/%s", run->cgroup, node, service);
	mkdir(path, 0755);
	snprintf(path, sizeof(path), "%s/%s/%s/cgroup.procs", run->cgroup,
		 node, service);
	if (write_word(path, "0"))
		return lab_sys_fail(err, "can't join control group %s/%s/%s",
				    run->cgroup, node, service);
	return 0;
}

static int remove_group(const char *path);

static int remove_below(const char *name, void *arg)
{
	char path[2 * LAB_PATH];
	struct stat st;

	snprintf(path, sizeof(path), "%s/%s", (const char *)arg, name);
	if (!lstat(path, &st) && S_ISDIR(st.st_mode))
		remove_group(path);
	return 0;
}

static int remove_group(const char *path)
{
	lab_each(path, remove_below, (void *)(uintptr_t)path);
	return rmdir(path);
}

static bool populated(const char *path)
{
	char name[2 * LAB_PATH + 16], text[256];
	ssize_t got;
	int fd;

	snprintf(name, sizeof(name), "%s/cgroup.events", path);
	fd = open(name, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return false;
	got = read(fd, text, sizeof(text) - 1);
	close(fd);
	text[got > 0 ? got : 0] = '\0';
	return strstr(text, "populated 1");
}

int lab_group_kill(const struct lab_run *run, const char *below,
		   struct nlab_err *err)
{
	char path[LAB_PATH + 128], name[sizeof(path) + 16];
	int waited;

	if (!run->cgroup[0])
		return 0;
	snprintf(path, sizeof(path), "%s%s%s", run->cgroup, *below ? "/" : "",
		 below);
	if (access(path, F_OK))
		return 0;
	snprintf(name, sizeof(name), "%s/cgroup.kill", path);
	for (waited = 0; waited < KILL_WAIT_MS; waited += STEP_MS) {
		if (populated(path)) {
			/* Linux 5.14; our kernels are newer. */
			if (write_word(name, "1"))
				return lab_sys_fail(err, "can't kill the processes of %s",
						    path);
		} else if (!remove_group(path) || errno == ENOENT) {
			return 0;
		}
		pause_ms(STEP_MS);
	}
	return nlab_fail(err, NLAB_FAULT_KERNEL, EBUSY,
			 "processes in control group %s do not end", path);
}

struct count {
	const char *path;
	unsigned int number;
};

static int count_below(const char *name, void *arg)
{
	struct count *count = arg, sub;
	char path[2 * LAB_PATH];
	struct stat st;
	int c, fd;

	snprintf(path, sizeof(path), "%s/%s", count->path, name);
	if (!strcmp(name, "cgroup.procs")) {
		FILE *file;

		fd = open(path, O_RDONLY | O_CLOEXEC);
		file = fd < 0 ? NULL : fdopen(fd, "r");
		while (file && (c = getc(file)) != EOF)
			count->number += c == '\n';
		if (file)
			fclose(file);
	} else if (!lstat(path, &st) && S_ISDIR(st.st_mode)) {
		sub = (struct count){ path, 0 };
		lab_each(path, count_below, &sub);
		count->number += sub.number;
	}
	return 0;
}

unsigned int lab_group_count(const struct lab_run *run, const char *below)
{
	char path[LAB_PATH + 128];
	struct count count = { path, 0 };

	if (!run->cgroup[0])
		return 0;
	snprintf(path, sizeof(path), "%s%s%s", run->cgroup, *below ? "/" : "",
		 below);
	lab_each(path, count_below, &count);
	return count.number;
}

/* --- services --- */

/**
 * struct program - What is to run in a node.
 * @group: Control group, and name of its log.
 */
struct program {
	struct lab_run *run;
	const struct lab_node *node;
	const char *group;
	char *const *argv;
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

	lab_child_begin(log);
	if (lab_node_enter(program->run, program->node->name, program->group,
			   err))
		return;
	execv(program->argv[0], program->argv);
	lab_sys_fail(err, "can't run %s", program->argv[0]);
}

/* The child tells through the pipe why it could not begin; one that begins
 * closes it.
 */
int lab_spawn(const char *path, const char *what,
	      void (*child)(void *arg, int log, struct nlab_err *err),
	      void *arg, struct nlab_err *err)
{
	char text[NLAB_ERR_TEXT / 2] = "";
	int fds[2], log;
	ssize_t got;
	pid_t pid;

	log = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
	if (log < 0)
		return lab_sys_fail(err, "can't write %s", path);
	if (pipe2(fds, O_CLOEXEC)) {
		close(log);
		return lab_sys_fail(err, "can't make a pipe");
	}
	pid = fork();
	if (!pid) {
		child(arg, log, err);
		if (write(fds[1], err->text, strlen(err->text)) < 0)
			_exit(126);
		_exit(127);
	}
	close(fds[1]);
	close(log);
	got = pid < 0 ? 0 : read(fds[0], text, sizeof(text) - 1);
	close(fds[0]);
	if (pid < 0)
		return lab_sys_fail(err, "can't fork");
	if (got > 0)
		return nlab_fail(err, NLAB_FAULT_KERNEL, ENOEXEC, "%s: %s",
				 what, text);
	return 0;
}

static int start(struct lab_run *run, const struct lab_node *node,
		 const char *group, char *const argv[], struct nlab_err *err)
{
	struct program program = { run, node, group, argv };
	char path[LAB_PATH], what[NLAB_PLACE];

	if (mkdir(lab_path(path, run, "nodes/%s/log", node->name), 0755) &&
	    errno != EEXIST)
		return lab_sys_fail(err, "can't make %s", path);
	snprintf(what, sizeof(what), "node %s: %s", node->name, group);
	lab_path(path, run, "nodes/%s/log/%s.log", node->name, group);
	return lab_spawn(path, what, run_program, &program, err);
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
	if (lab->capture_count && !ret)
		ret = check_program(lab, lab->captures[0].place, "tcpdump",
				    err);
	return ret;
}
