#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""
TCP with GSO through one namespace, inside the test kernel:

    tcp.py OUT.json

    namespace c            namespace r               namespace s
    iperf3 -c  c0 ----- r0 routes, translates r1 ----- s0  iperf3 -s

Client, translator and server share the one processor, so throughput shows what
the whole way costs. The plain rows pass through the same namespaces with
addresses that are in no map.
"""
import json
import os
import subprocess
import sys
import time

import net
import stats

# row: client's address, the address that it connects to
FLOWS = {
    "plain4": ("198.51.100.11", "203.0.113.21"),
    "plain6": ("2001:db8:a::11", "2001:db8:b::21"),
    "xlat46": ("198.51.100.10", "192.0.2.20"),
    "xlat64": ("2001:db8:a::10", "2001:db8:64::203.0.113.20"),
}
RATIOS = [("xlat46", "plain4"), ("xlat46", "plain6"),
          ("xlat64", "plain4"), ("xlat64", "plain6")]

CLIENT = """\
link set lo up
link set c0 up
addr add 198.51.100.10/24 dev c0
addr add 198.51.100.11/24 dev c0
addr add 2001:db8:a::10/64 dev c0 nodad
addr add 2001:db8:a::11/64 dev c0 nodad
route add default via 198.51.100.1
route add default via 2001:db8:a::1
"""
ROUTER = """\
link set lo up
link set r0 up
link set r1 up
addr add 198.51.100.1/24 dev r0
addr add 2001:db8:a::1/64 dev r0 nodad
addr add 203.0.113.1/24 dev r1
addr add 2001:db8:b::1/64 dev r1 nodad
"""
SERVER = """\
link set lo up
link set s0 up
addr add 203.0.113.20/24 dev s0
addr add 203.0.113.21/24 dev s0
addr add 2001:db8:b::20/64 dev s0 nodad
addr add 2001:db8:b::21/64 dev s0 nodad
route add default via 203.0.113.1
route add default via 2001:db8:b::1
"""
MAPS = """\
add-map 192.0.2.20 2001:db8:b::20
add-map 192.0.2.10 2001:db8:a::10
set-xlat prefix 2001:db8:64::/96
"""


def setup():
    net.ip(None, "netns add c\nnetns add r\nnetns add s\n")
    net.ip("r", "link add r0 type veth peer name c0 netns c\n"
           "link add r1 type veth peer name s0 netns s\n")
    net.sysctl("r", ipv4__ip_forward=1, ipv6__conf__all__forwarding=1)
    net.ip("c", CLIENT)
    net.ip("r", ROUTER)
    net.ip("s", SERVER)
    net.nlabctl("r", MAPS)


def in_netns(netns, *argv, **kwargs):
    return subprocess.Popen(("ip", "netns", "exec", netns) + argv,
                            stdout=subprocess.PIPE, **kwargs)


def listening():
    out = net.run("ip", "netns", "exec", "s", "ss", "-Hltn", "sport", "5201")
    return "5201" in out


def one(flow, seconds):
    """Gbit/s that arrived."""
    source, server = FLOWS[flow]
    p = in_netns("c", "iperf3", "-J", "-c", server, "-B", source,
                 "-t", str(seconds), "-O", "0.3", text=True)
    data = json.loads(p.communicate()[0])
    if p.returncode or "error" in data:
        raise RuntimeError("iperf3 %s: %s" % (flow, data.get("error")))
    return data["end"]["sum_received"]["bits_per_second"] / 1e9


def main():
    full = os.environ.get("NLAB_BENCH") == "full"
    setup()
    server = in_netns("s", "iperf3", "-s")
    while not listening():
        if server.poll() is not None:
            raise RuntimeError("iperf3 -s ended")
        time.sleep(0.02)
    values = {name: [] for name in FLOWS}
    names = list(FLOWS)
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


main()
