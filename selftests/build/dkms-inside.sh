#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The part of dkms.sh that runs inside the clean chroot, with the tree at /src.
# dkms-inside.sh VERSION
set -u -o pipefail
# shellcheck source=selftests/build/ktap.sh
. /src/selftests/build/ktap.sh

version=$1
kernel=$(cd /lib/modules && echo 6.1.*)
ko=/lib/modules/$kernel/updates/dkms/nlab.ko

module_is_good() {
	[[ -s $ko ]] || { echo "no $ko"; return 1; }
	[[ $(modinfo -F version "$ko") == "$version" ]] ||
		{ echo "modinfo: version is $(modinfo -F version "$ko")"; return 1; }
	[[ $(modinfo -F vermagic "$ko") == "$kernel "* ]] ||
		{ echo "modinfo: vermagic is $(modinfo -F vermagic "$ko")"; return 1; }
	[[ $(modinfo -F license "$ko") == GPL* ]] ||
		{ echo "modinfo: licence is $(modinfo -F license "$ko")"; return 1; }
	modinfo -k "$kernel" nlab >/dev/null ||
		{ echo "depmod did not take nlab up"; return 1; }
}

# What a trace of nlab could be, outside dpkg's and dkms's own records.
traces() {
	find / -xdev \( -path /proc -o -path /src -o -path /tmp -o -path /var/log \
		-o -path '/var/lib/dpkg' \) -prune -o \
		\( -name 'nlab*' -o -name 'nlabctl*' \) ! -name .nlab-packages -print
	grep -l nlab "/lib/modules/$kernel"/modules.* 2>/dev/null
}

nothing_left() {
	local left

	left=$(traces)
	[[ -z $left ]] || { echo "left behind:"; echo "$left"; return 1; }
}

# refused KERNEL PATTERN: dkms must turn KERNEL down and say PATTERN.
refused() {
	local out status

	out=$(dkms build -m nlab -v "$version" -k "$1" 2>&1)
	status=$?
	echo "$out"
	((status == 77)) || { echo "dkms ended with $status, not 77"; return 1; }
	grep -q "$2" <<<"$out" || { echo "no message like: $2"; return 1; }
	! find /lib/modules /var/lib/dkms -name 'nlab.ko*' | grep "$1" >/dev/null
}

# new_kernel RELEASE: one with the headers of the real one.
new_kernel() {
	mkdir -p "/lib/modules/$1"
	ln -s "/usr/src/linux-headers-$kernel" "/lib/modules/$1/build"
}

# fake_kernel RELEASE SED: a kernel that differs from the real one by SED.
fake_kernel() {
	mkdir -p "/lib/modules/$1"
	cp -r "/usr/src/linux-headers-$kernel" "/usr/src/linux-headers-$1"
	ln -s "/usr/src/linux-headers-$1" "/lib/modules/$1/build"
	sed -i "$2" "/usr/src/linux-headers-$1/.config"
}

# The tree is copied, as "dkms add /src" would do with its own tool, without
# build/, which may hold gigabytes.
from_tree() {
	cd /tmp/tree && KVER=$kernel make dkms-install
}

remove_from_tree() {
	cd /tmp/tree && make dkms-uninstall
}

install_deb() {
	# --no-recommends: what apt would fetch lies out of reach here.
	apt-get install -y --no-install-recommends \
		"/src/build/deb/nlab-dkms_${version}_all.deb"
}

tool_from_deb() {
	apt-get install -y --no-install-recommends \
		/src/build/deb/nlab-tools_"${version}"_*.deb &&
		nlabctl -V | grep -F "$version" &&
		test -s /usr/share/bash-completion/completions/nlabctl &&
		units_from_deb
}

# Each unit's program is where it says and runs; none is enabled.
units_from_deb() {
	local unit program

	for unit in nlab nlabd nlab-exporter; do
		program=$(sed -n 's/^ExecStart=\(\S*nlab\S*\).*/\1/p' \
			"/lib/systemd/system/$unit.service") &&
			"$program" -V | grep -F "$version" || return
	done
	test -s /lib/systemd/networkd.conf.d/nlab.conf &&
		test -s /etc/iproute2/rt_protos.d/nlab.conf &&
		test -s /usr/share/doc/nlab-tools/examples/announce/frr.conf &&
		! find /etc/systemd -name 'nlab*' | grep .
}

# What a kernel package's hook does.
autoinstall() {
	dkms autoinstall -k 6.1.0-98-new &&
		test -s /lib/modules/6.1.0-98-new/updates/dkms/nlab.ko
}

# dkms 3.0 ends with an error here whatever the module does, later ones do not:
# only the reason and the absence of a module are ours.
autoinstall_unfit() {
	local out

	out=$(dkms autoinstall -k 6.1.0-99-unfit 2>&1)
	echo "$out"
	grep -q 'without CONFIG_IPV6' <<<"$out" &&
		test ! -e /lib/modules/6.1.0-99-unfit/updates/dkms/nlab.ko
}

ktap_start
mkdir /tmp/tree
(cd /src && tar -c --exclude=./build --exclude=./.git .) | tar -x -C /tmp/tree

check "dkms install from the tree, kernel $kernel" from_tree
check "module from the tree: version, vermagic, licence, depmod" module_is_good
fake_kernel 5.10.0-99-amd64 ''
check "dkms refuses a kernel older than 6.1 and says so" \
	refused 5.10.0-99-amd64 'too old.*6\.1'
for option in IPV6 NETFILTER NET_NS; do
	fake_kernel "6.1.0-99-no-$option" "/^CONFIG_$option=/d"
	check "dkms refuses a kernel without CONFIG_$option and says so" \
		refused "6.1.0-99-no-$option" "without CONFIG_$option"
done
rm -rf /lib/modules/*-99-* /usr/src/linux-headers-*-99-*
check "dkms-uninstall" remove_from_tree
check "nothing is left of the module from the tree" nothing_left
check "install nlab-dkms.deb" install_deb
check "module from the package: version, vermagic, licence, depmod" module_is_good
new_kernel 6.1.0-98-new
check "a new kernel gets its module by autoinstall" autoinstall
fake_kernel 6.1.0-99-unfit '/^CONFIG_IPV6=/d'
check "autoinstall passes over an unfit kernel and says so" autoinstall_unfit
check "install nlab-tools.deb, nlabctl runs" tool_from_deb
check "remove the packages" apt-get purge -y nlab-dkms nlab-tools
check "nothing is left of the packages" nothing_left
ktap_end
