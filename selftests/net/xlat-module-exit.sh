#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The module is unloaded and loaded again under traffic, twenty times or
# NLAB_ROUNDS; nothing keeps it, and nothing of it stays.
#
#	client ---- xlat ---- server	(siit_network in lib.sh)
# shellcheck source=../lib.sh
. "$(dirname "$0")/../lib.sh"
need ping rmmod insmod
start_test
rounds=${NLAB_ROUNDS:-10}
module=$selftests/../build/kmod-${NLAB_VM:-none}/nlab.ko
[[ -e $module ]] || skip_all "only in the virtual machine of vm.sh"
siit_network
check "client reaches server" reachable
# A packet and an answer each millisecond and way, not all that the machine can
# do: it has to load modules as well.
start "$client" "$built/udp-seq" send "$server4" 9 1000000 100 1000
traffic=$started
start "$server" "$built/udp-seq" send "$client6" 9 1000000 100 1000
traffic+=" $started"

setup() {
	nlabctl -n "$xlat" -b - <<-END
	set-xlat prefix 64:ff9b::/96
	add-map 203.0.113.10 2001:db8:1::2
	END
}

rounds() {
	local i

	for ((i = 0; i < rounds; i++)); do
		rmmod nlab || return 1
		insmod "$module" || return 1
		setup || return 1
		((i != rounds / 10)) || memory_begin
	done
}
check "unloaded and loaded $rounds times under traffic" rounds
check "the kernel's memory has not grown" memory_end
# shellcheck disable=SC2086 # two numbers
check "the traffic went on" running $traffic
check "client reaches server again" reachable

# Whoever listens is told by its socket, and does not keep the module.
start "$xlat" nlabctl monitor
monitor=$started
wait_for 60 grep -q ready "$work/$monitor.log"
check "unloaded with a listener" rmmod nlab
check "without the module the tool says so" refused 3 "" nlabctl -n "$xlat" show-maps
check "and nothing is translated" fails on "$client" ping -c 1 -W 0.5 "$server4"
ended() { ! kill -0 "$monitor" 2>/dev/null; }
check "the listener has ended" wait_for 60 ended
insmod "$module"
check "loaded again it has no maps" equal "" nlabctl -n "$xlat" show-maps
setup
check "client reaches server at last" reachable

# The node is withdrawn while it still translates: the other devices go later.
start "$xlat" ip -o monitor link
events=$work/$started.log
shown() {
	ip -n "$xlat" link add nlab0 type nanchor &&
		nlabctl -b - <<<"add-link l0@$xlat l1@$xlat" &&
		wait_for 60 heard
}
heard() {
	ip -n "$xlat" link set nlab0 mtu 1400
	ip -n "$xlat" link set nlab0 mtu 1500
	grep -q nlab0 "$events"
}
withdrawn_first() {
	rmmod nlab && wait_for 60 grep -q "Deleted .*l1" "$events" &&
		[[ $(grep -m 1 Deleted "$events") = *nlab0* ]]
}
check "an anchor and a link" shown
check "the anchor goes first" withdrawn_first
insmod "$module"
ktap_end
