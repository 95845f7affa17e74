#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# install-module.sh NLAB.KO DESTDIR: install the module for the kernel it was
# built for. install-module.sh -r DESTDIR: remove what that left, for every
# kernel. Not the kernel's modules_install: that writes the index files of all
# modules below DESTDIR, which no package may ship.
set -e -u -o pipefail

place=updates/nlab.ko

if [[ $1 == -r ]]; then
	destdir=$2
	for file in "$destdir"/lib/modules/*/"$place"; do
		[[ -e $file ]] || continue
		dir=${file%/updates/nlab.ko}
		rm -f "$file"
		rmdir "${file%/*}" 2>/dev/null || :
		if [[ -n $destdir ]]; then
			(cd "$destdir" &&
			 rmdir -p --ignore-fail-on-non-empty ".${dir#"$destdir"}" 2>/dev/null) || :
		else
			depmod -a "${dir##*/}"
		fi
	done
	exit 0
fi

release=$(modinfo -F vermagic "$1" | cut -d' ' -f1)
dir=$2/lib/modules/$release
printf '  INSTALL %s\n' "$dir/$place"
install -D -m 644 "$1" "$dir/$place"
[[ -n $2 ]] || depmod -a "$release"
