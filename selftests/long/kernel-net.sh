#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The kernel's own tests of veth's offloads and of time stamps of what is sent, on
# emulated links and on the discipline nlab.
# shellcheck source=selftests/lib.sh
. "$(dirname "$0")/../lib.sh"
# shellcheck source=selftests/others.sh
. "$selftests/others.sh"

kernel_tests
link_pair
write_sysctl "$client" ipv6/conf/c0/disable_ipv6=0
write_sysctl "$server" ipv6/conf/s0/disable_ipv6=0
addresses c0 "$client" 2001:db8::1/64 s0 "$server" 2001:db8::2/64

# --- veth.sh ---

# Without what stands below a line of several queues or of a native XDP program,
# which links have not: those of XDP run in the kernel's generic mode.
offloads() {
	sh ./veth.sh 2>/dev/null | awk '
		!/ (ok|fail.*) *$/ { next }
		/^[^ ]/ { on = !/channels|xdp|XDP/ }
		on'
}

# Every line is there; 17 of them are for all numbers of processors.
offloads_are_good() {
	offloads | tee "$work/lines"
	[[ $(grep -c ' ok *$' "$work/lines") = 17 ]] &&
		! grep ' fail' "$work/lines"
}

# --- txtimestamp ---

# The script delays what leaves lo by one millisecond and what comes by two, with
# netem; this tc takes ours for it.
tc_of_ours() {
	cat >"$work/bin/tc" <<-END
	#!/bin/sh
	if [ "\$1 \$2 \$5 \$6 \$7" = "qdisc add root netem delay" ]; then
		$(command -v tc) qdisc add dev "\$4" root nlab &&
			exec nlabctl set-link "\$4" delay "\$8"
		exit 1
	fi
	exec $(command -v tc) "\$@"
	END
	chmod +x "$work/bin/tc"
}

# stamps ARGUMENT...: of the program, for both families; not before the delay,
# and as late as a busy machine has it.
stamps() {
	bash ./txtimestamp.sh -r -4 -L -v 1000 -V 6000 -t 100000 "$@" 127.0.0.1 &&
		bash ./txtimestamp.sh -r -6 -L -v 1000 -V 6000 -t 100000 "$@" ::1
}

# On a link: it is sent when the wire takes it, and acknowledged after both ways.
link_stamps() {
	on "$client" ./txtimestamp -4 -v 0 -V 6000 -t 100000 "$@" 198.51.100.2 &&
		on "$client" ./txtimestamp -6 -v 0 -V 6000 -t 100000 "$@" \
			2001:db8::2
}

# ---

check "veth.sh: offloads" offloads_are_good

tc_of_ours
for option in '' -u -r -R -P -C '-u -n'; do
	# shellcheck disable=SC2086 # two words
	check "txtimestamp.sh $option" stamps $option
done

set_link delay 3ms
nlabctl -n "$server" set-link s0 delay 3ms
start_server "$server" tcp 9000 socat -u TCP6-LISTEN:9000,fork,ipv6only=0 \
	OPEN:/dev/null
start_server "$server" udp 9000 socat -u UDP6-RECV:9000,ipv6only=0 \
	OPEN:/dev/null
for option in '' -u -r -R; do
	# shellcheck disable=SC2086 # none
	check "txtimestamp $option on a link" link_stamps $option
done
ktap_end
