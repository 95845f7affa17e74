/* SPDX-License-Identifier: GPL-2.0 */
/* What the files of links with netlink verbs share. */
#ifndef NLAB_LINK_NL_H
#define NLAB_LINK_NL_H

#include <net/genetlink.h>

#include "link_priv.h"

/* Says why. Return: @err */
static inline int refuse(struct netlink_ext_ack *extack,
			 const struct nlattr *attr, const char *msg, int err)
{
	extack->_msg = msg;
	if (attr)
		NL_SET_BAD_ATTR(extack, attr);
	return err;
}

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
/**
 * link_conf_patches() - what a parsed attribute changes
 * @attr: attribute of the set link-dir, or NULL
 * @conf: what link_conf_parse() made of it
 * @patches: LINK_PATCH_MAX bytes at most, or NULL
 *
 * Return: how many bytes.
 */
u32 link_conf_patches(const struct nlattr *attr, const struct link_conf *conf,
		      u8 *patches);
/* Puts attribute @type with parameters of @dir, and its counters if @stats. */
int link_dir_fill(struct sk_buff *skb, int type, struct link_dir *dir,
		  bool stats);

enum {
	/* Bound of the parameters of one direction in a message. */
	LINK_CONF_BYTES = 1024,
};

/* link_nl.c */
struct net_device *link_peer_of(const struct net_device *dev);
/* The first end, which has owner and creator. */
struct link_dev *link_first_of(struct net_device *dev);
/* The direction that begins at a device. */
struct link_dir *link_dir_of(struct net_device *dev);
/* The link, or device with our queueing discipline, that @name says. */
struct net_device *link_find(struct net *net, const struct nlattr *name,
			     struct netlink_ext_ack *extack);
int link_parse(const struct nlattr *attr, struct nlattr **tb,
	       struct netlink_ext_ack *extack);
/* Tells those who listen in @net of the parameters of a link. */
void link_event(struct net *net, struct net_device *dev);

/* link_schedule_nl.c */

/**
 * struct link_plan - schedules and traces of a request, of the directions from
 * a device to its peer and back
 * @given: there is a schedule for this direction
 * @schedule: it, or NULL to remove what there is
 * @trace_given: there is a trace
 * @trace: it, or NULL
 * @table: a table, or NULL if there is none for this direction
 */
struct link_plan {
	bool given[2];
	struct link_schedule *schedule[2];
	bool trace_given[2];
	struct link_trace *trace[2];
	s32 *table[2];
};

/* Is there any of these in a request? Or an error, of more than one link. */
int link_plan_asked(const struct genl_info *info);
/* Is none of them for the way back alone? Return: 0, or an error. */
int link_plan_check_out(const struct genl_info *info);
/* Does the direction from the device have steps with a carrier? */
bool link_plan_switches_carrier(const struct link_plan *plan);
/**
 * link_plan_parse() - the schedule and the trace of one direction
 * @plan: result, to be freed by link_plan_free() if it is not used
 * @way: 0 or 1
 * @conf: parameters at its begin
 * @info: request
 */
int link_plan_parse(struct link_plan *plan, int way,
		    const struct link_conf *conf, const struct genl_info *info);
/* Gives @dir what is there for it. */
void link_plan_commit(struct link_plan *plan, int way, struct link_dir *dir);
void link_plan_free(struct link_plan *plan);
/* Puts schedule and trace of @dir, if there are. Context: dir->lock. */
int link_schedule_fill(struct sk_buff *skb, const struct link_dir *dir);

/* link_set_nl.c */

/**
 * link_set_dirs() - change a link's parameters
 * @dev: one end
 * @dir: attribute of the direction from there, or NULL
 * @back: of the other one, or NULL
 * @extack: reason of a refusal
 *
 * Context: RTNL. Return: 0, or an error, and then nothing is changed.
 */
int link_set_dirs(struct net_device *dev, const struct nlattr *dir,
		  const struct nlattr *back, struct netlink_ext_ack *extack);

/**
 * link_check() - could a link be what a request says?
 * @dev: one end, or a device with the queueing discipline
 * @tb: attributes of the set link
 * @plan: made from the request, or NULL if there is none to be made
 * @info: request
 *
 * Context: RTNL. Return: 0, or an error with its reason.
 */
int link_check(struct net_device *dev, struct nlattr **tb,
	       struct link_plan *plan, const struct genl_info *info);
/* Makes it that. */
void link_commit(struct net_device *dev, struct nlattr **tb,
		 struct link_plan *plan, struct netlink_ext_ack *extack);

/* link_trace_nl.c: the same of traces and tables */
int link_trace_parse(struct link_plan *plan, int way,
		     const struct genl_info *info);
int link_table_parse(struct link_plan *plan, int way,
		     const struct genl_info *info);
int link_trace_fill(struct sk_buff *skb, const struct link_dir *dir);

#endif
