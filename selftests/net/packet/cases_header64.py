# SPDX-License-Identifier: GPL-2.0
"""IPv6 to IPv4: header, extension headers, fragments, MTU (RFC 7915 5)."""
import struct

import wire
from case import C4, C6, S4, S6, error6, mtu_field, out4, sent6
from wire import (Echo, Raw, auth, cut, dccp, dstopts, fill, frag6, hopopts,
                  ip6, routing, tcp, udp, udplite)


def run(suite):
    suite.config()
    fields(suite)
    hop_limit(suite)
    extension_headers(suite)
    bad_chains(suite)
    fragments(suite)
    malformed(suite)
    suite.lab.mtu(x4=1300)
    too_big(suite)
    suite.lab.mtu(x4=1500)
    suite.lab.outside()


def fields(suite):
    for tos in (0, 1, 0x2e << 2, 0xff):
        suite.case(f'6->4 TOS is traffic class {tos:#x}',
                   sent6(udp(), tos=tos), c=out4(udp(), tos=tos))
    suite.case('6->4 flow label is lost', sent6(udp(), flow=0xfffff),
               c=out4(udp()))
    for size in (0, 1, 2, 3, 1231, 1232):
        suite.case(f'6->4 UDP with {size} bytes, DF=0',
                   sent6(udp(fill(size))), c=out4(udp(fill(size))))
    for size in (1233, 1452):
        suite.case(f'6->4 UDP with {size} bytes, DF=1',
                   sent6(udp(fill(size))),
                   c=out4(udp(fill(size)), df=1, any_ident=False))
    suite.case('6->4 bytes behind the payload length are cut',
               ('s', ip6(S6, C6, udp()) + b'trailer'), c=out4(udp()))
    idents(suite)
    suite.config('tos 0')
    suite.case('6->4 TOS set to 0', sent6(udp(), tos=0xff), c=out4(udp()))
    suite.config('tos 184')
    suite.case('6->4 TOS set to 184', sent6(udp(), tos=3),
               c=out4(udp(), tos=184))
    suite.config()


def idents(suite):
    """RFC 6864: DF=0 packets need an identification of their own."""
    got, _ = suite.lab.exchange([(*sent6(udp()), None)] * 8, {'c': 8})
    seen = {wire.ident_of(p) for p in got['c']}
    suite.result('6->4 DF=0 packets differ in identification',
                 [] if len(seen) == 8 else [f'identifications {seen}'])


def hop_limit(suite):
    for mode in ('auto', 'forward', 'direct'):
        suite.config('mode ' + mode)
        for value in (0, 1):
            packet = sent6(udp(), hops=value)
            suite.case(f'6->4 hop limit {value} expires, mode {mode}', packet,
                       s=error6(3, 0, packet[1]), drop_ttl=1, icmp6_sent=1,
                       packets66=0)
        for value in (2, 64, 255):
            suite.case(f'6->4 hop limit {value} less one, mode {mode}',
                       sent6(udp(), hops=value), c=out4(udp(), ttl=value - 1))
    suite.config()
    quoted = ip6(C6, S6, udp())
    suite.case('6->4 hop limit 1 of an ICMP error: no error',
               sent6(wire.Icmp6(1, 4, body=quoted), hops=1), drop_ttl=1)
    suite.config('icmp-errors off')
    suite.case('6->4 hop limit 1, errors off', sent6(udp(), hops=1),
               drop_ttl=1)
    suite.config()


def extension_headers(suite):
    for name, l4 in (('UDP', udp()), ('TCP', tcp()), ('echo', Echo()),
                     ('ESP', Raw(50, fill(40)))):
        for what, chain in (
                ('Hop-by-Hop', hopopts(l4)),
                ('Destination Options', dstopts(l4)),
                ('Routing, none left', routing(l4)),
                ('Hop-by-Hop, Destination, Routing, Destination',
                 hopopts(dstopts(routing(dstopts(l4), size=24), 16), 32)),
                ('Destination of 264 bytes', dstopts(l4, 264))):
            suite.case(f'6->4 {what} before {name}', sent6(chain),
                       c=out4(l4))
    whole = cut(udp(fill(64)), S6, C6, 40)
    four = cut(udp(fill(64)), S4, C4, 40)
    for (off, a, more), (_, b, _) in zip(whole, four):
        suite.case(f'6->4 Hop-by-Hop and Routing before a fragment at {off}',
                   sent6(hopopts(routing(frag6(a, off, more, 0x10007)))),
                   c=out4(b, offset=off, mf=more, ident=7, any_ident=False))
    suite.case('6->4 size that counts for DF is that of the result',
               sent6(dstopts(udp(fill(1232)), 128)),
               c=out4(udp(fill(1232))))
    suite.case('6->4 No Next Header', sent6(Raw(59, b'')), c=out4(Raw(59, b'')))


def bad_chains(suite):
    for left in (1, 255):
        for what, chain, at in (
                ('alone', routing(udp(), left), 43),
                ('behind Hop-by-Hop', hopopts(routing(udp(), left)), 51)):
            packet = sent6(chain)
            suite.case(f'6->4 Routing with {left} left, {what}', packet,
                       s=error6(4, 0, packet[1], struct.pack('!L', at)),
                       drop_routing_header=1, icmp6_sent=1)
    for name, chain in (
            ('Destination Options', frag6(dstopts(udp()))),
            ('Hop-by-Hop', frag6(hopopts(udp()))),
            ('Routing', frag6(routing(udp()))),
            ('AH', frag6(auth(udp()))),
            ('a Fragment header', frag6(frag6(udp()))),
            ('Destination Options, first fragment',
             frag6(dstopts(udp()), 0, 1))):
        packet = sent6(chain)
        suite.case(f'6->4 {name} behind a Fragment header', packet,
                   s=error6(1, 1, packet[1]), drop_ext_header=1, icmp6_sent=1)
    chain = udp()
    for _ in range(124):
        chain = dstopts(chain)
    packet = sent6(chain)
    suite.case('6->4 chain of 124 headers', packet,
               s=error6(1, 1, packet[1]), drop_ext_header=1, icmp6_sent=1)
    for name, chain, at in (
            ('header beyond the end of the packet',
             Raw(60, bytes((17, 20, 1, 4, 0, 0, 0, 0))), 208),
            ('half of an extension header', Raw(60, bytes((17, 0, 1, 4))), 40),
            ('half of a Fragment header',
             hopopts(Raw(44, bytes((17, 0, 0, 1)))), 48)):
        packet = sent6(chain)
        suite.case(f'6->4 {name}', packet, drop_malformed=1,
                   s=error6(4, 0, packet[1], struct.pack('!L', at)),
                   icmp6_sent=1)


def fragments(suite):
    for name, l4 in (('UDP', udp(fill(100))), ('TCP', tcp(fill(100))),
                     ('UDP-Lite', udplite(fill(100))),
                     ('DCCP', dccp(fill(100))), ('ESP', Raw(50, fill(120)))):
        sends, want = [], []
        for (off, a, more), (_, b, _) in zip(cut(l4, S6, C6, 40, 80),
                                             cut(l4, S4, C4, 40, 80)):
            sends.append(sent6(frag6(a, off, more, 0x9876fedc)))
            want.append(out4(b, offset=off, mf=more, ident=0xfedc,
                             any_ident=False))
        for i, place in enumerate(('first', 'middle', 'last')):
            suite.case(f'6->4 {place} fragment of {name}', sends[i],
                       c=want[i])
        suite.case(f'6->4 order of the fragments of {name}', sends, c=want)
    for name, l4 in (('UDP', udp()), ('echo', Echo())):
        suite.case(f'6->4 atomic fragment of {name}',
                   sent6(frag6(l4, ident=0xaaaa5555)),
                   c=out4(l4, ident=0x5555, any_ident=False))
    suite.case('6->4 big fragment leaves with DF clear',
               sent6(frag6(Raw(17, fill(1448)), 1448, 1, 3)),
               c=out4(Raw(17, fill(1448)), offset=1448, mf=1, ident=3,
                      any_ident=False))
    for off, part, more in cut(Echo(fill(56)), S6, C6, 32):
        suite.case(f'6->4 fragment of ICMP at {off}',
                   sent6(frag6(part, off, more)), drop_icmp_fragment=1)


def malformed(suite):
    # The kernel refuses these before any hook of the translator.
    for name, kw in (('payload length beyond the end', {'length': 500}),
                     ('version 5', {'version': 5})):
        suite.case(f'6->4 bad {name}', sent6(udp(), **kw), version=6)
    for size in range(0, 8):
        suite.case(f'6->4 {size} bytes of UDP pass',
                   sent6(Raw(17, bytes(size))), c=out4(Raw(17, bytes(size))))
        suite.case(f'6->4 {size} bytes of ICMP are dropped',
                   sent6(Raw(58, b'\x80\0\0\0\0\0\0\0'[:size])),
                   drop_malformed=1)


def too_big(suite):
    suite.case('6->4 result fits MTU 1300 exactly', sent6(udp(fill(1272))),
               c=out4(udp(fill(1272)), df=1, any_ident=False))
    for mode in ('auto', 'forward', 'direct'):
        suite.config('mode ' + mode)
        packet = sent6(udp(fill(1273)))
        suite.case(f'6->4 too big for MTU 1300, mode {mode}', packet,
                   s=error6(2, 0, packet[1], mtu_field(1320)),
                   drop_too_big=1, icmp6_sent=1)
    suite.config()
    packet = sent6(hopopts(frag6(Raw(17, fill(1400)), 0, 1)))
    suite.case('6->4 first fragment too big', packet,
               s=error6(2, 0, packet[1], mtu_field(1320)), drop_too_big=1,
               icmp6_sent=1)
    suite.lab.mtu(x4=1000)
    packet = sent6(udp(fill(1300)))
    suite.case('6->4 too big for MTU 1000: says 1280', packet,
               s=error6(2, 0, packet[1], mtu_field(1280)), drop_too_big=1,
               icmp6_sent=1)
    data = udp(fill(1000)).build(S4, C4)
    suite.case('6->4 packet of 1048 bytes over MTU 1000 is fragmented',
               sent6(udp(fill(1000))), c=[
                   piece(Raw(17, data[:976]), 0, 1),
                   piece(Raw(17, data[976:]), 976, 0)])


def piece(payload, offset, more):
    return out4(payload, offset=offset, mf=more)
