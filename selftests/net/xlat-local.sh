#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The node that translates is itself a client and a server of both families.
#
#	client ---- xlat ---- server	(siit_network in lib.sh)
# shellcheck source=../lib.sh
. "$(dirname "$0")/../lib.sh"
need ping curl nginx
start_test
siit_network
# The node itself needs routes, as any host.
routes "$xlat" "default via 198.51.100.2" "default via 2001:db8:1::2"
start_web "$server"
start_web "$xlat"
start_web "$client"

page() { on "$1" curl -sS -m 20 "http://$2/"; }
pings() { on "$1" ping -c 2 -i 0.1 -W "$patience" "$2"; }

check "client reaches server" reachable
check "the node pings the server by IPv4" pings "$xlat" "$server4"
check "the node's page request by IPv4 is translated" \
	equal "You came as 64:ff9b::c633:6401." page "$xlat" "$server4"
check "and counted" counts packets46 page "$xlat" "$server4"
nlabctl -n "$xlat" add-map 203.0.113.1 2001:db8:1::1
check "the node pings the client by IPv6" pings "$xlat" "$client6"
check "the node's page request by IPv6 is translated" \
	equal "You came as 203.0.113.1." page "$xlat" "[$client6]"
nlabctl -n "$xlat" del-map 203.0.113.1
check "its own addresses stay its own, IPv4" \
	equal "You came as $client4." page "$client" 198.51.100.1
check "its own addresses stay its own, IPv6" \
	equal "You came as $server6." page "$server" "[2001:db8:1::1]"
nlabctl -n "$xlat" add-map 203.0.113.77 2001:db8:77::1
routes "$xlat" "unreachable 2001:db8:77::/64"
check "a program hears that its packet has no route as IPv6" \
	refused 2 "No route to host" \
	on "$xlat" "$built/udp-seq" send 203.0.113.77 7000 1 100 0

nlabctl -n "$xlat" set-xlat local off
check "local off: the node's packets are not translated" \
	fails on "$xlat" ping -c 1 -W 0.5 "$server4"
check "local off: the client's are" reachable
ktap_end
