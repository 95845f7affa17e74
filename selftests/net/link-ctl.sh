#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# nlabctl and links: parameters read as they were set, all or nothing, owners,
# events, and what is refused.
# shellcheck source=../lib.sh
. "$(dirname "$0")/../lib.sh"
# shellcheck source=../link.sh
. "$selftests/link.sh"
start_test
nodes client server

n() { nlabctl -n "$client" "$@"; }
is() { n -j show-links | gojq -e "$1"; }

from_server() {
	nlabctl -n "$server" -j show-links s0 | gojq -e '.[0] | .name == "s0" and
		[.dir.loss > 0, ."peer-dir".loss > 0] == [true, false]'
}
from_here() { nlabctl show-links | grep "^c0@$client s0@$server owner test\$"; }
counters() {
	n -s -j show-links c0 | gojq -e '.[0].dir.stats |
		.packets == 0 and (.late | length) == 32'
}

all_values() {
	local shown i

	n set-link c0 dir out "${link_values[@]}" || return 1
	shown=" $(n show-links c0 | grep -e '->') "
	for ((i = 0; i < ${#link_values[@]}; i += 2)); do
		[[ $shown = *" ${link_values[i]} ${link_values[i + 1]} "* ]] && continue
		echo "no ${link_values[i]} ${link_values[i + 1]} in: $shown"
		return 1
	done
	# what the tool shows, it reads
	# shellcheck disable=SC2086 # words
	n set-link c0 ${shown#*->} && [[ " $(n show-links c0 |
		grep -e '->') " = "$shown" ]]
}

# Of a table; the direction from the server has none.
table() {
	seq -100 100 >"$work/x.dist" && echo 99999 >"$work/bad.dist"
	n set-link c0 dir out jitter 1ms distribution "$work/x.dist" \
		slot-distribution table || return 1
	is '.[0] | .dir.distribution == "table" and
		.dir."slot-distribution" == "table"' &&
		refused 2 "has no table" n set-link c0 distribution table &&
		refused 1 "bad.dist:1: bad number '99999'" n set-link c0 \
			dir in distribution "$work/bad.dist" &&
		n add-link x0 x1 distribution "$work/x.dist" &&
		n del-link x0 &&
		n set-link c0 distribution "$work/x.dist" schedule - \
			<<<'0 distribution table' &&
		n set-link c0 schedule none distribution uniform \
			slot-distribution uniform
}

# None is made if one can't be.
all_or_none() {
	local after

	printf '%s\n' "set-link c0 delay 1ms" "set-link nothing delay 1ms" |
		n -b - && return 1
	n set-link c0 rate 5mbit delay 61m 2>/dev/null && return 1
	after=$(n -j show-links c0 | gojq '.[0].dir.rate')
	[[ $after = 12500000 ]]
}

owners() {
	n add-link x0 x1 owner lab1 && n add-link x2 x3 owner lab1 &&
		n add-link x4 x5 owner lab2 &&
		equal 2 gojq length <(n -j show-links owner lab1) &&
		equal "removed 2" n del-link owner lab1 &&
		equal "removed 0" n del-link owner lab1 &&
		n show-links x4 && n del-link x5 && fails n show-links x4
}

listens() { [[ $(gojq -r .event "$work/$monitor.log" | tr '\n' ' ') = "$1" ]]; }

many() {
	local i

	for ((i = 0; i < 100; i++)); do
		echo "add-link l$i r$i owner many delay 1ms"
	done >"$work/many"
	n -b "$work/many" && equal "removed 100" n del-link owner many
}

check "add-link" nlabctl add-link "c0@$client" "s0@$server" delay 10ms \
	dir in loss 1% owner test
check "seen from its first end" is '.[0] | .name == "c0" and
	."peer-name" == "s0" and .owner == "test" and .dir.delay == 10000000
	and .dir.loss == 0 and ."peer-dir".delay == 10000000
	and ."peer-dir".loss > 0.0099 and ."peer-dir".loss < 0.0101'
check "seen from its second end" from_server
check "seen from where it was made" from_here
check "all parameters" all_values
check "a table" table
check "all or nothing" all_or_none
start "$client" nlabctl -j monitor
monitor=$started
wait_for 60 listens "ready "
check "a change" n set-link c0 dir in rate 1mbit
check "is an event" wait_for 60 listens "ready link "
check "counters and histogram" counters
check "owners" owners
check "a hundred links" many
check "no such device" refused 2 "no such device (link name)" n set-link q0 delay 1ms
check "no link" refused 2 "no emulated link" n set-link lo delay 1ms
check "a name twice" refused 2 "a device of this name exists" n add-link c0 c1
check "the same name twice" refused 2 "a device of this name exists" n add-link y0 y0
check "and nothing is left of it" fails n show-links y0
check "no device name" refused 2 "not a device name" n add-link a/b y1
check "a long name" refused 1 "1 to 15 characters" n add-link abcdefghijklmnop y1
check "no such namespace" refused 1 "can't open network namespace" \
	n add-link y0@nowhere y1
check "unit" refused 1 "ns, us, ms or s" n set-link c0 delay 10
check "parameter" refused 1 "did you mean 'jitter'" n set-link c0 jiter 1ms
check "value missing" refused 1 "'loss' has no value" n set-link c0 delay 1ms loss
check "twice" refused 1 "given twice" n set-link c0 delay 1ms delay 2ms
check "without privilege" refused 3 CAP_NET_ADMIN on "$client" setpriv \
	--reuid 65534 --clear-groups "$(command -v nlabctl)" set-link c0 delay 1ms
check "reading needs none" on "$client" setpriv --reuid 65534 --clear-groups \
	"$(command -v nlabctl)" show-links
if unshare -Urn true 2>/dev/null; then
	check "into a namespace of others" refused 3 "no CAP_NET_ADMIN" \
		unshare -Urn nlabctl add-link y1 "y0@$client"
else
	skip "into a namespace of others" "no user namespaces"
fi
check "del-link" n del-link c0
check "and it is gone on both sides" fails ip -n "$server" link show s0
ktap_end
