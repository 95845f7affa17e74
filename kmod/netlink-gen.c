// SPDX-License-Identifier: ((GPL-2.0 WITH Linux-syscall-note) OR BSD-3-Clause)
/* Do not edit directly, auto-generated from: */
/*	Documentation/netlink/specs/nlab.yaml */
/* YNL-GEN kernel source */
/* To regenerate run: make regen */

#include <net/netlink.h>
#include <net/genetlink.h>

#include "netlink-gen.h"

#include <uapi/linux/nlab.h>

/* Integer value ranges */
static struct netlink_range_validation nlab_a_xlat_lowest_ipv6_mtu_range = {
	.min	= 1280ULL,
	.max	= 65535ULL,
};

static struct netlink_range_validation nlab_a_link_dir_cell_size_range = {
	.max	= 65535ULL,
};

static struct netlink_range_validation nlab_a_announce_hold_range = {
	.max	= 600000ULL,
};

/* Common nested types */
const struct nla_policy nlab_announce_nl_policy[NLAB_A_ANNOUNCE_AGENT_AGE + 1] = {
	[NLAB_A_ANNOUNCE_DEVICE] = { .type = NLA_NUL_STRING, .len = 15, },
	[NLAB_A_ANNOUNCE_FORM] = NLA_POLICY_MAX(NLA_U32, 1),
	[NLAB_A_ANNOUNCE_PREFIX] = NLA_POLICY_NESTED(nlab_announce_prefix_nl_policy),
	[NLAB_A_ANNOUNCE_UPLINK] = { .type = NLA_STRING, .len = 15, },
	[NLAB_A_ANNOUNCE_PROBE] = { .type = NLA_BE32, },
	[NLAB_A_ANNOUNCE_INTERVAL] = NLA_POLICY_RANGE(NLA_U32, 10, 1000),
	[NLAB_A_ANNOUNCE_FALL] = NLA_POLICY_RANGE(NLA_U32, 1, 100),
	[NLAB_A_ANNOUNCE_HOLD] = NLA_POLICY_FULL_RANGE(NLA_U32, &nlab_a_announce_hold_range),
	[NLAB_A_ANNOUNCE_MAPS_DIGEST] = NLA_POLICY_EXACT_LEN(16),
	[NLAB_A_ANNOUNCE_DRAINED] = NLA_POLICY_MAX(NLA_U32, 1),
	[NLAB_A_ANNOUNCE_HEALTHY] = NLA_POLICY_MAX(NLA_U32, 1),
	[NLAB_A_ANNOUNCE_FAULTS] = NLA_POLICY_MAX(NLA_U32, 1023),
	[NLAB_A_ANNOUNCE_UP] = { .type = NLA_U32, },
	[NLAB_A_ANNOUNCE_REASONS] = { .type = NLA_U32, },
	[NLAB_A_ANNOUNCE_AGENT_AGE] = { .type = NLA_U32, },
};

const struct nla_policy nlab_announce_prefix_nl_policy[NLAB_A_ANNOUNCE_PREFIX_LEN + 1] = {
	[NLAB_A_ANNOUNCE_PREFIX_ADDR4] = { .type = NLA_BE32, },
	[NLAB_A_ANNOUNCE_PREFIX_ADDR6] = NLA_POLICY_EXACT_LEN(16),
	[NLAB_A_ANNOUNCE_PREFIX_LEN] = NLA_POLICY_MAX(NLA_U32, 128),
};

const struct nla_policy nlab_link_nl_policy[NLAB_A_LINK_PEER_NETNS + 1] = {
	[NLAB_A_LINK_NAME] = { .type = NLA_NUL_STRING, .len = 15, },
	[NLAB_A_LINK_PEER_NAME] = { .type = NLA_NUL_STRING, .len = 15, },
	[NLAB_A_LINK_NETNS_FD] = { .type = NLA_U32, },
	[NLAB_A_LINK_PEER_NETNS_FD] = { .type = NLA_U32, },
	[NLAB_A_LINK_OWNER] = { .type = NLA_NUL_STRING, .len = 31, },
	[NLAB_A_LINK_DIR] = NLA_POLICY_NESTED(nlab_link_dir_nl_policy),
	[NLAB_A_LINK_PEER_DIR] = NLA_POLICY_NESTED(nlab_link_dir_nl_policy),
	[NLAB_A_LINK_IFINDEX] = { .type = NLA_U32, },
	[NLAB_A_LINK_PEER_IFINDEX] = { .type = NLA_U32, },
	[NLAB_A_LINK_NETNS] = { .type = NLA_U32, },
	[NLAB_A_LINK_PEER_NETNS] = { .type = NLA_U32, },
};

const struct nla_policy nlab_link_dir_nl_policy[NLAB_A_LINK_DIR_SLOT_BYTES + 1] = {
	[NLAB_A_LINK_DIR_RATE] = { .type = NLA_U64, },
	[NLAB_A_LINK_DIR_OVERHEAD] = { .type = NLA_S32, },
	[NLAB_A_LINK_DIR_CELL_SIZE] = NLA_POLICY_FULL_RANGE(NLA_U32, &nlab_a_link_dir_cell_size_range),
	[NLAB_A_LINK_DIR_CELL_OVERHEAD] = { .type = NLA_S32, },
	[NLAB_A_LINK_DIR_LIMIT_PACKETS] = { .type = NLA_U32, },
	[NLAB_A_LINK_DIR_LIMIT_BYTES] = { .type = NLA_U64, },
	[NLAB_A_LINK_DIR_DELAY] = { .type = NLA_U64, },
	[NLAB_A_LINK_DIR_JITTER] = { .type = NLA_U64, },
	[NLAB_A_LINK_DIR_DISTRIBUTION] = NLA_POLICY_MAX(NLA_U32, 4),
	[NLAB_A_LINK_DIR_ORDER] = NLA_POLICY_MAX(NLA_U32, 1),
	[NLAB_A_LINK_DIR_LOSS] = { .type = NLA_U32, },
	[NLAB_A_LINK_DIR_GE_ENTER] = { .type = NLA_U32, },
	[NLAB_A_LINK_DIR_GE_LEAVE] = { .type = NLA_U32, },
	[NLAB_A_LINK_DIR_GE_LOSS] = { .type = NLA_U32, },
	[NLAB_A_LINK_DIR_DUPLICATE] = { .type = NLA_U32, },
	[NLAB_A_LINK_DIR_CORRUPT] = { .type = NLA_U32, },
	[NLAB_A_LINK_DIR_REORDER] = { .type = NLA_U32, },
	[NLAB_A_LINK_DIR_SEED] = { .type = NLA_U64, },
	[NLAB_A_LINK_DIR_STATS] = NLA_POLICY_NESTED(nlab_link_stats_nl_policy),
	[NLAB_A_LINK_DIR_JITTER_CORRELATION] = { .type = NLA_U32, },
	[NLAB_A_LINK_DIR_MARKOV_13] = { .type = NLA_U32, },
	[NLAB_A_LINK_DIR_MARKOV_14] = { .type = NLA_U32, },
	[NLAB_A_LINK_DIR_MARKOV_31] = { .type = NLA_U32, },
	[NLAB_A_LINK_DIR_MARKOV_32] = { .type = NLA_U32, },
	[NLAB_A_LINK_DIR_MARKOV_23] = { .type = NLA_U32, },
	[NLAB_A_LINK_DIR_LOSS_PATTERN] = { .type = NLA_NUL_STRING, .len = 256, },
	[NLAB_A_LINK_DIR_LOSS_LIST] = { .type = NLA_BINARY, },
	[NLAB_A_LINK_DIR_CODEL_TARGET] = { .type = NLA_U64, },
	[NLAB_A_LINK_DIR_CODEL_INTERVAL] = { .type = NLA_U64, },
	[NLAB_A_LINK_DIR_ECN] = NLA_POLICY_MAX(NLA_U32, 1),
	[NLAB_A_LINK_DIR_RED_MIN] = { .type = NLA_U32, },
	[NLAB_A_LINK_DIR_RED_MAX] = { .type = NLA_U32, },
	[NLAB_A_LINK_DIR_RED_CHANCE] = { .type = NLA_U32, },
	[NLAB_A_LINK_DIR_SCHEDULE] = NLA_POLICY_NESTED(nlab_link_schedule_nl_policy),
	[NLAB_A_LINK_DIR_TRACE] = NLA_POLICY_NESTED(nlab_link_trace_nl_policy),
	[NLAB_A_LINK_DIR_SLOT_DELAY] = { .type = NLA_U64, },
	[NLAB_A_LINK_DIR_SLOT_JITTER] = { .type = NLA_U64, },
	[NLAB_A_LINK_DIR_SLOT_DISTRIBUTION] = NLA_POLICY_MAX(NLA_U32, 4),
	[NLAB_A_LINK_DIR_SLOT_PACKETS] = { .type = NLA_U32, },
	[NLAB_A_LINK_DIR_SLOT_BYTES] = { .type = NLA_U32, },
};

const struct nla_policy nlab_link_schedule_nl_policy[NLAB_A_LINK_SCHEDULE_SENDING + 1] = {
	[NLAB_A_LINK_SCHEDULE_WAYS] = NLA_POLICY_RANGE(NLA_U32, 1, 3),
	[NLAB_A_LINK_SCHEDULE_PERIOD] = { .type = NLA_U64, },
	[NLAB_A_LINK_SCHEDULE_STEPS] = { .type = NLA_U32, },
	[NLAB_A_LINK_SCHEDULE_NEXT] = { .type = NLA_U32, },
	[NLAB_A_LINK_SCHEDULE_WAIT] = { .type = NLA_U64, },
	[NLAB_A_LINK_SCHEDULE_LAPS] = { .type = NLA_U64, },
	[NLAB_A_LINK_SCHEDULE_LATE] = { .type = NLA_U64, },
	[NLAB_A_LINK_SCHEDULE_CARRIER] = NLA_POLICY_MAX(NLA_U32, 2),
	[NLAB_A_LINK_SCHEDULE_SENDING] = NLA_POLICY_MAX(NLA_U32, 2),
};

const struct nla_policy nlab_link_stats_nl_policy[NLAB_A_LINK_STATS_MARKED + 1] = {
	[NLAB_A_LINK_STATS_PACKETS] = { .type = NLA_U64, },
	[NLAB_A_LINK_STATS_BYTES] = { .type = NLA_U64, },
	[NLAB_A_LINK_STATS_LOST] = { .type = NLA_U64, },
	[NLAB_A_LINK_STATS_DUPLICATED] = { .type = NLA_U64, },
	[NLAB_A_LINK_STATS_CORRUPTED] = { .type = NLA_U64, },
	[NLAB_A_LINK_STATS_REORDERED] = { .type = NLA_U64, },
	[NLAB_A_LINK_STATS_SEGMENTED] = { .type = NLA_U64, },
	[NLAB_A_LINK_STATS_DROP_QUEUE] = { .type = NLA_U64, },
	[NLAB_A_LINK_STATS_DROP_DOWN] = { .type = NLA_U64, },
	[NLAB_A_LINK_STATS_DROP_MEMORY] = { .type = NLA_U64, },
	[NLAB_A_LINK_STATS_QUEUE_PACKETS] = { .type = NLA_U64, },
	[NLAB_A_LINK_STATS_QUEUE_BYTES] = { .type = NLA_U64, },
	[NLAB_A_LINK_STATS_QUEUE_MAX_PACKETS] = { .type = NLA_U64, },
	[NLAB_A_LINK_STATS_QUEUE_MAX_BYTES] = { .type = NLA_U64, },
	[NLAB_A_LINK_STATS_FLYING] = { .type = NLA_U64, },
	[NLAB_A_LINK_STATS_LATE] = { .type = NLA_U64, },
	[NLAB_A_LINK_STATS_DROP_AQM] = { .type = NLA_U64, },
	[NLAB_A_LINK_STATS_MARKED] = { .type = NLA_U64, },
};

const struct nla_policy nlab_link_step_nl_policy[NLAB_A_LINK_STEP_SENDING + 1] = {
	[NLAB_A_LINK_STEP_AT] = { .type = NLA_U64, },
	[NLAB_A_LINK_STEP_DIR] = NLA_POLICY_NESTED(nlab_link_dir_nl_policy),
	[NLAB_A_LINK_STEP_CARRIER] = NLA_POLICY_MAX(NLA_U32, 2),
	[NLAB_A_LINK_STEP_SENDING] = NLA_POLICY_MAX(NLA_U32, 2),
};

const struct nla_policy nlab_link_table_nl_policy[NLAB_A_LINK_TABLE_VALUES + 1] = {
	[NLAB_A_LINK_TABLE_WAYS] = NLA_POLICY_RANGE(NLA_U32, 1, 3),
	[NLAB_A_LINK_TABLE_VALUES] = NLA_POLICY_EXACT_LEN(8192),
};

const struct nla_policy nlab_link_trace_nl_policy[NLAB_A_LINK_TRACE_RATE + 1] = {
	[NLAB_A_LINK_TRACE_WAYS] = NLA_POLICY_RANGE(NLA_U32, 1, 3),
	[NLAB_A_LINK_TRACE_TIMES] = { .type = NLA_BINARY, },
	[NLAB_A_LINK_TRACE_COUNT] = { .type = NLA_U32, },
	[NLAB_A_LINK_TRACE_RATE] = { .type = NLA_U64, },
};

const struct nla_policy nlab_map_nl_policy[NLAB_A_MAP_LAST_USED + 1] = {
	[NLAB_A_MAP_OUTSIDE4] = { .type = NLA_BE32, },
	[NLAB_A_MAP_OUTSIDE6] = NLA_POLICY_EXACT_LEN(16),
	[NLAB_A_MAP_OUTSIDE_LEN] = NLA_POLICY_MAX(NLA_U32, 128),
	[NLAB_A_MAP_INSIDE] = NLA_POLICY_EXACT_LEN(16),
	[NLAB_A_MAP_INSIDE_LEN] = NLA_POLICY_MAX(NLA_U32, 128),
	[NLAB_A_MAP_OVERLAP] = { .type = NLA_FLAG, },
	[NLAB_A_MAP_IN_PACKETS] = { .type = NLA_U64, },
	[NLAB_A_MAP_IN_BYTES] = { .type = NLA_U64, },
	[NLAB_A_MAP_OUT_PACKETS] = { .type = NLA_U64, },
	[NLAB_A_MAP_OUT_BYTES] = { .type = NLA_U64, },
	[NLAB_A_MAP_LAST_USED] = { .type = NLA_U64, },
};

const struct nla_policy nlab_xlat_nl_policy[NLAB_A_XLAT_MAPS_DIGEST + 1] = {
	[NLAB_A_XLAT_PREFIX_ADDR] = NLA_POLICY_EXACT_LEN(16),
	[NLAB_A_XLAT_PREFIX_LEN] = NLA_POLICY_MAX(NLA_U32, 96),
	[NLAB_A_XLAT_MODE] = NLA_POLICY_MAX(NLA_U32, 2),
	[NLAB_A_XLAT_LOWEST_IPV6_MTU] = NLA_POLICY_FULL_RANGE(NLA_U32, &nlab_a_xlat_lowest_ipv6_mtu_range),
	[NLAB_A_XLAT_UDP_ZERO_CHECKSUM] = NLA_POLICY_MAX(NLA_U32, 2),
	[NLAB_A_XLAT_ERROR_POOL4_ADDR] = { .type = NLA_BE32, },
	[NLAB_A_XLAT_ERROR_POOL4_LEN] = NLA_POLICY_MAX(NLA_U32, 32),
	[NLAB_A_XLAT_ERROR_POOL4_SELECT] = NLA_POLICY_MAX(NLA_U32, 1),
	[NLAB_A_XLAT_ERROR_POOL6] = NLA_POLICY_EXACT_LEN(16),
	[NLAB_A_XLAT_HAIRPIN] = NLA_POLICY_MAX(NLA_U32, 2),
	[NLAB_A_XLAT_TOS] = NLA_POLICY_MAX(NLA_U32, NLAB_TOS_COPY),
	[NLAB_A_XLAT_PRIORITY] = { .type = NLA_S32, },
	[NLAB_A_XLAT_LOCAL] = NLA_POLICY_MAX(NLA_U32, 1),
	[NLAB_A_XLAT_ICMP_ERRORS] = NLA_POLICY_MAX(NLA_U32, 1),
	[NLAB_A_XLAT_WKP_STRICT] = NLA_POLICY_MAX(NLA_U32, 1),
	[NLAB_A_XLAT_PREFER_NATIVE] = NLA_POLICY_MAX(NLA_U32, 1),
	[NLAB_A_XLAT_ERROR_SOURCE] = NLA_POLICY_MAX(NLA_U32, 1),
	[NLAB_A_XLAT_MAPS] = { .type = NLA_U32, },
	[NLAB_A_XLAT_GENERATION] = { .type = NLA_U64, },
	[NLAB_A_XLAT_MAPS_VERSION] = { .type = NLA_U64, },
	[NLAB_A_XLAT_MAPS_DIGEST] = NLA_POLICY_EXACT_LEN(16),
};

/* NLAB_CMD_XLAT_GET - do */
const struct nla_policy nlab_xlat_get_nl_policy[NLAB_A_PAD + 1] = {
};

/* NLAB_CMD_XLAT_SET - do */
const struct nla_policy nlab_xlat_set_nl_policy[NLAB_A_XLAT + 1] = {
	[NLAB_A_XLAT] = NLA_POLICY_NESTED(nlab_xlat_nl_policy),
};

/* NLAB_CMD_MAP_GET - do */
const struct nla_policy nlab_map_get_nl_policy[NLAB_A_ADDR_LEN + 1] = {
	[NLAB_A_ADDR4] = { .type = NLA_BE32, },
	[NLAB_A_ADDR6] = NLA_POLICY_EXACT_LEN(16),
	[NLAB_A_ADDR_LEN] = NLA_POLICY_MAX(NLA_U32, 128),
};

/* NLAB_CMD_MAP_ADD - do */
const struct nla_policy nlab_map_add_nl_policy[NLAB_A_MAP + 1] = {
	[NLAB_A_MAP] = NLA_POLICY_NESTED(nlab_map_nl_policy),
};

/* NLAB_CMD_MAP_DEL - do */
const struct nla_policy nlab_map_del_nl_policy[NLAB_A_ADDR_LEN + 1] = {
	[NLAB_A_ADDR4] = { .type = NLA_BE32, },
	[NLAB_A_ADDR6] = NLA_POLICY_EXACT_LEN(16),
	[NLAB_A_ADDR_LEN] = NLA_POLICY_MAX(NLA_U32, 128),
};

/* NLAB_CMD_MAP_FLUSH - do */
const struct nla_policy nlab_map_flush_nl_policy[NLAB_A_PAD + 1] = {
};

/* NLAB_CMD_MAP_TEST - do */
const struct nla_policy nlab_map_test_nl_policy[NLAB_A_ADDR6 + 1] = {
	[NLAB_A_ADDR4] = { .type = NLA_BE32, },
	[NLAB_A_ADDR6] = NLA_POLICY_EXACT_LEN(16),
};

/* NLAB_CMD_LOAD_BEGIN - do */
const struct nla_policy nlab_load_begin_nl_policy[NLAB_A_PAD + 1] = {
};

/* NLAB_CMD_LOAD_ADD - do */
const struct nla_policy nlab_load_add_nl_policy[NLAB_A_MAP + 1] = {
	[NLAB_A_MAP] = NLA_POLICY_NESTED(nlab_map_nl_policy),
};

/* NLAB_CMD_LOAD_COMMIT - do */
const struct nla_policy nlab_load_commit_nl_policy[NLAB_A_MAPS_DIGEST + 1] = {
	[NLAB_A_XLAT] = NLA_POLICY_NESTED(nlab_xlat_nl_policy),
	[NLAB_A_MAPS_VERSION] = { .type = NLA_U64, },
	[NLAB_A_MAPS_DIGEST] = NLA_POLICY_EXACT_LEN(16),
};

/* NLAB_CMD_LOAD_ABORT - do */
const struct nla_policy nlab_load_abort_nl_policy[NLAB_A_PAD + 1] = {
};

/* NLAB_CMD_STATS_GET - do */
const struct nla_policy nlab_stats_get_nl_policy[NLAB_A_PAD + 1] = {
};

/* NLAB_CMD_LINK_GET - do */
const struct nla_policy nlab_link_get_nl_policy[NLAB_A_OWNER + 1] = {
	[NLAB_A_NAME] = { .type = NLA_NUL_STRING, .len = 15, },
	[NLAB_A_OWNER] = { .type = NLA_NUL_STRING, .len = 31, },
};

/* NLAB_CMD_LINK_ADD - do */
const struct nla_policy nlab_link_add_nl_policy[NLAB_A_LINK_TABLE + 1] = {
	[NLAB_A_LINK] = NLA_POLICY_NESTED(nlab_link_nl_policy),
	[NLAB_A_LINK_SCHEDULE] = NLA_POLICY_NESTED(nlab_link_schedule_nl_policy),
	[NLAB_A_LINK_STEP] = NLA_POLICY_NESTED(nlab_link_step_nl_policy),
	[NLAB_A_LINK_TRACE] = NLA_POLICY_NESTED(nlab_link_trace_nl_policy),
	[NLAB_A_LINK_TABLE] = NLA_POLICY_NESTED(nlab_link_table_nl_policy),
};

/* NLAB_CMD_LINK_SET - do */
const struct nla_policy nlab_link_set_nl_policy[NLAB_A_LINK_TABLE + 1] = {
	[NLAB_A_LINK] = NLA_POLICY_NESTED(nlab_link_nl_policy),
	[NLAB_A_LINK_SCHEDULE] = NLA_POLICY_NESTED(nlab_link_schedule_nl_policy),
	[NLAB_A_LINK_STEP] = NLA_POLICY_NESTED(nlab_link_step_nl_policy),
	[NLAB_A_LINK_TRACE] = NLA_POLICY_NESTED(nlab_link_trace_nl_policy),
	[NLAB_A_LINK_TABLE] = NLA_POLICY_NESTED(nlab_link_table_nl_policy),
};

/* NLAB_CMD_LINK_DEL - do */
const struct nla_policy nlab_link_del_nl_policy[NLAB_A_OWNER + 1] = {
	[NLAB_A_NAME] = { .type = NLA_NUL_STRING, .len = 15, },
	[NLAB_A_OWNER] = { .type = NLA_NUL_STRING, .len = 31, },
};

/* NLAB_CMD_ANNOUNCE_GET - do */
const struct nla_policy nlab_announce_get_nl_policy[NLAB_A_PAD + 1] = {
};

/* NLAB_CMD_ANNOUNCE_SET - do */
const struct nla_policy nlab_announce_set_nl_policy[NLAB_A_ANNOUNCE + 1] = {
	[NLAB_A_ANNOUNCE] = NLA_POLICY_NESTED(nlab_announce_nl_policy),
};

/* NLAB_CMD_ANNOUNCE_PROBE - do */
const struct nla_policy nlab_announce_probe_nl_policy[NLAB_A_PACKET + 1] = {
	[NLAB_A_PACKET] = NLA_POLICY_MIN_LEN(20),
};

/* Ops table for nlab */
const struct genl_ops nlab_nl_ops[19] = {
	{
		.cmd		= NLAB_CMD_XLAT_GET,
		.doit		= nlab_nl_xlat_get_doit,
		.policy		= nlab_xlat_get_nl_policy,
		.maxattr	= NLAB_A_PAD,
	},
	{
		.cmd		= NLAB_CMD_XLAT_SET,
		.doit		= nlab_nl_xlat_set_doit,
		.policy		= nlab_xlat_set_nl_policy,
		.maxattr	= NLAB_A_XLAT,
		.flags		= GENL_UNS_ADMIN_PERM,
	},
	{
		.cmd		= NLAB_CMD_MAP_GET,
		.doit		= nlab_nl_map_get_doit,
		.dumpit		= nlab_nl_map_get_dumpit,
		.policy		= nlab_map_get_nl_policy,
		.maxattr	= NLAB_A_ADDR_LEN,
	},
	{
		.cmd		= NLAB_CMD_MAP_ADD,
		.doit		= nlab_nl_map_add_doit,
		.policy		= nlab_map_add_nl_policy,
		.maxattr	= NLAB_A_MAP,
		.flags		= GENL_UNS_ADMIN_PERM,
	},
	{
		.cmd		= NLAB_CMD_MAP_DEL,
		.doit		= nlab_nl_map_del_doit,
		.policy		= nlab_map_del_nl_policy,
		.maxattr	= NLAB_A_ADDR_LEN,
		.flags		= GENL_UNS_ADMIN_PERM,
	},
	{
		.cmd		= NLAB_CMD_MAP_FLUSH,
		.doit		= nlab_nl_map_flush_doit,
		.policy		= nlab_map_flush_nl_policy,
		.maxattr	= NLAB_A_PAD,
		.flags		= GENL_UNS_ADMIN_PERM,
	},
	{
		.cmd		= NLAB_CMD_MAP_TEST,
		.doit		= nlab_nl_map_test_doit,
		.policy		= nlab_map_test_nl_policy,
		.maxattr	= NLAB_A_ADDR6,
	},
	{
		.cmd		= NLAB_CMD_LOAD_BEGIN,
		.doit		= nlab_nl_load_begin_doit,
		.policy		= nlab_load_begin_nl_policy,
		.maxattr	= NLAB_A_PAD,
		.flags		= GENL_UNS_ADMIN_PERM,
	},
	{
		.cmd		= NLAB_CMD_LOAD_ADD,
		.doit		= nlab_nl_load_add_doit,
		.policy		= nlab_load_add_nl_policy,
		.maxattr	= NLAB_A_MAP,
		.flags		= GENL_UNS_ADMIN_PERM,
	},
	{
		.cmd		= NLAB_CMD_LOAD_COMMIT,
		.doit		= nlab_nl_load_commit_doit,
		.policy		= nlab_load_commit_nl_policy,
		.maxattr	= NLAB_A_MAPS_DIGEST,
		.flags		= GENL_UNS_ADMIN_PERM,
	},
	{
		.cmd		= NLAB_CMD_LOAD_ABORT,
		.doit		= nlab_nl_load_abort_doit,
		.policy		= nlab_load_abort_nl_policy,
		.maxattr	= NLAB_A_PAD,
		.flags		= GENL_UNS_ADMIN_PERM,
	},
	{
		.cmd		= NLAB_CMD_STATS_GET,
		.doit		= nlab_nl_stats_get_doit,
		.policy		= nlab_stats_get_nl_policy,
		.maxattr	= NLAB_A_PAD,
	},
	{
		.cmd		= NLAB_CMD_LINK_GET,
		.doit		= nlab_nl_link_get_doit,
		.dumpit		= nlab_nl_link_get_dumpit,
		.policy		= nlab_link_get_nl_policy,
		.maxattr	= NLAB_A_OWNER,
	},
	{
		.cmd		= NLAB_CMD_LINK_ADD,
		.doit		= nlab_nl_link_add_doit,
		.policy		= nlab_link_add_nl_policy,
		.maxattr	= NLAB_A_LINK_TABLE,
		.flags		= GENL_UNS_ADMIN_PERM,
	},
	{
		.cmd		= NLAB_CMD_LINK_SET,
		.doit		= nlab_nl_link_set_doit,
		.policy		= nlab_link_set_nl_policy,
		.maxattr	= NLAB_A_LINK_TABLE,
		.flags		= GENL_UNS_ADMIN_PERM,
	},
	{
		.cmd		= NLAB_CMD_LINK_DEL,
		.doit		= nlab_nl_link_del_doit,
		.policy		= nlab_link_del_nl_policy,
		.maxattr	= NLAB_A_OWNER,
		.flags		= GENL_UNS_ADMIN_PERM,
	},
	{
		.cmd		= NLAB_CMD_ANNOUNCE_GET,
		.doit		= nlab_nl_announce_get_doit,
		.policy		= nlab_announce_get_nl_policy,
		.maxattr	= NLAB_A_PAD,
	},
	{
		.cmd		= NLAB_CMD_ANNOUNCE_SET,
		.doit		= nlab_nl_announce_set_doit,
		.policy		= nlab_announce_set_nl_policy,
		.maxattr	= NLAB_A_ANNOUNCE,
		.flags		= GENL_UNS_ADMIN_PERM,
	},
	{
		.cmd		= NLAB_CMD_ANNOUNCE_PROBE,
		.doit		= nlab_nl_announce_probe_doit,
		.policy		= nlab_announce_probe_nl_policy,
		.maxattr	= NLAB_A_PACKET,
		.flags		= GENL_UNS_ADMIN_PERM,
	},
};

