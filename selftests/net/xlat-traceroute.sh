#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# traceroute through the translator: every router answers, the translator
# exactly once; those of the other family by a translated address (RFC 6791).
#
#	client --------- r4 --------- xlat --------- r6 --------- server
#	198.51.100.2   .1  192.0.2.1   .2  2001:db8:6::1  ::2     2001:db8:1::2
#
# shellcheck source=../lib.sh
. "$(dirname "$0")/../lib.sh"
need traceroute
start_test
nodes client r4 xlat r6 server
# shellcheck disable=SC2154 # set by nodes
links c0 "$client" 198.51.100.2/24 a4 "$r4" 198.51.100.1/24 \
	b4 "$r4" 192.0.2.1/24 x4 "$xlat" 192.0.2.2/24 \
	x6 "$xlat" 2001:db8:6::1/64 a6 "$r6" 2001:db8:6::2/64 \
	b6 "$r6" 2001:db8:1::1/64 s0 "$server" 2001:db8:1::2/64
routes "$client" "default via 198.51.100.1"
routes "$r4" "203.0.113.0/24 via 192.0.2.2"
routes "$xlat" "198.51.100.0/24 via 192.0.2.1" "2001:db8:1::/64 via 2001:db8:6::2"
routes "$r6" "64:ff9b::/96 via 2001:db8:6::1"
routes "$server" "default via 2001:db8:1::1"
forwarding "$r4" "$xlat" "$r6"
nlabctl -n "$xlat" -b - <<-END || bail_out "no translator"
set-xlat prefix 64:ff9b::/96 error-pool4 203.0.113.64/26
add-map 203.0.113.10 2001:db8:1::2
END

# hops NODE ADDRESS ARGUMENT...: the address of each hop.
hops() {
	local out

	out=$(on "$1" traceroute -n -q 1 -w 5 -m 8 -N 1 "${@:3}" "$2") || return 1
	awk 'NR > 1 { printf "%s%s", sep, $2; sep = " " }' <<<"$out"
}

# r6 has no IPv4 address: one of the pool, always the same.
seen_by_client() {
	local path

	path=$(hops "$client" "$server4" "$@") || return 1
	echo "$path"
	[[ $path =~ ^198\.51\.100\.1\ 192\.0\.2\.2\ 203\.0\.113\.([0-9]+)\ 203\.0\.113\.10$ ]] &&
		((BASH_REMATCH[1] >= 64 && BASH_REMATCH[1] < 128)) &&
		[[ $path = "$(hops "$client" "$server4" "$@")" ]]
}

seen_by_server() {
	equal "2001:db8:1::1 2001:db8:6::1 64:ff9b::c000:201 $client6" \
		hops "$server" "$client6" "$@"
}

check "client reaches server" reachable
check "client, UDP" seen_by_client
check "client, ICMP" seen_by_client -I
check "client, TCP" seen_by_client -T -p 9
check "server, UDP" seen_by_server
check "server, ICMP" seen_by_server -I
check "server, TCP" seen_by_server -T -p 9
check "the translator counts what it discarded" counts drop-ttl seen_by_client -I
ktap_end
