// SPDX-License-Identifier: GPL-2.0
/* rtnetlink kind "nlink": ip link add A type nlink delay 10ms peer name B. */
#include <linux/etherdevice.h>
#include <linux/if_link.h>
#include <linux/netlink.h>

#include "../compat.h"
#include "../netlink-gen.h"
#include "link_nl.h"

static int validate(struct nlattr *tb[], struct nlattr *data[],
		    struct netlink_ext_ack *extack)
{
	const struct nlattr *mac = tb[IFLA_ADDRESS];
	const struct nlattr *mtu = tb[IFLA_MTU];

	if (mac && (nla_len(mac) != ETH_ALEN ||
		    !is_valid_ether_addr(nla_data(mac)))) {
		NL_SET_ERR_MSG_ATTR(extack, mac,
				    "not the address of an Ethernet device");
		return -EADDRNOTAVAIL;
	}
	if (mtu && (nla_get_u32(mtu) < ETH_MIN_MTU ||
		    nla_get_u32(mtu) > ETH_MAX_MTU)) {
		NL_SET_ERR_MSG_ATTR(extack, mtu, "MTU must be 68 to 65535");
		return -EINVAL;
	}
	return 0;
}

struct net_device *link_new_end(struct net *net, const char *name,
				struct nlattr **tb, const struct ifinfomsg *ifm,
				struct netlink_ext_ack *extack)
{
	unsigned char type = name ? NET_NAME_USER : NET_NAME_ENUM;
	struct net_device *dev;
	int err;

	dev = rtnl_create_link(net, name ? name : LINK_KIND "%d", type,
			       &link_rtnl_ops, tb, extack);
	if (IS_ERR(dev))
		return dev;
	if (!tb[IFLA_ADDRESS])
		eth_hw_addr_random(dev);
	if (ifm)
		dev->ifindex = ifm->ifi_index;
	err = register_netdevice(dev);
	if (err) {
		free_netdev(dev);
		return ERR_PTR(err);
	}
	link_dev_defaults(dev);
	err = rtnl_configure_link(dev, ifm, 0, NULL);
	if (err) {
		unregister_netdevice(dev);
		return ERR_PTR(err);
	}
	return dev;
}

/* The peer of a request; without a word on it, one with a name of our own. */
static struct net_device *new_peer(struct nlattr *attr, struct net *net,
				   struct nlattr **tb,
				   struct netlink_ext_ack *extack)
{
	const struct ifinfomsg *ifm = attr ? nla_data(attr) : NULL;
	static struct nlattr *none[IFLA_MAX + 1];
	char name[IFNAMSIZ];

	if (!attr)
		return link_new_end(net, NULL, none, NULL, extack);
	if (!tb[IFLA_IFNAME])
		return link_new_end(net, NULL, tb, ifm, extack);
	nla_strscpy(name, tb[IFLA_IFNAME], sizeof(name));
	return link_new_end(net, name, tb, ifm, extack);
}

/* Are the parameters such that a new link can have them? */
static int check_dirs(struct nlattr **data, struct netlink_ext_ack *extack)
{
	struct link_conf conf;
	bool restart;
	int i, err = 0;

	for (i = NLAB_A_LINK_INFO_DIR;
	     data && i <= NLAB_A_LINK_INFO_PEER_DIR && !err; i++) {
		link_conf_init(&conf);
		err = link_conf_parse(data[i], &conf, &restart, extack);
	}
	return err;
}

static int newlink(NLAB_NEWLINK_PARAMS)
{
	struct nlattr **data = NLAB_NEWLINK_DATA, **tb = NLAB_NEWLINK_TB;
	struct nlattr *attr = data ? data[NLAB_A_LINK_INFO_PEER] : NULL;
	struct nlattr *peer_tb[IFLA_MAX + 1] = {};
	struct net_device *peer;
	struct net *peer_net;
	int err;

	/* before there is anything to be taken back */
	err = check_dirs(data, extack);
	if (err)
		return err;
	if (attr) {
		err = rtnl_nla_parse_ifinfomsg(peer_tb, attr, extack);
		if (!err && ((struct ifinfomsg *)nla_data(attr))->ifi_index < 0)
			err = -EINVAL;
		if (!err)
			err = validate(peer_tb, NULL, extack);
		if (err)
			return err;
	}
	peer_net = NLAB_NEWLINK_PEER_NET(attr ? peer_tb : tb);
	if (IS_ERR(peer_net))
		return PTR_ERR(peer_net);
	/* rtnetlink itself asks for the other device's only, before 7.0 */
	if (!ns_capable(peer_net->user_ns, CAP_NET_ADMIN)) {
		put_net(peer_net);
		NL_SET_ERR_MSG(extack,
			       "no CAP_NET_ADMIN in the peer's namespace");
		return -EPERM;
	}
	peer = new_peer(attr, peer_net, peer_tb, extack);
	put_net(peer_net);
	if (IS_ERR(peer))
		return PTR_ERR(peer);

	if (!tb[IFLA_ADDRESS])
		eth_hw_addr_random(dev);
	if (!tb[IFLA_IFNAME])
		strscpy(dev->name, LINK_KIND "%d", sizeof(dev->name));
	err = register_netdevice(dev);
	if (err) {
		unregister_netdevice(peer);
		return err;
	}
	link_dev_defaults(dev);
	link_join(dev, peer, NLAB_NEWLINK_SRC_NET);
	if (data)
		link_set_dirs(dev, data[NLAB_A_LINK_INFO_DIR],
			      data[NLAB_A_LINK_INFO_PEER_DIR], extack);
	return 0;
}

static int changelink(struct net_device *dev, struct nlattr *tb[],
		      struct nlattr *data[], struct netlink_ext_ack *extack)
{
	const struct link_dev *ld = netdev_priv(dev);
	const struct net_device *peer = rtnl_dereference(ld->peer);
	const struct nlattr *back;
	int err;

	if (!data || !peer)
		return 0;
	back = data[NLAB_A_LINK_INFO_PEER_DIR];
	if (data[NLAB_A_LINK_INFO_PEER]) {
		NL_SET_ERR_MSG_ATTR(extack, data[NLAB_A_LINK_INFO_PEER],
				    "the peer stays the same for life");
		return -EOPNOTSUPP;
	}
	/* rtnetlink has asked for @dev, and here nobody knows the socket */
	if (back && dev_net(peer)->user_ns != dev_net(dev)->user_ns) {
		NL_SET_ERR_MSG_ATTR(extack, back,
				    "the peer is of another user namespace, use nlabctl set-link");
		return -EPERM;
	}
	err = link_set_dirs(dev, data[NLAB_A_LINK_INFO_DIR], back, extack);
	if (!err)
		link_event(dev_net(dev), dev);
	return err;
}

/* --- to a message --- */

static size_t get_size(const struct net_device *dev)
{
	return 2 * nla_total_size(LINK_CONF_BYTES);
}

/* Without the counters: a list of all devices is read often. */
static int fill_info(struct sk_buff *skb, const struct net_device *dev)
{
	struct link_dev *ld = netdev_priv(dev);
	struct net_device *peer = rcu_dereference_rtnl(ld->peer);

	if (!peer)
		return 0;
	return link_dir_fill(skb, NLAB_A_LINK_INFO_DIR, &ld->dir, false) ||
	       link_dir_fill(skb, NLAB_A_LINK_INFO_PEER_DIR,
			     &((struct link_dev *)netdev_priv(peer))->dir,
			     false) ? -EMSGSIZE : 0;
}

static struct net *get_link_net(const struct net_device *dev)
{
	const struct link_dev *ld = netdev_priv(dev);
	const struct net_device *peer = rtnl_dereference(ld->peer);

	return dev_net(peer ? peer : dev);
}

static const struct nla_policy info_policy[NLAB_A_LINK_INFO_MAX + 1] = {
	[NLAB_A_LINK_INFO_PEER] = { .len = sizeof(struct ifinfomsg) },
	[NLAB_A_LINK_INFO_DIR] = NLA_POLICY_NESTED(nlab_link_dir_nl_policy),
	[NLAB_A_LINK_INFO_PEER_DIR] =
		NLA_POLICY_NESTED(nlab_link_dir_nl_policy),
};

struct rtnl_link_ops link_rtnl_ops __read_mostly = {
	.kind = LINK_KIND,
	.priv_size = sizeof(struct link_dev),
	.setup = link_setup,
	.validate = validate,
	.newlink = newlink,
	.changelink = changelink,
	.dellink = link_dellink,
	.get_size = get_size,
	.fill_info = fill_info,
	.policy = info_policy,
	NLAB_PEER_TYPE(NLAB_A_LINK_INFO_PEER)
	.maxtype = NLAB_A_LINK_INFO_MAX,
	.get_link_net = get_link_net,
};
