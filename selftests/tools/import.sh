#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# import-maps: configurations of Jool and TAYGA become map files that load-maps
# takes, and what has no equal is named with its line.
set -u -o pipefail
cd "$(dirname "$0")/../.." || exit 1
# shellcheck source=selftests/tools/tools.sh
. selftests/tools/tools.sh

# gives FORMAT MAPS NOTES: the file $work/in becomes exactly this, behind its
# first line, and these notes without the file's name.
gives() {
	local status=0

	"$nlabctl" import-maps "$1" "$work/in" >"$work/out" 2>"$work/err" || status=$?
	sed "s|^$work/in:||" "$work/err" >"$work/notes"
	((!status)) && diff <(sed 1d "$work/out") <(printf '%s' "${2:+$2$'\n'}") &&
		diff "$work/notes" <(printf '%s' "${3:+$3$'\n'}") && return
	echo "status $status"
	return 1
}

# What was printed is a good map file.
is_map_file() {
	grep -q '^# from a configuration of' "$work/out" || return
	cp "$work/out" "$work/maps"
	if module_loaded; then
		"$nlabctl" -q diff-maps "$work/maps" || (($? == 1))
	else
		fails 3 'not loaded' "$nlabctl" load-maps "$work/maps"
	fi
}

# bad FORMAT NAME TEXT: the file is refused so, with nothing printed.
bad() {
	check "$2" fails 1 "$3" "$nlabctl" import-maps "$1" "$work/in"
}

tayga() { printf '%s\n' "$@" >"$work/in"; }
jool() { printf '%s\n' "$@" >"$work/in"; }

large_jool() {
	awk 'BEGIN {
		print "{ \"instance\": \"big\", \"eamt\": ["
		for (i = 0; i < 100000; i++)
			printf "{ \"ipv4 prefix\": \"10.%d.%d.%d\", \"ipv6 prefix\": \"2001:db8::%x:%x\" }%s\n",
				i / 65536, i / 256 % 256, i % 256, i / 65536,
				i % 65536, i < 99999 ? "," : ""
		print "] }" }' >"$work/in"
	"$nlabctl" import-maps jool "$work/in" >"$work/out" 2>/dev/null || return
	[[ $(tail -n 1 "$work/out") == '10.1.134.159 2001:db8::1:869f' ]]
}

ktap_start
cat >"$work/in" <<'END'
# Border of the example network
tun-device nat64
ipv4-addr 192.0.2.1
ipv6-addr 2001:db8:1::1
prefix 2001:db8:64::/96	# our own
wkpf-strict no
dynamic-pool 192.0.2.128/25
data-dir /var/spool/tayga

map 203.0.113.10 2001:db8::10
map 198.51.100.0/24 2001:db8:1:1::/120
  map 198.51.100.7/32	2001:db8:2::7/128
udp-cksum-mode calc
offlink-mtu 1400
log drop reject
frobnicate yes
END
check 'tayga.conf' gives tayga 'set prefix 2001:db8:64::/96
set lowest-ipv6-mtu 1400
set udp-zero-checksum compute
set error-pool4 192.0.2.1
set error-pool6 2001:db8:1::1
set wkp-strict off
203.0.113.10 2001:db8::10
198.51.100.0/24 2001:db8:1:1::/120
198.51.100.7 2001:db8:2::7 overlap' '2: tun-device: nlab has no device, it translates packets where they arrive: remove the routes that lead to it
3: ipv4-addr: written as error-pool4, the source of ICMP errors; the address answers a ping only if the node has it
4: ipv6-addr: written as error-pool6, the source of ICMP errors; the address answers a ping only if the node has it
7: dynamic-pool: nlab keeps no state and gives no addresses to hosts as they appear: give each a map, those of the moment stand in dynamic.map of data-dir
8: data-dir: not needed, nlab stores nothing
15: log: nlab counts ('"'nlabctl show-stats'"') and has tracepoints, it writes no log
16: unknown directive '"'frobnicate'"', ignored
 1 maps lie in others, they are written with '"'overlap'"''
check 'it is a map file' is_map_file
tayga 'map 203.0.113.10'
bad tayga 'map with one address' "in:1: 'map' takes 2 arguments"
tayga '' 'map 203.0.113.10 2001:db8::1 x'
bad tayga 'map with three words' "in:2: 'map' takes 2 arguments"
tayga 'map 2001:db8::2 2001:db8::1'
bad tayga 'map of IPv6' "in:1: '2001:db8::2' is not IPv4"
tayga 'map 203.0.113.0/24 2001:db8::/124'
bad tayga 'lengths that do not fit' "in:1: lengths don't fit"
tayga 'map 203.0.113.1 2001:db8::1' 'map 203.0.113.1 2001:db8::2'
bad tayga 'the same address twice' "in:2: outside '203.0.113.1' stands already"
tayga 'prefix 64:ff9b::/95'
bad tayga 'prefix of a wrong length' 'in:1: bad prefix length 95'
tayga 'udp-cksum-mode maybe'
bad tayga 'unknown word' "in:1: unknown value of udp-cksum-mode: 'maybe'"
tayga 'offlink-mtu'
bad tayga 'nothing behind a directive' "in:1: 'offlink-mtu' takes 1 argument"
tayga 'prefix 64:ff9b::/96' 'prefix 64:ff9b::/96'
bad tayga 'directive twice' "in:2: setting 'prefix' given twice"
tayga '# nothing'
check 'empty tayga.conf' gives tayga '' ''

cat >"$work/in" <<'END'
{
	"comment": "Border of the example network.",
	"instance": "border",
	"framework": "iptables",

	"global": {
		"comment": { "who": "x", "global": "no" },
		"manually-enabled": true,
		"pool6": "64:ff9b::/96",
		"lowest-ipv6-mtu": 1400,
		"logging-debug": false,
		"zeroize-traffic-class": true,
		"override-tos": true,
		"tos": 16,
		"mtu-plateaus": [
			65535, 32000
		],
		"amend-udp-checksum-zero": true,
		"eam-hairpin-mode": "simple",
		"randomize-rfc6791-addresses": false,
		"rfc6791v6-prefix": "2001:db8:6791::/112",
		"rfc6791v4-prefix": "192.0.2.0/28",
		"f-args": 10
	},

	"eamt": [
		{
			"comment": "with \"quotes\" and ], }",
			"ipv6 prefix": "2001:db8:1::/128",
			"ipv4 prefix": "203.0.113.1"
		}, {
			"IPv6 prefix": "2001:db8:3::/124",
			"ipv4 prefix": "203.0.113.16/28"
		}, { "ipv4 prefix": "203.0.113.17/32", "ipv6 prefix": "2001:db8:2::" }
	],

	"comment": "own addresses",
	"denylist4": [
		"198.51.100.0/24"
	],
	"pool4": []
}
END
check 'Jool' gives jool 'set prefix 64:ff9b::/96
set lowest-ipv6-mtu 1400
set udp-zero-checksum compute
set error-pool4 192.0.2.0/28
set error-pool4-select hops
set hairpin simple
set tos 16
203.0.113.1 2001:db8:1::
203.0.113.16/28 2001:db8:3::/124
203.0.113.17 2001:db8:2:: overlap' "3: each network namespace has one translator: load the maps in that of this instance (nlabctl -n)
4: framework iptables: nlab translates without a rule, what its maps and prefix cover
15: mtu-plateaus: nlab has the plateaus of RFC 1191, they can't be set
21: rfc6791v6-prefix: nlab uses one address, give one of '2001:db8:6791::/112' with 'set error-pool6'
23: 'f-args' has no equal in nlab (or is for stateful NAT64), ignored
13: nlab writes tos in both directions, Jool zero into IPv6
38: 'denylist4': nlab has no such list; own addresses are left alone as they are, others with a route of their own and prefer-native
41: 'pool4' is for stateful NAT64, which nlab does not do
 1 maps lie in others, they are written with 'overlap'"
check 'it is a map file too' is_map_file
jool '{ "framework": "netfilter", "global": { "pool6": null, "eam-hairpin-mode": 2,' \
	'"rfc6791v6-prefix": "2001:db8::1", "manually-enabled": false } }'
check 'Jool, other forms' gives jool 'set error-pool6 2001:db8::1
set hairpin intrinsic' '2: manually-enabled: this instance is switched off in Jool; here, maps that are loaded translate'
jool '{' '"eamt": [' '{ "ipv4 prefix": "203.0.113.1" } ] }'
bad jool 'entry without its other side' "in:3: value of 'eamt' must be objects"
jool '{ "eamt": [ { "ipv4 prefix": "203.0.113.1", "ipv6 prefix": "2001:db8::1" },' \
	'' '{ "ipv4 prefix": "203.0.113.300", "ipv6 prefix": "2001:db8::2" } ] }'
bad jool 'wrong address in an entry' "in:3: bad address '203.0.113.300'"
jool '{ "eamt": {} }'
bad jool 'no list' "in:1: value of 'eamt' must be a list"
jool '{ "eamt": [ 7, [] ] }'
bad jool 'entries of another type' "in:1: value of 'eamt' must be objects"
jool '{' '"global": [] }'
bad jool 'no object' "in:2: value of 'global' must be an object"
jool '{ "global": {' '"amend-udp-checksum-zero": "yes" } }'
bad jool 'no switch' "in:2: value of 'amend-udp-checksum-zero' must be true or false"
jool '{ "global": {' '' '"eam-hairpin-mode": 3 } }'
bad jool 'no mode' "in:3: value of 'eam-hairpin-mode' must be off, simple or intrinsic"
jool '{ "global": { "pool6": [ 1 ] } }'
bad jool 'no prefix' "in:1: value of 'pool6' must be a text"
jool '{ "global": { "override-tos": true, "tos": 256 } }'
bad jool 'tos too large' "in:1: bad tos '256'"
jool '{ "instance": "a",' '"eamt": [ }'
bad jool 'no JSON' 'in:2: no JSON: '
jool '[]'
bad jool 'JSON of another kind' 'must be an object'
check 'a hundred thousand entries' large_jool
check 'no such file' fails 1 "can't open '$work/none'" \
	"$nlabctl" import-maps jool "$work/none"
check 'unknown format' fails 1 "unknown format 'joool', did you mean 'jool'?" \
	"$nlabctl" import-maps joool "$work/in"
check 'no JSON form' fails 1 'it has no JSON' \
	"$nlabctl" -j import-maps jool "$work/in"
ktap_end
