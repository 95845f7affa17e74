# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# Common part of the tests in net/, to be sourced first. A test makes network
# namespaces (nodes), runs commands in them, and gives one KTAP result per
# "check NAME COMMAND...". What it started or made goes when it ends.
#
# A node is known by the name of a shell variable: "nodes client server" makes
# two namespaces and sets $client and $server to their names, which are random.

set -u -o pipefail

selftests=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd -P)
# Programs that selftests/Makefile builds.
# shellcheck disable=SC2034
built=${NLAB_TEST_BUILD:-$selftests/../build/selftests}

# shellcheck source=build/ktap.sh
. "$selftests/build/ktap.sh"

node_list=()
pid_list=()
ssh=()
work=''
# Set by nodes().
client='' xlat='' server=''

cleanup() {
	local status=$? ns

	trap '' INT TERM HUP
	if ((${#pid_list[@]})); then
		kill "${pid_list[@]}" 2>/dev/null
		wait "${pid_list[@]}" 2>/dev/null
	fi
	for ns in "${node_list[@]}"; do
		echo "netns del $ns"
	done | ip -force -b - 2>/dev/null
	[[ -z $work ]] || rm -rf "$work"
	exit $status
}

bail_out() {
	echo "Bail out! $*"
	exit 1
}

# need PROGRAM...: skips the whole test if one is not installed.
need() {
	local program

	for program in "$@"; do
		command -v "$program" >/dev/null ||
			skip_all "$program is not installed"
	done
}

# check_with PROGRAM NAME COMMAND...: skips that check if it is not installed.
check_with() {
	if command -v "$1" >/dev/null; then
		check "${@:2}"
	else
		skip "$2" "$1 is not installed"
	fi
}

start_test() {
	((EUID == 0)) || skip_all "needs root"
	need ip gojq nlabctl
	[[ -d /sys/module/nlab ]] || modprobe -q nlab ||
		skip_all "nlab.ko is not loaded"
	work=$(mktemp -d)
	chmod 755 "$work"
	# Off the share that a virtual machine has its files from.
	cp "$built/in-netns" "$work/" || bail_out "run make -C selftests"
	exec {never}<> <(:)
	trap cleanup EXIT
	trap 'exit 129' HUP
	trap 'exit 130' INT
	trap 'exit 143' TERM
	ktap_start
}

# --- waiting ---

# Without a process, which is dear on an emulated machine.
pause() { read -rt "$1" <&"$never" || :; }

# wait_for SECONDS COMMAND...: until it succeeds.
wait_for() {
	local end=$((SECONDS + $1))

	shift
	until "$@" >/dev/null 2>&1; do
		if ((SECONDS > end)); then
			echo "waited in vain for: $*"
			return 1
		fi
		pause 0.05
	done
}

# --- nodes ---

# on NODE COMMAND...
on() {
	local ns=$1

	shift
	"$work/in-netns" "$ns" -- "$@"
}

# write_sysctl NODE NAME=VALUE...: below net/, names with slashes.
write_sysctl() { "$work/in-netns" "$@"; }

# counted NODE COUNTER: of the kernel's, as nstat(8) calls it.
counted() {
	on "$1" nstat -asz "$2" | awk -v name="$2" '$1 == name { print $2 }'
}

# nodes NAME...: without duplicate address detection, which would make tests
# wait, and without limits for ICMP errors, which would make them guess.
nodes() {
	local name

	for name in "$@"; do
		printf -v "$name" 'nlab-%s-%04x%04x' "$name" $RANDOM $RANDOM
		node_list+=("${!name}")
		echo "netns add ${!name}"
	done >"$work/batch"
	ip -b "$work/batch" || bail_out "can't make namespaces"
	for name in "$@"; do
		"$work/in-netns" "${!name}" -u lo \
			ipv4/ip_forward=0 ipv6/conf/all/forwarding=0 \
			ipv6/conf/default/accept_dad=0 \
			ipv6/conf/all/accept_dad=0 \
			ipv6/conf/default/router_solicitations=0 \
			ipv4/icmp_ratelimit=0 ipv6/icmp/ratelimit=0 ||
			bail_out "can't set up a namespace"
	done
}

# links [DEVICE NODE ADDRESS[,ADDRESS...] DEVICE NODE ADDRESS[,ADDRESS...]]...
# Pairs of virtual Ethernet devices; "-" is no address.
links() {
	local args=("$@") ns
	declare -A batch=()

	while (($#)); do
		echo "link add $1 netns $2 type veth peer name $4 netns $5"
		link_addresses "$1" "$2" "$3"
		link_addresses "$4" "$5" "$6"
		shift 6
	done >"$work/batch"
	ip -b "$work/batch" || bail_out "can't make links: ${args[*]}"
	for ns in "${!batch[@]}"; do
		ip -n "$ns" -b - <<<"${batch[$ns]}" ||
			bail_out "can't set up the devices of $ns"
	done
}

# addresses [DEVICE NODE ADDRESS[,ADDRESS...]]...: of devices that are there,
# which are taken up.
addresses() {
	local ns
	declare -A batch=()

	while (($#)); do
		link_addresses "$1" "$2" "$3"
		shift 3
	done
	for ns in "${!batch[@]}"; do
		ip -n "$ns" -b - <<<"${batch[$ns]}" || return
	done
}

# What is to be done to a device, into the variable batch of links().
link_addresses() {
	local dev=$1 ns=$2 list a

	IFS=, read -ra list <<<"${3#-}"
	batch[$ns]+="link set $dev up"$'\n'
	for a in "${list[@]}"; do
		[[ $a != *:* ]] || a+=" nodad"
		batch[$ns]+="addr add $a dev $dev"$'\n'
	done
}

# routes NODE ROUTE...: as "ip route add" has it.
routes() {
	local ns=$1 r

	shift
	for r; do
		echo "route add $r"
	done | ip -n "$ns" -b - || bail_out "can't add the routes $*"
}

forwarding() {
	local ns

	for ns; do
		write_sysctl "$ns" ipv4/ip_forward=1 ipv6/conf/all/forwarding=1
	done
}

# The network that most tests use. The server is known as 203.0.113.10 to the
# client, the client as 64:ff9b::198.51.100.2 to the server.
#
#	client c0 -------- x4 xlat x6 -------- s0 server
#	198.51.100.2/24    .1         ::1      2001:db8:1::2/64
#
siit_network() {
	nodes client xlat server
	links c0 "$client" 198.51.100.2/24 x4 "$xlat" 198.51.100.1/24 \
		x6 "$xlat" 2001:db8:1::1/64 s0 "$server" 2001:db8:1::2/64
	routes "$client" "default via 198.51.100.1"
	routes "$server" "default via 2001:db8:1::1"
	forwarding "$xlat"
	nlabctl -n "$xlat" -b - <<-END || bail_out "no translator"
	set-xlat prefix 64:ff9b::/96
	add-map 203.0.113.10 2001:db8:1::2
	END
}

# Addresses of siit_network, for the tests.
# shellcheck disable=SC2034
server4=203.0.113.10 server6=2001:db8:1::2
# shellcheck disable=SC2034
client4=198.51.100.2 client6=64:ff9b::c633:6402

# Both hosts reach each other; also fills the neighbour tables. An emulated
# machine under a flood of packets may take its time.
reachable() {
	wait_for 60 on "$client" ping -c 1 -W 2 "$server4" &&
		wait_for 60 on "$server" ping -c 1 -W 2 "$client6"
}

# --- programs ---

# start NODE COMMAND...: in the background, until the test ends; its number is
# in $started, its output in $work/NUMBER.log. Not inside a check.
start() {
	local ns=$1 out

	shift
	# Opened here, so that it is the same file after mv.
	exec {out}>"$work/log"
	"$work/in-netns" "$ns" -- "$@" </dev/null >&"$out" 2>&1 {out}>&- &
	started=$!
	exec {out}>&-
	mv "$work/log" "$work/$started.log"
	pid_list+=("$started")
}

# running NUMBER...: none of these has ended.
running() {
	local pid

	for pid; do
		kill -0 "$pid" || return
	done
}

listens() {
	[[ -n $(on "$1" ss -Hln"${2:0:1}" "sport = :$3") ]]
}

# start_server NODE tcp|udp PORT COMMAND...: until it listens.
start_server() {
	local ns=$1 proto=$2 port=$3

	shift 3
	start "$ns" "$@"
	wait_for 60 listens "$ns" "$proto" "$port" || {
		ktap_diag <"$work/$started.log"
		bail_out "$1 does not listen on port $port"
	}
}

# start_web NODE: nginx on port 80 of all addresses, with the folder $work/www; what
# is in slow/ there comes at 50 KB/s.
start_web() {
	mkdir -p "$work/www" "$work/nginx"
	cat >"$work/nginx.conf" <<-END
	user root;
	daemon off;
	worker_processes 1;
	pid $work/nginx.pid;
	error_log stderr;
	events { }
	http {
		access_log off;
		sendfile on;
		# Who reads slowly is not gone.
		send_timeout 1d;
		client_body_temp_path $work/nginx/1;
		proxy_temp_path $work/nginx/2;
		fastcgi_temp_path $work/nginx/3;
		uwsgi_temp_path $work/nginx/4;
		scgi_temp_path $work/nginx/5;
		server {
			listen 80;
			listen [::]:80;
			root $work/www;
			ssi on;
			# curl --limit-rate reads 5 MB at once, then waits.
			location /slow/ {
				limit_rate 50k;
			}
		}
	}
	END
	echo 'You came as <!--#echo var="remote_addr" -->.' >"$work/www/index.html"
	start_server "$1" tcp 80 nginx -c "$work/nginx.conf" -e stderr
}

# start_ssh NODE: sshd on port 2222, for remote().
start_ssh() {
	local key pam=no

	for key in host key; do
		ssh-keygen -q -t ed25519 -N '' -f "$work/$key" || bail_out "no keys"
	done
	mkdir -p /run/sshd
	# Without PAM sshd refuses accounts that are locked, as root's may be.
	! grep -q '^root:!' /etc/shadow || pam=yes
	cat >"$work/sshd" <<-END
	HostKey $work/host
	AuthorizedKeysFile $work/key.pub
	PidFile none
	StrictModes no
	UsePAM $pam
	UseDNS no
	END
	ssh=(ssh -p 2222 -i "$work/key" -o BatchMode=yes
		-o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null
		-o LogLevel=ERROR -o ConnectTimeout=30 "root@$server4")
	start_server "$1" tcp 2222 "$(command -v sshd)" -D -e -p 2222 \
		-f "$work/sshd"
}

# remote COMMAND...: on the server, from the client.
remote() { on "$client" "${ssh[@]}" "$@"; }

# open_session: one that stays, whose lines come back; to be asked by echoed.
open_session() {
	mkfifo "$work/in" "$work/out"
	# Not by a function, whose shell would be what is killed in the end: run.sh
	# waits for all who could still print something.
	"$work/in-netns" "$client" -- "${ssh[@]}" cat <"$work/in" >"$work/out" &
	pid_list+=($!)
	exec 7>"$work/in" 8<"$work/out"
}

echoed() {
	local line

	echo "$1" >&7 && read -r -t 120 line <&8 && [[ $line = "$1" ]]
}

# --- emulated links ---

# link_pair: two nodes whose devices know each other's address, so that packets
# have the same numbers in each run.
#
#	client c0 ---- s0 server
#	198.51.100.1   198.51.100.2
#
link_pair() {
	nodes client server
	write_sysctl "$client" ipv6/conf/default/disable_ipv6=1
	write_sysctl "$server" ipv6/conf/default/disable_ipv6=1
	nlabctl add-link "c0@$client" "s0@$server" ||
		bail_out "can't make a link"
	addresses c0 "$client" 198.51.100.1/24 s0 "$server" 198.51.100.2/24
	ip -n "$client" neigh add 198.51.100.2 dev c0 lladdr \
		"$(ip -n "$server" -j link show s0 | gojq -r '.[0].address')"
	ip -n "$server" neigh add 198.51.100.1 dev s0 lladdr \
		"$(ip -n "$client" -j link show c0 | gojq -r '.[0].address')"
}

# set_link KEY VALUE...: of the client's device.
set_link() { nlabctl -n "$client" set-link c0 "$@"; }

# fresh: the link as it was made.
fresh() {
	set_link rate none delay 0 jitter 0 distribution uniform loss 0 \
		ge-enter 0 ge-leave 0 duplicate 0 corrupt 0 reorder 0 \
		jitter-correlation 0 markov-13 0 markov-14 0 \
		loss-pattern none loss-list none limit-packets 1000 \
		codel-target 0 codel-interval 100ms ecn off \
		red-max none red-min 0 red-chance 10% \
		slot-delay 0 slot-jitter 0 slot-distribution uniform \
		slot-packets none slot-bytes none schedule none trace none
}

# link_count NAME: counter of the direction from the client.
link_count() {
	nlabctl -n "$client" -s -j show-links c0 | gojq ".[0].dir.stats.\"$1\""
}

# pings COUNT ARGUMENT...: prints how many answers came; the rest is in a file.
pings() {
	on "$client" ping -q -c "$1" -i 0.002 -W 1 "${@:2}" 198.51.100.2 |
		tee "$work/ping" | sed -n 's/.* \([0-9]*\) received.*/\1/p'
}

# pass: all packets.
pass() { [[ $(pings 5) = 5 ]]; }

# --- the translator ---

# counter NAME [NODE]: of the namespace.
counter() {
	local name value

	while read -r name value; do
		[[ $name != "$1" ]] || { echo "$value"; return; }
	done <<<"$(nlabctl -s -n "${2:-$xlat}" show-stats)"
	return 1
}

# announced, withdrawn REASON: of $xlat. Read without gojq: most of the time that a
# test takes goes into the starts of programs.
announced() {
	[[ $(nlabctl -n "$xlat" show-announce) = 'state       announced'$'\n'* ]]
}
withdrawn() {
	[[ $(nlabctl -n "$xlat" show-announce) = \
		'state       withdrawn: '*([!$'\n'])"$1"[,$'\n']* ]]
}

# counts NAME COMMAND...: COMMAND succeeds and the counter has grown.
counts() {
	local name=$1 before after

	shift
	before=$(counter "$name") || return 1
	"$@" || return 1
	after=$(counter "$name") || return 1
	echo "$name: $before before, $after after"
	((after > before))
}

# Seconds to wait for the answer of a ping. What is meant to fail is counted or
# seen elsewhere and gets less.
# shellcheck disable=SC2034 # read by the functions of tests
patience=10

# memory_begin, memory_end: what the kernel has allocated, by and large, is not
# more after many rounds of the same than after few.
kernel_memory() {
	awk '/^(Slab|Percpu|VmallocUsed):/ { sum += $2 } END { print sum }' \
		/proc/meminfo
}

# In a file: what a check calls can't set variables.
memory_begin() { kernel_memory >"$work/memory"; }

memory_less() { (($(kernel_memory) < $(<"$work/memory") + 12288)); }

memory_end() {
	echo "$(<"$work/memory") KB before, $(kernel_memory) KB after"
	wait_for 60 memory_less
}

# fails COMMAND...
fails() {
	# shellcheck disable=SC2034
	local patience=0.5

	if "$@"; then
		echo "succeeded: $*"
		return 1
	fi
}

# refused STATUS TEXT COMMAND...: ends with STATUS and says TEXT on stderr.
refused() {
	local status=$1 text=$2 said rc

	shift 2
	said=$("$@" 2>&1 >/dev/null)
	rc=$?
	echo "status $rc: $said"
	[[ $rc = "$status" && $said = *"$text"* ]]
}

# equal WANTED COMMAND...: what it prints.
equal() {
	local wanted=$1 got

	shift
	got=$("$@") || return 1
	[[ $got = "$wanted" ]] || {
		printf 'wanted: %s\ngot:    %s\n' "$wanted" "$got"
		return 1
	}
}
