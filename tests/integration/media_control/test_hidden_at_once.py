"""What hides somebody is acknowledged when it is done: after that, not one packet more.

Socket.IO, the rooms, a real media worker process, and people whose sound and picture come by UDP.
"""

from __future__ import annotations

import asyncio
import os
import re
import signal
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from server.media.pool import MediaPool
from tests.integration.media_control.test_worker_process import worker_pid
from tests.integration.rooms.world import CLASS, Told
from tests.synthetic.client import OPUS, VP8, picture, rtp
from tests.synthetic.media_person import OFFERED_IDS, VOICE_SSRC, negotiate_media
from tests.synthetic.person import Reply
from tests.synthetic.traffic import Counting
from tests.unit.signalling.clients import Client, Server, code, serving

EVERY_S = 0.01
"""How often somebody sends a picture and a piece of sound."""
STILL = 40
"""So many pictures are sent on after the acknowledgement."""
CAMERA_SSRC = 2000
PICTURE, VOICE = b"picture of Margaret", b"voice of Margaret"
CHECK_EVERY = 100
LOUD = bytes([0x80 | 20])
"""RFC 6464: a voice, at -20 dBov."""
REPLY_TIMEOUT_S = 3.0


class Seeing(Counting):
    """Counts the sound and pictures that it gets; what merely fills a line is none."""

    pictures = sounds = 0

    def note(self, packet: bytes) -> None:
        self.pictures += PICTURE in packet
        self.sounds += VOICE in packet


class InClass:
    """Somebody in class, with a socket and with media; may send all the time, and counts what comes."""

    def __init__(self, asks: Client, media: Seeing, *, sends: bool) -> None:
        self.asks, self.media = asks, media
        self.sent = 0
        self._has_sent = asyncio.Condition()
        self._sending = asyncio.create_task(self._send() if sends else self._stay())

    async def gets(self, more: int = 10) -> None:
        """Wait until so many more have come."""
        upto = self.media.pictures + more
        await self.media.until(lambda: self.media.pictures >= upto, 20)

    async def sends(self, more: int) -> None:
        """Wait until so many more pictures were sent."""
        upto = self.sent + more
        async with self._has_sent:
            await self._has_sent.wait_for(lambda: self.sent >= upto)

    async def close(self) -> None:
        self._sending.cancel()
        await asyncio.gather(self._sending, return_exceptions=True)
        await self.media.close(goodbye=False)

    async def _send(self) -> None:
        """Pictures of one packet each, all of which can be begun with, and sound of somebody who speaks."""
        while True:
            self.sent += 1
            if self.sent % CHECK_EVERY == 0:
                self.media.check()
            frame = picture(key=True, picture_id=self.sent, tl0=self.sent, body=PICTURE)
            self._send_one(VP8, CAMERA_SSRC, 900, frame, {OFFERED_IDS.mid: b"1", OFFERED_IDS.rid: b"l"})
            ids = {OFFERED_IDS.mid: b"0", OFFERED_IDS.audio_level: LOUD}
            self._send_one(OPUS, VOICE_SSRC["patient"], 480, VOICE, ids)
            async with self._has_sent:
                self._has_sent.notify_all()
            await asyncio.sleep(EVERY_S)

    def _send_one(self, kind: int, ssrc: int, step: int, payload: bytes, ids: dict[int, bytes]) -> None:
        packet = rtp(
            payload_type=kind, number=self.sent, timestamp=self.sent * step, ssrc=ssrc, payload=payload,
            marker=True, extensions=ids,
        )  # fmt: skip
        self.media.send_rtp(packet)

    async def _stay(self) -> None:
        """Send nothing but what keeps the connection."""
        while True:
            await asyncio.sleep(EVERY_S * CHECK_EVERY)
            self.media.check()


class _Asks:
    """A client as `negotiate_media` takes one; it tells nothing of arrivals, so its line has no limit."""

    def __init__(self, client: Client) -> None:
        self._client = client

    async def ask(self, event: str, request: dict[str, Any]) -> Reply:
        sdp = re.sub(r"a=(extmap:3 |rtcp-fb:\d+ (transport-cc|goog-remb)).*\r\n", "", request["sdp"])
        return Reply(await self._client.ask(event, request | {"sdp": sdp}), 1)


class Class:
    """Hannah, Margaret and Pauline in class; Margaret is filmed all the time."""

    def __init__(self, server: Server, told: Told, pool: MediaPool) -> None:
        self.server, self._told, self.pool = server, told, pool
        self.people: list[InClass] = []

    async def worker_is_there(self) -> None:
        """Wait until the class has a worker."""
        await self._told.until(lambda: self.pool.hello_of(CLASS) is not None, 30)

    async def come(self, asks: Client, role: str, *, sends: bool = False) -> InClass:
        """Negotiate as a browser does."""
        person = InClass(asks, await negotiate_media(_Asks(asks), role, Seeing), sends=sends)
        self.people.append(person)
        return person


@pytest.fixture
async def a_class(tmp_path: Path, worker_socket: Path) -> AsyncIterator[Class]:
    """A class with nobody in it, whose worker is given up when an answer does not come."""
    told, pools = Told(), []

    def pool(on_notice: Any, on_room: Any) -> MediaPool:
        def hears(room: str, peers: Any) -> None:
            on_room(room, peers)
            told.note()

        pools.append(
            MediaPool([worker_socket], on_notice=on_notice, on_room=hears, reply_timeout_s=REPLY_TIMEOUT_S)
        )
        return pools[0]

    folder = tmp_path / "web"
    folder.mkdir()
    async with serving(folder, media=pool) as server:
        there = Class(server, told, pools[0])
        await there.worker_is_there()
        yield there
        for person in there.people:
            await person.close()


async def filmed(a_class: Class) -> tuple[InClass, InClass, InClass]:
    """Margaret, whom the group may see and hear, sends; Hannah and Pauline get it."""
    server = a_class.server
    hannah = await server.joined("hannah")
    margaret, pauline = [await server.in_class(hannah, person) for person in ("margaret", "pauline")]
    on = {"microphone_on": True, "camera_on": True}
    assert (await margaret.ask("media:set", on))["ok"]
    assert (await margaret.ask("me:show", {"to_group": True}))["ok"]
    people = (
        await a_class.come(hannah, "staff"),
        await a_class.come(margaret, "patient", sends=True),
        await a_class.come(pauline, "patient"),
    )
    for receiver in (people[0], people[2]):
        await receiver.gets()
    return people


async def sees_nothing_more(receiver: InClass, sender: InClass) -> None:
    """Not one picture comes that is not there already, however many are sent."""
    receiver.media.take_what_came()
    pictures = receiver.media.pictures
    await sender.sends(STILL)
    receiver.media.take_what_came()
    assert receiver.media.pictures == pictures


async def gets_nothing_more(receiver: InClass, sender: InClass) -> None:
    """Neither a picture nor a sound comes that is not there already."""
    receiver.media.take_what_came()
    sounds = receiver.media.sounds
    await sees_nothing_more(receiver, sender)
    assert receiver.media.sounds == sounds


async def test_once_it_is_acknowledged_that_somebody_is_hidden_not_one_packet_more_comes(
    a_class: Class,
) -> None:
    hannah, margaret, pauline = await filmed(a_class)

    assert (await margaret.asks.ask("me:show", {"to_group": False}))["ok"]
    await sees_nothing_more(pauline, margaret)
    await hannah.gets()
    assert (await margaret.asks.ask("me:show", {"to_group": True}))["ok"]
    await pauline.gets()

    stop = {"person": "margaret", "stopped": True}
    assert (await hannah.asks.ask("person:stop_camera", stop))["ok"]
    for receiver in (pauline, hannah):
        await sees_nothing_more(receiver, margaret)
    assert (await hannah.asks.ask("person:stop_camera", stop | {"stopped": False}))["ok"]
    await pauline.gets()

    assert (await hannah.asks.ask("aside:take", {"person": "margaret"}))["ok"]
    await gets_nothing_more(pauline, margaret)
    await hannah.gets()
    assert (await margaret.asks.ask("aside:end"))["ok"]
    await pauline.gets()

    remove = {"person": "margaret", "reason": "unwell", "text": "Please rest today."}
    assert (await hannah.asks.ask("person:remove", remove))["ok"]
    for receiver in (pauline, hannah):
        await gets_nothing_more(receiver, margaret)


async def hides(person: InClass) -> None:
    """Ask until it is acknowledged: a worker that has just come back may have to be told of the class."""
    for _ in range(300):
        if (await person.asks.ask("me:show", {"to_group": False}))["ok"]:
            return
        await asyncio.sleep(0.1)
    raise AssertionError("it is never acknowledged")


async def test_while_the_worker_hangs_nothing_is_acknowledged_and_the_class_goes_on(a_class: Class) -> None:
    _, margaret, pauline = await filmed(a_class)
    hung = worker_pid()
    os.kill(hung, signal.SIGSTOP)
    try:
        asked = asyncio.ensure_future(margaret.asks.ask("me:show", {"to_group": False}))
        said = await pauline.asks.ask("chat:post", {"key": "a-random-key", "text": "Hello"})
        assert said["ok"]
        assert not asked.done(), "it waits for the worker"
        assert code(await asked) == "media_unavailable"
    finally:
        os.kill(hung, signal.SIGCONT)
    await a_class.worker_is_there()
    await hides(margaret)
    await sees_nothing_more(pauline, margaret)


async def test_when_the_worker_has_died_it_is_acknowledged_once_there_is_another(a_class: Class) -> None:
    _, margaret, pauline = await filmed(a_class)
    os.kill(worker_pid(), signal.SIGKILL)
    asked = await margaret.asks.ask("me:show", {"to_group": False})
    assert asked["ok"] or code(asked) == "media_unavailable"
    await gets_nothing_more(pauline, margaret)
    await a_class.worker_is_there()
    await hides(margaret)
    await gets_nothing_more(pauline, margaret)
