// SPDX-License-Identifier: GPL-2.0
/*
 * Numbered UDP datagrams, to see which are lost or changed on the way.
 *
 *	udp-seq [-g] recv PORT COUNT SIZE SECONDS
 *	udp-seq [-gx] send ADDRESS PORT COUNT SIZE MICROSECONDS
 *
 * recv prints "received N of COUNT, M bad, D double" and succeeds when all came
 * once and unchanged; SECONDS without any datagram end it. send waits so long
 * between two calls. -g: many datagrams at once, UDP_SEGMENT and UDP_GRO. -x:
 * behind a header of (empty) destination options.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/udp.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#ifndef UDP_SEGMENT
#define UDP_SEGMENT	103
#define UDP_GRO		104
#endif

/* of IPv4, and of IPv6, whose header does not count */
enum { MAX_DATAGRAM = 65507, MAX_DATAGRAM6 = 65527, MAX_SEGMENTS = 40,
       MAX_TRIES = 20 };

static unsigned char buffer[65536];
static bool gso, options;

static void die(const char *what)
{
	fprintf(stderr, "udp-seq: %s: %s\n", what, strerror(errno));
	exit(2);
}

static void fill(unsigned char *p, uint32_t seq, size_t size)
{
	uint32_t be = htonl(seq);
	size_t i;

	memcpy(p, &be, sizeof(be));
	for (i = sizeof(be); i < size; i++)
		p[i] = seq * 7 + i;
}

static void pause_for(long us)
{
	struct timespec t = { us / 1000000, us % 1000000 * 1000 };

	if (us)
		nanosleep(&t, NULL);
}

/* One unit of eight octets: next header, length, and PadN (RFC 8200 4.2). */
static const unsigned char padding[8] = { 0, 0, 1, 4 };

static int send_all(const char *address, int port, uint32_t count, size_t size,
		    long us)
{
	struct sockaddr_in6 a6 = { .sin6_family = AF_INET6,
				   .sin6_port = htons(port) };
	struct sockaddr_in a4 = { .sin_family = AF_INET,
				  .sin_port = htons(port) };
	bool v6 = inet_pton(AF_INET6, address, &a6.sin6_addr) == 1;
	uint32_t seq = 0, n, most = gso ? MAX_DATAGRAM / size : 1;
	int sock, tries, segment = size;

	if (!v6 && inet_pton(AF_INET, address, &a4.sin_addr) != 1)
		die(address);
	sock = socket(v6 ? AF_INET6 : AF_INET, SOCK_DGRAM, 0);
	if (sock < 0 || connect(sock, v6 ? (void *)&a6 : (void *)&a4,
				v6 ? sizeof(a6) : sizeof(a4)))
		die("socket");
	if (gso && setsockopt(sock, IPPROTO_UDP, UDP_SEGMENT, &segment,
			      sizeof(segment)))
		die("UDP_SEGMENT");
	if (options && setsockopt(sock, IPPROTO_IPV6, IPV6_DSTOPTS, padding,
				  sizeof(padding)))
		die("IPV6_DSTOPTS");
	if (most > MAX_SEGMENTS)
		most = MAX_SEGMENTS;
	while (seq < count) {
		for (n = 0; n < most && seq < count; n++)
			fill(buffer + n * size, seq++, size);
		/* ICMP errors of earlier ones are no reason to stop. */
		for (tries = 1; send(sock, buffer, n * size, 0) < 0; tries++)
			if (tries == MAX_TRIES)
				die("send");
		pause_for(us);
	}
	return 0;
}

/* Length of the datagrams in one receive call. */
static ssize_t receive(int sock, size_t *each)
{
	union {
		char data[CMSG_SPACE(sizeof(int))];
		struct cmsghdr align;
	} control;
	struct iovec iov = { buffer, sizeof(buffer) };
	struct msghdr msg = { .msg_iov = &iov, .msg_iovlen = 1,
			      .msg_control = &control,
			      .msg_controllen = sizeof(control) };
	ssize_t len = recvmsg(sock, &msg, 0);
	struct cmsghdr *c;
	int segment;

	*each = len;
	for (c = CMSG_FIRSTHDR(&msg); len > 0 && c; c = CMSG_NXTHDR(&msg, c))
		if (c->cmsg_level == IPPROTO_UDP && c->cmsg_type == UDP_GRO) {
			memcpy(&segment, CMSG_DATA(c), sizeof(segment));
			*each = segment;
		}
	return len;
}

static int receive_all(int port, uint32_t count, size_t size, int seconds)
{
	static unsigned char wanted[65536];
	struct sockaddr_in6 any = { .sin6_family = AF_INET6,
				    .sin6_port = htons(port) };
	struct timeval timeout = { seconds, 0 };
	uint32_t seq, got = 0, bad = 0, twice = 0;
	char *seen = calloc(count, 1);
	int sock, room = 16 << 20, on = 1;
	size_t each, at;
	ssize_t len;

	sock = socket(AF_INET6, SOCK_DGRAM, 0);
	if (!seen || sock < 0 ||
	    setsockopt(sock, SOL_SOCKET, SO_RCVBUFFORCE, &room, sizeof(room)) ||
	    setsockopt(sock, SOL_SOCKET, SO_RCVTIMEO, &timeout,
		       sizeof(timeout)) ||
	    bind(sock, (void *)&any, sizeof(any)))
		die("socket");
	if (gso && setsockopt(sock, IPPROTO_UDP, UDP_GRO, &on, sizeof(on)))
		die("UDP_GRO");
	while (got < count && (len = receive(sock, &each)) > 0)
		for (at = 0; at < (size_t)len; at += each) {
			memcpy(&seq, buffer + at, sizeof(seq));
			seq = ntohl(seq);
			fill(wanted, seq, size);
			if (seq >= count || each != size ||
			    at + size > (size_t)len ||
			    memcmp(wanted, buffer + at, size))
				bad++;
			else if (seen[seq]++)
				twice++;
			else
				got++;
		}
	printf("received %u of %u, %u bad, %u double\n", got, count, bad,
	       twice);
	return got < count || bad || twice;
}

int main(int argc, char **argv)
{
	int opt;
	bool to;

	while ((opt = getopt(argc, argv, "+gx")) != -1) {
		gso |= opt == 'g';
		options |= opt == 'x';
	}
	argc -= optind - 1;
	argv += optind - 1;
	to = argc == 7 && !strcmp(argv[1], "send");
	if (!to && (argc != 6 || strcmp(argv[1], "recv"))) {
		fprintf(stderr, "usage: udp-seq [-g] recv PORT COUNT SIZE SECONDS\n"
			"       udp-seq [-gx] send ADDRESS PORT COUNT SIZE MICROSECONDS\n");
		return 2;
	}
	if (atoi(argv[to ? 5 : 4]) < 4 || atoi(argv[to ? 5 : 4]) > MAX_DATAGRAM6)
		return 2;
	if (to)
		return send_all(argv[2], atoi(argv[3]), atoi(argv[4]),
				atoi(argv[5]), atol(argv[6]));
	return receive_all(atoi(argv[2]), atoi(argv[3]), atoi(argv[4]),
			   atoi(argv[5]));
}
