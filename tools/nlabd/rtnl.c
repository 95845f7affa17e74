// SPDX-License-Identifier: GPL-2.0
/* Requests to rtnetlink, and news from it. */
#include <errno.h>
#include <libmnl/libmnl.h>
#include <linux/rtnetlink.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "nlabd.h"

int rtnl_open(struct rtnl *rtnl, struct nlab_err *err)
{
	int on = 1;

	rtnl->sock = mnl_socket_open2(NETLINK_ROUTE, SOCK_CLOEXEC);
	if (!rtnl->sock ||
	    mnl_socket_bind(rtnl->sock, 0, MNL_SOCKET_AUTOPID) < 0)
		return nlab_fail(err, NLAB_FAULT_KERNEL, errno,
				 "can't open a rtnetlink socket: %s",
				 strerror(errno));
	/* Dumps of one device alone: a router has a million routes. */
	mnl_socket_setsockopt(rtnl->sock, NETLINK_GET_STRICT_CHK, &on,
			      sizeof(on));
	return 0;
}

struct nlmsghdr *rtnl_request(struct rtnl *rtnl, uint16_t type, uint16_t flags)
{
	struct nlmsghdr *nlh = mnl_nlmsg_put_header(rtnl->buf);

	nlh->nlmsg_type = type;
	nlh->nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK | flags;
	nlh->nlmsg_seq = ++rtnl->seq;
	return nlh;
}

int rtnl_talk(struct rtnl *rtnl, struct nlmsghdr *req,
	      int (*reply)(const struct nlmsghdr *nlh, void *arg), void *arg)
{
	char buf[32768] __attribute__((aligned(8)));
	uint32_t seq = req->nlmsg_seq;
	bool mixed = false;

	if (mnl_socket_sendto(rtnl->sock, req, req->nlmsg_len) < 0)
		return -errno;
	for (;;) {
		ssize_t got = mnl_socket_recvfrom(rtnl->sock, buf, sizeof(buf));
		const struct nlmsghdr *nlh = (const void *)buf;
		int len = (int)got, error;

		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return -errno;
		for (; mnl_nlmsg_ok(nlh, len);
		     nlh = mnl_nlmsg_next(nlh, &len)) {
			if (nlh->nlmsg_seq != seq)
				continue;
			mixed |= nlh->nlmsg_flags & NLM_F_DUMP_INTR;
			if (nlh->nlmsg_type == NLMSG_ERROR ||
			    nlh->nlmsg_type == NLMSG_DONE) {
				/* Both begin with minus the error. */
				memcpy(&error, mnl_nlmsg_get_payload(nlh),
				       sizeof(error));
				return error < 0 ? error : mixed ? -EINTR : 0;
			}
			if (reply)
				reply(nlh, arg);
		}
	}
}

int rtnl_watch(struct nlab_err *err)
{
	struct sockaddr_nl addr = {
		.nl_family = AF_NETLINK,
		.nl_groups = RTMGRP_LINK | RTMGRP_IPV4_IFADDR |
			     RTMGRP_IPV6_IFADDR | RTMGRP_IPV4_ROUTE |
			     RTMGRP_IPV6_ROUTE,
	};
	int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK,
			NETLINK_ROUTE);

	if (fd < 0 || bind(fd, (struct sockaddr *)&addr, sizeof(addr)))
		return nlab_fail(err, NLAB_FAULT_KERNEL, errno,
				 "can't listen to rtnetlink: %s",
				 strerror(errno));
	return fd;
}

/* A route that went is ours only with our protocol number; a routing daemon's
 * come and go by the thousand.
 */
static bool counts(const struct nlmsghdr *nlh)
{
	const struct rtmsg *rtm;

	switch (nlh->nlmsg_type) {
	case RTM_NEWLINK:
	case RTM_DELLINK:
	case RTM_DELADDR:
		return true;
	case RTM_DELROUTE:
		rtm = mnl_nlmsg_get_payload(nlh);
		return rtm->rtm_protocol == RTPROT_NLAB;
	default:
		return false;
	}
}

bool rtnl_went(int fd)
{
	char buf[32768] __attribute__((aligned(8)));
	bool went = false;

	for (;;) {
		ssize_t got = recv(fd, buf, sizeof(buf), 0);
		const struct nlmsghdr *nlh = (const void *)buf;
		int len = (int)got;

		if (got < 0 && errno == EINTR)
			continue;
		/* News were lost: anything may have gone. */
		if (got < 0 && errno == ENOBUFS) {
			went = true;
			continue;
		}
		if (got <= 0)
			return went;
		for (; mnl_nlmsg_ok(nlh, len); nlh = mnl_nlmsg_next(nlh, &len))
			went |= counts(nlh);
	}
}
