#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Delay, order, queue and rate of a link.
#
#	client c0 ---- s0 server	(link_pair in lib.sh)
# shellcheck source=../lib.sh
. "$(dirname "$0")/../lib.sh"
need ping python3 tc
! grep -q 'QEMU TCG' /proc/cpuinfo ||
	skip_all "an emulated processor is too slow for exact times"
start_test
link_pair

# rtt: the least of the last pings, in us.
rtt() {
	sed -n 's|^rtt.* = \([0-9]*\)\.\([0-9]*\)/.*|\1\2|p' "$work/ping" |
		sed 's/^0*//'
}

delays() {
	fresh && set_link delay 20ms && equal 5 pings 5 && (($(rtt) >= 40000)) || return 1
	set_link dir in delay 0 && equal 5 pings 5 && (($(rtt) >= 20000)) &&
		set_link delay 0 && equal 5 pings 5 && (($(rtt) < 20000))
}

jitter_keeps() {
	fresh && set_link dir out delay 5ms jitter 5ms distribution pareto &&
		on "$client" ping -c 100 -i 0.001 -W 1 198.51.100.2 |
		sed -n 's/.*icmp_seq=\([0-9]*\).*/\1/p' >"$work/seq" &&
		equal "$(seq 100)" cat "$work/seq"
}

# wire_counts: packets on the wire, waiting, dropped.
wire_counts() {
	nlabctl -n "$client" -s -j show-links c0 | gojq -r '.[0].dir.stats |
		"\(.packets) \(."queue-packets") \(."drop-queue")"'
}

# 1000 bit/s: a packet of 1042 bytes takes 8 s, so three of ten wait. They are
# not lost by a change, and go at the new rate.
queues() {
	local packets drops

	fresh && read -r packets _ drops < <(wire_counts)
	set_link dir out rate 1kbit limit-packets 3 || return 1
	on "$client" ping -q -c 10 -i 0.002 -W 1 -s 1000 198.51.100.2
	equal "$((packets + 1)) 3 $((drops + 6))" wire_counts && fresh &&
		equal "$((packets + 4)) 0 $((drops + 6))" wire_counts
}

drained() { [[ $(link_count queue-packets) = 0 ]]; }

# What waits goes at the new rate from the change on, not from when it came: each
# packet of 1042 bytes takes 41.7 ms. One may leave before, the last begins to.
new_rate() {
	local waiting begin took

	fresh && set_link dir out rate 1kbit || return 1
	on "$client" ping -q -c 20 -l 20 -S 200000 -W 2 -s 1000 198.51.100.2
	waiting=$(link_count queue-packets)
	begin=${EPOCHREALTIME/./}
	set_link dir out rate 200kbit && wait_for 60 drained || return 1
	took=$((${EPOCHREALTIME/./} - begin))
	echo "$waiting waited, $took us"
	((waiting > 15 && took > (waiting - 2) * 40000))
}

# With a qdisc above it, a full queue stops the device and loses nothing.
stops() {
	local before

	fresh && before=$(link_count drop-queue)
	on "$client" tc qdisc add dev c0 root pfifo limit 1000 || return 1
	set_link dir out rate 1mbit limit-packets 2 || return 1
	on "$client" ping -q -c 30 -i 0.001 -s 1000 -W 5 198.51.100.2 >"$work/ping"
	cat "$work/ping"
	grep ' 30 received' "$work/ping" && (($(link_count drop-queue) == before)) &&
		on "$client" tc qdisc del dev c0 root
}

# The server says how many us passed between the first and the last of 201
# packets of 1514 bytes.
cat >"$work/receive.py" <<'END'
import socket, time
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.bind(("", 9000))
s.settimeout(60)
s.recv(2000)
begin = time.monotonic()
for i in range(200):
    s.recv(2000)
print(round((time.monotonic() - begin) * 1e6), flush=True)
END
cat >"$work/send.py" <<'END'
import socket
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.connect(("198.51.100.2", 9000))
for i in range(201):
    s.send(bytes(1472))
END

# once WANTED: not much earlier, since the first may come late; the time itself
# is in $took.
once() {
	local log

	start_server "$server" udp 9000 python3 "$work/receive.py"
	log=$work/$started.log
	on "$client" python3 "$work/send.py"
	wait_for 60 test -s "$log" || return 1
	took=$(<"$log")
	echo "$took us, $1 wanted"
	((took > $1 * 80 / 100))
}

# rate MBIT OVERHEAD: not too fast. How near it comes on an idle machine is a
# matter of make bench: a busy one is late.
rate() {
	local want=$((200 * (1514 + $2) * 8 / $1)) i took

	fresh && set_link dir out rate "$1mbit" overhead "$2" || return 1
	for ((i = 0; i < 5; i++)); do
		once $want || return 1
		((took > want * 2)) || return 0
	done
	return 1
}

check "packets pass" pass
check "delay" delays
check "jitter keeps the order" jitter_keeps
check "queue" queues
check "a new rate for what waits" new_rate
check "packets pass again" wait_for 60 pass
check "a queueing discipline is stopped" stops
check "10 Mbit/s" rate 10 0
check "5 Mbit/s of the Ethernet wire" rate 5 24
fresh
check "packets pass at last" pass
ktap_end
