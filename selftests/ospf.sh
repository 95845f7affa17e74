# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# Common part of the tests and the demo of announced translators, to be sourced
# after lib.sh: two routers and up to four translators between them, with the
# configurations of Documentation/examples/announce. Unless told otherwise:
#
#	                   +-- t1 (FRR) ---+
#	client ---- r4 ----+-- t2 (FRR) ---+---- r6 ---- server
#	      IPv4, FRR    +-- t3 (BIRD) --+  IPv6, FRR
#	                   +-- t4 (BIRD) --+
#
# Node tN has IPv4 on eth0, 192.0.2.(4N-2), and IPv6 on eth1, 2001:db8:6N::2.
#
#	NLAB_FORM	stub (as if not told) or route
#	NLAB_TIMERS	hello (as if not told): a node is dead after 4 s without; bfd:
#			after 3 times 100 ms; fast: after a second; default: as of
#			OSPF. A busy machine can't hold the short ones.

# shellcheck disable=SC2154 # of lib.sh
examples=$selftests/../Documentation/examples/announce
frr=/usr/lib/frr
form=${NLAB_FORM:-stub} timers=${NLAB_TIMERS:-hello}
r4='' r6='' t1='' t2='' t3='' t4=''
# The first translator with BIRD; and how many take part.
first_bird=3 nodes_on=2
bfdd=()
[[ $timers != bfd ]] || bfdd=(bfdd)

ospf_test() {
	[[ -x $frr/ospf6d ]] || skip_all "frr is not installed"
	need "$@" chrt
	start_test
	nlabd=$(command -v nlabd) || skip_all "nlabd is not installed"
}

# --- network ---

# ospf_network COUNT: with so many translators, which are not yet set up.
ospf_network() {
	local i args=()

	nodes client r4 t1 t2 t3 t4 r6 server
	for ((i = 1; i <= $1; i++)); do
		local ns=t$i
		args+=("t$i" "$r4" "192.0.2.$((4 * i - 3))/30"
			eth0 "${!ns}" "192.0.2.$((4 * i - 2))/30"
			"t$i" "$r6" "2001:db8:6$i::1/64"
			eth1 "${!ns}" "2001:db8:6$i::2/64")
	done
	links eth0 "$client" 198.51.100.2/24 eth0 "$r4" 198.51.100.1/24 \
		eth0 "$r6" 2001:db8:1::1/64 \
		eth0 "$server" 2001:db8:1::10/64,2001:db8:1::11/64,2001:db8:1::20/64 \
		"${args[@]}"
	routes "$client" "default via 198.51.100.1"
	routes "$server" "default via 2001:db8:1::1"
	# Where replies go when a node's own routing daemon is dead.
	for ((i = 1; i <= $1; i++)); do
		ns=t$i
		routes "${!ns}" \
			"default via 192.0.2.$((4 * i - 3)) metric 1000" \
			"default via 2001:db8:6$i::1 metric 1000"
	done
	forwarding "$r4" "$t1" "$t2" "$t3" "$t4" "$r6"
	write_sysctl "$r4" ipv4/fib_multipath_hash_policy=1
	write_sysctl "$r6" ipv6/fib_multipath_hash_policy=1
}

# --- routing daemons ---

without_bfd() {
	sed -E '/^bfd$/,/^exit$/d; /^protocol bfd /,/^}$/d
		/[ \t]bfd( profile fast)?;?$/d' | sed -E "$@"
}

# Timers other than the example's, of FRR or BIRD. BIRD has no hellos of less than
# a second, and no adjacency with who has.
with_timers() {
	case $timers in
	bfd) cat ;;
	hello) without_bfd '' ;;
	fast) without_bfd "
		/^interface t[$first_bird-9]\$/,/^exit/ {
			s/^( ip(v6)? ospf6? dead-interval) 4\$/\1 2/
			b
		}"'
		s/^( ip ospf) hello-interval 1$/\1 dead-interval minimal hello-multiplier 4/
		/^ ip ospf dead-interval 4$/d
		s/^( ipv6 ospf6 dead-interval) 4$/\1 2/
		s/^(\t\t\tdead) 4;$/\1 2;/' ;;
	default) without_bfd '/ (hello|dead)-interval/d
		/^\t\t\t(hello|dead) /d' ;;
	esac
}

# node_conf NODE FILE: the example for a translator, with its router's number.
node_conf() {
	local id

	id=$(ip -n "$1" -br addr show eth0 | sed 's/.* \(192[0-9.]*\).*/\1/')
	sed "s/192\.0\.2\.\(2\|10\)/$id/" "$examples/$2"
}

# router_conf FILE: the example for a router, with the interfaces it only names.
router_conf() {
	local i

	cat "$examples/$1"
	for i in 2 3 4; do
		sed -n "s/^interface t1$/interface t$i/; /^interface t$i/,/^exit/p" \
			"$examples/$1"
	done
}

# Of a daemon, the file NODE/PROGRAM.pid has the number.
start_daemon() {
	local ns=$1 program=$2

	shift 2
	start "$ns" "$@"
	echo "$started" >"$work/$ns/$program.pid"
	ln -f "$work/$started.log" "$work/$ns/$program.log"
}

# As the daemons of a real-time system are, so that a node is not called dead when
# the machine is busy; not while it starts, since all nodes have one processor.
in_front() { chrt -r -p 1 "$(<"$work/$1/$2.pid")"; }

kill_daemon() {
	local program pid

	for program in "${@:2}"; do
		pid=$(<"$work/$1/$program.pid")
		# Gone when wait returns, with the status of who was killed.
		{ kill -KILL "$pid" && wait "$pid"; } 2>/dev/null || :
	done
}

start_frr() {
	local dir=$work/$1 program args

	for program in "${@:2}"; do
		args=(-f "$dir/empty" -i "$dir/$program.frr" -z "$dir/zserv.api"
			--vty_socket "$dir" -P 0 --log stdout)
		[[ $program != zebra ]] || args+=(--v6-rr-semantics)
		[[ $program != bfdd ]] || args+=(--bfdctl "$dir/bfdd.sock")
		start_daemon "$1" "$program" "$frr/$program" "${args[@]}"
		wait_for 60 test -S "$dir/$program.vty" || bail_out "no $program"
		in_front "$1" "$program"
	done
}

configure_frr() {
	vtysh --vty_socket "$work/$1" -f "$work/$1/frr.conf"
}

# frr_node NODE PROGRAM... <CONFIGURATION
frr_node() {
	local dir=$work/$1

	install -d -o frr -g frr "$dir"
	: >"$dir/empty"
	with_timers >"$dir/frr.conf"
	start_frr "$1" zebra "${@:2}" "${bfdd[@]}"
	configure_frr "$1" >"$dir/vtysh.log" 2>&1 || {
		ktap_diag <"$dir/vtysh.log"
		bail_out "no configuration for $1"
	}
}

start_bird() {
	start_daemon "$1" bird bird -f -c "$work/$1/bird.conf" \
		-s "$work/$1/bird.ctl"
	wait_for 60 test -S "$work/$1/bird.ctl" || bail_out "no bird"
	in_front "$1" bird
}

# translator_routing NUMBER: FRR or BIRD.
translator_routing() {
	local ns=t$1

	ns=${!ns}
	if (($1 < first_bird)); then
		frr_node "$ns" ospfd ospf6d < <(node_conf "$ns" frr.conf)
	else
		install -d "$work/$ns"
		node_conf "$ns" bird.conf | with_timers >"$work/$ns/bird.conf"
		start_bird "$ns"
	fi
}

router_routing() {
	frr_node "$r4" ospfd < <(router_conf router4.conf)
	frr_node "$r6" ospf6d < <(router_conf router6.conf)
}

# --- translators ---

start_agent() {
	start_daemon "$1" nlabd "$nlabd"
	in_front "$1" nlabd
}

# configure NODE: what nlab.service does, with the example.
configure() {
	nlabctl -n "$1" -b - < <(sed "s|/etc/nlab/|$examples/|
		s/form stub/form $form/; s/hold 5000/hold 1000 fall 5/" \
		"$examples/nlab.conf")
}

translator() {
	install -d "$work/$1"
	configure "$1" || bail_out "no translator"
	start_agent "$1"
}

# --- traffic ---

# traffic TCP UDP PING: so many flows through the translators until the test ends;
# "$work/traffic" has "ready" when all are answered, then what report() asks for.
traffic() {
	cp "$built/flows" "$work/"
	start_server "$server" tcp 7 "$work/flows" serve
	write_sysctl "$client" "ipv4/ping_group_range=0 0"
	mkfifo "$work/control"
	exec {control}<>"$work/control"
	"$work/in-netns" "$client" -- "$work/flows" run 203.0.113.10 "$@" \
		<"$work/control" >"$work/traffic" 2>&1 &
	pid_list+=($!)
}

reported() { grep -q "^$1 lost " "$work/traffic"; }

# report NAME: a line of the traffic, once all is answered that will be.
report() {
	echo "$1" >&"$control"
	wait_for 180 reported "$1"
}

# Next hops to the translators: of IPv4 at r4, of IPv6 at r6.
hops() {
	local via=${1//via/@}

	via=${via//[!@]/}
	echo ${#via}
}
hops4() { hops "$(ip -n "$r4" route show 203.0.113.0/24)"; }
hops6() { hops "$(ip -n "$r6" -6 route show 64:ff9b::/96)"; }
shared_by() { [[ $(hops4) = "$1" && $(hops6) = "$1" ]]; }

# settled N: so many, which is waited for.
settled() {
	wait_for 120 shared_by "$1" && return
	show_routing
	return 1
}

# What agents, routers and kernels say of the prefixes.
show_routing() {
	local i ns

	for ((i = 1; i <= nodes_on; i++)); do
		ns=t$i
		nlabctl -n "${!ns}" show-announce | grep -E 'announced|withdrawn'
	done
	ip -n "$r4" route show 203.0.113.0/24
	vtysh --vty_socket "$work/$r4" -c "show ip route 203.0.113.0/24"
	ip -n "$r6" -6 route show 64:ff9b::/96
	vtysh --vty_socket "$work/$r6" -c "show ipv6 route 64:ff9b::/96"
	database6 "$r6" | grep -E "Advertising|Prefix:"
}

ospf6_of() { vtysh --vty_socket "$work/$1" -c "show ipv6 ospf6 $2"; }
database6() { ospf6_of "$1" "database intra-prefix detail"; }
# Nodes that announce 64:ff9b::/96 by the database of that router.
announcing6() { database6 "$1" | grep -c "Prefix: 64:ff9b::/96$"; }

# disagrees NODE N: N nodes announce the prefixes, NODE no longer; IPv4 has followed,
# and an ospf6d does not do what it knows: the router of the servers has one next hop
# more than its database, or NODE announces what stands on a device that is down.
disagrees() {
	[[ $(hops4) = "$2" && $(hops6) = $(($2 + 1)) ]] || return
	[[ $(announcing6 "$r6") = "$2" ]] ||
		[[ $(ospf6_of "$1" "interface nlab0") = *"State Down"* &&
			$(announcing6 "$1") = $(($2 + 1)) ]]
}

# Adjacencies that were lost, by the routers' logs.
adjacencies_lost() {
	cat "$work"/{"$r4","$r6"}/ospf*d.log | grep -c 'Full -> '
}

# --- what happens to a node ---

drain() { nlabctl -n "$1" drain && settled $((nodes_on - 1)); }
undrain() { nlabctl -n "$1" undrain && settled "$nodes_on"; }

# All links stay up, and no packet passes.
silence() {
	on "$1" nft -f "$selftests/silence.nft" && settled $((nodes_on - 1))
}
speech() { on "$1" nft delete table netdev silence && settled "$nodes_on"; }

# --- what the traffic saw, by a line of it ---

lossless() {
	echo "$1"
	[[ $1 = *" lost 0 of "[1-9]* ]]
}

unbroken() {
	echo "$1"
	[[ $1 = *" tcp-broken 0 of "[1-9]* ]]
}
