#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# All maps are replaced again and again under traffic: a pair that stays loses
# no packet and keeps its counters.
#
#	client ---- xlat ---- server	(siit_network in lib.sh)
# shellcheck source=../lib.sh
. "$(dirname "$0")/../lib.sh"
start_test
siit_network
for n in 1 2; do
	{
		echo "203.0.113.10 2001:db8:1::2"
		for i in {20..90}; do
			echo "203.0.113.$i 2001:db8:1:$n::$i"
		done
	} >"$work/maps$n"
done
datagrams=4000
map_packets() { nlabctl -n "$xlat" -j -s show-maps "$server4" | gojq '.[0]."in-packets"'; }

# Loads the two files in turn while the process lives.
load_while() {
	rounds=0
	while kill -0 "$1" 2>/dev/null; do
		nlabctl -q -n "$xlat" load-maps "$work/maps$((rounds % 2 + 1))" ||
			return 1
		rounds=$((rounds + 1))
	done
	echo "$rounds replacements"
	((rounds > 3))
}

under_traffic() {
	local receiver before after

	before=$(map_packets)
	on "$server" "$built/udp-seq" recv 7000 $datagrams 100 20 >"$work/got" &
	receiver=$!
	wait_for 60 listens "$server" udp 7000 || return 1
	on "$client" "$built/udp-seq" send "$server4" 7000 $datagrams 100 1000 &
	load_while $receiver || return 1
	cat "$work/got"
	wait $receiver || return 1
	after=$(map_packets)
	echo "counter: $before before, $after after"
	((after - before >= datagrams))
}

check "client reaches server" reachable
check "no datagram is lost, none is uncounted" under_traffic
# What it has counted and when, a pair takes along; others were never used.
last_used() {
	nlabctl -n "$xlat" -j -s show-maps | gojq -e --arg used "$server4" '
		all(.[]; if .outside == $used
			then ."last-used" != null and ."last-used" < 120000
			else ."last-used" == null end)'
}
check "the pair was used just now, no other ever" last_used
check "a pair that goes away is not reached" fails \
	on "$client" ping -c 1 -W 0.5 203.0.113.99
check "client reaches server again" reachable
ktap_end
