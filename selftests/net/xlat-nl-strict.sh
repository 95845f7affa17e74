#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Malformed netlink requests, see uapi/nl-strict.c; then everything still works.
#
#	client ---- xlat ---- server	(siit_network in lib.sh)
# shellcheck source=../lib.sh
. "$(dirname "$0")/../lib.sh"
need ping
start_test
siit_network

sweep() {
	on "$xlat" "$built/nl-strict" >"$work/strict"
	local status=$?

	grep -B 1 '^not ok' "$work/strict"
	return "$status"
}

state() { nlabctl -n "$xlat" -j show-xlat; nlabctl -n "$xlat" save-maps; }

before=$(state)
check "every malformed request is refused" sweep
sed 's/^/# /' "$work/strict" | tail -n 1
check "many were tried" test "$(grep -c '^ok' "$work/strict")" -gt 250
check "settings and maps are what they were" equal "$before" state
check "client reaches server" reachable
ktap_end
