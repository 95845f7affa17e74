// SPDX-License-Identifier: GPL-2.0
/* Network namespaces by name, path or process ID. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "nlab.h"

#define NETNS_DIR	"/run/netns"

static int open_netns(const char *name)
{
	char path[PATH_MAX];
	int fd;

	if (strchr(name, '/'))
		return open(name, O_RDONLY | O_CLOEXEC);
	snprintf(path, sizeof(path), NETNS_DIR "/%s", name);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	/* A name of digits only is a name first, as for ip-netns(8). */
	if (fd >= 0 || errno != ENOENT || !*name ||
	    strspn(name, "0123456789") != strlen(name))
		return fd;
	snprintf(path, sizeof(path), "/proc/%s/ns/net", name);
	return open(path, O_RDONLY | O_CLOEXEC);
}

int nlab_netns_open(int *fd, const char *name, struct nlab_err *err)
{
	char quoted[NLAB_QUOTED];
	int error;

	*fd = open_netns(name);
	if (*fd >= 0)
		return 0;
	error = errno;
	return nlab_fail(err, error == EACCES || error == EPERM ?
			 NLAB_FAULT_ACCESS : NLAB_FAULT_INPUT, error,
			 "can't open network namespace %s: %s",
			 nlab_quote(quoted, nlab_word(name)), strerror(error));
}

int nlab_netns_enter(const char *name, struct nlab_err *err)
{
	char quoted[NLAB_QUOTED];
	int fd, error, ret = nlab_netns_open(&fd, name, err);

	if (ret)
		return ret;
	nlab_quote(quoted, nlab_word(name));
	error = setns(fd, CLONE_NEWNET) ? errno : 0;
	close(fd);
	if (error == EPERM)
		return nlab_fail(err, NLAB_FAULT_ACCESS, error,
				 "permission denied: entering network namespace %s needs CAP_SYS_ADMIN, run as root",
				 quoted);
	if (error)
		return nlab_fail(err, NLAB_FAULT_INPUT, error,
				 "%s is not a network namespace: %s", quoted,
				 strerror(error));
	return 0;
}

const char *nlab_netns_name(char *buf, uint32_t inode)
{
	const struct dirent *entry;
	DIR *dir = opendir(NETNS_DIR);
	struct stat st;

	snprintf(buf, NLAB_NETNS_TEXT, "net:[%" PRIu32 "]", inode);
	while (dir && (entry = readdir(dir)))
		if (!fstatat(dirfd(dir), entry->d_name, &st, 0) &&
		    st.st_ino == inode && entry->d_name[0] != '.') {
			snprintf(buf, NLAB_NETNS_TEXT, "%s", entry->d_name);
			break;
		}
	if (dir)
		closedir(dir);
	return buf;
}

uint32_t nlab_netns_self(void)
{
	struct stat st;

	return stat("/proc/thread-self/ns/net", &st) ? 0 : (uint32_t)st.st_ino;
}
