#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Builds kmod/pure/ for user space with the sanitizers and runs the unit tests
# on it; one KTAP result per program, then one for the line coverage of pure/.
#
#	unit.sh [PATTERN]	only the programs whose name has PATTERN in it

set -u

tree=$(cd "$(dirname "$0")/../.." && pwd)
unit=$tree/selftests/unit
built=${NLAB_UNIT_OUT:-$tree/build/unit}
pattern=${1:-}
coverage_min=95

# The environment chooses another tree to test (selftests/unit/mutate.sh).
pure=${NLAB_PURE:-$tree/kmod/pure}
cc=${CC:-gcc}

# shellcheck source=selftests/build/ktap.sh
source "$tree/selftests/build/ktap.sh"

cflags=(-std=gnu11 -O1 -g -Wall -Wextra -Werror
	-Wno-missing-field-initializers
	-I"$unit/env" -I"$pure" -I"$unit" -I"$tree/include/uapi")
sanitize=('-fsanitize=address,undefined' -fno-sanitize-recover=all
	-fno-omit-frame-pointer)

command -v "$cc" >/dev/null || skip_all "no C compiler ($cc)"

mkdir -p "$built/obj"
rm -f "$built"/obj/*.gc??

# Each file of pure/ once, with counters, for all programs.
build_pure() {
	local f

	for f in "$pure"/*.c; do
		"$cc" "${cflags[@]}" "${sanitize[@]}" --coverage -c "$f" \
			-o "$built/obj/$(basename "$f" .c).o" || return 1
	done
}

# build_and_run NAME
build_and_run() {
	"$cc" "${cflags[@]}" "${sanitize[@]}" "$unit/$1.c" "$built"/obj/*.o -lm \
		--coverage -o "$built/$1" || return 1
	"$built/$1" >"$built/$1.tap" 2>&1
}

# Sub-tests are indented (KTAP).
run_program() {
	local status=0

	ktap_count=$((ktap_count + 1))
	build_and_run "$1" >"$built/$1.log" 2>&1 || status=1
	echo "# Subtest: $1"
	sed 's/^/    /' "$built/$1.tap" 2>/dev/null
	if ((status)); then
		ktap_failed=$((ktap_failed + 1))
		ktap_diag <"$built/$1.log"
		echo "not ok $ktap_count - $1"
	else
		echo "ok $ktap_count - $1"
	fi
}

# Lines of pure/ that ran, in percent with one decimal; "gcov -n" prints for
# each file a line such as "Lines executed:98.00% of 50".
coverage() {
	local gcda

	cd "$built/obj" || return 1
	for gcda in *.gcda; do
		"${GCOV:-gcov}" -r -s "$pure" "$gcda"
	done | awk -v min="$coverage_min" '
		/^File / { file = $2; gsub(/\047/, "", file) }
		/^Lines executed:/ && file ~ /\.c$/ {
			split($0, part, /[:% ]+/)
			lines += part[5]; hit += part[3] * part[5] / 100
			printf "%s: %s %% of %s lines\n", file, part[3], part[5]
			file = ""
		}
		END {
			if (!lines) { print "no figures from gcov"; exit 1 }
			printf "all: %.1f %% of %d lines, at least %d %% wanted\n",
				100 * hit / lines, lines, min
			exit 100 * hit / lines < min
		}'
}

# The figure is shown also when it is good enough.
coverage_shown() {
	local text status=0

	text=$(coverage) || status=1
	ktap_diag <<<"$text"
	check "coverage of kmod/pure" test "$status" = 0
}

ktap_start
check "kmod/pure builds for user space" build_pure || ktap_end
for program in "$unit"/test-*"$pattern"*.c; do
	if [ ! -e "$program" ]; then
		skip "$pattern" "no such program"
		continue
	fi
	rm -f "$built/$(basename "$program" .c).tap"
	run_program "$(basename "$program" .c)"
done
if [ -n "$pattern" ]; then
	skip "coverage of kmod/pure" "only some programs were run"
elif [ "$cc" != gcc ] || ! command -v "${GCOV:-gcov}" >/dev/null; then
	skip "coverage of kmod/pure" "needs gcc and gcov"
else
	coverage_shown
fi
ktap_end
