// SPDX-License-Identifier: GPL-2.0
/* Attributes of the library: what is put is got back, and offsets lead to the
 * map and the attribute that a refusal names. KTAP on standard output.
 */
#include <arpa/inet.h>
#include <libmnl/libmnl.h>
#include <linux/genetlink.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../../tools/lib/attr.h"

static unsigned int count, failed;

static void result(bool good, const char *name)
{
	count++;
	failed += !good;
	printf("%sok %u - %s\n", good ? "" : "not ", count, name);
}

/* A message of the family, on the heap where a sanitizer watches it. */
static struct nlmsghdr *message(void)
{
	struct nlmsghdr *nlh = mnl_nlmsg_put_header(calloc(1, 4096));

	mnl_nlmsg_put_extra_header(nlh, sizeof(struct genlmsghdr));
	return nlh;
}

static struct nlab_map map(const char *outside, const char *inside)
{
	struct nlab_map result = { 0 };
	struct nlab_err err;

	if (nlab_map_parse(&result, nlab_word(outside), nlab_word(inside),
			   &err)) {
		printf("Bail out! %s %s: %s\n", outside, inside, err.text);
		exit(1);
	}
	return result;
}

static bool same(const struct nlab_map *a, const struct nlab_map *b)
{
	return nlab_prefix_equal(&a->outside, &b->outside) &&
	       nlab_prefix_equal(&a->inside, &b->inside) &&
	       a->overlap == b->overlap;
}

static void test_maps(void)
{
	static const char *const pairs[][2] = {
		{ "203.0.113.1", "2001:db8::1" },
		{ "203.0.113.0/24", "2001:db8::/120" },
		{ "0.0.0.0/0", "64:ff9b::/96" },
		{ "198.51.100.0/31", "2001:db8::/64" },
		{ "2001:db8:f::1", "2001:db8:a::1" },
		{ "2001:db8:f::/48", "2001:db8:a::/48" },
		{ "::/0", "::/0" },
	};
	struct nlmsghdr *nlh = message();
	struct nlab_entry entry;
	bool good = true;
	size_t i;

	for (i = 0; i < sizeof(pairs) / sizeof(pairs[0]); i++) {
		struct nlab_map put = map(pairs[i][0], pairs[i][1]);
		size_t before = nlh->nlmsg_len;

		put.overlap = i % 2;
		nlab_put_map(nlh, &put);
		good &= nlh->nlmsg_len - before <= NLAB_MAP_BYTES;
		nlab_get_map(&entry, (void *)((char *)nlh + before));
		good &= same(&put, &entry.map);
	}
	result(good, "maps");
	free(nlh);
}

static void test_settings(void)
{
	static const char *const values[2][NLAB_KEYS] = {
		{ "64:ff9b::/96", "direct", "1400", "compute", "192.0.2.0/28",
		  "random", "2001:db8::53", "simple", "copy", "-450", "off",
		  "off", "off", "off", "on" },
		{ "none", "auto", "65535", "drop", "none", "hops", "none",
		  "off", "255", "2147483647", "on", "on", "on", "on", "off" },
	};
	struct nlab_xlat put, got;
	char text[NLAB_VALUE_TEXT];
	struct nlmsghdr *nlh;
	struct nlab_err err;
	bool good = true;
	unsigned int key, i;

	for (i = 0; i < 2; i++) {
		nlh = message();
		memset(&put, 0, sizeof(put));
		for (key = 0; key < NLAB_KEYS; key++)
			good &= !nlab_xlat_parse(&put,
						 nlab_word(nlab_key_name(key)),
						 nlab_word(values[i][key]),
						 &err);
		nlab_put_xlat(nlh, &put);
		nlab_get_xlat(&got, mnl_nlmsg_get_payload_offset(nlh,
				sizeof(struct genlmsghdr)));
		for (key = 0; key < NLAB_KEYS; key++)
			if (strcmp(nlab_xlat_text(text, &got, key),
				   values[i][key])) {
				printf("# %s is %s, was %s\n",
				       nlab_key_name(key), text,
				       values[i][key]);
				good = false;
			}
		free(nlh);
	}
	result(good, "settings");
}

/* Every byte of every attribute leads to it, and none leads astray. */
static void test_offsets(void)
{
	struct nlab_map one = map("203.0.113.0/24", "2001:db8::/120");
	struct nlmsghdr *nlh = message();
	uint32_t starts[5], offset;
	const struct nlattr *attr, *inner;
	bool good = true;
	size_t index, i;

	for (i = 0; i < 4; i++) {
		starts[i] = nlh->nlmsg_len;
		nlab_put_map(nlh, &one);
	}
	starts[4] = nlh->nlmsg_len;
	for (offset = 0; offset < nlh->nlmsg_len + 16; offset++) {
		attr = nlab_attr_at(nlh, offset, &index);
		if (offset < starts[0] || offset >= starts[4]) {
			good &= !attr;
			continue;
		}
		good &= attr && index < 4 && offset >= starts[index] &&
			offset < starts[index + 1];
		inner = attr ? nlab_attr_inside(nlh, attr, offset) : NULL;
		good &= (offset - starts[index] < sizeof(*attr)) == !inner;
	}
	result(good, "offsets");
	free(nlh);
}

/* A kernel that sends less or more than this library knows. */
static void test_odd(void)
{
	struct nlmsghdr *nlh = message();
	struct nlab_entry entry;
	struct nlab_stats stats = { 0 };
	struct nlattr *nest;
	bool good;

	nest = mnl_attr_nest_start(nlh, NLAB_A_MAP);
	mnl_attr_put(nlh, NLAB_A_MAP_INSIDE, 3, "abc");
	mnl_attr_put_u8(nlh, NLAB_A_MAP_IN_BYTES, 7);
	mnl_attr_put_u32(nlh, NLAB_A_MAP_INSIDE_LEN, 4000);
	mnl_attr_put_u32(nlh, NLAB_A_MAP_MAX + 9, 1);
	mnl_attr_nest_end(nlh, nest);
	nlab_get_map(&entry, nest);
	good = entry.map.inside.family == AF_UNSPEC && !entry.stats.in_bytes &&
	       entry.map.inside.len == 128;

	nest = mnl_attr_nest_start(nlh, NLAB_A_STATS);
	mnl_attr_put_u64(nlh, NLAB_A_STATS_MAX + 1, 5);
	mnl_attr_put_u64(nlh, NLAB_A_STATS_BYTES64, UINT64_MAX);
	mnl_attr_nest_end(nlh, nest);
	nlab_get_stats(&stats, nest);
	good &= stats.has[NLAB_A_STATS_BYTES64] &&
		stats.value[NLAB_A_STATS_BYTES64] == UINT64_MAX &&
		!stats.has[NLAB_A_STATS_MAX];
	good &= !nlab_attr_name(NULL, 60000) && !nlab_attr_name(nest, 1);
	result(good, "attributes of unexpected size or number");
	free(nlh);
}

int main(void)
{
	puts("TAP version 13");
	test_maps();
	test_settings();
	test_offsets();
	test_odd();
	printf("1..%u\n", count);
	return failed != 0;
}
