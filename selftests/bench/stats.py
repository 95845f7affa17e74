# SPDX-License-Identifier: GPL-2.0
"""Medians and their spread, as make bench states them."""


def quantile(sorted_values, q):
    """Linear interpolation between the closest ranks."""
    pos = q * (len(sorted_values) - 1)
    low = int(pos)
    high = min(low + 1, len(sorted_values) - 1)
    part = pos - low
    return sorted_values[low] * (1 - part) + sorted_values[high] * part


def median(values):
    return quantile(sorted(values), 0.5)


def spread(values):
    """
    Relative half-width of the 95 % interval of the median:
    1.57 * interquartile range / sqrt(n) / median, as in a notched box plot.
    Quartiles, since a busy host only ever makes a sample too slow.
    """
    v = sorted(values)
    mid = quantile(v, 0.5)
    if not mid:
        return 0.0
    width = quantile(v, 0.75) - quantile(v, 0.25)
    return abs(1.57 * width / len(v) ** 0.5 / mid)
