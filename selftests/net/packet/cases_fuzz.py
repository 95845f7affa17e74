# SPDX-License-Identifier: GPL-2.0
"""Buffers of every shape into the hooks, for a given time.

AF_PACKET takes frames with a virtio_net header: GSO of all kinds, checksums
to be completed anywhere, with VLAN tags, paged, of up to 64 KB; GRO on the
translator's devices puts some together again, as lists too. Nothing is
compared: the kernel reports nothing, and afterwards a packet is translated
to the byte.
"""
import os
import random
import socket
import struct
import subprocess
import time

from case import C4, C6, MAPS, R4, S4, S6, out4, out6, sent4, sent6
from cases_random import mutate, random4, random6, taint
from wire import Echo, Raw, ip4, ip6, tcp, udp

PACKET_VNET_HDR = 15
NEEDS_CSUM, DATA_VALID = 1, 2
GSO_NONE, GSO_TCP4, GSO_UDP, GSO_TCP6, GSO_UDP_L4, GSO_ECN = 0, 1, 3, 4, 5, 128
SETTINGS = ((), ('mode forward',), ('mode direct',),
            ('udp-zero-checksum compute',), ('hairpin simple',),
            ('udp-zero-checksum forward', 'lowest-ipv6-mtu 9000'),
            ('error-pool4 192.0.2.64/28', 'error-source on'))
NAT66 = '2001:db8:f::/48 2001:db8:a::/48'
CHAINS = '''{
chain p {
type filter hook prerouting priority 0;
}
chain f {
type filter hook forward priority 0;
ct state new counter
}
}
'''
RULES = f'table ip a {CHAINS}table ip6 a {CHAINS}'


class Wire:
    """One end that sends with a virtio_net header."""

    def __init__(self, dev, frame):
        self.sock = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, 0)
        self.sock.setsockopt(263, PACKET_VNET_HDR, 1)
        self.sock.bind((dev, 0))
        self.frame = frame
        self.refused = 0

    def send(self, head, frame):
        try:
            self.sock.send(head + frame)
        except OSError:
            self.refused += 1       # the kernel's own checks


def run(suite):
    seed = int(os.environ.get('NLAB_RANDOM_SEED') or
               random.SystemRandom().randrange(1 << 32))
    seconds = int(os.environ.get('NLAB_RANDOM_SECONDS') or 3)
    print(f'# NLAB_RANDOM_SEED={seed} NLAB_RANDOM_SECONDS={seconds}',
          flush=True)
    rng = random.Random(seed)
    tainted, end, round_ = taint(), time.monotonic() + seconds, 0
    wires = {}
    for name, dev in ('c', 'c0'), ('s', 's0'):
        suite.lab.enter(name)
        wires[name] = Wire(dev, suite.lab.hosts[name].frame)
    suite.lab.enter('t')
    fixed(suite, wires)
    while time.monotonic() < end:
        ruled = round_ % 3 == 2
        devices(rng)
        rules(ruled)
        settings = SETTINGS[round_ % len(SETTINGS)]
        suite.config(*settings, maps=(*MAPS, NAT66))
        count = flood(suite, rng, wires, min(end, time.monotonic() + 10))
        suite.config(maps=(*MAPS, NAT66))
        rules(False)
        alive(suite, f'{count} buffers {" ".join(settings)}' +
              (' with rules' if ruled else ''))
        round_ += 1
    refused = sum(w.refused for w in wires.values())
    print(f'# {refused} refused by the kernel before they were sent')
    suite.result('the kernel has nothing to report',
                 [] if taint() == tainted else [f'taint {taint()}'])


def fixed(suite, wires):
    """Checksums that begin where translation would take them out."""
    suite.config()
    for dev in 'x4', 'x6':
        subprocess.run(['ethtool', '-K', dev, 'tx-checksumming', 'off'],
                       capture_output=True, check=True)
    for side, packet in (sent6(udp()), sent6(tcp()), sent6(Echo()),
                         sent4(udp()), sent4(Echo())):
        for start in (0, 8, 14, 20, 30):
            head = struct.pack('=BBHHHH', NEEDS_CSUM, 0, 0, 0, start, 6)
            wires[side].send(head, wires[side].frame[packet[0] >> 4] + packet)
    alive(suite, 'checksums that begin before the transport header')


def devices(rng):
    """Other offloads, other sizes."""
    for dev in 'x4', 'x6':
        features = [f'{name} {rng.choice(("on", "off"))}' for name in (
            'gro', 'rx-gro-list', 'rx-udp-gro-forwarding', 'gso', 'tso',
            'tx-checksumming', 'sg')]
        subprocess.run(['ethtool', '-K', dev, *' '.join(features).split()],
                       capture_output=True, check=False)


def rules(there):
    text = 'flush ruleset\n' + (RULES if there else '')
    subprocess.run(['nft', '-f', '-'], input=text, text=True, check=True)


def flood(suite, rng, wires, end):
    count = 0
    while time.monotonic() < end:
        for _ in range(200):
            side = rng.choice('cs')
            head, frame = buffer(rng, side, wires[side].frame)
            wires[side].send(head, frame)
        count += 200
        suite.lab.mark()
        for host in suite.lab.hosts.values():
            host.inbox.clear()
    return count


def alive(suite, name):
    """With nothing left on the way of what was sent before."""
    subprocess.run(['ethtool', '-K', 'x4', 'gro', 'off', 'rx-gro-list', 'off'],
                   capture_output=True, check=False)
    subprocess.run(['ethtool', '-K', 'x6', 'gro', 'off', 'rx-gro-list', 'off'],
                   capture_output=True, check=False)
    suite.lab.mark()
    suite.case(name + ', then 4->6', sent4(tcp()), s=out6(tcp()))
    suite.case(name + ', then 6->4', sent6(udp()), c=out4(udp()))


def buffer(rng, side, frames):
    family = 4 if side == 'c' else 6
    kind = rng.randrange(4)
    if kind == 0:
        packet = mutate(rng, small(rng, family))
    elif kind == 1:
        packet = small(rng, family)
    else:
        packet = large(rng, family)
    if not rng.randrange(8):
        packet = mutated_large(rng, packet)
    frame = frames[family] + packet
    if not rng.randrange(10):
        frame = tagged(rng, frame)
    return virtio(rng, family, packet, len(frame) - len(packet)), frame


def small(rng, family):
    if family == 4:
        return random4(rng, rng.choice((C4, R4)), S4)
    dst = rng.choice((C6, C6, '2001:db8:f::7', '64:ff9b::cb00:710b'))
    return random6(rng, rng.choice((S6, '2001:db8:a::5')), dst)


def large(rng, family):
    data = rng.randbytes(rng.choice((1, 100, 1400, 3000, 9000, 20000, 60000)))
    l4 = rng.choice((tcp, tcp, udp, lambda d: Raw(rng.randrange(256), d)))
    if family == 4:
        return ip4(C4, S4, l4(data), df=rng.randrange(2),
                   tos=rng.randrange(256), ident=rng.randrange(65536))
    return ip6(S6, rng.choice((C6, '2001:db8:f::7')), l4(data))


def mutated_large(rng, packet):
    out = bytearray(packet)
    for _ in range(rng.randint(1, 3)):
        out[rng.randrange(1, min(len(out), 80))] = rng.randrange(256)
    return bytes(out)


def tagged(rng, frame):
    tag = struct.pack('!HH', rng.choice((0x8100, 0x88a8)), rng.choice(
        (0, 1, rng.randrange(65536))))
    return frame[:12] + tag + frame[12:]


def virtio(rng, family, packet, link):
    """A header as a driver would give it, and now and then another."""
    if not rng.randrange(3):
        return bytes(10)
    proto = packet[9] if family == 4 else packet[6]
    hlen = (packet[0] & 15) * 4 if family == 4 else 40
    place = {6: 16, 17: 6}.get(proto, 0)
    kind = GSO_NONE
    if proto == 6:
        kind = GSO_TCP4 if family == 4 else GSO_TCP6
    elif proto == 17:
        kind = rng.choice((GSO_UDP_L4, GSO_UDP_L4, GSO_UDP))
    if not rng.randrange(8):
        kind = rng.choice((GSO_NONE, GSO_TCP4, GSO_UDP, GSO_TCP6, GSO_UDP_L4,
                           rng.randrange(256)))
    if not rng.randrange(8):
        kind |= GSO_ECN
    flags = rng.choice((NEEDS_CSUM,) * 6 + (0, DATA_VALID))
    size = rng.choice((1, 8, 500, 1208, 1400, 1440, 1448, 9000, 65535))
    head = link + hlen + (20 if proto == 6 else 8)
    start = link + hlen
    if not rng.randrange(10):
        head = rng.randrange(200)
    if not rng.randrange(15):
        start, place = rng.randrange(120), rng.randrange(60)
    return struct.pack('=BBHHHH', flags, kind, head, size if kind else 0,
                       start, place)
