#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Traffic that stays in its family passes a translator untouched, next to what
# it translates.
#
#	client ------- x4 xlat x6 ------- server
#	    198.51.100.2/24          2001:db8:1::2/64    (siit_network)
#	    2001:db8:4::2/64 .1      ::1  192.0.2.2/24
#
# shellcheck source=../lib.sh
. "$(dirname "$0")/../lib.sh"
need ping curl nginx
start_test
siit_network
ip -n "$xlat" addr add 192.0.2.1/24 dev x6
ip -n "$server" addr add 192.0.2.2/24 dev s0
ip -n "$xlat" addr add 2001:db8:4::1/64 dev x4 nodad
ip -n "$client" addr add 2001:db8:4::2/64 dev c0 nodad
routes "$server" "default via 192.0.2.1"
routes "$client" "default via 2001:db8:4::1"
# Default routes say nothing about where IPv4 hosts live.
routes "$xlat" "default via 198.51.100.2" "default via 2001:db8:1::2"
start_web "$server"
start_web "$client"

page() { on "$1" curl -sS -m 20 "http://$2/"; }
untouched() {
	local before after

	before=$(counter packets46)+$(counter packets64)
	"$@" || return 1
	after=$(counter packets46)+$(counter packets64)
	echo "$before, $after"
	[[ $before = "$after" ]]
}

check "client reaches server" reachable
check "IPv4 end to end" untouched equal "You came as $client4." \
	page "$client" 192.0.2.2
check "IPv4 back" untouched equal "You came as 192.0.2.2." \
	page "$server" "$client4"
check "IPv6 end to end" untouched equal "You came as 2001:db8:4::2." \
	page "$client" "[$server6]"
check "IPv6 back" untouched equal "You came as $server6." \
	page "$server" "[2001:db8:4::2]"
check "what is in a map is translated all the same" \
	equal "You came as $client6." page "$client" "$server4"
check "what is in the prefix is translated all the same" \
	equal "You came as $server4." page "$server" "[$client6]"

# RFC 7915 section 4.6: without the setting all IPv4 becomes IPv6.
nlabctl -n "$xlat" set-xlat prefer-native off
check "prefer-native off: IPv4 is not passed any more" \
	fails on "$client" ping -c 1 -W 0.5 192.0.2.2
check "prefer-native off: what is in a map is" reachable
ktap_end
