#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Commands on maps: what they do, print and refuse, with which exit status.
#
#	xlat (alone)
# shellcheck source=../lib.sh
. "$(dirname "$0")/../lib.sh"
start_test
nodes xlat
ctl() { nlabctl -n "$xlat" "$@"; }
maps() { ctl show-maps; }

check "no maps at first" equal "" maps
check "add-map, addresses" ctl add-map 203.0.113.10 2001:db8:1::2
check "add-map, prefixes" ctl add-map 198.51.100.0/24 2001:db8:2::/120
check "add-map, IPv6 pair" ctl add-map 2001:db8:f::1 2001:db8:a::1
check "show-maps" equal "198.51.100.0/24 2001:db8:2::/120
203.0.113.10 2001:db8:1::2
2001:db8:f::1 2001:db8:a::1" maps
check "show-maps, one by an address in it" \
	equal "198.51.100.0/24 2001:db8:2::/120" ctl show-maps 198.51.100.77
check "show-maps, one by its inside" \
	equal "203.0.113.10 2001:db8:1::2" ctl show-maps 2001:db8:1::2
check "show-maps, none" refused 2 "no such map" ctl show-maps 192.0.2.1
check "test-map, to IPv6" equal 2001:db8:2::9 \
	gojq -r .result <(ctl -j test-map 198.51.100.9)
check "test-map, to IPv4" equal 198.51.100.9 \
	gojq -r .result <(ctl -j test-map 2001:db8:2::9)
check "test-map, nothing covers it" equal none \
	gojq -r .via <(ctl -j test-map 192.0.2.1)
check "test-map, loopback" equal excluded gojq -r .via <(ctl -j test-map 127.0.0.1)

before=$(maps)
check "the same outside again" refused 2 "already in a map" \
	ctl add-map 203.0.113.10 2001:db8:9::9
check "the same inside again" refused 2 "already in a map" \
	ctl add-map 203.0.113.11 2001:db8:1::2
check "inside another map" refused 2 overlaps \
	ctl add-map 198.51.100.7 2001:db8:9::7
check "around another map" refused 2 overlaps \
	ctl add-map 198.51.0.0/16 2001:db8:9::/112
check "inside another map on the IPv6 side" refused 2 overlaps \
	ctl add-map 192.0.2.1 2001:db8:2::5
check "host bits" refused 1 203.0.113.1/24 ctl add-map 203.0.113.1/24 2001:db8:9::/120
check "fewer free bits inside (RFC 7757 section 3.2)" \
	refused 1 /121 ctl add-map 192.0.2.0/24 2001:db8:9::/121
check "IPv6 pair of different lengths" \
	refused 1 /56 ctl add-map 2001:db8:8::/48 2001:db8:9::/56
check "no address" refused 1 203.0.113.256 ctl add-map 203.0.113.256 2001:db8:9::1
check "inside is not IPv6" refused 1 192.0.2.2 ctl add-map 192.0.2.1 192.0.2.2
check "missing argument" refused 1 "" ctl add-map 192.0.2.1
check "unknown keyword, the nearest one is named" \
	refused 1 add-map ctl add-mapp 192.0.2.1 2001:db8:9::1
check "delete what is not there" refused 2 "no such map" ctl del-map 192.0.2.1
check "nothing of this changed a map" equal "$before" maps

check "overlap allowed" ctl add-map 198.51.100.7 2001:db8:9::7 overlap
check "the longest prefix wins" equal 2001:db8:9::7 \
	gojq -r .result <(ctl -j test-map 198.51.100.7)
check "del-map" ctl del-map 198.51.100.7
check "the other map is back" equal 2001:db8:2::7 \
	gojq -r .result <(ctl -j test-map 198.51.100.7)
check "del-map by the inside" ctl del-map 2001:db8:a::1
check "flush-maps" equal 2 gojq .removed <(ctl -j flush-maps)
check "no maps at last" equal "" maps
check "no such namespace" refused 1 nlab-none nlabctl -n nlab-none show-maps
ktap_end
