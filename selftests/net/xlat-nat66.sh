#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# IPv6 to IPv6: a pair of addresses, and a pair of prefixes that keeps
# checksums (RFC 6296).
#
#	outer o0 ------- x1 xlat x2 ------- i0 inner
#	2001:db8:1::2/64                    2001:db8:a::1/64, 2001:db8:a::99/64
#	          as 2001:db8:f::1, in 2001:db8:b::/48 as well
#
# shellcheck source=../lib.sh
. "$(dirname "$0")/../lib.sh"
need ping curl nginx traceroute
start_test
nodes outer xlat inner
# shellcheck disable=SC2154 # set by nodes
links o0 "$outer" 2001:db8:1::2/64 x1 "$xlat" 2001:db8:1::1/64 \
	x2 "$xlat" 2001:db8:a::fe/64 i0 "$inner" 2001:db8:a::1/64,2001:db8:a::99/64
routes "$outer" "default via 2001:db8:1::1"
routes "$inner" "default via 2001:db8:a::fe"
forwarding "$xlat"
nlabctl -n "$xlat" add-map 2001:db8:f::1 2001:db8:a::1 || bail_out "no map"
start_web "$inner"
start_web "$outer"
head -c 2M /dev/urandom >"$work/www/big"
sum=$(sha256sum <"$work/www/big")

pings() { on "$1" ping -c 3 -i 0.1 -W "$patience" "${@:3}" "$2"; }
page() { on "$1" curl -sS -m 20 "${@:3}" "http://[$2]/"; }
download() { on "$outer" curl -sS -m 60 "http://[$1]/big" | sha256sum; }

check "outer reaches inner" wait_for 60 pings "$outer" 2001:db8:f::1
check "outer gets a page" equal "You came as 2001:db8:1::2." \
	page "$outer" 2001:db8:f::1
check "inner is seen by its outside address" \
	equal "You came as 2001:db8:f::1." \
	page "$inner" 2001:db8:1::2 --interface 2001:db8:a::1
check "2 MB by TCP" equal "$sum" download 2001:db8:f::1
check "large echo messages" pings "$outer" 2001:db8:f::1 -s 5000
path() {
	local out

	out=$(on "$outer" traceroute -n -q 1 -w 5 -m 3 2001:db8:f::1)
	echo "$out"
	[[ $out = *" 1  2001:db8:1::1 "*" 2  2001:db8:f::1 "* ]]
}
check "ICMP errors are translated" path
check "packets are counted" counts packets66 pings "$outer" 2001:db8:f::1

nlabctl -n "$xlat" flush-maps -q
nlabctl -n "$xlat" add-map 2001:db8:b::/48 2001:db8:a::/48 || bail_out "no map"
outside=$(nlabctl -n "$xlat" -j test-map 2001:db8:a::99 | gojq -r .result)
check "prefix pair gives an outside address" \
	test "${outside#2001:db8:b:}" != "$outside"
check "prefix pair: outer reaches inner" pings "$outer" "$outside"
check "prefix pair: inner is seen by its outside address" \
	equal "You came as $outside." \
	page "$inner" 2001:db8:1::2 --interface 2001:db8:a::99
check "prefix pair: 2 MB by TCP" equal "$sum" download "$outside"
ktap_end
