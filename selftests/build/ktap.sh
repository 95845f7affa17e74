# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# KTAP for the build checks, to be sourced. A check is a command: its output is
# kept and shown as diagnostics when it fails.

ktap_count=0
ktap_failed=0
ktap_skipped=0

ktap_start() {
	echo 'TAP version 13'
}

ktap_diag() {
	sed 's/^/# /'
}

# check NAME COMMAND...
check() {
	local name=$1 out

	shift
	ktap_count=$((ktap_count + 1))
	if out=$("$@" 2>&1 </dev/null); then
		echo "ok $ktap_count - $name"
		return 0
	fi
	ktap_failed=$((ktap_failed + 1))
	tail -n 40 <<<"$out" | ktap_diag
	echo "not ok $ktap_count - $name"
	return 1
}

# skip NAME REASON
skip() {
	ktap_count=$((ktap_count + 1))
	ktap_skipped=$((ktap_skipped + 1))
	echo "ok $ktap_count - $1 # SKIP $2"
}

skip_all() {
	echo "1..0 # SKIP $1"
	exit 4
}

# Ends the program: kselftest wants 4 when nothing could be tried.
ktap_end() {
	echo "1..$ktap_count"
	echo "# Totals: pass:$((ktap_count - ktap_failed - ktap_skipped)) fail:$ktap_failed skip:$ktap_skipped"
	((ktap_failed)) && exit 1
	((ktap_skipped == ktap_count)) && exit 4
	exit 0
}
