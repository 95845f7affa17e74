#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# A lab of an ordinary user, in namespaces of his own: a user namespace, with a
# folder for /run and a control group that he was given.
#
# shellcheck source=selftests/lib.sh
. "$(dirname "$0")/../lib.sh"
# shellcheck source=selftests/lab.sh
. "$(dirname "$0")/../lab.sh"

need ping setpriv unshare
lab_test
nobody=65534 group=/sys/fs/cgroup/nlab-user

setpriv --reuid $nobody unshare --map-root-user true 2>/dev/null ||
	skip_all "this kernel has no user namespaces for users"
# The tree's may be in a folder that is not for all.
cp "$(command -v nlabctl)" "$work/nlabctl"
write_lab one 10.1.0.0/16 2001:db8:1::/48
mkdir "$group"

# as_user PROGRAM: for the shell, in the user's namespaces.
as_user() {
	(
		echo 0 >"$group/cgroup.procs"
		exec setpriv --reuid $nobody --regid $nobody --clear-groups \
			env PATH="$work:$PATH" unshare --map-root-user --net \
			--mount --uts sh -c "cd $work && $1"
	)
}

in_it='mount -t tmpfs none /run && nlabctl run one.yaml --'
pings="$in_it nlabctl exec one/h1 ping -c 1 -W 10 h2"
named="$in_it nlabctl exec one/h2 hostname"
runs="$in_it nlabctl -j show-lab one"
sleepers() { as_user "$runs" | jq '.nodes[2].services.sleeper'; }
nothing_of_his() {
	[[ -z $(find "$group" -mindepth 1 -type d) ]] && nothing_left &&
		[[ -z $(nlabctl show-links) ]]
}

check "without a folder he is told" refused 3 "mount -t tmpfs none /run" \
	as_user "nlabctl apply one.yaml"
check "nor without a control group" refused 3 "can't make control group" \
	as_user "$in_it true"
chown -R $nobody "$group"
check "hosts reach each other" as_user "$pings"
check "a node has its own host name" equal h2 as_user "$named"
check "services run" equal 1 sleepers
check "nothing is left" nothing_of_his
rmdir "$group"
ktap_end
