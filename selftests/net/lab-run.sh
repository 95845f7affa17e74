#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# A lab for the time of one program, and links without the module.
#
# shellcheck source=selftests/lib.sh
. "$(dirname "$0")/../lib.sh"
# shellcheck source=selftests/lab.sh
. "$(dirname "$0")/../lab.sh"

lab_test
write_lab one 10.1.0.0/16 2001:db8:1::/48
# shellcheck disable=SC2016 # of the program
in_it='nlabctl exec "$NLAB_LAB/h1" ping -qc 1 -W 10 h2 >&2; pwd'

run_one() { nlabctl run "$work/one.yaml" -- "$@"; }

ends_with() {
	run_one sh -c "exit $1"
	(($? == $1)) && nothing_left
}

# The program gets the signal, and the lab goes when it has ended.
interrupted() {
	local pid

	nlabctl run "$work/one.yaml" -- \
		sh -c "touch $work/ready; exec sleep 1000" &
	pid=$!
	wait_for 60 test -e "$work/ready" || return
	kill -TERM "$pid"
	wait "$pid"
	(($? == 143)) && nothing_left
}

there_already() {
	nlabctl -q apply "$work/one.yaml" &&
		refused 1 'is there already' run_one true &&
		[[ -e /run/netns/one.h1 ]] && nlabctl destroy one
}

veth() {
	nlabctl apply -l veth+netem "$work/one.yaml" >"$work/said" 2>&1 &&
		[[ $(<"$work/said") = *"veth pairs with netem"* ]] &&
		[[ $(in_lab h1 tc qdisc show dev r1) = *"delay 1ms"* ]] &&
		in_lab h1 ping -c 1 -W 10 h2
}

veth_change() {
	sed 's/delay: 1ms/delay: 2ms, loss: 1%/' "$work/one.yaml" \
		>"$work/new.yaml"
	nlabctl apply "$work/new.yaml" &&
		[[ $(in_lab h1 tc qdisc show dev r1) = *"delay 2ms loss 1%"* ]]
}

other_kind() {
	refused 1 'are of the other kind' nlabctl apply --link nlink \
		"$work/one.yaml"
}

check "the program works in the lab and where it was called" \
	equal "$PWD" run_one sh -c "$in_it"
check "which then is gone" nothing_left
check "its exit status is ours" ends_with 7
check "a signal ends program and lab" interrupted
check "a lab that is there is not touched" there_already
check "veth and netem in place of our links" veth
check "are changed live" veth_change
check "and not mixed with them" other_kind
nlabctl destroy one
check "nothing is left" nothing_left
ktap_end
