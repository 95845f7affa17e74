#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Fetches, builds and caches the kernels that the tests run on.
#
#   kernel.sh list           the kernels
#   kernel.sh get K          make K ready (fetch, build), print its folder
#   kernel.sh kdir K         the same, print the KDIR for module builds
#   kernel.sh release K      the same, print its release (uname -r)
#   kernel.sh kmake K        the same, print the arguments for `make modules`
#   kernel.sh selftests K    unpack the kernel's own tests that came with the
#                            source of a uml kernel, print their folder
#
# A ready kernel is a folder with: image, release, lib/modules/RELEASE, kdir.
# 6.1, 6.12 and 7.2 are Debian's own packages (of bookworm, trixie and
# trixie-backports), unpacked, not installed; uml (6.1), uml-7.2 and uml-debug
# (7.2 with every checker) are built from Debian's linux-source. apt works on
# lists of its own inside the cache, so that the machine's sources and package
# state stay as they are, and checks what it fetches against
# debian-archive-keyring.
#
# Environment: NLAB_CACHE (default ~/.cache/nlab), NLAB_MIRROR and
# NLAB_SECURITY_MIRROR (Debian mirrors).

set -euo pipefail
shopt -s inherit_errexit
umask 022

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd -P)
cache=${NLAB_CACHE:-${HOME:-/root}/.cache/nlab}
mirror=${NLAB_MIRROR:-http://deb.debian.org/debian}
security=${NLAB_SECURITY_MIRROR:-http://deb.debian.org/debian-security}
keyring=/usr/share/keyrings/debian-archive-keyring.gpg

# shellcheck source=kernel-uml.sh
. "$here/kernel-uml.sh"

say() { printf 'kernel.sh: %s\n' "$*" >&2; }
die() { say "$*"; exit 1; }

need() {
	local tool missing=()

	for tool in "$@"; do
		command -v "$tool" >/dev/null || missing+=("$tool")
	done
	[ ${#missing[@]} = 0 ] ||
		die "not installed: ${missing[*]} (run 'make deps')"
}

suite_of() {
	case $1 in
	6.1|uml)	echo bookworm ;;
	6.12)		echo trixie ;;
	7.2|uml-7.2|uml-debug)	echo trixie-backports ;;
	*)		die "no kernel '$1' (one of: $(list))" ;;
	esac
}

list() { echo 6.1 6.12 7.2 uml uml-7.2 uml-debug; }

# ---- apt on private lists -------------------------------------------------

apt_setup() {
	local suite=$1 dir=$cache/apt/$1 deb

	need apt-get apt-cache dpkg dpkg-deb
	[ -r $keyring ] ||
		die "no $keyring: install debian-archive-keyring"
	mkdir -p "$dir"/{state,cache,lists/partial,archives/partial}
	: >"$dir/status"
	deb="deb [arch=amd64 signed-by=$keyring]"
	{
		echo "$deb $mirror $suite main"
		# A backports suite has no security suite of its own; trixie
		# comes along for the C library that its tools want.
		case $suite in
		*-backports)
			echo "$deb $mirror ${suite%-backports} main" ;;
		*)
			echo "$deb $security $suite-security main" ;;
		esac
	} >"$dir/sources.list"
	cat >"$dir/apt.conf" <<-EOF
	Dir::Etc::sourcelist "$dir/sources.list";
	Dir::Etc::sourceparts "/dev/null";
	Dir::Etc::preferencesparts "/dev/null";
	Dir::Etc::preferences "/dev/null";
	Dir::State "$dir/state";
	Dir::State::lists "$dir/lists";
	Dir::State::status "$dir/status";
	Dir::Cache "$dir/cache";
	Dir::Cache::archives "$dir/archives";
	APT::Architecture "amd64";
	APT::Architectures { "amd64"; };
	APT::Sandbox::User "root";
	APT::Update::Error-Mode "any";
	Acquire::Languages "none";
	Acquire::Retries "3";
	#clear APT::Update::Post-Invoke;
	#clear APT::Update::Post-Invoke-Success;
	EOF
}

apt() { local suite=$1 cmd=$2; shift 2; "$cmd" -q -c "$cache/apt/$suite/apt.conf" "$@"; }

# Lists of the last hour are good enough: a cold cache asks once per suite.
apt_update() {
	local suite=$1 stamp=$cache/apt/$1/updated

	exec 8>"$cache/apt-$suite.lock"
	flock 8
	if [ -z "$(find "$stamp" -mmin -60 2>/dev/null)" ]; then
		say "reading the package lists of $suite"
		apt_setup "$suite"
		apt "$suite" apt-get update >"$cache/apt/$suite/log" 2>&1 || {
			tail -n 5 "$cache/apt/$suite/log" >&2
			die "can't reach $mirror for $suite: is this machine offline?"
		}
		: >"$stamp"
	fi
	exec 8>&-
}

names() { apt "$1" apt-cache --names-only search "$2" | cut -d' ' -f1 | sort -V; }

field() {
	apt "$1" apt-cache show --no-all-versions "$2" | sed -n "s/^$3: //p"
}

# Packages into folder $2, each already complete one kept.
fetch() {
	local suite=$1 dir=$2 pkg file
	shift 2

	mkdir -p "$dir/partial"
	for pkg; do
		file=$dir/$pkg.deb
		[ -e "$file" ] && continue
		say "fetching $pkg"
		rm -f "$dir/partial/${pkg}"_*
		(cd "$dir/partial" &&
		 apt "$suite" apt-get download "$pkg" >../log 2>&1) || {
			tail -n 3 "$dir/log" >&2
			rm -f "$cache/apt/$suite/updated"
			die "can't fetch $pkg from $suite"
		}
		mv "$dir/partial/${pkg}"_*.deb "$file"
	done
}

# ---- Debian's binary kernels ----------------------------------------------

# The newest release of series $2 in suite $1 that has image and headers; a
# suite that has left the series behind gives the newest that it has.
pick_release() {
	local suite=$1 series=$2 images headers rel found='' newest=''

	images=$(names "$suite" '^linux-image-[0-9][^-]*(-[0-9]+)?-amd64$')
	headers=$(names "$suite" '^linux-headers-[0-9][^-]*(-[0-9]+)?-amd64$')
	for rel in ${images//linux-image-/}; do
		[[ $rel == [0-9]*.[0-9]*.[0-9]* ]] || continue
		grep -qxF "linux-headers-$rel" <<<"$headers" || continue
		newest=$rel
		[[ $rel == "$series".* ]] && found=$rel
	done
	[ -n "$found$newest" ] || die "no kernel image in $suite"
	[ -n "$found" ] ||
		say "$suite has no $series any more: taking $newest for it"
	echo "${found:-$newest}"
}

# linux-* packages that $2... need, themselves included.
closure() {
	local suite=$1 pkg dep todo
	local -A seen=()
	shift

	todo=("$@")
	while [ ${#todo[@]} -gt 0 ]; do
		pkg=${todo[0]}
		todo=("${todo[@]:1}")
		[ -z "${seen[$pkg]:-}" ] || continue
		seen[$pkg]=1
		for dep in $(field "$suite" "$pkg" Depends | tr -s ',|' '\n' |
			     sed 's/^ *//; s/ .*//'); do
			case $dep in
			*-unsigned) ;;
			linux-binary-*|linux-modules-*|linux-kbuild-*|\
			linux-base-*|linux-headers-*-common)
				todo+=("$dep") ;;
			esac
		done
	done
	echo "${!seen[@]}"
}

# Headers as KDIR outside /usr/src and with this machine's compiler.
fix_headers() {
	local root=$1 final=$2 rel=$3 kdir=$1/usr/src/linux-headers-$3 f

	for f in "$kdir/Makefile" "$root"/usr/src/linux-headers-*-common/Makefile; do
		sed -i "s,/usr/src/linux-headers,$final/usr/src/linux-headers,g" "$f"
	done
	# The compiler that Debian built the kernel with, or what is there.
	# shellcheck disable=SC2016 # make expands it
	sed -i -E 's/\$\(CROSS_COMPILE\)(gcc-[0-9]+)/$(CROSS_COMPILE)$(if $(shell command -v $(CROSS_COMPILE)\1),\1,gcc)/' \
		"$kdir/.kernelvariables"
	# Only alignment of hot functions: gcc before 13 knows no such option.
	sed -i '/CONFIG_CC_HAS_MIN_FUNCTION_ALIGNMENT\b/d' \
		"$kdir/include/config/auto.conf" \
		"$kdir/include/generated/autoconf.h"
	# Only asked for BTF, below; else each build warns of a difference.
	sed -i 's/^CONFIG_PAHOLE_VERSION=.*/CONFIG_PAHOLE_VERSION=0/' \
		"$kdir/include/config/auto.conf"
	# With vmlinux there the build would ask for pahole and write BTF.
	rm -f "$kdir/vmlinux"
	ln -sfn "usr/src/linux-headers-$rel" "$root/kdir"
}

# Build tools of a newer suite want a newer C library than this machine may
# have: such a tool runs on the suite's own one, unpacked beside it.
fix_tools() {
	local suite=$1 work=$2 root=$3 final=$4 f rt=$3/runtime

	local -a broken=()
	while read -r f; do
		head -c 4 "$f" | grep -q ELF || continue
		ldd "$f" 2>&1 | grep 'not found' >/dev/null && broken+=("$f")
	done < <(find "$root"/usr/lib/linux-kbuild-* -type f -perm -u+x)
	[ ${#broken[@]} = 0 ] && return

	fetch "$suite" "$work/deb" libc6 libelf1t64 libssl3t64 zlib1g libzstd1
	for f in libc6 libelf1t64 libssl3t64 zlib1g libzstd1; do
		dpkg-deb -x "$work/deb/$f.deb" "$work/rt"
	done
	mkdir -p "$rt"
	while read -r f; do
		cp -aL "$f" "$rt/"
	done < <(find "$work/rt" -name '*.so.*')
	for f in "${broken[@]}"; do
		mv "$f" "$f.bin"
		cat >"$f" <<-EOF
		#!/bin/sh
		exec "$final/runtime/ld-linux-x86-64.so.2" \\
			--library-path "$final/runtime" \\
			"$final${f#"$root"}.bin" "\$@"
		EOF
		chmod 755 "$f"
	done
}

get_debian() {
	local k=$1 suite final=$cache/kernels/$1 work=$cache/work/$1 rel pkgs p

	suite=$(suite_of "$k")
	need depmod xz
	apt_update "$suite"
	rel=$(pick_release "$suite" "$k")
	p=$(closure "$suite" "linux-image-$rel" "linux-headers-$rel")
	read -ra pkgs <<<"$p"
	fetch "$suite" "$work/deb" "${pkgs[@]}"

	say "unpacking $rel"
	rm -rf "$work/root" "$work/rt"
	for p in "${pkgs[@]}"; do
		dpkg-deb -x "$work/deb/$p.deb" "$work/root"
	done
	p=$work/root
	rm -rf "${p:?}/usr/share" "$p/boot/System.map-$rel"
	[ ! -d "$p/usr/lib/modules" ] ||
		{ mkdir -p "$p/lib"; mv "$p/usr/lib/modules" "$p/lib/modules.t"
		  [ ! -d "$p/lib/modules" ] ||
			cp -a "$p/lib/modules/." "$p/lib/modules.t/"
		  rm -rf "$p/lib/modules"; mv "$p/lib/modules.t" "$p/lib/modules"; }
	rm -f "$p/lib/modules/$rel/build" "$p/lib/modules/$rel/source"
	if [ -e "$p/boot/vmlinuz-$rel" ]; then
		mv "$p/boot/vmlinuz-$rel" "$p/image"
	else
		mv "$p/lib/modules/$rel/vmlinuz" "$p/image"
	fi
	depmod -b "$p" "$rel"
	fix_headers "$p" "$final" "$rel"
	fix_tools "$suite" "$work" "$p" "$final"
	echo "$rel" >"$p/release"
	mkdir -p "$cache/kernels"
	mv -T "$p" "$final"
	rm -rf "$work"
	say "$k is $rel, ready"
}

# ---- entry ------------------------------------------------------------------

dir_of() {
	case $1 in
	uml*)	echo "$cache/kernels/$1-$(uml_hash "$1")" ;;
	*)		echo "$cache/kernels/$1" ;;
	esac
}

get() {
	local k=$1 dir

	dir=$(dir_of "$k")
	if [ ! -e "$dir/release" ]; then
		[ "$(dpkg --print-architecture 2>/dev/null)" = amd64 ] ||
			die "the test kernels are Debian amd64 ones"
		need flock
		mkdir -p "$cache" || die "can't write to $cache"
		exec 9>"$cache/$k.lock"
		flock -n 9 || { say "another run makes $k ready, waiting"; flock 9; }
		if [ ! -e "$dir/release" ]; then
			case $k in
			uml*)	get_uml "$k" "$dir" ;;
			*)		get_debian "$k" ;;
			esac
		fi
		exec 9>&-
	fi
	echo "$dir"
}

main() {
	local cmd=${1:-} k=${2:-} dir

	case $cmd in
	list)	list; return ;;
	get|kdir|release|kmake|selftests) ;;
	*)	sed -n '3,/^$/s/^# \{0,1\}//p' "${BASH_SOURCE[0]}" >&2; exit 2 ;;
	esac
	suite_of "$k" >/dev/null
	if [ "$cmd" = selftests ]; then
		[[ $k == uml* ]] || die "$k is no kernel with sources"
		uml_selftests "$k"
		return
	fi
	dir=$(get "$k")
	case $cmd in
	get)		echo "$dir" ;;
	kdir)		echo "$dir/kdir" ;;
	release)	cat "$dir/release" ;;
	kmake)
		case $k in
		uml*)	echo "ARCH=um KDIR=$dir/kdir" ;;
		*)	echo "KDIR=$dir/kdir" ;;
		esac ;;
	esac
}

main "$@"
