# SPDX-License-Identifier: GPL-2.0
"""The same packets through this translator and through Jool."""
import os
import random
import subprocess

from case import C4, C6, MAPS, R4, R6, S4, S4B, S6, T4, T6
from cases_random import S4 as FAR4, S6 as FAR6, M6, mutate, random4, random6
from jool_differences import explain, malformed_options, short_length
from lab import Lab

BATCH = 500
# What both are told, in the words of each. Intrinsic hairpinning only, else
# Jool leaves packets to addresses of maps to IPv6.
SETTINGS = (
    ((), ()),
    (('udp-zero-checksum compute',), ('amend-udp-checksum-zero true',)),
    (('lowest-ipv6-mtu 1400',), ('lowest-ipv6-mtu 1400',)),
    (('error-pool4 192.0.2.64/32',), ('rfc6791v4-prefix 192.0.2.64/32',)),
    (('mode forward',), ()),
)
# Jool knows no native routes, and takes the well-known prefix for any address.
ALWAYS = ('prefer-native off', 'wkp-strict off')
DEFAULTS = ('amend-udp-checksum-zero false', 'lowest-ipv6-mtu 1280',
            'rfc6791v4-prefix null', 'eam-hairpin-mode intrinsic')


class JoolLab(Lab):
    """The same network around Jool."""

    def translator(self):
        self.jool('instance', 'add', '--netfilter', '--pool6', '64:ff9b::/96')

    def jool(self, *args):
        folder = os.environ['NLAB_JOOL']
        run = subprocess.run([f'{folder}/jool_siit', *args], text=True,
                             capture_output=True, check=False)
        if run.returncode:
            raise RuntimeError(f'jool_siit {args}: {run.stdout}{run.stderr}')

    def config(self, lines, maps):
        self.enter('t')
        keys = {line.split()[0] for line in lines}
        for line in (*lines, *(d for d in DEFAULTS
                               if d.split()[0] not in keys)):
            self.jool('global', 'update', *line.split())
        self.jool('eamt', 'flush')
        for line in maps:
            self.jool('eamt', 'add', *line.split())


def run(suite):
    seed = int(os.environ.get('NLAB_RANDOM_SEED') or
               random.SystemRandom().randrange(1 << 32))
    count = int(os.environ.get('NLAB_RANDOM_PACKETS') or 1000)
    print(f'# NLAB_RANDOM_SEED={seed} NLAB_RANDOM_PACKETS={count}')
    rng = random.Random(seed)
    jool = JoolLab()
    suite.lab.enter('t')
    seen = {}
    for batch in range(max(1, count // BATCH)):
        ours, theirs = SETTINGS[batch % len(SETTINGS)]
        mapped = batch // len(SETTINGS) % 2
        maps = (*MAPS, f'{FAR4} {FAR6}') + ((f'{C4} {M6}',) if mapped else ())
        jool.config(theirs, maps)
        suite.lab.enter('t')
        suite.config(*ALWAYS, *ours, maps=maps)
        problems, through = [], 0
        for _ in range(BATCH):
            found, out = one(suite, jool, rng, mapped, seen)
            problems += found
            through += out
        if not through:
            problems.append('not one packet came through')
        suite.result(f'{BATCH} packets {" ".join(ours)}: {through} came '
                     'through Jool', problems[:400])
    for reason, number in sorted(seen.items(), key=lambda item: -item[1]):
        print(f'# {number} accepted: {reason}')


def packet_of(rng, mapped):
    if rng.randrange(2):
        packet = random4(rng, rng.choice((C4, C4, C4, R4, S4B)),
                         rng.choice((FAR4, FAR4, S4, S4B)))
        side = 'c'
    else:
        packet = random6(rng, rng.choice((FAR6, FAR6, S6, R6)),
                         rng.choice((C6, C6, M6 if mapped else C6,
                                     '64:ff9b::cb00:710b')))
        side = 's'
    packet = mutate(rng, packet) if rng.randrange(2) else packet
    return side, packet[:1500]      # what a link takes


def one(suite, jool, rng, mapped, seen):
    side, packet = packet_of(rng, mapped)
    sends = [(side, packet, 4 if side == 'c' else 6)]
    ours, in_time = suite.lab.exchange(sends, {})
    theirs, theirs_in_time = {'c': [], 's': []}, True
    if not (malformed_options(packet) or short_length(packet)):
        theirs, theirs_in_time = jool.exchange(sends, {})
    if not (in_time and theirs_in_time):
        return ['the marker did not come back'], 0
    through = bool(theirs['s' if side == 'c' else 'c'])
    reason = explain(side, packet, ours, theirs, (T4, T6))
    if not reason:
        return [], through
    if not reason.startswith('?'):
        seen[reason] = seen.get(reason, 0) + 1
        return [], through
    lines = [f'{reason[1:]}', f'sent on {side}: {packet.hex()}']
    for name, got in ('ours', ours), ('Jool', theirs):
        lines += [f'{name} on {k}: {p.hex()}' for k in got for p in got[k]]
    return lines, through
