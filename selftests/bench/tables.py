#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""
Tables of up to a million pairs, inside the test kernel:

    tables.py OUT.json [MOST]

Net cost by number of pairs with random destinations, nested prefixes, load,
replace and dump of the largest table, also under full traffic, and its memory.
"""
import contextlib
import ipaddress
import json
import os
import subprocess
import sys
import time

import net
import pktgen
import rounds
import rows
import stats

# No documentation prefix holds a million hosts: the shared address space of
# RFC 6598 does, and none of these packets leaves the test kernel.
FIRST = int(ipaddress.IPv4Address("100.64.0.0"))
DIR = "/dev/shm/"


def addr4(n):
    return str(ipaddress.IPv4Address(FIRST + n))


def write_maps(name, count, changed_from=None):
    """Pairs; from @changed_from on other inside addresses."""
    path = DIR + name
    with open(path, "w", encoding="ascii") as f:
        for n in range(count):
            other = changed_from is not None and n >= changed_from
            f.write("%s 2001:db8:a:%d::%x:%x\n" % (
                addr4(n), other, n >> 16, n & 0xffff))
    return path


def load(router, path):
    start = time.monotonic()
    net.run("nlabctl", "-q", "-n", router.netns, "load-maps", path)
    return time.monotonic() - start


def generator(count):
    def setup(r):
        net.drop(r.netns, "r0")
        return rows.V4_HOST, addr4(0), addr4(count - 1) if count > 1 else None
    return setup


def plain(count):
    def setup(r):
        rows.v4_to(r, "100.64.0.0/10")
        return rows.V4_HOST, addr4(0), addr4(count - 1) if count > 1 else None
    return setup


def translator(count):
    def setup(r):
        net.nlabctl(r.netns, rows.XLAT.format(mode="auto"))
        rows.v4_to(r, "2001:db8:a::/48")
        load(r, write_maps("maps.%d" % count, count))
        return rows.V4_HOST, addr4(0), addr4(count - 1) if count > 1 else None
    return setup


def nested(r):
    """The packets match the shortest prefix only, the last one looked for."""
    net.nlabctl(r.netns, rows.XLAT.format(mode="auto") + "".join(
        "add-map 203.0.113.0/%d 2001:db8:a:%d::/%d overlap\n" % (
            n, n, 96 + n) for n in range(24, 32)))
    rows.v4_to(r, "2001:db8:a::/48")
    return rows.V4_HOST, "203.0.113.200"


def mem_free():
    """Bytes, once the kernel has freed what it was about to free."""
    before = -1
    for _ in range(50):
        with open("/proc/sys/vm/drop_caches", "w", encoding="ascii") as f:
            f.write("3\n")
        with open("/proc/meminfo", encoding="ascii") as f:
            now = next(int(line.split()[1]) for line in f
                       if line.startswith("MemFree:"))
        if abs(now - before) < 256:
            break
        before = now
        time.sleep(0.1)
    return now * 1024


@contextlib.contextmanager
def traffic(stream, result):
    """Full rate meanwhile; result becomes (sent, arrived)."""
    pktgen.prepare(stream)
    pktgen.write(stream.gen, "count 0")
    before = pktgen.counters()[stream.sink][0]
    child = os.fork()
    if child == 0:
        pktgen.write("pgctrl", "start")
        os._exit(0)
    while pktgen.counters()[stream.sink][0] == before:
        time.sleep(0.01)
    yield
    pktgen.write("pgctrl", "stop")
    os.waitpid(child, 0)
    sent = pktgen.result(stream.gen)[1]
    result[:] = [sent, pktgen.counters()[stream.sink][0] - before]


def lost(result):
    return "%d packets sent meanwhile" % result[0], result[0] - result[1]


def size_name(count):
    return {1: "1", 1000: "1k", 100000: "100k", 1000000: "1M"}.get(
        count, str(count))


def forwarding(counts, most):
    specs = [("gen.1", None, generator(1)), ("gen.random", None,
                                             generator(most)),
             ("plain4.1", "gen.1", plain(1)),
             ("plain4.random", "gen.random", plain(most)),
             ("nested8", "gen.1", nested)]
    specs += [(size_name(c), "gen.random" if c > 1 else "gen.1",
               translator(c)) for c in counts]
    return [rounds.Row(n, *spec, size=80) for n, spec in enumerate(specs)]


def cost_rows(table, out):
    for name, (value, spread) in rounds.nets(table).items():
        out.append({"name": "table.%s.net_ns" % name, "value": value,
                    "unit": "ns", "better": "lower",
                    "note": "spread %.1f %%, %d rounds" % (
                        100 * spread, len(table[0].ns))})
    ns = {r.name: r.ns for r in table}
    value, spread = stats.estimate(stats.ratio, table[-1].ns, ns["gen.random"],
                                   ns["1"], ns["gen.1"])
    out.append({"name": "ratio.table.%s/1" % table[-1].name, "value": value,
                "unit": "x", "better": "lower",
                "note": "net, random destinations, spread %.1f %%" % (
                    100 * spread), "target": 1.25})


def big_table(row, most, out):
    """Memory, load, replace and dump, in the namespace of @row."""
    router, n = row.router, size_name(most)
    full = DIR + "maps.%d" % most
    half = write_maps("maps.half", most, most // 2)
    net.run("nlabctl", "-q", "-n", router.netns, "flush-maps")
    free = mem_free()
    seconds = load(router, full)
    out.append({"name": "table.load_%s.s" % n, "value": seconds, "unit": "s",
                "better": "lower", "note": "nlabctl load-maps",
                "target": 3.0})
    out.append({"name": "table.memory_per_pair",
                "value": (free - mem_free()) / most, "unit": "bytes",
                "better": "lower", "note": "MemFree, counters included",
                "target": 192})
    quiet = load(router, half)
    out.append({"name": "table.replace_%s.s" % n, "value": quiet, "unit": "s",
                "better": "lower", "note": "half of the pairs changed"})

    # Packets go to pairs that stand in both tables.
    stream = pktgen.Stream(router, rows.V4_HOST, addr4(0),
                           addr4(most // 2 - 1))
    result = []
    with traffic(stream, result):
        seconds = load(router, full)
    out.append({"name": "table.replace_traffic_%s.s" % n, "value": seconds,
                "unit": "s", "better": "lower",
                "note": "under full traffic on the only processor"})
    note, missing = lost(result)
    out.append({"name": "table.replace_lost", "value": missing,
                "unit": "packets", "better": "lower",
                "note": "of unchanged pairs, " + note, "target": 0})
    with traffic(stream, result), open("/dev/null", "wb") as null:
        start = time.monotonic()
        subprocess.run(["nlabctl", "-j", "-n", router.netns, "show-maps"],
                       stdout=null, check=True)
        seconds = time.monotonic() - start
    note, missing = lost(result)
    out.append({"name": "table.show_traffic_%s.s" % n, "value": seconds,
                "unit": "s", "better": "lower",
                "note": "show-maps -j under full traffic"})
    out.append({"name": "table.show_lost", "value": missing,
                "unit": "packets", "better": "lower", "note": note,
                "target": 0})


def main():
    most = int(sys.argv[2]) if len(sys.argv) > 2 else 1000000
    counts = [c for c in (1, 1000, 100000) if c < most] + [most]
    out = []
    table = forwarding(counts, most)
    full = os.environ.get("NLAB_BENCH") == "full"
    rounds.measure(table, rounds.PACKETS, 5, 100, 180 if full else 90)
    cost_rows(table, out)
    net.enter(table[-1].router.gs)
    big_table(table[-1], most, out)
    with open(sys.argv[1], "w", encoding="ascii") as f:
        json.dump(out, f)


if __name__ == "__main__":
    main()
