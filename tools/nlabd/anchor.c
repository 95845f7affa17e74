// SPDX-License-Identifier: GPL-2.0
/*
 * The anchor, its addresses and routes. What should be there is asked for with
 * every call, which changes nothing where it is; what should not is looked for
 * when the settings have changed, until that has succeeded.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <libmnl/libmnl.h>
#include <linux/if_addr.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <string.h>

#include "nlabd.h"

#define KIND "nanchor"

enum {
	ROUTE_METRIC = 206,
	STALE_MAX = 256,
	OTHERS_MAX = 16,
	DUMP_ATTEMPTS = 8,
};

/* Host routes and addresses that a dump found and that are to go. */
struct stale {
	const struct nlab_announce *ann;
	int ifindex;
	unsigned int count;
	struct nlab_prefix prefix[STALE_MAX];
};

/* Anchors but that one. */
struct others {
	int ifindex;
	unsigned int count;
	int other[OTHERS_MAX];
};

static int fail(struct nlab_err *err, int error, const char *what,
		const struct nlab_prefix *prefix)
{
	char buf[NLAB_PREFIX_TEXT];

	return nlab_fail(err, NLAB_FAULT_KERNEL, -error, "can't %s%s%s: %s",
			 what, prefix ? " " : "",
			 prefix ? nlab_prefix_full_text(buf, prefix) : "",
			 strerror(-error));
}

/* --- device --- */

static int make_device(struct rtnl *rtnl, const char *name)
{
	struct nlmsghdr *nlh = rtnl_request(rtnl, RTM_NEWLINK,
					    NLM_F_CREATE | NLM_F_EXCL);
	struct ifinfomsg *ifi = mnl_nlmsg_put_extra_header(nlh, sizeof(*ifi));
	struct nlattr *info;

	ifi->ifi_flags = ifi->ifi_change = IFF_UP;
	mnl_attr_put_strz(nlh, IFLA_IFNAME, name);
	info = mnl_attr_nest_start(nlh, IFLA_LINKINFO);
	mnl_attr_put_strz(nlh, IFLA_INFO_KIND, KIND);
	mnl_attr_nest_end(nlh, info);
	return rtnl_talk(rtnl, nlh, NULL, NULL);
}

static int device_up(struct rtnl *rtnl, int ifindex)
{
	struct nlmsghdr *nlh = rtnl_request(rtnl, RTM_NEWLINK, 0);
	struct ifinfomsg *ifi = mnl_nlmsg_put_extra_header(nlh, sizeof(*ifi));

	ifi->ifi_index = ifindex;
	ifi->ifi_flags = ifi->ifi_change = IFF_UP;
	return rtnl_talk(rtnl, nlh, NULL, NULL);
}

static void read_kind(const struct nlattr *info, bool *is_ours)
{
	const struct nlattr *attr;

	mnl_attr_for_each_nested(attr, info)
		if (mnl_attr_get_type(attr) == IFLA_INFO_KIND)
			*is_ours = !strcmp(mnl_attr_get_str(attr), KIND);
}

static int read_link(const struct nlmsghdr *nlh, void *arg)
{
	const struct nlattr *attr;

	mnl_attr_for_each(attr, nlh, sizeof(struct ifinfomsg))
		if (mnl_attr_get_type(attr) == IFLA_LINKINFO)
			read_kind(attr, arg);
	return 0;
}

static int find_device(struct rtnl *rtnl, const char *name, int *ifindex,
		       struct nlab_err *err)
{
	bool is_ours = false;
	struct nlmsghdr *nlh;
	struct ifinfomsg *ifi;
	int ret = 0;

	*ifindex = (int)if_nametoindex(name);
	if (!*ifindex) {
		ret = make_device(rtnl, name);
		*ifindex = (int)if_nametoindex(name);
	}
	if (ret || !*ifindex)
		return fail(err, ret ? ret : -ENODEV, "make the anchor", NULL);
	nlh = rtnl_request(rtnl, RTM_GETLINK, 0);
	ifi = mnl_nlmsg_put_extra_header(nlh, sizeof(*ifi));
	ifi->ifi_index = *ifindex;
	ret = rtnl_talk(rtnl, nlh, read_link, &is_ours);
	if (!ret && !is_ours)
		return nlab_fail(err, NLAB_FAULT_KERNEL, EEXIST,
				 "device %s is no anchor (" KIND "): choose another name with 'nlabctl set-announce device'",
				 name);
	if (!ret)
		ret = device_up(rtnl, *ifindex);
	return ret ? fail(err, ret, "take the anchor up", NULL) : 0;
}

/* --- addresses and routes --- */

static void put_addr(struct nlmsghdr *nlh, uint16_t attr,
		     const struct nlab_prefix *prefix)
{
	if (prefix->family == AF_INET)
		mnl_attr_put_u32(nlh, attr, prefix->v4.s_addr);
	else
		mnl_attr_put(nlh, attr, sizeof(prefix->v6), &prefix->v6);
}

/*
 * The first address of the prefix, which is no host's (RFC 1122 section
 * 3.2.1.3, RFC 4291 section 2.6.1). The far side of some other address would
 * leave it to the hosts, but ospfd announces nothing for such an interface.
 */
static int change_addr(struct rtnl *rtnl, uint16_t type, uint16_t flags,
		       int ifindex, const struct nlab_prefix *prefix)
{
	struct nlmsghdr *nlh = rtnl_request(rtnl, type, flags);
	struct ifaddrmsg *ifa = mnl_nlmsg_put_extra_header(nlh, sizeof(*ifa));
	struct ifa_cacheinfo info = { .ifa_prefered = 0,
				      .ifa_valid = UINT32_MAX };

	ifa->ifa_family = prefix->family;
	ifa->ifa_prefixlen = prefix->len;
	ifa->ifa_index = (uint32_t)ifindex;
	put_addr(nlh, IFA_LOCAL, prefix);
	if (prefix->family == AF_INET) {
		put_addr(nlh, IFA_ADDRESS, prefix);
	} else {
		/* deprecated: never a source of the node's own packets */
		mnl_attr_put_u32(nlh, IFA_FLAGS, IFA_F_NODAD);
		mnl_attr_put(nlh, IFA_CACHEINFO, sizeof(info), &info);
	}
	return rtnl_talk(rtnl, nlh, NULL, NULL);
}

static int change_route(struct rtnl *rtnl, uint16_t type, uint16_t flags,
			int ifindex, const struct nlab_prefix *prefix)
{
	struct nlmsghdr *nlh = rtnl_request(rtnl, type, flags);
	struct rtmsg *rtm = mnl_nlmsg_put_extra_header(nlh, sizeof(*rtm));

	rtm->rtm_family = prefix->family;
	rtm->rtm_dst_len = prefix->len;
	rtm->rtm_table = RT_TABLE_MAIN;
	rtm->rtm_protocol = RTPROT_NLAB;
	rtm->rtm_scope = prefix->family == AF_INET ? RT_SCOPE_LINK :
						     RT_SCOPE_UNIVERSE;
	rtm->rtm_type = RTN_UNICAST;
	put_addr(nlh, RTA_DST, prefix);
	mnl_attr_put_u32(nlh, RTA_OIF, (uint32_t)ifindex);
	mnl_attr_put_u32(nlh, RTA_PRIORITY, ROUTE_METRIC);
	return rtnl_talk(rtnl, nlh, NULL, NULL);
}

static int set_one(struct rtnl *rtnl, const struct nlab_announce *ann,
		   int ifindex, const struct nlab_prefix *prefix,
		   struct nlab_err *err)
{
	int ret = 0;

	if (ann->form == NLAB_ANNOUNCE_FORM_STUB) {
		ret = change_addr(rtnl, RTM_NEWADDR,
				  NLM_F_CREATE | NLM_F_REPLACE, ifindex,
				  prefix);
		/* IPv4 has it already, and can't be told to replace it. */
		return ret && ret != -EEXIST ?
		       fail(err, ret, "set the address", prefix) : 0;
	}
	if (ann->up)
		ret = change_route(rtnl, RTM_NEWROUTE,
				   NLM_F_CREATE | NLM_F_REPLACE, ifindex,
				   prefix);
	else
		change_route(rtnl, RTM_DELROUTE, 0, ifindex, prefix);
	return ret ? fail(err, ret, "set the route", prefix) : 0;
}

/* --- what should not be there --- */

static bool wanted(const struct nlab_announce *ann,
		   const struct nlab_prefix *prefix)
{
	unsigned int i;

	for (i = 0; i < ann->prefixes; i++)
		if (nlab_prefix_equal(&ann->prefix[i], prefix))
			return true;
	return false;
}

static void add_stale(struct stale *stale, const struct nlattr *attr,
		      uint8_t family, uint8_t len)
{
	struct nlab_prefix *prefix = &stale->prefix[stale->count];

	if (!attr || stale->count == STALE_MAX)
		return;
	memset(prefix, 0, sizeof(*prefix));
	prefix->family = family;
	prefix->len = len;
	memcpy(family == AF_INET ? (void *)&prefix->v4 : (void *)&prefix->v6,
	       mnl_attr_get_payload(attr), family == AF_INET ? 4 : 16);
	stale->count++;
}

static const struct nlattr *find(const struct nlmsghdr *nlh, size_t header,
				 uint16_t type)
{
	const struct nlattr *attr;

	mnl_attr_for_each(attr, nlh, (unsigned int)header)
		if (mnl_attr_get_type(attr) == type)
			return attr;
	return NULL;
}

static int read_addr(const struct nlmsghdr *nlh, void *arg)
{
	const struct ifaddrmsg *ifa = mnl_nlmsg_get_payload(nlh);
	struct stale *stale = arg;
	unsigned int before = stale->count;

	if (nlh->nlmsg_type != RTM_NEWADDR ||
	    (int)ifa->ifa_index != stale->ifindex ||
	    ifa->ifa_scope == RT_SCOPE_LINK)
		return 0;
	add_stale(stale, find(nlh, sizeof(*ifa), IFA_ADDRESS),
		  ifa->ifa_family, ifa->ifa_prefixlen);
	if (stale->count > before &&
	    stale->ann->form == NLAB_ANNOUNCE_FORM_STUB &&
	    wanted(stale->ann, &stale->prefix[before]))
		stale->count = before;
	return 0;
}

static int read_route(const struct nlmsghdr *nlh, void *arg)
{
	const struct rtmsg *rtm = mnl_nlmsg_get_payload(nlh);
	const struct nlattr *oif = find(nlh, sizeof(*rtm), RTA_OIF);
	struct stale *stale = arg;
	unsigned int before = stale->count;

	if (nlh->nlmsg_type != RTM_NEWROUTE || !oif ||
	    (int)mnl_attr_get_u32(oif) != stale->ifindex ||
	    rtm->rtm_protocol != RTPROT_NLAB)
		return 0;
	add_stale(stale, find(nlh, sizeof(*rtm), RTA_DST), rtm->rtm_family,
		  rtm->rtm_dst_len);
	if (stale->count > before &&
	    (nlab_prefix_equal(&stale->prefix[before], &stale->ann->probe) ||
	     (stale->ann->form == NLAB_ANNOUNCE_FORM_ROUTE && stale->ann->up &&
	      wanted(stale->ann, &stale->prefix[before]))))
		stale->count = before;
	return 0;
}

/* What is gone already is no failure. */
static int clean_addrs(struct rtnl *rtnl, const struct nlab_announce *ann,
		       int ifindex, uint8_t family)
{
	struct stale stale = { .ann = ann, .ifindex = ifindex };
	struct nlmsghdr *nlh = rtnl_request(rtnl, RTM_GETADDR, NLM_F_DUMP);
	struct ifaddrmsg *ifa = mnl_nlmsg_put_extra_header(nlh, sizeof(*ifa));
	unsigned int i;
	int ret;

	ifa->ifa_family = family;
	ifa->ifa_index = (uint32_t)ifindex;
	ret = rtnl_talk(rtnl, nlh, read_addr, &stale);
	for (i = 0; i < stale.count && !ret; i++) {
		ret = change_addr(rtnl, RTM_DELADDR, 0, ifindex,
				  &stale.prefix[i]);
		ret = ret == -EADDRNOTAVAIL ? 0 : ret;
	}
	return ret;
}

static int clean_routes(struct rtnl *rtnl, const struct nlab_announce *ann,
			int ifindex, uint8_t family)
{
	struct stale stale = { .ann = ann, .ifindex = ifindex };
	struct nlmsghdr *nlh = rtnl_request(rtnl, RTM_GETROUTE, NLM_F_DUMP);
	struct rtmsg *rtm = mnl_nlmsg_put_extra_header(nlh, sizeof(*rtm));
	unsigned int i;
	int ret;

	rtm->rtm_family = family;
	rtm->rtm_protocol = RTPROT_NLAB;
	mnl_attr_put_u32(nlh, RTA_OIF, (uint32_t)ifindex);
	ret = rtnl_talk(rtnl, nlh, read_route, &stale);
	for (i = 0; i < stale.count && !ret; i++) {
		ret = change_route(rtnl, RTM_DELROUTE, 0, ifindex,
				   &stale.prefix[i]);
		ret = ret == -ESRCH ? 0 : ret;
	}
	return ret;
}

/* A dump may be interrupted by changes of others. */
static int clean_one(int (*clean)(struct rtnl *rtnl,
				  const struct nlab_announce *ann, int ifindex,
				  uint8_t family),
		     struct rtnl *rtnl, const struct nlab_announce *ann,
		     int ifindex, uint8_t family)
{
	int i, ret = -EINTR;

	for (i = 0; i < DUMP_ATTEMPTS && ret == -EINTR; i++)
		ret = clean(rtnl, ann, ifindex, family);
	return ret;
}

static int read_others(const struct nlmsghdr *nlh, void *arg)
{
	const struct ifinfomsg *ifi = mnl_nlmsg_get_payload(nlh);
	struct others *others = arg;
	bool is_ours = false;

	if (nlh->nlmsg_type != RTM_NEWLINK ||
	    ifi->ifi_index == others->ifindex || others->count == OTHERS_MAX)
		return 0;
	read_link(nlh, &is_ours);
	if (is_ours)
		others->other[others->count++] = ifi->ifi_index;
	return 0;
}

/* Anchors that had the name before: the kernel gives them the carrier, too. */
static int clean_devices(struct rtnl *rtnl, int ifindex)
{
	struct others others = { .ifindex = ifindex };
	struct nlmsghdr *nlh = rtnl_request(rtnl, RTM_GETLINK, NLM_F_DUMP);
	struct ifinfomsg *ifi = mnl_nlmsg_put_extra_header(nlh, sizeof(*ifi));
	struct nlattr *info;
	unsigned int i;
	int ret;

	info = mnl_attr_nest_start(nlh, IFLA_LINKINFO);
	mnl_attr_put_strz(nlh, IFLA_INFO_KIND, KIND);
	mnl_attr_nest_end(nlh, info);
	ret = rtnl_talk(rtnl, nlh, read_others, &others);
	/* Interrupted, it has still shown what was there all the time. */
	ret = ret == -EINTR ? 0 : ret;
	for (i = 0; i < others.count && !ret; i++) {
		nlh = rtnl_request(rtnl, RTM_DELLINK, 0);
		ifi = mnl_nlmsg_put_extra_header(nlh, sizeof(*ifi));
		ifi->ifi_index = others.other[i];
		ret = rtnl_talk(rtnl, nlh, NULL, NULL);
		ret = ret == -ENODEV ? 0 : ret;
	}
	return ret;
}

static int clean_anchor(struct rtnl *rtnl, const struct nlab_announce *ann,
		     int ifindex)
{
	int ret = clean_one(clean_addrs, rtnl, ann, ifindex, AF_INET);

	if (!ret)
		ret = clean_one(clean_addrs, rtnl, ann, ifindex, AF_INET6);
	if (!ret)
		ret = clean_one(clean_routes, rtnl, ann, ifindex, AF_INET);
	if (!ret)
		ret = clean_one(clean_routes, rtnl, ann, ifindex, AF_INET6);
	return ret;
}

int anchor_sync(struct rtnl *rtnl, const struct nlab_announce *ann, bool clean,
		int *ifindex, struct nlab_err *err)
{
	int ret = find_device(rtnl, ann->device, ifindex, err);
	unsigned int i;

	if (ret)
		return ret;
	if (clean) {
		ret = clean_anchor(rtnl, ann, *ifindex);
		if (ret)
			return fail(err, ret, "clean the anchor", NULL);
	}
	/* Where the probes of the IPv6 side are sent to. */
	if (ann->probe.v4.s_addr)
		ret = change_route(rtnl, RTM_NEWROUTE,
				   NLM_F_CREATE | NLM_F_REPLACE, *ifindex,
				   &ann->probe);
	if (ret)
		return fail(err, ret, "set the route", &ann->probe);
	for (i = 0; i < ann->prefixes && !ret; i++)
		ret = set_one(rtnl, ann, *ifindex, &ann->prefix[i], err);
	if (ret || !clean)
		return ret;
	/* Last: the node stays announced when the name changes. */
	ret = clean_devices(rtnl, *ifindex);
	return ret ? fail(err, ret, "delete another anchor", NULL) : 0;
}
