#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Translators announced by FRR and BIRD, first two, then four, which share the
# traffic of many TCP sessions, UDP flows and pings, a download, an ssh session
# and iperf3, while one after the other everything fails or is changed that may.
# No session may break, and what is
# done on purpose may lose no packet. Prints for each case what was lost, the
# longest gap, and how much of the traffic each node had.
#
# One kernel is under all nodes: that of one node the module goes is shown by
# its settings, its device and its agent going; rmmod itself takes it from all
# at the same time.
#
#	NLAB_CASES	beside joins, only cases whose names this regular expression
#			finds
#	NLAB_ROUNDS	how often a node of each kind falls silent (1)
#	NLAB_FORM, NLAB_TIMERS	see ospf.sh
#
# announce-table.sh makes a table of what several runs print. A target that is missed
# while the machine stood still is shown and not judged.
# shellcheck source=../lib.sh
. "$(dirname "$0")/../lib.sh"
# shellcheck source=../ospf.sh
. "$selftests/ospf.sh"
ospf_test bird nft curl nginx ssh sshd ssh-keygen iperf3
tcp=200 udp=10 ping=5
programs=() iperf_log=''
# Longest gap in ms when a node falls silent: of a stub network, and of an external
# route, which ospfd computes a second later.
silent=lossy
[[ $timers$form != bfdstub ]] || silent=350
[[ $timers$form != bfdroute ]] || silent=1500
module=$selftests/../build/kmod-${NLAB_VM:-none}/nlab.ko

# --- what the traffic saw ---

# Packets that each node translated, both ways.
packets() {
	local i ns

	for ((i = 1; i <= nodes_on; i++)); do
		ns=t$i
		nlabctl -n "${!ns}" -j show-stats 2>/dev/null |
			gojq '.packets46 + .packets64'
	done | tr '\n' ' '
}

# shares BEFORE AFTER: lists of numbers of packets.
shares() {
	local old new i sum=0 out=''

	read -ra old <<<"$1"
	read -ra new <<<"$2"
	for i in "${!new[@]}"; do
		# Counters begin anew with the module.
		((new[i] < ${old[i]:-0})) || new[i]=$((new[i] - ${old[i]:-0}))
		sum=$((sum + new[i]))
	done
	for i in "${!new[@]}"; do
		out+=/$((100 * new[i] / (sum + 1)))
	done
	echo "${out#/}"
}

# --- programs of others ---

start_programs() {
	start_web "$server"
	install -d "$work/www/slow"
	truncate -s 1T "$work/www/slow/file"
	start "$client" curl -sS -o "$work/got" "http://$server4/slow/file"
	programs=("$started")
	start_server "$server" tcp 5201 iperf3 -s
	start "$client" iperf3 -c "$server4" -R -t 86400 -b 100K -l 1K --forceflush
	programs+=("$started")
	iperf_log=$work/$started.log
	start_ssh "$server"
	open_session
}

got_more() { (($(stat -c %s "$work/got") > $1)); }
iperf_gets() {
	local line

	line=$(tail -n 1 "$iperf_log")
	[[ $line = *" sec "* && $line != *" 0.00 Bytes "* ]]
}
programs_go_on() {
	kill -0 "${programs[@]}" && echoed "$1" &&
		wait_for 120 got_more "$(stat -c %s "$work/got")" &&
		wait_for 120 iperf_gets
}

# --- a case ---

# within TARGET LINE
within() {
	echo "$2"
	case $1 in
	lossless) lossless "$2" ;;
	lossy) ;;
	*) [[ $2 =~ \ gap\ ([0-9]+)\  ]] && ((BASH_REMATCH[1] <= $1)) ;;
	esac
}

# excused TARGET ADJACENCIES LINE: may what was missed be the machine's, which stood
# still for so long that a node was called dead, or that timers were late?
excused() {
	if [[ $1 = lossless ]]; then
		(($2))
	else
		[[ $3 =~ \ gap\ ([0-9]+)\ .*\ stalled\ ([0-9]+)$ ]] &&
			((BASH_REMATCH[1] - BASH_REMATCH[2] <= $1))
	fi
}

# try NAME lossless|lossy|MS COMMAND...: a case, with what may be lost, or the
# longest gap. What the command says is shown if it fails.
try() {
	local name=$1 how=$2 before=$seen flaps=$lost_before line status=0
	local target="gap $2" verdict=missed

	shift 2
	"$@" >"$work/case.log" 2>&1 || status=1
	report "$name" || status=1
	seen=$(packets) lost_before=$(adjacencies_lost)
	flaps=$((lost_before - flaps))
	line=$(grep "^$name lost " "$work/traffic")
	check "$name" settled_well "$status"
	check "$name: no session breaks" unbroken "$line"
	check "$name: download, iperf3 and ssh go on" programs_go_on "$name"
	[[ $how != lossless ]] || target="lost 0"
	! within "$how" "$line" >/dev/null || verdict=held
	if [[ $how = lossy ]]; then
		target=none verdict=''
	elif [[ $verdict = missed ]] && excused "$how" "$flaps" "$line"; then
		skip "$name: $target" \
			"a busy machine: $flaps adjacencies lost, $line"
		verdict="not judged"
	else
		check "$name: $target" within "$how" "$line"
	fi
	printf '# %s shares %s adjacencies-lost %d target %s\n' "$line" \
		"$(shares "$before" "$seen")" "$flaps" "$target${verdict:+, $verdict}"
}

# pair HOW NAME COMMAND NAME COMMAND [NODE [PROGRAM...]]: two cases, of which the
# second undoes the first.
pair() {
	local undo=$1

	[[ $2 =~ ${NLAB_CASES:-} ]] || return
	[[ $1 = lossless ]] || undo=lossy
	try "$2" "$1" "$3" "${@:6}"
	try "$4" "$undo" "$5" "${@:6}"
}

settled_well() {
	cat "$work/case.log"
	[[ $1 = 0 ]]
}

# --- cases ---

# add N: a node that was not there takes part.
add() {
	local ns=t$1

	translator "${!ns}"
	translator_routing "$1"
	nodes_on=$1
	settled "$1"
}

everywhere() {
	local i ns

	for ((i = 1; i <= nodes_on; i++)); do
		ns=t$i
		nlabctl -n "${!ns}" "$@" || return
	done
}

# Packets of one map at each node, to and from the servers.
map_packets() {
	local i ns

	for ((i = 1; i <= nodes_on; i++)); do
		ns=t$i
		nlabctl -n "${!ns}" -s -j show-maps 203.0.113.11 |
			gojq '.[0]["in-packets", "out-packets"]'
	done
}

# spread: each node has the same part, within 10 %, of packets of 4000 ports, in
# each direction. The agents' probes count too, and are made rare for that time.
spread() {
	local i all=4000 before after got name=spread-$nodes_on verdict=held

	everywhere set-announce interval 1000
	mapfile -t before < <(map_packets)
	got=$(on "$client" "$work/flows" spread 203.0.113.11 $all)
	mapfile -t after < <(map_packets)
	everywhere set-announce interval 50
	for i in "${!after[@]}"; do
		after[i]=$((after[i] - before[i]))
		((after[i] * nodes_on * 10 > all * 9 &&
			after[i] * nodes_on * 10 < all * 11)) || verdict=missed
	done
	# Of one node after the other: to the servers, and from them.
	for i in 0 1; do
		printf '%s lost %d of %d gap - tcp-broken - of - tcp-wait -' \
			"$name-$( ((i)) && echo from || echo to)" \
			$((all - ${got% of *})) $all
		echo " shares $(every_second "$i" "${after[@]}")" \
			"adjacencies-lost 0 target 10 %, $verdict"
	done >"$work/spread"
	[[ $verdict = held && $got = "$all of $all" ]]
}

# every_second FIRST NUMBER...
every_second() {
	local i out=''

	for ((i = $1 + 2; i <= $#; i += 2)); do
		out+=/${!i}
	done
	echo "${out#/}"
}

# What unloading the module does to one node.
unload() {
	kill_daemon "$1" nlabd
	nlabctl -n "$1" -b - <<-END
	flush-maps
	set-xlat prefix none
	END
	ip -n "$1" link del nlab0
}

upgrade() {
	drain "$1" && unload "$1" && configure "$1" && start_agent "$1" &&
		undrain "$1"
}

answers() { wait_for 60 on "$client" ping -c 1 -W 2 "$1"; }
gone() { ! on "$client" ping -c 1 -W 5 "$1"; }
map_added() {
	everywhere add-map 203.0.113.20 2001:db8:1::20 && answers 203.0.113.20
}
map_changed() {
	cp "$examples/maps" "$work/maps" &&
		echo "203.0.113.21 2001:db8:1::20" >>"$work/maps" &&
		everywhere load-maps "$work/maps" && answers 203.0.113.21 &&
		gone 203.0.113.20
}
map_removed() { everywhere load-maps "$examples/maps" && gone 203.0.113.21; }

stale() {
	nlabctl -n "$1" set-announce maps-digest \
		"$(nlabctl -n "$1" -j show-xlat | gojq -r '."maps-digest"')" &&
		nlabctl -n "$1" del-map 203.0.113.11 &&
		settled $((nodes_on - 1)) &&
		nlabctl -n "$1" -j show-announce | gojq -e '.reasons | index("table")'
}
current() {
	nlabctl -n "$1" add-map 203.0.113.11 2001:db8:1::11 &&
		settled "$nodes_on"
}

agent_back() { start_agent "$1" && settled "$nodes_on"; }

killed() { kill_daemon "$@" && settled $((nodes_on - 1)); }
zebra_back() {
	kill_daemon "$1" ospfd ospf6d "${bfdd[@]}"
	start_frr "$1" zebra && frr_back "$1" ospfd ospf6d "${bfdd[@]}"
}
frr_back() {
	start_frr "$@" && configure_frr "$1" && settled "$nodes_on"
}
bird_back() { start_bird "$1" && settled "$nodes_on"; }

cut_link() { ip -n "$r4" link set t2 down && settled $((nodes_on - 1)); }
mend() { ip -n "$r4" link set t2 up && settled "$nodes_on"; }

module_replaced() {
	local i ns

	rmmod nlab && settled 0 && insmod "$module" || return
	for ((i = 1; i <= nodes_on; i++)); do
		ns=t$i
		configure "${!ns}" && start_agent "${!ns}" || return
	done
	settled "$nodes_on"
}

cases() {
	local i ns

	try join-3 lossless add 3
	try join-4 lossless add 4
	check "four nodes share, within 10 %" spread
	ktap_diag <"$work/spread"
	pair lossless drain-frr drain undrain-frr undrain "$t1"
	pair lossless drain-bird drain undrain-bird undrain "$t3"
	for i in 1 2 3 4; do
		ns=t$i
		[[ upgrade-$i =~ ${NLAB_CASES:-} ]] || continue
		try "upgrade-$i" lossless upgrade "${!ns}"
	done
	pair lossless map-added map_added map-changed map_changed
	pair lossless map-removed map_removed map-kept answers 203.0.113.11
	pair lossless stale-table stale table-right current "$t2"
	pair lossless nlabd-killed kill_daemon nlabd-back agent_back "$t1" nlabd
	pair lossy ospfd-killed killed ospfd-back frr_back "$t1" ospfd ospf6d
	# Its routes stay, and ospfd goes on to say hello.
	pair lossy zebra-killed kill_daemon zebra-back zebra_back "$t1" zebra
	[[ $timers != bfd ]] ||
		pair lossy bfdd-killed kill_daemon bfdd-back frr_back "$t1" bfdd
	pair lossy bird-killed killed bird-back bird_back "$t3" bird
	pair lossy link-cut cut_link link-mended mend
	for ((i = 1; i <= ${NLAB_ROUNDS:-1}; i++)); do
		pair $silent silent-frr-$i silence heard-frr-$i speech "$t1"
		pair $silent silent-bird-$i silence heard-bird-$i speech "$t3"
	done
	[[ ! -e $module || ! module-replaced =~ ${NLAB_CASES:-} ]] ||
		try module-replaced lossy module_replaced
}

ulimit -n 8192
ospf_network 4
translator "$t1"
translator "$t2"
router_routing
translator_routing 1
translator_routing 2
check "two translators are announced ($form, $timers)" settled 2
traffic $tcp $udp $ping
start_programs
check "$tcp TCP sessions, $udp UDP flows, $ping pings" \
	wait_for 120 grep ready "$work/traffic"
check "a download, iperf3 and ssh" wait_for 120 programs_go_on first
check "two nodes share, within 10 %" spread
ktap_diag <"$work/spread"
seen=$(packets) lost_before=$(adjacencies_lost)
cases
ktap_end
