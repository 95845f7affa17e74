// SPDX-License-Identifier: GPL-2.0
/*
 * To be loaded before the C library (LD_PRELOAD): binds what sockets of IP a
 * program makes to the device NLAB_VRF. That is what "ip vrf exec" has the
 * kernel do, where that has CONFIG_CGROUP_BPF.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

int socket(int family, int type, int protocol)
{
	static int (*make)(int, int, int);
	const char *vrf = getenv("NLAB_VRF");
	int fd, why;

	if (!make)
		make = (int (*)(int, int, int))dlsym(RTLD_NEXT, "socket");
	fd = make(family, type, protocol);
	if (fd < 0 || !vrf || (family != AF_INET && family != AF_INET6))
		return fd;
	if (!setsockopt(fd, SOL_SOCKET, SO_BINDTODEVICE, vrf, strlen(vrf)))
		return fd;
	why = errno;
	close(fd);
	errno = why;
	return -1;
}
