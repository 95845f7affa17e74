# SPDX-License-Identifier: GPL-2.0
"""What make bench says of many samples of the same, and how sure it is."""
import random


def quantile(sorted_values, q):
    """Linear interpolation between the closest ranks."""
    pos = q * (len(sorted_values) - 1)
    low = int(pos)
    high = min(low + 1, len(sorted_values) - 1)
    part = pos - low
    return sorted_values[low] * (1 - part) + sorted_values[high] * part


def median(values):
    return quantile(sorted(values), 0.5)


def level(rounds):
    """
    What a packet takes when nobody disturbs it, of the windows of all @rounds. A
    host that is busy with something else only ever makes them slower, up to twice
    where it shares a core, so the median says more about the neighbours than
    about the code. The lowest window would be the luckiest one.
    """
    return quantile(sorted(ns for windows in rounds for ns in windows), 0.05)


def net(row, base):
    """Of rounds of a row, without the cost of the row @base."""
    return level(row) - level(base)


def ratio(above, above_base, below, below_base):
    """Of the net costs of two rows."""
    return net(above, above_base) / (net(below, below_base) or 1)


def estimate(of, *rows):
    """
    of(*rows), and the relative half-width of its 95 % interval: rounds are
    drawn again and again, with replacement (bootstrap), the same for all rows.
    """
    value = of(*rows)
    count = min(len(r) for r in rows)
    dice = random.Random(count)
    again = []
    for _ in range(100):
        drawn = [dice.randrange(count) for _ in range(count)]
        again.append(of(*([r[i] for i in drawn] for r in rows)))
    again.sort()
    width = quantile(again, 0.975) - quantile(again, 0.025)
    return value, abs(width / 2 / value) if value else 0.0


def spread(values):
    """
    Relative half-width of the 95 % interval of the median:
    1.57 * interquartile range / sqrt(n) / median, as in a notched box plot.
    """
    v = sorted(values)
    mid = quantile(v, 0.5)
    if not mid:
        return 0.0
    width = quantile(v, 0.75) - quantile(v, 0.25)
    return abs(1.57 * width / len(v) ** 0.5 / mid)
