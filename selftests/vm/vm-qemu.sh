# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# The QEMU half of vm.sh, which reads this file.
# shellcheck disable=SC2154,SC2034 # variables of vm.sh

# Initial file system: busybox and the modules for the root file system.
make_initrd() {
	local rel key tmp kind path

	rel=$(cat "$kdir/release")
	key=$(cat "$here/init-qemu.sh" "$here/vm-qemu.sh" "$kdir/release" |
	      sha256sum | cut -c1-12)
	initrd=$cache/initrd/$kernel-$key.cpio.gz
	[ -e "$initrd" ] && return
	mkdir -p "$cache/initrd"
	tmp=$(mktemp -d "$cache/initrd/tmp.XXXXXX")
	mkdir -p "$tmp"/{bin,dev,proc,sys,modules,lower,over,build,new}
	cp "$(command -v busybox)" "$tmp/bin/busybox"
	cp "$here/init-qemu.sh" "$tmp/init"
	chmod 755 "$tmp/init"
	for kind in virtio_pci virtio_rng 9pnet_virtio 9p overlay; do
		modprobe -d "$kdir" -S "$rel" --show-depends "$kind"
	done | while read -r kind path _; do
		[ "$kind" = insmod ] || continue
		kind=$(basename "${path%.xz}")
		[ ! -e "$tmp/modules/$kind" ] || continue
		case $path in
		*.xz)	xz -dc "$path" >"$tmp/modules/$kind" ;;
		*)	cp "$path" "$tmp/modules/$kind" ;;
		esac
		echo "$kind" >>"$tmp/modules/order"
	done
	(cd "$tmp" && find . | cpio -o -H newc -R 0:0 2>/dev/null |
	 gzip -1) >"$tmp.gz"
	rm -rf "$tmp"
	mv "$tmp.gz" "$initrd"
}

qemu() {
	qemu-system-x86_64 -no-user-config -nodefaults -display none \
		-no-reboot -kernel "$kdir/image" -initrd "$initrd" \
		"$@" </dev/null
}

# /dev/kvm may be there and yet not boot anything: believe only a boot.
accelerator() {
	local key answer=$cache/kvm log

	if [ ! -r /dev/kvm ] || [ ! -w /dev/kvm ]; then
		echo tcg
		return
	fi
	key="$(uname -r) $(qemu-system-x86_64 --version | head -n 1) $(
		cat /proc/sys/kernel/random/boot_id)"
	if [ "$(head -n 1 "$answer" 2>/dev/null)" != "$key" ]; then
		log=$(mktemp "$cache/kvm.XXXXXX")
		kdir=$kdir initrd=$initrd timeout -k 1 10 bash -c "$(
			declare -f qemu); qemu \"\$@\"" qemu -accel kvm \
			-cpu host -m 256M -serial "file:$log" \
			-append 'console=ttyS0 quiet panic=-1 NLAB_PROBE=1' \
			>/dev/null 2>&1 || :
		if grep -q 'nlab-vm: probe' "$log"; then
			printf '%s\nkvm\n' "$key" >"$log"
		else
			printf '%s\ntcg\n' "$key" >"$log"
		fi
		mv "$log" "$answer"
	fi
	tail -n 1 "$answer"
}

make_idle() {
	local idle=$tree/build/vm/idle

	[ "$idle" -nt "$here/idle.c" ] ||
		gcc -O2 -static -o "$idle" "$here/idle.c"
}

start_qemu() {
	local accel pinned=()

	make_initrd
	# QEMU 7.2 keeps translated code by virtual address: a program that
	# lies elsewhere each time is translated each time, which takes five
	# times as long as to run it (so norandmaps), and goes through string
	# instructions byte by byte.
	case $clock-$(accelerator) in
	virtual-*)
		make_idle
		accel=(-accel "tcg,thread=single" -cpu "max,-erms,-fsrm"
			-icount "shift=1,sleep=off" -rtc clock=vm)
		cpus=1 ;;
	*-kvm)	accel=(-accel kvm -cpu host)
		threads=multi ;;
	*)	accel=(-accel "tcg,thread=$threads" -cpu "max,-erms,-fsrm") ;;
	esac
	if [ "$cpus" = 1 ] || [ "$threads" = single ]; then
		pin
	fi
	# A comma in a path is written twice in QEMU's options.
	export kdir initrd
	setpriv --pdeathsig TERM timeout -k 5 "$limit" "${pinned[@]}" bash -c "$(declare -f qemu); qemu \"\$@\"" qemu \
		"${accel[@]}" -smp "$cpus" -m "$mem" \
		-serial "file:${run//,/,,}/console" \
		-device virtio-rng-pci \
		-virtfs "local,path=/,mount_tag=host,security_model=none,readonly=on,multidevs=remap" \
		-virtfs "local,path=${tree//,/,,}/build,mount_tag=build,security_model=none,multidevs=remap" \
		-append "console=ttyS0 quiet panic=-1 oops=panic mitigations=off norandmaps log_buf_len=4M NLAB_RUN=${run##*/}" \
		>"$run/qemu.log" 2>&1 &
	emu=$!
}
