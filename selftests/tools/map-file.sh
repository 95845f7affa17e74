#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Map files: both formats, includes, and errors with their places.
set -u -o pipefail
cd "$(dirname "$0")/../.." || exit 1
# shellcheck source=selftests/tools/tools.sh
. selftests/tools/tools.sh

mkdir "$work/sub"

# file NAME LINE...
file() {
	printf '%s\n' "${@:2}" >"$work/$1"
}

# bad NAME TEXT LINE...: a file with these lines is refused so.
bad() {
	file main "${@:3}"
	check "$1" fails 1 "$2" "$nlabctl" load-maps "$work/main"
}

# A good file gets as far as the kernel, here without our module.
good() {
	file main "${@:2}"
	if module_loaded; then
		skip "$1" 'the module is loaded'
	else
		check "$1" fails 3 'not loaded' "$nlabctl" load-maps "$work/main"
	fi
}

from_stdin() {
	printf 'map-sttic 203.0.113.1 2001:db8::1\n' |
		fails 1 "stdin:1: unknown keyword 'map-sttic', did you mean 'map-static'?" \
		"$nlabctl" load-maps -
}

zero_byte() {
	printf '203.0.113.1\0 2001:db8::1\n' >"$work/main"
	fails 1 "main:1: bad address '203.0.113.1?'" \
		"$nlabctl" load-maps "$work/main"
}

no_newline() {
	printf '\n203.0.113.1 2001:db8::z' >"$work/main"
	fails 1 "main:2: bad address '2001:db8::z'" \
		"$nlabctl" load-maps "$work/main"
}

# A line may be as long as what is read at a time.
long_line() {
	printf '\n# %065533d' 0 >"$work/main"
	[[ $1 = most ]] || printf 0 >>"$work/main"
	printf '\n203.0.113.1 x\n' >>"$work/main"
	fails 1 "$2" "$nlabctl" load-maps "$work/main"
}

million() {
	awk 'BEGIN {
		for (i = 0; i < 1000000; i++)
			printf "10.%d.%d.%d 2001:db8::%x:%x\n", i / 65536,
				i / 256 % 256, i % 256, i / 65536, i % 65536
		print "10.15.66.63 2001:db8:1::1"
	}' | fails 1 "stdin:1000001: outside '10.15.66.63' stands already at stdin:1000000" \
		"$nlabctl" load-maps -
}

ktap_start
good 'own format' '# comment' '' '  203.0.113.1	2001:db8::1  # more' \
	'198.51.100.0/24 2001:db8:1::/120' '198.51.100.7 2001:db8:2::7 overlap' \
	'2001:db8:f::1 2001:db8:a::1' 'set mode direct' 'set prefix 64:ff9b::/96'
good 'map646.conf' 'mapping-prefix 64:ff9b::' \
	'map-static 203.0.113.1 2001:db8:0:0::100' \
	'map66-static 2001:db8:f::1 2001:db8:a::1'
good 'mixed, with line ends of another system' $'203.0.113.1 2001:db8::1\r' \
	$'map-static 203.0.113.2 2001:db8::2\r'
good 'empty file' ''
one='203.0.113.10 2001:db8::10'
one_digest=104644fa8acfcc63ce4019b2fb7fdfdd
good 'version and digest' 'version 2026112101' "digest $one_digest" "$one"
good 'digest behind its maps' "$one" "digest $one_digest"
bad 'digest of other maps' "main:2: these maps have the digest $one_digest" \
	"$one" 'digest 104644fa8acfcc63ce4019b2fb7fdfde'
bad 'digest of maps that may overlap' \
	'main:1: these maps have the digest 8565ad16df1c46a168c1f87be02db918' \
	"digest $one_digest" "$one overlap"
bad 'short digest' "bad digest '104644'" 'digest 104644'
bad 'digest with a wrong digit' 'which is 32 digits 0-9 and a-f' \
	"digest ${one_digest/c/g}"
bad 'two digests' 'main:2: digest given twice, first in line 1' \
	"digest $one_digest" "digest $one_digest" "$one"
bad 'two versions' 'main:3: version given twice, first in line 1' \
	'version 1' "$one" 'version 2'
bad 'version zero' "main:1: bad version '0', which is 1..9223372036854775807" \
	'version 0'
bad 'version too large' "bad version '9223372036854775808'" \
	'version 9223372036854775808'
bad 'version with a sign' "bad version '-1'" 'version -1'
file part.maps 'version 5' "digest $one_digest" "$one"
good 'included file with its own digest' 'version 6' \
	'203.0.113.9 2001:db8::9' "include $work/part.maps"
file part.maps "digest $one_digest" "${one/10/11}"
bad 'included file that is not what was saved' \
	"part.maps:1: these maps have the digest" "include $work/part.maps" "$one"

bad 'one word' "main:1: something missing after '203.0.113.1'" 203.0.113.1
bad 'word too many' "main:1: unexpected 'x'" '203.0.113.1 2001:db8::1 overlap x'
bad 'wrong third word' "did you mean 'overlap'?" \
	'203.0.113.1 2001:db8::1 ovrlap'
bad 'unknown keyword' "main:2: unknown keyword 'includ', did you mean 'include'?" \
	'# x' 'includ sub'
bad 'bad address' "main:3: bad address '203.0.113.300'" '' '' \
	'203.0.113.300 2001:db8::1'
bad 'lengths' "main:1: lengths don't fit" '203.0.113.0/24 2001:db8::/124'
bad 'map-static is IPv4' "'2001:db8::1' is not IPv4" \
	'map-static 2001:db8::1 2001:db8::2'
bad 'map66-static is IPv6' "'203.0.113.1' is not IPv6" \
	'map66-static 203.0.113.1 2001:db8::2'
bad 'mapping-prefix with host bits' "did you mean '64:ff9b::/96'?" \
	'mapping-prefix 64:ff9b::1'
bad 'setting' "main:1: unknown value of mode 'fast'" 'set mode fast'
bad 'setting twice' "main:3: setting 'mode' given twice, first at $work/main:1" \
	'set mode auto' '' 'set mode direct'
bad 'prefix twice, both ways' \
	"main:2: setting 'prefix' given twice, first at $work/main:1" \
	'set prefix 64:ff9b::/96' 'mapping-prefix 2001:db8::'
bad 'outside twice' \
	"main:4: outside '203.0.113.1' stands already at $work/main:1" \
	'203.0.113.1 2001:db8::1' '' '' 'map-static 203.0.113.1 2001:db8::2'
bad 'inside twice, overlap does not help' \
	"main:2: inside '2001:db8::1' stands already at $work/main:1" \
	'203.0.113.1 2001:db8::1' '203.0.113.2 2001:db8::1 overlap'
bad 'outside in another' \
	"main:1: outside '203.0.113.1' lies in '203.0.113.0/24' at $work/main:2" \
	'203.0.113.1 2001:db8:1::1' '203.0.113.0/24 2001:db8::/120'
bad 'inside in another' \
	"main:2: inside '2001:db8::1' lies in '2001:db8::/120' at $work/main:1" \
	'203.0.113.0/24 2001:db8::/120' '198.51.100.1 2001:db8::1'
good 'overlap that is meant' '203.0.113.0/24 2001:db8::/120 overlap' \
	'203.0.113.1 2001:db8:1::1'
good 'one IPv6 address inside an IPv4 and an IPv6 map' \
	'203.0.113.1 2001:db8::1' '2001:db8:f::1 2001:db8::1'

file sub/two '203.0.113.2 2001:db8::2' 'include three'
file sub/three '203.0.113.3 2001:db8::3'
good 'include, relative to the file' 'include sub/two' '203.0.113.1 2001:db8::1'
file sub/three '203.0.113.3 2001:db8::x'
bad 'place in an included file' "$work/sub/three:1: bad address" 'include sub/two'
bad 'missing file' "main:1: can't open '$work/sub/none'" 'include sub/none'
bad 'folder' "can't read '$work/sub'" 'include sub'
file sub/three '' 'include ../main'
bad 'include loop' "sub/three:2: include loop: file" 'include sub/two'
bad 'include of itself' \
	"main:2: include loop: file '$work/main' includes itself, through $work/main:2" \
	'' 'include main'
for i in {1..20}; do
	file "deep$i" "include deep$((i + 1))"
done
bad 'include too deep' 'include goes deeper than 16 files' 'include deep1'
check 'no such file' fails 1 "can't open '$work/none'" \
	"$nlabctl" load-maps "$work/none"
check 'standard input' from_stdin
check 'zero byte' zero_byte
check 'no newline at the end' no_newline
check 'the longest line' long_line most "main:3: bad address 'x'"
check 'a longer one' long_line more 'main:2: a line of more than 65535 bytes'
check 'a million lines' million
ktap_end
