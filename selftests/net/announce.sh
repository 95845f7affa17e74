#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# nlabd and the anchor: when a translator is announced, with what, and when it
# is withdrawn; with the agent, and without it.
#
#	client ---- xlat ---- server	(siit_network in lib.sh)
# shellcheck source=../lib.sh
. "$(dirname "$0")/../lib.sh"
need ping
start_test
siit_network
nlabd=$(command -v nlabd) || skip_all "nlabd is not installed"

n() { nlabctl -n "$xlat" "$@"; }
has_agent() { [[ $(n show-announce) = *$'\n'"agent       $1"$'\n'* ]]; }
soon() { wait_for 60 "$@"; }

# The routes over the anchor in both families, and its carrier.
routed() {
	[[ $(ip -n "$xlat" route show proto 206 203.0.113.0/24) = *"dev nlab0"* &&
		$(ip -n "$xlat" -6 route show proto 206 64:ff9b::/96) = *"dev nlab0"* ]] &&
		carrier LOWER_UP
}
unrouted() {
	[[ -z $(ip -n "$xlat" route show proto 206 203.0.113.0/24) &&
		-z $(ip -n "$xlat" -6 route show proto 206 64:ff9b::/96) ]] &&
		carrier NO-CARRIER
}
carrier() {
	[[ $(ip -n "$xlat" -o link show nlab0) = *[,\<]"$1"[,\>]* ]]
}
stubs() {
	local shown

	shown=$(ip -n "$xlat" -o addr show nlab0 scope global)
	[[ $shown = *"203.0.113.0/24"*64:ff9b::/96*deprecated* &&
		-z $(ip -n "$xlat" route show proto 206 203.0.113.0/24) ]]
}
stubs_drained() {
	n drain && carrier NO-CARRIER && n undrain && carrier LOWER_UP
}
drains_alone() { n drain && withdrawn drained && n undrain && announced; }
no_stubs() { [[ -z $(ip -n "$xlat" -o addr show nlab0 scope global) ]]; }

start_agent() { start "$xlat" "$nlabd"; }

drain() { n drain && withdrawn drained && carrier NO-CARRIER && soon unrouted; }
undrain() { n undrain && announced && soon routed; }
uplink_lost() {
	ip -n "$client" link set c0 down && soon withdrawn uplink &&
		carrier NO-CARRIER
}
uplink_back() {
	ip -n "$client" link set c0 up &&
		ip -n "$client" route replace default via 198.51.100.1 &&
		soon announced
}
no_translator() {
	n -b - <<<$'del-map 203.0.113.10\nset-xlat prefix none' &&
		soon withdrawn no-translator && carrier NO-CARRIER
}
translator() {
	n -b - <<<$'set-xlat prefix 64:ff9b::/96\nadd-map 203.0.113.10 2001:db8:1::2' &&
		soon announced
}
no_route() {
	ip -n "$xlat" addr del 2001:db8:1::1/64 dev x6 &&
		soon withdrawn probe46 && ! withdrawn probe64
}
route_back() {
	ip -n "$xlat" addr add 2001:db8:1::1/64 dev x6 nodad && soon announced
}
no_forwarding() {
	write_sysctl "$xlat" ipv4/ip_forward=0 && soon withdrawn probe64 &&
		write_sysctl "$xlat" ipv4/ip_forward=1 && soon announced
}
deleted() { ip -n "$xlat" link del nlab0 && soon routed; }
other_maps() {
	n set-announce maps-digest "$(n -j show-xlat | jq -r '."maps-digest"')" &&
		announced && n add-map 203.0.113.11 2001:db8:1::11 &&
		soon withdrawn table && n del-map 203.0.113.11 &&
		soon announced && n set-announce maps-digest none
}
# What an administrator takes away comes back, without a word from us.
route_deleted() { ip -n "$xlat" route del 203.0.113.0/24 proto 206 && soon routed; }
changed() {
	n set-announce prefix 203.0.113.0/25,64:ff9b::/96 &&
		soon no_old_route && n set-announce prefix 203.0.113.0/24,64:ff9b::/96 &&
		soon routed
}
no_old_route() {
	[[ -z $(ip -n "$xlat" route show proto 206 exact 203.0.113.0/24) ]]
}

no_leak() { on "$server" cat /proc/net/snmp6 | grep -x "Udp6NoPorts *[[:blank:]]0"; }

kill_agent() { { kill -KILL "$agent" && wait "$agent"; } 2>/dev/null; }
# Nobody was told of a withdrawal while the agent was replaced.
stays() { soon has_agent "not running" && announced; }
took_over() {
	soon has_agent running && announced &&
		[[ $(jq -r 'select(.event == "announce") | .announce.announced' \
			"$work/$monitor.log") != *false* ]]
}

n set-announce prefix 203.0.113.0/24,64:ff9b::/96 uplink x4,x6 \
	interval 50 fall 5 hold 0 || bail_out "no set-announce"
check "no agent, no announcement" withdrawn no-verdict
start_agent
agent=$started
check "the agent finds it healthy" soon announced
check "routes of both families" soon routed
check "drain" drain
check "traffic goes on" reachable
check "undrain" undrain
check "an uplink is lost" uplink_lost
check "and comes back" uplink_back
check "no maps and no prefix" no_translator
check "they come back" translator
check "no route to the servers" no_route
check "the route comes back" route_back
check "forwarding off, and on" no_forwarding
check "maps that are not expected" other_maps
check "the anchor is deleted" deleted
check "a route is deleted" route_deleted
check "other prefixes" changed
check "no probe left the node" no_leak

n set-announce form stub
check "stub addresses" soon stubs
check "do not count as own ones" reachable
check "drained they have no carrier" stubs_drained
n set-announce form route
check "and go" soon no_stubs

soon routed
kill_agent
check "without agent the kernel sees the uplink go" uplink_lost
check "and come back" uplink_back
check "and drains" drains_alone
start "$xlat" nlabctl -j monitor
monitor=$started
wait_for 60 test -s "$work/$monitor.log" || bail_out "no monitor"
check "the agent is missed, the node stays announced" stays
start_agent
agent=$started
check "another agent takes over" took_over
kill_agent

check "prefix with host bits" refused 1 "host bits set" n set-announce prefix 203.0.113.1/24
check "form" refused 1 "did you mean 'stub'" n set-announce form stab
check "number" refused 1 "10..1000" n set-announce interval 5
check "IPv6 probe" refused 1 "no IPv4 address" n set-announce probe 2001:db8::1
check "loopback as probe" refused 2 "(announce probe)" n set-announce probe 127.0.0.1
check "device name" refused 2 "not a device name (announce device)" n set-announce device a/b
check "twice" refused 1 "given twice" n set-announce hold 1 hold 2
check "without privilege" refused 3 CAP_NET_ADMIN on "$xlat" setpriv \
	--reuid 65534 --clear-groups "$(command -v nlabctl)" drain
n set-announce device x4
start_agent
check "a name that is taken" soon grep "x4 is no anchor" "$work/$started.log"
check "is why it is withdrawn" soon withdrawn setup
ktap_end
