#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The queueing discipline nlab before a device that is busy: what waits for it
# counts in the limits of the queue. The device is SLIP over a pseudo terminal,
# which takes one packet and the next when that was read.
# shellcheck source=selftests/lib.sh
. "$(dirname "$0")/../lib.sh"
need tc ping /usr/bin/python3 modprobe
start_test
modprobe -q slip || skip_all "no SLIP in this kernel"
nodes client
write_sysctl "$client" ipv6/conf/default/disable_ipv6=1

# Prints the name of its device; reads as many packets as each line of its
# input says, and prints the line then.
cat >"$work/slip.py" <<'END'
import fcntl, os, struct, sys, termios, tty
reader, line = os.openpty()
tty.setraw(line)
fcntl.ioctl(line, termios.TIOCSETD, struct.pack("i", 1))	# N_SLIP
name = bytearray(16)
fcntl.ioctl(line, 0x8910, name)				# SIOCGIFNAME
print(name.rstrip(b"\0").decode(), flush=True)
for wanted in open(sys.argv[1]):
    data = b""
    # an END before and behind each
    while data.count(b"\xc0") < 2 * int(wanted):
        data += os.read(reader, 65536)
    print("read", wanted, end="", flush=True)
END
mkfifo "$work/go"
exec {go}<>"$work/go"
start "$client" /usr/bin/python3 "$work/slip.py" "$work/go"
slip=$started
wait_for 200 grep -q ^sl "$work/$slip.log" || bail_out "no SLIP device"
read -r sl <"$work/$slip.log"
if ! ip link set "$sl" netns "$client" name sl0 || ! ip -n "$client" -b - <<-END
	addr add 198.51.100.1 peer 198.51.100.2 dev sl0
	link set sl0 up
	END
then
	bail_out "can't set up $sl"
fi

n() { nlabctl -n "$client" "$@"; }
is() { n -s -j show-links sl0 | gojq -e ".[0].dir.stats | $1"; }
waiting() { tc -n "$client" -s -j qdisc show dev sl0 root | gojq '.[0].qlen'; }
used() { [[ $(</sys/module/nlab/refcnt) = "$1" ]]; }

# There is nobody who answers; what is dropped ping sends again.
send() { on "$client" ping -q -c 10 -i 0.01 -W 0.1 198.51.100.2; }

bounded() {
	fails send && is '.packets == 5 and ."drop-queue" >= 5' &&
		equal 4 waiting
}

goes_on() {
	echo 5 >&"$go"
	wait_for 60 grep -qx "read 5" "$work/$slip.log" && equal 0 waiting &&
		is '.packets == 5'
}

# 84 bytes each: full with the second.
bounded_in_bytes() {
	n set-link sl0 limit-packets none limit-bytes 100 && fails send &&
		is '.packets == 8' && equal 2 waiting
}

check "tc qdisc add" tc -n "$client" qdisc add dev sl0 root nlab
check "a limit" n set-link sl0 limit-packets 4
check "one is sent, four wait, the others are dropped" bounded
check "those that waited are sent" goes_on
check "a limit in bytes" bounded_in_bytes
kill "$slip"
check "a device that goes takes what waits along" wait_for 60 used 0
ktap_end
