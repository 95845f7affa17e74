#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Runs as process 1 of either kind of guest once the file system is in place:
# completes the system, loads nlab.ko, runs the command, writes what vm.sh
# wants to know into the run folder $1 and powers off.
# shellcheck disable=SC2154 # the variables of guest.conf

run=$1
# shellcheck source=/dev/null
. "$run/guest.conf"
PATH=$tree/build/tools:${PATH:-/usr/bin:/bin}
for d in /usr/local/sbin /usr/local/bin /usr/sbin /usr/bin /sbin /bin; do
	[[ :$PATH: == *:$d:* ]] || PATH+=:$d
done
export PATH NLAB_VM=$kernel
pumps=()

# A synchronous write is on the host when it returns, whatever comes next.
pump() { exec dd bs=64k of="$1" oflag=append,dsync conv=notrunc,noerror status=none; }

finish() {
	echo "$1" | pump "$run/status"
	busybox poweroff -f
	# A reboot or a failed power-off must not go on with the command.
	while :; do sleep 60; done
}

# Each program start costs a tenth of a second in an emulated guest: busybox is
# linked statically, and few calls do it all.
file_systems() {
	local rel bb=busybox

	$bb mount -t proc proc /proc
	# The host's own root, still there in UML after the move away from it.
	[[ $kernel != uml* ]] || $bb umount -l /mnt
	$bb mount -t sysfs sysfs /sys
	$bb mount -t devtmpfs devtmpfs /dev
	$bb ln -sfn /proc/self/fd /dev/fd
	$bb ln -sf fd/0 /dev/stdin
	$bb ln -sf fd/1 /dev/stdout
	$bb ln -sf fd/2 /dev/stderr
	rel=$(</proc/sys/kernel/osrelease)
	$bb mount -t tmpfs -o mode=755 tmpfs /run
	$bb mkdir -p /dev/pts /dev/shm /dev/net /run/lock /run/netns \
		"/lib/modules/$rel"
	$bb mount -t devpts -o gid=5,mode=620,ptmxmode=666 devpts /dev/pts
	$bb mount -t tmpfs -o mode=1777 tmpfs /dev/shm
	$bb mount -t cgroup2 cgroup2 /sys/fs/cgroup
	$bb mount -t debugfs debugfs /sys/kernel/debug
	[ ! -d /sys/kernel/tracing ] ||
		$bb mount -t tracefs tracefs /sys/kernel/tracing
	$bb mount -o bind "$modules/$rel" "/lib/modules/$rel"
	echo "nlab-${kernel/./-}" >/proc/sys/kernel/hostname
	$bb ip link set lo up
}

# The kernel's log as it comes, on the host even if this guest hangs later.
follow_log() {
	pump "$run/kmsg" </dev/kmsg 2>/dev/null &
	pumps+=($!)
	echo "nlab-vm: start" >/dev/kmsg
	# Warnings and worse on the console too, in case this guest hangs.
	echo 5 >/proc/sys/kernel/printk
}

log_reached() {
	local i

	echo "$1" >/dev/kmsg
	for ((i = 0; i < 200; i++)); do
		[[ $(<"$run/kmsg") != *";$1"* ]] || return
		sleep 0.02
	done
}

leaks=/sys/kernel/debug/kmemleak

# An object counts as leaked when a second scan finds it unchanged, and when it
# is old enough (the debug kernel is built with half a second).
leak_scan() {
	[ -e $leaks ] || return
	sleep 0.6
	echo scan >$leaks
	echo scan >$leaks
}

load_module() {
	local ko=$tree/build/kmod-$kernel/nlab.ko dep

	for dep in $(modinfo -F depends "$ko" | tr ',' ' '); do
		modprobe "$dep" || return
	done
	insmod "$ko"
}

# Whatever the command left behind would hold namespaces and output open.
kill_rest() {
	local p pid again=1

	while [ $again = 1 ]; do
		again=0
		for p in /proc/[0-9]*; do
			pid=${p#/proc/}
			[[ " 1 ${pumps[*]} " != *" $pid "* ]] || continue
			# A kernel thread has no program.
			[ -e "$p/exe" ] || continue
			kill -9 "$pid" 2>/dev/null && again=1
		done
		[ $again = 0 ] || sleep 0.02
	done
}

run_command() {
	local out err

	busybox mkfifo /run/.nlab-out /run/.nlab-err
	pump "$run/out" </run/.nlab-out &
	out=$!
	pump "$run/err" </run/.nlab-err &
	err=$!
	pumps+=("$out" "$err")
	(
		cd "$cwd" || exit 126
		exec setsid "${command[@]}"
	) </dev/null >/run/.nlab-out 2>/run/.nlab-err 3>&- &
	wait $!
	rc=$?
	kill_rest
	wait "$out" "$err"
}

# Taint bits: D (oops), W (warning), B (bad page, KASAN), L (soft lockup).
taint() { echo $(($(</proc/sys/kernel/tainted) & (128 | 512 | 32 | 16384))); }

if [ -e "$run/started" ]; then
	# UML boots again on reboot(8).
	echo "the guest rebooted" >>"$run/console"
	busybox poweroff -f
fi
: >"$run/started"
if [ "$NLAB_VM_CLOCK" = virtual ]; then
	chrt -i 0 "$tree/build/vm/idle" &
	pumps+=($!)
fi
file_systems
tainted=$(taint)
follow_log
if [ "$kernel" = uml-debug ] && [ "$tainted" != 0 ]; then
	# lockdep is off for good after the first report of anything.
	echo "vm.sh: the kernel reported something at boot, no test is" \
		"worth anything" >>"$run/err"
	finish 126
fi
if [ -e $leaks ]; then
	leak_scan
	echo clear >$leaks
fi
if [ -n "$load" ] && ! load_module 2>>"$run/err"; then
	echo "vm.sh: nlab.ko does not load on $kernel" >>"$run/err"
	log_reached "nlab-vm: end"
	finish 126
fi
run_command
if [ -e $leaks ]; then
	leak_scan
	cat $leaks >"$run/kmemleak"
fi
if [ -d /sys/module/nlab ]; then
	rmmod nlab || echo "vm.sh: nlab.ko can't be removed" >>"$run/err"
	leak_scan
	[ ! -e $leaks ] || cat $leaks >"$run/kmemleak"
fi
now=$(taint)
[ "$now" = "$tainted" ] || echo "$now" >"$run/taint"
log_reached "nlab-vm: end"
finish "$rc"
