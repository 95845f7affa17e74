# SPDX-License-Identifier: GPL-2.0
"""
Chains of namespaces for the benchmark of links, inside the test kernel:

    namespace PREFIX0        PREFIX1 routes           PREFIXn
              e0 ----------- w0   e1 ----------- w1 ...

Every link of a chain is of one kind: veth, veth with netem on both ends, or
nlink. Impairments are those that netem and nlink have the same words for.
"""
import json
import re
import time

import hosts
import net
import pktgen

# Packets; for netem also those under way.
LIMIT = {"netem": "limit %d ", "nlink": "limit-packets %d "}
NO_LIMIT = 1000000
# Octets of TCP's buffers at least, at first and at most. The kernel's own, up to
# 6 and 4 MB, are what limits it in long chains.
WINDOW = "4096 67108864 67108864"
PAUSE = 0.005


def mac(side, number):
    return "02:00:00:00:%02x:%02x" % (side, number)


class Chain:
    """@links: the impairment of each, or "" for none."""

    def __init__(self, prefix, kind, links, limit=NO_LIMIT):
        self.kind = kind
        self.limit = LIMIT[kind] % limit if kind in LIMIT else ""
        self.nodes = ["%s%d" % (prefix, i) for i in range(len(links) + 1)]
        self.source, self.count = self.nodes[0], len(links)
        self.speed = 0
        self.last = "10.%d.0.2" % (self.count - 1)
        net.ip(None, "".join("netns add %s\n" % n for n in self.nodes))
        for i, words in enumerate(links):
            self.link(i, words)
        for i, node in enumerate(self.nodes):
            net.sysctl(node, ipv4__ip_forward=1,
                       ipv6__conf__all__disable_ipv6=1)
            net.ip(node, self.addresses(i))

    def link(self, i, words):
        a, b = self.nodes[i:i + 2]
        if self.kind == "nlink":
            limit = self.limit if words else ""
            net.nlabctl(a, "add-link e%d w%d@%s %s%s\n" % (i, i, b, limit,
                                                           words))
        else:
            net.ip(a, "link add e%d type veth peer name w%d netns %s\n" %
                   (i, i, b))
        if self.kind == "netem":
            for node, dev in ((a, "e%d" % i), (b, "w%d" % i)):
                net.tc(node, *("qdisc add dev %s root netem %s%s" % (
                    dev, self.limit, words)).split())

    def addresses(self, i):
        """Of node @i, its neighbours, and its routes both ways."""
        script = "link set lo up\n"
        if i < self.count:
            script += ("link set e{0} address {1} up\n"
                       "addr add 10.{0}.0.1/24 dev e{0}\n"
                       "neigh add 10.{0}.0.2 lladdr {2} dev e{0} nud permanent\n"
                       .format(i, mac(1, i), mac(2, i)))
            script += "".join("route add 10.%d.0.0/24 via 10.%d.0.2\n" % (k, i)
                              for k in range(i + 1, self.count))
        if i:
            script += ("link set w{0} address {2} up\n"
                       "addr add 10.{0}.0.2/24 dev w{0}\n"
                       "neigh add 10.{0}.0.1 lladdr {1} dev w{0} nud permanent\n"
                       .format(i - 1, mac(1, i - 1), mac(2, i - 1)))
            script += "".join("route add 10.%d.0.0/24 via 10.%d.0.1\n" %
                              (k, i - 1) for k in range(i - 1))
        return script

    def serve(self, port=5201):
        """A server of iperf3 at the far end."""
        server = hosts.in_netns(self.nodes[-1], "iperf3", "-s", "-p",
                                str(port))
        hosts.wait(server, lambda: str(port) in net.run(
            "ip", "netns", "exec", self.nodes[-1], "ss", "-Hlnt"))
        return self

    def widen(self):
        """TCP is not to wait for its window; where a rate makes a queue, it would
        fill that."""
        for node in (self.nodes[0], self.nodes[-1]):
            net.sysctl(node, ipv4__tcp_rmem=WINDOW, ipv4__tcp_wmem=WINDOW)
        return self

    def cross(self, mbit, seconds):
        """UDP beside others, from now on."""
        return hosts.in_netns(self.nodes[0], "iperf3", "-c", self.last, "-p",
                              "5202", "-u", "-b", "%dM" % mbit, "-t",
                              str(seconds))

    def iperf(self, seconds, *args):
        """Mbit/s that arrived, by TCP unless @args say so."""
        p = hosts.in_netns(self.nodes[0], "iperf3", "-J", "-c", self.last,
                           "-t", str(seconds), "-O", "1", *args, text=True)
        data = json.loads(p.communicate()[0])
        if p.returncode or "error" in data:
            raise RuntimeError("iperf3: %s" % data.get("error"))
        end = data["end"]
        got = end.get("sum_received") or end["sum"]
        return got["bits_per_second"] / 1e6

    def ping(self, count):
        """Least round trip in ms."""
        text = net.run("ip", "netns", "exec", self.nodes[0], "ping", "-q",
                       "-c", str(count), "-i", "0.2", self.last)
        return float(re.search(r"= ([\d.]+)/", text).group(1))

    # --- the kernel's generator, through the queueing discipline ---

    def sink(self):
        net.drop(self.nodes[-1], "w%d" % (self.count - 1))
        return self

    def arrived(self):
        net.enter(self.nodes[-1])
        return pktgen.counters()["w%d" % (self.count - 1)][0]

    def generator(self, packets, size, first, last):
        net.enter(self.nodes[0])
        pktgen.write("kpktgend_0", "rem_device_all")
        pktgen.write("kpktgend_0", "add_device e0")
        for line in ("xmit_mode queue_xmit", "clone_skb 0", "delay 0",
                     "burst 1", "pkt_size %d" % size, "count %d" % packets,
                     "dst_mac " + mac(2, 0), "src_mac " + mac(1, 0),
                     "src_min 10.0.0.1", "src_max 10.0.0.1",
                     "dst_min " + first, "dst_max " + last,
                     "udp_src_min 4000", "udp_src_max 4000",
                     "udp_dst_min 5000", "udp_dst_max 5000"):
            pktgen.write("e0", line)

    def flood(self, packets, size=60):
        self.generator(packets, size, self.last, self.last)
        return flood(self.source, packets, self.arrived)


def flood(netns, packets, arrived):
    """
    Packets that arrived in a second, from the first that was sent until the last
    one has come, and the part of all that did, as the function @arrived counts
    them. Generator and receiver are looked at each PAUSE seconds.
    """
    before = arrived()
    net.enter(netns)
    starter = pktgen.start()
    seconds = pktgen.result("e0", PAUSE)[0] / 1e6
    sent = end = time.monotonic()
    got = arrived()
    # until as many are there as were sent, or no more come
    while got - before < packets and time.monotonic() - end < 0.5:
        time.sleep(PAUSE)
        now = arrived()
        if now != got:
            got, end = now, time.monotonic()
    starter.join()
    return (got - before) / (seconds + end - sent), (got - before) / packets


def flood_for(what, seconds):
    """
    Packets per second of a flood() that takes about so long, by the speed of the
    last one, or of a short one.
    """
    if not what.speed:
        what.speed = what.flood(20000)[0]
    what.speed = what.flood(int(what.speed * seconds))[0]
    return what.speed
