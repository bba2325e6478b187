"""Somebody else's client, written from `docs/protocol.md` alone: aiohttp, python-socketio and aiortc.

Imports nothing of the server's. Sections named in comments are those of the document.
"""

from __future__ import annotations

import array
import asyncio
import math
import secrets
from collections.abc import Callable
from typing import Any
from urllib.parse import urljoin

import aiohttp
import av
import socketio
from aiortc import (
    MediaStreamTrack,
    RTCBundlePolicy,
    RTCConfiguration,
    RTCPeerConnection,
    RTCRtpTransceiver,
    RTCSessionDescription,
)
from aiortc.mediastreams import AudioStreamTrack, VideoStreamTrack
from socketio.exceptions import ConnectionError as ConnectionFailed

SLOTS = {
    "patient": {
        "video": ["stage", "side"],
        "audio": ["stage-voice", "side-voice", "voice0", "voice1", "voice2"],
    },
    "staff": {"video": ["seat0", "seat1"], "audio": ["seat0-voice", "seat1-voice"]},
}
"""Slots may be left out (5): those of this class's few people are enough here."""
TONE_HZ = 440
COLLECTIONS = {"person": "people", "question": "questions", "message": "chat", "help": "help"}


class OneColour(VideoStreamTrack):
    """A camera that sees a wall."""

    def __init__(self, brightness: int) -> None:
        super().__init__()
        self._brightness = brightness

    async def recv(self) -> av.VideoFrame:
        pts, time_base = await self.next_timestamp()
        frame = av.VideoFrame(320, 180, "yuv420p")
        for plane, value in zip(frame.planes, (self._brightness, 128, 128), strict=True):
            plane.update(bytes([value]) * plane.buffer_size)
        frame.pts, frame.time_base = pts, time_base
        return frame


class Tone(AudioStreamTrack):
    """A microphone that hears `TONE_HZ`."""

    async def recv(self) -> av.AudioFrame:
        frame = await super().recv()
        turns = (TONE_HZ * (frame.pts + n) / frame.sample_rate for n in range(frame.samples))
        frame.planes[0].update(
            array.array("h", (int(8000 * math.sin(math.tau * t)) for t in turns)).tobytes()
        )
        return frame


class RequestRefused(Exception):
    """`{"ok": false}`: the error as the server gave it."""

    def __init__(self, error: dict[str, Any]) -> None:
        super().__init__(f"{error['code']}: {error['words']} {error['detail'] or ''}")
        self.error = error


class ForeignClient:
    """One person in class. `view` is the `ClassView` kept up to date (4)."""

    def __init__(self) -> None:
        self.view: dict[str, Any] = {}
        self.device = self.new_key()
        self.heard: list[str] = []
        self.replaced = asyncio.Event()
        self.tracks: dict[str, MediaStreamTrack] = {}
        self.peer: str | None = None
        self.pc: RTCPeerConnection | None = None
        self._news = asyncio.Condition()
        self.cookie = self._link_id = self._base_url = ""
        self._io: socketio.AsyncClient | None = None
        self._sending: dict[str, RTCRtpTransceiver] = {}
        self._own: dict[str, MediaStreamTrack] = {}

    # ---- 1 and 2: from the link to a socket

    async def open_link(self, link: str) -> None:
        """Press Join: the cookie, and the public name of the link."""
        async with aiohttp.ClientSession() as http, http.post(link, allow_redirects=False) as answer:
            assert answer.status == 303, answer.status
            self._link_id = answer.headers["Location"].removeprefix("/class/")
            name = f"mr_{self._link_id}"
            self.cookie = f"{name}={answer.cookies[name].value}"
            self._base_url = urljoin(link, "/")

    async def connect(self) -> None:
        """Open the socket, or raise `RequestRefused`."""
        refusals: list[dict[str, Any]] = []
        self._io = socketio.AsyncClient(reconnection=False, handle_sigint=False)
        self._io.on("*", self._hear)
        self._io.on("connect_error", refusals.append)
        try:
            await self._io.connect(
                self._base_url,
                headers={"Cookie": self.cookie},
                auth={"link": self._link_id},
                transports=["websocket"],
            )
        except ConnectionFailed:
            await self.disconnect()
            if not refusals:
                raise
            raise RequestRefused(refusals[0]["data"]) from None

    async def disconnect(self) -> None:
        """Lose the socket; the media go on."""
        io, self._io = self._io, None
        if io is not None:
            await io.disconnect()
            if io.eio.http is not None:
                await io.eio.http.close()

    # ---- 3: requests

    async def ask(self, event: str, request: dict[str, Any] | None = None) -> dict[str, Any]:
        """Send a request; return its positive acknowledgement."""
        assert self._io is not None, "connected"
        ack = await self._io.call(event, request, timeout=10)
        if not ack["ok"]:
            raise RequestRefused(ack["error"])
        return ack

    async def join(self, peer: str | None = None, take_over: bool = False) -> str:
        """Come in, or back; return what is so of the media."""
        ack = await self.ask("class:join", {"peer": peer, "device": self.device, "take_over": take_over})
        await self._hear("class", ack["view"])
        return ack["media"]

    @staticmethod
    def new_key() -> str:
        """A key for one thing written."""
        return secrets.token_hex(8)

    # ---- 4: what the server sends

    async def _hear(self, event: str, view: dict[str, Any] | None = None) -> None:
        async with self._news:
            self.heard.append(event)
            self._apply(event, view or {})
            self._news.notify_all()

    def _apply(self, event: str, view: dict[str, Any]) -> None:
        if event == "class":
            self.view = view
        elif event == "me":
            self.view["me"] = view
        elif event in COLLECTIONS:
            kept = self.view[COLLECTIONS[event]]
            kept[:] = [each for each in kept if each["id"] != view["id"]] + [view]
        elif event == "person_left":
            self.view["people"] = [each for each in self.view["people"] if each["id"] != view["id"]]
        elif event in ("here", "slots"):
            self.view.update(view)
        elif event == "replaced":
            self.replaced.set()

    async def until(self, condition: Callable[[dict[str, Any]], Any]) -> Any:
        """Wait until the view is so, and return what the condition gave."""
        async with asyncio.timeout(10), self._news:
            await self._news.wait_for(lambda: condition(self.view))
            return condition(self.view)

    # ---- 5: media

    async def negotiate(self, microphone: MediaStreamTrack, camera: MediaStreamTrack) -> None:
        """Offer once; afterwards `tracks` holds each slot's track, by the name in the answer."""
        pc = RTCPeerConnection(RTCConfiguration(iceServers=[], bundlePolicy=RTCBundlePolicy.MAX_BUNDLE))
        pc.on("track", lambda track: self.tracks.update({track.id: track}))
        sending = {
            "microphone": pc.addTransceiver("audio", direction="sendonly"),
            "camera": pc.addTransceiver("video", direction="sendonly"),
        }
        role = "patient" if self.view["me"]["role"] == "patient" else "staff"
        receiving = {
            slot: pc.addTransceiver(kind, direction="recvonly")
            for kind, slots in SLOTS[role].items()
            for slot in slots
        }
        await pc.setLocalDescription(await pc.createOffer())
        answer = await self.ask(
            "media:offer",
            {
                "sdp": pc.localDescription.sdp,
                "sources": {each.mid: source for source, each in sending.items()},
                "slots": {each.mid: slot for slot, each in receiving.items()},
            },
        )
        old, self.pc, self.peer = self.pc, pc, answer["peer"]
        await pc.setRemoteDescription(RTCSessionDescription(answer["sdp"], "answer"))
        if old is not None:
            await old.close()
        self._own, self._sending = {"microphone": microphone, "camera": camera}, sending

    async def switch_on(self, *sources: str) -> None:
        """Send these of one's own and say so; what is not named is off."""
        for source, transceiver in self._sending.items():
            transceiver.sender.replaceTrack(self._own[source] if source in sources else None)
        await self.ask(
            "media:set", {"microphone_on": "microphone" in sources, "camera_on": "camera" in sources}
        )

    async def close(self) -> None:
        """Vanish."""
        await self.disconnect()
        if self.pc is not None:
            await self.pc.close()
