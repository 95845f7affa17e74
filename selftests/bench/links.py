#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""
Emulated links against veth and veth with netem, inside the test kernel:

    links.py OUT.json [tcp] [pps] [busy] [gine] [accuracy]
"""
import json
import os
import sys
import time

import accuracy
import chain
import gine
import net
import pktgen
import stats
from chain import Chain

FULL = os.environ.get("NLAB_BENCH") == "full"
KINDS = ("veth", "netem", "nlink")
# name, impairment of each link, routers
CASES = [
    ("none", "", 0),
    ("delay", "delay 1ms", 0),
    ("rate", "rate 1gbit", 0),
    ("loss", "loss 1%", 0),
    ("chain1", "delay 1ms", 1),
    ("chain2", "delay 1ms", 2),
    ("chain5", "delay 1ms", 5),
    ("chain10", "delay 1ms", 10),
]
# Seconds of a flood, whose end is known to 5 ms.
FLOOD = 1.0 if FULL else 0.5
# A flood through a rate only measures the rate, and wide buffers its queue.
NOT_FLOODED = ("rate",)
# case of nlink, kind and case that it is compared with, at least
TARGETS = [
    ("none", "veth", "none", 1.0),
    ("delay", "veth", "none", 0.95),
    ("delay", "netem", "delay", 1.3),
    ("rate", "netem", "rate", None),
    ("loss", "netem", "loss", None),
    ("chain1", "netem", "chain1", None),
    ("chain2", "netem", "chain2", None),
    ("chain5", "netem", "chain5", None),
    ("chain10", "netem", "chain10", None),
]
BUSY = (1, 100, 1000)


def row(name, values, unit):
    return {"name": name, "value": stats.median(values), "unit": unit,
            "better": "higher", "note": "spread %.1f %%, %d rounds" % (
                100 * stats.spread(values), len(values))}


def ratio(name, above, below, target):
    values = [a / b for a, b in zip(above, below)]
    result = row("ratio." + name, values, "x")
    if target is not None:
        result["target"] = target
    return result


def kinds_of(case):
    """Plain veth knows no impairment."""
    return KINDS[::2] if case == "none" else KINDS[1:]


def build(what):
    """{(case, kind): chain}"""
    table = {}
    for n, (case, words, routers) in enumerate(CASES):
        if what == "pps" and case in NOT_FLOODED:
            continue
        for kind in kinds_of(case):
            table[case, kind] = Chain("%s%d%s" % (what[0], n, kind), kind,
                                      [words] * (routers + 1))
    return table


def rounds(table, measure, count):
    """Each in turn, the order rotated from round to round."""
    values = {key: [] for key in table}
    keys = list(table)
    for n in range(count):
        turn = n * 5 % len(keys)
        for key in keys[turn:] + keys[:turn]:
            values[key].append(measure(table[key]))
    return values


def rows_of(what, unit, values):
    out = [row("link.%s.%s.%s" % (what, case, kind), v, unit)
           for (case, kind), v in values.items()]
    for case, kind, other, target in TARGETS:
        if (case, "nlink") in values:
            out.append(ratio("link.%s.%s.nlink/%s" % (what, case, kind),
                             values[case, "nlink"], values[other, kind],
                             target))
    return out


def serve(case, c):
    """Makes the chain @c of @case ready for TCP."""
    return c.serve() if case in NOT_FLOODED else c.serve().widen()


def throughput():
    table = build("tcp")
    for (case, _), c in table.items():
        serve(case, c)
    return rows_of("tcp", "Mbit/s", rounds(
        table, lambda c: c.iperf(2 if FULL else 1), 9 if FULL else 5))


def packets():
    table = build("pps")
    for c in table.values():
        c.sink()
    return rows_of("pps", "packets/s", rounds(
        table, lambda c: chain.flood_for(c, FLOOD), 9 if FULL else 5))


class Crowd:
    """@count links of one kind with 1 ms, fed by a router in turn."""

    def __init__(self, kind, count):
        # generator -- veth -- router a, which has a route for each link to b
        self.feed = Chain("f%s%d" % (kind, count), "veth", [""])
        self.a, self.b = self.feed.nodes[1], "b%s%d" % (kind, count)
        self.source, self.count = self.feed.nodes[0], count
        self.speed = 0
        net.ip(None, "netns add %s\n" % self.b)
        names = ["c%d" % i for i in range(count)]
        limit = chain.LIMIT[kind] % chain.NO_LIMIT
        start = time.monotonic()
        if kind == "nlink":
            net.run("nlabctl", "add-links", "-", text="".join(
                "%s@%s %s@%s delay 1ms %s\n" %
                (n, self.a, n, self.b, limit) for n in names))
        else:
            net.ip(self.a, "".join(
                "link add %s type veth peer name %s netns %s\n" %
                (n, n, self.b) for n in names))
            for netns in (self.a, self.b):
                tc_batch(netns, ("qdisc add dev %s root netem %sdelay 1ms" %
                                 (n, limit) for n in names))
        self.made = time.monotonic() - start
        net.sysctl(self.b, ipv6__conf__all__disable_ipv6=1)
        for netns in (self.b, self.a):
            net.ip(netns, "".join("link set %s up\n" % n for n in names))
        net.ip(self.a, "".join(
            "route add 10.9.{0}.{1}/32 via 10.8.0.1 dev {2} onlink\n"
            "neigh add 10.8.0.1 lladdr 02:00:00:00:03:00 dev {2} nud permanent\n"
            .format(i >> 8, i & 255, n) for i, n in enumerate(names)))
        tc_batch(self.b, ("qdisc add dev %s ingress_block 1 clsact" % n
                          for n in names))
        tc_batch(self.b, ["filter add block 1 matchall action drop"])

    def arrived(self):
        net.enter(self.b)
        return sum(got for got, _ in pktgen.counters().values())

    def flood(self, packets):
        last = self.count - 1
        self.feed.generator(packets, 60, "10.9.0.0", "10.9.%d.%d" %
                            (last >> 8, last & 255))
        return chain.flood(self.source, packets, self.arrived)


def tc_batch(netns, lines):
    net.run("tc", "-n", netns, "-batch", "-",
            text="".join(line + "\n" for line in lines))


def crowds():
    table = {("busy%d" % n, kind): Crowd(kind, n) for n in BUSY
             for kind in KINDS[1:]}
    values = rounds(table, lambda c: chain.flood_for(c, FLOOD), 9 if FULL else 5)
    out = [row("link.pps.%s.%s" % key, v, "packets/s")
           for key, v in values.items()]
    for n in BUSY:
        case = "busy%d" % n
        out.append(ratio("link.pps.%s.nlink/netem" % case,
                         values[case, "nlink"], values[case, "netem"],
                         2.0 if n == BUSY[-1] else None))
    out += [{"name": "link.create%d.%s" % (BUSY[-1], kind),
             "value": table["busy%d" % BUSY[-1], kind].made, "unit": "s",
             "better": "lower"} for kind in KINDS[1:]]
    out[-1]["target"] = 1.0
    return out


PARTS = {"tcp": throughput, "pps": packets, "busy": crowds,
         "gine": lambda: gine.table(FULL),
         "accuracy": lambda: accuracy.table(FULL)}


def main():
    out = []
    for part in sys.argv[2:] or PARTS:
        start = time.monotonic()
        out += PARTS[part]()
        print("bench: links %s, %d s" % (part, time.monotonic() - start),
              file=sys.stderr)
    with open(sys.argv[1], "w", encoding="ascii") as f:
        json.dump(out, f)


if __name__ == "__main__":
    main()
