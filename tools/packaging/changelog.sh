#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# changelog.sh VERSION: debian/changelog on stdout, from this version's section
# of CHANGELOG.md ("## VERSION ..." and "- " items below it).
set -e -u -o pipefail

version=$1
if [[ -z ${SOURCE_DATE_EPOCH-} ]]; then
	SOURCE_DATE_EPOCH=$(git log -1 --format=%ct 2>/dev/null || date -r CHANGELOG.md +%s)
fi
maintainer=$(sed -n 's/^Maintainer: //p' tools/packaging/debian/control)

items=$(awk -v version="$version" '
	/^## / { inside = ($2 == version || $2 == "[" version "]"); next }
	inside && /^- / { sub(/^- /, ""); print "  * " $0; next }
	inside && /^  [^ ]/ { sub(/^  /, ""); print "    " $0 }
' CHANGELOG.md)
if [[ -z $items ]]; then
	echo "changelog: CHANGELOG.md has no entries for $version" >&2
	exit 1
fi

printf 'nlab (%s) unstable; urgency=medium\n\n%s\n\n -- %s  %s\n' \
	"$version" "$items" "$maintainer" \
	"$(LC_ALL=C date -u -R -d "@$SOURCE_DATE_EPOCH")"
