# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# Common part of the tests of the tool, to be sourced from the top of the tree.

# shellcheck source=selftests/build/ktap.sh
. selftests/build/ktap.sh

# NLABCTL names another build to test, with sanitizers for example.
nlabctl=$(realpath "${NLABCTL:-build/tools/nlabctl}" 2>/dev/null)
[[ -x $nlabctl ]] || skip_all "no $nlabctl: run 'make tools' first"

work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT

# fails STATUS TEXT COMMAND...: COMMAND ends so and says TEXT on stderr, and
# nothing on stdout.
fails() {
	local status=$1 text=$2 rc

	shift 2
	"$@" >"$work/out" 2>"$work/err"
	rc=$?
	if ((rc != status)); then
		echo "exit status $rc, wanted $status: $(<"$work/err")"
		return 1
	fi
	if [[ $(<"$work/err") != *"$text"* ]]; then
		echo "said: $(<"$work/err")"
		echo "wanted: $text"
		return 1
	fi
	[[ ! -s $work/out ]] || { echo "stdout: $(<"$work/out")"; return 1; }
}

# The family can't be there in a namespace of a kernel without the module.
module_loaded() {
	"$nlabctl" -q show-xlat >/dev/null 2>&1
}
