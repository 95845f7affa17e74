#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""
Pings many addresses at once, again each second those that have not answered:

    mesh.py SECONDS ADDRESS...

Prints how many answered; what did not, to stderr.
"""
import os
import socket
import struct
import sys
import time


def echo(ident):
    """An ICMP echo request (RFC 792) without data."""
    total = 0x0800 + ident
    return struct.pack("!BBHHH", 8, 0, ~(total + (total >> 16)) & 0xffff,
                       ident, 0)


def ask(sock, packet, addresses):
    for address in addresses:
        try:
            sock.sendto(packet, (address, 0))
        except OSError:
            pass    # no route yet


def main():
    end = time.monotonic() + float(sys.argv[1])
    waiting = set(sys.argv[2:])
    count = len(waiting)
    ident = os.getpid() & 0xffff
    sock = socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_ICMP)
    while waiting and time.monotonic() < end:
        ask(sock, echo(ident), waiting)
        again = time.monotonic() + 1
        while waiting and time.monotonic() < again:
            sock.settimeout(max(again - time.monotonic(), 0.001))
            try:
                data, (source, _) = sock.recvfrom(2048)
            except socket.timeout:
                break
            head = 4 * (data[0] & 15)
            if data[head:head + 1] == b"\0" and \
                    struct.unpack_from("!H", data, head + 4)[0] == ident:
                waiting.discard(source)
    print(count - len(waiting))
    for address in sorted(waiting):
        print("no answer from", address, file=sys.stderr)


main()
