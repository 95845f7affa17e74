#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# A stateful firewall on the translator: connections of either side are
# tracked, replies are established, what nobody asked for is dropped.
#
#	client ---- xlat ---- server	(siit_network in lib.sh)
# shellcheck source=../lib.sh
. "$(dirname "$0")/../lib.sh"
need ping nft curl nginx
start_test
siit_network
start_web "$server"
start_web "$client"
head -c 2M /dev/urandom >"$work/www/big"
sum=$(sha256sum <"$work/www/big")

# firewall FROM: only the devices in FROM may begin connections.
firewall() {
	on "$xlat" nft -f - <<-END
	flush ruleset
	table inet f {
		chain forward {
			type filter hook forward priority 0; policy drop;
			ct state invalid counter drop
			ct state established,related accept
			iifname { $1 } ct state new accept
		}
	}
	END
}

download() { on "$1" curl -sS -f -m 20 "http://$2/big" | sha256sum; }
none_invalid() {
	local n

	n=$(on "$xlat" nft -j list chain inet f forward |
		gojq '[.nftables[].rule?.expr[]?.counter?.packets // 0] | add')
	echo "$n packets invalid"
	((n == 0))
}
unwanted() { fails on "$1" curl -sS -m 1 "http://$2/"; }
closed() {
	local out

	out=$(on "$client" ping -c 1 -W "$patience" -t 1 "$server4")
	echo "$out"
	[[ $out = *"Time to live exceeded"* ]]
}

firewall '"x4", "x6"' || skip_all "no connection tracking in this kernel"
check "both may begin: client reaches server" reachable
check "client downloads" equal "$sum" download "$client" "$server4"
check "server downloads" equal "$sum" download "$server" "[$client6]"
check "nothing was taken for invalid" none_invalid
check "errors of the node itself come through" closed

firewall '"x4"'
check "only the client may begin: it downloads" \
	equal "$sum" download "$client" "$server4"
check "only the client may begin: the server is refused" \
	unwanted "$server" "[$client6]"
firewall '"x6"'
check "only the server may begin: it downloads" \
	equal "$sum" download "$server" "[$client6]"
check "only the server may begin: the client is refused" \
	unwanted "$client" "$server4"
on "$xlat" nft flush ruleset

# Rules of a bridge to the world often masquerade; it is not needed here.
on "$xlat" nft -f - <<-END
table ip n { chain c { type nat hook postrouting priority 100; oifname "none" masquerade; }; }
END
check "beside masquerading of something else" equal "$sum" \
	download "$client" "$server4"
ktap_end
