#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""
TCP with GSO through one namespace (hosts.py), inside the test kernel:

    tcp.py OUT.json

Client, translator and server share the one processor, so throughput shows what
the whole way costs.
"""
import json
import os
import sys

import hosts
import stats

RATIOS = [("xlat46", "plain4"), ("xlat46", "plain6"),
          ("xlat64", "plain4"), ("xlat64", "plain6")]


def one(flow, seconds):
    """Gbit/s that arrived."""
    source, server = hosts.FLOWS[flow]
    p = hosts.in_netns("c", "iperf3", "-J", "-c", server, "-B", source,
                       "-t", str(seconds), "-O", "0.3", text=True)
    data = json.loads(p.communicate()[0])
    if p.returncode or "error" in data:
        raise RuntimeError("iperf3 %s: %s" % (flow, data.get("error")))
    return data["end"]["sum_received"]["bits_per_second"] / 1e9


def main():
    full = os.environ.get("NLAB_BENCH") == "full"
    hosts.setup()
    server = hosts.in_netns("s", "iperf3", "-s")
    hosts.wait(server, lambda: hosts.listens("t", 5201))
    values = {name: [] for name in hosts.FLOWS}
    names = list(hosts.FLOWS)
    for turn in range(15 if full else 6):
        turn %= len(names)
        for name in names[turn:] + names[:turn]:
            values[name].append(one(name, 2 if full else 1))
    server.terminate()
    out = [{"name": "tcp.%s.gbps" % name, "value": stats.median(v),
            "unit": "Gbit/s", "better": "higher",
            "note": "spread %.1f %%, %d rounds" % (100 * stats.spread(v),
                                                   len(v))}
           for name, v in values.items()]
    for above, below in RATIOS:
        v = [a / b for a, b in zip(values[above], values[below])]
        out.append({"name": "ratio.tcp.%s/%s" % (above, below),
                    "value": stats.median(v), "unit": "x", "better": "higher",
                    "note": "spread %.1f %%" % (100 * stats.spread(v)),
                    "target": 0.95})
    with open(sys.argv[1], "w", encoding="ascii") as f:
        json.dump(out, f)


if __name__ == "__main__":
    main()
