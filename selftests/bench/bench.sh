#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# make bench: measures nlab.ko in User Mode Linux against plain forwarding and
# against Jool, and in a machine with two processors what needs those; prints a
# table and writes build/bench/results.json and pictures.
#
#   BENCH=quick   the headline rows only
#   BENCH=full    packet sizes, and tables up to a million pairs at length
#   T=PART,...    only these parts: forward sizes tables tcp udp stats links labs
#                 cores zoo (User Mode Linux) latency (QEMU)
#   ZOO=FILE      GraphML of the network that part zoo makes, which is in none of
#                 the others: Documentation/examples/geant.graphml if not told
#
# A benchmark judges nothing: its exit status only says that it ran.
# Documentation/performance.rst describes the method.

set -euo pipefail
shopt -s inherit_errexit

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd -P)
tree=$(cd "$here/../.." && pwd -P)
out=$tree/build/bench
mode=${BENCH:-default}
parts=${T:-}

say() { printf 'bench: %s\n' "$*" >&2; }

case $mode in
quick)		: "${parts:=forward}" ;;
default)	: "${parts:=forward,tables,tcp,udp,stats,links,labs,cores,latency}" ;;
full)		: "${parts:=forward,sizes,tables,tcp,udp,stats,links,labs,cores,latency}" ;;
*)		say "BENCH is quick or full, or not set"; exit 2 ;;
esac

# Priority over whatever else runs here: a sample must not wait for a core. Not
# nice(1), which counts only within a session. The kernel leaves others a share.
first() {
	if chrt --rr 1 true 2>/dev/null; then
		chrt --rr 1 "$@"
	else
		"$@"
	fi
}

machine() {
	local cpu

	cpu=$(sed -n 's/^model name[[:space:]]*: //p' /proc/cpuinfo | head -n 1)
	printf 'date %s\n' "$(date -u +%Y-%m-%d)"
	printf 'command make bench%s%s\n' "${BENCH:+ BENCH=$BENCH}" "${T:+ T=$T}"
	printf 'machine %s, %s processors, load %s at start\n' \
		"${cpu:-unknown}" "$(nproc)" "$(cut -d' ' -f1 /proc/loadavg)"
	printf 'kernel User Mode Linux %s, one processor\n' \
		"$("$here/../vm/kernel.sh" release uml)"
	[[ ,$parts, != *,cores,* ]] ||
		printf 'cores User Mode Linux %s, two processors\n' \
			"$("$here/../vm/kernel.sh" release uml-7.2)"
	[[ ,$parts, != *,latency,* ]] ||
		printf 'latency Linux %s in QEMU, two processors\n' \
			"$("$here/../vm/kernel.sh" release 6.1)"
	printf 'source %s\n' "$(git -C "$tree" describe --always --dirty \
		2>/dev/null || echo 'not a git tree')"
}

jool() {
	local reason=$out/jool.reason

	if NLAB_BENCH_JOOL=$(bash "$here/jool.sh" 2>"$reason"); then
		export NLAB_BENCH_JOOL
		printf 'jool %s\n' "$(cat "$NLAB_BENCH_JOOL/version")" \
			>>"$out/raw/machine"
	else
		unset NLAB_BENCH_JOOL
		say "SKIP rows of Jool: $(tail -n 1 "$reason")"
		printf 'jool skipped: %s\n' "$(tail -n 1 "$reason")" \
			>>"$out/raw/machine"
	fi
	rm -f "$reason"
}

# in_guest NAME WORDS...: runs WORDS, which start a guest, if part NAME is asked for.
in_guest() {
	local name=$1 rc=0
	shift

	[[ ,$parts, == *,$name,* ]] || return 0
	say "$name"
	"$@" || rc=$?
	if [ $rc != 0 ]; then
		say "part $name ended with status $rc"
		failed=1
	fi
}

# Jool's module is for uml, the kernel where none is named.
part() {
	local name=$1
	shift

	in_guest "$name" first "$here/../vm/vm.sh" -k "${kernel:-uml}" \
		-m "${memory:-3G}" -a "${words:-}" -t "${seconds:-1800}" -- \
		env ${kernel:+-u NLAB_BENCH_JOOL} bash "$here/guest.sh" "$@"
}

# The same on two processors of kernel $2. Not at that priority: nobody else would
# have one.
part_two() {
	local name=$1 kernel=$2
	shift 2

	in_guest "$name" "$here/../vm/vm.sh" -k "$kernel" -c 2 -t 1800 -- \
		env -u NLAB_BENCH_JOOL bash "$here/guest.sh" "$@"
}

# Ready before the clock starts, and not built at that priority.
"$here/../vm/vm.sh" -k uml -- true
[[ ,$parts, != *,zoo,* && ,$parts, != *,cores,* ]] ||
	"$here/../vm/vm.sh" -k uml-7.2 -- true

failed=0
zoo=$(realpath -e "${ZOO:-$tree/Documentation/examples/geant.graphml}")
mkdir -p "$out"
rm -rf "$out/raw"
mkdir "$out/raw"
machine >"$out/raw/machine"
jool
export NLAB_BENCH=$mode NLAB_BENCH_UDP=$out/bench-udp NLAB_BENCH_CLOCK=$out/clock.so
cc -O2 -o "$NLAB_BENCH_UDP" "$here/udp.c"
cc -O2 -shared -fPIC -o "$NLAB_BENCH_CLOCK" "$here/clock.c"
case $mode in
quick)
	part forward forward.py "$out/raw/forward.json" \
		--rows named --seconds 60 --rounds 5,40 ;;
default)
	part forward forward.py "$out/raw/forward.json" \
		--seconds 240 --rounds 7,60 ;;
full)
	part forward forward.py "$out/raw/forward.json" \
		--seconds 300 --rounds 15,100 ;;
esac
for size in 64 512 1500; do
	part sizes forward.py "$out/raw/size-$size.json" --size $size \
		--seconds 90 --rounds 7,40 \
		--only gen4,gen6,plain4,plain6,xlat46,xlat64,jool46,jool64
done
part tables tables.py "$out/raw/tables.json"
part tcp tcp.py "$out/raw/tcp.json"
part udp udpgso.py "$out/raw/udp.json"
part stats scrape.py "$out/raw/stats.json"
# pktgen of this kernel has a thread for each namespace, which wakes up ten times
# a second: as a module, as distributions have it, it would not be there.
words=initcall_blacklist=pg_init part labs labs.py "$out/raw/labs.json"
# Daemons make system calls, which are dearer in the older kernel.
words=initcall_blacklist=pg_init kernel=uml-7.2 memory=15G seconds=7200 part zoo \
	labs.py "$out/raw/zoo.json" "$zoo"
part links links.py "$out/raw/links.json"
part_two cores uml-7.2 cores.py "$out/raw/cores.json"
part_two latency 6.1 latency.py "$out/raw/latency.json"
python3 -B "$here/report.py" "$out"
exit $failed
