// SPDX-License-Identifier: GPL-2.0
/*
 * Translator of a namespace: lifetime, settings, publication. Process
 * context, under xlat_net.lock.
 */
#include <linux/netfilter_ipv4.h>
#include <linux/slab.h>
#include <net/net_namespace.h>
#include <net/netns/generic.h>

#include "../compat.h"
#include "../core/anchor.h"
#include "xlat.h"

static unsigned int xlat_net_id __read_mostly;

static const struct xlat_conf default_conf = {
	.mode = NLAB_XLAT_MODE_AUTO,
	.udp_zero = NLAB_UDP_ZERO_DROP,
	.hairpin = NLAB_HAIRPIN_INTRINSIC,
	.pool4_select = NLAB_ERROR_SELECT_HOPS,
	.local = true,
	.icmp_errors = true,
	.wkp_strict = true,
	.prefer_native = true,
	.tos = NLAB_TOS_COPY,
	.lowest_ipv6_mtu = 1280,
	.priority = -450,	/* before defragmentation (-400) */
};

struct xlat_net *xlat_net(struct net *net)
{
	return net_generic(net, xlat_net_id);
}

struct xlat_view *xlat_view_locked(struct xlat_net *xn)
{
	return rcu_dereference_protected(xn->view,
					 lockdep_is_held(&xn->lock));
}

bool xlat_is_active(const struct xlat_conf *conf,
		    const struct xlat_table *table)
{
	return conf->prefix_len || table->maps;
}

/* Where at PRE_ROUTING; see the top of xlat_path.c. */
static s32 hook_priority(const struct xlat_conf *conf)
{
	return conf->mode == NLAB_XLAT_MODE_AUTO ? NF_IP_PRI_LAST :
						   conf->priority;
}

static struct nf_hook_ops *hooks_register(struct xlat_net *xn, s32 priority)
{
	struct nf_hook_ops *ops;
	int err;

	ops = kcalloc(XLAT_HOOKS, sizeof(*ops), GFP_KERNEL_ACCOUNT);
	if (!ops)
		return ERR_PTR(-ENOMEM);
	if (!xn->flows) {
		err = xlat_flows_init(xn);
		if (err)
			goto err_ops;
	}
	xlat_hooks_fill(xn, ops, priority);
	err = nf_register_net_hooks(xn->net, ops, XLAT_HOOKS);
	if (err)
		goto err_flows;
	return ops;

err_flows:
	if (!xn->ops)
		xlat_flows_exit(xn);
err_ops:
	kfree(ops);
	return ERR_PTR(err);
}

static void hooks_unregister(struct xlat_net *xn, struct nf_hook_ops *ops)
{
	if (!ops)
		return;
	/*
	 * The kernel does this as well, but when the hooks are gone: a packet's
	 * place among them may be behind the last one then, and 6.1 warns.
	 */
	nf_queue_nf_hook_drop(xn->net);
	nf_unregister_net_hooks(xn->net, ops, XLAT_HOOKS);
	/* packets are under way in them until a grace period is over */
	synchronize_net();
	/*
	 * Some of these may have been queued for user space (NFQUEUE) after
	 * the kernel emptied its queues, to come back to our functions.
	 */
	nf_queue_nf_hook_drop(xn->net);
	kfree(ops);
	if (!xn->ops)
		xlat_flows_exit(xn);
}

int xlat_view_replace(struct xlat_net *xn, const struct xlat_conf *conf,
		      struct xlat_table *table)
{
	struct xlat_view *old = xlat_view_locked(xn), *view;
	struct nf_hook_ops *ops = xn->ops, *gone = NULL;
	struct xlat_table *unused = NULL;

	view = kzalloc(sizeof(*view), GFP_KERNEL_ACCOUNT);
	if (!view)
		return -ENOMEM;
	view->conf = *conf;
	view->table = table;
	view->id = old->id + 1;

	if (!xlat_is_active(conf, table)) {
		gone = ops;
		ops = NULL;
	} else if (!ops || hook_priority(conf) != hook_priority(&old->conf)) {
		/* The new ones stand beside the old ones for a moment. */
		gone = ops;
		ops = hooks_register(xn, hook_priority(conf));
		if (IS_ERR(ops)) {
			kfree(view);
			return PTR_ERR(ops);
		}
	}
	xn->ops = ops;
	xn->generation++;
	if (table != old->table)
		unused = old->table;
	rcu_assign_pointer(xn->view, view);
	xlat_own_update(xn);
	nlab_path_set(xn->net, ops);
	hooks_unregister(xn, gone);
	synchronize_rcu();
	kfree(old);
	if (unused)
		xlat_table_put(unused);
	return 0;
}

int xlat_maps_changed(struct xlat_net *xn)
{
	struct xlat_view *view = xlat_view_locked(xn);
	struct nf_hook_ops *ops;

	if (xlat_is_active(&view->conf, view->table) && !xn->ops) {
		ops = hooks_register(xn, hook_priority(&view->conf));
		if (IS_ERR(ops))
			return PTR_ERR(ops);
		xn->ops = ops;
	} else if (!xlat_is_active(&view->conf, view->table) && xn->ops) {
		ops = xn->ops;
		xn->ops = NULL;
		hooks_unregister(xn, ops);
	}
	view->table->version = 0;
	xn->generation++;
	xlat_own_update(xn);
	nlab_path_set(xn->net, xn->ops);
	return 0;
}

static int __net_init xlat_net_init(struct net *net)
{
	struct xlat_net *xn = xlat_net(net);
	struct xlat_view *view;

	xn->net = net;
	mutex_init(&xn->lock);
	spin_lock_init(&xn->own_lock);
	xa_init(&xn->loads);
	xlat_counters_init(&xn->counters);
	xn->stats = nlab_stats_alloc();
	if (!xn->stats)
		return -ENOMEM;
	view = kzalloc(sizeof(*view), GFP_KERNEL);
	if (!view)
		goto err_stats;
	view->conf = default_conf;
	view->table = xlat_table_alloc();
	if (!view->table)
		goto err_view;
	RCU_INIT_POINTER(xn->view, view);
	return 0;

err_view:
	kfree(view);
err_stats:
	free_percpu(xn->stats);
	return -ENOMEM;
}

/* Packets first, and the routes of flows, before devices go. */
static void __net_exit xlat_net_pre_exit(struct net *net)
{
	struct xlat_net *xn = xlat_net(net);

	struct nf_hook_ops *ops;

	mutex_lock(&xn->lock);
	ops = xn->ops;
	xn->ops = NULL;
	hooks_unregister(xn, ops);
	mutex_unlock(&xn->lock);
}

static void __net_exit xlat_net_exit(struct net *net)
{
	struct xlat_net *xn = xlat_net(net);
	struct xlat_view *view = rcu_dereference_protected(xn->view, 1);
	unsigned long port;
	void *load;

	mutex_lock(&xn->lock);
	xa_for_each(&xn->loads, port, load)
		xlat_load_abort(xn, port);
	mutex_unlock(&xn->lock);
	xa_destroy(&xn->loads);
	xlat_table_put(view->table);
	kfree(view);
	/*
	 * Maps that are still on their way to be freed use the counters; a
	 * namespace that never had one shall not wait for them.
	 */
	if (xn->generation)
		rcu_barrier();
	free_percpu(xn->stats);
}

static struct pernet_operations xlat_net_ops = {
	.init = xlat_net_init,
	.pre_exit = xlat_net_pre_exit,
	.exit = xlat_net_exit,
	.id = &xlat_net_id,
	.size = sizeof(struct xlat_net),
};

int xlat_init(void)
{
	int err;

	err = xlat_map_cache_init();
	if (err)
		return err;
	err = register_pernet_subsys(&xlat_net_ops);
	if (err)
		goto err_cache;
	err = xlat_addr_init();
	if (err)
		goto err_net;
	err = xlat_load_init();
	if (err)
		goto err_addr;
	return 0;

err_addr:
	xlat_addr_exit();
err_net:
	unregister_pernet_subsys(&xlat_net_ops);
err_cache:
	xlat_map_cache_exit();
	return err;
}

void xlat_exit(void)
{
	xlat_load_exit();
	xlat_addr_exit();
	unregister_pernet_subsys(&xlat_net_ops);
	rcu_barrier();
	xlat_map_cache_exit();
}
