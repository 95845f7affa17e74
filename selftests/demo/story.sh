#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The demo itself, on a machine where nlab.ko is loaded and nlabctl is in PATH:
#
#   client               translator                      server
#   198.51.100.2 ------- 198.51.100.1   2001:db8::1 ---- 2001:db8::10
#              c0     t4        nlab.ko         t6     s0
#
# Everything lies in three namespaces and in one folder, and goes at the end,
# also when the demo is interrupted.
# shellcheck disable=SC2016 # commands are printed before the shell expands them

set -u -o pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd -P)
begin=$((${EPOCHREALTIME/[.,]/} / 1000))
client=client translator=translator server=server
made=() work='' made_run_sshd=''

# shellcheck source=ui.sh
. "$here/ui.sh"

cleanup() {
	local ns pids

	trap '' INT TERM HUP
	for ns in "${made[@]}"; do
		pids=$(ip netns pids "$ns" 2>/dev/null)
		# shellcheck disable=SC2086 # a list
		[ -z "$pids" ] || kill -9 $pids 2>/dev/null
		ip netns del "$ns"
	done
	[ -z "$made_run_sshd" ] || rmdir /run/sshd
	[ -z "$work" ] || rm -rf "$work"
}

die() {
	printf '%sdemo: %s%s\n' "$red" "$1" "$plain" >&2
	exit 1
}

# Namespaces of these names may be there already on a user's own machine.
choose_names() {
	if [ -e /run/netns/client ] || [ -e /run/netns/translator ] ||
	   [ -e /run/netns/server ]; then
		client+=-$$ translator+=-$$ server+=-$$
	fi
}

make_work() {
	local where=/tmp

	# 100 MB are to be written and read.
	[ ! -w /dev/shm ] || where=/dev/shm
	work=$(mktemp -d "$where/nlab.XXXX") || die "no temporary folder"
	chmod 755 "$work"
}

on_client() { ip netns exec "$client" "$@"; }

setup_run() {
	run "$1"
	((!step_failed)) || die "the network could not be set up"
}

setup_network() {
	step "Three network namespaces in a row" \
		"The client has no IPv6, the server has no IPv4."
	made=("$client" "$translator" "$server")
	local ns
	for ns in "${made[@]}"; do
		setup_run "ip netns add $ns"
	done
	setup_run "ip link add c0 netns $client type veth peer name t4 netns $translator"
	setup_run "ip link add s0 netns $server type veth peer name t6 netns $translator"
	setup_run "ip netns exec $client sysctl -qw net.ipv6.conf.all.disable_ipv6=1"
	setup_run "ip -n $client addr add 198.51.100.2/24 dev c0"
	setup_run "ip -n $client link set c0 up"
	setup_run "ip -n $translator addr add 198.51.100.1/24 dev t4"
	setup_run "ip -n $translator addr add 2001:db8::1/64 dev t6 nodad"
	setup_run "ip -n $translator link set t4 up"
	setup_run "ip -n $translator link set t6 up"
	setup_run "ip netns exec $translator sysctl -qw net.ipv4.ip_forward=1 \\
      net.ipv6.conf.all.forwarding=1"
	setup_run "ip -n $server addr add 2001:db8::10/64 dev s0 nodad"
	setup_run "ip -n $server link set s0 up"
	setup_run "ip -n $client route add default via 198.51.100.1"
	setup_run "ip -n $server route add default via 2001:db8::1"
}

write_files() {
	cat >"$work/nginx.conf" <<END
user root;
worker_processes 1;
pid $work/nginx.pid;
error_log $work/nginx.log;
events { }
http {
	access_log off;
	sendfile on;
	server {
		listen [::]:80 ipv6only=on;
		root $work/www;
		ssi on;
	}
}
END
	mkdir "$work/www"
	cat >"$work/www/index.html" <<'END'
<title>IPv6-only</title>
<p>This server has no IPv4. You came as <!--#echo var="remote_addr" -->.
END
	# Without PAM sshd refuses accounts that are locked, as root's may be.
	local pam=no
	! grep -q '^root:!' /etc/shadow || pam=yes
	cat >"$work/sshd_config" <<END
ListenAddress [::]:22
HostKey $work/host_key
AuthorizedKeysFile $work/key.pub
PidFile none
StrictModes no
PermitUserRC no
SetEnv HOME=$work
UsePAM $pam
END
	cat >"$work/ssh_config" <<END
Host *
	User root
	IdentityFile $work/key
	IdentitiesOnly yes
	StrictHostKeyChecking no
	UserKnownHostsFile /dev/null
	LogLevel ERROR
	BatchMode yes
	ConnectTimeout 20
END
	local key
	for key in host_key key; do
		ssh-keygen -q -t ed25519 -N '' -f "$work/$key" ||
			die "no keys for ssh"
	done
	if [ ! -d /run/sshd ]; then
		mkdir -m 755 /run/sshd && made_run_sshd=1
	fi
}

servers_up() {
	local list

	list=$(ip netns exec "$server" ss -Hltun) &&
		[[ $list == *:80\ * && $list == *:22\ * && $list == *:53\ * ]]
}

setup_servers() {
	step "Ordinary servers from Debian, on IPv6 only" \
		"nginx for HTTP, dnsmasq for DNS, sshd; none of them knows of us."
	write_files
	setup_run "ip netns exec $server nginx -e $work/nginx.log -c $work/nginx.conf"
	setup_run "ip netns exec $server dnsmasq -C /dev/null -u root -x $work/dns.pid -R -h \\
      --log-facility=$work/dns.log --address=/www.example/203.0.113.10"
	setup_run "ip netns exec $server $(command -v sshd) -f $work/sshd_config"
	wait_for 20 servers_up || die "the servers do not listen"
	run "ip -n $server -br addr show dev s0"
	want '2001:db8::10' "the server's address"
}

setup_translator() {
	step "Two commands make the translator" \
		"The server gets the IPv4 address 203.0.113.10; every IPv4 host is seen" \
		"behind the prefix 2001:db8:64::/96 (RFC 6052)."
	run "ip netns exec $client curl -sS -m 2 http://203.0.113.10/ || echo not reachable before"
	want 'not reachable before' "the server must not be reachable yet"
	run "nlabctl -n $translator set-xlat prefix 2001:db8:64::/96"
	run "nlabctl -n $translator add-map 203.0.113.10 2001:db8::10"
	run "nlabctl -n $translator test-map 203.0.113.10"
	want '203\.0\.113\.10 -> 2001:db8::10 via map' "the map's result"
	run "nlabctl -n $translator test-map 2001:db8:64::198.51.100.2"
	want '-> 198\.51\.100\.2 via prefix' "the prefix's result"
}

fetch_page() {
	step "The IPv4-only client reads a page of the IPv6-only server"
	run "ip netns exec $client curl -sS -m 20 http://203.0.113.10/"
	want 'You came as 2001:db8:64::c633:6402' "the page, with the client's address"
}

ping_both() {
	step "ping, both directions"
	run "ip netns exec $client ping -n -c 2 -i 0.2 -W 5 203.0.113.10"
	want '2 received, 0% packet loss' "two answers"
	run "ip netns exec $server ping -n -c 2 -i 0.2 -W 5 2001:db8:64::198.51.100.2"
	want '2 received, 0% packet loss' "two answers"
}

trace_both() {
	step "traceroute, both directions" \
		"The translator is a hop on the way and answers in the asker's family."
	run "ip netns exec $client traceroute -n -q 1 -N 1 -w 5 203.0.113.10"
	want ' 1  198\.51\.100\.1 .* 2  203\.0\.113\.10 ' "two hops"
	run "ip netns exec $server traceroute -n -q 1 -N 1 -w 5 2001:db8:64::198.51.100.2"
	want ' 1  2001:db8::1 .* 2  2001:db8:64::c633:6402 ' "two hops"
}

# Both captures see the same echo request and reply: before, after.
dump_packet() {
	local dev

	step "One packet before and after translation" \
		"tcpdump on both devices of the translator during one ping."
	capture t4 icmp
	# Echo, but not neighbour discovery.
	capture t6 'icmp6[0] < 130'
	for dev in t4 t6; do
		wait_for 20 grep -q 'listening on' "$work/$dev.err" ||
			problem "tcpdump: $(<"$work/$dev.err")"
	done
	run "ip netns exec $client ping -n -q -c 1 -W 5 203.0.113.10 | grep packets"
	want '1 received' "an answer"
	# Two packets end each capture.
	for dev in t4 t6; do
		wait_for 10 grep -q 'packets captured' "$work/$dev.err" ||
			problem "no packets on $dev"
		printf '%s   %s:%s\n' "$dim" "$dev" "$plain"
		show "$work/$dev"
	done
	output=$(<"$work/t4")
	want 'IP 198\.51\.100\.2 > 203\.0\.113\.10: ICMP echo request.*IP 203\.0\.113\.10 > 198\.51\.100\.2: ICMP echo reply' \
		"request and reply in IPv4"
	output=$(<"$work/t6")
	want 'IP6 2001:db8:64::c633:6402 > 2001:db8::10: ICMP6, echo request.*IP6 2001:db8::10 > 2001:db8:64::c633:6402: ICMP6, echo reply' \
		"request and reply in IPv6"
}

capture() {
	local cmd="ip netns exec $translator tcpdump -ntlc 2 -i $1 '$2'"

	printf '%s$ %s &%s\n' "$bold" "$cmd" "$plain"
	eval "$cmd" >"$work/$1" 2>"$work/$1.err" &
}

dns() {
	step "DNS over UDP"
	run "ip netns exec $client dig +short +tries=1 +time=10 @203.0.113.10 www.example"
	want '^203\.0\.113\.10$' "the address"
}

download() {
	local sum

	step "100 MB, with the checksum compared" \
		"TCP with segmentation offload: large packets pass the translator whole."
	run "head -c 100M /dev/urandom >$work/www/100M"
	run "sha1sum <$work/www/100M"
	sum=$output
	run "ip netns exec $client curl -sS -m 120 http://203.0.113.10/100M | sha1sum"
	[ "$output" = "$sum" ] || problem "the checksum differs"
	[[ $sum =~ ^[0-9a-f]{40} ]] || problem "no checksum"
	rm -f "$work/www/100M"
}

lines_at_least() { [ "$(wc -l <"$work/ticks")" -ge "$1" ]; }

# Another table with the same pair in it, and 500 others.
write_maps() {
	local i

	{
		echo "203.0.113.10 2001:db8::10"
		for ((i = 0; i < 256; i++)); do
			echo "192.0.2.$i 2001:db8:1::$i"
			((i == 10)) || echo "203.0.113.$i 2001:db8:2::$i"
		done
	} >"$work/border.maps"
}

session() {
	local before after n pid

	step "A long ssh session, while the whole table is replaced"
	write_maps
	printf '%s$ %s%s\n' "$bold" "ip netns exec $client ssh -F $work/ssh_config 203.0.113.10 \\
      'while sleep 0.1; do date; done' >$work/ticks &" "$plain"
	on_client ssh -F "$work/ssh_config" 203.0.113.10 \
		'while sleep 0.1; do date; done' >"$work/ticks" 2>"$work/ssh.err" &
	pid=$!
	wait_for 40 lines_at_least 2 || {
		problem "the session did not start"
		show "$work/ssh.err"
		return
	}
	run "ip netns exec $client ss -Htn dst 203.0.113.10"
	before=$output
	want 'ESTAB.*203\.0\.113\.10:22' "an established connection"
	run "nlabctl -n $translator load-maps $work/border.maps"
	want 'added 511, removed 0, kept 1' "one pair stays"
	n=$(wc -l <"$work/ticks")
	wait_for 20 lines_at_least $((n + 5)) ||
		problem "the session stands still after load-maps"
	run "ip netns exec $client ss -Htn dst 203.0.113.10"
	after=$output
	[ "$(awk '{print $4, $5}' <<<"$before")" = "$(awk '{print $4, $5}' <<<"$after")" ] ||
		problem "it is another connection"
	run "wc -l <$work/ticks"
	printf '   lines have come through the session, %d of them since load-maps\n' \
		$((output - n))
	kill "$pid"
	wait "$pid" 2>/dev/null
}

counters() {
	step "What the translator counted" \
		"The pair has kept its counters from before load-maps."
	run "nlabctl -n $translator -s show-maps 203.0.113.10"
	want '203\.0\.113\.10 2001:db8::10' "the pair"
	# 100 MB came out of the inside address
	want 'out [0-9]+ packets 1[0-9]{8} bytes' "more than 100 MB from the server"
	run "nlabctl -n $translator show-stats"
	want 'packets46 +[0-9]{2}' "packets from IPv4 to IPv6"
	want 'packets64 +[0-9]{2}' "packets from IPv6 to IPv4"
}

trap cleanup EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP
choose_names
make_work

cat <<END

${bold}nlab: an IPv4-only client uses an IPv6-only server${plain}

   client               translator                      server
   198.51.100.2 ------- 198.51.100.1   2001:db8::1 ---- 2001:db8::10
              c0     t4        nlab.ko         t6     s0

   the server for IPv4:   203.0.113.10  <->  2001:db8::10
   the client for IPv6:   198.51.100.2  <->  2001:db8:64::198.51.100.2

   Linux $(uname -r), $(nlabctl -V). Lines with \$ are commands, to be typed as root.
END

for part in setup_network setup_servers setup_translator fetch_page ping_both \
	    trace_both dump_packet dns download session counters; do
	$part
	((!step_failed)) || break
done
if ((step_failed)); then
	printf 'The demo stops here. The counters of the translator:\n'
	run "nlabctl -n $translator show-stats"
fi
finish_story "$begin"
