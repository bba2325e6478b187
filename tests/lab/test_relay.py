"""The relay with real sockets on loopback, in this process."""

from __future__ import annotations

import asyncio
import socket
import struct
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from tests.e2e.service import free_port
from tests.lab.conditions import Conditions
from tests.lab.network import HOST, HOSTS, network
from tests.lab.relay import Relay
from tests.lab.test_lines import check

NEAR = Conditions(delay_ms=5)


class Echo(asyncio.DatagramProtocol):
    """A server that says where a datagram came from, and sends it back."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = transport
        self.sources: list[tuple[str, int]] = []

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        self.sources.append(addr)
        self.transport.sendto(data, addr)


async def say_back(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while data := await reader.read(1000):
        writer.write(data)
    writer.close()


@asynccontextmanager
async def relayed() -> AsyncIterator[tuple[Relay, Echo, int]]:
    port, loop = free_port(socket.SOCK_DGRAM, hosts=HOSTS), asyncio.get_running_loop()
    transport, echo = await loop.create_datagram_endpoint(Echo, ("127.0.0.1", port))
    server = await asyncio.start_server(say_back, "127.0.0.1", port)
    relay = Relay("127.0.0.1", media=[port], up=NEAR, down=NEAR)
    await relay.open()
    try:
        yield relay, echo, port
    finally:
        await relay.close()
        server.close()
        transport.close()


@asynccontextmanager
async def browser(port: int) -> AsyncIterator[socket.socket]:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        sock.setblocking(False)
        sock.connect((HOST, port))
        yield sock


async def told_back(sock: socket.socket, what: bytes) -> float:
    """Send it, wait for it to come back; the seconds that took."""
    loop = asyncio.get_running_loop()
    began_s = loop.time()
    await loop.sock_sendall(sock, what)
    async with asyncio.timeout(10):
        while await loop.sock_recv(sock, 2000) != what:
            pass
    return loop.time() - began_s


async def test_datagrams_go_and_come_back_late_and_each_browser_has_its_own_address():
    async with relayed() as (relay, echo, port), browser(port) as one, browser(port) as other:
        assert await told_back(one, check("s1:one")) >= 0.0099
        await told_back(one, b"\x80 media")
        await told_back(other, check("s2:other"))
        assert len(set(echo.sources)) == 2
        counts = relay.obey({"counts": True})["lines"]
        assert counts["s1:one"]["udp_flows"] == 1
        assert counts["s1:one"]["up"]["delivered"] == counts["s1:one"]["down"]["delivered"] == 2


async def test_a_rebound_flow_comes_from_another_address_and_still_has_its_answers():
    async with relayed() as (relay, echo, port), browser(port) as one:
        await told_back(one, check("s1:one"))
        assert relay.obey({"rebind": "one"}) == {"ok": True, "flows": 1}
        await told_back(one, b"\x80 media")
        assert len(set(echo.sources)) == 2


async def test_where_udp_is_blocked_tcp_gets_through():
    async with relayed() as (relay, echo, port), browser(port) as one:
        relay.obey({"set": "all", "both": {"udp_blocked": True}})
        await asyncio.get_running_loop().sock_sendall(one, check("s1:one"))
        reader, writer = await asyncio.open_connection(HOST, port)
        framed = struct.pack("!H", len(check("s1:one"))) + check("s1:one")
        writer.write(framed)
        assert await asyncio.wait_for(reader.readexactly(len(framed)), 10)
        writer.close()
        assert echo.sources == []
        line = relay.obey({"counts": True})["lines"]["s1:one"]
        assert line["tcp_flows"] == 1
        assert line["up"]["blocked"] == 1


async def test_a_connection_brings_everything_in_order_through_a_narrow_line():
    async with relayed() as (relay, _echo, port):
        relay.obey({"set": "all", "both": {"kbps": 2000, "queue_ms": 20, "loss": 0.05}})
        reader, writer = await asyncio.open_connection(HOST, port)
        sent = bytes(range(256)) * 200
        writer.write(sent)
        writer.write_eof()
        assert await asyncio.wait_for(reader.read(-1), 20) == sent
        writer.close()


async def test_a_cut_line_carries_nothing_and_goes_on_when_it_is_mended():
    async with relayed() as (relay, _echo, port):
        reader, writer = await asyncio.open_connection(HOST, port)
        writer.write(b"before")
        assert await asyncio.wait_for(reader.readexactly(6), 10) == b"before"
        relay.obey({"set": "all", "both": {"cut": True}})
        writer.write(b"after")
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(reader.readexactly(5), 0.2)
        relay.obey({"set": "all", "both": {"cut": False}})
        assert await asyncio.wait_for(reader.readexactly(5), 10) == b"after"
        writer.close()


async def test_the_process_takes_orders_and_says_what_is_wrong_with_one():
    port = free_port(socket.SOCK_DGRAM, hosts=HOSTS)
    async with network([port]) as net:
        await net.set("all", both={"loss": 0.1})
        assert await net.rebind("all") == 0
        assert await net.counts() == {}
        with pytest.raises(LookupError, match="no such condition: lost"):
            await net.set("all", both={"lost": 0.1})
        with pytest.raises(LookupError, match="no line is called ghost"):
            await net.set("ghost", both={"loss": 0.1})
