#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Streams whose packets have unusual shapes: larger than 64 KB (BIG TCP), on
# VLAN devices with and without tag offload, shared with a packet capture.
#
#	client ---- xlat ---- server	(siit_network in lib.sh)
# shellcheck source=../lib.sh
. "$(dirname "$0")/../lib.sh"
need iperf3 ethtool tcpdump /usr/bin/python3
start_test
siit_network
start_server "$server" tcp 5201 iperf3 -s -p 5201

# More than the buffers of the two sockets hold.
run_stream() { on "$client" iperf3 -J -c "$server4" -n 16M "$@" >"$work/iperf"; }

# stream ARGUMENT...: data arrives.
stream() {
	# The server may still be busy with the test before.
	wait_for 60 run_stream "$@" || { gojq -r .error "$work/iperf"; return 1; }
	gojq -e '.end.sum_received.bytes > 1000000' "$work/iperf" ||
		{ gojq -c .end.sum_sent "$work/iperf"; return 1; }
}

# sizes KEY BYTES: of all four devices.
sizes() {
	ip -n "$client" link set c0 "$1" "$2" &&
		ip -n "$xlat" link set x4 "$1" "$2" &&
		ip -n "$xlat" link set x6 "$1" "$2" &&
		ip -n "$server" link set s0 "$1" "$2"
} 2>>"$work/sizes"

# sizes4 BYTES: the same for IPv4, sent and received.
sizes4() {
	local set=$selftests/net/ipv4-size.py

	on "$client" /usr/bin/python3 -B "$set" c0 "$1" &&
		on "$xlat" /usr/bin/python3 -B "$set" x4 "$1" &&
		on "$xlat" /usr/bin/python3 -B "$set" x6 "$1" &&
		on "$server" /usr/bin/python3 -B "$set" s0 "$1"
} 2>>"$work/sizes"

# A sender makes packets of what it may send in a millisecond at its pace, and
# of a third of its window: too little for large ones on a slow machine.
hurry() {
	local ns

	for ns in "$client" "$server"; do
		write_sysctl "$ns" ipv4/tcp_pacing_ss_ratio=1000 \
			ipv4/tcp_pacing_ca_ratio=1000 \
			ipv4/tcp_tso_win_divisor=1 || return
	done
}

# big ARGUMENT...: some packet of a stream was one that must be segmented.
big() { wait_for 60 counts segmented stream "$@"; }

check "client reaches server" reachable
check "TCP makes packets as large as it can" hurry
if sizes gso_max_size 180000 && sizes gro_max_size 180000; then
	check "BIG TCP of IPv6 reaches the translator" big -R
	sizes gso_max_size 65536
	sizes gro_max_size 65536
else
	skip "BIG TCP of IPv6" "$(tail -n 1 "$work/sizes")"
fi
if sizes4 180000; then
	check "BIG TCP of IPv4 reaches the translator" big
	sizes4 65536
else
	skip "BIG TCP of IPv4" "$(tail -n 1 "$work/sizes")"
fi

start "$xlat" tcpdump -n -U -Z root -i any -w "$work/capture"
captures() { reachable && (($(stat -c %s "$work/capture") > 100)); }
check "a capture runs" wait_for 60 captures
check "with a capture: TCP to the server" stream
kill "$started"

# vlan NODE DEVICE ADDRESS: moves the address of DEVICE to VLAN 5.
vlan() {
	ip -n "$1" -b - <<-END
	addr flush dev $2
	link add link $2 name ${2}v5 type vlan id 5
	link set ${2}v5 up
	addr add $3 dev ${2}v5 ${4-}
	END
}

move() {
	vlan "$client" c0 198.51.100.2/24 && vlan "$xlat" x4 198.51.100.1/24 &&
		vlan "$xlat" x6 2001:db8:1::1/64 nodad &&
		vlan "$server" s0 2001:db8:1::2/64 nodad || return 1
	ip -n "$client" route replace default via 198.51.100.1 &&
		ip -n "$server" -6 route replace default via 2001:db8:1::1
}
check "both links become VLANs" move
check "client reaches server on VLANs" reachable
check "VLAN: TCP to the client" stream -R
for dev in x4 x6; do
	on "$xlat" ethtool -K $dev rxvlan off txvlan off >/dev/null 2>&1
done
check "VLAN, tags in the frame: TCP to the server" stream
ktap_end
