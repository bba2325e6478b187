"""The device check's loop: what comes back to whom, for how long, and who may not."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest
from pydantic import ValidationError

from server.errors import ProtocolError, Refused
from server.signalling.loop_back import BURST, LASTS_S, MOST_AT_ONCE, LoopBacks
from tests.integration.rooms.world import FakeMedia
from tests.integration.storage.databases import numbered_ids
from tests.unit.signalling.clients import offer_of


class Later:
    """Timers that a test lets ring."""

    def __init__(self) -> None:
        self.waiting: list[tuple[float, Callable[[], None]]] = []

    def __call__(self, seconds: float, what: Callable[[], None]) -> Later:
        self.waiting.append((seconds, what))
        return self

    def cancel(self) -> None:
        self.waiting.clear()

    def ring(self) -> None:
        waiting, self.waiting = self.waiting, []
        for _, what in waiting:
            what()


class World:
    def __init__(self) -> None:
        self.media = FakeMedia(lambda notice: None, lambda room, peers: None)
        self.media.attach()
        self.later = Later()
        self.now_s = 0.0
        self.loops = LoopBacks(
            self.media, new_id=numbered_ids("n"), later=self.later, monotonic_s=lambda: self.now_s
        )

    async def ask(self, link_id: str = "margaret", **change: Any) -> dict[str, object]:
        return await self.loops.answer(link_id, json.dumps(an_offer() | change).encode())


@pytest.fixture
async def world() -> AsyncIterator[World]:
    made = World()
    made.loops.start()
    yield made
    await made.loops.close()


def an_offer() -> dict[str, Any]:
    """What Chromium offers: microphone and camera, and one m-line for each to come back on."""
    return offer_of("patient") | {"slots": {"2": "own-picture", "8": "own-voice"}}


async def test_sound_and_picture_go_back_to_whom_they_came_from_and_to_nobody_else(world: World):
    answer = await world.ask()
    peer = str(answer["peer"])
    assert peer.startswith("margaret.")
    assert "a=candidate" in str(answer["sdp"])
    (spec,) = world.media.peers.values()
    await world.media.until(lambda: spec.room in world.media.routes)
    routes = world.media.routes[spec.room]
    assert {(route.from_peer, route.source, route.to_peer, route.slot) for route in routes} == {
        (peer, "camera", peer, "own-picture"),
        (peer, "microphone", peer, "own-voice"),
    }
    await world.ask("dennis")
    assert len({each.room for each in world.media.peers.values()}) == 2


async def test_without_a_camera_only_the_sound_comes_back(world: World):
    await world.ask(sources={"0": "microphone"}, slots={"8": "own-voice"})
    (spec,) = world.media.peers.values()
    await world.media.until(lambda: spec.room in world.media.routes)
    assert [route.source for route in world.media.routes[spec.room]] == ["microphone"]


async def test_a_loop_ends_after_half_a_minute(world: World):
    await world.ask()
    ((seconds, _),) = world.later.waiting
    assert seconds == LASTS_S == 30
    (spec,) = world.media.peers.values()
    world.later.ring()
    assert world.loops.count == 0
    await world.media.until(lambda: not world.media.peers)
    assert world.media.routes[spec.room] == ()


async def test_beginning_again_ends_the_loop_before_and_its_timer_does_not_end_the_new_one(world: World):
    first = await world.ask()
    old = world.later.waiting.pop()[1]
    second = await world.ask()
    await world.media.until(lambda: list(world.media.peers) == [second["peer"]])
    assert world.media.closed == [first["peer"]]
    old()
    assert world.loops.count == 1


async def test_one_link_may_not_begin_without_end(world: World):
    for _ in range(BURST):
        await world.ask()
    with pytest.raises(Refused) as refused:
        await world.ask()
    assert refused.value.code == "too_fast"
    await world.ask("dennis")
    world.now_s += 10
    await world.ask()


async def test_all_links_together_have_a_bound(world: World):
    for number in range(MOST_AT_ONCE):
        await world.ask(f"link{number}")
    with pytest.raises(Refused) as refused:
        await world.ask("one-too-many")
    assert refused.value.code == "too_many_checks"
    await world.ask("link0")


async def test_without_a_media_worker_it_is_refused_in_words_and_nothing_stays(world: World):
    world.media.detach()
    with pytest.raises(Refused) as refused:
        await world.ask()
    assert refused.value.code == "media_unavailable"
    assert world.loops.count == 0


@pytest.mark.parametrize(
    "change",
    [{"slots": {"2": "stage"}}, {"slots": {"2": "own-voice"}}, {"sdp": "nonsense"}],
    ids=["a slot of the class", "picture as sound", "no SDP"],
)
async def test_an_offer_for_anything_else_is_refused_and_nothing_stays(world: World, change: dict[str, Any]):
    with pytest.raises(ProtocolError):
        await world.ask(**change)
    assert (world.loops.count, world.media.peers) == (0, {})


async def test_what_is_no_offer_at_all_is_refused(world: World):
    for content in (b"", b"[]", b'{"sdp": 1}', json.dumps(an_offer() | {"room": "another"}).encode()):
        with pytest.raises(ValidationError):
            await world.loops.answer("margaret", content)


async def test_closing_ends_all(world: World):
    await world.ask()
    await world.loops.close()
    assert world.media.peers == {}
