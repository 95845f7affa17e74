#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The module at W=1 with gcc and clang, and sparse, against every supported
# kernel (K= selects); the tools; and what can be seen from the sources alone.
set -u -o pipefail
cd "$(dirname "$0")/../.." || exit 1
# shellcheck source=selftests/build/ktap.sh
. selftests/build/ktap.sh
# shellcheck source=selftests/build/ccache.sh
. selftests/build/ccache.sh

here=selftests/build
jobs=-j$(nproc)
# Not a random name: it is part of what compilers are asked.
work=$PWD/build/compile-work
rm -rf "$work"
mkdir -p "$work"
trap 'rm -rf "$work"' EXIT

# The newest there is: each kernel has its own idea of what is too old.
newest_clang() {
	compgen -c clang- | grep -E '^clang-[0-9]+$' | sort -Vu | tail -n 1 |
		grep . || echo clang
}

# A tree of its own, for the live one may be in use by other tests.
copy_tree() {
	rm -rf "$1"
	mkdir -p "$1"
	tar -c --exclude=./build --exclude=./.git . | tar -x -C "$1"
}

# Compiler output that is about this machine or the kernel's own headers.
# Relative places are ours: kernels since 6.13 compile from MODDIR.
strip_noise() {
	local kdir=$1

	grep -vE -e 'warning: (the compiler|pahole version) differs' \
		-e 'Skipping BTF generation' |
		grep -vE "^($(realpath "$kdir")|${kdir%/kdir}|/usr/src/linux-)[^:]*:" |
		grep -vE '^(\./|\.\./)?(include|arch)/[^:]*:[0-9]+.*: (warning|note|error)' |
		grep -E '(warning|WARNING|error|ERROR)[: ]|objtool'
}

# build K KDIR CC: keeps the output for the checks of this build.
build() {
	local dir=build/compile-$1-$3

	rm -rf "$dir" "$dir.kdir"
	remembering make modules KDIR="$2" MODDIR="$dir" CC="$3" W=1 "$jobs" \
		>"$work/log" 2>&1 || {
		cat "$work/log"
		return 1
	}
	[[ -s $dir/nlab.ko ]] || { echo "no $dir/nlab.ko"; return 1; }
	! strip_noise "$2" <"$work/log"
}

right_release() {
	local ko=build/compile-$1-gcc/nlab.ko magic version

	magic=$(modinfo -F vermagic "$ko")
	version=$(modinfo -F version "$ko")
	echo "$magic, version $version"
	[[ ${magic%% *} == "$(bash selftests/vm/kernel.sh release "$1")" ]] &&
		grep -qF "\"$version\"" kmod/version.h
}

# Parse errors in a newer kernel's headers could blind sparse, so that silence
# would mean nothing: plant a fault that it must find.
sparse_sees() {
	local planted=build/compile-$1-gcc/kmod/planted.c

	cat kmod/main.c - >"$planted" <<-'EOF'
	u32 nlab_planted(__be32 value);
	u32 nlab_planted(__be32 value) { return value; }
	EOF
	bash "$here/sparse.sh" "build/compile-$1-gcc" "$2" main "$planted" \
		>"$work/log" 2>&1
	grep 'planted\.c.*incorrect type in return' "$work/log" ||
		{ cat "$work/log"; return 1; }
}

# refused KDIR OPTION TEXT: by hand too, a kernel without OPTION is refused.
refused() {
	local kdir=$work/kdir-$2

	mkdir -p "$kdir"
	cp -rL "$1/include" "$1/Makefile" "$1/.config" "$kdir/"
	[[ ! -e $1/.kernelvariables ]] || cp "$1/.kernelvariables" "$kdir/"
	cp "$1/Module.symvers" "$kdir/"
	for entry in "$1"/*; do
		[[ -e $kdir/${entry##*/} ]] || ln -s "$(realpath "$entry")" "$kdir/"
	done
	sed -i "s|^KBUILD_OUTPUT *=.*|KBUILD_OUTPUT=$kdir|" "$kdir/Makefile"
	sed -i "/CONFIG_$2\(_MODULE\)\?[= ]/d" "$kdir/include/config/auto.conf" \
		"$kdir/include/generated/autoconf.h"
	if make modules KDIR="$kdir" MODDIR="$work/refused" CC=gcc >"$work/log" 2>&1; then
		echo "built for a kernel without CONFIG_$2"
		return 1
	fi
	grep -q "nlab needs.*CONFIG_$2" "$work/log" ||
		{ tail -n 20 "$work/log"; return 1; }
}

tools_clean() {
	copy_tree "$work/tools-$1"
	remembering make -C "$work/tools-$1" tools CC="$1" \
		CFLAGS="-O2 -g -Wall -Wextra -Werror" "$jobs" &&
		[[ -x $work/tools-$1/build/tools/nlabctl ]]
}

man_pages() {
	local out

	out=$(mandoc -T lint -W warning tools/man/*.[1-8] 2>&1)
	[[ -z $out ]] || { echo "$out"; return 1; }
}

# The same bytes twice, and a tree that builds.
dist_good() {
	local version tar

	version=$(sed -n 's/.*NLAB_VERSION[[:space:]]*"\(.*\)".*/\1/p' kmod/version.h)
	for n in 1 2; do
		bash tools/packaging/dist.sh "$version" "$work/dist$n" || return 1
	done
	tar=nlab-$version.tar.xz
	cmp "$work/dist1/$tar" "$work/dist2/$tar" || return 1
	tar -xf "$work/dist1/$tar" -C "$work" || return 1
	make -C "$work/nlab-$version" help >/dev/null
}


ktap_start
check "floors: includes go down only" bash $here/floors.sh
check "version.h, dkms.conf, changelogs and man pages agree" bash $here/version.sh
check "SPDX on every file" bash $here/spdx.sh
check "shellcheck on every script" bash $here/scripts.sh
check "man pages pass mandoc" man_pages
check "release tarball is reproducible" dist_good

clang=$(newest_clang)
for cc in gcc "$clang"; do
	check "tools with $cc, -Wall -Wextra -Werror" tools_clean "$cc"
done

first=
for k in ${K:-6.1 6.12 7.2}; do
	case $k in uml*) continue ;; esac
	if ! kdir=$(bash selftests/vm/kernel.sh kdir "$k" 2>"$work/err"); then
		if grep -q offline "$work/err"; then
			skip "module for $k" "kernel $k cannot be fetched, offline"
		else
			check "headers of kernel $k" sh -c "cat $work/err; false"
		fi
		continue
	fi
	for cc in gcc "$clang"; do
		check "module for $k with $cc at W=1, no warning" build "$k" "$kdir" "$cc"
	done
	check "module for $k: vermagic and version" right_release "$k"
	check "sparse on $k, endianness" \
		bash $here/sparse.sh "build/compile-$k-gcc" "$kdir"
	check "sparse on $k finds a planted fault" sparse_sees "$k" "$kdir"
	: "${first:=$k $kdir}"
done

if [[ -n $first ]]; then
	k=${first%% *}
	kdir=${first#* }
	for option in IPV6 NETFILTER NET_NS; do
		check "a kernel without CONFIG_$option is refused by name" \
			refused "$kdir" "$option"
	done
	check "make install and uninstall, DESTDIR and PREFIX" bash $here/install.sh \
		"$work/tools-gcc" "$PWD/build/compile-$k-gcc/nlab.ko"
fi

if [[ -n ${KSRC-} ]] ||
   bash selftests/vm/kernel.sh kdir uml-debug >/dev/null 2>"$work/err"; then
	check "generated code matches the specification" bash tools/spec/regen.sh --check
elif grep -q offline "$work/err"; then
	skip "generated code matches the specification" "generator cannot be fetched, offline"
else
	check "generator of the specification" sh -c "cat $work/err; false"
fi
ktap_end
