#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# FRR's own tests of routing, its topotests, with our links in the place of veth
# pairs. They are in FRR's sources, of the version that is installed:
#
#	NLAB_TOPOTESTS	the folder tests/topotests there
#	NLAB_CASES	which of them
#
# shellcheck source=selftests/lib.sh
. "$(dirname "$0")/../lib.sh"

topotests=${NLAB_TOPOTESTS:-}
read -ra cases <<<"${NLAB_CASES:-rip_topo1 ospf_topo1 ospf6_topo1 bgp_features}"
[[ -e $topotests/lib/micronet.py ]] ||
	skip_all "NLAB_TOPOTESTS is not the folder tests/topotests of FRR's sources"
[[ -x /usr/lib/frr/ospfd ]] || skip_all "frr is not installed"
# Debian's, which has the package.
python=/usr/bin/python3
$python -c 'import pytest' 2>/dev/null || skip_all "python3-pytest is not installed"
start_test

plugin=$(dirname "$(command -v nlabctl)")
[[ ! -e $plugin/link_nlink.so ]] || export IP_LIB_DIR=$plugin

# A copy, with what they look for in vain here: a daemon that Debian does not
# build, and a debugger.
copy() {
	local dir

	cp -r "$topotests"/{lib,conftest.py,pytest.ini} "$work/" || return
	for dir in "${cases[@]}"; do
		cp -r "$topotests/$dir" "$work/" || return
	done
	mkdir "$work/frr" "$work/bin" &&
		ln -s /usr/lib/frr/* "$work/frr/" &&
		cp /bin/false "$work/bin/gdb" || return
	[[ -e $work/frr/pim6d ]] || cp /bin/false "$work/frr/pim6d"
	sed -i "s|^#frrdir = .*|frrdir = $work/frr|" "$work/pytest.ini"
	sed -i 's/ip link add {} type veth peer/ip link add {} type nlink peer/' \
		"$work/lib/micronet.py"
	equal 2 grep -c 'type nlink peer' "$work/lib/micronet.py"
}

# What pytest says last has the number of tests that passed.
run_case() {
	cd "$work/$1" || return
	if ! PATH=$work/bin:$PATH $python -B -m pytest -q -p no:cacheprovider \
		--rundir "$work/run" "test_$1.py" >"$work/$1.log" 2>&1; then
		tail -n 30 "$work/$1.log"
		return 1
	fi
	echo "$1: $(tail -n 1 "$work/$1.log")" >>"$work/summary"
}

check "links of the tests are made ours" copy
for name in "${cases[@]}"; do
	check "$name" run_case "$name"
done
[[ ! -e $work/summary ]] || ktap_diag <"$work/summary"
ktap_end
