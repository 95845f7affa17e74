#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""
How long it takes to make labs and to remove them, inside the test kernel:

    labs.py OUT.json [FILE.graphml]

A lab is a ring of N routers with a chord from each to the one opposite, 2 N
links with addresses and a delay. Beside it the same is made by a script of
ip(8) and tc(8) with veth and netem, and by Mininet (Debian's) with its own
veth and netem, where it is installed; both without routers' settings, without
mount and UTS namespaces, and the script without a look at what it does.

With a file of the Internet Topology Zoo, that network is made instead, with
OSPF of FRR on each of its nodes, and the time until each has a route to each.
"""
import json
import os
import shutil
import subprocess
import sys
import time

FULL = os.environ.get("NLAB_BENCH") == "full"
TARGETS = {"up": 10, "destroy": 2}
YAML = """\
lab: bench
pool: 10.0.0.0/8
topologies:
  - {shape: ring, nodes: %d, name: n, node: router, link: {delay: 1ms}}
links:
"""
MININET = """\
import sys
from mininet.link import TCLink
from mininet.net import Mininet
net = Mininet(controller=None, switch=None, waitConnected=False)
for i in range(%d):
    net.addHost("n%%d" %% (i + 1), ip=None)
for i, (a, b) in enumerate(%r):
    net.addLink(net.get("n%%d" %% a), net.get("n%%d" %% b), cls=TCLink,
                delay="1ms", params1={"ip": "10.%%d.%%d.1/30" %% divmod(i, 256)},
                params2={"ip": "10.%%d.%%d.2/30" %% divmod(i, 256)})
net.build()
sys.stdout.write("up\\n")
sys.stdout.flush()
sys.stdin.readline()
net.stop()
"""


def chords(n):
    return [(i, (i + n // 2 - 1) % n + 1) for i in range(1, n + 1)]


def pairs(n):
    return [(i, i % n + 1) for i in range(1, n + 1)] + chords(n)


def available():
    """Kilobytes, with nothing waiting to be freed."""
    with open("/proc/sys/vm/drop_caches", "w", encoding="ascii") as f:
        f.write("3\n")
    with open("/proc/meminfo", encoding="ascii") as f:
        fields = dict(line.split(":") for line in f)
    return int(fields["MemAvailable"].split()[0])


def timed(*command, **more):
    start = time.monotonic()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, **more)
    return time.monotonic() - start


def row(name, value, unit, note, target=None):
    out = {"name": "labs." + name, "value": value, "unit": unit,
           "better": "lower", "note": note}
    if target is not None:
        out["target"] = target
    return out


def ours(n):
    path = "/tmp/bench.yaml"
    with open(path, "w", encoding="ascii") as f:
        f.write(YAML % n)
        for a, b in chords(n):
            f.write("  - {ends: [n%d, n%d], delay: 1ms}\n" % (a, b))
    before = available()
    made = timed("nlabctl", "apply", path)
    up = made + timed("nlabctl", "wait", "bench", "up", "300")
    memory = before - available()
    again = timed("nlabctl", "apply", path)
    gone = timed("nlabctl", "destroy", "bench")
    note = "%d nodes, %d links" % (n, 2 * n)
    big = n == 1000
    return [row("%d.apply.s" % n, made, "s", note),
            row("%d.up.s" % n, up, "s", "until carriers are known to all",
                TARGETS["up"] if big else None),
            row("%d.again.s" % n, again, "s", "apply of the same file"),
            row("%d.destroy.s" % n, gone, "s", note,
                TARGETS["destroy"] if big else None),
            row("%d.memory.node" % n, memory / n, "KiB",
                "a node and two links, of the kernel's memory")]


def script(n):
    add, remove = ["set -e"], []
    for i in range(1, n + 1):
        add += ["ip netns add n%d" % i, "ip -n n%d link set lo up" % i]
        remove.append("ip netns del n%d" % i)
    for i, (a, b) in enumerate(pairs(n)):
        add.append("ip link add d%d netns n%d type veth peer d%d netns n%d" %
                   (i, a, i, b))
        for end, node in enumerate((a, b)):
            add += ["ip -n n%d addr add 10.%d.%d.%d/30 dev d%d" %
                    (node, i // 64, i % 64 * 4, end + 1, i),
                    "ip -n n%d link set d%d up" % (node, i),
                    "tc -n n%d qdisc add dev d%d root netem delay 1ms" %
                    (node, i)]
    note = "%d programs" % (len(add) - 1)
    return [row("%d.ip.apply.s" % n,
                timed("bash", input="\n".join(add).encode()), "s", note),
            row("%d.ip.destroy.s" % n,
                timed("bash", input="\n".join(remove).encode()), "s",
                "%d programs" % len(remove))]


def mininet(n):
    start = time.monotonic()
    with subprocess.Popen(["/usr/bin/python3", "-c", MININET % (n, pairs(n))],
                          stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                          text=True) as proc:
        line = proc.stdout.readline()
        made = time.monotonic() - start
        if line != "up\n":
            print("labs.py: Mininet failed", file=sys.stderr)
            return []
        start = time.monotonic()
        proc.stdin.write("\n")
        proc.stdin.close()
        proc.wait()
        gone = time.monotonic() - start
    return [row("%d.mininet.apply.s" % n, made, "s", "its own Python"),
            row("%d.mininet.destroy.s" % n, gone, "s", "")]


# Two hundred on one processor computed all routes 80 times each until they had
# settled.
LARGE = 200
PATIENT = "{ospf: {hello: 30, dead: 240, spf-interval: 120}}"


def zoo(path):
    """A network as it comes, with FRR's own timers unless it is large."""
    text = subprocess.run(["nlabctl", "import-lab", "graphml", path,
                           "routing", "ospf"], check=True,
                          stdout=subprocess.PIPE, text=True).stdout
    patient = text.count("routing: ospf") > LARGE
    if patient:
        text = text.replace("routing: ospf", "routing: " + PATIENT)
    lab = "/tmp/zoo.yaml"
    with open(lab, "w", encoding="utf-8") as f:
        f.write(text)
    note = subprocess.run(["nlabctl", "check", lab], check=True,
                          stdout=subprocess.PIPE, text=True).stdout.strip()
    name = note.split(":")[0].split()[-1]
    before = available()
    made = timed("env", "LD_PRELOAD=" + os.environ["NLAB_BENCH_CLOCK"],
                 "MALLOC_ARENA_MAX=1", "nlabctl", "apply", lab)
    settled = made + timed("nlabctl", "wait", name, "converged", "3600")
    memory = before - available()
    gone = timed("nlabctl", "destroy", name)
    return [row("zoo.%s.apply.s" % name, made, "s", note),
            row("zoo.%s.converged.s" % name, settled, "s",
                "OSPF, from the beginning of apply, 6 s without a change" +
                (", " + PATIENT if patient else "") +
                ", Linux " + os.uname().release),
            row("zoo.%s.destroy.s" % name, gone, "s", ""),
            row("zoo.%s.memory" % name, memory / 1024, "MiB",
                "with the daemons of all nodes")]


def measure():
    out = []
    with_mininet = shutil.which("mnexec")
    if not with_mininet:
        print("labs.py: SKIP Mininet: it is not installed", file=sys.stderr)
    for n in (10, 100, 1000):
        print("labs.py: %d nodes" % n, file=sys.stderr)
        out += ours(n)
        # These take minutes: a thousand nodes by ip, a hundred by Mininet.
        if n < 1000 or FULL:
            out += script(n)
        if with_mininet and (n < 100 or FULL):
            out += mininet(n)
    return out


def main():
    out = zoo(sys.argv[2]) if len(sys.argv) > 2 else measure()
    with open(sys.argv[1], "w", encoding="ascii") as f:
        json.dump(out, f)


main()
