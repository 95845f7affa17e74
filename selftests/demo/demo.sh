#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# make demo: an IPv4-only client uses an IPv6-only server, through nlab.ko; make
# demo-ospf (STORY=story-ospf.sh): one of two translators dies.
# In a throw-away virtual machine, or with DEMO=host in namespaces of the
# running kernel. K chooses the machine's kernel (see selftests/vm/vm.sh).
#
# Exit status: 0 when every step worked, 1 when one did not, 2 when the demo
# could not be run at all.

set -u -o pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd -P)
tree=$(cd "$here/../.." && pwd -P)
kernel=${K:-6.1}
story=${STORY:-story.sh}
cache=${NLAB_CACHE:-${HOME:-/root}/.cache/nlab}
begin=$SECONDS
loaded=''

cannot() {
	printf '\nmake demo: %s\n' "$1" >&2
	shift
	[ $# = 0 ] || printf '  %s\n' "$@" >&2
	exit 2
}

# The story of the demo runs on the other side of a pipe in the VM.
if [ -t 1 ] && [ "${TERM:-dumb}" != dumb ] && [ -z "${NO_COLOR-}" ]; then
	export NLAB_DEMO_COLOR=1
fi

announce_first_time() {
	! compgen -G "$cache/kernels/$kernel" >/dev/null &&
		! compgen -G "$cache/kernels/$kernel-*" >/dev/null || return
	printf '%s\n' \
		"First run: the kernel of the virtual machine is not in $cache yet."
	case $kernel in
	uml*)	echo "It is fetched from Debian as source and built once" \
			"(5 to 10 minutes)." ;;
	*)	echo "Debian's kernel and its headers are fetched and unpacked" \
			"there once"
		echo "(about 85 MB; nothing of it is installed on this machine)." ;;
	esac
}

demo_vm() {
	local rc=0

	announce_first_time
	echo "Building nlabctl, and nlab.ko for Linux $kernel, and starting a throw-away" \
		"virtual machine ..."
	"$tree/selftests/vm/vm.sh" -k "$kernel" -t 300 -- \
		bash "$here/$story" || rc=$?
	case $rc in
	0)	;;
	1)	echo "make demo: a step failed, see above" >&2 ;;
	124)	echo "make demo: the virtual machine took more than 300 s" >&2 ;;
	125)	echo "make demo: the kernel reported an error, see above" >&2
		rc=1 ;;
	*)	cannot "the virtual machine did not start (status $rc)" ;;
	esac
	return "$rc"
}

# Says why not, if modules can't be loaded here.
check_host() {
	local rel lockdown=/sys/kernel/security/lockdown

	rel=$(uname -r)
	[ "$(id -u)" = 0 ] || cannot "DEMO=host needs root: sudo make demo DEMO=host"
	[ "$(cat /proc/sys/kernel/modules_disabled 2>/dev/null)" != 1 ] ||
		cannot "this kernel loads no modules any more (sysctl kernel.modules_disabled is 1)" \
			"Without DEMO=host the demo runs in a virtual machine."
	# CAP_SYS_MODULE is bit 16; a container's root lacks it.
	(( 0x$(sed -n 's/^CapEff:[[:space:]]*//p' /proc/self/status) >> 16 & 1 )) ||
		cannot "root may not load modules here (no CAP_SYS_MODULE: a container?)" \
			"Without DEMO=host the demo runs in a virtual machine."
	[ ! -d /sys/module/nlab ] || return 0
	! grep -qE '\[(integrity|confidentiality)\]' $lockdown 2>/dev/null ||
		cannot "the kernel is locked down (Secure Boot), it loads signed modules only" \
			"Sign build/kmod/nlab.ko with a key that the machine trusts, or" \
			"run the demo without DEMO=host: in a virtual machine."
	[ -e "${KDIR:-/lib/modules/$rel/build}/Makefile" ] ||
		cannot "no headers to build a module for the running kernel $rel" \
			"On Debian: apt-get install linux-headers-$rel" \
			"Without DEMO=host the demo runs in a virtual machine."
}

unload() {
	[ -z "$loaded" ] || rmmod nlab || echo "make demo: nlab.ko stays loaded" >&2
	loaded=''
}

load_host() {
	local ko=$tree/${MODDIR:-build/kmod}/nlab.ko dep why

	if [ -d /sys/module/nlab ]; then
		echo "nlab is loaded already: the demo uses that module as it is."
		return
	fi
	make -C "$tree" modules || cannot "the module could not be built"
	for dep in $(modinfo -F depends "$ko" | tr ',' ' '); do
		modprobe "$dep" 2>/dev/null
	done
	printf '\n$ insmod %s\n' "${ko#"$PWD/"}"
	why=$(insmod "$ko" 2>&1) ||
		cannot "this kernel does not load the module" "$why" \
			"dmesg may tell more. Without DEMO=host the demo runs in a virtual machine."
	loaded=1
}

demo_host() {
	local rc=0

	check_host
	trap unload EXIT
	trap 'exit 130' INT
	trap 'exit 143' TERM HUP
	load_host
	PATH=$tree/build/tools:$PATH:/usr/sbin:/sbin bash "$here/$story" || rc=$?
	return "$rc"
}

case ${DEMO:-vm} in
vm)	demo_vm ;;
host)	demo_host ;;
*)	cannot "DEMO=$DEMO is not known, there are vm and host" ;;
esac
rc=$?
printf 'Whole run, with building%s: %s s\n' \
	"$([ "${DEMO:-vm}" = host ] || echo " and the virtual machine's start and end")" \
	$((SECONDS - begin))
exit $rc
