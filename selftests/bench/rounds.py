# SPDX-License-Identifier: GPL-2.0
"""
Rounds of samples, each of many short windows (see stats.level()). Each round takes
one sample of every row, the order rotated from round to round. Net cost is time per
packet minus that of the generator row. Rounds end when the spread of every
value is below 2 %, or when the time is up.
"""
import time

import net
import pktgen
import stats

GOAL = 0.02
PACKETS = 300000


class Row:
    """
    One namespace and its stream. @setup(router) gives the addresses; @base is
    the name of the generator row to subtract, None for such a row itself.
    """

    def __init__(self, number, name, base, setup, size):
        self.name = name
        self.base = base
        # Of its own, so that its generator is set up once: that takes longer
        # than a sample.
        gs = "gs%d" % number
        net.setup(gs)
        self.router = net.Router(number, gs)
        self.stream = pktgen.Stream(self.router, *setup(self.router),
                                    size=size)
        self.ns = []
        self.arrived = 1.0

    def sample(self, packets):
        windows, arrived = pktgen.sample(self.stream, packets,
                                         self.base is not None)
        self.ns.append(windows)
        self.arrived = min(self.arrived, arrived)

    def forget(self):
        self.ns.clear()
        self.arrived = 1.0


def one_round(table, number, packets):
    turn = number * 7 % len(table)
    for row in table[turn:] + table[:turn]:
        row.sample(packets)


def nets(table):
    """Net cost per row, and its spread."""
    by_name = {r.name: r for r in table}
    return {r.name: stats.estimate(stats.net, r.ns, by_name[r.base].ns)
            for r in table if r.base}


def settled(table):
    return all(spread < GOAL for _, spread in nets(table).values())


def measure(table, packets, low, high, seconds):
    """Between @low and @high rounds, about @seconds at most."""
    end = time.monotonic() + seconds
    # The first samples of a namespace fill caches.
    one_round(table, 0, packets // 4)
    for row in table:
        row.forget()
    number = 0
    while number < high and (number < low or number % 10 or
                             not settled(table)):
        if number > 2 and time.monotonic() > end:
            break
        one_round(table, number, packets)
        number += 1


def result(table):
    """What report.py reads."""
    return {"ns": {r.name: r.ns for r in table},
            "base": {r.name: r.base for r in table},
            "arrived": {r.name: r.arrived for r in table}}
