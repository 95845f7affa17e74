#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# A node that is told not to forward does not forward translated packets, and
# says why.
#
#	client ---- xlat ---- server	(siit_network in lib.sh)
# shellcheck source=../lib.sh
. "$(dirname "$0")/../lib.sh"
need ping
start_test
siit_network

to_server() { on "$client" ping -c 1 -W "$patience" "$server4"; }
forced() { on "$xlat" test -e /proc/sys/net/ipv6/conf/x4/force_forwarding; }
to_client() { on "$server" ping -c 1 -W "$patience" "$client6"; }

check "client reaches server" reachable
for mode in auto forward direct; do
	nlabctl -n "$xlat" set-xlat mode $mode
	check "$mode: with forwarding it passes" reachable
	write_sysctl "$xlat" ipv6/conf/all/forwarding=0
	check "$mode: no IPv6 forwarding, nothing goes to the server" \
		counts drop-no-forwarding fails to_server
	if forced; then
		write_sysctl "$xlat" ipv6/conf/x4/force_forwarding=1
		check "$mode: but what comes by a device that is to forward" \
			to_server
	else
		skip "$mode: but what comes by a device that is to forward" \
			"Linux has that from 6.17 on"
	fi
	write_sysctl "$xlat" ipv6/conf/all/forwarding=1 ipv4/ip_forward=0
	check "$mode: no IPv4 forwarding, nothing goes to the client" \
		counts drop-no-forwarding fails to_client
	write_sysctl "$xlat" ipv4/ip_forward=1
done
check "with forwarding it passes again" reachable
ktap_end
