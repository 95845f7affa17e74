// SPDX-License-Identifier: GPL-2.0
/*
 * Replacement of all maps. A new table is filled over many messages, seen by
 * nobody, and put in place of the old one at once. It belongs to the socket
 * that fills it and goes with it. Process context, under xlat_net.lock.
 */
#include <linux/netlink.h>
#include <linux/notifier.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <net/ipv6.h>
#include <net/net_namespace.h>

#include "xlat.h"

int xlat_load_begin(struct xlat_net *xn, u32 port)
{
	struct xlat_load *load;
	int err;

	lockdep_assert_held(&xn->lock);
	load = kzalloc(sizeof(*load), GFP_KERNEL_ACCOUNT);
	if (!load)
		return -ENOMEM;
	load->table = xlat_table_alloc();
	if (!load->table) {
		kfree(load);
		return -ENOMEM;
	}
	xlat_load_abort(xn, port);
	err = xa_insert(&xn->loads, port, load, GFP_KERNEL);
	if (err) {
		xlat_table_put(load->table);
		kfree(load);
	}
	return err;
}

struct xlat_load *xlat_load_find(struct xlat_net *xn, u32 port)
{
	lockdep_assert_held(&xn->lock);
	return xa_load(&xn->loads, port);
}

int xlat_load_add(struct xlat_load *load, struct xlat_map *map)
{
	int err = xlat_table_add(load->table, map);

	if (!err) {
		map->next = load->maps;
		load->maps = map;
	}
	return err;
}

void xlat_load_undo(struct xlat_load *load)
{
	struct xlat_map *map = load->maps;

	load->maps = map->next;
	xlat_table_del(load->table, map);
	xlat_map_free_rcu(map);
}

void xlat_load_abort(struct xlat_net *xn, u32 port)
{
	struct xlat_load *load;

	lockdep_assert_held(&xn->lock);
	load = xa_erase(&xn->loads, port);
	if (!load)
		return;
	xlat_table_put(load->table);
	kfree(load);
}

/* The map of @table with the same two prefixes as @map, if there is one. */
static struct xlat_map *same_map(struct xlat_table *table,
				 const struct xlat_map *map)
{
	struct xlat_map *old = xlat_table_same(table, map);

	return old && old->inside_len == map->inside_len &&
	       ipv6_addr_equal(&old->inside, &map->inside) ? old : NULL;
}

/*
 * Checks each new map against the rest and gives it the counters of the same
 * old map, or new ones.
 */
static int load_prepare(struct xlat_net *xn, struct xlat_load *load,
			struct xlat_table *old,
			struct xlat_load_result *result)
{
	struct xlat_map *map;
	int err;

	for (map = load->maps; map; map = map->next) {
		bool overlap;

		rcu_read_lock();
		map->old = same_map(old, map);
		overlap = xlat_table_covering(load->table, map);
		rcu_read_unlock();
		if (overlap) {
			result->overlap = map;
			return -EEXIST;
		}
		if (map->old) {
			map->count = map->old->count;
			map->last = READ_ONCE(map->old->last);
			result->kept++;
		} else {
			err = xlat_count_alloc(&xn->counters, map);
			if (err)
				return err;
			result->added++;
		}
		cond_resched();
	}
	return 0;
}

static void load_unprepare(struct xlat_load *load)
{
	struct xlat_map *map;

	for (map = load->maps; map; map = map->next) {
		if (!map->old)
			xlat_count_free(map);
		map->count = NULL;
		map->old = NULL;
	}
}

int xlat_load_commit(struct xlat_net *xn, u32 port,
		     const struct xlat_conf *conf,
		     struct xlat_load_result *result)
{
	struct xlat_load *load = xlat_load_find(xn, port);
	struct xlat_table *old = xlat_view_locked(xn)->table;
	struct xlat_map *map;
	int err;

	memset(result, 0, sizeof(*result));
	err = load_prepare(xn, load, old, result);
	if (err)
		goto err;
	result->removed = old->maps - result->kept;
	/* The view drops its reference; ours keeps the maps for the rest. */
	xlat_table_get(old);
	err = xlat_view_replace(xn, conf, load->table);
	if (err) {
		xlat_table_put(old);
		goto err;
	}
	/*
	 * No packet sees the old maps any more: those that live on leave
	 * their counters to the new ones.
	 */
	for (map = load->maps; map; map = map->next)
		if (map->old)
			WRITE_ONCE(map->old->count, NULL);
	xlat_table_put(old);
	xa_erase(&xn->loads, port);
	kfree(load);
	return 0;
err:
	load_unprepare(load);
	return err;
}

static int load_release(struct notifier_block *nb, unsigned long event,
			void *ptr)
{
	struct netlink_notify *notify = ptr;
	struct xlat_net *xn;

	if (event != NETLINK_URELEASE || notify->protocol != NETLINK_GENERIC)
		return NOTIFY_DONE;
	xn = xlat_net(notify->net);
	/* Only a socket that loads has an entry, and it adds none any more. */
	if (!xn || !xa_load(&xn->loads, notify->portid))
		return NOTIFY_DONE;
	mutex_lock(&xn->lock);
	xlat_load_abort(xn, notify->portid);
	mutex_unlock(&xn->lock);
	return NOTIFY_DONE;
}

static struct notifier_block load_notifier = {
	.notifier_call = load_release,
};

int xlat_load_init(void)
{
	return netlink_register_notifier(&load_notifier);
}

void xlat_load_exit(void)
{
	netlink_unregister_notifier(&load_notifier);
}
