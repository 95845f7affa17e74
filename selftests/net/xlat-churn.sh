#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Maps and settings come and go under traffic, from several processes at once;
# another pair is not disturbed.
#
#	client ---- xlat ---- server	(siit_network in lib.sh)
# shellcheck source=../lib.sh
. "$(dirname "$0")/../lib.sh"
start_test
siit_network
datagrams=4000

# Each adds and deletes maps of its own, and the pair itself is looked at.
churn() {
	local i

	for i in {1..20}; do
		echo "add-map 203.0.113.$((20 + $1)) 2001:db8:9::$1:$i"
		echo "add-map 198.51.$1.0/24 2001:db8:c:$1::/120"
		echo "show-maps 203.0.113.10"
		echo "del-map 203.0.113.$((20 + $1))"
		echo "del-map 198.51.$1.0/24"
	done | nlabctl -n "$xlat" -b - >/dev/null
}

# Hooks are taken out and put in again.
retune() {
	local i

	for i in {1..10}; do
		nlabctl -n "$xlat" set-xlat priority $((-460 - i)) mode forward &&
			nlabctl -n "$xlat" set-xlat mode auto || return 1
	done
}

under_traffic() {
	local receiver i jobs=() status=0

	on "$server" "$built/udp-seq" recv 7000 $datagrams 100 20 >"$work/got" &
	receiver=$!
	wait_for 60 listens "$server" udp 7000 || return 1
	on "$client" "$built/udp-seq" send "$server4" 7000 $datagrams 100 1000 &
	for i in 1 2 3; do
		churn $i &
		jobs+=($!)
	done
	retune &
	jobs+=($!)
	for i in "${jobs[@]}"; do
		wait "$i" || status=1
	done
	wait $receiver || status=1
	cat "$work/got"
	return $status
}

check "client reaches server" reachable
check "no datagram of the pair that stays is lost" under_traffic
check "only that pair is left" equal "203.0.113.10 2001:db8:1::2" \
	nlabctl -n "$xlat" show-maps

# Every packet meets a table that is being changed.
on_and_off() {
	local i

	for i in {1..15}; do
		nlabctl -n "$xlat" del-map 203.0.113.10 &&
			nlabctl -n "$xlat" add-map 203.0.113.10 2001:db8:1::2 ||
			return 1
	done
}
start "$client" "$built/udp-seq" send "$server4" 9 1000000 100 1000
check "the pair itself comes and goes" on_and_off
check "the traffic went on" running "$started"
check "client reaches server at last" reachable
ktap_end
