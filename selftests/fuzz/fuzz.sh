#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Builds the libFuzzer targets and runs all of them in a given time.
#
#	fuzz.sh [SECONDS]	in all, 1800 unless told; T=PATTERN selects
#	fuzz.sh seed		writes first inputs out of the unit tests' vectors
#	fuzz.sh merge		puts what was found new into the corpora here
#
# Inputs that were found stay in build/fuzz/corpus/TARGET, an input that broke
# something becomes build/fuzz/crashes/TARGET-*; the program run on that file
# shows it again.

set -u

tree=$(cd "$(dirname "$0")/../.." && pwd)
fuzz=$tree/selftests/fuzz
built=$tree/build/fuzz
seconds=${1:-1800}
cc=${FUZZ_CC:-clang}

# shellcheck source=selftests/build/ktap.sh
source "$tree/selftests/build/ktap.sh"
# shellcheck source=selftests/build/ccache.sh
source "$tree/selftests/build/ccache.sh"

cflags=(-std=gnu11 -D_GNU_SOURCE -O2 -g -Wall -Wextra -Werror
	-Wno-unused-function -fno-omit-frame-pointer -fno-sanitize-recover=all
	'-fsanitize=fuzzer,address,undefined'
	-I"$tree/selftests/unit/env" -I"$tree/kmod/pure"
	-I"$tree/selftests/unit" -I"$tree/include/uapi" -I"$tree/tools/lib")

targets=()
for source in "$fuzz"/*.c; do
	name=$(basename "$source" .c)
	[[ $name == *"${T:-}"* ]] && targets+=("$name")
done

# What a target is linked with, beside itself: pure/, or what it names on a
# line "Links: FILE..." (paths from the root of the tree).
links() {
	local named

	named=$(sed -n 's/^.*Links: *//p' "$fuzz/$1.c")
	if [ -n "$named" ]; then
		# shellcheck disable=SC2086 # a list of files
		printf "$tree/%s\n" $named
	else
		printf '%s\n' "$tree"/kmod/pure/*.c
	fi
}

# The same for libraries, "Libraries: NAME...".
libraries() {
	sed -n 's/^.*Libraries: *//p' "$fuzz/$1.c" | tr ' ' '\n' |
		sed 's/^./-l&/'
}

# Most targets are linked with the same files, which are compiled once a run.
build() {
	local file object objects=() libs

	while read -r file; do
		object=$built/obj/${file#"$tree/"}.o
		objects+=("$object")
		[ ! -e "$object" ] || continue
		mkdir -p "${object%/*}"
		remembering "$cc" "${cflags[@]}" -c "$file" -o "$object" || return
	done < <(printf '%s\n' "$fuzz/$1.c"; links "$1")
	mapfile -t libs < <(libraries "$1")
	"$cc" "${cflags[@]}" "${objects[@]}" "${libs[@]}" -o "$built/$1"
}

# run TARGET SECONDS
run() {
	local seeds=("$fuzz/corpus/$1")

	[ -d "${seeds[0]}" ] || seeds=()
	mkdir -p "$built/corpus/$1" "$built/crashes"
	"$built/$1" -max_total_time="$2" -max_len=1600 -timeout=10 \
		-rss_limit_mb=1024 -use_value_profile=1 -verbosity=1 \
		-print_final_stats=1 -artifact_prefix="$built/crashes/$1-" \
		"$built/corpus/$1" "${seeds[@]}" >"$built/$1.log" 2>&1
}

# The last lines tell how far it came, or what broke.
fuzz_one() {
	local status=0

	run "$1" "$2" || status=1
	if ((status)); then
		grep -v '^#' "$built/$1.log" | tail -n 40 | ktap_diag
	else
		sed -n 's/^stat::number_of_executed_units: */inputs tried: /p' \
			"$built/$1.log" | ktap_diag
	fi
	check "fuzz $1 for $2 s" test "$status" = 0
}

merge() {
	local name

	rm -rf "$built/obj"
	for name in "${targets[@]}"; do
		build "$name" || exit 1
		rm -rf "$built/merged"
		mkdir -p "$built/merged" "$built/corpus/$name" "$fuzz/corpus/$name"
		"$built/$name" -merge=1 -max_len=1600 "$built/merged" \
			"$fuzz/corpus/$name" "$built/corpus/$name" \
			>"$built/$name.log" 2>&1 || exit 1
		rm -rf "${fuzz:?}/corpus/$name"
		mv "$built/merged" "$fuzz/corpus/$name"
		echo "$name: $(find "$fuzz/corpus/$name" -type f | wc -l) inputs"
	done
}

# Into the working corpora; merge then keeps those that are of use.
seed() {
	local name

	for name in siit46-error siit64-error siit66-error; do
		mkdir -p "$built/corpus/$name"
	done
	"$cc" "${cflags[@]}" -fno-sanitize=fuzzer "$fuzz/seed/seed.c" \
		"$tree"/kmod/pure/*.c -o "$built/seed" &&
		"$built/seed" "$built/corpus"
}

probe() {
	echo 'int LLVMFuzzerTestOneInput(const char *d, long n) { return 0; }' |
		"$cc" -fsanitize=fuzzer -xc - -o "$built/probe" 2>/dev/null
}

mkdir -p "$built"
probe || skip_all "no compiler with libFuzzer ($cc)"
((${#targets[@]})) || skip_all "no target has '$T' in its name"
case $seconds in
seed | merge)
	"$seconds"
	exit
	;;
esac
rm -rf "$built/obj"
each=$((seconds / ${#targets[@]}))
((each > 0)) || each=1

ktap_start
for name in "${targets[@]}"; do
	check "fuzz target $name builds" build "$name" || continue
	fuzz_one "$name" "$each"
done
ktap_end
