#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The network of the experiments with GINE, Documentation/examples/gine.yaml:
# web server, throughput by hops, delays that add up, loss that multiplies, a
# rate, cross traffic, RIP around a link that fails.
#
# shellcheck source=selftests/lib.sh
. "$(dirname "$0")/../lib.sh"
# shellcheck source=selftests/lab.sh
. "$(dirname "$0")/../lab.sh"

[[ -x /usr/lib/frr/ripd ]] || skip_all "frr is not installed"
need curl iperf3 nginx
file=$selftests/../Documentation/examples/gine.yaml
[[ -e $file ]] || skip_all "no $file"
lab_test

reaches() { in_lab NS0 ping -c 1 -W 3 "$1"; }
web() { in_lab NS0 curl -sf --max-time 20 "http://$1/"; }
detour() { [[ $(in_lab NS5 ip route get 198.51.100.13) = *"dev NS9 "* ]]; }
direct() { [[ $(in_lab NS5 ip route get 198.51.100.13) = *"dev NS6 "* ]]; }

# Experiment 2, in the file as a user would change it.
impair() {
	sed -e "s/\[NS4, NS5\]/&\n    out: $1/; s/\[NS5, NS6\]/&\n    out: $2/" \
		-e "s/\[NS6, NS7\]/&\n    out: $3/" "$file" >"$work/gine.yaml"
	nlabctl apply "$work/gine.yaml"
}

# 600 ms there, and what the guest's processor needs.
delay_adds_up() {
	local rtt

	rtt=$(in_lab NS0 ping -c 1 -W 20 198.51.100.13 |
		sed -n 's/.*time=\([0-9]*\).*/\1/p')
	echo "round trip of $rtt ms"
	((rtt >= 600))
}

# 0.271 of 1000, five standard deviations wide.
loss_multiplies() {
	local lost

	lost=$((1000 - $(in_lab NS0 ping -q -c 1000 -i 0.002 -W 5 198.51.100.13 |
		sed -n 's/.* \([0-9]*\) received.*/\1/p')))
	echo "$lost of 1000 lost"
	((lost > 200 && lost < 342))
}

# mbit FROM TO [WORD...]: what arrives of TCP.
mbit() {
	nlabctl -j traffic gine "$1" "$2" time 2s "${@:3}" |
		gojq '."received-rate" / 1e6 | floor'
}

# Experiment 1: nothing is set, only forwarded.
hops() {
	local node count=0 got

	for node in NS4 NS5 NS6 NS7 NS8 NS3; do
		got=$(mbit NS0 "$node") && ((got > 0)) || return
		measured "TCP over $((++count)) links: $got Mbit/s"
	done
}

# 20 Mbit/s with all headers; how much less depends on the machine.
rate_holds() {
	local got

	got=$(mbit NS0 NS3) && measured "TCP on 20 Mbit/s: $got Mbit/s" &&
		echo "$got" && ((got > 8 && got < 20))
}

# Experiment 3: NS1 sends to NS2 on the way of NS0 to NS3, for longer than that
# takes on a busy machine. Who gets how much depends on the queue.
shared() {
	local got before

	before=$(arrived)
	nlabctl traffic gine NS1 NS2 rate 10mbit time 100s udp >/dev/null 2>&1 &
	wait_for 30 cross_flows || return
	before=$(arrived)
	got=$(mbit NS0 NS3) || return
	kill $!
	measured "TCP on 20 Mbit/s beside UDP of 10: $got Mbit/s"
	echo "$got, $(($(arrived) - before)) packets of UDP"
	((got > 2 && got < 20)) && cross_flows
}
arrived() { in_lab NS2 cat /sys/class/net/NS8/statistics/rx_packets; }
cross_flows() { (($(arrived) > before + 100)); }

check "the lab is made" nlabctl apply "$file"
check "links and daemons are up" nlabctl wait gine up
check "RIP finds the way" wait_for 120 reaches NS3
check "RIPng too" wait_for 120 reaches 2001:db8:103::1
check "over NS6" wait_for 60 direct
check "the web server answers" equal "This is NS3, you are 198.51.100.1" \
	web NS3
check "cross traffic has its way" in_lab NS1 ping -c 1 -W 5 NS2
check "throughput by hops" hops
check "delays are set by the file" impair "{delay: 100ms}" \
	"{delay: 200ms}" "{delay: 300ms}"
check "and add up" delay_adds_up
check "so is loss" impair "{loss: 10%}" "{loss: 10%}" "{loss: 10%}"
check "and multiplies" loss_multiplies
check "and a rate" impair "{}" "{rate: 20mbit, limit-bytes: 150000}" "{}"
check "which TCP fills" rate_holds
check "but for what others take of it" shared
check "as it was" nlabctl apply "$file"
nlabctl -n gine.NS5 set-link NS6 loss 100%
check "RIP goes around a dead link" wait_for 120 detour
check "to the end" wait_for 120 reaches NS3
nlabctl -n gine.NS5 set-link NS6 loss 0
check "and back" wait_for 120 direct
check "the lab is destroyed" nlabctl destroy gine
check "nothing is left" nothing_left
print_measured
ktap_end
