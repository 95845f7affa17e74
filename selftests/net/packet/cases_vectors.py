# SPDX-License-Identifier: GPL-2.0
"""Packets of others: raw datagrams in a folder that NLAB_VECTORS names. What
sender/NAME.pkt holds is sent, what receiver/ holds for the same packet in the
other family must come out."""
import os

import wire
from lab import MAC

MAPS = ('1.0.0.0/24 2001:db8:3::/120', '10.0.0.0/24 2001:db8:2::/120')
IDENT = {4, 5, 10, 11}
# The inner packet of this one was made with an identification of its own.
INNER = IDENT | {22, 23, 32, 33, 34, 38, 39}


def run(suite):
    folder = os.environ['NLAB_VECTORS']
    network(suite)
    names = sorted(os.listdir(os.path.join(folder, 'sender')))
    for name in names:
        six = name.startswith('4')
        want_name = ('6' if six else '4') + name[1:]
        want_name = want_name.replace('icmp4', 'icmpX').replace(
            'icmp6', 'icmp4').replace('icmpX', 'icmp6')
        sent = read(folder, 'sender', name)
        want = read(folder, 'receiver', want_name)
        got, in_time = suite.lab.exchange(
            [('c' if six else 's', sent, None)], {'s' if six else 'c': 1})
        suite.result(name[:-4], judge(want_name, want, got, in_time, six))
    if not names:
        suite.skip('packets of others', 'no packet in ' + folder)


def read(*parts):
    with open(os.path.join(*parts), 'rb') as f:
        return f.read()


def network(suite):
    lab = suite.lab
    lab.ip('addr del 198.51.100.1/30 dev x4',
           'addr add 198.51.100.1/24 dev x4',
           f'neigh replace 198.51.100.2 lladdr {MAC["c"]} dev x4',
           'addr add 2001:db8:1c0:2:1::/64 dev x6 nodad',
           f'neigh add 2001:db8:1c0:2:21:: lladdr {MAC["s"]} dev x6')
    suite.config('prefix 2001:db8:100::/40', 'error-pool4 203.0.113.8/32',
                 maps=MAPS)


def judge(name, want, got, in_time, six):
    here, there = (got['s'], got['c']) if six else (got['c'], got['s'])
    problems = [] if in_time else ['the marker did not come back']
    if there:
        problems.append(f'came back: {there[0].hex()}')
    if len(here) != 1:
        return problems + [f'{len(here)} packets came out, wanted '
                           f'{want.hex()}']
    ignored = set()
    if not six and name.endswith('df-nofrag.pkt'):
        ignored = INNER if name == '4-icmp4err-csumok-df-nofrag.pkt' else IDENT
    places = [i for i, (a, b) in enumerate(zip(want, here[0]))
              if a != b and i not in ignored]
    if places or len(want) != len(here[0]):
        problems += [f'differ at {places[:12]}, lengths {len(want)} and '
                     f'{len(here[0])}', f'wanted {want.hex()}',
                     f'got    {here[0].hex()}']
    if not six and wire.checksum(here[0][:20]):
        problems.append('wrong header checksum')
    return problems
