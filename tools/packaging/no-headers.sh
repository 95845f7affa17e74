#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# no-headers.sh KDIR RELEASE: say why the module cannot be built and what to
# install.
kdir=$1
release=$2
id=
like=
if [ -r /etc/os-release ]; then
	# shellcheck source=/dev/null
	. /etc/os-release
	id=${ID-}
	like=${ID_LIKE-}
fi

echo "nlab: module not built: no kernel build folder at $kdir"
# Somebody's own folder: no package puts it there.
if [ "$kdir" != "/lib/modules/$release/build" ]; then
	exit 0
fi
case "$id $like" in
*debian*|*ubuntu*)
	if apt-cache show "linux-headers-$release" >/dev/null 2>&1; then
		echo "nlab: install it with: apt-get install linux-headers-$release"
	else
		echo "nlab: install linux-headers-$release (not found in the package lists here: the running kernel is not a packaged one, or 'apt-get update' is due)"
	fi
	;;
*fedora*|*rhel*|*centos*)
	echo "nlab: install it with: dnf install kernel-devel-$release"
	;;
*suse*)
	echo "nlab: install it with: zypper install kernel-default-devel"
	;;
*arch*)
	echo "nlab: install it with: pacman -S linux-headers"
	;;
*alpine*)
	echo "nlab: install it with: apk add linux-lts-dev"
	;;
*)
	echo "nlab: install the headers package of kernel $release"
	;;
esac
echo "nlab: or build for another kernel with: make modules KDIR=/lib/modules/RELEASE/build"
