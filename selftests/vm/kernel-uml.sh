# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# The User Mode Linux half of kernel.sh, which reads this file: say, die, need,
# fetch, suite_of and the apt functions are there, and the variables here and cache.
# shellcheck disable=SC2154

# Configuration fragments of a UML kernel.
uml_config() {
	echo "$here/kernel.config"
	case $1 in
	uml)		echo "$here/uml.config" ;;
	uml-7.2)	echo "$here/smp.config" ;;
	uml-debug)	echo "$here/debug.config" ;;
	esac
}

# What is changed in the sources.
uml_patch() {
	case $1 in
	uml-7.2)	echo "$here/uml-smp.patch" ;;
	uml-debug)	echo "$here/uml-debug.patch" ;;
	esac
}

# A kernel of other options or patches is another kernel in the cache.
uml_hash() {
	local files

	mapfile -t files < <(uml_config "$1"; uml_patch "$1")
	cat "${files[@]}" | sha256sum | cut -c1-12
}

# Source that a UML build never reads, more than half of it. Kconfig and Makefile
# of every folder are read.
uml_unused() {
	local p

	for p in drivers/{gpu,media,staging,scsi,infiniband,usb,iio} \
		 drivers/net/{ethernet,wireless} sound; do
		printf -- '--exclude=linux-source-*/%s/*.[ch]\n' "$p"
	done
	for p in alpha arc arm arm64 csky hexagon loongarch m68k microblaze \
		 mips nios2 openrisc parisc powerpc riscv s390 sh sparc xtensa; do
		printf -- '--exclude=linux-source-*/arch/%s/*.%s\n' \
			"$p" '[chS]' "$p" 'dts*'
	done
	# Documentation/netlink has the schema of the code generator.
	for p in 'Documentation/[!n]*' 'tools/testing/selftests/*'; do
		printf -- '--exclude=linux-source-*/%s/*\n' "$p"
	done
}

# Newest linux-source of the series that kernel $2 wants, else of the suite.
uml_source_package() {
	local suite=$1 series pkgs

	case $2 in
	uml)	series=6.1 ;;
	*)	series=7.2 ;;
	esac
	pkgs=$(names "$suite" '^linux-source-[0-9.]+$')
	grep -xF "linux-source-$series" <<<"$pkgs" && return
	pkgs=$(tail -n 1 <<<"$pkgs")
	[ -n "$pkgs" ] || die "no linux-source in $suite"
	say "$suite has no $series any more: taking ${pkgs#linux-source-} for it"
	echo "$pkgs"
}

uml_unpack() {
	local k=$1 deb=$2 tree=$3 tmp=$3.new exclude patch

	mapfile -t exclude < <(uml_unused)
	rm -rf "$tmp"
	mkdir -p "$tmp"
	dpkg-deb --fsys-tarfile "$deb" |
		tar -xf - -O --wildcards './usr/src/linux-source-*.tar.xz' |
		xz -dc -T0 |
		tar -xf - -C "$tmp" --strip-components=1 "${exclude[@]}"
	# Else each run would have to wait five seconds for a leak to count.
	sed -i 's/^\(#define MSECS_MIN_AGE\)[[:space:]].*/\1 500/' \
		"$tmp/mm/kmemleak.c"
	for patch in $(uml_patch "$k"); do
		patch -s -p1 -d "$tmp" <"$patch" ||
			die "$patch does not fit $(basename "$deb")"
	done
	mv -T "$tmp" "$tree"
}

# The kernel's own tests of its network, from the source that a UML kernel is
# built of, with the programs that ours run. Prints their folder.
uml_selftests() {
	local k=$1 final=$cache/kernels/$1-selftests work=$cache/work/$1-selftests
	local suite pkg net=$cache/work/$1-selftests/root/net p

	suite=$(suite_of "$k")
	need gcc clang dpkg-deb flock xz
	mkdir -p "$work/root" "$cache/kernels"
	exec 9>"$cache/$k-selftests.lock"
	flock 9
	if [ ! -d "$final" ]; then
		apt_update "$suite"
		pkg=$(uml_source_package "$suite" "$k")
		fetch "$suite" "$work/deb" "$pkg"
		say "unpacking the tests of $pkg"
		dpkg-deb --fsys-tarfile "$work/deb/$pkg.deb" |
			tar -xf - -O --wildcards './usr/src/linux-source-*.tar.xz' |
			xz -dc -T0 |
			tar -xf - -C "$work/root" --strip-components=4 --wildcards \
				'linux-source-*/tools/testing/selftests/net/*' \
				'linux-source-*/tools/testing/selftests/kselftest.h' \
				'linux-source-*/tools/testing/selftests/bpf/progs/xdp_dummy.c'
		for p in so_txtime txtimestamp udpgso_bench_{rx,tx}; do
			gcc -O2 -w -o "$net/$p" "$net/$p.c" ||
				die "$p of $pkg does not build"
		done
		clang -O2 -target bpf -I"/usr/include/$(gcc -print-multiarch)" \
			-c "$work/root/bpf/progs/xdp_dummy.c" \
			-o "$work/root/bpf/xdp_dummy.bpf.o" ||
			die "xdp_dummy of $pkg does not build"
		mv -T "$work/root" "$final"
	fi
	rm -rf "$work"
	exec 9>&-
	echo "$final"
}

uml_configure() {
	local tree=$1 k=$2 files

	mapfile -t files < <(uml_config "$k")
	(
		cd "$tree" || exit
		make -s ARCH=um defconfig &&
		./scripts/kconfig/merge_config.sh -m .config "${files[@]}" &&
		make -s ARCH=um olddefconfig
	) || return
	# What the harness itself stands on; the other options may come and go
	# with kernel versions.
	local opt want=(HOSTFS OVERLAY_FS TMPFS DEVTMPFS MODULES NET_NS VETH
			NF_TABLES IPV6 HIGH_RES_TIMERS)
	[ "$k" != uml-debug ] ||
		want+=(KASAN PROVE_LOCKING PROVE_RCU DEBUG_KMEMLEAK
		       DEBUG_ATOMIC_SLEEP UBSAN FAILSLAB)
	[ "$k" != uml-7.2 ] || want+=(SMP)
	for opt in "${want[@]}"; do
		grep -qx "CONFIG_$opt=y" "$tree/.config" ||
			die "the $k configuration came out without CONFIG_$opt"
	done
}

# Out-of-tree builds want headers, Makefiles, scripts and Module.symvers.
uml_strip() {
	local tree=$1

	find "$tree" -type f \
		! -path "$tree/scripts/*" ! -path "$tree/include/*" \
		\( -name '*.[oacS]' -o -name '.*.cmd' -o -name '*.order' \
		   -o -name '*.ko' -o -name '*.mod' -o -name '*.rs' \) \
		-delete
	find "$tree/scripts" -name '*.o' -delete
	find "$tree/Documentation" -mindepth 1 -maxdepth 1 ! -name netlink \
		-exec rm -rf {} +
	rm -f "$tree"/vmlinux "$tree"/vmlinux.unstripped "$tree"/linux
	rm -rf "$tree"/{samples,sound,drivers,fs}
}

get_uml() {
	local k=$1 final=$2 suite work log tree pkg rel jobs

	suite=$(suite_of "$k")
	work=$cache/work/$(basename "$final")
	log=$work/log
	tree=$work/root/kdir
	need gcc make flex bison bc xz depmod patch perl python3
	mkdir -p "$work/root"
	if [ ! -d "$tree" ]; then
		apt_update "$suite"
		pkg=$(uml_source_package "$suite" "$k")
		fetch "$suite" "$work/deb" "$pkg"
		say "unpacking $pkg"
		uml_unpack "$k" "$work/deb/$pkg.deb" "$tree"
	fi
	jobs=$(nproc)
	say "building $k with $jobs jobs (once; minutes; log: $log)"
	uml_configure "$tree" "$k" >"$log" 2>&1 ||
		{ tail -n 15 "$log" >&2; die "can't configure $k, see $log"; }
	make -C "$tree" -j"$jobs" ARCH=um linux modules </dev/null >>"$log" 2>&1 ||
		{ tail -n 15 "$log" >&2; die "can't build $k, see $log"; }
	rel=$(make -s -C "$tree" ARCH=um kernelrelease)
	make -s -C "$tree" ARCH=um INSTALL_MOD_PATH="$work/root" \
		modules_install >>"$log" 2>&1 ||
		{ tail -n 5 "$log" >&2; die "can't install modules of $k"; }
	rm -f "$work/root/lib/modules/$rel"/{build,source}
	cp "$tree/linux" "$work/root/image"
	cp "$tree/.config" "$work/root/config"
	uml_strip "$tree"
	echo "$rel" >"$work/root/release"
	mkdir -p "$cache/kernels"
	mv -T "$work/root" "$final"
	rm -rf "$work"
	say "$k is $rel, ready"
}
