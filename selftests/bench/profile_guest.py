#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""
One row at full rate for as long as it is being profiled, inside the test
kernel:

    profile_guest.py READY ROW SECONDS

READY gets the run folder of the guest, READY.syms the kernel's symbols and
READY.ns the time per packet; of TCP, of 1448 octets of what it carries.
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
    packets, and what sends for some seconds.
    """
    router = net.Router(0)
    stream = pktgen.Stream(router, *find(name)(router))
    ns = pktgen.sample(stream, 1000000, not name.startswith("gen"))[0]
    pktgen.prepare(stream)
    return ns, sender(stream.gen)


def sender(gen):
    """Of the generator @gen, that is set up in the present namespace."""
    def send(seconds):
        # Long enough for a slow host; the host ends it.
        pktgen.write(gen, "count 0")
        starter = pktgen.start()
        time.sleep(seconds)
        pktgen.write("pgctrl", "stop")
        starter.join()
    return send


def chain_of(case, kind):
    words, routers = {c[0]: c[1:] for c in links.CASES}[case]
    return chain.Chain("p", kind, [words] * (routers + 1))


def link(case, kind):
    """The same of a row of links.py."""
    if case.startswith("busy"):
        row = links.Crowd(kind, int(case[4:]))
    else:
        row = chain_of(case, kind).sink()
    ns = [1e9 / chain.flood_for(row, 0.2) for _ in range(9)]
    net.enter(row.source)
    return ns, sender("e0")


def tcp(case, kind):
    """The same of a row of TCP."""
    row = links.serve(case, chain_of(case, kind))
    return [1448 * 8e3 / row.iperf(1) for _ in range(5)], row.iperf


def main():
    ready, name, seconds = sys.argv[1], sys.argv[2], float(sys.argv[3])
    net.setup()
    kind, *rest = name.split(".")
    ns, send = ({"link": link, "tcp": tcp}[kind](*rest)
                if kind in ("link", "tcp") else forward(name))
    with open("/proc/sys/kernel/kptr_restrict", "w", encoding="ascii") as f:
        f.write("0\n")
    shutil.copyfile("/proc/kallsyms", ready + ".syms")
    with open(ready + ".ns", "w", encoding="ascii") as f:
        f.write("%.1f\n" % stats.median(ns))
    with open(ready + ".new", "w", encoding="ascii") as f:
        f.write(os.environ["NLAB_RUN"] + "\n")
    os.rename(ready + ".new", ready)
    send(seconds)


main()
