# SPDX-License-Identifier: GPL-2.0
"""What is behind the headers: checksums, protocols (RFC 7915 4.5, 5.5)."""
import struct

from case import C4, C6, S4, S6, error4, out4, out6, sent4, sent6
from wire import Raw, cut, dccp, fill, frag6, tcp, udp, udplite


def run(suite):
    suite.config()
    wrong(suite)
    edge(suite)
    short(suite)
    protocols(suite)
    zero(suite)
    odd_lengths(suite)


def both(suite, name, l4):
    suite.case('4->6 ' + name, sent4(l4), s=out6(l4))
    suite.case('6->4 ' + name, sent6(l4), c=out4(l4))


def wrong(suite):
    for make, name in ((tcp, 'TCP'), (udp, 'UDP'), (udplite, 'UDP-Lite'),
                       (dccp, 'DCCP')):
        for value in (1, 0x1234, 0xfffe):
            both(suite, f'{name} checksum off by {value:#x} stays wrong',
                 make(wrong=value))
    for data in (b'\0' * 32, b'\xff' * 32, b'\xff\xff\0\0' * 8):
        for make, name in ((tcp, 'TCP'), (udp, 'UDP')):
            both(suite, f'{name} with {data[:3].hex()}...', make(data))
    both(suite, 'TCP with options', tcp(options=b'\2\4\5\xb4\1\1\4\2' * 2))
    for flags in (2, 0x12, 4, 1, 0xc2):
        both(suite, f'TCP flags {flags:#x}, maximum segment size untouched',
             tcp(b'', flags=flags, options=b'\2\4\5\xb4'))


def edge(suite):
    """Checksums that come out as zero."""
    for src, dst, way in ((C6, S6, '4->6'), (S4, C4, '6->4')):
        for make, name, value in ((udp, 'UDP', b'\xff\xff'),
                                  (udplite, 'UDP-Lite', b'\xff\xff'),
                                  (tcp, 'TCP', b'\0\0'),
                                  (dccp, 'DCCP', b'\0\0')):
            at = {'UDP': 6, 'UDP-Lite': 6, 'TCP': 16, 'DCCP': 6}[name]
            short_sum = make(bytes(20)).build(src, dst)[at:at + 2]
            l4 = make(short_sum + bytes(18))
            built = l4.build(src, dst)
            assert built[at:at + 2] == value, built.hex()
            title = f'{way} {name} checksum that becomes {value.hex()}'
            if way == '4->6':
                suite.case(title, sent4(l4), s=out6(l4))
            else:
                suite.case(title, sent6(l4), c=out4(l4))


def short(suite):
    """Less than a transport header: nothing to correct, nothing to lose."""
    for proto, sizes in ((6, range(16)), (17, range(1, 6)), (33, range(6)),
                         (136, range(6)), (50, range(4))):
        for size in sizes:
            both(suite, f'{size} bytes of protocol {proto}',
                 Raw(proto, fill(size, 1)))


def protocols(suite):
    for proto, name in ((4, 'IPv4 in IP'), (41, 'IPv6 in IP'), (46, 'RSVP'),
                        (47, 'GRE'), (50, 'ESP'), (51, 'AH'), (89, 'OSPF'),
                        (108, 'IPComp'), (132, 'SCTP'), (253, 'experiment'),
                        (255, 'reserved')):
        both(suite, name, Raw(proto, fill(60)))
    suite.case('4->6 protocol 58 is copied', sent4(Raw(58, fill(60))),
               s=out6(Raw(58, fill(60))))
    suite.case('6->4 next header 1 is copied', sent6(Raw(1, fill(60))),
               c=out4(Raw(1, fill(60))))
    for covers in (8, 20):
        both(suite, f'UDP-Lite that covers {covers} bytes',
             udplite(covers=covers))


def zero(suite):
    """IPv4 UDP without a checksum."""
    none = udp(none=True)
    packet = sent4(none)
    suite.case('4->6 UDP without checksum, drop', packet,
               c=error4(3, 13, packet[1]), drop_udp_zero_checksum=1,
               icmp4_sent=1)
    suite.config('icmp-errors off')
    suite.case('4->6 UDP without checksum, drop, errors off', packet,
               drop_udp_zero_checksum=1)
    suite.config('udp-zero-checksum compute')
    for size in (0, 1, 31, 32, 1200):
        suite.case(f'4->6 UDP without checksum, {size} bytes, compute',
                   sent4(udp(fill(size), none=True)), s=out6(udp(fill(size))))
    trail = udp(fill(20)).build(C6, S6)
    suite.case('4->6 computed checksum ends with the datagram', sent4(
        Raw(17, udp(fill(20), none=True).build(C4, S4) + b'pad')),
        s=out6(Raw(17, trail + b'pad')))
    for length in (0, 7, 41):
        head = struct.pack('!HHHH', 4000, 5000, length, 0)
        suite.case(f'4->6 no checksum to compute with UDP length {length}',
                   sent4(Raw(17, head + fill(32))), drop_malformed=1)
    first = sent4(Raw(17, none.build(C4, S4)), mf=1)
    suite.case('4->6 first fragment without checksum, compute', first,
               c=error4(3, 13, first[1]), drop_udp_zero_checksum=1,
               icmp4_sent=1)
    zero_sum(suite)
    suite.config('udp-zero-checksum forward')
    suite.case('4->6 UDP without checksum, forward', sent4(none),
               s=out6(none))
    suite.case('4->6 first fragment without checksum, forward', first,
               s=out6(frag6(none, 0, 1, 0)))
    suite.config()
    suite.case('4->6 first fragment without checksum, drop', first,
               c=error4(3, 13, first[1]), drop_udp_zero_checksum=1,
               icmp4_sent=1)
    later = cut(none, C4, S4, 24)[1]
    suite.case('4->6 later fragment without checksum passes',
               sent4(later[1], offset=24), s=out6(frag6(later[1], 24, 0, 0)))
    suite.case('6->4 UDP without checksum (RFC 6935) stays so', sent6(none),
               c=out4(none))


def zero_sum(suite):
    """Computed checksums that are zero on either side."""
    for src, dst, side in ((C4, S4, 'IPv4'), (C6, S6, 'IPv6')):
        head = udp(bytes(20)).build(src, dst)[6:8]
        data = head + bytes(18)
        suite.case(f'4->6 computed checksum that is zero as {side}',
                   sent4(udp(data, none=True)), s=out6(udp(data)))


def odd_lengths(suite):
    """UDP datagrams that end before the packet does."""
    for l4, name in ((udp(), 'UDP'), (tcp(b''), 'TCP')):
        data4 = l4.build(C4, S4)
        if name == 'UDP':
            suite.case('4->6 bytes behind the datagram stay',
                       sent4(Raw(17, data4 + b'xyz')),
                       s=out6(Raw(17, l4.build(C6, S6) + b'xyz')))
            suite.case('6->4 bytes behind the datagram stay',
                       sent6(Raw(17, l4.build(S6, C6) + b'xyz')),
                       c=out4(Raw(17, l4.build(S4, C4) + b'xyz')))
