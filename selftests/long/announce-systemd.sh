#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The units as systemd runs them, from boot on: order, privileges, reload, what
# the watchdog does, an upgrade, the exporter, which a Prometheus reads. A systemd of its own is process 1
# of a container in the translator's namespace, so this wants the throw-away
# root of a virtual machine.
#
#	client ---- xlat ---- server	(siit_network in lib.sh)
# shellcheck source=../lib.sh
. "$(dirname "$0")/../lib.sh"
need ping curl gojq make nsenter systemctl systemd-analyze depmod
[[ -n ${NLAB_VM:-} ]] || skip_all "runs in a machine of vm.sh only"
systemd=/lib/systemd/systemd
[[ -x $systemd ]] || skip_all "systemd is not installed"
start_test
siit_network
addresses s0 "$server" 2001:db8:1::20/64,2001:db8:1::21/64,2001:db8:1::22/64
tree=$selftests/..
module=$tree/build/kmod-$NLAB_VM/nlab.ko
units=/usr/local/lib/systemd/system

# --- what an administrator does ---

install_all() {
	make -s -C "$tree" install-tools >"$work/install.log" 2>&1 &&
		rmmod nlab &&
		install -D "$module" "/lib/modules/$(uname -r)/updates/nlab.ko" &&
		depmod -a || return
	mkdir -p /etc/nlab
	echo "203.0.113.10 2001:db8:1::2" >/etc/nlab/maps
	cat >/etc/nlab/nlab.conf <<-END
	set-xlat prefix 64:ff9b::/96
	load-maps /etc/nlab/maps
	set-announce prefix 203.0.113.0/24,64:ff9b::/96 uplink x4,x6 hold 0
	END
}

# Only what our units ask for: not what else this machine starts at boot.
choose_units() {
	local unit etc=/etc/systemd/system

	for unit in /lib/systemd/system/sysinit.target.wants/*; do
		unit=${unit##*/}
		[[ $unit = systemd-journald.service ]] ||
			ln -sf /dev/null "$etc/$unit"
	done
	: >/etc/fstab
	mkdir -p "$etc/nlab-test.target.wants"
	cat >"$etc/nlab-test.target" <<-END
	[Unit]
	Requires=basic.target
	After=basic.target
	END
	# As "systemctl enable nlabd" has it for multi-user.target.
	ln -sf $units/nlabd.service "$etc/nlab-test.target.wants/"
}

boot() {
	local cgroup=/sys/fs/cgroup/nlab-test

	cat >"$work/boot" <<-END
	mkdir -p $cgroup
	echo \$\$ >$cgroup/cgroup.procs
	exec unshare -m -p -f -C bash $work/inside
	END
	# Of the process file system outside, before there is one of ours.
	cat >"$work/inside" <<-END
	read -r pid rest </proc/self/stat
	echo "\$pid" >$work/pid1
	mount -t proc proc /proc
	mount -t tmpfs -o mode=755 tmpfs /run
	mount -t cgroup2 cgroup2 /sys/fs/cgroup
	exec env -i container=nlab-test PATH="$PATH" $systemd --system \
		--unit=nlab-test.target --log-target=journal --show-status=no
	END
	start "$xlat" bash "$work/boot"
}

inside() { nsenter -t "$(<"$work/pid1")" -a "$@"; }
ctl() { inside systemctl "$@"; }
property() { ctl show -P "$1" "$2"; }
n() { nlabctl -n "$xlat" "$@"; }

# --- what is so then ---

active() {
	local unit

	for unit; do
		ctl is-active "$unit" || return
	done
}
status_text() { equal "$1" property StatusText nlabd; }

# A user of its own, system calls filtered, with two capabilities
# (12: CAP_NET_ADMIN, 13: CAP_NET_RAW).
confined() {
	local pid status

	pid=$(property MainPID nlabd)
	status=$(inside cat "/proc/$pid/status")
	echo "$status"
	[[ $status = *"CapEff:"$'\t'0000000000003000* &&
		$status = *NoNewPrivs:$'\t'1* &&
		$status = *Seccomp:$'\t'2* && $status != *Uid:$'\t'0* ]]
}

# Each reload replaces the table; the pings begin before and end after them.
reloads() {
	local i pid

	on "$client" ping -q -i 0.02 -w 60 -c 500 "$server4" >"$work/ping" &
	pid=$!
	for i in 20 21 22; do
		echo "203.0.113.$i 2001:db8:1::$i" >>/etc/nlab/maps
		ctl reload nlab || return
		on "$client" ping -c 1 -W 10 "203.0.113.$i" || return
	done
	kill -INT "$pid"
	wait "$pid"
	cat "$work/ping"
	grep ', 0% packet loss' "$work/ping"
}

again() { [[ $(property NRestarts nlabd) = "$1" ]] && active nlabd; }
hangs() {
	inside kill -STOP "$(property MainPID nlabd)" && wait_for 60 again 1 &&
		inside journalctl -u nlabd | grep -i watchdog
}
dies() {
	inside kill -KILL "$(property MainPID nlabd)" && wait_for 60 again 2
}
never_withdrawn() {
	announced && [[ $(gojq -r 'select(.event == "announce") |
		.announce.announced' "$work/$monitor.log") != *false* ]]
}
stopped() { ctl stop nlabd && announced; }

upgrade() {
	n drain && ctl stop nlabd && rmmod nlab && ctl restart nlab &&
		ctl start nlabd && wait_for 60 announced
}

metrics() {
	ctl start nlab-exporter &&
		wait_for 60 on "$xlat" curl -sSf -o "$work/metrics" \
			http://127.0.0.1:20206/metrics &&
		grep '^nlab_announce_up 1$' "$work/metrics"
}

# What Prometheus knows, by its own language: PATH FILTER, of gojq.
asks() {
	on "$xlat" curl -sS -m 60 "http://127.0.0.1:9090/api/v1/$1" | gojq -r "$2"
}
scraped() { [[ $(asks "query?query=up" '.data.result[0].value[1]') = 1 ]]; }
counted() {
	(($(asks "query?query=nlab_xlat_packets_total%7Bdirection=%224to6%22%7D" \
		'.data.result[0].value[1]') > 0))
}
alerted() {
	[[ $(asks alerts '.data.alerts[].labels.alertname') = *NlabWithdrawn* ]]
}
start_prometheus() {
	local examples=$tree/Documentation/examples/prometheus

	cp "$examples/nlab.rules.yml" "$work/"
	sed -e 's/: 15s/: 1s/; s/t1.example/127.0.0.1/; /t2.example/d' \
		"$examples/prometheus.yml" >"$work/prometheus.yml"
	start_server "$xlat" tcp 9090 prometheus \
		--config.file "$work/prometheus.yml" \
		--storage.tsdb.path "$work/tsdb" \
		--web.listen-address 127.0.0.1:9090
}
uplink_lost() { ip -n "$client" link set c0 down && wait_for 60 alerted; }

verify() { systemd-analyze verify --man=no $units/nlab*.service; }
exposure() {
	systemd-analyze security --no-pager --offline=yes "$units/$1.service" |
		sed -n "s/.*Overall exposure level for \(.*\): \([0-9.]*\).*/\1 \2/p" |
		tee "$work/exposure"
	[[ $(<"$work/exposure") = "$1.service "[01]* ]]
}

check "installed" install_all
choose_units
check "units are in order" verify
for unit in nlabd nlab-exporter; do
	check "exposure of $unit, of 10, is below 2" exposure $unit
	ktap_diag <"$work/exposure"
done
boot
check "systemd runs" wait_for 60 ctl list-units
check "both services are up" wait_for 120 active nlab nlabd
check "the node is announced" wait_for 60 announced
check "systemd knows" wait_for 30 status_text announced
check "the agent is confined" confined
check "packets pass" wait_for 60 on "$client" ping -c 1 -W 2 "$server4"
check "reloads lose nothing" reloads
start "$xlat" nlabctl -j monitor
monitor=$started
wait_for 60 test -s "$work/$monitor.log" || bail_out "no monitor"
check "an agent that hangs is killed and started again" hangs
check "one that dies is started again" dies
check "nobody saw a withdrawal" never_withdrawn
check "stopped, the node stays announced" stopped
kill "$monitor"
check "upgrade: drain, stop, unload, start" upgrade
check "metrics" metrics
if command -v prometheus >/dev/null; then
	start_prometheus
	check "Prometheus reads them" wait_for 60 scraped
	check "and knows the packets" wait_for 60 counted
	check "and the alert of a node that is withdrawn" uplink_lost
else
	skip "Prometheus reads them" "it is not installed"
fi
ctl stop nlab-exporter nlabd
kill -KILL "$(<"$work/pid1")"
ktap_end
