// SPDX-License-Identifier: GPL-2.0
/*
 * Plugin of iproute2 for links:
 *
 *	ip link add A type nlink [KEY VALUE]... [peer DEVICE]
 *	ip link set A type nlink KEY VALUE...
 *	ip -d link show A
 *
 * For a device of another kind than its own, ip opens link_KIND.so and takes
 * KIND_link_util out of it. The headers with these declarations are in no
 * package; they are the same in iproute2 6.1 (Debian 12) and 6.15 (its
 * backports), with which this was tried.
 */
#include <errno.h>
#include <libmnl/libmnl.h>
#include <linux/rtnetlink.h>
#include <stdio.h>
#include <string.h>

#include "../lib/attr.h"

/* --- of ip --- */

struct link_util {
	struct link_util *next;
	const char *id;
	int maxattr;
	int (*parse_opt)(struct link_util *self, int argc, char **argv,
			 struct nlmsghdr *nlh);
	void (*print_opt)(struct link_util *self, FILE *file,
			  struct rtattr *tb[]);
	void (*print_xstats)(struct link_util *self, FILE *file,
			     struct rtattr *xstats);
	void (*print_help)(struct link_util *self, int argc, char **argv,
			   FILE *file);
	int (*parse_ifla_xstats)(struct link_util *self, int argc,
				 char **argv);
	int (*print_ifla_xstats)(struct nlmsghdr *nlh, void *arg);
};

struct json_writer;

/* Takes the words of a device into the request; returns how many. */
int iplink_parse(int argc, char **argv, struct nlmsghdr *request, char **type);
bool is_json_context(void);
struct json_writer *get_json_writer(void);
void open_json_object(const char *name);
void close_json_object(void);
void jsonw_string_field(struct json_writer *json, const char *name,
			const char *value);

enum {
	/* Room for attributes in ip's request, with its headers. */
	REQUEST_BYTES = 1024,
};

/* --- reading --- */

static int put_dirs(struct nlmsghdr *nlh, const struct nlab_link_dir dir[2],
		    struct nlab_err *err)
{
	char buf[MNL_NLMSG_HDRLEN + NLAB_LINK_BYTES];
	struct nlmsghdr *own = mnl_nlmsg_put_header(buf);
	size_t len;

	nlab_put_link_dir(own, NLAB_A_LINK_INFO_DIR, &dir[0]);
	nlab_put_link_dir(own, NLAB_A_LINK_INFO_PEER_DIR, &dir[1]);
	len = mnl_nlmsg_get_payload_len(own);
	if (nlh->nlmsg_len + len > REQUEST_BYTES)
		return nlab_fail(err, NLAB_FAULT_INPUT, EMSGSIZE,
				 "too many parameters for one command of ip, give some with ip link set, or use nlabctl");
	memcpy(mnl_nlmsg_get_payload_tail(nlh), mnl_nlmsg_get_payload(own),
	       len);
	nlh->nlmsg_len += (uint32_t)len;
	return 0;
}

/* What ip reads goes into the first device's header, so that is kept. */
static int parse_peer(int argc, char **argv, struct nlmsghdr *nlh,
		      struct nlab_err *err)
{
	struct ifinfomsg *ifm = mnl_nlmsg_get_payload(nlh), first = *ifm;
	struct nlattr *peer = mnl_nlmsg_get_payload_tail(nlh);
	char *type = NULL;

	memset(ifm, 0, sizeof(*ifm));
	mnl_attr_put(nlh, NLAB_A_LINK_INFO_PEER, sizeof(*ifm), ifm);
	if (iplink_parse(argc, argv, nlh, &type) < 0)
		return -EINVAL;
	memcpy(mnl_attr_get_payload(peer), ifm, sizeof(*ifm));
	*ifm = first;
	mnl_attr_nest_end(nlh, peer);
	if (type)
		return nlab_fail(err, NLAB_FAULT_INPUT, EINVAL,
				 "the peer is of the same type, leave 'type %s' out",
				 type);
	return 0;
}

static int parse(int argc, char **argv, struct nlmsghdr *nlh,
		 struct nlab_err *err)
{
	struct nlab_link_dir dir[2] = { 0 };
	unsigned int which = NLAB_LINK_BOTH;
	int i, ret = 0;

	for (i = 0; i < argc && strcmp(argv[i], "peer") && !ret; i += 2) {
		if (i + 1 == argc)
			return nlab_fail(err, NLAB_FAULT_INPUT, EINVAL,
					 "parameter '%s' has no value",
					 argv[i]);
		ret = nlab_link_parse_pair(dir, &which, nlab_word(argv[i]),
					   nlab_word(argv[i + 1]), err);
	}
	if (!ret)
		ret = put_dirs(nlh, dir, err);
	if (!ret && i < argc)
		ret = parse_peer(argc - i - 1, argv + i + 1, nlh, err);
	return ret;
}

static void print_help(struct link_util *self, int argc, char **argv,
		       FILE *file)
{
	const char *const *word;
	unsigned int key;

	(void)self;
	(void)argc;
	(void)argv;
	fputs("Usage: ... nlink [ [ dir { out | in | both } ] KEY VALUE ... ] [ peer DEVICE-WORDS ]\n"
	      "Where: KEY VALUE are, for both directions unless dir says otherwise,\n",
	      file);
	for (key = 0; key < NLAB_LINK_KEYS; key++) {
		const char *placeholder = nlab_link_key_placeholder(key);
		const char *between = " ";

		fprintf(file, "\t%s", nlab_link_key_name(key));
		if (placeholder) {
			fprintf(file, " %s", placeholder);
			between = " | ";
		}
		for (word = nlab_link_key_words(key); *word; word++) {
			fprintf(file, "%s%s", between, *word);
			between = " | ";
		}
		fputc('\n', file);
	}
	fputs("See nlabctl-link(8).\n", file);
}

static int parse_opt(struct link_util *self, int argc, char **argv,
		     struct nlmsghdr *nlh)
{
	struct nlab_err err = { 0 };

	if (!strcmp(argv[0], "help")) {
		print_help(self, argc, argv, stderr);
		return -1;
	}
	if (!parse(argc, argv, nlh, &err))
		return 0;
	/* what ip itself did not like it has told */
	if (*err.text)
		fprintf(stderr, "nlink: %s\n", err.text);
	return -1;
}

/* --- showing --- */

static bool same(const struct nlab_link_dir dir[2])
{
	unsigned int key;

	for (key = 0; key < NLAB_LINK_KEYS; key++)
		if (key != NLAB_LINK_SEED &&
		    dir[0].value[key] != dir[1].value[key])
			return false;
	return true;
}

/* In words that parse() reads. */
static void print_dir(FILE *file, const char *head,
		      const struct nlab_link_dir *dir)
{
	char value[NLAB_LINK_TEXT];
	unsigned int key;

	for (key = 0; key < NLAB_LINK_KEYS; key++) {
		if (key == NLAB_LINK_SEED || nlab_link_is_default(dir, key))
			continue;
		fprintf(file, "%s%s %s ", head, nlab_link_key_name(key),
			nlab_link_text(value, dir, key));
		head = "";
	}
}

static void print_json(const char *name, const struct nlab_link_dir *dir)
{
	char value[NLAB_LINK_TEXT];
	unsigned int key;

	open_json_object(name);
	for (key = 0; key < NLAB_LINK_KEYS; key++)
		jsonw_string_field(get_json_writer(), nlab_link_key_name(key),
				   nlab_link_text(value, dir, key));
	close_json_object();
}

static void print_opt(struct link_util *self, FILE *file, struct rtattr *tb[])
{
	struct nlab_link_dir dir[2] = { 0 };
	int d;

	(void)self;
	/* a kernel module that is older has none */
	if (!tb || !tb[NLAB_A_LINK_INFO_DIR] || !tb[NLAB_A_LINK_INFO_PEER_DIR])
		return;
	for (d = 0; d < 2; d++)
		nlab_get_link_dir(&dir[d], NULL, NULL,
				  (const struct nlattr *)
				  tb[NLAB_A_LINK_INFO_DIR + d]);
	if (is_json_context()) {
		print_json("dir", &dir[0]);
		print_json("peer-dir", &dir[1]);
	} else if (same(dir)) {
		print_dir(file, "", &dir[0]);
	} else {
		print_dir(file, "dir out ", &dir[0]);
		print_dir(file, "dir in ", &dir[1]);
	}
}

extern struct link_util nlink_link_util;

struct link_util nlink_link_util = {
	.id = "nlink",
	.maxattr = NLAB_A_LINK_INFO_MAX,
	.parse_opt = parse_opt,
	.print_opt = print_opt,
	.print_help = print_help,
};
