// SPDX-License-Identifier: GPL-2.0
/*
 * The clock of all links: on each CPU a tree of directions by the time of
 * their next event, one timer for the first of them, and a NAPI instance that
 * does the work in softirq, in batches and under its budget.
 *
 * A direction stands in the tree of the CPU that last gave it something to do.
 * Nobody sets the timer of another CPU: a direction whose event becomes
 * earlier moves to the present CPU instead.
 */
#include <linux/hrtimer.h>
#include <linux/percpu.h>

#include "../compat.h"
#include "link_priv.h"

/**
 * struct link_engine - of one CPU
 * @lock: protects @tree and @armed; inside the locks of directions
 * @tree: directions by event
 * @armed: time that @timer is set to or @napi was called for, LINK_NEVER
 *	after it ran
 * @ran: when @napi ran last
 * @timer: for the first of @tree
 * @napi: does what is due
 */
struct link_engine {
	spinlock_t lock;
	struct rb_root_cached tree;
	u64 armed;
	u64 ran;
	struct hrtimer timer;
	struct napi_struct napi;
};

static struct link_engine __percpu *engines;
/* What the NAPI instances belong to. */
static struct net_device *napi_dev;

static bool earlier(struct rb_node *a, const struct rb_node *b)
{
	return rb_entry(a, struct link_dir, node)->event <
	       rb_entry(b, struct link_dir, node)->event;
}

static void arm(struct link_engine *e, u64 when)
{
	if (when >= e->armed)
		return;
	/* a timer in the past would only come to the same, and costs more */
	if (when <= ktime_get_ns()) {
		e->armed = when;
		napi_schedule(&e->napi);
		return;
	}
	/* what is due by then goes together */
	when = max(when, e->ran + LINK_GRACE);
	if (when >= e->armed)
		return;
	e->armed = when;
	hrtimer_start(&e->timer, ns_to_ktime(when), HRTIMER_MODE_ABS_PINNED);
}

void link_engine_wake(struct link_dir *dir, u64 when)
{
	struct link_engine *e = dir->engine;
	bool waits = false;

	if (when == LINK_NEVER)
		return;
	if (e) {
		spin_lock(&e->lock);
		if (!RB_EMPTY_NODE(&dir->node)) {
			/* too early does no harm, it is asked again then */
			waits = dir->event <= when;
			if (!waits) {
				rb_erase_cached(&dir->node, &e->tree);
				RB_CLEAR_NODE(&dir->node);
			}
		}
		spin_unlock(&e->lock);
	}
	if (waits)
		return;
	e = this_cpu_ptr(engines);
	dir->engine = e;
	dir->event = when;
	spin_lock(&e->lock);
	rb_add_cached(&dir->node, &e->tree, earlier);
	arm(e, when);
	spin_unlock(&e->lock);
}

void link_engine_forget(struct link_dir *dir)
{
	struct link_engine *e = dir->engine;

	if (!e)
		return;
	spin_lock(&e->lock);
	if (!RB_EMPTY_NODE(&dir->node)) {
		rb_erase_cached(&dir->node, &e->tree);
		RB_CLEAR_NODE(&dir->node);
	}
	spin_unlock(&e->lock);
}

/* Takes the first direction out if it is due, else sets the timer for it. */
static struct link_dir *next_due(struct link_engine *e, u64 now)
{
	struct link_dir *dir = NULL;
	struct rb_node *node;

	spin_lock(&e->lock);
	node = rb_first_cached(&e->tree);
	if (node) {
		dir = rb_entry(node, struct link_dir, node);
		if (dir->event <= now) {
			rb_erase_cached(node, &e->tree);
			RB_CLEAR_NODE(node);
		} else {
			arm(e, dir->event);
			dir = NULL;
		}
	}
	spin_unlock(&e->lock);
	return dir;
}

/* The devices of directions in the tree stay for an RCU grace period. */
static int link_poll(struct napi_struct *napi, int budget)
{
	struct link_engine *e = container_of(napi, struct link_engine, napi);
	int done = 0;

	spin_lock(&e->lock);
	e->armed = LINK_NEVER;
	e->ran = ktime_get_ns();
	spin_unlock(&e->lock);
	rcu_read_lock();
	while (done < budget) {
		struct link_dir *dir = next_due(e, ktime_get_ns());

		if (!dir)
			break;
		done += link_dir_run(dir, napi, budget - done);
	}
	rcu_read_unlock();
	if (done < budget)
		napi_complete_done(napi, done);
	return min(done, budget);
}

static enum hrtimer_restart expired(struct hrtimer *timer)
{
	struct link_engine *e = container_of(timer, struct link_engine, timer);

	napi_schedule(&e->napi);
	return HRTIMER_NORESTART;
}

int __init link_engine_init(void)
{
	int cpu;

	engines = alloc_percpu(struct link_engine);
	if (!engines)
		return -ENOMEM;
	napi_dev = nlab_dummy_netdev_alloc();
	if (!napi_dev) {
		free_percpu(engines);
		return -ENOMEM;
	}
	for_each_possible_cpu(cpu) {
		struct link_engine *e = per_cpu_ptr(engines, cpu);

		spin_lock_init(&e->lock);
		e->tree = RB_ROOT_CACHED;
		e->armed = LINK_NEVER;
		nlab_hrtimer_setup(&e->timer, expired, CLOCK_MONOTONIC,
				   HRTIMER_MODE_ABS_PINNED);
		netif_napi_add(napi_dev, &e->napi, link_poll);
		napi_enable(&e->napi);
	}
	return 0;
}

/* All devices are gone, so the trees are empty. */
void link_engine_exit(void)
{
	int cpu;

	for_each_possible_cpu(cpu) {
		struct link_engine *e = per_cpu_ptr(engines, cpu);

		hrtimer_cancel(&e->timer);
		napi_disable(&e->napi);
		/* a poll in between may have set it, for nothing */
		hrtimer_cancel(&e->timer);
		netif_napi_del(&e->napi);
	}
	nlab_dummy_netdev_free(napi_dev);
	free_percpu(engines);
}
