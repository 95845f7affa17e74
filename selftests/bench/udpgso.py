#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""
UDP with segmentation offload through one namespace (hosts.py), inside the test
kernel:

    udpgso.py OUT.json

Throughput of 1400-byte datagrams, 40 per system call at the client, merged by
GRO where the stack does that. The server acknowledges (udp.c), so that the
client is never faster than the way.
"""
import json
import os
import sys

import hosts
import net
import stats

PORT = 5010
RATIOS = [("xlat46", "plain4"), ("xlat46", "plain6"),
          ("xlat64", "plain4"), ("xlat64", "plain6")]
PROG = os.environ["NLAB_BENCH_UDP"]


def one(flow, seconds):
    """Gbit/s that arrived, and bursts that were lost."""
    source, server = hosts.FLOWS[flow]
    p = hosts.in_netns("c", PROG, "burst", source, server, str(PORT),
                       str(int(1000 * seconds)), text=True)
    size, ns, lost = (int(n) for n in p.communicate()[0].split())
    return 8 * size / ns, lost


def main():
    full = os.environ.get("NLAB_BENCH") == "full"
    hosts.setup()
    # Linux clears DF of UDP with GSO, so that each datagram of more than
    # lowest-ipv6-mtu would be fragmented; the links have room for them.
    net.nlabctl("r", "set-xlat lowest-ipv6-mtu 1500\n")
    server = hosts.in_netns("s", PROG, "sink", str(PORT), *hosts.SERVERS)
    hosts.wait(server, lambda: hosts.listens("u", PORT))
    values = {name: [] for name in hosts.FLOWS}
    lost = dict.fromkeys(hosts.FLOWS, 0)
    names = list(hosts.FLOWS)
    # Neighbours that are not known yet keep fewer packets than come.
    for name in names:
        one(name, 0.01)
    for turn in range(20 if full else 8):
        turn %= len(names)
        for name in names[turn:] + names[:turn]:
            rate, missing = one(name, 1 if full else 0.7)
            values[name].append(rate)
            lost[name] += missing
    server.terminate()
    out = [{"name": "udpgso.%s.gbps" % name, "value": stats.median(v),
            "unit": "Gbit/s", "better": "higher",
            "note": "spread %.1f %%, %d rounds%s" % (
                100 * stats.spread(v), len(v),
                ", %d bursts lost" % lost[name] if lost[name] else "")}
           for name, v in values.items()]
    for above, below in RATIOS:
        v = [a / b for a, b in zip(values[above], values[below])]
        out.append({"name": "ratio.udpgso.%s/%s" % (above, below),
                    "value": stats.median(v), "unit": "x", "better": "higher",
                    "note": "spread %.1f %%" % (100 * stats.spread(v))})
    with open(sys.argv[1], "w", encoding="ascii") as f:
        json.dump(out, f)


if __name__ == "__main__":
    main()
