// SPDX-License-Identifier: GPL-2.0
/* The namespaces of a node. All three are kept alive by mounts in the state
 * folder, with no process; that of the network has a name for ip-netns(8) too.
 *
 * A mount namespace is a copy of the one it is made in, with all mounts of
 * other nodes. So there is one to copy from that has none of them; else a
 * thousand nodes would have a million mounts and keep each other alive.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../lib/sock.h"
#include "sys.h"

#define NETNS_DIR	"/run/netns"

static const char *const spaces[] = { "net", "uts", "mnt" };

enum {
	SPACES = sizeof(spaces) / sizeof(*spaces),
};

static int open_space(const char *name)
{
	char path[64];

	snprintf(path, sizeof(path), "/proc/thread-self/ns/%s", name);
	return open(path, O_RDONLY | O_CLOEXEC);
}

/* ip-netns(8) wants its folder to be a mount that others see. */
static int prepare_netns_dir(struct nlab_err *err)
{
	if (mkdir(NETNS_DIR, 0755) && errno != EEXIST)
		return lab_sys_fail(err, "can't make " NETNS_DIR);
	if (!mount("", NETNS_DIR, "none", MS_SHARED | MS_REC, NULL))
		return 0;
	if (errno != EINVAL ||
	    mount(NETNS_DIR, NETNS_DIR, "none", MS_BIND | MS_REC, NULL) ||
	    mount("", NETNS_DIR, "none", MS_SHARED | MS_REC, NULL))
		return lab_sys_fail(err, "can't share " NETNS_DIR);
	return 0;
}

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
	while (!umount2(NETNS_DIR, MNT_DETACH))
		;
	lab_each(LAB_ROOT, drop_lab, NULL);
	umount2("/sys", MNT_DETACH);
	if (!ret && move_mount(tree, "", AT_FDCWD, run->dir,
			       MOVE_MOUNT_F_EMPTY_PATH))
		ret = lab_sys_fail(err, "can't mount %s", run->dir);
	run->base_mnt = open_space("mnt");
	close(tree);
	if (setns(run->host_mnt, CLONE_NEWNS) && !ret)
		ret = lab_sys_fail(err, "can't return to the machine's mounts");
	return ret;
}

int lab_spaces_open(struct lab_run *run, struct nlab_err *err)
{
	if (run->host_net >= 0)
		return 0;
	run->host_net = open_space("net");
	run->host_uts = open_space("uts");
	run->host_mnt = open_space("mnt");
	if (run->host_net < 0 || run->host_uts < 0 || run->host_mnt < 0)
		return lab_sys_fail(err, "can't open the machine's namespaces");
	return 0;
}

static int go_home(struct lab_run *run, struct nlab_err *err)
{
	if (setns(run->host_net, CLONE_NEWNET) ||
	    setns(run->host_uts, CLONE_NEWUTS) ||
	    setns(run->host_mnt, CLONE_NEWNS))
		return lab_sys_fail(err, "can't return to the machine's namespaces");
	return 0;
}

/* --- making --- */

static int make_folder(struct lab_run *run, const char *name,
		       struct nlab_err *err)
{
	static const char *const folders[] = { "", "/run", "/etc", "/work" };
	char path[LAB_PATH];
	size_t i;

	for (i = 0; i < sizeof(folders) / sizeof(*folders); i++)
		if (mkdir(lab_path(path, run, "nodes/%s%s", name, folders[i]),
			  0755) && errno != EEXIST)
			return lab_sys_fail(err, "can't make %s", path);
	for (i = 0; i < SPACES; i++)
		if (mknod(lab_path(path, run, "nodes/%s/%s", name, spaces[i]),
			  S_IFREG | 0444, 0) && errno != EEXIST)
			return lab_sys_fail(err, "can't make %s", path);
	return 0;
}

static int keep(struct lab_run *run, const char *node, const char *space,
		const char *source, struct nlab_err *err)
{
	char path[LAB_PATH];

	lab_path(path, run, "nodes/%s/%s", node, space);
	if (mount(source, path, NULL, MS_BIND, NULL))
		return lab_sys_fail(err, "node %s: can't keep its %s namespace",
				    node, space);
	return 0;
}

/* Inside the new mount namespace. */
static int make_mounts(struct lab_run *run, const struct lab_node *node,
		       struct nlab_err *err)
{
	char etc[LAB_PATH], work[LAB_PATH], hosts[LAB_PATH], rundir[LAB_PATH];
	char options[3 * LAB_PATH];
	size_t i;

	lab_path(etc, run, "nodes/%s/etc", node->name);
	lab_path(work, run, "nodes/%s/work", node->name);
	lab_path(hosts, run, "hosts");
	lab_path(rundir, run, "nodes/%s/run", node->name);
	snprintf(options, sizeof(options), "lowerdir=/etc,upperdir=%s,workdir=%s",
		 etc, work);
	if (mount("nlab", "/etc", "overlay", 0, options))
		return lab_sys_fail(err, "node %s: can't mount its own /etc (overlay)",
				    node->name);
	for (i = 0; i < node->files.count; i++)
		if (!strcmp(node->files.list[i].name, "/etc/hosts"))
			break;
	if (i == node->files.count && !access("/etc/hosts", F_OK) &&
	    mount(hosts, "/etc/hosts", NULL, MS_BIND, NULL))
		return lab_sys_fail(err, "node %s: can't mount its own /etc/hosts",
				    node->name);
	if (mount("nlab", "/sys", "sysfs", 0, NULL))
		return lab_sys_fail(err, "node %s: can't mount its own /sys",
				    node->name);
	if (mount(rundir, "/run", NULL, MS_BIND, NULL))
		return lab_sys_fail(err, "node %s: can't mount its own /run",
				    node->name);
	return 0;
}

static int make_mnt(struct lab_run *run, const struct lab_node *node,
		    struct nlab_err *err)
{
	char source[64];
	int fd = -1, ret;

	if (setns(run->base_mnt, CLONE_NEWNS) || unshare(CLONE_NEWNS))
		return lab_sys_fail(err, "node %s: can't make its mount namespace",
				    node->name);
	ret = make_mounts(run, node, err);
	if (!ret) {
		fd = open_space("mnt");
		if (fd < 0)
			ret = lab_sys_fail(err, "node %s: can't open its mount namespace",
					   node->name);
	}
	if (setns(run->host_mnt, CLONE_NEWNS) && !ret)
		ret = lab_sys_fail(err, "can't return to the machine's mounts");
	if (!ret) {
		snprintf(source, sizeof(source), "/proc/self/fd/%d", fd);
		ret = keep(run, node->name, "mnt", source, err);
	}
	if (fd >= 0)
		close(fd);
	return ret;
}

/* The name is taken by whoever makes the file. */
static int make_netns_name(struct lab_run *run, const char *name,
			   struct nlab_err *err)
{
	char path[LAB_PATH], source[LAB_PATH];

	snprintf(path, sizeof(path), NETNS_DIR "/%s.%s", run->name, name);
	lab_path(source, run, "nodes/%s/net", name);
	if (mknod(path, S_IFREG, 0))
		return errno != EEXIST ?
		       lab_sys_fail(err, "can't make %s", path) :
		       nlab_fail(err, NLAB_FAULT_KERNEL, EEXIST,
				 "network namespace '%s.%s' is there already and not of this lab",
				 run->name, name);
	if (mount(source, path, NULL, MS_BIND, NULL))
		return lab_sys_fail(err, "can't mount %s", path);
	return 0;
}

/* In the new network namespace. */
static int make_net(struct lab_run *run, const struct lab_node *node,
		    struct nlab_err *err)
{
	static const char *const words[][2] = {
		/* Addresses of a lab are known to be unique. */
		{ "net.ipv6.conf.all.accept_dad", "0" },
		{ "net.ipv6.conf.default.accept_dad", "0" },
		/* As those of IPv4, when a device is down for a while. */
		{ "net.ipv6.conf.all.keep_addr_on_down", "1" },
		{ "net.ipv4.ip_forward", "1" },
		/* That of "default" follows. */
		{ "net.ipv6.conf.all.forwarding", "1" },
	};
	bool routes = node->kind == LAB_ROUTER || node->kind == LAB_TRANSLATOR;
	struct nlab *rt;
	size_t i;
	int ret = lab_rt_here(run, node->name, &rt, err);

	for (i = 0; i < (routes ? 5 : 3) && !ret; i++)
		ret = lab_sysctl_here(words[i][0], words[i][1], err);
	/* Ports will ask for the number of the bridge. */
	if (!ret && node->kind == LAB_SWITCH)
		rt->collect = false;
	if (!ret)
		ret = rtnl_up(rt, "lo", 0, err);
	if (!ret && node->kind == LAB_SWITCH)
		ret = rtnl_bridge(rt, "br0", err);
	if (!ret && node->kind == LAB_SWITCH)
		ret = rtnl_up(rt, "br0", 0, err);
	return ret;
}

int lab_node_make(struct lab_run *run, const struct lab_node *node,
		  struct nlab_err *err)
{
	int ret = make_folder(run, node->name, err);

	if (!ret && run->base_mnt < 0) {
		ret = prepare_netns_dir(err);
		if (!ret)
			ret = make_base(run, err);
	}
	if (ret)
		return ret;
	if (unshare(CLONE_NEWNET | CLONE_NEWUTS))
		return lab_sys_fail(err, "node %s: can't make its namespaces",
				    node->name);
	if (sethostname(node->name, strlen(node->name)))
		ret = lab_sys_fail(err, "node %s: can't set its name",
				   node->name);
	if (!ret)
		ret = keep(run, node->name, "net", "/proc/thread-self/ns/net",
			   err);
	if (!ret)
		ret = keep(run, node->name, "uts", "/proc/thread-self/ns/uts",
			   err);
	if (!ret)
		ret = make_net(run, node, err);
	if (!ret)
		ret = make_mnt(run, node, err);
	if (!ret)
		ret = make_netns_name(run, node->name, err);
	if (ret) {
		struct nlab_err other;

		go_home(run, &other);
		return ret;
	}
	return go_home(run, err);
}

/* --- removing --- */

/* An entry that shows another namespace is somebody else's. An empty file
 * with ours not mounted yet is what a killed apply leaves.
 */
void lab_netns_remove(struct lab_run *run, const char *name)
{
	char path[LAB_PATH], mine[LAB_PATH];
	struct stat a, b, dir;

	snprintf(path, sizeof(path), NETNS_DIR "/%s.%s", run->name, name);
	lab_path(mine, run, "nodes/%s/net", name);
	if (stat(path, &a) || stat(mine, &b) || stat(NETNS_DIR, &dir))
		return;
	if (a.st_dev == b.st_dev && a.st_ino == b.st_ino) {
		while (!umount2(path, MNT_DETACH | UMOUNT_NOFOLLOW))
			;
		unlink(path);
	} else if (a.st_dev == dir.st_dev && !a.st_size &&
		   !(a.st_mode & 0777)) {
		unlink(path);
	}
}

static int remove_tree(int at, const char *name)
{
	int fd = openat(at, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW |
			O_CLOEXEC);
	struct dirent *entry;
	DIR *dir;

	if (fd < 0)
		return unlinkat(at, name, 0);
	dir = fdopendir(fd);
	while (dir && (entry = readdir(dir)))
		if (strcmp(entry->d_name, ".") && strcmp(entry->d_name, ".."))
			remove_tree(fd, entry->d_name);
	if (dir)
		closedir(dir);
	return unlinkat(at, name, AT_REMOVEDIR);
}

int lab_node_remove(struct lab_run *run, const char *name,
		    struct nlab_err *err)
{
	char path[LAB_PATH];
	size_t i;

	lab_netns_remove(run, name);
	lab_conn_close(run, name);
	for (i = 0; i < SPACES; i++) {
		lab_path(path, run, "nodes/%s/%s", name, spaces[i]);
		while (!umount2(path, MNT_DETACH | UMOUNT_NOFOLLOW))
			;
	}
	lab_path(path, run, "nodes/%s", name);
	if (remove_tree(AT_FDCWD, path) && errno != ENOENT)
		return lab_sys_fail(err, "can't remove %s", path);
	return 0;
}

/* --- entering --- */

static int enter(struct lab_run *run, const char *name, struct nlab_err *err)
{
	static const int kinds[] = { CLONE_NEWNET, CLONE_NEWUTS, CLONE_NEWNS };
	char path[LAB_PATH];
	int fds[SPACES], ret = 0;
	size_t i;

	/* All are opened first, the last hides the folder. */
	for (i = 0; i < SPACES; i++)
		fds[i] = open(lab_path(path, run, "nodes/%s/%s", name,
				       spaces[i]), O_RDONLY | O_CLOEXEC);
	for (i = 0; i < SPACES; i++) {
		if (!ret && (fds[i] < 0 || setns(fds[i], kinds[i])))
			ret = lab_sys_fail(err, "can't enter node %s", name);
		if (fds[i] >= 0)
			close(fds[i]);
	}
	return ret;
}

int lab_node_enter(struct lab_run *run, const char *name, const char *group,
		   struct nlab_err *err)
{
	int ret = lab_group_join(run, name, group, err);

	return ret ? ret : enter(run, name, err);
}

int lab_in_node(struct lab_run *run, const char *name,
		int (*work)(void *arg, struct nlab_err *err), void *arg,
		struct nlab_err *err)
{
	struct nlab_err other;
	int ret = lab_spaces_open(run, err);

	if (ret)
		return ret;
	ret = enter(run, name, err);
	if (!ret)
		ret = work(arg, err);
	if (ret) {
		go_home(run, &other);
		return ret;
	}
	return go_home(run, err);
}
