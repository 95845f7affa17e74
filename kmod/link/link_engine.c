// SPDX-License-Identifier: GPL-2.0
/*
 * The clock of all links: on each CPU a tree of directions by the time of
 * their next event, one timer for the first of them, and a NAPI instance that
 * does the work in softirq, in batches and under its budget.
 *
 * A timer costs more than a packet. So each packet that comes into a direction
 * looks, too, whether something is due on its CPU, and while one comes after
 * the other the timer is only there for the moment when they end ("Soft
 * timers", Aron and Druschel, 1999).
 *
 * A direction stands in the tree of the CPU that gave it something to do. What
 * it delivered may wait in that CPU's backlog, in front of a socket or of the
 * next link, where packets that another CPU delivers would overtake it: so it
 * stays there until nothing can wait any more.
 */
#include <linux/hrtimer.h>
#include <linux/percpu.h>
#include <linux/prefetch.h>
#include <linux/smp.h>

#include "../compat.h"
#include "link_priv.h"

enum {
	/* How much later the timer is set while packets come in, in ns. */
	SLACK = 100 * 1000,
	/* The most that events wait for each other, in ns. */
	GRACE_MAX = 50 * 1000,
	/* Directions that are taken out of the tree together. */
	BATCH = 8,
	/* The load falls by one in 2^LOAD_SHIFT ns and rises by each packet. */
	LOAD_SHIFT = 13,
	LOAD_MAX = 40,
	/* From which on the next packet is expected soon. */
	LOAD_BUSY = 36,
	/* For how long that is not expected again if none came, in ns. */
	DOUBT_MIN = 1000 * 1000,
	DOUBT_MAX = 100 * 1000 * 1000,
};

/**
 * struct link_engine - of one CPU
 * @lock: protects @tree and @armed; inside the locks of directions
 * @tree: directions by event
 * @armed: time that @timer is set to or @napi was called for, LINK_NEVER
 *	after it ran
 * @ran: when @napi ran last
 * @late: how late @timer comes on average, up to GRACE_MAX
 * @polling: @napi has not yet looked at @tree for the last time, under @lock
 * @load: at @passed, by link_engine_pass()
 * @passed: when the last packet came, without the time that @napi ran for
 * @doubt: for how long @load is not believed if it was wrong
 * @believed: when it is again
 * @missed: @timer found that none had come in time
 * @timer: for the first of @tree
 * @napi: does what is due
 * @cpu: whose it is
 * @kick: makes @cpu look at @tree
 */
struct link_engine {
	spinlock_t lock;
	struct rb_root_cached tree;
	u64 armed;
	u64 ran;
	u64 late;
	bool polling;
	int load;
	u64 passed;
	u64 doubt;
	u64 believed;
	bool missed;
	struct hrtimer timer;
	struct napi_struct napi;
	int cpu;
	call_single_data_t kick;
};

static struct link_engine __percpu *engines;
/* What the NAPI instances belong to. */
static struct net_device *napi_dev;

static bool earlier(struct rb_node *a, const struct rb_node *b)
{
	return rb_entry(a, struct link_dir, node)->event <
	       rb_entry(b, struct link_dir, node)->event;
}

/* What is left of the load. @now: not before e->passed */
static int load_at(const struct link_engine *e, u64 now)
{
	return e->load - (int)min_t(u64, (now - e->passed) >> LOAD_SHIFT,
				    LOAD_MAX);
}

/* @busy: a packet is expected to come first */
static void set_timer(struct link_engine *e, u64 when, bool busy)
{
	if (busy) {
		u64 set = ktime_to_ns(hrtimer_get_expires(&e->timer));

		/* each change of it has its price, too */
		if (hrtimer_active(&e->timer) && set >= when + LINK_GRACE &&
		    set <= when + SLACK)
			return;
		when += SLACK;
	}
	hrtimer_start(&e->timer, ns_to_ktime(when), HRTIMER_MODE_ABS_PINNED);
}

static void arm(struct link_engine *e, u64 when)
{
	bool busy;
	u64 now;

	if (when >= e->armed)
		return;
	now = ktime_get_ns();
	busy = now >= e->believed && load_at(e, now) >= LOAD_BUSY;
	/* a timer in the past would only come to the same, and costs more */
	if (!busy && when <= now) {
		e->armed = when;
		napi_schedule(&e->napi);
		return;
	}
	/*
	 * What is due by then goes together. Where timers are late anyway, one for
	 * each event would not make them more exact.
	 */
	when = max(when, e->ran + max_t(u64, READ_ONCE(e->late), LINK_GRACE));
	if (when >= e->armed)
		return;
	e->armed = when;
	set_timer(e, when, busy);
}

void link_engine_pass(u64 now)
{
	struct link_engine *e = this_cpu_ptr(engines);
	u64 armed = READ_ONCE(e->armed);

	/* what it delivers itself says nothing of what comes without it */
	if (armed == LINK_NEVER || READ_ONCE(e->polling))
		return;
	e->load = clamp(load_at(e, now) + 1, 0, LOAD_MAX);
	e->passed = now;
	if (now >= armed && !test_bit(NAPI_STATE_SCHED, &e->napi.state))
		napi_schedule(&e->napi);
}

/* On the CPU of the engine, in hard interrupt. */
static void kicked(void *info)
{
	struct link_engine *e = info;

	napi_schedule(&e->napi);
}

/* As arm(), for the engine of another CPU, whose lock is held. */
static void kick(struct link_engine *e, u64 when)
{
	int err;

	if (e->polling || when >= e->armed)
		return;
	err = smp_call_function_single_async(e->cpu, &e->kick);
	/*
	 * Busy: one is on its way, which finds this in the tree. Else that CPU
	 * is off; NAPI runs on this one then, and its timer.
	 */
	if (err && err != -EBUSY)
		napi_schedule(&e->napi);
}

/*
 * Takes it out, unless it is looked after by then anyway; too early does no
 * harm, it is asked again then.
 */
static bool waits(struct link_dir *dir, u64 when)
{
	struct link_engine *e = dir->engine;
	bool in_time = false;

	if (!e)
		return false;
	spin_lock(&e->lock);
	if (!RB_EMPTY_NODE(&dir->node)) {
		in_time = dir->event <= when;
		if (!in_time) {
			rb_erase_cached(&dir->node, &e->tree);
			RB_CLEAR_NODE(&dir->node);
		}
	}
	spin_unlock(&e->lock);
	return in_time;
}

/*
 * Has all that waited in the backlog of @cpu left it?  Receive packet steering
 * asks the same counters before it moves a flow; where a kernel has none, the
 * time since the last packet has to do.
 */
static bool backlog_passed(int cpu)
{
#ifdef CONFIG_RPS
	struct softnet_data *sd = &per_cpu(softnet_data, cpu);
	unsigned int tail = READ_ONCE(sd->input_queue_tail);

	smp_rmb(); /* what comes in between counts for neither */
	return (int)(READ_ONCE(sd->input_queue_head) - tail) >= 0;
#else
	return true;
#endif
}

/* Is nothing that this engine delivered on its CPU any more? */
static bool went_on(struct link_engine *e)
{
	/* while it runs, GRO may hold some */
	if (test_bit(NAPI_STATE_SCHED, &e->napi.state))
		return false;
	smp_rmb(); /* when it is done, the backlog has all */
	return backlog_passed(e->cpu);
}

void link_engine_wake(struct link_dir *dir, u64 when)
{
	struct link_engine *here = this_cpu_ptr(engines), *e = dir->engine;

	if (when == LINK_NEVER || waits(dir, when))
		return;
	if (!e || (e != here && when >= dir->delivered + LINK_STAY &&
		   went_on(e)))
		e = here;
	dir->engine = e;
	dir->event = when;
	spin_lock(&e->lock);
	rb_add_cached(&dir->node, &e->tree, earlier);
	if (e != here)
		kick(e, when);
	else if (!e->polling)
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

/*
 * No packet came in time, so that others were late. Where that is so again and
 * again, as with answers to what was delivered, the load is believed ever more
 * rarely.
 */
static void distrust(struct link_engine *e, u64 now)
{
	WRITE_ONCE(e->missed, false);
	if (now < e->believed)
		return;
	e->doubt = now < e->believed + e->doubt ?
		   min_t(u64, e->doubt * 2, DOUBT_MAX) : DOUBT_MIN;
	e->believed = now + e->doubt;
}

/*
 * Takes out the first directions as far as they are due, else sets the timer
 * for the first. Return: how many.
 */
static int take_due(struct link_engine *e, u64 now, struct link_dir **dirs)
{
	struct rb_node *node;
	int n = 0;

	spin_lock(&e->lock);
	while (n < BATCH && (node = rb_first_cached(&e->tree))) {
		struct link_dir *dir = rb_entry(node, struct link_dir, node);

		if (dir->event > now) {
			if (!n)
				arm(e, dir->event);
			break;
		}
		rb_erase_cached(node, &e->tree);
		RB_CLEAR_NODE(node);
		prefetchw(&dir->lock);
		prefetch(&dir->line);
		dirs[n++] = dir;
	}
	e->polling = n > 0;
	spin_unlock(&e->lock);
	return n;
}

/* The devices of directions in the tree stay for an RCU grace period. */
static int link_poll(struct napi_struct *napi, int budget)
{
	struct link_engine *e = container_of(napi, struct link_engine, napi);
	struct link_dir *dirs[BATCH];
	int done = 0, i, n;
	u64 now = ktime_get_ns();

	spin_lock(&e->lock);
	e->armed = LINK_NEVER;
	e->polling = true;
	e->ran = now;
	if (READ_ONCE(e->missed))
		distrust(e, now);
	spin_unlock(&e->lock);
	rcu_read_lock();
	while (done < budget && (n = take_due(e, now, dirs))) {
		for (i = 0; i < n; i++)
			link_dir_prefetch(dirs[i]);
		/* those that were taken out have to run */
		for (i = 0; i < n; i++)
			done += link_dir_run(dirs[i], napi,
					     max(budget - done, 1));
		now = ktime_get_ns();
	}
	rcu_read_unlock();
	e->passed += now - e->ran;
	if (done < budget)
		napi_complete_done(napi, done);
	return min(done, budget);
}

static enum hrtimer_restart expired(struct hrtimer *timer)
{
	struct link_engine *e = container_of(timer, struct link_engine, timer);
	u64 now = ktime_get_ns(), armed = READ_ONCE(e->armed);
	u64 late = now - ktime_to_ns(hrtimer_get_expires(timer));

	late = min_t(u64, late, GRACE_MAX);
	WRITE_ONCE(e->late, e->late - e->late / 8 + late / 8);
	if (now > armed && now - armed > SLACK / 2 &&
	    !test_bit(NAPI_STATE_SCHED, &e->napi.state))
		WRITE_ONCE(e->missed, true);
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
		e->cpu = cpu;
		INIT_CSD(&e->kick, kicked, e);
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

	/* those that are on their way come before */
	kick_all_cpus_sync();
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
