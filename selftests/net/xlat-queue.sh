#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Packets that rules hand to a program (NFQUEUE), as for intrusion detection:
# before and after translation, and while the module is unloaded, NLAB_ROUNDS
# times (5).
#
#	client ---- xlat ---- server	(siit_network in lib.sh)
# shellcheck source=../lib.sh
. "$(dirname "$0")/../lib.sh"
need ping nft
start_test
rounds=${NLAB_ROUNDS:-5}
module=$selftests/../build/kmod-${NLAB_VM:-none}/nlab.ko
siit_network

# rules: chains "FAMILY HOOK PRIORITY" of standard input, to queue 7 with packets
# from host to host: translated ones, or at -500 those that will be.
declare -A packets=([ip]="ip saddr $server4 ip daddr $client4"
	[ip6]="ip6 saddr $client6 ip6 daddr $server6"
	[ip-500]="ip saddr $client4 ip daddr $server4"
	[ip6-500]="ip6 saddr $server6 ip6 daddr $client6")
rules() {
	local family hook priority n=0
	{
		echo "flush ruleset"
		while read -r family hook priority; do
			: $((++n))
			cat <<-END
			table $family t$n {
				chain c {
					type filter hook $hook priority $priority;
					${packets[$family${priority/#0}]} queue num 7
				}
			}
			END
		done
	} | on "$xlat" nft -f -
}
rules <<<"ip forward 0" || skip_all "no queues of nf_tables in this kernel"

to_server() { on "$client" ping -c 3 -i 0.1 -W "$patience" "$server4"; }
ready() { grep -q ready "$work/$listener.log"; }
listen() {
	start "$xlat" "$built/nfqueue" 7 "$1"
	listener=$started
	wait_for 60 ready || bail_out "no program at the queue"
}
deaf() {
	kill "$listener"
	wait "$listener" 2>/dev/null
}

rules </dev/null
check "client reaches server" reachable
for place in "prerouting -500" "prerouting 0" "forward 0" "postrouting 0"; do
	printf '%s\n' "ip $place" "ip6 $place" | rules
	check "$place: nothing passes that nobody accepts" fails to_server
	listen 0
	check "$place: what a program accepts passes" to_server
	deaf
done
nlabctl -n "$xlat" set-xlat mode forward
check "mode forward: nothing passes that nobody accepts" fails to_server
listen 0
check "mode forward: what a program accepts passes" to_server
deaf

if [[ ! -e $module ]]; then
	skip "unloaded with packets in queues" "only in the virtual machine of vm.sh"
	ktap_end
	exit
fi

# held MINIMUM: packets in the queue
held() {
	local total

	# shellcheck disable=SC2016 # awk's own
	total=$(on "$xlat" awk '$1 == 7 { print $3 }' \
		/proc/net/netfilter/nfnetlink_queue)
	echo "${total:-no} packets in the queue"
	((total >= $1))
}
setup() {
	nlabctl -n "$xlat" -b - <<-END
	set-xlat prefix 64:ff9b::/96 mode $1
	add-map 203.0.113.10 2001:db8:1::2
	END
}
again() { insmod "$module" && setup "$1" && wait_for 60 held 100; }

start "$client" "$built/udp-seq" send "$server4" 9 1000000 100 1000
traffic=$started
start "$server" "$built/udp-seq" send "$client6" 9 1000000 100 1000
traffic+=" $started"
for mode in auto forward; do
	{
		[[ $mode = forward ]] || printf '%s\n' "ip6 prerouting 0" "ip prerouting 0"
		printf '%s\n' "ip6 forward 0" "ip forward 0"
	} | rules
	nlabctl -n "$xlat" set-xlat mode $mode
	listen 100
	check "$mode: a program holds a hundred packets" wait_for 60 held 100
	check "$mode: unloaded meanwhile" rmmod nlab
	check "$mode: the queue is empty" fails held 1
	check "$mode: loaded again, and packets are held" again $mode
	deaf
done

# All places at once: those before the translator, too.
for family in ip ip6; do
	printf "$family %s\n" "prerouting -500" "prerouting 0" "forward 0" "postrouting 0"
done | rules
listen 20
rounds() {
	local i

	for ((i = 0; i < rounds; i++)); do
		wait_for 60 held 20 && rmmod nlab && insmod "$module" &&
			setup auto || return
	done
}
check "unloaded and loaded $rounds times, packets being held and accepted" rounds
# shellcheck disable=SC2086 # two numbers
check "the traffic went on" running $traffic
deaf
rules </dev/null
check "without rules client reaches server" reachable
ktap_end
