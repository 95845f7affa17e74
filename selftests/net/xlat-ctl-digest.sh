#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Version and digest of the maps: the kernel's digest is that of the file, in
# whatever order and way the maps came; the version is that of the file until
# anything else changes the maps; events carry both.
#
#	xlat (alone)
# shellcheck source=../lib.sh
. "$(dirname "$0")/../lib.sh"
start_test
nodes xlat
ctl() { nlabctl -n "$xlat" "$@"; }
identity() { ctl -j show-xlat | gojq -r '"\(."maps-version") \(."maps-digest")"'; }
none='null 00000000000000000000000000000000'

# Values from selftests/unit/test-map-digest.c.
cat >"$work/maps" <<'END'
version 7
203.0.113.10 2001:db8::10
198.51.100.0/24 2001:db8:1::/120
2001:db8:f::1 2001:db8:a::1
END
one=104644fa8acfcc63ce4019b2fb7fdfdd

check "an empty table has none" equal "$none" identity
ctl -q load-maps "$work/maps"
three=$(identity)
check "the file's version" test "${three%% *}" = 7
digest=${three#* }
check "the same file again" ctl -q load-maps "$work/maps"
check "is the same table" equal "$three" identity
head_of_saved() { ctl save-maps | sed -n 1,2p; }
check "saved with both" equal "version 7
digest $digest" head_of_saved
ctl save-maps settings >"$work/saved"
check "what was saved can be loaded" ctl -q load-maps "$work/saved"
check "and is the same table" equal "$three" identity
sed '/203/s/10$/11/' "$work/saved" >"$work/edited"
check "a file that was changed is refused" refused 1 'edited:2: these maps have' \
	ctl load-maps "$work/edited"
check "and nothing changes" equal "$three" identity

check "a refused request" refused 2 'already' \
	ctl add-map 203.0.113.10 2001:db8::77
check "leaves the version" equal "$three" identity
ctl set-xlat tos 3
check "settings are no maps" equal "$three" identity
ctl add-map 203.0.113.77 2001:db8::77
check "a map more: no version, another digest" equal null \
	gojq -r 'if ."maps-digest" == "'"$digest"'" then "same"
		else ."maps-version" end' <(ctl -j show-xlat)
ctl del-map 203.0.113.77
check "without it, the digest of before" equal "null $digest" identity

ctl flush-maps >/dev/null
check "flushed" equal "$none" identity
ctl -b - <<'END'
add-map 2001:db8:f::1 2001:db8:a::1
add-map 203.0.113.10 2001:db8::10
add-map 198.51.100.0/24 2001:db8:1::/120
END
check "one by one, in another order" equal "null $digest" identity
ctl del-map 198.51.100.0/24
ctl del-map 2001:db8:a::1
check "one is left" equal "null $one" identity
ctl del-map 203.0.113.10
ctl add-map 203.0.113.10 2001:db8::10 overlap
check "overlap counts" equal 'null 8565ad16df1c46a168c1f87be02db918' identity

start "$xlat" nlabctl -j monitor
log=$work/$started.log
wait_for 60 grep -q ready "$log"
ctl -q load-maps "$work/maps"
ctl del-map 198.51.100.0/24
ctl del-map 2001:db8:f::1
ctl add-map 203.0.113.77 2001:db8::77
ctl -q flush-maps
events() { gojq -r '[.event, ."maps-version", ."maps-digest"] | join(" ")' "$log"; }
some_events() { events | sed -n '2p;4p;6p' | paste -sd '|'; }
five_events() { (($(wc -l <"$log") == 6)); }
check "events" wait_for 60 five_events
check "say what the table is after them" equal "maps 7 $digest|map-del  $one|maps  ${none#* }" \
	some_events
ktap_end
