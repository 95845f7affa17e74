#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""
Makes the results of a benchmark run readable:

    report.py DIR             table, DIR/results.json and DIR/*.svg from DIR/raw
    report.py DIR --rst FILE  the same numbers into the marked part of FILE
"""
import glob
import json
import os
import shutil
import subprocess
import sys

import rows
import stats

BEGIN = ".. begin of the last full run\n"
END = ".. end of the last full run\n"


class Results:
    """Rows as results.json has them, and beside each its target if any."""

    def __init__(self):
        self.list = []
        self.targets = {}

    def add(self, name, value, unit, better, note="", target=None):
        if target is not None:
            met = value <= target if better == "lower" else value >= target
            self.targets[name] = (target, met)
            note = "%starget %s %g: %s" % (
                note + ", " if note else "",
                "at most" if better == "lower" else "at least", target,
                "met" if met else "not met")
        self.list.append({"name": name, "value": float("%.5g" % value),
                          "unit": unit, "better": better, "note": note})


def load(directory, name):
    path = os.path.join(directory, "raw", name)
    if not os.path.exists(path):
        return None
    with open(path, encoding="ascii") as f:
        return json.load(f)


def how_sure(spread, values):
    return "spread %.1f %%, %d rounds" % (100 * spread, len(values))


def lost(data, name):
    part = 1 - data["arrived"][name]
    return ", %.2f %% lost" % (100 * part) if part > 0.0005 else ""


def add_forward(res, data, prefix=""):
    for name, ns in data["ns"].items():
        base = data["base"][name]
        if base:
            value, spread = stats.estimate(stats.net, ns, data["ns"][base])
            res.add(prefix + name + ".net_ns", value, "ns", "lower",
                    how_sure(spread, ns) + lost(data, name))
        else:
            value, spread = stats.estimate(stats.level, ns)
            res.add(prefix + name + ".ns", value, "ns", "lower",
                    how_sure(spread, ns))


def add_ratios(res, data, prefix=""):
    for above, below, target, kind in rows.RATIOS:
        ns = data["ns"]
        if above not in ns or below not in ns:
            continue
        if kind == "ns":
            value, spread = stats.estimate(
                lambda a, b: stats.level(a) / stats.level(b),
                ns[above], ns[below])
        else:
            value, spread = stats.estimate(
                stats.ratio, ns[above], ns[data["base"][above]],
                ns[below], ns[data["base"][below]])
        name = "%sratio.%s/%s" % (prefix, above, below)
        res.add(name + (".whole" if kind == "ns" else ""), value, "x",
                "lower", how_sure(spread, ns[above]), target)


def collect(directory):
    res = Results()
    forward = load(directory, "forward.json")
    if forward:
        add_forward(res, forward)
        add_ratios(res, forward)
    for path in sorted(glob.glob(os.path.join(directory, "raw/size-*.json")),
                       key=lambda p: int(p.split("-")[-1][:-5])):
        data = load(directory, os.path.basename(path))
        prefix = "size%d." % data["size"]
        add_forward(res, data, prefix)
        add_ratios(res, data, prefix)
    for name in ("tables.json", "tcp.json", "udp.json", "stats.json",
                 "links.json", "labs.json", "zoo.json", "cores.json",
                 "latency.json"):
        # These programs give finished rows.
        for row in load(directory, name) or []:
            res.add(**row)
    return res


def machine(directory):
    path = os.path.join(directory, "raw", "machine")
    with open(path, encoding="utf-8") as f:
        return [line.rstrip("\n").split(" ", 1) for line in f]


def text(res, about):
    lines = ["%-8s %s" % (k, v) for k, v in about] + [""]
    width = max((len(r["name"]) for r in res.list), default=0)
    for r in res.list:
        lines.append("%-*s %10s %-8s %s" % (
            width, r["name"], "%.5g" % r["value"], r["unit"], r["note"]))
    met = sum(ok for _, ok in res.targets.values())
    lines.append("")
    lines.append("%d of %d targets met" % (met, len(res.targets)))
    return "\n".join(lines) + "\n"


# ---- pictures ---------------------------------------------------------------

GNUPLOT = """\
set terminal svg size 760,{height} dynamic font "sans-serif,12" background "#ffffff"
set output "{file}"
set title "{title}"
set style fill solid 0.8 border lt -1
unset key
set grid xtics
set xlabel "{unit}"
set xrange [0:*]
set yrange [{top}:-0.6]
set ytics ({tics})
plot "-" using ($2/2):1:($2/2):(0.35) with boxxyerrorbars lc rgb "#4477aa", \\
 "" using 2:1:3 with labels left offset 0.5,0
"""


def picture(path, title, unit, bars):
    """Horizontal bars: [(label, value)]."""
    if not bars or not shutil.which("gnuplot"):
        return
    data = "".join('%d %g "%.4g"\n' % (i, v, v)
                   for i, (_, v) in enumerate(bars)) + "e\n"
    script = GNUPLOT.format(
        height=110 + 24 * len(bars), file=path, title=title, unit=unit,
        top=len(bars) - 0.4, tics=", ".join(
            '"%s" %d' % (label.replace("_", "\\\\_"), i)
            for i, (label, _) in enumerate(bars)))
    subprocess.run(["gnuplot"], input=script + data + data, text=True,
                   check=True)


def pictures(res, directory):
    def bars(suffix, prefix="", skip=("size",)):
        return [(r["name"][len(prefix):-len(suffix)], r["value"])
                for r in res.list if r["name"].startswith(prefix) and
                r["name"].endswith(suffix) and
                not (not prefix and r["name"].startswith(tuple(skip)))]

    picture(os.path.join(directory, "forward.svg"),
            "Net cost of one packet (80/100 bytes UDP)", "ns",
            bars(".net_ns", skip=("size", "table")))
    sizes = [(r["name"][:-7], r["value"]) for r in res.list
             if r["name"].startswith("size") and r["name"].endswith(".net_ns")]
    picture(os.path.join(directory, "sizes.svg"),
            "Net cost by packet size", "ns", sizes)
    picture(os.path.join(directory, "tables.svg"),
            "Net cost by number of pairs, random destinations", "ns",
            bars(".net_ns", "table."))
    picture(os.path.join(directory, "tcp.svg"), "TCP with GSO", "Gbit/s",
            bars(".gbps", "tcp."))
    picture(os.path.join(directory, "udp.svg"), "UDP with GSO", "Gbit/s",
            bars(".gbps", "udpgso."))
    picture(os.path.join(directory, "cores.svg"),
            "Two processors over one", "x",
            [(r["name"][len("ratio.cores."):], r["value"]) for r in res.list
             if r["name"].startswith("ratio.cores.")])
    picture(os.path.join(directory, "latency.svg"),
            "Round trip, median and 99 of 100, two processors", "us",
            [(r["name"][len("latency."):], r["value"]) for r in res.list
             if r["name"].startswith("latency.")])
    picture(os.path.join(directory, "two.svg"),
            "TCP with GSO, two processors", "Gbit/s",
            bars(".gbps", "two.tcp."))


# ---- documentation ----------------------------------------------------------

def rst(res, about):
    lines = ["", ":%s: %s" % ("Command", "``%s``" % dict(about)["command"])]
    lines += [":%s: %s" % (k.capitalize(), v) for k, v in about
              if k != "command"]
    lines += ["", ".. list-table::", "   :header-rows: 1", "",
              "   * - Row", "     - Value", "     - Unit", "     - Note"]
    for r in res.list:
        lines += ["   * - ``%s``" % r["name"], "     - %.5g" % r["value"],
                  "     - %s" % r["unit"], "     - %s" % r["note"]]
    return "\n".join(lines) + "\n\n"


def write_rst(path, content):
    with open(path, encoding="utf-8") as f:
        old = f.read()
    if BEGIN not in old or END not in old:
        sys.exit("report.py: no marked part in " + path)
    head, rest = old.split(BEGIN, 1)
    tail = rest.split(END, 1)[1]
    with open(path, "w", encoding="utf-8") as f:
        f.write(head + BEGIN + content + END + tail)


def main():
    directory = sys.argv[1]
    res = collect(directory)
    about = machine(directory)
    table = text(res, about)
    with open(os.path.join(directory, "results.json"), "w",
              encoding="ascii") as f:
        json.dump(res.list, f, indent=1)
        f.write("\n")
    with open(os.path.join(directory, "results.txt"), "w",
              encoding="utf-8") as f:
        f.write(table)
    if len(sys.argv) == 4 and sys.argv[2] == "--rst":
        write_rst(sys.argv[3], rst(res, about))
        return
    pictures(res, directory)
    sys.stdout.write(table)


main()
