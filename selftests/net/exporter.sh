#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# nlab-exporter: what it says to whom, in which format. (long/announce-systemd.sh
# has a Prometheus read it.)
#
#	client ---- xlat ---- server	(siit_network in lib.sh)
# shellcheck source=../lib.sh
. "$(dirname "$0")/../lib.sh"
need curl insmod ping rmmod setpriv /usr/bin/python3
module=$selftests/../build/kmod-${NLAB_VM:-none}/nlab.ko
[[ -e $module ]] || skip_all "no nlab.ko for ${NLAB_VM:-this kernel}"
start_test
siit_network
exporter=$(command -v nlab-exporter) || skip_all "nlab-exporter is not built"

openmetrics() { /usr/bin/python3 "$selftests/net/openmetrics.py" "$@"; }
get() { on "$xlat" curl -sS -m 60 "$@"; }
url=http://127.0.0.1:20206/metrics
text='text/plain; version=0.0.4; charset=utf-8'
open='application/openmetrics-text; version=1.0.0; charset=utf-8'

# type_for ACCEPT [ARGUMENT...]
type_for() {
	get -o "$work/body" -w '%{content_type}' -H "Accept: $1" "${@:2}" $url
}
status() { get -o "$work/body" -w '%{http_code}' "$@"; }

# Without what differs from one reading to the next.
steady() { grep -v -e agent_age "$@"; }
same_as() {
	nlabctl -n "$xlat" "$1" show-stats | sed "s/namespace=\"$xlat\"//
		s/{,/{/; s/{}//" | steady >"$work/wanted"
	steady "$work/body" | diff "$work/wanted" -
}

nlabctl -n "$xlat" set-announce prefix 203.0.113.0/24 ||
	bail_out "no set-announce"
# Without privilege.
start_server "$xlat" tcp 20206 setpriv --reuid 65534 --clear-groups "$exporter"
pid=$started
check "packets pass" reachable
check "without a wish: the older format" equal "$text" type_for '*/*'
check "as nlabctl has it" same_as -P
check "by name: OpenMetrics" equal "$open" type_for \
	'application/openmetrics-text;version=1.0.0,text/plain;q=0.5,*/*;q=0.1'
check "well-formed" openmetrics "$work/body" check
check "as nlabctl has it, too" same_as -m
check "a lower weight" equal "$text" \
	type_for 'application/openmetrics-text; q=0.3 , text/plain;q=0.5'
check "a weight of 0" equal "$text" type_for 'Application/OpenMetrics-Text;q=0'
check "the header alone" equal "$text" type_for '*/*' -I
check "withdrawn, and why" grep -e '^nlab_announce_up 0$' -e \
	'^nlab_announce_withdrawn_reason{reason="no-verdict"} 1$' "$work/wanted"
check "another page" equal 404 status "${url%/metrics}"
check "another method" equal 405 status -X PUT -d x $url
check "one that has no end" equal 405 status -X POST -T /dev/zero $url
check "a body is not read" fails get -X GET -d x $url
check "a bad address" refused 1 "expected ADDRESS:PORT" "$exporter" -l 80
check "no number" refused 1 "can't listen on 'host:80'" "$exporter" -l host:80
check "a port that is taken" refused 2 "can't listen on '127.0.0.1:20206'" \
	on "$xlat" "$exporter"
check "a port that takes a privilege" refused 3 "can't listen on ':80'" \
	on "$xlat" setpriv --reuid 65534 --clear-groups "$exporter" -l :80

# Of another namespace, with maps, at all addresses.
start_server "$client" tcp 20206 "$exporter" -s -n "$xlat" -l :20206
other() {
	on "$client" curl -sS -m 60 -H 'Accept: application/openmetrics-text' \
		"http://[::1]:20206/metrics" >"$work/maps" &&
		openmetrics "$work/maps" check &&
		equal 2 openmetrics "$work/maps" count nlab_xlat_map_packets
}
check "of another namespace, with maps" other
check "all addresses are those of IPv4 too" \
	on "$client" curl -sS -m 60 -o /dev/null http://127.0.0.1:20206/metrics

# The text of all maps is kept for one reader at a time, here one that is slow:
# more than the buffers of both ends take.
one_at_a_time() {
	local reader

	write_sysctl "$client" ipv4/tcp_wmem="4096 4096 4096" &&
		start "$client" /usr/bin/python3 -c '
import socket, time
s = socket.socket()
s.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1024)
s.connect(("127.0.0.1", 20206))
s.sendall(b"GET /metrics HTTP/1.0\r\n\r\n")
s.recv(1)
time.sleep(3600)' || return 1
	reader=$started
	wait_for 60 answers 503 && kill "$reader" && wait_for 60 answers 200
}
answers() {
	equal "$1" on "$client" curl -sS -m 60 -o /dev/null \
		-w '%{http_code}' http://127.0.0.1:20206/metrics
}
check "the maps for one reader at a time" one_at_a_time

# The kernel would load the module for whoever asks for it by name.
not_loaded() {
	local helper ret

	printf '#!/bin/sh\necho "$*" >>%s/asked\n' "$work" >"$work/modprobe"
	chmod +x "$work/modprobe"
	helper=$(</proc/sys/kernel/modprobe)
	rmmod nlab && echo "$work/modprobe" >/proc/sys/kernel/modprobe || return 1
	equal 503 status $url && grep 'not loaded' "$work/body" &&
		fails grep nlab "$work/asked" &&
		fails nlabctl -n "$xlat" show-xlat && grep nlab "$work/asked"
	ret=$?
	echo "$helper" >/proc/sys/kernel/modprobe
	insmod "$module" && return $ret
}
check "nobody loads the module by reading" not_loaded
check "it finds it again" equal 200 status $url

check "it still runs, and ends when told" kill -TERM "$pid"
wait "$pid"
check "with a good status" test $? = 0
ktap_end
