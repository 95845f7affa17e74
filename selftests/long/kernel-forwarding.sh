#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The kernel's own tests of bridges, routers, tunnels and traffic control, its
# net/forwarding, each on up to five emulated links in a namespace of its own.
# Hosts are VRFs there.
#
#	NLAB_CASES	only those with one of these words in their names
#
# shellcheck source=selftests/lib.sh
. "$(dirname "$0")/../lib.sh"
# shellcheck source=selftests/others.sh
. "$selftests/others.sh"

# Those that mostly wait, which run side by side.
cases=(
	bridge_locked_port bridge_mdb bridge_mdb_port_down bridge_port_isolation
	bridge_sticky_fdb bridge_vlan_aware bridge_vlan_unaware
	ip6_forward_instats_vrf
	ip6gre_flat ip6gre_flat_key ip6gre_flat_keys
	ip6gre_hier ip6gre_hier_key ip6gre_hier_keys
	ipip_flat_gre ipip_flat_gre_key ipip_flat_gre_keys
	ipip_hier_gre ipip_hier_gre_key ipip_hier_gre_keys
	mirror_gre mirror_gre_bound mirror_gre_bridge_1d mirror_gre_bridge_1d_vlan
	mirror_gre_bridge_1q mirror_gre_changes mirror_gre_flower mirror_gre_neigh
	mirror_gre_nh mirror_gre_vlan mirror_gre_vlan_bridge_1q mirror_vlan
	pedit_dsfield pedit_ip pedit_l4port q_in_vni q_in_vni_ipv6
	router router_bridge router_bridge_vlan router_broadcast router_multicast
	router_nh router_vid_1 skbedit_priority
	tc_actions tc_chains tc_flower tc_flower_router tc_shblocks tc_vlan_modify
	vxlan_bridge_1d_port_8472 vxlan_bridge_1d_port_8472_ipv6
	vxlan_bridge_1q_port_8472_ipv6 vxlan_symmetric_ipv6 dual_vxlan_bridge
)
# Those of timers.
alone=(bridge_igmp bridge_mld)
# Only by name: those of rates, those that send a hundred thousand packets, and
# those that take many minutes.
heavy=(
	bridge_vlan_mcast no_forwarding sch_red sch_tbf_prio sch_tbf_root
	tc_police gre_multipath gre_multipath_nh gre_multipath_nh_res
	router_multipath router_mpath_nh router_mpath_nh_res
	gre_inner_v4_multipath gre_inner_v6_multipath
	ip6gre_inner_v4_multipath ip6gre_inner_v6_multipath
	custom_multipath_hash gre_custom_multipath_hash
	ip6gre_custom_multipath_hash
	vxlan_asymmetric vxlan_asymmetric_ipv6 vxlan_symmetric vxlan_bridge_1d
	vxlan_bridge_1d_ipv6 vxlan_bridge_1q vxlan_bridge_1q_ipv6
	vxlan_bridge_1q_port_8472
)
ports=(n{0..9})

# selected NAME...: prints those that are asked for.
selected() {
	printf '%s\n' "$@" | grep -E "$(tr ' ' '|' <<<"${NLAB_CASES:-}")"
}

# How many devices of a kind the namespace of the test has.
devices() {
	ip -n "$box" -j link show type "$1" | gojq 'map(select(.ifname)) | length'
}

# Its links are really of that kind, and no others are there.
only_links() {
	local other=veth

	[[ $NLAB_KIND != veth ]] || other=nlink
	(($(devices "$NLAB_KIND") >= 2 && $(devices $other) == 0)) || {
		echo "ERROR its links are not all of the kind $NLAB_KIND"
		return 1
	}
}

# forwarding_test NAME: in a namespace that nobody else has used, with a folder for
# names and sockets of its own.
forwarding_test() {
	local box=$1-$NLAB_KIND status

	ip netns add "$box" && ip -n "$box" link set lo up || return
	# shellcheck disable=SC2016 # for the inner one
	timeout -k 5 1800 "$NLAB_IP" netns exec "$box" bash -c \
		'mount -t tmpfs tmpfs /run && exec bash "./$@"' - \
		"$1.sh" "${ports[@]}"
	status=$?
	((status)) || only_links || status=1
	ip netns del "$box"
	return $status
}

# As many at a time as there are lines in file 6: they mostly wait.
in_turn() {
	read -r _ <&6
	no_worse "$work/$1" forwarding_test "$1"
	echo >&6
}

# results NAME...: of tests that are run side by side.
results() {
	local name pids=() i=0

	for name; do
		in_turn "$name" &
		pids+=($!)
	done
	pid_list+=("${pids[@]}")
	for name; do
		wait "${pids[i++]}"
		verdict "$name.sh" "$work/$name"
		grep -ah '\[SKIP\]' "$work/$name" | ktap_diag
		[[ $(<"$work/$name.verdict") != ok ]] ||
			echo "# of $(grep -ac 'TEST: ' "$work/$name") results"
	done
}

export NLAB_IP NLAB_VRF_SOCKET=$built/vrf-socket.so
NLAB_IP=$(command -v ip)
kernel_tests
cd forwarding || bail_out "no tests"
# gojq starts ten times as fast on an emulated processor.
ln -s "$(command -v gojq)" "$work/bin/jq"

# Of the tests, which are of bash. ip binds the sockets of a program to a VRF by
# CONFIG_CGROUP_BPF, which is not in every kernel; what makes no veth needs no
# look at each word.
ip() {
	case "$*" in
	"vrf exec "*)
		NLAB_VRF=$3 LD_PRELOAD=$NLAB_VRF_SOCKET "${@:4}" ;;
	*" type veth "*)
		command ip "$@" ;;
	*)
		"$NLAB_IP" "$@" ;;
	esac
}
export -f ip

mapfile -t cases < <(selected "${cases[@]}")
[[ -z ${NLAB_CASES:-} ]] || alone+=("${heavy[@]}")
mapfile -t alone < <(selected "${alone[@]}")
mkfifo "$work/turns"
exec 6<>"$work/turns"
printf '\n%.0s' {1..4} >&6
results "${cases[@]}"
for i in {1..3}; do
	read -r _ <&6
done
results "${alone[@]}"
ktap_end
