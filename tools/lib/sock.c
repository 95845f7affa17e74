// SPDX-License-Identifier: GPL-2.0
/* Connection to the family: requests, answers, and reasons of refusals. */
#include <errno.h>
#include <libmnl/libmnl.h>
#include <linux/genetlink.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "attr.h"
#include "sock.h"

enum {
	/* A path in a message is two attribute names. */
	PATH_TEXT = 80,
	/* From here on a socket's own buffer may be too small. */
	LARGE_BYTES = 65536,
};

struct nlmsghdr *nlab_request_in(struct nlab *nl, void *buf, uint8_t cmd)
{
	struct nlmsghdr *nlh = mnl_nlmsg_put_header(buf);
	struct genlmsghdr *genl;

	nlh->nlmsg_type = nl->family;
	nlh->nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK;
	nlh->nlmsg_seq = ++nl->seq;
	genl = mnl_nlmsg_put_extra_header(nlh, sizeof(*genl));
	genl->cmd = cmd;
	genl->version = NLAB_GENL_VERSION;
	return nlh;
}

struct nlmsghdr *nlab_request(struct nlab *nl, uint8_t cmd)
{
	return nlab_request_in(nl, nl->out, cmd);
}

void nlab_make_room(const struct nlab *nl, size_t bytes)
{
	int room = (int)(bytes + LARGE_BYTES);

	if (bytes > LARGE_BYTES)
		setsockopt(mnl_socket_get_fd(nl->sock), SOL_SOCKET,
			   SO_SNDBUFFORCE, &room, sizeof(room));
}

/* Extended acknowledgement, what is used of it. */
struct extack {
	const char *text;
	int text_len;
	uint32_t offset;
	uint32_t missing;
	uint32_t missing_nest;
};

static void read_extack(struct extack *ext, const struct nlmsghdr *nlh,
			size_t skip)
{
	const struct nlattr *attr;

	memset(ext, 0, sizeof(*ext));
	if (!(nlh->nlmsg_flags & NLM_F_ACK_TLVS))
		return;
	mnl_attr_for_each(attr, nlh, (unsigned int)skip) {
		switch (mnl_attr_get_type(attr)) {
		case NLMSGERR_ATTR_MSG:
			ext->text = mnl_attr_get_payload(attr);
			ext->text_len = (int)strnlen(ext->text,
				mnl_attr_get_payload_len(attr));
			break;
		case NLMSGERR_ATTR_OFFS:
			ext->offset = nlab_get_u32(attr);
			break;
		case NLMSGERR_ATTR_MISS_TYPE:
			ext->missing = nlab_get_u32(attr);
			break;
		case NLMSGERR_ATTR_MISS_NEST:
			ext->missing_nest = nlab_get_u32(attr);
			break;
		}
	}
}

/* Names the attribute that the kernel points to, "map inside-len". */
static void attr_path(char *buf, const struct nlmsghdr *req,
		      const struct extack *ext)
{
	const struct nlattr *outer, *inner = NULL;
	const char *name, *sub = NULL;
	size_t index;

	buf[0] = '\0';
	if (ext->missing) {
		outer = ext->missing_nest ?
			nlab_attr_at(req, ext->missing_nest, &index) : NULL;
		name = nlab_attr_name(outer, ext->missing);
		if (name)
			snprintf(buf, PATH_TEXT, " (missing %s)", name);
		return;
	}
	outer = ext->offset ? nlab_attr_at(req, ext->offset, &index) : NULL;
	if (!outer)
		return;
	inner = nlab_attr_inside(req, outer, ext->offset);
	name = nlab_attr_name(NULL, mnl_attr_get_type(outer));
	if (inner)
		sub = nlab_attr_name(outer, mnl_attr_get_type(inner));
	if (name)
		snprintf(buf, PATH_TEXT, " (%s%s%s)", name, sub ? " " : "",
			 sub ? sub : "");
}

/* Turns a refusal into words; those of the kernel are the best. */
static int refused(struct nlab *nl, const struct nlmsghdr *nlh,
		   const struct nlmsghdr *req, int error, size_t skip,
		   struct nlab_err *err)
{
	char path[PATH_TEXT];
	struct extack ext;

	read_extack(&ext, nlh, skip);
	nl->bad = ext.offset;
	path[0] = '\0';
	if (nl->family)
		attr_path(path, req, &ext);
	if (ext.text)
		return nlab_fail(err, error == EPERM || error == EACCES ?
				 NLAB_FAULT_ACCESS : NLAB_FAULT_KERNEL, error,
				 "%.*s%s", ext.text_len, ext.text, path);
	switch (error) {
	case EPERM:
	case EACCES:
		return nlab_fail(err, NLAB_FAULT_ACCESS, error,
				 "permission denied: changes need CAP_NET_ADMIN in the network namespace, run as root");
	case EOPNOTSUPP:
		return nlab_fail(err, NLAB_FAULT_KERNEL, error,
				 "the loaded nlab module does not know this command");
	default:
		return nlab_fail(err, NLAB_FAULT_KERNEL, error,
				 "refused by the kernel: %s%s", strerror(error),
				 path);
	}
}

static int sys_fail(struct nlab_err *err, int error, const char *what)
{
	return nlab_fail(err, NLAB_FAULT_KERNEL, error, "%s: %s", what,
			 strerror(error));
}

/* End of an answer: 1, negative errno when it is a refusal. */
static int finish(struct nlab *nl, const struct nlmsghdr *nlh,
		  const struct nlmsghdr *req, struct nlab_err *err)
{
	const struct nlmsgerr *end = mnl_nlmsg_get_payload(nlh);
	size_t skip = sizeof(int);
	int error;

	if (mnl_nlmsg_get_payload_len(nlh) < sizeof(int))
		return nlh->nlmsg_type == NLMSG_DONE ? 1 :
		       sys_fail(err, EBADMSG, "short answer of the kernel");
	/* Both messages begin with the error. */
	memcpy(&error, end, sizeof(error));
	if (error >= 0)
		return 1;
	if (nlh->nlmsg_type == NLMSG_ERROR) {
		skip = sizeof(*end);
		if (!(nlh->nlmsg_flags & NLM_F_CAPPED))
			skip += mnl_nlmsg_get_payload_len(&end->msg);
	}
	return refused(nl, nlh, req, -error, skip, err);
}

/* Into the buffer. Return: bytes, or a negative errno. */
static int receive(struct nlab *nl, struct nlab_err *err)
{
	ssize_t got;

	do
		got = mnl_socket_recvfrom(nl->sock, nl->in, NLAB_BUF);
	while (got < 0 && errno == EINTR);
	return got < 0 ? sys_fail(err, errno, "can't read from the kernel") :
			 (int)got;
}

int nlab_talk(struct nlab *nl, struct nlmsghdr *req,
	      int (*reply)(const struct nlmsghdr *nlh, void *arg), void *arg,
	      struct nlab_err *err)
{
	bool dump = req->nlmsg_flags & NLM_F_DUMP, mixed = false;
	int ret = 0, end;

	nl->bad = 0;
	if (nl->collect && !reply) {
		/* Refusals are told without being asked for. */
		req->nlmsg_flags &= (uint16_t)~NLM_F_ACK;
		nl->queued += NLMSG_ALIGN(req->nlmsg_len);
		nl->last = req;
		return 0;
	}
	if (mnl_socket_sendto(nl->sock, req, req->nlmsg_len) < 0)
		return sys_fail(err, errno, "can't send to the kernel");
	for (;;) {
		const struct nlmsghdr *nlh = (const void *)nl->in;
		int len = receive(nl, err);

		if (len < 0)
			return len;
		for (; mnl_nlmsg_ok(nlh, len);
		     nlh = mnl_nlmsg_next(nlh, &len)) {
			if (nlh->nlmsg_seq != req->nlmsg_seq)
				continue;
			mixed |= dump && nlh->nlmsg_flags & NLM_F_DUMP_INTR;
			if (nlh->nlmsg_type == NLMSG_ERROR ||
			    nlh->nlmsg_type == NLMSG_DONE) {
				end = finish(nl, nlh, req, err);
				if (end < 0)
					return end;
				return ret ? ret : mixed;
			}
			/* After a failure the rest must still be read. */
			if (nlh->nlmsg_type >= NLMSG_MIN_TYPE && reply && !ret)
				ret = reply(nlh, arg);
		}
	}
}

/* Reads up to the answer of the last request; refusals come before it. */
static int read_answers(struct nlab *nl, uint32_t *seq, struct nlab_err *err)
{
	int ret = 0, end;

	for (;;) {
		const struct nlmsghdr *nlh = (const void *)nl->in;
		int len = receive(nl, err);

		if (len < 0)
			return len;
		for (; mnl_nlmsg_ok(nlh, len);
		     nlh = mnl_nlmsg_next(nlh, &len)) {
			if (nlh->nlmsg_type != NLMSG_ERROR)
				continue;
			end = ret ? 1 : finish(nl, nlh, nl->last, err);
			if (end < 0) {
				ret = end;
				*seq = nlh->nlmsg_seq;
			}
			if (nlh->nlmsg_seq == nl->last->nlmsg_seq)
				return ret;
		}
	}
}

int nlab_flush(struct nlab *nl, uint32_t *seq, struct nlab_err *err)
{
	int ret = 0;

	if (!nl->queued)
		return 0;
	*seq = nl->last->nlmsg_seq;
	nl->last->nlmsg_flags |= NLM_F_ACK;
	if (mnl_socket_sendto(nl->sock, nl->out, nl->queued) < 0)
		ret = sys_fail(err, errno, "can't send to the kernel");
	else
		ret = read_answers(nl, seq, err);
	nl->queued = 0;
	return ret;
}

/* Finds the multicast group of events among those of the family. */
static void read_groups(struct nlab *nl, const struct nlattr *groups)
{
	const struct nlattr *group, *attr;

	mnl_attr_for_each_nested(group, groups) {
		const char *name = NULL;
		uint32_t id = 0;

		mnl_attr_for_each_nested(attr, group) {
			if (mnl_attr_get_type(attr) == CTRL_ATTR_MCAST_GRP_ID)
				id = nlab_get_u32(attr);
			else if (mnl_attr_get_type(attr) ==
				 CTRL_ATTR_MCAST_GRP_NAME)
				name = mnl_attr_get_str(attr);
		}
		if (name && !strcmp(name, NLAB_MCGRP_EVENTS))
			nl->group = id;
	}
}

static int read_family(const struct nlmsghdr *nlh, void *arg)
{
	const struct nlattr *attr, *groups = NULL;
	struct nlab *nl = arg;
	bool ours = false;
	uint16_t id = 0;

	mnl_attr_for_each(attr, nlh, sizeof(struct genlmsghdr)) {
		switch (mnl_attr_get_type(attr)) {
		case CTRL_ATTR_FAMILY_NAME:
			ours = !strcmp(mnl_attr_get_str(attr), NLAB_GENL_NAME);
			break;
		case CTRL_ATTR_FAMILY_ID:
			id = mnl_attr_get_u16(attr);
			break;
		case CTRL_ATTR_MCAST_GROUPS:
			groups = attr;
			break;
		}
	}
	if (!ours)
		return 0;
	nl->family = id;
	if (groups)
		read_groups(nl, groups);
	return 0;
}

/*
 * Asked for a family by its name, the kernel loads the module for anybody. A
 * reader that comes back every few seconds must not undo a rmmod with that, so
 * it looks through the families that there are (@load false).
 */
static int find_family(struct nlab *nl, bool load, struct nlab_err *err)
{
	struct nlmsghdr *nlh;
	int ret;

	nl->family = GENL_ID_CTRL;
	nlh = nlab_request(nl, CTRL_CMD_GETFAMILY);
	if (load)
		mnl_attr_put_strz(nlh, CTRL_ATTR_FAMILY_NAME, NLAB_GENL_NAME);
	else
		nlh->nlmsg_flags |= NLM_F_DUMP;
	ret = nlab_talk(nl, nlh, read_family, nl, err);
	if (ret < 0 && ret != -ENOENT)
		return ret;
	if (nl->family != GENL_ID_CTRL)
		return 0;
	return nlab_fail(err, NLAB_FAULT_ACCESS, ENOENT,
			 "nlab module is not loaded: run 'modprobe nlab' as root");
}

static int open_socket(struct nlab **result, int bus, struct nlab_err *err)
{
	struct nlab *nl = calloc(1, sizeof(*nl));
	int on = 1, ret;

	*result = NULL;
	if (!nl)
		return sys_fail(err, ENOMEM, "can't connect to the kernel");
	nl->sock = mnl_socket_open2(bus, SOCK_CLOEXEC);
	if (!nl->sock || mnl_socket_bind(nl->sock, 0, MNL_SOCKET_AUTOPID) < 0) {
		ret = sys_fail(err, errno, "can't open a netlink socket");
		nlab_close(nl);
		return ret;
	}
	/* Reasons of refusals, and requests not echoed back with them. */
	if (mnl_socket_setsockopt(nl->sock, NETLINK_EXT_ACK, &on, sizeof(on)) ||
	    mnl_socket_setsockopt(nl->sock, NETLINK_CAP_ACK, &on, sizeof(on))) {
		ret = sys_fail(err, errno, "can't set up a netlink socket");
		nlab_close(nl);
		return ret;
	}
	*result = nl;
	return 0;
}

static int open_family(struct nlab **result, bool load, struct nlab_err *err)
{
	int ret = open_socket(result, NETLINK_GENERIC, err);

	if (ret)
		return ret;
	ret = find_family(*result, load, err);
	if (ret) {
		nlab_close(*result);
		*result = NULL;
	}
	return ret;
}

int nlab_open(struct nlab **result, struct nlab_err *err)
{
	return open_family(result, true, err);
}

int nlab_open_loaded(struct nlab **result, struct nlab_err *err)
{
	return open_family(result, false, err);
}

int nlab_open_route(struct nlab **result, struct nlab_err *err)
{
	return open_socket(result, NETLINK_ROUTE, err);
}

struct nlmsghdr *nlab_route_request(struct nlab *nl, uint16_t type,
				    uint16_t flags)
{
	struct nlmsghdr *nlh = mnl_nlmsg_put_header(nl->out + nl->queued);

	nlh->nlmsg_type = type;
	nlh->nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK | flags;
	nlh->nlmsg_seq = ++nl->seq;
	return nlh;
}

void nlab_close(struct nlab *nl)
{
	if (!nl)
		return;
	if (nl->sock)
		mnl_socket_close(nl->sock);
	free(nl);
}
