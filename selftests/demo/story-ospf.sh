#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# make demo-ospf: two translators, announced by FRR, share a download and a
# stream of packets. One is drained, and one dies without a word; the download
# goes on. Run by demo.sh, with the network of ../ospf.sh.
# shellcheck disable=SC2016,SC2154 # commands are shown before they are expanded

# shellcheck source=../lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/../lib.sh"
# shellcheck source=../ospf.sh
. "$selftests/ospf.sh"
# shellcheck source=ui.sh
. "$selftests/demo/ui.sh"

# What is missing here is not a test that is skipped.
skip_all() {
	echo "demo: $1" >&2
	exit 2
}
ktap_start() { :; }

begin=$(now_ms)

downloaded() { stat -c %s "$work/got" 2>/dev/null || echo 0; }
goes_on() { [ "$(downloaded)" -gt $((size + 50000)) ]; }

# until_shared N EVENT: how long the routers took to see it.
until_shared() {
	local since

	since=$(now_ms)
	wait_for 60 shared_by "$1" || {
		problem "the routers do not share between $1 node(s)"
		return
	}
	printf '   %s after %s the routers send to %d translator(s)\n' \
		"$(seconds_since "$since")" "$2" "$1"
	size=$(downloaded)
	wait_for 60 goes_on || problem "the download stands still"
	printf '   the download goes on: %d KB so far\n' $(($(downloaded) / 1000))
}

losses() {
	report "$1" || problem "no answer from the packets"
	printf '   packets lost: %s\n' "$(sed -n "/^$1 /"'s/.* lost \([0-9]* of [0-9]*\) gap \([0-9]*\).*/\1, for \2 ms/p' "$work/traffic")"
}

set_up() {
	step "Two translators between two routers" \
		"FRR runs on all four, with the examples of Documentation/examples/announce." \
		"Each translator has the same maps, and nlabd, which tests it 20 times a second."
	ospf_network 2
	translator "$t1" >/dev/null
	translator "$t2" >/dev/null
	router_routing
	translator_routing 1
	translator_routing 2
	wait_for 120 shared_by 2 || problem "the translators are not announced"
	run "nlabctl -n $t1 show-announce | head -n 2"
	want 'announced' "the translator is healthy"
	run "ip -n $r4 route show 203.0.113.0/24"
	want '192\.0\.2\.2 .*192\.0\.2\.6 ' "two next hops"
}

start_traffic() {
	step "A download, 40 UDP flows and 5 pings through both" \
		"From an IPv6-only nginx, at 50 KB a second, to an IPv4-only client."
	start_web "$server"
	install -d "$work/www/slow"
	truncate -s 100M "$work/www/slow/file"
	traffic 1 40 5
	wait_for 60 grep -q ready "$work/traffic" || problem "no answers"
	printf '%s$ %s%s\n' "$bold" \
		"curl -o got http://203.0.113.10/slow/file &" "$plain"
	"$work/in-netns" "$client" -- curl -sS -o "$work/got" \
		http://203.0.113.10/slow/file &
	curl=$!
	pid_list+=("$curl")
	size=0
	wait_for 60 goes_on || problem "the download does not begin"
	run "nlabctl -n $t1 show-stats | head -n 2"
	run "nlabctl -n $t2 show-stats | head -n 2"
}

draining() {
	step "The first one is drained, as before an upgrade" \
		"It goes on translating what still comes: nothing is lost."
	run "nlabctl -n $t1 drain"
	until_shared 1 "drain"
	losses drain
	run "nlabctl -n $t1 undrain"
	until_shared 2 "undrain"
	losses undrain
}

death() {
	step "It dies without a word" \
		"All links stay up, and no packet passes. The routers miss its hellos for 4 s." \
		"Their BFD of 3 times 100 ms, as in the example, would find out in 0.3 s."
	run "ip netns exec $t1 nft -f $selftests/silence.nft"
	until_shared 1 "the node's death"
	losses death
}

life() {
	step "It comes back"
	run "ip netns exec $t1 nft delete table netdev silence"
	until_shared 2 "its return"
	losses life
	kill -0 "$curl" 2>/dev/null || problem "the download broke"
}

ospf_test nft nginx curl
printf '\n%snlab: a translator dies, and the download goes on%s\n' "$bold" "$plain"
cat <<END

                         +-- t1 --+
   client ----- r4 ------+        +------ r6 ----- server
       IPv4, OSPFv2      +-- t2 --+   IPv6, OSPFv3

   Linux $(uname -r), $(nlabctl -V). Lines with \$ are commands.
END
for part in set_up start_traffic draining death life; do
	$part
	((!step_failed)) || break
done
finish_story "$begin"
