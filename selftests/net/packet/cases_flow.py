# SPDX-License-Identifier: GPL-2.0
"""Flows that the translator remembers: of each the packets before a change
went the old way, and the first one after it goes the new way."""
import socket

from case import (C4, C6, MAPS, S4, S4B, S6, S6B, error6, out4, out6,
                  sent4, sent6)
from wire import Icmp4, Icmp6, embed, fill, ident_of, ip4, ip6, tcp, udp

G, I, X = '2001:db8:f2::1', '2001:db8:1::1a', '2001:db8:f1::99'
P, PB = embed('64:ff9b::/96', S4), embed('64:ff9b::/96', S4B)


def run(suite):
    for mode in ('auto', 'direct', 'forward'):
        maps_change(suite, mode)
    longer_pair(suite)
    settings_change(suite)
    own_address(suite)
    reverse_path(suite)
    routes_change(suite)
    nat66(suite)
    hairpin(suite)
    idents(suite)
    errors(suite)
    suite.config()


def twice(suite, name, sends, **kw):
    """The second packet finds what the first one left."""
    for turn in ('first', 'again'):
        suite.case(f'{name}: {turn}', sends, **kw)


def both(suite, name):
    twice(suite, '4->6 ' + name, sent4(udp()), s=out6(udp()))
    twice(suite, '6->4 ' + name, sent6(udp()), c=out4(udp()))


def change(suite, *lines):
    suite.lab.nlabctl('-b', '-', text='\n'.join(lines) + '\n')
    suite.configured = None


def maps_change(suite, mode):
    suite.config('mode ' + mode)
    both(suite, mode)
    change(suite, 'del-map 203.0.113.10')
    packet = sent6(udp())
    suite.case(f'6->4 {mode}: pair removed', packet, s=ip6(
        S6, C6, udp(), hops=63), packets66=0)
    change(suite, f'add-map {S4} {S6}')
    both(suite, mode + ', pair back')
    change(suite, 'del-map 203.0.113.10', 'del-map 203.0.113.11',
           f'add-map {S4} {S6B}', f'add-map {S4B} {S6}')
    twice(suite, f'4->6 {mode}, pairs exchanged', sent4(udp()),
          s=out6(udp(), dst=S6B))
    twice(suite, f'6->4 {mode}, pairs exchanged', sent6(udp()),
          c=out4(udp(), src=S4B))
    # A host on the other side: the route of the flow must not live on.
    change(suite, 'del-map 203.0.113.10', f'add-map {S4} {X}')
    twice(suite, f'4->6 {mode}, host elsewhere', sent4(udp()),
          c=out6(udp(), dst=X))


def longer_pair(suite):
    suite.config(maps=('203.0.113.0/24 2001:db8:1::/120 overlap',))
    six = '2001:db8:1::a'
    suite.lab.neighbours([0xa])
    twice(suite, '4->6 prefix pair', sent4(udp()), s=out6(udp(), dst=six))
    change(suite, f'add-map {S4} {S6} overlap')
    twice(suite, '4->6 host pair inside it', sent4(udp()), s=out6(udp()))
    change(suite, f'del-map {S4}')
    twice(suite, '4->6 prefix pair again', sent4(udp()),
          s=out6(udp(), dst=six))


def settings_change(suite):
    suite.config()
    both(suite, 'before a change of settings')
    change(suite, 'set-xlat tos 32')
    twice(suite, '4->6 tos', sent4(udp()), s=out6(udp(), tos=32))
    twice(suite, '6->4 tos', sent6(udp()), c=out4(udp(), tos=32))
    change(suite, 'set-xlat tos copy prefix 2001:db8:64::/96')
    other = embed('2001:db8:64::/96', C4)
    twice(suite, '4->6 prefix', sent4(udp()), s=out6(udp(), src=other))
    twice(suite, '6->4 prefix', sent6(udp(), dst=other), c=out4(udp()))


def own_address(suite):
    suite.config()
    both(suite, 'before an own address')
    suite.lab.ip(f'addr add {S4}/32 dev lo')
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as server:
        server.bind((S4, 5000))
        server.setblocking(False)
        suite.case('4->6 an own address since', sent4(udp()))
        try:
            problems = [] if server.recv(100) == fill(32) else ['not as sent']
        except BlockingIOError:
            problems = ['nothing came']
        suite.result('4->6 it is for the node', problems)
    suite.lab.ip(f'addr del {S4}/32 dev lo')
    twice(suite, '4->6 no own address any more', sent4(udp()), s=out6(udp()))
    suite.lab.ip(f'addr add {C6}/128 dev lo nodad')
    packet = sent6(udp())
    suite.case('6->4 an own address since', packet,
               s=error6(1, 4, packet[1], src=C6), packets66=0)
    suite.lab.ip(f'addr del {C6}/128 dev lo')
    twice(suite, '6->4 no own address any more', sent6(udp()), c=out4(udp()))


def reverse_path(suite):
    suite.config()
    host, six = '192.0.2.130', '64:ff9b::c000:282'
    twice(suite, '4->6 source routed elsewhere', sent4(udp(), host),
          s=out6(udp(), six))
    suite.lab.sysctl('ipv4/conf/x4/rp_filter', 1)
    suite.case('4->6 reverse path filter since', sent4(udp(), host),
               drop_spoofed_source=1)
    suite.lab.sysctl('ipv4/conf/x4/rp_filter', 0)
    twice(suite, '4->6 no filter any more', sent4(udp(), host),
          s=out6(udp(), six))


def routes_change(suite):
    """Mode direct, where the translator itself asks for the route."""
    suite.config('mode direct', 'icmp-errors off')
    both(suite, 'before routes change')
    suite.lab.ip(f'route add unreachable {S6}/128')
    suite.case('4->6 no route since', sent4(udp()), drop_no_route=1)
    suite.lab.ip(f'route del unreachable {S6}/128')
    suite.lab.ip(f'route add unreachable {C4}/32')
    suite.case('6->4 no route since', sent6(udp()), drop_no_route=1)
    suite.lab.ip(f'route del unreachable {C4}/32')
    suite.lab.ip(f'route add unreachable {C4}/32 tos 0x10')
    both(suite, 'a route of another type of service')
    suite.case('6->4 no route for this type of service', sent6(udp(), tos=16),
               drop_no_route=1)
    suite.lab.ip(f'route del unreachable {C4}/32 tos 0x10')
    both(suite, 'routes back')


def nat66(suite):
    suite.config(maps=(*MAPS, f'{G} {I}'))
    for turn in range(2):
        suite.case(f'NAT66 in, turn {turn}', ('c', ip6(X, G, udp())),
                   s=ip6(X, I, udp(), hops=63))
        suite.case(f'NAT66 out, turn {turn}', ('s', ip6(I, X, udp())),
                   c=ip6(G, X, udp(), hops=63))
        # The same addresses, which no packet of another kind may inherit.
        suite.case(f'NAT66 to the mapped host itself, turn {turn}',
                   ('c', ip6(X, S6, udp())), s=ip6(X, S6, udp(), hops=63),
                   packets66=0)
    change(suite, f'del-map {G}')
    suite.case('NAT66 pair removed', ('s', ip6(I, X, udp())),
               c=ip6(I, X, udp(), hops=63), packets66=0)


def hairpin(suite):
    suite.config()
    twice(suite, 'hairpin', sent6(udp(), S6, PB),
          s=ip6(P, S6B, udp(), hops=63), hairpin=1)
    change(suite, 'set-xlat hairpin off')
    twice(suite, 'hairpin off', sent6(udp(), S6, PB),
          c=out4(udp(), S4, S4B))


def idents(suite):
    """RFC 6864 4.3: of a source, destination and protocol none comes twice."""
    suite.config()
    count = 100
    got, in_time = suite.lab.exchange(
        [('s', ip6(S6, C6, l4), None) for l4 in (udp(), tcp())
         for _ in range(count)], {'c': 2 * count})
    for proto, name in ((17, 'UDP'), (6, 'TCP')):
        seen = [ident_of(p) for p in got['c'] if p[9] == proto]
        problems = [] if in_time and len(seen) == count else [
            f'{len(seen)} of {count} packets']
        if len(set(seen)) != len(seen):
            problems.append(f'only {len(set(seen))} of {len(seen)} differ')
        suite.result(f'identifications differ, {name}', problems)


def errors(suite):
    """An error between the same addresses is none of the flow's packets."""
    both(suite, 'before an error')
    suite.case('4->6 an ICMP error in the middle of a flow', sent4(
        Icmp4(3, 1, body=ip4(S4, C4, udp()))), s=out6(
            Icmp6(1, 0, body=ip6(S6, C6, udp()))), icmp_translated=1)
    both(suite, 'after an error')
