#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# What passes the links of a lab: traffic, captures, the report.
#
#	h1 ---- r1 ---- h2
#
# shellcheck source=selftests/lib.sh
. "$(dirname "$0")/../lib.sh"
# shellcheck source=selftests/lab.sh
. "$(dirname "$0")/../lab.sh"

need iperf3 tcpdump
lab_test
write_lab one 10.1.0.0/16 2001:db8:1::/48
sed -i 's/delay: 1ms/delay: 1ms, rate: 2mbit, limit-packets: 20/
	/r1: router/a\  s1: switch' \
	"$work/one.yaml"
cat >>"$work/one.yaml" <<-'END'
	events:
	  - at: 0s
	    traffic: {from: h2, to: h1, rate: 200kbit, time: 1s, protocol: udp}
	  - {at: 0s, traffic: {from: r1, to: h1, rate: 100kbit, time: 1s}}
	END
nlabctl apply -q "$work/one.yaml" || bail_out "no lab"

# traffic FILTER WORD...: the answer of gojq to what was measured.
traffic() { nlabctl -j traffic one "${@:2}" >"$work/said" && gojq -c "$1" "$work/said"; }
report() { nlabctl -j report one | gojq -c "$1"; }

# Twice of what the link takes.
too_much() {
	equal true traffic '.packets > 0 and ."lost-packets" > 0 and
		."lost-packets" < .packets and
		."received-bytes" < ."sent-bytes"' \
		h2 h1 rate 4mbit time 2s udp && return
	cat "$work/said"
	return 1
}

log=/run/nlab/labs/one/lab/events.log
event_says() {
	[[ $(<$log) = *"0ns traffic h2 h1 rate 200kbit time 1s udp: sent 0."*" Mbit/s, "*" packets, jitter "* ]]
}
other_says() { [[ $(<$log) = *"0ns traffic r1 h1 rate 100kbit time 1s tcp: sent 0."* ]]; }

# A capture that goes on until it is killed, as by a user.
captured() {
	echo old >"$work/h1.pcap"
	nlabctl capture one h1:r1 "$work/h1.pcap" 2>"$work/tcpdump.log" &
	wait_for 30 grep -q "listening on" "$work/tcpdump.log" || return
	in_lab h1 ping -c 1 -W "$patience" 10.1.0.2 >/dev/null
	wait_for 30 shown
	kill $! && wait $!
	shown
}
shown() { [[ $(tcpdump -nr "$work/h1.pcap" 2>/dev/null) = *"ICMP echo request"* ]]; }

says() { [[ $(nlabctl report one) = *"$1"* ]]; }

page() {
	nlabctl report one html >"$work/one.html" &&
		/usr/bin/python3 - "$work/one.html" <<-'END'
			import sys, xml.etree.ElementTree as tree
			text = open(sys.argv[1]).read()
			page = tree.fromstring(text[text.index("<html"):]
			    .replace('<meta charset="utf-8">', ""))
			rows = len(page.findall(".//tr"))
			bars = len(page.findall(".//rect"))
			assert "http" not in text, "something is fetched"
			assert rows == 5 and bars > 3, (rows, bars)
		END
}

check "the lab is up" nlabctl wait one up
check "cross traffic of an event" wait_for 60 event_says
check "another to the same node at once, which needs another port" \
	wait_for 60 other_says
check "TCP from one node to another" equal true \
	traffic '.protocol == "tcp" and ."received-bytes" > 0 and .retransmits >= 0' \
	h1 h2 time 1s
check "more UDP than the link takes" too_much
check "an unknown node" refused 1 "unknown node 'h3', did you mean 'h" \
	nlabctl traffic one h1 h3
check "a node without an address" refused 1 "node 's1' has no address" \
	nlabctl traffic one h1 s1
check "a bad rate" refused 1 "bad rate 'fast'" nlabctl traffic one h1 h2 rate fast
check "packets are captured to a file" captured
check "where there is no tcpdump" refused 3 "no program tcpdump" \
	env PATH="$work" "$(command -v nlabctl)" capture one h1:r1 "$work/h1.pcap"
check "the file stays as it was" shown
check "of an unknown link" refused 1 "no link 'h1:r2' in lab 'one'" \
	nlabctl capture one h1:r2
check "the report has each direction" says \
	"r1:h1 -> h1:r1 rate 2mbit limit-packets 20 delay 1ms"
check "with its losses" equal true \
	report '.directions[1].stats | ."drop-queue" > 0 and .packets > 20'
check "and how late packets were" equal true \
	report '.late | .packets > 10 and ."half-below" <= ."p99-below"'
check "plain directions too" says "r1:h2 -> h2:r1 plain"
check "a form that it has not" refused 1 "unknown form of a report 'htm', did you mean 'html'?" \
	nlabctl report one htm
check "as a page" page
nlabctl destroy one
check "nothing is left" nothing_left
ktap_end
