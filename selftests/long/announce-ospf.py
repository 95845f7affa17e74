#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""Traffic for announce-ospf.sh: long TCP sessions, and UDP packets at a rate.

usage: announce-ospf.py serve
       announce-ospf.py run ADDRESS TCP UDP FILE

serve echoes TCP and UDP on port 7 of all addresses. run opens TCP sessions,
each of which sends a line and waits for it, again and again, and UDP flows that
send a number each 10 ms. It writes a line "ready" when all are answered, and
appends for each line that it reads from standard input the events since the
last one: NAME lost L gap MS broken B sessions S. UDP counts what was lost for
a case when its answers had a second to come.
"""
import asyncio
import socket
import sys
import time

PORT = 7
PERIOD = 0.01
LATE = 1.0


async def echo(reader, writer):
    try:
        while data := await reader.readline():
            writer.write(data)
            await writer.drain()
    except ConnectionError:
        pass
    writer.close()


class EchoUdp(asyncio.DatagramProtocol):
    def connection_made(self, transport):
        self.transport = transport

    def datagram_received(self, data, addr):
        self.transport.sendto(data, addr)


async def serve():
    loop = asyncio.get_running_loop()
    await loop.create_datagram_endpoint(EchoUdp, local_addr=("::", PORT))
    server = await asyncio.start_server(echo, "::", PORT, backlog=256)
    await server.serve_forever()


class Traffic:
    def __init__(self):
        self.sessions = self.broken = 0
        self.sent = {}          # (flow, number): when
        self.last = []          # of each UDP flow: last answer
        self.gap = 0.0

    async def session(self, address):
        try:
            reader, writer = await asyncio.open_connection(address, PORT)
            self.sessions += 1
            number = 0
            while True:
                number += 1
                line = b"%d\n" % number
                writer.write(line)
                await writer.drain()
                if await reader.readline() != line:
                    raise ConnectionError("not what was sent")
                await asyncio.sleep(0.05)
        except OSError:
            self.broken += 1

    def answered(self, flow, number):
        now = time.monotonic()
        self.sent.pop((flow, number), None)
        self.gap = max(self.gap, now - self.last[flow])
        self.last[flow] = now

    async def flow(self, address, flow):
        loop = asyncio.get_running_loop()
        traffic = self

        class Flow(asyncio.DatagramProtocol):
            def datagram_received(self, data, addr):
                traffic.answered(flow, int(data))

            def error_received(self, exc):
                pass            # unreachable: counted as lost

        transport, _ = await loop.create_datagram_endpoint(
            Flow, remote_addr=(address, PORT), family=socket.AF_INET)
        number = 0
        self.last.append(time.monotonic())
        while True:
            number += 1
            self.sent[flow, number] = time.monotonic()
            transport.sendto(b"%d" % number)
            await asyncio.sleep(PERIOD)

    async def report(self, name, out):
        """What is missing once what is under way had time to come."""
        until = time.monotonic()
        await asyncio.sleep(LATE)
        lost = [k for k, at in self.sent.items() if at < until]
        for key in lost:
            del self.sent[key]
        print(f"{name} lost {len(lost)} gap {self.gap * 1000:.0f} "
              f"broken {self.broken} sessions {self.sessions}",
              file=out, flush=True)
        self.gap = 0.0


async def run(address, tcp, udp, path):
    traffic = Traffic()
    tasks = [asyncio.create_task(traffic.session(address)) for _ in range(tcp)]
    tasks += [asyncio.create_task(traffic.flow(address, i)) for i in range(udp)]
    stdin = asyncio.StreamReader()
    await asyncio.get_running_loop().connect_read_pipe(
        lambda: asyncio.StreamReaderProtocol(stdin), sys.stdin)
    with open(path, "w") as out:
        while traffic.sessions < tcp:
            await asyncio.sleep(0.1)
        await asyncio.sleep(LATE)
        traffic.sent.clear()
        traffic.gap = 0.0
        print("ready", file=out, flush=True)
        while name := (await stdin.readline()).decode().strip():
            await traffic.report(name, out)
    del tasks


if sys.argv[1] == "serve":
    asyncio.run(serve())
else:
    asyncio.run(run(sys.argv[2], int(sys.argv[3]), int(sys.argv[4]),
                    sys.argv[5]))
