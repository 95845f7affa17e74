#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# A delivery trace takes the place of the rate; slots deliver in bursts.
#
#	client c0 ---- s0 server	(link_pair in lib.sh)
# shellcheck source=../lib.sh
. "$(dirname "$0")/../lib.sh"
need ping
start_test
link_pair

# trace NUMBER...: of the direction from the client.
trace() { set_link dir out trace - <<<"$*"; }

shows() { nlabctl -n "$client" -j show-links c0 | gojq -e ".[0] | $1"; }
drained() { [[ $(link_count queue-packets) = 0 ]]; }

visible() {
	fresh && trace 1 2 10 && shows '.dir.trace == {count: 3, rate: 3600000}
		and ."peer-dir".trace == null' &&
		nlabctl -n "$client" show-links | grep 'trace of 3 opportunities' &&
		set_link trace none && shows '.dir.trace == null'
}

# One opportunity an hour, whatever the rate: all wait, and nothing is lost.
waits() {
	local packets

	fresh && set_link dir out rate 1gbit && packets=$(link_count packets) &&
		trace 3600000 && [[ $(pings 3) = 0 ]] || return 1
	equal 3 link_count queue-packets && equal "$packets" link_count packets &&
		set_link trace none && wait_for 60 drained &&
		equal "$((packets + 3))" link_count packets
}

instead_of_rate() { fresh && set_link dir out rate 1bit && trace 1 && pass; }

# 1500 bytes each 20 ms: 20 packets of 1042 bytes take 13 opportunities and a
# part of one. They wait at first, so that all of them count.
not_faster() {
	local begin took

	fresh && trace 3600000 || return 1
	on "$client" ping -q -c 20 -l 20 -S 200000 -W 1 -s 1000 198.51.100.2
	equal 20 link_count queue-packets || return 1
	begin=${EPOCHREALTIME/./}
	trace 20 && wait_for 60 drained || return 1
	took=$((${EPOCHREALTIME/./} - begin))
	echo "$took us"
	# what leaves may be ahead by one
	((took > 12 * 20000))
}

landed() { drained && [[ $(link_count flying) = 0 ]]; }

# 20 packets at once, 5 in a slot: four slots.
slots() {
	local begin took

	fresh && trace 3600000 &&
		set_link dir out slot-delay 40ms slot-packets 5 || return 1
	on "$client" ping -q -c 20 -l 20 -S 200000 -W 1 198.51.100.2
	equal 20 link_count queue-packets || return 1
	begin=${EPOCHREALTIME/./}
	set_link trace none && wait_for 60 landed || return 1
	took=$((${EPOCHREALTIME/./} - begin))
	echo "$took us"
	((took >= 160000)) && set_link slot-packets none && wait_for 60 pass
}

# Slots far ahead are not waited for when what was to fill them is gone.
cut() {
	fresh && trace 3600000 &&
		set_link dir out slot-delay 500ms slot-packets 1 || return 1
	on "$client" ping -q -c 40 -l 40 -S 200000 -W 1 198.51.100.2
	set_link trace none && wait_for 60 drained || return 1
	ip -n "$client" link set c0 down && ip -n "$client" link set c0 up &&
		on "$client" ping -c 1 -W 8 198.51.100.2
}

# TCP, whose trains have to be taken apart.
trains() {
	fresh && trace 1 1 1 1 1 1 1 1 || return 1
	start_server "$server" tcp 5201 iperf3 -s -1
	on "$client" iperf3 -c 198.51.100.2 -n 300K
}

under_load() {
	local i

	start "$client" ping -q -f -l 20 198.51.100.2
	for i in {1..10}; do
		trace 1 1 "$i" && set_link loss 0 trace none || return 1
	done
	trace 3600000 && ip -n "$client" link set c0 down &&
		ip -n "$client" link set c0 up && set_link trace none &&
		wait_for 60 pass
}

# bad TEXT STATUS NUMBER...: refused, and what was there stays.
bad() {
	fresh && trace 7 && refused "$2" "$1" trace "${@:3}" &&
		shows '.dir.trace.count == 1'
}

# Through a file, since there are many.
most() {
	seq 1048576 >"$work/trace"
	fresh && set_link trace "$work/trace" &&
		shows '[.dir, ."peer-dir"] | all(.trace.count == 1048576)' &&
		echo 1048577 >>"$work/trace" &&
		refused 1 "trace:1048577: more than 1048576 numbers" \
			set_link trace "$work/trace"
}

check "packets pass" pass
check "show-links" visible
check "packets wait for their opportunity" waits
check "in place of the rate" instead_of_rate
check "not faster" not_faster
check "slots" slots
check "slots after a cut" cut
check_with iperf3 "trains" trains
check "traces come and go under load" under_load
check "a time before" bad "stdin:1: '1' is below" 1 2 1
check "a negative time" bad "stdin:1: bad number '-1'" 1 -1
check "no time" bad "last time must not be 0" 2 0 0
check "nothing" bad "no number" 1 "# nothing"
check "as many as there may be" most
fresh
check "packets pass at last" wait_for 60 pass
ktap_end
