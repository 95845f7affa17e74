#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""
What it costs the packets that somebody reads all statistics, inside the test
kernel:

    scrape.py OUT.json

The generator runs at full rate to random ones of many pairs. Every other second
is one in which the statistics are read once, and its rate is compared with that
of the one beside it. On the one processor the reader takes its time from the
packets; the value is what a scraper costs that comes again and again: with the
counters of a thousand pairs each 15 s, and with those of the namespace each
second, while the table has a million pairs.
"""
import json
import os
import subprocess
import sys
import time

import net
import pktgen
import stats
import tables

# Name of the rows, pairs, options of nlabctl, seconds between two reads.
CASES = (
    ("stats", 1000, ["-m", "-s"], 15),
    ("stats.1M", 1000000, ["-m"], 1),
)


def window(stream, router, read=None):
    """Packets per second that arrive in a second, and seconds of the read."""
    start, before = time.monotonic(), pktgen.counters()[stream.sink][0]
    took = 0
    if read:
        subprocess.run(["nlabctl", *read, "-n", router.netns, "show-stats"],
                       stdout=subprocess.DEVNULL, check=True)
        took = time.monotonic() - start
    time.sleep(max(0, start + 1 - time.monotonic()))
    after, end = pktgen.counters()[stream.sink][0], time.monotonic()
    return (after - before) / (end - start), took


def measure(stream, router, case, turns):
    """Rows of a case."""
    name, pairs, read, interval = case
    cost, reads = [], []
    with tables.traffic(stream, []):
        window(stream, router, read)
        for turn in range(turns):
            rate = {}
            for with_it in (turn % 2 == 0, turn % 2 == 1):
                rate[with_it], took = window(stream, router,
                                             read if with_it else None)
                if with_it:
                    reads.append(took)
            cost.append(100 * (1 - rate[True] / rate[False]) / interval)
    values = sorted(cost)
    command = "nlabctl %s show-stats" % " ".join(read)
    return [{"name": name + ".read.ms", "value": 1000 * stats.median(reads),
             "unit": "ms", "better": "lower",
             "note": command + " under full traffic"},
            {"name": name + ".cost", "value": stats.median(cost), "unit": "%",
             "better": "lower", "target": 1,
             "note": "%s of %d pairs each %d s, quartiles %.2f and %.2f" % (
                 command, pairs, interval, stats.quantile(values, 0.25),
                 stats.quantile(values, 0.75))}]


def main():
    full = os.environ.get("NLAB_BENCH") == "full"
    net.setup()
    router = net.Router(0)
    source, first, _ = tables.translator(1)(router)
    net.enter(net.GS)
    out = []
    for case in CASES:
        pairs = case[1]
        tables.load(router, tables.write_maps("maps.%d" % pairs, pairs))
        stream = pktgen.Stream(router, source, first, tables.addr4(pairs - 1))
        out += measure(stream, router, case, 60 if full else 15)
    with open(sys.argv[1], "w", encoding="ascii") as f:
        json.dump(out, f)


if __name__ == "__main__":
    main()
