#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# nlabd and the anchor: when a translator is announced, with what, and when it
# is withdrawn; with the agent, and without it.
#
#	client ---- xlat ---- server	(siit_network in lib.sh)
# shellcheck source=../lib.sh
. "$(dirname "$0")/../lib.sh"
need ping nft timeout /usr/bin/python3
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
# Hooks at FORWARD send translated packets through the kernel's forwarding, but
# the probes still ask for the route.
firewall() {
	on "$xlat" nft -f - <<-END
	table ip f { chain c { type filter hook forward priority 0; }; }
	table ip6 f { chain c { type filter hook forward priority 0; }; }
	END
}
no_firewall() { on "$xlat" nft flush ruleset; }
no_way_back() {
	ip -n "$xlat" route add blackhole 192.88.99.1/32 metric 1 &&
		soon withdrawn probe64 && ! withdrawn probe46 &&
		ip -n "$xlat" route del blackhole 192.88.99.1/32 metric 1 &&
		soon announced
}
no_maps() { n del-map 203.0.113.10 && soon withdrawn untested && ! withdrawn probe46; }
not_wanted() { n set-announce probe none && soon announced; }
wanted() { n set-announce probe 192.88.99.1 && soon withdrawn untested; }
maps() { n add-map 203.0.113.10 2001:db8:1::2 && soon announced; }
no_prefix() {
	n set-xlat prefix none && soon withdrawn untested &&
		n set-xlat prefix 64:ff9b::/96 && soon announced
}

# Probes to one of two maps are lost, for twice as many rounds as are allowed.
lost_probes() { counter drop-no-route; }
lost_ten() { (($(lost_probes) >= $1 + 10)); }
one_lost() {
	ip -n "$xlat" -6 route add unreachable "$1/128" &&
		soon lost_ten "$(lost_probes)" && announced &&
		ip -n "$xlat" -6 route del unreachable "$1/128"
}
one_map_lost() {
	n add-map 203.0.113.11 2001:db8:1::11 && one_lost 2001:db8:1::2 &&
		one_lost 2001:db8:1::11 && n del-map 203.0.113.11
}

# Back before the agent's next round: it has seen it all the same.
short_loss() {
	n set-announce interval 1000 hold 600000 &&
		ip -n "$client" link set c0 down &&
		ip -n "$client" link set c0 up &&
		ip -n "$client" route replace default via 198.51.100.1 &&
		soon withdrawn hold && n set-announce interval 50 hold 0 &&
		soon announced
}
no_forwarding() {
	write_sysctl "$xlat" ipv4/ip_forward=0 && soon withdrawn probe64 &&
		write_sysctl "$xlat" ipv4/ip_forward=1 && soon announced
}
deleted() { ip -n "$xlat" link del nlab0 && soon routed; }
other_maps() {
	n set-announce maps-digest "$(n -j show-xlat | gojq -r '."maps-digest"')" &&
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

# What an address of a map's own prefix on the anchor must not change.
first_address() {
	n add-map 203.0.113.0/30 2001:db8:1::20/126 &&
		[[ $(n test-map 203.0.113.0) = *2001:db8:1::20* ]] &&
		n test-map 203.0.113.0 && n test-map 2001:db8:1::20
}
first_address_passes() {
	ip -n "$xlat" addr add 203.0.113.2/32 dev lo &&
		ip -n "$server" addr add 2001:db8:1::20/64 dev s0 nodad &&
		counts packets46 on "$client" ping -c 1 -W 10 203.0.113.0 &&
		ip -n "$xlat" addr del 203.0.113.2/32 dev lo &&
		n del-map 203.0.113.0/30
}

# A change that fails, since the anchor is away, is made when it is back.
late_change() {
	# The agent would take it up again.
	kill -STOP "$agent"
	ip -n "$xlat" -b - <<-END
	link set nlab0 down
	link set nlab0 name other
	link add nlab0 type dummy
	END
	kill -CONT "$agent"
	n set-announce prefix 203.0.113.128/25,64:ff9b::/96 &&
		soon grep "nlab0 is no anchor" "$work/$agent.log" || return
	ip -n "$xlat" -b - <<-END || return
	link del nlab0
	link set other name nlab0
	END
	soon only_new_stub && n set-announce prefix 203.0.113.0/24,64:ff9b::/96
}
only_new_stub() {
	local shown

	shown=$(ip -n "$xlat" -o addr show nlab0 scope global)
	[[ $shown = *203.0.113.128/25* && $shown != *203.0.113.0/24* ]]
}
# No other anchor keeps what was announced.
other_name() {
	n set-announce device nlab1 && soon alone nlab1 &&
		n set-announce device nlab0 && soon alone nlab0 && soon stubs
}
alone() {
	[[ $(ip -n "$xlat" -o link show type nanchor) = *": $1"[@:]* &&
		$(ip -n "$xlat" -o link show type nanchor | wc -l) = 1 ]]
}

no_leak() { on "$server" cat /proc/net/snmp6 | grep -x "Udp6NoPorts *[[:blank:]]0"; }

kill_agent() { { kill -KILL "$agent" && wait "$agent"; } 2>/dev/null; }
# Nobody was told of a withdrawal while the agent was replaced.
stays() { soon has_agent "not running" && announced; }
none_told() {
	announced &&
		[[ $(gojq -r 'select(.event == "announce") | .announce.announced' \
			"$work/$monitor.log") != *false* ]]
}
took_over() { soon has_agent running && none_told; }
# An agent that ends before it has tested anything is none.
stillborn() {
	on "$xlat" timeout --foreground -s KILL 0.3 "$nlabd" 2>/dev/null
	has_agent "not running"
}
# systemd was busy when the agent wanted to say that it is ready.
busy_systemd() {
	start "$xlat" /usr/bin/python3 -c '
import os, socket, sys, time
path = sys.argv[1]
systemd = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
systemd.bind(path)
other = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
other.setblocking(False)
try:
    while True:
        other.sendto(b"", path)
except BlockingIOError:
    print("full", flush=True)
while not os.path.exists(path + ".go"):
    time.sleep(0.05)
while b"READY=1" not in systemd.recv(512):
    pass
print("ready", flush=True)' "$work/notify"
	systemd=$started
	soon grep full "$work/$systemd.log" || return
	NOTIFY_SOCKET=$work/notify start_agent
	soon has_agent running || return
	touch "$work/notify.go"
	soon grep ready "$work/$systemd.log" && kill "$started"
}
# Each takes its own probes only.
two_agents() {
	start_agent
	soon grep "another nlabd" "$work/$agent.log" &&
		soon grep "another nlabd" "$work/$started.log" && none_told
}
# The anchor can't be made for a moment, for fewer rounds than are allowed.
hiccup() {
	n set-announce interval 1000 fall 100 device x4 &&
		soon grep "x4 is no anchor" "$work/$agent.log" &&
		n set-announce device nlab0 interval 50 && soon routed && none_told
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
firewall
check "no route to the servers, with a firewall" no_route
check "the route comes back" route_back
check "no way back, with a firewall" no_way_back
no_firewall
check "no maps, and nothing to probe" no_maps
check "without probes the prefix is enough" not_wanted
check "with probes it is not" wanted
check "the maps come back" maps
check "no prefix, and nothing to probe" no_prefix
check "one map of two that does not work" one_map_lost
check "an uplink is lost for a moment" short_loss
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
check "the first address of a prefix can be that of a map" first_address
check "and is translated" first_address_passes
check "other prefixes while the anchor is away" late_change
check "another name" other_name
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
n set-announce interval 1000
check "one that tested nothing is no agent" stillborn
n set-announce interval 50
check "systemd learns that the agent is ready, later" busy_systemd
check "the agent is missed again" stays
start_agent
agent=$started
check "another agent takes over" took_over
check "the anchor can't be made for a moment" hiccup
check "two agents do not disturb each other" two_agents
kill_agent
agent=$started
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
