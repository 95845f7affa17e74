// SPDX-License-Identifier: GPL-2.0
/*
 * Random requests to the family from several processes at once: all commands,
 * good and bad attributes, wrong lengths, deep nests, cut messages, dumps that
 * nobody reads to the end. Half of the processes are in a user namespace of
 * their own: every other one there has a network namespace too, the rest must
 * not be allowed to change anything.
 *
 *	nl-random [SECONDS [SEED [PROCESSES]]]
 *
 * Prints KTAP. A process fails that gets no answer to a good question for 30
 * seconds.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <libmnl/libmnl.h>
#include <linux/genetlink.h>
#include <sched.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <linux/nlab.h>

enum { BUFFER = 8192, FULL = 6000, BATCH = 64, PATIENCE = 30 };

static uint64_t state;
static struct mnl_socket *sock;
static uint16_t family;
static unsigned int seq;

/* xorshift64* */
static uint32_t rnd(uint32_t below)
{
	state ^= state >> 12;
	state ^= state << 25;
	state ^= state >> 27;
	return (uint32_t)((state * 0x2545f4914f6cdd1dULL) >> 32) % below;
}

static bool one_in(uint32_t n)
{
	return !rnd(n);
}

/* --- making messages --- */

static void random_bytes(uint8_t *to, unsigned int len)
{
	while (len--)
		*to++ = rnd(256);
}

/* Few addresses, so that requests meet what others have made. */
static unsigned int address6(uint8_t *to)
{
	static const char *const nets[] = { "2001:db8:c::", "2001:db8:f::",
					    "64:ff9b::", "::" };

	inet_pton(AF_INET6, nets[rnd(4)], to);
	if (!one_in(4))
		to[15] = rnd(32);
	return 16;
}

static unsigned int address4(uint8_t *to)
{
	inet_pton(AF_INET, one_in(4) ? "198.51.100.0" : "203.0.113.0", to);
	if (!one_in(4))
		to[3] = 64 + rnd(32);
	return 4;
}

static unsigned int number(uint8_t *to)
{
	static const uint32_t some[] = { 0, 1, 2, 8, 24, 32, 64, 96, 112, 120,
					 128, 256, 1280, 1500, 65535, 65536,
					 0x7fffffff, 0x80000000, 0xffffffff };
	uint32_t value = one_in(8) ? rnd(UINT32_MAX) :
				     some[rnd(sizeof(some) / sizeof(some[0]))];

	memcpy(to, &value, 4);
	return 4;
}

static unsigned int value(uint8_t *to)
{
	unsigned int len;

	switch (rnd(5)) {
	case 0:
		return address6(to);
	case 1:
		return address4(to);
	case 2:
	case 3:
		return number(to);
	}
	len = one_in(8) ? rnd(600) : rnd(24);
	random_bytes(to, len);
	return len;
}

static void attributes(struct nlmsghdr *nlh, unsigned int depth);

static void attribute(struct nlmsghdr *nlh, int type, unsigned int depth)
{
	uint8_t buf[600];
	struct nlattr *nest;
	uint16_t *len;

	if (nlh->nlmsg_len > FULL)
		return;
	if (depth && one_in(3)) {
		nest = mnl_attr_nest_start(nlh, type);
		if (one_in(8))
			nest->nla_type &= ~NLA_F_NESTED;
		attributes(nlh, depth - 1);
		mnl_attr_nest_end(nlh, nest);
		len = &nest->nla_len;
	} else {
		nest = mnl_nlmsg_get_payload_tail(nlh);
		mnl_attr_put(nlh, type, value(buf), buf);
		len = &nest->nla_len;
	}
	if (one_in(60))
		*len = rnd(65536);
}

static void attributes(struct nlmsghdr *nlh, unsigned int depth)
{
	unsigned int n = one_in(20) ? rnd(200) : rnd(6);

	while (n--)
		attribute(nlh, one_in(30) ? rnd(0x10000) :
			       rnd(NLAB_A_XLAT_MAX + 2), depth);
}

/* A map that may well be accepted. */
static void map(struct nlmsghdr *nlh)
{
	struct nlattr *nest = mnl_attr_nest_start(nlh, NLAB_A_MAP);
	uint8_t buf[16];

	if (one_in(3))
		mnl_attr_put(nlh, NLAB_A_MAP_OUTSIDE6, address6(buf), buf);
	else
		mnl_attr_put(nlh, NLAB_A_MAP_OUTSIDE4, address4(buf), buf);
	mnl_attr_put(nlh, NLAB_A_MAP_INSIDE, address6(buf), buf);
	if (one_in(4)) {
		mnl_attr_put_u32(nlh, NLAB_A_MAP_OUTSIDE_LEN, 24);
		mnl_attr_put_u32(nlh, NLAB_A_MAP_INSIDE_LEN, 120);
	}
	if (one_in(2))
		mnl_attr_put(nlh, NLAB_A_MAP_OVERLAP, 0, NULL);
	mnl_attr_nest_end(nlh, nest);
}

static void setting(struct nlmsghdr *nlh)
{
	struct nlattr *nest = mnl_attr_nest_start(nlh, NLAB_A_XLAT);

	mnl_attr_put_u32(nlh, NLAB_A_XLAT_MODE + rnd(NLAB_A_XLAT_MAX - 4),
			 rnd(3));
	mnl_attr_nest_end(nlh, nest);
}

static void sensible(struct nlmsghdr *nlh, uint8_t cmd)
{
	uint8_t buf[16];
	int n = rnd(20);

	switch (cmd) {
	case NLAB_CMD_MAP_ADD:
	case NLAB_CMD_LOAD_ADD:
		do
			map(nlh);
		while (n-- > 0);
		break;
	case NLAB_CMD_XLAT_SET:
	case NLAB_CMD_LOAD_COMMIT:
		setting(nlh);
		break;
	case NLAB_CMD_MAP_GET:
	case NLAB_CMD_MAP_DEL:
	case NLAB_CMD_MAP_TEST:
		if (one_in(2))
			mnl_attr_put(nlh, NLAB_A_ADDR4, address4(buf), buf);
		else
			mnl_attr_put(nlh, NLAB_A_ADDR6, address6(buf), buf);
		if (one_in(4))
			mnl_attr_put_u32(nlh, NLAB_A_ADDR_LEN, 24);
	}
}

static struct nlmsghdr *header(char *buf, uint16_t type, uint8_t cmd)
{
	struct nlmsghdr *nlh = mnl_nlmsg_put_header(buf);
	struct genlmsghdr *genl;

	nlh->nlmsg_type = type;
	nlh->nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK;
	nlh->nlmsg_seq = ++seq;
	genl = mnl_nlmsg_put_extra_header(nlh, sizeof(*genl));
	genl->cmd = cmd;
	genl->version = NLAB_GENL_VERSION;
	return nlh;
}

static void spoil(struct nlmsghdr *nlh)
{
	unsigned int n = rnd(4);

	while (n--)
		((uint8_t *)nlh)[16 + rnd(nlh->nlmsg_len - 16)] = rnd(256);
	if (one_in(4))
		nlh->nlmsg_len = 16 + rnd(nlh->nlmsg_len - 15);
}

static struct nlmsghdr *message(char *buf)
{
	struct nlmsghdr *nlh;

	memset(buf, 0, BUFFER);
	nlh = header(buf, family, rnd(NLAB_CMD_MAX + 2));
	if (one_in(2))
		sensible(nlh, ((struct genlmsghdr *)(nlh + 1))->cmd);
	else
		attributes(nlh, rnd(6));
	if (one_in(3))
		nlh->nlmsg_flags |= NLM_F_DUMP;
	else if (one_in(10))
		nlh->nlmsg_flags = rnd(0x10000);
	if (one_in(5))
		spoil(nlh);
	return nlh;
}

/* --- a process --- */

static bool open_socket(void)
{
	struct timeval patience = { .tv_sec = PATIENCE };

	sock = mnl_socket_open(NETLINK_GENERIC);
	if (!sock || mnl_socket_bind(sock, 0, MNL_SOCKET_AUTOPID))
		return false;
	setsockopt(mnl_socket_get_fd(sock), SOL_SOCKET, SO_RCVTIMEO, &patience,
		   sizeof(patience));
	return true;
}

static void read_family(const struct nlmsghdr *h)
{
	const struct nlattr *attr;

	mnl_attr_for_each(attr, h, sizeof(struct genlmsghdr))
		if (mnl_attr_get_type(attr) == CTRL_ATTR_FAMILY_ID)
			family = mnl_attr_get_u16(attr);
}

/* What else comes does not matter, nor that something was lost. */
static bool answered(uint32_t wanted)
{
	static char in[65536];
	struct nlmsghdr *h;
	int len;

	for (;;) {
		len = mnl_socket_recvfrom(sock, in, sizeof(in));
		if (len < 0 && errno != ENOBUFS)
			return false;
		for (h = (void *)in; mnl_nlmsg_ok(h, len);
		     h = mnl_nlmsg_next(h, &len)) {
			if (h->nlmsg_seq != wanted)
				continue;
			if (h->nlmsg_type == GENL_ID_CTRL)
				read_family(h);
			if (h->nlmsg_type == NLMSG_ERROR)
				return true;
		}
	}
}

static bool ask(struct nlmsghdr *nlh)
{
	return mnl_socket_sendto(sock, nlh, nlh->nlmsg_len) > 0 &&
	       answered(nlh->nlmsg_seq);
}

static bool find_family(void)
{
	char buf[BUFFER] = { 0 };
	struct nlmsghdr *nlh = header(buf, GENL_ID_CTRL, CTRL_CMD_GETFAMILY);

	mnl_attr_put_strz(nlh, CTRL_ATTR_FAMILY_NAME, NLAB_GENL_NAME);
	return ask(nlh) && family;
}

/* Sends a batch, then mostly asks something sensible. */
static bool batch(unsigned long *sent)
{
	struct mnl_socket *full = sock;
	char buf[BUFFER];
	struct nlmsghdr *nlh;
	bool ok;
	int i;

	for (i = 0; i < BATCH; i++) {
		nlh = message(buf);
		if (send(mnl_socket_get_fd(sock), nlh, nlh->nlmsg_len, 0) > 0)
			++*sent;
	}
	/* Answers may have filled the socket: there is no room for another. */
	if (!open_socket())
		return false;
	memset(buf, 0, sizeof(buf));
	nlh = header(buf, family, NLAB_CMD_XLAT_GET);
	ok = one_in(4) || ask(nlh);
	mnl_socket_close(full);
	return ok;
}

static int process(unsigned int number, unsigned int seconds, uint64_t seed)
{
	time_t end = time(NULL) + seconds;
	unsigned long sent = 0;
	int flags = 0;

	if (number & 1)
		flags = CLONE_NEWUSER | (number & 2 ? CLONE_NEWNET : 0);
	if (flags && unshare(flags)) {
		printf("# process %u: no user namespace: %s\n", number,
		       strerror(errno));
		fflush(stdout);
	}
	state = (seed + number) * 0x9e3779b97f4a7c15ULL | 1;
	if (!open_socket() || !find_family())
		return 2;
	while (time(NULL) < end)
		if (!batch(&sent)) {
			printf("# process %u: no answer after %lu messages: %s\n",
			       number, sent, strerror(errno));
			fflush(stdout);
			return 1;
		}
	printf("# process %u: %lu messages\n", number, sent);
	fflush(stdout);
	return 0;
}

int main(int argc, char **argv)
{
	unsigned int seconds = argc > 1 ? atoi(argv[1]) : 5;
	uint64_t seed = argc > 2 ? strtoull(argv[2], NULL, 0) : 0;
	unsigned int i, n = argc > 3 ? atoi(argv[3]) : 4, failed = 0;
	int status;

	if (!seed)
		seed = time(NULL) ^ getpid();
	printf("TAP version 13\n# seed %llu, %u s\n1..%u\n",
	       (unsigned long long)seed, seconds, n);
	fflush(stdout);
	for (i = 0; i < n; i++)
		if (!fork())
			_exit(process(i, seconds, seed));
	for (i = 1; wait(&status) > 0; i++) {
		failed += !!status;
		printf("%sok %u - a process with random requests\n",
		       status ? "not " : "", i);
	}
	printf("# Totals: pass:%u fail:%u skip:0\n", n - failed, failed);
	return failed ? 1 : 0;
}
