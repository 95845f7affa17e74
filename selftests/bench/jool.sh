#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Makes Debian's Jool ready for the test kernel "uml" and prints its folder,
# which has jool_common.ko, jool_siit.ko, jool_siit (the tool) and version.
# Fails with the reason as last line on stderr. Nothing is installed on this
# machine; apt downloads, with its own checks, the packages that it knows.
#
# Environment: NLAB_CACHE (default ~/.cache/nlab)

set -euo pipefail
shopt -s inherit_errexit

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd -P)
cache=${NLAB_CACHE:-${HOME:-/root}/.cache/nlab}

die() { printf 'jool.sh: %s\n' "$*" >&2; exit 1; }

candidate() {
	apt-cache policy "$1" 2>/dev/null | sed -n 's/^ *Candidate: //p'
}

fetch() {
	local dir=$1 pkg

	for pkg in jool-dkms jool-tools; do
		(cd "$dir" && apt-get -q -o APT::Sandbox::User=root download \
			"$pkg" >>log 2>&1) || die "can't fetch $pkg with apt"
		dpkg-deb -x "$dir/$pkg"_*.deb "$dir/root"
	done
}

# The tool of a newer Debian may want a newer C library than there is here.
check_tool() {
	"$1" --version >/dev/null 2>&1 ||
		die "jool_siit does not run here: $(ldd "$1" 2>&1 |
			grep -m 1 'not found' | sed 's/^[[:space:]]*//')"
}

build() {
	local dir=$1 kdir=$2 src part

	src=$(echo "$dir"/root/usr/src/jool-*/src/mod)
	[ -d "$src/siit" ] || die "the jool-dkms package has another layout"
	for part in common siit; do
		make -C "$kdir" ARCH=um M="$src/$part" modules \
			>>"$dir/log" 2>&1 || {
			cp "$dir/log" "$cache/jool.log"
			die "Jool does not build for this kernel (log:" \
				"$cache/jool.log)"
		}
	done
	cp "$src/common/jool_common.ko" "$src/siit/jool_siit.ko" \
		"$dir/root/usr/bin/jool_siit" "$dir/"
}

main() {
	local version kdir final work

	for p in apt-get apt-cache dpkg-deb make flock; do
		command -v $p >/dev/null || die "no $p here"
	done
	version=$(candidate jool-dkms)
	[[ -n $version && $version != "(none)" ]] ||
		die "apt knows no package jool-dkms (Debian has it)"
	kdir=$("$here/../vm/kernel.sh" kdir uml)
	final=$cache/jool/$version-$(basename "$(dirname "$kdir")")
	mkdir -p "$cache/jool"
	exec 9>"$cache/jool.lock"
	flock 9
	if [ ! -e "$final/version" ]; then
		work=$final.work
		rm -rf "$work"
		mkdir "$work"
		fetch "$work"
		build "$work" "$kdir"
		check_tool "$work/jool_siit"
		rm -rf "$work/root" "$work"/*.deb
		echo "$version" >"$work/version"
		mv -T "$work" "$final"
	fi
	echo "$final"
}

main "$@"
