#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""
Nanoseconds per packet by symbol, from samples:

    profile.py READY <"ip (dso)" lines
"""
import bisect
import collections
import sys


def read_symbols(path):
    symbols = []
    with open(path, encoding="ascii") as f:
        for line in f:
            addr, kind, rest = line.split(None, 2)
            if kind in "tTwW":
                symbols.append((int(addr, 16), " ".join(rest.split())))
    symbols.sort()
    return [a for a, _ in symbols], [n for _, n in symbols]


def main():
    addrs, names = read_symbols(sys.argv[1] + ".syms")
    count = collections.Counter()
    for line in sys.stdin:
        fields = line.split(None, 1)
        if not fields:
            continue
        ip = int(fields[0], 16)
        dso = fields[1].strip() if len(fields) > 1 else ""
        i = bisect.bisect(addrs, ip) - 1
        # Modules lie in anonymous memory, as far as the host can see.
        if "libc" in dso:
            count["(C library of UML)"] += 1
        elif "[kernel" in dso or ip >> 63:
            count["(host kernel)"] += 1
        elif i >= 0 and ip - addrs[i] < 0x10000:
            count[names[i]] += 1
        else:
            count["(unknown)"] += 1
    total = sum(count.values())
    with open(sys.argv[1] + ".ns", encoding="ascii") as f:
        packet = float(f.read())
    print("%8.1f ns  total (%d samples)" % (packet, total))
    for name, n in count.most_common():
        print("%8.1f ns  %s" % (packet * n / total, name))


main()
