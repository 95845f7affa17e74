#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Namespaces of translators go under traffic, with maps, settings and a load
# that was begun; the module forgets all of them.
#
#	client ---- xlat ---- server	(siit_network in lib.sh), many times
# shellcheck source=../lib.sh
. "$(dirname "$0")/../lib.sh"
need ping
start_test

# Its link goes when the namespace has really gone.
gone() { ! ip -n "$client" link show c0 >/dev/null 2>&1; }

once() {
	local floods=() i

	siit_network
	reachable || return 1
	# Not by on(), whose shell would be killed instead of the program.
	for i in 1 2; do
		nsenter --net="/run/netns/$client" \
			ping -q -f "$server4" >/dev/null 2>&1 &
		floods+=($!)
		nsenter --net="/run/netns/$server" \
			ping -q -f "$client6" >/dev/null 2>&1 &
		floods+=($!)
	done
	for i in {30..60}; do
		echo "203.0.113.$i 2001:db8:1::$i"
	done >"$work/maps"
	nlabctl -q -n "$xlat" load-maps "$work/maps"
	nsenter --net="/run/netns/$xlat" nlabctl monitor >/dev/null 2>&1 &
	floods+=($!)
	ip netns del "$xlat"
	# What runs in it holds it.
	kill "${floods[-1]}"
	wait_for 20 gone || return 1
	kill "${floods[@]}" 2>/dev/null
	wait "${floods[@]}" 2>/dev/null
	ip netns del "$client"
	ip netns del "$server"
}

for i in {1..4}; do
	check "translator's namespace goes under traffic, round $i" once
done
siit_network
check "another one works" reachable
ktap_end
