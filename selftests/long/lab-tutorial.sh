#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Every command of Documentation/tutorial.rst, and whether it prints what is
# said there.
#
# shellcheck source=selftests/lib.sh
. "$(dirname "$0")/../lib.sh"
# shellcheck source=selftests/lab.sh
. "$(dirname "$0")/../lab.sh"

[[ -x /usr/lib/frr/ospfd ]] || skip_all "frr is not installed"
need iperf3
file=$(realpath "$selftests/../Documentation/tutorial.rst")
[[ -e $file ]] || skip_all "no $file"
lab_test
cd "$work" || bail_out "no folder"

# As a script: a line "command COMMAND" before what it prints.
sed -n '/code-block:: yaml/,/^[^ \t]/s/^\t//p' "$file" >ospf.yaml
sed -n -e '/code-block:: yaml/,/^[^ \t.]/d' -e 's/^\t# /command /p' \
	-e 's/^\t\(.*\)/print \1/p' "$file" >script

# prints TEXT COMMAND: "..." in the text stands for anything, or nothing.
prints() {
	local said pattern=${1//[]\\*?[]/?}

	pattern=${pattern// .../...}
	pattern=${pattern//... /...}
	said=$(bash -c "$2" 2>&1) || { echo "$said"; return 1; }
	# shellcheck disable=SC2053 # a pattern
	[[ $said = ${pattern//.../*} ]] && return
	printf 'wanted:\n%s\ngot:\n%s\n' "$1" "$said"
	return 1
}

# A browser draws something: an empty page would be a small picture.
seen() {
	timeout 300 chromium --headless --no-sandbox --disable-gpu \
		--window-size=1100,1400 --screenshot="$work/ospf.png" \
		"file://$work/ospf.html" >"$work/chromium.log" 2>&1 ||
		{ tail -n 5 "$work/chromium.log"; return 1; }
	python3 - "$work/ospf.png" <<-'END'
		import struct, sys, zlib
		data, at, packed = open(sys.argv[1], "rb").read(), 8, b""
		width, height = struct.unpack(">II", data[16:24])
		while at < len(data):
		    size, kind = struct.unpack(">I4s", data[at:at + 8])
		    packed += data[at + 8:at + 8 + size] if kind == b"IDAT" else b""
		    at += size + 12
		# colours of bars and text beside white; rows are filtered by bytes
		kinds = len(set(zlib.decompress(packed)))
		assert (width, height) == (1100, 1400) and kinds > 32, (width, height, kinds)
	END
}

command='' text='' count=0
run_command() {
	[[ -z $command ]] || check "$command" prints "${text%$'\n'}" "$command"
	command='' text=''
}

while IFS= read -r line; do
	case $line in
	"command modprobe nlab") ;; # done by the test
	command*)
		run_command
		command=${line#command}
		command=${command# }
		((++count))
		;;
	*) text+=${line#print }$'\n' ;;
	esac
done < <(cat script; echo command)
check "the tutorial has its commands" test "$count" -gt 20
check_with chromium "a browser draws the report" seen
check "nothing is left" nothing_left
ktap_end
