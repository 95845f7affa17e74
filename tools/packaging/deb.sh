#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# deb.sh VERSION DIR: build nlab-dkms and nlab-tools in DIR, from an export of
# the tree with debian/ at its top, where dpkg-buildpackage wants it.
set -e -u -o pipefail

version=$1
dir=$2
tree=$dir/nlab-$version

rm -rf "$dir"
mkdir -p "$tree"
if [[ -e .git ]] && git rev-parse -q --verify HEAD >/dev/null 2>&1; then
	git ls-files -z --cached --others --exclude-standard
else
	find . -path ./build -prune -o -type f -print0
fi | while IFS= read -r -d '' file; do
	# Listed by git, but deleted in the tree.
	if [[ -e $file ]]; then printf '%s\0' "$file"; fi
done | tar -c --null -T - | tar -x -C "$tree"

cp -r tools/packaging/debian "$tree/debian"
bash tools/packaging/changelog.sh "$version" >"$tree/debian/changelog"

cd "$tree"
printf '  DEB     nlab-dkms nlab-tools %s\n' "$version"
log=../build.log
if [[ ${V:-0} != 0 ]]; then
	log=/dev/stdout
fi
# Only what is to be installed: "apt install build/deb/*.deb" is the use of it.
DEB_BUILD_OPTIONS="${DEB_BUILD_OPTIONS-} noautodbgsym" \
	dpkg-buildpackage -b -us -uc >"$log" 2>&1 || {
	[[ $log == /dev/stdout ]] || tail -n 40 "$log" >&2
	exit 1
}
cd ..
rm -rf "nlab-$version"
printf '          %s\n' *.deb
