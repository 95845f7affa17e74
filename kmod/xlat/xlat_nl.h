/* SPDX-License-Identifier: GPL-2.0 */
/* Netlink side of the translator: what its two files share. */
#ifndef NLAB_XLAT_NL_H
#define NLAB_XLAT_NL_H

#include <net/genetlink.h>

#include "xlat.h"

/* --- xlat_nl.c --- */

/**
 * xlat_conf_parse() - read settings from a request
 * @attr: NLAB_A_XLAT nest
 * @conf: settings to change; only valid ones are written, on error it is void
 * @extack: what is wrong
 */
int xlat_conf_parse(const struct nlattr *attr, struct xlat_conf *conf,
		    struct netlink_ext_ack *extack);
/* Tells listeners that settings have changed. Needs the lock. */
void xlat_conf_event(struct xlat_net *xn);

/* --- xlat_map_nl.c --- */

/* Sets text and attribute of a refusal. Return: @err. */
int xlat_nl_refuse(struct netlink_ext_ack *extack, const struct nlattr *attr,
		   const char *msg, int err);
/**
 * xlat_map_parse() - read a map from a request
 * @attr: NLAB_A_MAP nest
 * @map: keys and flags, a template for xlat_map_alloc()
 * @extack: what is wrong
 */
int xlat_map_parse(const struct nlattr *attr, struct xlat_map *map,
		   struct netlink_ext_ack *extack);
/* The one fill function of maps, for answers, dumps and events. */
int xlat_map_fill(struct sk_buff *skb, const struct xlat_map *map);
/* Does the request name a map in the right way? Return: 0 or -EINVAL. */
int xlat_map_check_name(struct genl_info *info);
/* Finds the map that a request names. Needs RCU or the lock. */
struct xlat_map *xlat_map_find(struct xlat_table *table,
			       struct genl_info *info, bool exact);

#endif
