#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# kmod/version.h is the one source of the version: compare what must repeat it.
set -u -o pipefail
cd "$(dirname "$0")/../.." || exit 1

status=0
version=$(sed -n 's/.*NLAB_VERSION[[:space:]]*"\(.*\)".*/\1/p' kmod/version.h)

# same WHERE VALUE
same() {
	[[ $2 == "$version" ]] && return
	echo "$1 says '$2', kmod/version.h says '$version'"
	status=1
}

[[ $version =~ ^[0-9]+\.[0-9]+\.[0-9]+$ ]] || {
	echo "kmod/version.h: '$version' is not MAJOR.MINOR.PATCH"
	status=1
}
same dkms.conf "$(sed -n 's/^PACKAGE_VERSION="\(.*\)"$/\1/p' dkms.conf)"
same CHANGELOG.md "$(sed -n 's/^## \[\?\([0-9][0-9.]*\).*/\1/p' CHANGELOG.md | head -n 1)"
same debian/changelog "$(bash tools/packaging/changelog.sh "$version" |
	sed -n '1s/^nlab (\([^)]*\)).*/\1/p')"
for page in tools/man/*.[1-8]; do
	found=$(sed -n 's/^\.\(TH\|Os\).*nlab \([0-9][0-9.]*[0-9]\).*/\2/p' "$page")
	[[ -z $found ]] || same "$page" "$found"
done
exit $status
