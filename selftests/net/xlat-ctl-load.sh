#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# load-maps replaces all or nothing, save-maps prints what it reads, and ten
# thousand maps are no trouble.
#
#	xlat (alone)
# shellcheck source=../lib.sh
. "$(dirname "$0")/../lib.sh"
start_test
nodes xlat
ctl() { nlabctl -n "$xlat" "$@"; }
load() { ctl -q load-maps "$work/maps"; }
count_maps() { ctl -j show-maps | gojq length; }
saved() { ctl save-maps settings | grep -v '^#'; }

cat >"$work/maps" <<'END'
203.0.113.10 2001:db8:1::2
203.0.113.11 2001:db8:1::3
198.51.100.0/24 2001:db8:2::/120
2001:db8:f::1 2001:db8:a::1
END
check "a good file" equal "4 0 0" \
	gojq -r '"\(.added) \(.removed) \(.kept)"' <(ctl -j load-maps "$work/maps")
check "again: all are kept" equal "0 0 4" \
	gojq -r '"\(.added) \(.removed) \(.kept)"' <(ctl -j load-maps "$work/maps")
ctl set-xlat prefix 64:ff9b::/96 tos 8
good=$(saved)

# bad LINE TEXT: as the fifth line of the file.
bad() {
	{
		cat "$work/maps"
		echo "$1"
	} >"$work/bad"
	refused 1 "$2" ctl load-maps "$work/bad" && equal "$good" saved
}
check "no address: the line is named, nothing changes" bad "203.0.113.300 2001:db8::1" bad:5
check "twice the same outside" bad "203.0.113.10 2001:db8:9::1" bad:5
check "twice the same inside" bad "203.0.113.99 2001:db8:1::2" bad:5
check "overlap" bad "198.51.100.7 2001:db8:9::1" bad:5
check "lengths that do not fit" bad "192.0.2.0/24 2001:db8:9::/121" bad:5
check "one word" bad "192.0.2.1" bad:5
check "no such file" refused 1 nofile ctl load-maps "$work/nofile"

saved >"$work/saved"
ctl flush-maps >/dev/null
ctl set-xlat prefix none tos copy
check "what was saved can be loaded" ctl -q load-maps "$work/saved"
check "and is the same" equal "$good" saved
check "from standard input" equal 1 gojq .added \
	<(echo "192.0.2.5 2001:db8:5::5" | ctl -j load-maps -)
check "it replaced the rest" equal 1 count_maps

for ((i = 0; i < 10000; i++)); do
	printf '10.%d.%d.%d 2001:db8:c::%x\n' $((i / 65536)) $((i / 256 % 256)) $((i % 256)) $i
done >"$work/maps"
check "10000 maps" load
check "all of them are there" equal 10000 count_maps
check "the last one works" equal 2001:db8:c::270f \
	gojq -r .result <(ctl -j test-map 10.0.39.15)

# A dump while maps come and go is consistent: old and new ones differ in two
# prefixes, each state has 10000 maps.
sed 's/2001:db8:c:/2001:db8:d:/' "$work/maps" >"$work/other"
(
	until [[ -e $work/stop ]]; do
		ctl -q load-maps "$work/other" && ctl -q load-maps "$work/maps"
	done
) &
loader=$!
consistent() {
	local i kinds

	for ((i = 0; i < 5; i++)); do
		kinds=$(ctl show-maps 2>"$work/err" | awk '{ split($2, a, ":"); n[a[3]]++ }
			END { for (k in n) printf "%s %d;", k, n[k] }')
		echo "$kinds $(<"$work/err")"
		[[ $kinds =~ ^[cd]\ 10000\;$ || -s $work/err ]] || return 1
	done
}
check "dumps while all maps are replaced" consistent
: >"$work/stop"
wait $loader
check "flush-maps" equal 10000 gojq .removed <(ctl -j flush-maps)

# The table shrinks and grows with what is deleted and added one by one.
each() { awk "NR <= 500 && NR % 100 { print $1 }" "$work/maps" | ctl -q -b -; }
head -n 500 "$work/maps" | ctl -q load-maps -
check "all but 5 of 500 maps deleted" each '"del-map " $1'
check "5 are left" equal 5 count_maps
check "the last of them works" equal 2001:db8:c::1f3 \
	gojq -r .result <(ctl -j test-map 10.0.1.243)
check "the others added again" each '"add-map " $0'
check "there are 500" equal 500 count_maps
check "one of the others works" equal 2001:db8:c::1f2 \
	gojq -r .result <(ctl -j test-map 10.0.1.242)
ctl -q flush-maps
check "none is left" equal 0 count_maps
ktap_end
