#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# What happens in a lab by itself: variables, events, captures.
#
#	h1 ---- r1 ---- h2
#
# shellcheck source=selftests/lib.sh
. "$(dirname "$0")/../lib.sh"
# shellcheck source=selftests/lab.sh
. "$(dirname "$0")/../lab.sh"

need tcpdump
lab_test
write_lab one 10.1.0.0/16 2001:db8:1::/48
# shellcheck disable=SC2016 # of the file
sed -i 's/delay: 1ms/delay: "${delay}"/' "$work/one.yaml"
cat >>"$work/one.yaml" <<-END
	variables: {delay: 1ms, later: 3600s}
	captures:
	  - {link: "h2:r1", file: $work/h2's.pcap, filter: icmp or icmp6}
	END
sed '/services:/a\    files: {/etc/lab-name: of two}' "$work/one.yaml" \
	>"$work/quiet.yaml"
cat >>"$work/one.yaml" <<-'END'
	events:
	  - {at: "${later}", link: h1:r1, state: up}
	  - {at: 0s, link: h1:r1, out: {loss: 1%}, in: {delay: 3ms}}
	  - {at: 1ms, node: h1, run: "hostname >/run/ran; exec sleep 1000"}
	  - {at: 2ms, link: r1:h1, state: down}
	  - at: 3ms
	    link: r1:h2
	    state: up
	    red-min: 200
	    red-max: 100
	END

apply() { nlabctl apply "$@"; }
dirs_of() {
	nlabctl -n one.h1 -j show-links r1 |
		gojq -c '.[0] | [.dir.delay, .dir.loss > 0, ."peer-dir".delay]'
}
carrier() { in_lab "$1" cat "/sys/class/net/$2/carrier"; }
is_up() { [[ $(carrier h1 r1) = 1 && $(carrier r1 h1) = 1 ]]; }
reaches() { in_lab h1 ping -c 1 -W "$patience" h2; }
player() { cat /sys/fs/cgroup/nlab/one/nlabctl.events/main/cgroup.procs; }
played() { sed 's/^[0-9.]* //' /run/nlab/labs/one/lab/events.log; }
events() { nlabctl show-lab one | sed -n '/^events/,$p'; }
commands() { cat /sys/fs/cgroup/nlab/one/h1/event.*/cgroup.procs; }
in_folder() { (cd "$work" && "$@"); }
elsewhere() { [[ $(readlink "/proc/$(player)/cwd") = / ]]; }
is_cut() { [[ $(carrier h1 r1) = 0 ]]; }
pids_of() { cat "/sys/fs/cgroup/nlab/one/h2/$1/cgroup.procs"; }
goes_on() { [[ -d /proc/$capture && $(pids_of capture.r1) = "$capture" ]]; }
begins_anew() { [[ $(pids_of sleeper) != "$sleeper" ]]; }
ran() { [[ $(in_lab h1 cat /run/ran) = h1 ]]; }
default_route() { [[ $(in_lab h1 ip route) = *"default via 10.1.0.2 dev r1"* ]]; }

all_played() {
	[[ $(played) = "0ns link h1:r1 out loss 1% in delay 3ms
1ms run h1 hostname >/run/ran; exec sleep 1000
2ms link r1:h1 down
3ms link r1:h2 out red-min 200 red-max 100 in red-min 200 red-max 100 up: "*"red-max must be above"* ]]
}

same_player() {
	local before

	before=$(player)
	[[ -n $before ]] && apply -q "$work/one.yaml" delay=2ms &&
		[[ $(player) = "$before" ]] && waits
}

waits() { [[ $(events) = *"events run"*"3600s link h1:r1 up"* ]]; }

captured() {
	[[ $(tcpdump -nr "$work/h2's.pcap" 2>/dev/null) = *"ICMP echo request"* ]]
}

check "a lab with events and a capture" apply "$work/one.yaml" delay=4ms
check "events happen in their order, one that fails is told" \
	wait_for 30 all_played
check "parameters are changed, each direction its own" equal \
	'[4000000,true,3000000]' dirs_of
check "a command runs" wait_for 30 ran
check "and goes on" commands
check "a link that is down has no carrier" equal 0 carrier h1 r1
check "at both ends" equal 0 carrier r1 h1
check "routes stay" default_route
check "another change leaves those alone that wait" same_player
check "but for what differs in the file" equal '[2000000,true,2000000]' dirs_of
check "events that changed begin anew" apply -q "$work/one.yaml" later=1s
check "and the link is up again" wait_for 30 is_up
check "packets pass" wait_for 30 reaches
check "and are captured" wait_for 30 captured
check "events are changed from the folder of a user" 	in_folder apply -q "$work/one.yaml" later=1800s
check "which they do not keep" elsewhere
check "the link is cut again" wait_for 30 is_cut
capture=$(pids_of capture.r1) sleeper=$(pids_of sleeper)
check "a file without events" apply -q "$work/quiet.yaml"
check "ends them" fails player
check "and their commands" fails commands
check "and the wire is whole" is_up
check "services begin anew with their files" begins_anew
check "captures read none, and go on" goes_on
check "what the command line said held for one apply" equal \
	'[1000000,true,3000000]' dirs_of
check "the lab is destroyed" nlabctl destroy one
check "nothing is left" nothing_left
ktap_end
