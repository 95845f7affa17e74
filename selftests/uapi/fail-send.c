// SPDX-License-Identifier: GPL-2.0
/*
 * To be loaded before the C library (LD_PRELOAD): lets the NLAB_FAIL_NTH-th
 * allocation in the kernel fail, counted over all that the program sends to
 * netlink, and writes "fired" or "spared" into the file NLAB_FAIL_LOG at the
 * end. Wants CONFIG_FAULT_INJECTION; nobody else's allocations fail.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static int left = -1;
static int armed;

static int nth(void)
{
	return open("/proc/thread-self/fail-nth", O_RDWR | O_CLOEXEC);
}

static void arm(int fd)
{
	char text[16];
	const char *wanted = getenv("NLAB_FAIL_NTH");

	if (left < 0)
		left = wanted ? atoi(wanted) : 0;
	if (fd < 0 || !left)
		return;
	snprintf(text, sizeof(text), "%d", left);
	armed = pwrite(fd, text, strlen(text), 0) > 0;
}

static void disarm(int fd)
{
	char text[16] = { 0 };

	if (fd < 0 || !left)
		return;
	if (armed && pread(fd, text, sizeof(text) - 1, 0) > 0)
		left = atoi(text);
	if (pwrite(fd, "0", 1, 0) < 0)
		armed = 0;
}

ssize_t sendto(int sock, const void *buf, size_t len, int flags,
	       const struct sockaddr *addr, socklen_t addr_len)
{
	static ssize_t (*real)(int, const void *, size_t, int,
			       const struct sockaddr *, socklen_t);
	int fd = nth(), error;
	ssize_t ret;

	if (!real)
		real = (__typeof__(real))dlsym(RTLD_NEXT, "sendto");
	arm(fd);
	ret = real(sock, buf, len, flags, addr, addr_len);
	error = errno;
	disarm(fd);
	close(fd);
	errno = error;
	return ret;
}

__attribute__((destructor)) static void tell(void)
{
	const char *name = getenv("NLAB_FAIL_LOG");
	FILE *f = name ? fopen(name, "w") : NULL;

	if (!f)
		return;
	fputs(!armed ? "off\n" : left ? "spared\n" : "fired\n", f);
	fclose(f);
}
