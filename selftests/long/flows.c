// SPDX-License-Identifier: GPL-2.0
/*
 * Many flows at once through a network that changes, in one process.
 *
 *	flows serve
 *	flows run ADDRESS TCP UDP PING
 *	flows spread ADDRESS COUNT
 *
 * serve answers what comes to port 7 by TCP and UDP, on all addresses. run
 * opens TCP sessions, each of which sends a message each two seconds and waits
 * for it, and flows of UDP and of ping that send a number each 20 ms. It writes
 * "ready" when all are answered, and for each line NAME that it then reads what
 * happened since the one before:
 *
 *	NAME lost L of N gap MS tcp-broken B of S tcp-wait MS stalled MS
 *
 * lost: packets of UDP and ping without an answer; gap: the longest time in
 * which all packets of one flow were lost; tcp-wait: the longest that a session
 * waited; stalled: the longest time that this program did not run, since the
 * machine had other things to do. What is under way is waited for: until each flow has had answers to
 * later packets, and each session to a later message. Those that have none in
 * two minutes count as broken.
 *
 * spread sends one UDP packet from each of COUNT ports, and prints how many had
 * an answer.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/ip_icmp.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

enum {
	PORT = 7,
	TICK_MS = 20,
	TICKS_OF_SESSION = 100,
	/* Answers to so many later packets: the ones before are lost. */
	LATER = 25,
	PATIENCE = 6000,	/* ticks: two minutes */
	/* Packets that a flow remembers, by a power of two; five minutes. */
	RING = 16384,
	BUFFER = 8 << 20,
	EVENTS = 64,
	MESSAGE = 32,
};

enum kind { TCP, UDP, PING };

/* A session, or a flow of packets; numbers are of messages or packets. */
struct flow {
	/* Of packets, by the lower bits of the number. */
	uint32_t sent_at[RING];
	bool answered[RING];
	int fd;
	enum kind kind;
	/* To be sent next; first of this case; behind its last; last answered. */
	uint32_t next, base, end, last;
	/* Of a session: when it asked, bytes of the answer, waits, broke. */
	uint32_t asked_at;
	unsigned int got;
	bool waits, dead;
};

static struct flow **flows;
static unsigned int flow_count, tcp_count;
static uint32_t longest_wait, missed_ticks;
/* Of the case whose end is waited for. */
static char name[64];
static int timer;

static void die(const char *what)
{
	fprintf(stderr, "flows: %s: %s\n", what, strerror(errno));
	exit(2);
}

static uint32_t now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint32_t)(t.tv_sec * 1000 + t.tv_nsec / 1000000);
}

static int open_socket(int family, int type, int protocol)
{
	int fd = socket(family, type | SOCK_NONBLOCK | SOCK_CLOEXEC, protocol);
	int size = BUFFER;

	if (fd < 0)
		die("socket");
	/* What is lost shall be lost in the network. */
	if (type == SOCK_DGRAM)
		setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof(size));
	return fd;
}

static void watch(int epoll, int fd, void *data)
{
	struct epoll_event event = { .events = EPOLLIN, .data.ptr = data };

	if (epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event))
		die("epoll");
}

/* --- the server --- */

/* From the address that it came to, of which the server has several. */
static void echo_udp(int fd)
{
	char data[2048], control[CMSG_SPACE(sizeof(struct in6_pktinfo))];
	struct sockaddr_in6 from;
	struct iovec vec = { .iov_base = data };
	struct msghdr msg = { .msg_name = &from, .msg_iov = &vec,
			      .msg_iovlen = 1, .msg_control = control };
	ssize_t got;

	for (;;) {
		vec.iov_len = sizeof(data);
		msg.msg_namelen = sizeof(from);
		msg.msg_controllen = sizeof(control);
		got = recvmsg(fd, &msg, 0);
		if (got < 0)
			return;
		vec.iov_len = (size_t)got;
		sendmsg(fd, &msg, 0);
	}
}

static void echo_tcp(int fd)
{
	char data[2048];
	ssize_t got = read(fd, data, sizeof(data));

	if (got < 0 && errno == EAGAIN)
		return;
	if (got <= 0 || write(fd, data, (size_t)got) != got)
		close(fd);
}

static void serve(int epoll)
{
	struct sockaddr_in6 any = { .sin6_family = AF_INET6,
				    .sin6_port = htons(PORT) };
	int udp = open_socket(AF_INET6, SOCK_DGRAM, 0);
	int tcp = open_socket(AF_INET6, SOCK_STREAM, 0);
	int i, fd, count, on = 1;
	struct epoll_event events[EVENTS];

	if (setsockopt(udp, IPPROTO_IPV6, IPV6_RECVPKTINFO, &on, sizeof(on)) ||
	    bind(udp, (struct sockaddr *)&any, sizeof(any)) ||
	    bind(tcp, (struct sockaddr *)&any, sizeof(any)) ||
	    listen(tcp, 4096))
		die("port 7");
	watch(epoll, udp, (void *)(intptr_t)udp);
	watch(epoll, tcp, (void *)(intptr_t)tcp);
	for (;;) {
		count = epoll_wait(epoll, events, EVENTS, -1);
		for (i = 0; i < count; i++) {
			fd = (int)(intptr_t)events[i].data.ptr;
			if (fd == udp)
				echo_udp(fd);
			else if (fd != tcp)
				echo_tcp(fd);
			else if ((fd = accept4(tcp, NULL, NULL,
					       SOCK_NONBLOCK)) >= 0)
				watch(epoll, fd, (void *)(intptr_t)fd);
		}
	}
}

/* --- flows --- */

static int open_flow(enum kind kind, const struct sockaddr_in *to)
{
	int fd = open_socket(AF_INET, kind == TCP ? SOCK_STREAM : SOCK_DGRAM,
			     kind == PING ? IPPROTO_ICMP : 0);

	if (connect(fd, (const struct sockaddr *)to, sizeof(*to)) &&
	    errno != EINPROGRESS)
		die("connect");
	return fd;
}

static void add_flows(enum kind kind, const char *count, int epoll,
		      const struct sockaddr_in *to)
{
	unsigned int end = flow_count + (unsigned int)atoi(count);
	struct flow *flow;

	flows = realloc(flows, end * sizeof(*flows));
	while (flows && flow_count < end) {
		flow = flows[flow_count++] = calloc(1, sizeof(*flow));
		if (!flow)
			die("memory");
		flow->kind = kind;
		flow->next = flow->base = flow->end = 1;
		flow->fd = open_flow(kind, to);
		watch(epoll, flow->fd, flow);
	}
}

static void send_packet(struct flow *flow)
{
	struct {
		struct icmphdr icmp;
		uint32_t number;
	} ping = { .icmp.type = ICMP_ECHO, .number = flow->next };

	flow->sent_at[flow->next % RING] = now_ms();
	flow->answered[flow->next % RING] = false;
	/* An error is a packet that is lost. */
	if (flow->kind == PING)
		(void)!send(flow->fd, &ping, sizeof(ping), 0);
	else
		(void)!send(flow->fd, &flow->next, sizeof(flow->next), 0);
	flow->next++;
}

static void read_packets(struct flow *flow)
{
	const size_t skip = flow->kind == PING ? sizeof(struct icmphdr) : 0;
	unsigned char data[128];
	uint32_t number;
	ssize_t got;

	while ((got = recv(flow->fd, data, sizeof(data), 0)) >= 0 ||
	       errno != EAGAIN) {
		if (got != (ssize_t)(skip + sizeof(number)))
			continue;
		memcpy(&number, data + skip, sizeof(number));
		if (number >= flow->next || flow->next - number > RING)
			continue;
		flow->answered[number % RING] = true;
		if (number > flow->last)
			flow->last = number;
	}
}

static void fill(char *message, uint32_t number)
{
	snprintf(message, MESSAGE, "%031u", number);
}

static void broke(struct flow *flow)
{
	flow->dead = true;
	close(flow->fd);
}

static void send_message(struct flow *flow)
{
	char message[MESSAGE];
	ssize_t sent;

	fill(message, flow->next);
	flow->asked_at = now_ms();
	sent = write(flow->fd, message, sizeof(message));
	if (sent < 0 && (errno == EAGAIN || errno == ENOTCONN))
		return;
	if (sent != sizeof(message)) {
		broke(flow);
		return;
	}
	flow->waits = true;
	flow->next++;
}

static void read_message(struct flow *flow)
{
	char message[MESSAGE], wanted[MESSAGE];
	uint32_t wait;
	ssize_t got = read(flow->fd, message, sizeof(message) - flow->got);

	if (got < 0 && errno == EAGAIN)
		return;
	fill(wanted, flow->next - 1);
	if (got <= 0 || memcmp(message, wanted + flow->got, (size_t)got)) {
		broke(flow);
		return;
	}
	flow->got += (unsigned int)got;
	if (flow->got < sizeof(message))
		return;
	flow->got = 0;
	flow->waits = false;
	flow->last = flow->next - 1;
	wait = now_ms() - flow->asked_at;
	if (wait > longest_wait)
		longest_wait = wait;
}

static void tick(unsigned int count)
{
	unsigned int i;

	for (i = 0; i < flow_count; i++)
		if (flows[i]->kind != TCP)
			send_packet(flows[i]);
		else if (!flows[i]->dead && !flows[i]->waits &&
			 (i + count) % TICKS_OF_SESSION == 0)
			send_message(flows[i]);
}

/* --- cases --- */

static bool is_done(const struct flow *flow)
{
	return flow->dead || flow->last >= flow->end +
	       (flow->kind == TCP ? 0 : LATER);
}

static unsigned int waited_for(void)
{
	unsigned int i, count = 0;

	for (i = 0; i < flow_count; i++)
		count += !is_done(flows[i]);
	return count;
}

static unsigned int count_lost(const struct flow *flow, uint32_t *gap)
{
	uint32_t i, before = 0, lost = 0, run = 0, length;

	for (i = flow->base; i != flow->end + LATER && i < flow->next; i++) {
		if (!flow->answered[i % RING]) {
			run++;
			lost += i < flow->end;
			continue;
		}
		length = flow->sent_at[i % RING] - before;
		if (run && before && length > *gap)
			*gap = length;
		before = flow->sent_at[i % RING];
		run = 0;
	}
	return lost;
}

static void report(void)
{
	unsigned int i, lost = 0, all = 0, broken = 0;
	uint32_t gap = 0;

	for (i = 0; i < flow_count; i++) {
		struct flow *flow = flows[i];

		if (flow->kind == TCP) {
			broken += flow->dead || !is_done(flow);
		} else {
			lost += count_lost(flow, &gap);
			all += flow->end - flow->base;
		}
		flow->base = flow->end;
	}
	printf("%s lost %u of %u gap %u tcp-broken %u of %u tcp-wait %u stalled %u\n",
	       name, lost, all, gap, broken, tcp_count, longest_wait,
	       missed_ticks * TICK_MS);
	fflush(stdout);
	longest_wait = missed_ticks = 0;
}

/* What was lost until all had their first answers does not count. */
static void begin(void)
{
	unsigned int i;

	puts("ready");
	fflush(stdout);
	for (i = 0; i < flow_count; i++)
		flows[i]->base = flows[i]->next;
	longest_wait = missed_ticks = 0;
}

/* The case ends with what was sent so far. */
static void read_name(void)
{
	ssize_t got = read(STDIN_FILENO, name, sizeof(name) - 1);
	unsigned int i;

	if (got <= 0)
		exit(0);
	name[got] = '\0';
	name[strcspn(name, "\n")] = '\0';
	for (i = 0; i < flow_count; i++)
		flows[i]->end = flows[i]->next;
}

static bool read_timer(void)
{
	uint64_t ticks;

	if (read(timer, &ticks, sizeof(ticks)) < 0)
		return false;
	if (ticks > missed_ticks + 1)
		missed_ticks = (uint32_t)ticks - 1;
	return true;
}

/* Returns whether a tick passed. Who was held up does not send in bursts. */
static bool take(int epoll)
{
	struct epoll_event events[EVENTS];
	int i, count = epoll_wait(epoll, events, EVENTS, -1);
	bool ticked = false;

	for (i = 0; i < count; i++) {
		struct flow *flow = events[i].data.ptr;

		if (events[i].data.ptr == &timer)
			ticked = read_timer();
		else if (events[i].data.ptr == name)
			read_name();
		else if (flow->kind == TCP)
			read_message(flow);
		else
			read_packets(flow);
	}
	return ticked;
}

static void run(int epoll)
{
	const struct itimerspec each = {
		.it_interval.tv_nsec = TICK_MS * 1000000,
		.it_value.tv_nsec = TICK_MS * 1000000,
	};
	unsigned int ticks = 0, waited = 0;
	bool ready = false;

	timer = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK);
	if (timer < 0 || timerfd_settime(timer, 0, &each, NULL))
		die("timer");
	watch(epoll, timer, &timer);
	watch(epoll, STDIN_FILENO, name);
	for (;;) {
		if (!take(epoll))
			continue;
		tick(ticks++);
		if (ready && !*name)
			continue;
		if (waited_for() && waited++ < PATIENCE)
			continue;
		if (ready)
			report();
		else
			begin();
		ready = true;
		waited = 0;
		*name = '\0';
	}
}

/* --- a packet of each port --- */

static void spread(unsigned int count, const struct sockaddr_in *to, int epoll)
{
	struct epoll_event events[EVENTS];
	unsigned int sent, answers = 0;
	int i, fd, ready;
	char data;

	for (sent = 0; sent < count; sent++) {
		fd = open_flow(UDP, to);
		watch(epoll, fd, (void *)(intptr_t)fd);
		(void)!send(fd, "", 1, 0);
		if (sent % EVENTS == 0)
			usleep(TICK_MS * 1000);
	}
	while ((ready = epoll_wait(epoll, events, EVENTS, 1000)) > 0)
		for (i = 0; i < ready; i++)
			if (recv((int)(intptr_t)events[i].data.ptr, &data, 1,
				 0) == 1)
				answers++;
	printf("%u of %u\n", answers, count);
}

int main(int argc, char **argv)
{
	struct sockaddr_in to = { .sin_family = AF_INET,
				  .sin_port = htons(PORT) };
	int epoll = epoll_create1(0);

	if (argc == 2 && !strcmp(argv[1], "serve")) {
		serve(epoll);
	} else if (argc >= 4 && inet_pton(AF_INET, argv[2], &to.sin_addr) != 1) {
		fprintf(stderr, "flows: no IPv4 address: %s\n", argv[2]);
	} else if (argc == 4 && !strcmp(argv[1], "spread")) {
		spread((unsigned int)atoi(argv[3]), &to, epoll);
		return 0;
	} else if (argc == 6 && !strcmp(argv[1], "run")) {
		tcp_count = (unsigned int)atoi(argv[3]);
		add_flows(TCP, argv[3], epoll, &to);
		add_flows(UDP, argv[4], epoll, &to);
		add_flows(PING, argv[5], epoll, &to);
		run(epoll);
	}
	fputs("usage: flows serve | run ADDRESS TCP UDP PING | spread ADDRESS COUNT\n",
	      stderr);
	return 1;
}
