#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The kernel's own test of SO_TXTIME, with the disciplines fq and etf on an
# emulated link. It allows four milliseconds, which a machine keeps whose clock
# does not stand still for others (vm.sh -v).
# shellcheck source=selftests/lib.sh
. "$(dirname "$0")/../lib.sh"
# shellcheck source=selftests/others.sh
. "$selftests/others.sh"

kernel_tests

# All of it, on a link of ours.
send_times() {
	: >"$work/made"
	bash ./so_txtime.sh || return
	[[ $(sort -u "$work/made") = "type $NLAB_KIND" ]] || {
		echo "ERROR its link is not of the kind $NLAB_KIND"
		return 1
	}
}

no_worse "$work/txtime" send_times
verdict "so_txtime.sh" "$work/txtime"
ktap_end
