"""What a client may pile up has an end: spoken by hand over real sockets, against the installed libraries."""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from socket import SO_RCVBUF, SO_SNDBUF, SOL_SOCKET
from urllib.parse import urlsplit

import aiohttp
import pytest
import structlog

from server.signalling import strict_socket
from server.signalling.strict_server import LEAVE_WITHIN_S, StrictServer, event_packet
from server.signalling.strict_socket import LARGEST_QUEUE_CHARS, LONGEST_QUEUE_PKTS, StrictSocket
from tests.unit.signalling.clients import Server, serving

CONNECT = '40{"link": "link-hannah"}'
TEN_MB = 10_000_000
HANNAH = {"Cookie": "mr_link-hannah=secret-hannah"}


@pytest.fixture
async def server(tmp_path: Path) -> AsyncIterator[Server]:
    async with serving(tmp_path) as running:
        yield running


def strict(server: Server) -> StrictServer:
    return server.signalling._server


async def until(condition: Callable[[], bool]) -> None:
    """Let the loop turn until this holds."""
    async with asyncio.timeout(5):
        while not condition():  # noqa: ASYNC110 - the libraries tell nobody
            await asyncio.sleep(0)


class Wire:
    """A WebSocket on which Engine.IO is spoken by hand."""

    def __init__(self, ws: aiohttp.ClientWebSocketResponse) -> None:
        self.ws = ws

    async def send(self, packet: str | bytes) -> None:
        if isinstance(packet, bytes):
            await self.ws.send_bytes(packet)
        else:
            await self.ws.send_str(packet)

    async def until_closed(self) -> None:
        async with asyncio.timeout(5):
            while (await self.ws.receive()).type is aiohttp.WSMsgType.TEXT:
                pass

    async def told(self) -> str:
        return (await asyncio.wait_for(self.ws.receive(), 5)).data  # type: ignore[no-any-return]

    async def first_of(self, *beginnings: str) -> str:
        """Read on until something begins with one of these; which."""
        while True:
            told = await self.told()
            for beginning in beginnings:
                if told.startswith(beginning):
                    return beginning

    async def answer_to(self, packet: str) -> str:
        await self.send(packet)
        return await self.told()


def stop_reading(one: Wire, socket: StrictSocket) -> asyncio.Transport:
    """Have a client take nothing more, and meet the end of its queue: no time limit comes before that, and
    the kernel keeps little for the line. Returns the client's end of it.
    """
    line: asyncio.Transport = one.ws._response.connection.transport  # type: ignore[union-attr, assignment]
    line.pause_reading()
    line.get_extra_info("socket").setsockopt(SOL_SOCKET, SO_RCVBUF, 5_000)
    assert socket._carrier is not None
    socket._carrier._send_timeout_s = socket.server.ping_timeout = 600
    transport = socket._carrier._ws.environ["aiohttp.request"].transport
    transport.get_extra_info("socket").setsockopt(SOL_SOCKET, SO_SNDBUF, 5_000)
    return line


@asynccontextmanager
async def wire(server: Server, *, cookie: bool = True, connected: bool = True) -> AsyncIterator[Wire]:
    """A socket of Hannah's; without the cookie nobody knows whose."""
    url = f"{server.url}/socket.io/?EIO=4&transport=websocket"
    headers = HANNAH if cookie else {}
    async with aiohttp.ClientSession(headers=headers) as http, http.ws_connect(url) as ws:
        one = Wire(ws)
        assert (await ws.receive_str()).startswith("0")
        if connected:
            assert (await one.answer_to(CONNECT)).startswith("40")
        yield one


MALFORMED: list[str | bytes] = [
    "49",
    "x",
    "42",
    "42[]",
    '42{"a": 1}',
    "42[",
    "4[" + "[" * 90_000,
    "421" + "[" * 90_000,
    "421[" + "9" * 5000 + "]",
    "44{}",
    '451-["chat:post",{"_placeholder":true,"num":0}]',
    '45["chat:post"]',
    '461-1["chat:post"]',
    '422-["chat:post",{}]',
    "bAAAA",
    b"binary",
    "4",
]


@pytest.mark.parametrize("connected", [True, False])
@pytest.mark.parametrize("packet", MALFORMED, ids=lambda packet: str(packet[:12]))
async def test_a_malformed_packet_is_counted_and_its_sender_hung_up_on_without_a_word_in_the_log(
    server: Server, packet: str | bytes, connected: bool, capfd: pytest.CaptureFixture[str]
) -> None:
    async with wire(server, cookie=connected, connected=connected) as one:
        await one.send(packet)
        await one.until_closed()
    assert server.signalling.counts["malformed"] == 1
    await until(lambda: not strict(server).eio.sockets)
    assert capfd.readouterr() == ("", "")


async def test_binary_packets_are_not_collected(server: Server) -> None:
    async with wire(server) as one:
        await one.send('459-["chat:post",{"_placeholder":true,"num":0}]')
        await one.until_closed()
    assert strict(server)._binary_packet == {}


@pytest.mark.parametrize("body", ["x", "\x1e", "42[", "bAAAA", "4" + "[" * 90_000, "\x1e".join(["3"] * 17)])
async def test_a_malformed_poll_is_counted_and_its_sender_hung_up_on(
    server: Server, body: str, capfd: pytest.CaptureFixture[str]
) -> None:
    url = f"{server.url}/socket.io/?EIO=4&transport=polling"
    async with aiohttp.ClientSession() as http:
        async with http.get(url) as reply:
            url += f"&sid={json.loads((await reply.text())[1:])['sid']}"
        async with http.post(url, data=body) as reply:
            assert reply.status in (200, 400)
        async with http.post(url, data="3") as reply:
            assert reply.status == 400
    assert server.signalling.counts == {"malformed": 1, "bad_request": 1}
    assert capfd.readouterr() == ("", "")


async def test_ten_megabytes_over_a_websocket_are_counted_and_their_sender_hung_up_on(
    server: Server, capfd: pytest.CaptureFixture[str]
) -> None:
    hannah = await server.joined("hannah")
    async with wire(server) as one:
        with contextlib.suppress(ConnectionError):  # hung up on before all of it is out
            await one.send('421["chat:post",{"text":"' + "x" * TEN_MB + '"}]')
        await one.until_closed()
    await until(lambda: server.signalling.counts.get("too_long") == 1)
    assert (await hannah.ask("chat:post", {"key": "a-random-key", "text": "Still here"}))["ok"]
    assert capfd.readouterr() == ("", "")


async def test_ten_megabytes_by_polling_are_counted_and_refused(
    server: Server, capfd: pytest.CaptureFixture[str]
) -> None:
    url = f"{server.url}/socket.io/?EIO=4&transport=polling"
    async with aiohttp.ClientSession(headers=HANNAH) as http:
        async with http.get(url) as reply:
            url += f"&sid={json.loads((await reply.text())[1:])['sid']}"
        with contextlib.suppress(aiohttp.ClientConnectionError):
            async with http.post(url, data=b"4" * TEN_MB) as reply:
                assert reply.status == 400
    assert server.signalling.counts["too_long"] == 1
    assert (await server.joined("hannah")).ack["ok"]
    assert capfd.readouterr() == ("", "")


async def test_acknowledgements_that_are_not_read_are_not_piled_up(server: Server) -> None:
    tom = await server.joined("tom")
    for number in range(50):
        server.seconds += 10
        await tom.ask("chat:post", {"key": f"a-random-key-{number}", "text": "x" * 1000})
    (toms,) = strict(server).eio.sockets
    async with wire(server) as one:
        (socket,) = (each for sid, each in strict(server).eio.sockets.items() if sid != toms)
        line = stop_reading(one, socket)
        largest = 0
        for number in range(1000):
            server.seconds += 10
            await one.send(f'42{number}["class:join",{{}}]')
            await tom.ask("media:set", {"microphone_on": True, "camera_on": True})
            largest = max(largest, sum(len(each.data) for each in socket.queue._queue if each))
            if socket.closed:
                break
        assert socket.closed
        assert 1_000_000 < largest < LARGEST_QUEUE_CHARS + 100_000
        assert not any(socket.queue._queue)
        line.abort()
        await until(lambda: list(strict(server).eio.sockets) == [toms])
    assert server.signalling.counts["too_slow"] == 1
    open_class = await server.rooms.open_class("class3")
    assert [each.person_id for each in open_class.presence.connections()] == ["tom"]
    assert (await tom.ask("chat:post", {"key": "a-random-key", "text": "Still here"}))["ok"]


async def test_what_a_class_tells_one_who_reads_nothing_is_not_piled_up(server: Server) -> None:
    tom = await server.joined("tom")
    (toms,) = strict(server).eio.sockets
    async with wire(server) as one:
        await one.send('421["class:join",{}]')
        await until(lambda: len(strict(server).eio.sockets) == 2)
        (socket,) = (each for sid, each in strict(server).eio.sockets.items() if sid != toms)
        await tom.ask("person:admit", {"person": "hannah"})
        line = stop_reading(one, socket)
        longest = 0
        for number in range(1000):
            server.seconds += 10
            text = f"{number:05} " + "x" * 990
            await tom.ask("chat:post", {"key": f"a-random-key-{number}", "text": text})
            longest = max(longest, socket.queue.qsize())
            if socket.closed:
                break
        assert socket.closed
        assert longest == LONGEST_QUEUE_PKTS
        assert not any(socket.queue._queue)
        line.abort()
        await until(lambda: list(strict(server).eio.sockets) == [toms])
    assert server.signalling.counts["too_slow"] == 1
    assert (await tom.ask("chat:post", {"key": "a-random-key", "text": "Still here"}))["ok"]


async def test_who_asks_is_answered_before_she_is_told_what_follows(server: Server) -> None:
    """Pages take the answer for the end of what they do, and close what it was asked in."""
    async with wire(server) as one:
        await one.send('421["class:join",{}]')
        await one.send('422["chat:post",{"key":"a-random-key","text":"Hello"}]')
        assert await one.first_of('432[{"ok":true', '42["message"') == '432[{"ok":true'
        assert await one.first_of('42["message"') == '42["message"'


async def test_who_is_told_too_much_in_one_moment_is_hung_up_on_once(server: Server) -> None:
    async with wire(server) as one:
        (sid,) = strict(server).manager.get_participants("/", None)
        for _ in range(LONGEST_QUEUE_PKTS + 50):
            strict(server).put_packet(sid[0], event_packet("media_restart", {}))
        await one.until_closed()
    assert server.signalling.counts["too_slow"] == 1


async def test_what_a_poller_does_not_fetch_is_not_piled_up(server: Server) -> None:
    url = f"{server.url}/socket.io/?EIO=4&transport=polling"
    async with aiohttp.ClientSession(headers=HANNAH) as http:
        async with http.get(url) as reply:
            url += f"&sid={json.loads((await reply.text())[1:])['sid']}"
        statuses = []
        packets = [CONNECT, *(f'42{number}["class:leave",{{}}]' for number in range(2 * LONGEST_QUEUE_PKTS))]
        for packet in packets:
            async with http.post(url, data=packet) as reply:
                statuses.append(reply.status)
    assert statuses[:LONGEST_QUEUE_PKTS] == [200] * LONGEST_QUEUE_PKTS
    assert set(statuses[LONGEST_QUEUE_PKTS:]) <= {200, 400}
    assert statuses[-1] == 400
    assert server.signalling.counts["too_slow"] == 1


async def test_a_socket_that_never_connects_to_a_class_is_closed(server: Server) -> None:
    async with wire(server, connected=False) as outside, wire(server) as inside:
        server.timers.pass_s(LEAVE_WITHIN_S - 1)
        await outside.send("3")
        server.timers.pass_s(1)
        await outside.until_closed()
        assert (await inside.answer_to('421["class:leave",{}]')).startswith("431")
    assert server.signalling.counts["stayed_outside"] == 1


async def test_a_socket_that_is_refused_or_leaves_its_class_is_closed_if_it_stays(server: Server) -> None:
    async with wire(server, cookie=False, connected=False) as refused, wire(server) as leaving:
        assert (await refused.answer_to(CONNECT)).startswith("44")
        server.timers.pass_s(LEAVE_WITHIN_S)
        await refused.until_closed()
        await leaving.send("41")
        await until(lambda: not len(server.signalling._namespace._sockets))
        server.timers.pass_s(LEAVE_WITHIN_S)
        await leaving.until_closed()


async def test_who_goes_while_she_is_being_connected_leaves_nothing_behind(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    reading, went = server.database.reading, asyncio.Event()

    @asynccontextmanager
    async def held() -> AsyncIterator[object]:
        async with reading() as session:
            for socket in list(strict(server).eio.sockets.values()):
                await socket.close()
            went.set()
            yield session

    monkeypatch.setattr(server.database, "reading", held)
    async with wire(server, connected=False) as one:
        await one.send(CONNECT)
        await asyncio.wait_for(went.wait(), 5)
        await one.until_closed()
    await until(lambda: strict(server).manager.rooms == {})
    assert len(server.signalling._namespace._sockets) == 0
    assert server.signalling.counts == {}


@pytest.mark.parametrize("method", ["GET", "HEAD"])
@pytest.mark.parametrize("query", ["EIO=3&transport=polling", "EIO=4&transport=pigeon", "EIO=4&sid=made-up"])
async def test_each_request_that_is_none_of_ours_is_counted_and_not_logged(
    server: Server, method: str, query: str, capfd: pytest.CaptureFixture[str]
) -> None:
    async with aiohttp.ClientSession() as http:
        for _ in range(2):
            async with http.request(method, f"{server.url}/socket.io/?{query}") as reply:
                assert reply.status in (400, 405)
    assert server.signalling.counts == {"bad_request": 2}
    assert capfd.readouterr() == ("", "")


async def polling(server: Server, http: aiohttp.ClientSession) -> str:
    """The address of an Engine.IO socket that polls."""
    url = f"{server.url}/socket.io/?EIO=4&transport=polling"
    async with http.get(url) as reply:
        return f"{url}&sid={json.loads((await reply.text())[1:])['sid']}"


async def pieces(*every: bytes) -> AsyncIterator[bytes]:
    for each in every:
        yield each


@pytest.mark.parametrize("size", [1, TEN_MB])
async def test_a_body_that_does_not_say_how_long_it_is_is_counted_and_refused(
    server: Server, size: int, capfd: pytest.CaptureFixture[str]
) -> None:
    async with aiohttp.ClientSession(headers=HANNAH) as http:
        url = await polling(server, http)
        async with http.post(url, data=pieces(*[b"4" * min(size, 100_000)] * -(-size // 100_000))) as reply:
            assert reply.status == 411
    assert server.signalling.counts == {"too_long": 1}
    assert capfd.readouterr() == ("", "")


async def test_a_body_that_comes_in_pieces_is_taken_whole(server: Server) -> None:
    message = '421["chat:post",{"key":"a-random-key","text":"' + "hello " * 100 + '"}]'
    async with aiohttp.ClientSession(headers=HANNAH) as http:
        url = await polling(server, http)
        for packet in (CONNECT, '420["class:join",{}]'):
            async with http.post(url, data=packet) as reply:
                assert reply.status == 200
        async with slow_post(url, message) as (reader, second_half):
            second_half.set()
            assert (await reader.readline()).startswith(b"HTTP/1.1 200")
        heard = ""
        async with asyncio.timeout(5):
            while '431[{"ok":true' not in heard.replace(" ", ""):
                async with http.get(url) as reply:
                    heard += await reply.text()
    assert server.signalling.counts == {}


async def test_a_body_that_stops_half_way_is_counted_and_its_sender_hung_up_on(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(strict_socket, "BODY_TIMEOUT_S", 0.05)
    async with aiohttp.ClientSession(headers=HANNAH) as http:
        url = await polling(server, http)
        async with slow_post(url, CONNECT) as (reader, _second_half):
            assert (await reader.readline()).startswith(b"HTTP/1.1 400")
    assert server.signalling.counts == {"too_slow": 1}
    assert not strict(server).eio.sockets


@asynccontextmanager
async def slow_post(url: str, body: str) -> AsyncIterator[tuple[asyncio.StreamReader, asyncio.Event]]:
    """Send the first half of a body, and the second once the event is set, as a slow line would."""
    address = urlsplit(url)
    reader, writer = await asyncio.open_connection(address.hostname, address.port)
    half, go_on = len(body) // 2, asyncio.Event()
    head = (
        f"POST {address.path}?{address.query} HTTP/1.1\r\nHost: test\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    writer.write(f"{head}{body[:half]}".encode())
    await writer.drain()

    async def send_the_rest() -> None:
        await go_on.wait()
        for _ in range(100):  # the first half has been read by now
            await asyncio.sleep(0)
        writer.write(body[half:].encode())

    rest = asyncio.create_task(send_the_rest())
    try:
        yield reader, go_on
    finally:
        rest.cancel()
        writer.close()


async def test_a_bug_of_ours_in_handling_sockets_is_logged(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def broken(*_: object) -> None:
        raise KeyError("a bug")

    monkeypatch.setattr(server.rooms, "disconnected", broken)
    with structlog.testing.capture_logs() as logged:
        async with wire(server):
            pass
        await until(lambda: bool(logged))
    assert [(each["event"], each["log_level"]) for each in logged] == [("socket handling failed", "error")]
    assert "exc_info" in logged[0]
