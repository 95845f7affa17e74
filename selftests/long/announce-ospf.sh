#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Two translators announced by FRR's ospfd and ospf6d, which share the traffic.
# One is drained and comes back, loses its agent, gets maps that are not
# expected, and loses a link, while TCP sessions and UDP packets go through
# them. No session may break. Prints for each case what was lost.
#
#	                   +-- t1 --+
#	client ---- r4 ----+        +---- r6 ---- server
#	      IPv4, ospfd  +-- t2 --+  IPv6, ospf6d
#
#	NLAB_FORM	stub (as if not told) or route
#	NLAB_BFD	transmit interval of BFD in ms, three lost are too many; 300
# shellcheck source=../lib.sh
. "$(dirname "$0")/../lib.sh"
frr=/usr/lib/frr
[[ -x $frr/ospf6d ]] || skip_all "frr is not installed"
need python3
start_test
nlabd=$(command -v nlabd) || skip_all "nlabd is not installed"
form=${NLAB_FORM:-stub} bfd=${NLAB_BFD:-300}
tcp=20 udp=8
r4='' r6='' t1='' t2=''

network() {
	nodes client r4 t1 t2 r6 server
	links c0 "$client" 198.51.100.2/24 e0 "$r4" 198.51.100.1/24 \
		f0 "$r6" 2001:db8:1::1/64 s0 "$server" 2001:db8:1::2/64
	nlabctl -b - <<-END || bail_out "no links"
	add-link e1@$r4 n4@$t1
	add-link e2@$r4 n4@$t2
	add-link f1@$r6 n6@$t1
	add-link f2@$r6 n6@$t2
	END
	addresses e1 "$r4" 192.0.2.1/30 n4 "$t1" 192.0.2.2/30 \
		e2 "$r4" 192.0.2.5/30 n4 "$t2" 192.0.2.6/30 \
		f1 "$r6" 2001:db8:61::1/64 n6 "$t1" 2001:db8:61::2/64 \
		f2 "$r6" 2001:db8:62::1/64 n6 "$t2" 2001:db8:62::2/64
	routes "$client" "default via 198.51.100.1"
	routes "$server" "default via 2001:db8:1::1"
	# Where replies go when a node's own routing daemon is dead.
	routes "$t1" "default via 192.0.2.1 metric 1000" \
		"default via 2001:db8:61::1 metric 1000"
	routes "$t2" "default via 192.0.2.5 metric 1000" \
		"default via 2001:db8:62::1 metric 1000"
	forwarding "$r4" "$t1" "$t2" "$r6"
	write_sysctl "$r4" ipv4/fib_multipath_hash_policy=1
	write_sysctl "$r6" ipv6/fib_multipath_hash_policy=1
}

# --- routing daemons ---

# daemon NODE PROGRAM <CONFIGURATION
daemon() {
	local dir=$work/$1

	install -d -o frr -g frr "$dir"
	cat >"$dir/$2.conf"
	start "$1" "$frr/$2" -f "$dir/$2.conf" \
		-i "$dir/$2.pid" -z "$dir/zserv.api" --vty_socket "$dir" -P 0 \
		-A 127.0.0.1 --log stdout "${@:3}"
}

start_zebra() {
	daemon "$1" zebra </dev/null
	wait_for 60 test -S "$work/$1/zserv.api" || bail_out "no zebra"
	daemon "$1" bfdd --bfdctl "$work/$1/bfdd.sock" <<-END
	bfd
	 profile fast
	  transmit-interval $bfd
	  receive-interval $bfd
	END
}

# ospf4 NODE ROUTER-ID DEVICE...: ospfd; "DEVICE passive" has no neighbours.
ospf4() {
	local ns=$1 id=$2

	shift 2
	daemon "$ns" ospfd <<-END
	$(for dev; do
		echo "interface ${dev% *}"
		echo " ip ospf area 0"
		if [[ $dev = *passive ]]; then
			echo " ip ospf passive"
		else
			echo " ip ospf network point-to-point"
			echo " ip ospf hello-interval 1"
			echo " ip ospf dead-interval 4"
			echo " ip ospf bfd"
			echo " ip ospf bfd profile fast"
		fi
	done)
	router ospf
	 ospf router-id $id
	 timers throttle spf 0 50 500
	 $([[ $form = stub ]] || echo redistribute kernel route-map nlab)
	ip prefix-list nlab permit 203.0.113.0/24
	route-map nlab permit 10
	 match ip address prefix-list nlab
	END
}

ospf6() {
	local ns=$1 id=$2

	shift 2
	daemon "$ns" ospf6d <<-END
	$(for dev; do
		echo "interface ${dev% *}"
		echo " ipv6 ospf6 area 0"
		if [[ $dev = *passive ]]; then
			echo " ipv6 ospf6 passive"
		else
			echo " ipv6 ospf6 network point-to-point"
			echo " ipv6 ospf6 hello-interval 1"
			echo " ipv6 ospf6 dead-interval 4"
			echo " ipv6 ospf6 bfd profile fast"
		fi
	done)
	router ospf6
	 ospf6 router-id $id
	 timers throttle spf 0 50 500
	 $([[ $form = stub ]] || echo redistribute kernel route-map nlab)
	ipv6 prefix-list nlab permit 64:ff9b::/96
	route-map nlab permit 10
	 match ipv6 address prefix-list nlab
	END
}

start_routing() {
	local ns anchor=()

	[[ $form = route ]] || anchor=("nlab0 passive")
	for ns in "$r4" "$r6" "$t1" "$t2"; do
		start_zebra "$ns"
	done
	ospf4 "$r4" 192.0.2.1 e1 e2 "e0 passive"
	ospf6 "$r6" 192.0.2.9 f1 f2 "f0 passive"
	ospf4 "$t1" 192.0.2.2 n4 "${anchor[@]}"
	ospf6 "$t1" 192.0.2.2 n6 "${anchor[@]}"
	ospf4 "$t2" 192.0.2.6 n4 "${anchor[@]}"
	ospf6 "$t2" 192.0.2.6 n6 "${anchor[@]}"
}

# --- translators ---

declare -A agent=()

start_agent() {
	start "$1" "$nlabd"
	agent[$1]=$started
}

translator() {
	nlabctl -n "$1" -b - <<-END || bail_out "no translator"
	set-xlat prefix 64:ff9b::/96
	add-map 203.0.113.10 2001:db8:1::2
	set-announce form $form prefix 203.0.113.0/24,64:ff9b::/96
	set-announce uplink n4,n6 hold 1000 fall 5
	END
	start_agent "$1"
}

# Next hops to the translators: of IPv4 at r4, of IPv6 at r6.
shared_by() {
	local v4 v6

	v4=$(ip -n "$r4" route show 203.0.113.0/24 | grep -o via | wc -l)
	v6=$(ip -n "$r6" -6 route show 64:ff9b::/96 | grep -o via | wc -l)
	[[ $v4 = "$1" && $v6 = "$1" ]]
}
settled() { wait_for 120 shared_by "$1"; }
packets() {
	nlabctl -n "$1" -j show-stats | jq '.packets46 + .packets64'
}

# --- cases ---

# measured NAME: what the traffic saw since the last one; one line in the table.
measured() {
	echo "$1" >&"$control"
	wait_for 60 grep "^$1 " "$work/traffic" || return
	grep "^$1 " "$work/traffic"
	[[ $(grep "^$1 " "$work/traffic") = *" broken 0 sessions $tcp" ]]
}

drained() { nlabctl -n "$t1" drain && settled 1 && measured drain; }
undrained() { nlabctl -n "$t1" undrain && settled 2 && measured undrain; }
cut() {
	ip -n "$r4" link set e1 down && settled 1 && measured link-cut
}
stale() {
	nlabctl -n "$t1" set-announce maps-digest \
		"$(nlabctl -n "$t2" -j show-xlat | jq -r '."maps-digest"')" &&
		nlabctl -n "$t1" add-map 203.0.113.11 2001:db8:1::11 &&
		settled 1 && measured stale-table
}
current() {
	nlabctl -n "$t1" del-map 203.0.113.11 && settled 2 &&
		measured table-again
}

# Both take part; how much depends on the flows' numbers.
shares() {
	local a b c d

	a=$(packets "$t1") b=$(packets "$t2")
	pause 2
	c=$(($(packets "$t1") - a)) d=$(($(packets "$t2") - b))
	echo "shares: t1 $((100 * c / (c + d + 1))) %, t2 $((100 * d / (c + d + 1))) %"
	((c > 0 && d > 0))
}

network
translator "$t1"
translator "$t2"
wait_for 60 ip -n "$t1" link show nlab0
wait_for 60 ip -n "$t2" link show nlab0
start_routing
check "both translators are announced ($form)" settled 2
start_server "$server" tcp 7 python3 "$selftests/long/announce-ospf.py" serve

mkfifo "$work/control"
exec {control}<>"$work/control"
"$work/in-netns" "$client" -- python3 "$selftests/long/announce-ospf.py" \
	run 203.0.113.10 $tcp $udp "$work/traffic" <"$work/control" \
	>"$work/traffic.log" 2>&1 &
pid_list+=($!)
check "$tcp TCP sessions, $udp UDP flows" wait_for 60 grep ready "$work/traffic"
check "the translators share them" shares
check "drain" drained
check "undrain" undrained
{ kill -KILL "${agent[$t1]}" && wait "${agent[$t1]}"; } 2>/dev/null
check "an agent is killed" measured agent-killed
start_agent "$t1"
check "a node with other maps" stale
check "the right maps again" current
check "a link is cut" cut
sed 's/^/# /' "$work/traffic"
ktap_end
