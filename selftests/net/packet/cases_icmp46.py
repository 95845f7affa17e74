# SPDX-License-Identifier: GPL-2.0
"""ICMPv4 to ICMPv6: types, codes, errors with packets inside (RFC 7915 4.2,
4.3), RFC 4884, RFC 6791."""
import struct

import wire
from case import (C4, C6, R4, R4_6, S4, S6, T6, mtu_field, out6, sent4)
from wire import (Echo, Icmp4, Icmp6, Raw, dccp, embed, fill, frag6, ip4,
                  ip6, tcp, udp, udplite)


def run(suite):
    suite.config()
    queries(suite)
    unreachable(suite)
    mtu(suite)
    other_errors(suite)
    inner(suite)
    refused(suite)
    truncated(suite)
    extension(suite)
    source(suite)


def quote4(payload=None, **kw):
    """The packet that the error is about: from S to C, on the IPv4 side."""
    return ip4(S4, C4, payload or udp(), ttl=kw.pop('ttl', 61), **kw)


def quote6(payload=None, **kw):
    return ip6(S6, C6, payload or udp(), hops=kw.pop('hops', 61), **kw)


def error(suite, name, four, six, src=C4, src6=C6, **kw):
    """An ICMPv4 error that becomes an ICMPv6 error."""
    suite.case('4->6 ' + name, sent4(four, src, **kw),
               s=out6(six, src6, tos=kw.get('tos', 0)), icmp_translated=1)


def queries(suite):
    for reply in (False, True):
        what = 'reply' if reply else 'request'
        for size in (0, 1, 56, 1200):
            echo = Echo(fill(size), reply)
            suite.case(f'4->6 echo {what} of {size} bytes', sent4(echo),
                       s=out6(echo))
        suite.case(f'4->6 echo {what} with code 5',
                   sent4(Echo(reply=reply, code=5)),
                   s=out6(Echo(reply=reply, code=5)))
        suite.case(f'4->6 echo {what}, a wrong checksum stays wrong',
                   sent4(Echo(reply=reply, wrong=0x1111)),
                   s=out6(Echo(reply=reply, wrong=0x1111)))
    for kind in (1, 2, 6, 7, 9, 10, 13, 14, 15, 16, 17, 18, 19, 30, 31, 40,
                 42, 43, 128, 253, 255):
        suite.case(f'4->6 ICMP type {kind} is dropped',
                   sent4(Icmp4(kind, 0, body=fill(20))), drop_icmp_type=1)
    for size in range(8):
        suite.case(f'4->6 ICMP of {size} bytes is dropped',
                   sent4(Raw(1, b'\x08\0\xf7\xff\0\0\0\0'[:size])),
                   drop_malformed=1)
    suite.case('4->6 IGMP is dropped', sent4(Raw(2, fill(8))),
               drop_icmp_type=1)


def unreachable(suite):
    table = {0: (1, 0), 1: (1, 0), 2: (4, 1), 3: (1, 4), 5: (1, 0),
             6: (1, 0), 7: (1, 0), 8: (1, 0), 9: (1, 1), 10: (1, 1),
             11: (1, 0), 12: (1, 0), 13: (1, 1), 15: (1, 1)}
    for code in range(17):
        if code == 4:
            continue
        message = Icmp4(3, code, body=quote4())
        if code not in table:
            suite.case(f'4->6 unreachable code {code} is dropped',
                       sent4(message), drop_icmp_type=1)
            continue
        kind, code6 = table[code]
        rest = struct.pack('!L', 6 if kind == 4 else 0)
        error(suite, f'unreachable code {code} to {kind}/{code6}', message,
              Icmp6(kind, code6, rest, quote6()))


def mtu(suite):
    def told(name, value, want, size=None):
        body4, body6 = quote4(), quote6()
        if size:
            data = udp(fill(size - 28))
            body4 = quote4(data, df=1)[:68]
            body6 = quote6(data)[:88]
        error(suite, f'MTU {value}{name} to {want}',
              Icmp4(3, 4, mtu_field(value), body4),
              Icmp6(2, 0, mtu_field(want), body6))

    for value, want in ((1, 1280), (68, 1280), (1259, 1280), (1260, 1280),
                        (1261, 1281), (1400, 1420), (1479, 1499),
                        (1480, 1500), (1500, 1500), (9000, 1500),
                        (65535, 1500)):
        told('', value, want)
    # RFC 1191 7.1: the plateau below the length of the packet
    for size, want in ((1500, 1500), (1493, 1500), (1492, 1280),
                       (1400, 1280), (600, 1280)):
        told(f' for a packet of {size}', 0, want, size)
    suite.lab.mtu(x6=9000, x4=9000)
    for size, want in ((9000, 8186), (4353, 4372), (2003, 2022),
                       (1500, 1512), (1006, 1280)):
        told(f' for a packet of {size}, MTUs 9000', 0, want, size)
    told(', MTUs 9000', 4000, 4020)
    suite.lab.mtu(x4=2000)
    told(', MTU of IPv4 2000', 4000, 2020)
    suite.lab.mtu(x6=1600)
    told(', MTU of IPv6 1600', 4000, 1600)
    suite.lab.mtu(x6=1500, x4=1500)


def other_errors(suite):
    for code in (0, 1):
        error(suite, f'time exceeded {code}', Icmp4(11, code, body=quote4()),
              Icmp6(3, code, body=quote6()))
    pointers = {0: 0, 1: 1, 2: 4, 3: 4, 8: 7, 9: 6, 12: 8, 13: 8, 14: 8,
                15: 8, 16: 24, 17: 24, 18: 24, 19: 24}
    for at in (*range(22), 39, 40, 255):
        for code in (0, 2):
            message = Icmp4(12, code, bytes((at, 0, 0, 0)), quote4())
            if at in pointers:
                error(suite, f'parameter problem {code}, pointer {at}',
                      message, Icmp6(4, 0, struct.pack('!L', pointers[at]),
                                     quote6()))
            else:
                suite.case(f'4->6 parameter problem {code}, pointer {at} is '
                           'dropped', sent4(message), drop_icmp_type=1)
    for code in (1, 3):
        suite.case(f'4->6 parameter problem {code} is dropped',
                   sent4(Icmp4(12, code, body=quote4())), drop_icmp_type=1)
    for kind, name in ((4, 'source quench'), (5, 'redirect')):
        suite.case(f'4->6 {name} is dropped',
                   sent4(Icmp4(kind, 0, wire.addr(R4), quote4())),
                   drop_icmp_type=1)
    error(suite, 'error with TOS 192', Icmp4(11, 0, body=quote4()),
          Icmp6(3, 0, body=quote6()), tos=192)


def inner(suite):
    for name, l4 in (('TCP', tcp()), ('UDP', udp()), ('UDP-Lite', udplite()),
                     ('DCCP', dccp()), ('echo request', Echo()),
                     ('echo reply', Echo(reply=True)),
                     ('ESP', Raw(50, fill(9))),
                     ('protocol 253', Raw(253, b'')),
                     ('wrong UDP checksum', udp(wrong=5)),
                     ('wrong TCP checksum', tcp(wrong=5)),
                     ('UDP without checksum', udp(none=True))):
        error(suite, f'error about {name}', Icmp4(3, 3, body=quote4(l4)),
              Icmp6(1, 4, body=quote6(l4)))
    for size in range(8, 24, 5):
        error(suite, f'error that quotes {size} bytes of TCP',
              Icmp4(3, 3, body=quote4(tcp())[:20 + size]),
              Icmp6(1, 4, body=quote6(tcp())[:40 + size]))
    error(suite, 'error that quotes 8 bytes of echo',
          Icmp4(3, 1, body=quote4(Echo())[:28]),
          Icmp6(1, 0, body=quote6(Echo())[:48]))
    error(suite, 'error that quotes the header alone',
          Icmp4(3, 3, body=quote4()[:20]), Icmp6(1, 4, body=quote6()[:40]))
    for ttl in (0, 1, 255):
        error(suite, f'inner TTL {ttl} stays',
              Icmp4(11, 0, body=quote4(ttl=ttl)),
              Icmp6(3, 0, body=quote6(hops=ttl)))
    error(suite, 'inner TOS and DF', Icmp4(3, 1, body=quote4(tos=8, df=1)),
          Icmp6(1, 0, body=quote6(tos=8)))
    error(suite, 'inner packet with options',
          Icmp4(3, 1, body=quote4(options=b'\x07\x27\x04' + bytes(37))),
          Icmp6(1, 0, body=quote6()))
    error(suite, 'inner source route',
          Icmp4(3, 5, body=quote4(options=b'\x83\x07\x04\xc0\0\2\1\0')),
          Icmp6(1, 0, body=quote6()))
    for off, more in ((0, 1), (64, 1), (128, 0)):
        four, six = ((udp(), udp()) if not off else
                     (Raw(17, fill(40)), Raw(17, fill(40))))
        error(suite, f'inner fragment at {off}', Icmp4(
            11, 1, body=quote4(four, offset=off, mf=more, ident=99)),
            Icmp6(3, 1, body=quote6(frag6(six, off, more, 99))))
    error(suite, 'inner later fragment of ICMP', Icmp4(
        11, 1, body=quote4(Raw(1, fill(40)), offset=64, ident=99)),
        Icmp6(3, 1, body=quote6(frag6(Raw(58, fill(40)), 64, 0, 99))))
    error(suite, 'wrong inner header checksum',
          Icmp4(3, 1, body=quote4(wrong=3)), Icmp6(1, 0, body=quote6()))


def refused(suite):
    for wrong in (1, 0xff00):
        suite.case(f'4->6 error, checksum off by {wrong:#x} is dropped',
                   sent4(Icmp4(3, 1, body=quote4(), wrong=wrong)),
                   drop_icmp_checksum=1)
    for name, body in (
            ('nested error', quote4(Icmp4(3, 1, body=quote4()))),
            ('inner ICMP of type 13', quote4(Icmp4(13, body=fill(12)))),
            ('inner ICMP of 4 bytes', quote4(Echo())[:24]),
            ('inner header of 19 bytes', quote4()[:19]),
            ('no inner packet', b''),
            ('inner version 6', quote6()),
            ('inner IHL 4', quote4(ihl=4)),
            ('inner IHL beyond the end', quote4(ihl=15)[:40]),
            ('inner total length 19', quote4(length=19))):
        suite.case(f'4->6 error with {name} is dropped',
                   sent4(Icmp4(3, 1, body=body)), drop_icmp_inner=1)
    suite.config('prefix none', maps=('203.0.113.10 2001:db8:1::10',
                                      '198.51.100.2 2001:db8:2::2'))
    suite.case('4->6 error about a packet from an unknown address',
               sent4(Icmp4(3, 1, body=ip4(R4, C4, udp()))),
               drop_icmp_inner=1)
    suite.config()


def truncated(suite):
    for size in (1204, 1205, 1400):
        body = ip4(S4, C4, udp(fill(size - 28)), ttl=61)
        want = ip6(S6, C6, udp(fill(size - 28)), hops=61)
        error(suite, f'error with a quote of {size} bytes, at most 1280',
              Icmp4(3, 3, body=body), Icmp6(1, 4, body=want[:1232]))


def multipart4(kind, code, packet, size, ext, rest=None):
    """RFC 4884: length in 32-bit words in octet 5."""
    body = packet + bytes(size - len(packet)) if len(packet) < size else \
        packet[:size]
    rest = rest or bytes((0, size // 4, 0, 0))
    return Icmp4(kind, code, rest, body + ext)


def multipart6(kind, code, packet, size, ext):
    """RFC 4884: length in 64-bit words in octet 4."""
    body = packet + bytes(size - len(packet)) if len(packet) < size else \
        packet[:size]
    return Icmp6(kind, code, bytes((size // 8, 0, 0, 0)), body + ext)


def extension(suite):
    ext = wire_extension(fill(12))
    long_ = udp(fill(400))
    for kind, code, kind6, code6 in ((3, 1, 1, 0), (11, 0, 3, 0)):
        # 128 bytes of quote become 148, which is padded to 152.
        error(suite, f'RFC 4884 in {kind}/{code}',
              multipart4(kind, code, quote4(long_), 128, ext),
              multipart6(kind6, code6, quote6(long_)[:148], 152, ext))
        error(suite, f'RFC 4884 in {kind}/{code}, short packet padded',
              multipart4(kind, code, quote4(), 128, ext),
              multipart6(kind6, code6, quote6() + bytes(68), 152, ext))
    error(suite, 'RFC 4884, quote of 252 bytes',
          multipart4(11, 0, quote4(long_), 252, ext),
          multipart6(3, 0, quote6(long_)[:272], 272, ext))
    full = udp(fill(1600))
    error(suite, 'RFC 4884, quote of 1020 bytes and a big extension',
          multipart4(11, 0, quote4(full), 1020, wire_extension(fill(304))),
          multipart6(3, 0, quote6(full), 1232 - 312,
                     wire_extension(fill(304))))
    error(suite, 'RFC 4884 in 3/4 has no place in Packet Too Big',
          multipart4(3, 4, quote4(long_), 128, ext,
                     struct.pack('!BBH', 0, 32, 1400)),
          Icmp6(2, 0, mtu_field(1420), quote6(long_)[:148]))
    error(suite, 'RFC 4884 length beyond the end is ignored',
          Icmp4(3, 1, bytes((0, 200, 0, 0)), quote4()),
          Icmp6(1, 0, body=quote6()))


def wire_extension(data):
    """One object of class 250, in a structure with its checksum."""
    body = struct.pack('!HBB', 4 + len(data), 250, 1) + data
    head = b'\x20\0\0\0'
    return head[:2] + struct.pack('!H', wire.checksum(head + body)) + body


def source(suite):
    """What an error comes from: RFC 6791 for those without an address."""
    error(suite, 'error of a router on the path',
          Icmp4(11, 0, body=quote4()), Icmp6(3, 0, body=quote6()), R4, R4_6)
    for src, name in (('127.0.0.1', 'loopback'), ('0.0.0.0', 'unspecified'),
                      ('10.1.2.3', 'private')):
        if name == 'private':
            error(suite, f'error of a {name} address with 64:ff9b::/96 comes '
                  'from the translator', Icmp4(11, 0, body=quote4()),
                  Icmp6(3, 0, body=quote6()), src, T6)
    for mode in ('forward', 'direct'):
        suite.config('mode ' + mode)
        error(suite, f'error of a private address, mode {mode}',
              Icmp4(11, 0, body=quote4()), Icmp6(3, 0, body=quote6()),
              '10.1.2.3', T6)
    suite.config('error-pool6 2001:db8:66::6')
    error(suite, 'error of a private address with error-pool6',
          Icmp4(11, 0, body=quote4()), Icmp6(3, 0, body=quote6()),
          '10.1.2.3', '2001:db8:66::6')
    suite.config('wkp-strict off')
    error(suite, 'error of a private address, wkp-strict off',
          Icmp4(11, 0, body=quote4()), Icmp6(3, 0, body=quote6()),
          '10.1.2.3', embed('64:ff9b::/96', '10.1.2.3'))
    suite.config('prefix none', 'error-pool6 2001:db8:66::6',
                 maps=('203.0.113.10 2001:db8:1::10',
                       '198.51.100.2 2001:db8:2::2'))
    suite.case('4->6 error of an unmapped router with error-pool6',
               sent4(Icmp4(11, 0, body=quote4()), R4),
               s=out6(Icmp6(3, 0, body=ip6(S6, '2001:db8:2::2', udp(),
                                           hops=61)), '2001:db8:66::6'),
               icmp_translated=1)
    suite.config()
