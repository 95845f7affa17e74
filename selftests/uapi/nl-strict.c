// SPDX-License-Identifier: GPL-2.0
/*
 * Malformed requests of every command and attribute. The kernel must refuse
 * each with a text, point at the attribute, and change nothing. Prints KTAP;
 * run it in a network namespace without maps.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <libmnl/libmnl.h>
#include <linux/genetlink.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <linux/nlab.h>

enum kind { U32, BE32, S32, ADDR6, U64, FLAG };

struct attribute {
	const char *name;
	int type;
	enum kind kind;
	uint32_t min, max;	/* of U32; 0, 0: all values */
	bool read_only;
};

#define A(n, ...) { #n, NLAB_A_##n, __VA_ARGS__ }

static const struct attribute xlat[] = {
	A(XLAT_PREFIX_ADDR, ADDR6), A(XLAT_PREFIX_LEN, U32, 0, 96),
	A(XLAT_MODE, U32, 0, 2), A(XLAT_LOWEST_IPV6_MTU, U32, 1280, 65535),
	A(XLAT_UDP_ZERO_CHECKSUM, U32, 0, 2), A(XLAT_ERROR_POOL4_ADDR, BE32),
	A(XLAT_ERROR_POOL4_LEN, U32, 0, 32),
	A(XLAT_ERROR_POOL4_SELECT, U32, 0, 1), A(XLAT_ERROR_POOL6, ADDR6),
	A(XLAT_HAIRPIN, U32, 0, 2), A(XLAT_TOS, U32, 0, 256),
	A(XLAT_PRIORITY, S32), A(XLAT_LOCAL, U32, 0, 1),
	A(XLAT_ICMP_ERRORS, U32, 0, 1), A(XLAT_WKP_STRICT, U32, 0, 1),
	A(XLAT_PREFER_NATIVE, U32, 0, 1), A(XLAT_ERROR_SOURCE, U32, 0, 1),
	A(XLAT_MAPS, U32, 0, 0, true), A(XLAT_GENERATION, U64, 0, 0, true),
	A(XLAT_MAPS_VERSION, U64, 0, 0, true),
	A(XLAT_MAPS_DIGEST, ADDR6, 0, 0, true),
	{ }
};

static const struct attribute map[] = {
	A(MAP_OUTSIDE4, BE32), A(MAP_OUTSIDE6, ADDR6),
	A(MAP_OUTSIDE_LEN, U32, 0, 128), A(MAP_INSIDE, ADDR6),
	A(MAP_INSIDE_LEN, U32, 0, 128), A(MAP_OVERLAP, FLAG),
	A(MAP_IN_PACKETS, U64, 0, 0, true), A(MAP_IN_BYTES, U64, 0, 0, true),
	A(MAP_OUT_PACKETS, U64, 0, 0, true), A(MAP_OUT_BYTES, U64, 0, 0, true),
	A(MAP_LAST_USED, U64, 0, 0, true),
	{ }
};

static const struct attribute name[] = {
	A(ADDR4, BE32), A(ADDR6, ADDR6), A(ADDR_LEN, U32, 0, 128), { }
};

static const struct attribute address[] = {
	A(ADDR4, BE32), A(ADDR6, ADDR6), { }
};

static const struct attribute identity[] = {
	A(MAPS_VERSION, U64), A(MAPS_DIGEST, ADDR6), { }
};

static const struct attribute announce[] = {
	A(ANNOUNCE_FORM, U32, 0, 1), A(ANNOUNCE_PROBE, BE32),
	A(ANNOUNCE_INTERVAL, U32, 10, 1000), A(ANNOUNCE_FALL, U32, 1, 100),
	A(ANNOUNCE_HOLD, U32, 0, 600000),
	A(ANNOUNCE_MAPS_DIGEST, ADDR6), A(ANNOUNCE_DRAINED, U32, 0, 1),
	A(ANNOUNCE_HEALTHY, U32, 0, 1), A(ANNOUNCE_FAULTS, U32, 0, 1023),
	A(ANNOUNCE_UP, U32, 0, 0, true), A(ANNOUNCE_REASONS, U32, 0, 0, true),
	A(ANNOUNCE_AGENT_AGE, U32, 0, 0, true),
	{ }
};

static const struct command {
	const char *name;
	int cmd;
	const struct attribute *plain;	/* at top level */
	int nest;			/* in this one */
	const struct attribute *nested;
	int last;			/* attribute that it knows */
	bool optional;			/* goes without attributes too */
} commands[] = {
	{ "xlat-get", NLAB_CMD_XLAT_GET, .last = NLAB_A_PAD, .optional = true },
	{ "xlat-set", NLAB_CMD_XLAT_SET, NULL, NLAB_A_XLAT, xlat, NLAB_A_XLAT },
	{ "map-get", NLAB_CMD_MAP_GET, name, .last = NLAB_A_ADDR_LEN },
	{ "map-add", NLAB_CMD_MAP_ADD, NULL, NLAB_A_MAP, map, NLAB_A_MAP },
	{ "map-del", NLAB_CMD_MAP_DEL, name, .last = NLAB_A_ADDR_LEN },
	{ "map-flush", NLAB_CMD_MAP_FLUSH, .last = NLAB_A_PAD, .optional = true },
	{ "map-test", NLAB_CMD_MAP_TEST, address, .last = NLAB_A_ADDR6 },
	{ "load-begin", NLAB_CMD_LOAD_BEGIN, .last = NLAB_A_PAD, .optional = true },
	{ "load-add", NLAB_CMD_LOAD_ADD, NULL, NLAB_A_MAP, map, NLAB_A_MAP },
	{ "load-commit", NLAB_CMD_LOAD_COMMIT, identity, NLAB_A_XLAT, xlat,
	  NLAB_A_MAPS_DIGEST, true },
	{ "load-abort", NLAB_CMD_LOAD_ABORT, .last = NLAB_A_PAD, .optional = true },
	{ "stats-get", NLAB_CMD_STATS_GET, .last = NLAB_A_PAD, .optional = true },
	{ "announce-get", NLAB_CMD_ANNOUNCE_GET, .last = NLAB_A_PAD,
	  .optional = true },
	{ "announce-set", NLAB_CMD_ANNOUNCE_SET, NULL, NLAB_A_ANNOUNCE,
	  announce, NLAB_A_ANNOUNCE },
};

static struct mnl_socket *sock;
static uint16_t family;
static unsigned int count, failed;
static const struct command *now;

/* --- messages --- */

static struct nlmsghdr *message(char *buf, uint16_t type, uint8_t cmd)
{
	struct nlmsghdr *nlh;
	struct genlmsghdr *genl;

	memset(buf, 0, 4096);
	nlh = mnl_nlmsg_put_header(buf);
	nlh->nlmsg_type = type;
	nlh->nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK;
	genl = mnl_nlmsg_put_extra_header(nlh, sizeof(*genl));
	genl->cmd = cmd;
	genl->version = NLAB_GENL_VERSION;
	return nlh;
}

struct answer {
	int error;
	bool text;
	uint32_t offset;	/* of the attribute, 0 if not told */
	uint32_t value;		/* family number, generation */
	char said[128];
};

static void read_error(const struct nlmsghdr *h, struct answer *a)
{
	const struct nlmsgerr *err = mnl_nlmsg_get_payload(h);
	const struct nlattr *attr;

	a->error = -err->error;
	if (!(h->nlmsg_flags & NLM_F_ACK_TLVS))
		return;
	mnl_attr_for_each(attr, h, sizeof(*err)) {
		if (mnl_attr_get_type(attr) == NLMSGERR_ATTR_MSG) {
			a->text = true;
			snprintf(a->said, sizeof(a->said), "%s",
				 mnl_attr_get_str(attr));
		} else if (mnl_attr_get_type(attr) == NLMSGERR_ATTR_OFFS) {
			a->offset = mnl_attr_get_u32(attr);
		}
	}
}

static void read_reply(const struct nlmsghdr *h, struct answer *a)
{
	const struct nlattr *attr, *in;

	mnl_attr_for_each(attr, h, sizeof(struct genlmsghdr)) {
		if (h->nlmsg_type == GENL_ID_CTRL &&
		    mnl_attr_get_type(attr) == CTRL_ATTR_FAMILY_ID)
			a->value = mnl_attr_get_u16(attr);
		if (h->nlmsg_type == GENL_ID_CTRL ||
		    mnl_attr_get_type(attr) != NLAB_A_XLAT)
			continue;
		mnl_attr_for_each_nested(in, attr)
			if (mnl_attr_get_type(in) == NLAB_A_XLAT_GENERATION)
				a->value = mnl_attr_get_u64(in);
	}
}

static struct answer talk(struct nlmsghdr *nlh)
{
	static char in[16384];
	struct answer a = { 0 };
	const struct nlmsghdr *h;
	int len;

	if (mnl_socket_sendto(sock, nlh, nlh->nlmsg_len) < 0) {
		perror("send");
		exit(1);
	}
	for (;;) {
		len = mnl_socket_recvfrom(sock, in, sizeof(in));
		if (len < 0) {
			perror("receive");
			exit(1);
		}
		for (h = (void *)in; mnl_nlmsg_ok(h, len);
		     h = mnl_nlmsg_next(h, &len)) {
			if (h->nlmsg_type == NLMSG_ERROR) {
				read_error(h, &a);
				return a;
			}
			read_reply(h, &a);
		}
	}
}

static uint32_t generation(void)
{
	char buf[4096];

	return talk(message(buf, family, NLAB_CMD_XLAT_GET)).value;
}

/* --- checks --- */

static void result(bool ok, const char *what, const char *attr)
{
	failed += !ok;
	printf("%sok %u - %s%s%s: %s\n", ok ? "" : "not ", ++count,
	       now ? now->name : "header", attr ? " " : "", attr ? attr : "",
	       what);
}

/* @bad: the attribute to be blamed, if one is. */
static void refused(struct nlmsghdr *nlh, const struct nlattr *bad,
		    const char *attr, const char *what)
{
	uint32_t before = generation(), after;
	uint32_t offset = bad ? (char *)bad - (char *)nlh : 0;
	struct answer a = talk(nlh);
	bool ok;

	after = generation();
	ok = a.error && a.text && before == after &&
	     (!offset || a.offset == offset);
	if (!ok)
		printf("# %s \"%s\", offset %u, wanted %u, generation %u, %u\n",
		       strerror(a.error), a.said, a.offset, offset, before,
		       after);
	result(ok, what, attr);
}

static size_t size_of(enum kind kind)
{
	static const size_t sizes[] = { [U32] = 4, [BE32] = 4, [S32] = 4,
					[ADDR6] = 16, [U64] = 8, [FLAG] = 0 };

	return sizes[kind];
}

/* Sends the attribute alone, with @size bytes of @value, in its place. */
static int nest_type;

static void try(const struct attribute *attr, const void *value, size_t size,
		const char *what)
{
	char buf[4096];
	struct nlmsghdr *nlh = message(buf, family, now->cmd);
	struct nlattr *nest = NULL, *bad;

	if (nest_type)
		nest = mnl_attr_nest_start(nlh, nest_type);
	bad = mnl_nlmsg_get_payload_tail(nlh);
	mnl_attr_put(nlh, attr->type, size, value);
	if (nest)
		mnl_attr_nest_end(nlh, nest);
	refused(nlh, bad, attr->name, what);
}

static void each_attribute(const struct attribute *list)
{
	static const char zero[32];
	const struct attribute *a;
	uint32_t value;

	for (a = list; a->name; a++) {
		size_t size = size_of(a->kind);

		if (a->read_only) {
			try(a, zero, size, "read only");
			continue;
		}
		if (size) {
			try(a, zero, 0, "empty");
			try(a, zero, size - 1, "one byte short");
		}
		try(a, zero, size + 1, "one byte long");
		if (a->max) {
			value = a->max + 1;
			try(a, &value, 4, "above the range");
			value = UINT32_MAX;
			try(a, &value, 4, "far above the range");
		}
		if (a->min) {
			value = a->min - 1;
			try(a, &value, 4, "below the range");
		}
	}
}

static void unknown(int type)
{
	const struct attribute attr = { "unknown attribute", type, U32, 0, 0, false };
	uint32_t value = 1;

	try(&attr, &value, 4, "refused");
}

static void each_nest(void)
{
	char buf[4096];
	struct nlmsghdr *nlh = message(buf, family, now->cmd);
	struct nlattr *bad = mnl_nlmsg_get_payload_tail(nlh), *inner;

	mnl_attr_put_u32(nlh, now->nest, 1);
	refused(nlh, bad, NULL, "nest without its flag");

	nlh = message(buf, family, now->cmd);
	bad = mnl_attr_nest_start(nlh, now->nest);
	mnl_attr_put_u32(nlh, now->nested[0].type, 0);
	inner = mnl_attr_get_payload(bad);
	inner->nla_len = 200;
	mnl_attr_nest_end(nlh, bad);
	refused(nlh, NULL, NULL, "attribute longer than its nest");

	nlh = message(buf, family, now->cmd);
	bad = mnl_attr_nest_start(nlh, now->nest);
	nlh->nlmsg_len += 3;
	mnl_attr_nest_end(nlh, bad);
	nlh->nlmsg_len = MNL_ALIGN(nlh->nlmsg_len);
	refused(nlh, NULL, NULL, "garbage in the nest");
}

/* The table that main() has begun is empty, its digest is zero. */
static void other_digest(void)
{
	static const char digest[16] = { 0, 1 };
	char buf[4096];
	struct nlmsghdr *nlh = message(buf, family, now->cmd);
	struct nlattr *bad = mnl_nlmsg_get_payload_tail(nlh);

	mnl_attr_put(nlh, NLAB_A_MAPS_DIGEST, sizeof(digest), digest);
	refused(nlh, bad, "MAPS_DIGEST", "of other maps");
}

static void each_command(void)
{
	char buf[4096];
	struct nlmsghdr *nlh;
	struct nlattr *bad;

	nest_type = 0;
	if (now->plain)
		each_attribute(now->plain);
	if (now->plain == identity)
		other_digest();
	if (now->nested) {
		nest_type = now->nest;
		each_attribute(now->nested);
		unknown(60);
		each_nest();
	}
	if (!now->optional) {
		nlh = message(buf, family, now->cmd);
		if (now->plain || now->nest == NLAB_A_MAP || now->nest) {
			uint32_t before = generation();
			struct answer a = talk(nlh);

			result(a.error && generation() == before,
			       "without its attribute", NULL);
		}
	}
	nlh = message(buf, family, now->cmd);
	bad = mnl_nlmsg_get_payload_tail(nlh);
	mnl_attr_put_u32(nlh, now->last + 1, 1);
	refused(nlh, bad, NULL, "attribute of other commands");

	nlh = message(buf, family, now->cmd);
	bad = mnl_nlmsg_get_payload_tail(nlh);
	mnl_attr_put(nlh, NLAB_A_PAD, 0, NULL);
	refused(nlh, bad, NULL, "padding as an attribute");

	nlh = message(buf, family, now->cmd);
	nlh->nlmsg_len += 2;
	refused(nlh, NULL, NULL, "trailing bytes");

	nlh = message(buf, family, now->cmd);
	bad = mnl_nlmsg_get_payload_tail(nlh);
	mnl_attr_put_u32(nlh, now->last, 1);
	bad->nla_len = 100;
	refused(nlh, NULL, NULL, "attribute longer than the message");

	nlh = message(buf, family, now->cmd);
	((struct genlmsghdr *)mnl_nlmsg_get_payload(nlh))->reserved = 1;
	refused(nlh, NULL, NULL, "reserved header field");
}

static void open_socket(void)
{
	char buf[4096];
	struct nlmsghdr *nlh;
	int on = 1;

	sock = mnl_socket_open(NETLINK_GENERIC);
	if (!sock || mnl_socket_bind(sock, 0, MNL_SOCKET_AUTOPID) ||
	    mnl_socket_setsockopt(sock, NETLINK_EXT_ACK, &on, sizeof(on)) ||
	    mnl_socket_setsockopt(sock, NETLINK_CAP_ACK, &on, sizeof(on))) {
		perror("netlink");
		exit(1);
	}
	nlh = message(buf, GENL_ID_CTRL, CTRL_CMD_GETFAMILY);
	mnl_attr_put_strz(nlh, CTRL_ATTR_FAMILY_NAME, NLAB_GENL_NAME);
	family = talk(nlh).value;
	if (!family) {
		printf("1..0 # SKIP nlab.ko is not loaded\n");
		exit(4);
	}
}

int main(void)
{
	char buf[4096];
	size_t i;

	printf("TAP version 13\n");
	open_socket();
	result(!talk(message(buf, family, NLAB_CMD_LOAD_BEGIN)).error,
	       "a good request is not refused", NULL);
	result(talk(message(buf, family, NLAB_CMD_MAX + 1)).error,
	       "unknown command", NULL);
	result(talk(message(buf, family, 0)).error, "command 0", NULL);
	for (i = 0; i < sizeof(commands) / sizeof(commands[0]); i++) {
		now = &commands[i];
		each_command();
	}
	printf("1..%u\n", count);
	printf("# Totals: pass:%u fail:%u skip:0\n", count - failed, failed);
	return failed ? 1 : 0;
}
