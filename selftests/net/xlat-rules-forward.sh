#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Rules of the administrator on forwarded packets see translated ones too, in
# the family that they leave in; mode direct is the way around those at forward.
#
#	client ---- xlat ---- server	(siit_network in lib.sh)
# shellcheck source=../lib.sh
. "$(dirname "$0")/../lib.sh"
need ping nft
start_test
siit_network

rules() { on "$xlat" nft -f -; }
rules <<-END || skip_all "no nf_tables in this kernel"
flush ruleset
END
# seen CHAIN NUMBER: packets that the counting rule of a chain saw.
seen() {
	local n

	n=$(on "$xlat" nft -j list table "${1%.*}" a | gojq -e ".nftables[].rule?
		| select(.chain == \"${1#*.}\") | .expr[].counter? | .packets // empty")
	echo "$n packets"
	((n == $2))
}
to_server() { on "$client" ping -c 3 -i 0.1 -W "$patience" "$server4"; }
to_client() { on "$server" ping -c 3 -i 0.1 -W "$patience" "$client6"; }

check "client reaches server" reachable
rules <<-END
table ip6 a {
	chain f { type filter hook forward priority 0; iifname x4 oifname x6 \
		ip6 daddr $server6 counter; }
	chain p { type filter hook postrouting priority 0; oifname x6 \
		ip6 saddr $client6 counter; }
}
table ip a {
	chain f { type filter hook forward priority 0; iifname x6 oifname x4 \
		ip saddr $server4 counter; }
	chain p { type filter hook postrouting priority 0; oifname x4 \
		ip daddr $client4 counter; }
}
END
check "auto: passes rules that only count" to_server
for chain in ip6.f ip6.p ip.f ip.p; do
	check "auto: $chain saw each packet" seen $chain 3
done
nlabctl -n "$xlat" set-xlat mode direct
check "direct: passes" to_server
for chain in ip6.f ip.f; do
	check "direct: $chain saw nothing more" seen $chain 3
done
for chain in ip6.p ip.p; do
	check "direct: $chain saw each packet" seen $chain 6
done
nlabctl -n "$xlat" set-xlat mode forward
check "forward: passes" to_server
for chain in ip6.f ip.f; do
	check "forward: $chain saw each packet" seen $chain 6
done

drop() {
	rules <<-END
	flush ruleset
	table $1 b { chain c { type filter hook $2 priority 0; oifname $3 drop; }; }
	END
}

for mode in auto forward; do
	nlabctl -n "$xlat" set-xlat mode $mode
	for hook in forward postrouting; do
		drop ip6 $hook x6
		check "$mode: a drop in $hook of IPv6 stops requests" fails to_server
		drop ip $hook x4
		check "$mode: a drop in $hook of IPv4 stops replies" fails to_server
	done
done
nlabctl -n "$xlat" set-xlat mode direct
drop ip6 forward x6
check "direct: passes although forward drops" to_server
drop ip6 postrouting x6
check "direct: a drop in postrouting holds" fails to_server
rules <<-END
flush ruleset
END
nlabctl -n "$xlat" set-xlat mode auto
check "without rules it passes again" to_client
ktap_end
