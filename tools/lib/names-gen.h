/* SPDX-License-Identifier: GPL-2.0 */
/* Generated from Documentation/netlink/specs/nlab.yaml by make regen. */
#ifndef NLAB_NAMES_GEN_H
#define NLAB_NAMES_GEN_H

/* Spec names of NLAB_A_XLAT_*, index 0 unused, ends with NULL. */
extern const char *const nlab_xlat_names[];
/* Spec names of NLAB_A_MAP_*, index 0 unused, ends with NULL. */
extern const char *const nlab_map_names[];
/* Spec names of NLAB_A_LINK_STATS_*, index 0 unused, ends with NULL. */
extern const char *const nlab_link_stats_names[];
/* Spec names of NLAB_A_LINK_DIR_*, index 0 unused, ends with NULL. */
extern const char *const nlab_link_dir_names[];
/* Spec names of NLAB_A_LINK_*, index 0 unused, ends with NULL. */
extern const char *const nlab_link_names[];
/* Spec names of NLAB_A_LINK_INFO_*, index 0 unused, ends with NULL. */
extern const char *const nlab_link_info_names[];
/* Spec names of NLAB_A_LINK_SCHEDULE_*, index 0 unused, ends with NULL. */
extern const char *const nlab_link_schedule_names[];
/* Spec names of NLAB_A_LINK_STEP_*, index 0 unused, ends with NULL. */
extern const char *const nlab_link_step_names[];
/* Spec names of NLAB_A_LINK_TRACE_*, index 0 unused, ends with NULL. */
extern const char *const nlab_link_trace_names[];
/* Spec names of NLAB_A_LINK_TABLE_*, index 0 unused, ends with NULL. */
extern const char *const nlab_link_table_names[];
/* Spec names of NLAB_A_ANNOUNCE_PREFIX_*, index 0 unused, ends with NULL. */
extern const char *const nlab_announce_prefix_names[];
/* Spec names of NLAB_A_ANNOUNCE_*, index 0 unused, ends with NULL. */
extern const char *const nlab_announce_names[];
/* Spec names of NLAB_A_MSG_*, index 0 unused, ends with NULL. */
extern const char *const nlab_msg_names[];
/* Spec names of NLAB_A_STATS_*, index 0 unused, ends with NULL. */
extern const char *const nlab_stats_names[];
/* Names of enum nlab_xlat_mode, ends with NULL. */
extern const char *const nlab_xlat_mode_names[];
/* Names of enum nlab_udp_zero, ends with NULL. */
extern const char *const nlab_udp_zero_names[];
/* Names of enum nlab_hairpin, ends with NULL. */
extern const char *const nlab_hairpin_names[];
/* Names of enum nlab_error_select, ends with NULL. */
extern const char *const nlab_error_select_names[];
/* Names of enum nlab_xlat_via, ends with NULL. */
extern const char *const nlab_xlat_via_names[];
/* Names of enum nlab_link_distribution, ends with NULL. */
extern const char *const nlab_link_distribution_names[];
/* Names of enum nlab_link_order, ends with NULL. */
extern const char *const nlab_link_order_names[];
/* Names of enum nlab_announce_form, ends with NULL. */
extern const char *const nlab_announce_form_names[];
/* Names of enum nlab_announce_reason, ends with NULL. */
extern const char *const nlab_announce_reason_names[];
/* Names of enum nlab_link_switch, ends with NULL. */
extern const char *const nlab_link_switch_names[];

#endif
