# SPDX-License-Identifier: GPL-2.0
"""Packets as bytes, from descriptions that read like them.

Written for the tests alone: nothing here comes from the translator, so that
an error in its arithmetic can't hide in the expectation. Addresses are text;
the family of a packet is that of its addresses. A payload is an object with
the method build(src, dst), which returns its bytes, and the protocol number
for each family in proto4 and proto6.
"""
import functools
import ipaddress
import struct

HOPOPT, ICMP, IGMP, TCP, UDP, DCCP = 0, 1, 2, 6, 17, 33
IPV6, ROUTING, FRAGMENT, GRE, ESP, AH = 41, 43, 44, 47, 50, 51
ICMPV6, NONXT, DSTOPTS, SCTP, UDPLITE, TEST = 58, 59, 60, 132, 136, 253


@functools.lru_cache(maxsize=None)
def addr(text):
    return ipaddress.ip_address(text).packed


@functools.lru_cache(maxsize=None)
def embed(prefix, v4):
    """RFC 6052 2.2, from its table of bit positions."""
    net = ipaddress.ip_network(prefix)
    octets = list(net.network_address.packed)
    places = {32: (4, 5, 6, 7), 40: (5, 6, 7, 9), 48: (6, 7, 9, 10),
              56: (7, 9, 10, 11), 64: (9, 10, 11, 12),
              96: (12, 13, 14, 15)}[net.prefixlen]
    for place, octet in zip(places, addr(v4)):
        octets[place] = octet
    return str(ipaddress.ip_address(bytes(octets)))


def ones_sum(data):
    """One's complement sum of 16-bit words (RFC 1071)."""
    if len(data) & 1:
        data += b'\0'
    total = sum(struct.unpack('!%dH' % (len(data) // 2), data))
    while total > 0xffff:
        total = (total & 0xffff) + (total >> 16)
    return total


def checksum(data):
    return 0xffff - ones_sum(data)


def pseudo(src, dst, proto, length):
    if ':' in src:
        return addr(src) + addr(dst) + struct.pack('!LxxxB', length, proto)
    return addr(src) + addr(dst) + struct.pack('!xBH', proto, length)


def fill(size, start=0):
    """Bytes that differ from each other, so that a shift is seen."""
    return bytes((start + i * 7 + (i >> 8)) & 0xff for i in range(size))


class Raw:
    """Any bytes with a protocol number, the same in both families."""

    def __init__(self, proto, data):
        self.proto4 = self.proto6 = proto
        self.data = data

    def build(self, src, dst):
        return self.data


class Summed(Raw):
    """Bytes with a checksum over a pseudo header at a fixed place.

    wrong is added to the right checksum: a wrong one stays wrong by the same
    difference. none leaves the field zero, as UDP over IPv4 may.
    """
    at = None
    covers = None

    def __init__(self, proto, data, at, wrong=0, none=False, zero_ok=True,
                 covers=None):
        super().__init__(proto, data)
        self.at, self.wrong, self.none = at, wrong, none
        self.zero_ok, self.covers = zero_ok, covers

    def build(self, src, dst):
        data = bytearray(self.data)
        if self.none:
            return bytes(data)
        proto = self.proto6 if ':' in src else self.proto4
        span = len(data) if self.covers is None else self.covers
        value = checksum(pseudo(src, dst, proto, len(data)) +
                         bytes(data[:span]))
        value += self.wrong
        value = (value & 0xffff) + (value >> 16)
        if not value and not self.zero_ok:
            value = 0xffff
        struct.pack_into('!H', data, self.at, value)
        return bytes(data)


def udp(data=fill(32), sport=4000, dport=5000, **kw):
    head = struct.pack('!HHHH', sport, dport, 8 + len(data), 0)
    return Summed(UDP, head + data, 6, zero_ok=False, **kw)


def tcp(data=fill(32), sport=4000, dport=80, flags=0x18, options=b'', **kw):
    head = struct.pack('!HHLLBBHHH', sport, dport, 0x01020304, 0x05060708,
                       (5 + len(options) // 4) << 4, flags, 512, 0, 0)
    return Summed(TCP, head + options + data, 16, **kw)


def udplite(data=fill(32), covers=None, **kw):
    head = struct.pack('!HHHH', 4000, 5000, covers or 0, 0)
    return Summed(UDPLITE, head + data, 6, zero_ok=False, covers=covers, **kw)


def dccp(data=fill(20), **kw):
    # Request, extended sequence numbers, service code 42
    head = struct.pack('!HHBBHBxHLL', 4000, 5000, 5, 0, 0, 1, 0, 77, 42)
    return Summed(DCCP, head + data, 6, **kw)


class Icmp4:
    """ICMPv4 message: no pseudo header."""
    proto4 = proto6 = ICMP

    def __init__(self, kind, code=0, rest=b'\0\0\0\0', body=b'', wrong=0):
        self.head, self.wrong = (kind, code), wrong
        self.data = rest + body

    def build(self, src, dst):
        head = bytes(self.head)
        value = checksum(head + b'\0\0' + self.data) + self.wrong
        value = (value & 0xffff) + (value >> 16)
        return head + struct.pack('!H', value) + self.data


class Icmp6:
    proto4 = proto6 = ICMPV6

    def __init__(self, kind, code=0, rest=b'\0\0\0\0', body=b'', wrong=0):
        data = bytes((kind, code, 0, 0)) + rest + body
        self.message = Summed(ICMPV6, data, 2, wrong=wrong)

    def build(self, src, dst):
        return self.message.build(src, dst)


class Echo:
    """The same echo message in both families."""
    proto4, proto6 = ICMP, ICMPV6

    def __init__(self, data=fill(24), reply=False, code=0, wrong=0):
        rest = struct.pack('!HH', 0x1234, 7)
        self.four = Icmp4(0 if reply else 8, code, rest, data, wrong)
        self.six = Icmp6(129 if reply else 128, code, rest, data, wrong)

    def build(self, src, dst):
        return (self.six if ':' in src else self.four).build(src, dst)


class Ext:
    """An IPv6 extension header and what follows it."""

    def __init__(self, proto, head, payload):
        self.proto6 = proto
        self.head, self.payload = head, payload

    def build(self, src, dst):
        return (bytes((self.payload.proto6,)) + self.head +
                self.payload.build(src, dst))


def hopopts(payload, size=8):
    return Ext(HOPOPT, options(size), payload)


def dstopts(payload, size=8):
    return Ext(DSTOPTS, options(size), payload)


def options(size):
    """All but the first octet of an options header.

    Options of type 30, which who does not know them skips (RFC 8200 4.2);
    the kernel refuses more than seven octets of padding.
    """
    out, left = bytes((size // 8 - 1,)), size - 2
    while left:
        step = left if left < 200 else 100
        out += bytes((30, step - 2)) + bytes(step - 2)
        left -= step
    return out


def routing(payload, segments_left=0, kind=253, size=8):
    return Ext(ROUTING, bytes((size // 8 - 1, kind, segments_left)) +
               bytes(size - 4), payload)


def frag6(payload, offset=0, more=0, ident=0x1234):
    return Ext(FRAGMENT, struct.pack('!xHL', offset | more, ident), payload)


def auth(payload):
    return Ext(AH, struct.pack('!BxxLL', 4, 1, 1) + bytes(12), payload)


def ip4(src, dst, payload, ttl=64, tos=0, ident=0, df=0, mf=0, offset=0,
        options=b'', length=None, ihl=None, proto=None, version=4, wrong=0):
    data = payload.build(src, dst)
    size = 20 + len(options)
    head = struct.pack(
        '!BBHHHBBH4s4s', version << 4 | (size // 4 if ihl is None else ihl),
        tos, size + len(data) if length is None else length, ident,
        df << 14 | mf << 13 | offset // 8, ttl,
        payload.proto4 if proto is None else proto, 0, addr(src),
        addr(dst)) + options
    value = checksum(head) + wrong
    value = (value & 0xffff) + (value >> 16)
    return head[:10] + struct.pack('!H', value) + head[12:] + data


def ip6(src, dst, payload, hops=64, tos=0, flow=0, length=None, proto=None,
        version=6):
    data = payload.build(src, dst)
    return struct.pack('!LHBB', version << 28 | tos << 20 | flow,
                       len(data) if length is None else length,
                       payload.proto6 if proto is None else proto, hops) + \
        addr(src) + addr(dst) + data


def cut(payload, src, dst, *ends):
    """Slices of a payload, as fragments carry them: (offset, Raw, more)."""
    data = payload.build(src, dst)
    proto = payload.proto6 if ':' in src else payload.proto4
    edges = [0, *ends, len(data)]
    return [(a, Raw(proto, data[a:b]), int(b < len(data)))
            for a, b in zip(edges, edges[1:])]


def with_ident(packet, ident):
    """The same IPv4 packet with another identification."""
    head = bytearray(packet[:(packet[0] & 15) * 4])
    struct.pack_into('!H', head, 4, ident)
    struct.pack_into('!H', head, 10, 0)
    struct.pack_into('!H', head, 10, checksum(bytes(head)))
    return bytes(head) + packet[len(head):]


def ident_of(packet):
    return struct.unpack_from('!H', packet, 4)[0]
