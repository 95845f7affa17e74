#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""
What it costs the packets that somebody reads all statistics, inside the test
kernel:

    scrape.py OUT.json

The generator runs at full rate to random ones of a thousand pairs. Every other
second everything is read once (nlabctl -m -s show-stats), and the rate of each
such second is compared with that of the one beside it. On the one processor
the reader takes its time from the packets; the value is what a scraper costs
that comes every INTERVAL seconds.
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

PAIRS = 1000
INTERVAL = 15


def window(stream, router, read):
    """Packets per second that arrive in a second, and seconds of the read."""
    start, before = time.monotonic(), pktgen.counters()[stream.sink][0]
    took = 0
    if read:
        subprocess.run(["nlabctl", "-m", "-s", "-n", router.netns,
                        "show-stats"], stdout=subprocess.DEVNULL, check=True)
        took = time.monotonic() - start
    time.sleep(max(0, start + 1 - time.monotonic()))
    after, end = pktgen.counters()[stream.sink][0], time.monotonic()
    return (after - before) / (end - start), took


def main():
    full = os.environ.get("NLAB_BENCH") == "full"
    net.setup()
    router = net.Router(0)
    source, first, last = tables.translator(PAIRS)(router)
    net.enter(net.GS)
    stream = pktgen.Stream(router, source, first, last)
    cost, reads = [], []
    with tables.traffic(stream, []):
        window(stream, router, True)
        for turn in range(60 if full else 15):
            rate = {}
            for read in (turn % 2 == 0, turn % 2 == 1):
                rate[read], took = window(stream, router, read)
                if read:
                    reads.append(took)
            cost.append(100 * (1 - rate[True] / rate[False]) / INTERVAL)
    values = sorted(cost)
    note = "a read of %d pairs in use each %d s, quartiles %.2f and %.2f" % (
        PAIRS, INTERVAL, stats.quantile(values, 0.25), stats.quantile(values, 0.75))
    out = [{"name": "stats.read.ms", "value": 1000 * stats.median(reads),
            "unit": "ms", "better": "lower",
            "note": "nlabctl -m -s show-stats under full traffic"},
           {"name": "stats.cost", "value": stats.median(cost), "unit": "%",
            "better": "lower", "note": note, "target": 1}]
    with open(sys.argv[1], "w", encoding="ascii") as f:
        json.dump(out, f)


if __name__ == "__main__":
    main()
