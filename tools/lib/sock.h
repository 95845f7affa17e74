/* SPDX-License-Identifier: GPL-2.0 */
/* Connection to the family; private to the library. */
#ifndef NLAB_LIB_SOCK_H
#define NLAB_LIB_SOCK_H

#include "nlab.h"

struct mnl_socket;
struct nlmsghdr;

enum {
	/* The kernel fills at most 32 KiB per read of a dump. */
	NLAB_BUF = 65536,
};

/**
 * struct nlab - Connection.
 * @sock: Socket in the namespace that was current at nlab_open().
 * @family: Number of the family, 0 for rtnetlink.
 * @group: Number of the multicast group of events.
 * @seq: Sequence number of the last request.
 * @bad: Offset of the attribute in the last request that the kernel did not
 *	like, 0 if it did not say.
 * @collect: Requests without an answer are collected, for nlab_flush().
 * @queued: Bytes of @out that are collected requests, @last the last of them.
 * @out: Request under construction.
 * @in: What was read.
 */
struct nlab {
	struct mnl_socket *sock;
	uint16_t family;
	uint32_t group;
	uint32_t seq;
	uint32_t bad;
	bool collect;
	size_t queued;
	struct nlmsghdr *last;
	char out[NLAB_BUF] __attribute__((aligned(8)));
	char in[NLAB_BUF] __attribute__((aligned(8)));
};

/* Begin a request; its attributes may be put into NLAB_BUF bytes. */
struct nlmsghdr *nlab_request(struct nlab *nl, uint8_t cmd);
/* The same in a buffer of the caller. */
struct nlmsghdr *nlab_request_in(struct nlab *nl, void *buf, uint8_t cmd);
/* A request is one message, however long: allow one of so many bytes. */
void nlab_make_room(const struct nlab *nl, size_t bytes);

/* The same for rtnetlink(7), over a connection of nlab_open_route(); the
 * header of the family is the caller's.
 */
int nlab_open_route(struct nlab **nl, struct nlab_err *err);
struct nlmsghdr *nlab_route_request(struct nlab *nl, uint16_t type,
				    uint16_t flags);

/**
 * nlab_talk() - Send a request and read everything that answers it.
 * @nl: Connection.
 * @nlh: From nlab_request(); its flags say whether it is a dump.
 * @reply: Called for each message with data, may be NULL.
 * @arg: Handed to @reply.
 * @err: Reason of a failure.
 *
 * A request without @reply is only put aside when the connection collects.
 *
 * Return: 0; 1 if the objects changed during a dump; or a negative errno, also
 * what @reply returned.
 */
int nlab_talk(struct nlab *nl, struct nlmsghdr *nlh,
	      int (*reply)(const struct nlmsghdr *nlh, void *arg), void *arg,
	      struct nlab_err *err);

/* Send collected requests of rtnetlink at once. When it fails, @seq is the
 * number of the first that was refused; the kernel has tried the others too.
 */
int nlab_flush(struct nlab *nl, uint32_t *seq, struct nlab_err *err);

#endif
