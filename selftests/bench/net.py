# SPDX-License-Identifier: GPL-2.0
"""
Namespaces of the forwarding benchmark, inside the test kernel.

    namespace gs          namespace rN            namespace gs
    pktgen -> gN  ----->  r0 (routes)  r1  ----->  sN -> dropped by tc

Generator and sink share one namespace, so that one process reads both's
counters; a packet still crosses into rN and out of it. Nothing is asked of
neighbours: all of them are permanent.
"""
import ctypes
import subprocess

GS = "gs"
CLONE_NEWNET = 0x40000000
MTU = 2000
VLAN = 5		# why: pktgen.py

# Fixed, so that a sample never depends on a table's random keys.
MAC = {"g": "02:00:00:00:01:%02x", "r0": "02:00:00:00:02:%02x",
       "r1": "02:00:00:00:03:%02x", "s": "02:00:00:00:04:%02x"}


def run(*argv, text=None, check=True):
    return subprocess.run(argv, input=text, text=True, check=check,
                          stdout=subprocess.PIPE).stdout


def enter(netns):
    """This process goes into the namespace, to read and write its /proc."""
    libc = ctypes.CDLL(None, use_errno=True)
    with open("/run/netns/" + netns, encoding="ascii") as f:
        if libc.setns(f.fileno(), CLONE_NEWNET):
            raise OSError(ctypes.get_errno(), "setns " + netns)


def ip(netns, script):
    run("ip", *(("-n", netns) if netns else ()), "-batch", "-", text=script)


def tc(netns, *args):
    run("tc", "-n", netns, *args)


def nlabctl(netns, script):
    """One start of the tool for all commands, one per line."""
    run("nlabctl", "-q", "-n", netns, "-b", "-", text=script)


def drop(netns, dev, *action):
    tc(netns, "qdisc", "add", "dev", dev, "clsact")
    tc(netns, "filter", "add", "dev", dev, "ingress", "matchall", "action",
       *(action or ("drop",)))


def sysctl(netns, **values):
    script = "".join("echo %s >/proc/sys/net/%s\n" % (v, k.replace("__", "/"))
                     for k, v in values.items())
    run("ip", "netns", "exec", netns, "sh", "-e", text=script)


ROUTER = """\
link set lo up
link set wire address {r0} mtu {mtu} up
link add link wire name r0 type vlan id {vlan}
link set r0 mtu {mtu} up
link set r1 address {r1} mtu {mtu} up
addr add 192.0.2.1/26 dev r0
addr add 192.0.2.65/26 dev r1
addr add 2001:db8:1::1/64 dev r0 nodad
addr add 2001:db8:2::1/64 dev r1 nodad
neigh add 192.0.2.2 lladdr {g} dev r0 nud permanent
neigh add 2001:db8:1::2 lladdr {g} dev r0 nud permanent
neigh add 192.0.2.66 lladdr {s} dev r1 nud permanent
neigh add 2001:db8:2::2 lladdr {s} dev r1 nud permanent
"""

WAY = {
    "r0": ("192.0.2.2", "2001:db8:1::2"),
    "r1": ("192.0.2.66", "2001:db8:2::2"),
}


def route(prefix, dev):
    return "route add %s via %s dev %s\n" % (
        prefix, WAY[dev][":" in prefix], dev)


class Router:
    """Namespace number n between generator and sink."""

    def __init__(self, n, gs=GS):
        self.n = n
        self.gs = gs
        self.netns = "r%d" % n
        self.gen = "g%d" % n
        self.sink = "s%d" % n
        self.mac = {k: v % n for k, v in MAC.items()}
        ip(None, "netns add %s\n" % self.netns)
        ip(gs, "link add %s address %s mtu %d type veth peer name wire netns %s\n"
           "link add %s address %s mtu %d type veth peer name r1 netns %s\n"
           "link set %s up\nlink set %s up\n" %
           (self.gen, self.mac["g"], MTU, self.netns,
            self.sink, self.mac["s"], MTU, self.netns, self.gen, self.sink))
        # No address there, so that no solicitation disturbs a sample.
        sysctl(self.netns, ipv4__ip_forward=1, ipv6__conf__all__forwarding=1,
               ipv4__conf__all__rp_filter=0, ipv4__conf__default__rp_filter=0)
        ip(self.netns, ROUTER.format(mtu=MTU, vlan=VLAN, **self.mac))
        drop(gs, self.sink)

    def routes(self, **prefixes):
        """routes(r0=[...], r1=[...])"""
        ip(self.netns, "".join(route(p, dev) for dev, list_ in
                               prefixes.items() for p in list_))


def setup(gs=GS):
    """A namespace for generators and sinks."""
    ip(None, "netns add %s\n" % gs)
    run("ip", "netns", "exec", gs, "sh", "-e", text="""
        echo 1 >/proc/sys/net/ipv6/conf/all/disable_ipv6
        echo 1 >/proc/sys/net/ipv6/conf/default/disable_ipv6
        ip link set lo up""")
