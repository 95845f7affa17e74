#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# diff-maps shows what load-maps would change, with the exit status of diff.
#
#	xlat (alone)
# shellcheck source=../lib.sh
. "$(dirname "$0")/../lib.sh"
need setpriv
start_test
nodes xlat
ctl() { nlabctl -n "$xlat" "$@"; }

# differs STATUS TEXT OPTION...: of the file against the table.
differs() {
	local status=$1 want=$2 got

	shift 2
	got=$(ctl "$@" diff-maps "$work/maps")
	local rc=$?
	[[ $got == "$want" && $rc == "$status" ]] && return
	echo "status $rc, printed: $got"
	return 1
}

cat >"$work/maps" <<'END'
version 7
2001:db8:f::1 2001:db8:a::1
203.0.113.11 2001:db8::11
203.0.113.10 2001:db8::10
198.51.100.0/24 2001:db8:1::/120
set tos 8
END
check "an empty table" differs 1 '+version 7
-set tos copy
+set tos 8
+198.51.100.0/24 2001:db8:1::/120
+203.0.113.10 2001:db8::10
+203.0.113.11 2001:db8::11
+2001:db8:f::1 2001:db8:a::1'
ctl -q load-maps "$work/maps"
check "loaded, the same" differs 0 ''
check "the same, JSON" differs 0 '[]' -j
saved_is_same() { ctl save-maps settings | ctl diff-maps -; }
check "what is saved is the same" saved_is_same

sed -i -e 's/^version.*/version 8/' -e '/113.11/d' -e '/113.10/s/10$/12/' \
	-e '/24/s/$/ overlap/' -e 's/tos 8/local off/' \
	-e '$a 203.0.113.9 2001:db8::9' "$work/maps"
changes='-version 7
+version 8
-set local on
+set local off
-198.51.100.0/24 2001:db8:1::/120
+198.51.100.0/24 2001:db8:1::/120 overlap
+203.0.113.9 2001:db8::9
-203.0.113.10 2001:db8::10
+203.0.113.10 2001:db8::12
-203.0.113.11 2001:db8::11'
in_json() {
	{ ctl -j diff-maps "$work/maps" || (($? == 1)); } | gojq -r '[.[] |
		if .change == "version" then "version \(.from) \(.to)"
		elif .change == "setting" then "setting \(.from) \(.to)"
		elif .change != "changed" then "\(.change) \(.map.outside)"
		elif .from.inside != .to.inside then
			"changed \(.from.inside) \(.to.inside)"
		else "changed \(.from.overlap) \(.to.overlap)" end] | join("|")'
}
in_batch() { { ctl -b "$work/batch" || (($? == 1)); } | grep '^[-+]'; }
unprivileged() {
	on "$xlat" setpriv --reuid 65534 --clear-groups \
		nlabctl diff-maps - <"$work/maps" || (($? == 1))
}
check "changes of all kinds" differs 1 "$changes"
check "quiet" differs 1 '' -q
check "JSON" equal 'version 7 8|setting true false|changed false true|added 203.0.113.9|changed 2001:db8::10 2001:db8::12|removed 203.0.113.11' \
	in_json
check "it changed nothing" differs 1 "$changes"
check "without privilege" equal "$changes" unprivileged
check "a wrong file is trouble" refused 2 'unknown keyword' \
	ctl diff-maps <(echo mapstatic)
# A difference is no failure: the next command of a batch runs.
echo "diff-maps $work/maps
load-maps $work/maps
diff-maps $work/maps" >"$work/batch"
check "in a batch" equal "$changes" in_batch
check "loaded, the same again" differs 0 ''
ctl -q flush-maps
check "against no maps" differs 1 "$(printf '%s\n' '+version 8' \
	'+198.51.100.0/24 2001:db8:1::/120 overlap' '+203.0.113.9 2001:db8::9' \
	'+203.0.113.10 2001:db8::12' '+2001:db8:f::1 2001:db8:a::1')"
ktap_end
