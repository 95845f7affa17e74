#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# What a link does by itself: steps at their times, in turn or again and again,
# carrier and pause; and what is refused.
#
#	client c0 ---- s0 server	(link_pair in lib.sh)
# shellcheck source=../lib.sh
. "$(dirname "$0")/../lib.sh"
need ping python3
start_test
link_pair

# schedule [in|both] <STEPS: of the direction from the client, unless told.
schedule() { set_link dir "${1:-out}" schedule -; }

# shows FILTER: of the client's link.
shows() { nlabctl -n "$client" -j show-links c0 | gojq -e ".[0] | $1"; }

# has_carrier NODE DEVICE
has_carrier() {
	ip -n "$1" -j link show "$2" | gojq -e '.[0].flags | index("LOWER_UP")'
}

# The last step is an hour away, so that the one before stays.
in_turn() {
	fresh && schedule <<-END || return 1
	# a comment
	0     rate 10mbit delay 20ms
	+10ms rate 5mbit loss 1%   # and another
	15ms  loss-pattern 01
	3600s delay 0
	END
	wait_for 60 shows '.dir.schedule.next == 3' &&
		shows '.dir | .rate == 5000000 and .delay == 20000000 and
			.loss > 0.009 and ."loss-pattern" == "01"' &&
		shows '.dir.schedule | .steps == 4 and .period == 0 and
			.laps == 0 and .wait > 3e12 and .wait < 3.6e12' &&
		shows '."peer-dir" | .rate == 0 and .schedule == null' &&
		equal 1 grep -c 'schedule step 4 of 4 in ' \
			<(nlabctl -n "$client" show-links)
}

over() {
	fresh && schedule <<<$'0 delay 1ms\n+1ms delay 2ms' &&
		wait_for 60 shows '.dir.schedule | .next == 2 and .laps == 1 and
			.wait == null' &&
		shows '.dir.delay == 2000000' && set_link dir out schedule none &&
		shows '.dir | .schedule == null and .delay == 2000000'
}

# A lap comes after the other; what is set meanwhile and no step names, stays.
again() {
	fresh && schedule <<-END || return 1
	period 4ms
	0 delay 1ms
	2ms delay 2ms
	END
	wait_for 60 shows '.dir.schedule.laps >= 3' && set_link loss 1% &&
		wait_for 60 shows '.dir.schedule.laps >= 9' &&
		shows '.dir | .loss > 0.009 and
			(.delay == 1000000 or .delay == 2000000)' &&
		shows '.dir.schedule | .period == 4000000 and .next < 2'
}

# Without traffic, too.
while_down() {
	fresh && ip -n "$client" link set c0 down && schedule <<-END || return 1
	0 delay 1ms
	+20ms delay 3ms
	END
	wait_for 60 shows '.dir.delay == 3000000' &&
		ip -n "$client" link set c0 up && wait_for 60 pass
}

dark_both() {
	fresh && set_link schedule - <<<$'0 carrier down\n3600s carrier up' || return 1
	wait_for 60 fails has_carrier "$client" c0 &&
		wait_for 60 fails has_carrier "$server" s0 &&
		shows '.dir.schedule.carrier == "off"' &&
		set_link schedule none && has_carrier "$client" c0 &&
		has_carrier "$server" s0 && wait_for 60 pass
}

# One dark schedule after another: nobody sees light between them.
still_dark() {
	local changes

	fresh && set_link schedule - <<<'0 carrier down' || return 1
	wait_for 60 fails has_carrier "$server" s0 || return 1
	changes=$(carrier_changes)
	set_link schedule - <<<$'0 delay 1ms carrier down\n3600s carrier up' &&
		equal "$changes" carrier_changes && set_link schedule none &&
		fails equal "$changes" carrier_changes && wait_for 60 pass
}
# Through ip netns exec, which shows the /sys of the namespace.
carrier_changes() {
	ip netns exec "$server" cat /sys/class/net/s0/carrier_changes
}

# One fibre of two: the server sees no light, what the client sends is lost.
dark_one() {
	local before

	fresh && before=$(link_count drop-down)
	schedule <<<'0 carrier down' &&
		wait_for 60 fails has_carrier "$server" s0 || return 1
	has_carrier "$client" c0 && [[ $(pings 3) = 0 ]] || return 1
	(($(link_count drop-down) - before == 3)) || return 1
	# an end that comes up meanwhile sees none either
	ip -n "$client" link set c0 down && ip -n "$client" link set c0 up &&
		has_carrier "$client" c0 && fails has_carrier "$server" s0 &&
		schedule <<<'0 carrier up' &&
		wait_for 60 has_carrier "$server" s0 && wait_for 60 pass
}

# All that is sent waits; when it goes on, nothing has been lost.
pauses() {
	local packets

	fresh && set_link delay 1us && wait_for 60 pass || return 1
	packets=$(link_count packets)
	schedule <<<'0 pause' && wait_for 60 shows \
		'.dir.schedule.sending == "off"' && [[ $(pings 5) = 0 ]] || return 1
	equal 5 link_count queue-packets && equal "$packets" link_count packets &&
		schedule <<<'0 resume' && wait_for 60 equal 0 link_count \
		queue-packets && equal "$((packets + 5))" link_count packets
}

# Packets count from the step on: the first of each lap is lost.
seeds() {
	fresh && schedule <<<'0 loss-list 0 seed 5' &&
		wait_for 60 shows '.dir.seed == 5' && equal 4 pings 5
}

gone_on() { (($(link_count packets) > $1 + 100)); }

flapping() {
	fresh && schedule both <<-END || return 1
	period 25ms
	0 carrier down
	10ms carrier up pause
	11ms resume rate 1mbit
	12ms rate none
	END
	start "$client" ping -q -f -l 20 198.51.100.2
	wait_for 60 shows '.dir.schedule.laps >= 10' &&
		wait_for 60 gone_on "$(link_count packets)" || return 1
	for _ in {1..5}; do
		ip -n "$client" link set c0 down && ip -n "$client" link set c0 up &&
			schedule in <<<$'period 1ms\n0 delay 1ms' || return 1
	done
	set_link schedule none && has_carrier "$client" c0 &&
		has_carrier "$server" s0
}

# As many copies of a packet as a filter can make, and as many filters, one after
# the other before the engine gets the processor again.
copies() {
	local i actions=''

	printf -v actions ' action mirred egress mirror dev c0%.0s' {1..32}
	echo "qdisc add dev lo clsact"
	for ((i = 1; i <= 32; i++)); do
		echo "filter add dev lo egress prio $i matchall$actions continue"
	done
}

# Behind each step a packet is lost. If only the engine took steps, of all copies
# of a packet it would be the first alone; there are 10, with the answers.
on_the_way() {
	local before lost

	fresh && set_link delay 1us &&
		schedule <<<$'period 100us\n0 loss-list 0 seed 5' && copies |
		tc -n "$client" -b - && before=$(link_count lost) &&
		on "$client" ping -q -c 5 -i 0.01 127.0.0.1 || return 1
	lost=$(($(link_count lost) - before))
	tc -n "$client" qdisc del dev lo clsact
	echo "lost $lost of 10 times $((32 * 32))"
	((lost > 12))
}

# From the first packet on; both directions of one request.
new_link() {
	printf '8192 %.0s' {1..8} >"$work/one.dist"
	nlabctl add-link "x0@$client" "x1@$server" jitter 1ms \
		distribution "$work/one.dist" dir in trace "$work/steps" \
		dir out schedule - <<<$'0 delay 3ms\n3600s delay 0' || return 1
	nlabctl -n "$client" -j show-links x0 | gojq -e '.[0] |
		(.dir | .delay == 3000000 and .schedule.steps == 2 and
			.distribution == "table" and .trace == null) and
		(."peer-dir" | .delay == 0 and .schedule == null and
			.distribution == "table" and .trace.count == 2)' &&
		nlabctl -n "$client" del-link x0
}

many_links() {
	refused 1 "use add-link or set-link" nlabctl add-links - \
		<<<'x0 x1 schedule steps'
}

# And no device is left.
refused_new() {
	refused 2 "stdin: carrier steps within 10 ms" nlabctl -n "$client" add-link x0 x1 schedule - \
		<<<$'0 delay 1ms carrier up\n1ms carrier down' &&
		fails ip -n "$client" link show x0
}

# bad TEXT STEPS: refused, with the line, and what was there goes on.
bad() {
	fresh && schedule <<<$'0 delay 7ms\n3600s delay 8ms' || return 1
	printf '%s\n' "$2" >"$work/steps"
	refused "${3:-1}" "$1" set_link dir both delay 1ms schedule "$work/steps" &&
		shows '.dir | .delay == 7000000 and .schedule.steps == 2'
}

input_twice() {
	refused 1 "read already" nlabctl -n "$client" -b - \
		<<<'set-link c0 schedule -'
}

# Steps with two sets of parameters, which the tool does not make: the first is
# empty, the second has many bytes.
cat >"$work/twice.py" <<'END'
import socket, struct, sys
n = dict(line.strip().split("=") for line in open(sys.argv[1]))
def num(name):
    return int(n["NLAB_" + name])
def attr(kind, data):
    size = 4 + len(data)
    return struct.pack("HH", size, kind) + data + bytes(-size % 4)
def nest(kind, data):
    return attr(kind | 0x8000, data)
def talk(family, cmd, body):
    s.send(struct.pack("IHHIIBBH", 20 + len(body), family, 5, 1, 0, cmd, 1, 0) + body)
    return s.recv(65536)
s = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 16)
reply = talk(16, 3, attr(2, b"nlab\0"))
at, family = 20, 0
while at < len(reply):
    size, kind = struct.unpack_from("HH", reply, at)
    if kind == 1:
        family, = struct.unpack_from("H", reply, at + 4)
    at += size + (-size % 4)
s.recv(65536)
many = attr(num("A_LINK_DIR_LOSS_PATTERN"), b"01" * 100 + b"\0")
step = nest(num("A_LINK_STEP"), attr(num("A_LINK_STEP_AT"), bytes(8)) +
            nest(num("A_LINK_STEP_DIR"), b"") + nest(num("A_LINK_STEP_DIR"), many))
body = (nest(num("A_LINK"), attr(num("A_LINK_NAME"), b"c0\0")) +
        nest(num("A_LINK_SCHEDULE"), attr(num("A_LINK_SCHEDULE_WAYS"), struct.pack("I", 1))) +
        step * 100)
print(struct.unpack_from("i", talk(family, num("CMD_LINK_SET"), body), 16)[0])
END

twice() {
	equal -22 on "$client" python3 "$work/twice.py" \
		"$selftests/uapi/abi.expected"
}

most() {
	seq -f '%gs loss 0' 16384 >"$work/steps"
	fresh && set_link dir both schedule "$work/steps" &&
		shows '[.dir, ."peer-dir"] | all(.schedule.steps == 16384)' &&
		echo '16385s loss 0' >>"$work/steps" &&
		refused 1 "steps:16385: more than 16384 steps" \
			set_link schedule "$work/steps"
}

check "packets pass" pass
check "steps in turn" in_turn
check "the end" over
check "again and again" again
check "no carrier" dark_both
check "nor between two schedules" still_dark
check "pause" pauses
check "packets are numbered anew" seeds
check "while an end is down" while_down
check "no carrier one way" dark_one
check "many steps under load" flapping
check "a bad value" bad "steps:2: bad delay '5'" $'0 delay 1ms\n+1s delay 5'
check "no change" bad "steps:1: nothing changes" "+1s"
check "a time before" bad "steps:3: the time is before" \
	$'0 delay 1ms\n2s delay 2ms\n1s delay 3ms'
check "an unknown parameter" bad "did you mean 'jitter'" "0 jiter 1ms"
check "carrier twice" bad "carrier given twice" "0 carrier up carrier down"
check "an empty file" bad "no step" "# nothing"
check "parameters that do not go together" bad \
	"steps:2: red-max must be above red-min" \
	$'0 red-max 4000\n1s red-min 5000' 2
check "a short period" bad "steps:1: period of less than 100 us a step" \
	$'period 199us\n0 loss 0\n0 loss 1%' 2
check "a period that ends too early" bad "steps:3: period ends before" \
	$'0 loss 0\n2s loss 1%\nperiod 1s' 2
check "a carrier too often" bad "steps: carrier steps within 10 ms" \
	$'0 carrier down\n9ms carrier up' 2
check "a carrier too often, by laps" bad "carrier steps within 10 ms" \
	$'period 19ms\n0 carrier down\n10ms carrier up' 2
check "parameters twice in a step" twice
check "no file" refused 1 "can't open" set_link schedule "$work/none"
check "input twice" input_twice
echo 1 2 >"$work/steps"
check "a new link" new_link
check "one that is refused" refused_new
check "no lines of many links" many_links
check_with tc "steps on a packet's way" on_the_way
check "as many steps as there may be" most
fresh
check "packets pass at last" wait_for 60 pass
ktap_end
