#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""Strict reader of OpenMetrics text, for what nlabctl -m prints.

openmetrics.py FILE check          wrong syntax: exit status 1
openmetrics.py FILE other          the same by prometheus_client
openmetrics.py FILE value SAMPLE   value of SAMPLE, given with its labels
openmetrics.py FILE count FAMILY   number of samples of a family
"""
import re
import sys

NAME = r'[a-zA-Z_:][a-zA-Z0-9_:]*'
LABEL = r'([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\\n]|\\[n"\\])*)"'
HEAD = re.compile(rf'# (TYPE|UNIT|HELP) ({NAME}) (.+)')
SAMPLE = re.compile(rf'({NAME})(\{{{LABEL}(?:,{LABEL})*\}})? '
                    r'([0-9]+(?:\.[0-9]+)?)')
SUFFIX = {'counter': '_total', 'gauge': '', 'info': '_info',
          'histogram': '_bucket'}


def fail(number, why):
    sys.exit(f'line {number}: {why}')


class Family:
    """Metadata of a family, which precede its samples."""

    def __init__(self, name):
        self.name = name
        self.meta = {}
        self.samples = 0


def read(text):
    """Samples by name and labels; ends the program at the first mistake."""
    if not text.endswith('\n# EOF\n'):
        sys.exit('no # EOF at the end')
    samples, families, family = {}, {}, None
    for number, line in enumerate(text[:-len('# EOF\n')].splitlines(), 1):
        head = HEAD.fullmatch(line)
        if head:
            what, name, value = head.groups()
            if not family or family.name != name:
                if name in families:
                    fail(number, f'family {name} is interrupted')
                family = families[name] = Family(name)
            if family.samples or what in family.meta:
                fail(number, f'{what} of {name} again or too late')
            if what == 'TYPE' and value not in SUFFIX:
                fail(number, f'type {value}')
            if what == 'UNIT' and not name.endswith('_' + value):
                fail(number, f'{name} does not end with its unit')
            family.meta[what] = value
            continue
        sample = SAMPLE.fullmatch(line)
        if not sample:
            fail(number, f'neither metadata nor a sample: {line}')
        if not family or not {'TYPE', 'HELP'} <= family.meta.keys():
            fail(number, 'sample without its metadata')
        if sample[1] != family.name + SUFFIX[family.meta['TYPE']]:
            fail(number, f'{sample[1]} in the family {family.name}')
        labels = re.findall(LABEL, sample[2] or '')
        if len({name for name, _ in labels}) != len(labels):
            fail(number, 'label given twice')
        key = sample[1] + (sample[2] or '')
        if key in samples:
            fail(number, f'{key} again')
        samples[key] = sample.groups()[-1]
        family.samples += 1
    return samples, families


def other(text):
    """What a reader written by others says."""
    from prometheus_client.openmetrics import parser
    mine = read(text)[0]
    theirs = [s for f in parser.text_string_to_metric_families(text)
              for s in f.samples]
    if len(theirs) != len(mine):
        sys.exit(f'{len(theirs)} samples, not {len(mine)}')


def main():
    with open(sys.argv[1], encoding='utf-8') as file:
        text = file.read()
    verb = sys.argv[2]
    if verb == 'check':
        read(text)
    elif verb == 'other':
        other(text)
    elif verb == 'value':
        print(read(text)[0][sys.argv[3]])
    elif verb == 'count':
        families = read(text)[1]
        print(families[sys.argv[3]].samples if sys.argv[3] in families
              else 0)


main()
