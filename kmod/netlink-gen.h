/* SPDX-License-Identifier: ((GPL-2.0 WITH Linux-syscall-note) OR BSD-3-Clause) */
/* Do not edit directly, auto-generated from: */
/*	Documentation/netlink/specs/nlab.yaml */
/* YNL-GEN kernel header */
/* To regenerate run: make regen */

#ifndef _LINUX_NLAB_GEN_H
#define _LINUX_NLAB_GEN_H

#include <net/netlink.h>
#include <net/genetlink.h>

#include <uapi/linux/nlab.h>

/* Common nested types */
extern const struct nla_policy nlab_announce_nl_policy[NLAB_A_ANNOUNCE_AGENT_AGE + 1];
extern const struct nla_policy nlab_announce_prefix_nl_policy[NLAB_A_ANNOUNCE_PREFIX_LEN + 1];
extern const struct nla_policy nlab_link_nl_policy[NLAB_A_LINK_PEER_NETNS + 1];
extern const struct nla_policy nlab_link_dir_nl_policy[NLAB_A_LINK_DIR_SLOT_BYTES + 1];
extern const struct nla_policy nlab_link_schedule_nl_policy[NLAB_A_LINK_SCHEDULE_SENDING + 1];
extern const struct nla_policy nlab_link_stats_nl_policy[NLAB_A_LINK_STATS_MARKED + 1];
extern const struct nla_policy nlab_link_step_nl_policy[NLAB_A_LINK_STEP_SENDING + 1];
extern const struct nla_policy nlab_link_table_nl_policy[NLAB_A_LINK_TABLE_VALUES + 1];
extern const struct nla_policy nlab_link_trace_nl_policy[NLAB_A_LINK_TRACE_RATE + 1];
extern const struct nla_policy nlab_map_nl_policy[NLAB_A_MAP_LAST_USED + 1];
extern const struct nla_policy nlab_xlat_nl_policy[NLAB_A_XLAT_MAPS_DIGEST + 1];

extern const struct nla_policy nlab_xlat_get_nl_policy[NLAB_A_PAD + 1];

extern const struct nla_policy nlab_xlat_set_nl_policy[NLAB_A_XLAT + 1];

extern const struct nla_policy nlab_map_get_nl_policy[NLAB_A_ADDR_LEN + 1];

extern const struct nla_policy nlab_map_add_nl_policy[NLAB_A_MAP + 1];

extern const struct nla_policy nlab_map_del_nl_policy[NLAB_A_ADDR_LEN + 1];

extern const struct nla_policy nlab_map_flush_nl_policy[NLAB_A_PAD + 1];

extern const struct nla_policy nlab_map_test_nl_policy[NLAB_A_ADDR6 + 1];

extern const struct nla_policy nlab_load_begin_nl_policy[NLAB_A_PAD + 1];

extern const struct nla_policy nlab_load_add_nl_policy[NLAB_A_MAP + 1];

extern const struct nla_policy nlab_load_commit_nl_policy[NLAB_A_MAPS_DIGEST + 1];

extern const struct nla_policy nlab_load_abort_nl_policy[NLAB_A_PAD + 1];

extern const struct nla_policy nlab_stats_get_nl_policy[NLAB_A_PAD + 1];

extern const struct nla_policy nlab_link_get_nl_policy[NLAB_A_OWNER + 1];

extern const struct nla_policy nlab_link_add_nl_policy[NLAB_A_LINK_TABLE + 1];

extern const struct nla_policy nlab_link_set_nl_policy[NLAB_A_LINK_TABLE + 1];

extern const struct nla_policy nlab_link_del_nl_policy[NLAB_A_OWNER + 1];

extern const struct nla_policy nlab_announce_get_nl_policy[NLAB_A_PAD + 1];

extern const struct nla_policy nlab_announce_set_nl_policy[NLAB_A_ANNOUNCE + 1];

extern const struct nla_policy nlab_announce_probe_nl_policy[NLAB_A_PACKET + 1];

/* Ops table for nlab */
extern const struct genl_ops nlab_nl_ops[19];

int nlab_nl_xlat_get_doit(struct sk_buff *skb, struct genl_info *info);
int nlab_nl_xlat_set_doit(struct sk_buff *skb, struct genl_info *info);
int nlab_nl_map_get_doit(struct sk_buff *skb, struct genl_info *info);
int nlab_nl_map_get_dumpit(struct sk_buff *skb, struct netlink_callback *cb);
int nlab_nl_map_add_doit(struct sk_buff *skb, struct genl_info *info);
int nlab_nl_map_del_doit(struct sk_buff *skb, struct genl_info *info);
int nlab_nl_map_flush_doit(struct sk_buff *skb, struct genl_info *info);
int nlab_nl_map_test_doit(struct sk_buff *skb, struct genl_info *info);
int nlab_nl_load_begin_doit(struct sk_buff *skb, struct genl_info *info);
int nlab_nl_load_add_doit(struct sk_buff *skb, struct genl_info *info);
int nlab_nl_load_commit_doit(struct sk_buff *skb, struct genl_info *info);
int nlab_nl_load_abort_doit(struct sk_buff *skb, struct genl_info *info);
int nlab_nl_stats_get_doit(struct sk_buff *skb, struct genl_info *info);
int nlab_nl_link_get_doit(struct sk_buff *skb, struct genl_info *info);
int nlab_nl_link_get_dumpit(struct sk_buff *skb, struct netlink_callback *cb);
int nlab_nl_link_add_doit(struct sk_buff *skb, struct genl_info *info);
int nlab_nl_link_set_doit(struct sk_buff *skb, struct genl_info *info);
int nlab_nl_link_del_doit(struct sk_buff *skb, struct genl_info *info);
int nlab_nl_announce_get_doit(struct sk_buff *skb, struct genl_info *info);
int nlab_nl_announce_set_doit(struct sk_buff *skb, struct genl_info *info);
int nlab_nl_announce_probe_doit(struct sk_buff *skb, struct genl_info *info);

enum {
	NLAB_NLGRP_EVENTS,
};

#endif /* _LINUX_NLAB_GEN_H */
