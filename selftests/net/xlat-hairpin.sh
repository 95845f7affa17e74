#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Two IPv6 hosts behind the translator reach each other through their IPv4
# addresses (RFC 7757 section 4).
#
#	             xlat
#	           x1    x2
#	            |    |
#	one 2001:db8:1::2   2001:db8:2::2 two
#	as 203.0.113.1      as 203.0.113.2
#
# shellcheck source=../lib.sh
. "$(dirname "$0")/../lib.sh"
need ping curl nginx traceroute
start_test
nodes one xlat two
# shellcheck disable=SC2154 # set by nodes
links o0 "$one" 2001:db8:1::2/64 x1 "$xlat" 2001:db8:1::1/64 \
	x2 "$xlat" 2001:db8:2::1/64 t0 "$two" 2001:db8:2::2/64
routes "$one" "default via 2001:db8:1::1"
routes "$two" "default via 2001:db8:2::1"
forwarding "$xlat"
nlabctl -n "$xlat" -b - <<-END || bail_out "no translator"
set-xlat prefix 64:ff9b::/96
add-map 203.0.113.1 2001:db8:1::2
add-map 203.0.113.2 2001:db8:2::2
END
one_as=64:ff9b::203.0.113.1 two_as=64:ff9b::203.0.113.2
start_web "$two"
head -c 2M /dev/urandom >"$work/www/big"
sum=$(sha256sum <"$work/www/big")

pings() { on "$1" ping -c 3 -i 0.1 -W "$patience" -s "${3:-56}" "$2"; }
page() { on "$one" curl -sS -m 20 "http://[$two_as]/"; }
download() { on "$one" curl -sS -m 60 "http://[$two_as]/big" | sha256sum; }
# The port is closed: the error is about a packet that was turned back.
answered() {
	local out

	out=$(on "$one" traceroute -n -q 1 -w 5 -m 4 -f 2 "$two_as")
	echo "$out"
	[[ $out = *"64:ff9b::cb00:7102 "* ]]
}
hop() {
	local out

	out=$(on "$one" traceroute -n -q 1 -w 5 -m 1 "$two_as")
	echo "$out"
	[[ $out = *" 1  2001:db8:1::1 "* ]]
}

check "first reaches second" wait_for 60 pings "$one" $two_as
check "second reaches first" wait_for 60 pings "$two" $one_as
check "1400 bytes" pings "$one" $two_as 1400
check "the peer is known by its IPv4 address" \
	equal "You came as 64:ff9b::cb00:7101." page
check "2 MB by TCP" equal "$sum" download
check "an ICMP error comes back translated" answered
check "the translator is the hop between them" hop
check "packets turned back are counted" counts hairpin pings "$one" $two_as

nlabctl -n "$xlat" set-xlat hairpin off
check "off: not reached" fails on "$one" ping -c 1 -W 0.5 $two_as
ktap_end
