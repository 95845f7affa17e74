#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# What happens to packets on a link by chance. Counts are exact where the seed
# decides: it gives the same fate to the same packet.
#
#	client c0 ---- s0 server	(link_pair in lib.sh)
# shellcheck source=../lib.sh
. "$(dirname "$0")/../lib.sh"
need ping iperf3
start_test
link_pair

# fates COUNT SEED: numbers of the requests that are answered. The first packet
# behind a seed has the number 0, so they are the same each time.
fates() {
	set_link dir out seed "$2" || return 1
	on "$client" ping -c "$1" -i 0.002 -W 1 198.51.100.2 |
		sed -n 's/.*icmp_seq=\([0-9]*\).*/\1/p'
}

# Loss of requests only.
loses() {
	local before one answered

	fresh && set_link dir out loss 30% || return 1
	before=$(link_count lost)
	one=$(fates 100 42)
	answered=$(wc -l <<<"$one")
	echo "$answered of 100 answered, $(($(link_count lost) - before)) lost"
	(($(link_count lost) - before == 100 - answered)) &&
		((answered > 50 && answered < 90)) &&
		equal "$one" fates 100 42
}

another_seed() {
	fresh && set_link dir out loss 50% || return 1
	[[ $(fates 60 1) != "$(fates 60 2)" ]]
}

bursts() {
	local before

	fresh && before=$(link_count lost)
	set_link dir out ge-enter 100% ge-leave 100% seed 3 || return 1
	# good and bad in turn, all lost in the bad state
	equal 50 pings 100 && (($(link_count lost) == before + 50))
}

duplicates() {
	fresh && set_link dir out duplicate 100% && equal 10 pings 10 &&
		# it ends with the first answer to the last
		grep -E '\+(9|10) duplicates' "$work/ping"
}

# Every packet has one wrong bit: checksums find nearly all of them.
corrupts() {
	local before answered

	fresh && before=$(link_count corrupted)
	set_link dir out corrupt 100% seed 5 && answered=$(pings 50 -s 1000)
	echo "$answered of 50 answered"
	((answered < 5 && $(link_count corrupted) == before + 50))
}

# One in three passes those that take 50 ms; nothing is lost.
reorders() {
	fresh && set_link dir out delay 50ms reorder 30% seed 6 &&
		equal 100 pings 100 &&
		(($(link_count reordered) > 10))
}

# Trains of TCP lose single packets.
train_loss() {
	local packets lost

	fresh && packets=$(link_count packets) lost=$(link_count lost)
	set_link dir out loss 1% seed 8 || return 1
	start_server "$server" tcp 5201 iperf3 -s -1
	on "$client" iperf3 -c 198.51.100.2 -n 10M >/dev/null
	set_link dir out loss 0
	packets=$(($(link_count packets) - packets)) lost=$(($(link_count lost) - lost))
	echo "$lost of $packets lost, $(link_count segmented) trains taken apart"
	# 10 MB are 7240 packets, the last of which may still be under way; more
	# than 4 sigma of 1 % of them
	((packets > 5000 && lost * 1000 > packets * 5 && lost * 1000 < packets * 15))
}

check "packets pass" pass
check "loss, and the same again by the same seed" loses
check "another seed" another_seed
check "Gilbert-Elliott" bursts
check "duplicates" duplicates
check "corruption" corrupts
check "reordering" reorders
check "loss is of packets, not of trains" train_loss
fresh
check "packets pass at last" pass
ktap_end
