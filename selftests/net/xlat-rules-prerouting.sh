#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Rules at prerouting, in the family a packet comes in and in the one it gets.
#
#	client ---- xlat ---- server	(siit_network in lib.sh)
# shellcheck source=../lib.sh
. "$(dirname "$0")/../lib.sh"
need ping nft /usr/bin/python3
start_test
siit_network

rules() {
	{
		echo "flush ruleset"
		cat
	} | on "$xlat" nft -f -
}
drop() {
	rules <<-END
	table $1 t { chain c { type filter hook prerouting priority $2; $3 drop; }; }
	END
}
rules </dev/null || skip_all "no nf_tables in this kernel"
to_server() { on "$client" ping -c 1 -W "$patience" "$server4"; }
to_client() { on "$server" ping -c 1 -W "$patience" "$client6"; }

check "client reaches server" reachable
for mode in auto direct; do
	result=fails
	[[ $mode = auto ]] || result=''
	nlabctl -n "$xlat" set-xlat mode $mode
	for priority in raw mangle filter; do
		drop ip $priority "ip daddr $server4"
		# shellcheck disable=SC2086 # "fails" or nothing
		check "$mode: a drop of the IPv4 packet at priority $priority ${result:-is passed by}" \
			$result to_server
		drop ip6 $priority "ip6 daddr $client6"
		# shellcheck disable=SC2086
		check "$mode: a drop of the IPv6 packet at priority $priority ${result:-is passed by}" \
			$result to_client
	done
done
# Before the translator's own priority, -450, a rule sees every packet.
drop ip -500 "ip daddr $server4"
check "direct: a drop before the translator holds" fails to_server
nlabctl -n "$xlat" set-xlat mode auto
drop ip6 filter "iifname x4 ip6 daddr $server6"
check "auto: rules at prerouting see the translated packet" fails to_server
rules </dev/null
check "without rules it passes again" to_server

# transparent PORT: a server that takes connections to any address.
transparent='
import socket, sys
s = socket.socket()
s.setsockopt(socket.SOL_IP, 19, 1)	# IP_TRANSPARENT
s.bind(("", int(sys.argv[1])))
s.listen()
while True:
    s.accept()[0].sendall(b"claimed\n")
'
claimed() {
	on "$client" timeout 20 bash -c \
		"read -r line <>/dev/tcp/$server4/80 && [[ \$line = claimed ]]"
}
if rules <<-END; then
	table ip t { chain c { type filter hook prerouting priority mangle; tcp dport 80 tproxy to :3128 meta mark set 1 accept; }; }
	END
	start_server "$xlat" tcp 3128 /usr/bin/python3 -c "$transparent" 3128
	ip -n "$xlat" rule add fwmark 1 lookup 7
	routes "$xlat" "local default dev lo table 7"
	# The answer has an address of a map.
	nlabctl -n "$xlat" set-xlat local off
	check "auto: what TPROXY gives to a socket of the node stays there" \
		claimed
else
	skip "TPROXY" "not in this kernel"
fi
ktap_end
