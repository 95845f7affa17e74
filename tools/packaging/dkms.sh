#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# dkms.sh install|uninstall VERSION: register the tree's module with dkms and
# build it for the running kernel (KVER= another one), or take it away from
# every kernel.
set -e -u -o pipefail

action=$1
version=$2
kernel=${KVER:-$(uname -r)}
src=/usr/src/nlab-$version

die() {
	printf 'nlab: %s\n' "$*" >&2
	exit 1
}

((EUID == 0)) || die "dkms-$action writes to /usr/src and /lib/modules: run it as root"
command -v dkms >/dev/null || die "dkms is missing, install it with: apt-get install dkms"
if dpkg-query -W -f='${db:Status-Abbrev}' nlab-dkms 2>/dev/null | grep '^.i' >/dev/null; then
	die "the package nlab-dkms looks after the module here: remove it first"
fi

forget() {
	if [[ -n $(dkms status -m nlab -v "$version") ]]; then
		dkms remove -m nlab -v "$version" --all
	fi
	rm -rf "$src"
}

case $action in
install)
	forget
	mkdir -p "$src"
	cp -r dkms.conf Kbuild kmod include COPYING "$src/"
	dkms add -m nlab -v "$version"
	if [[ ! -e /lib/modules/$kernel/build/Makefile ]]; then
		sh tools/packaging/no-headers.sh "/lib/modules/$kernel/build" "$kernel" >&2
		die "registered with dkms, but not built for $kernel"
	fi
	dkms install -m nlab -v "$version" -k "$kernel"
	;;
uninstall)
	forget
	;;
*)
	die "unknown action $action"
	;;
esac
