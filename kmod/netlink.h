/* SPDX-License-Identifier: GPL-2.0 */
/* The generic netlink family: what the files with verbs share. */
#ifndef NLAB_NETLINK_H
#define NLAB_NETLINK_H

#include <linux/nlab.h>
#include <net/genetlink.h>

extern struct genl_family nlab_nl_family;

int nlab_netlink_init(void);
void nlab_netlink_exit(void);

/**
 * nlab_nl_reply_new() - begin the answer to a request
 * @info: the request
 * @hdr: set to the header, for nlab_nl_reply()
 */
struct sk_buff *nlab_nl_reply_new(struct genl_info *info, void **hdr);
/* Finishes and sends it; with @err, frees it instead. Return: @err or 0. */
int nlab_nl_reply(struct genl_info *info, struct sk_buff *skb, void *hdr,
		  int err);
/**
 * nlab_nl_event_new() - begin an event
 * @net: namespace
 * @cmd: NLAB_CMD_*_NTF
 * @hdr: set to the header, for nlab_nl_event()
 *
 * Return: NULL if nobody listens, or there is no memory: then listeners are
 * told that they have missed something.
 */
struct sk_buff *nlab_nl_event_new(struct net *net, u8 cmd, void **hdr);
void nlab_nl_event(struct net *net, struct sk_buff *skb, void *hdr, int err);

/* xlat_map_nl.c: parts of the dump that the generator does not know */
int nlab_nl_map_get_start(struct netlink_callback *cb);
int nlab_nl_map_get_done(struct netlink_callback *cb);

#endif
