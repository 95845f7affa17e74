# SPDX-License-Identifier: GPL-2.0
"""Two mapped hosts that use each other's IPv4 addresses (RFC 7757 4)."""
from case import (MAPS, R4, R4_6, R6, S4, S4B, S6, S6B, error6, out4, sent4,
                  sent6)
from wire import (Echo, Icmp4, Icmp6, Raw, cut, dstopts, embed, fill, frag6,
                  hopopts, ip4, ip6, tcp, udp, udplite)

# The hosts as their prefix-mapped IPv4 addresses.
P, PB = embed('64:ff9b::/96', S4), embed('64:ff9b::/96', S4B)


def run(suite):
    for mode in ('auto', 'forward', 'direct'):
        suite.config('mode ' + mode)
        intrinsic(suite, ', mode ' + mode)
    suite.config()
    shapes(suite)
    errors(suite)
    expired(suite)
    suite.config('hairpin off')
    suite.case('hairpin off: leaves as IPv4', sent6(udp(), S6, PB),
               c=out4(udp(), S4, S4B))
    suite.config('hairpin simple')
    simple(suite)
    suite.config()


def turned(suite, name, l4, src=S6, dst=PB, src_out=P, dst_out=S6B, **kw):
    suite.case('hairpin ' + name, sent6(l4, src, dst),
               s=ip6(src_out, dst_out, l4, hops=63), hairpin=1, **kw)


def intrinsic(suite, mode):
    turned(suite, 'UDP' + mode, udp())
    turned(suite, 'TCP' + mode, tcp())
    turned(suite, 'echo request' + mode, Echo())
    turned(suite, 'echo reply' + mode, Echo(reply=True), S6B, P, PB, S6)
    turned(suite, 'answer' + mode, tcp(flags=0x12), S6B, P, PB, S6)
    turned(suite, 'to itself' + mode, udp(), S6, P, P, S6)


def shapes(suite):
    for name, l4 in (('UDP-Lite', udplite()), ('ESP', Raw(50, fill(40))),
                     ('wrong UDP checksum', udp(wrong=7)),
                     ('wrong TCP checksum', tcp(wrong=7)),
                     ('UDP of 1452 bytes', udp(fill(1452))),
                     ('extension headers', hopopts(dstopts(udp())))):
        turned(suite, name, l4)
    suite.case('hairpin traffic class and flow label stay',
               sent6(udp(), S6, PB, tos=0x2e, flow=0x54321),
               s=ip6(P, S6B, udp(), hops=63, tos=0x2e, flow=0x54321),
               hairpin=1)
    for (off, a, more), (_, b, _) in zip(cut(udp(), S6, PB, 16),
                                         cut(udp(), P, S6B, 16)):
        suite.case(f'hairpin fragment at {off}',
                   sent6(frag6(a, off, more), S6, PB),
                   s=ip6(P, S6B, frag6(b, off, more), hops=63), hairpin=1)
    suite.case('hairpin of a source that nothing covers is not ours',
               sent6(udp(), R6, PB), s=ip6(R6, PB, udp(), hops=63),
               packets66=0)


def errors(suite):
    """SB answers to what it got from S; the packet inside goes back too."""
    for name, l4 in (('UDP', udp()), ('TCP', tcp()), ('echo', Echo())):
        got, sent = ip6(P, S6B, l4, hops=63), ip6(S6, PB, l4, hops=63)
        for kind, code in ((1, 4), (3, 1)):
            suite.case(f'hairpin error {kind}/{code} about {name}',
                       sent6(Icmp6(kind, code, body=got), S6B, P),
                       s=ip6(PB, S6, Icmp6(kind, code, body=sent), hops=63),
                       hairpin=1, icmp_translated=1)
        suite.case(f'hairpin error of a router about {name}',
                   sent6(Icmp6(3, 0, body=got), R6, P),
                   s=ip6(R6, S6, Icmp6(3, 0, body=sent), hops=63),
                   hairpin=1, icmp_translated=1)
        suite.case(f'hairpin Packet Too Big of a router about {name}',
                   sent6(Icmp6(2, 0, b'\0\0\5\x78', got), R6, P),
                   s=ip6(R6, S6, Icmp6(2, 0, b'\0\0\5\x78', sent), hops=63),
                   hairpin=1, icmp_translated=1)
    suite.config(maps=(*MAPS, f'192.0.2.9 {R6}'))
    got, sent = ip6(P, S6B, udp(), hops=63), ip6(S6, PB, udp(), hops=63)
    suite.case('hairpin error of a mapped router',
               sent6(Icmp6(3, 0, body=got), R6, P),
               s=ip6(R6, S6, Icmp6(3, 0, body=sent), hops=63),
               hairpin=1, icmp_translated=1)
    suite.config()
    suite.case('hairpin error with a wrong checksum is dropped',
               sent6(Icmp6(1, 4, body=ip6(P, S6B, udp()), wrong=1), S6B, P),
               drop_icmp_checksum=1)
    suite.case('hairpin error about a packet that was none is dropped',
               sent6(Icmp6(1, 4, body=ip6(R6, S6B, udp())), S6B, P),
               drop_icmp_inner=1)


def expired(suite):
    """One hop, and the sender sees its own packet in the error.

    The error is the kernel's, about the packet that was turned back.
    """
    packet = sent6(udp(), S6, PB, hops=2)
    suite.case('hairpin takes one hop', packet,
               s=ip6(P, S6B, udp(), hops=1), hairpin=1)
    packet = sent6(udp(), S6, PB, hops=1)
    suite.case('hairpin hop limit 1: error quotes what was sent', packet,
               s=error6(3, 0, packet[1]), icmp6_sent=1, drop_ttl=1)


def simple(suite):
    """Out as IPv4; what comes back gets its source from the prefix."""
    for name, l4 in (('UDP', udp()), ('TCP', tcp()), ('echo', Echo())):
        suite.case(f'simple hairpin {name} leaves as IPv4',
                   sent6(l4, S6, PB), c=out4(l4, S4, S4B))
        suite.case(f'simple hairpin {name} comes back',
                   sent4(l4, S4, S4B), s=ip6(P, S6B, l4, hops=63))
        four = ip4(S4, S4B, l4, ttl=62)
        six_got = ip6(P, S6B, l4, hops=62)
        suite.case(f'simple hairpin error about {name} leaves',
                   sent6(Icmp6(1, 4, body=six_got), S6B, P),
                   c=out4(Icmp4(3, 3, body=four), S4B, S4),
                   icmp_translated=1)
        suite.case(f'simple hairpin error about {name} comes back',
                   sent4(Icmp4(3, 3, body=four), S4B, S4),
                   s=ip6(PB, S6, Icmp6(1, 4, body=ip6(S6, PB, l4, hops=62)),
                         hops=63), icmp_translated=1)
    # RFC 7757 4.2.1, rules 2 and 3
    four, six = ip4(S4, S4B, udp(), ttl=62), ip6(S6, PB, udp(), hops=62)
    for maps, src in ((MAPS, R4_6), ((*MAPS, f'{R4} {R6}'), R6)):
        suite.config('hairpin simple', maps=maps)
        suite.case(f'simple hairpin, error of a router that is {src}',
                   sent4(Icmp4(11, 0, body=four), R4, S4),
                   s=ip6(src, S6, Icmp6(3, 0, body=six), hops=63),
                   icmp_translated=1)
    suite.config('hairpin simple')
    four = ip4(S4, '192.0.2.9', udp(), ttl=62)
    suite.case('simple hairpin, error of a mapped router on the path',
               sent4(Icmp4(11, 0, body=four), S4B, S4),
               s=ip6(S6B, S6, Icmp6(3, 0, body=ip6(
                   S6, embed('64:ff9b::/96', '192.0.2.9'), udp(), hops=62)),
                   hops=63), icmp_translated=1)
    suite.case('simple hairpin: IPv4 hosts are as ever', sent4(udp()),
               s=ip6('64:ff9b::c633:6402', S6, udp(), hops=63))
