#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Kinds of nodes: a switch, a translator, an interface of the machine; sysctls
# and loopback addresses.
#
#	v4 ----\
#	        switch ---- xlat ---- v6
#	  lan0 (of the machine)
#
# shellcheck source=selftests/lib.sh
. "$(dirname "$0")/../lib.sh"
# shellcheck source=selftests/lab.sh
. "$(dirname "$0")/../lab.sh"

lab_test
cat >"$work/kinds.yaml" <<-'END'
	lab: kinds
	loopback-pool: 2001:db8:ffff::/64
	link-defaults: {delay: 100us}
	nodes:
	  v4:
	    addresses: 192.0.2.1/32
	    routes: [{to: default, via: 198.51.100.1}]
	    sysctls: {net.ipv4.conf.switch.proxy_arp: 1, net.ipv4.ip_default_ttl: 77}
	  switch: switch
	  xlat:
	    kind: translator
	    xlat:
	      prefix: 64:ff9b::/96
	      maps: [203.0.113.10 2001:db8:1::2]
	  v6:
	    routes: [{to: default, via: "2001:db8:1::1"}]
	  lan: {kind: external, interface: nlabt0}
	  gate: router
	links:
	  - ends: [{node: v4, addresses: 198.51.100.2/24}, switch]
	  - ends: [{node: xlat, addresses: 198.51.100.1/24}, switch]
	  - ends:
	      - {node: xlat, device: in, addresses: "2001:db8:1::1/64"}
	      - {node: v6, addresses: "2001:db8:1::2/64"}
	  - ends: [{node: gate, device: wan, addresses: 203.0.113.129/25}, lan]
	END

ip link add nlabt0 type veth peer name nlabt1
ip addr add 203.0.113.130/25 dev nlabt1
ip link set nlabt1 up

translated() { in_lab v4 ping -c 1 -W "$patience" 203.0.113.10; }
outside() { ping -c 1 -W "$patience" 203.0.113.129; }
sysctl_of() { in_lab v4 cat "/proc/sys/net/ipv4/$1"; }
loopback() {
	[[ $(in_lab gate ip -6 addr show lo) = *2001:db8:ffff::2/128* ]]
}

in_use() {
	sed 's/^lab: .*/lab: other/' "$work/kinds.yaml" >"$work/other.yaml"
	refused 2 "other.yaml:25:5: link gate:wan lan:gate: no interface 'nlabt0'" \
		nlabctl apply "$work/other.yaml" &&
		lab_gone other
}

# What the machine does is not for hosts of labs (nor for the tests after this).
sysctl -q net.ipv4.ip_forward=1
check "the lab is made" nlabctl apply "$work/kinds.yaml"
check "its links are up" nlabctl wait kinds up
check "IPv4 reaches IPv6 through switch and translator" \
	wait_for 30 translated
check "a sysctl of the node" equal 77 sysctl_of ip_default_ttl
check "and of a device" equal 1 sysctl_of conf/switch/proxy_arp
check "hosts do not forward" equal 0 sysctl_of ip_forward
sysctl -q net.ipv4.ip_forward=0
check "routers have addresses of the loopback pool" loopback
check "the machine's interface is in the node" wait_for 30 outside
check "another lab can't take it too, and leaves nothing" in_use
check "the lab is destroyed" nlabctl destroy kinds
check "the interface is back" ip link show nlabt0

# All are in their groups before the first program runs; none counts fewer.
cat >"$work/together.yaml" <<-'END'
	lab: together
	topologies:
	  - shape: line
	    nodes: 60
	    name: n
	    node:
	      services: {seen: "grep -hs seen /proc/*/cgroup | sort -u | wc -l; sleep 100"}
	END
counts_of_all() {
	cat /run/nlab/labs/together/lab/nodes/n*/log/seen.log 2>/dev/null
}
all_counted() { [[ $(counts_of_all | wc -l) = 60 ]]; }
check "programs of many nodes" nlabctl apply "$work/together.yaml"
check "all of them run" wait_for 60 all_counted
check "began together" equal 60 eval 'counts_of_all | sort -u'
nlabctl destroy together
check "nothing is left" nothing_left
ip link del nlabt0
ktap_end
