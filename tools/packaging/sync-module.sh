#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# sync-module.sh TREE DIR IDENTITY: make DIR hold the module's sources as they
# are in TREE. Files are compared by content and keep their time, so that only
# what changed is built again; sources that TREE no longer has go away.
# IDENTITY names kernel and compiler: kbuild's dependency files hold paths
# relative to the kernel tree, so objects of another kernel would look fresh.
set -e -u -o pipefail

tree=$1
dir=$2
identity=$3

mkdir -p "$dir"
if [[ ! -e $dir/.identity || $(<"$dir/.identity") != "$identity" ]]; then
	find "$dir" -mindepth 1 -delete
	printf '%s\n' "$identity" >"$dir/.identity"
fi

list() {
	(cd "$1" && find kmod include Kbuild -type f \
		\( -name '*.[chS]' -o -name 'Kbuild*' -o -name '*.mk' \) \
		! -name '*.mod.c' 2>/dev/null) | sort
}

while read -r file; do
	cmp -s "$tree/$file" "$dir/$file" && continue
	mkdir -p "$(dirname "$dir/$file")"
	cp -p "$tree/$file" "$dir/$file"
	# The time of this copy, for a source may be older than the object.
	touch "$dir/$file"
done < <(list "$tree")

comm -13 <(list "$tree") <(list "$dir") | while read -r file; do
	rm -f "$dir/$file" "$dir/${file%.c}.o"
done
