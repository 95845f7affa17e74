#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The network of the experiments with GINE, Documentation/examples/gine.yaml:
# web server, delays that add up, loss that multiplies, RIP around a link that
# fails.
#
# shellcheck source=selftests/lib.sh
. "$(dirname "$0")/../lib.sh"
# shellcheck source=selftests/lab.sh
. "$(dirname "$0")/../lab.sh"

[[ -x /usr/lib/frr/ripd ]] || skip_all "frr is not installed"
need curl nginx
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

check "the lab is made" nlabctl apply "$file"
check "links and daemons are up" nlabctl wait gine up
check "RIP finds the way" wait_for 120 reaches NS3
check "RIPng too" wait_for 120 reaches 2001:db8:103::1
check "over NS6" wait_for 60 direct
check "the web server answers" equal "This is NS3, you are 198.51.100.1" \
	web NS3
check "cross traffic has its way" in_lab NS1 ping -c 1 -W 5 NS2
check "delays are set by the file" impair "{delay: 100ms}" \
	"{delay: 200ms}" "{delay: 300ms}"
check "and add up" delay_adds_up
check "so is loss" impair "{loss: 10%}" "{loss: 10%}" "{loss: 10%}"
check "and multiplies" loss_multiplies
check "as it was" nlabctl apply "$file"
nlabctl -n gine.NS5 set-link NS6 loss 100%
check "RIP goes around a dead link" wait_for 120 detour
check "to the end" wait_for 120 reaches NS3
nlabctl -n gine.NS5 set-link NS6 loss 0
check "and back" wait_for 120 direct
check "the lab is destroyed" nlabctl destroy gine
check "nothing is left" nothing_left
ktap_end
