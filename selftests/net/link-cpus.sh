#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Several processors at one link: none overtakes what another delivered, none
# leaves packets lying, and one may be switched off.
#
#	client c0 ---- x0 xlat x1 ---- s0 server
# shellcheck source=selftests/lib.sh
. "$(dirname "$0")/../lib.sh"
need ethtool iperf3 nft nstat ping taskset
start_test
(($(nproc) > 1)) || skip_all "one processor only"
nodes client xlat server
forwarding "$xlat"
nlabctl add-links - <<-END || bail_out "can't make links"
c0@$client x0@$xlat delay 1ms rate 500mbit
x1@$xlat s0@$server
END
addresses c0 "$client" 198.51.100.1/24 x0 "$xlat" 198.51.100.2/24 \
	x1 "$xlat" 203.0.113.1/24 s0 "$server" 203.0.113.2/24
routes "$client" "default via 198.51.100.2"
routes "$server" "default via 203.0.113.1"
on "$xlat" ethtool -K x1 tx off tso off gso off >/dev/null

# rules N STATEMENT: a chain of them.
rules() {
	local i

	for ((i = 0; i < $1; i++)); do
		printf '%s; ' "$2"
	done
}

# At the server, now and then a packet takes the first processor 10 ms and more,
# while others wait behind it: a chain of 25 jumps, four times over.
slow_processor() {
	on "$server" nft -f - <<-END
	table ip slow {
		chain d { $(rules 25 "meta mark 1") }
		chain c { $(rules 25 "jump d") }
		chain b { $(rules 25 "jump c") }
		chain a { $(rules 25 "jump b") }
		chain in {
			type filter hook prerouting priority raw
			meta cpu 0 numgen random mod 50 0 jump a
		}
	}
	END
}

# What the first link delivers waits in the backlog of a processor for the
# server, as the second one has no parameters.
in_order() {
	local port

	for port in {5201..5210}; do
		start_server "$server" tcp "$port" iperf3 -s -1 -p "$port"
		on "$client" iperf3 -c 203.0.113.2 -p "$port" -n 4M || return 1
	done
	equal 0 counted "$server" TcpExtTCPOFOQueue
}

# flood CPU...: pings from each at once, of which none is lost.
flood() {
	local cpu pids=() pid rc=0

	for cpu; do
		on "$client" taskset -c "$cpu" ping -q -i 0.001 -c 1500 -W 10 \
			203.0.113.2 >"$work/flood.$cpu" &
		pids+=($!)
	done
	for pid in "${pids[@]}"; do
		wait "$pid" || rc=1
	done
	for cpu; do
		cat "$work/flood.$cpu"
		grep -q ' 0% packet loss' "$work/flood.$cpu" || rc=1
	done
	return $rc
}

off_and_on() {
	local switch=/sys/devices/system/cpu/cpu1/online rc=0 sender

	flood 0 &
	sender=$!
	echo 0 >$switch && sleep 0.5 && echo 1 >$switch && sleep 0.5 &&
		echo 0 >$switch && sleep 0.5 || rc=1
	echo 1 >$switch
	wait $sender || rc=1
	return $rc
}

check "routes" wait_for 60 on "$client" ping -c 1 -W 2 203.0.113.2
slow_processor || bail_out "can't make rules"
check "in order" in_order
on "$server" nft delete table ip slow
check "two processors send by turns" flood 0 1
if [[ -w /sys/devices/system/cpu/cpu1/online ]]; then
	check "a processor is switched off and on" off_and_on
else
	skip "a processor is switched off and on" "this kernel can't"
fi
ktap_end
