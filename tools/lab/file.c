// SPDX-License-Identifier: GPL-2.0
/* Sysctls and files of nodes. */
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <pwd.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sys.h"

struct file_work {
	const char *path;
	const char *text;
	bool frr;
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

/* Names have dots, as in sysctl(8); a device with a dot in its name has a
 * slash there.
 */
int lab_sysctl_here(const char *name, const char *text, struct nlab_err *err)
{
	char path[LAB_PATH], *c;
	int fd, ret = 0;

	snprintf(path, sizeof(path), "/proc/sys/%s", name);
	for (c = path + strlen("/proc/sys/"); *c; c++)
		if (*c == '.')
			*c = '/';
	fd = open(path, O_WRONLY | O_CLOEXEC);
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

static int sysctl_work(void *arg, struct nlab_err *err)
{
	const struct file_work *work = arg;

	return lab_sysctl_here(work->path, work->text, err);
}

int lab_sysctl(struct lab_run *run, const char *node, const char *name,
	       const char *text, struct nlab_err *err)
{
	struct file_work work = { .path = name, .text = text };

	return lab_in_node(run, node, sysctl_work, &work, err);
}

/* The daemons of FRR run as a user of their own. */
static void give_to_frr(const char *path)
{
	const struct passwd *user = getpwnam("frr");

	if (user && chown(path, user->pw_uid, user->pw_gid))
		return;
}

static int make_parents(const char *path, bool frr)
{
	char part[LAB_PATH];
	const char *slash;

	for (slash = strchr(path + 1, '/'); slash;
	     slash = strchr(slash + 1, '/')) {
		snprintf(part, sizeof(part), "%.*s", (int)(slash - path), path);
		if (mkdir(part, 0755) && errno != EEXIST)
			return -1;
	}
	if (frr) {
		give_to_frr("/etc/frr");
		give_to_frr("/run/frr");
	}
	return 0;
}

static int write_work(void *arg, struct nlab_err *err)
{
	const struct file_work *work = arg;
	int fd = -1, ret = 0;

	if (!make_parents(work->path, work->frr))
		fd = open(work->path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC,
			  0644);
	if (fd < 0 || put(fd, work->text))
		ret = lab_sys_fail(err, "can't write %s", work->path);
	if (fd >= 0)
		close(fd);
	if (work->frr)
		give_to_frr(work->path);
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

	if (unlink(work->path) && errno != ENOENT)
		return lab_sys_fail(err, "can't remove %s", work->path);
	return 0;
}

int lab_file_delete(struct lab_run *run, const char *node, const char *path,
		    struct nlab_err *err)
{
	struct file_work work = { .path = path };

	return lab_in_node(run, node, delete_work, &work, err);
}
