// SPDX-License-Identifier: GPL-2.0
/* Maps of the kernel: add, delete, get, list, flush, test. */
#include <errno.h>
#include <libmnl/libmnl.h>
#include <linux/genetlink.h>
#include <stdlib.h>
#include <string.h>

#include "attr.h"
#include "names-gen.h"
#include "sock.h"

enum {
	/* A table that changes this often can't be read in one state. */
	LIST_ATTEMPTS = 8,
};

int nlab_map_add(struct nlab *nl, const struct nlab_map *map,
		 struct nlab_err *err)
{
	struct nlmsghdr *nlh = nlab_request(nl, NLAB_CMD_MAP_ADD);

	nlab_put_map(nlh, map);
	return nlab_talk(nl, nlh, NULL, NULL, err);
}

int nlab_map_del(struct nlab *nl, const struct nlab_prefix *prefix,
		 struct nlab_err *err)
{
	struct nlmsghdr *nlh = nlab_request(nl, NLAB_CMD_MAP_DEL);

	nlab_put_addr(nlh, prefix);
	mnl_attr_put_u32(nlh, NLAB_A_ADDR_LEN, prefix->len);
	return nlab_talk(nl, nlh, NULL, NULL, err);
}

static int read_entry(const struct nlmsghdr *nlh, void *arg)
{
	const struct nlattr *attr;

	mnl_attr_for_each(attr, nlh, sizeof(struct genlmsghdr))
		if (mnl_attr_get_type(attr) == NLAB_A_MAP)
			nlab_get_map(arg, attr);
	return 0;
}

int nlab_map_get(struct nlab *nl, const struct nlab_prefix *prefix, bool exact,
		 struct nlab_entry *entry, struct nlab_err *err)
{
	struct nlmsghdr *nlh = nlab_request(nl, NLAB_CMD_MAP_GET);

	memset(entry, 0, sizeof(*entry));
	nlab_put_addr(nlh, prefix);
	if (exact)
		mnl_attr_put_u32(nlh, NLAB_A_ADDR_LEN, prefix->len);
	return nlab_talk(nl, nlh, read_entry, entry, err);
}

static int add_entry(struct nlab_list *list, const struct nlattr *nest)
{
	struct nlab_entry *entry;

	entry = nlab_list_grow(list->entry, list->count, &list->room,
			       sizeof(*entry));
	if (!entry)
		return -ENOMEM;
	list->entry = entry;
	nlab_get_map(&entry[list->count++], nest);
	return 0;
}

static int read_list(const struct nlmsghdr *nlh, void *arg)
{
	const struct nlattr *attr;

	mnl_attr_for_each(attr, nlh, sizeof(struct genlmsghdr))
		if (mnl_attr_get_type(attr) == NLAB_A_MAP &&
		    add_entry(arg, attr))
			return -ENOMEM;
	return 0;
}

/* The kernel's order is that of a hash table, another one each time. */
static int compare(const void *a, const void *b)
{
	const struct nlab_entry *x = a, *y = b;

	return nlab_prefix_compare(&x->map.outside, &y->map.outside);
}

int nlab_map_list(struct nlab *nl, struct nlab_list *list, struct nlab_err *err)
{
	int attempt, ret = 0;

	memset(list, 0, sizeof(*list));
	for (attempt = 0; attempt < LIST_ATTEMPTS; attempt++) {
		struct nlmsghdr *nlh = nlab_request(nl, NLAB_CMD_MAP_GET);

		nlh->nlmsg_flags |= NLM_F_DUMP;
		list->count = 0;
		err->fault = NLAB_FAULT_NONE;
		ret = nlab_talk(nl, nlh, read_list, list, err);
		if (ret < 0 && err->fault == NLAB_FAULT_NONE)
			return nlab_fail(err, NLAB_FAULT_KERNEL, -ret,
					 "can't read the maps: %s",
					 strerror(-ret));
		if (ret <= 0)
			break;
	}
	list->mixed = ret > 0;
	if (ret >= 0)
		qsort(list->entry, list->count, sizeof(*list->entry), compare);
	return ret < 0 ? ret : 0;
}

void nlab_list_free(struct nlab_list *list)
{
	free(list->entry);
	memset(list, 0, sizeof(*list));
}

/* A few maps, as far as the table was read. */
struct some {
	struct nlab_map *map;
	unsigned int count, max;
};

static void read_some(struct some *some, const struct nlmsghdr *nlh)
{
	const struct nlattr *attr;
	struct nlab_entry entry;

	mnl_attr_for_each(attr, nlh, sizeof(struct genlmsghdr)) {
		if (some->count == some->max)
			return;
		if (mnl_attr_get_type(attr) != NLAB_A_MAP)
			continue;
		nlab_get_map(&entry, attr);
		if (entry.map.outside.family == AF_INET)
			some->map[some->count++] = entry.map;
	}
}

/* One part of the dump. Return: 1 if more may come, 0, or a negative errno. */
static int receive_some(struct nlab *nl, struct some *some)
{
	const struct nlmsghdr *nlh = (const void *)nl->in;
	int len, error;

	len = (int)mnl_socket_recvfrom(nl->sock, nl->in, NLAB_BUF);
	if (len < 0)
		return errno == EINTR ? 1 : -errno;
	for (; mnl_nlmsg_ok(nlh, len); nlh = mnl_nlmsg_next(nlh, &len)) {
		if (nlh->nlmsg_type == NLMSG_ERROR ||
		    nlh->nlmsg_type == NLMSG_DONE) {
			/* Both begin with minus the error. */
			memcpy(&error, mnl_nlmsg_get_payload(nlh),
			       sizeof(error));
			return error < 0 ? error : 0;
		}
		if (nlh->nlmsg_type == nl->family)
			read_some(some, nlh);
	}
	return some->count < some->max;
}

int nlab_map_some(struct nlab_map *map, unsigned int max, struct nlab_err *err)
{
	struct some some = { .map = map, .max = max };
	struct nlmsghdr *req;
	struct nlab *nl;
	int ret;

	/* The rest of the dump goes with the connection. */
	ret = nlab_open_loaded(&nl, err);
	if (ret)
		return ret;
	req = nlab_request(nl, NLAB_CMD_MAP_GET);
	req->nlmsg_flags |= NLM_F_DUMP;
	ret = mnl_socket_sendto(nl->sock, req, req->nlmsg_len) < 0 ? -errno : 1;
	while (ret > 0)
		ret = receive_some(nl, &some);
	nlab_close(nl);
	return ret ? nlab_fail(err, NLAB_FAULT_KERNEL, -ret,
			       "can't read the maps: %s", strerror(-ret)) :
		     (int)some.count;
}

static int read_change(const struct nlmsghdr *nlh, void *arg)
{
	nlab_get_change(arg, nlh);
	return 0;
}

int nlab_map_flush(struct nlab *nl, struct nlab_change *change,
		   struct nlab_err *err)
{
	memset(change, 0, sizeof(*change));
	return nlab_talk(nl, nlab_request(nl, NLAB_CMD_MAP_FLUSH), read_change,
			 change, err);
}

static int read_test(const struct nlmsghdr *nlh, void *arg)
{
	struct nlab_test *test = arg;
	const struct nlattr *attr;
	struct nlab_entry entry;

	mnl_attr_for_each(attr, nlh, sizeof(struct genlmsghdr)) {
		switch (mnl_attr_get_type(attr)) {
		case NLAB_A_VIA:
			test->via = nlab_get_u32(attr);
			break;
		case NLAB_A_RESULT4:
		case NLAB_A_RESULT6:
			nlab_get_addr(&test->result, attr);
			break;
		case NLAB_A_MAP:
			nlab_get_map(&entry, attr);
			test->map = entry.map;
			test->has_map = true;
			break;
		}
	}
	return 0;
}

int nlab_map_test(struct nlab *nl, const struct nlab_prefix *addr,
		  struct nlab_test *test, struct nlab_err *err)
{
	struct nlmsghdr *nlh = nlab_request(nl, NLAB_CMD_MAP_TEST);

	memset(test, 0, sizeof(*test));
	nlab_put_addr(nlh, addr);
	return nlab_talk(nl, nlh, read_test, test, err);
}

const char *nlab_via_name(uint32_t via)
{
	uint32_t i;

	for (i = 0; nlab_xlat_via_names[i]; i++)
		if (i == via)
			return nlab_xlat_via_names[i];
	return "unknown";
}
