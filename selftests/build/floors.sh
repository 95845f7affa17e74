#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Floors of the module and of the tools (Documentation/architecture.rst): a
# file includes headers of its own floor or of a lower one, and what belongs
# to one floor alone appears nowhere else.
set -u -o pipefail
cd "$(dirname "$0")/../.." || exit 1

status=0

complain() {
	echo "$1"
	status=1
}

# floor FILE: 0 uapi, 1 pure, 2 core and compat, 3 tables, 4 packet paths,
# 5 netlink, 6 main.
floor() {
	case $1 in
	include/uapi/*) echo 0 ;;
	kmod/pure/*|kmod/env/*) echo 1 ;;
	kmod/core/*|kmod/compat.h|kmod/version.h) echo 2 ;;
	kmod/main.*) echo 6 ;;
	kmod/netlink*|kmod/*/*_nl.[ch]) echo 5 ;;
	kmod/*/*_table.[ch]) echo 3 ;;
	# The one header that a feature shows to others holds only prototypes
	# and shared structures.
	kmod/*/*.h) echo 3 ;;
	*) echo 4 ;;
	esac
}

# Prints the included file as a path of the tree, or "<system header>".
resolve() {
	local file=$1 name=$2

	if [[ $name == \"* ]]; then
		name=${name//\"/}
		for dir in "${file%/*}" kmod include/uapi include; do
			[[ -e $dir/$name ]] || continue
			realpath --relative-to=. "$dir/$name"
			return
		done
		echo "missing: $name"
	elif [[ $name == *linux/nlab.h* ]]; then
		echo include/uapi/linux/nlab.h
	elif [[ $name == "<nlab/"* ]]; then
		name=${name#<}
		echo "kmod/env/${name%>}"
	else
		echo "$name"
	fi
}

includes() {
	sed -n 's/^[[:space:]]*#[[:space:]]*include[[:space:]]*\([<"][^>"]*[>"]\).*/\1/p' "$1"
}

check_include() {
	local file=$1 to=$2 feature other

	case $to in
	missing:*)
		complain "$file: include not found: ${to#missing: }"
		return ;;
	'<'*)
		case $(floor "$file") in
		1)
			[[ $file == kmod/env/* ]] ||
				complain "$file: pure/ includes $to, only <nlab/env.h> is its door" ;;
		3|4)
			# <linux/netlink.h> alone gives a validating function
			# its extack; tables and paths have none.
			case $file:$to in
			*_table.c:*netlink.h*|*_path.c:*netlink.h*|*net/*netlink.h*)
				complain "$file: $to belongs to the netlink floor" ;;
			esac ;;
		esac
		return ;;
	esac
	(($(floor "$to") <= $(floor "$file"))) ||
		complain "$file: includes $to, which is a higher floor"
	# Only main and the packet pipeline know two features.
	feature=$(feature_of "$file")
	other=$(feature_of "$to")
	[[ -z $feature || -z $other || $feature == "$other" ]] ||
		complain "$file: feature $feature includes feature $other"
}

feature_of() {
	case $1 in
	kmod/pure/*|kmod/core/*|kmod/env/*|kmod/selftest/*) ;;
	kmod/*/*) cut -d/ -f2 <<<"$1" ;;
	esac
}

count=0
while read -r file; do
	count=$((count + 1))
	while read -r name; do
		check_include "$file" "$(resolve "$file" "$name")"
	done < <(includes "$file")
done < <(find kmod include -name '*.[ch]' | sort)
((count > 10)) || complain "found only $count files in kmod/ and include/"

# Names that stand for a floor. The numbers of the statistics attributes are
# also those of counters and drop reasons, on every floor.
deny() {
	local what=$1 pattern=$2 found
	shift 2

	found=$(grep -nP "$pattern" "$@" /dev/null)
	[[ -z $found ]] || complain "$what:"$'\n'"$found"
}

mapfile -t files < <(find kmod -name '*.[ch]' ! -path kmod/compat.h)
deny "kernel version asked outside kmod/compat.h" \
	'\b(LINUX_VERSION_CODE|KERNEL_VERSION|RHEL_RELEASE_CODE)\b' "${files[@]}"
mapfile -t files < <(find kmod/pure -name '*.[ch]')
deny "pure/ knows skb, lock, allocation, clock or random" \
	'\b(struct sk_buff|k[mz]alloc|kfree|spin_lock|mutex_lock|rcu_read_lock|jiffies|ktime_get|get_random_[a-z0-9]+|printk|pr_[a-z]+)\b' \
	"${files[@]}"
mapfile -t files < <(find kmod -mindepth 2 -name '*.c' ! -name '*_nl.c')
((${#files[@]})) && deny "netlink below its floor" \
	'\b(nla_[a-z0-9_]+|genl_[a-z0-9_]+|genlmsg_[a-z]+|NLAB_A_(?!STATS_)[A-Z0-9_]+)\b' \
	"${files[@]}"

mapfile -t files < <(find tools/lib -name '*.c' 2>/dev/null)
((${#files[@]})) && deny "tools/lib prints, exits or reads arguments" \
	'\b(printf|puts|putchar|perror|exit|_exit|optarg)\s*\(|\bstd(out|err)\b' "${files[@]}"
mapfile -t files < <(find tools/nlabctl -name '*.[ch]' 2>/dev/null)
((${#files[@]})) && deny "a command speaks netlink itself" \
	'#include\s*<(libmnl|netlink)/|\b(NLAB_A_(?!STATS_|LINK_STATS_)[A-Z0-9_]+|mnl_[a-z_]+|nla_[a-z0-9_]+|genlmsg_[a-z]+)\b' "${files[@]}"
exit $status
