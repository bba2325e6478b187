"""What a player reports, over HTTP: who may, and what is refused."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import delete

from server.pages.site import SITE
from server.storage.database import StorageFailed
from server.storage.faults import StorageFault
from server.storage.tables import CourseMember, Viewing
from tests.integration.pages.world import World
from tests.unit.ondemand.recordings import add_session

NAME = "sit-to-stand"
BACKS = {"service": "Riverside MSK groups", "programmes": ["Back group"]}
JSON = {"Content-Type": "application/json"}


def body(**changes: Any) -> dict[str, Any]:
    return {"playback": "playback-a", "from_ms": 0, "to_ms": 1_000, "position_ms": 1_000, **changes}


class Player:
    """A player page that somebody has open."""

    def __init__(self, world: World, link_id: str) -> None:
        self.world, self.link_id = world, link_id

    async def post(
        self, content: bytes | dict[str, Any], name: str = NAME, **headers: str
    ) -> tuple[int, Any]:
        sent = content if isinstance(content, bytes) else json.dumps(content).encode()
        named = {**JSON, **{key.replace("_", "-"): value for key, value in headers.items()}}
        address = f"/watch/{self.link_id}/{name}/watched"
        async with self.world.browser.post(address, data=sent, headers=named) as answer:
            assert answer.headers["Cache-Control"] == "no-store"
            return answer.status, await answer.json()

    async def refused(
        self, content: bytes | dict[str, Any], name: str = NAME, **headers: str
    ) -> tuple[int, str]:
        status, answer = await self.post(content, name, **headers)
        assert answer["ok"] is False
        assert answer["error"]["words"]
        return status, answer["error"]["code"]


@pytest.fixture
async def player(world: World, tmp_path: Path) -> Player:
    add_session(tmp_path / "recordings", NAME)
    add_session(tmp_path / "recordings", "for-others", audience=BACKS)
    return Player(world, await world.link_id(world.margaret))


async def viewings(world: World) -> int:
    return (await world.rows())["viewings"]


async def test_a_report_is_answered_with_what_is_stored(player: Player) -> None:
    kept = {"ok": True, "watched_ms": 1_000, "counted": False, "kept_all": True}
    assert await player.post(body()) == (200, kept)
    player.world.clock.move(seconds=1)
    again = await player.post(body(from_ms=1_000, to_ms=2_000, position_ms=2_000))
    assert again == (200, {"ok": True, "watched_ms": 2_000, "counted": True, "kept_all": True})


async def test_the_player_is_told_when_not_all_was_kept_and_when_nothing_was(player: Player) -> None:
    status, told = await player.post(body(to_ms=2_000))
    assert (status, told["watched_ms"], told["kept_all"]) == (200, 1_000, False)
    assert await player.refused(body(from_ms=1_000, to_ms=2_000)) == (422, "outruns_clock")


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"null",
        b"[]",
        b'"playback"',
        b"\xff",
        b"[" * 1_900,
        body(playback="short"),
        body(playback="x" * 41),
        body(playback="' or 1=1 --"),
        body(playback=12345678),
        body(from_ms="0"),
        body(from_ms=0.5),
        body(from_ms=True),
        body(from_ms=None),
        body(from_ms=-1),
        body(to_ms=10**30),
        body(position_ms=[]),
        body(more=1),
        {key: value for key, value in body().items() if key != "position_ms"},
        b'{"playback":"playback-a","from_ms":0,"to_ms":NaN,"position_ms":0}',
    ],
)
async def test_what_is_not_of_the_form_is_refused(player: Player, content: Any) -> None:
    assert await player.refused(content) == (400, "bad_request")
    assert await viewings(player.world) == 0


async def test_a_body_of_10_mb_is_refused_whether_its_length_is_told_or_not(player: Player) -> None:
    assert await player.refused(b" " * 10_000_000) == (413, "too_large")

    async def pieces():
        for _ in range(4):
            yield b" " * 1_000

    address = f"/watch/{player.link_id}/{NAME}/watched"
    async with player.world.browser.post(address, data=pieces(), headers=JSON) as answer:
        assert answer.status == 413


async def test_only_json_is_taken(player: Player) -> None:
    sent = json.dumps(body()).encode()
    for kind in ("text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"):
        assert await player.refused(sent, Content_Type=kind) == (415, "not_json")


async def test_what_cannot_have_been_watched_is_refused(player: Player) -> None:
    assert await player.refused(body(to_ms=90_000, position_ms=0)) == (422, "not_in_session")
    assert await player.refused(body(from_ms=5, to_ms=4)) == (422, "not_in_session")


async def test_too_many_reports_are_told_to_wait(player: Player) -> None:
    for _ in range(30):
        assert (await player.post(body()))[0] == 200
    assert await player.refused(body()) == (429, "too_fast")
    player.world.clock.move(seconds=5)
    assert (await player.post(body()))[0] == 200


async def test_refusals_are_counted_by_code(player: Player) -> None:
    await player.refused(b"{")
    await player.refused(b"{")
    await player.refused(body(to_ms=90_000, position_ms=0))
    assert player.world.browser.app is not None
    counted = player.world.browser.app[SITE].failures
    assert counted == {"report_bad_request": 2, "report_not_in_session": 1}


async def test_without_the_cookie_nothing_is_taken(player: Player) -> None:
    player.world.browser.session.cookie_jar.clear()
    assert await player.refused(body()) == (403, "not_let_in")
    assert await viewings(player.world) == 0


async def test_a_revoked_link_reports_nothing(player: Player) -> None:
    await player.world.revoke_links()
    assert await player.refused(body()) == (403, "not_let_in")


async def test_who_left_the_course_reports_nothing(player: Player) -> None:
    await player.world.database.write(lambda session: session.execute(delete(CourseMember)))
    assert await player.refused(body()) == (403, "not_let_in")


@pytest.mark.parametrize("staff", ["physio", "helper"])
async def test_what_staff_watch_is_not_logged(player: Player, staff: str) -> None:
    world = player.world
    link = world.links.helper if staff == "helper" else world.links.physios[0]
    theirs = Player(world, await world.link_id(link.url))
    assert await theirs.refused(body()) == (403, "patients_only")
    assert await viewings(world) == 0


async def test_at_nobodys_link_nothing_is_logged(player: Player, tmp_path: Path) -> None:
    add_session(tmp_path / "recordings", "for-all", audience="everyone")
    assert await Player(player.world, "open").refused(body(), "for-all") == (403, "not_let_in")


async def test_a_session_for_others_answers_as_one_that_is_not_there(player: Player) -> None:
    hidden = await player.post(body(), "for-others")
    assert hidden == await player.post(body(), "not-there")
    assert hidden[0] == 404


async def test_a_person_is_not_taken_for_another(player: Player) -> None:
    world = player.world
    dennis = Player(world, await world.link_id(world.links.patients[1].url))
    await player.post(body())
    await dennis.post(body(to_ms=500, position_ms=500))
    async with world.database.reading() as session:
        rows = list(await session.scalars(Viewing.__table__.select().with_only_columns(Viewing.watched_ms)))
    assert sorted(rows) == [500, 1_000]


async def test_a_report_from_another_site_is_refused(player: Player) -> None:
    address = f"/watch/{player.link_id}/{NAME}/watched"
    headers = {**JSON, "Sec-Fetch-Site": "cross-site"}
    async with player.world.browser.post(address, json=body(), headers=headers) as answer:
        assert answer.status == 403
    assert await viewings(player.world) == 0


async def test_a_full_disk_is_told_so_that_the_player_tries_again(player: Player, monkeypatch) -> None:
    async def fails(work: object) -> object:
        raise StorageFailed("full", StorageFault.FULL)

    monkeypatch.setattr(player.world.database, "write", fails)
    status, code = await player.refused(body())
    assert (status, code) == (503, "storage_full")


async def test_two_devices_that_report_at_once_make_one_viewing(player: Player) -> None:
    both = [player.post(body(playback=f"playback-{name}")) for name in ("tablet", "phone")]
    assert [status for status, _ in await asyncio.gather(*both)] == [200, 200]
    assert await viewings(player.world) == 1
