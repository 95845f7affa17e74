#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# dkms and the Debian packages on a clean Debian 12: the module is built by
# Debian's dkms for Debian's 6.1, from the tree and from nlab-dkms.deb, and
# kernels that lack what it needs are refused.
set -u -o pipefail
cd "$(dirname "$0")/../.." || exit 1
# shellcheck source=selftests/build/ktap.sh
. selftests/build/ktap.sh
# shellcheck source=selftests/build/ccache.sh
. selftests/build/ccache.sh

version=$(sed -n 's/.*NLAB_VERSION[[:space:]]*"\(.*\)".*/\1/p' kmod/version.h)

reason=$(bash selftests/build/chroot.sh -u 2>&1)
case $? in
0) ;;
4) skip_all "$reason" ;;
*)
	ktap_diag <<<"$reason"
	echo "Bail out! could not make the clean chroot"
	exit 1
	;;
esac

if ! out=$(remembering make deb 2>&1); then
	ktap_diag <<<"$out"
	echo "Bail out! make deb failed"
	exit 1
fi
exec bash selftests/build/chroot.sh -- \
	bash /src/selftests/build/dkms-inside.sh "$version"
