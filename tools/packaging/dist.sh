#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# dist.sh VERSION DIR: DIR/nlab-VERSION.tar.xz, the same bytes for the same
# commit wherever it is made. Outside git (an unpacked release), the tree.
set -e -u -o pipefail

name=nlab-$1
out=$2/$name.tar.xz

mkdir -p "$2"
if [[ -e .git ]] && git rev-parse -q --verify HEAD >/dev/null 2>&1; then
	[[ -z $(git status --porcelain -uno) ]] ||
		echo "dist: uncommitted changes are not in the tarball" >&2
	git archive --format=tar --prefix="$name/" HEAD
else
	tar -c --format=ustar --sort=name --owner=0 --group=0 --numeric-owner \
		--mode=u+rw,go=rX --mtime="@${SOURCE_DATE_EPOCH:-0}" \
		--exclude=./build --transform="s,^\.,$name," .
fi | xz -6 -T1 >"$out.new"
mv "$out.new" "$out"
printf '  DIST    %s\n' "$out"
