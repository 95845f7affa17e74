#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Random netlink requests from several processes under traffic, see
# uapi/nl-random.c; then everything still works. NLAB_RANDOM_SECONDS is how
# long, NLAB_RANDOM_SEED repeats a run.
#
#	client ---- xlat ---- server	(siit_network in lib.sh)
# shellcheck source=../lib.sh
. "$(dirname "$0")/../lib.sh"
need ping
start_test
siit_network
nlabctl -n "$xlat" save-maps settings >"$work/good"

state() { nlabctl -n "$xlat" save-maps settings; }

random() {
	on "$xlat" "$built/nl-random" "${NLAB_RANDOM_SECONDS:-5}" \
		"${NLAB_RANDOM_SEED:-0}" >"$work/random"
}

check "client reaches server" reachable
start "$client" "$built/udp-seq" send "$server4" 9 1000000 100 1000
traffic=$started
start "$server" "$built/udp-seq" send "$client6" 9 1000000 100 1000
traffic+=" $started"
start "$xlat" nlabctl monitor
check "every process gets its answers" random
sed 's/^/# /' "$work/random"
check "settings and maps can be set again" \
	nlabctl -q -n "$xlat" load-maps "$work/good"
check "and are what they were" equal "$(<"$work/good")" state
# shellcheck disable=SC2086 # two numbers
check "the traffic went on" running $traffic
check "client reaches server at last" reachable
ktap_end
