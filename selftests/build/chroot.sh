#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# chroot.sh [-u] -- COMMAND...: run COMMAND as root in a clean Debian 12 that
# is thrown away afterwards: an overlay on a base system which debootstrap
# makes once (NLAB_CACHE). The tree is at /src, read-only, build/deb inside it
# too; there is no network and no host process. Compilers there are ccache's, with
# the cache of the tests. -u: make the base and stop.
# Ends with COMMAND's status; 4 and a reason when there can be no chroot.
set -e -u -o pipefail

suite=bookworm
mirror=${NLAB_MIRROR:-http://deb.debian.org/debian}
arch=$(dpkg --print-architecture)
# What dkms needs, and what nlab-tools depends on, since apt is offline inside.
packages=dkms,gcc,make,kmod,ccache,linux-headers-$arch,libexpat1,libjansson4
packages+=,libmicrohttpd12,libmnl0,libyaml-0-2

tree=$(cd "$(dirname "$0")/../.." && pwd)
cache=${NLAB_CACHE:-$HOME/.cache/nlab}
base=$cache/chroot-$suite

cannot() {
	echo "$*"
	exit 4
}

((EUID == 0)) || cannot "needs root"
command -v debootstrap >/dev/null || cannot "debootstrap is missing (make deps)"
unshare --mount --pid --fork --net true 2>/dev/null ||
	cannot "may not create mount, pid and network namespaces"

reachable() {
	/usr/lib/apt/apt-helper -o Acquire::Retries=0 -o Acquire::http::Timeout=20 \
		download-file "$mirror/dists/$suite/InRelease" "$1" >/dev/null 2>&1
}

make_base() {
	local new probe

	[[ -e $base/.nlab-packages && $(<"$base/.nlab-packages") == "$packages" ]] &&
		return
	probe=$(mktemp)
	reachable "$probe" || { rm -f "$probe"; cannot "no $base and $mirror cannot be reached"; }
	rm -f "$probe"
	new=$(mktemp -d "$cache/chroot-new.XXXXXX")
	if ! debootstrap --variant=minbase --include="$packages" "$suite" \
			"$new" "$mirror" >"$new.log" 2>&1; then
		tail -n 20 "$new.log" >&2
		rm -rf "$new" "$new.log"
		exit 1
	fi
	rm -f "$new.log" "$new"/var/cache/apt/archives/*.deb
	printf '%s\n' "$packages" >"$new/.nlab-packages"
	chmod 755 "$new"
	rm -rf "$base"
	mv "$new" "$base"
}

mkdir -p "$cache/ccache"
exec 9>"$cache/.chroot.lock"
flock 9
make_base
exec 9>&-
[[ ${1-} == -u ]] && exit 0
[[ ${1-} == -- ]] && shift

# Runs in the new namespaces; the mounts end with them.
inside() {
	top=$(mktemp -d)
	trap 'umount -l "$top" 2>/dev/null; rmdir "$top"' EXIT
	mount -t tmpfs -o size=2g tmpfs "$top"
	mkdir "$top/upper" "$top/work" "$top/root"
	mount -t overlay overlay -o \
		"lowerdir=$base,upperdir=$top/upper,workdir=$top/work" "$top/root"
	mkdir -p "$top/root/src"
	mount --bind "$tree" "$top/root/src"
	mount -o remount,bind,ro "$top/root/src"
	mkdir -p "$top/root/var/cache/ccache"
	mount --bind "$cache/ccache" "$top/root/var/cache/ccache"
	mount -t proc proc "$top/root/proc"
	mount -t tmpfs tmpfs "$top/root/tmp"
	mount --bind /dev/null "$top/root/dev/null" 2>/dev/null || :
	printf '#!/bin/sh\nexit 101\n' >"$top/root/usr/sbin/policy-rc.d"
	chmod 755 "$top/root/usr/sbin/policy-rc.d"
	env -i PATH=/usr/lib/ccache:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin \
		CCACHE_DIR=/var/cache/ccache HOME=/root LC_ALL=C.UTF-8 DEBIAN_FRONTEND=noninteractive \
		chroot "$top/root" "$@"
}

export -f inside
export base tree cache
exec unshare --mount --pid --fork --net --propagation private \
	bash -e -u -c 'inside "$@"' inside "$@"
