# SPDX-License-Identifier: GPL-2.0
"""
The experiments of GINE (2012, table 1 and figure 11) with our links and with
veth and netem: what is set on links of a chain, and what its ends see.
"""
from chain import Chain

KINDS = ("netem", "nlink")
RATES = (1000, 20, 10)			# Mbit/s
CROSS = (10, 20)
QUEUE = 100				# packets before a shared link
PAPER_RATE = {1000: 39.6, 20: 19.1, 10: 9.6}
PAPER_HOPS = "71 to 161", "35 to 63"	# TCP, 1 to 3 and 4 to 6 hops
MAX_HOPS = 6


def row(name, kind, value, unit, better, note):
    return {"name": "gine.%s.%s" % (name, kind), "value": value, "unit": unit,
            "better": better, "note": note}


def delay(kind):
    """Set in both directions, unlike there; so half of the round trip."""
    chain = Chain("gd" + kind, kind, ["delay 100ms", "delay 200ms",
                                      "delay 300ms"])
    return row("delay600", kind, chain.ping(5) / 2, "ms", "lower",
               "GINE 606.599")


def loss(kind, packets):
    chain = Chain("gl" + kind, kind, ["loss 10%"] * 3).sink()
    lost = 1 - chain.flood(packets)[1]
    sure = 1.96 * (0.271 * 0.729 / packets) ** 0.5
    return row("loss271", kind, lost, "", "lower",
               "0.271 +- %.4f expected (95 %%, %d packets), GINE 0.263" %
               (sure, packets))


def rates(kind, seconds):
    for mbit in RATES:
        chain = Chain("gr%s%d" % (kind, mbit), kind,
                      ["rate %dmbit" % mbit]).serve()
        yield row("rate%d" % mbit, kind, chain.iperf(seconds), "Mbit/s",
                  "higher", "TCP's share of it is %.1f, GINE %g" %
                  (mbit * 1448 / 1514, PAPER_RATE[mbit]))


def hops(kind, seconds):
    """Nothing is set, only forwarded."""
    for count in range(1, MAX_HOPS + 1):
        chain = Chain("gh%s%d" % (kind, count), kind, [""] * (count + 1))
        yield row("hops%d" % count, kind, chain.serve().iperf(seconds),
                  "Mbit/s", "higher", "TCP, GINE " + PAPER_HOPS[count > 3])


def shared(kind, seconds):
    """TCP on a link of 30 Mbit/s with UDP of @CROSS beside it."""
    for mbit in CROSS:
        chain = Chain("gs%s%d" % (kind, mbit), kind,
                      ["rate 30mbit"], QUEUE).serve().serve(5202)
        other = chain.cross(mbit, seconds + 2)
        value = chain.iperf(seconds)
        other.communicate()
        yield row("shared%d" % mbit, kind, value, "Mbit/s", "higher",
                  "TCP on 30 Mbit/s beside UDP of %d, GINE about %d" %
                  (mbit, 30 - mbit))


def table(full):
    out = []
    for kind in KINDS:
        out += [delay(kind), loss(kind, 1000000 if full else 100000)]
        out += rates(kind, 4 if full else 2)
        # netem without an impairment is veth
        out += hops("veth" if kind == "netem" else kind, 2 if full else 1)
        out += shared(kind, 6 if full else 3)
    return out
