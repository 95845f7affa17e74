#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The pair device through the kernel's own interfaces: made by ip, moved,
# taken down, bridged, tagged, offloads, and gone with its peer.
#
#	client c0 ---- s0 server
# shellcheck source=../lib.sh
. "$(dirname "$0")/../lib.sh"
need ping ethtool
start_test
nodes client server

# make: a link without parameters, with addresses.
make() {
	ip link add c0 netns "$client" type nlink || return 1
	# The kernel names the peer and puts it beside.
	ip -n "$client" link set nlink0 netns "$server" name s0 || return 1
	addresses c0 "$client" 198.51.100.1/24,2001:db8::1/64 \
		s0 "$server" 198.51.100.2/24,2001:db8::2/64
}

pings() { on "$client" ping -c 3 -i 0.01 -W 5 "$@" 198.51.100.2; }
mtu() { ip -n "$client" link set c0 mtu "$1" && ip -n "$server" link set s0 mtu "$1"; }
carrier() { [[ $(on "$1" ethtool "$2" | grep -o 'detected: .*') = "detected: $3" ]]; }
gone() { ! ip -n "$1" link show "$2" >/dev/null 2>&1; }

big_mtu() {
	mtu 65535 && pings -s 60000 -M "do" && mtu 68 && mtu 1500
}

tagged() {
	ip -n "$client" link add link c0 name c0.7 type vlan id 7 &&
		ip -n "$server" link add link s0 name s0.7 type vlan id 7 &&
		ip -n "$client" addr add 203.0.113.1/24 dev c0.7 &&
		ip -n "$server" addr add 203.0.113.2/24 dev s0.7 &&
		ip -n "$client" link set c0.7 up &&
		ip -n "$server" link set s0.7 up &&
		on "$client" ping -c 1 -W 5 203.0.113.2
}

bridged() {
	ip -n "$server" link add br0 type bridge &&
		ip -n "$server" link set s0 master br0 &&
		ip -n "$server" addr flush dev s0 &&
		ip -n "$server" addr add 198.51.100.2/24 dev br0 &&
		ip -n "$server" link set br0 up && pings
}

flaps() {
	local i

	for ((i = 0; i < 5; i++)); do
		ip -n "$server" link set s0 down || return 1
		carrier "$client" c0 no || return 1
		ip -n "$server" link set s0 up || return 1
		carrier "$client" c0 yes || return 1
	done
	wait_for 60 pings
}

# As if the wire was cut: both see it, and keep what they have.
cut() {
	ip -n "$client" link set c0 carrier off &&
		carrier "$client" c0 no && carrier "$server" s0 no &&
		! on "$client" ping -c 1 -W 1 198.51.100.2 &&
		[[ $(ip -n "$client" route) = 198.51.100.0/24* ]]
}

cut_stays() {
	ip -n "$server" link set s0 down && ip -n "$server" link set s0 up &&
		carrier "$client" c0 no && carrier "$server" s0 no
}

mended() {
	ip -n "$server" link set s0 carrier on &&
		carrier "$client" c0 yes && carrier "$server" s0 yes &&
		wait_for 60 pings
}

peer_number() {
	on "$client" ethtool -S c0 | grep "peer_ifindex: $(ip -n "$server" -j \
		link show s0 | gojq '.[0].ifindex')\$"
}

received() {
	(($(ip -n "$server" -j -s link show s0 |
		gojq '.[0].stats64.rx.packets') > 10))
}

gro() {
	on "$client" ethtool -K c0 gro on && on "$server" ethtool -K s0 gro on &&
		pings -s 1400 && on "$server" ethtool -K s0 gro off && pings
}

check "ip link add" make
check "packets pass" wait_for 60 pings
check "it is of its kind" grep nlink <(ip -d -n "$client" link show c0)
check "the driver says its name" grep -x "driver: nlink" \
	<(on "$client" ethtool -i c0)
check "checksums and segments are left to it" grep -x \
	"tcp-segmentation-offload: on" <(on "$client" ethtool -k c0)
check "an address of a group can be asked for" ip -n "$client" maddr add \
	33:33:00:00:00:99 dev c0
check "the peer's number" peer_number
check "MTU 68 to 65535" big_mtu
check "MTU 67 is refused" fails mtu 67
check "a new device with MTU 67 is refused" fails ip link add m0 mtu 67 type nlink
check "carrier follows the peer" flaps
check "a wire that is cut" cut
check "stays so when an end is taken up" cut_stays
check "until it is mended" mended
check "GRO on and off" gro
check "VLAN" tagged
check "in a bridge" wait_for 60 bridged
check "counters of both ends" received
check "deleting one end" ip -n "$client" link del c0
check "deletes the other" gone "$server" s0
check "again" make
ip netns del "$server"
check "the end of a namespace deletes the other end" wait_for 60 gone "$client" c0
ktap_end
