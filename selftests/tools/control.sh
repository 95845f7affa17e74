#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The tool with the module: every command in a namespace of its own, JSON,
# events, replacement of all maps, refusals with their reasons.
set -u -o pipefail
cd "$(dirname "$0")/../.." || exit 1
# shellcheck source=selftests/tools/tools.sh
. selftests/tools/tools.sh

module_loaded || skip_all 'the module is not loaded'
command -v gojq >/dev/null || skip_all 'no gojq'
((EUID == 0)) || skip_all 'not root'

ns=nlab-$$-$RANDOM
ip netns add "$ns" || skip_all 'no network namespaces'

cleanup() {
	ip netns del "$ns" 2>/dev/null
	rm -rf "$work"
}
trap cleanup EXIT

n() { "$nlabctl" -n "$ns" "$@"; }

# wait_for COMMAND...: until it succeeds, at most ten seconds.
wait_for() {
	local end=$((SECONDS + 10))

	until "$@"; do
		((SECONDS < end)) || { echo "timed out: $*"; return 1; }
		sleep 0.05
	done
}

# prints TEXT ARGUMENT...: exactly this text.
prints() {
	local got

	got=$(n "${@:2}") || return
	[[ $got == "$1" ]] || { echo "printed: $got"; return 1; }
}

# is FILTER ARGUMENT...: true for what the command prints as JSON.
is() {
	local got

	got=$(n -j "${@:2}") || return
	gojq -e "$1" >/dev/null <<<"$got" || { echo "printed: $got"; return 1; }
}

refused() {
	fails 2 "$1" "$nlabctl" -n "$ns" "${@:2}"
}

defaults() {
	is '. == {
		"prefix": null, "mode": "auto", "lowest-ipv6-mtu": 1280,
		"udp-zero-checksum": "drop", "error-pool4": null,
		"error-pool4-select": "hops", "error-pool6": null,
		"hairpin": "intrinsic", "tos": "copy", "priority": -450,
		"local": true, "icmp-errors": true, "wkp-strict": true,
		"prefer-native": true, "error-source": false, "maps": 0,
		"generation": 0, "maps-version": null,
		"maps-digest": "00000000000000000000000000000000" }' show-xlat
}

# Every setting takes every word it has, and a number; then all of them go to
# none or to their default.
set_each() {
	local key word words

	while read -r _ key words; do
		for word in $words; do
			case $word in
			PREFIX)
				[[ $key == prefix ]] && word=64:ff9b::/96
				[[ $key == error-pool4 ]] && word=192.0.2.0/28
				;;
			ADDRESS) word=2001:db8::53 ;;
			BYTES) word=1500 ;;
			NUMBER) word=-300 ;;
			0..255) word=184 ;;
			esac
			n set-xlat "$key" "$word" || return
			n show-xlat | grep -E "^$key +$word\$" ||
				{ echo "not set: $key $word"; return 1; }
		done
	done < <(n help keywords | grep '^setting')
}

all_at_once() {
	local before after

	before=$(n show-xlat)
	# The last one is refused by the kernel, so none is in effect.
	refused '(xlat priority)' set-xlat mode forward tos 7 \
		priority 2147483647 || return
	after=$(n show-xlat)
	[[ $before == "$after" ]]
}

identity() {
	n save-maps settings >"$work/one" &&
		n -q load-maps "$work/one" &&
		n save-maps settings >"$work/two" &&
		cmp "$work/one" "$work/two" && [[ -s $work/one ]]
}

replace() {
	printf '203.0.113.20 2001:db8::20\n203.0.113.10 2001:db8::10\n' \
		>"$work/maps"
	is 'del(."maps-digest") == { "added": 1, "removed": 3, "kept": 1,
		"maps-version": null }' load-maps "$work/maps"
}

# The kernel's refusal of one map among many names its line; nothing changes.
load_refused() {
	local before after

	before=$(n save-maps)
	{
		for i in {0..4999}; do
			echo "10.0.$((i / 256)).$((i % 256)) 2001:db8:1::$i"
		done
		echo '127.0.0.1 2001:db8:2::1'
		echo '203.0.113.99 2001:db8:2::2'
	} >"$work/maps"
	refused "$work/maps:5001: " load-maps "$work/maps" || return
	printf '\nset priority 2147483647\n' >"$work/maps"
	refused "$work/maps:2: " load-maps "$work/maps" || return
	after=$(n save-maps)
	[[ $before == "$after" ]]
}

large() {
	awk 'BEGIN {
		for (i = 0; i < 20000; i++)
			printf "10.0.%d.%d 2001:db8:1::%x\n", i / 256, i % 256,
				i + 1
	}' >"$work/large"
	is '.added == 20000' load-maps "$work/large" || return
	is 'length == 20000' show-maps || return
	is '.maps == 20000' show-xlat || return
	is '.added == 0 and .removed == 0 and .kept == 20000' \
		load-maps "$work/large" || return
	n save-maps | sed 1d | cmp - "$work/large"
}

no_privilege() {
	fails 3 'CAP_NET_ADMIN' nsenter --net="/run/netns/$ns" \
		setpriv --reuid 65534 --clear-groups "$nlabctl" flush-maps &&
		nsenter --net="/run/netns/$ns" setpriv --reuid 65534 \
			--clear-groups "$nlabctl" -j show-maps | gojq -e length \
			>/dev/null
}

batch() {
	printf '%s\n' flush-maps 'add-map 203.0.113.1 2001:db8::1' \
		'add-map 203.0.113.1 2001:db8::2' \
		'add-map 203.0.113.3 2001:db8::3' >"$work/batch"
	"$nlabctl" -q -n "$ns" -b "$work/batch" 2>"$work/err"
	(($? == 2)) && grep -q "^$work/batch:3: " "$work/err" &&
		prints '203.0.113.1 2001:db8::1' show-maps
}

listening() { grep -q ready "$work/events" && grep -q ready "$work/json"; }
events_are() { [[ $(gojq -r .event "$work/json" | tr '\n' ' ') == "$1" ]]; }

change_things() {
	wait_for listening || return
	n add-map 198.51.100.0/24 2001:db8:5::/120
	n del-map 198.51.100.0/24
	n set-xlat tos 3
	n -q flush-maps
	wait_for events_are 'ready map-add map-del xlat maps '
}

# Their output must not be that of the check, which waits for its end.
events() {
	local pids=() status

	n monitor >"$work/events" 2>"$work/err" &
	pids+=($!)
	n -j monitor >"$work/json" 2>>"$work/err" &
	pids+=($!)
	change_things
	status=$?
	kill "${pids[@]}"
	((!status)) || { cat "$work/json" "$work/err"; return 1; }
	gojq -es '.[1].map.outside == "198.51.100.0/24" and
		.[2].map["in-packets"] == 0 and .[3].xlat.tos == 3 and
		.[4].removed == 1' "$work/json" >/dev/null || return
	grep -q 'map-add 198.51.100.0/24 2001:db8:5::/120$' "$work/events"
}

ktap_start
check 'defaults' defaults
check 'every setting takes every value' set_each
check 'settings change all or none' all_at_once
check 'prefix for the rest' n set-xlat prefix 64:ff9b::/96 hairpin intrinsic

check 'no maps, text' prints '' show-maps
check 'no maps, JSON' prints '[]' -j show-maps
check 'no maps, indented JSON' prints '[]' -jp show-maps
check 'add host pair' n add-map 203.0.113.10 2001:db8::10
check 'add prefix pair' n add-map 198.51.100.0/24 2001:db8:1::/120
check 'add overlapping pair' n add-map 198.51.100.7 2001:db8:2::7 overlap
check 'add IPv6 pair' n add-map 2001:db8:f::1 2001:db8:a::1
check 'outside twice' refused 'already' add-map 203.0.113.10 2001:db8::11
check 'inside twice' refused 'already' add-map 203.0.113.11 2001:db8::10
check 'overlap that was not asked for' refused 'overlap' \
	add-map 198.51.100.0/25 2001:db8:3::/121
check 'text, in order' prints '198.51.100.0/24 2001:db8:1::/120
198.51.100.7 2001:db8:2::7 overlap
203.0.113.10 2001:db8::10
2001:db8:f::1 2001:db8:a::1' show-maps
check 'JSON' is '.[2] == { "outside": "203.0.113.10",
	"inside": "2001:db8::10", "overlap": false }' show-maps
check 'JSON with counters' is '.[2] == { "outside": "203.0.113.10",
	"inside": "2001:db8::10", "overlap": false, "in-packets": 0,
	"in-bytes": 0, "out-packets": 0, "out-bytes": 0, "last-used": null }' \
	-s show-maps
check 'indented JSON is the same' is 'length == 4' -p show-maps
check 'map of an address outside' \
	prints '198.51.100.0/24 2001:db8:1::/120' show-maps 198.51.100.99
check 'map of an address inside, longest' \
	prints '198.51.100.7 2001:db8:2::7 overlap' show-maps 2001:db8:2::7
check 'map of a prefix' prints '198.51.100.0/24 2001:db8:1::/120' \
	show-maps 198.51.100.0/24
check 'no map' refused 'no such map' show-maps 192.0.2.1
check 'no map with this length' refused 'no such map' show-maps 198.51.100.0/25

check 'test by map' prints \
	'198.51.100.9 -> 2001:db8:1::9 via map 198.51.100.0/24 2001:db8:1::/120' \
	test-map 198.51.100.9
check 'test by prefix' is '. == { "address": "192.0.2.1", "via": "prefix",
	"result": "64:ff9b::c000:201", "map": null }' test-map 192.0.2.1
check 'test of IPv6' is '.result == "203.0.113.10" and
	.map.inside == "2001:db8::10"' test-map 2001:db8::10
check 'test of what is not translated' prints \
	'127.0.0.1 is not translated: excluded' test-map 127.0.0.1

check 'save and load is identity' identity
check 'load replaces' replace
check 'refused load changes nothing' load_refused
check 'delete by the inside' n del-map 2001:db8::20
check 'delete what is not there' refused 'no such map' del-map 203.0.113.20
check 'flush' is '. == { "removed": 1 }' flush-maps
check 'twenty thousand maps' large
check 'no privilege' no_privilege
check 'batch stops at the first error' batch
check 'counters are complete' is 'length == 31 and .packets46 == 0' show-stats
check 'counters that are zero are left out' prints '' show-stats
check 'events' events
ktap_end
