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
 * @has_probe: There is a prefix and a map to probe.
 * @ann: Settings and state as last read.
 * @before: The same at the last look at the anchor.
 * @missed: Lost probes in a row, from IPv4 and from IPv6.
 * @healthy: Verdict that the kernel was given.
 * @faults: With these faults.
 * @stale: The maps are not those that are expected.
 * @setup_failed: The anchor could not be made.
 * @good_since: Since when all was well, 0 if it is not.
 * @beat_at: When the kernel was told last.
 * @sync_at: When the anchor was looked at last.
 * @reread: The translator has changed.
 * @resync: The anchor has to be looked at.
 * @ready: systemd was told.
 */
struct agent {
	struct nlab *nl;
	struct nlab *events;
	struct rtnl rtnl;
	int fd[2];
	struct probe probe;
	bool has_probe;
	struct nlab_announce ann;
	struct nlab_announce before;
	uint32_t missed[2];
	bool healthy;
	uint32_t faults;
	bool stale;
	bool setup_failed;
	uint64_t good_since;
	uint64_t beat_at;
	uint64_t sync_at;
	bool reread;
	bool resync;
	bool ready;
};

static uint64_t now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

/* --- what to probe --- */

/*
 * Addresses of the probes, by the tables as they are now. Without a map or a
 * prefix there is nothing to probe; what is covered but not translated is left
 * to fail.
 */
static int choose_probe(struct agent *agent, struct nlab_err *err)
{
	struct nlab_test test;
	struct nlab_map map;
	int ret;

	agent->has_probe = false;
	ret = nlab_map_any(&map, &agent->has_probe, err);
	if (ret || !agent->has_probe)
		return ret;
	agent->probe.src4 = agent->ann.probe.v4;
	agent->probe.dst4 = map.outside.v4;
	map.outside.len = 32;
	ret = nlab_map_test(agent->nl, &map.outside, &test, err);
	if (ret)
		return ret;
	agent->probe.dst6 = test.result.v6;
	ret = nlab_map_test(agent->nl, &agent->ann.probe, &test, err);
	if (ret)
		return ret;
	agent->probe.src6 = test.result.v6;
	agent->has_probe = test.via != NLAB_XLAT_VIA_NONE;
	return 0;
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
	bool clean = settings_differ(&agent->ann, &agent->before);
	uint64_t now = now_ms();
	struct nlab_err err;
	int ifindex, ret;

	if (!clean && !agent->resync && agent->ann.up == agent->before.up &&
	    now - agent->sync_at < SYNC_MS)
		return;
	if (clean)
		agent->reread = true;
	agent->resync = false;
	agent->sync_at = now;
	agent->before = agent->ann;
	ret = anchor_sync(&agent->rtnl, &agent->ann, clean, &ifindex, &err);
	if (!ret && ifindex != agent->probe.ifindex)
		ret = probe_open(&agent->probe, ifindex, &err);
	if (ret && !agent->setup_failed)
		fprintf(stderr, "nlabd: %s\n", err.text);
	agent->setup_failed = ret;
}

/* --- the verdict --- */

static uint32_t bit(enum nlab_announce_reason reason)
{
	return 1U << reason;
}

static void count_missed(struct agent *agent)
{
	const struct probe *probe = &agent->probe;
	int i;

	for (i = 0; i < 2; i++)
		if (!agent->has_probe || probe->seen[i] == probe->seq)
			agent->missed[i] = 0;
		else
			agent->missed[i]++;
}

static uint32_t find_faults(const struct agent *agent)
{
	uint32_t faults = 0;

	if (agent->missed[0] >= agent->ann.fall)
		faults |= bit(NLAB_ANNOUNCE_REASON_PROBE46);
	if (agent->missed[1] >= agent->ann.fall)
		faults |= bit(NLAB_ANNOUNCE_REASON_PROBE64);
	if (agent->stale)
		faults |= bit(NLAB_ANNOUNCE_REASON_TABLE);
	if (agent->setup_failed)
		faults |= bit(NLAB_ANNOUNCE_REASON_SETUP);
	return faults;
}

/* A single loss neither withdraws a healthy node nor counts as health. */
static bool is_good(const struct agent *agent, uint32_t faults)
{
	const uint32_t kernel = bit(NLAB_ANNOUNCE_REASON_UPLINK) |
				bit(NLAB_ANNOUNCE_REASON_NO_TRANSLATOR);

	return !faults && !(agent->ann.reasons & kernel) &&
	       agent->probe.seq > 1 && !agent->missed[0] && !agent->missed[1];
}

static void decide(struct agent *agent, bool *healthy, uint32_t *faults)
{
	const uint32_t kernel = bit(NLAB_ANNOUNCE_REASON_UPLINK) |
				bit(NLAB_ANNOUNCE_REASON_NO_TRANSLATOR);
	uint64_t now = now_ms();

	*faults = find_faults(agent);
	if (agent->healthy) {
		*healthy = !*faults && !(agent->ann.reasons & kernel);
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
	notify("%sSTATUS=%s%s", agent->ready ? "" : "READY=1\n",
	       ann->up ? "announced" : "withdrawn:", text);
	agent->ready = true;
}

/* Gives the verdict if it is new, or if it is time for a sign of life. */
static int tell_kernel(struct agent *agent, struct nlab_err *err)
{
	uint64_t now = now_ms();
	uint32_t faults;
	bool healthy;
	int ret;

	decide(agent, &healthy, &faults);
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

/* One round: what came back of the last one, verdict, anchor, next one. */
static int one_round(struct agent *agent, struct nlab_err *err)
{
	int ret = nlab_announce_get(agent->nl, &agent->ann, err);

	if (ret)
		return ret;
	probe_read(&agent->probe);
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
		ret = choose_probe(agent, err);
		if (ret)
			return ret;
	}
	if (!agent->has_probe || !agent->probe.ifindex) {
		agent->probe.seq++;
		return 0;
	}
	ret = probe_send(&agent->probe, agent->nl, err);
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
		if (!nlab_discard(agent->events))
			return nlab_fail(err, NLAB_FAULT_ACCESS, ENODEV,
					 "nlab module was unloaded");
		agent->reread = true;
	}
	if (!agent->resync && !agent->reread)
		return 0;
	ret = nlab_announce_get(agent->nl, &agent->ann, err);
	if (!ret)
		sync_anchor(agent);
	return ret;
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

	agent->probe = (struct probe){ .fd_in = { -1, -1 } };
	agent->reread = agent->resync = true;
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
