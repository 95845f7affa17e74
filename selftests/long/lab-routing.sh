#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Configurations that labs make for routing daemons: each protocol finds the
# ways through a ring, and others when a link is cut; BGP through fifty
# autonomous systems.
#
# shellcheck source=selftests/lib.sh
. "$(dirname "$0")/../lib.sh"
# shellcheck source=selftests/lab.sh
. "$(dirname "$0")/../lab.sh"

[[ -x /usr/lib/frr/ospfd ]] || skip_all "frr is not installed"
lab_test

# ring PROTOCOL SETTINGS: four routers, and a host behind the first.
ring() {
	cat >"$work/$1.yaml" <<-END
	lab: $1
	pool: [10.3.0.0/16, "2001:db8:3::/48"]
	loopback-pool: [192.0.2.0/24, "2001:db8:ffff::/64"]
	topologies:
	  - shape: ring
	    nodes: 4
	    name: r
	    link: {delay: 1ms}
	    node: {kind: router, routing: {$1: {$2}}}
	nodes: {h: }
	links: [{ends: [h, r1]}]
	END
}

settles() { nlabctl wait "$1" converged 180; }

# To the loopback of the router at the other side, and to the host's network.
reaches() {
	case $1 in
	rip|ospf)	in_lab "$1/r1" ping -c 1 -W 5 192.0.2.3 &&
			in_lab "$1/r3" ping -c 1 -W 5 -I 192.0.2.3 10.3.0.18 ;;
	ripng|ospf6)	in_lab "$1/r1" ping -c 1 -W 5 2001:db8:ffff::3 ;;
	*)		in_lab "$1/r1" ping -c 1 -W 5 192.0.2.3 &&
			in_lab "$1/r1" ping -c 1 -W 5 2001:db8:ffff::3 ;;
	esac
}

# Both ways around have to be seen: one link of each is cut in turn.
around() {
	local start=$EPOCHREALTIME

	in_lab "$1/r1" ip link set "$2" down &&
		wait_for 180 reaches "$1" && settles "$1" &&
		took "$start" "$1 after the link to $2 was cut, six seconds without a change included"
}

# Daemons start without a line that they don't know.
takes_settings() {
	local line lines config

	case $1 in
	rip*)	lines=("timers basic 5 30 20") ;;
	bgp)	lines=("timers 1 3") ;;
	isis)	lines=("hello-interval 1" "spf-interval 2") ;;
	*)	lines=("hello-interval 1" "timers throttle spf 0 2000 2000") ;;
	esac
	lines+=("zebra dplane limit 10000")
	config=$(in_lab "$1/r1" vtysh -c "show running-config") || return
	for line in "${lines[@]}"; do
		[[ $config = *"$line"* ]] || { echo "$config"; return 1; }
	done
}

# A router that the file itself configures is a neighbour all the same.
by_hand() {
	local config

	cat >"$work/hand.yaml" <<-END
	lab: hand
	pool: 10.5.0.0/16
	nodes:
	  a: {kind: router, routing: ospf}
	  b: {kind: router, frr: {ospfd: "router ospf"}}
	links: [{ends: [a, b]}]
	END
	nlabctl apply -q "$work/hand.yaml" || return
	config=$(in_lab hand/a cat /etc/frr/ospfd.conf) || return
	[[ $config != *passive* ]] || { echo "$config"; return 1; }
}

no_way() {
	in_lab ospf/r1 ip link set r4 down
	in_lab ospf/r1 ip link set r2 down
	refused 2 "has no route to node r" nlabctl wait ospf converged 2
}

internet() {
	cat >"$work/internet.yaml" <<-END
	lab: internet
	pool: 10.4.0.0/16
	loopback-pool: 192.0.2.0/24
	topologies:
	  - {shape: grid, width: 10, height: 5, name: as, node: {kind: router, routing: bgp}}
	END
	nlabctl apply "$work/internet.yaml"
}

end_to_end() {
	in_lab internet/as1 ping -c 1 -W 5 -I 192.0.2.1 192.0.2.50
}

# Side by side, as each waits for itself.
protocols=(rip ripng ospf ospf6 isis bgp)
ring rip "update: 5"
ring ripng "update: 5"
ring ospf "hello: 1, dead: 3, spf-interval: 2"
ring ospf6 "hello: 1, dead: 3, spf-interval: 2"
ring isis "hello: 1, spf-interval: 2"
ring bgp "hold: 3"
for p in "${protocols[@]}"; do
	check "$p: the lab is made" nlabctl apply "$work/$p.yaml"
done
for p in "${protocols[@]}"; do
	check "$p: routing settles" settles "$p"
	check "$p: with the settings of the file" takes_settings "$p"
	check "$p: and is right" wait_for 30 reaches "$p"
	check "$p: around a link that is cut" around "$p" r2
	in_lab "$p/r1" ip link set r2 up
	check "$p: around the other" around "$p" r4
done
check "with no way it does not settle" no_way
nlabctl destroy --all
check "a neighbour with a configuration of its own" by_hand
nlabctl destroy hand
check "fifty autonomous systems" internet
check "find their ways" nlabctl wait internet converged 300
check "from corner to corner" end_to_end
nlabctl destroy internet
check "nothing is left" nothing_left
print_measured
ktap_end
