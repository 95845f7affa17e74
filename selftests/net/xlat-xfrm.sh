#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# IPsec policies hold for translated packets in modes auto and forward.
#
#	client ---- xlat ---- server	(siit_network in lib.sh)
# shellcheck source=../lib.sh
. "$(dirname "$0")/../lib.sh"
need ping
start_test
siit_network

to_server() { on "$client" ping -c 1 -W "$patience" "$server4"; }
policy() { ip -n "$xlat" xfrm policy "$@"; }
policy add dir out src 192.0.2.0/24 dst 192.0.2.0/24 action block 2>/dev/null ||
	skip_all "no xfrm in this kernel"
check "a policy about something else" to_server
for mode in auto forward; do
	nlabctl -n "$xlat" set-xlat mode $mode
	policy add dir out src ::/0 dst $server6/128 action block
	check "$mode: a block policy stops requests" fails to_server
	policy del dir out src ::/0 dst $server6/128
	policy add dir fwd src $server4/32 dst $client4/32 action block
	check "$mode: a block policy on forwarded packets stops replies" fails to_server
	policy del dir fwd src $server4/32 dst $client4/32
	check "$mode: without it they pass" to_server
done
ktap_end
