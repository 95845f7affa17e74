// SPDX-License-Identifier: GPL-2.0
/* Links of the kernel: add, set, delete, get, list. */
#include <errno.h>
#include <libmnl/libmnl.h>
#include <linux/genetlink.h>
#include <stdlib.h>
#include <string.h>

#include "attr.h"
#include "names-gen.h"
#include "sock.h"

/* --- putting --- */

static void put_value(struct nlmsghdr *nlh, const struct nlab_link_dir *dir,
		      enum nlab_link_key key)
{
	uint16_t attr = (uint16_t)nlab_link_key_attr(key);
	uint64_t value = dir->value[key];

	switch (key) {
	case NLAB_LINK_LOSS_PATTERN:
		mnl_attr_put_strz(nlh, attr, value ? dir->pattern : "");
		break;
	case NLAB_LINK_LOSS_LIST:
		mnl_attr_put(nlh, attr, nlab_link_count(value) *
			     sizeof(dir->list[0]), dir->list);
		break;
	case NLAB_LINK_RATE:
	case NLAB_LINK_LIMIT_BYTES:
	case NLAB_LINK_DELAY:
	case NLAB_LINK_JITTER:
	case NLAB_LINK_SEED:
	case NLAB_LINK_CODEL_TARGET:
	case NLAB_LINK_CODEL_INTERVAL:
	case NLAB_LINK_SLOT_DELAY:
	case NLAB_LINK_SLOT_JITTER:
		mnl_attr_put_u64(nlh, attr, value);
		break;
	default:
		mnl_attr_put_u32(nlh, attr, (uint32_t)value);
		break;
	}
}

void nlab_put_link_dir(struct nlmsghdr *nlh, uint16_t type,
		       const struct nlab_link_dir *dir)
{
	struct nlattr *nest = NULL;
	unsigned int key;

	for (key = 0; key < NLAB_LINK_KEYS; key++) {
		if (!dir->set[key])
			continue;
		if (!nest)
			nest = mnl_attr_nest_start(nlh, type);
		put_value(nlh, dir, key);
	}
	if (nest)
		mnl_attr_nest_end(nlh, nest);
}

void nlab_put_link(struct nlmsghdr *nlh, const struct nlab_link *link,
		   const int fds[2])
{
	struct nlattr *nest = mnl_attr_nest_start(nlh, NLAB_A_LINK);

	mnl_attr_put_strz(nlh, NLAB_A_LINK_NAME, link->end[0].name);
	if (link->end[1].name[0])
		mnl_attr_put_strz(nlh, NLAB_A_LINK_PEER_NAME,
				  link->end[1].name);
	if (fds[0] >= 0)
		mnl_attr_put_u32(nlh, NLAB_A_LINK_NETNS_FD, (uint32_t)fds[0]);
	if (fds[1] >= 0)
		mnl_attr_put_u32(nlh, NLAB_A_LINK_PEER_NETNS_FD,
				 (uint32_t)fds[1]);
	if (link->owner[0])
		mnl_attr_put_strz(nlh, NLAB_A_LINK_OWNER, link->owner);
	nlab_put_link_dir(nlh, NLAB_A_LINK_DIR, &link->dir[0]);
	nlab_put_link_dir(nlh, NLAB_A_LINK_PEER_DIR, &link->dir[1]);
	mnl_attr_nest_end(nlh, nest);
}

int nlab_link_set(struct nlab *nl, const struct nlab_link *link,
		  struct nlab_err *err)
{
	struct nlmsghdr *nlh = nlab_request(nl, NLAB_CMD_LINK_SET);

	nlab_put_link(nlh, link, (const int[2]){ -1, -1 });
	return nlab_talk(nl, nlh, NULL, NULL, err);
}

/* --- getting --- */

uint64_t nlab_get_number(const struct nlattr *attr)
{
	return mnl_attr_get_payload_len(attr) >= sizeof(uint64_t) ?
	       mnl_attr_get_u64(attr) : nlab_get_u32(attr);
}

static void get_counts(struct nlab_link_counts *counts,
		       const struct nlattr *nest)
{
	const struct nlattr *attr;
	unsigned int late = 0;

	mnl_attr_for_each_nested(attr, nest) {
		uint16_t type = mnl_attr_get_type(attr);

		if (type == NLAB_A_LINK_STATS_LATE) {
			if (late < NLAB_LATE_BUCKETS)
				counts->late[late++] = nlab_get_number(attr);
		} else if (type > NLAB_A_LINK_STATS_PAD &&
			   type <= NLAB_LINK_COUNTS) {
			counts->value[type] = nlab_get_number(attr);
		}
	}
}

static void get_text(char *to, size_t size, const struct nlattr *attr)
{
	size_t len = strnlen(mnl_attr_get_payload(attr),
			     mnl_attr_get_payload_len(attr));

	if (len >= size)
		len = size - 1;
	memcpy(to, mnl_attr_get_payload(attr), len);
	to[len] = '\0';
}

static void get_value(struct nlab_link_dir *dir, enum nlab_link_key key,
		      const struct nlattr *attr)
{
	size_t len = mnl_attr_get_payload_len(attr);

	dir->set[key] = true;
	switch (nlab_link_key_kind(key)) {
	case NLAB_LINK_KIND_SIGNED:
		dir->value[key] = (uint64_t)(int32_t)nlab_get_u32(attr);
		break;
	case NLAB_LINK_KIND_PATTERN:
		get_text(dir->pattern, sizeof(dir->pattern), attr);
		len = strlen(dir->pattern);
		dir->value[key] = nlab_link_hash(dir->pattern, len, len);
		break;
	case NLAB_LINK_KIND_LIST:
		if (len > sizeof(dir->list))
			len = sizeof(dir->list);
		memcpy(dir->list, mnl_attr_get_payload(attr), len);
		dir->value[key] = nlab_link_hash(dir->list, len,
						 len / sizeof(dir->list[0]));
		break;
	default:
		dir->value[key] = nlab_get_number(attr);
		break;
	}
}

void nlab_get_link_dir(struct nlab_link_dir *dir,
		       struct nlab_link_counts *counts,
		       struct nlab_link_progress *progress,
		       const struct nlattr *nest)
{
	const struct nlattr *attr;
	unsigned int key;

	mnl_attr_for_each_nested(attr, nest) {
		uint16_t type = mnl_attr_get_type(attr);

		if (counts && type == NLAB_A_LINK_DIR_STATS)
			get_counts(counts, attr);
		if (progress && type == NLAB_A_LINK_DIR_SCHEDULE)
			nlab_get_progress(progress, attr);
		if (progress && type == NLAB_A_LINK_DIR_TRACE)
			nlab_get_trace(progress, attr);
		for (key = 0; key < NLAB_LINK_KEYS; key++)
			if (type == nlab_link_key_attr(key))
				get_value(dir, key, attr);
	}
}

void nlab_get_link(struct nlab_link *link, const struct nlattr *nest)
{
	const struct nlattr *attr;

	memset(link, 0, sizeof(*link));
	mnl_attr_for_each_nested(attr, nest) {
		switch (mnl_attr_get_type(attr)) {
		case NLAB_A_LINK_NAME:
			get_text(link->end[0].name, NLAB_DEV_NAME, attr);
			break;
		case NLAB_A_LINK_PEER_NAME:
			get_text(link->end[1].name, NLAB_DEV_NAME, attr);
			break;
		case NLAB_A_LINK_OWNER:
			get_text(link->owner, NLAB_LINK_OWNER, attr);
			break;
		case NLAB_A_LINK_IFINDEX:
			link->end[0].ifindex = nlab_get_u32(attr);
			break;
		case NLAB_A_LINK_PEER_IFINDEX:
			link->end[1].ifindex = nlab_get_u32(attr);
			break;
		case NLAB_A_LINK_NETNS:
			link->end[0].inode = nlab_get_u32(attr);
			break;
		case NLAB_A_LINK_PEER_NETNS:
			link->end[1].inode = nlab_get_u32(attr);
			break;
		case NLAB_A_LINK_DIR:
			nlab_get_link_dir(&link->dir[0], &link->counts[0],
					  &link->progress[0], attr);
			break;
		case NLAB_A_LINK_PEER_DIR:
			nlab_get_link_dir(&link->dir[1], &link->counts[1],
					  &link->progress[1], attr);
			break;
		}
	}
}

struct nlab_link *nlab_link_append(struct nlab_link_list *list)
{
	struct nlab_link *link;

	link = nlab_list_grow(list->link, list->count, &list->room,
			      sizeof(*link));
	if (!link)
		return NULL;
	list->link = link;
	link += list->count++;
	memset(link, 0, sizeof(*link));
	return link;
}

static int read_list(const struct nlmsghdr *nlh, void *arg)
{
	struct nlab_link_list *list = arg;
	const struct nlattr *attr;
	struct nlab_link *link;

	mnl_attr_for_each(attr, nlh, sizeof(struct genlmsghdr)) {
		if (mnl_attr_get_type(attr) != NLAB_A_LINK)
			continue;
		link = nlab_link_append(list);
		if (!link)
			return -ENOMEM;
		nlab_get_link(link, attr);
	}
	return 0;
}

int nlab_link_list(struct nlab *nl, const char *name,
		   struct nlab_link_list *list, struct nlab_err *err)
{
	struct nlmsghdr *nlh = nlab_request(nl, NLAB_CMD_LINK_GET);
	int ret;

	memset(list, 0, sizeof(*list));
	if (name)
		mnl_attr_put_strz(nlh, NLAB_A_NAME, name);
	else
		nlh->nlmsg_flags |= NLM_F_DUMP;
	ret = nlab_talk(nl, nlh, read_list, list, err);
	return ret < 0 ? ret : 0;
}

int nlab_link_owned(struct nlab *nl, const char *owner,
		    struct nlab_link_list *list, struct nlab_err *err)
{
	struct nlmsghdr *nlh = nlab_request(nl, NLAB_CMD_LINK_GET);
	int ret;

	memset(list, 0, sizeof(*list));
	mnl_attr_put_strz(nlh, NLAB_A_OWNER, owner);
	nlh->nlmsg_flags |= NLM_F_DUMP;
	ret = nlab_talk(nl, nlh, read_list, list, err);
	return ret < 0 ? ret : 0;
}

void nlab_link_list_free(struct nlab_link_list *list)
{
	free(list->link);
	memset(list, 0, sizeof(*list));
}

static int read_removed(const struct nlmsghdr *nlh, void *arg)
{
	struct nlab_change change;

	nlab_get_change(&change, nlh);
	*(uint32_t *)arg = change.removed;
	return 0;
}

int nlab_link_del(struct nlab *nl, const char *name, const char *owner,
		  uint32_t *removed, struct nlab_err *err)
{
	struct nlmsghdr *nlh = nlab_request(nl, NLAB_CMD_LINK_DEL);

	*removed = 0;
	if (name)
		mnl_attr_put_strz(nlh, NLAB_A_NAME, name);
	if (owner)
		mnl_attr_put_strz(nlh, NLAB_A_OWNER, owner);
	return nlab_talk(nl, nlh, read_removed, removed, err);
}

const char *nlab_link_count_name(unsigned int number)
{
	return nlab_link_stats_names[number];
}
