#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Loss that was written down, loss by the chain of four states, and correlated
# jitter: exactly the packets that they say, and what is refused.
#
#	client c0 ---- s0 server	(link_pair in lib.sh)
# shellcheck source=../lib.sh
. "$(dirname "$0")/../lib.sh"
need ping iperf3
start_test
link_pair

# answered COUNT: numbers of the requests that are answered, from 1. Setting a
# seed gives the first one the packet's number 0.
answered() {
	set_link dir out seed 1 || return 1
	# none is an answer, too
	{ on "$client" ping -c "$1" -i 0.002 -W 1 198.51.100.2 || true; } |
		sed -n 's/.*icmp_seq=\([0-9]*\).*/\1/p'
}

pattern() {
	set_link dir out loss-pattern 0100 &&
		equal "$(seq 40 | awk '$1 % 4 != 2')" answered 40
}

list() {
	set_link dir out loss-pattern none loss-list 0,2-4,9 &&
		equal "$(printf '%s\n' 2 6 7 8 9 11 12)" answered 12
}

# Every second packet is a single loss.
single() {
	set_link dir out loss-list none markov-14 100% &&
		equal "$(seq 2 2 40)" answered 40
}

# From received to lost and never back.
stuck() {
	set_link dir out markov-14 0 markov-13 100% &&
		equal "" answered 5 && set_link dir out markov-31 100% &&
		equal "$(seq 2 2 20)" answered 20
}

# They add to each other.
together() {
	set_link dir out markov-14 0 markov-13 0 loss-pattern 1000 \
		loss-list 1 && equal "$(printf '%s\n' 3 4 6 7 8)" answered 8
}

shown() {
	nlabctl -n "$client" show-links c0 |
		grep -e '-> .*loss-pattern 1000 loss-list 1$' &&
		nlabctl -n "$client" -j show-links c0 | gojq -e '.[0].dir |
			."loss-pattern" == "1000" and ."loss-list" == "1" and
			."markov-23" == 0 and ."jitter-correlation" == 0'
}

correlated() {
	set_link dir out loss-list none markov-31 0 \
		delay 5ms jitter 2ms distribution normal \
		jitter-correlation 90% order free && pass
}

# A train is taken apart where the list says so.
trains() {
	local before

	set_link dir out loss-pattern none loss-list 100,200-202 seed 1 &&
		before=$(link_count lost) || return 1
	start_server "$server" tcp 5201 iperf3 -s -1
	on "$client" iperf3 -c 198.51.100.2 -n 1M >/dev/null &&
		equal $((before + 4)) link_count lost
}

longest() {
	local bits ranges

	bits=$(printf '01%.0s' {1..128})
	ranges=$(printf '%s,' {1..31..2} | sed 's/,$//')
	set_link dir out loss-pattern "$bits" loss-list "$ranges" &&
		nlabctl -n "$client" show-links c0 |
		grep -e "loss-pattern $bits loss-list $ranges" &&
		refused 1 "bad loss-pattern" set_link loss-pattern "${bits}0" &&
		refused 1 "bad loss-list" set_link loss-list "$ranges,33"
}

check "packets pass" pass
check "pattern" pattern
check "list" list
check "single losses" single
check "bursts" stuck
check "both" together
check "shown" shown
check "trains" trains
check "correlated jitter" correlated
check "the longest" longest
check "bad pattern" refused 1 "0 and 1" set_link loss-pattern 012
check "list that descends" refused 1 "bad loss-list" set_link loss-list 5,3
check "range that descends" refused 1 "bad loss-list" set_link loss-list 5-3
check "no number" refused 1 "bad loss-list" set_link loss-list 5,
check "steps above 100 %" refused 2 "above 100% together (link dir)" \
	set_link markov-13 60% markov-14 50%
ktap_end
