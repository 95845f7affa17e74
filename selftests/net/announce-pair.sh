#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Two translators, announced by FRR and BIRD, share TCP sessions, UDP flows and
# pings. One is drained without a loss, and comes back; then it falls silent, and no
# session breaks. long/announce-ospf.sh has four nodes and all the rest.
#
#	                +-- t1 (FRR) ---+
#	client --- r4 --+               +-- r6 --- server	(ospf.sh)
#	                +-- t2 (BIRD) --+
# shellcheck source=../lib.sh
. "$(dirname "$0")/../lib.sh"
# shellcheck source=../ospf.sh
. "$selftests/ospf.sh"
ospf_test bird birdc nft
first_bird=2

neighbours() {
	vtysh --vty_socket "$work/$r4" -c "show ip ospf neighbor" |
		grep -c "Full/"
}
outcome() { cat "$2"; return "$1"; }
bird_knows() { birdc -s "$work/$t2/bird.ctl" show ospf interface | grep "$1"; }

ospf_network 2
translator "$t1"
translator "$t2"
router_routing
translator_routing 1
translator_routing 2
check "both are announced" settled 2
check "as the guide asks FRR: two neighbours" \
	wait_for 60 equal 2 neighbours
check "and their LSAs: two nodes" equal 2 announcing6 "$r6"
check "and BIRD: it knows the anchor" bird_knows nlab0
traffic 20 5 2
check "all flows are answered" wait_for 60 grep ready "$work/traffic"
lost=$(adjacencies_lost)
drained=0
drain "$t1" >"$work/drain.log" 2>&1 || drained=1
if ((drained)) && disagrees "$t1" 1; then
	# FRR 8.4 now and then (deployment.rst, what is not known): the node
	# translates on, and nothing is lost.
	skip "a node is drained" "ospf6d does not do what it knows"
else
	check "a node is drained" outcome "$drained" "$work/drain.log"
fi
check "the flows go on" report drain
line=$(grep '^drain ' "$work/traffic")
if [[ $line != *" lost 0 "* && $(adjacencies_lost) != "$lost" ]]; then
	# Called dead since this machine stood still for so long: no loss of ours.
	skip "nothing is lost" "routers lost an adjacency meanwhile"
else
	check "nothing is lost" lossless "$line"
fi
check "it comes back" undrain "$t1"
check "a node falls silent" silence "$t1"
check "a neighbour less" wait_for 60 equal 1 neighbours
check "the flows go on" report silent
check "no session broke" unbroken "$(grep '^silent ' "$work/traffic")"
ktap_diag <"$work/traffic"
ktap_end
