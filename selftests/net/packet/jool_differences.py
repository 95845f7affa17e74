# SPDX-License-Identifier: GPL-2.0
"""Where this translator and Jool 4.1 may differ, and why.

Each line of RULES has the reason, with the RFC's section, and a function that
puts Jool's output right by that reason, from the packet that was sent; what
is still different then is a bug of one of both. Nothing of ours is changed,
but for what an RFC leaves to the sender.
"""
import struct

import wire
from case import R6
from cases_random import View


class Exchange:
    """A packet, what came out of both on either side ("c", "s")."""

    def __init__(self, side, packet, ours, theirs, own):
        self.side, self.packet = side, packet
        self.other = 's' if side == 'c' else 'c'
        self.sent = View(packet)
        self.own = {wire.addr(a) for a in own}
        self.ours, self.theirs = ({k: list(v) for k, v in got.items()}
                                  for got in (ours, theirs))

    def each(self, change, sides='cs', both=False):
        """change(packet, peer): of Jool's output, next to ours."""
        for side in sides:
            for i, packet in enumerate(self.theirs[side]):
                if i < len(self.ours[side]):
                    self.theirs[side][i] = change(packet, self.ours[side][i])
            if both:
                self.ours[side] = [change(p, p) for p in self.ours[side]]

    def refused(self, kind, code):
        """Ours is one ICMP error for the sender, nothing else."""
        if self.ours[self.other] or len(self.ours[self.side]) != 1:
            return False
        out = View(self.ours[self.side][0])
        return out.proto == (58 if out.six else 1) and out.src in self.own \
            and out.payload[:2] == bytes((kind, code))

    def answered(self, got):
        """At most an ICMP error of the translator for the sender."""
        return not got[self.other] and all(
            View(p).src in self.own and View(p).dst == self.sent.src and
            icmp_ok(View(p)) for p in got[self.side])


def header_sum(packet):
    return wire.with_ident(packet, wire.ident_of(packet))


def forwarded(x):
    """What was sent, by a router that does not translate it."""
    packet, at = x.packet, 7 if x.sent.six else 8
    if packet[at] < 2:
        return []
    packet = packet[:at] + bytes((packet[at] - 1,)) + \
        packet[at + 1:x.sent.end]
    return [packet if x.sent.six else header_sum(packet)]


def ident(x):
    def change(packet, _):
        if packet[0] >> 4 == 4 and not (x.sent.six and x.sent.fragment):
            return wire.with_ident(packet, 0)
        return packet
    x.each(change, both=True)


def tos(x):
    def change(packet, _):
        if packet[0] >> 4 == 4 and packet[1] == x.sent.tos & 0x1c:
            return header_sum(packet[:1] + bytes([x.sent.tos]) + packet[2:])
        return packet
    if x.sent.six:
        x.each(change, x.other)


def extension_behind_fragment(x):
    if x.sent.six and x.sent.fragment and x.answered(x.ours) and \
            x.sent.proto in (0, 43, 44, 51, 60):
        x.theirs = x.ours


def checksums(x):
    """Both protocols have theirs where ours was checked by pkt-random."""
    at = {33: 6, 136: 6}.get(x.sent.proto)

    def change(packet, peer):
        view = View(packet)
        where = len(packet) - len(view.payload) + at
        if view.proto == x.sent.proto and not view.offset and \
                len(view.payload) >= at + 2:
            return packet[:where] + peer[where:where + 2] + packet[where + 2:]
        return packet
    if at is not None:
        x.each(change)


def udp_without(x):
    def change(packet, peer):
        if packet[0] >> 4 == 4 and len(packet) == len(peer) > 27 and \
                peer[26:28] == b'\0\0':
            return packet[:26] + b'\0\0' + packet[28:]
        return packet
    if x.sent.six and x.sent.proto == 17 and not x.sent.offset and \
            x.sent.payload[6:8] == b'\0\0':
        x.each(change, x.other)


def hairpin(x):
    """Ours must be what was sent, with other addresses and one hop less."""
    if not x.sent.six or len(x.ours[x.side]) != 1 or x.ours[x.other]:
        return
    out, before = x.ours[x.side][0], x.packet[:x.sent.end]
    after, sent = View(out), View(before)
    if after.src in x.own or after.dst == x.sent.dst:
        return
    chain = len(before) - len(sent.payload)
    if sent.proto == 58 and b'\x80' > sent.payload[:1] > b'':
        same = after.payload[:2] == sent.payload[:2]
    else:
        same = sent.proto in (0, 43, 44, 51, 60) or neutral(sent, after)
    if same and out[:7] == before[:7] and out[7] == before[7] - 1 and \
            out[40:chain] == before[40:chain]:
        x.theirs = x.ours


def neutral(before, after):
    """The same payload, the checksum as right or wrong as it was."""
    at = {6: 16, 17: 6, 33: 6, 136: 6, 58: 2}.get(before.proto)
    a, b = bytearray(before.payload), bytearray(after.payload)
    if at is not None and not before.offset and len(a) >= at + 2:
        a[at:at + 2] = b[at:at + 2] = b'\0\0'
    return a == b and before.checksum_ok() == after.checksum_ok()


def malformed_options(packet):
    """Of an IPv4 packet. Over some of these Jool 4.1 walks for ever."""
    options = packet[20:(packet[0] & 15) * 4] if packet[0] >> 4 == 4 else b''
    while options and options[0]:
        size = 1 if options[0] == 1 else options[1] if options[1:] else 0
        if not 0 < size <= len(options) or size == 1 < options[0]:
            return True
        if options[0] in (131, 137) and (size < 3 or options[2] < 4):
            return True
        options = options[size:]
    return False


def bad_options(x):
    """Jool was not asked."""
    if malformed_options(x.packet) and x.answered(x.ours):
        x.theirs = x.ours


def short_length(packet):
    """An ICMPv6 error whose RFC 4884 length is below 128, the least there is.

    Where the headers inside lose more than it says, Jool 4.1 copies a negative
    number of bytes, over all of the kernel's memory.
    """
    view = View(packet)
    return view.six and view.proto == 58 and len(view.payload) > 8 and \
        view.payload[0] in (1, 3) and 0 < view.payload[4] < 16


def extension_short(x):
    """Jool was not asked."""
    if short_length(x.packet) and not any(x.theirs.values()) and all(
            icmp_ok(View(p)) for got in x.ours.values() for p in got):
        x.theirs = x.ours


def other_icmp(x):
    if x.sent.proto == (1 if x.sent.six else 58) and \
            not x.theirs[x.other] and \
            x.theirs[x.side] in ([], forwarded(x)) and \
            x.ours[x.other] and not x.ours[x.side]:
        out = [View(p) for p in x.ours[x.other]]
        if out[0].proto == x.sent.proto and \
                b''.join(v.payload for v in out) == x.sent.payload:
            x.theirs = x.ours


def refused_by_both(x):
    if not x.ours[x.other] and not x.theirs[x.other] and x.answered(x.ours) \
            and x.answered(x.theirs):
        x.theirs = x.ours


def ours_answers(x):
    """Jool drops without a word."""
    if not any(x.theirs.values()) and not x.ours[x.other] and \
            x.answered(x.ours):
        x.theirs = x.ours


def second_routing_header(x):
    """Refused, without a word if the packet is an ICMPv6 error."""
    if x.sent.six and (x.refused(4, 0) or
                       not any(x.ours.values()) and segments_left(x.packet)):
        x.theirs = x.ours


def segments_left(packet):
    at, proto = 40, packet[6]
    while proto in (0, 43, 60) and at + 8 <= len(packet):
        if proto == 43 and packet[at + 3]:
            return True
        proto, at = packet[at], at + 8 + 8 * packet[at + 1]
    return False


def short_transport(x):
    need = {6: 20, 17: 8, 33: 8, 136: 8}.get(x.sent.proto)
    if x.sent.proto == 6 and len(x.sent.payload) > 12:
        need = max(20, (x.sent.payload[12] >> 4) * 4)
    if need and not x.sent.offset and len(x.sent.payload) < need and \
            not any(x.theirs.values()) and not x.ours[x.side] and \
            len(x.ours[x.other]) == 1 and \
            neutral(x.sent, View(x.ours[x.other][0])):
        x.theirs = x.ours


def udp_computed(x):
    """Ours, put together again, must be right."""
    if x.sent.six or x.sent.proto != 17 or x.sent.fragment or \
            x.sent.payload[6:8] != b'\0\0':
        return
    views = [View(p) for p in x.ours[x.other]]
    if not views:
        if struct.unpack_from('!H', x.sent.payload, 4)[0] > \
                len(x.sent.payload):
            x.theirs = x.ours       # nobody knows what it should cover
        return
    whole = b''.join(v.payload for v in views)
    length = struct.unpack_from('!H', whole, 4)[0]
    pseudo = views[0].src + views[0].dst + struct.pack('!LxxxB', length, 17)

    def change(packet, _):
        view = View(packet)
        at = len(packet) - len(view.payload) + 6
        return packet if view.offset else \
            packet[:at] + whole[6:8] + packet[at + 2:]
    if not wire.checksum(pseudo + whole[:length]):
        x.each(change, x.other)


def igmp(x):
    if not x.sent.six and x.sent.proto == 2 and not any(x.ours.values()):
        x.theirs = x.ours


def icmp_mtu(x):
    """In front of the packet that did not fit."""
    def change(packet, peer):
        view, right = View(packet), View(peer)
        if view.proto != 1 or view.payload[:2] != b'\3\4' or \
                not icmp_ok(right):
            return packet
        old, new = (int.from_bytes(v.payload[4:8], 'big')
                    for v in (view, right))
        inside = View(x.sent.payload[8:].ljust(40, b'\0'))
        if new == 68 or inside.fragment and old - new == 8:
            start = len(packet) - len(view.payload)
            return packet[:start + 2] + right.payload[2:8] + \
                packet[start + 8:]
        return packet
    if x.sent.six:
        x.each(change, x.other)


def inner_header(x):
    """Only these bytes, and the checksum around them."""
    def change(packet, peer):
        new, old = View(peer).payload, View(packet).payload
        if len(new) != len(old) or new[:2] != old[:2] or \
                not icmp_ok(View(peer)):
            return packet
        inner = View(new[8:].ljust(40, b'\0'))
        at = {1: 2, 6: 16, 17: 6, 33: 6, 58: 2, 136: 6}.get(inner.proto)
        head = 40 + 8 * inner.fragment if inner.six else \
            (new[8] & 15) * 4
        places = [2, 3]
        if not inner.six:
            places += [8 + i for i in (1, 4, 5, 6, 7, 10, 11)]
        if at is not None and not inner.offset:
            places += [8 + head + at, 8 + head + at + 1]
        body = bytearray(old)
        for place in places:
            if place < len(body):
                body[place] = new[place]
        return packet[:len(packet) - len(old)] + bytes(body)
    if x.sent.proto == (58 if x.sent.six else 1):
        x.each(change, x.other)


def echo_code(x):
    def change(packet, peer):
        new, old = View(peer).payload, View(packet).payload
        if old[:1] in (b'\0', b'\x08', b'\x80', b'\x81') and not old[1] and \
                new[1:2] == x.sent.payload[1:2]:
            return packet[:len(packet) - len(old)] + new[:4] + old[4:]
        return packet
    if x.sent.proto == (58 if x.sent.six else 1) and x.sent.payload:
        x.each(change, x.other)


def inner_icmp_unknown(x):
    """Less than a header of it, or a type that is not translated."""
    known = (1, 2, 3, 4, 128, 129) if x.sent.six else (0, 3, 8, 11, 12)
    length = x.sent.payload[4:5] if x.sent.six else x.sent.payload[5:6]
    inner = x.sent.payload[8:]
    if any(length):
        inner = inner[:length[0] * (8 if x.sent.six else 4)]
    if x.sent.proto != (58 if x.sent.six else 1) or any(x.ours.values()) or \
            len(inner) < (40 if x.sent.six else 20):
        return
    view = View(inner)
    if view.proto == x.sent.proto and (len(view.payload) < 8 or
                                       view.payload[0] not in known):
        x.theirs = x.ours


def inner_refused(x):
    """What is inside would be refused on its own."""
    inner = x.sent.payload[8:].ljust(40, b'\0')
    if x.sent.proto != (58 if x.sent.six else 1) or any(x.ours.values()):
        return
    view = View(inner)
    if inner[0] >> 4 != (6 if x.sent.six else 4) or x.sent.six and \
            view.fragment and view.proto in (0, 43, 44, 51, 60) or \
            not x.sent.six and (0 < x.sent.payload[5] < inner[0] & 15 or
                                view.src[0] >= 224 or view.dst[0] >= 224):
        x.theirs = x.ours


def fragment_beyond(x):
    if not x.sent.six and not any(x.ours.values()) and \
            x.sent.offset * 8 + len(x.sent.payload) > 0xffff:
        x.theirs = x.ours


def bad_auth(x):
    """Hairpinning looks for the transport header behind it."""
    if x.sent.six and x.sent.proto == 51 and not any(x.ours.values()) and \
            not x.theirs[x.other]:
        x.theirs = x.ours


def bad_checksum(x):
    if x.sent.six and x.sent.proto == 58 and x.sent.payload[:1] < b'\x80' \
            and not x.sent.checksum_ok() and not any(x.ours.values()):
        x.theirs = x.ours


def error_dropped(x):
    """Of an ICMP error that is well formed, Jool wants more of its inside."""
    kinds = (1, 2, 3, 4) if x.sent.six else (3, 11, 12)
    if x.sent.proto == (58 if x.sent.six else 1) and \
            x.sent.payload[:1] in [bytes((k,)) for k in kinds] and \
            not any(x.theirs.values()) and len(x.ours[x.other]) == 1 and \
            not x.ours[x.side] and icmp_ok(View(x.ours[x.other][0])):
        x.theirs = x.ours


def icmp_ok(view):
    return not wire.checksum(view.payload) if view.proto == 1 else \
        view.checksum_ok()


def extension_padded(x):
    """RFC 4884: ours is as Jool's, with more zeros behind the packet."""
    if x.sent.six or x.sent.proto != 1 or len(x.ours[x.other]) != 1 or \
            len(x.theirs[x.other]) != 1:
        return
    new, old = (View(got[x.other][0]).payload for got in (x.ours, x.theirs))
    if new[:2] == old[:2] and old[4:8] != new[4:8] and icmp_ok(View(
            x.ours[x.other][0])) and new[4] * 8 >= len(new[8:8 + new[4] * 8]) \
            and 0 < new[4] - old[4] < 2:
        x.theirs = x.ours


def extension_cut(x):
    """RFC 4884: ours is as Jool's, with what was sent where that has zeros."""
    if x.sent.six or x.sent.proto != 1 or len(x.ours[x.other]) != 1 or \
            len(x.theirs[x.other]) != 1:
        return
    new, old = (View(got[x.other][0]) for got in (x.ours, x.theirs))
    new, old = new.payload, old.payload
    differ = [i for i in range(8, min(len(new), len(old)))
              if new[i] != old[i]]
    if not differ or not icmp_ok(View(x.ours[x.other][0])) or \
            len(new) != len(old) or new[:2] != old[:2] or \
            new[4:8] != old[4:8] or differ[-1] >= 8 + 8 * new[4]:
        return
    cut = slice(differ[0], differ[-1] + 1)
    if not any(old[cut]) and new[cut] in x.sent.payload:
        x.theirs = x.ours


def of_link(x):
    """Ours leaves it to the kernel, which forwards it."""
    if x.sent.six and x.packet[6] == 58 and x.packet[7] == 255 and \
            133 <= x.sent.payload[0] <= 137 and not x.ours[x.other] and \
            x.ours[x.side] == forwarded(x) and not any(x.theirs.values()):
        x.theirs = x.ours


def untranslatable(x):
    """Ours gives an ICMP error a source, drops other ICMP or lets it go on."""
    if not x.sent.six or x.sent.src != wire.addr(R6):
        return
    if x.sent.proto == 58 and not any(x.ours.values()) or \
            x.ours[x.side] == forwarded(x) and not x.ours[x.other]:
        x.theirs = x.ours


RULES = (
    ('7915 5.1: the identification is free without a Fragment header', ident),
    ('7915 5.1: all bits of the traffic class are copied, Jool keeps four',
     tos),
    ('7915 5.1.1: an extension header behind a Fragment header is refused, '
     'the Authentication Header too', extension_behind_fragment),
    ('7915 4.5: checksums of UDP-Lite and DCCP may be corrected', checksums),
    ('6936, 7915 5.5: UDP without a checksum stays so, Jool computes one',
     udp_without),
    ('7757 4.2.2: a packet that is turned back need not have been IPv4: it '
     'keeps flow label and extension headers', hairpin),
    ('1812 4.3.3.5: malformed options are a parameter problem', bad_options),
    ('4884 4: what is called shorter than 128 octets is translated as well as '
     'it goes; some of it kills Jool', extension_short),
    ('7915 4.1, 5.1: other protocols are copied, the ICMP of the other '
     'family too, which Jool drops', other_icmp),

    ('7915 names no order in which reasons to refuse a packet are looked at',
     refused_by_both),
    ('1812 4.3.2, 7915 5.1: a refused packet is answered', ours_answers),
    ('7915 5.1: every Routing header counts, Jool looks at the first',
     second_routing_header),
    ('7915 4, 5: a transport header cut short is passed on as it is',
     short_transport),
    ("7915 4.5: the checksum is computed; Jool's is wrong", udp_computed),
    ('7915 4.2: IGMP is for one link, and dropped', igmp),
    ('791 3.2, 7915 5.2: no MTU below 68 in ICMPv4; it leaves room for the '
     'Fragment header of the packet inside', icmp_mtu),
    ('7915 4.3, 5.3: inside, what a header of its own would have: '
     'identification, flags and type of service as outside; checksums change '
     'by what the addresses do', inner_header),
    ('7915 4.3, 5.3: the packet inside is translated as far as it goes, Jool '
     'drops what is short or has a code that it does not know',
     error_dropped),
    ('6791 3, 7915 5.1: from a source without IPv4 address only ICMP errors '
     'are ours, the rest is none of our business', untranslatable),
    ('7915 4.2: only the type of an echo message changes, Jool clears the '
     'code', echo_code),
    ('7915 4.2, 4.3, 5.2, 5.3: the type of an ICMP message inside must be '
     'there, and one that is translated', inner_icmp_unknown),
    ('7915 4.3, 5.3, 4884 4: a packet inside that is none of this version, or '
     'shorter than its header, or of a multicast address, or that 7915 5.1.1 '
     'refuses', inner_refused),
    ('791 3.2: a fragment that ends beyond 65535 is not cut into pieces '
     'that begin at 0 again', fragment_beyond),
    ('4884 4: what the packet inside has grown by, Jool cuts off, instead of '
     'filling up to 8 bytes', extension_padded),
    ('4884 4: the same where it needs no filling up', extension_cut),
    ('4861 4, 7915 5.2: neighbour discovery is for one link, and for this node '
     'where it is a proxy', of_link),
    ('8200 4: headers behind an Authentication Header that are not there whole',
     bad_auth),
    ('7915 5: the checksum of an ICMP error is verified',
     bad_checksum),
)



def explain(side, packet, ours, theirs, own):
    """'', the reasons, or "?" and what is not explained."""
    x = Exchange(side, packet, ours, theirs, own)
    reasons = []
    for reason, put_right in RULES:
        if x.ours == x.theirs:
            break
        before = {k: list(v) for k, v in x.theirs.items()}
        put_right(x)
        if x.theirs != before:
            reasons.append(reason)
    if x.ours == x.theirs:
        return '; '.join(reasons)
    return '?they differ' + ''.join(f', not by {r.split(":")[0]}'
                                    for r in reasons)
