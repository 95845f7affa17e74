#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""
Forwarding benchmark, inside the test kernel:

    forward.py OUT.json [--rows named|all] [--size BYTES] [--seconds LIMIT]
               [--packets N] [--rounds MIN,MAX] [--only NAME,NAME]
"""
import argparse
import json
import os

import net
import rounds
import rows


def build(args):
    chosen = rows.NAMED + (rows.MORE if args.rows == "all" else [])
    if args.only:
        names = args.only.split(",")
        chosen = [r for r in rows.NAMED + rows.MORE if r[0] in names]
    if not os.environ.get("NLAB_BENCH_JOOL"):
        chosen = [r for r in chosen if "jool" not in r[0]]
    return [rounds.Row(n, name, None if name.startswith("gen") else
                       "gen%d" % family, setup, args.size)
            for n, (name, family, setup) in enumerate(chosen)]


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("out")
    parser.add_argument("--rows", default="all", choices=("named", "all"))
    parser.add_argument("--size", type=int, default=80)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--packets", type=int, default=rounds.PACKETS)
    parser.add_argument("--rounds", default="5,100")
    parser.add_argument("--only")
    args = parser.parse_args()
    table = build(args)
    low, high = (int(n) for n in args.rounds.split(","))
    rounds.measure(table, args.packets, low, high, args.seconds)
    data = rounds.result(table)
    data["size"] = args.size
    with open(args.out, "w", encoding="ascii") as f:
        json.dump(data, f)
    for name, (value, spread) in rounds.nets(table).items():
        print("%-16s %8.1f ns  spread %.1f %%  (%d rounds)" % (
            name, value, 100 * spread, len(data["ns"][name])))


main()
