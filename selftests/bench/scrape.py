#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""
What it costs the packets that somebody reads all statistics, inside the test
kernel:

    scrape.py OUT.json

The generator runs at full rate to random ones of many pairs. Every other second
is one in which the statistics are read, several times so that it shows, and its
rate is compared with that of the one beside it. On the one processor the reader
takes its time from the packets; the value is what one read costs of the time from
one to the next: with the counters of a thousand pairs each 15 s, and with those
of the namespace each second, while the table has a million pairs, by nlabctl,
most of whose time is the start of a program, and from nlab-exporter.
"""
import http.client
import json
import os
import subprocess
import sys
import time

import net
import pktgen
import stats
import tables

PORT = 20206
# Name of the rows, pairs, options of nlabctl (none: nlab-exporter is asked),
# seconds between two reads, and how many in the second of a sample.
CASES = (
    ("stats", 1000, ["-m", "-s"], 15, 3),
    ("stats.1M", 1000000, ["-m"], 1, 5),
    ("stats.exporter.1M", 1000000, None, 1, 50),
)


def by_nlabctl(router, options):
    """Returns what reads once."""
    command = ["nlabctl", *options, "-n", router.netns, "show-stats"]
    return lambda: subprocess.run(command, stdout=subprocess.DEVNULL,
                                  check=True)


def by_exporter(router):
    """The same, over a connection that stays, and the exporter."""
    exporter = subprocess.Popen(["nlab-exporter", "-n", router.netns, "-l",
                                 "127.0.0.1:%d" % PORT])
    connection = http.client.HTTPConnection("127.0.0.1", PORT, timeout=60)

    def read():
        connection.request("GET", "/metrics")
        answer = connection.getresponse()
        text = answer.read()
        if answer.status != 200 or b"nlab_xlat_packets_total" not in text:
            sys.exit("scrape.py: the exporter says %d" % answer.status)

    for _ in range(100):
        try:
            connection.connect()
            break
        except ConnectionRefusedError:
            time.sleep(0.1)
    return read, exporter


def window(stream, read=None, reads=0):
    """Packets per second that arrive in a second, or in the time that the reads
    take if that is longer; seconds of a read; that time."""
    start, before = time.monotonic(), pktgen.counters()[stream.sink][0]
    for _ in range(reads):
        read()
    took = (time.monotonic() - start) / max(1, reads)
    time.sleep(max(0, start + 1 - time.monotonic()))
    after, end = pktgen.counters()[stream.sink][0], time.monotonic()
    return (after - before) / (end - start), took, end - start


def measure(stream, router, case, turns):
    """Rows of a case."""
    name, pairs, options, interval, reads = case
    cost, times = [], []
    if options:
        read, exporter = by_nlabctl(router, options), None
        command = "nlabctl %s show-stats" % " ".join(options)
    else:
        read, exporter = by_exporter(router)
        command = "a request to nlab-exporter"
    with tables.traffic(stream, []):
        window(stream, read, reads)
        for turn in range(turns):
            rate = {}
            for with_it in (turn % 2 == 0, turn % 2 == 1):
                rate[with_it], took, length = window(
                    stream, read, reads if with_it else 0)
                if with_it:
                    times.append(took)
                    seconds = length
            cost.append(100 * (1 - rate[True] / rate[False]) * seconds /
                        reads / interval)
    if exporter:
        exporter.terminate()
        exporter.wait()
    values = sorted(cost)
    return [{"name": name + ".read.ms", "value": 1000 * stats.median(times),
             "unit": "ms", "better": "lower",
             "note": command + " under full traffic"},
            {"name": name + ".cost", "value": stats.median(cost), "unit": "%",
             "better": "lower", "target": 1,
             "note": "%s with %d pairs each %d s, quartiles %.2f and %.2f" % (
                 command, pairs, interval, stats.quantile(values, 0.25),
                 stats.quantile(values, 0.75))}]


def main():
    full = os.environ.get("NLAB_BENCH") == "full"
    net.setup()
    router = net.Router(0)
    source, first, _ = tables.translator(1)(router)
    net.enter(net.GS)
    out = []
    loaded = 0
    for case in CASES:
        pairs = case[1]
        if pairs != loaded:
            tables.load(router, tables.write_maps("maps.%d" % pairs, pairs))
        loaded = pairs
        stream = pktgen.Stream(router, source, first, tables.addr4(pairs - 1))
        out += measure(stream, router, case, 60 if full else 15)
    with open(sys.argv[1], "w", encoding="ascii") as f:
        json.dump(out, f)


if __name__ == "__main__":
    main()
