#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Names and numbers of the protocol in include/uapi/linux/nlab.h are those of
# abi.expected: programs that were compiled once go on working. "abi.sh print"
# prints them; a new name is added to the file, an old line never changes.
set -u -o pipefail
cd "$(dirname "$0")" || exit 1
# shellcheck source=../build/ktap.sh
. ../build/ktap.sh

header=../../include/uapi/linux/nlab.h

# The compiler knows the numbers.
print() {
	local dir status

	dir=$(mktemp -d) || return 1
	{
		printf '#include <stdio.h>\n#include <linux/nlab.h>\nint main(void) {\n'
		sed -nE 's/^\t(NLAB_[A-Z0-9_]+)( = 1)?,$/printf("\1=%d\\n", (int)\1);/p;
			s/^#define (NLAB_[A-Z0-9_]+)\t+([0-9]+)$/printf("\1=%d\\n", \1);/p;
			s/^#define (NLAB_[A-Z0-9_]+)\t+".*$/printf("\1=%s\\n", \1);/p' $header
		echo 'return 0; }'
	} >"$dir/abi.c"
	"${CC:-cc}" -I../../include/uapi "$dir/abi.c" -o "$dir/abi" && "$dir/abi"
	status=$?
	rm -rf "$dir"
	return $status
}

same() { diff -u abi.expected <(print); }

# Drift must not hide behind an empty list.
many() { (($(wc -l <abi.expected) > 100)); }

if [[ ${1-} = print ]]; then
	print
	exit
fi
ktap_start
check "names and numbers are those of abi.expected" same
check "abi.expected has all attributes, commands and values" many
ktap_end
