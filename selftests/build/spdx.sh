#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Every text file whose format has comments names its licence near its top;
# the module is GPL-2.0, the interface header carries the syscall note.
set -u -o pipefail
cd "$(dirname "$0")/../.." || exit 1

status=0

complain() {
	echo "$1"
	status=1
}

files() {
	if [[ -e .git ]] && git rev-parse -q --verify HEAD >/dev/null 2>&1; then
		git ls-files --cached --others --exclude-standard
	else
		find . -path ./build -prune -o -type f -printf '%P\n'
	fi
}

while read -r file; do
	[[ -f $file ]] || continue
	case $file in
	# The licence itself; Debian's formats without comments; front pages.
	COPYING|*.md|tools/packaging/debian/copyright|*/source/format|*.dkms)
		continue ;;
	# Data: packets, fuzzer inputs, golden output.
	*.pkt|*.pcap|*.json|*.bin|*.expected|*/corpus/*)
		continue ;;
	esac
	grep -Iq . "$file" || continue
	head -n 4 "$file" | grep -q 'SPDX-License-Identifier: ' ||
		complain "$file: no SPDX line"
	case $file in
	kmod/*.[ch]|Kbuild)
		head -n 4 "$file" | grep -q 'GPL-2\.0' ||
			complain "$file: not under GPL-2.0" ;;
	include/uapi/*)
		head -n 4 "$file" | grep -q 'WITH Linux-syscall-note' ||
			complain "$file: no syscall note" ;;
	esac
done < <(files)

grep -rqE 'MODULE_LICENSE\("GPL( v2)?"\)' kmod --include='*.c' ||
	complain "kmod: no MODULE_LICENSE(\"GPL\")"
exit $status
