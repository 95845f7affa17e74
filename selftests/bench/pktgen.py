# SPDX-License-Identifier: GPL-2.0
"""
The kernel's packet generator, driven from a process inside its namespace.

One processor, no burst: each packet runs through to the sink before the next
one is built, so time / packets is the cost of one packet.

pktgen keeps a reference to the packet that it has sent, which would make every
receiver clone it and every writer copy it, as no network card does. Therefore
packets carry a VLAN tag and r0 is a VLAN device: taking the tag off makes the
packet private, and that cost is the generator's, since the generator alone is
measured with it.
"""
import re
import threading
import time

import net

DIR = "/proc/net/pktgen/"
# Seconds between two looks at the generator.
WINDOW = 0.01


class Stream:
    """One generator device and what it sends."""

    def __init__(self, router, src, dst, last=None, size=80):
        self.gs = router.gs
        self.gen = router.gen
        self.sink = router.sink
        v6 = ":" in dst
        self.config = [
            "clone_skb 0", "delay 0", "burst 1", "flag UDPCSUM",
            "pkt_size %d" % (14 + 4 + size + 20 * v6), "vlan_id %d" % net.VLAN,
            "dst_mac " + router.mac["r0"], "src_mac " + router.mac["g"],
            "udp_src_min 4000", "udp_src_max 4000",
            "udp_dst_min 5000", "udp_dst_max 5000",
        ]
        if v6:
            self.config += ["src6 " + src, "dst6 " + dst]
        else:
            self.config += ["src_min " + src, "src_max " + src,
                            "dst_min " + dst, "dst_max " + (last or dst)]
        if last:
            self.config.append("flag IPDST_RND")


def write(name, line):
    with open(DIR + name, "w", encoding="ascii") as f:
        f.write(line + "\n")


def counters():
    """Packets that each device has received and sent."""
    result = {}
    with open("/proc/net/dev", encoding="ascii") as f:
        for line in f:
            if ":" in line:
                name, values = line.split(":")
                values = values.split()
                result[name.strip()] = (int(values[1]), int(values[9]))
    return result


# The stream that is set up in each namespace.
present = {}


def prepare(stream, cpu=0):
    present[stream.gs] = stream
    write("kpktgend_%d" % cpu, "rem_device_all")
    write("kpktgend_%d" % cpu, "add_device " + stream.gen)
    for line in stream.config:
        write(stream.gen, line)


def start():
    """
    Returns a thread that writes to pgctrl: the kernel looks every 125 ms only
    whether its generator is done, up to 100 ms after which it began.
    """
    ctl = open(DIR + "pgctrl", "wb", buffering=0)

    def run():
        with ctl:
            ctl.write(b"start\n")

    thread = threading.Thread(target=run)
    thread.start()
    return thread


# Of a generator that has ended: microseconds, packets.
DONE = re.compile(r"Result: OK: (\d+)\(c\d+\+d\d+\) \w+, (\d+)")


def state(gen):
    with open(DIR + gen, encoding="ascii") as f:
        return f.read()


def result(gen, pause=0.02):
    """
    Microseconds and packets that device @gen sent, looked for each @pause. The
    write to pgctrl also comes back where the generator's thread did not get to
    run for a while.
    """
    end = time.monotonic() + 30
    while True:
        text = state(gen)
        found = DONE.search(text)
        if found:
            return int(found.group(1)), int(found.group(2))
        if time.monotonic() > end:
            raise RuntimeError("pktgen: " + text.strip().splitlines()[-1])
        time.sleep(pause)


def sample(stream, packets, counted=True):
    """
    Sends, returns (nanoseconds in each WINDOW per packet, with @counted per packet
    that arrives, and the part that does). Neighbours that share a cache come and go
    within milliseconds: what a packet takes without them shows in windows that are
    as short.
    """
    net.enter(stream.gs)
    if present.get(stream.gs) != stream:
        prepare(stream)
    write(stream.gen, "count %d" % packets)
    before = counters()[stream.sink][0]
    starter = start()
    windows = watch(stream.gen, packets)
    sent = result(stream.gen)[1]
    starter.join()
    arrived = counters()[stream.sink][0] - before
    if not counted:
        return windows, 1.0
    return [ns * sent / max(arrived, 1) for ns in windows], arrived / sent


def watch(gen, packets):
    """Of the @packets that @gen is about to send, until the last one."""
    windows, before, had = [], 0, 0
    end = time.monotonic() + 30
    while time.monotonic() < end:
        time.sleep(WINDOW)
        text = state(gen)
        now = time.monotonic_ns()
        if DONE.search(text):
            return windows
        sent = int(re.search(r"pkts-sofar: (\d+)", text).group(1))
        # until it begins it shows what it sent before
        if 0 < had < sent < packets:
            windows.append((now - before) / (sent - had))
        before, had = now, sent
    raise RuntimeError("pktgen: %s does not end" % gen)
