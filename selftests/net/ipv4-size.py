#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""
Size limit of IPv4 packets with offload on a device, both ways, which ip(8) of
Debian 12 can't set:

    ipv4-size.py DEVICE BYTES
"""
import socket
import struct
import sys

RTM_NEWLINK, RTM_GETLINK, RTM_SETLINK = 16, 18, 19
REQUEST, ACK = 1, 4
IFLA_GSO_IPV4_MAX_SIZE, IFLA_GRO_IPV4_MAX_SIZE = 63, 64


def ask(kind, flags, index, attrs=b''):
    """The answer to one message, without its header."""
    with socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 0) as sock:
        body = struct.pack('=BxHiII', 0, 0, index, 0, 0) + attrs
        sock.send(struct.pack('=IHHII', 16 + len(body), kind, REQUEST | flags,
                              1, 0) + body)
        answer = sock.recv(65536)
    if struct.unpack_from('=H', answer, 4)[0] != RTM_NEWLINK:
        error = -struct.unpack_from('=i', answer, 16)[0]
        if error:
            raise OSError(error, 'the kernel refuses')
    return answer[16:]


def limits(info):
    """Both, of those that the kernel knows."""
    found, at = {}, 16
    while at + 4 <= len(info):
        size, kind = struct.unpack_from('=HH', info, at)
        if kind in (IFLA_GSO_IPV4_MAX_SIZE, IFLA_GRO_IPV4_MAX_SIZE):
            found[kind] = struct.unpack_from('=I', info, at + 4)[0]
        at += max(4, size + 3 & ~3)
    return found


def main():
    index, size = socket.if_nametoindex(sys.argv[1]), int(sys.argv[2])
    wanted = {IFLA_GSO_IPV4_MAX_SIZE: size, IFLA_GRO_IPV4_MAX_SIZE: size}
    # An older kernel takes no notice of them.
    if set(limits(ask(RTM_GETLINK, 0, index))) != set(wanted):
        sys.exit('this kernel has no such limit (Linux 6.3 has)')
    ask(RTM_SETLINK, ACK, index, b''.join(
        struct.pack('=HHI', 8, kind, size) for kind in wanted))
    if limits(ask(RTM_GETLINK, 0, index)) != wanted:
        sys.exit(f'{sys.argv[1]} did not take {size} bytes')


main()
