#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Settings: each can be set and read back; wrong values are refused by name,
# and one wrong value of several changes none.
#
#	xlat (alone)
# shellcheck source=../lib.sh
. "$(dirname "$0")/../lib.sh"
start_test
nodes xlat
ctl() { nlabctl -n "$xlat" "$@"; }
value() { ctl -j show-xlat | gojq -c ".\"$1\""; }

# set_to KEY VALUE JSON: is what show-xlat has then.
set_to() { ctl set-xlat "$1" "$2" && equal "$3" value "$1"; }

while read -r key val json; do
	check "$key $val" set_to "$key" "$val" "$json"
done <<'END'
prefix 64:ff9b::/96 "64:ff9b::/96"
prefix 2001:db8:100::/40 "2001:db8:100::/40"
prefix none null
mode forward "forward"
mode direct "direct"
mode auto "auto"
lowest-ipv6-mtu 1500 1500
udp-zero-checksum compute "compute"
udp-zero-checksum forward "forward"
error-pool4 192.0.2.0/28 "192.0.2.0/28"
error-pool4-select random "random"
error-pool6 2001:db8::1 "2001:db8::1"
hairpin simple "simple"
hairpin off "off"
tos 184 184
tos copy "copy"
priority -150 -150
local off false
icmp-errors off false
wkp-strict off false
prefer-native off false
error-source on true
END
before=$(ctl -j show-xlat)
while read -r status text words; do
	# shellcheck disable=SC2086 # words
	check "refused: $words" refused "$status" "$text" ctl set-xlat $words
done <<'END'
1 97 prefix 64:ff9b::/97
1 2001:db8::1/96 prefix 2001:db8::1/96
1 autp mode autp
1 1279 lowest-ipv6-mtu 1279
1 65536 lowest-ipv6-mtu 65536
1 256 tos 256
1 maybe local maybe
1 mode moed auto
1 2001:db8::5 error-pool4 2001:db8::5
2 error-pool4 error-pool4 224.0.0.0/8
2 error-pool6 error-pool6 fe80::1
2 prefix prefix fe80::/64
2 error-pool6 mode auto tos 8 error-pool6 ff02::1
1 missing tos
END
check "nothing of this changed a setting" equal "$before" ctl -j show-xlat
check "several at once" ctl set-xlat mode forward tos 8 local on
check "all of them are set" equal '"forward" 8 true' \
	gojq -r '"\(.mode|tojson) \(.tos) \(.local)"' <(ctl -j show-xlat)
check "another namespace has its own" fails test \
	"$(nlabctl -j show-xlat | gojq -c .tos)" = 8
ktap_end
