#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Routers of FRR find the way through a lab, and another one when a link fails.
#
#	r1 ---- r2
#	  \    /
#	    r3
#
# shellcheck source=selftests/lib.sh
. "$(dirname "$0")/../lib.sh"
# shellcheck source=selftests/lab.sh
. "$(dirname "$0")/../lab.sh"

[[ -x /usr/lib/frr/ospfd ]] || skip_all "frr is not installed"
lab_test
cat >"$work/ospf.yaml" <<-'END'
	lab: ospf
	pool: 10.3.0.0/16
	loopback-pool: 192.0.2.0/24
	topologies:
	  - shape: ring
	    nodes: 3
	    name: r
	    link: {delay: 1ms}
	    node:
	      kind: router
	      frr:
	        ospfd: |
	          interface r1
	           ip ospf hello-interval 1
	           ip ospf dead-interval 3
	           ip ospf network point-to-point
	          interface r2
	           ip ospf hello-interval 1
	           ip ospf dead-interval 3
	           ip ospf network point-to-point
	          interface r3
	           ip ospf hello-interval 1
	           ip ospf dead-interval 3
	           ip ospf network point-to-point
	          router ospf
	           network 0.0.0.0/0 area 0
	           timers throttle spf 0 50 100
	END

reaches() { in_lab r1 ping -c 1 -W 2 -I 192.0.2.1 192.0.2.2; }
hops() { in_lab r1 ip route get 192.0.2.2; }
direct() { [[ $(hops) = *"dev r2 "* ]]; }
detour() { [[ $(hops) = *"dev r3 "* ]]; }
daemons() { nlabctl -j show-lab ospf | gojq -c '.nodes[0].services'; }

no_frr() {
	sed 's/ospfd:/pathd:/' "$work/ospf.yaml" >"$work/wrong.yaml"
	refused 1 "unknown daemon of FRR 'pathd'" \
		nlabctl check "$work/wrong.yaml"
}

check "a daemon that labs do not know is refused" no_frr
check "the lab is made" nlabctl apply "$work/ospf.yaml"
check "links and daemons are up" nlabctl wait ospf up
check "one process each" equal '{"ospfd":1,"zebra":1}' daemons
check "zebra takes many routes at once" \
	equal "zebra dplane limit 10000" in_lab r1 cat /etc/frr/zebra.conf
check "loopbacks reach each other" wait_for 60 reaches
check "over the direct link" wait_for 60 direct

# A route that comes and goes for ten seconds, never as long as six without.
restless() {
	for _ in {1..5}; do
		in_lab r1 ip route replace 198.51.100.0/24 via 10.3.0.2
		pause 1
		in_lab r1 ip route del 198.51.100.0/24
		pause 1
	done
	touch "$work/rest"
}
at_rest() { nlabctl wait ospf converged && [[ -e $work/rest ]]; }
restless &
check "converged is what has come to rest" at_rest
wait
check "and a look takes no time for that" nlabctl wait ospf converged 0
nlabctl -n ospf.r1 set-link r2 loss 100%
check "over the detour when the link fails" wait_for 60 detour
check "which works" wait_for 60 reaches
nlabctl -n ospf.r1 set-link r2 loss 0
check "and back when it works again" wait_for 60 direct
check "vtysh works in a node" in_lab r1 vtysh -c 'show ip ospf neighbor'
check "the lab is destroyed" nlabctl destroy ospf
check "nothing is left" nothing_left
ktap_end
