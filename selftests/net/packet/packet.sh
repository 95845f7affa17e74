# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# Start of the packet tests, to be sourced. They make their namespaces without
# names and end them with the process, so nothing of lib.sh is needed but the
# look at what is there.
# shellcheck source=../../lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/../../lib.sh"

((EUID == 0)) || skip_all "needs root"
need ip nlabctl /usr/bin/python3
[[ -d /sys/module/nlab ]] || modprobe -q nlab || skip_all "nlab.ko is not loaded"

# packet_cases TABLE...: ends the test.
packet_cases() {
	exec /usr/bin/python3 "$selftests/net/packet/run.py" "$@"
}
