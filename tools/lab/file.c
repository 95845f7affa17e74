// SPDX-License-Identifier: GPL-2.0
/* Sysctls and files of nodes. */
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <pwd.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sys.h"

enum {
	/* Few enough for the list, many enough that a mount costs nothing. */
	SYSCTLS_A_MOUNT = 150,
};

/* That of the lab is mounted over it, unless a node has its own. */
#define HOSTS	"/etc/hosts"

/* @hosts: A mount of that file of the lab, or -1. */
struct file_work {
	const char *path;
	const char *text;
	bool frr;
	int hosts;
};

static int put(int fd, const char *text)
{
	size_t len = strlen(text);

	while (len) {
		ssize_t done = write(fd, text, len);

		if (done < 0)
			return -1;
		text += done;
		len -= (size_t)done;
	}
	return 0;
}

/* The kernel looks for /proc/sys/net of a namespace in a list of all that were
 * looked for in the same mount of proc, so one of our own has few of them.
 */
static int sys_folder(struct lab_run *run)
{
	int fs;

	if (run->proc >= 0 && run->proc_left--)
		return run->proc;
	if (run->proc >= 0)
		close(run->proc);
	run->proc_left = SYSCTLS_A_MOUNT;
	run->proc = -1;
	fs = fsopen("proc", FSOPEN_CLOEXEC);
	if (fs >= 0 && !fsconfig(fs, FSCONFIG_CMD_CREATE, NULL, NULL, 0))
		run->proc = fsmount(fs, FSMOUNT_CLOEXEC, 0);
	if (fs >= 0)
		close(fs);
	if (run->proc < 0)
		run->proc = open("/proc", O_PATH | O_DIRECTORY | O_CLOEXEC);
	return run->proc;
}

/* Names have dots, as in sysctl(8); a device with a dot in its name has a
 * slash there.
 */
int lab_sysctl_here(struct lab_run *run, const char *name, const char *text,
		    struct nlab_err *err)
{
	char path[LAB_PATH], *c;
	int fd, ret = 0;

	snprintf(path, sizeof(path), "sys/%s", name);
	for (c = path + strlen("sys/"); *c; c++)
		if (*c == '.')
			*c = '/';
	fd = openat(sys_folder(run), path, O_WRONLY | O_CLOEXEC);
	if (fd < 0 && errno == ENOENT)
		return nlab_fail(err, NLAB_FAULT_INPUT, ENOENT,
				 "no sysctl %s in this node", name);
	if (fd < 0 || put(fd, text))
		ret = lab_sys_fail(err, "can't set sysctl %s to '%s'", name,
				   text);
	if (fd >= 0)
		close(fd);
	return ret;
}

struct sysctl {
	struct lab_run *run;
	const char *name, *text;
};

static int sysctl_work(void *arg, struct nlab_err *err)
{
	const struct sysctl *sysctl = arg;

	return lab_sysctl_here(sysctl->run, sysctl->name, sysctl->text, err);
}

int lab_sysctl(struct lab_run *run, const char *node, const char *name,
	       const char *text, struct nlab_err *err)
{
	struct sysctl sysctl = { run, name, text };

	return lab_in_net(run, node, sysctl_work, &sysctl, err);
}

/* The daemons of FRR run as a user of their own, who is looked for once. */
static void give_to_frr(const char *path)
{
	static const struct passwd *user;
	static bool known;

	if (!known)
		user = getpwnam("frr");
	known = true;
	if (user && chown(path, user->pw_uid, user->pw_gid))
		return;
}

int lab_parents_make(const char *path)
{
	char part[2 * LAB_PATH];
	const char *slash;

	for (slash = strchr(path + 1, '/'); slash;
	     slash = strchr(slash + 1, '/')) {
		snprintf(part, sizeof(part), "%.*s", (int)(slash - path), path);
		if (mkdir(part, 0755) && errno != EEXIST)
			return -1;
	}
	return 0;
}

int lab_file_here(const char *path, const char *text, struct nlab_err *err)
{
	int fd = -1, ret = 0, tries = lab_parents_make(path) ? 0 : 2;

	/* One of the machine's /etc is no user's, but another can be laid over. */
	while (fd < 0 && tries--) {
		fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
		if (fd >= 0 || errno != EACCES)
			break;
		if (unlink(path))
			return nlab_fail(err, NLAB_FAULT_ACCESS, EACCES,
					 "can't write %s: its folder is not of this user; a node that is made with this file has its own",
					 path);
	}
	if (fd < 0 || put(fd, text))
		ret = lab_sys_fail(err, "can't write %s", path);
	if (fd >= 0)
		close(fd);
	return ret;
}

static int write_work(void *arg, struct nlab_err *err)
{
	const struct file_work *work = arg;
	int ret;

	if (!strcmp(work->path, HOSTS))
		umount2(HOSTS, MNT_DETACH);
	ret = lab_file_here(work->path, work->text, err);
	if (work->frr) {
		give_to_frr("/etc/frr");
		give_to_frr("/run/frr");
		give_to_frr(work->path);
	}
	return ret;
}

int lab_file_write(struct lab_run *run, const char *node, const char *path,
		   const char *text, bool frr, struct nlab_err *err)
{
	struct file_work work = { .path = path, .text = text, .frr = frr };

	return lab_in_node(run, node, write_work, &work, err);
}

static int delete_work(void *arg, struct nlab_err *err)
{
	const struct file_work *work = arg;

	if (work->hosts >= 0)
		return move_mount(work->hosts, "", AT_FDCWD, work->path,
				  MOVE_MOUNT_F_EMPTY_PATH) ?
		       lab_sys_fail(err, "can't mount %s", work->path) : 0;
	if (unlink(work->path) && errno != ENOENT)
		return lab_sys_fail(err, "can't remove %s", work->path);
	return 0;
}

int lab_file_delete(struct lab_run *run, const char *node, const char *path,
		    struct nlab_err *err)
{
	struct file_work work = { .path = path, .hosts = -1 };
	char source[LAB_PATH];
	int ret;

	if (!strcmp(path, HOSTS)) {
		work.hosts = open_tree(AT_FDCWD, lab_path(source, run, "hosts"),
				       OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC);
		if (work.hosts < 0)
			return lab_sys_fail(err, "can't open %s", source);
	}
	ret = lab_in_node(run, node, delete_work, &work, err);
	if (work.hosts >= 0)
		close(work.hosts);
	return ret;
}
