#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Datagrams larger than a link arrive in fragments; fragmented ICMP messages
# are translated only behind reassembly (RFC 7915 section 1.2).
#
#	client ---- xlat ---- server	(siit_network in lib.sh)
# shellcheck source=../lib.sh
. "$(dirname "$0")/../lib.sh"
need ping nft
start_test
siit_network

# datagrams FROM TO ADDRESS SIZE: 20 of them arrive whole.
datagrams() {
	local receiver

	on "$2" "$built/udp-seq" recv 7000 20 "$4" 20 &
	receiver=$!
	wait_for 60 listens "$2" udp 7000 || return 1
	on "$1" "$built/udp-seq" send "$3" 7000 20 "$4" 1000
	wait "$receiver"
}

large_ping() { on "$1" ping -c 2 -i 0.1 -W "$patience" -M dont -s 3000 "$2"; }

check "client reaches server" reachable
for size in 1452 1473 5000 65507; do
	check "client sends datagrams of $size bytes" \
		datagrams "$client" "$server" "$server4" $size
	check "server sends datagrams of $size bytes" \
		datagrams "$server" "$client" "$client6" $size
done
check "fragmented echo requests of the client are dropped" \
	counts drop-icmp-fragment fails large_ping "$client" "$server4"
check "fragmented echo requests of the server are dropped" \
	counts drop-icmp-fragment fails large_ping "$server" "$client6"

nlabctl -n "$xlat" add-map 203.0.113.20 2001:db8:1::1
check "client sends datagrams of 5000 bytes to the translator's own address" \
	datagrams "$client" "$xlat" 203.0.113.20 5000

# No IPv6 link has an MTU below 1280, but a locked one of a route may say so.
large() { on "$client" ping -c 1 -W 0.2 -M "dont" -s 1400 "$server4"; :; }
for mtu in 1000 50 40; do
	ip -n "$xlat" route replace "$server6" dev x6 mtu lock $mtu
	check "fragments for a route of MTU $mtu have 1280 bytes" \
		counts fragmented large
done
ip -n "$xlat" route del "$server6" dev x6
check "the route gone, client reaches server again" reachable

# Connection tracking brings reassembly along, at priority -400.
on "$xlat" nft -f - <<-END || skip_rest=1
table inet t {
	chain c {
		type filter hook forward priority 0
		ct state new,established accept
	}
}
END
if [[ -n ${skip_rest-} ]]; then
	skip "behind reassembly" "no connection tracking in this kernel"
else
	nlabctl -n "$xlat" set-xlat priority -350
	check "behind reassembly client's echo requests pass" \
		large_ping "$client" "$server4"
	check "behind reassembly server's echo requests pass" \
		large_ping "$server" "$client6"
	check "behind reassembly datagrams of 5000 bytes pass to the server" \
		datagrams "$client" "$server" "$server4" 5000
	check "behind reassembly datagrams of 5000 bytes pass to the client" \
		datagrams "$server" "$client" "$client6" 5000
	# 8 bytes of UDP and 20 of IPv4 make more than 65535.
	check "behind reassembly what IPv4 has no length for is dropped" \
		counts drop-malformed on "$server" "$built/udp-seq" \
		send "$client6" 7000 1 65520 1000
fi
ktap_end
