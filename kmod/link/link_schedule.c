// SPDX-License-Identifier: GPL-2.0
/*
 * Schedules: steps that an engine takes at their times, whether packets pass
 * or not. A direction that is dark has no carrier at its receiver and loses
 * what it holds and gets; one that pauses keeps what waits. And traces, which
 * the serialiser goes by, and tables.
 */
#include "link_priv.h"

enum {
	/* Of the steps at its begin, what who sets a schedule takes himself. */
	STEPS_AT_ONCE = 64,
};

/* Under dir->lock, so that none sets it while another takes the end down. */
static void take_carrier(struct link_dir *dir, u8 to)
{
	const struct link_dev *ld = netdev_priv(dir->dev);
	struct net_device *peer = rcu_dereference(ld->peer);

	if (!to || !peer)
		return;
	dir->dark = to == NLAB_LINK_SWITCH_OFF;
	link_dir_reopen(dir);
	if (dir->dark)
		netif_carrier_off(peer);
	else if (dir->open)
		netif_carrier_on(peer);
}

static void take_sending(struct link_dir *dir, u8 to, u64 when)
{
	if (!to)
		return;
	/* what waited begins now, not when it came */
	if (dir->paused)
		dir->free_at = max(dir->free_at, when);
	dir->paused = to == NLAB_LINK_SWITCH_OFF;
}

static void take_step(struct link_dir *dir, u64 when)
{
	const struct link_schedule *schedule = dir->schedule;
	const struct link_moment *step = &schedule->step[dir->progress.next];
	struct link_conf conf = dir->conf;

	link_patch_apply(&conf, schedule->patches + step->patches, step->size);
	link_dir_change(dir, &conf, step->restart, when);
	take_carrier(dir, step->carrier);
	take_sending(dir, step->sending, when);
}

int link_schedule_run(struct link_dir *dir, u64 now, int budget)
{
	int done = 0;
	u64 when;

	while (dir->schedule && done < budget) {
		when = link_schedule_due(dir->schedule, &dir->progress);
		if (when > now)
			break;
		take_step(dir, when);
		dir->step_late = max(dir->step_late, now - when);
		link_schedule_advance(dir->schedule, &dir->progress);
		done++;
	}
	return done;
}

u64 link_schedule_next(const struct link_dir *dir)
{
	return dir->schedule ?
	       link_schedule_due(dir->schedule, &dir->progress) : LINK_NEVER;
}

/* Does a step at the very begin name the carrier, or the sending? */
static bool begins(const struct link_schedule *schedule, bool carrier)
{
	u32 i;

	for (i = 0; schedule && i < schedule->count && !schedule->step[i].at;
	     i++)
		if (carrier ? schedule->step[i].carrier :
			      schedule->step[i].sending)
			return true;
	return false;
}

void link_schedule_set(struct link_dir *dir, struct link_schedule *schedule)
{
	struct link_schedule *old;
	u64 now;

	rcu_read_lock();
	spin_lock_bh(&dir->lock);
	now = ktime_get_ns();
	old = dir->schedule;
	dir->schedule = schedule;
	dir->progress = (struct link_progress){ .begin = now };
	dir->step_late = 0;
	WRITE_ONCE(dir->plain, false);
	link_schedule_run(dir, now, STEPS_AT_ONCE);
	/* what the old one left off, and this one does not name at its begin */
	if (dir->paused && !begins(schedule, false))
		take_sending(dir, NLAB_LINK_SWITCH_ON, now);
	if (dir->dark && !begins(schedule, true))
		take_carrier(dir, NLAB_LINK_SWITCH_ON);
	link_dir_settle(dir);
	spin_unlock_bh(&dir->lock);
	rcu_read_unlock();
	kvfree(old);
}

void link_trace_set(struct link_dir *dir, struct link_trace *trace)
{
	struct link_trace *old;
	u64 now;

	spin_lock_bh(&dir->lock);
	now = ktime_get_ns();
	old = dir->trace;
	dir->trace = trace;
	dir->trace_pos = (struct link_trace_pos){ .begin = now,
						  .left = LINK_CHANCE_BYTES };
	/* what waits begins now */
	dir->free_at = min(dir->free_at, now);
	WRITE_ONCE(dir->plain, false);
	link_dir_settle(dir);
	spin_unlock_bh(&dir->lock);
	kvfree(old);
}

void link_table_set(struct link_dir *dir, const s32 *table)
{
	const s32 *old;

	spin_lock_bh(&dir->lock);
	old = dir->conf.table;
	dir->conf.table = table;
	spin_unlock_bh(&dir->lock);
	kvfree(old);
}

void link_dir_release(struct link_dir *dir)
{
	struct link_schedule *schedule;
	struct link_trace *trace;
	const s32 *table;

	spin_lock_bh(&dir->lock);
	schedule = dir->schedule;
	trace = dir->trace;
	table = dir->conf.table;
	/* an engine may be about to ask for them */
	dir->schedule = NULL;
	dir->trace = NULL;
	dir->conf.table = NULL;
	link_engine_forget(dir);
	spin_unlock_bh(&dir->lock);
	kvfree(schedule);
	kvfree(trace);
	kvfree(table);
}
