#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Echo messages in both directions, small and as large as a link takes.
#
#	client ---- xlat ---- server	(siit_network in lib.sh)
# shellcheck source=../lib.sh
. "$(dirname "$0")/../lib.sh"
need ping
start_test
siit_network

# ping_all NODE ADDRESS ARGUMENT...: every one of five is answered.
ping_all() {
	local out

	out=$(on "$1" ping -c 5 -i 0.01 -W "$patience" "${@:3}" "$2") || {
		echo "$out"
		return 1
	}
	echo "$out"
	[[ $out = *" 0% packet loss"* && $out != *DUP* && $out != *"wrong data"* ]]
}

# Each of these is one packet of the size each way.
sizes() {
	local size

	for size in 0 8 56 1000 1400 1452; do
		ping_all "$1" "$2" -s "$size" -M want || return 1
	done
}

ttl_in() { on "$1" ping -c 1 -W "$patience" "$2" | grep "ttl=$3 "; }

check "client reaches server" reachable
check "client, 0 to 1452 bytes" sizes "$client" "$server4"
check "server, 0 to 1452 bytes" sizes "$server" "$client6"
check "client, 1400 bytes without DF arrive in fragments" counts fragmented \
	ping_all "$client" "$server4" -s 1400 -M dont
check "the translator is one hop, seen by the client" ttl_in "$client" "$server4" 63
check "the translator is one hop, seen by the server" ttl_in "$server" "$client6" 63
check "packets to IPv6 are counted" counts packets46 reachable
check "packets to IPv4 are counted" counts packets64 reachable
check "an address that nothing covers is not answered" \
	fails on "$client" ping -c 1 -W 0.5 203.0.113.99
ktap_end
