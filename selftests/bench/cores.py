#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""
From one processor to two, inside a test kernel that has two:

    cores.py OUT.json

Each row has two streams through two namespaces of their own; the generator's
thread of each processor drives one, and its packets stay on that processor. A
round measures each alone and then both at once.
"""
import json
import os
import sys

import net
import pktgen
import rows
import stats

ROWS = [("gen4", rows.generator4), ("plain4", rows.plain4),
        ("plain6", rows.plain6), ("xlat46", rows.xlat46),
        ("xlat64", rows.xlat64)]


class Row:
    """Two streams, one for each processor; what arrives counts."""

    def __init__(self, number, name, setup):
        self.name = name
        self.streams = []
        for cpu in range(2):
            router = net.Router(2 * number + cpu)
            self.streams.append(pktgen.Stream(router, *setup(router)))
        self.ratio = []
        self.rate = {1: [], 2: []}
        self.missing = 0

    def run(self, cpus, packets):
        """Packets per second of the processors' streams together."""
        for cpu in range(2):
            pktgen.write("kpktgend_%d" % cpu, "rem_device_all")
        for cpu in cpus:
            pktgen.prepare(self.streams[cpu], cpu)
            pktgen.write(self.streams[cpu].gen, "count %d" % packets)
        before = pktgen.counters()
        pktgen.write("pgctrl", "start")
        rate = 0
        for cpu in cpus:
            usec, sent = pktgen.result(self.streams[cpu].gen)
            sink = self.streams[cpu].sink
            arrived = sent if self.name.startswith("gen") else (
                pktgen.counters()[sink][0] - before[sink][0])
            self.missing += sent - arrived
            rate += 1e6 * arrived / usec
        return rate

    def round(self, packets):
        one = (self.run([0], packets) + self.run([1], packets)) / 2
        two = self.run([0, 1], packets)
        self.rate[1].append(one)
        self.rate[2].append(two)
        self.ratio.append(two / one)


def show(table):
    out = []
    for row in table:
        for cpus, values in row.rate.items():
            out.append({"name": "cores.%s.%d.pps" % (row.name, cpus),
                        "value": stats.median(values), "unit": "1/s",
                        "better": "higher", "note": ""})
        result = {"name": "ratio.cores.%s" % row.name,
                  "value": stats.median(row.ratio), "unit": "x",
                  "better": "higher", "note": "two over one, spread %.1f %%, "
                  "%d rounds, %d packets lost" % (
                      100 * stats.spread(row.ratio), len(row.ratio),
                      row.missing)}
        if row.name.startswith("xlat"):
            result["target"] = 1.8
        out.append(result)
    return out


def main():
    full = os.environ.get("NLAB_BENCH") == "full"
    packets = 500000 if full else 200000
    net.setup()
    table = [Row(n, *spec) for n, spec in enumerate(ROWS)]
    net.enter(net.GS)
    # The first samples of a namespace fill caches.
    for row in table:
        row.run([0, 1], packets // 10)
    for number in range(15 if full else 9):
        turn = number % len(table)
        for row in table[turn:] + table[:turn]:
            row.round(packets)
    with open(sys.argv[1], "w", encoding="ascii") as f:
        json.dump(show(table), f)


if __name__ == "__main__":
    main()
