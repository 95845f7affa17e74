# SPDX-License-Identifier: GPL-2.0
"""ICMPv6 to ICMPv4: types, codes, errors with packets inside (RFC 7915 5.2,
5.3), RFC 4884, RFC 6791, RFC 5837."""
import struct

import wire
from case import C4, C6, R6, S4, S6, T4, mtu_field, out4, sent6
from cases_icmp46 import multipart4, multipart6, wire_extension
from wire import (Echo, Icmp4, Icmp6, Raw, auth, dccp, dstopts, fill, frag6,
                  hopopts, ip4, ip6, routing, tcp, udp, udplite)


def run(suite):
    suite.config()
    queries(suite)
    codes(suite)
    mtu(suite)
    pointers(suite)
    inner(suite)
    refused(suite)
    truncated(suite)
    extension(suite)
    source(suite)


def quote6(payload=None, **kw):
    """The packet that the error is about: from C to S, on the IPv6 side."""
    return ip6(C6, S6, payload or udp(), hops=kw.pop('hops', 61), **kw)


def quote4(payload=None, **kw):
    return ip4(C4, S4, payload or udp(), ttl=kw.pop('ttl', 61), **kw)


def error(suite, name, six, four, src=S6, src4=S4, **kw):
    suite.case('6->4 ' + name, sent6(six, src, **kw),
               c=out4(four, src4, tos=kw.get('tos', 0)), icmp_translated=1)


def queries(suite):
    for reply in (False, True):
        what = 'reply' if reply else 'request'
        for size in (0, 1, 56, 1200):
            echo = Echo(fill(size), reply)
            suite.case(f'6->4 echo {what} of {size} bytes', sent6(echo),
                       c=out4(echo))
        suite.case(f'6->4 echo {what} with code 5',
                   sent6(Echo(reply=reply, code=5)),
                   c=out4(Echo(reply=reply, code=5)))
        suite.case(f'6->4 echo {what}, a wrong checksum stays wrong',
                   sent6(Echo(reply=reply, wrong=0x1111)),
                   c=out4(Echo(reply=reply, wrong=0x1111)))
    for kind in (130, 131, 132, 133, 134, 135, 136, 137, 138, 139, 143, 200,
                 255):
        suite.case(f'6->4 ICMPv6 type {kind} is dropped',
                   sent6(Icmp6(kind, 0, body=fill(24))), drop_icmp_type=1)


def codes(suite):
    table = {0: (3, 1), 1: (3, 10), 2: (3, 1), 3: (3, 1), 4: (3, 3)}
    for code in range(9):
        message = Icmp6(1, code, body=quote6())
        if code in table:
            error(suite, f'unreachable code {code} to '
                  f'{"/".join(map(str, table[code]))}', message,
                  Icmp4(*table[code], body=quote4()))
        else:
            suite.case(f'6->4 unreachable code {code} is dropped',
                       sent6(message), drop_icmp_type=1)
    for code in (0, 1):
        error(suite, f'time exceeded {code}', Icmp6(3, code, body=quote6()),
              Icmp4(11, code, body=quote4()))
    error(suite, 'unknown next header to 3/2',
          Icmp6(4, 1, struct.pack('!L', 40), quote6()),
          Icmp4(3, 2, body=quote4()))
    for kind, code in ((4, 2), (4, 3), (0, 0), (5, 0), (100, 0), (127, 0)):
        suite.case(f'6->4 error {kind}/{code} is dropped',
                   sent6(Icmp6(kind, code, body=quote6())), drop_icmp_type=1)


def mtu(suite):
    def told(value, want, why=''):
        error(suite, f'Packet Too Big {value} to {want}{why}',
              Icmp6(2, 0, mtu_field(value), quote6()),
              Icmp4(3, 4, mtu_field(want), quote4()))

    for value, want in ((0, 68), (19, 68), (87, 68), (88, 68), (89, 69),
                        (1280, 1260), (1281, 1261), (1400, 1380),
                        (1500, 1480), (1501, 1480), (9000, 1480),
                        (70000, 1480), (0xffffffff, 1480)):
        told(value, want)
    suite.lab.mtu(x4=1450)
    told(1500, 1450, ', MTU of IPv4 1450')
    suite.lab.mtu(x4=9000, x6=9000)
    told(9000, 8980, ', MTUs 9000')
    suite.lab.mtu(x6=2000)
    told(9000, 1980, ', MTU of IPv6 2000')
    suite.lab.mtu(x4=1500, x6=1500)
    # Fragments of that size will have a Fragment header again.
    error(suite, 'Packet Too Big about a fragment counts its header',
          Icmp6(2, 0, mtu_field(1400), quote6(frag6(udp(), 0, 1, 9))),
          Icmp4(3, 4, mtu_field(1372), quote4(ident=9, mf=1)))


def pointers(suite):
    table = {0: 0, 1: 1, 4: 2, 5: 2, 6: 9, 7: 8}
    table.update(dict.fromkeys(range(8, 24), 12))
    table.update(dict.fromkeys(range(24, 40), 16))
    for at in (*range(42), 255, 256, 0x01000000, 0xffffffff):
        message = Icmp6(4, 0, struct.pack('!L', at), quote6())
        if at in table:
            error(suite, f'parameter problem, pointer {at} to {table[at]}',
                  message, Icmp4(12, 0, bytes((table[at], 0, 0, 0)),
                                 quote4()))
        else:
            suite.case(f'6->4 parameter problem, pointer {at} is dropped',
                       sent6(message), drop_icmp_type=1)


def inner(suite):
    for name, l4 in (('TCP', tcp()), ('UDP', udp()), ('UDP-Lite', udplite()),
                     ('DCCP', dccp()), ('echo request', Echo()),
                     ('echo reply', Echo(reply=True)),
                     ('ESP', Raw(50, fill(9))),
                     ('protocol 253', Raw(253, b'')),
                     ('wrong UDP checksum', udp(wrong=5)),
                     ('wrong TCP checksum', tcp(wrong=5))):
        error(suite, f'error about {name}', Icmp6(1, 4, body=quote6(l4)),
              Icmp4(3, 3, body=quote4(l4)))
        error(suite, f'error about {name} behind extension headers',
              Icmp6(1, 4, body=quote6(hopopts(dstopts(routing(l4), 24)))),
              Icmp4(3, 3, body=quote4(l4)))
    for size in range(8, 24, 5):
        error(suite, f'error that quotes {size} bytes of TCP',
              Icmp6(1, 4, body=quote6(tcp())[:40 + size]),
              Icmp4(3, 3, body=quote4(tcp())[:20 + size]))
    error(suite, 'error that quotes the header alone',
          Icmp6(1, 4, body=quote6()[:40]), Icmp4(3, 3, body=quote4()[:20]))
    for hops in (0, 1, 255):
        error(suite, f'inner hop limit {hops} stays',
              Icmp6(3, 0, body=quote6(hops=hops)),
              Icmp4(11, 0, body=quote4(ttl=hops)))
    error(suite, 'inner traffic class and flow label',
          Icmp6(1, 0, body=quote6(tos=8, flow=0x12345)),
          Icmp4(3, 1, body=quote4(tos=8)))
    error(suite, 'inner packet above 1260 bytes has DF',
          Icmp6(1, 0, body=quote6(udp(fill(1300)))[:200]),
          Icmp4(3, 1, body=quote4(udp(fill(1300)), df=1)[:180]))
    for off, more in ((0, 1), (64, 1), (128, 0)):
        l4 = udp() if not off else Raw(17, fill(40))
        error(suite, f'inner fragment at {off}', Icmp6(
            3, 1, body=quote6(hopopts(frag6(l4, off, more, 0x50063)))),
            Icmp4(11, 1, body=quote4(l4, offset=off, mf=more, ident=99)))
    error(suite, 'inner later fragment of ICMP', Icmp6(
        3, 1, body=quote6(frag6(Raw(58, fill(40)), 64, 0, 99))),
        Icmp4(11, 1, body=quote4(Raw(1, fill(40)), offset=64, ident=99)))
    error(suite, 'error with traffic class 192',
          Icmp6(3, 0, body=quote6()), Icmp4(11, 0, body=quote4()), tos=192)
    error(suite, 'error behind Hop-by-Hop and Destination Options',
          hopopts(dstopts(Icmp6(3, 0, body=quote6()))),
          Icmp4(11, 0, body=quote4()))


def refused(suite):
    for wrong in (1, 0xff00):
        suite.case(f'6->4 error, checksum off by {wrong:#x} is dropped',
                   sent6(Icmp6(1, 0, body=quote6(), wrong=wrong)),
                   drop_icmp_checksum=1)
    for name, body in (
            ('nested error', quote6(Icmp6(1, 0, body=quote6()))),
            ('inner MLD', quote6(Icmp6(131, body=fill(16)))),
            ('inner ICMP of 4 bytes', quote6(Echo())[:44]),
            ('inner header of 39 bytes', quote6()[:39]),
            ('no inner packet', b''),
            ('inner version 4', quote4() + bytes(40)),
            ('inner chain beyond the end', quote6(dstopts(udp(), 64))[:60]),
            ('inner second Fragment header', quote6(frag6(frag6(udp())))),
            ('inner addresses that nothing covers', ip6(
                R6, S6, udp()))):
        suite.case(f'6->4 error with {name} is dropped',
                   sent6(Icmp6(1, 0, body=body)), drop_icmp_inner=1)


def truncated(suite):
    for size in (568, 569, 1232):
        l4 = udp(fill(size - 48))
        error(suite, f'error with a quote of {size} bytes, at most 576',
              Icmp6(1, 4, body=quote6(l4)),
              Icmp4(3, 3, body=quote4(l4)[:548]))


def extension(suite):
    ext = wire_extension(fill(12))
    long_ = udp(fill(400))
    for kind, code, kind4, code4 in ((1, 0, 3, 1), (3, 0, 11, 0)):
        # 128 bytes of quote become 108, which is padded to 128 again.
        error(suite, f'RFC 4884 in {kind}/{code}',
              multipart6(kind, code, quote6(long_), 128, ext),
              multipart4(kind4, code4, quote4(long_)[:108], 128, ext))
    error(suite, 'RFC 4884, quote of 256 bytes',
          multipart6(3, 0, quote6(long_), 256, ext),
          multipart4(11, 0, quote4(long_)[:236], 236, ext))
    full = udp(fill(1100))
    error(suite, 'RFC 4884, quote of 1024 bytes, at most 576',
          multipart6(3, 0, quote6(full), 1024, ext),
          multipart4(11, 0, quote4(full), (548 - 20) // 4 * 4, ext))
    error(suite, 'RFC 4884, extension too big for ICMPv4',
          multipart6(3, 0, quote6(long_), 128, wire_extension(fill(500))),
          Icmp4(11, 0, body=quote4(long_)[:108]))
    error(suite, 'RFC 4884 length beyond the end is ignored',
          Icmp6(3, 0, bytes((200, 0, 0, 0)), quote6()),
          Icmp4(11, 0, body=quote4()))


def source_object(text):
    """RFC 5837 4: interface information, incoming, with an IPv6 address."""
    body = struct.pack('!HBBHxx', 24, 2, 0x04, 2) + wire.addr(text)
    head = b'\x20\0\0\0'
    return head[:2] + struct.pack('!H', wire.checksum(head + body)) + body


def source(suite):
    six = Icmp6(3, 0, body=quote6())
    four = Icmp4(11, 0, body=quote4())
    for mode in ('auto', 'forward', 'direct'):
        suite.config('mode ' + mode)
        error(suite, 'error of a router without IPv4 address, no pool, mode '
              + mode, six, four, R6, T4)
    suite.config('error-pool4 192.0.2.64/27')
    for hops in (2, 30, 33, 64, 255):
        suite.case(f'6->4 RFC 6791 pool by hop limit {hops}',
                   sent6(six, R6, hops=hops),
                   c=out4(four, f'192.0.2.{64 + hops % 32}', ttl=hops - 1),
                   icmp_translated=1)
    error(suite, 'error of a mapped host takes nothing of the pool', six,
          four)
    suite.case('6->4 UDP of an address without IPv4 address is not ours',
               sent6(udp(), R6), s=ip6(R6, C6, udp(), hops=63), packets66=0)
    suite.case('6->4 error with a Fragment header keeps its identification',
               sent6(frag6(six, ident=0x12345678)),
               c=out4(four, ident=0x5678, any_ident=False),
               icmp_translated=1)
    suite.case('6->4 nor is an error behind an Authentication Header',
               sent6(hopopts(auth(six)), R6),
               s=ip6(R6, C6, hopopts(auth(six)), hops=63), packets66=0)
    suite.config('error-pool4 192.0.2.64/27', 'error-pool4-select random')
    random_pool(suite, six)
    suite.config('error-pool4 192.0.2.77/32')
    error(suite, 'RFC 6791 pool of one address', six, four, R6, '192.0.2.77')
    suite.config('error-pool4 192.0.2.77/32', 'error-source on')
    error(suite, 'RFC 5837 object with the source', six,
          multipart4(11, 0, quote4(), 128, source_object(R6)), R6,
          '192.0.2.77')
    ext = wire_extension(fill(12))
    error(suite, 'RFC 5837 object gives way to an extension',
          multipart6(3, 0, quote6(udp(fill(400))), 128, ext),
          multipart4(11, 0, quote4(udp(fill(400)))[:108], 128, ext), R6,
          '192.0.2.77')
    error(suite, 'RFC 5837 object not for a mapped source', six, four)
    suite.config()


def random_pool(suite, six):
    got, _ = suite.lab.exchange([(*sent6(six, R6), None)] * 24, {'c': 24})
    seen = {p[12:16] for p in got['c']}
    bad = [p.hex() for p in got['c'] if p[12:15] != wire.addr('192.0.2.1')[:3]
           or not 64 <= p[15] < 96]
    if len(got['c']) != 24 or len(seen) < 3:
        bad.append(f'{len(got["c"])} errors from {len(seen)} addresses')
    suite.result('6->4 RFC 6791 pool at random', bad)
