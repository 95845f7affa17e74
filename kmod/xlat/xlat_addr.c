// SPDX-License-Identifier: GPL-2.0
/*
 * Own addresses of the node are never translated. To ask for each packet
 * whether its destination is one would cost a route look-up; instead the
 * translator knows, for a whole namespace, whether any own address lies where
 * packets are translated at all. Nearly always none does.
 */
#include <linux/inetdevice.h>
#include <net/addrconf.h>
#include <net/if_inet6.h>

#include "../core/anchor.h"
#include "../pure/addr.h"
#include "xlat.h"

static bool covers4(const struct xlat_view *view, __be32 addr)
{
	return xlat_match4(view->table, addr);
}

static bool covers6(const struct xlat_view *view, const struct in6_addr *addr)
{
	const struct xlat_conf *conf = &view->conf;

	return (conf->prefix_len &&
		addr6_prefix_equal(addr, &conf->prefix, conf->prefix_len)) ||
	       xlat_match6(view->table, XLAT_IN4, addr) ||
	       xlat_match6(view->table, XLAT_OUT6, addr) ||
	       xlat_match6(view->table, XLAT_IN6, addr);
}

static bool dev_covered4(const struct xlat_view *view, struct net_device *dev)
{
	struct in_device *in_dev = __in_dev_get_rcu(dev);
	const struct in_ifaddr *ifa;

	if (!in_dev)
		return false;
	in_dev_for_each_ifa_rcu(ifa, in_dev)
		if (covers4(view, ifa->ifa_local))
			return true;
	return false;
}

static bool dev_covered6(const struct xlat_view *view, struct net_device *dev)
{
	struct inet6_dev *idev = __in6_dev_get(dev);
	const struct inet6_ifaddr *ifa;

	if (!idev)
		return false;
	list_for_each_entry_rcu(ifa, &idev->addr_list, if_list)
		if (covers6(view, &ifa->addr))
			return true;
	return false;
}

void xlat_own_update(struct xlat_net *xn)
{
	const struct xlat_view *view;
	bool own4 = false, own6 = false;
	struct net_device *dev;

	rcu_read_lock();
	spin_lock_bh(&xn->own_lock);
	view = rcu_dereference(xn->view);
	for_each_netdev_rcu(xn->net, dev) {
		if (!xlat_is_active(&view->conf, view->table))
			break;
		/* Those of an anchor stand for what is translated. */
		if (nlab_is_anchor(dev))
			continue;
		own4 = own4 || dev_covered4(view, dev);
		own6 = own6 || dev_covered6(view, dev);
	}
	WRITE_ONCE(xn->own4, own4);
	WRITE_ONCE(xn->own6, own6);
	spin_unlock_bh(&xn->own_lock);
	rcu_read_unlock();
}

/*
 * When the notifier of IPv4 comes, the address list is already changed. That
 * of IPv6 comes in atomic context, before an address that goes has left the
 * list: the answer is then true for longer than it needs to be, which only
 * costs time.
 */
static int addr4_event(struct notifier_block *nb, unsigned long event,
		       void *ptr)
{
	const struct in_ifaddr *ifa = ptr;

	xlat_own_update(xlat_net(dev_net(ifa->ifa_dev->dev)));
	return NOTIFY_DONE;
}

static int addr6_event(struct notifier_block *nb, unsigned long event,
		       void *ptr)
{
	const struct inet6_ifaddr *ifa = ptr;

	xlat_own_update(xlat_net(dev_net(ifa->idev->dev)));
	return NOTIFY_DONE;
}

static struct notifier_block addr4_notifier = { .notifier_call = addr4_event };
static struct notifier_block addr6_notifier = { .notifier_call = addr6_event };

int xlat_addr_init(void)
{
	int err = register_inetaddr_notifier(&addr4_notifier);

	if (err)
		return err;
	err = register_inet6addr_notifier(&addr6_notifier);
	if (err)
		unregister_inetaddr_notifier(&addr4_notifier);
	return err;
}

void xlat_addr_exit(void)
{
	unregister_inet6addr_notifier(&addr6_notifier);
	unregister_inetaddr_notifier(&addr4_notifier);
}
