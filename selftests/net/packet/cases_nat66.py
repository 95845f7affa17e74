# SPDX-License-Identifier: GPL-2.0
"""IPv6 to IPv6 (RFC 6296; host pairs G <-> I). The outside is on link c."""
import random
import struct
import subprocess

from case import MAPS, error6
from wire import (Echo, Icmp6, Raw, addr, cut, dccp, dstopts, fill, frag6,
                  hopopts, ip6, tcp, udp, udplite)

X = '2001:db8:f1::99'           # a host outside
G, I = '2001:db8:f2::1', '2001:db8:1::1a'
G2, I2 = '2001:db8:f2::2', '2001:db8:1::1b'
PAIRS = (f'{G} {I}', f'{G2} {I2}')


def run(suite):
    suite.config(maps=(*MAPS, *PAIRS))
    for mode in ('auto', 'forward', 'direct'):
        suite.config('mode ' + mode, maps=(*MAPS, *PAIRS))
        both(suite, 'UDP, mode ' + mode, udp())
    suite.config(maps=(*MAPS, *PAIRS))
    hosts(suite)
    errors(suite)
    limits(suite)
    hairpin(suite)
    prefixes(suite)
    oracle(suite)
    suite.config()


def both(suite, name, l4, **kw):
    suite.case(f'NAT66 in: {name}', ('c', ip6(X, G, l4, **kw)),
               s=ip6(X, I, l4, hops=63, **kw))
    suite.case(f'NAT66 out: {name}', ('s', ip6(I, X, l4, **kw)),
               c=ip6(G, X, l4, hops=63, **kw))


def hosts(suite):
    for name, l4 in (('TCP', tcp()), ('UDP-Lite', udplite()),
                     ('DCCP', dccp()), ('echo request', Echo()),
                     ('echo reply', Echo(reply=True)),
                     ('ICMPv6 type 200', Icmp6(200, 1, body=fill(20))),
                     ('ESP', Raw(50, fill(30))),
                     ('UDP without checksum', udp(none=True)),
                     ('wrong TCP checksum', tcp(wrong=3)),
                     ('wrong echo checksum', Echo(wrong=3)),
                     ('UDP of 1452 bytes', udp(fill(1452))),
                     ('nothing behind the header', Raw(59, fill(30))),
                     ('nothing behind extension headers',
                      hopopts(Raw(59, fill(9)))),
                     ('UDP behind extension headers', hopopts(dstopts(udp()))),
                     ('echo behind extension headers', dstopts(Echo())),
                     ('5 bytes of UDP', Raw(17, fill(5)))):
        both(suite, name, l4)
    both(suite, 'traffic class, flow label', udp(), tos=0x2f, flow=0xabcde)
    for what, l4 in (('UDP', udp()), ('echo', Echo())):
        for i in range(2):
            for side, src, dst, new, to in (('c', X, G, (X, I), 's'),
                                            ('s', I, X, (G, X), 'c')):
                off, a, more = cut(l4, src, dst, 16)[i]
                b = cut(l4, *new, 16)[i][1]
                suite.case(f'NAT66 {side} fragment of {what} at {off}',
                           (side, ip6(src, dst, frag6(a, off, more))),
                           **{to: ip6(*new, frag6(b, off, more), hops=63)})
    zero = udp(udp(bytes(20)).build(X, I)[6:8] + bytes(18))
    suite.case('NAT66 in: UDP checksum that becomes ffff',
               ('c', ip6(X, G, zero)), s=ip6(X, I, zero, hops=63))
    solicit = Icmp6(135, 0, body=addr(G))
    for src, what in ((X, 'global'), ('fe80::9', 'link-local')):
        suite.case(f'NAT66 in: solicitation from a {what} address, no proxy',
                   ('c', ip6(src, G, solicit, hops=255)),
                   c=ip6(src, G, solicit, hops=254) if src == X else (),
                   packets66=0)
    for src, dst in ((X, '2001:db8:f2::3'), ('2001:db8:1::1c', X)):
        suite.case(f'NAT66 {dst} from {src}: no pair, not ours',
                   ('c', ip6(src, dst, udp())),
                   c=ip6(src, dst, udp(), hops=63), packets66=0)


def errors(suite):
    for name, l4 in (('TCP', tcp()), ('echo', Echo()), ('UDP', udp()),
                     ('a later fragment', frag6(Raw(17, fill(30)), 64, 0)),
                     ('extension headers', hopopts(udp()))):
        for src, who in ((I, 'the host'), ('2001:db8:9::9', 'a router')):
            new = G if src == I else src
            suite.case(f'NAT66 out: error of {who} about {name}',
                       ('s', ip6(src, X, Icmp6(1, 4, body=ip6(X, I, l4)))),
                       c=ip6(new, X, Icmp6(1, 4, body=ip6(X, G, l4)),
                             hops=63), icmp_translated=1)
        suite.case(f'NAT66 in: error about {name}',
                   ('c', ip6(X, G, Icmp6(3, 0, body=ip6(G, X, l4)))),
                   s=ip6(X, I, Icmp6(3, 0, body=ip6(I, X, l4)), hops=63),
                   icmp_translated=1)
    suite.case('NAT66 in: Packet Too Big with 60 bytes of TCP',
               ('c', ip6(X, G, Icmp6(2, 0, b'\0\0\5\0',
                                     ip6(G, X, tcp())[:60]))),
               s=ip6(X, I, Icmp6(2, 0, b'\0\0\5\0', ip6(I, X, tcp())[:60]),
                     hops=63), icmp_translated=1)
    suite.case('NAT66 in: error with a wrong checksum is dropped',
               ('c', ip6(X, G, Icmp6(1, 0, body=ip6(G, X, udp()), wrong=1))),
               drop_icmp_checksum=1)
    suite.case('NAT66: error about a native packet passes', (
        'c', ip6(X, '2001:db8:1::1c', Icmp6(
            1, 0, body=ip6('2001:db8:1::1c', X, udp())))),
        s=ip6(X, '2001:db8:1::1c', Icmp6(
            1, 0, body=ip6('2001:db8:1::1c', X, udp())), hops=63),
        packets66=0)


def limits(suite):
    """Hop limit and MTU: errors quote what was sent."""
    packet = ip6(X, G, udp(), hops=1)
    suite.case('NAT66 in: hop limit 1', ('c', packet),
               c=error6(3, 0, packet, dst=X, src='2001:db8:f0::1'),
               icmp6_sent=1, drop_ttl=1)
    packet = ip6(I, X, udp(), hops=1)
    suite.case('NAT66 out: hop limit 1', ('s', packet),
               s=error6(3, 0, packet, dst=I), icmp6_sent=1, drop_ttl=1)
    suite.lab.mtu(x4=1400)
    packet = ip6(I, X, udp(fill(1400)))
    suite.case('NAT66 out: too big for MTU 1400', ('s', packet),
               s=error6(2, 0, packet, struct.pack('!L', 1400), dst=I),
               icmp6_sent=1, drop_too_big=1)
    suite.lab.mtu(x4=1500)


def hairpin(suite):
    for name, l4 in (('UDP', udp()), ('TCP', tcp()), ('echo', Echo())):
        suite.case(f'NAT66 between inside hosts: {name}',
                   ('s', ip6(I, G2, l4)), s=ip6(G, I2, l4, hops=63))
    suite.case('NAT66 between inside hosts: error',
               ('s', ip6(I2, G, Icmp6(1, 4, body=ip6(G, I2, udp())))),
               s=ip6(G2, I, Icmp6(1, 4, body=ip6(I, G2, udp())), hops=63),
               icmp_translated=1)
    suite.case('NAT66 inside hosts by their inside addresses: not ours',
               ('s', ip6(I, I2, udp())), s=ip6(I, I2, udp(), hops=63),
               packets66=0)


# --- prefix pairs ---

def words(text):
    return list(struct.unpack('!8H', addr(text)))


def text6(parts):
    return ':'.join('%x' % w for w in parts)


def npt(address, source, target, length):
    """RFC 6296 3.2 to 3.5, on 16-bit words; None where it drops."""
    a, s, t = words(address), words(source), words(target)
    number = sum(w << 16 * (7 - i) for i, w in enumerate(a))
    mask = (1 << 128) - (1 << (128 - length))
    goal = sum(w << 16 * (7 - i) for i, w in enumerate(t)) & mask
    number = number & ~mask | goal
    out = [number >> 16 * (7 - i) & 0xffff for i in range(8)]
    if length > 48 and not any(a[4:]):
        return None
    at = 3 if length <= 48 else next(
        (i for i in range(4, 8) if a[i] != 0xffff), None)
    if at is None or a[at] == 0xffff:
        return None
    total = a[at] + sum(s) + sum(0xffff - w for w in t)
    while total > 0xffff:
        total = (total & 0xffff) + (total >> 16)
    out[at] = 0 if total == 0xffff else total
    return text6(out)


SETS = (('2001:db8:f3::/48', 'fd01:203:405::/48'),
        ('2001:db8:f4::/47', 'fd01:203:500::/47'),
        ('2001:db8:f000::/36', 'fd02:8000::/36'),
        ('2001:db8:f6:700::/56', 'fd01:203:406:a00::/56'),
        ('2001:db8:f6:1::/64', 'fd01:203:407:ffff::/64'))


def inside_addresses(inside, rng):
    base, length = inside.split('/')
    length = int(length)
    fixed = sum(w << 16 * (7 - i) for i, w in enumerate(words(base)))
    for kind in range(14):
        host = rng.getrandbits(128 - length)
        if kind % 3 == 1:           # words of ones first
            for i in range(kind % 4 + 1):
                host |= 0xffff << 16 * (3 - i)
            host &= (1 << (128 - length)) - 1
        elif kind % 3 == 2:
            host = 1 << rng.randrange(64)
            host &= (1 << (128 - length)) - 1
        number = fixed | host
        yield text6([number >> 16 * (7 - i) & 0xffff for i in range(8)])


def prefixes(suite):
    rng = random.Random(6296)
    suite.lab.ip('route replace fd00::/8 via 2001:db8:1::2',
                 'route replace 2001:db8:f000::/36 via 2001:db8:f0::2')
    for outside, inside in SETS:
        suite.config(maps=(*MAPS, f'{outside} {inside}'))
        length = int(inside.split('/')[1])
        goal, base = outside.split('/')[0], inside.split('/')[0]
        for address in inside_addresses(inside, rng):
            prefix_case(suite, address, base, goal, length)
    no_subnet(suite)
    # RFC 6296 3.6, the example of the RFC
    suite.config(maps=('2001:db8:1::/48 fd01:203:405::/48 overlap',))
    for l4 in (tcp(), Echo()):
        suite.case('NPT of the example in RFC 6296 section 3.6',
                   ('s', ip6('fd01:203:405:1::1234', X, l4)),
                   c=ip6('2001:db8:1:d550::1234', X, l4, hops=63))


def no_subnet(suite):
    """RFC 6296 3.2: subnet ffff has no mapping."""
    suite.config(maps=(*MAPS, ' '.join(SETS[0])))
    inside, outside = 'fd01:203:405:ffff::1', '2001:db8:f3:ffff::1'
    for side, src, dst, node in (('s', inside, X, '2001:db8:1::1'),
                                 ('c', X, outside, '2001:db8:f0::1')):
        packet = ip6(src, dst, udp())
        suite.case(f'NPT /48 {src} to {dst} is unreachable', (side, packet),
                   **{side: error6(1, 3, packet, dst=src, src=node)},
                   drop_unmappable=1, icmp6_sent=1)


def prefix_case(suite, address, base, goal, length):
    want = npt(address, base, goal, length)
    packet = ip6(address, X, tcp())
    name = f'NPT /{length} {address}'
    if want is None:
        suite.case(name + ' is refused', ('s', packet),
                   s=error6(4, 0, packet, struct.pack('!L', 8), dst=address),
                   drop_unmappable=1, icmp6_sent=1)
        return
    sent = tcp().build(address, X)
    # Neutral: the checksum is that of the inside address.
    assert sent == tcp().build(want, X)
    suite.case(name + ' out', ('s', packet),
               c=ip6(want, X, Raw(6, sent), hops=63))
    if npt(want, goal, base, length) == address:
        suite.case(name + ' and back', ('c', ip6(X, want, tcp())),
                   s=ip6(X, address, tcp(), hops=63))


def oracle(suite):
    """The same packets through the kernel's ip6t_NPT."""
    name = 'NPT agrees with ip6t_NPT'
    rng = random.Random(66)
    rules = []
    for outside, inside in SETS:
        rules += [f'-A PREROUTING -d {outside} -i x4 -j DNPT --src-pfx '
                  f'{outside} --dst-pfx {inside}',
                  f'-A POSTROUTING -s {inside} -o x4 -j SNPT --src-pfx '
                  f'{inside} --dst-pfx {outside}']
    suite.config(maps=())
    try:
        run = subprocess.run(['ip6tables-legacy-restore'],
                             input='\n'.join(['*mangle', *rules, 'COMMIT',
                                              '']),
                             text=True, capture_output=True, check=False)
    except FileNotFoundError:
        suite.skip(name, 'ip6tables is not installed')
        return
    if run.returncode:
        suite.skip(name, 'no ip6t_NPT: ' + run.stderr.strip()[:60])
        return
    tests = []
    for _, inside in SETS:
        for address in inside_addresses(inside, rng):
            if npt(address, inside.split('/')[0], '2001:db8:f3::',
                   int(inside.split('/')[1])):
                tests.append(ip6(address, X, tcp()))
    theirs = [suite.lab.exchange([('s', p, None)], {'c': 1})[0]
              for p in tests]
    subprocess.run(['ip6tables-legacy', '-t', 'mangle', '-F'], check=True)
    suite.config(maps=[f'{o} {i}' for o, i in SETS])
    ours = [suite.lab.exchange([('s', p, None)], {'c': 1})[0] for p in tests]
    problems = [f'{p.hex()}: theirs {t["c"]}, ours {o["c"]}'
                for p, t, o in zip(tests, theirs, ours) if t != o]
    if not any(t['c'] for t in theirs):
        problems.append('the oracle let nothing pass')
    suite.result(name, problems)
