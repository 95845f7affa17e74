#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# A listener that does not read: changes go on, nothing waits for it, and it is
# told that it has missed something. NLAB_EVENTS is the number of changes. The
# listener may not have a large buffer, so that few changes do.
#
#	xlat (alone)
# shellcheck source=../lib.sh
. "$(dirname "$0")/../lib.sh"
need setpriv
start_test
nodes xlat
events=${NLAB_EVENTS:-800}

largest=/proc/sys/net/core/rmem_max
was=$(<$largest)
echo 212992 >$largest || skip_all "can't limit receive buffers"
start "$xlat" setpriv --bounding-set -net_admin nlabctl -j monitor
monitor=$started
log=$work/$monitor.log
check "the monitor is ready" wait_for 60 grep -q ready "$log"
echo "$was" >$largest
stopped() { grep -q '^State:.T' "/proc/$monitor/status"; }
kill -STOP "$monitor"
check "it is stopped" wait_for 60 stopped

changes() {
	local i

	for ((i = 0; i < events / 2; i++)); do
		echo "add-map 203.0.113.10 2001:db8:1::2"
		echo "del-map 203.0.113.10"
	done | nlabctl -n "$xlat" -b - >/dev/null
}
check "$events changes while it does not read" changes
generation() { nlabctl -n "$xlat" -j show-xlat | gojq .generation; }
check "all were made" equal "$events" generation
kill -CONT "$monitor"
check "the monitor says that events are lost" \
	wait_for 60 grep -q '"lost"' "$log"
# It says so at once, with its buffer still full: the next changes are lost, too.
goes_on() {
	grep -q '203.0.113.77' "$log" && return
	printf '%s\n' 'add-map 203.0.113.77 2001:db8:1::77' \
		'del-map 203.0.113.77' | nlabctl -q -n "$xlat" -b -
	return 1
}
check "and goes on" wait_for 60 goes_on
check "fewer came than there were" test "$(wc -l <"$log")" -lt "$events"
ktap_end
