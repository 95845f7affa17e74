#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Datagrams that a program sends many at a time (UDP_SEGMENT) arrive whole, in
# order to either side, with and without UDP_GRO there.
#
#	client ---- xlat ---- server	(siit_network in lib.sh)
# shellcheck source=../lib.sh
. "$(dirname "$0")/../lib.sh"
need ethtool
start_test
siit_network

# datagrams FROM TO ADDRESS SIZE RECEIVER-OPTION SENDER-OPTIONS: 200 arrive.
datagrams() {
	local receiver

	# shellcheck disable=SC2086 # option or nothing
	on "$2" "$built/udp-seq" ${5-} recv 7000 200 "$4" 20 &
	receiver=$!
	wait_for 60 listens "$2" udp 7000 || return 1
	on "$1" "$built/udp-seq" "${6--g}" send "$3" 7000 200 "$4" 5000
	wait "$receiver"
}

# Sizes where the larger IPv6 header still fits the link.
all_sizes() {
	local size

	for size in 4 1201 1452; do
		datagrams "$@" "$size" || return 1
		datagrams "$@" "$size" -g || return 1
	done
}

both() {
	check "$1: client to server" all_sizes "$client" "$server" "$server4"
	check "$1: server to client" all_sizes "$server" "$client" "$client6"
	if on "$server" "$built/udp-seq" -gx send "$client6" 9 2 1201 0; then
		check "$1: behind an extension header" \
			datagrams "$server" "$client" "$client6" 1201 -g -gx
	else
		skip "$1: behind an extension header" "this kernel has no such trains"
	fi 2>/dev/null
}

check "client reaches server" reachable
both "offloads on"
on "$client" ethtool -K c0 tx-udp-segmentation off >/dev/null
on "$server" ethtool -K s0 tx-udp-segmentation off >/dev/null
both "segmented by the sender"
on "$client" ethtool -K c0 tx-udp-segmentation on >/dev/null
on "$server" ethtool -K s0 tx-udp-segmentation on >/dev/null
on "$xlat" ethtool -K x4 tx-checksumming off >/dev/null
on "$xlat" ethtool -K x6 tx-checksumming off >/dev/null
both "segmented behind the translator"

# A train so long that it is taken apart here; no part of it fits IPv4.
mtu() {
	ip -n "$server" link set s0 mtu "$1" &&
		ip -n "$xlat" link set x6 mtu "$1"
}
mtu 3000
check "a train is segmented, and its sender told of the MTU" \
	counts icmp6-sent on "$server" \
	"$built/udp-seq" -g send "$client6" 7000 26 2518 0
mtu 1500
check "datagrams that only fit IPv4 are answered or cut" \
	datagrams "$client" "$server" "$server4" 1472
ktap_end
