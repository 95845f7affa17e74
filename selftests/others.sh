# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# Common part of the tests that run other people's tests on emulated links, to be
# sourced after lib.sh. These make pairs of veth: the ip that they find first
# makes pairs of $NLAB_KIND of them, which it notes in the file made.

# shellcheck disable=SC2154 # of lib.sh
nlink_for_veth() {
	mkdir "$work/bin"
	cat >"$work/bin/ip" <<-END
	#!/bin/sh
	last=
	for word; do
		shift
		if [ "\$last \$word" = 'type veth' ]; then
			word=\$NLAB_KIND
			echo "type \$word" >>$work/made
		fi
		last=\$word
		set -- "\$@" "\$word"
	done
	exec $(command -v ip) "\$@"
	END
	chmod +x "$work/bin/ip"
	IP_LIB_DIR=$(dirname "$(command -v nlabctl)")
	[[ -e $IP_LIB_DIR/link_nlink.so ]] || skip_all \
		"no plugin link_nlink.so of ip beside nlabctl"
	PATH=$work/bin:$PATH
	export IP_LIB_DIR NLAB_KIND=nlink
}

# In place of start_test: the kernel's, from Debian's source as they are, in the
# folder NLAB_KERNEL_TESTS (vm/kernel.sh selftests uml).
kernel_tests() {
	[[ -d ${NLAB_KERNEL_TESTS-}/net ]] || skip_all \
		"NLAB_KERNEL_TESTS is not the folder of vm/kernel.sh selftests"
	start_test
	need tc ethtool nstat
	nlink_for_veth
	cd "$NLAB_KERNEL_TESTS/net" || bail_out "no tests"
}

# reported LOG: what a test says has failed.
reported() { grep -aE '\[FAIL\]| fail |ERROR' "$1" | sort -u; }

# achieved LOG: what it says has not.
achieved() { grep -aF '[ OK ]' "$1" | sort -u; }

# as_bad LOG: with veth no more is good, and no less bad.
as_bad() {
	[[ -z $(comm -23 <(reported "$1") <(reported "$1.veth")) &&
		-z $(comm -13 <(achieved "$1") <(achieved "$1.veth")) ]]
}

# no_worse LOG COMMAND...: writes LOG.verdict: "ok", "bad", or "skip WHY". What
# fails is tried with veth, which tells what the kernel or a slow machine has of
# it; what only fails with ours, once more with ours.
no_worse() {
	local log=$1 status

	shift
	NLAB_KIND=nlink "$@" >"$log" 2>&1 && { echo ok >"$log.verdict"; return; }
	status=$?
	if ((status == 4)); then
		echo "skip $(sed -n 's/.*SKIP:* *//p' "$log" | head -n 1)"
	elif NLAB_KIND=veth "$@" >"$log.veth" 2>&1; then
		NLAB_KIND=nlink "$@" >"$log" 2>&1 && echo ok || echo bad
	elif (($? == 4)); then
		echo "skip of veth: $(sed -n 's/.*SKIP:* *//p' "$log.veth" |
			head -n 1)"
	elif as_bad "$log"; then
		echo "skip with veth as well: $(tail -n 1 "$log.veth")"
	else
		echo bad
	fi >"$log.new"
	mv "$log.new" "$log.verdict"
}

# verdict NAME LOG: of no_worse, as a result.
verdict() {
	local said

	said=$(<"$2.verdict")
	case $said in
	skip*) skip "$1" "${said#skip }" ;;
	*) check "$1" passed "$2" ;;
	esac
}

passed() {
	cat "$1"
	[[ $(<"$1.verdict") = ok ]]
}
