#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Where the time of rows goes:  profile.sh ROW...   (rows.py has the names;
# gen.N, plain.N and table.N are those of tables.py with N destinations, and
# link.CASE.KIND and tcp.CASE.KIND those of links.py, like link.delay.netem)
#
# Samples the User Mode Linux process with perf(1) of this machine while it
# forwards, and resolves the addresses with the guest's own symbols, those of
# modules included. Writes build/bench/profile-ROW.txt.

set -euo pipefail
shopt -s inherit_errexit

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd -P)
tree=$(cd "$here/../.." && pwd -P)
out=$tree/build/bench
seconds=${SECONDS_EACH:-6}

die() { printf 'profile.sh: %s\n' "$*" >&2; exit 1; }

profile() {
	local row=$1 ready=$out/profile.ready vm pid i rc=0

	rm -f "$ready" "$ready".*
	first "$here/../vm/vm.sh" -k uml -m 3G -t 120 -- \
		bash "$here/guest.sh" profile_guest.py "$ready" "$row" \
		$((seconds + 8)) &
	vm=$!
	for ((i = 0; i < 600; i++)); do
		[ ! -e "$ready" ] || break
		kill -0 $vm 2>/dev/null || die "the guest ended early"
		sleep 0.1
	done
	pid=$(cat "$(cat "$ready")/guest/pid")
	perf record -q -e cpu-clock -F 4000 -o "$out/perf.data" -p "$pid" -- \
		sleep "$seconds" >"$out/perf.log" 2>&1 || rc=$?
	# 143: it ended the sleep itself
	[ $rc = 0 ] || [ $rc = 143 ] ||
		die "perf can't sample ($rc): $(tail -n 1 "$out/perf.log")"
	wait $vm || die "the guest failed"
	perf script -i "$out/perf.data" -F ip,dso 2>/dev/null |
		python3 -B "$here/profile.py" "$ready" \
			>"$out/profile-$row.txt"
	rm -f "$out"/perf.{data,log}* "$ready" "$ready".*
	printf '%s:\n' "$row"
	head -n "${TOP:-45}" "$out/profile-$row.txt"
}

first() {
	if chrt --rr 1 true 2>/dev/null; then
		chrt --rr 1 "$@"
	else
		"$@"
	fi
}

command -v perf >/dev/null || die "no perf here (Debian: linux-perf)"
[ $# -gt 0 ] || die "which rows?"
"$here/../vm/vm.sh" -k uml -- true
mkdir -p "$out"
case "$*" in
*jool*)	NLAB_BENCH_JOOL=$(bash "$here/jool.sh")
	export NLAB_BENCH_JOOL ;;
esac
for row; do
	profile "$row"
done
