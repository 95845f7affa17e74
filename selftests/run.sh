#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Runs the tests of net/ as root on the running kernel, one after the other,
# each with a time limit and a look into the kernel's log, and prints KTAP.
# Meant for the virtual machine of vm/vm.sh, but needs nothing of it.
#
#	run.sh [-s|-e|-p|-L] [-d I/N] [-l] [PATTERN...]
#
#	-s	only the smoke tests
#	-e	those for one emulated processor: without NATIVE_PROGS, SMP_PROGS
#	-p	those that want several processors
#	-L	those that only make check-long runs
#	-d I/N	every Nth of them, from the Ith on
#	-l	only print the names
#	PATTERN	only tests with such a part in the name
#
# Exit status: 0, 1 if a test failed, 4 if all were skipped or none was there.
set -u -o pipefail
cd "$(dirname "${BASH_SOURCE[0]}")" || exit 1

lists=TEST_PROGS list='' without='' part=1/1
while getopts sepLd:l opt; do
	case $opt in
	s) lists=SMOKE_PROGS ;;
	e) without='NATIVE_PROGS SMP_PROGS' ;;
	p) lists=SMP_PROGS ;;
	L) lists=LONG_PROGS ;;
	d) part=$OPTARG ;;
	l) list=1 ;;
	*) sed -n '8,16s/^# \{0,1\}//p' run.sh >&2; exit 1 ;;
	esac
done
shift $((OPTIND - 1))

# What the kernel writes when something is wrong with it.
bad='BUG: |BUG at |WARNING: |Oops|general protection fault|KASAN|UBSAN|ODEBUG'
bad+='|blocked for more than|detected stall|refcount_t:|corruption'
bad+='|unregister_netdevice: waiting|suspicious RCU|soft lockup|Call Trace'

# Test programs, of the Makefile and as there are files.
programs() {
	make -s --no-print-directory -f Makefile print-"$1" KSRC=
}

selected() {
	local p

	(($#)) || return 0
	for p in "${patterns[@]}"; do
		[[ $1 != *"$p"* ]] || return 0
	done
	return 1
}

patterns=("$@")
tests=() count=0
without=" $(for l in $without; do programs "$l"; done) "
without=${without//$'\n'/ }
for t in $(programs "$lists"); do
	((${#patterns[@]} == 0)) || selected "$t" || continue
	[[ $without != *" $t "* ]] || continue
	((count++ % ${part#*/} + 1 != ${part%/*})) || tests+=("$t")
done
if [[ -n $list ]]; then
	((${#tests[@]} == 0)) || printf '%s\n' "${tests[@]}"
	exit 0
fi

limit=${NLAB_TEST_TIMEOUT:-$(sed -n 's/^timeout=//p' settings)}
passed=0 failed=0 skipped=0 number=0
plan=$(mktemp)
trap 'rm -f "$plan"' EXIT

kernel_log() {
	dmesg | awk -v from="nlab-test: $1 begins" '
		index($0, from) { on = 1; next } on' | grep -E -A 40 "$bad"
}

# The verdict of one test: its exit status, and what the kernel had to say.
run_one() {
	local test=$1 name status complaint begin=$SECONDS

	number=$((number + 1))
	name=$(basename "$test" .sh)
	echo "# Subtest: $name"
	[[ ! -w /dev/kmsg ]] || echo "nlab-test: $name begins" >/dev/kmsg
	timeout -k 10 "$limit" "./$test" </dev/null 2>&1 |
		sed -u -e 's/^/    /' -e "/^    1\.\.[0-9]/w $plan"
	status=${PIPESTATUS[0]}
	# a script that ends before its time may well be content with that
	((status)) || [[ -s $plan ]] || status=123
	if complaint=$(kernel_log "$name"); then
		printf '# kernel: %s\n' "${complaint//$'\n'/$'\n# kernel: '}"
		status=125
	fi
	case $status in
	0) passed=$((passed + 1)); echo "ok $number - $name # $((SECONDS - begin)) s" ;;
	4) skipped=$((skipped + 1)); echo "ok $number - $name # SKIP" ;;
	*)
		failed=$((failed + 1))
		case $status in
		123) echo "# it printed no plan, so it did not reach its end" ;;
		124 | 137) echo "# time limit of $limit s" ;;
		125) echo "# the kernel reported something" ;;
		*) echo "# exit status $status" ;;
		esac
		echo "not ok $number - $name" ;;
	esac
}

if ((${#tests[@]} == 0)); then
	echo 'TAP version 13'
	echo "1..0 # SKIP no test has that in its name"
	exit 4
fi
echo 'TAP version 13'
echo "1..${#tests[@]}"
for t in "${tests[@]}"; do
	run_one "$t"
done
echo "# Totals: pass:$passed fail:$failed xfail:0 xpass:0 skip:$skipped error:0"
((failed == 0)) || exit 1
((passed)) || exit 4
