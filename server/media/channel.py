"""The channel between the web process and a media worker: what is said on it, how it is framed, and where.

A frame is a length of four bytes (big endian) and that many bytes of JSON, over a Unix stream socket. The web
process calls (`Call`), the worker answers every call once and in order (`Reply`) and tells of its peers
unasked (`Told`). A frame that is none of these is a `ProtocolError`; whoever reads it closes the connection.
"""

from __future__ import annotations

import asyncio
import hashlib
import os
import stat
import struct
import tempfile
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from server.errors import ProtocolError
from server.media.spec import (
    IceCredentials,
    Notice,
    PeerSpec,
    PeerView,
    Route,
    VoiceChoice,
    WorkerHello,
)

MAX_FRAME_BYTES = 1 << 20
MAX_PATH_BYTES = 100
"""Longest path of a Unix socket that every system takes (Linux: 107 bytes)."""

_LENGTH = struct.Struct("!I")


class _Frame(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class SayHello(_Frame):
    """Who are you, and what do you have? Answered with `hello`."""

    do: Literal["say_hello"] = "say_hello"


class OpenPeer(_Frame):
    """Await this browser's media. Opening a peer again changes nothing."""

    do: Literal["open_peer"] = "open_peer"
    spec: PeerSpec


class ClosePeer(_Frame):
    """Free this peer. Closing a peer that is not there changes nothing."""

    do: Literal["close_peer"] = "close_peer"
    peer: str


class SetRoutes(_Frame):
    """From now on forward this in the room, and nothing else."""

    do: Literal["set_routes"] = "set_routes"
    room: str
    routes: tuple[Route, ...]
    voices: tuple[VoiceChoice, ...] = ()


class SetView(_Frame):
    """This is what a browser shows now. A peer that is not there is passed over."""

    do: Literal["set_view"] = "set_view"
    view: PeerView


class RestartIce(_Frame):
    """Give a peer fresh credentials of both sides (RFC 8445, section 9); its media go on meanwhile."""

    do: Literal["restart_ice"] = "restart_ice"
    peer: str
    ours: IceCredentials
    remote: IceCredentials


class TellForwarding(_Frame):
    """What is being forwarded in the room? Answered with `routes`."""

    do: Literal["tell_forwarding"] = "tell_forwarding"
    room: str


class TellStats(_Frame):
    """The worker's counters. Answered with `stats`."""

    do: Literal["tell_stats"] = "tell_stats"


class Drain(_Frame):
    """End when nobody is left. Whoever asks this need not be the web process, and does not become it."""

    do: Literal["drain"] = "drain"


Request = (
    SayHello | OpenPeer | ClosePeer | SetRoutes | SetView | RestartIce | TellForwarding | TellStats | Drain
)


class Call(_Frame):
    """The web process asks for something; `id` comes back in the reply."""

    id: int
    ask: Annotated[Request, Field(discriminator="do")]


class Problem(_Frame):
    """Why a call was not done: a `ProtocolError` of the caller, or `internal` for a bug of the worker."""

    code: str
    detail: str


class Reply(_Frame):
    """The answer to the call with the same `id`."""

    kind: Literal["reply"] = "reply"
    id: int
    problem: Problem | None = None
    hello: WorkerHello | None = None
    routes: tuple[Route, ...] | None = None
    stats: dict[str, int] | None = None


class Told(_Frame):
    """The worker tells something unasked."""

    kind: Literal["told"] = "told"
    notice: Annotated[Notice, Field(discriminator="tells")]


FromWorker = Reply | Told
_FROM_WORKER: TypeAdapter[FromWorker] = TypeAdapter(Annotated[FromWorker, Field(discriminator="kind")])


def encode(frame: Call | Reply | Told) -> bytes:
    """A frame as it goes over the socket. Raises `ProtocolError` when it is longer than 1 MiB."""
    body = frame.model_dump_json(exclude_none=True).encode()
    if len(body) > MAX_FRAME_BYTES:
        raise ProtocolError("frame_too_long", f"a frame of {len(body)} bytes")
    return _LENGTH.pack(len(body)) + body


async def read_call(reader: asyncio.StreamReader) -> Call | None:
    """The next call; None when the other side has closed. Raises `ProtocolError` for anything else."""
    body = await _read_body(reader)
    try:
        return None if body is None else Call.model_validate_json(body)
    except ValidationError as problem:
        raise _malformed(problem) from problem


async def read_from_worker(reader: asyncio.StreamReader) -> FromWorker | None:
    """The worker's next frame; None when it has closed. Raises `ProtocolError` for anything else."""
    body = await _read_body(reader)
    try:
        return None if body is None else _FROM_WORKER.validate_json(body)
    except ValidationError as problem:
        raise _malformed(problem) from problem


async def _read_body(reader: asyncio.StreamReader) -> bytes | None:
    try:
        header = await reader.readexactly(_LENGTH.size)
    except asyncio.IncompleteReadError as problem:
        if not problem.partial:
            return None
        raise _truncated() from problem
    (length,) = _LENGTH.unpack(header)
    if length > MAX_FRAME_BYTES:
        raise ProtocolError("frame_too_long", f"a frame of {length} bytes")
    try:
        return await reader.readexactly(length)
    except asyncio.IncompleteReadError as problem:
        raise _truncated() from problem


def _truncated() -> ProtocolError:
    return ProtocolError("frame_truncated", "the connection ended within a frame")


def _malformed(problem: ValidationError) -> ProtocolError:
    first = problem.errors(include_input=False, include_url=False, include_context=False)[0]
    return ProtocolError("frame_malformed", f"{'.'.join(map(str, first['loc']))}: {first['type']}")


def socket_path(data_dir: Path, worker: int = 0) -> Path:
    """Where that worker and the web process of the installation in `data_dir` meet.

    Beside the data; when that path is longer than a Unix socket may have (100 bytes), in a directory of
    mode 0700 under the temporary directory, named after a hash of the data directory. Raises
    `PermissionError` when that directory belongs to someone else or others may enter it.
    """
    data_dir = data_dir.absolute()
    file = f"media{worker}.sock"
    beside = data_dir / file
    if len(os.fsencode(beside)) <= MAX_PATH_BYTES:
        return beside
    name = f"moveroom-{os.getuid()}-{hashlib.sha256(os.fsencode(data_dir)).hexdigest()[:16]}"
    short = Path(tempfile.gettempdir()) / name / file
    if len(os.fsencode(short)) > MAX_PATH_BYTES:
        short = Path("/tmp") / name / file  # noqa: S108 - the directory is checked below
    short.parent.mkdir(mode=0o700, exist_ok=True)
    status = short.parent.lstat()
    if not stat.S_ISDIR(status.st_mode) or status.st_uid != os.getuid() or status.st_mode & 0o077:
        raise PermissionError(f"{short.parent} must be a directory that only this user may enter (mode 0700)")
    return short
