#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Tracepoints nlab:nlab_xlat and nlab:nlab_xlat_drop: what they tell of
# packets in each direction and of drops, and that they know every reason.
#
#	client --- xlat --- server	(siit_network)
# shellcheck source=../lib.sh
. "$(dirname "$0")/../lib.sh"
need ping
start_test
tracing=/sys/kernel/tracing
[[ -e $tracing/trace ]] || mount -t tracefs tracefs "$tracing" 2>/dev/null
[[ -e $tracing/trace ]] || skip_all "no tracefs in this kernel"
[[ -d $tracing/events/nlab ]] || skip_all "no trace events in this kernel"

# A buffer of its own: nobody else's tracing is disturbed.
instance=$tracing/instances/nlab-$$
mkdir "$instance" || skip_all "no instances of trace buffers"
remove_instance() {
	echo 0 >"$instance/events/enable"
	rmdir "$instance"
}
trap 'status=$?; remove_instance; (exit $status); cleanup' EXIT
siit_network
check "ping" reachable

filter() { echo "netns == $inode" >"$1"; }
inode=$(stat -Lc %i "/run/netns/$xlat")
for event in nlab_xlat nlab_xlat_drop; do
	check "$event can be filtered by namespace" \
		filter "$instance/events/nlab/$event/filter"
done
echo 1 >"$instance/events/nlab/enable"

nlabctl -n "$xlat" add-map 2001:db8:f::10 2001:db8:1::77
routes "$xlat" "2001:db8:f::/64 dev x6"
on "$client" ping -q -c 1 -W 5 "$server4" >/dev/null
on "$client" ping -q -c 1 -W 0.5 -t 1 "$server4" >/dev/null
on "$xlat" ping -q -c 1 -W 0.1 2001:db8:f::10 >/dev/null
on "$client" bash -c "echo 1 >/proc/sys/net/ipv4/ip_default_ttl
	echo >/dev/udp/$server4/7007
	echo 64 >/proc/sys/net/ipv4/ip_default_ttl"
echo 0 >"$instance/events/nlab/enable"
cp "$instance/trace" "$work/trace"

# traced PATTERN
traced() {
	grep -E -- "$1" "$work/trace" && return
	cat "$work/trace"
	return 1
}
ids="netns=$inode ifindex=[1-9][0-9]* skbaddr=[0-9a-f]+ len="
check "IPv4 to IPv6" traced "nlab_xlat: 4to6 ${ids}84 \
saddr=::ffff:$client4 daddr=::ffff:$server4 \
new_saddr=$client6 new_daddr=$server6\$"
check "IPv6 to IPv4" traced "nlab_xlat: 6to4 ${ids}104 \
saddr=$server6 daddr=$client6 \
new_saddr=::ffff:$server4 new_daddr=::ffff:$client4\$"
check "own traffic, IPv6 to IPv6" traced "nlab_xlat: 6to6 netns=$inode \
ifindex=0 .* daddr=2001:db8:f::10 .* new_daddr=2001:db8:1::77\$"
check "drop and its reason" traced "nlab_xlat_drop: IPv4 ${ids}84 \
saddr=::ffff:$client4 daddr=::ffff:$server4 sport=0 dport=0 reason=ttl\$"
check "ports of a drop" traced "nlab_xlat_drop: IPv4 ${ids}29 \
saddr=::ffff:$client4 daddr=::ffff:$server4 sport=[1-9][0-9]* dport=7007 \
reason=ttl\$"

nothing_more() {
	: >"$instance/trace"
	on "$client" ping -q -c 1 -W 5 "$server4" &&
		fails grep nlab_xlat "$instance/trace"
}
check "nothing when switched off" nothing_more

# Numbers with names, in the order of the numbers, are the counters.
known() {
	sed -n 's/^print fmt.*__print_symbolic(REC->reason, //p' \
		"$instance/events/nlab/nlab_xlat_drop/format" |
		grep -o '{ [0-9]*, "[a-z0-9-]*" }' | sort -k2n | cut -d'"' -f2
}
check "every counter of drops has its name here" equal \
	"$(nlabctl -n "$xlat" -j show-stats | grep -o '"drop-[a-z0-9-]*"' |
		sed 's/"drop-\(.*\)"/\1/')" known
ktap_end
