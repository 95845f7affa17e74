# SPDX-License-Identifier: GPL-2.0
"""
Hosts of the benchmarks with real sockets, inside the test kernel.

    namespace c            namespace r               namespace s
    client     c0 ----- r0 routes, translates r1 ----- s0  server

The plain rows pass through the same namespaces with addresses that are in no
map.
"""
import subprocess
import time

import net

# row: client's address, the address that it connects to
FLOWS = {
    "plain4": ("198.51.100.11", "203.0.113.21"),
    "plain6": ("2001:db8:a::11", "2001:db8:b::21"),
    "xlat46": ("198.51.100.10", "192.0.2.20"),
    "xlat64": ("2001:db8:a::10", "2001:db8:64::203.0.113.20"),
}
# Addresses of the server that they lead to.
SERVERS = ("203.0.113.20", "203.0.113.21", "2001:db8:b::20", "2001:db8:b::21")

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


def wait(server, ready):
    """Until the program listens."""
    while not ready():
        if server.poll() is not None:
            raise RuntimeError("the server ended")
        time.sleep(0.02)


def listens(kind, port):
    out = net.run("ip", "netns", "exec", "s", "ss", "-Hln" + kind, "sport",
                  str(port))
    return str(port) in out
