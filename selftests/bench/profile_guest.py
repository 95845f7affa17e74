#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""
One row at full rate for as long as it is being profiled, inside the test
kernel:

    profile_guest.py READY ROW SECONDS

READY gets the run folder of the guest, READY.syms the kernel's symbols and
READY.ns the time per packet.
"""
import os
import shutil
import sys
import time

import chain
import links
import net
import pktgen
import rows
import stats
import tables


def find(name):
    """What sets the router up for the row @name."""
    for row in rows.NAMED + rows.MORE:
        if row[0] == name:
            return row[2]
    kind, count = name.rsplit(".", 1)
    return {"table": tables.translator, "plain": tables.plain,
            "gen": tables.generator}[kind](int(count))


def forward(name):
    """
    A row of forward.py or tables.py. Return: the nanoseconds of each of its
    packets, its generator, that is set up in the present namespace.
    """
    router = net.Router(0)
    stream = pktgen.Stream(router, *find(name)(router))
    ns = [pktgen.sample(stream, 100000, not name.startswith("gen"))[0]
          for _ in range(9)]
    pktgen.prepare(stream)
    return ns, stream.gen


def link(case, kind):
    """The same of a row of links.py."""
    if case.startswith("busy"):
        row = links.Crowd(kind, int(case[4:]))
    else:
        words, routers = {c[0]: c[1:] for c in links.CASES}[case]
        row = chain.Chain("p", kind, [words] * (routers + 1)).sink()
    ns = [1e9 / chain.flood_for(row, 0.2) for _ in range(9)]
    net.enter(row.source)
    return ns, "e0"


def main():
    ready, name, seconds = sys.argv[1], sys.argv[2], float(sys.argv[3])
    net.setup()
    if name.startswith("link."):
        ns, gen = link(*name.split(".")[1:])
    else:
        ns, gen = forward(name)
    with open("/proc/sys/kernel/kptr_restrict", "w", encoding="ascii") as f:
        f.write("0\n")
    shutil.copyfile("/proc/kallsyms", ready + ".syms")
    with open(ready + ".ns", "w", encoding="ascii") as f:
        f.write("%.1f\n" % stats.median(ns))
    # Long enough for a slow host; the host ends it.
    pktgen.write(gen, "count 0")
    with open(ready + ".new", "w", encoding="ascii") as f:
        f.write(os.environ["NLAB_RUN"] + "\n")
    os.rename(ready + ".new", ready)
    starter = pktgen.start()
    time.sleep(seconds)
    pktgen.write("pgctrl", "stop")
    starter.join()


main()
