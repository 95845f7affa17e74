#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# An IPv4-only client reads from an IPv6-only web server, and the other way.
#
#	client ---- xlat ---- server	(siit_network in lib.sh)
# shellcheck source=../lib.sh
. "$(dirname "$0")/../lib.sh"
need curl nginx
start_test
siit_network
start_web "$server"
start_web "$client"
head -c 20M /dev/urandom >"$work/www/big"
sum=$(sha256sum <"$work/www/big")

get() { on "$1" curl -sS -f -m 60 "http://$2/$3"; }
download() { get "$1" "$2" big | sha256sum; }

check "client reaches server" reachable
check "client gets a page, known by its translated address" \
	equal "You came as $client6." get "$client" "$server4" ""
check "server gets a page, known by its translated address" \
	equal "You came as $server4." get "$server" "[$client6]" ""
check "client downloads 20 MB unchanged" equal "$sum" download "$client" "$server4"
check "server downloads 20 MB unchanged" equal "$sum" download "$server" "[$client6]"
check "both directions were translated" counts packets46 counts packets64 \
	get "$client" "$server4" ""
ktap_end
