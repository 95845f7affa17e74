# SPDX-License-Identifier: GPL-2.0
"""Network of the packet tests: a translator between two bare links.

    c0 (hosts on IPv4) ------ x4 translator x6 ------ s0 (hosts on IPv6)
                      198.51.100.1         2001:db8:1::1

The hosts are this program: it writes frames to c0 and s0 and reads what comes
back. The namespaces of c0 and s0 have no address, so nobody else answers.
All three namespaces are nameless and end with the process.
"""
import ctypes
import fcntl
import json
import os
import select
import socket
import struct
import subprocess
import time

CLONE_NEWNET = 0x40000000
SIOCSIFMTU = 0x8922
MAC = {'c': '02:00:00:00:00:c0', 'x4': '02:00:00:00:00:04',
       's': '02:00:00:00:00:50', 'x6': '02:00:00:00:00:06'}
SIDES = {'c': ('c0', 'x4'), 's': ('s0', 'x6')}
ETH_P_ALL, ETH_P_IP, ETH_P_ARP, ETH_P_IPV6 = 3, 0x0800, 0x0806, 0x86dd
PATIENCE = 2        # seconds until a packet that must come is missing

BUFFER = memoryview(bytearray(1 << 17))    # a new one each time costs more

libc = ctypes.CDLL(None, use_errno=True)


def libc_call(name, *args):
    if getattr(libc, name)(*args) < 0:
        raise OSError(ctypes.get_errno(), name)


def mac_bytes(text):
    return bytes.fromhex(text.replace(':', ''))


def new_namespace():
    libc_call('unshare', CLONE_NEWNET)
    return os.open('/proc/self/ns/net', os.O_RDONLY | os.O_CLOEXEC)


class Genl:
    """The statistics request, without starting a program for each."""

    def __init__(self):
        self.sock = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 16)
        self.sock.bind((0, 0))
        # controller: CTRL_CMD_GETFAMILY with CTRL_ATTR_FAMILY_NAME
        reply = self.ask(16, 3, 1, struct.pack('=HH', 9, 2) + b'nlab\0\0\0\0')
        self.family = struct.unpack('=H', dict(attrs(reply))[1])[0]

    def ask(self, family, command, version, body=b''):
        self.sock.send(struct.pack('=LHHLLBBH', 20 + len(body), family, 1, 1,
                                   0, command, version, 0) + body)
        reply = self.sock.recv(8192)
        if struct.unpack_from('=H', reply, 4)[0] == 2:
            raise OSError(-struct.unpack_from('=i', reply, 16)[0], 'netlink')
        return reply[20:struct.unpack_from('=L', reply)[0]]

    def stats(self, command, nest):
        body = dict(attrs(self.ask(self.family, command, 1)))[nest]
        return [struct.unpack('=Q', v)[0] for k, v in attrs(body) if k != 1]


def attrs(data):
    at = 0
    while at + 4 <= len(data):
        size, kind = struct.unpack_from('=HH', data, at)
        yield kind & 0x3fff, data[at + 4:at + size]
        at += (size + 3) & ~3


class Host:
    """One end: an AF_PACKET socket and the frames it has read."""

    def __init__(self, dev, mac, peer):
        self.sock = socket.socket(socket.AF_PACKET, socket.SOCK_RAW,
                                  socket.htons(ETH_P_ALL))
        self.sock.bind((dev, ETH_P_ALL))
        self.sock.setblocking(False)
        self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4 << 20)
        self.frame = {v: mac_bytes(peer) + mac_bytes(mac) +
                      struct.pack('!H', t)
                      for v, t in ((4, ETH_P_IP), (6, ETH_P_IPV6))}
        self.inbox, self.seen = [], set()

    def send(self, packet, version=None):
        self.sock.send(self.frame[version or packet[0] >> 4] + packet)

    def read(self):
        while True:
            try:
                size, where = self.sock.recvfrom_into(BUFFER)
            except BlockingIOError:
                return
            if where[2] != socket.PACKET_OUTGOING:
                self.sort(where[1], bytes(BUFFER[14:size]))

    def sort(self, proto, packet):
        if proto == ETH_P_ARP:
            self.seen.add(packet[18:24])
        elif proto == ETH_P_IPV6 and not native_chatter(packet):
            self.inbox.append(packet)
        elif proto == ETH_P_IP:
            self.inbox.append(packet)


def native_chatter(packet):
    """Neighbour discovery and MLD of the translator's own links."""
    source_is_local = packet[8:10] == b'\xfe\x80' or not any(packet[8:24])
    to_link = packet[24:26] in (b'\xff\x02', b'\xfe\x80')
    return source_is_local or (to_link and packet[7] == 255)


class Lab:
    """Builds the network; sends, collects, counts."""

    def __init__(self):
        os.sched_setaffinity(0, {0})    # order on one CPU is order on a wire
        self.ns = {name: new_namespace() for name in 'cst'}
        self.enter('t')
        self.links()
        self.control = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.hosts = {}
        for name, (dev, peer) in SIDES.items():
            self.enter(name)
            self.hosts[name] = Host(dev, MAC[name], MAC[peer])
        self.enter('t')
        self.marks = 0
        self.translator()

    def translator(self):
        self.genl = Genl()
        self.names = list(json.loads(self.nlabctl('-j', 'show-stats')))

    def enter(self, name):
        libc_call('setns', self.ns[name], CLONE_NEWNET)

    def ip(self, *lines):
        subprocess.run(['ip', '-b', '-'], input='\n'.join(lines) + '\n',
                       text=True, check=True)

    def links(self):
        add = []
        for name, (dev, peer) in SIDES.items():
            add.append(f'link add {peer} address {MAC[peer]} mtu 1500 type '
                       f'veth peer name {dev} address {MAC[name]} mtu 65535 '
                       f'netns /proc/{os.getpid()}/fd/{self.ns[name]}')
        for name in 'cst':
            self.enter(name)
            self.sysctls(name)
        self.ip(*add)
        for name, (dev, _) in SIDES.items():
            self.enter(name)
            self.ip(f'link set {dev} up')
        self.enter('t')
        self.ip('link set lo up', 'link set x4 up', 'link set x6 up',
                'addr add 198.51.100.1/30 dev x4',
                'addr add 2001:db8:1::1/64 dev x6 nodad',
                f'neigh add 198.51.100.2 lladdr {MAC["c"]} dev x4',
                f'neigh add 2001:db8:1::2 lladdr {MAC["s"]} dev x6',
                'route add default via 198.51.100.2',
                'route add default via 2001:db8:1::2',
                'route add 2001:db8:ffff::/48 via 2001:db8:1::2',
                'route add unreachable 192.0.2.192/26',
                'route add unreachable 2001:db8:dead::/48',
                'route add 192.0.2.128/26 dev x6')
        self.neighbours(range(0x10, 0x20))
        self.outside()

    def outside(self):
        """IPv6 on link c; an MTU below 1280 there takes it away."""
        self.ip('addr replace 2001:db8:f0::1/64 dev x4 nodad',
                f'neigh replace 2001:db8:f0::2 lladdr {MAC["c"]} dev x4',
                'route replace 2001:db8:f0::/44 via 2001:db8:f0::2')

    def neighbours(self, hosts):
        self.ip(*(f'neigh replace 2001:db8:1::{h:x} lladdr {MAC["s"]} dev x6'
                  for h in hosts))

    def sysctls(self, name):
        values = {'ipv6/conf/all/accept_dad': 0,
                  'ipv6/conf/default/accept_dad': 0,
                  'ipv6/conf/default/router_solicitations': 0,
                  'ipv4/conf/all/rp_filter': 0,
                  'ipv4/conf/default/rp_filter': 0,
                  'ipv4/conf/all/send_redirects': 0,
                  'ipv4/conf/default/send_redirects': 0}
        if name == 't':
            values.update({'ipv4/ip_forward': 1,
                           'ipv6/conf/all/forwarding': 1,
                           'ipv4/icmp_ratelimit': 0,
                           'ipv6/icmp/ratelimit': 0,
                           'ipv6/auto_flowlabels': 0})
        else:
            values['ipv6/conf/all/disable_ipv6'] = 1
            values['ipv6/conf/default/disable_ipv6'] = 1
        for key, value in values.items():
            self.sysctl(key, value)
        if name == 't':
            self.global_limits()

    @staticmethod
    def global_limits():
        """Of the whole machine in older kernels, then not writable here."""
        for key in 'icmp_msgs_per_sec', 'icmp_msgs_burst':
            try:
                Lab.sysctl('ipv4/' + key, 1000000)
            except OSError:
                pass

    @staticmethod
    def sysctl(key, value):
        with open('/proc/sys/net/' + key, 'w', encoding='ascii') as f:
            f.write(str(value))

    def mtu(self, **values):
        for dev, value in values.items():
            fcntl.ioctl(self.control, SIOCSIFMTU,
                        struct.pack('16si12x', dev.encode(), value))

    def nlabctl(self, *args, text=None):
        run = subprocess.run(['nlabctl', *args], input=text, text=True,
                             capture_output=True, check=False)
        if run.returncode:
            raise RuntimeError(f'nlabctl {args} {text}: {run.stderr}')
        return run.stdout

    def stats(self):
        command, nest = 16, 7    # NLAB_CMD_STATS_GET, NLAB_A_STATS
        return dict(zip(self.names, self.genl.stats(command, nest)))

    def mark(self):
        """Waits until all that was sent before has been dealt with.

        The answer of the translator's node to an ARP probe runs through the
        same queues, so it comes after everything else; and no map, route or
        rule concerns it.
        """
        self.marks += 1
        sender = b'\x06\0' + struct.pack('!L', self.marks)
        probe = (b'\xff' * 6 + sender + b'\x08\x06' +
                 struct.pack('!HHBBH', 1, ETH_P_IP, 6, 4, 1) + sender +
                 bytes(10) + socket.inet_aton('198.51.100.1'))
        for host in self.hosts.values():
            host.sock.send(probe)
        return self.wait(lambda: all(sender in h.seen
                                     for h in self.hosts.values()))

    def wait(self, done):
        end = time.monotonic() + PATIENCE
        while True:
            for host in self.hosts.values():
                host.read()
            if done():
                return True
            left = end - time.monotonic()
            if left <= 0:
                return False
            select.select([h.sock for h in self.hosts.values()], [], [], left)

    def exchange(self, sends, wanted, rounds=2):
        """Sends, returns what came out on each side."""
        for host in self.hosts.values():
            host.inbox.clear()
        for side, packet, version in sends:
            self.hosts[side].send(packet, version)
        self.wait(lambda: all(len(self.hosts[k].inbox) >= n
                              for k, n in wanted.items()))
        # An answer may cross the translator once more: two rounds.
        in_time = all(self.mark() for _ in range(rounds))
        return {k: list(h.inbox) for k, h in self.hosts.items()}, in_time
