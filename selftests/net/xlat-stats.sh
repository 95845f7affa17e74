#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Counters for monitoring: OpenMetrics text is well-formed, says what JSON
# says, and replaces a file at once; the older format says the same. Counters
# and last use of maps.
#
#	client --- xlat --- server	(siit_network)
# shellcheck source=../lib.sh
. "$(dirname "$0")/../lib.sh"
need /usr/bin/python3 ping
start_test
siit_network
ctl() { nlabctl -n "$xlat" "$@"; }
# Debian's, as prometheus_client is.
openmetrics() { /usr/bin/python3 "$selftests/net/openmetrics.py" "$@"; }

ctl add-map 203.0.113.99 2001:db8:1::99
check "ping" reachable
# Three packets whose TTL ends here: one reason of a drop that is not zero.
on "$client" ping -q -c 3 -i 0.2 -W 0.2 -t 1 "$server4" >/dev/null
ctl -j show-stats >"$work/json"
ctl -m show-stats >"$work/text"
ctl -m -s show-stats >"$work/maps"

check "text is well-formed" openmetrics "$work/text" check
check "with maps too" openmetrics "$work/maps" check
if /usr/bin/python3 -c 'import prometheus_client' 2>/dev/null; then
	check "the reader of prometheus_client agrees" \
		openmetrics "$work/maps" other
else
	skip "the reader of prometheus_client agrees" "it is not installed"
fi

# Every counter of JSON is there, and nothing else but the number of maps and
# what tells which they are.
check "as many samples as counters" equal "$(($(gojq length "$work/json") + 2))" \
	grep -vc '^#' "$work/text"
check "and their sum is the same" equal \
	"$(gojq 'add + 3' "$work/json")" \
	awk '!/^#/ { sum += $NF } END { print sum }' "$work/text"

value() { openmetrics "$work/maps" value "$1"; }
label="namespace=\"$xlat\""
check "direction" equal "$(gojq .packets46 "$work/json")" \
	value "nlab_xlat_packets_total{$label,direction=\"4to6\"}"
check "reason" equal 3 \
	value "nlab_xlat_dropped_packets_total{$label,reason=\"ttl\"}"
check "number of maps" equal 2 value "nlab_xlat_maps{$label}"
digest=$(ctl -j show-xlat | gojq -r '."maps-digest"')
check "which they are" equal 1 value \
	"nlab_xlat_table_info{$label,version=\"none\",digest=\"$digest\"}"

# The older format: the same samples, but for how long ago something was.
ctl -P -s show-stats >"$work/older"
samples() { grep -v -e '^#' -e last_use "$1"; }
check "the older format has the same samples" \
	equal "$(samples "$work/maps")" samples "$work/older"
check "without unit and end" fails grep -E '^# (UNIT|EOF)' "$work/older"
typed() {
	awk '/^# TYPE/ { type[$3] = $4 } /^# HELP/ { help[$3] = 1 }
		!/^#/ { name = $1; sub(/[{].*/, "", name)
			if (!(name in type) || !(name in help)) { print; bad = 1 } }
		END { exit bad }' "$work/older"
}
check "each of them has type and help by its own name" typed
promtool_says() { promtool check metrics <"$work/older" 2>&1; }
check_with promtool "promtool has nothing to say" equal '' promtool_says

ctl -j -s show-maps "$server4" >"$work/map"
labels="$label,outside=\"$server4\",inside=\"$server6\""
check "map: packets in" equal "$(gojq '.[0]["in-packets"]' "$work/map")" \
	value "nlab_xlat_map_packets_total{$labels,direction=\"in\"}"
check "map: bytes out" equal "$(gojq '.[0]["out-bytes"]' "$work/map")" \
	value "nlab_xlat_map_bytes_total{$labels,direction=\"out\"}"
recent() {
	local used now

	used=$(value "nlab_xlat_map_last_use_timestamp_seconds{$labels}") ||
		return
	now=$(date +%s)
	((${used%.*} <= now && ${used%.*} > now - 300)) ||
		{ echo "used $used, now $now"; return 1; }
}
check "map: time of last use" recent
check "a map that was never used has no series" \
	equal 1 openmetrics "$work/maps" count \
	nlab_xlat_map_last_use_timestamp_seconds
check "no map without -s" fails grep xlat_map_ "$work/text"

replaced() {
	(umask 022 && ctl -m -o "$work/nlab.prom" show-stats) &&
		openmetrics "$work/nlab.prom" check &&
		equal 644 stat -c %a "$work/nlab.prom" &&
		equal nlab.prom basename -a "$work"/nlab.prom*
}
echo old >"$work/nlab.prom"
check "a file is replaced, with nothing left beside it" replaced
check "a file that can't be written" refused 2 "can't write '/proc/x'" \
	ctl -m -o /proc/x show-stats
check "a device is not replaced by a file" refused 1 "no regular file" \
	ctl -m -o /dev/null show-stats
ktap_end
