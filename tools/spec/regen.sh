#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0
#
# Generates from Documentation/netlink/specs/nlab.yaml, with the generator of
# the kernel (tools/net/ynl of a 7.2 source tree):
#   include/uapi/linux/nlab.h   kmod/netlink-gen.{c,h}
# and, with tools/spec/names.py, what the tools and the documents need:
#   tools/lib/names-gen.{c,h}   Documentation/netlink.rst
# and, with tools/spec/lab_schema.py, from Documentation/lab.schema.json:
#   Documentation/lab-file.rst
# and, with tools/spec/link_dist.py, the tables of kmod/pure/link_dist.c.
#
# usage: regen.sh [--check]     --check: change nothing, fail on a difference
# The kernel tree is KSRC, else that of the test kernel uml-debug.
set -euo pipefail

top=$(cd "$(dirname "$0")/../.." && pwd)
spec=$top/Documentation/netlink/specs/nlab.yaml
check=${1:-}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

ksrc=${KSRC:-$("$top/selftests/vm/kernel.sh" kdir uml-debug)}
gen=$ksrc/tools/net/ynl/pyynl/ynl_gen_c.py
[ -f "$gen" ] || { echo "regen: no $gen; set KSRC to a Linux 7.2 tree" >&2; exit 1; }

# The generator climbs from the spec to a folder with a file MAINTAINERS and
# reads the schema two folders above the spec: give it a small tree like that.
mkdir -p "$work/Documentation/netlink/specs"
touch "$work/MAINTAINERS"
cp "$ksrc"/Documentation/netlink/*.yaml "$work/Documentation/netlink/"
cp "$spec" "$work/Documentation/netlink/specs/"

python=/usr/bin/python3	# Debian's, which has python3-yaml and python3-jsonschema
ynl() {
	local out=$1
	shift
	timeout 60 "$python" "$gen" --spec "$work/Documentation/netlink/specs/nlab.yaml" \
		-o "$work/${out##*/}" "$@"
	sed -i 's|tools/net/ynl/ynl-regen.sh|make regen|' "$work/${out##*/}"
	install -D -m 644 "$work/${out##*/}" "$work/new/$out"
}

ynl include/uapi/linux/nlab.h --mode uapi --header
ynl kmod/netlink-gen.h --mode kernel --header
ynl kmod/netlink-gen.c --mode kernel --source
# In 6.1 a range is not const, and in per-op form the family, which alone would
# use the table of groups, is not generated.
sed -i -e 's/^static const struct netlink_range_validation/static struct netlink_range_validation/' \
	-e '/^static const struct genl_multicast_group/,/^};/d' \
	-e '${/^$/d}' "$work/new/kmod/netlink-gen.c"
"$python" "$top/tools/spec/names.py" "$spec" "$work/new"
"$python" "$top/tools/spec/lab_schema.py" "$top/Documentation/lab.schema.json" \
	>"$work/new/Documentation/lab-file.rst"
mkdir -p "$work/new/kmod/pure"
"$python" "$top/tools/spec/link_dist.py" >"$work/new/kmod/pure/link_dist.c"

status=0
while read -r file; do
	cmp -s "$work/new/$file" "$top/$file" && continue
	if [ "$check" = --check ]; then
		echo "regen: $file differs from the spec; run make regen" >&2
		status=1
	else
		install -D -m 644 "$work/new/$file" "$top/$file"
		echo "  GEN     $file"
	fi
done < <(cd "$work/new" && find . -type f -printf '%P\n' | sort)
exit $status
