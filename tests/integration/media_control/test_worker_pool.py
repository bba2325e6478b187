"""Two real worker processes under a real supervisor, a class on each: one is killed, then one is drained."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import socket
import sys
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path

import pytest

from server.media.channel import socket_path
from server.media.draining import drain
from server.media.pool import MediaPool
from server.media.spec import Notice, PeerSnapshot, Route
from server.supervisor import ChildCommand, supervise
from tests.e2e.service import free_port
from tests.synthetic.client import OPUS, Client, microphone, rtp, voice_slot

MICROPHONE, SLOT = 1000, 6000
WORKERS = 2


@dataclass
class OneClass:
    """A physio who speaks, 50 packets a second, and a patient who listens."""

    room: str
    pool: MediaPool
    physio: Client
    patient: Client
    speaking: asyncio.Task[None] | None = None
    spoken: int = field(default=0)

    @classmethod
    def of(cls, room: str, pool: MediaPool, time: int) -> OneClass:
        """The people of a room, for the `time`th time."""
        return cls(
            room,
            pool,
            Client(f"{room}-physio-{time}", room=room, sources=[microphone(MICROPHONE)]),
            Client(f"{room}-patient-{time}", room=room, slots=[voice_slot("stage-voice", SLOT)]),
        )

    async def begin(self) -> None:
        for client in (self.physio, self.patient):
            hello = self.pool.hello_of(self.room)
            assert hello is not None
            await self.pool.open_peer(client.spec)
            await client.connect(hello)
        route = Route(
            to_peer=self.patient.name, slot="stage-voice", from_peer=self.physio.name, source="microphone"
        )
        await self.pool.set_routes(self.room, [route])
        self.speaking = asyncio.create_task(self._speak())

    async def _speak(self) -> None:
        while True:
            packet = rtp(
                payload_type=OPUS, number=self.spoken, timestamp=self.spoken * 960, ssrc=MICROPHONE,
                payload=b"voice", extensions={1: b"0"},
            )  # fmt: skip
            self.spoken += 1
            self.physio.send_rtp(packet)
            await asyncio.sleep(0.02)

    async def is_heard(self, packets: int = 25) -> None:
        """So many more packets come."""
        so_far = len(self.patient.of(SLOT))
        await self.patient.until(lambda: len(self.patient.of(SLOT)) >= so_far + packets, 20)

    def lost(self) -> int:
        """Packets that are missing between those that came."""
        numbers = [packet.number for packet in self.patient.of(SLOT)]
        return sum((later - earlier - 1) & 0xFFFF for earlier, later in pairwise(numbers))

    async def end(self) -> None:
        if self.speaking is not None:
            self.speaking.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self.speaking
        for client in (self.physio, self.patient):
            await client.close(goodbye=False)


class Hearing:
    """What the pool told the rooms."""

    def __init__(self) -> None:
        self.rooms: list[tuple[str, list[str]]] = []
        self._news = asyncio.Event()

    def room_hears(self, room: str, peers: Sequence[PeerSnapshot]) -> None:
        self.rooms.append((room, [each.peer for each in peers]))
        self._news.set()

    def noticed(self, notice: Notice) -> None:
        self._news.set()

    async def until(self, holds: Callable[[], bool], within_s: float = 30) -> None:
        async with asyncio.timeout(within_s):
            while not holds():
                self._news.clear()
                await self._news.wait()


def pid_of(worker: int) -> int | None:
    """The process of a worker, among our children."""
    wanted = f"server.cli\0media\0--worker\0{worker}\0"
    for children in Path("/proc/self/task").glob("*/children"):
        for pid in children.read_text().split():
            with contextlib.suppress(OSError):
                if wanted in Path(f"/proc/{pid}/cmdline").read_text():
                    return int(pid)
    return None


@pytest.fixture
async def hearing() -> Hearing:
    return Hearing()


@pytest.fixture
async def pool(tmp_path: Path, hearing: Hearing) -> AsyncIterator[MediaPool]:
    """The pool of two workers that are kept running, attached."""
    environment = {k: v for k, v in os.environ.items() if not k.startswith("MOVEROOM_")}
    environment |= {
        "MOVEROOM_DATA_DIR": str(tmp_path),
        "MOVEROOM_MEDIA_PORT": str(free_port(socket.SOCK_DGRAM, WORKERS)),
    }
    program = (sys.executable, "-m", "server.cli", "media", "--worker")
    commands = [ChildCommand(f"media{n}", (*program, str(n)), environment) for n in range(WORKERS)]
    supervising = asyncio.create_task(supervise(commands))
    paths = [socket_path(tmp_path, worker) for worker in range(WORKERS)]
    pool = MediaPool(paths, on_notice=hearing.noticed, on_room=hearing.room_hears, settle_s=30)
    await pool.start()
    assert not pool.is_known("any")
    await hearing.until(lambda: ("any", []) in hearing.rooms)
    hearing.rooms.clear()
    yield pool
    await pool.close()
    supervising.cancel()
    await asyncio.gather(supervising, return_exceptions=True)


async def attached(pool: MediaPool) -> list[bool]:
    return [reading.attached and not reading.draining for reading in await pool.readings()]


@pytest.mark.timeout(120)
async def test_a_class_goes_on_beside_one_whose_worker_is_killed_and_both_move_when_one_drains(
    pool: MediaPool, hearing: Hearing, tmp_path: Path
) -> None:
    classes = {room: OneClass.of(room, pool, 0) for room in ("killed", "beside")}
    try:
        for each in classes.values():
            await each.begin()
            await each.is_heard()
        doomed, spared = (pool.worker_of(room) for room in classes)
        assert {doomed, spared} == {0, 1}

        first = pid_of(doomed)
        os.kill(first, signal.SIGKILL)
        await hearing.until(lambda: bool(hearing.rooms))
        assert hearing.rooms == [("killed", [])]
        again = OneClass.of("killed", pool, 1)
        await classes["killed"].end()
        classes["killed"] = again
        await again.begin()
        assert pool.worker_of("killed") == spared
        await again.is_heard()
        await classes["beside"].is_heard()
        assert classes["beside"].lost() == 0
        assert pool.moves == {"lost": 1}

        async with asyncio.timeout(30):
            while not all(await attached(pool)):  # noqa: ASYNC110 - other processes start
                await asyncio.sleep(0.05)
        hearing.rooms.clear()
        second = pid_of(spared)
        await drain(socket_path(tmp_path, spared))
        await hearing.until(lambda: len(hearing.rooms) == 2)
        for room in ("killed", "beside"):
            await classes[room].end()
            classes[room] = OneClass.of(room, pool, 2)
            await classes[room].begin()
            await classes[room].is_heard()
            assert pool.worker_of(room) == doomed
        async with asyncio.timeout(30):  # the drained worker ends, and a fresh one takes its place
            while not all(await attached(pool)) or pid_of(spared) == second:  # noqa: ASYNC110
                await asyncio.sleep(0.05)
        for room in ("killed", "beside"):
            await classes[room].is_heard()
            assert classes[room].lost() == 0
    finally:
        for each in classes.values():
            await each.end()
