#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Runs one command as root on a test kernel, on this machine's own file system.
#
#   vm.sh [-k KERNEL] [-c CPUS] [-m MEM] [-t SECONDS] [-a WORDS] [-n] [-s] [-v]
#	-- COMMAND...
#
#   -k KERNEL   6.1, 6.12, 7.2 (QEMU), uml, uml-7.2, uml-debug; default 6.1
#   -c CPUS     processors: by default two in QEMU and one in User Mode Linux,
#               where uml-7.2 may have two
#   -m MEM      memory as QEMU and UML take it; default 2G
#   -t SECONDS  time limit from boot to power-off; default 600
#   -a WORDS    more words for the command line of a User Mode Linux kernel
#   -n          build nlab.ko but do not load it
#   -s          its processors take turns on one of this machine (emulation), so
#               that none waits for a lock whose holder does not run
#   -v          virtual clock, QEMU only: it counts the instructions of the one
#               processor, two nanoseconds each. How busy this machine is does
#               not show in what is measured by it, only in how long that takes,
#               which is what -t limits.
#
# Everything that COMMAND writes is gone afterwards, except below the tree's
# build/ folder. It gets this machine's programs, the caller's folder and
# arguments, nlabctl in PATH, no stdin and no terminal.
#
# Exit status: that of COMMAND; 124 on time-out; 125 when the kernel reported
# an oops, warning, lock problem or leak, or when the guest died; 126 when the
# guest could not be made ready; 2 on wrong usage.

set -euo pipefail
shopt -s inherit_errexit

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd -P)
tree=$(cd "$here/../.." && pwd -P)
cache=${NLAB_CACHE:-${HOME:-/root}/.cache/nlab}
kernel=6.1 cpus='' mem=2G limit=600 load=1 words=() clock=real
threads=multi emu='' stop=TERM pumps=() run=''

# What makes a kernel message a failure. Only messages of the kernel itself
# that come after boot are searched (see report()).
bad='BUG: |BUG at |WARNING: |Oops|general protection fault|Kernel panic'
bad+='|KASAN|UBSAN|ODEBUG|INFO: task .* blocked|INFO: rcu.* stall'
bad+='|rcu:.*detected stall|INFO: trying to register non-static key'
bad+='|kmemleak: .* new suspected|refcount_t:|list_(add|del) corruption'
bad+='|unregister_netdevice: waiting|ref_tracker:|soft lockup|Bad page'
bad+='|suspicious RCU|Modules linked in:|invalid opcode|divide error'

say() { printf 'vm.sh: %s\n' "$*" >&2; }
die() { say "$1"; exit "${2:-126}"; }
usage() { sed -n '6,21s/^# \{0,1\}//p' "${BASH_SOURCE[0]}" >&2; exit 2; }

# shellcheck source=vm-qemu.sh
. "$here/vm-qemu.sh"
# shellcheck source=../build/ccache.sh
. "$here/../build/ccache.sh"

cleanup() {
	local rc=$?

	trap '' INT TERM HUP
	if [ -n "$emu" ]; then
		kill "-$stop" "$emu" 2>/dev/null || :
		wait "$emu" 2>/dev/null || :
	fi
	[ ${#pumps[@]} = 0 ] || kill "${pumps[@]}" 2>/dev/null || :
	if [ -n "$run" ]; then
		# A process of a UML guest outlives a guest that was killed, and
		# goes on with what it was at.
		pkill -KILL -f -- "uml_dir=$run/" || :
		rm -rf "$run"
	fi
	exit "$rc"
}

options() {
	local opt

	while getopts :k:c:m:t:a:nsvh opt; do
		case $opt in
		k)	kernel=$OPTARG ;;
		c)	cpus=$OPTARG ;;
		m)	mem=$OPTARG ;;
		t)	limit=$OPTARG ;;
		a)	read -ra words <<<"$OPTARG" ;;
		n)	load='' ;;
		v)	clock=virtual ;;
		s)	threads=single ;;
		h)	sed -n '3,31s/^# \{0,1\}//p' "${BASH_SOURCE[0]}"; exit 0 ;;
		*)	usage ;;
		esac
	done
	# getopts eats "--"; without it COMMAND could be taken for an option.
	command=("${@:OPTIND}")
	[ ${#command[@]} -gt 0 ] || usage
	[[ " $("$here/kernel.sh" list) " == *" $kernel "* ]] ||
		die "no kernel '$kernel' (one of: $("$here/kernel.sh" list))" 2
	case $kernel in
	uml*)	: "${cpus:=1}" ;;
	*)	: "${cpus:=2}" ;;
	esac
	[[ $cpus =~ ^[1-9][0-9]*$ ]] || die "-c wants a number: $cpus" 2
	case $kernel:$cpus in
	uml:1|uml-debug:1|uml-7.2:[12]) ;;
	uml*)	die "$kernel can't have $cpus processors (see -h)" 2 ;;
	esac
	[[ $limit =~ ^[1-9][0-9]*$ ]] || die "-t wants seconds: $limit" 2
	[[ $mem =~ ^[1-9][0-9]*[KMGkmg]?$ ]] || die "-m wants a size: $mem" 2
	[[ $clock = real || $kernel != uml* ]] ||
		die "-v wants a kernel for QEMU, not $kernel" 2
	# A bare number is megabytes, as QEMU has it; UML would take bytes.
	[[ $mem =~ [KMGkmg]$ ]] || mem+=M
}

# Programs of the host that the harness itself runs.
check_programs() {
	local p missing=() want=(flock make gcc busybox ip modprobe dd taskset timeout)

	case $kernel in
	uml*)	;;
	*)	want+=(qemu-system-x86_64 cpio xz) ;;
	esac
	for p in "${want[@]}"; do
		PATH=$PATH:/usr/sbin:/sbin command -v "$p" >/dev/null ||
			missing+=("$p")
	done
	[ ${#missing[@]} = 0 ] ||
		die "not installed: ${missing[*]} (run 'make deps' in $tree)"
}

# make TARGET... unless the sources in list $2 are older than the last time.
build_one() {
	local stamp=$tree/build/.vm-$1 key=$3 log=$tree/build/.vm-$1.log
	local -a src with=()
	read -ra src <<<"$2"
	# Kbuild alone knows its objects by more than the names of their files.
	[[ $1 != kmod-* ]] || with=(remembering)
	shift 3

	exec 9>"$stamp.lock"
	flock 9
	if [ -e "$stamp" ] && [ "$(cat "$stamp")" = "$key" ] &&
	   [ -z "$(cd "$tree" && find "${src[@]}" -newer "$stamp" -print -quit)" ]; then
		exec 9>&-
		return 0
	fi
	printf '%s\n' "$key" >"$stamp.new"
	if ! "${with[@]}" make -C "$tree" -j"$(nproc)" "$@" >"$log" 2>&1 \
		</dev/null 9>&-; then
		tail -n 30 "$log" >&2
		exec 9>&-
		say "make $* failed (log: $log)"
		return 1
	fi
	mv "$stamp.new" "$stamp"
	exec 9>&-
}

build() {
	local kmake ok=1

	# The caller's own make must not lend its job server or its options.
	unset MAKEFLAGS MFLAGS MAKELEVEL MAKEOVERRIDES
	kmake=(KDIR="$kdir/kdir" MODDIR="build/kmod-$kernel")
	[[ $kernel != uml* ]] || kmake+=(ARCH=um)
	build_one tools "tools include Makefile" "" tools || ok=0
	build_one "kmod-$kernel" "kmod include Kbuild Makefile" \
		"$kdir $(stat -c %Y "$kdir/release")" modules "${kmake[@]}" || ok=0
	[ $ok = 1 ] && return
	[ -z "$load" ] || exit 126
	say "going on without, as -n was given"
}

# The run folder lies in build/, which both kinds of guest see writable.
prepare_run() {
	local v

	mkdir -p "$tree/build/vm"
	run=$(mktemp -d "$tree/build/vm/run.XXXXXX")
	: >"$run/out"
	: >"$run/err"
	: >"$run/console"
	printf '%s' "$tree" >"$run/tree"
	{
		printf 'tree=%q kernel=%q load=%q modules=%q cwd=%q\n' "$tree" \
			"$kernel" "$load" "$kdir/lib/modules" "$PWD"
		printf 'export NLAB_VM_CLOCK=%q\n' "$clock"
		printf 'command=('
		printf '%q ' "${command[@]}"
		printf ')\n'
		for v in PATH HOME LANG TERM CI "${!LC_@}" "${!NLAB_@}" \
			 "${!KSELFTEST_@}"; do
			[ -z "${!v+x}" ] || printf 'export %s=%q\n' "$v" "${!v}"
		done
	} >"$run/guest.conf"
}

# Sets pinned, the command by which a guest of one processor stays on one here,
# which no other such guest has if there is one left. The kernel of UML and its
# processes wait for each other at each system call, QEMU's threads at each
# access to a file: to wake the other on another processor takes several times as
# long as what is asked of it.
pin() {
	local cpu usable=() first last

	while IFS=- read -r first last; do
		mapfile -t -O ${#usable[@]} usable < <(seq "$first" "${last:-$first}")
	done < <(taskset -cp $$ | sed 's/.*: //' | tr , '\n')
	for cpu in "${usable[@]}"; do
		pinned=(taskset -c "$cpu")
		# for as long as the guest or this script is there
		exec 7>"$cache/cpu$cpu.lock"
		! flock -n 7 || return 0
	done
	pinned=(taskset -c "${usable[RANDOM % ${#usable[@]}]}")
}

# Where the guest's memory is a file: one on a disk is written to it every few
# seconds, and each of its pages then faults again. Where all that is free would
# be needed, another guest might find none. Prints the folder.
memory_folder() {
	local folder=/dev/shm kib

	kib=$(df -k --output=avail $folder 2>/dev/null | tail -n 1) || kib=0
	if ((kib * 2048 < $(numfmt --from=iec "$mem") * 3)) ||
			[[ $(findmnt -n -o OPTIONS $folder) = *noexec* ]]; then
		folder=/tmp
	fi
	echo $folder
}

start_uml() {
	local more=() pinned=()

	[ "$cpus" != 1 ] || pin
	# System calls come by a signal where kernel and machine can do that, not
	# by ptrace(2): that takes two thirds of the time.
	[ "$kernel" = uml ] || more=(seccomp=auto)
	[ "$cpus" = 1 ] || more+=(ncpus="$cpus")
	# SLUB keeps pointers to objects that it has handed out in its per-CPU
	# arrays, where kmemleak finds them and sees no leak; a cache that is
	# checked has no such arrays. Red zones and poison would do as well, but
	# trip KASAN while the first caches come up.
	[ "$kernel" != uml-debug ] || more+=(slab_debug=F kasan_multi_shot)
	# UML joins its arguments with blanks, so the quotes are for its parser.
	# Asked politely to stop, UML may spin for ever: it dies with timeout,
	# and that with this script, whatever ends it.
	stop=KILL
	TMPDIR=$(memory_folder) setpriv --pdeathsig KILL timeout -s KILL "$limit" \
		setpriv --pdeathsig KILL "${pinned[@]}" "$kdir/image" mem="$mem" root=none \
		rootfstype=hostfs rootflags=/ ro con=null con0=null,fd:1 \
		ssl=null quiet log_buf_len=4M oops=panic "${more[@]}" "${words[@]}" \
		uml_dir="$run/" umid=guest \
		init="\"$here/init-uml.sh\"" NLAB_RUN="\"$run\"" \
		</dev/null >>"$run/console" 2>&1 &
	emu=$!
}

# Kernel messages after the start marker, oldest first, as "[seconds] text".
messages() {
	[ ! -e "$run/kmsg" ] || awk '
	/^ / { next }
	{
		at = index($0, ";"); split(substr($0, 1, at), f, ",")
		text = substr($0, at + 1)
		if (text == "nlab-vm: start") { on = 1; next }
		if (on && f[1] < 8)
			printf "[%12.6f] %s\n", f[3] / 1e6, text
	}' "$run/kmsg"
}

# Prints what the kernel complained about; fails when it has not.
report() {
	local found=1

	messages >"$run/messages"
	if [ ! -e "$run/status" ]; then
		# The guest ended on its own: only the console has the last words.
		tr -d '\r' <"$run/console" >>"$run/messages"
	fi
	if grep -qE "$bad" "$run/messages"; then
		say "the $kernel kernel reported:"
		awk -v bad="$bad" '
		$0 ~ bad { on = 1 }
		on && n++ < 150 { print }
		END { if (n > 150) print "... " n - 150 " lines more" }
		' "$run/messages" >&2
		found=0
	fi
	if [ -s "$run/taint" ]; then
		say "the kernel is tainted: $(cat "$run/taint")"
		found=0
	fi
	if [ -s "$run/kmemleak" ]; then
		say "kmemleak found:"
		head -n 150 "$run/kmemleak" >&2
		found=0
	fi
	return $found
}

# One boot of the guest; the emulator's status.
run_guest() {
	local rc=0

	case $kernel in
	uml*)	start_uml ;;
	*)	start_qemu ;;
	esac
	tail -c +1 -s 0.1 -f --pid="$emu" "$run/out" 2>/dev/null &
	pumps+=($!)
	tail -c +1 -s 0.1 -f --pid="$emu" "$run/err" >&2 2>/dev/null &
	pumps+=($!)
	wait "$emu" 2>/dev/null || rc=$?
	emu=''
	wait "${pumps[@]}" || :
	pumps=()
	return $rc
}

main() {
	local rc try

	options "$@"
	PATH=$PATH:/usr/sbin:/sbin
	check_programs
	kdir=$("$here/kernel.sh" get "$kernel") || exit 126
	trap cleanup EXIT
	trap 'exit 129' HUP
	trap 'exit 130' INT
	trap 'exit 143' TERM
	mkdir -p "$tree/build" || die "can't write to $tree/build"
	build
	prepare_run
	ulimit -c 0
	# Emulating two processors by two threads, QEMU now and then trips over
	# the kernel patching its own code at boot: that says nothing of ours.
	for try in 1 2 3; do
		rc=0
		run_guest || rc=$?
		case $rc in
		124|137) break ;;
		esac
		if [ -e "$run/started" ] || [ $try = 3 ]; then
			break
		fi
		say "the $kernel guest died while booting, trying again"
		: >"$run/console"
	done
	if report; then
		exit 125
	elif [ -s "$run/status" ]; then
		exit "$(cat "$run/status")"
	elif [ $rc = 124 ] || [ $rc = 137 ]; then
		die "time limit of $limit s reached on $kernel" 124
	fi
	tr -d '\r' <"$run/console" | tail -n 30 >&2
	die "the $kernel guest ended without a result (emulator status $rc)" 125
}

main "$@"
