#!/bin/busybox sh
# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash
#
# First program of a QEMU guest, in its initial file system: puts a writable
# layer over the host's files and goes on with guest.sh in there.

bb() { /bin/busybox "$@"; }

fail() {
	echo "nlab-vm: $1"
	bb poweroff -f
}

bb mount -t proc proc /proc
bb mount -t sysfs sysfs /sys
bb mount -t devtmpfs devtmpfs /dev
if [ -n "$NLAB_PROBE" ]; then
	echo "nlab-vm: probe"
	bb poweroff -f
fi
while read -r m; do
	bb insmod "/modules/$m" || fail "can't load $m"
done </modules/order

opt=trans=virtio,version=9p2000.L,msize=1048576
bb mount -t 9p -o $opt,ro,cache=loose host /lower || fail "no root share"
bb mount -t 9p -o $opt build /build || fail "no build share"
bb mount -t tmpfs -o mode=755,size=75% tmpfs /over || fail "no tmpfs"
bb mkdir /over/upper /over/work
bb mount -t overlay -o lowerdir=/lower,upperdir=/over/upper,workdir=/over/work \
	overlay /new || fail "no overlay"
tree=$(bb cat "/build/vm/$NLAB_RUN/tree")
bb mount --move /build "/new$tree/build" || fail "can't mount $tree/build"
bb umount /proc /sys /dev
exec /bin/busybox switch_root /new /bin/bash "$tree/selftests/vm/guest.sh" \
	"$tree/build/vm/$NLAB_RUN"
