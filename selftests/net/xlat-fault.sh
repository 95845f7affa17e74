#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Every allocation of a command fails once, one after the other: the command
# does all or nothing, and tells. NLAB_FAULTS is how many of each command are
# tried; without, a few of each kind of command.
#
#	xlat (alone)
# shellcheck source=../lib.sh
. "$(dirname "$0")/../lib.sh"
start_test
slab=/sys/kernel/debug/failslab pages=/sys/kernel/debug/fail_page_alloc
[[ -d $slab && -d $pages && -e /proc/self/fail-nth ]] ||
	skip_all "the kernel has no fault injection"
nodes xlat
most=${NLAB_FAULTS:-10}
# The first ones are those of the socket and of the family's number.
first=10
[[ -z ${NLAB_FAULTS:-} ]] || first=1
for dir in $slab $pages; do
	echo 0 >$dir/verbose
	echo N >$dir/ignore-gfp-wait
done
echo 0 >$pages/min-order

for i in {1..300}; do
	echo "203.0.$((i / 200)).$((i % 200)) 2001:db8:5::$i"
done >"$work/maps"
cat >"$work/base" <<-END
set prefix 64:ff9b::/96
203.0.113.10 2001:db8:1::2
198.51.100.0/24 2001:db8:2::/120
2001:db8:f::1 2001:db8:a::1
END
state() { nlabctl -n "$xlat" save-maps settings; }
base() { nlabctl -q -n "$xlat" load-maps "$work/base"; }

# attempt N COMMAND...: with its N-th allocation failing.
attempt() {
	local n=$1

	shift
	NLAB_FAIL_NTH=$n NLAB_FAIL_LOG=$work/fired \
		LD_PRELOAD=$built/fail-send.so \
		nlabctl -n "$xlat" "$@" >"$work/out" 2>"$work/err"
}

# all_or_nothing COMMAND...: for each of its allocations.
all_or_nothing() {
	local before after now n status fired=0

	base || return 1
	before=$(state)
	nlabctl -q -n "$xlat" "$@" >/dev/null || return 1
	after=$(state)
	# Of ten three to five are told, and seldom none.
	for ((n = first; n < first + most || !fired; n++)); do
		base || { echo "no way back after fault $n"; return 1; }
		attempt $n "$@"
		status=$?
		now=$(state)
		if ((status)) && [[ ! -s $work/err ]]; then
			echo "fault $n: status $status, and no word"
			return 1
		elif ((status > 3)); then
			echo "fault $n: status $status: $(<"$work/err")"
			return 1
		elif ((status == 0)) && [[ $now != "$after" ]] ||
		     [[ $now != "$before" && $now != "$after" ]]; then
			echo "fault $n: status $status, half done: $now"
			return 1
		fi
		case $(<"$work/fired") in
		spared) break ;;
		fired) ((status == 0)) || fired=$((fired + 1)) ;;
		*) echo "fail-nth does not work"; return 1 ;;
		esac
	done
	echo "# $1: $((n - first)) faults, $fired of them told" >>"$work/faults"
	((fired))
}

check "a good start" base
check "add-map" all_or_nothing add-map 203.0.113.99 2001:db8:9::99
check "set-xlat of the hooks" all_or_nothing set-xlat priority -460
check "load-maps" all_or_nothing load-maps "$work/maps"

every_command() {
	check "add-map of prefixes" \
		all_or_nothing add-map 192.0.2.0/24 2001:db8:9::/120
	check "add-map of IPv6 to IPv6" \
		all_or_nothing add-map 2001:db8:f::9 2001:db8:a::9
	check "del-map" all_or_nothing del-map 203.0.113.10
	check "flush-maps" all_or_nothing flush-maps
	check "set-xlat" all_or_nothing set-xlat mode forward tos 8
	check "show-maps" all_or_nothing show-maps
	check "show-xlat" all_or_nothing show-xlat
	check "show-stats" all_or_nothing show-stats
	check "test-map" all_or_nothing test-map 203.0.113.10
}
[[ -z ${NLAB_FAULTS:-} ]] || every_command
cat "$work/faults"

# A namespace's first request makes all that it has.
fresh() {
	local n

	for ((n = first; n < first + most; n++)); do
		nodes client
		xlat=$client attempt $n add-map 203.0.113.10 2001:db8:1::2
		nlabctl -q -n "$client" load-maps "$work/base" || return 1
		[[ $(<"$work/fired") = fired ]] || return 0
	done
}
check "the first request of a namespace" fresh
ktap_end
