// SPDX-License-Identifier: GPL-2.0
/* Many links in one request. */
#include <errno.h>
#include <libmnl/libmnl.h>
#include <linux/netlink.h>
#include <search.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "attr.h"
#include "sock.h"

/* A namespace, opened once for all links. */
struct space {
	const char *name;
	int fd;
};

static int compare(const void *a, const void *b)
{
	return strcmp(((const struct space *)a)->name,
		      ((const struct space *)b)->name);
}

static void close_space(void *node)
{
	struct space *space = node;

	if (space->fd >= 0)
		close(space->fd);
	free(space);
}

/* Sets @fd to the descriptor of a namespace, -1 for that of the socket. */
static int find_space(void **tree, const char *name, int *fd,
		      struct nlab_err *err)
{
	struct space key = { .name = name }, *space;
	void *found;
	int ret;

	*fd = -1;
	if (!*name)
		return 0;
	found = tfind(&key, tree, compare);
	if (found) {
		*fd = (*(struct space **)found)->fd;
		return 0;
	}
	space = malloc(sizeof(*space));
	if (space) {
		space->name = name;
		space->fd = -1;
	}
	if (!space || !tsearch(space, tree, compare)) {
		free(space);
		return nlab_fail(err, NLAB_FAULT_KERNEL, ENOMEM,
				 "out of memory");
	}
	ret = nlab_netns_open(&space->fd, name, err);
	*fd = space->fd;
	return ret;
}

int nlab_link_add_all(struct nlab *nl, const struct nlab_link_list *list,
		      size_t *bad, struct nlab_err *err)
{
	void *buf = malloc((list->count + 1) * NLAB_LINK_BYTES), *tree = NULL;
	const struct nlattr *attr;
	struct nlmsghdr *nlh;
	int fds[2], ret = 0, i;
	size_t at;

	*bad = list->count;
	if (!buf)
		return nlab_fail(err, NLAB_FAULT_KERNEL, ENOMEM,
				 "out of memory");
	nlh = nlab_request_in(nl, buf, NLAB_CMD_LINK_ADD);
	for (at = 0; at < list->count && !ret; at++) {
		const struct nlab_link *link = &list->link[at];

		for (i = 0; i < 2 && !ret; i++)
			ret = find_space(&tree, link->end[i].netns, &fds[i],
					 err);
		if (!ret)
			nlab_put_link(nlh, link, fds);
		else
			*bad = at;
	}
	if (!ret && list->count) {
		nlab_make_room(nl, nlh->nlmsg_len);
		ret = nlab_talk(nl, nlh, NULL, NULL, err);
		attr = nl->bad ? nlab_attr_at(nlh, nl->bad, &at) : NULL;
		if (ret < 0 && attr && mnl_attr_get_type(attr) == NLAB_A_LINK)
			*bad = at;
	}
	tdestroy(tree, close_space);
	free(buf);
	return ret;
}
