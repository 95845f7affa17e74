#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The tests of the tool again with address and undefined-behaviour sanitizers,
# and under valgrind.
set -u -o pipefail
cd "$(dirname "$0")/../.." || exit 1
# shellcheck source=selftests/tools/tools.sh
. selftests/tools/tools.sh
# shellcheck source=selftests/build/ccache.sh
. selftests/build/ccache.sh

build=$PWD/build/tools-asan
sanitize='-fsanitize=address,undefined -fno-sanitize-recover=all'
export ASAN_OPTIONS=detect_leaks=1

build_asan() {
	rm -rf "$build"
	remembering make -s -j"$(nproc)" -C tools BUILD="$build" LDFLAGS="$sanitize" \
		CFLAGS="-O1 -g -fno-omit-frame-pointer $sanitize"
}

attributes() {
	# shellcheck disable=SC2046,SC2086
	cc -std=gnu11 -D_GNU_SOURCE -Wall -Wextra -Werror -O1 -g $sanitize \
		-Iinclude/uapi -o "$work/attr" selftests/tools/attr.c \
		"$build/libnlab.a" $(pkg-config --cflags --libs libmnl) &&
		"$work/attr"
}

# With the kernel's own draws.
tables() {
	# shellcheck disable=SC2086
	cc -std=gnu11 -D_GNU_SOURCE -Wall -Wextra -Werror -O1 -g $sanitize \
		-Wno-missing-field-initializers -Iselftests/unit/env \
		-Iinclude/uapi -o "$work/table" selftests/tools/table.c \
		kmod/pure/link_fate.c kmod/pure/link_dist.c \
		"$build/libnlab.a" -lm && "$work/table"
}

again() {
	NLABCTL=$build/nlabctl bash "selftests/tools/$1.sh"
}

memcheck() {
	valgrind -q --error-exitcode=99 --leak-check=full \
		--show-leak-kinds=definite,indirect,possible \
		"$nlabctl" load-maps "$1" 2>"$work/err"
	# 1 and 3 are the tool's, which found the file wrong or no module.
	(($? < 4)) || { cat "$work/err"; return 1; }
}

printf 'set mode auto\n203.0.113.1 2001:db8::1 # x\nmapping-prefix 64:ff9b::\n\n' \
	>"$work/good"
printf 'include good\nset mode direct\n' >"$work/bad"
head -c 65536 /dev/urandom >"$work/random"

ktap_start
if check 'build with sanitizers' build_asan; then
	check 'attributes' attributes
	check 'tables' tables
	for name in usage map-file import lab-file; do
		check "$name with sanitizers" again "$name"
	done
fi
for name in good bad random; do
	if ! command -v valgrind >/dev/null; then
		skip "valgrind, $name map file" 'no valgrind'
	elif module_loaded; then
		skip "valgrind, $name map file" 'it would load maps'
	else
		check "valgrind, $name map file" memcheck "$work/$name"
	fi
done
ktap_end
