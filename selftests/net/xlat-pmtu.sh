#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# A link with a small MTU on either side is no black hole: the senders learn of
# it through the translator (RFC 7915 sections 4.2, 5.2).
#
#	client ------ r4 ====== xlat ------ r6 ====== server
#	198.51.100.2    192.0.2.0/24   2001:db8:6::/64   2001:db8:1::2
#	              MTU 1000              MTU 1300
#
# shellcheck source=../lib.sh
. "$(dirname "$0")/../lib.sh"
need curl nginx ping
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
start_web "$server"
start_web "$client"
head -c 1M /dev/urandom >"$work/www/big"
sum=$(sha256sum <"$work/www/big")

download() { on "$1" curl -sS -f -m 30 "http://$2/big" | sha256sum; }

# set_mtu NODE DEVICE DEVICE NODE MTU: both ends of a link.
set_mtu() {
	ip -n "$1" link set "$2" mtu "$5" && ip -n "$4" link set "$3" mtu "$5"
}

forget() {
	ip -n "$client" route flush cache
	ip -n "$server" -6 route flush cache
}

# The path MTU that a host has learnt for an address.
learnt() {
	ip -n "$1" "$2" -j route get "$3" |
		gojq -e --argjson want "$4" '.[0].metrics[0].mtu == $want'
}

too_long() { on "$1" ping -c 1 -W "$patience" -M "do" -s 1400 "$2"; }

check "client reaches server" reachable
check "server downloads" equal "$sum" download "$server" "[$client6]"

# From here on TCP must find out anew.
set_mtu "$r6" b6 s0 "$server" 1300
check "MTU 1300 on the IPv6 side: client downloads" \
	equal "$sum" download "$client" "$server4"
set_mtu "$xlat" x6 a6 "$r6" 1300
ip -n "$server" link set s0 mtu 1500
ip -n "$r6" link set b6 mtu 1500
check "MTU 1300 at the translator: client is told of 1280" \
	fails too_long "$client" "$server4"
check "client has learnt 1280" learnt "$client" -4 "$server4" 1280
check "MTU 1300 on the IPv6 side: server downloads" \
	equal "$sum" download "$server" "[$client6]"
check "MTU 1300 on the IPv6 side: client downloads again" \
	equal "$sum" download "$client" "$server4"
set_mtu "$xlat" x6 a6 "$r6" 1500

set_mtu "$r4" b4 x4 "$xlat" 1400
forget
check "MTU 1400 on the IPv4 side: server is told" \
	fails too_long "$server" "$client6"
check "server has learnt 1420" learnt "$server" -6 "$client6" 1420
check "MTU 1400: client downloads" equal "$sum" download "$client" "$server4"
set_mtu "$r4" b4 x4 "$xlat" 1000
forget
check "MTU 1000, less than IPv6 allows: client downloads" \
	equal "$sum" download "$client" "$server4"
check "MTU 1000: server downloads" equal "$sum" download "$server" "[$client6]"
ktap_end
