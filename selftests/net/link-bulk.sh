#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Many links in one request, all or none, and what belongs to an owner.
# shellcheck source=../lib.sh
. "$(dirname "$0")/../lib.sh"
start_test
nodes client server

# plan COUNT OWNER: links between both nodes.
plan() {
	local i

	echo "# laboratory $2"
	for ((i = 0; i < $1; i++)); do
		echo "$2$i@$client $2$i@$server owner $2 delay ${i}us dir in loss 1%"
	done
}

# adds LINE...: from standard input.
adds() { printf '%s\n' "$@" | nlabctl add-links -; }

few() { plan 5 u | nlabctl add-links -; }
owned() { nlabctl -j show-links owner "$1" | gojq length; }

# What does not fit one read of a dump.
thousand() {
	plan 1000 t >"$work/plan"
	nlabctl add-links "$work/plan" && equal 1000 owned t
}

parameters() {
	nlabctl -n "$server" -j show-links t999 | gojq -e '.[0] |
		.owner == "t" and .dir.delay == 999000 and .dir.loss > 0 and
		."peer-dir".loss == 0'
}

delete() {
	equal "removed 1000" nlabctl del-link owner t && equal 0 owned t &&
		equal 5 owned u && fails ip -n "$server" link show t0
}

# The last one is refused, and the file's line with it is named.
none() {
	plan 20 n >"$work/plan"
	printf '\n%s\n' "u0@$client n20" >>"$work/plan"
	refused 2 "$work/plan:23: a device of this name exists" \
		nlabctl add-links "$work/plan" || return 1
	equal 0 owned n && fails ip -n "$client" link show n0
}

check "a few links from standard input" few
check "a thousand links in one request" thousand
check "have what was set" parameters
check "those of another owner are not among them" equal 5 owned u
check "all or none" none
check "no such namespace" refused 1 "stdin:2: can't open network namespace" \
	adds "" "a@nowhere b"
check "one device" refused 1 "stdin:1: something missing after 'a'" \
	adds a
check "bad parameter" refused 1 "stdin:1: bad delay" \
	adds "a b delay x"
check "an empty file" nlabctl add-links /dev/null
check "an owner's links are deleted alone" delete
check "nobody's" equal 0 owned nobody
ktap_end
