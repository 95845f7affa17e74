#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Parameters change, devices, namespaces and the module go while packets wait
# and fly; nothing keeps them, nothing is left (the kernel's own checks look).
#
#	client c0 ---- x0 xlat x1 ---- s0 server
# shellcheck source=../lib.sh
. "$(dirname "$0")/../lib.sh"
need ping rmmod insmod
start_test
module=$selftests/../build/kmod-${NLAB_VM:-none}/nlab.ko

# lab: two links with a router between them, and traffic both ways.
lab() {
	nlabctl -b - <<-END || return 1
	add-link c0@$client x0@$xlat owner lab delay 20ms jitter 10ms order free rate 20mbit
	add-link x1@$xlat s0@$server owner lab delay 20ms duplicate 5% reorder 5%
	END
	addresses c0 "$client" 198.51.100.1/24 x0 "$xlat" 198.51.100.2/24 \
		x1 "$xlat" 203.0.113.1/24 s0 "$server" 203.0.113.2/24 ||
		return 1
	routes "$client" "default via 198.51.100.2"
	routes "$server" "default via 203.0.113.1"
	wait_for 60 on "$client" ping -c 1 -W 2 203.0.113.2 || return 1
	nlabctl -n "$client" set-link c0 schedule - <<-END
	period 100ms
	0 carrier down
	10ms carrier up pause
	20ms resume delay 10ms
	END
}

flood() {
	start "$client" ping -q -f -l 50 -s 1000 203.0.113.2
	start "$server" ping -q -f -l 50 -s 1000 198.51.100.1
}

changes() {
	local i

	for i in {1..4}; do
		nlabctl -n "$xlat" -b - <<-END || return 1
		set-link x0 delay ${i}ms rate ${i}mbit order keep
		set-link x1 delay 0 jitter 0 duplicate 0 reorder 0
		set-link x0 rate none jitter ${i}us order free limit-packets $i
		set-link x1 loss 1% delay 30ms dir out limit-bytes 5000 rate 1mbit
		END
		ip -n "$xlat" link set x0 down
		ip -n "$xlat" link set x0 up
		ip -n "$client" link set c0 down
		ip -n "$client" link set c0 up
	done
}
gone() { [[ -z $(nlabctl show-links owner lab) ]]; }
no_device() { ! ip -n "$1" link show "$2" >/dev/null 2>&1; }

nodes client xlat server
forwarding "$xlat"
check "a laboratory" lab
flood
check "parameters and carrier change under load" changes
check "links are deleted under load" equal "removed 2" nlabctl del-link owner lab
check "on all sides" no_device "$client" c0
check "a laboratory again" lab
flood
ip netns del "$xlat"
check "the namespace between goes under load" wait_for 60 gone
check "its links with it" no_device "$server" s0
if [[ -e $module ]]; then
	nodes xlat
	forwarding "$xlat"
	check "a third laboratory" lab
	flood
	check "the module goes under load" rmmod nlab
	check "its devices with it" no_device "$client" c0
	check "it comes again" insmod "$module"
	check "without links" equal "" nlabctl show-links
	check "a fourth laboratory" lab
else
	skip "the module goes under load" "only in the virtual machine of vm.sh"
fi
ktap_end
