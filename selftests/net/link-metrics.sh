#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# What links count, as OpenMetrics text: well-formed, and the numbers are those
# of JSON.
#
#	client c0 ---- s0 server	(link_pair in lib.sh)
# shellcheck source=../lib.sh
. "$(dirname "$0")/../lib.sh"
need ping /usr/bin/python3
start_test
link_pair

openmetrics() { /usr/bin/python3 "$selftests/net/openmetrics.py" "$@"; }

prepare() {
	set_link dir out delay 1ms loss-pattern 01 seed 1 &&
		nlabctl add-link x0 'x1' owner 'a "b"\' &&
		equal 5 pings 10 || return 1
	nlabctl -m show-links >"$work/text" && nlabctl -s -m show-links >"$work/all"
}

labels="device=\"c0\",netns=\"$client\",peer=\"s0\",peer_netns=\"$server\""
value() { openmetrics "$work/all" value "$1{$labels${2-}}"; }

numbers() {
	local json

	json=$(nlabctl -s -j show-links | gojq '.[0].dir.stats')
	equal "$(gojq .packets <<<"$json")" value nlab_link_packets_total &&
		equal "$(gojq .bytes <<<"$json")" value nlab_link_bytes_total &&
		equal 5 value nlab_link_lost_packets_total &&
		equal 0 value nlab_link_dropped_packets_total ',reason="queue"' &&
		equal "$(gojq '[.late[]] | add' <<<"$json")" \
			value nlab_link_late_seconds_bucket ',le="+Inf"'
}

# Two directions of two links, and their buckets.
counts() {
	equal 4 openmetrics "$work/text" count nlab_link_packets &&
		equal 16 openmetrics "$work/text" count nlab_link_dropped_packets &&
		equal 0 openmetrics "$work/text" count nlab_link_late_seconds &&
		equal 128 openmetrics "$work/all" count nlab_link_late_seconds
}

file() {
	nlabctl -m -o "$work/links.prom" show-links c0 2>/dev/null && return 1
	nlabctl -n "$client" -m -o "$work/links.prom" show-links c0 &&
		openmetrics "$work/links.prom" check &&
		equal 2 openmetrics "$work/links.prom" count nlab_link_packets
}

check "links with counters" prepare
check "text is well-formed" openmetrics "$work/text" check
check "with histograms too" openmetrics "$work/all" check
if /usr/bin/python3 -c 'import prometheus_client' 2>/dev/null; then
	check "another reader agrees" openmetrics "$work/all" other
else
	skip "another reader agrees" "no python3-prometheus-client"
fi
check "numbers are those of JSON" numbers
check "families and samples" counts
check "file" file
check "none without a reader of it" refused 1 "show-stats and show-links" \
	nlabctl -m show-maps
ktap_end
