# SPDX-License-Identifier: GPL-2.0
"""One line of a case table: what is sent, what must come out, what counts."""
import struct
import sys

import wire
from lab import Lab

BASE = ('prefix 64:ff9b::/96', 'mode auto', 'lowest-ipv6-mtu 1280',
        'udp-zero-checksum drop', 'error-pool4 none',
        'error-pool4-select hops', 'error-pool6 none', 'hairpin intrinsic',
        'tos copy', 'icmp-errors on', 'wkp-strict on', 'prefer-native on',
        'error-source off')
MAPS = ('203.0.113.10 2001:db8:1::10', '203.0.113.11 2001:db8:1::11')

# Hosts: C on the IPv4 side, S on the IPv6 side, each in both families; the
# translator's own addresses; routers on the way.
C4, C6 = '198.51.100.2', '64:ff9b::c633:6402'
S4, S6 = '203.0.113.10', '2001:db8:1::10'
S4B, S6B = '203.0.113.11', '2001:db8:1::11'
T4, T6 = '198.51.100.1', '2001:db8:1::1'
R4, R4_6, R6 = '192.0.2.9', '64:ff9b::c000:209', '2001:db8:9::9'

BYTES = ('bytes46', 'bytes64', 'bytes66')
WAYS = {(4, 6): 'packets46', (6, 4): 'packets64', (6, 6): 'packets66'}


class AnyIdent(bytes):
    """An IPv4 packet whose identification the RFC leaves to the sender."""


class Suite:
    """Runs cases, prints KTAP."""

    def __init__(self):
        print('TAP version 13', flush=True)
        self.lab = Lab()
        self.number = self.failed = self.skipped = 0
        self.configured = None

    def config(self, *lines, maps=MAPS):
        """Base settings and maps, then the given ones ("mode direct")."""
        # A key may stand only once: the given ones win.
        keys = {line.split()[0] for line in lines}
        base = [line for line in BASE if line.split()[0] not in keys]
        text = ['flush-maps', 'set-xlat ' + ' '.join([*base, *lines])]
        text += ['add-map ' + m for m in maps]
        if text != self.configured:
            self.lab.nlabctl('-b', '-', text='\n'.join(text) + '\n')
            self.configured = text

    def result(self, name, problems):
        self.number += 1
        if problems:
            self.failed += 1
            for line in problems:
                print('# ' + line)
        print(f'{"not ok" if problems else "ok"} {self.number} - {name}',
              flush=True)

    def skip(self, name, reason):
        self.number += 1
        self.skipped += 1
        print(f'ok {self.number} - {name} # SKIP {reason}', flush=True)

    def end(self):
        print(f'1..{self.number}')
        passed = self.number - self.failed - self.skipped
        print(f'# Totals: pass:{passed} fail:{self.failed} '
              f'skip:{self.skipped}')
        sys.exit(1 if self.failed else 0 if passed else 4)

    def case(self, name, sends, c=(), s=(), version=None, **counts):
        """sends: (side, packet) or a list of these; c, s: what comes out.

        counts are the counters that change, with "_" for "-"; packets of a
        way are counted by default when that way gives packets; any other
        counter must stay as it is.
        """
        if isinstance(sends, tuple):
            sends = [sends]
        want = {'c': as_list(c), 's': as_list(s)}
        before = self.lab.stats()
        got, in_time = self.lab.exchange(
            [(side, p, version) for side, p in sends],
            {k: len(v) for k, v in want.items()})
        problems = [] if in_time else ['the marker did not come back']
        for side in 'cs':
            problems += compare(side, want[side], got[side])
        counts = {k.replace('_', '-'): v for k, v in counts.items()}
        problems += self.count_problems(before, sends, want, counts)
        if problems:
            problems += [f'sent on {side}: {p.hex()}' for side, p in sends]
        self.result(name, problems)

    def count_problems(self, before, sends, want, counts):
        after = self.lab.stats()
        expected = dict.fromkeys(self.lab.names, 0)
        expected.update(counts)
        if not any(k.startswith('drop-') for k in counts):
            for _, packet in sends:
                out = next((p for side in 'cs' for p in want[side]), None)
                way = out and WAYS.get((packet[0] >> 4, out[0] >> 4))
                if way and way not in counts:
                    expected[way] += 1
        return [f'counter {k}: +{after[k] - before[k]}, wanted +{v}'
                for k, v in expected.items()
                if k not in BYTES and after[k] - before[k] != v]


def as_list(packets):
    return [packets] if isinstance(packets, bytes) else list(packets)


def compare(side, want, got):
    problems = []
    for i in range(max(len(want), len(got))):
        if i >= len(got):
            problems.append(f'missing on {side}: {want[i].hex()}')
        elif i >= len(want):
            problems.append(f'unexpected on {side}: {got[i].hex()}')
        elif not same(want[i], got[i]):
            problems += [f'on {side} wanted: {want[i].hex()}',
                         f'on {side} got:    {got[i].hex()}',
                         f'differ at {differences(want[i], got[i])}']
    return problems


def same(want, got):
    if isinstance(want, AnyIdent) and len(got) >= 20:
        # Also checks the header checksum, since that is computed anew.
        want = wire.with_ident(want, wire.ident_of(got))
    return want == got


def differences(want, got):
    places = [i for i, (a, b) in enumerate(zip(want, got)) if a != b]
    return f'bytes {places[:12]}, lengths {len(want)} and {len(got)}'


# --- descriptions shared by the tables ---

def sent4(payload, src=C4, dst=S4, **kw):
    return 'c', wire.ip4(src, dst, payload, **kw)


def sent6(payload, src=S6, dst=C6, **kw):
    return 's', wire.ip6(src, dst, payload, **kw)


def out6(payload, src=C6, dst=S6, hops=63, **kw):
    return wire.ip6(src, dst, payload, hops=hops, **kw)


def out4(payload, src=S4, dst=C4, ttl=63, any_ident=True, **kw):
    packet = wire.ip4(src, dst, payload, ttl=ttl, **kw)
    return AnyIdent(packet) if any_ident else packet


def error4(kind, code, quoted, rest=b'\0\0\0\0', dst=C4, src=T4):
    """ICMPv4 error of the translator itself; RFC 1812 4.3.2.5 on the TOS."""
    body = quoted[:576 - 28]
    return AnyIdent(wire.ip4(src, dst, wire.Icmp4(kind, code, rest, body),
                             tos=0xc0))


def error6(kind, code, quoted, rest=b'\0\0\0\0', dst=S6, src=T6):
    body = quoted[:1280 - 48]
    return wire.ip6(src, dst, wire.Icmp6(kind, code, rest, body))


def mtu_field(value):
    """Of ICMPv4 3/4, and of ICMPv6 2/0 too: the high half is zero."""
    return struct.pack('!L', value)
