# SPDX-License-Identifier: GPL-2.0
"""IPv4 to IPv6: header, options, fragments, MTU (RFC 7915 section 4)."""
from case import C4, R4, S4, S6, error4, mtu_field, out6, sent4
from wire import (TCP, Raw, cut, dccp, embed, fill, frag6, ip4, tcp, udp,
                  udplite)
import wire


def run(suite):
    suite.config()
    fields(suite)
    ttl(suite)
    options(suite)
    malformed(suite)
    fragments(suite)
    suite.lab.mtu(x6=1400)
    too_big(suite)
    suite.lab.mtu(x6=1500)
    fragmentation(suite)
    suite.config('lowest-ipv6-mtu 1400')
    suite.case('4->6 DF=0 fits lowest-ipv6-mtu 1400',
               sent4(udp(fill(1352))), s=out6(udp(fill(1352))))
    big = udp(fill(1353))
    suite.case('4->6 DF=0 fragmented to lowest-ipv6-mtu 1400',
               sent4(big, ident=9), s=pieces(big, 9, 1352), packets46=2,
               fragmented=1)
    suite.config()


def fields(suite):
    for tos in (0, 1, 0x2e << 2, 0xff):
        suite.case(f'4->6 traffic class is TOS {tos:#x}',
                   sent4(udp(), tos=tos), s=out6(udp(), tos=tos))
    for size in (0, 1, 2, 3, 1232, 1451):
        l4 = udp(fill(size))
        if size < 1233:
            suite.case(f'4->6 UDP with {size} bytes', sent4(l4), s=out6(l4))
        l4 = tcp(fill(min(size, 1440)))
        suite.case(f'4->6 TCP with {min(size, 1440)} bytes, DF',
                   sent4(l4, df=1), s=out6(l4))
    suite.case('4->6 DF=0 adds no Fragment header',
               sent4(udp(), ident=0x4321), s=out6(udp()))
    suite.case('4->6 identification is lost', sent4(udp(), ident=77, df=1),
               s=out6(udp()))
    suite.case('4->6 bytes behind the total length are cut',
               ('c', ip4(C4, '203.0.113.10', udp()) + b'trailer'),
               s=out6(udp()))
    suite.config('tos 0')
    suite.case('4->6 TOS set to 0', sent4(udp(), tos=0xff), s=out6(udp()))
    suite.config('tos 184')
    suite.case('4->6 TOS set to 184', sent4(udp(), tos=1),
               s=out6(udp(), tos=184))
    suite.config()


def ttl(suite):
    for mode in ('auto', 'forward', 'direct'):
        suite.config('mode ' + mode)
        for value in (0, 1):
            packet = sent4(udp(), ttl=value)
            suite.case(f'4->6 TTL {value} expires, mode {mode}', packet,
                       c=error4(11, 0, packet[1]), drop_ttl=1, icmp4_sent=1)
        for value in (2, 64, 255):
            suite.case(f'4->6 TTL {value} less one, mode {mode}',
                       sent4(udp(), ttl=value), s=out6(udp(), hops=value - 1))
    suite.config()
    frag = sent4(Raw(17, fill(64)), ttl=1, offset=64)
    suite.case('4->6 TTL 1 of a later fragment: no error', frag, drop_ttl=1,
               icmp4_sent=0)
    quoted = ip4(S4, C4, udp())
    suite.case('4->6 TTL 1 of an ICMP error: no error',
               sent4(wire.Icmp4(3, 1, body=quoted), ttl=1), drop_ttl=1,
               icmp4_sent=0)
    suite.config('icmp-errors off')
    suite.case('4->6 TTL 1, errors off', sent4(udp(), ttl=1), drop_ttl=1)
    suite.config()


def options(suite):
    for words in range(1, 11):
        size = words * 4
        suite.case(f'4->6 header of {20 + size} bytes, NOPs',
                   sent4(udp(), options=b'\1' * size), s=out6(udp()))
        record = bytes((7, size - 1, 4)) + bytes(size - 4) + b'\0'
        suite.case(f'4->6 header of {20 + size} bytes, record route',
                   sent4(tcp(), options=record), s=out6(tcp()))
    suite.case('4->6 bytes behind End of Options are not looked at',
               sent4(udp(), options=b'\0\x83\x01\x00'), s=out6(udp()))
    for kind, name in ((131, 'loose'), (137, 'strict')):
        used = bytes((kind, 7, 8)) + wire.addr('192.0.2.1') + b'\0'
        suite.case(f'4->6 {name} source route, expired',
                   sent4(udp(), options=used), s=out6(udp()))
        for pointer in (0, 4, 7):
            open_ = bytes((kind, 7, pointer)) + wire.addr(R4) + b'\0'
            packet = sent4(udp(), options=open_)
            suite.case(f'4->6 {name} source route, pointer {pointer}', packet,
                       c=error4(3, 5, packet[1]), drop_source_route=1,
                       icmp4_sent=1)


def malformed(suite):
    for name, at, opts in (('length 0', 20, b'\x07\x00\x04\x00'),
                           ('length 1', 21, b'\1\x44\x01\x05'),
                           ('overrun', 20, b'\x07\x08\x04\x00'),
                           ('no length', 23, b'\1\1\1\x44'),
                           ('short source route', 22, b'\1\1\x83\x02')):
        packet = sent4(udp(), options=opts)
        suite.case(f'4->6 option: {name}', packet, drop_malformed=1,
                   c=error4(12, 0, packet[1], bytes((at, 0, 0, 0))),
                   icmp4_sent=1)
    # The kernel refuses these before any hook of the translator.
    for name, kw in (('header checksum', {'wrong': 1}),
                     ('IHL 4', {'ihl': 4}), ('IHL 15', {'ihl': 15}),
                     ('length of more than there is', {'length': 200}),
                     ('length below IHL', {'length': 19}),
                     ('version 5', {'version': 5})):
        suite.case(f'4->6 bad {name}', sent4(udp(), **kw), version=4)


def fragments(suite):
    for name, l4 in (('UDP', udp(fill(100))), ('TCP', tcp(fill(100))),
                     ('UDP-Lite', udplite(fill(100))),
                     ('DCCP', dccp(fill(100))), ('ESP', Raw(50, fill(120)))):
        sends, want = [], []
        six = cut(l4, embed('64:ff9b::/96', C4), S6, 40, 80)
        for (off, a, more), (_, b, _) in zip(
                cut(l4, C4, S4, 40, 80), six):
            sends.append(sent4(a, offset=off, mf=more, ident=0xfedc))
            want.append(out6(frag6(b, off, more, 0xfedc)))
        for i, place in enumerate(('first', 'middle', 'last')):
            suite.case(f'4->6 {place} fragment of {name}', sends[i],
                       s=want[i])
        suite.case(f'4->6 order of the fragments of {name}', sends, s=want)
    suite.case('4->6 DF fragment that fits',
               sent4(Raw(17, fill(64)), offset=1480, df=1, ident=5),
               s=out6(frag6(Raw(17, fill(64)), 1480, 0, 5)))
    suite.case('4->6 fragment beyond the end of any packet, to be cut',
               sent4(Raw(17, fill(1400)), offset=65528), drop_malformed=1,
               fragmented=0)
    suite.case('4->6 last possible offset',
               sent4(Raw(17, fill(7)), offset=65528, ident=5),
               s=out6(frag6(Raw(17, fill(7)), 65528, 0, 5)))
    whole = wire.Echo(fill(56))
    for off, part, more in cut(whole, C4, S4, 32):
        packet = sent4(part, offset=off, mf=more)
        answer = {} if off else {'c': error4(3, 13, packet[1]),
                                 'icmp4_sent': 1}
        suite.case(f'4->6 fragment of ICMP at {off}', packet,
                   drop_icmp_fragment=1, **answer)
    off, part, more = cut(wire.Icmp4(3, 1, body=ip4(S4, C4, udp())), C4, S4,
                          32)[0]
    suite.case('4->6 first fragment of an ICMP error: no error',
               sent4(part, offset=off, mf=more), drop_icmp_fragment=1)


def too_big(suite):
    suite.case('4->6 DF fits MTU 1400 exactly', sent4(tcp(fill(1340)), df=1),
               s=out6(tcp(fill(1340))))
    for mode in ('auto', 'forward', 'direct'):
        suite.config('mode ' + mode)
        packet = sent4(tcp(fill(1341)), df=1)
        suite.case(f'4->6 DF too big for MTU 1400, mode {mode}', packet,
                   c=error4(3, 4, packet[1], mtu_field(1380)),
                   drop_too_big=1, icmp4_sent=1)
    suite.config()
    packet = sent4(Raw(TCP, fill(1352)), df=1, mf=1)
    suite.case('4->6 DF first fragment fits with its Fragment header',
               packet, s=out6(frag6(packet_payload(packet), 0, 1, 0)))
    packet = sent4(Raw(TCP, fill(1360)), df=1, mf=1)
    suite.case('4->6 DF first fragment too big', packet,
               c=error4(3, 4, packet[1], mtu_field(1372)), drop_too_big=1,
               icmp4_sent=1)
    packet = sent4(Raw(TCP, fill(1360)), df=1, offset=1480)
    suite.case('4->6 DF later fragment too big: dropped, no error', packet,
               drop_too_big=1, icmp4_sent=0)


def packet_payload(sent):
    """The TCP header in a first fragment, with the sum updated."""
    data = bytearray(sent[1][20:])
    old = wire.pseudo(C4, S4, 0, 0)
    new = wire.pseudo(wire.embed('64:ff9b::/96', C4), S6, 0, 0)
    value = wire.ones_sum(bytes((~x & 0xff for x in data[16:18])) +
                          bytes(~x & 0xff for x in old) + new)
    data[16:18] = bytes(~x & 0xff for x in value.to_bytes(2, 'big'))
    return Raw(TCP, bytes(data))


def pieces(l4, ident, limit, offset=0, more=0, kw=None):
    """Fragments of a payload after translation, each limit bytes at most."""
    data = l4.build(wire.embed('64:ff9b::/96', C4), S6)
    step = (limit - 8 if limit % 8 else limit) // 8 * 8
    parts = [data[i:i + step] for i in range(0, len(data), step)]
    return [out6(frag6(Raw(l4.proto6, p), offset + i * step,
                       int(i < len(parts) - 1 or more), ident), **(kw or {}))
            for i, p in enumerate(parts)]


def fragmentation(suite):
    limit = 1280 - 48
    suite.case('4->6 DF=0, result of 1280 bytes is not fragmented',
               sent4(udp(fill(1232))), s=out6(udp(fill(1232))))
    for name, l4 in (('UDP', udp(fill(1233))), ('UDP', udp(fill(1472))),
                     ('TCP', tcp(fill(1460))), ('ESP', Raw(50, fill(1400))),
                     ('echo', wire.Echo(fill(1400)))):
        size = len(l4.build(C4, S4))
        suite.case(f'4->6 DF=0, {name} of {size} bytes is fragmented',
                   sent4(l4, ident=0xabcd, tos=4),
                   s=pieces(l4, 0xabcd, limit, kw={'tos': 4}), packets46=2,
                   fragmented=1)
    suite.case('4->6 options go before the packet is fragmented',
               sent4(udp(fill(1400)), ident=3, options=b'\1' * 40),
               s=pieces(udp(fill(1400)), 3, limit), packets46=2, fragmented=1)
    part = Raw(17, fill(1480))
    for name, off, more in (('last', 2960, 0), ('middle', 1480, 1)):
        suite.case(f'4->6 DF=0 {name} fragment fragmented again',
                   sent4(part, offset=off, mf=more, ident=8),
                   s=pieces(part, 8, limit, off, more), packets46=2,
                   fragmented=1)
    mine = cut(udp(fill(2000)), C4, S4, 1480)[0][1]
    theirs = cut(udp(fill(2000)), wire.embed('64:ff9b::/96', C4), S6,
                 1480)[0][1]
    suite.case('4->6 DF=0 first fragment fragmented again',
               sent4(mine, mf=1, ident=8), s=pieces(theirs, 8, limit, 0, 1),
               packets46=2, fragmented=1)
    for mode in ('forward', 'direct'):
        suite.config('mode ' + mode)
        l4 = udp(fill(1400))
        suite.case(f'4->6 fragmented, mode {mode}', sent4(l4, ident=6),
                   s=pieces(l4, 6, limit), packets46=2, fragmented=1)
    suite.config()
    packet = sent4(udp(fill(1400)), ttl=1)
    suite.case('4->6 TTL 1 of a packet to fragment: one error', packet,
               c=error4(11, 0, packet[1]), drop_ttl=1, icmp4_sent=1)
