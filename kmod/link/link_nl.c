// SPDX-License-Identifier: GPL-2.0
/*
 * Netlink verbs of links: get, add, set, delete. A link belongs to the
 * namespaces of both its ends; everything here runs under RTNL.
 */
#include <linux/netlink.h>
#include <net/net_namespace.h>

#include "../compat.h"
#include "../netlink-gen.h"
#include "../netlink.h"
#include "link_nl.h"

struct net_device *link_peer_of(const struct net_device *dev)
{
	const struct link_dev *ld = netdev_priv(dev);

	return rtnl_dereference(ld->peer);
}

/* The first end, which has owner and creator. */
struct link_dev *link_first_of(struct net_device *dev)
{
	struct link_dev *ld = netdev_priv(dev);
	struct net_device *peer = link_peer_of(dev);

	return ld->second && peer ? netdev_priv(peer) : ld;
}

/* --- to a message --- */

/* The direction that begins at a device. */
struct link_dir *link_dir_of(struct net_device *dev)
{
	struct link_dev *ld = netdev_priv(dev);

	return link_is_link(dev) ? &ld->dir : link_sched_of(dev);
}

/* What a queueing discipline has not. */
static int peer_fill(struct sk_buff *skb, struct net_device *dev)
{
	const struct link_dev *first = link_first_of(dev);
	struct net_device *peer = link_peer_of(dev);

	if (nla_put_string(skb, NLAB_A_LINK_PEER_NAME, peer->name) ||
	    nla_put_u32(skb, NLAB_A_LINK_PEER_IFINDEX, peer->ifindex) ||
	    nla_put_u32(skb, NLAB_A_LINK_PEER_NETNS,
			dev_net(peer)->ns.inum) ||
	    (*first->owner &&
	     nla_put_string(skb, NLAB_A_LINK_OWNER, first->owner)))
		return -EMSGSIZE;
	return link_dir_fill(skb, NLAB_A_LINK_PEER_DIR, link_dir_of(peer), true);
}

/* As seen from the namespace of @dev, which is the first device shown. */
static int link_fill(struct sk_buff *skb, struct net_device *dev)
{
	struct nlattr *nest = nla_nest_start(skb, NLAB_A_LINK);

	if (!nest || nla_put_string(skb, NLAB_A_LINK_NAME, dev->name) ||
	    nla_put_u32(skb, NLAB_A_LINK_IFINDEX, dev->ifindex) ||
	    nla_put_u32(skb, NLAB_A_LINK_NETNS, dev_net(dev)->ns.inum) ||
	    link_dir_fill(skb, NLAB_A_LINK_DIR, link_dir_of(dev), true) ||
	    (link_is_link(dev) && peer_fill(skb, dev)))
		return -EMSGSIZE;
	nla_nest_end(skb, nest);
	return 0;
}

void link_event(struct net *net, struct net_device *dev)
{
	void *hdr;
	struct sk_buff *skb = nlab_nl_event_new(net, NLAB_CMD_LINK_NTF, &hdr);

	if (skb)
		nlab_nl_event(net, skb, hdr, link_fill(skb, dev));
}

/* --- from a request --- */

/* Finds the link, or the device with our queueing discipline, that @name says. */
struct net_device *link_find(struct net *net, const struct nlattr *name,
			       struct netlink_ext_ack *extack)
{
	struct net_device *dev = __dev_get_by_name(net, nla_data(name));

	if (!dev) {
		refuse(extack, name, "no such device", 0);
		return ERR_PTR(-ENODEV);
	}
	if (link_is_link(dev) ? !link_peer_of(dev) : !link_sched_of(dev)) {
		refuse(extack, name,
		       "device is no emulated link (nlink), nor is its root qdisc nlab",
		       0);
		return ERR_PTR(-EINVAL);
	}
	return dev;
}

int link_parse(const struct nlattr *attr, struct nlattr **tb,
		      struct netlink_ext_ack *extack)
{
	int err = nla_parse_nested(tb, NLAB_A_LINK_PEER_NETNS, attr,
				   nlab_link_nl_policy, extack), i;

	if (err)
		return err;
	for (i = NLAB_A_LINK_IFINDEX; i <= NLAB_A_LINK_PEER_NETNS; i++)
		if (tb[i])
			return refuse(extack, tb[i], "attribute is read only",
				      -EINVAL);
	if (!tb[NLAB_A_LINK_NAME])
		return refuse(extack, attr, "link without a name", -EINVAL);
	return 0;
}

/* --- get --- */

int nlab_nl_link_get_doit(struct sk_buff *msg, struct genl_info *info)
{
	struct net_device *dev;
	struct sk_buff *skb;
	void *hdr;
	int err;

	if (GENL_REQ_ATTR_CHECK(info, NLAB_A_NAME))
		return -EINVAL;
	if (info->attrs[NLAB_A_OWNER])
		return refuse(info->extack, info->attrs[NLAB_A_OWNER],
			      "owner is for a dump only", -EINVAL);
	skb = nlab_nl_reply_new(info, &hdr);
	if (!skb)
		return -ENOMEM;
	rtnl_lock();
	dev = link_find(genl_info_net(info), info->attrs[NLAB_A_NAME], info->extack);
	err = IS_ERR(dev) ? PTR_ERR(dev) : link_fill(skb, dev);
	rtnl_unlock();
	return nlab_nl_reply(info, skb, hdr, err);
}

/* The end by which @net knows the link, or NULL if it does not. */
static struct net_device *end_in(struct link_dev *ld, const struct net *net)
{
	struct net_device *dev = ld->dir.dev, *peer = link_peer_of(dev);

	if (net_eq(dev_net(dev), net) || ld->creator == net->net_cookie)
		return dev;
	return net_eq(dev_net(peer), net) ? peer : NULL;
}

/* Return: false if it has no place in this message. */
static bool dump_one(struct sk_buff *skb, const struct netlink_callback *cb,
		     struct net_device *dev)
{
	void *hdr = genlmsg_put(skb, NETLINK_CB(cb->skb).portid,
				cb->nlh->nlmsg_seq, &nlab_nl_family,
				NLM_F_MULTI, NLAB_CMD_LINK_GET);

	if (!hdr)
		return false;
	if (link_fill(skb, dev)) {
		genlmsg_cancel(skb, hdr);
		return false;
	}
	genlmsg_end(skb, hdr);
	return true;
}

int nlab_nl_link_get_dumpit(struct sk_buff *skb, struct netlink_callback *cb)
{
	const struct nlattr *owner = nlab_dump_attrs(cb)[NLAB_A_OWNER];
	const struct net *net = sock_net(cb->skb->sk);
	struct net_device *dev;
	struct link_sched *ls;
	struct link_dev *ld;
	long i = 0;

	rtnl_lock();
	list_for_each_entry(ld, &link_list, list) {
		dev = i < cb->args[0] ? NULL : end_in(ld, net);
		if (dev && (!owner || !strcmp(nla_data(owner), ld->owner)) &&
		    !dump_one(skb, cb, dev))
			goto full;
		i++;
	}
	list_for_each_entry(ls, &link_sched_list, list) {
		dev = i < cb->args[0] || owner ? NULL : ls->dir.dev;
		/* one that is just being replaced is not there */
		if (dev && net_eq(dev_net(dev), net) &&
		    link_sched_of(dev) == &ls->dir && !dump_one(skb, cb, dev))
			goto full;
		i++;
	}
full:
	cb->args[0] = i;
	rtnl_unlock();
	return skb->len;
}

/* --- add --- */

/* The namespace that a descriptor names, or that of the socket. */
static struct net *end_net(struct sk_buff *msg, struct genl_info *info,
			   const struct nlattr *fd)
{
	struct net *net;

	if (!fd)
		return get_net(genl_info_net(info));
	net = get_net_ns_by_fd(nla_get_u32(fd));
	if (IS_ERR(net)) {
		refuse(info->extack, fd, "not a network namespace", 0);
		return net;
	}
	if (netlink_ns_capable(msg, net->user_ns, CAP_NET_ADMIN))
		return net;
	put_net(net);
	refuse(info->extack, fd, "no CAP_NET_ADMIN in this namespace", 0);
	return ERR_PTR(-EPERM);
}

/* One end, registered; @fd and @name are its attributes. */
static struct net_device *add_end(struct sk_buff *msg, struct genl_info *info,
				  const struct nlattr *fd,
				  const struct nlattr *name)
{
	static struct nlattr *none[IFLA_MAX + 1];
	struct net_device *dev;
	struct net *net;

	if (!dev_valid_name(nla_data(name))) {
		refuse(info->extack, name, "not a device name", 0);
		return ERR_PTR(-EINVAL);
	}
	net = end_net(msg, info, fd);
	if (IS_ERR(net))
		return ERR_CAST(net);
	dev = link_new_end(net, nla_data(name), none, NULL, info->extack);
	put_net(net);
	if (IS_ERR(dev) && PTR_ERR(dev) == -EEXIST)
		refuse(info->extack, name, "a device of this name exists", 0);
	return dev;
}

static int add_one(struct sk_buff *msg, struct genl_info *info,
		   const struct nlattr *attr, struct link_plan *plan)
{
	struct nlattr *tb[NLAB_A_LINK_PEER_NETNS + 1];
	struct net_device *dev, *peer;
	LIST_HEAD(kill);
	int err;

	err = link_parse(attr, tb, info->extack);
	if (err)
		return err;
	if (!tb[NLAB_A_LINK_PEER_NAME])
		return refuse(info->extack, attr, "link without a peer-name",
			      -EINVAL);
	dev = add_end(msg, info, tb[NLAB_A_LINK_NETNS_FD],
		      tb[NLAB_A_LINK_NAME]);
	if (IS_ERR(dev))
		return PTR_ERR(dev);
	peer = add_end(msg, info, tb[NLAB_A_LINK_PEER_NETNS_FD],
		       tb[NLAB_A_LINK_PEER_NAME]);
	if (IS_ERR(peer)) {
		unregister_netdevice(dev);
		return PTR_ERR(peer);
	}
	link_join(dev, peer, genl_info_net(info));
	err = link_check(dev, tb, plan, info);
	if (err) {
		link_dellink(dev, &kill);
		unregister_netdevice_many(&kill);
		return err;
	}
	link_commit(dev, tb, plan, info->extack);
	return 0;
}

int nlab_nl_link_add_doit(struct sk_buff *msg, struct genl_info *info)
{
	int asked = link_plan_asked(info), rem, err = 0;
	struct link_plan plan = {};
	struct list_head *before;
	const struct nlattr *attr;
	LIST_HEAD(kill);

	if (asked < 0)
		return asked;
	if (GENL_REQ_ATTR_CHECK(info, NLAB_A_LINK))
		return -EINVAL;
	rtnl_lock();
	before = link_list.prev;
	nlmsg_for_each_attr(attr, info->nlhdr, GENL_HDRLEN, rem) {
		if (nla_type(attr) != NLAB_A_LINK)
			continue;
		err = add_one(msg, info, attr, asked ? &plan : NULL);
		if (err)
			break;
	}
	/* those behind the former last one are of this request */
	while (err && before->next != &link_list)
		link_dellink(list_entry(before->next, struct link_dev,
					list)->dir.dev, &kill);
	unregister_netdevice_many(&kill);
	rtnl_unlock();
	link_plan_free(&plan);
	return err;
}

/* --- delete --- */

static u32 del_owned(const struct net *net, const char *owner,
		     struct list_head *kill)
{
	struct link_dev *ld, *next;
	u32 count = 0;

	list_for_each_entry_safe(ld, next, &link_list, list) {
		if (ld->creator != net->net_cookie ||
		    strcmp(ld->owner, owner))
			continue;
		link_dellink(ld->dir.dev, kill);
		count++;
	}
	return count;
}

int nlab_nl_link_del_doit(struct sk_buff *msg, struct genl_info *info)
{
	struct nlattr *name = info->attrs[NLAB_A_NAME];
	struct nlattr *owner = info->attrs[NLAB_A_OWNER];
	struct net *net = genl_info_net(info);
	struct net_device *dev;
	struct sk_buff *skb;
	LIST_HEAD(kill);
	u32 removed = 1;
	int err = 0;
	void *hdr;

	if (!name == !owner)
		return refuse(info->extack, NULL,
			      "either name or owner is needed", -EINVAL);
	skb = nlab_nl_reply_new(info, &hdr);
	if (!skb)
		return -ENOMEM;
	rtnl_lock();
	if (name) {
		dev = link_find(net, name, info->extack);
		if (IS_ERR(dev))
			err = PTR_ERR(dev);
		else if (!link_is_link(dev))
			err = refuse(info->extack, name,
				     "a queueing discipline is deleted by tc qdisc del",
				     -EINVAL);
		else
			link_dellink(dev, &kill);
	} else {
		removed = del_owned(net, nla_data(owner), &kill);
	}
	unregister_netdevice_many(&kill);
	rtnl_unlock();
	if (!err)
		err = nla_put_u32(skb, NLAB_A_REMOVED, removed);
	return nlab_nl_reply(info, skb, hdr, err);
}
