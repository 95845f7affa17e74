#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# How long a node that does not work stays announced: from before the command
# that breaks something, to the loss of the anchor's carrier and of the routes of
# both families, by the time stamps of ip monitor. Prints for each cause the
# shortest, the median and the longest in milliseconds. The longest is to be at
# most 200, the time of the command included, unless the machine is so busy that a
# command that does nothing takes half of that.
#
#	client ---- xlat ---- server	(siit_network in lib.sh)
#
#	NLAB_ROUNDS	of each cause (10)
# shellcheck source=../lib.sh
. "$(dirname "$0")/../lib.sh"
need chrt
start_test
siit_network
nlabd=$(command -v nlabd) || skip_all "nlabd is not installed"
rounds=${NLAB_ROUNDS:-10}
allowed=200 busy=100
export TZ=UTC

n() { nlabctl -n "$xlat" "$@"; }
routed() {
	announced &&
		[[ -n $(ip -n "$xlat" route show proto 206 203.0.113.0/24) ]] &&
		[[ -n $(ip -n "$xlat" -6 route show proto 206 64:ff9b::/96) ]]
}

# Times of the first loss of carrier and of each route in lines of ip monitor
# behind number $1, in milliseconds after $2, which is in microseconds of a day.
times() {
	awk -v skip="$1" -v begin="$2" '
	function since(stamp,  t) {
		split(substr(stamp, 13, 15), t, ":")
		stamp = ((t[1] * 60 + t[2]) * 60 + t[3]) * 1000 - begin / 1000
		return stamp < 0 ? stamp + 86400000 : stamp
	}
	NR <= skip { next }
	/ nlab0[@:][^<]*<[^>]*NO-CARRIER/ && !c { c = since($1) }
	/Deleted 203\.0\.113\.0\/24 dev nlab0/ && !v4 { v4 = since($1) }
	/Deleted 64:ff9b::\/96 dev nlab0/ && !v6 { v6 = since($1) }
	END {
		if (!c || !v4 || !v6) exit 1
		printf "%d %d %d\n", c, v4, v6
	}' "$events"
}

now_of_day() {
	local now=$EPOCHREALTIME

	echo $(((${now%.*} % 86400) * 1000000 + 10#${now#*.}))
}

# What a command takes that does nothing, in milliseconds.
idle_command() {
	local begin=${EPOCHREALTIME/./}

	ip -n "$xlat" link show lo >/dev/null
	echo $(((${EPOCHREALTIME/./} - begin) / 1000))
}

# withdraws CAUSE HURT HEAL: commands, of which the second undoes the first.
withdraws() {
	local i skip begin

	: >"$work/times"
	: >"$work/idle"
	for ((i = 0; i < rounds; i++)); do
		wait_for 60 routed || return
		idle_command >>"$work/idle"
		skip=$(wc -l <"$events") begin=$(now_of_day)
		"$2" && wait_for 60 times "$skip" "$begin" || return
		times "$skip" "$begin" >>"$work/times"
		"$3" || return
	done
	summary "$1" >"$work/line"
}

# The slowest of the three, each time.
in_time() {
	awk -v max=$allowed '
		$1 > max || $2 > max || $3 > max { late = 1 }
		END { exit late }' "$work/times"
}

# Of a column of the times.
column() {
	cut -d ' ' -f "$1" "$work/times" | sort -n |
		awk '{ v[NR] = $1 }
			END { printf "%d/%d/%d", v[1], v[int((NR + 1) / 2)], v[NR] }'
}
summary() {
	printf '%-14s carrier %s IPv4 %s IPv6 %s\n' "$1" "$(column 1)" \
		"$(column 2)" "$(column 3)"
}

shown() {
	local idle

	: >"$work/line"
	check "$1" withdraws "$@"
	ktap_diag <"$work/line"
	idle=$(sort -n "$work/idle" | tail -n 1)
	if ! in_time && ((idle > busy)); then
		skip "$1: within $allowed ms" "a command that does nothing took $idle ms"
	else
		check "$1: within $allowed ms" in_time
	fi
}

drain() { n drain; }
undrain() { n undrain; }
cut_link() { ip -n "$client" link set c0 down; }
mend_link() {
	ip -n "$client" link set c0 up &&
		ip -n "$client" route replace default via 198.51.100.1
}
forward() { write_sysctl "$xlat" "ipv4/ip_forward=$1"; }
forward_no() { forward 0; }
forward_again() { forward 1; }
lose_route() { ip -n "$xlat" addr del 2001:db8:1::1/64 dev x6; }
route_again() { ip -n "$xlat" addr add 2001:db8:1::1/64 dev x6 nodad; }
drop_replies() { ip -n "$xlat" route add blackhole 192.88.99.1/32 metric 1; }
pass_replies() { ip -n "$xlat" route del blackhole 192.88.99.1/32 metric 1; }
lose_map() { n del-map 203.0.113.11; }
map_again() { n add-map 203.0.113.11 2001:db8:1::11; }
flush() { n -q -b - <<<$'flush-maps\nset-xlat prefix none'; }
fill() {
	n -q -b - <<-END
	set-xlat prefix 64:ff9b::/96
	add-map 203.0.113.10 2001:db8:1::2
	add-map 203.0.113.11 2001:db8:1::11
	END
}

n add-map 203.0.113.11 2001:db8:1::11
n set-announce prefix 203.0.113.0/24,64:ff9b::/96 uplink x4,x6 hold 0 \
	maps-digest "$(n -j show-xlat | gojq -r '."maps-digest"')" ||
	bail_out "no set-announce"
start "$xlat" ip -ts -o monitor link route
events=$work/$started.log
# As its unit has it.
start "$xlat" chrt -r 1 "$nlabd"
agent=$started
check "announced" wait_for 60 routed
shown drain drain undrain
shown uplink cut_link mend_link
shown forwarding forward_no forward_again
shown servers lose_route route_again
shown replies drop_replies pass_replies
shown maps lose_map map_again
shown no-translator flush fill
check "the agent still runs" kill -0 "$agent"
ktap_end
