// SPDX-License-Identifier: GPL-2.0
/*
 * UDP for make bench: round trips, and bursts with segmentation offload.
 *
 *	bench-udp echo PORT ADDRESS...
 *	bench-udp sink PORT ADDRESS...
 *	bench-udp ask SOURCE ADDRESS PORT COUNT
 *	bench-udp burst SOURCE ADDRESS PORT MILLISECONDS
 *
 * echo answers each datagram with the same; ask sends one after the other and
 * prints the nanoseconds of each round trip, one a line, "lost" for none.
 * burst sends SEGMENTS datagrams per call (UDP_SEGMENT), at most WINDOW such
 * calls ahead of sink, which acknowledges as many bytes as one call sends; it
 * prints acknowledged bytes, nanoseconds and bursts that were lost.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/udp.h>
#include <poll.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>

#ifndef UDP_SEGMENT
#define UDP_SEGMENT	103
#define UDP_GRO		104
#endif

enum {
	SEGMENT = 1400,		/* fits 1500 with an IPv6 and a Fragment header */
	SEGMENTS = 40,
	BURST = SEGMENT * SEGMENTS,
	WINDOW = 4,
	MAX_SOCKETS = 16,
	PAYLOAD = 64,
	TIMEOUT = 1000,		/* ms */
};

static char buffer[65536];

static void die(const char *what)
{
	fprintf(stderr, "bench-udp: %s: %s\n", what, strerror(errno));
	exit(2);
}

static int64_t now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000000000LL + t.tv_nsec;
}

static socklen_t parse(struct sockaddr_storage *sa, const char *address,
		       int port)
{
	struct sockaddr_in6 *in6 = (struct sockaddr_in6 *)sa;
	struct sockaddr_in *in4 = (struct sockaddr_in *)sa;

	memset(sa, 0, sizeof(*sa));
	if (inet_pton(AF_INET6, address, &in6->sin6_addr) == 1) {
		in6->sin6_family = AF_INET6;
		in6->sin6_port = htons(port);
		return sizeof(*in6);
	}
	if (inet_pton(AF_INET, address, &in4->sin_addr) != 1) {
		errno = EINVAL;
		die(address);
	}
	in4->sin_family = AF_INET;
	in4->sin_port = htons(port);
	return sizeof(*in4);
}

static int bound(const char *address, int port)
{
	struct sockaddr_storage sa;
	socklen_t len = parse(&sa, address, port);
	int fd = socket(sa.ss_family, SOCK_DGRAM, 0), size = 1 << 22;

	if (fd < 0 || bind(fd, (struct sockaddr *)&sa, len))
		die(address);
	setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof(size));
	return fd;
}

static int connected(char **arg)
{
	struct sockaddr_storage sa;
	socklen_t len = parse(&sa, arg[1], atoi(arg[2]));
	int fd = bound(arg[0], 0);

	if (connect(fd, (struct sockaddr *)&sa, len))
		die(arg[1]);
	return fd;
}

/* One socket for each address, so that answers come from the right one. */
static void serve(int port, int count, char **address, bool sink)
{
	struct pollfd poller[MAX_SOCKETS];
	size_t got[MAX_SOCKETS] = { 0 };
	int i, on = 1;

	if (count > MAX_SOCKETS)
		count = MAX_SOCKETS;
	for (i = 0; i < count; i++) {
		poller[i] = (struct pollfd){ bound(address[i], port), POLLIN };
		if (sink && setsockopt(poller[i].fd, SOL_UDP, UDP_GRO, &on,
				       sizeof(on)))
			die("UDP_GRO");
	}
	while (poll(poller, count, -1) >= 0 || errno == EINTR) {
		for (i = 0; i < count; i++) {
			struct sockaddr_storage from;
			socklen_t len = sizeof(from);
			ssize_t n;

			if (!(poller[i].revents & POLLIN))
				continue;
			n = recvfrom(poller[i].fd, buffer, sizeof(buffer), 0,
				     (struct sockaddr *)&from, &len);
			if (n < 0)
				continue;
			if (sink) {
				got[i] += n;
				if (got[i] < BURST)
					continue;
				got[i] -= BURST;
				n = 1;
			}
			sendto(poller[i].fd, buffer, n, 0,
			       (struct sockaddr *)&from, len);
		}
	}
	die("poll");
}

/* An answer within TIMEOUT? */
static bool answered(int fd)
{
	struct pollfd poller = { fd, POLLIN };

	return poll(&poller, 1, TIMEOUT) == 1 &&
	       recv(fd, buffer, sizeof(buffer), 0) >= 0;
}

static void ask(char **arg, int count)
{
	int fd = connected(arg);

	while (count--) {
		int64_t start = now();

		if (send(fd, buffer, PAYLOAD, 0) == PAYLOAD && answered(fd))
			printf("%lld\n", (long long)(now() - start));
		else
			puts("lost");
	}
}

static void burst(char **arg, int64_t ms)
{
	int fd = connected(arg), segment = SEGMENT, ahead = 0;
	int64_t start = now(), bytes = 0, lost = 0;

	if (setsockopt(fd, SOL_UDP, UDP_SEGMENT, &segment, sizeof(segment)))
		die("UDP_SEGMENT");
	while (now() - start < ms * 1000000) {
		for (; ahead < WINDOW; ahead++)
			if (send(fd, buffer, BURST, 0) != BURST)
				die("send");
		if (answered(fd)) {
			ahead--;
			bytes += BURST;
		} else {
			lost += ahead;
			ahead = 0;
		}
	}
	printf("%lld %lld %lld\n", (long long)bytes,
	       (long long)(now() - start), (long long)lost);
}

int main(int argc, char **argv)
{
	const char *verb = argc > 1 ? argv[1] : "";

	if (!strcmp(verb, "echo") && argc > 3)
		serve(atoi(argv[2]), argc - 3, argv + 3, false);
	else if (!strcmp(verb, "sink") && argc > 3)
		serve(atoi(argv[2]), argc - 3, argv + 3, true);
	else if (!strcmp(verb, "ask") && argc == 6)
		ask(argv + 2, atoi(argv[5]));
	else if (!strcmp(verb, "burst") && argc == 6)
		burst(argv + 2, atoi(argv[5]));
	else {
		fputs("usage: bench-udp echo|sink PORT ADDRESS... | ask SOURCE ADDRESS PORT COUNT | burst SOURCE ADDRESS PORT MS\n",
		      stderr);
		return 2;
	}
	return 0;
}
