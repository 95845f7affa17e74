# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# Common part of the tests of labs, to be sourced after lib.sh. Labs that are
# left when a test ends are removed.

# shellcheck disable=SC2154 # of lib.sh
cleanup_labs() {
	local status=$?

	nlabctl destroy --all >/dev/null 2>&1
	with_status $status
	cleanup
}

# For cleanup(), which ends with the status that it finds.
with_status() { return "$1"; }

# lab_test: in place of start_test, with what labs need.
lab_test() {
	start_test
	trap cleanup_labs EXIT
}

in_lab() { nlabctl exec "$@"; }

# measured TEXT: for print_measured at the end; what a check itself prints is
# shown only when it fails.
measured() { echo "$*" >>"$work/measured"; }
print_measured() { ktap_diag <"$work/measured"; }

# took START WHAT: the time since $EPOCHREALTIME was START.
took() {
	measured "$2: $(((${EPOCHREALTIME/./} - ${1/./}) / 1000)) ms"
}

# A lab of two hosts and a router, with IPv4 pool $2 and IPv6 pool $3.
write_lab() {
	local v4=${2%.0.0/16} v6=${3%::/48}

	cat >"$work/$1.yaml" <<-END
	lab: $1
	pool: [$2, "$3"]
	nodes:
	  h1:
	    routes:
	      - {to: default, via: $v4.0.2}
	      - {to: default, via: "$v6::2"}
	    files: {/etc/lab-name: of $1}
	  r1: router
	  h2:
	    routes:
	      - {to: default, via: $v4.0.5}
	      - {to: default, via: "$v6:1::1"}
	    services: {sleeper: exec sleep 1000}
	links:
	  - {ends: [h1, r1], delay: 1ms}
	  - {ends: [r1, h2]}
	END
}

# lab_gone NAME: no name, folder, mount, control group or link of it is there.
lab_gone() {
	local name

	for name in /run/netns/"$1".* /run/nlab/labs/"$1" \
		/sys/fs/cgroup/nlab/"$1"; do
		[[ ! -e $name ]] || { echo "left: $name"; return 1; }
	done
	[[ $(</proc/self/mountinfo) != *"/nlab/labs/$1/"* ]] ||
		{ echo "a mount is left"; return 1; }
	[[ -z $(nlabctl show-links owner "lab:$1") ]] ||
		{ echo "a link is left"; return 1; }
}

nothing_left() {
	local name

	for name in /run/nlab /sys/fs/cgroup/nlab; do
		[[ ! -e $name ]] || { find "$name"; return 1; }
	done
	[[ $(</proc/self/mountinfo) != */nlab/labs/* ]] &&
		[[ $(nlabctl -j show-lab) = '[]' ]]
}
