// SPDX-License-Identifier: GPL-2.0
/* Groups of processes: each service of each node has one below that of the lab,
 * so that all of it can be killed whatever it forked. They are control groups.
 * In a user namespace, whose root can make none, each is an IPC namespace, kept
 * by a mount in the folder of the lab: a process is born into that of its parent,
 * too, and /proc tells which it has.
 */
#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mount.h>
#include <sys/pidfd.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <time.h>
#include <unistd.h>

#include "sys.h"

enum {
	KILL_WAIT_MS = 10000,
	STEP_MS = 10,
};

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
	/* That of a container may be told as the machine knows it. */
	if (access(buf, W_OK))
		snprintf(buf, size, "%s", root);
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

/* --- IPC namespaces --- */

/**
 * struct spaces - Groups that are namespaces.
 * @path: Of those to be collected.
 * @ids: Their numbers, which /proc has too.
 */
struct spaces {
	const char *path;
	ino_t *ids;
	size_t count;
};

static bool are_spaces(const struct lab_run *run)
{
	size_t len = strlen(run->dir);

	return !strncmp(run->cgroup, run->dir, len) && run->cgroup[len] == '/';
}

static bool is_space(int fd)
{
	struct statfs fs;

	return fd >= 0 && !fstatfs(fd, &fs) && fs.f_type == NSFS_MAGIC;
}

static int join_space(const char *path)
{
	int file = open(path, O_RDONLY | O_CREAT | O_CLOEXEC, 0444);
	int space, ret = -1;

	/* One of several that join makes it. */
	if (file >= 0 && !flock(file, LOCK_EX)) {
		space = open(path, O_RDONLY | O_CLOEXEC);
		ret = is_space(space) ? setns(space, CLONE_NEWIPC) :
		      unshare(CLONE_NEWIPC) ? -1 :
		      mount("/proc/thread-self/ns/ipc", path, NULL, MS_BIND,
			    NULL);
		if (space >= 0)
			close(space);
	}
	if (file >= 0)
		close(file);
	return ret;
}

static int collect(const char *name, void *arg)
{
	struct spaces *spaces = arg;
	const char *above = spaces->path;
	char path[2 * LAB_PATH];
	struct stat st;
	ino_t *ids;

	snprintf(path, sizeof(path), "%s%s%s", above, *name ? "/" : "", name);
	if (stat(path, &st))
		return 0;
	if (S_ISDIR(st.st_mode)) {
		spaces->path = path;
		lab_each(path, collect, spaces);
		spaces->path = above;
		return 0;
	}
	ids = reallocarray(spaces->ids, spaces->count + 1, sizeof(*ids));
	if (!ids)
		return -ENOMEM;
	spaces->ids = ids;
	ids[spaces->count++] = st.st_ino;
	return 0;
}

static bool has_one(const char *process, const struct spaces *spaces)
{
	char path[64];
	struct stat st;
	size_t i;

	snprintf(path, sizeof(path), "/proc/%.20s/ns/ipc", process);
	if (stat(path, &st))
		return false;
	for (i = 0; i < spaces->count; i++)
		if (spaces->ids[i] == st.st_ino)
			return true;
	return false;
}

/* Numbers of processes there may be those of another PID namespace. */
static bool proc_is_ours(void)
{
	char text[32];
	ssize_t len = readlink("/proc/self", text, sizeof(text) - 1);

	text[len > 0 ? len : 0] = '\0';
	return atol(text) == getpid();
}

/* Number of processes in the groups at and below @path, which are to end. */
static unsigned int in_spaces(const char *path, bool end)
{
	struct spaces spaces = { .path = path };
	unsigned int count = 0;
	struct dirent *entry;
	DIR *proc;

	collect("", &spaces);
	proc = spaces.count && proc_is_ours() ? opendir("/proc") : NULL;
	while (proc && (entry = readdir(proc))) {
		int fd;

		if (!isdigit((unsigned char)entry->d_name[0]))
			continue;
		/* Taken first: the number may be another's a moment later. */
		fd = end ? pidfd_open(atoi(entry->d_name), 0) : -1;
		if (has_one(entry->d_name, &spaces)) {
			count++;
			if (fd >= 0)
				pidfd_send_signal(fd, SIGKILL, NULL, 0);
		}
		if (fd >= 0)
			close(fd);
	}
	if (proc)
		closedir(proc);
	free(spaces.ids);
	return count;
}

static int remove_spaces(const char *path);

static int remove_space(const char *name, void *arg)
{
	char path[2 * LAB_PATH];

	snprintf(path, sizeof(path), "%s/%s", (const char *)arg, name);
	return remove_spaces(path);
}

static int remove_spaces(const char *path)
{
	while (!umount2(path, MNT_DETACH | UMOUNT_NOFOLLOW))
		;
	lab_each(path, remove_space, (void *)(uintptr_t)path);
	return remove(path);
}

static int make_spaces(struct lab_run *run, struct nlab_err *err)
{
	if (!proc_is_ours())
		return nlab_fail(err, NLAB_FAULT_ACCESS, EPERM,
				 "/proc is that of other processes: unshare wants --mount-proc with -p");
	snprintf(run->cgroup, sizeof(run->cgroup), "%s/groups", run->dir);
	if (mkdir(run->cgroup, 0755))
		return lab_sys_fail(err, "can't make %s", run->cgroup);
	return lab_note_write(run, "cgroup", run->cgroup, err);
}

/* --- either --- */

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
	int ret = find_cgroup(root, sizeof(root));

	if (ret && !lab_in_user_ns())
		return nlab_fail(err, NLAB_FAULT_ACCESS, ENOENT,
				 "no cgroup2 file system is mounted: mount -t cgroup2 none /sys/fs/cgroup");
	if (!ret) {
		ret = make_group(run, root, err);
		if (ret != -EACCES && ret != -EPERM)
			return ret;
		own_cgroup(own, sizeof(own), root);
		ret = make_group(run, own, err);
	}
	return ret && lab_in_user_ns() ? make_spaces(run, err) : ret;
}

/* Path of that of a service, of 2 * LAB_PATH bytes; it is there afterwards. */
static void make_below(char *path, const struct lab_run *run, const char *node,
		       const char *service)
{
	const size_t size = 2 * LAB_PATH;

	snprintf(path, size, "%s/%s", run->cgroup, node);
	mkdir(path, 0755);
	snprintf(path, size, "%s/%s/%s", run->cgroup, node, service);
	if (!are_spaces(run))
		mkdir(path, 0755);
}

int lab_group_open(const struct lab_run *run, const char *node,
		   const char *service, int *fd, struct nlab_err *err)
{
	char path[2 * LAB_PATH];

	*fd = -1;
	if (are_spaces(run))
		return 0;
	make_below(path, run, node, service);
	*fd = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
	return *fd < 0 ? lab_sys_fail(err, "can't make control group %s", path)
		       : 0;
}

int lab_group_join(const struct lab_run *run, const char *node,
		   const char *service, struct nlab_err *err)
{
	char path[2 * LAB_PATH];
	int ret;

	make_below(path, run, node, service);
	if (are_spaces(run)) {
		ret = join_space(path);
	} else {
		snprintf(path, sizeof(path), "%s/%s/%s/cgroup.procs",
			 run->cgroup, node, service);
		ret = write_word(path, "0");
	}
	if (ret)
		return lab_sys_fail(err, "can't join control group %s/%s/%s",
				    run->cgroup, node, service);
	return 0;
}

/* Return: 0 when there was none left and the group is removed. */
static int kill_once(const struct lab_run *run, const char *path)
{
	char name[LAB_PATH + 144];

	if (are_spaces(run)) {
		if (!proc_is_ours())
			return -EPERM;
		return in_spaces(path, true) ? -EAGAIN :
		       remove_spaces(path) ? -EAGAIN : 0;
	}
	if (!populated(path))
		return !remove_group(path) || errno == ENOENT ? 0 : -EAGAIN;
	snprintf(name, sizeof(name), "%s/cgroup.kill", path);
	/* Linux 5.14; our kernels are newer. */
	return write_word(name, "1") ? -errno : -EAGAIN;
}

int lab_group_kill(const struct lab_run *run, const char *below,
		   struct nlab_err *err)
{
	struct timespec step = { .tv_nsec = STEP_MS * 1000000L };
	char path[LAB_PATH + 128];
	int waited, ret;

	if (!run->cgroup[0])
		return 0;
	snprintf(path, sizeof(path), "%s%s%s", run->cgroup, *below ? "/" : "",
		 below);
	if (access(path, F_OK))
		return 0;
	for (waited = 0; waited < KILL_WAIT_MS; waited += STEP_MS) {
		ret = kill_once(run, path);
		if (!ret)
			return 0;
		errno = -ret;
		if (ret != -EAGAIN)
			return lab_sys_fail(err, "can't kill the processes of %s",
					    path);
		nanosleep(&step, NULL);
	}
	return nlab_fail(err, NLAB_FAULT_KERNEL, EBUSY,
			 "processes in control group %s do not end", path);
}

unsigned int lab_group_count(const struct lab_run *run, const char *below)
{
	char path[LAB_PATH + 128];
	struct count count = { path, 0 };

	if (!run->cgroup[0])
		return 0;
	snprintf(path, sizeof(path), "%s%s%s", run->cgroup, *below ? "/" : "",
		 below);
	if (are_spaces(run))
		return in_spaces(path, false);
	lab_each(path, count_below, &count);
	return count.number;
}
