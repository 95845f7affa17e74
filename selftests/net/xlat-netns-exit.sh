#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Namespaces of translators go under traffic, with maps, settings and a load
# that was begun, four times or NLAB_ROUNDS; the module forgets all of them.
#
#	client ---- xlat ---- server	(siit_network in lib.sh), many times
# shellcheck source=../lib.sh
. "$(dirname "$0")/../lib.sh"
need ping
start_test
rounds=${NLAB_ROUNDS:-4}

# Its link goes when the namespace has really gone.
gone() { ! ip -n "$client" link show c0 >/dev/null 2>&1; }

once() {
	local traffic=() i

	siit_network
	reachable || return 1
	# Not by on(), whose shell would be killed instead of the program.
	"$work/in-netns" "$client" -- "$built/udp-seq" send "$server4" 9 \
		1000000 100 1000 >/dev/null 2>&1 &
	traffic+=($!)
	"$work/in-netns" "$server" -- "$built/udp-seq" send "$client6" 9 \
		1000000 100 1000 >/dev/null 2>&1 &
	traffic+=($!)
	for i in {30..60}; do
		echo "203.0.113.$i 2001:db8:1::$i"
	done >"$work/maps"
	nlabctl -q -n "$xlat" load-maps "$work/maps"
	"$work/in-netns" "$xlat" -- nlabctl monitor >/dev/null 2>&1 &
	traffic+=($!)
	ip netns del "$xlat"
	# What runs in it holds it.
	kill "${traffic[-1]}"
	wait_for 60 gone || return 1
	kill "${traffic[@]}" 2>/dev/null
	wait "${traffic[@]}" 2>/dev/null
	ip netns del "$client"
	ip netns del "$server"
}

for ((i = 1; i <= rounds; i++)); do
	check "translator's namespace goes under traffic, round $i" once
	# They are gone; the list would be walked at the end.
	node_list=()
	((i != rounds / 10 + 1)) || memory_begin
done
check "the kernel's memory has not grown" memory_end
siit_network
check "another one works" reachable
ktap_end
