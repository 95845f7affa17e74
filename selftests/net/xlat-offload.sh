#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# TCP and UDP streams in both directions with segmentation and receive
# offloads on and off, as packets of every shape.
#
#	client ---- xlat ---- server	(siit_network in lib.sh)
# shellcheck source=../lib.sh
. "$(dirname "$0")/../lib.sh"
need iperf3 ethtool
start_test
siit_network
start_server "$server" tcp 5201 iperf3 -s -p 5201

# offloads FEATURE ON...: on all four devices.
offloads() {
	on "$client" ethtool -K c0 "$@" && on "$xlat" ethtool -K x4 "$@" &&
		on "$xlat" ethtool -K x6 "$@" && on "$server" ethtool -K s0 "$@"
}

# stream ARGUMENT...: data arrives; a slow receiver may lose some datagrams.
stream() {
	# The server may still be busy with the test before.
	wait_for 60 run_stream "$@" || { gojq -r .error "$work/iperf"; return 1; }
	# Of UDP, as much as the sockets of a slow machine hold; the sums of
	# bytes that iperf3 gives for it are now and then those of one side.
	gojq -e '.end | if .sum.packets
		then .sum.packets - .sum.lost_packets > 80
		else .sum_received.bytes > 100000 end' "$work/iperf" ||
		{ gojq -c .end "$work/iperf"; return 1; }
}

run_stream() { on "$client" iperf3 -J -c "$server4" -n 4M "$@" >"$work/iperf"; }

streams() {
	check "$1: TCP to the server" stream
	check "$1: TCP to the client" stream -R
	check "$1: UDP to the server" stream -u -b 20M -n 400K
	check "$1: UDP to the client" stream -u -b 20M -n 400K -R
}

check "client reaches server" reachable
streams "all as it is"
check "offloads can be turned off" offloads tso off gso off gro off \
	tx-checksumming off
streams "no offload"
check "software segmentation, no checksum offload" offloads gso on gro on
streams "gso, gro"
check "all offloads on" offloads tso on tx-checksumming on gso on gro on
on "$xlat" ethtool -K x4 rx-gro-list on rx-udp-gro-forwarding on
on "$xlat" ethtool -K x6 rx-gro-list on rx-udp-gro-forwarding on
streams "tso, gro-list, udp-gro-forwarding"
ktap_end
