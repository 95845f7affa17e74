#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# sparse.sh MODDIR KDIR [NAME [SOURCE]]: sparse with endian checks on every object
# that was built in MODDIR, or on kmod/NAME.o, with the flags that kbuild recorded;
# on the text of SOURCE in place of its own.
# "make C=2" would do, but newer header packages lack the script with which
# kbuild approves of sparse, and it is then left out without an error.
# Prints the findings in our files; ends with 1 when there are any.
set -u -o pipefail

moddir=$(realpath "$1")
kdir=$(realpath "$2")
name=${3:-*}
source=${4:+$(realpath "$4")}

# Prints sparse's findings on the object whose record is $1.
run_sparse() {
	local record line target flags

	record=$1
	line=$(head -n 1 "$record")
	target=${line%% := *}
	target=${target##*cmd_}
	# Drop the compiler, objtool's command after it, and the output.
	flags=${line#* := * }
	flags=${flags%% ; *}
	flags=$(sed -E 's/-Wp,-MM?D,[^ ]+//; s/ -c -o [^ ]+ / /; s/ +$//' <<<"$flags")
	[[ -z $source ]] || flags="${flags% *} $source"
	# Up to 6.12 kbuild compiles from KDIR, later from MODDIR.
	if [[ $target == /* ]]; then
		cd "$kdir" || return
	else
		cd "$moddir" || return
	fi
	# What sparse 0.6.4 does not know, it is told: headers of 6.15 and later
	# use both, the second one in MODULE_LICENSE's assertion.
	# shellcheck disable=SC2086 # the words of a shell command
	eval sparse -D__linux__ -Dlinux -D__STDC__ -Dunix -D__unix__ \
		-D__CHECKER__ -D__CHECK_ENDIAN__ -Wbitwise -Wno-return-void \
		-Wno-unknown-attribute -D__x86_64__ --arch=x86 -mlittle-endian \
		-m64 "'-D__typeof_unqual__=__typeof__'" \
		"'-D__builtin_strlen(s)=(sizeof(s)-1)'" $flags 2>&1
}

count=0
found=0
while read -r record; do
	count=$((count + 1))
	out=$(run_sparse "$record" |
		grep -E "^($moddir/)?(kmod|include)/[^:]*:[0-9]+:[0-9]+: (warning|error)" |
		sort -u)
	[[ -z $out ]] && continue
	echo "$out"
	found=1
done < <(find "$moddir/kmod" -name ".$name.o.cmd" | sort)
((count)) || { echo "no objects in $moddir/kmod"; exit 1; }
exit $found
