// SPDX-License-Identifier: GPL-2.0
/* Devices, addresses and routes of one namespace over rtnetlink(7). */
#include <errno.h>
#include <libmnl/libmnl.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <linux/veth.h>
#include <linux/if.h>
#include <stdlib.h>
#include <string.h>

#include "../lib/sock.h"
#include "sys.h"

enum {
	PROTO_LAB = RTPROT_STATIC,
};

static struct nlmsghdr *link_request(struct nlab *rt, uint16_t type,
				     uint16_t flags, const char *dev)
{
	struct nlmsghdr *nlh = nlab_route_request(rt, type, flags);
	struct ifinfomsg *info;

	info = mnl_nlmsg_put_extra_header(nlh, sizeof(*info));
	info->ifi_family = AF_UNSPEC;
	mnl_attr_put_strz(nlh, IFLA_IFNAME, dev);
	return nlh;
}

static int talk(struct nlab *rt, struct nlmsghdr *nlh, struct nlab_err *err)
{
	int ret = nlab_talk(rt, nlh, NULL, NULL, err);

	return ret > 0 ? 0 : ret;
}

int rtnl_up(struct nlab *rt, const char *dev, uint32_t mtu,
	    struct nlab_err *err)
{
	struct nlmsghdr *nlh = link_request(rt, RTM_NEWLINK, 0, dev);
	struct ifinfomsg *info = mnl_nlmsg_get_payload(nlh);

	info->ifi_flags = IFF_UP;
	info->ifi_change = IFF_UP;
	if (mtu)
		mnl_attr_put_u32(nlh, IFLA_MTU, mtu);
	return talk(rt, nlh, err);
}

int rtnl_carrier(struct nlab *rt, const char *dev, bool on,
		 struct nlab_err *err)
{
	struct nlmsghdr *nlh = link_request(rt, RTM_NEWLINK, 0, dev);

	mnl_attr_put_u8(nlh, IFLA_CARRIER, on);
	return talk(rt, nlh, err);
}

int rtnl_delete(struct nlab *rt, const char *dev, struct nlab_err *err)
{
	return talk(rt, link_request(rt, RTM_DELLINK, 0, dev), err);
}

int rtnl_bridge(struct nlab *rt, const char *dev, struct nlab_err *err)
{
	struct nlmsghdr *nlh = link_request(rt, RTM_NEWLINK,
					    NLM_F_CREATE | NLM_F_EXCL, dev);
	struct nlattr *nest = mnl_attr_nest_start(nlh, IFLA_LINKINFO);

	mnl_attr_put_strz(nlh, IFLA_INFO_KIND, "bridge");
	mnl_attr_nest_end(nlh, nest);
	return talk(rt, nlh, err);
}

static int read_index(const struct nlmsghdr *nlh, void *arg)
{
	const struct ifinfomsg *info = mnl_nlmsg_get_payload(nlh);

	if (nlh->nlmsg_type == RTM_NEWLINK)
		*(unsigned int *)arg = (unsigned int)info->ifi_index;
	return 0;
}

unsigned int rtnl_index(struct nlab *rt, const char *dev, struct nlab_err *err)
{
	struct nlmsghdr *nlh = link_request(rt, RTM_GETLINK, 0, dev);
	unsigned int index = 0;

	return nlab_talk(rt, nlh, read_index, &index, err) ? 0 : index;
}

/* --- what is up --- */

struct found {
	unsigned int flags;
	uint8_t operstate;
};

static int read_link(const struct nlmsghdr *nlh, void *arg)
{
	const struct ifinfomsg *info = mnl_nlmsg_get_payload(nlh);
	struct found *found = arg;
	const struct nlattr *attr;

	if (nlh->nlmsg_type != RTM_NEWLINK)
		return 0;
	found->flags = info->ifi_flags;
	mnl_attr_for_each(attr, nlh, sizeof(*info))
		if (mnl_attr_get_type(attr) == IFLA_OPERSTATE)
			found->operstate = mnl_attr_get_u8(attr);
	return 0;
}

bool rtnl_is_up(struct nlab *rt, const char *dev)
{
	struct nlmsghdr *nlh = link_request(rt, RTM_GETLINK, 0, dev);
	struct found found = { 0 };
	struct nlab_err err;

	return !nlab_talk(rt, nlh, read_link, &found, &err) &&
	       found.flags & IFF_RUNNING && found.operstate == IF_OPER_UP;
}

static int read_addr(const struct nlmsghdr *nlh, void *arg)
{
	const struct ifaddrmsg *ifa = mnl_nlmsg_get_payload(nlh);

	if (nlh->nlmsg_type == RTM_NEWADDR && ifa->ifa_flags & IFA_F_TENTATIVE)
		*(bool *)arg = true;
	return 0;
}

bool rtnl_is_tentative(struct nlab *rt)
{
	struct nlmsghdr *nlh = nlab_route_request(rt, RTM_GETADDR, NLM_F_DUMP);
	struct ifaddrmsg *ifa = mnl_nlmsg_put_extra_header(nlh, sizeof(*ifa));
	bool tentative = false;
	struct nlab_err err;

	ifa->ifa_family = AF_INET6;
	return nlab_talk(rt, nlh, read_addr, &tentative, &err) || tentative;
}

/* --- routes --- */

/* FNV-1a */
static uint64_t hash(uint64_t sum, const void *data, size_t len)
{
	const uint8_t *octet = data;

	while (len--)
		sum = (sum ^ *octet++) * 0x100000001b3;
	return sum;
}

/* Of a route; the same as long as it leads where it did. */
static uint64_t hash_route(const struct nlmsghdr *nlh)
{
	const struct rtmsg *rtm = mnl_nlmsg_get_payload(nlh);
	uint64_t sum = hash(0xcbf29ce484222325, rtm, sizeof(*rtm));
	const struct nlattr *attr;

	/* Ages of routes are no changes. */
	mnl_attr_for_each(attr, nlh, sizeof(*rtm))
		if (mnl_attr_get_type(attr) != RTA_CACHEINFO)
			sum = hash(sum, attr, attr->nla_len);
	return sum;
}

/* What leads nowhere is left out, and the default routes that labs have. */
static int read_route(const struct nlmsghdr *nlh, void *arg)
{
	const struct rtmsg *rtm = mnl_nlmsg_get_payload(nlh);
	struct nlab_prefix dst = { .family = rtm->rtm_family,
				   .len = rtm->rtm_dst_len };
	struct rtnl_routes *routes = arg;
	const struct nlattr *attr;
	struct nlab_prefix *list;

	if (nlh->nlmsg_type != RTM_NEWROUTE ||
	    rtm->rtm_table != RT_TABLE_MAIN || rtm->rtm_type != RTN_UNICAST ||
	    rtm->rtm_flags & (RTNH_F_DEAD | RTNH_F_LINKDOWN) ||
	    (!rtm->rtm_dst_len && rtm->rtm_protocol == PROTO_LAB))
		return 0;
	mnl_attr_for_each(attr, nlh, sizeof(*rtm)) {
		if (mnl_attr_get_type(attr) != RTA_DST)
			continue;
		if (dst.family == AF_INET)
			memcpy(&dst.v4, mnl_attr_get_payload(attr),
			       sizeof(dst.v4));
		else
			memcpy(&dst.v6, mnl_attr_get_payload(attr),
			       sizeof(dst.v6));
	}
	list = nlab_list_grow(routes->list, routes->count, &routes->room,
			      sizeof(*list));
	if (!list)
		return -ENOMEM;
	routes->list = list;
	list[routes->count++] = dst;
	/* in whichever order */
	routes->digest += hash_route(nlh);
	return 0;
}

int rtnl_list_routes(struct nlab *rt, sa_family_t family,
		     struct rtnl_routes *routes, struct nlab_err *err)
{
	struct nlmsghdr *nlh = nlab_route_request(rt, RTM_GETROUTE,
						  NLM_F_DUMP);
	struct rtmsg *rtm = mnl_nlmsg_put_extra_header(nlh, sizeof(*rtm));
	int ret;

	rtm->rtm_family = (uint8_t)family;
	ret = nlab_talk(rt, nlh, read_route, routes, err);
	return ret < 0 ? ret : 0;
}

int rtnl_master(struct nlab *rt, const char *dev, const char *bridge,
		struct nlab_err *err)
{
	unsigned int index = rtnl_index(rt, bridge, err);
	struct nlmsghdr *nlh;

	if (!index)
		return -ENODEV;
	nlh = link_request(rt, RTM_NEWLINK, 0, dev);
	mnl_attr_put_u32(nlh, IFLA_MASTER, index);
	return talk(rt, nlh, err);
}

/* By its number, as the name is the new one. */
int rtnl_move(struct nlab *rt, const char *dev, int netns, const char *name,
	      struct nlab_err *err)
{
	unsigned int index = rtnl_index(rt, dev, err);
	struct nlmsghdr *nlh;
	struct ifinfomsg *info;

	if (!index)
		return -ENODEV;
	/* A device that is up can't be renamed. */
	nlh = link_request(rt, RTM_NEWLINK, 0, dev);
	info = mnl_nlmsg_get_payload(nlh);
	info->ifi_change = IFF_UP;
	if (talk(rt, nlh, err))
		return -EBUSY;
	nlh = link_request(rt, RTM_NEWLINK, 0, name);
	info = mnl_nlmsg_get_payload(nlh);
	info->ifi_index = (int)index;
	mnl_attr_put_u32(nlh, IFLA_NET_NS_FD, (uint32_t)netns);
	return talk(rt, nlh, err);
}

int rtnl_veth(struct nlab *rt, const char *const devs[2], const int netns[2],
	      struct nlab_err *err)
{
	struct nlmsghdr *nlh = link_request(rt, RTM_NEWLINK,
					    NLM_F_CREATE | NLM_F_EXCL, devs[0]);
	struct nlattr *info, *data, *peer;

	mnl_attr_put_u32(nlh, IFLA_NET_NS_FD, (uint32_t)netns[0]);
	info = mnl_attr_nest_start(nlh, IFLA_LINKINFO);
	mnl_attr_put_strz(nlh, IFLA_INFO_KIND, "veth");
	data = mnl_attr_nest_start(nlh, IFLA_INFO_DATA);
	peer = mnl_attr_nest_start(nlh, VETH_INFO_PEER);
	mnl_nlmsg_put_extra_header(nlh, sizeof(struct ifinfomsg));
	mnl_attr_put_strz(nlh, IFLA_IFNAME, devs[1]);
	mnl_attr_put_u32(nlh, IFLA_NET_NS_FD, (uint32_t)netns[1]);
	mnl_attr_nest_end(nlh, peer);
	mnl_attr_nest_end(nlh, data);
	mnl_attr_nest_end(nlh, info);
	return talk(rt, nlh, err);
}

static void put_host(struct nlmsghdr *nlh, uint16_t type,
		     const struct nlab_prefix *addr)
{
	if (addr->family == AF_INET)
		mnl_attr_put(nlh, type, sizeof(addr->v4), &addr->v4);
	else
		mnl_attr_put(nlh, type, sizeof(addr->v6), &addr->v6);
}

/* Without detection of duplicates, which would make a lab wait. */
int rtnl_addr(struct nlab *rt, const char *dev, unsigned int index,
	      const struct lab_addr *addr, bool add, struct nlab_err *err)
{
	struct nlmsghdr *nlh;
	struct ifaddrmsg *ifa;

	if (!index)
		index = rtnl_index(rt, dev, err);
	if (!index)
		return -ENODEV;
	nlh = nlab_route_request(rt, add ? RTM_NEWADDR : RTM_DELADDR,
				 add ? NLM_F_CREATE | NLM_F_EXCL : 0);
	ifa = mnl_nlmsg_put_extra_header(nlh, sizeof(*ifa));
	ifa->ifa_family = addr->host.family;
	ifa->ifa_prefixlen = addr->len;
	ifa->ifa_index = index;
	if (add && addr->host.family == AF_INET6)
		ifa->ifa_flags = IFA_F_NODAD;
	put_host(nlh, IFA_LOCAL, &addr->host);
	put_host(nlh, IFA_ADDRESS, &addr->host);
	return talk(rt, nlh, err);
}

int rtnl_route(struct nlab *rt, const struct lab_route *route, bool add,
	       struct nlab_err *err)
{
	unsigned int index = 0;
	struct nlmsghdr *nlh;
	struct rtmsg *rtm;

	if (route->dev[0]) {
		index = rtnl_index(rt, route->dev, err);
		if (!index)
			return -ENODEV;
	}
	nlh = nlab_route_request(rt, add ? RTM_NEWROUTE : RTM_DELROUTE,
				 add ? NLM_F_CREATE | NLM_F_REPLACE : 0);
	rtm = mnl_nlmsg_put_extra_header(nlh, sizeof(*rtm));
	rtm->rtm_family = route->to.family;
	rtm->rtm_dst_len = route->to.len;
	rtm->rtm_table = RT_TABLE_MAIN;
	rtm->rtm_protocol = PROTO_LAB;
	rtm->rtm_type = RTN_UNICAST;
	rtm->rtm_scope = route->via.family || route->to.family == AF_INET6 ?
			 RT_SCOPE_UNIVERSE : RT_SCOPE_LINK;
	if (route->to.len)
		put_host(nlh, RTA_DST, &route->to);
	if (route->via.family)
		put_host(nlh, RTA_GATEWAY, &route->via);
	if (index)
		mnl_attr_put_u32(nlh, RTA_OIF, index);
	if (route->metric)
		mnl_attr_put_u32(nlh, RTA_PRIORITY, route->metric);
	return talk(rt, nlh, err);
}
