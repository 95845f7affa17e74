# SPDX-License-Identifier: GPL-2.0
"""The rows of the forwarding benchmark: what each namespace is set up to do."""
import os

import net
from net import nlabctl

V4_HOST, V6_HOST = "198.51.100.10", "2001:db8:a::10"
V4_MAP, V6_MAP = "203.0.113.10", "2001:db8:a::10"
V6_OTHER = "2001:db8:b::10"
PREFIX = "2001:db8:64::/96"
V4_IN_PREFIX = "2001:db8:64::198.51.100.10"

# Larger IPv4 packets would be fragmented; the links have room for them.
XLAT = "set-xlat prefix %s lowest-ipv6-mtu %d mode {mode}\n" % (PREFIX,
                                                                net.MTU)


def v4_to(r, to):
    r.routes(r0=["198.51.100.0/24"], r1=[to])
    return V4_HOST, V4_MAP


def v6_to(r, to, dst):
    r.routes(r0=["2001:db8:a::/48"], r1=[to])
    return V6_HOST, dst


def generator4(r):
    net.drop(r.netns, "r0")
    return V4_HOST, V4_MAP


def generator6(r):
    net.drop(r.netns, "r0")
    return V6_HOST, V6_OTHER


def redirect(r):
    net.drop(r.netns, "r0", "mirred", "egress", "redirect", "dev", "r1")
    return V4_HOST, V4_MAP


def plain4(r):
    return v4_to(r, "203.0.113.0/24")


def plain6(r):
    return v6_to(r, "2001:db8:b::/48", V6_OTHER)


def hooked(r):
    """A hook that does nothing, which is what any hook costs at least."""
    net.run("ip", "netns", "exec", r.netns, "nft", "add table inet t; add chain "
            "inet t c { type filter hook prerouting priority 400; }")


def hooked4(r):
    hooked(r)
    return plain4(r)


def hooked6(r):
    hooked(r)
    return plain6(r)


def xlat46(r, mode="auto"):
    nlabctl(r.netns, "add-map %s %s\n" % (V4_MAP, V6_MAP) +
            XLAT.format(mode=mode))
    return v4_to(r, "2001:db8:a::/48")


def xlat64(r, mode="auto"):
    nlabctl(r.netns, "add-map %s %s\n" % (V4_MAP, V6_MAP) +
            XLAT.format(mode=mode))
    return v6_to(r, "198.51.100.0/24", V4_IN_PREFIX)


def nat66(r):
    nlabctl(r.netns, "add-map 2001:db8:f::10 %s\n" % V6_OTHER)
    return v6_to(r, "2001:db8:b::/48", "2001:db8:f::10")


def declining(r):
    """A translator whose map and prefix are none of the packets' business."""
    nlabctl(r.netns, "add-map 203.0.113.200 2001:db8:c::200\n" +
            XLAT.format(mode="auto"))


def declined4(r):
    declining(r)
    return plain4(r)


def declined4_map(r):
    """As Jool's: it can decline IPv4 only where it has no prefix."""
    nlabctl(r.netns, "add-map 203.0.113.200 2001:db8:c::200\n")
    return plain4(r)


def declined6(r):
    declining(r)
    return plain6(r)


def jool(r, *pool6):
    tool = os.path.join(os.environ["NLAB_BENCH_JOOL"], "jool_siit")
    for args in (("instance", "add", "--netfilter") + pool6,
                 ("global", "update", "lowest-ipv6-mtu", str(net.MTU)),
                 ("eamt", "add", V4_MAP + "/32", V6_MAP + "/128")):
        net.run("ip", "netns", "exec", r.netns, tool, *args)


def jool46(r):
    jool(r, "--pool6", PREFIX)
    return v4_to(r, "2001:db8:a::/48")


def jool64(r):
    jool(r, "--pool6", PREFIX)
    return v6_to(r, "198.51.100.0/24", V4_IN_PREFIX)


def declined_jool4(r):
    jool(r)
    r.routes(r0=["198.51.100.0/24"], r1=["203.0.113.0/24"])
    return V4_HOST, "203.0.113.20"


# name, family of the packet that goes in, set-up
NAMED = [
    ("gen4", 4, generator4),
    ("gen6", 6, generator6),
    ("redirect", 4, redirect),
    ("plain4", 4, plain4),
    ("plain6", 6, plain6),
    ("xlat46", 4, xlat46),
    ("xlat64", 6, xlat64),
    ("declined4", 4, declined4),
    ("jool46", 4, jool46),
    ("jool64", 6, jool64),
]

MORE = [
    ("xlat46_direct", 4, lambda r: xlat46(r, "direct")),
    ("xlat46_forward", 4, lambda r: xlat46(r, "forward")),
    ("xlat64_direct", 6, lambda r: xlat64(r, "direct")),
    ("xlat64_forward", 6, lambda r: xlat64(r, "forward")),
    ("nat66", 6, nat66),
    ("declined4_map", 4, declined4_map),
    ("declined6", 6, declined6),
    ("hooked4", 4, hooked4),
    ("hooked6", 6, hooked6),
    ("declined_jool4", 4, declined_jool4),
]

# numerator, denominator, target (at most) as the project set it, of the same
# run; on net times, or on whole times where the last field says so
RATIOS = [
    ("xlat46", "plain6", 0.75, "net"),
    ("xlat64", "plain6", 0.75, "net"),
    ("xlat46", "jool46", 0.35, "net"),
    ("xlat64", "jool64", 0.35, "net"),
    ("xlat46_forward", "plain6", 1.15, "net"),
    ("xlat64_forward", "plain6", 1.15, "net"),
    ("xlat64_forward", "plain4", 1.15, "net"),
    ("declined4", "plain4", 1.03, "net"),
    ("declined4_map", "plain4", 1.03, "net"),
    ("declined6", "plain6", 1.03, "net"),
    ("declined4", "plain4", 1.03, "ns"),
    ("declined4_map", "plain4", 1.03, "ns"),
    ("declined6", "plain6", 1.03, "ns"),
]
