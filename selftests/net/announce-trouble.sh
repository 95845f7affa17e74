#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The table "Trouble" of Documentation/deployment.rst: what goes wrong is brought
# about, and the command that stands beside it shows the cause. (announce.sh has the
# other reasons, announce-pair.sh what the routing daemons say.)
#
#	client ---- xlat ---- server	(siit_network in lib.sh)
# shellcheck source=../lib.sh
. "$(dirname "$0")/../lib.sh"
need nft ping
start_test
siit_network
nlabd=$(command -v nlabd) || skip_all "nlabd is not installed"

n() { nlabctl -n "$xlat" "$@"; }
soon() { wait_for 60 "$@"; }

# says TEXT COMMAND...: on either output, whatever its status.
says() {
	local text=$1 said

	shift
	said=$("$@" 2>&1)
	echo "$said"
	[[ $said = *"$text"* ]]
}
once() { on "$client" ping -c 1 -W "$patience" "$@"; }

lose_route() {
	ip -n "$xlat" addr del 2001:db8:1::1/64 dev x6 && soon withdrawn probe46
}
route_back() {
	ip -n "$xlat" addr add 2001:db8:1::1/64 dev x6 nodad && soon announced
}
rule() {
	on "$xlat" nft -f - <<-END && soon withdrawn probe46
	table ip trouble {
		chain p { type filter hook prerouting priority 0; ip saddr 192.88.99.1 drop; }
	}
	END
}
rule_gone() { on "$xlat" nft delete table ip trouble && soon announced; }
other_maps() {
	n save-maps >"$work/maps" && n set-announce maps-digest \
		"$(n -j show-xlat | gojq -r '."maps-digest"')" &&
		n add-map 203.0.113.11 2001:db8:1::99 && soon withdrawn table
}
expected_again() { n set-announce maps-digest none && soon announced; }
no_forwarding() {
	write_sysctl "$xlat" ipv4/ip_forward=0 ipv6/conf/all/forwarding=0 &&
		soon withdrawn probe46
}
# Nobody is 2001:db8:1::98. (Without probes, which count as packets of a map.)
one_way() {
	n set-announce probe none && n add-map 203.0.113.12 2001:db8:1::98 &&
		fails once 203.0.113.12 &&
		n -s -j show-maps 203.0.113.12 | tee "$work/one.json" &&
		gojq -e '.[0] | .["in-packets"] > 0 and .["out-packets"] == 0' \
			"$work/one.json" &&
		n del-map 203.0.113.12 && n set-announce probe 192.88.99.1
}
narrow() { ip -n "$xlat" link set x6 mtu 1300; }
too_big() { fails once -M "do" -s 1400 "$server4"; }
# Again and again, until ip listens.
route_lost() {
	ip -n "$xlat" route del 203.0.113.0/24 proto 206
	grep "^Deleted 203.0.113.0/24 dev nlab0" "$work/$monitor.log"
}

n set-announce prefix 203.0.113.0/24,64:ff9b::/96 uplink x4,x6 interval 50 fall 5 \
	hold 600000 || bail_out "no set-announce"
start "$xlat" "$nlabd"
check "healthy for too short a time" soon withdrawn hold
n set-announce hold 0
check "then it is announced" soon announced
check "packets pass" reachable

check "no route to the host of a map" lose_route
check "test-map: what the host is" says "203.0.113.10 -> $server6 via map" \
	n test-map 203.0.113.10
check "ip route get: unreachable" says unreachable \
	ip -n "$xlat" route get "$server6"
check "packets vanish: drop-no-route" counts drop-no-route fails once "$server4"
check "the route comes back" route_back

check "a rule that drops" rule
check "is gone" rule_gone

check "other maps than expected" other_maps
check "diff-maps: which" says "-203.0.113.11 2001:db8:1::99" \
	n diff-maps "$work/maps"
check "expected again" expected_again
check "one address fails: show-maps: nothing comes out" one_way

check "forwarding off" no_forwarding
check "packets vanish: drop-no-forwarding" \
	counts drop-no-forwarding fails once "$server4"
forwarding "$xlat"
check "and on" soon announced

narrow
check "large packets fail: drop-too-big, icmp4-sent" \
	counts drop-too-big counts icmp4-sent too_big

start "$xlat" ip monitor route
monitor=$started
check "routes vanish: ip monitor route" soon route_lost
ktap_end
