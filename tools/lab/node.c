// SPDX-License-Identifier: GPL-2.0
/* The namespace of a node, its folder, and the way into both. A mount in the
 * folder keeps the namespace, with no process; it has a name for ip-netns(8) too.
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

static const char *const spaces[] = { "net", "uts", "mnt" };

enum {
	SPACES = sizeof(spaces) / sizeof(*spaces),
};

int lab_space_open(const char *name)
{
	char path[64];

	snprintf(path, sizeof(path), "/proc/thread-self/ns/%s", name);
	return open(path, O_RDONLY | O_CLOEXEC);
}

/* ip-netns(8) wants its folder to be a mount that others see. */
static int prepare_netns_dir(struct nlab_err *err)
{
	if (mkdir(LAB_NETNS_DIR, 0755) && errno != EEXIST)
		return lab_sys_fail(err, "can't make " LAB_NETNS_DIR);
	if (!mount("", LAB_NETNS_DIR, "none", MS_SHARED | MS_REC, NULL))
		return 0;
	if (errno != EINVAL ||
	    mount(LAB_NETNS_DIR, LAB_NETNS_DIR, "none", MS_BIND | MS_REC, NULL) ||
	    mount("", LAB_NETNS_DIR, "none", MS_SHARED | MS_REC, NULL))
		return lab_sys_fail(err, "can't share " LAB_NETNS_DIR);
	return 0;
}

int lab_spaces_open(struct lab_run *run, struct nlab_err *err)
{
	if (run->host_net >= 0)
		return 0;
	/* To that of the machine there would be no way back. */
	if (lab_in_user_ns() && unshare(CLONE_NEWUTS))
		return lab_sys_fail(err, "can't make a UTS namespace");
	run->host_net = lab_space_open("net");
	run->host_uts = lab_space_open("uts");
	run->host_mnt = lab_space_open("mnt");
	if (run->host_net < 0 || run->host_uts < 0 || run->host_mnt < 0)
		return lab_sys_fail(err, "can't open the machine's namespaces");
	if (setns(run->host_net, CLONE_NEWNET))
		return lab_sys_fail(err, "can't return to this network");
	return 0;
}

/* Back to the network of the machine; @ret is what was done elsewhere. */
static int go_home(struct lab_run *run, int ret, struct nlab_err *err)
{
	if (setns(run->host_net, CLONE_NEWNET) && !ret)
		ret = lab_sys_fail(err, "can't return to the machine's network");
	return ret;
}

/* --- making --- */

static int make_folder(struct lab_run *run, const char *name,
		       struct nlab_err *err)
{
	char path[LAB_PATH];

	if ((mkdir(lab_path(path, run, "nodes/%s", name), 0755) &&
	     errno != EEXIST) ||
	    (mknod(lab_path(path, run, "nodes/%s/net", name), S_IFREG | 0444,
		   0) && errno != EEXIST))
		return lab_sys_fail(err, "can't make %s", path);
	return 0;
}

int lab_space_keep(struct lab_run *run, const char *node, const char *space,
		   const char *source, struct nlab_err *err)
{
	char path[LAB_PATH];

	lab_path(path, run, "nodes/%s/%s", node, space);
	if (mount(source, path, NULL, MS_BIND, NULL))
		return lab_sys_fail(err, "node %s: can't keep its %s namespace",
				    node, space);
	return 0;
}

/* The name is taken by whoever makes the file. */
static int make_netns_name(struct lab_run *run, const char *name,
			   struct nlab_err *err)
{
	char path[LAB_PATH], source[LAB_PATH];

	snprintf(path, sizeof(path), LAB_NETNS_DIR "/%s.%s", run->name, name);
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
	bool routes = node->kind == LAB_ROUTER || node->kind == LAB_TRANSLATOR;
	const char *const words[][2] = {
		/* Addresses of a lab are known to be unique. */
		{ "net.ipv6.conf.all.accept_dad", "0" },
		{ "net.ipv6.conf.default.accept_dad", "0" },
		/* As those of IPv4, when a device is down for a while. */
		{ "net.ipv6.conf.all.keep_addr_on_down", "1" },
		/* Of IPv4, what is not set is as in the machine. */
		{ "net.ipv4.ip_forward", routes ? "1" : "0" },
		/* Off in a new namespace; that of "default" follows. */
		{ "net.ipv6.conf.all.forwarding", "1" },
	};
	struct nlab *rt;
	size_t i;
	int ret = lab_rt_here(run, node->name, &rt, err);

	for (i = 0; i < (routes ? 5 : 4) && !ret; i++)
		ret = lab_sysctl_here(run, words[i][0], words[i][1], err);
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

	if (lab_in_user_ns())
		lab_user_etc(run, node);
	if (!ret && !run->names)
		ret = prepare_netns_dir(err);
	if (ret)
		return ret;
	run->names = true;
	if (unshare(CLONE_NEWNET))
		return lab_sys_fail(err, "node %s: can't make its network namespace",
				    node->name);
	ret = lab_space_keep(run, node->name, "net",
			     "/proc/thread-self/ns/net", err);
	if (!ret)
		ret = make_net(run, node, err);
	if (!ret)
		ret = make_netns_name(run, node->name, err);
	return go_home(run, ret, err);
}

/* --- removing --- */

/* An entry that shows another namespace is somebody else's. An empty file
 * with ours not mounted yet is what a killed apply leaves.
 */
void lab_netns_remove(struct lab_run *run, const char *name)
{
	char path[LAB_PATH], mine[LAB_PATH];
	struct stat a, b, dir;

	snprintf(path, sizeof(path), LAB_NETNS_DIR "/%s.%s", run->name, name);
	lab_path(mine, run, "nodes/%s/net", name);
	if (stat(path, &a) || stat(mine, &b))
		return;
	if (a.st_dev == b.st_dev && a.st_ino == b.st_ino) {
		/* Busy if somebody has mounted it once more. */
		while (!umount2(path, MNT_DETACH | UMOUNT_NOFOLLOW) &&
		       unlink(path) && errno == EBUSY)
			;
	} else if (!stat(LAB_NETNS_DIR, &dir) && a.st_dev == dir.st_dev &&
		   !a.st_size && !(a.st_mode & 0777)) {
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
	int fds[SPACES], ret = lab_inside_make(run, name, err);
	size_t i;

	if (ret)
		return ret;
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
	int ret = group ? lab_group_join(run, name, group, err) : 0;

	return ret ? ret : enter(run, name, err);
}

int lab_in_net(struct lab_run *run, const char *name,
	       int (*work)(void *arg, struct nlab_err *err), void *arg,
	       struct nlab_err *err)
{
	char path[LAB_PATH];
	int ret = lab_spaces_open(run, err);

	if (!ret)
		ret = nlab_netns_enter(lab_path(path, run, "nodes/%s/net",
						name), err);
	return ret ? ret : go_home(run, work(arg, err), err);
}

int lab_in_node(struct lab_run *run, const char *name,
		int (*work)(void *arg, struct nlab_err *err), void *arg,
		struct nlab_err *err)
{
	int ret = lab_spaces_open(run, err);

	if (ret)
		return ret;
	ret = enter(run, name, err);
	if (!ret)
		ret = work(arg, err);
	if ((setns(run->host_uts, CLONE_NEWUTS) ||
	     setns(run->host_mnt, CLONE_NEWNS)) && !ret)
		ret = lab_sys_fail(err, "can't return to the machine's namespaces");
	return go_home(run, ret, err);
}
