#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# ssh from an IPv4-only client: key, transfer both ways, and a session that
# lives on while all maps are replaced.
#
#	client ---- xlat ---- server	(siit_network in lib.sh)
# shellcheck source=../lib.sh
. "$(dirname "$0")/../lib.sh"
need ssh sshd ssh-keygen
start_test
siit_network

start_ssh "$server"

check "client reaches server" reachable
check "a command runs on the server" equal hello remote echo hello
head -c 3M /dev/urandom >"$work/data"
sum=$(sha256sum <"$work/data")
transfer() { remote cat <"$work/data" | sha256sum; }
check "3 MB go there and back unchanged" equal "$sum" transfer

open_session

# A line through the session for each round.
replaced() {
	local i

	for i in 1 2 3 4 5; do
		{
			echo "203.0.113.10 2001:db8:1::2"
			echo "203.0.113.$((20 + i)) 2001:db8:1::$i:1"
		} | nlabctl -q -n "$xlat" load-maps - || return 1
		echoed "round $i" || return 1
	done
}

check "a long session answers" echoed first
check "it lives on while the maps are replaced" replaced
nlabctl -n "$xlat" del-map 203.0.113.10
check "without its map the server is not there" \
	fails on "$client" ping -c 1 -W 0.5 "$server4"
nlabctl -n "$xlat" add-map 203.0.113.10 2001:db8:1::2
check "and goes on when it is back" echoed last
exec 7>&- 8<&-
ktap_end
