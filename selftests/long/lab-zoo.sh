#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Networks of the Internet Topology Zoo with OSPF: from GraphML to routers that
# all reach each other, and around a link that is cut.
#
# shellcheck source=selftests/lib.sh
. "$(dirname "$0")/../lib.sh"
# shellcheck source=selftests/lab.sh
. "$(dirname "$0")/../lab.sh"

[[ -x /usr/lib/frr/ospfd ]] || skip_all "frr is not installed"
need gojq python3
examples=$selftests/../Documentation/examples
[[ -e $examples/geant.graphml ]] || skip_all "no $examples"
lab_test

import() {
	nlabctl import-lab graphml "$examples/$1.graphml" routing ospf \
		>"$work/$1.yaml"
}

# settles LAB START WHAT
settles() {
	nlabctl wait "$1" converged 300 &&
		took "$2" "$1 after $3, with six seconds without a change"
}

# answers LAB: of the loopbacks of all, to each of the others.
answers() {
	local name address all=() names=() sum=0 i

	while read -r name address; do
		names+=("$name") all+=("$address")
	done < <(nlabctl -j show-lab "$1" | gojq -r '.nodes[] |
		.name + " " + (.addresses[0] | split("/")[0])')
	for i in "${!names[@]}"; do
		((sum += $(in_lab "$1/${names[i]}" "$mesh" "$patience" \
			"${all[@]:0:i}" "${all[@]:i + 1}")))
	done
	echo "$sum"
}
mesh=$selftests/long/mesh.py

hop() { in_lab Abilene/Denver ip route get 172.16.0.8; }
direct() { [[ $(hop) = *"dev KansasCity "* ]]; }
detour() { [[ $(hop) = *"dev S"* ]]; }
wire() { in_lab Abilene/Denver ip link set KansasCity carrier "$1"; }

# made NAME LAB ANSWERS
made() {
	local start

	check "$2: read from GraphML" import "$1"
	start=$EPOCHREALTIME
	check "$2: made" nlabctl apply "$work/$1.yaml"
	check "$2: OSPF converges" settles "$2" "$start" "apply began"
	check "$2: each router reaches each" equal "$3" answers "$2"
}

made abilene Abilene 110
check "Denver to Kansas City is one hop" direct
start=$EPOCHREALTIME
check "that link is cut" wire off
check "and the way leads around" wait_for 60 detour
check "OSPF converges again" settles Abilene "$start" "the link was cut"
check "still each router reaches each" equal 110 answers Abilene
check "the link is mended" wire on
check "and used again" wait_for 60 direct
nlabctl destroy Abilene
made geant Geant 1560
nlabctl destroy Geant
check "nothing is left" nothing_left
print_measured
ktap_end
