// SPDX-License-Identifier: GPL-2.0
/* The process that does at their times what the lab file says under "events".
 * It is forked by the apply that makes the lab and belongs to its control
 * group, so that it ends with the lab, whatever ends that.
 */
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "sys.h"

enum {
	/* Of some seconds each. */
	LOCK_TRIES = 20,
};

/* Control group of the command of an event, in that of its node. */
#define EVENT_GROUP	"event.%u"

struct play {
	const char *name;
	struct lab lab;
};

/* In one write, for there are several who write. */
static void say(const struct timespec *start, const char *text,
		const char *more)
{
	struct timespec now;
	long ms;

	clock_gettime(CLOCK_MONOTONIC, &now);
	ms = (now.tv_sec - start->tv_sec) * 1000 +
	     (now.tv_nsec - start->tv_nsec) / 1000000;
	dprintf(1, "%ld.%03ld %s%s%s\n", ms / 1000, ms % 1000, text,
		*more ? ": " : "", more);
}

static void wait_until(const struct timespec *start, uint64_t at)
{
	struct timespec end = *start;

	end.tv_sec += (time_t)(at / 1000000000);
	end.tv_nsec += (long)(at % 1000000000);
	if (end.tv_nsec >= 1000000000) {
		end.tv_nsec -= 1000000000;
		end.tv_sec++;
	}
	while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &end, NULL) ==
	       EINTR)
		;
}

/* --- events --- */

/* What the events of its link up to this one set, as seen from its end. */
static void collect(const struct lab *lab, const struct lab_event *event,
		    struct nlab_link_dir dir[2])
{
	const struct lab_event *e;
	unsigned int d, key;

	memset(dir, 0, 2 * sizeof(*dir));
	for (e = lab->events; e <= event; e++) {
		unsigned int turned = e->end.node != event->end.node;

		if (e->kind != LAB_EVENT_LINK || e->link != event->link)
			continue;
		for (d = 0; d < 2; d++)
			for (key = 0; key < NLAB_LINK_KEYS; key++)
				if (e->dir[d].set[key]) {
					dir[d ^ turned].set[key] = true;
					dir[d ^ turned].value[key] =
						e->dir[d].value[key];
				}
	}
}

/* netem takes all parameters at once: those that the lab has now, which an apply
 * may have changed since we began, and what events did to them.
 */
static int change_veth(struct lab_run *run, const struct lab *lab,
		       const struct lab_event *event, struct nlab_err *err)
{
	const char *name = lab->nodes[event->end.node].name;
	struct nlab_link_dir dir[2];
	size_t link = SIZE_MAX;
	unsigned int which;
	struct lab now;
	char *text;
	long node;
	struct lab_run locked;
	int tries = 0, ret;

	/* The file holds when no apply is at work. */
	do
		ret = lab_open(&locked, run->name, false, true, err);
	while (ret == -EBUSY && ++tries < LOCK_TRIES);
	if (ret) {
		lab_close(&locked);
		return ret;
	}
	ret = lab_state_read(run, &now, &text, err);
	if (!ret) {
		node = lab_find(&now, name);
		if (node >= 0)
			link = lab_find_port(&now, (size_t)node, event->end.dev,
					     &which);
		if (link == SIZE_MAX)
			ret = nlab_fail(err, NLAB_FAULT_KERNEL, ENODEV,
					"there is no link %s:%s any more", name,
					event->end.dev);
	}
	if (!ret) {
		collect(lab, event, dir);
		ret = lab_link_change(run, &now, link,
				      &now.links[link].end[which], dir, err);
	}
	lab_free(&now);
	free(text);
	lab_close(&locked);
	return ret;
}

static int change_link(struct lab_run *run, struct lab *lab,
		       const struct lab_event *event, struct nlab_err *err)
{
	struct nlab *rt;
	int ret = run->veth && lab_any_set(event->dir) ?
		  change_veth(run, lab, event, err) :
		  lab_link_change(run, lab, event->link, &event->end,
				  event->dir, err);

	if (ret || event->carrier == LAB_CARRIER_KEEP)
		return ret;
	if (run->veth)
		return nlab_fail(err, NLAB_FAULT_KERNEL, EOPNOTSUPP,
				 "a veth pair has no wire that can be cut");
	ret = lab_rt(run, lab->nodes[event->end.node].name, &rt, err);
	return ret ? ret : rtnl_carrier(rt, event->end.dev, event->carrier ==
					LAB_CARRIER_UP, err);
}

static int run_command(struct lab_run *run, const struct lab *lab,
		       const struct lab_event *event, struct nlab_err *err)
{
	char name[32];
	struct lab_pair service = { event->place, name, event->command };

	snprintf(name, sizeof(name), EVENT_GROUP, event->number);
	return lab_service_start(run, &lab->nodes[event->end.node], &service,
				 false, err);
}

/* Others may have to be done while it flows. */
static int send_traffic(struct lab_run *run, const struct lab *lab,
			const struct lab_event *event, const char *text,
			const struct timespec *start, struct nlab_err *err)
{
	struct lab_traffic_result result;
	char *more = NULL;
	size_t size;
	FILE *file;
	pid_t pid = fork();

	if (pid)
		return pid < 0 ? lab_sys_fail(err, "can't fork") : 0;
	if (lab_traffic(run, lab, &event->traffic, &result, err)) {
		say(start, text, err->text);
		_exit(1);
	}
	file = open_memstream(&more, &size);
	if (file) {
		lab_traffic_print(file, &event->traffic, &result);
		fclose(file);
		say(start, text, more);
	}
	_exit(0);
}

static int do_event(struct lab_run *run, struct lab *lab,
		    const struct lab_event *event, const char *text,
		    const struct timespec *start, struct nlab_err *err)
{
	switch (event->kind) {
	case LAB_EVENT_LINK:
		return change_link(run, lab, event, err);
	case LAB_EVENT_RUN:
		return run_command(run, lab, event, err);
	default:
		return send_traffic(run, lab, event, text, start, err);
	}
}

/* An event that fails is written down, and the others go on. Connections do not
 * wait for the next one: an apply may put another node in the place of theirs.
 */
static void play(struct lab_run *run, struct lab *lab)
{
	struct timespec start;
	struct nlab_err err;
	size_t i;

	clock_gettime(CLOCK_MONOTONIC, &start);
	for (i = 0; i < lab->event_count; i++) {
		const struct lab_event *event = &lab->events[i];
		char *text = lab_event_text(lab, event);

		wait_until(&start, event->at);
		while (waitpid(-1, NULL, WNOHANG) > 0)
			;
		err.text[0] = '\0';
		do_event(run, lab, event, text ? text : "", &start, &err);
		lab_conn_close(run, NULL);
		if (event->kind != LAB_EVENT_TRAFFIC || err.text[0])
			say(&start, text ? text : "", err.text);
		free(text);
	}
	while (waitpid(-1, NULL, 0) > 0 || errno == EINTR)
		;
}

/* --- the process --- */

static int kill_all(struct lab_run *run, const struct lab *lab,
		    struct nlab_err *err)
{
	char group[LAB_NODE_NAME + sizeof(EVENT_GROUP) + 16];
	size_t i;
	int ret = lab_group_kill(run, LAB_PLAY, err);

	for (i = 0; i < lab->event_count && !ret; i++) {
		const struct lab_event *event = &lab->events[i];

		if (event->kind != LAB_EVENT_RUN)
			continue;
		snprintf(group, sizeof(group), "%s/" EVENT_GROUP,
			 lab->nodes[event->end.node].name, event->number);
		ret = lab_group_kill(run, group, err);
	}
	return ret;
}

/* The wires that they cut are mended; one that is not there needs it not. */
int lab_play_end(struct lab_run *run, const struct lab *lab,
		 struct nlab_err *err)
{
	int ret = kill_all(run, lab, err);
	struct nlab_err other;
	struct nlab *rt;
	size_t i;

	for (i = 0; i < lab->event_count && !ret && !run->veth; i++) {
		const struct lab_event *event = &lab->events[i];
		const char *node = lab->nodes[event->end.node].name;

		if (event->kind == LAB_EVENT_LINK &&
		    event->carrier == LAB_CARRIER_DOWN &&
		    !lab_rt(run, node, &rt, &other))
			rtnl_carrier(rt, event->end.dev, true, &other);
	}
	return ret;
}

static void child(void *arg, int log, struct nlab_err *err)
{
	static const int signals[] = { SIGINT, SIGTERM, SIGHUP };
	struct play *what = arg;
	struct lab_run run;
	size_t i;

	for (i = 0; i < sizeof(signals) / sizeof(*signals); i++)
		signal(signals[i], SIG_DFL);
	lab_child_begin(log);
	prctl(PR_SET_NAME, "nlab-events");
	if (lab_open(&run, what->name, false, false, err) ||
	    lab_group_join(&run, LAB_PLAY, "main", err))
		return;
	/* The lock of the lab, and the pipe that our caller waits for. */
	close_range(3, ~0U, 0);
	play(&run, &what->lab);
	_exit(0);
}

int lab_play_start(struct lab_run *run, const struct lab *lab,
		   struct nlab_err *err)
{
	struct play what = { run->name, *lab };
	char path[LAB_PATH];
	int ret = kill_all(run, lab, err);

	return ret ? ret : lab_spawn(lab_path(path, run, "events.log"),
				     "events", child, &what, err);
}
