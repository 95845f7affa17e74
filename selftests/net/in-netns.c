// SPDX-License-Identifier: GPL-2.0
/*
 * Runs a program in a named network namespace, or sets the namespace up.
 *
 *	in-netns NETNS [-u DEVICE] [NAME=VALUE]... [-- COMMAND...]
 *
 * -u brings a device up; NAME is a sysctl below net/, with slashes. Linked
 * statically: the tests start it hundreds of times, and on an emulated machine
 * the dynamic linker is most of what a small program costs.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <net/if.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

static void die(const char *what, const char *name)
{
	fprintf(stderr, "in-netns: %s %s: %s\n", what, name, strerror(errno));
	exit(126);
}

static void enter(const char *name)
{
	char path[256];
	int fd;

	snprintf(path, sizeof(path), "/run/netns/%s", name);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0 || setns(fd, CLONE_NEWNET))
		die("can't enter", path);
	close(fd);
}

static void bring_up(const char *device)
{
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	struct ifreq ifr = { .ifr_flags = 0 };

	strncpy(ifr.ifr_name, device, sizeof(ifr.ifr_name) - 1);
	if (fd < 0 || ioctl(fd, SIOCGIFFLAGS, &ifr))
		die("no device", device);
	ifr.ifr_flags |= IFF_UP;
	if (ioctl(fd, SIOCSIFFLAGS, &ifr))
		die("can't bring up", device);
	close(fd);
}

/* Those of the namespace: /proc/sys/net is that of who looks. */
static void write_sysctl(const char *setting)
{
	const char *value = strchr(setting, '=');
	char path[256];
	int fd;

	if (!value) {
		errno = EINVAL;
		die("no value in", setting);
	}
	snprintf(path, sizeof(path), "/proc/sys/net/%.*s",
		 (int)(value - setting), setting);
	value++;
	fd = open(path, O_WRONLY | O_CLOEXEC);
	if (fd < 0 || write(fd, value, strlen(value)) < 0)
		die("can't write", path);
	close(fd);
}

int main(int argc, char **argv)
{
	int i;

	if (argc < 2) {
		fprintf(stderr, "in-netns NETNS [-u DEVICE] [NAME=VALUE]... "
			"[-- COMMAND...]\n");
		return 126;
	}
	enter(argv[1]);
	for (i = 2; i < argc && strcmp(argv[i], "--"); i++) {
		if (!strcmp(argv[i], "-u") && i + 1 < argc)
			bring_up(argv[++i]);
		else
			write_sysctl(argv[i]);
	}
	if (i + 1 >= argc)
		return 0;
	execvp(argv[i + 1], argv + i + 1);
	fprintf(stderr, "in-netns: %s: %s\n", argv[i + 1], strerror(errno));
	return errno == ENOENT ? 127 : 126;
}
