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
own() { on "$xlat" ping -c 1 -W "$patience" "$server4"; }
policy add dir out src 192.0.2.0/24 dst 192.0.2.0/24 action block 2>/dev/null ||
	skip_all "no xfrm in this kernel"
routes "$xlat" "$server4 via $client4"
check "a policy about something else" to_server
check "own traffic" own
for mode in auto forward; do
	nlabctl -n "$xlat" set-xlat mode $mode
	policy add dir out src ::/0 dst $server6/128 action block
	check "$mode: a block policy stops requests" fails to_server
	check "$mode: and own traffic" fails own
	policy del dir out src ::/0 dst $server6/128
	policy add dir fwd src $client4/32 dst $server4/32 action block
	check "$mode: one of the family that is left" fails to_server
	policy del dir fwd src $client4/32 dst $server4/32
	policy add dir fwd src $server4/32 dst $client4/32 action block
	check "$mode: a block policy on forwarded packets stops replies" fails to_server
	policy del dir fwd src $server4/32 dst $client4/32
	check "$mode: without it they pass" to_server
done

nlabctl -n "$xlat" set-xlat mode auto
policy flush
if policy setdefault fwd block 2>/dev/null; then
	check "nothing is forwarded without a policy" fails to_server
	policy setdefault fwd accept
	check "and again it is" to_server
else
	skip "nothing is forwarded without a policy" "not known here"
fi

# A tunnel without encryption, between client and translator.
#
# tunnel SPI SOURCE DESTINATION
tunnel() {
	local node

	for node in "$client" "$xlat"; do
		ip -n "$node" xfrm state add src "$2" dst "$3" proto esp \
			spi "$1" mode tunnel enc 'ecb(cipher_null)' '' || return
	done
}
# through NODE DIRECTION SOURCE DESTINATION TUNNEL-FROM TUNNEL-TO
through() {
	ip -n "$1" xfrm policy add dir "$2" src "$3/32" dst "$4/32" \
		tmpl src "$5" dst "$6" proto esp mode tunnel
}
xlat4=198.51.100.1
if tunnel 1 $client4 $xlat4 2>/dev/null && tunnel 2 $xlat4 $client4; then
	through "$client" out $client4 $server4 $client4 $xlat4
	through "$client" in $server4 $client4 $xlat4 $client4
	through "$xlat" fwd $client4 $server4 $client4 $xlat4
	through "$xlat" out $server4 $client4 $xlat4 $client4
	check "through a tunnel of IPsec" to_server
	ip -n "$client" xfrm policy delete dir out src $client4/32 \
		dst $server4/32
	check "not without, where the policy asks for it" fails to_server
	through "$xlat" out $xlat4 $server4 $xlat4 $client4
	check "own traffic that is to be encrypted does not leave in clear" \
		fails own
else
	skip "through a tunnel of IPsec" "no ESP in this kernel"
fi
ktap_end
