/* SPDX-License-Identifier: GPL-2.0 */
/* What the files of links with netlink verbs share. */
#ifndef NLAB_LINK_NL_H
#define NLAB_LINK_NL_H

#include <net/genetlink.h>

#include "link_priv.h"

/**
 * link_new_end() - make one device of a link
 * @net: its namespace
 * @name: its name, NULL for one of our own
 * @tb: IFLA_* attributes, all of them NULL for defaults
 * @ifm: header that came with them, or NULL
 * @extack: reason of a refusal
 *
 * Context: RTNL. Return: a registered device without a peer, or an error.
 */
struct net_device *link_new_end(struct net *net, const char *name,
				struct nlattr **tb, const struct ifinfomsg *ifm,
				struct netlink_ext_ack *extack);

/* link_conf_nl.c */

/**
 * link_conf_parse() - parameters of one direction
 * @attr: attribute of the set link-dir, NULL changes nothing
 * @conf: present parameters, changed
 * @restart: set if a seed was given
 * @extack: reason of a refusal
 */
int link_conf_parse(const struct nlattr *attr, struct link_conf *conf,
		    bool *restart, struct netlink_ext_ack *extack);
/* Puts attribute @type with parameters of @dir, and its counters if @stats. */
int link_dir_fill(struct sk_buff *skb, int type, struct link_dir *dir,
		  bool stats);

enum {
	/* Bound of the parameters of one direction in a message. */
	LINK_CONF_BYTES = 1024,
};

/* link_nl.c */

/**
 * link_set_dirs() - change a link's parameters
 * @dev: one end
 * @dir: attribute of the direction from there, or NULL
 * @back: of the other one, or NULL
 * @commit: false only finds out whether it could be done
 * @extack: reason of a refusal
 *
 * Context: RTNL. Return: 0, or an error, and then nothing is changed.
 */
int link_set_dirs(struct net_device *dev, const struct nlattr *dir,
		  const struct nlattr *back, bool commit,
		  struct netlink_ext_ack *extack);
/* Tells those who listen in @net of the parameters of a link. */
void link_event(struct net *net, struct net_device *dev);

#endif
