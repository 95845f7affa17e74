#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# An apply that fails, is interrupted, or is killed at any moment: what it made
# is gone at once, or with "destroy".
#
# shellcheck source=selftests/lib.sh
. "$(dirname "$0")/../lib.sh"
# shellcheck source=selftests/lab.sh
. "$(dirname "$0")/../lab.sh"

lab_test
cat >"$work/ring.yaml" <<-'END'
	lab: ring
	pool: 10.9.0.0/16
	topologies:
	  - shape: ring
	    nodes: 6
	    name: r
	    node: {kind: router, services: {idle: exec sleep 1000}}
	    link: {delay: 1ms}
	END

# killed_after SECONDS COMMAND...: returns when it is dead; without --foreground
# timeout kills itself, too, and so it may be before.
killed_after() { timeout --foreground -s KILL "$@"; }

# Killed after a part of the time that the whole takes.
kill_it() {
	killed_after "$1" nlabctl -q apply "$work/ring.yaml" 2>&1
	[[ ! -e /run/nlab/labs/ring ]] || nlabctl destroy ring || return
	lab_gone ring && nothing_left
}

# made_once: and tells how many microseconds it took.
made_once() {
	local start=${EPOCHREALTIME/./}

	nlabctl -q apply "$work/ring.yaml" || return
	echo $((${EPOCHREALTIME/./} - start)) >"$work/took"
	nlabctl destroy ring && nothing_left
}

at_any_moment() {
	local took i

	took=$(<"$work/took")
	for ((i = 1; i <= 8; i++)); do
		printf -v part '0.%06d' $((took * i / 9 % 1000000 + 1))
		kill_it "$part" || { echo "killed after $part s"; return 1; }
	done
}

# What programs of a node see is made by the first of them: if that is killed on
# its way, by the next one.
on_the_way_in() {
	local start took i part

	sed 's/, services: {[^}]*}//' "$work/ring.yaml" >"$work/idle.yaml"
	nlabctl -q apply "$work/idle.yaml" || return
	start=${EPOCHREALTIME/./}
	in_lab r1 true || return
	took=$((${EPOCHREALTIME/./} - start))
	for ((i = 2; i <= 6; i++)); do
		printf -v part '0.%06d' $((took * (i - 1) / 6 % 1000000 + 1))
		killed_after "$part" nlabctl exec "r$i" true
		equal "r$i" in_lab "r$i" hostname || return
	done 2>&1
	nlabctl destroy ring && nothing_left
}

# The other nodes are there before the last one can't be made.
taken_name() {
	ip netns add ring.r6
	refused 2 "'ring.r6' is there already and not of this lab" \
		nlabctl apply "$work/ring.yaml" && nothing_left &&
		[[ -e /run/netns/ring.r6 ]]
}

# A lab that an apply left half made is not changed, only destroyed.
half_made() {
	nlabctl -q apply "$work/ring.yaml" || return
	echo making >/run/nlab/labs/ring/lab/state
	[[ $(nlabctl show-lab) = "ring incomplete"* ]] &&
		refused 2 'is incomplete' nlabctl apply "$work/ring.yaml" &&
		nlabctl destroy ring && nothing_left
}

locked() {
	local fd

	nlabctl -q apply "$work/ring.yaml" || return
	exec {fd}</run/nlab/labs/ring
	flock "$fd"
	refused 2 'another nlabctl works on lab' nlabctl destroy ring || return
	exec {fd}<&-
	nlabctl destroy ring
}

bad_service() {
	sed 's/name: r/name: r\n    leaf: {}/; s/ring$/star/; s/shape: ring/shape: star/' \
		"$work/ring.yaml" >"$work/star.yaml"
	sed -i 's/leaf: {}/leaf: {sysctls: {net.ipv4.nonsense: 1}}/' \
		"$work/star.yaml"
	refused 1 'no sysctl net.ipv4.nonsense' nlabctl apply "$work/star.yaml" &&
		nothing_left
}

check "made and destroyed" made_once
check "a setting that is not there leaves nothing" bad_service
check "a name that is taken leaves nothing, nor does it take it" taken_name
ip netns del ring.r6
check "killed at any moment, destroy leaves nothing" at_any_moment
check "who enters a node may be killed too" on_the_way_in
check "a lab half made is shown and destroyed" half_made
check "a lab that is worked on is left alone" locked
check "nothing is left" nothing_left
ktap_end
