#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# make check-long: what takes hours, in stages that run one after the other,
# each with a log in build/check-long/.
#
#	T=PATTERN	only stages with this in their name
#	LIST=1		only print the names of the stages
#
# How long, or how many (seconds and rounds; a short look is a few of each):
#
#	NLAB_LONG_PACKETS	random packets, beside Jool and alone (200000)
#	NLAB_LONG_SECONDS	each random run against the kernel (1200)
#	NLAB_LONG_ROUNDS	module loads and namespaces (1000)
#	NLAB_LONG_FUZZ		each fuzz target in user space (1800)
#	NLAB_RANDOM_SEED	repeats the random runs
#	NLAB_TOPOTESTS		tests/topotests of FRR's sources, else they are skipped
#
# T=announce-ospf and T=announce-withdraw measure, T=announce does all of the kind:
# tables for Documentation/deployment.rst are in build/check-long/announce.rst then.
#
# Prints KTAP and, in the last line, the number of tests that passed, failed
# and were skipped. Exit status 1 if one failed.
set -u -o pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.." || exit 1

T=${T:-}
packets=${NLAB_LONG_PACKETS:-200000} seconds=${NLAB_LONG_SECONDS:-1200}
rounds=${NLAB_LONG_ROUNDS:-1000} fuzz=${NLAB_LONG_FUZZ:-1800}
logs=$PWD/build/check-long
names=() measured=() passed=0 failed=0 skipped=0
declare -A command

# stage NAME COMMAND...
stage() {
	[[ $1 == *"$T"* ]] || return 0
	names+=("$1")
	command[$1]=$(printf '%q ' "${@:2}")
}

# guest "KERNEL [OPTION...]" SECONDS [NAME=VALUE...] -- ARGUMENT...: those of
# vm.sh and of run.sh.
guest() {
	local kernel limit=$2 settings=()

	read -ra kernel <<<"$1"
	shift 2
	while [[ $1 != -- ]]; do
		settings+=("$1")
		shift
	done
	printf '%s\n' env "${settings[@]}" NLAB_TEST_TIMEOUT="$limit" \
		bash selftests/vm/vm.sh -k "${kernel[@]}" -t $((limit + 300)) -- \
		bash selftests/run.sh "${@:2}"
}

# in_guest NAME KERNEL SECONDS ...: a stage.
in_guest() {
	local name=$1 words

	shift
	mapfile -t words < <(guest "$@")
	stage "$name" "${words[@]}"
}

# fetched VARIABLE STAGE COMMAND...: the folder of what is not part of this tree,
# where guests see it; a stage that skips if there is none. For a list of the stages
# nothing is fetched.
fetched() {
	local name=$2 folder=''

	if [[ -n ${LIST:-} ]] || folder=$("${@:3}" 2>"$logs/$name.err"); then
		printf -v "$1" '%s' "$folder"
		return
	fi
	stage "$name" bash -c 'echo "1..0 # SKIP $1"; exit 4' bash \
		"$(tail -n 1 "$logs/$name.err")"
	return 1
}

jool_stage() {
	local jool

	[[ jool == *"$T"* ]] || return 0
	! fetched jool jool bash selftests/bench/jool.sh ||
		in_guest jool uml $((packets / 20 + 300)) NLAB_JOOL="$jool" \
			NLAB_RANDOM_PACKETS="$packets" -- -L jool
}

# kernel_stage NAME "KERNEL [OPTION...]" SECONDS: the kernel's own tests, unpacked
# where guests see them.
kernel_stage() {
	local tests

	[[ $1 == *"$T"* ]] || return 0
	! fetched tests "$1" bash selftests/vm/kernel.sh selftests uml ||
		in_guest "$@" NLAB_KERNEL_TESTS="$tests" -- -L "$1"
}

# On a User Mode Linux, which has a processor for itself: emulated, daemons are too
# slow for BFD.
announce_stages() {
	local uml="uml -m 1G" some='drain|killed|back|cut|mended|silent|heard'

	in_guest announce-ospf "$uml" 5400 NLAB_TIMERS=bfd NLAB_ROUNDS=3 \
		-- -L announce-ospf
	in_guest announce-ospf-route "$uml" 5400 NLAB_TIMERS=bfd \
		NLAB_ROUNDS=3 NLAB_FORM=route NLAB_CASES="$some" -- -L announce-ospf
	in_guest announce-ospf-fast "$uml" 5400 NLAB_TIMERS=fast \
		NLAB_CASES="$some" -- -L announce-ospf
	in_guest announce-ospf-default "$uml" 5400 NLAB_TIMERS=default \
		NLAB_CASES="$some" -- -L announce-ospf
	in_guest announce-withdraw "$uml" 1800 -- -L announce-withdraw
	in_guest announce-systemd uml 900 -- -L announce-systemd
	stage announce-demo env STORY=story-ospf.sh K=uml bash -c \
		'bash selftests/demo/demo.sh && echo "ok 1 - demo-ospf"'
}

choose_stages() {
	local kernel

	jool_stage
	kernel_stage kernel-net uml 1800
	kernel_stage kernel-forwarding uml 10800
	kernel_stage kernel-txtime "6.1 -v -m 1G" 900
	in_guest labs uml 1800 -- -L lab-
	in_guest links uml-debug 900 -- -L link-
	# By a clock that counts instructions times are right on a busy machine.
	for kernel in 6.1 6.12 7.2; do
		in_guest "links-$kernel" "$kernel -v" 900 -- -L link-
		in_guest "links-$kernel-short" "$kernel -v" 900 -- link-
	done
	in_guest topotests uml 2400 -- -L topotests
	announce_stages
	for kernel in uml-debug 6.1; do
		in_guest "skb-fuzz-$kernel" $kernel $((seconds + 600)) \
			NLAB_RANDOM_SECONDS="$seconds" -- pkt-fuzz
		in_guest "nl-random-$kernel" $kernel $((seconds + 600)) \
			NLAB_RANDOM_SECONDS="$seconds" -- xlat-nl-random
	done
	in_guest packets uml-debug $((packets / 10 + 300)) \
		NLAB_RANDOM_PACKETS="$packets" -- pkt-random
	in_guest faults uml-debug 3600 NLAB_FAULTS=400 -- xlat-fault
	in_guest module uml-debug $((rounds * 5 + 300)) \
		NLAB_ROUNDS="$rounds" -- xlat-module-exit
	in_guest netns uml-debug $((rounds * 20 + 300)) \
		NLAB_ROUNDS="$rounds" -- xlat-netns-exit
	in_guest events uml $((rounds * 3 + 300)) \
		NLAB_EVENTS=$((rounds * 1000)) -- xlat-monitor-slow
	stage fuzz bash selftests/fuzz/fuzz.sh $((fuzz * $(fuzz_targets)))
}

fuzz_targets() { find selftests/fuzz -maxdepth 1 -name '*.c' | wc -l; }

# count NAME STATUS SECONDS: the tests of a stage, from its log.
count() {
	local log=$logs/$1.log ok bad skip

	skip=$(grep -ciE '^ok [0-9]+.*# SKIP' "$log")
	ok=$(($(grep -cE '^ok [0-9]+' "$log") - skip))
	bad=$(grep -cE '^not ok [0-9]+' "$log")
	if (($2 == 4 && ok + bad + skip == 0)); then
		skip=1
	elif ((bad == 0 && ($2 != 0 && $2 != 4 || ok + skip == 0))); then
		echo "# $1: exit status $2"
		bad=1
	fi
	passed=$((passed + ok)) failed=$((failed + bad))
	skipped=$((skipped + skip))
	verdict="$1 # $3 s: $ok passed, $bad failed, $skip skipped"
	((bad == 0)) || verdict="not $verdict"
}

# What was measured, as Documentation/deployment.rst has it.
tables() {
	local file=$logs/announce.rst

	((${#measured[@]})) || return 0
	bash selftests/long/announce-table.sh "${measured[@]}" >"$file"
	sed 's/^/# /' "$file"
}

run_stage() {
	local begin=$SECONDS status first=()

	echo "# Subtest: $1"
	# What is measured must not wait for a processor.
	[[ $1 != announce-* ]] || ! chrt --rr 1 true 2>/dev/null ||
		first=(chrt --rr 1)
	T='' "${first[@]}" bash -c "exec ${command[$1]}" </dev/null 2>&1 |
		tee "$logs/$1.log" | sed -u 's/^/    /'
	status=${PIPESTATUS[0]}
	count "$1" "$status" $((SECONDS - begin))
	[[ $1 != announce-* ]] || measured+=("$logs/$1.log")
}

main() {
	local i=0 name summary

	mkdir -p "$logs"
	choose_stages
	if [[ -n ${LIST:-} ]]; then
		printf '%s\n' "${names[@]}"
		exit
	fi
	((${#names[@]})) || echo "no stage is called '$T'" >&2
	make -s -C selftests || names=()
	echo 'TAP version 13'
	echo "1..${#names[@]}"
	for name in "${names[@]}"; do
		i=$((i + 1))
		run_stage "$name"
		case $verdict in
		"not "*) echo "not ok $i - ${verdict#not }" ;;
		*) echo "ok $i - $verdict" ;;
		esac
	done
	tables
	summary="$passed passed, $failed failed"
	((skipped == 0)) || summary+=", $skipped skipped"
	echo "$summary"
	((failed == 0 && i > 0))
}

main
