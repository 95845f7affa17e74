#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# First program of a UML guest. Its root is the host's own file system by
# hostfs, mounted read-only: puts a writable layer over it, moves there so that
# nothing can reach the host's files for writing, and goes on with guest.sh.

export PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin

fail() {
	echo "nlab-vm: $1"
	busybox poweroff -f
}

# hostfs takes its folder in two spellings, by kernel and mount(8) version.
hostfs() {
	mount -t hostfs -o "$1" none "$2" 2>/dev/null ||
		mount -t hostfs -o "hostfs=$1" none "$2"
}

mount -t tmpfs -o mode=755 tmpfs /mnt || fail "no tmpfs"
mkdir /mnt/upper /mnt/work /mnt/new
mount -t overlay -o lowerdir=/,upperdir=/mnt/upper,workdir=/mnt/work \
	overlay /mnt/new || fail "no overlay"
tree=$(cat "$NLAB_RUN/tree")
hostfs "$tree/build" "/mnt/new$tree/build" || fail "can't mount $tree/build"
cd /mnt/new || fail "no overlay"
pivot_root . mnt || fail "can't move to the overlay"
exec chroot . /bin/bash "$tree/selftests/vm/guest.sh" "$NLAB_RUN"
