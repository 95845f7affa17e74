/* SPDX-License-Identifier: ((GPL-2.0 WITH Linux-syscall-note) OR BSD-3-Clause) */
/* Do not edit directly, auto-generated from: */
/*	Documentation/netlink/specs/nlab.yaml */
/* YNL-GEN uapi header */
/* To regenerate run: make regen */

#ifndef _UAPI_LINUX_NLAB_H
#define _UAPI_LINUX_NLAB_H

#define NLAB_GENL_NAME		"nlab"
#define NLAB_GENL_VERSION	1

/**
 * enum nlab_xlat_mode - How a translated packet leaves the node.
 * @NLAB_XLAT_MODE_AUTO: Straight out over a cached route, unless a netfilter
 *   hook, a policy rule, a VRF or an IPsec policy could want to see the
 *   packet; then as in forward, after the PRE_ROUTING rules of the packet's
 *   own family.
 * @NLAB_XLAT_MODE_FORWARD: Always through the kernel's own forwarding.
 * @NLAB_XLAT_MODE_DIRECT: Always straight out; of the rules only those at
 *   POST_ROUTING see the packet.
 */
enum nlab_xlat_mode {
	NLAB_XLAT_MODE_AUTO,
	NLAB_XLAT_MODE_FORWARD,
	NLAB_XLAT_MODE_DIRECT,
};

/**
 * enum nlab_udp_zero - What happens to an IPv4 UDP packet without a checksum
 *   (RFC 7915 section 4.5).
 * @NLAB_UDP_ZERO_DROP: Dropped, answered with ICMPv4 3/13.
 * @NLAB_UDP_ZERO_COMPUTE: The checksum is computed; a first fragment is
 *   dropped.
 * @NLAB_UDP_ZERO_FORWARD: Forwarded with checksum zero (RFC 6936).
 */
enum nlab_udp_zero {
	NLAB_UDP_ZERO_DROP,
	NLAB_UDP_ZERO_COMPUTE,
	NLAB_UDP_ZERO_FORWARD,
};

/**
 * enum nlab_hairpin - How two hosts behind the translator reach each other
 *   through their IPv4 addresses (RFC 7757 section 4).
 * @NLAB_HAIRPIN_OFF: Not supported, packets go out as IPv4.
 * @NLAB_HAIRPIN_SIMPLE: RFC 7757 section 4.2.1. The packet is sent as IPv4 and
 *   must come back; a source covered by a map is then translated with the
 *   prefix.
 * @NLAB_HAIRPIN_INTRINSIC: RFC 7757 section 4.2.2. The packet is turned back
 *   at once.
 */
enum nlab_hairpin {
	NLAB_HAIRPIN_OFF,
	NLAB_HAIRPIN_SIMPLE,
	NLAB_HAIRPIN_INTRINSIC,
};

/**
 * enum nlab_error_select - How an address of error-pool4 is chosen (RFC 6791).
 * @NLAB_ERROR_SELECT_HOPS: By the hop limit of the error, so that traceroute
 *   is stable.
 * @NLAB_ERROR_SELECT_RANDOM: At random.
 */
enum nlab_error_select {
	NLAB_ERROR_SELECT_HOPS,
	NLAB_ERROR_SELECT_RANDOM,
};

/**
 * enum nlab_xlat_via - What an address was translated with.
 * @NLAB_XLAT_VIA_NONE: Nothing covers the address, it is not translated.
 * @NLAB_XLAT_VIA_MAP: A map.
 * @NLAB_XLAT_VIA_PREFIX: The RFC 6052 prefix.
 * @NLAB_XLAT_VIA_EXCLUDED: The address is never translated (own address of the
 *   node, loopback, link-local, multicast, broadcast).
 * @NLAB_XLAT_VIA_NON_GLOBAL: A non-global IPv4 address, which the Well-Known
 *   Prefix must not represent (RFC 6052 section 3.1).
 */
enum nlab_xlat_via {
	NLAB_XLAT_VIA_NONE,
	NLAB_XLAT_VIA_MAP,
	NLAB_XLAT_VIA_PREFIX,
	NLAB_XLAT_VIA_EXCLUDED,
	NLAB_XLAT_VIA_NON_GLOBAL,
};

#define NLAB_TOS_COPY	256

enum {
	NLAB_A_XLAT_PAD = 1,
	NLAB_A_XLAT_PREFIX_ADDR,
	NLAB_A_XLAT_PREFIX_LEN,
	NLAB_A_XLAT_MODE,
	NLAB_A_XLAT_LOWEST_IPV6_MTU,
	NLAB_A_XLAT_UDP_ZERO_CHECKSUM,
	NLAB_A_XLAT_ERROR_POOL4_ADDR,
	NLAB_A_XLAT_ERROR_POOL4_LEN,
	NLAB_A_XLAT_ERROR_POOL4_SELECT,
	NLAB_A_XLAT_ERROR_POOL6,
	NLAB_A_XLAT_HAIRPIN,
	NLAB_A_XLAT_TOS,
	NLAB_A_XLAT_PRIORITY,
	NLAB_A_XLAT_LOCAL,
	NLAB_A_XLAT_ICMP_ERRORS,
	NLAB_A_XLAT_WKP_STRICT,
	NLAB_A_XLAT_PREFER_NATIVE,
	NLAB_A_XLAT_ERROR_SOURCE,
	NLAB_A_XLAT_MAPS,
	NLAB_A_XLAT_GENERATION,

	__NLAB_A_XLAT_MAX,
	NLAB_A_XLAT_MAX = (__NLAB_A_XLAT_MAX - 1)
};

enum {
	NLAB_A_MAP_PAD = 1,
	NLAB_A_MAP_OUTSIDE4,
	NLAB_A_MAP_OUTSIDE6,
	NLAB_A_MAP_OUTSIDE_LEN,
	NLAB_A_MAP_INSIDE,
	NLAB_A_MAP_INSIDE_LEN,
	NLAB_A_MAP_OVERLAP,
	NLAB_A_MAP_IN_PACKETS,
	NLAB_A_MAP_IN_BYTES,
	NLAB_A_MAP_OUT_PACKETS,
	NLAB_A_MAP_OUT_BYTES,
	NLAB_A_MAP_LAST_USED,

	__NLAB_A_MAP_MAX,
	NLAB_A_MAP_MAX = (__NLAB_A_MAP_MAX - 1)
};

enum {
	NLAB_A_PAD = 1,
	NLAB_A_MAP,
	NLAB_A_ADDR4,
	NLAB_A_ADDR6,
	NLAB_A_ADDR_LEN,
	NLAB_A_XLAT,
	NLAB_A_STATS,
	NLAB_A_ADDED,
	NLAB_A_REMOVED,
	NLAB_A_KEPT,
	NLAB_A_VIA,
	NLAB_A_RESULT4,
	NLAB_A_RESULT6,

	__NLAB_A_MAX,
	NLAB_A_MAX = (__NLAB_A_MAX - 1)
};

enum {
	NLAB_A_STATS_PAD = 1,
	NLAB_A_STATS_PACKETS46,
	NLAB_A_STATS_BYTES46,
	NLAB_A_STATS_PACKETS64,
	NLAB_A_STATS_BYTES64,
	NLAB_A_STATS_PACKETS66,
	NLAB_A_STATS_BYTES66,
	NLAB_A_STATS_HAIRPIN,
	NLAB_A_STATS_ICMP_TRANSLATED,
	NLAB_A_STATS_FRAGMENTED,
	NLAB_A_STATS_SEGMENTED,
	NLAB_A_STATS_ICMP4_SENT,
	NLAB_A_STATS_ICMP6_SENT,
	NLAB_A_STATS_DROP_TTL,
	NLAB_A_STATS_DROP_TOO_BIG,
	NLAB_A_STATS_DROP_MALFORMED,
	NLAB_A_STATS_DROP_SOURCE_ROUTE,
	NLAB_A_STATS_DROP_ROUTING_HEADER,
	NLAB_A_STATS_DROP_EXT_HEADER,
	NLAB_A_STATS_DROP_ILLEGAL_SOURCE,
	NLAB_A_STATS_DROP_SPOOFED_SOURCE,
	NLAB_A_STATS_DROP_NON_GLOBAL,
	NLAB_A_STATS_DROP_ICMP_TYPE,
	NLAB_A_STATS_DROP_ICMP_CHECKSUM,
	NLAB_A_STATS_DROP_ICMP_FRAGMENT,
	NLAB_A_STATS_DROP_ICMP_INNER,
	NLAB_A_STATS_DROP_UDP_ZERO_CHECKSUM,
	NLAB_A_STATS_DROP_NO_ROUTE,
	NLAB_A_STATS_DROP_NO_FORWARDING,
	NLAB_A_STATS_DROP_UNMAPPABLE,
	NLAB_A_STATS_DROP_GSO,
	NLAB_A_STATS_DROP_MEMORY,

	__NLAB_A_STATS_MAX,
	NLAB_A_STATS_MAX = (__NLAB_A_STATS_MAX - 1)
};

enum {
	NLAB_CMD_XLAT_GET = 1,
	NLAB_CMD_XLAT_SET,
	NLAB_CMD_XLAT_NTF,
	NLAB_CMD_MAP_GET,
	NLAB_CMD_MAP_ADD,
	NLAB_CMD_MAP_ADD_NTF,
	NLAB_CMD_MAP_DEL,
	NLAB_CMD_MAP_DEL_NTF,
	NLAB_CMD_MAP_FLUSH,
	NLAB_CMD_MAP_TEST,
	NLAB_CMD_LOAD_BEGIN,
	NLAB_CMD_LOAD_ADD,
	NLAB_CMD_LOAD_COMMIT,
	NLAB_CMD_LOAD_ABORT,
	NLAB_CMD_MAPS_NTF,
	NLAB_CMD_STATS_GET,

	__NLAB_CMD_MAX,
	NLAB_CMD_MAX = (__NLAB_CMD_MAX - 1)
};

#define NLAB_MCGRP_EVENTS	"events"

#endif /* _UAPI_LINUX_NLAB_H */
