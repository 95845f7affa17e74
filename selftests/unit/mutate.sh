#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Do the unit tests notice? Breaks kmod/pure/ in a copy, one line at a time;
# each time the named test program must fail. Not part of "make check": run it
# after changing pure/ or its tests.
#
#	mutate.sh [PATTERN]	only the lines with PATTERN in them

set -u

only=${1:-}

tree=$(cd "$(dirname "$0")/../.." && pwd)
copy=$tree/build/mutate

# shellcheck source=selftests/build/ktap.sh
source "$tree/selftests/build/ktap.sh"

# mutant PROGRAM FILE OLD NEW: OLD stands in one place of FILE
mutant() {
	rm -rf "$copy"
	mkdir -p "$copy"
	cp -r "$tree/kmod/pure" "$copy/pure"
	python3 - "$copy/pure/$2" "$3" "$4" <<'PY' || return 1
import sys
path, old, new = sys.argv[1:]
text = open(path).read()
if text.count(old) != 1:
    sys.exit(f"{path}: {text.count(old)} places have: {old}")
open(path, "w").write(text.replace(old, new))
PY
	if NLAB_PURE=$copy/pure NLAB_UNIT_OUT=$copy/unit \
		"$tree/selftests/unit/unit.sh" "$1" >"$copy/log" 2>&1; then
		echo "nothing failed"
		return 1
	fi
	# a mutant that does not compile proves nothing
	grep -q '^ok 1 - ' "$copy/log" || {
		cat "$copy/log"
		return 1
	}
	grep '^    not ok\|runtime error\|AddressSanitizer' "$copy/log" ||
		return 1
}

# try PROGRAM FILE OLD NEW
try() {
	[[ "$2: $3" == *"$only"* ]] || return 0
	check "$2: '$3' -> '$4'" mutant "$@"
}

ktap_start
try addr addr.c 'pos >= 8 ? pos + 1' 'pos > 8 ? pos + 1'
try addr addr.c "a >> 22 == 0x64400000 >> 22" "a >> 23 == 0x64400000 >> 23"
try addr addr.c '(addr->s6_addr32[3] & ~htonl(1)) == 0' \
	'(addr->s6_addr32[3] & ~htonl(3)) == 0'
try map addr.c 'if (shift && word < 3)
		out->' 'if (shift && word < 2)
		out->'
try map addr.c 'suffix >> len4' 'suffix >> len4 & ~1'
try map addr.c 'if (result == 0xffff)' 'if (result == 0xfffe)'
try map addr.c 'if (len > 48) {' 'if (len >= 48) {'
try ipv6-chain ipv6_chain.c 'out->len += (h[1] + 1U) * 8' \
	'out->len += (h[1] + 1U) * 8 & 0xff'
try ipv6-chain ipv6_chain.c 'out->segments_left = out->len + 3' \
	'out->segments_left = out->len + 2'
try ipv6-chain ipv6_chain.c 'if (out->len + 8U > avail)' \
	'if (out->len + 7U > avail)'
try siit46 siit46.c 'o[i + 1] < 2' 'o[i + 1] < 1'
try siit46 siit46.c 'o[i + 2] <= o[i + 1]' 'o[i + 2] < o[i + 1]'
try siit46 siit46.c '(off & IPV4_OFFSET) << 3' '(off & IPV4_OFFSET) << 2'
try siit46 siit46.c 'diff = csum_add(diff, (__force __wsum)htonl(len));' ''
try icmp46 siit46.c '8, 8, 8, 8, 24, 24, 24, 24' '8, 8, 8, 8, 24, 24, 24, 25'
try icmp46 siit46.c 'if (plateau[i] < len)' 'if (plateau[i] <= len)'
try icmp46 siit46.c 'mtu > env->mtu4 + SIIT_GROWTH' 'mtu > env->mtu4'
try icmp46 siit46.c 'case ICMP_PREC_CUTOFF:' \
	'case ICMP_PREC_CUTOFF: case ICMP_PREC_VIOLATION:'
try icmp46 siit46.c 'ip4->tos, ip4->ttl, tot' 'ip4->tos, ip4->ttl - 1, tot'
try siit64 siit64.c 'wire > MAY_FRAGMENT' 'wire >= MAY_FRAGMENT'
try icmp64 siit64.c '-1, -1, 2, 2, 9, 8' '-1, -1, 2, 2, 8, 9'
try icmp64 siit64.c 'mtu6 < 68 + growth' 'mtu6 < 68'
try icmp64 siit64.c '(frag ? SIIT_FRAG_HDR : 0)' '0'
try icmp64 siit64.c 'quote_len = msg[4] * 8' 'quote_len = msg[4] * 4'
try icmp64 siit64.c 'if (n > cap - SIIT_IPV4_MIN)' 'if (n > cap)'
try csum siit_csum.c '*sum = ~csum_fold' '*sum = csum_fold'
try csum siit_csum.c 'proto == SIIT_PROTO_UDPLITE' 'false'
try csum siit_csum.c 'offset + sizeof(*sum) > avail' 'offset + 0u > avail'
try ext siit_ext.c 'quote_len < len' 'quote_len <= len'
try ext siit_ext.c 'memset(buf + len, 0, quote - len)' ''
try ext siit_ext.c 'quote > 255 * unit' 'quote > 256 * unit'
try siit66 siit66.c '!chain.frag_off && ' ''
try siit66 siit66.c 'chain.proto != IPPROTO_ICMPV6' 'true'
ktap_end
