#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Labs side by side, with nodes of the same names: made, entered, and gone
# without a trace.
#
#	h1 ---- r1 ---- h2
#
# shellcheck source=selftests/lib.sh
. "$(dirname "$0")/../lib.sh"
# shellcheck source=selftests/lab.sh
. "$(dirname "$0")/../lab.sh"

lab_test
write_lab one 10.1.0.0/16 2001:db8:1::/48
write_lab two 10.2.0.0/16 2001:db8:2::/48

both_families() {
	in_lab "$1/h1" ping -c 1 -W "$patience" "$2" &&
		in_lab "$1/h1" ping -c 1 -W "$patience" "$3"
}

ambiguous() {
	refused 1 "several labs have a node 'h1': say one of one/h1, two/h1" \
		in_lab h1 true
}

listed() { [[ $(ip netns list) = *"one.h1"* ]]; }

service_runs() {
	[[ $(nlabctl -j show-lab one | gojq '.nodes[2].services.sleeper') = 1 ]]
}

# Nothing ran in r1 before: what they see is made by the first of them.
at_once() {
	local i

	for i in 1 2 3 4; do
		in_lab one/r1 readlink /proc/self/ns/mnt /proc/self/ns/uts \
			>"$work/seen.$i" &
	done
	wait
	cat "$work"/seen.?
	[[ $(sort "$work"/seen.? | uniq -c) = *"4 mnt:["*"4 uts:["* ]]
}

is_alive() { kill -0 "$(<"$work/pid")" 2>/dev/null; }

check "a lab is made" nlabctl apply "$work/one.yaml"
check "and another beside it" nlabctl apply "$work/two.yaml"
check "their links are up" nlabctl wait one up
check "of both" nlabctl wait two up
check "hosts reach each other through the router" \
	both_families one 10.1.0.6 2001:db8:1:1::2
check "in the other lab too" both_families two 10.2.0.6 2001:db8:2:1::2
check "nodes know each other's names" in_lab one/h1 ping -c 1 h2
check "a node has its own host name" equal h1 in_lab two/h1 hostname
check "all programs of a node see the same" at_once
check "with the devices of its network" equal "h1 h2 lo" \
	in_lab one/r1 sh -c 'cd /sys/class/net && echo *'
check "and the files of the lab" equal "of one" in_lab one/h1 cat /etc/lab-name
check "which the machine has not" fails test -e /etc/lab-name
check "namespaces have names for ip" listed
check "a node of two labs needs the name of the lab" ambiguous
check "an unknown node is refused" refused 1 "no node 'h9'" in_lab h9 true
check "exit status of a program" refused 3 '' in_lab one/h1 sh -c 'exit 3'
check "options of a program are its own" equal -q in_lab one/h1 echo -q
check "a service runs" wait_for 10 service_runs
check "the same again is no change" equal \
	"lab one: 3 nodes, 2 links, 0 changes" nlabctl apply "$work/one.yaml"
sed 's|files: {|&/etc/hosts: 192.0.2.77 other, |' "$work/one.yaml" \
	>"$work/own.yaml"
check "a node gets hosts of its own" nlabctl apply "$work/own.yaml"
check "which it sees" equal "192.0.2.77      other" \
	in_lab one/h1 getent hosts other
check "and nobody else" equal "10.1.0.1        h1" \
	in_lab one/h2 getent hosts h1
check "they are taken away" nlabctl apply "$work/one.yaml"
check "for those of all" equal "10.1.0.6        h2" \
	in_lab one/h1 getent hosts h2
# shellcheck disable=SC2016 # of the program
nlabctl exec one/h1 sh -c 'echo $$ >"$0"; exec sleep 1000' "$work/pid" \
	>"$work/exec.log" 2>&1 &
wait_for 20 test -s "$work/pid"
check "a program that was run in a node is alive" is_alive
check "one is destroyed" nlabctl destroy one
check "with the programs in it" fails is_alive
check "and all that it had" lab_gone one
check "the other goes on" both_families two 10.2.0.6 2001:db8:2:1::2
check "a lab that is not there" refused 1 "no lab 'one'" nlabctl destroy one
check "all are destroyed" nlabctl destroy --all
check "nothing is left" nothing_left
ktap_end
