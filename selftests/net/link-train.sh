#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Trains of TCP segments that are too long for the rate are cut into shorter
# ones. A router without offloads takes these apart and completes their
# checksums, so that the server sees whatever is wrong with them.
# At 500 Mbit/s a part has up to four packets (LINK_TRAIN_MAX).
#
#	client c0 ---- x0 xlat x1 ---- s0 server
# shellcheck source=../lib.sh
. "$(dirname "$0")/../lib.sh"
need iperf3 tcpdump ethtool nstat
start_test
nodes client xlat server
forwarding "$xlat"
nlabctl add-links - <<-END || bail_out "can't make links"
c0@$client x0@$xlat delay 1ms rate 500mbit
x1@$xlat s0@$server
END
addresses c0 "$client" 198.51.100.1/24,2001:db8:1::1/64 \
	x0 "$xlat" 198.51.100.2/24,2001:db8:1::2/64 \
	x1 "$xlat" 203.0.113.1/24,2001:db8:2::1/64 \
	s0 "$server" 203.0.113.2/24,2001:db8:2::2/64
routes "$client" "default via 198.51.100.2" "default via 2001:db8:1::2"
routes "$server" "default via 203.0.113.1" "default via 2001:db8:2::1"
on "$xlat" ethtool -K x1 tx off tso off gso off >/dev/null

reachable() {
	on "$client" ping -c 1 -W 2 203.0.113.2 &&
		on "$client" ping -c 1 -W 2 2001:db8:2::2
}

cut_trains() { link_count segmented; }

# transfers ADDRESS: 4 MB, some of it in trains that are cut.
transfers() {
	local before

	before=$(cut_trains)
	start_server "$server" tcp 5201 iperf3 -s -1
	on "$client" iperf3 -c "$1" -n 4M || return 1
	echo "$(($(cut_trains) - before)) trains cut"
	(($(cut_trains) > before)) && equal 0 counted "$server" TcpInCsumErrors
}

# Each packet of the connection has the identification behind that of the one
# before, as if the sender had made them one by one. There is a gap where one was
# lost on the way (the sender sends it again) or not seen by tcpdump. A RST and
# an acknowledgement of TIME-WAIT, at the end, are not of the sender's sequence.
numbered() {
	start "$server" tcpdump -q -n -B 16384 -i s0 -s 64 -w "$work/packets" \
		src 198.51.100.1 and tcp dst port 5201 and "tcp[tcpflags] & tcp-rst = 0"
	# shellcheck disable=SC2154 # of lib.sh
	local dump=$started again

	wait_for 60 grep -q 'listening on' "$work/$dump.log"
	again=$(counted "$client" TcpRetransSegs)
	transfers 203.0.113.2 || return 1
	again=$(($(counted "$client" TcpRetransSegs) - again))
	kill "$dump"
	wait "$dump"
	cat "$work/$dump.log"
	tcpdump -n -v -r "$work/packets" 2>/dev/null | awk -v again="$again" \
		-v unseen="$(sed -n 's/ packets dropped by kernel//p' "$work/$dump.log")" '
		match($0, /, id [0-9]+,/) { id = substr($0, RSTART + 5) + 0; next }
		$1 in ended { next }
		$1 in last && id != (last[$1] + 1) % 65536 { gaps++; print last[$1] " " id $0 }
		{ last[$1] = id; n++ }
		/Flags \[F/ { ended[$1] }
		END {
			print n + 0 " packets, " gaps + 0 " gaps, " again " sent again"
			exit n < 1000 || gaps > again + unseen
		}'
}

check "routes" wait_for 60 reachable
check "IPv4" transfers 203.0.113.2
check "IPv6" transfers 2001:db8:2::2
check "identifications go on" numbered
check "with loss" on "$client" nlabctl set-link c0 loss 0.5% ge-enter 0.1% ge-leave 50%
check "IPv4 with loss" transfers 203.0.113.2
ktap_end
