// SPDX-License-Identifier: GPL-2.0
/* Events of the family. */
#include <errno.h>
#include <libmnl/libmnl.h>
#include <linux/genetlink.h>
#include <string.h>
#include <sys/socket.h>

#include "attr.h"
#include "sock.h"

enum {
	/* Room for bursts; a replacement of the table is one event. */
	EVENT_BUF = 4 << 20,
};

static bool read_event(struct nlab_event *event, const struct nlmsghdr *nlh)
{
	const struct genlmsghdr *genl = mnl_nlmsg_get_payload(nlh);
	const struct nlattr *attr;

	memset(event, 0, sizeof(*event));
	switch (genl->cmd) {
	case NLAB_CMD_MAP_ADD_NTF:
		event->kind = NLAB_EVENT_MAP_ADD;
		break;
	case NLAB_CMD_MAP_DEL_NTF:
		event->kind = NLAB_EVENT_MAP_DEL;
		break;
	case NLAB_CMD_MAPS_NTF:
		event->kind = NLAB_EVENT_MAPS;
		nlab_get_change(&event->change, nlh);
		return true;
	case NLAB_CMD_XLAT_NTF:
		event->kind = NLAB_EVENT_XLAT;
		mnl_attr_for_each(attr, nlh, sizeof(*genl))
			if (mnl_attr_get_type(attr) == NLAB_A_XLAT)
				nlab_get_xlat(&event->xlat, attr);
		return true;
	case NLAB_CMD_LINK_NTF:
		event->kind = NLAB_EVENT_LINK;
		mnl_attr_for_each(attr, nlh, sizeof(*genl))
			if (mnl_attr_get_type(attr) == NLAB_A_LINK)
				nlab_get_link(&event->link, attr);
		return true;
	case NLAB_CMD_ANNOUNCE_NTF:
		event->kind = NLAB_EVENT_ANNOUNCE;
		mnl_attr_for_each(attr, nlh, sizeof(*genl))
			if (mnl_attr_get_type(attr) == NLAB_A_ANNOUNCE)
				nlab_get_announce(&event->announce, attr);
		return true;
	default:
		return false;
	}
	return true;
}

/* A message about maps may hold several. */
static int report_event(const struct nlmsghdr *nlh,
			int (*report)(const struct nlab_event *event,
				      void *arg),
			void *arg)
{
	const struct nlattr *attr;
	struct nlab_event event;
	int ret = 0;

	if (!read_event(&event, nlh))
		return 0;
	if (event.kind != NLAB_EVENT_MAP_ADD &&
	    event.kind != NLAB_EVENT_MAP_DEL)
		return report(&event, arg);
	mnl_attr_for_each(attr, nlh, sizeof(struct genlmsghdr))
		nlab_get_identity(&event.identity, attr);
	mnl_attr_for_each(attr, nlh, sizeof(struct genlmsghdr)) {
		if (mnl_attr_get_type(attr) != NLAB_A_MAP)
			continue;
		nlab_get_map(&event.entry, attr);
		ret = report(&event, arg);
		if (ret < 0)
			break;
	}
	return ret;
}

/* The controller of generic netlink says when a family goes. */
static bool is_farewell(const struct nlab *nl, const struct nlmsghdr *nlh)
{
	const struct genlmsghdr *genl = mnl_nlmsg_get_payload(nlh);
	const struct nlattr *attr;

	if (genl->cmd != CTRL_CMD_DELFAMILY)
		return false;
	mnl_attr_for_each(attr, nlh, sizeof(*genl))
		if (mnl_attr_get_type(attr) == CTRL_ATTR_FAMILY_ID)
			return mnl_attr_get_u16(attr) == nl->family;
	return false;
}

static int subscribe(struct nlab *nl, struct nlab_err *err)
{
	int fd = mnl_socket_get_fd(nl->sock), size = EVENT_BUF;
	uint32_t controller = GENL_ID_CTRL;

	/* More than the system's limit takes privilege; less is no error. */
	if (setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof(size)))
		setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &size, sizeof(size));
	if (mnl_socket_setsockopt(nl->sock, NETLINK_ADD_MEMBERSHIP, &nl->group,
				  sizeof(nl->group)) ||
	    mnl_socket_setsockopt(nl->sock, NETLINK_ADD_MEMBERSHIP, &controller,
				  sizeof(controller)))
		return nlab_fail(err, NLAB_FAULT_KERNEL, errno,
				 "can't subscribe to events: %s",
				 strerror(errno));
	return 0;
}

int nlab_listen(struct nlab *nl, void (*ready)(void *arg),
		int (*report)(const struct nlab_event *event, void *arg),
		void *arg, struct nlab_err *err)
{
	const struct nlab_event lost = { .kind = NLAB_EVENT_LOST };
	int ret = subscribe(nl, err);

	if (ret)
		return ret;
	ready(arg);
	while (ret >= 0) {
		ssize_t got = mnl_socket_recvfrom(nl->sock, nl->in, NLAB_BUF);
		const struct nlmsghdr *nlh = (const void *)nl->in;
		int len = (int)got;

		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0 && errno == ENOBUFS) {
			ret = report(&lost, arg);
			continue;
		}
		if (got < 0)
			return nlab_fail(err, NLAB_FAULT_KERNEL, errno,
					 "can't read events: %s",
					 strerror(errno));
		for (; ret >= 0 && mnl_nlmsg_ok(nlh, len);
		     nlh = mnl_nlmsg_next(nlh, &len)) {
			if (nlh->nlmsg_type == nl->family)
				ret = report_event(nlh, report, arg);
			else if (nlh->nlmsg_type == GENL_ID_CTRL &&
				 is_farewell(nl, nlh))
				return nlab_fail(err, NLAB_FAULT_ACCESS, ENODEV,
						 "nlab module was unloaded");
		}
	}
	return ret;
}

int nlab_subscribe(struct nlab *nl, struct nlab_err *err)
{
	int ret = subscribe(nl, err);

	return ret ? ret : mnl_socket_get_fd(nl->sock);
}

bool nlab_discard(struct nlab *nl, uint32_t *reasons)
{
	int fd = mnl_socket_get_fd(nl->sock);
	struct nlab_event event;
	ssize_t got;

	for (;;) {
		const struct nlmsghdr *nlh = (const void *)nl->in;
		int len;

		got = recv(fd, nl->in, NLAB_BUF, MSG_DONTWAIT);
		if (got < 0 && (errno == EINTR || errno == ENOBUFS))
			continue;
		if (got <= 0)
			return true;
		len = (int)got;
		for (; mnl_nlmsg_ok(nlh, len);
		     nlh = mnl_nlmsg_next(nlh, &len)) {
			if (nlh->nlmsg_type == GENL_ID_CTRL &&
			    is_farewell(nl, nlh))
				return false;
			if (nlh->nlmsg_type == nl->family &&
			    read_event(&event, nlh) &&
			    event.kind == NLAB_EVENT_ANNOUNCE)
				*reasons |= event.announce.reasons;
		}
	}
}
