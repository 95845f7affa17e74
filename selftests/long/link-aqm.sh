#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# CoDel and RED in the queue of a link: they drop, or mark what can be marked,
# and leave a short queue alone. All of it by the wire's clock: a queue is sent
# at once and takes the wire half a second; only a machine that needs longer than
# that to send it would see no queue.
#
#	client c0 ---- s0 server	(link_pair in lib.sh)
# shellcheck source=../lib.sh
. "$(dirname "$0")/../lib.sh"
need ping nstat
start_test
link_pair

marked_seen() { counted "$server" IpExtInCEPkts; }

# flood ARGUMENT...: 100 packets of 1042 bytes; prints how many answers came,
# which may be none. By itself ping has a send buffer of one or two packets, so
# no queue.
flood() {
	{ on "$client" ping -q -c 100 -l 100 -S 200000 -W 2 -s 1000 "$@" \
		198.51.100.2 || :; } |
		tee "$work/ping" | sed -n 's/.* \([0-9]*\) received.*/\1/p'
}

# drops ARGUMENT...: of the flood, counted, and none was marked.
drops() {
	local before marks answered dropped

	before=$(link_count drop-aqm) && marks=$(link_count marked) &&
		answered=$(flood "$@") || return 1
	dropped=$(($(link_count drop-aqm) - before))
	echo "$answered answered, $dropped dropped"
	((dropped > 0 && answered + dropped == 100)) &&
		equal "$marks" link_count marked
}

# marks: instead, of packets that can be marked (ECT(0)); the server sees them.
marks() {
	local drops marks seen

	drops=$(link_count drop-aqm) && marks=$(link_count marked) &&
		seen=$(marked_seen) && equal 100 flood -Q 2 || return 1
	marks=$(($(link_count marked) - marks))
	seen=$(($(marked_seen) - seen))
	echo "$marks marked, $seen seen"
	((marks > 0 && seen == marks)) && equal "$drops" link_count drop-aqm
}

# idle: nothing is dropped.
idle() {
	local drops

	drops=$(link_count drop-aqm) && equal 100 flood -Q 0 &&
		equal "$drops" link_count drop-aqm
}

slow() { fresh && set_link dir out rate 2mbit limit-packets none "$@"; }

check "packets pass" pass
slow codel-target 5ms codel-interval 20ms
check "CoDel drops" drops -Q 0
check "also what speaks ECN" drops -Q 2
set_link dir out ecn on
check "marks that instead" marks
check "and not what does not" drops -Q 0
set_link dir out rate 1gbit
check "leaves a short queue alone" idle
# The average of this queue comes to about 6000 bytes.
slow red-min 1000 red-max 50000 red-chance 100%
check "RED drops" drops -Q 0
set_link dir out ecn on
check "or marks" marks
set_link dir out red-min 0 red-max 1
check "but not above the highest" drops -Q 2
set_link dir out red-min 1000000 red-max 2000000
check "leaves a short queue alone" idle
check "an interval of 0" refused 2 "an interval of 0 (link dir)" \
	set_link codel-interval 0
check "thresholds the wrong way round" refused 2 \
	"red-max must be above red-min (link dir)" \
	set_link red-min 3000 red-max 3000
fresh
check "packets pass at last" pass
ktap_end
