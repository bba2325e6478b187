"""The device check's own loop: a browser's sound and picture go to a media worker and come back to it.

It needs no class and no socket: one offer by HTTP, one answer. Each loop is a room of its own with one peer,
whose routes lead from itself to itself; it ends after `LASTS_S`, and when the same link begins another.
"""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable, Mapping

import structlog

from server.errors import Refused
from server.media.client import MediaUnavailable
from server.media.spec import Kind, PeerSpec, Route, Source
from server.rooms.media_orders import MediaLink, MediaOrders
from server.rooms.refusals import media_unavailable
from server.rooms.registry import on_the_loop
from server.rooms.timers import Later, Timers
from server.signalling.handlers import random_credentials
from server.signalling.rate import TokenBucket
from server.signalling.requests import Offer
from server.signalling.schemas import AnswerAck
from server.signalling.sdp import negotiate

log = structlog.get_logger(__name__)

LASTS_S = 30.0
MOST_AT_ONCE = 64
"""More than a service's patients who check their devices in the same half minute; a bound for the worker."""
BURST = 5
PER_S = 0.1
"""How often one link may begin: five tries at once, then one every 10 s."""
SLOTS: Mapping[str, tuple[Kind, Source]] = {
    "own-voice": ("audio", "microphone"),
    "own-picture": ("video", "camera"),
}
"""What comes back: by slot, its kind and whence."""


class LoopBacks:
    """All loops under way. `start` before the first, `close` ends all."""

    def __init__(
        self,
        media: MediaLink,
        *,
        new_id: Callable[[], str],
        later: Later = on_the_loop,
        monotonic_s: Callable[[], float] = time.monotonic,
    ) -> None:
        self._media = media
        self._orders = MediaOrders(media)
        self._new_id = new_id
        self._timers = Timers(later)
        self._monotonic_s = monotonic_s
        self._peers: dict[str, PeerSpec] = {}
        """By link id."""
        self._buckets: dict[str, TokenBucket] = {}

    def start(self) -> None:
        """Begin to carry out what is to be ended."""
        self._orders.start()

    async def close(self) -> None:
        """End all loops. Idempotent."""
        self._timers.close()
        for link_id in list(self._peers):
            self._end(link_id, self._peers[link_id])
        await self._orders.close()

    @property
    def count(self) -> int:
        """How many are under way."""
        return len(self._peers)

    async def answer(self, link_id: str, content: bytes) -> dict[str, object]:
        """Answer the offer of the browser behind a link: `content` is an `Offer` as JSON, the answer an
        `AnswerAck`.

        Raises `Refused` (too_fast, too_many_checks, media_unavailable), `ProtocolError` or pydantic's
        `ValidationError` for what is no offer. Whose browser it is has been looked up before.
        """
        self._take(link_id)
        offer = Offer.model_validate_json(content)
        if link_id not in self._peers and len(self._peers) >= MOST_AT_ONCE:
            raise Refused("too_many_checks", "Many people are checking their devices. Try again in a minute.")
        room = f"check.{self._new_id()}"
        hello = self._media.hello_of(room)
        if hello is None:
            raise media_unavailable()
        try:
            spec, sdp = negotiate(
                offer,
                hello,
                room=room,
                peer=f"{link_id}.{self._new_id()}",
                role_slots={slot: kind for slot, (kind, _) in SLOTS.items()},
                random_ssrc=lambda: secrets.randbelow(2**32 - 1) + 1,
                random_credentials=random_credentials,
                sends_music=True,  # a test tone may come without a pause in it
            )
            self._begin(link_id, spec)
            await self._media.open_peer(spec)
        except MediaUnavailable:
            self._end(link_id, self._peers.get(link_id))
            raise media_unavailable() from None
        except Exception:
            self._orders.set_routes(room, (), ())  # the room has been given a worker
            self._end(link_id, self._peers.get(link_id))
            raise
        self._orders.set_routes(room, _to_itself(spec), ())
        return AnswerAck(sdp=sdp, peer=spec.peer).model_dump(mode="json")

    def _begin(self, link_id: str, spec: PeerSpec) -> None:
        self._end(link_id, self._peers.get(link_id))
        self._peers[link_id] = spec
        self._timers.start(LASTS_S, lambda: self._end(link_id, spec))

    def _end(self, link_id: str, spec: PeerSpec | None) -> None:
        """End this loop, unless the link has begun another since. Idempotent."""
        if spec is None or self._peers.get(link_id) is not spec:
            return
        del self._peers[link_id]
        self._orders.set_routes(spec.room, (), ())
        self._orders.close_peer(spec.peer)

    def _take(self, link_id: str) -> None:
        self._buckets = {one: bucket for one, bucket in self._buckets.items() if not bucket.is_full}
        bucket = self._buckets.setdefault(link_id, TokenBucket(self._monotonic_s, BURST, PER_S))
        if not bucket.take():
            raise Refused("too_fast", "That was a lot at once. Wait half a minute, then try again.")


def _to_itself(spec: PeerSpec) -> tuple[Route, ...]:
    sent = {source.source for source in spec.sources}
    return tuple(
        Route(to_peer=spec.peer, slot=slot.slot, from_peer=spec.peer, source=SLOTS[slot.slot][1])
        for slot in spec.slots
        if SLOTS[slot.slot][1] in sent
    )
