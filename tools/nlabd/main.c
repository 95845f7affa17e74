// SPDX-License-Identifier: GPL-2.0
/*
 * nlabd: finds out whether the translator of its namespace works, and tells
 * the kernel, which judges. It keeps no state: settings and last verdict are
 * the kernel's, so that it can be killed and started at any time, and it never
 * touches a packet of others.
 */
#include <errno.h>
#include <getopt.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "nlabd.h"

enum {
	EXIT_USAGE = 1,
	EXIT_KERNEL = 2,
	EXIT_ACCESS = 3,
	/* How often the kernel hears of us without a reason. */
	BEAT_MS = 1000,
	/* How often the anchor is looked at without a reason. */
	SYNC_MS = 10000,
};

/**
 * struct agent - The agent.
 * @nl: For requests.
 * @events: For events.
 * @rtnl: For devices, addresses and routes.
 * @fd: Events of the family, news of rtnetlink.
 * @probe: Probes.
 * @unsent: There was no room for the last probes.
 * @ann: Settings and state as last read.
 * @before: The same at the last look at the anchor.
 * @latched: Why the kernel withdrew the node since the last verdict.
 * @missed: Rounds in a row without a result, from IPv4 and from IPv6.
 * @unmade: Rounds in a row in which the anchor could not be made.
 * @healthy: Verdict that the kernel was given.
 * @faults: With these faults.
 * @stale: The maps are not those that are expected.
 * @setup_failed: The anchor could not be made.
 * @good_since: Since when all was well, 0 if it is not.
 * @beat_at: When the kernel was told last.
 * @sync_at: When the anchor was looked at last.
 * @reread: The translator has changed.
 * @resync: The anchor has to be looked at.
 * @clean: For what should not be there, too.
 * @ready: systemd was told.
 * @has_warned: Of another agent.
 */
struct agent {
	struct nlab *nl;
	struct nlab *events;
	struct rtnl rtnl;
	int fd[2];
	struct probe probe;
	bool unsent;
	struct nlab_announce ann;
	struct nlab_announce before;
	uint32_t latched;
	uint32_t missed[2];
	uint32_t unmade;
	bool healthy;
	uint32_t faults;
	bool stale;
	bool setup_failed;
	uint64_t good_since;
	uint64_t beat_at;
	uint64_t sync_at;
	bool reread;
	bool resync;
	bool clean;
	bool ready;
	bool has_warned;
};

static uint64_t now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

static int check_maps(struct agent *agent, struct nlab_err *err)
{
	const struct nlab_announce *ann = &agent->ann;
	struct nlab_xlat xlat;
	int ret = nlab_xlat_get(agent->nl, &xlat, err);

	agent->stale = ann->has_digest &&
		       !nlab_digest_equal(&ann->digest, &xlat.identity.digest);
	return ret;
}

/* --- the anchor --- */

static bool settings_differ(const struct nlab_announce *a,
			    const struct nlab_announce *b)
{
	unsigned int i;

	if (strcmp(a->device, b->device) || a->form != b->form ||
	    a->prefixes != b->prefixes ||
	    !nlab_prefix_equal(&a->probe, &b->probe))
		return true;
	for (i = 0; i < a->prefixes; i++)
		if (!nlab_prefix_equal(&a->prefix[i], &b->prefix[i]))
			return true;
	return false;
}

static void sync_anchor(struct agent *agent)
{
	uint64_t now = now_ms();
	struct nlab_err err;
	int ifindex, ret;

	if (settings_differ(&agent->ann, &agent->before))
		agent->clean = agent->resync = agent->reread = true;
	if (!agent->resync && agent->ann.up == agent->before.up &&
	    now - agent->sync_at < SYNC_MS)
		return;
	agent->sync_at = now;
	agent->before = agent->ann;
	ret = anchor_sync(&agent->rtnl, &agent->ann, agent->clean, &ifindex,
			  &err);
	if (!ret && ifindex != agent->probe.ifindex)
		ret = probe_open(&agent->probe, ifindex, &err);
	if (ret && !agent->setup_failed)
		fprintf(stderr, "nlabd: %s\n", err.text);
	agent->setup_failed = ret;
	/* The next round tries again. */
	agent->resync = ret;
	agent->clean = agent->clean && ret;
}

/* --- the verdict --- */

static uint32_t bit(enum nlab_announce_reason reason)
{
	return 1U << reason;
}

/*
 * Without a destination nothing comes back, and the node counts as untested,
 * unless that is wanted. Probes for which there was no room say nothing about
 * the translator.
 */
static void count_missed(struct agent *agent)
{
	const struct probe *probe = &agent->probe;
	bool wanted = agent->ann.probe.v4.s_addr;
	int i;

	agent->unmade = agent->setup_failed ? agent->unmade + 1 : 0;
	if (agent->unsent)
		return;
	for (i = 0; i < 2; i++)
		if (!wanted || probe->seen[i] == probe->seq)
			agent->missed[i] = 0;
		else
			agent->missed[i]++;
}

static uint32_t find_faults(const struct agent *agent)
{
	bool tested = agent->probe.pairs;
	uint32_t faults = 0;

	if (agent->missed[0] >= agent->ann.fall)
		faults |= bit(tested ? NLAB_ANNOUNCE_REASON_PROBE46 :
				       NLAB_ANNOUNCE_REASON_UNTESTED);
	if (agent->missed[1] >= agent->ann.fall)
		faults |= bit(tested ? NLAB_ANNOUNCE_REASON_PROBE64 :
				       NLAB_ANNOUNCE_REASON_UNTESTED);
	if (agent->stale)
		faults |= bit(NLAB_ANNOUNCE_REASON_TABLE);
	if (agent->unmade >= agent->ann.fall)
		faults |= bit(NLAB_ANNOUNCE_REASON_SETUP);
	return faults;
}

/* What the kernel finds, or found for a moment. */
static bool kernel_objects(const struct agent *agent)
{
	return (agent->ann.reasons | agent->latched) &
	       (bit(NLAB_ANNOUNCE_REASON_UPLINK) |
		bit(NLAB_ANNOUNCE_REASON_NO_TRANSLATOR));
}

/* A single loss neither withdraws a healthy node nor counts as health. */
static bool is_good(const struct agent *agent, uint32_t faults)
{
	return !faults && !kernel_objects(agent) && agent->probe.seq > 1 &&
	       !agent->missed[0] && !agent->missed[1] && !agent->unmade &&
	       !agent->unsent;
}

static void decide(struct agent *agent, bool *healthy, uint32_t *faults)
{
	uint64_t now = now_ms();

	*faults = find_faults(agent);
	if (agent->healthy) {
		*healthy = !*faults && !kernel_objects(agent);
		agent->good_since = 0;
		return;
	}
	*healthy = false;
	if (!is_good(agent, *faults)) {
		agent->good_since = 0;
		return;
	}
	if (!agent->good_since)
		agent->good_since = now;
	*healthy = now - agent->good_since >= agent->ann.hold;
	if (!*healthy)
		*faults |= bit(NLAB_ANNOUNCE_REASON_HOLD);
}

static void tell_systemd(struct agent *agent)
{
	const struct nlab_announce *ann = &agent->ann;
	char text[256] = "";
	unsigned int i;

	for (i = 0; nlab_announce_reason_name(i); i++) {
		size_t len = strlen(text);

		if (ann->reasons & 1U << i)
			snprintf(text + len, sizeof(text) - len, " %s",
				 nlab_announce_reason_name(i));
	}
	agent->ready |= notify("%sSTATUS=%s%s",
			       agent->ready ? "" : "READY=1\n",
			       ann->up ? "announced" : "withdrawn:", text);
}

/*
 * Gives the verdict if it is new, or if it is time for a sign of life. One that
 * has tested nothing yet has none to give: if each agent ended before it had,
 * nobody would notice.
 */
static int tell_kernel(struct agent *agent, struct nlab_err *err)
{
	uint64_t now = now_ms();
	uint32_t faults;
	bool healthy;
	int ret;

	if (!agent->probe.seq)
		return 0;
	decide(agent, &healthy, &faults);
	agent->latched = 0;
	if (healthy == agent->healthy && faults == agent->faults &&
	    agent->beat_at && now - agent->beat_at < BEAT_MS)
		return 0;
	ret = nlab_announce_verdict(agent->nl, healthy, faults, err);
	if (!ret)
		ret = nlab_announce_get(agent->nl, &agent->ann, err);
	if (ret)
		return ret;
	agent->healthy = healthy;
	agent->faults = faults;
	agent->beat_at = now;
	tell_systemd(agent);
	return 0;
}

/* --- life --- */

/* Both find the same, and give the same verdict, but it is somebody's mistake. */
static void warn(struct agent *agent)
{
	if (agent->probe.has_rival && !agent->has_warned)
		fputs("nlabd: another nlabd works in this network namespace: end one of them\n",
		      stderr);
	agent->has_warned = agent->probe.has_rival;
}

/* One round: what came back of the last one, verdict, anchor, next one. */
static int one_round(struct agent *agent, struct nlab_err *err)
{
	int ret = nlab_announce_get(agent->nl, &agent->ann, err);

	if (ret)
		return ret;
	probe_read(&agent->probe);
	warn(agent);
	count_missed(agent);
	if (agent->reread)
		ret = check_maps(agent, err);
	if (ret)
		return ret;
	ret = tell_kernel(agent, err);
	if (ret)
		return ret;
	sync_anchor(agent);
	if (agent->reread) {
		agent->reread = false;
		ret = probe_choose(&agent->probe, agent->nl,
				   &agent->ann.probe, err);
		if (ret)
			return ret;
	}
	agent->unsent = false;
	if (!agent->probe.pairs || !agent->probe.ifindex) {
		agent->probe.seq++;
		return 0;
	}
	ret = probe_send(&agent->probe, agent->nl, err);
	agent->unsent = ret == -ENOBUFS;
	if (agent->unsent)
		return 0;
	/* Somebody deleted the anchor, or took it down. */
	agent->resync |= ret == -ENODEV || ret == -ENETDOWN;
	return agent->resync ? 0 : ret;
}

/*
 * Withdrawing can't wait for the next round: what drained or lost its uplink
 * is looked at as soon as it is known.
 */
static int take_news(struct agent *agent, const struct pollfd *fds,
		     struct nlab_err *err)
{
	int ret;

	if (fds[1].revents && rtnl_went(agent->fd[1]))
		agent->resync = true;
	if (fds[0].revents) {
		if (!nlab_discard(agent->events, &agent->latched))
			return nlab_fail(err, NLAB_FAULT_ACCESS, ENODEV,
					 "nlab module was unloaded");
		agent->reread = true;
	}
	if (!agent->resync && !agent->reread)
		return 0;
	ret = nlab_announce_get(agent->nl, &agent->ann, err);
	if (ret)
		return ret;
	sync_anchor(agent);
	/* The kernel announces the node again as soon as it can; "hold" is ours. */
	return kernel_objects(agent) ? tell_kernel(agent, err) : 0;
}

static int run(struct agent *agent, struct nlab_err *err)
{
	unsigned int watchdog = notify_watchdog();
	struct pollfd fds[2] = {
		{ .fd = agent->fd[0], .events = POLLIN },
		{ .fd = agent->fd[1], .events = POLLIN },
	};
	uint64_t next = now_ms(), now, fed = 0;
	int ret = 0;

	while (!ret) {
		now = now_ms();
		if (now >= next) {
			ret = one_round(agent, err);
			/* After a pause, rounds are not made up for. */
			next = (now - next > agent->ann.interval ? now : next) +
			       agent->ann.interval;
			if (watchdog && now - fed >= watchdog / 4) {
				notify("WATCHDOG=1");
				fed = now;
			}
			continue;
		}
		if (poll(fds, 2, (int)(next - now)) > 0)
			ret = take_news(agent, fds, err);
	}
	return ret;
}

static int start(struct agent *agent, struct nlab_err *err)
{
	int ret;

	agent->reread = agent->resync = true;
	ret = probe_init(&agent->probe, err);
	if (!ret)
		ret = nlab_open_loaded(&agent->nl, err);
	if (!ret)
		ret = nlab_open_loaded(&agent->events, err);
	if (!ret)
		ret = rtnl_open(&agent->rtnl, err);
	if (ret)
		return ret;
	agent->fd[0] = nlab_subscribe(agent->events, err);
	if (agent->fd[0] < 0)
		return agent->fd[0];
	agent->fd[1] = rtnl_watch(err);
	if (agent->fd[1] < 0)
		return agent->fd[1];
	/* What the one before us found stands until we know better. */
	ret = nlab_announce_get(agent->nl, &agent->ann, err);
	agent->healthy = agent->ann.healthy;
	return ret;
}

static int usage(FILE *file, int status)
{
	fputs("usage: nlabd [-n NETNS] [-V] [-h]\n"
	      "  -n, --netns NETNS   work in this network namespace\n"
	      "  -V, --version       print the version\n"
	      "  -h, --help          print this\n", file);
	return status;
}

int main(int argc, char **argv)
{
	static const struct option options[] = {
		{ "netns", required_argument, NULL, 'n' },
		{ "version", no_argument, NULL, 'V' },
		{ "help", no_argument, NULL, 'h' },
		{ 0 },
	};
	static struct agent agent;
	struct nlab_err err = { .fault = NLAB_FAULT_NONE };
	const char *netns = NULL;
	int opt, ret = 0;

	while ((opt = getopt_long(argc, argv, "n:Vh", options, NULL)) != -1) {
		switch (opt) {
		case 'n':
			netns = optarg;
			break;
		case 'V':
			puts("nlabd " NLAB_TOOLS_VERSION);
			return 0;
		case 'h':
			return usage(stdout, 0);
		default:
			return usage(stderr, EXIT_USAGE);
		}
	}
	if (optind < argc)
		return usage(stderr, EXIT_USAGE);
	if (netns)
		ret = nlab_netns_enter(netns, &err);
	if (!ret)
		ret = start(&agent, &err);
	if (!ret)
		ret = run(&agent, &err);
	fprintf(stderr, "nlabd: %s\n", err.text);
	notify("STATUS=%s", err.text);
	return err.fault == NLAB_FAULT_ACCESS ? EXIT_ACCESS : EXIT_KERNEL;
}
