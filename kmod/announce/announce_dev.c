// SPDX-License-Identifier: GPL-2.0
/*
 * The anchor, rtnetlink kind "nanchor": a device that routes and addresses of
 * the service stand on. Its carrier says that the translator works. It carries
 * no traffic: what is routed to it belongs to nobody and is dropped, silently,
 * since an answer would end connections that another node could go on with.
 * Only the agent's probes are received here, as if they had come from a wire;
 * they come by netlink, since without carrier a device sends nothing.
 */
#include <linux/ethtool.h>
#include <linux/if_arp.h>
#include <linux/module.h>

#include "../compat.h"
#include "../core/anchor.h"
#include "../version.h"
#include "announce.h"

#define ANCHOR_KIND "nanchor"

static int anchor_init(struct net_device *dev)
{
	dev->tstats = netdev_alloc_pcpu_stats(struct pcpu_sw_netstats);
	return dev->tstats ? 0 : -ENOMEM;
}

static void anchor_uninit(struct net_device *dev)
{
	free_percpu(dev->tstats);
}

static netdev_tx_t anchor_xmit(struct sk_buff *skb, struct net_device *dev)
{
	dev_core_stats_tx_dropped_inc(dev);
	kfree_skb(skb);
	return NETDEV_TX_OK;
}

/*
 * No other device below: the network core then reports a change of carrier at
 * once, where it would otherwise wait for up to a second.
 */
static int anchor_iflink(const struct net_device *dev)
{
	return 0;
}

const struct net_device_ops nlab_anchor_ops = {
	.ndo_init = anchor_init,
	.ndo_uninit = anchor_uninit,
	.ndo_start_xmit = anchor_xmit,
	.ndo_get_stats64 = dev_get_tstats64,
	.ndo_get_iflink = anchor_iflink,
};

static void get_drvinfo(struct net_device *dev, struct ethtool_drvinfo *info)
{
	strscpy(info->driver, ANCHOR_KIND, sizeof(info->driver));
	strscpy(info->version, NLAB_VERSION, sizeof(info->version));
}

static const struct ethtool_ops anchor_ethtool_ops = {
	.get_drvinfo = get_drvinfo,
	.get_link = ethtool_op_get_link,
};

int announce_receive(struct net *net, const char *name, const void *packet,
		     unsigned int len)
{
	struct net_device *dev = __dev_get_by_name(net, name);
	struct sk_buff *skb;
	int ret;

	if (!dev || !nlab_is_anchor(dev))
		return -ENODEV;
	if (!netif_running(dev))
		return -ENETDOWN;
	skb = alloc_skb(NET_SKB_PAD + LL_MAX_HEADER + len, GFP_KERNEL);
	if (!skb)
		return -ENOMEM;
	skb_reserve(skb, NET_SKB_PAD + LL_MAX_HEADER);
	skb_put_data(skb, packet, len);
	skb_reset_mac_header(skb);
	skb_reset_network_header(skb);
	skb->dev = dev;
	skb->protocol = *(const u8 *)packet >> 4 == 6 ? htons(ETH_P_IPV6) :
							htons(ETH_P_IP);
	/* counters of this CPU, which softirqs write, too */
	local_bh_disable();
	dev_sw_netstats_rx_add(dev, len);
	ret = netif_rx(skb);
	local_bh_enable();
	/* Too busy to take it is not too broken to translate it. */
	return ret == NET_RX_DROP ? -ENOBUFS : 0;
}

/* Point to point: nobody is looked for on it, neither by ARP nor as a router. */
static void anchor_setup(struct net_device *dev)
{
	dev->netdev_ops = &nlab_anchor_ops;
	dev->ethtool_ops = &anchor_ethtool_ops;
	dev->type = ARPHRD_NONE;
	dev->flags = IFF_POINTOPOINT | IFF_NOARP;
	dev->priv_flags |= IFF_NO_QUEUE | IFF_DISABLE_NETPOLL;
	nlab_netdev_set_lltx(dev);
	dev->mtu = ETH_DATA_LEN;
	dev->min_mtu = ETH_MIN_MTU;
	dev->max_mtu = ETH_MAX_MTU;
	dev->needs_free_netdev = true;
	netif_carrier_off(dev);
}

static struct rtnl_link_ops anchor_rtnl_ops __read_mostly = {
	.kind = ANCHOR_KIND,
	.setup = anchor_setup,
};

int __init announce_dev_init(void)
{
	return rtnl_link_register(&anchor_rtnl_ops);
}

void announce_dev_exit(void)
{
	rtnl_link_unregister(&anchor_rtnl_ops);
}

MODULE_ALIAS_RTNL_LINK(ANCHOR_KIND);
