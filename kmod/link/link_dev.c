// SPDX-License-Identifier: GPL-2.0
/* The pair device: what the kernel's network core and ethtool see of it. */
#include <linux/etherdevice.h>
#include <linux/ethtool.h>
#include <linux/module.h>
#include <net/pkt_sched.h>

#include "../compat.h"
#include "../version.h"
#include "link.h"
#include "link_priv.h"

/* What can be left undone because nothing of it is done on a real wire. */
#define LINK_FEATURES	(NETIF_F_SG | NETIF_F_FRAGLIST | NETIF_F_HW_CSUM | \
			 NETIF_F_RXCSUM | NETIF_F_SCTP_CRC | NETIF_F_HIGHDMA | \
			 NETIF_F_GSO_SOFTWARE | NETIF_F_GSO_ENCAP_ALL | \
			 NETIF_F_HW_VLAN_CTAG_TX | NETIF_F_HW_VLAN_CTAG_RX | \
			 NETIF_F_HW_VLAN_STAG_TX | NETIF_F_HW_VLAN_STAG_RX)

enum {
	LINK_SPEED = 10000,	/* Mbit/s, said of a link without a rate */
};

LIST_HEAD(link_list);

/* --- up and down --- */

static int end_init(struct net_device *dev)
{
	dev->tstats = netdev_alloc_pcpu_stats(struct pcpu_sw_netstats);
	return dev->tstats ? 0 : -ENOMEM;
}

static void end_uninit(struct net_device *dev)
{
	struct link_dev *ld = netdev_priv(dev);

	link_dir_release(&ld->dir);
	free_percpu(dev->tstats);
}

static struct link_dev *other_end(struct link_dev *ld)
{
	struct net_device *peer = rtnl_dereference(ld->peer);

	return peer ? netdev_priv(peer) : NULL;
}

static int end_open(struct net_device *dev)
{
	struct link_dev *ld = netdev_priv(dev), *other = other_end(ld);
	struct net_device *peer = rtnl_dereference(ld->peer);

	if (!peer)
		return -ENOTCONN;
	if (peer->flags & IFF_UP && !ld->cut) {
		link_dir_open(&ld->dir);
		link_dir_open(&other->dir);
		link_dir_light(&ld->dir);
	}
	return 0;
}

/*
 * A carrier that comes with open makes no urgent event where the queues are
 * active before anybody looks, and of others the kernel does a hundred a second.
 */
static int end_is_up(struct notifier_block *block, unsigned long event,
		     void *info)
{
	struct net_device *dev = netdev_notifier_info_to_dev(info);
	struct link_dev *other;

	if (event != NETDEV_UP || !link_is_link(dev))
		return NOTIFY_DONE;
	other = other_end(netdev_priv(dev));
	if (other)
		link_dir_light(&other->dir);
	return NOTIFY_DONE;
}

static struct notifier_block link_notifier = {
	.notifier_call = end_is_up,
};

/* Without one end there is no wire in either direction. */
static int end_stop(struct net_device *dev)
{
	struct link_dev *ld = netdev_priv(dev), *other = other_end(ld);
	struct net_device *peer = rtnl_dereference(ld->peer);

	/* before the carrier, which a step would switch on again */
	link_dir_close(&ld->dir);
	if (peer) {
		link_dir_close(&other->dir);
		netif_carrier_off(peer);
	}
	netif_carrier_off(dev);
	return 0;
}

/*
 * ip link set DEVICE carrier off: as if the wire was cut. Both ends see it, and
 * unlike those of a device that is taken down, addresses and routes stay.
 */
static int end_change_carrier(struct net_device *dev, bool on)
{
	struct link_dev *ld = netdev_priv(dev), *other = other_end(ld);
	struct net_device *peer = rtnl_dereference(ld->peer);

	if (!peer)
		return -ENOTCONN;
	ld->cut = !on;
	other->cut = !on;
	if (!(dev->flags & peer->flags & IFF_UP))
		return 0;
	if (on) {
		link_dir_open(&ld->dir);
		link_dir_open(&other->dir);
		link_dir_light(&ld->dir);
		link_dir_light(&other->dir);
	} else {
		end_stop(dev);
	}
	return 0;
}

/* All frames come in. But where there is no filter, nobody may ask for an address
 * by ioctl(SIOCADDMULTI), as ip maddr does.
 */
static void end_set_rx_mode(struct net_device *dev)
{
}

static int get_iflink(const struct net_device *dev)
{
	const struct link_dev *ld = netdev_priv(dev);
	const struct net_device *peer;
	int ifindex;

	rcu_read_lock();
	peer = rcu_dereference(ld->peer);
	ifindex = peer ? peer->ifindex : 0;
	rcu_read_unlock();
	return ifindex;
}

static const struct net_device_ops link_netdev_ops = {
	.ndo_init = end_init,
	.ndo_uninit = end_uninit,
	.ndo_open = end_open,
	.ndo_stop = end_stop,
	.ndo_change_carrier = end_change_carrier,
	.ndo_start_xmit = link_xmit,
	.ndo_get_stats64 = dev_get_tstats64,
	.ndo_set_rx_mode = end_set_rx_mode,
	.ndo_set_mac_address = eth_mac_addr,
	.ndo_validate_addr = eth_validate_addr,
	.ndo_get_iflink = get_iflink,
	.ndo_features_check = passthru_features_check,
};

/* --- ethtool --- */

static void get_drvinfo(struct net_device *dev, struct ethtool_drvinfo *info)
{
	strscpy(info->driver, LINK_KIND, sizeof(info->driver));
	strscpy(info->version, NLAB_VERSION, sizeof(info->version));
}

static int get_link_ksettings(struct net_device *dev,
			      struct ethtool_link_ksettings *cmd)
{
	struct link_dev *ld = netdev_priv(dev);
	u64 rate = READ_ONCE(ld->dir.conf.rate);

	cmd->base.speed = rate ? min_t(u64, div_u64(rate, 1000000), S32_MAX) :
				 LINK_SPEED;
	cmd->base.duplex = DUPLEX_FULL;
	cmd->base.port = PORT_TP;
	cmd->base.autoneg = AUTONEG_DISABLE;
	return 0;
}

static const char stat_names[][ETH_GSTRING_LEN] = {
	"peer_ifindex", "packets", "lost", "duplicated", "corrupted",
	"reordered", "segmented", "drop_queue", "drop_down", "drop_memory",
	"drop_aqm", "marked",
};

static int get_sset_count(struct net_device *dev, int set)
{
	return set == ETH_SS_STATS ? ARRAY_SIZE(stat_names) : -EOPNOTSUPP;
}

static void get_strings(struct net_device *dev, u32 set, u8 *buf)
{
	if (set == ETH_SS_STATS)
		memcpy(buf, stat_names, sizeof(stat_names));
}

static void get_ethtool_stats(struct net_device *dev,
			      struct ethtool_stats *stats, u64 *data)
{
	struct link_dev *ld = netdev_priv(dev);
	const struct link_counts *c = &ld->dir.counts;

	*data++ = get_iflink(dev);
	spin_lock_bh(&ld->dir.lock);
	*data++ = c->packets;
	*data++ = c->lost;
	*data++ = c->duplicated;
	*data++ = c->corrupted;
	*data++ = c->reordered;
	*data++ = c->segmented;
	*data++ = c->drop_queue;
	*data++ = c->drop_down;
	*data++ = c->drop_memory;
	*data++ = c->drop_aqm;
	*data++ = c->marked;
	spin_unlock_bh(&ld->dir.lock);
}

static const struct ethtool_ops link_ethtool_ops = {
	.get_drvinfo = get_drvinfo,
	.get_link = ethtool_op_get_link,
	.get_link_ksettings = get_link_ksettings,
	.get_ts_info = ethtool_op_get_ts_info,
	.get_sset_count = get_sset_count,
	.get_strings = get_strings,
	.get_ethtool_stats = get_ethtool_stats,
};

/* --- making and deleting --- */

void link_setup(struct net_device *dev)
{
	struct link_dev *ld = netdev_priv(dev);

	ether_setup(dev);
	dev->priv_flags &= ~IFF_TX_SKB_SHARING;
	dev->priv_flags |= IFF_LIVE_ADDR_CHANGE | IFF_NO_QUEUE |
			   IFF_DISABLE_NETPOLL;
	dev->netdev_ops = &link_netdev_ops;
	dev->ethtool_ops = &link_ethtool_ops;
	dev->features |= LINK_FEATURES;
	nlab_netdev_set_lltx(dev);
	dev->vlan_features = LINK_FEATURES & ~(NETIF_F_HW_VLAN_CTAG_TX |
					       NETIF_F_HW_VLAN_STAG_TX |
					       NETIF_F_HW_VLAN_CTAG_RX |
					       NETIF_F_HW_VLAN_STAG_RX);
	dev->hw_features = LINK_FEATURES;
	dev->hw_enc_features = LINK_FEATURES;
	dev->mpls_features = NETIF_F_HW_CSUM | NETIF_F_GSO_SOFTWARE;
	dev->min_mtu = ETH_MIN_MTU;
	dev->max_mtu = ETH_MAX_MTU;
	dev->needs_free_netdev = true;
	netif_set_tso_max_size(dev, GSO_MAX_SIZE);
	INIT_LIST_HEAD(&ld->list);
	link_dir_init(&ld->dir, dev);
}

bool link_is_link(const struct net_device *dev)
{
	return dev->netdev_ops == &link_netdev_ops;
}

void link_dev_defaults(struct net_device *dev)
{
	/* as for veth: GRO costs more than it brings on a wire without loss */
	dev->features &= ~NETIF_F_GRO;
	dev->wanted_features &= ~NETIF_F_GRO;
	netdev_update_features(dev);
	netif_carrier_off(dev);
}

void link_join(struct net_device *first, struct net_device *second,
	       struct net *creator)
{
	struct link_dev *a = netdev_priv(first), *b = netdev_priv(second);

	b->second = true;
	a->creator = creator->net_cookie;
	rcu_assign_pointer(a->peer, second);
	rcu_assign_pointer(b->peer, first);
	link_dir_set(&a->dir, &a->dir.conf, true);
	link_dir_set(&b->dir, &b->dir.conf, true);
	list_add_tail(&a->list, &link_list);
}

void link_dellink(struct net_device *dev, struct list_head *head)
{
	struct link_dev *ld = netdev_priv(dev), *other = other_end(ld);
	struct net_device *peer = rtnl_dereference(ld->peer);

	list_del_init(&ld->list);
	RCU_INIT_POINTER(ld->peer, NULL);
	unregister_netdevice_queue(dev, head);
	if (!peer)
		return;
	list_del_init(&other->list);
	RCU_INIT_POINTER(other->peer, NULL);
	unregister_netdevice_queue(peer, head);
}

int __init link_init(void)
{
	int err = link_engine_init();

	if (err)
		return err;
	err = register_netdevice_notifier(&link_notifier);
	if (err)
		goto err_engine;
	err = register_qdisc(&link_sched_ops);
	if (err)
		goto err_notifier;
	err = rtnl_link_register(&link_rtnl_ops);
	if (err)
		goto err_qdisc;
	return 0;
err_qdisc:
	unregister_qdisc(&link_sched_ops);
err_notifier:
	unregister_netdevice_notifier(&link_notifier);
err_engine:
	link_engine_exit();
	return err;
}

/* Deletes all links of all namespaces. */
void link_exit(void)
{
	rtnl_link_unregister(&link_rtnl_ops);
	/* there is none any more, each keeps the module loaded */
	unregister_qdisc(&link_sched_ops);
	unregister_netdevice_notifier(&link_notifier);
	link_engine_exit();
}

MODULE_ALIAS_RTNL_LINK(LINK_KIND);
