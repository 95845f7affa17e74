// SPDX-License-Identifier: GPL-2.0
/*
 * Judgement: the node is announced while the agent found it healthy, nobody
 * drained it, the translator has its hooks in place and the uplinks are up. If
 * the agent dies, its last verdict stands and the rest goes on being watched
 * here.
 */
#include <linux/rtnetlink.h>
#include <linux/slab.h>
#include <net/net_namespace.h>
#include <net/netns/generic.h>

#include "../core/anchor.h"
#include "announce.h"

static unsigned int announce_net_id __read_mostly;

static const struct announce_conf default_conf = {
	.device = "nlab0",
	.probe = cpu_to_be32(0xc0586301),	/* 192.88.99.1, RFC 7526 */
	.interval = 50,
	.fall = 2,
	.hold = 5000,
};

struct announce_net *announce_net(struct net *net)
{
	return net_generic(net, announce_net_id);
}

const struct announce_conf *announce_conf(const struct announce_net *an)
{
	return an->conf ? an->conf : &default_conf;
}

static bool uplinks_are_up(const struct announce_net *an)
{
	const struct announce_conf *conf = announce_conf(an);
	const struct net_device *dev;
	int i;

	for (i = 0; i < conf->uplinks; i++) {
		dev = __dev_get_by_name(an->net, conf->uplink[i]);
		if (!dev || !netif_running(dev) || !netif_carrier_ok(dev))
			return false;
	}
	return true;
}

static u32 reasons_of(const struct announce_net *an)
{
	u32 reasons = 0;

	if (an->drained)
		reasons |= BIT(NLAB_ANNOUNCE_REASON_DRAINED);
	if (!READ_ONCE(an->alive))
		reasons |= BIT(NLAB_ANNOUNCE_REASON_NO_TRANSLATOR);
	if (!uplinks_are_up(an))
		reasons |= BIT(NLAB_ANNOUNCE_REASON_UPLINK);
	if (!an->healthy)
		reasons |= BIT(NLAB_ANNOUNCE_REASON_NO_VERDICT) | an->faults;
	return reasons;
}

static void set_carrier(struct net_device *dev, bool up)
{
	if (up)
		netif_carrier_on(dev);
	else
		netif_carrier_off(dev);
}

void announce_update(struct announce_net *an)
{
	u32 reasons = reasons_of(an);
	struct net_device *dev;

	ASSERT_RTNL();
	if (reasons == an->reasons)
		return;
	an->reasons = reasons;
	if (an->up == !reasons) {
		announce_event(an);
		return;
	}
	an->up = !reasons;
	for_each_netdev(an->net, dev)
		if (nlab_is_anchor(dev))
			set_carrier(dev, an->up);
	announce_event(an);
}

static int dev_event(struct notifier_block *nb, unsigned long event, void *ptr)
{
	struct net_device *dev = netdev_notifier_info_to_dev(ptr);
	struct announce_net *an = announce_net(dev_net(dev));

	switch (event) {
	case NETDEV_REGISTER:
		if (nlab_is_anchor(dev))
			set_carrier(dev, an->up);
		fallthrough;
	case NETDEV_UP:
	case NETDEV_DOWN:
	case NETDEV_CHANGE:
	case NETDEV_CHANGENAME:
	case NETDEV_UNREGISTER:
		if (an->conf)
			announce_update(an);
		break;
	}
	return NOTIFY_DONE;
}

static struct notifier_block dev_notifier = { .notifier_call = dev_event };

static void look_again(struct work_struct *work)
{
	rtnl_lock();
	announce_update(container_of(work, struct announce_net, work));
	rtnl_unlock();
}

/* The caller holds the lock of the translator, under which RTNL is not taken. */
void nlab_path_set(struct net *net, bool alive)
{
	struct announce_net *an = announce_net(net);

	if (READ_ONCE(an->alive) == alive)
		return;
	WRITE_ONCE(an->alive, alive);
	schedule_work(&an->work);
}

static int __net_init announce_net_init(struct net *net)
{
	struct announce_net *an = announce_net(net);

	an->net = net;
	an->reasons = BIT(NLAB_ANNOUNCE_REASON_NO_TRANSLATOR) |
		      BIT(NLAB_ANNOUNCE_REASON_NO_VERDICT);
	INIT_WORK(&an->work, look_again);
	return 0;
}

/* After the translator's, which is registered later. */
static void __net_exit announce_net_exit(struct net *net)
{
	struct announce_net *an = announce_net(net);

	cancel_work_sync(&an->work);
	kfree(an->conf);
}

static struct pernet_operations announce_net_ops = {
	.init = announce_net_init,
	.exit = announce_net_exit,
	.id = &announce_net_id,
	.size = sizeof(struct announce_net),
};

int __init announce_init(void)
{
	int err;

	err = register_pernet_subsys(&announce_net_ops);
	if (err)
		return err;
	err = register_netdevice_notifier(&dev_notifier);
	if (err)
		goto err_net;
	err = announce_dev_init();
	if (err)
		goto err_notifier;
	return 0;

err_notifier:
	unregister_netdevice_notifier(&dev_notifier);
err_net:
	unregister_pernet_subsys(&announce_net_ops);
	return err;
}

void announce_exit(void)
{
	unregister_netdevice_notifier(&dev_notifier);
	unregister_pernet_subsys(&announce_net_ops);
}
