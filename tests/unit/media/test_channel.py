"""Frames on the channel, and where the channel is."""

from __future__ import annotations

import asyncio
import contextlib
import os
import stat
import tempfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.errors import ProtocolError
from server.media import channel
from server.media.channel import Call, Problem, Reply, Told
from server.media.spec import Fingerprint, PeerNotice, PeerSpec, Route, WorkerHello


def reader_of(*pieces: bytes) -> asyncio.StreamReader:
    reader = asyncio.StreamReader()
    for piece in pieces:
        reader.feed_data(piece)
    reader.feed_eof()
    return reader


def framed(body: bytes) -> bytes:
    return len(body).to_bytes(4, "big") + body


SPEC = PeerSpec(
    room="r",
    peer="p",
    ufrag="u",
    pwd="w",
    remote_fingerprints=(Fingerprint(algorithm="sha-256", value="AB"),),
)
ROUTE = Route(to_peer="a", slot="stage", from_peer="b", source="camera", layer="m")


@pytest.mark.parametrize(
    "ask",
    [
        channel.SayHello(),
        channel.OpenPeer(spec=SPEC),
        channel.ClosePeer(peer="p"),
        channel.SetRoutes(room="r", routes=(ROUTE,)),
        channel.TellForwarding(room="r"),
        channel.TellStats(),
    ],
)
async def test_every_call_arrives_as_it_was_made(ask):
    call = Call(id=7, ask=ask)
    reader = reader_of(channel.encode(call))
    assert await channel.read_call(reader) == call
    assert await channel.read_call(reader) is None


@pytest.mark.parametrize(
    "frame",
    [
        Reply(id=1),
        Reply(id=2, problem=Problem(code="c", detail="d")),
        Reply(id=3, routes=(ROUTE,)),
        Reply(id=4, routes=()),
        Reply(id=5, stats={"out_pkts": 3}),
        Reply(
            id=6,
            hello=WorkerHello(
                boot="b",
                fingerprint=Fingerprint(algorithm="sha-256", value="AB"),
                addresses=(("127.0.0.1", 1),),
                peers=(),
                routes={"r": (ROUTE,)},
            ),
        ),
        Told(notice=PeerNotice(room="r", peer="p", what="silent")),
    ],
)
async def test_everything_a_worker_says_arrives_as_it_was_said(frame):
    assert await channel.read_from_worker(reader_of(channel.encode(frame))) == frame


async def test_frames_in_pieces_and_frames_stuck_together_are_told_apart():
    calls = [Call(id=n, ask=channel.ClosePeer(peer="é" * n)) for n in range(3)]
    stream = b"".join(map(channel.encode, calls))
    reader = reader_of(*(stream[i : i + 3] for i in range(0, len(stream), 3)))
    assert [await channel.read_call(reader) for _ in calls] == calls


@pytest.mark.parametrize(
    ("stream", "code"),
    [
        (framed(b"{"), "frame_malformed"),
        (framed(b""), "frame_malformed"),
        (framed(b"\xff\xfe"), "frame_malformed"),
        (framed(b'{"id": 1, "ask": {"do": "format_disk"}}'), "frame_malformed"),
        (framed(b'{"id": 1, "ask": {"do": "tell_stats", "more": 1}}'), "frame_malformed"),
        (framed(b'{"id": 1, "ask": {"do": "set_routes", "room": "r", "routes": [{}]}}'), "frame_malformed"),
        (framed(b"[" * 100_000), "frame_malformed"),
        ((channel.MAX_FRAME_BYTES + 1).to_bytes(4, "big"), "frame_too_long"),
        (framed(b"{}")[:-1], "frame_truncated"),
        (b"\0\0", "frame_truncated"),
    ],
)
async def test_what_is_no_frame_is_a_protocol_error(stream, code):
    with pytest.raises(ProtocolError) as refused:
        await channel.read_call(reader_of(stream))
    assert refused.value.code == code


@given(st.binary(max_size=200))
def test_no_bytes_whatever_raise_anything_but_a_protocol_error(stream):
    async def read() -> None:
        for read_one in (channel.read_call, channel.read_from_worker):
            try:
                assert await read_one(reader_of(stream)) is None
                assert stream == b""
            except ProtocolError:
                pass
            with contextlib.suppress(ProtocolError):
                await read_one(reader_of(framed(stream)))

    asyncio.run(read())


async def test_a_frame_longer_than_a_mebibyte_is_not_sent():
    with pytest.raises(ProtocolError, match="frame_too_long"):
        channel.encode(Call(id=1, ask=channel.ClosePeer(peer="x" * channel.MAX_FRAME_BYTES)))


def test_the_socket_is_beside_the_data(tmp_path: Path):
    data = Path("/srv/moveroom")
    assert channel.socket_path(data) == data / "media0.sock"


@pytest.fixture
def short_temporary(monkeypatch):
    """A temporary directory of the test's own whose name is short enough for a socket in it."""
    with tempfile.TemporaryDirectory(prefix="m", dir="/tmp") as folder:
        monkeypatch.setattr("tempfile.tempdir", folder)
        yield Path(folder)


def test_a_data_directory_with_a_long_path_gets_a_short_private_directory(short_temporary):
    data = Path("/srv") / ("x" * 120)
    path = channel.socket_path(data)
    assert path.parent.parent == short_temporary
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert channel.socket_path(data) == path
    assert channel.socket_path(data / "other") != path


def test_a_short_directory_that_others_may_enter_is_not_used(short_temporary):
    data = Path("/srv") / ("x" * 120)
    os.chmod(channel.socket_path(data).parent, 0o755)
    with pytest.raises(PermissionError, match="0700"):
        channel.socket_path(data)
