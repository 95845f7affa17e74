#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""
Forwarding benchmark, inside the test kernel:

    forward.py OUT.json [--rows named|all] [--size BYTES] [--seconds LIMIT]
               [--packets N] [--rounds MIN,MAX] [--only NAME,NAME]

Each round takes one sample of every row, the order rotated from round to
round. Net cost is time per packet minus the generator's time for the same
family, of the same round, so that a change of the host's speed from round to
round cancels. Rounds end when the spread of every net cost is below 2 %.
"""
import argparse
import json
import os
import sys
import time

sys.dont_write_bytecode = True
import net		# noqa: E402
import pktgen		# noqa: E402
import rows		# noqa: E402
import stats		# noqa: E402

GOAL = 0.02


class Row:
    def __init__(self, name, family, setup, size, n):
        self.name = name
        self.family = family
        self.size = size
        self.gen = name.startswith("gen")
        router = net.Router(n)
        src, dst = setup(router)
        self.stream = pktgen.Stream(router, src, dst, size)
        self.ns = []
        self.arrived = 1.0

    def sample(self, packets):
        ns, arrived = pktgen.sample(self.stream, packets, not self.gen)
        self.arrived = min(self.arrived, arrived)
        return ns


def build(args):
    chosen = rows.NAMED + (rows.MORE if args.rows == "all" else [])
    if args.only:
        names = args.only.split(",")
        chosen = [r for r in rows.NAMED + rows.MORE if r[0] in names]
    if not os.environ.get("NLAB_BENCH_JOOL"):
        chosen = [r for r in chosen if "jool" not in r[0]]
    net.setup()
    return [Row(*r, args.size, n) for n, r in enumerate(chosen)]


def one_round(table, number, packets):
    turn = number * 7 % len(table)
    for row in table[turn:] + table[:turn]:
        row.ns.append(row.sample(packets))


def nets(table):
    """Net cost per row and round."""
    gen = {r.family: r.ns for r in table if r.gen}
    return {r.name: [t - g for t, g in zip(r.ns, gen[r.family])]
            for r in table if not r.gen}


def settled(table):
    values = [r.ns for r in table if r.gen] + list(nets(table).values())
    return all(stats.spread(v) < GOAL for v in values)


def measure(table, args):
    low, high = (int(n) for n in args.rounds.split(","))
    end = time.monotonic() + args.seconds
    one_round(table, 0, args.packets // 4)
    for row in table:
        # The first samples of a namespace fill caches.
        row.ns.clear()
        row.arrived = 1.0
    number = 0
    while number < low or (number < high and not settled(table)):
        if number and time.monotonic() > end:
            break
        one_round(table, number, args.packets)
        number += 1


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("out")
    parser.add_argument("--rows", default="all", choices=("named", "all"))
    parser.add_argument("--size", type=int, default=80)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--packets", type=int, default=80000)
    parser.add_argument("--rounds", default="7,60")
    parser.add_argument("--only")
    args = parser.parse_args()
    start = time.monotonic()
    table = build(args)
    print("set up in %.1f s" % (time.monotonic() - start), file=sys.stderr)
    net.enter(net.GS)
    measure(table, args)
    net_costs = nets(table)
    with open(args.out, "w", encoding="ascii") as f:
        json.dump({"size": args.size, "packets": args.packets,
                   "ns": {r.name: r.ns for r in table},
                   "net": net_costs,
                   "arrived": {r.name: r.arrived for r in table}}, f)
    for row in table:
        v = row.ns if row.gen else net_costs[row.name]
        print("%-16s %8.1f ns  spread %.1f %%  (%d rounds)" %
              (row.name, stats.median(v), 100 * stats.spread(v), len(v)),
              flush=True)


main()
