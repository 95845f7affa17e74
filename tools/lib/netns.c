// SPDX-License-Identifier: GPL-2.0
/* Network namespaces by name, path or process ID. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
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

int nlab_netns_enter(const char *name, struct nlab_err *err)
{
	char quoted[NLAB_QUOTED];
	int fd = open_netns(name), error;

	nlab_quote(quoted, nlab_word(name));
	if (fd < 0) {
		error = errno;
		return nlab_fail(err, error == EACCES || error == EPERM ?
				 NLAB_FAULT_ACCESS : NLAB_FAULT_INPUT, error,
				 "can't open network namespace %s: %s", quoted,
				 strerror(error));
	}
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
