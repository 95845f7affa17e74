/* SPDX-License-Identifier: GPL-2.0 */
/* What the files of nlabd share. */
#ifndef NLABD_H
#define NLABD_H

#include <stdbool.h>
#include <stdint.h>

#include "../lib/nlab.h"

/* probe.c: packets through the translator */

/* As many maps are tried in each round; one that works is enough. */
enum { PROBE_PAIRS = 4 };

/**
 * struct probe_pair - Where probes go to.
 * @v4: An address that a map covers.
 * @v6: The same as IPv6.
 */
struct probe_pair {
	struct in_addr v4;
	struct in6_addr v6;
};

/**
 * struct probe - Probes of both directions.
 * @fd_in: Packet sockets that read results, IPv6 and IPv4.
 * @ifindex: The anchor, 0 without sockets.
 * @nonce: Tells our probes from those of another process.
 * @has_rival: There were results of another process.
 * @seq: Number of the last round.
 * @seen: Number of the last round with a result, from IPv4 and from IPv6.
 * @src4: Source of the probes.
 * @src6: The same as IPv6.
 * @pair: Their destinations.
 * @pairs: Number of these.
 */
struct probe {
	int fd_in[2];
	int ifindex;
	uint64_t nonce;
	bool has_rival;
	uint32_t seq;
	uint32_t seen[2];
	struct in_addr src4;
	struct in6_addr src6;
	struct probe_pair pair[PROBE_PAIRS];
	unsigned int pairs;
};

/* Before all else; takes a nonce. */
int probe_init(struct probe *probe, struct nlab_err *err);
/* Open sockets on the anchor; those that are open are closed before. */
int probe_open(struct probe *probe, int ifindex, struct nlab_err *err);
void probe_close(struct probe *probe);
/* Choose the addresses by the tables as they are now. Without a map or a prefix
 * there are no destinations; what is covered but not translated is left to fail.
 */
int probe_choose(struct probe *probe, struct nlab *nl,
		 const struct nlab_prefix *src, struct nlab_err *err);
/* Send the next round; -ENOBUFS if there was no room for all of it. */
int probe_send(struct probe *probe, struct nlab *nl, struct nlab_err *err);
/* Take in all results that came. */
void probe_read(struct probe *probe);

/* rtnl.c: requests to rtnetlink */

/* Protocol of our routes, named in rt_protos.d/nlab.conf. */
#define RTPROT_NLAB	206

struct mnl_socket;
struct nlmsghdr;

struct rtnl {
	struct mnl_socket *sock;
	uint32_t seq;
	char buf[8192] __attribute__((aligned(8)));
};

int rtnl_open(struct rtnl *rtnl, struct nlab_err *err);
/* Begin a request in @rtnl->buf; the family's header is to follow. */
struct nlmsghdr *rtnl_request(struct rtnl *rtnl, uint16_t type, uint16_t flags);
/* Send it and wait for the answer; @reply may be NULL. 0 or minus errno,
 * -EINTR if a dump does not show one state.
 */
int rtnl_talk(struct rtnl *rtnl, struct nlmsghdr *nlh,
	      int (*reply)(const struct nlmsghdr *nlh, void *arg), void *arg);
/* A socket that becomes readable when something may have gone. */
int rtnl_watch(struct nlab_err *err);
/* Take what came; true if something went, and all has to be looked at. */
bool rtnl_went(int fd);

/* anchor.c: the anchor, its addresses and routes */

/**
 * anchor_sync() - Make the anchor, and exactly what is to stand on it.
 * @rtnl: Socket.
 * @ann: Settings and state.
 * @clean: Look for what stands there and should not, too, and for anchors of
 *	another name.
 * @ifindex: Set to the number of the anchor.
 * @err: Reason of a failure.
 *
 * Return: 0 or a negative errno.
 */
int anchor_sync(struct rtnl *rtnl, const struct nlab_announce *ann, bool clean,
		int *ifindex, struct nlab_err *err);

/* notify.c: words to systemd, if it started us */

/* Returns false if it has to be said again. */
bool notify(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
/* Milliseconds after which the watchdog wants to hear of us, 0 if never. */
unsigned int notify_watchdog(void);

#endif
