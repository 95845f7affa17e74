# SPDX-License-Identifier: GPL-2.0
"""
How true links are, beside veth with netem: the rate at layer 2 as frames come
out, and the error of the delay, by the kernel's own time stamps.
"""
import json
import socket
import struct
import subprocess
import time

import net
import pktgen
import stats
from chain import Chain

# Mbit/s, bytes of a frame; so large that one takes long enough to be seen
RATES = ((1, 1500), (10, 1500), (100, 3000), (1000, 30000))
RATE_ERROR = 0.05			# percent, at most
QUEUE = 500				# packets, for when the generator is late
DELAY = 10				# ms
GAP = 1000000				# ns between packets whose delay is taken
PERCENT = (50, 99)
PORT = 5000				# Chain.generator's
SO_RCVBUFFORCE = 33
SO_TIMESTAMPNS = 35
PKTGEN_MAGIC = 0xbe9be955


def row(name, value, unit, note, target=None):
    result = {"name": name, "value": value, "unit": unit, "better": "lower",
              "note": note}
    if target is not None:
        result["target"] = target
    return result


def generate(chain, packets, size, gap):
    """A process that ends when all are sent, @gap ns apart."""
    chain.generator(packets, size, chain.last, chain.last)
    pktgen.write("e0", "delay %d" % gap)
    return subprocess.Popen(("sh", "-c",
                             "echo start >%spgctrl" % pktgen.DIR))


def next_frame(count):
    """How many have come, and when the last of them did, in ns."""
    before = now = count()
    while now == before:
        now = count()
    return now, time.monotonic_ns()


def rate_row(kind, mbit, size, seconds):
    """The queue is never empty; two frames of it are where the time is taken."""
    chain = Chain("a%s%d" % (kind, mbit), kind, ["rate %dmbit" % mbit], QUEUE)
    for node, dev in zip(chain.nodes, ("e0", "w0")):
        net.ip(node, "link set %s mtu 65535\n" % dev)
    chain.sink()
    wire = size * 8000 // mbit		# ns of a frame
    gap = wire // 2
    sender = generate(chain, (seconds * 14 // 10 + 1) * 10 ** 9 // gap, size,
                      gap)
    for _ in range(3):
        first, begin = next_frame(chain.arrived)
    while time.monotonic_ns() - begin < seconds * 10 ** 9:
        time.sleep(0.05)
    last, end = next_frame(chain.arrived)
    sender.wait()
    got = (last - first) * size * 8000 / (end - begin)
    return row("link.rate%d.%s" % (mbit, kind), abs(100 * (got / mbit - 1)),
               "%", "error of %d Mbit/s at layer 2, %d frames in %.1f s" %
               (mbit, last - first, (end - begin) / 1e9),
               RATE_ERROR if kind == "nlink" else None)


def trips(chain, packets):
    """us from when each was made, a gap before it is sent, until it is there."""
    net.enter(chain.nodes[-1])
    out = []
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        sock.setsockopt(socket.SOL_SOCKET, SO_TIMESTAMPNS, 1)
        # the generator, when it was late, lets nobody read for a while
        sock.setsockopt(socket.SOL_SOCKET, SO_RCVBUFFORCE, 1 << 24)
        sock.bind(("0.0.0.0", PORT))
        sock.settimeout(5)
        sender = generate(chain, packets, 60, GAP)
        while len(out) < packets:
            data, ancillary, _, _ = sock.recvmsg(64, 64)
            magic, _, sec, usec = struct.unpack_from(">IIII", data)
            if magic != PKTGEN_MAGIC:
                continue
            got = struct.unpack("qq", ancillary[0][2])
            out.append((got[0] - sec) * 1e6 + got[1] / 1e3 - usec)
        sender.wait()
    return sorted(out)


def late_rows(chain):
    """By the link's own histogram: a bucket's upper end, which is not below."""
    text = net.run("nlabctl", "-n", chain.nodes[0], "-s", "-j", "show-links",
                   "e0")
    late = json.loads(text)[0]["dir"]["stats"]["late"]
    for percent in PERCENT:
        sum_ = 0
        for bucket, packets in enumerate(late):
            sum_ += packets
            if sum_ * 100 >= percent * sum(late):
                break
        yield row("link.late.p%d.nlink" % percent, (2 ** bucket - 1) / 1000,
                  "us", "at most, by its own histogram, %d packets" % sum(late))


def delay_row(percent, kind, values, base, what):
    return row("link.delay.p%d.%s" % (percent, kind),
               stats.quantile(values, percent / 100) - base, "us",
               "above %s, %d packets, stamped by the kernel" %
               (what, len(values)))


def delay_rows(packets):
    plain = trips(Chain("adveth", "veth", [""]), packets)
    middle = stats.median(plain)
    yield delay_row(99, "veth", plain, middle, "the median")
    for kind in ("netem", "nlink"):
        chain = Chain("ad" + kind, kind, ["delay %dms" % DELAY])
        values = trips(chain, packets)
        for percent in PERCENT:
            yield delay_row(percent, kind, values, middle + 1000 * DELAY,
                            "the median of veth and %d ms" % DELAY)
        if kind == "nlink":
            yield from late_rows(chain)


def table(full):
    out = list(delay_rows(20000 if full else 3000))
    for mbit, size in RATES:
        for kind in ("netem", "nlink"):
            out.append(rate_row(kind, mbit, size, 20 if full else 6))
    return out
