/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The only file that asks for a kernel version. Code elsewhere is written for
 * the newest kernel; this brings older ones, down to 6.1, up to it.
 */
#ifndef NLAB_COMPAT_H
#define NLAB_COMPAT_H

#include <linux/version.h>

#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 1, 0)
#error "nlab needs Linux 6.1 or newer"
#endif
#if !IS_ENABLED(CONFIG_NETFILTER)
#error "nlab needs a kernel with CONFIG_NETFILTER"
#endif
#if !IS_ENABLED(CONFIG_IPV6)
#error "nlab needs a kernel with CONFIG_IPV6"
#endif
#if !IS_ENABLED(CONFIG_NET_NS)
#error "nlab needs a kernel with CONFIG_NET_NS"
#endif

#include <linux/hrtimer.h>
#include <linux/netdevice.h>
#include <linux/netfilter.h>
#include <net/addrconf.h>
#include <net/flow.h>
#include <net/genetlink.h>
#include <net/ip.h>
#include <net/netfilter/nf_conntrack.h>
#include <net/route.h>
#include <net/rtnetlink.h>
#include <net/sch_generic.h>

/* 6.5: GSO helpers moved to a header of their own */
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 5, 0)
#include <net/gso.h>
#endif

/* 6.18: the flow carries a DSCP value, not a TOS octet */
static inline void nlab_flowi4_set_tos(struct flowi4 *fl4, u8 tos)
{
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 18, 0)
	fl4->flowi4_dscp = inet_dsfield_to_dscp(tos);
#else
	fl4->flowi4_tos = tos & INET_DSCP_MASK;
#endif
}

/* 6.13: dscp_t argument and a drop reason as result; 0 is success in both */
static inline int nlab_ip_route_input(struct sk_buff *skb)
{
	const struct iphdr *ip4 = ip_hdr(skb);

#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 13, 0)
	return ip_route_input_noref(skb, ip4->daddr, ip4->saddr,
				    ip4h_dscp(ip4), skb->dev);
#else
	return ip_route_input_noref(skb, ip4->daddr, ip4->saddr, ip4->tos,
				    skb->dev);
#endif
}

/*
 * Confirms the connection of a packet that leaves its family here and never
 * comes to the end of the hooks, so that rules on `ct state` know its answers.
 * 6.8, and stable series since, allow that without a dependency on
 * nf_conntrack. Return: false if the packet is to be dropped.
 */
static inline bool nlab_ct_confirm(struct sk_buff *skb)
{
#if IS_ENABLED(CONFIG_NF_CONNTRACK) &&				\
	(LINUX_VERSION_CODE >= KERNEL_VERSION(6, 7, 7) ||		\
	 (LINUX_VERSION_CODE >= KERNEL_VERSION(6, 6, 19) &&		\
	  LINUX_VERSION_CODE < KERNEL_VERSION(6, 7, 0)) ||		\
	 (LINUX_VERSION_CODE >= KERNEL_VERSION(6, 1, 80) &&		\
	  LINUX_VERSION_CODE < KERNEL_VERSION(6, 2, 0)))
	const struct nf_ct_hook *hook = rcu_dereference(nf_ct_hook);
	enum ip_conntrack_info ctinfo;
	struct nf_conn *ct = nf_ct_get(skb, &ctinfo);

	if (!hook || !ct || nf_ct_is_confirmed(ct) || nf_ct_is_template(ct))
		return true;
	return hook->confirm(skb) == NF_ACCEPT;
#else
	return true;
#endif
}

/*
 * br_netfilter shows bridged frames to the IP hooks as if they were for this
 * node, and remembers that they are not.
 */
static inline bool nlab_is_bridged(const struct sk_buff *skb)
{
#if IS_ENABLED(CONFIG_BRIDGE_NETFILTER)
	const struct nf_bridge_info *info = skb_ext_find(skb,
							 SKB_EXT_BRIDGE_NF);

	return info && info->pkt_otherhost;
#else
	return false;
#endif
}

static inline void nlab_bridge_forget(struct sk_buff *skb)
{
#if IS_ENABLED(CONFIG_BRIDGE_NETFILTER)
	skb_ext_del(skb, SKB_EXT_BRIDGE_NF);
#endif
}

/* Exported, but declared in no header that modules have. */
void nf_queue_nf_hook_drop(struct net *net);

/*
 * 6.18: with PREEMPT_RT, who has bottom halves off may be preempted by others
 * who have, unless an option has it as before.
 */
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 18, 0)
#define NLAB_BH_IS_ALONE						\
	(!IS_ENABLED(CONFIG_PREEMPT_RT) ||				\
	 IS_ENABLED(CONFIG_PREEMPT_RT_NEEDS_BH_LOCK))
#else
#define NLAB_BH_IS_ALONE	true
#endif

/* 6.17: a device that forwards where the others do not */
static inline bool nlab_force_forwarding(const struct net_device *dev)
{
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 17, 0)
	const struct inet6_dev *idev = __in6_dev_get(dev);

	return idev && READ_ONCE(idev->cnf.force_forwarding);
#else
	return false;
#endif
}

/* 6.7: attributes of a dump's request, within what do requests have too */
static inline struct nlattr **nlab_dump_attrs(struct netlink_callback *cb)
{
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 7, 0)
	return genl_info_dump(cb)->attrs;
#else
	return genl_dumpit_info(cb)->attrs;
#endif
}

/* 6.12: no feature any more but a bit of its own */
static inline void nlab_netdev_set_lltx(struct net_device *dev)
{
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 12, 0)
	dev->lltx = true;
#else
	dev->features |= NETIF_F_LLTX;
#endif
}

/* 6.10: a device that only holds NAPI instances has an allocator */
static inline struct net_device *nlab_dummy_netdev_alloc(void)
{
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 10, 0)
	return alloc_netdev_dummy(0);
#else
	struct net_device *dev = kzalloc(sizeof(*dev), GFP_KERNEL);

	if (dev)
		init_dummy_netdev(dev);
	return dev;
#endif
}

static inline void nlab_dummy_netdev_free(struct net_device *dev)
{
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 10, 0)
	free_netdev(dev);
#else
	kfree(dev);
#endif
}

/* 6.13: initialisation takes the function too */
static inline void
nlab_hrtimer_setup(struct hrtimer *timer,
		   enum hrtimer_restart (*function)(struct hrtimer *),
		   clockid_t clock, enum hrtimer_mode mode)
{
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 13, 0)
	hrtimer_setup(timer, function, clock, mode);
#else
	hrtimer_init(timer, clock, mode);
	timer->function = function;
#endif
}

/*
 * 6.15: the parameters of a new device come in one structure, and rtnetlink
 * finds the peer's namespace itself. Before, newlink() has to.
 */
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 15, 0)
#define NLAB_NEWLINK_PARAMS						\
	struct net_device *dev, struct rtnl_newlink_params *params,	\
	struct netlink_ext_ack *extack
#define NLAB_NEWLINK_SRC_NET	(params->src_net)
#define NLAB_NEWLINK_TB		(params->tb)
#define NLAB_NEWLINK_DATA	(params->data)
#define NLAB_PEER_TYPE(attr)	.peer_type = (attr),

static inline struct net *
nlab_newlink_peer_net(struct rtnl_newlink_params *params)
{
	return get_net(rtnl_newlink_peer_net(params));
}

#define NLAB_NEWLINK_PEER_NET(tb)	nlab_newlink_peer_net(params)
#else
#define NLAB_NEWLINK_PARAMS						\
	struct net *src_net, struct net_device *dev,			\
	struct nlattr *tb_[], struct nlattr *data_[],			\
	struct netlink_ext_ack *extack
#define NLAB_NEWLINK_SRC_NET	src_net
#define NLAB_NEWLINK_TB		tb_
#define NLAB_NEWLINK_DATA	data_
#define NLAB_PEER_TYPE(attr)
#define NLAB_NEWLINK_PEER_NET(tb)	rtnl_link_get_net(src_net, tb)
#endif

/* 6.19: a qdisc's packet says how many it is on the wire, not only its bytes */
static inline void nlab_qdisc_set_len(struct sk_buff *skb, u32 bytes,
				      u32 packets)
{
	qdisc_skb_cb(skb)->pkt_len = bytes;
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 19, 0)
	qdisc_skb_cb(skb)->pkt_segs = packets;
#endif
}

#endif
