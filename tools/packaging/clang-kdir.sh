#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# clang-kdir.sh KDIR COPY CC: print the kernel build folder that CC can use.
# That is KDIR, except when CC is clang and the headers in KDIR were configured
# for gcc: their flags are then gcc's, and Debian's name the compiler itself.
# For that case COPY gets the same headers configured as "make CC=clang
# olddefconfig" would have done, which header packages cannot run for lack of
# Kconfig files.
set -e -u -o pipefail

kdir=$(realpath "$1")
copy=$2
cc=$3

if [[ -z $cc || -e $kdir/Kconfig ]] ||
   ! "$cc" --version 2>/dev/null | grep -q clang ||
   ! grep -q '^CONFIG_CC_IS_GCC=y' "$kdir/include/config/auto.conf"; then
	echo "$kdir"
	exit 0
fi

identity="$kdir $("$cc" --version | head -n 1) $(stat -c %Y "$kdir/include/config/auto.conf")"
if [[ -e $copy/.identity && $(<"$copy/.identity") == "$identity" ]]; then
	echo "$copy"
	exit 0
fi

version=$(echo __clang_major__ __clang_minor__ __clang_patchlevel__ |
	"$cc" -E -P -x c - | awk '{ print $1 * 10000 + $2 * 100 + $3 }')
# unset_option, set_option: in both forms in which the build reads options.
unset_option() {
	sed -i "/^CONFIG_$1=/d" "$copy/include/config/auto.conf"
	sed -i "/^#define CONFIG_$1\(_MODULE\)\? /d" "$copy/include/generated/autoconf.h"
}

set_option() {
	unset_option "$1"
	echo "CONFIG_$1=$2" >>"$copy/include/config/auto.conf"
	echo "#define CONFIG_$1 ${2/#y/1}" >>"$copy/include/generated/autoconf.h"
}

has_flag() {
	"$cc" -Werror "$@" -c -x c /dev/null -o /dev/null 2>/dev/null
}

has_option() {
	grep -q "^CONFIG_$1=" "$copy/include/config/auto.conf"
}

# Header packages do not hold min-tool-version.sh. The per-CPU stack protector
# of x86 since 6.15 is where a clang that is too old fails first.
IFS=. read -r major minor _ <"$kdir/include/config/kernel.release"
if ((major * 1000 + ${minor%%[!0-9]*} >= 6015)) &&
   grep -q '^CONFIG_X86_64=y' "$kdir/include/config/auto.conf" &&
   ! has_flag -mstack-protector-guard-symbol=guard; then
	echo "nlab: kernel $major.$minor needs clang 15 or newer, $cc is older" >&2
	exit 1
fi

rm -rf "$copy"
mkdir -p "$copy"
for entry in "$kdir"/*; do
	ln -s "$(realpath "$entry")" "$copy/"
done
# Nothing that a build could write to may be a link into KDIR.
rm -f "$copy/Makefile" "$copy/include" "$copy/Module.symvers"
cp -rL "$kdir/include" "$kdir/Makefile" "$kdir/.config" "$kdir/Module.symvers" "$copy/"
sed -i "s|^KBUILD_OUTPUT *=.*|KBUILD_OUTPUT=$copy|" "$copy/Makefile"
if [[ -e $kdir/.kernelvariables ]]; then
	sed '/^CC *=/d; /^CCACHE *=/d' "$kdir/.kernelvariables" >"$copy/.kernelvariables"
fi

unset_option CC_IS_GCC
set_option CC_IS_CLANG y
set_option GCC_VERSION 0
set_option CLANG_VERSION "$version"

# Features of gcc, and their counterparts where clang has one.
has_flag -mrecord-mcount || unset_option FTRACE_MCOUNT_USE_CC
if ! has_flag -mfunction-return=thunk-extern; then
	unset_option RETHUNK
	unset_option MITIGATION_RETHUNK
fi
if ! has_flag -mharden-sls=all; then
	unset_option SLS
	unset_option MITIGATION_SLS
fi
# Kconfig has named address spaces for gcc only.
unset_option USE_X86_SEG_SUPPORT
unset_option CC_HAS_NAMED_AS
if ! has_flag -ftrivial-auto-var-init=zero; then
	set_option CC_HAS_AUTO_VAR_INIT_ZERO_ENABLER y
fi
if has_option UBSAN_BOUNDS_STRICT; then
	unset_option UBSAN_BOUNDS_STRICT
	set_option UBSAN_ARRAY_BOUNDS y
fi
if has_option CC_IMPLICIT_FALLTHROUGH; then
	set_option CC_IMPLICIT_FALLTHROUGH '"-Wimplicit-fallthrough"'
fi
mapfile -t options < <(sed -n 's/^CONFIG_\(GCC_PLUGIN[A-Z0-9_]*\)=.*/\1/p' \
	"$copy/include/config/auto.conf")
for option in "${options[@]}"; do
	unset_option "$option"
done

printf '%s\n' "$identity" >"$copy/.identity"
echo "$copy"
