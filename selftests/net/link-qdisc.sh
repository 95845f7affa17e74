#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The queueing discipline nlab: the same queue, rate, delay and faults in front
# of devices that are not ours, there and back, and what it leaves behind.
#
#	client v0 ---- v1 server, a veth pair
# shellcheck source=../lib.sh
. "$(dirname "$0")/../lib.sh"
need tc ping iperf3
start_test
nodes client server
write_sysctl "$client" ipv6/conf/default/disable_ipv6=1
write_sysctl "$server" ipv6/conf/default/disable_ipv6=1
links v0 "$client" 198.51.100.1/24 v1 "$server" 198.51.100.2/24
t() { tc -n "$client" "$@"; }
n() { nlabctl -n "$client" "$@"; }
set_v0() { n set-link v0 "$@"; }
is() { n -s -j show-links v0 | gojq -e ".[0] | $1"; }
stat() { t -s -j qdisc show dev v0 root | gojq ".[0].$1"; }
# Nothing but what tests send has a number.
mac() { ip -n "$1" -j link show "$2" | gojq -r '.[0].address'; }
for address in 198.51.100.{2,3}; do
	ip -n "$client" neigh add "$address" dev v0 lladdr "$(mac "$server" v1)"
done
ip -n "$server" addr add 198.51.100.3/24 dev v1
ip -n "$server" neigh add 198.51.100.1 dev v1 lladdr "$(mac "$client" v0)"

present() {
	equal "v0 qdisc" head -n 1 <(n show-links) &&
		is '."peer-name" == null and .dir.delay == 0 and
			(has("peer-dir") | not)'
}

# Not above what the machine adds, which may be anything.
delayed() {
	set_v0 delay 50ms && [[ $(pings 5) = 5 ]] &&
		awk -F/ '/^rtt/ { exit !($4 + 0 >= 0 && $5 >= 50) }' "$work/ping" &&
		is '.dir.stats.packets >= 5 and (.dir.stats.late | add) >= 5'
}

written_down() {
	set_v0 delay 0 loss-list 0-2,9 seed 1 && [[ $(pings 12) = 8 ]] &&
		is '.dir.stats.lost == 4' && (($(stat drops) >= 4))
}

# 1500 bytes at 1 Mbit/s take 12 ms each, and only 4 find room.
limited() {
	local before after

	set_v0 loss-list none rate 1mbit limit-packets 4
	before=$(stat drops)
	on "$client" ping -q -f -c 50 -l 50 -S 1000000 -s 1458 -W 2 198.51.100.2 >/dev/null
	after=$(stat drops)
	echo "$before, $after"
	((after - before >= 20)) && is '.dir.stats."queue-max-packets" == 4' &&
		set_v0 rate none limit-packets 1000
}

# Trains of segments are cut and come through whole.
tcp() {
	set_v0 rate 200mbit loss 0.1% &&
		on "$client" iperf3 -c 198.51.100.2 -n 8M -i 0 >/dev/null &&
		is '.dir.stats.lost > 0 and .dir.stats.segmented > 0' &&
		(($(stat packets) > 5000)) && set_v0 rate none loss 0
}

# ifb ARGUMENT...: packets of v0 that the filter says go through a device of the
# kernel for that.
ifb() {
	ip -n "$client" link add ifb0 type ifb && ip -n "$client" link set ifb0 up &&
		t qdisc add dev ifb0 root nlab && t qdisc add dev v0 clsact &&
		t filter add dev v0 "$@" action mirred egress redirect dev ifb0
}

no_ifb() { t qdisc del dev v0 clsact && ip -n "$client" link del ifb0; }

# What comes in.
ingress() {
	ifb ingress matchall && n set-link ifb0 delay 40ms loss-list 1 seed 3 &&
		[[ $(pings 5) = 4 ]] &&
		awk -F/ '/^rtt/ { exit !($5 >= 40) }' "$work/ping" &&
		equal "ifb0 qdisc v0 qdisc " sort_names && no_ifb
}
sort_names() { n show-links | grep -v '^ ' | sort | tr '\n' ' '; }

# A part of what goes out: not that to the other address.
some() {
	ifb egress protocol ip flower dst_ip 198.51.100.2 &&
		n set-link ifb0 loss 100% && [[ $(pings 3) = 0 ]] &&
		on "$client" ping -q -c 3 -i 0.002 198.51.100.3 &&
		n set-link ifb0 loss 0 delay 40ms && [[ $(pings 3) = 3 ]] &&
		awk -F/ '/^rtt/ { exit !($5 >= 40) }' "$work/ping" && no_ifb
}

scheduled() {
	set_v0 schedule - <<-END && wait_for 60 is '.dir.schedule.next == 3' &&
		0      delay 1ms
		10ms   delay 40ms pause
		20ms   resume
		3600s  pause
		END
		[[ $(pings 3) = 3 ]] &&
		awk -F/ '/^rtt/ { exit !($5 >= 40) }' "$work/ping" &&
		set_v0 schedule - <<<'0 pause' && [[ $(pings 3) = 0 ]] &&
		is '.dir.stats."queue-packets" == 3' &&
		set_v0 schedule none delay 0 && wait_for 60 drained && pass
}
drained() { is '.dir.stats."queue-packets" == 0'; }

# One opportunity an hour.
traced() {
	set_v0 trace - <<<3600000 && [[ $(pings 3) = 0 ]] &&
		is '.dir.stats."queue-packets" == 3 and .dir.trace.count == 1' &&
		set_v0 trace none && wait_for 60 drained && pass
}

# All of them one deviation late.
tabled() {
	printf '8192 %.0s' {1..8} >"$work/one.dist"
	set_v0 delay 20ms jitter 20ms distribution "$work/one.dist" &&
		[[ $(pings 3) = 3 ]] &&
		awk -F/ '/^rtt/ { exit !($5 >= 40) }' "$work/ping" &&
		set_v0 delay 0 jitter 0 distribution uniform
}

carrier() {
	refused 2 "has no carrier" n set-link v0 schedule - <<<'0 carrier down'
}

# hold: packets for half a minute.
hold() {
	set_v0 delay 30s && on "$client" ping -q -c 20 -i 0.002 -W 0.01 \
		198.51.100.2 >/dev/null
	is '.dir.stats.flying >= 10'
}

down_up() {
	hold && ip -n "$client" link set v0 down &&
		is '.dir.stats.flying == 0 and .dir.stats."drop-down" >= 10' &&
		ip -n "$client" link set v0 up && set_v0 delay 0 && pass
}

replaced() {
	hold && t qdisc replace dev v0 root pfifo && pass &&
		fails n show-links v0 && t qdisc del dev v0 root &&
		t qdisc add dev v0 root nlab && pass
}

used() { [[ $(</sys/module/nlab/refcnt) = "$1" ]]; }

# Under traffic, with packets inside, again and again.
churn() {
	local i status

	start "$client" ping -q -f -c 100000 198.51.100.2
	for ((i = 0; i < 20; i++)); do
		echo "qdisc replace dev v0 root nlab"
		echo "qdisc del dev v0 root"
	done | t -b - && t qdisc add dev v0 root nlab &&
		set_v0 delay 5ms schedule - <<<$'period 100us\n0 delay 5ms' &&
		for ((i = 0; i < 5; i++)); do
			echo "link set v0 down"
			echo "link set v0 up"
		done | ip -n "$client" -b -
	status=$?
	kill "$started"
	((status == 0)) && wait_for 60 answered
}
answered() { on "$client" ping -c 1 -W 1 198.51.100.2; }

check "tc qdisc add" t qdisc add dev v0 root nlab
check "show-links shows it" present
check "packets pass" pass
check "delay" delayed
check "written losses, in tc's counters too" written_down
check "rate and queue" limited
start_server "$server" tcp 5201 iperf3 -s
check "TCP" tcp
check "what comes in" ingress
check "a part of what goes out" some
check "a schedule" scheduled
check "a trace" traced
check "a table" tabled
check "a device that goes down drops what is held" down_up
check "so does another discipline" replaced
check "one direction only" refused 2 "one direction, out" \
	n set-link v0 dir in delay 1ms
check "out is that" set_v0 dir out delay 1ms
check "no owner" refused 2 "has no owner" n set-link v0 owner lab
check "no other by a schedule either" refused 2 "one direction, out" \
	n set-link v0 dir in schedule none
check "no carrier" carrier
check "not deleted as a link" refused 2 "tc qdisc del" n del-link v0
check "without our discipline" refused 2 "nor is its root qdisc nlab" \
	nlabctl -n "$server" set-link v1 delay 1ms
t qdisc add dev lo root handle 1: prio
check "below another" refused 2 "root of a device only" \
	t qdisc add dev lo parent 1:1 nlab
ip -n "$client" link add n0 type nlink
check "not before a link" refused 2 "an emulated link itself" \
	t qdisc add dev n0 root nlab
check "it keeps the module loaded" used 1
check "change under traffic" churn
ip netns del "$client"
check "the end of a namespace is its end" wait_for 60 used 0
ktap_end
