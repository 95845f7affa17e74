#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# A lab of an ordinary user, in a user namespace with mounts and network of its
# own: no /run/netns of the machine, no control groups.
#
#	h1 ---- r1 ---- h2
#
# shellcheck source=selftests/lib.sh
. "$(dirname "$0")/../lib.sh"
# shellcheck source=selftests/lab.sh
. "$(dirname "$0")/../lab.sh"

USER_ID=1000

lab_test
need setpriv nsenter
# Where the tools are built, this user may not look.
install -m 755 "$(command -v nlabctl)" "$work/nlabctl"
PATH=$work:$PATH

plain() {
	setpriv --reuid $USER_ID --regid $USER_ID --clear-groups "$@" </dev/null
}

# with OPTION: in new namespaces of unshare(1).
with() { plain unshare "$1" "${@:2}"; }

# as_user COMMAND...: in those that stay.
as_user() {
	plain nsenter -t "$holder" -U -n -m --preserve-credentials -- "$@"
}

inside() { as_user nlabctl exec "$@"; }

# A control group that the user was given is used.
given_group() {
	local group=/sys/fs/cgroup/nlab-user

	mkdir "$group" && chown -R $USER_ID "$group" || return
	(
		echo 0 >"$group/cgroup.procs"
		exec setpriv --reuid $USER_ID --regid $USER_ID --clear-groups \
			unshare -Urnm nlabctl run "$work/small.yaml" -- \
			cat /run/nlab/labs/small/lab/cgroup
	) >"$work/group" && rmdir "$group" && cat "$work/group" &&
		[[ $(<"$work/group") = "$group/nlab/small" ]]
}

# The machine knows nothing of it, and the user in the end neither.
machine_is_clean() {
	nothing_left && [[ $(ip netns list) != *small* ]]
}

user_has_nothing() {
	[[ $(as_user ls /run) = netns && -z $(as_user ip netns list) ]] &&
		[[ $(pgrep -u $USER_ID -r S,R,D) = "$holder" ]]
}

running() { pgrep -u $USER_ID -f "$1"; }

changed() {
	sed -i -e 's/delay: 1ms/delay: 3ms/' -e 's/of small/anew/' \
		-e 's/sleeper: .*/other: exec sleep 2000}/' \
		"$work/small.yaml"
	as_user nlabctl apply "$work/small.yaml" &&
		! running 'sleep 1000' && running 'sleep 2000' &&
		[[ $(inside h1 cat /etc/lab-name) = anew ]] &&
		[[ $(as_user nlabctl show-links owner lab:small) = *'delay 3ms'* ]]
}

folder_stays() {
	sed 's,/etc/lab-name,/etc/default/own,' "$work/small.yaml" \
		>"$work/folder.yaml"
	chmod 644 "$work/folder.yaml"
	refused 3 "its folder is not of this user" \
		as_user nlabctl apply "$work/folder.yaml" &&
		[[ $(inside h1 cat /etc/lab-name) = anew ]]
}

write_lab small 198.18.0.0/16 2001:db8:1::/48
sed -i 's/^  r1: router/  r1:\n    kind: router\n    frr: {zebra: "hostname r1"}\n    files: {\/etc\/hosts: "127.0.0.1 own", \/etc\/default\/own: "of r1"}/' \
	"$work/small.yaml"
# A process with a session of its own is found, too.
sed -i 's/exec sleep 1000/(setsid sleep 1000 \&); exec sleep 1000/' \
	"$work/small.yaml"
chmod 644 "$work/small.yaml"
with -Urnm true || skip_all "this kernel gives users no namespaces"
(exec setpriv --reuid $USER_ID --regid $USER_ID --clear-groups \
	unshare -Urnm sleep infinity) &
holder=$!
pid_list+=("$holder")
in_namespace() {
	[[ $(readlink "/proc/$holder/ns/mnt") != "$(readlink /proc/self/ns/mnt)" ]] &&
		[[ $(</proc/"$holder"/comm) = sleep ]]
}
wait_for 30 in_namespace || bail_out "no namespaces"

check "without namespaces it is refused" \
	refused 3 "labs need root, or a user namespace: unshare -Urnm" \
	plain nlabctl apply "$work/small.yaml"
check "without mounts" refused 3 "a user namespace needs mounts and network" \
	with -Urn nlabctl apply "$work/small.yaml"
check "without a network" refused 3 "can't return to this network" \
	with -Urm nlabctl apply "$work/small.yaml"
check "a lab is made" as_user nlabctl apply "$work/small.yaml"
check "it is up, with its daemon" as_user nlabctl wait small up
check "ends reach each other" wait_for 30 inside h1 ping -c 1 -W 1 h2
check "in IPv6" wait_for 30 inside h2 ping -6 -c 1 -W 1 \
	2001:db8:1::1
check "nodes have names" equal h1 inside h1 uname -n
check "and files" equal 'of small' inside h1 cat /etc/lab-name
check "in place of the machine's, too" equal '127.0.0.1 own' \
	inside r1 cat /etc/hosts
check "and in its folders" equal 'of r1' inside r1 cat /etc/default/own
check "ip netns knows them" as_user ip netns exec small.r1 true
check "its services run" running 'sleep 1000'
check "an apply changes it" changed
check "a folder of the machine stays that" folder_stays
check "tcpdump would need groups" refused 3 "unshare -Urnm --map-auto" \
	as_user nlabctl capture small h1:r1
check "the machine sees nothing" machine_is_clean
check "it is destroyed" as_user nlabctl destroy small
check "nothing is left" user_has_nothing
check "a control group that is given is used" given_group
ktap_end
