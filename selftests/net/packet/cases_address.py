# SPDX-License-Identifier: GPL-2.0
"""Which addresses become which, and which packets are not ours (RFC 6052,
RFC 7757, RFC 7915 4.6, 5.6; security of both)."""
import struct

from case import (C4, C6, MAPS, S4, S6, T4, T6, error4, error6, out4, out6,
                  sent4, sent6)
from wire import Icmp4, Icmp6, addr, embed, ip4, ip6, tcp, udp


def run(suite):
    lengths(suite)
    suffixes(suite)
    well_known(suite)
    longest_match(suite)
    map_suffixes(suite)
    precedence(suite)
    excluded(suite)
    sources(suite)
    native(suite)
    spoofed(suite)
    martians(suite)
    nowhere(suite)
    once(suite)
    errors_of_node(suite)
    suite.config()


PREFIXES = ('2001:db8::/32', '2001:db8:100::/40', '2001:db8:122::/48',
            '2001:db8:122:300::/56', '2001:db8:122:344::/64',
            '2001:db8:122:344::/96')


def lengths(suite):
    for prefix in PREFIXES:
        suite.config('prefix ' + prefix,
                     maps=('203.0.113.10 2001:db9:1::10',))
        suite.lab.ip('route replace 2001:db9::/32 via 2001:db8:1::2')
        for host in ('1.2.3.4', '223.255.254.253', '128.0.0.1', '10.0.0.255',
                     '198.51.100.2', '1.0.255.0'):
            six = embed(prefix, host)
            suite.case(f'4->6 {host} in {prefix}', sent4(udp(), host),
                       s=out6(udp(), six, '2001:db9:1::10'))
            suite.case(f'6->4 {host} in {prefix}',
                       sent6(udp(), '2001:db9:1::10', six),
                       c=out4(udp(), S4, host))


def suffixes(suite):
    """Bits behind the IPv4 address, and the u octet, do not matter."""
    for prefix in PREFIXES[:5]:
        suite.config('prefix ' + prefix,
                     maps=('203.0.113.10 2001:db9:1::10',))
        octets = bytearray(addr(embed(prefix, '192.0.2.33')))
        octets[15] = 0x5a
        if '/64' not in prefix:
            octets[13] = 0xff
        suite.case(f'6->4 suffix in {prefix}', sent6(
            udp(), '2001:db9:1::10', text6(octets)),
            c=out4(udp(), S4, '192.0.2.33'))
        octets[8] = 0xff
        suite.case(f'6->4 u octet in {prefix}', sent6(
            tcp(), '2001:db9:1::10', text6(octets)),
            c=out4(tcp(), S4, '192.0.2.33'))
    refused = []
    for prefix in ('2001:db8::/33', '2001:db8::/31', '2001:db8::/0',
                   '2001:db8::/72', '2001:db8::/95', '2001:db8::1/128',
                   '2001:db8:0:0:100::/96', '2001:db8:0:1::/56', 'ff0e::/96',
                   'fe80::/64', '::ffff:0:0/96'):
        try:
            suite.lab.nlabctl('set-xlat', 'prefix', prefix)
            refused.append('accepted: ' + prefix)
        except RuntimeError:
            pass
    suite.result('prefixes that RFC 6052 does not allow are refused', refused)
    suite.configured = None


def text6(octets):
    return ':'.join('%x' % w for w in struct.unpack('!8H', octets))


def well_known(suite):
    suite.config()
    packet = sent4(udp(), '10.1.1.1')
    suite.case('4->6 private source with 64:ff9b::/96', packet,
               c=error4(3, 13, packet[1], dst='10.1.1.1'),
               drop_non_global=1, icmp4_sent=1)
    for host in ('10.1.1.1', '172.16.0.1', '172.31.255.255', '192.168.0.1',
                 '100.64.0.1', '100.127.255.255', '192.0.0.1', '240.0.0.1'):
        packet = sent6(udp(), dst=embed('64:ff9b::/96', host))
        suite.case(f'6->4 {host} with 64:ff9b::/96', packet,
                   s=error6(1, 1, packet[1]), drop_non_global=1,
                   icmp6_sent=1)
    for host in ('172.15.255.255', '172.32.0.0', '192.167.1.1', '192.0.1.1',
                 '100.63.255.255', '100.128.0.0', '11.0.0.0', '9.255.1.1'):
        suite.case(f'6->4 {host} with 64:ff9b::/96 is global',
                   sent6(udp(), dst=embed('64:ff9b::/96', host)),
                   c=out4(udp(), S4, host))
    suite.config('wkp-strict off')
    private = embed('64:ff9b::/96', '10.1.1.1')
    suite.case('4->6 private source, wkp-strict off',
               sent4(udp(), '10.1.1.1'), s=out6(udp(), private))
    suite.case('6->4 private destination, wkp-strict off',
               sent6(udp(), dst=private), c=out4(udp(), S4, '10.1.1.1'))
    suite.config('prefix 64:ff9b:1::/48')
    local = embed('64:ff9b:1::/48', '10.1.1.1')
    suite.case('4->6 private source with 64:ff9b:1::/48 (RFC 8215)',
               sent4(udp(), '10.1.1.1'), s=out6(udp(), local))
    suite.case('6->4 private destination with 64:ff9b:1::/48 (RFC 8215)',
               sent6(udp(), dst=local), c=out4(udp(), S4, '10.1.1.1'))


NESTED = ('0.0.0.0/0 2001:db8:a0::/96',
          '198.0.0.0/8 2001:db8:a1::/104 overlap',
          '198.51.0.0/16 2001:db8:a2::/112 overlap',
          '198.51.100.0/24 2001:db8:a1:0:0:0:64:0/120 overlap',
          '198.51.100.7/32 2001:db8:a3::7/128 overlap')


def longest_match(suite):
    """Sources show the map that was chosen; S is the destination."""
    for order in (NESTED, NESTED[::-1]):
        maps = [m if 'overlap' in m else m + ' overlap' for m in order]
        suite.config('prefix none',
                     maps=(*maps, S4 + ' ' + S6 + ' overlap'))
        for four, six in (('192.0.2.1', '2001:db8:a0::c000:201'),
                          ('198.1.2.3', '2001:db8:a1::1:203'),
                          ('198.51.7.8', '2001:db8:a2::708'),
                          ('198.51.100.6', '2001:db8:a1::64:6'),
                          ('198.51.100.7', '2001:db8:a3::7')):
            suite.case(f'4->6 longest match of {four}', sent4(udp(), four),
                       s=out6(udp(), six))
            suite.case(f'6->4 longest match of {six}',
                       sent6(udp(), dst=six), c=out4(udp(), S4, four))
        # In the /104, but not in the /120 inside it.
        suite.case('6->4 beside the longer prefix',
                   sent6(udp(), dst='2001:db8:a1::65:6'),
                   c=out4(udp(), S4, '198.101.0.6'))


def map_suffixes(suite):
    suite.config('prefix none', maps=(
        '198.51.100.0/24 2001:db8:b0:1::/64', '192.0.2.0/25 2001:db8:b1::/57',
        S4 + ' ' + S6))
    for four, six in (('198.51.100.128', '2001:db8:b0:1:8000::'),
                      ('198.51.100.2', '2001:db8:b0:1:200::'),
                      ('198.51.100.255', '2001:db8:b0:1:ff00::'),
                      ('192.0.2.127', '2001:db8:b1:7f::')):
        suite.case(f'4->6 suffix of {four} behind the prefix',
                   sent4(udp(), four), s=out6(udp(), six))
        suite.case(f'6->4 suffix of {six}', sent6(udp(), dst=six),
                   c=out4(udp(), S4, four))
    suite.case('6->4 surplus bits are dropped',
               sent6(udp(), dst='2001:db8:b0:1:2ff:ffff:1234:5678'),
               c=out4(udp(), S4, '198.51.100.2'))
    refused = []
    for pair in ('198.51.100.0/24 2001:db8::/121',
                 '192.0.2.0/24 2001:db8:b2::/64',
                 '10.0.0.0/9 2001:db8:b0:1::/64', S4 + ' 2001:db8::77',
                 '192.0.2.129 ' + S6, '198.51.100.1/24 2001:db8:b5::/64',
                 '198.51.100.7 2001:db8:b6::7'):
        try:
            suite.lab.nlabctl('add-map', *pair.split())
            refused.append('accepted: ' + pair)
        except RuntimeError:
            pass
    suite.result('pairs that RFC 7757 does not allow are refused', refused)
    suite.configured = None


def precedence(suite):
    suite.config(maps=(*MAPS, '198.51.100.7 2001:db8:c::7'))
    suite.case('4->6 a map wins over the prefix',
               sent4(udp(), '198.51.100.7'), s=out6(udp(), '2001:db8:c::7'))
    suite.case('6->4 to a mapped address that stands for an IPv4 host',
               sent6(udp(), dst='2001:db8:c::7'),
               c=out4(udp(), S4, '198.51.100.7'), packets64=1)
    suite.config('prefix none')
    suite.case('4->6 source that nothing covers: not ours', sent4(udp()),
               c=ip4(C4, S4, udp(), ttl=63))
    suite.case('6->4 destination that nothing covers: not ours',
               sent6(udp()), s=ip6(S6, C6, udp(), hops=63), packets66=0)
    suite.config(maps=())
    suite.case('4->6 destination that nothing covers: not ours',
               sent4(udp(), dst='192.0.2.55'),
               c=ip4(C4, '192.0.2.55', udp(), ttl=63))
    suite.config()
    suite.case('6->4 source that nothing covers: not ours',
               sent6(udp(), '2001:db8:9::1'),
               s=ip6('2001:db8:9::1', C6, udp(), hops=63), packets66=0)


def excluded(suite):
    """Own addresses, and those that never leave a link."""
    suite.config('prefix none', maps=(*MAPS, T4 + ' 2001:db8:e::1',
                                      '192.0.2.1 ' + T6))
    packet = sent4(udp(), dst=T4)
    suite.case('4->6 own address, in a map, is for the node', packet,
               c=error4(3, 3, packet[1]))
    packet = sent6(udp(), dst=T6)
    suite.case('6->4 own address, in a map, is for the node', packet,
               s=error6(1, 4, packet[1]), packets66=0)
    suite.config('wkp-strict off', 'prefer-native off', maps=(
        '0.0.0.0/0 2001:db8:a0::/96',))
    for host in ('127.0.0.1', '127.255.255.255', '0.0.0.0', '224.0.0.1',
                 '239.1.2.3', '255.255.255.255'):
        suite.case(f'4->6 destination {host} is not translated',
                   sent4(udp(), dst=host))
    for host in ('169.254.1.1', '0.1.2.3'):
        suite.case(f'4->6 destination {host} is not translated',
                   sent4(udp(), dst=host), c=ip4(C4, host, udp(), ttl=63))
    suite.config('wkp-strict off', 'prefer-native off')
    for host in ('127.0.0.1', '0.0.0.0', '224.0.0.1', '255.255.255.255',
                 '169.254.1.1'):
        six = embed('64:ff9b::/96', host)
        suite.case(f'6->4 destination {host} in the prefix is not translated',
                   sent6(udp(), dst=six), s=ip6(S6, six, udp(), hops=63),
                   packets66=0)


def sources(suite):
    for name, lines in (('64:ff9b::/96', ()),
                        ('2001:db8:64::/96', ('prefix 2001:db8:64::/96',))):
        suite.config(*lines)
        for host in ('0.0.0.0', '0.1.2.3', '127.0.0.1', '127.9.9.9',
                     '224.0.0.1', '239.255.255.255', '255.255.255.255'):
            suite.case(f'4->6 source {host}, {name}: dropped, no error',
                       sent4(udp(), host), drop_illegal_source=1)
    quoted4, quoted6 = ip4(S4, C4, udp()), ip6(
        S6, embed('2001:db8:64::/96', C4), udp())
    for host in ('127.0.0.1', '0.0.0.0', '0.1.2.3', '255.255.255.255'):
        suite.case(f'4->6 source {host} of an ICMP error is translated',
                   sent4(Icmp4(3, 1, body=quoted4), host),
                   s=out6(Icmp6(1, 0, body=quoted6),
                          embed('2001:db8:64::/96', host)),
                   icmp_translated=1)
    suite.config()
    for host in ('0.0.0.0', '127.0.0.1', '224.0.0.1', '255.255.255.255'):
        suite.case(f'6->4 source {host} in the prefix: dropped',
                   sent6(udp(), embed('64:ff9b::/96', host),
                         '64:ff9b::c000:221'), drop_illegal_source=1)
    # The kernel or the missing map keeps these away.
    for host in ('::', '::1', 'ff02::1', 'ff0e::1'):
        suite.case(f'6->4 source {host} goes nowhere', sent6(udp(), host))


def native(suite):
    """RFC 7915 4.6: what the node can forward itself."""
    maps = (*MAPS, '198.51.100.7 2001:db8:c::7')
    target, six = '192.0.2.60', '64:ff9b::c000:23c'
    suite.config(maps=maps)
    suite.case('4->6 mapped source, default route only: translated',
               sent4(udp(), '198.51.100.7', target),
               s=out6(udp(), '2001:db8:c::7', six))
    suite.case('4->6 unmapped source, default route: native',
               sent4(udp(), C4, target), c=ip4(C4, target, udp(), ttl=63))
    suite.lab.ip('route add 192.0.2.60 via 198.51.100.2')
    suite.case('4->6 mapped source, own route: native',
               sent4(udp(), '198.51.100.7', target),
               c=ip4('198.51.100.7', target, udp(), ttl=63))
    suite.config('prefer-native off', maps=maps)
    suite.case('4->6 mapped source, own route, prefer-native off',
               sent4(udp(), '198.51.100.7', target),
               s=out6(udp(), '2001:db8:c::7', six))
    suite.lab.ip('route del 192.0.2.60')
    suite.config(maps=maps)
    suite.case('6->4 native IPv6 between mapped hosts',
               sent6(udp(), '2001:db8:c::7', S6),
               s=ip6('2001:db8:c::7', S6, udp(), hops=63), packets66=0)
    suite.case('native IPv4 passes', sent4(tcp(), dst='192.0.2.99'),
               c=ip4(C4, '192.0.2.99', tcp(), ttl=63))
    suite.case('native IPv6 passes', sent6(tcp(), '2001:db8:9::1',
                                           '2001:db8:9::2'),
               s=ip6('2001:db8:9::1', '2001:db8:9::2', tcp(), hops=63),
               packets66=0)


def spoofed(suite):
    suite.config()
    for dst in ('64:ff9b::c000:221', C6):
        suite.case(f'6->4 source in the prefix to {dst}: refused',
                   sent6(udp(), '64:ff9b::c633:6407', dst),
                   drop_spoofed_source=1)
    suite.case('6->4 source in the prefix to a mapped host stays IPv6',
               sent6(udp(), '64:ff9b::c633:6407', S6),
               s=ip6('64:ff9b::c633:6407', S6, udp(), hops=63), packets66=0)
    suite.lab.sysctl('ipv4/conf/x4/rp_filter', 1)
    suite.case('4->6 reverse path filter: source routed elsewhere',
               sent4(udp(), '192.0.2.130'), drop_spoofed_source=1)
    suite.case('4->6 reverse path filter: source routed here',
               sent4(udp()), s=out6(udp()))
    for mode in ('auto', 'forward', 'direct'):
        suite.config('mode ' + mode)
        suite.case(f'6->4 with reverse path filter on, mode {mode}',
                   sent6(udp()), c=out4(udp()))
    suite.lab.sysctl('ipv4/conf/x4/rp_filter', 2)
    suite.config()
    suite.case('4->6 loose reverse path filter', sent4(udp(), '192.0.2.130'),
               s=out6(udp(), '64:ff9b::c000:282'))
    suite.lab.sysctl('ipv4/conf/x4/rp_filter', 0)


def martians(suite):
    """Sources that IPv6 may have, but what becomes of them may not."""
    suite.config('prefer-native off',
                 maps=(*MAPS, '126.0.0.0/7 2001:db8:64::/103'))
    suite.case('6->4 source 127.0.0.1, of a map', sent6(
        udp(), '2001:db8:64::100:1', C6), drop_illegal_source=1)
    suite.case('6->4 source that is an address of the translator', sent6(
        udp(), embed('64:ff9b::/96', T4), S6), drop_spoofed_source=1)


def nowhere(suite):
    """No route, no forwarding."""
    maps = (*MAPS, '203.0.113.40 2001:db8:dead::1')
    suite.config('mode direct', maps=maps)
    packet = sent4(udp(), dst='203.0.113.40')
    suite.case('4->6 no route, mode direct', packet,
               c=error4(3, 1, packet[1]), drop_no_route=1, icmp4_sent=1)
    packet = sent6(udp(), dst='64:ff9b::c000:2c1')
    suite.case('6->4 no route, mode direct', packet,
               s=error6(1, 0, packet[1]), drop_no_route=1, icmp6_sent=1)
    suite.config('mode forward', maps=maps)
    packet = sent4(udp(), dst='203.0.113.40')
    suite.case('4->6 no route, mode forward: the error of the kernel', packet,
               c=out4(Icmp4(3, 1, body=packet[1]), T4, ttl=64),
               packets46=1, packets64=1, icmp_translated=1)
    packet = sent6(udp(), dst='64:ff9b::c000:2c1')
    suite.case('6->4 no route, mode forward: the error of the kernel', packet,
               s=out6(Icmp6(1, 0, body=packet[1]), '64:ff9b::c633:6401',
                      hops=64, tos=0xc0),
               packets64=1, packets46=1, packets66=0, icmp_translated=1)
    for mode in ('auto', 'direct', 'forward'):
        suite.config('mode ' + mode)
        suite.lab.sysctl('ipv6/conf/all/forwarding', 0)
        suite.case(f'4->6 forwarding off, mode {mode}', sent4(udp()),
                   drop_no_forwarding=1, packets46=1)
        suite.lab.sysctl('ipv6/conf/all/forwarding', 1)
        suite.lab.sysctl('ipv4/ip_forward', 0)
        suite.case(f'6->4 forwarding off, mode {mode}', sent6(udp()),
                   drop_no_forwarding=1, packets64=1)
        suite.lab.sysctl('ipv4/ip_forward', 1)


def once(suite):
    """The result of a translation is never translated again."""
    for mode in ('auto', 'forward', 'direct'):
        suite.config('hairpin off', 'mode ' + mode)
        suite.case(f'6->4 to another mapped host, hairpin off, mode {mode}',
                   sent6(udp(), dst='64:ff9b::cb00:710b'),
                   c=out4(udp(), S4, '203.0.113.11'))
        # 4->6 to an address that the second map would turn to IPv4
        suite.config('mode ' + mode, maps=(
            *MAPS, '203.0.113.50 2001:db8:d::5',
            '192.0.2.70 2001:db8:d::4'))
        suite.case(f'4->6 between mapped hosts, mode {mode}',
                   sent4(udp(), '192.0.2.70', '203.0.113.50'),
                   s=out6(udp(), '2001:db8:d::4', '2001:db8:d::5'))
    suite.config()


def errors_of_node(suite):
    """Errors go to the sender as it is, even if a map covers it."""
    maps = (*MAPS, '203.0.113.30 2001:db8:9::30',
            '198.51.100.7 2001:db8:c::7')
    for lines in (('mode auto',), ('mode forward',), ('mode direct',),
                  ('prefer-native off',)):
        suite.config(*lines, maps=maps)
        for src in (S6, '2001:db8:9::30'):
            packet = sent6(udp(), src, hops=1)
            suite.case(f'6->4 error for the mapped host {src}, {lines[0]}',
                       packet, s=error6(3, 0, packet[1], dst=src), drop_ttl=1,
                       icmp6_sent=1)
        packet = sent4(udp(), '198.51.100.7', ttl=1)
        suite.case(f'4->6 error for the mapped host 198.51.100.7, {lines[0]}',
                   packet, c=error4(11, 0, packet[1], dst='198.51.100.7'),
                   drop_ttl=1, icmp4_sent=1)
    suite.config(maps=maps)
    # What a mapped host hears about its native IPv6 traffic
    body = ip6('2001:db8:9::30', '2001:db8:99::1', udp(), hops=9)
    for host in ('2001:db8:9::30', S6):
        packet = sent6(Icmp6(2, 0, struct.pack('!L', 1300), body),
                       '2001:db8:9::1', host)
        suite.case(f'native error to the mapped host {host} passes', packet,
                   s=ip6('2001:db8:9::1', host, Icmp6(
                       2, 0, struct.pack('!L', 1300), body), hops=63),
                   packets66=0)
