# SPDX-License-Identifier: GPL-2.0
"""Random and mutated packets, and what must hold for each result."""
import os
import random
import struct

import wire
from case import C4, C6, MAPS, R4, R6, S4B
from wire import (Echo, Icmp4, Icmp6, Raw, auth, dccp, dstopts, frag6,
                  hopopts, ip4, ip6, routing, tcp, udp, udplite)

IGMP = 2                    # IPv4 to IPv6, dropped (RFC 7915 4.2)
BATCH = 200
# Behind the default route of the node, so that IPv6 packets to it are not
# native ones: the way back is open.
S4, S6 = '203.0.113.30', '2001:db8:9::30'
# C in every other batch, so that 6->4 has a way back as well.
M6 = '2001:db8:8::2'
HOPS = (0, 1, 2, 3, 64, 64, 64, 64, 255, 255)
SETTINGS = ((), ('mode forward',), ('mode direct',),
            ('udp-zero-checksum compute', 'lowest-ipv6-mtu 1400'),
            ('udp-zero-checksum forward', 'hairpin simple'),
            ('error-pool4 192.0.2.64/28', 'error-source on'))


def run(suite):
    seed = int(os.environ.get('NLAB_RANDOM_SEED', '7915'))
    count = int(os.environ.get('NLAB_RANDOM_PACKETS', '3000'))
    print(f'# seed {seed}, {count} packets')
    rng = random.Random(seed)
    tainted = taint()
    for batch in range(max(1, count // BATCH)):
        lines = SETTINGS[batch % len(SETTINGS)]
        mapped = batch % 2
        suite.config(*lines, maps=(*MAPS, f'{S4} {S6}') +
                     ((f'{C4} {M6}',) if mapped else ()))
        problems, passed, back = [], 0, 0
        for _ in range(BATCH):
            found, out, same = one(suite, rng, mapped)
            problems += found
            passed += out
            back += same
        if not passed:
            problems.append('not one packet came through')
        suite.result(f'{BATCH} random packets {" ".join(lines)}: {passed} '
                     f'came through, {back} there and back', problems[:20])
    suite.result('the kernel has nothing to report',
                 [] if taint() == tainted else [f'taint {taint()}'])


def taint():
    with open('/proc/sys/kernel/tainted', encoding='ascii') as f:
        return int(f.read()) & (1 << 7 | 1 << 9 | 1 << 5)


# --- making packets ---

def data(rng):
    size = rng.choice((0, 1, 7, 8, 20, 64, 100, 500, 1200, 1250, 1400))
    return rng.randbytes(rng.randint(0, size))


def transport(rng):
    wrong = rng.choice((0, 0, 0, rng.randint(1, 0xfffe)))
    pick = rng.randrange(9)
    if pick < 2:
        return udp(data(rng), wrong=wrong)
    if pick == 2:
        return udp(data(rng), none=True)
    if pick < 5:
        return tcp(data(rng), wrong=wrong)
    if pick == 5:
        return Echo(data(rng), bool(rng.randrange(2)), wrong=wrong)
    if pick == 6:
        return rng.choice((udplite, dccp))(data(rng), wrong=wrong)
    return Raw(rng.choice((4, 41, 46, 47, 50, 51, 58, 132, 253,
                           rng.randrange(256))), data(rng))


def random4(rng, src=C4, dst=S4, deep=0):
    l4 = transport(rng)
    if not deep and not rng.randrange(5):
        inner = random4(rng, dst, src, 1)[:rng.choice((8, 28, 60, 128, 1400))]
        l4 = Icmp4(rng.choice((3, 3, 4, 5, 11, 12)), rng.randrange(17),
                   rng.randbytes(4), inner, rng.choice((0, 0, 0, 1)))
    offset = rng.choice((0, 0, 0, 8, 1480, 65528))
    options = b''
    if not rng.randrange(4):
        options = rng.choice((b'\1' * 4, rng.randbytes(4 * rng.randint(1, 10)),
                              b'\x07\x27\x04' + bytes(37)))
    return ip4(src, dst, l4, ttl=rng.choice(HOPS),
               tos=rng.randrange(256), ident=rng.randrange(65536),
               df=rng.randrange(2), mf=rng.choice((0, 0, 0, 1)),
               offset=offset, options=options)


def random6(rng, src=S6, dst=C6, deep=0):
    l4 = transport(rng)
    if not deep and not rng.randrange(5):
        inner = random6(rng, dst, src, 1)[:rng.choice((8, 48, 60, 128, 1200))]
        l4 = Icmp6(rng.choice((1, 2, 3, 4, 4, 5)), rng.randrange(7),
                   rng.choice((rng.randbytes(4), struct.pack(
                       '!L', rng.randrange(60)))), inner,
                   rng.choice((0, 0, 0, 1)))
    for _ in range(rng.choice((0, 0, 0, 1, 2, 5))):
        l4 = rng.choice((
            hopopts, dstopts, lambda p: routing(p, rng.choice((0, 0, 1))),
            lambda p: frag6(p, rng.choice((0, 0, 8, 1448)),
                            rng.randrange(2), rng.getrandbits(32)),
            auth))(l4)
    return ip6(src, dst, l4, hops=rng.choice(HOPS),
               tos=rng.randrange(256), flow=rng.randrange(1 << 20))


def mutate(rng, packet):
    """Other bits, another length; the header checksum is put right again."""
    out = bytearray(packet)
    kind = rng.randrange(8)
    if kind < 3:
        for _ in range(rng.randint(1, 4)):
            at = rng.randrange(min(len(out), rng.choice((20, 60, 2000))))
            if not (at < 1 or out[0] >> 4 == 6 and 8 <= at < 40 or
                    out[0] >> 4 == 4 and 12 <= at < 20):
                out[at] = rng.randrange(256)
    elif kind == 3:
        del out[rng.randint(20 if out[0] >> 4 == 4 else 40, len(out)):]
    elif kind == 4:
        out += rng.randbytes(rng.randint(1, 40))
    if out[0] >> 4 == 4:
        size = min(max((out[0] & 15) * 4, 20), len(out))
        if kind == 3:
            struct.pack_into('!H', out, 2, len(out))
        out[10:12] = b'\0\0'
        struct.pack_into('!H', out, 10, wire.checksum(bytes(out[:size])))
    elif kind == 3:
        struct.pack_into('!H', out, 4, len(out) - 40)
    return bytes(out[:1500])


# --- what must hold ---

def one(suite, rng, mapped):
    if rng.randrange(2):
        side, other = 'c', 's'
        packet = mutate(rng, random4(rng, rng.choice((C4, C4, C4, R4, S4B))))
    else:
        side, other = 's', 'c'
        packet = mutate(rng, random6(rng, rng.choice((S6, S6, S6, R6)),
                                     M6 if mapped else C6))
    version = 4 if side == 'c' else 6
    got, in_time = suite.lab.exchange([(side, packet, version)], {}, rounds=1)
    problems = [] if in_time else ['the marker did not come back']
    for out in got[other]:
        problems += well_formed(out) + kept(packet, out)
    for out in got[side]:
        problems += answer(packet, out)
    same = 0
    if len(got[other]) == 1 and not problems:
        found, same = there_and_back(suite, side, packet, got[other][0])
        problems += found
    if problems:
        problems.append(f'sent on {side}: {packet.hex()}')
        problems += [f'on {k}: {p.hex()}' for k in got for p in got[k]]
    return problems, bool(got[other]), same


def well_formed(out):
    if out[0] >> 4 == 6:
        if len(out) < 40 or struct.unpack_from('!H', out, 4)[0] != \
                len(out) - 40:
            return ['payload length']
        return [] if len(out) <= 1500 and out[7] else ['hop limit or size']
    problems = []
    if out[0] != 0x45 or struct.unpack_from('!H', out, 2)[0] != len(out):
        problems.append('IPv4 lengths')
    if wire.checksum(out[:20]):
        problems.append('IPv4 header checksum')
    if not out[8]:
        problems.append('TTL 0 on the wire')
    return problems


class View:
    """A packet taken apart; None for what is not there."""

    def __init__(self, packet):
        self.six = packet[0] >> 4 == 6
        self.offset, self.more, self.fragment = 0, 0, False
        self.tos = packet[1]
        if self.six:
            self.tos = struct.unpack_from('!H', packet)[0] >> 4 & 0xff
            self.end = 40 + struct.unpack_from('!H', packet, 4)[0]
            self.src, self.dst = packet[8:24], packet[24:40]
            self.proto, at = packet[6], 40
            at = self.chain(packet, at)
        else:
            self.end = struct.unpack_from('!H', packet, 2)[0]
            self.src, self.dst = packet[12:16], packet[16:20]
            self.proto, at = packet[9], (packet[0] & 15) * 4
            word = struct.unpack_from('!H', packet, 6)[0]
            self.offset, self.more = word & 0x1fff, word >> 13 & 1
            self.fragment = bool(self.offset or self.more)
        self.payload = packet[at:self.end]

    def chain(self, packet, at):
        while self.proto in (0, 43, 44, 60) and at + 8 <= len(packet):
            kind, self.proto = self.proto, packet[at]
            if kind == 44:
                word = struct.unpack_from('!H', packet, at + 2)[0]
                self.offset, self.more = word >> 3, word & 1
                self.fragment = True
                at += 8
                if self.offset:
                    break
            else:
                at += 8 + 8 * packet[at + 1]
        return at

    def checksum_ok(self):
        """None if there is none to check."""
        if self.offset or self.more:
            return None
        proto, p = self.proto, self.payload
        need = {6: 20, 17: 8, 33: 12, 1: 8, 58: 8}.get(proto)
        if need is None or len(p) < need or \
                proto == (1 if self.six else 58):
            return None
        if proto == 1:
            return not wire.checksum(p)
        length = len(p)
        if proto == 17:
            length = struct.unpack_from('!H', p, 4)[0]
            if p[6:8] == b'\0\0' or not 8 <= length <= len(p):
                return None
        if proto == 33 and p[8] & 15:
            return None             # covers a part only
        pseudo = self.src + self.dst + struct.pack('!LxxxB', length, proto)
        return not wire.checksum(pseudo + p[:length])


def kept(packet, out):
    """Time to live, and the state of the checksum."""
    before, after = View(packet), View(out)
    problems = []
    hops = packet[7] if before.six else packet[8]
    left = out[7] if after.six else out[8]
    if left != hops - 1:
        problems.append(f'hops {hops} became {left}')
    if before.checksum_ok() is True and after.checksum_ok() is False:
        problems.append('a right checksum became wrong')
    error = before.proto in (1, 58) and before.payload and \
        before.payload[0] not in (0, 8, 128, 129)
    if before.checksum_ok() is False and after.checksum_ok() is True and \
            not error:
        problems.append('a wrong checksum became right')
    return problems


def answer(packet, out):
    """What comes back is an error for the sender, or the packet itself."""
    view = View(out)
    if view.dst == View(packet).dst:
        return []                   # not ours, forwarded back
    if view.dst != View(packet).src:
        return ['an answer to somebody else']
    if view.proto != (58 if view.six else 1) or not view.checksum_ok():
        return ['an answer that is no good ICMP message']
    quote = view.payload[8:]
    size = View(packet).end
    return [] if packet[:size][:len(quote)] == quote else \
        ['an answer that quotes something else']


def there_and_back(suite, side, packet, out):
    """Sends the result back into the translator, from the other side.

    As a second translator with the same configuration would, it turns the
    packet into what it was, less what RFC 7915 says gets lost.
    """
    before = View(packet)
    other = 's' if side == 'c' else 'c'
    if before.proto in (1, IGMP, 58) or out[7 if out[0] >> 4 == 6 else 8] < 2 or \
            before.src not in (wire.addr(C4), wire.addr(S6)) or \
            before.dst == wire.addr(C6) or without_checksum(View(out)) or \
            len(out) > 1200 and may_be_fragmented(out):
        return [], 0        # dropped, lost, fragmented once more, or refused
    got, _ = suite.lab.exchange([(other, out, None)], {}, rounds=1)
    if len(got[side]) != 1:
        if {before.proto, View(out).proto} & {0, 43, 44, 51, 60}:
            return [], 0            # payload that looks like a header
        return [f'there, but not back: {out.hex()}'], 0
    back = View(got[side][0])
    problems = []
    for what in ('src', 'dst', 'proto', 'offset', 'more'):
        if getattr(before, what) != getattr(back, what):
            problems.append(f'there and back: {what}')
    if not same_payload(before, back):
        problems.append('there and back: payload')
    if before.tos != back.tos:
        problems.append('there and back: TOS')
    return problems, 1


def may_be_fragmented(out):
    """A fragment, or an IPv4 packet without DF."""
    return View(out).fragment or out[0] >> 4 == 4 and not out[6] & 0x40


def without_checksum(view):
    """UDP that the way back may refuse (RFC 7915 4.5)."""
    return view.proto == 17 and not view.offset and \
        view.payload[6:8] == b'\0\0'


def same_payload(before, back):
    a, b = bytearray(before.payload), bytearray(back.payload)
    at = {6: 16, 17: 6, 33: 6, 136: 6}.get(before.proto)
    if at is not None and not before.offset and len(a) >= at + 2:
        # Zero has two forms, and none at all may have been computed.
        for p in a, b:
            if p[at:at + 2] in (b'\0\0', b'\xff\xff') or \
                    a[at:at + 2] == b'\0\0':
                p[at:at + 2] = b'\0\0'
    return a == b
