#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Who may do what: everybody reads, changes need CAP_NET_ADMIN in the user
# namespace that owns the network namespace. Batches, JSON and events.
#
#	xlat (alone), and a namespace of an unprivileged user
# shellcheck source=../lib.sh
. "$(dirname "$0")/../lib.sh"
need unshare setpriv
start_test
nodes xlat
ctl() { nlabctl -n "$xlat" "$@"; }
nobody() {
	on "$xlat" setpriv --reuid=65534 --regid=65534 --clear-groups \
		--inh-caps=-all -- "$@"
}

tool=$(command -v nlabctl)
cp "$tool" "$work/nlabctl"
ctl add-map 203.0.113.10 2001:db8:1::2
for command in show-stats show-xlat show-maps "test-map 203.0.113.10"; do
	# shellcheck disable=SC2086 # words
	check "without privilege: $command" nobody "$work/nlabctl" $command
done
for command in "add-map 192.0.2.1 2001:db8::1" "del-map 203.0.113.10" \
	"set-xlat tos 3" flush-maps; do
	# shellcheck disable=SC2086
	check "without privilege, refused: $command" \
		refused 3 "" nobody "$work/nlabctl" $command
done
check "and nothing has changed" equal "203.0.113.10 2001:db8:1::2" ctl show-maps

# root of a user namespace of its own owns the network namespace in it.
own() {
	setpriv --reuid=65534 --regid=65534 --clear-groups -- \
		unshare -Urn bash -c "$1" bash "$work/nlabctl"
}
if own true 2>/dev/null; then
	# shellcheck disable=SC2016 # for the shell inside
	check "an own namespace may be changed by its owner" equal \
		"192.0.2.1 2001:db8::1" own '$1 add-map 192.0.2.1 2001:db8::1 && $1 show-maps'
else
	skip "an own namespace may be changed by its owner" "no user namespaces"
fi

printf 'add-map 192.0.2.1 2001:db8::1\n# comment\nset-xlat tos 8\n' >"$work/batch"
check "batch" ctl -b "$work/batch"
check "batch has done it" equal 8 gojq .tos <(ctl -j show-xlat)
printf 'del-map 192.0.2.1\n\nbogus\nset-xlat tos 9\n' >"$work/batch"
check "batch stops at the first error and names the line" \
	refused 1 batch:3 ctl -b "$work/batch"
check "what follows it was not done" equal 8 gojq .tos <(ctl -j show-xlat)

json() { ctl "$@" | gojq -e . >/dev/null; }
for command in show-maps show-xlat show-stats "-s show-maps" "-p show-xlat" \
	"test-map 192.0.2.9"; do
	# shellcheck disable=SC2086
	check "JSON: -j $command" json -j $command
done

start "$xlat" stdbuf -oL nlabctl -j monitor
events=$work/$started.log
check "monitor is ready" wait_for 60 grep -q '"ready"' "$events"
ctl add-map 192.0.2.7 2001:db8::7
ctl set-xlat tos 11
ctl del-map 192.0.2.7
ctl -q flush-maps
check "monitor has seen it all" wait_for 60 grep -q '"maps"' "$events"
check "in this order" equal "ready map-add xlat map-del maps" \
	gojq -rs 'map(.event) | join(" ")' "$events"
check "with what changed" equal "192.0.2.7 11 192.0.2.7 1" gojq -rs \
	'"\(.[1].map.outside) \(.[2].xlat.tos) \(.[3].map.outside) \(.[4].removed)"' "$events"
ktap_end
