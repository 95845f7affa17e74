#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# A flow table, which takes packets of known connections away at ingress,
# beside the translator.
#
#	client ---- xlat ---- server	(siit_network in lib.sh)
# shellcheck source=../lib.sh
. "$(dirname "$0")/../lib.sh"
need nft curl nginx
start_test
siit_network
ip -n "$xlat" addr add 192.0.2.1/24 dev x6
ip -n "$server" addr add 192.0.2.2/24 dev s0
routes "$server" "default via 192.0.2.1"
start_web "$server"
start_web "$client"
head -c 2M /dev/urandom >"$work/www/big"
sum=$(sha256sum <"$work/www/big")
# flow_table MATCH...: connections of these packets go past the stack.
flow_table() {
	on "$xlat" nft -f - <<-END
	flush ruleset
	table inet f {
		flowtable ft { hook ingress priority 0; devices = { x4, x6 }; }
		chain forward {
			type filter hook forward priority 0; policy accept;
			$* meta l4proto { tcp, udp } flow add @ft
		}
	}
	END
}
flow_table || skip_all "no flow tables in this kernel"

download() { on "$1" curl -sS -f -m 20 "http://$2/big" | sha256sum; }

check "client reaches server" reachable
for mode in auto forward direct; do
	# In auto connection tracking sees both directions of a connection in
	# the family that it came in, and the flow table would send the rest of
	# it as that family: rules must leave out what is translated.
	if [[ $mode = auto ]]; then
		flow_table ip saddr != 203.0.113.0/24 ip daddr != 203.0.113.0/24
	else
		flow_table
	fi
	nlabctl -n "$xlat" set-xlat mode $mode
	check "$mode: client downloads" equal "$sum" download "$client" "$server4"
	check "$mode: server downloads" equal "$sum" download "$server" "[$client6]"
	check "$mode: native IPv4 beside it" \
		equal "$sum" download "$client" 192.0.2.2
done
ktap_end
