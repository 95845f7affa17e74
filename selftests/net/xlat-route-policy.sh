#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Routing rules (ip rule) and virtual routing domains (VRF) hold for translated
# packets.
#
#	client ---- xlat ---- server	(siit_network in lib.sh)
#	                 \--- other	2001:db8:3::2/64
#
# shellcheck source=../lib.sh
. "$(dirname "$0")/../lib.sh"
need ping
start_test
siit_network
nodes other
# shellcheck disable=SC2154 # set by nodes
links x3 "$xlat" 2001:db8:3::1/64 o0 "$other" 2001:db8:3::2/64
routes "$other" "default via 2001:db8:3::1"
ip -n "$other" addr add $server6/128 dev lo

to_server() { on "$client" ping -c 1 -W "$patience" "$server4"; }
# big [ADDRESS]: what is above 1280 bytes needs a look at the route's MTU.
big() { on "$server" ping -c 1 -W "$patience" -s 1400 "${1:-$client6}"; }
rp_filter() { write_sysctl "$xlat" ipv4/conf/all/rp_filter="$1"; }

# who: which node answers for the server's address.
who() {
	local before after

	before=$(received)
	to_server >/dev/null || return
	after=$(received)
	((after > before)) && echo other || echo server
}
received() { on "$other" cat /proc/net/snmp6 | awk '/^Icmp6InEchos / { print $2 }'; }

check "client reaches server" reachable
check "without a rule: the server" equal server who
ip -n "$xlat" -6 route add table 7 $server6/128 via 2001:db8:3::2
ip -n "$xlat" -6 rule add to $server6 lookup 7
check "a rule by destination" equal other who
ip -n "$xlat" -6 rule del to $server6 lookup 7
ip -n "$xlat" -6 rule add iif x4 lookup 7
check "a rule by the device it came in" equal other who
nlabctl -n "$xlat" set-xlat mode forward
check "the same in mode forward" equal other who
nlabctl -n "$xlat" set-xlat mode auto
ip -n "$xlat" -6 rule del iif x4 lookup 7
check "without the rule: the server again" equal server who
ip -n "$xlat" -6 rule add from "$client6" prohibit
check "a rule that prohibits" fails to_server
ip -n "$xlat" -6 rule del from "$client6" prohibit
check "and is gone" equal server who
ip -n "$xlat" rule add to $client4 prohibit
check "the same for replies" fails to_server
ip -n "$xlat" rule del to $client4 prohibit

ip -n "$client" addr add 192.0.2.77/32 dev lo
ip -n "$xlat" route add 192.0.2.77 via $client4 table 7
ip -n "$xlat" rule add iif x6 lookup 7
check "IPv4: a rule by device has the only route, large packets" \
	big 64:ff9b::c000:24d
ip -n "$xlat" rule del iif x6 lookup 7
check "without it there is none" fails big 64:ff9b::c000:24d
rp_filter 2
check "reverse path filter" reachable
ip -n "$xlat" rule add iif x6 prohibit
check "with a reverse path filter, a rule by device that prohibits" \
	fails to_server
ip -n "$xlat" rule del iif x6 prohibit
rp_filter 0

if ip -n "$xlat" link add red type vrf table 10 2>/dev/null; then
	ip -n "$xlat" link set red up
	# Both sides in the domain; the main table knows neither.
	ip -n "$xlat" link set x4 master red
	ip -n "$xlat" link set x6 master red
	ip -n "$xlat" addr replace 2001:db8:1::1/64 dev x6 nodad
	check "both devices in a VRF" reachable
	check "large packets" big
	# The main table knows no source at all.
	rp_filter 2
	check "reverse path filter" reachable
	rp_filter 0
	ip -n "$xlat" route add "$server4" via $client4 table 10
	check "own traffic of the VRF" \
		on "$xlat" ping -c 1 -W 9 -I red "$server4"
	nlabctl -n "$xlat" set-xlat mode forward
	check "both devices in a VRF, mode forward" reachable
	nlabctl -n "$xlat" set-xlat mode auto
	ip -n "$xlat" link set x6 nomaster
	ip -n "$xlat" addr replace 2001:db8:1::1/64 dev x6 nodad
	check "only one of them: the other is not reached" fails to_server
else
	skip "both devices in a VRF" "no VRF in this kernel"
fi
ktap_end
