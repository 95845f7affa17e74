#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# An IPv4-only client asks an IPv6-only name server, by UDP and TCP, with
# answers that are larger than a packet.
#
#	client ---- xlat ---- server	(siit_network in lib.sh)
# shellcheck source=../lib.sh
. "$(dirname "$0")/../lib.sh"
need dig dnsmasq
start_test
siit_network
{
	echo "host-record=www.example.com,203.0.113.10,2001:db8:1::2"
	for i in {1..16}; do
		printf 'txt-record=big.example.com,"%d %0200d"\n' "$i" "$i"
	done
} >"$work/dnsmasq.conf"
start_server "$server" udp 53 dnsmasq -k -u root -C "$work/dnsmasq.conf" \
	--no-resolv --no-hosts --edns-packet-max=4096 -x "$work/dnsmasq.pid" -8 -

ask() { on "$client" dig +time=10 +tries=1 @"$server4" "$@"; }
lines() { ask +short "$@" | wc -l; }
size() { ask "$@" | sed -n 's/^;; MSG SIZE  rcvd: //p'; }
large() { local n; n=$(size "$@"); echo "$n bytes"; ((n > 3000)); }

check "client reaches server" reachable
check "A by UDP" equal 203.0.113.10 ask +short www.example.com A
check "AAAA by UDP" equal 2001:db8:1::2 ask +short www.example.com AAAA
check "A by TCP" equal 203.0.113.10 ask +short +tcp www.example.com A
check "3 KB in fragments of UDP" large +bufsize=4096 +notcp +ignore big.example.com TXT
check "all records in it" equal 16 lines +bufsize=4096 +notcp +ignore big.example.com TXT
check "3 KB by TCP after a truncated answer" equal 16 \
	lines +bufsize=512 big.example.com TXT
ktap_end
