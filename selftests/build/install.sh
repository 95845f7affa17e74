#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# install.sh TREE [NLAB.KO]: "make install" below DESTDIR and PREFIX puts every
# file where it belongs, and "make uninstall" leaves nothing.
set -e -u -o pipefail

tree=$1
ko=${2-}
dest=$(mktemp -d)
trap 'rm -rf "$dest"' EXIT
cd "$tree"

# The plugin of ip goes where ip looks, whatever PREFIX is.
iplib=/usr/lib/test/ip
args=(DESTDIR="$dest" PREFIX=/opt/nlab IPLIBDIR="$iplib" MODDIR=build/none)
if [[ -n $ko ]]; then
	mkdir -p build/installed
	cp "$ko" build/installed/nlab.ko
	args+=(MODDIR=build/installed)
fi
make "${args[@]}" install

for file in sbin/nlabctl sbin/nlabd sbin/nlab-exporter \
		lib/systemd/system/nlab-exporter.service lib/systemd/system/nlabd.service \
		lib/systemd/system/nlab.service \
		lib/systemd/networkd.conf.d/nlab.conf \
		share/iproute2/rt_protos.d/nlab.conf share/man/man8/nlabctl.8 share/man/man7/nlab.7 \
		share/bash-completion/completions/nlabctl; do
	[[ -s $dest/opt/nlab/$file ]] || { echo "not installed: $file"; exit 1; }
done
[[ -x $dest/opt/nlab/sbin/nlabctl ]]
[[ -s $dest$iplib/link_nlink.so ]] || { echo "not installed: link_nlink.so"; exit 1; }
for page in tools/man/*.[1-8]; do
	[[ -s $dest/opt/nlab/share/man/man${page##*.}/${page##*/} ]] ||
		{ echo "not installed: $page"; exit 1; }
done
if [[ -n $ko ]]; then
	release=$(modinfo -F vermagic "$ko" | cut -d' ' -f1)
	cmp "$ko" "$dest/lib/modules/$release/updates/nlab.ko"
fi
stray=$(find "$dest" -type f ! -path "$dest/opt/nlab/*" \
	! -path "$dest$iplib/*" ! -name nlab.ko)
[[ -z $stray ]] || { echo "outside PREFIX: $stray"; exit 1; }

make "${args[@]}" uninstall
left=$(find "$dest" -mindepth 1 2>&1)
[[ -z $left ]] || { echo "left behind: $left"; exit 1; }
