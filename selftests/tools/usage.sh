#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# What the tool finds out before it asks the kernel: options, keywords,
# addresses, settings, batch files; and its exit status.
set -u -o pipefail
cd "$(dirname "$0")/../.." || exit 1
# shellcheck source=selftests/tools/tools.sh
. selftests/tools/tools.sh

# wrong TEXT ARGUMENT...: the command line is wrong.
wrong() {
	check "$*" fails 1 "$1" "$nlabctl" "${@:2}"
}

# batch NAME TEXT LINE...: as lines of a batch file.
batch() {
	printf '%s\n' "${@:3}" >"$work/batch"
	check "batch: $1" fails 1 "$2" "$nlabctl" -b "$work/batch"
}

prints() {
	local want=$1

	shift
	[[ $("$@" </dev/null) == *"$want"* ]]
}

write_full() {
	"$nlabctl" help >/dev/full 2>"$work/err"
	(($? == 2)) && grep -q "can't write" "$work/err"
}

stdin_twice() {
	fails 1 'stdin:1: standard input is already' "$nlabctl" -b - \
		<<<'load-maps -'
}

ktap_start

# Keywords
wrong "unknown command 'ad-map', did you mean 'add-map'?" ad-map
wrong "unknown command 'xyzzy'" xyzzy
wrong "unknown command 'show'" show
wrong "unknown option '--jsn', did you mean '--json'?" --jsn show-maps
wrong "unknown option -x" -jx show-maps
wrong "option --json has no argument" --json=yes show-maps
wrong "option --netns needs an argument" show-maps -n
wrong "missing arguments, usage: nlabctl add-map" add-map 203.0.113.1
wrong "too many arguments" show-xlat all
wrong "unknown word 'overlp', did you mean 'overlap'?" \
	add-map 203.0.113.1 2001:db8::1 overlp
fails_as_diff() { fails 2 "$@"; }
check 'diff-maps without a file is trouble' fails_as_diff 'missing arguments' \
	"$nlabctl" diff-maps
check 'diff-maps with a wrong option is trouble' \
	fails_as_diff 'unknown option' "$nlabctl" --jsn diff-maps f
check 'diff-maps of no file is trouble' fails_as_diff "can't open" \
	"$nlabctl" diff-maps "$work/none"
wrong "unknown word 'setings', did you mean 'settings'?" save-maps setings
wrong "unknown command 'ad-map', did you mean 'add-map'?" help ad-map
wrong "exclude each other" -b "$work/batch" show-maps
wrong "--prometheus are for show-stats and show-links, show-maps has no such output" -m show-maps
wrong "exclude each other" -m -j show-stats
wrong "--prometheus are for show-stats and show-links, show-maps has no such output" -P show-maps
wrong "and --json exclude each other" -P -j show-stats
wrong "--output needs --openmetrics or --prometheus" -o "$work/prom" show-stats
wrong "prints what load-maps reads" -j save-maps
check 'no command prints the usage' fails 1 'usage: nlabctl' "$nlabctl"

# Addresses
wrong "bad address '203.0.113.300'" add-map 203.0.113.300 2001:db8::10
wrong "bad address '2001:db8::x'" add-map 203.0.113.1 2001:db8::x
wrong "bad address '203.0.113'" add-map 203.0.113 2001:db8::1
wrong "bad address ''" del-map ''
wrong "bad address 'fe80::1%lo'" test-map fe80::1%lo
wrong "did you mean '203.0.113.0/24'?" add-map 203.0.113.10/24 2001:db8::/120
wrong "did you mean '2001:db8::/56'?" add-map 203.0.113.0/24 2001:db8:0:2a::/56
wrong "bad prefix length '33'" del-map 203.0.113.0/33
wrong "bad prefix length '129'" del-map 2001:db8::/129
wrong "bad prefix length ''" del-map 2001:db8::/
wrong "bad prefix length '-1'" show-maps 2001:db8::/-1
wrong "without a length" test-map 203.0.113.0/24
wrong "both addresses are IPv4" add-map 203.0.113.1 192.0.2.1
wrong "the outside comes first" add-map 2001:db8::1 192.0.2.1
wrong "did you mean inside length /120?" add-map 203.0.113.0/24 2001:db8::/124
wrong "equal lengths" add-map 2001:db8::/48 2001:db8:1::/56
wrong "not 72" add-map 2001:db8::/72 2001:db8:1::/72

# Settings
wrong "unknown setting 'mdoe', did you mean 'mode'?" set-xlat mdoe auto
wrong "unknown value of mode 'aut', did you mean 'auto'?" set-xlat mode aut
wrong "unknown value of local 'yes'" set-xlat local yes
wrong "given twice" set-xlat mode auto mode auto
wrong "setting 'local' has no value" set-xlat mode auto local
wrong "bad tos '256'" set-xlat tos 256
wrong "bad tos '0x1g'" set-xlat tos 0x1g
wrong "bad lowest-ipv6-mtu '1279'" set-xlat lowest-ipv6-mtu 1279
wrong "bad lowest-ipv6-mtu '65536'" set-xlat lowest-ipv6-mtu 65536
wrong "bad priority '2147483648'" set-xlat priority 2147483648
wrong "bad priority '99999999999999999999'" \
	set-xlat priority 99999999999999999999
wrong "bad priority '-'" set-xlat priority -
wrong "bad prefix length 95" set-xlat prefix 64:ff9b::/95
wrong "needs its length" set-xlat prefix 64:ff9b::
wrong "must be IPv6" set-xlat prefix 192.0.2.0/24
wrong "bits 64 to 71" set-xlat prefix 2001:db8::ff00:0:0:0/96
wrong "must be an IPv4 prefix" set-xlat error-pool4 2001:db8::/64
wrong "must be an IPv4 prefix" set-xlat error-pool4 0.0.0.0/0
wrong "must be an IPv6 address" set-xlat error-pool6 2001:db8::/64

# Batch
batch 'place' "$work/batch:3: bad address 'x'" '# comment' '' 'del-map x'
batch 'quotes' "bad address 'a b'" "del-map 'a b'"
batch 'double quotes' "bad address 'a\"b'" 'del-map "a\"b"'
batch 'backslash' "bad address 'a b'" 'del-map a\ b'
batch 'open quote' ':1: quote is not closed' "del-map 'a"
batch 'monitor' "can't be part of a batch" monitor
printf '\ndel\n' >"$work/maps"
batch 'place of a map file' ":1: $work/maps:2: unknown keyword 'del'" \
	"load-maps $work/maps"
check 'batch: standard input twice' stdin_twice

# Where there is nothing to ask
check 'help' prints 'usage: nlabctl' "$nlabctl" help
check 'help COMMAND' prints 'lowest-ipv6-mtu' "$nlabctl" help set-xlat
check '--help' prints 'usage: nlabctl' "$nlabctl" --help
check 'version' prints 'nlabctl ' "$nlabctl" -V
check 'output that can not be written' write_full
wrong "can't open network namespace 'no-such'" -n no-such show-maps
wrong "is not a network namespace" -n /dev/null show-maps
if module_loaded; then
	skip 'module not loaded' 'the module is loaded'
else
	check 'module not loaded' fails 3 "run 'modprobe nlab' as root" \
		"$nlabctl" show-xlat
	check 'value that looks like an option' fails 3 modprobe \
		"$nlabctl" set-xlat priority -450
fi
ktap_end
