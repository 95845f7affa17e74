#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Two translators, one at each end of an IPv6 network, in two namespaces of the
# same machine: an IPv4 host reaches another one over IPv6 (RFC 6877, and the
# edge relay of RFC 7756).
#
#	host ------ edge ------------ border ------ far
#	192.0.2.2    2001:db8:6::1     2001:db8:6::2  198.51.100.2
#	    as 2001:db8:ce::192.0.2.2         in 64:ff9b::/96
#	    as 203.0.113.2 beyond the border
#
# shellcheck source=../lib.sh
. "$(dirname "$0")/../lib.sh"
need ping curl nginx traceroute
start_test
nodes host edge border far
# shellcheck disable=SC2154 # set by nodes
links h0 "$host" 192.0.2.2/24 e4 "$edge" 192.0.2.1/24 \
	e6 "$edge" 2001:db8:6::1/64 b6 "$border" 2001:db8:6::2/64 \
	b4 "$border" 198.51.100.1/24 f0 "$far" 198.51.100.2/24
routes "$host" "default via 192.0.2.1"
routes "$far" "default via 198.51.100.1"
routes "$edge" "64:ff9b::/96 via 2001:db8:6::2"
routes "$border" "2001:db8:ce::/64 via 2001:db8:6::1"
forwarding "$edge" "$border"
# At the edge the IPv4 side is the native one of the pair.
nlabctl -n "$edge" -b - <<-END || bail_out "no edge"
set-xlat prefix 64:ff9b::/96
add-map 192.0.2.2 2001:db8:ce::2
END
nlabctl -n "$border" -b - <<-END || bail_out "no border"
set-xlat prefix 64:ff9b::/96
add-map 203.0.113.2 2001:db8:ce::2
END
start_web "$far"
start_web "$host"
head -c 2M /dev/urandom >"$work/www/big"
sum=$(sha256sum <"$work/www/big")

pings() { on "$1" ping -c 3 -i 0.1 -W "$patience" "${@:3}" "$2"; }
page() { on "$1" curl -sS -m 20 "http://$2/"; }
download() { on "$1" curl -sS -m 60 "http://$2/big" | sha256sum; }

check "host reaches far" wait_for 60 pings "$host" 198.51.100.2
check "far reaches host" wait_for 60 pings "$far" 203.0.113.2
check "far sees the host's public address" \
	equal "You came as 203.0.113.2." page "$host" 198.51.100.2
check "host sees far's own address" \
	equal "You came as 198.51.100.2." page "$far" 203.0.113.2
check "host downloads" equal "$sum" download "$host" 198.51.100.2
check "far downloads" equal "$sum" download "$far" 203.0.113.2
check "1400 bytes without DF become fragments, which no ICMP message survives" \
	fails on "$host" ping -c 1 -W 0.5 -s 1400 -M dont 198.51.100.2
nlabctl -n "$edge" set-xlat lowest-ipv6-mtu 1500
nlabctl -n "$border" set-xlat lowest-ipv6-mtu 1500
check "with lowest-ipv6-mtu 1500 they pass" \
	pings "$host" 198.51.100.2 -s 1400 -M dont
path() {
	local out

	out=$(on "$host" traceroute -n -q 1 -w 5 -m 4 198.51.100.2)
	echo "$out"
	[[ $out = *" 1  192.0.2.1 "*" 3  198.51.100.2 "* ]]
}
check "ICMP errors come back over both" path
check "the edge itself answers its IPv4 host" pings "$host" 192.0.2.1
both_count() {
	counts packets64 pings "$host" 198.51.100.2 &&
		(($(counter packets46 "$edge") > 0)) &&
		(($(counter packets64 "$edge") > 0))
}
xlat=$border
check "both translators count" both_count

# A tunnel that many share marks what comes in (metadata), which is no route.
xlat=$edge
ip -n "$edge" link add ev type vxlan external dstport 4789
ip -n "$host" link add hv type vxlan id 5 dstport 4789 \
	local 192.0.2.2 remote 192.0.2.1
addresses hv "$host" 203.0.113.130/25 ev "$edge" 203.0.113.129/25 ||
	bail_out "no tunnel"
routes "$host" "198.51.100.2 via 203.0.113.129"
one_ping() { on "$host" ping -c 1 -W 0.2 198.51.100.2; :; }
check "what comes from a shared tunnel is translated" \
	wait_for 20 counts packets46 one_ping
ktap_end
