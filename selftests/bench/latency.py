#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""
Round trips and TCP through the translator, plain routing and TAYGA, inside a
test kernel with two processors:

    latency.py OUT.json

TAYGA, a program in user space, has a namespace of its own beside the router of
hosts.py, and addresses that lead there:

    namespace c   c1 ----- t0  t: tun device of tayga  t1 ----- s1   namespace s
"""
import json
import os
import re
import shutil
import sys
import tempfile

import hosts
import net
import stats
import tcp

PORT = 5011
PROG = os.environ["NLAB_BENCH_UDP"]

TAYGA_FLOWS = {
    "tayga46": ("192.0.2.130", "192.0.2.200"),
    "tayga64": ("2001:db8:e::10", "2001:db8:65::192.0.2.66"),
}
TAYGA_SERVERS = ("2001:db8:d::20", "192.0.2.66")
LINKS = """\
link add t0 type veth peer name c1 netns c
link add t1 type veth peer name s1 netns s
link set lo up
link set t0 up
link set t1 up
addr add 192.0.2.129/26 dev t0
addr add 2001:db8:e::1/64 dev t0 nodad
addr add 192.0.2.65/26 dev t1
addr add 2001:db8:d::1/64 dev t1 nodad
"""
CLIENT = """\
link set c1 up
addr add 192.0.2.130/26 dev c1
addr add 2001:db8:e::10/64 dev c1 nodad
route add 192.0.2.200/32 via 192.0.2.129
route add 2001:db8:65::/96 via 2001:db8:e::1
"""
SERVER = """\
link set s1 up
addr add 192.0.2.66/26 dev s1
addr add 2001:db8:d::20/64 dev s1 nodad
route add 192.0.2.202/32 via 192.0.2.65
route add 2001:db8:65::/96 via 2001:db8:d::1
"""
TUN = """\
link set nat64 up
route add 192.0.2.200/31 dev nat64
route add 192.0.2.202/32 dev nat64
route add 2001:db8:65::/96 dev nat64
"""
CONF = """\
tun-device nat64
ipv4-addr 192.0.2.201
ipv6-addr 2001:db8:c::1
prefix 2001:db8:65::/96
map 192.0.2.200 2001:db8:d::20
map 192.0.2.202 2001:db8:e::10
data-dir {dir}
"""


def start_tayga():
    """False if it is not there."""
    if not shutil.which("tayga"):
        print("bench: SKIP rows of TAYGA: it is not installed",
              file=sys.stderr)
        return False
    net.run("modprobe", "tun")
    folder = tempfile.mkdtemp()
    conf = os.path.join(folder, "tayga.conf")
    with open(conf, "w", encoding="ascii") as f:
        f.write(CONF.format(dir=folder))
    net.ip(None, "netns add t\n")
    net.ip("t", LINKS)
    net.ip("c", CLIENT)
    net.ip("s", SERVER)
    net.sysctl("t", ipv4__ip_forward=1, ipv6__conf__all__forwarding=1)
    for extra in (["--mktun"], []):
        net.run("ip", "netns", "exec", "t", "tayga", "-c", conf, *extra)
        if extra:
            net.ip("t", TUN)
    return True


def udp(flow, count):
    """Nanoseconds of each round trip."""
    source, server = hosts.FLOWS[flow]
    p = hosts.in_netns("c", PROG, "ask", source, server, str(PORT),
                       str(count), text=True)
    return [int(v) for v in p.communicate()[0].split() if v != "lost"]


def ping(flow, count):
    source, server = hosts.FLOWS[flow]
    p = hosts.in_netns("c", "ping", "-c", str(count), "-i", "0.002", "-W", "1",
                       "-I", source, server, text=True)
    return [1e6 * float(v)
            for v in re.findall(r"time=([0-9.]+) ms", p.communicate()[0])]


def latency_rows(kind, values, sent):
    out = []
    for name, v in values.items():
        v.sort()
        if not v:
            raise RuntimeError("%s %s: no answer" % (kind, name))
        note = "%d round trips" % sent
        if sent > len(v):
            note += ", %d lost" % (sent - len(v))
        for q in (50, 99):
            out.append({"name": "latency.%s.%s.p%d" % (kind, name, q),
                        "value": stats.quantile(v, q / 100) / 1000,
                        "unit": "us", "better": "lower", "note": note})
    for above in values:
        below = "plain" + above[-2]
        if above != below and not above.startswith("plain"):
            out.append({"name": "ratio.latency.%s.%s/%s" % (kind, above,
                                                            below),
                        "value": stats.median(values[above]) /
                        stats.median(values[below]), "unit": "x",
                        "better": "lower", "note": "p50"})
    return out


def measure(full):
    """One value or list of values of each flow a round."""
    trips = {kind: {name: [] for name in hosts.FLOWS} for kind in ("udp", "ping")}
    rates = {name: [] for name in hosts.FLOWS}
    names = list(hosts.FLOWS)
    turns, count = (20, 500) if full else (6, 150)
    for name in names:
        udp(name, 20)
    for turn in range(turns):
        for name in names[turn % len(names):] + names[:turn % len(names)]:
            trips["udp"][name] += udp(name, count)
            trips["ping"][name] += ping(name, count // 5)
            rates[name].append(tcp.one(name, 2 if full else 1))
    return (latency_rows("udp", trips["udp"], turns * count) +
            latency_rows("ping", trips["ping"], turns * (count // 5)) +
            [{"name": "two.tcp.%s.gbps" % name, "value": stats.median(v),
              "unit": "Gbit/s", "better": "higher",
              "note": "spread %.1f %%, %d rounds" % (100 * stats.spread(v),
                                                     len(v))}
             for name, v in rates.items()])


def main():
    hosts.setup()
    servers = hosts.SERVERS
    if start_tayga():
        hosts.FLOWS.update(TAYGA_FLOWS)
        servers += TAYGA_SERVERS
    echo = hosts.in_netns("s", PROG, "echo", str(PORT), *servers)
    iperf = hosts.in_netns("s", "iperf3", "-s")
    hosts.wait(echo, lambda: hosts.listens("u", PORT))
    hosts.wait(iperf, lambda: hosts.listens("t", 5201))
    out = measure(os.environ.get("NLAB_BENCH") == "full")
    echo.terminate()
    iperf.terminate()
    with open(sys.argv[1], "w", encoding="ascii") as f:
        json.dump(out, f)


if __name__ == "__main__":
    main()
