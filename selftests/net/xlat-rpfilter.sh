#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Reverse path filtering, strict and loose: translated packets pass, spoofed
# ones do not.
#
#	client ---- xlat ---- server	(siit_network in lib.sh)
# shellcheck source=../lib.sh
. "$(dirname "$0")/../lib.sh"
need ping
start_test
siit_network
ip -n "$client" addr add 192.0.2.77/32 dev lo

spoofed() { on "$client" ping -c 1 -W "$patience" -I 192.0.2.77 "$server4"; }

check "client reaches server" reachable
for mode in auto forward direct; do
	nlabctl -n "$xlat" set-xlat mode $mode
	for filter in 1 2; do
		write_sysctl "$xlat" ipv4/conf/all/rp_filter=$filter \
			ipv4/conf/x4/rp_filter=$filter \
			ipv4/conf/x6/rp_filter=$filter
		check "$mode, rp_filter $filter: both directions" reachable
		check "$mode, rp_filter $filter: a source without a route" \
			counts drop-spoofed-source fails spoofed
	done
done
write_sysctl "$xlat" ipv4/conf/all/rp_filter=2 ipv4/conf/x4/rp_filter=2
routes "$xlat" "192.0.2.0/24 via 198.51.100.2"
check "rp_filter 2: with a route it passes" spoofed
ktap_end
