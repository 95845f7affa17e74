#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# While one packet comes after the other a link's timer is set later: what is
# under way when they end arrives all the same, without another one.
# shellcheck source=selftests/lib.sh
. "$(dirname "$0")/../lib.sh"
need gojq modprobe
start_test
modprobe -q pktgen
nodes client server
on "$client" test -e /proc/net/pktgen/pgctrl ||
	skip_all "this kernel has no pktgen"
for node in "$client" "$server"; do
	write_sysctl "$node" ipv6/conf/default/disable_ipv6=1
done
nlabctl add-links - <<-END || bail_out "can't make links"
c0@$client s0@$server delay 1ms limit-packets 0
c1@$client s1@$server delay 300ms limit-packets 0
END
mac=02:00:00:00:00:01
for i in 0 1; do
	on "$client" ip link set c$i up
	on "$server" ip link set s$i address $mac up
done

# pktgen FILE LINE...
pktgen() {
	local file=$1 line

	shift
	for line; do
		echo "$line" >"/proc/net/pktgen/$file" || return 1
	done
}

# arrived DEVICE: how many packets the server's has got.
arrived() {
	ip -n "$server" -s -j link show "$1" | gojq '.[0].stats64.rx.packets'
}

# flood DEVICE COUNT: as fast as one thread can, then silence.
flood() {
	local before

	before=$(arrived "s${1#c}") || return 1
	# it waits for its packets to be gone, which may be never
	on "$client" timeout 20 bash -c "$(declare -f pktgen)
		pktgen kpktgend_0 rem_device_all 'add_device $1' &&
		pktgen $1 'clone_skb 0' 'delay 0' 'pkt_size 60' \
			'dst 192.0.2.1' 'dst_mac $mac' 'count $2' &&
		pktgen pgctrl start" || return 1
	wait_for 2 has_all "s${1#c}" $((before + $2))
}

has_all() { [[ $(arrived "$1") = "$2" ]]; }

for n in 50 500 5000 20000; do
	check "$n packets, 1 ms" flood c0 $n
done
check "5000 packets, all under way at their end" flood c1 5000
ktap_end
