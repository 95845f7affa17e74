// SPDX-License-Identifier: GPL-2.0
/* Generated from Documentation/netlink/specs/nlab.yaml by make regen. */
#include <stddef.h>

#include "names-gen.h"

const char *const nlab_xlat_names[] = {
	NULL,
	"pad",
	"prefix-addr",
	"prefix-len",
	"mode",
	"lowest-ipv6-mtu",
	"udp-zero-checksum",
	"error-pool4-addr",
	"error-pool4-len",
	"error-pool4-select",
	"error-pool6",
	"hairpin",
	"tos",
	"priority",
	"local",
	"icmp-errors",
	"wkp-strict",
	"prefer-native",
	"error-source",
	"maps",
	"generation",
	"maps-version",
	"maps-digest",
	NULL,
};

const char *const nlab_map_names[] = {
	NULL,
	"pad",
	"outside4",
	"outside6",
	"outside-len",
	"inside",
	"inside-len",
	"overlap",
	"in-packets",
	"in-bytes",
	"out-packets",
	"out-bytes",
	"last-used",
	NULL,
};

const char *const nlab_link_stats_names[] = {
	NULL,
	"pad",
	"packets",
	"bytes",
	"lost",
	"duplicated",
	"corrupted",
	"reordered",
	"segmented",
	"drop-queue",
	"drop-down",
	"drop-memory",
	"queue-packets",
	"queue-bytes",
	"queue-max-packets",
	"queue-max-bytes",
	"flying",
	"late",
	"drop-aqm",
	"marked",
	NULL,
};

const char *const nlab_link_dir_names[] = {
	NULL,
	"pad",
	"rate",
	"overhead",
	"cell-size",
	"cell-overhead",
	"limit-packets",
	"limit-bytes",
	"delay",
	"jitter",
	"distribution",
	"order",
	"loss",
	"ge-enter",
	"ge-leave",
	"ge-loss",
	"duplicate",
	"corrupt",
	"reorder",
	"seed",
	"stats",
	"jitter-correlation",
	"markov-13",
	"markov-14",
	"markov-31",
	"markov-32",
	"markov-23",
	"loss-pattern",
	"loss-list",
	"codel-target",
	"codel-interval",
	"ecn",
	"red-min",
	"red-max",
	"red-chance",
	"schedule",
	"trace",
	"slot-delay",
	"slot-jitter",
	"slot-distribution",
	"slot-packets",
	"slot-bytes",
	NULL,
};

const char *const nlab_link_names[] = {
	NULL,
	"pad",
	"name",
	"peer-name",
	"netns-fd",
	"peer-netns-fd",
	"owner",
	"dir",
	"peer-dir",
	"ifindex",
	"peer-ifindex",
	"netns",
	"peer-netns",
	NULL,
};

const char *const nlab_link_info_names[] = {
	NULL,
	"peer",
	"dir",
	"peer-dir",
	NULL,
};

const char *const nlab_link_schedule_names[] = {
	NULL,
	"pad",
	"ways",
	"period",
	"steps",
	"next",
	"wait",
	"laps",
	"late",
	"carrier",
	"sending",
	NULL,
};

const char *const nlab_link_step_names[] = {
	NULL,
	"pad",
	"at",
	"dir",
	"carrier",
	"sending",
	NULL,
};

const char *const nlab_link_trace_names[] = {
	NULL,
	"pad",
	"ways",
	"times",
	"count",
	"rate",
	NULL,
};

const char *const nlab_link_table_names[] = {
	NULL,
	"pad",
	"ways",
	"values",
	NULL,
};

const char *const nlab_announce_prefix_names[] = {
	NULL,
	"pad",
	"addr4",
	"addr6",
	"len",
	NULL,
};

const char *const nlab_announce_names[] = {
	NULL,
	"pad",
	"device",
	"form",
	"prefix",
	"uplink",
	"probe",
	"interval",
	"fall",
	"hold",
	"maps-digest",
	"drained",
	"healthy",
	"faults",
	"up",
	"reasons",
	"agent-age",
	NULL,
};

const char *const nlab_msg_names[] = {
	NULL,
	"pad",
	"map",
	"addr4",
	"addr6",
	"addr-len",
	"xlat",
	"stats",
	"added",
	"removed",
	"kept",
	"via",
	"result4",
	"result6",
	"link",
	"name",
	"owner",
	"maps-version",
	"maps-digest",
	"announce",
	"packet",
	"link-schedule",
	"link-step",
	"link-trace",
	"link-table",
	NULL,
};

const char *const nlab_stats_names[] = {
	NULL,
	"pad",
	"packets46",
	"bytes46",
	"packets64",
	"bytes64",
	"packets66",
	"bytes66",
	"hairpin",
	"icmp-translated",
	"fragmented",
	"segmented",
	"icmp4-sent",
	"icmp6-sent",
	"drop-ttl",
	"drop-too-big",
	"drop-malformed",
	"drop-source-route",
	"drop-routing-header",
	"drop-ext-header",
	"drop-illegal-source",
	"drop-spoofed-source",
	"drop-non-global",
	"drop-icmp-type",
	"drop-icmp-checksum",
	"drop-icmp-fragment",
	"drop-icmp-inner",
	"drop-udp-zero-checksum",
	"drop-no-route",
	"drop-no-forwarding",
	"drop-unmappable",
	"drop-gso",
	"drop-memory",
	NULL,
};

const char *const nlab_xlat_mode_names[] = {
	"auto",
	"forward",
	"direct",
	NULL,
};

const char *const nlab_udp_zero_names[] = {
	"drop",
	"compute",
	"forward",
	NULL,
};

const char *const nlab_hairpin_names[] = {
	"off",
	"simple",
	"intrinsic",
	NULL,
};

const char *const nlab_error_select_names[] = {
	"hops",
	"random",
	NULL,
};

const char *const nlab_xlat_via_names[] = {
	"none",
	"map",
	"prefix",
	"excluded",
	"non-global",
	NULL,
};

const char *const nlab_link_distribution_names[] = {
	"uniform",
	"normal",
	"pareto",
	"paretonormal",
	"table",
	NULL,
};

const char *const nlab_link_order_names[] = {
	"keep",
	"free",
	NULL,
};

const char *const nlab_announce_form_names[] = {
	"route",
	"stub",
	NULL,
};

const char *const nlab_announce_reason_names[] = {
	"drained",
	"no-translator",
	"uplink",
	"no-verdict",
	"probe46",
	"probe64",
	"table",
	"hold",
	"setup",
	"untested",
	NULL,
};

const char *const nlab_link_switch_names[] = {
	"keep",
	"off",
	"on",
	NULL,
};
