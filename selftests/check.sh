#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# make check: everything that is tested, in stages, each with a log in
# build/check/. Stages run side by side; they are printed one after the other.
#
#	T=PATTERN	only stages, or tests in them, with this in their name
#	K=KERNEL	only what has to do with this kernel, all tests on it
#
# Prints KTAP and, in the last line, the number of tests that passed, failed
# and were skipped: those of a stage count, not the checks inside them. Exit
# status 1 if one failed.
set -u -o pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.." || exit 1

T=${T:-} K=${K:-}
export T K
logs=$PWD/build/check
# One more than there are processors, since tests also wait.
lanes=$(($(nproc) + 1))
((lanes < 4)) || lanes=4
names=()
passed=0 failed=0 skipped=0

declare -A command

# stage NAME COMMAND...
stage() {
	names+=("$1")
	command[$1]=$(printf '%q ' "${@:2}")
}

named() { [[ $1 == *"$T"* ]]; }

# Is there a program with T in its name?
has() {
	local p

	for p; do
		[[ -e $p ]] || continue
		p=$(basename "${p%.*}")
		[[ $p != *"$T"* ]] || return 0
	done
	return 1
}

# net NAME KERNEL [OPTION...]: tests in a virtual machine, as run.sh has them.
net() {
	local name=$1 kernel=$2 select=() cpus=(-s)

	shift 2
	[[ $* != -[es] ]] || cpus=(-c 1)
	if ! named "$name"; then
		[[ -n $(bash selftests/run.sh -l "$@" "$T") ]] || return
		select=("$T")
	fi
	stage "$name" bash selftests/vm/vm.sh -k "$kernel" "${cpus[@]}" -t 3600 -- \
		bash selftests/run.sh "$@" "${select[@]}"
}

# Long ones first, so that none is left alone at the end, and as many guests at a
# time as there are processors, as each stays on one.
choose_stages() {
	local f

	if [[ -n $K ]]; then
		net "net-$K" "$K"
		named build && [[ $K != uml* ]] &&
			stage build bash selftests/build/compile.sh
		return
	fi
	net net-6.1 6.1 -e
	net net-uml-debug-1 uml-debug -d 1/2
	! named build || stage build bash selftests/build/compile.sh
	net net-uml-debug-2 uml-debug -d 2/2
	net smp-6.1 6.1 -p
	! named dkms || stage dkms bash selftests/build/dkms.sh
	net smoke-6.12 6.12 -s
	net smoke-7.2 7.2 -s
	for f in selftests/tools/*.sh; do
		f=$(basename "$f" .sh)
		[[ $f = tools ]] || ! named "tools-$f" ||
			stage "tools-$f" bash "selftests/tools/$f.sh"
	done
	! named abi || stage abi bash selftests/uapi/abi.sh
	if named unit; then
		stage unit bash selftests/unit/unit.sh
	elif has selftests/unit/test-*.c; then
		stage unit bash selftests/unit/unit.sh "$T"
	fi
	if named fuzz; then
		stage fuzz env T= bash selftests/fuzz/fuzz.sh 60
	elif has selftests/fuzz/*.c; then
		stage fuzz bash selftests/fuzz/fuzz.sh 60
	fi
}

# --- running ---

run_stage() {
	local pid begin=$SECONDS

	: >"$logs/$1.log"
	# Its own session, so that all of it can be stopped.
	setsid timeout -k 20 4800 bash -c "exec ${command[$1]}" </dev/null \
		>"$logs/$1.log" 2>&1 &
	pid=$!
	echo $pid >"$logs/$1.pid"
	wait $pid
	echo "$? $((SECONDS - begin))" >"$logs/$1.status"
}

run_stages() {
	local name

	for name in "${names[@]}"; do
		while (($(jobs -rp | wc -l) >= lanes)); do
			wait -n
		done
		run_stage "$name" &
	done
	wait
}

stop() {
	local name

	trap '' INT TERM HUP
	kill "$runner" 2>/dev/null
	for name in "${names[@]}"; do
		[[ ! -e $logs/$name.pid || -e $logs/$name.status ]] ||
			kill -- "-$(<"$logs/$name.pid")" 2>/dev/null
	done
	exit 130
}

# --- results ---

show() {
	until [[ -e $logs/$1.pid ]]; do
		sleep 0.2
	done
	echo "# Subtest: $1"
	tail -n +1 -s 0.2 -f --pid="$(<"$logs/$1.pid")" "$logs/$1.log" |
		sed -u 's/^/    /'
	until [[ -e $logs/$1.status ]]; do
		sleep 0.1
	done
}

# count NAME: the tests of a stage, from its log and its exit status.
count() {
	local name=$1 status seconds ok bad skip plan why=''

	read -r status seconds <"$logs/$name.status"
	skip=$(grep -ciE '^ok [0-9]+.*# SKIP' "$logs/$name.log")
	ok=$(($(grep -cE '^ok [0-9]+' "$logs/$name.log") - skip))
	bad=$(grep -cE '^not ok [0-9]+' "$logs/$name.log")
	plan=$(sed -n 's/^1\.\.\([0-9]*\).*/\1/p' "$logs/$name.log" | tail -n 1)
	if [[ $plan = 0 && $status = 4 ]]; then
		skip=1
	elif ((ok + bad + skip == 0)); then
		why="not one test"
	elif [[ $plan != $((ok + bad + skip)) ]]; then
		why="planned ${plan:-nothing}, $((ok + bad + skip)) tests run"
	elif ((bad == 0 && status != 0 && status != 4)) || ((status >= 124)); then
		why="exit status $status"
	fi
	if [[ -n $why ]]; then
		echo "# $name: $why"
		bad=$((bad + 1))
	fi
	passed=$((passed + ok)) failed=$((failed + bad))
	skipped=$((skipped + skip))
	verdict="$name # $seconds s: $ok passed, $bad failed, $skip skipped"
	((bad == 0)) || verdict="not $verdict"
}

# A test that stands in no list would never run, one that is gone never fail.
listed() {
	local missing

	missing=$(comm -3 <(cd selftests && printf '%s\n' net/*.sh | sort) \
		<(bash selftests/run.sh -l | sort))
	[[ -z $missing ]] || {
		echo "# not both in selftests/Makefile and in net/: ${missing//[$'\t\n']/ }"
		failed=$((failed + 1))
	}
}

main() {
	local i=0 name

	choose_stages
	if ((${#names[@]} == 0)); then
		echo "nothing is called '$T'" >&2
		echo "0 passed, 0 failed"
		exit 1
	fi
	rm -rf "$logs"
	mkdir -p "$logs"
	make -s -C selftests || { echo "0 passed, 1 failed"; exit 1; }
	listed
	run_stages &
	runner=$!
	trap stop INT TERM HUP
	echo 'TAP version 13'
	echo "1..${#names[@]}"
	for name in "${names[@]}"; do
		i=$((i + 1))
		show "$name"
		count "$name"
		case $verdict in
		"not "*) echo "not ok $i - ${verdict#not }" ;;
		*) echo "ok $i - $verdict" ;;
		esac
	done
	summary="$passed passed, $failed failed"
	((skipped == 0)) || summary+=", $skipped skipped"
	echo "$summary"
	((failed == 0))
}

main
