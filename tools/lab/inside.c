// SPDX-License-Identifier: GPL-2.0
/* What processes of a node see as their files and as the name of their machine:
 * a mount and a UTS namespace, made when the first of them is about to begin.
 * They cost more than the network of a node, and most nodes of a large lab run
 * nothing.
 *
 * A mount namespace is a copy of the one it is made in, with all mounts of
 * other nodes. So there is one to copy from that has none of them; else a
 * thousand nodes would have a million mounts and keep each other alive.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <sched.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "sys.h"

static int drop_lab(const char *name, void *arg)
{
	char path[LAB_PATH];

	(void)arg;
	snprintf(path, sizeof(path), LAB_ROOT "/%s/lab", name);
	umount2(path, MNT_DETACH);
	return 0;
}

/* Everything of this machine but the labs. */
static int make_base(struct lab_run *run, struct nlab_err *err)
{
	int tree = open_tree(AT_FDCWD, run->dir,
			     OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC);
	int ret = 0;

	if (tree < 0)
		return lab_sys_fail(err, "can't open the mount %s", run->dir);
	if (unshare(CLONE_NEWNS)) {
		ret = lab_sys_fail(err, "can't make a mount namespace");
		close(tree);
		return ret;
	}
	if (mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL))
		ret = lab_sys_fail(err, "can't make mounts private");
	while (!umount2(LAB_NETNS_DIR, MNT_DETACH))
		;
	lab_each(LAB_ROOT, drop_lab, NULL);
	umount2("/sys", MNT_DETACH);
	if (!ret && move_mount(tree, "", AT_FDCWD, run->dir,
			       MOVE_MOUNT_F_EMPTY_PATH))
		ret = lab_sys_fail(err, "can't mount %s", run->dir);
	run->base_mnt = lab_space_open("mnt");
	close(tree);
	if (setns(run->host_mnt, CLONE_NEWNS) && !ret)
		ret = lab_sys_fail(err, "can't return to the machine's mounts");
	return ret;
}

static int make_folders(struct lab_run *run, const char *name,
			struct nlab_err *err)
{
	static const char *const folders[] = { "run", "etc", "work" };
	static const char *const files[] = { "uts", "mnt" };
	char path[LAB_PATH];
	size_t i;

	for (i = 0; i < sizeof(folders) / sizeof(*folders); i++)
		if (mkdir(lab_path(path, run, "nodes/%s/%s", name, folders[i]),
			  0755) && errno != EEXIST)
			return lab_sys_fail(err, "can't make %s", path);
	for (i = 0; i < sizeof(files) / sizeof(*files); i++)
		if (mknod(lab_path(path, run, "nodes/%s/%s", name, files[i]),
			  S_IFREG | 0444, 0) && errno != EEXIST)
			return lab_sys_fail(err, "can't make %s", path);
	return 0;
}

/* Inside the new mount namespace. */
static int make_mounts(struct lab_run *run, const char *name,
		       struct nlab_err *err)
{
	char etc[LAB_PATH], work[LAB_PATH], hosts[LAB_PATH], rundir[LAB_PATH];
	char options[3 * LAB_PATH];

	lab_path(etc, run, "nodes/%s/etc", name);
	lab_path(work, run, "nodes/%s/work", name);
	lab_path(hosts, run, "hosts");
	lab_path(rundir, run, "nodes/%s/run", name);
	snprintf(options, sizeof(options), "lowerdir=/etc,upperdir=%s,workdir=%s",
		 etc, work);
	if (mount("nlab", "/etc", "overlay", 0, options))
		return lab_sys_fail(err, "node %s: can't mount its own /etc (overlay)",
				    name);
	if (!access("/etc/hosts", F_OK) &&
	    mount(hosts, "/etc/hosts", NULL, MS_BIND, NULL))
		return lab_sys_fail(err, "node %s: can't mount its own /etc/hosts",
				    name);
	if (lab_in_user_ns() && lab_user_frr(run, name, err))
		return -EPERM;
	if (mount("nlab", "/sys", "sysfs", 0, NULL))
		return lab_sys_fail(err, "node %s: can't mount its own /sys",
				    name);
	if (mount(rundir, "/run", NULL, MS_BIND, NULL))
		return lab_sys_fail(err, "node %s: can't mount its own /run",
				    name);
	return 0;
}

static int make_uts(struct lab_run *run, const char *name, struct nlab_err *err)
{
	int ret = 0;

	if (unshare(CLONE_NEWUTS))
		return lab_sys_fail(err, "node %s: can't make its UTS namespace",
				    name);
	if (sethostname(name, strlen(name)))
		ret = lab_sys_fail(err, "node %s: can't set its name", name);
	if (!ret)
		ret = lab_space_keep(run, name, "uts",
				     "/proc/thread-self/ns/uts", err);
	if (setns(run->host_uts, CLONE_NEWUTS) && !ret)
		ret = lab_sys_fail(err, "can't return to the machine's host name");
	return ret;
}

/* sysfs shows the network of the one who mounts it. */
static int try_mnt(struct lab_run *run, const char *name, struct nlab_err *err)
{
	char path[LAB_PATH], source[64];
	int fd = -1, ret = nlab_netns_enter(lab_path(path, run, "nodes/%s/net",
						     name), err);

	if (ret)
		return ret;
	if (setns(run->base_mnt, CLONE_NEWNS) || unshare(CLONE_NEWNS))
		ret = lab_sys_fail(err, "node %s: can't make its mount namespace",
				   name);
	if (!ret)
		ret = make_mounts(run, name, err);
	if (!ret) {
		fd = lab_space_open("mnt");
		if (fd < 0)
			ret = lab_sys_fail(err, "node %s: can't open its mount namespace",
					   name);
	}
	if ((setns(run->host_mnt, CLONE_NEWNS) ||
	     setns(run->host_net, CLONE_NEWNET)) && !ret)
		ret = lab_sys_fail(err, "can't return to the machine's namespaces");
	if (!ret) {
		snprintf(source, sizeof(source), "/proc/self/fd/%d", fd);
		ret = lab_space_keep(run, name, "mnt", source, err);
	}
	if (fd >= 0)
		close(fd);
	return ret;
}

/* Linux 6.18 and newer number mount namespaces by processor, and take a mount of
 * one with a smaller number than ours for a loop. On the processor that ours was
 * made on, the next has a larger one.
 */
static int make_mnt(struct lab_run *run, const char *name, struct nlab_err *err)
{
	int ret = try_mnt(run, name, err), cpu;
	cpu_set_t all, one;

	if (ret != -EINVAL || sched_getaffinity(0, sizeof(all), &all))
		return ret;
	for (cpu = 0; cpu < CPU_SETSIZE && ret == -EINVAL; cpu++) {
		CPU_ZERO(&one);
		CPU_SET(cpu, &one);
		if (CPU_ISSET(cpu, &all) &&
		    !sched_setaffinity(0, sizeof(one), &one))
			ret = try_mnt(run, name, err);
	}
	sched_setaffinity(0, sizeof(all), &all);
	return ret;
}

/* What is kept last says that all of it is there. */
static bool is_made(const struct lab_run *run, const char *name)
{
	char path[LAB_PATH];
	struct statfs fs;

	return !statfs(lab_path(path, run, "nodes/%s/mnt", name), &fs) &&
	       fs.f_type == NSFS_MAGIC;
}

/* Two who begin something in a node at once make one of it. Who is killed on the
 * way leaves what the next one makes again, or destroy removes.
 */
int lab_inside_make(struct lab_run *run, const char *name, struct nlab_err *err)
{
	char path[LAB_PATH];
	int lock, ret;

	if (is_made(run, name))
		return 0;
	ret = lab_spaces_open(run, err);
	if (ret)
		return ret;
	lock = open(lab_path(path, run, "nodes/%s", name),
		    O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (lock < 0 || flock(lock, LOCK_EX)) {
		ret = lab_sys_fail(err, "can't lock %s", path);
	} else if (!is_made(run, name)) {
		ret = make_folders(run, name, err);
		if (!ret && run->base_mnt < 0)
			ret = make_base(run, err);
		if (!ret)
			ret = make_uts(run, name, err);
		if (!ret)
			ret = make_mnt(run, name, err);
	}
	if (lock >= 0)
		close(lock);
	return ret;
}
