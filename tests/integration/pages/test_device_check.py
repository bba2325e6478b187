"""The device check's pages: who may open them, what is kept, and what staff are told."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import select

from server.errors import Refused
from server.pages.site import SITE
from server.people.device_checks import CheckedDevice, device_check_of
from server.storage.tables import LinkSession
from tests.integration.pages.world import World

WORKS = {"camera": "works", "microphone": "works", "sound": "heard", "line": "good", "family": "android"}
OFFER = {"sdp": "v=0", "sources": {}, "slots": {}}


async def send(world: World, link_id: str, fields: dict[str, str]):
    return await world.press_join(f"/me/{link_id}/device-check", data=fields)


async def checks(world: World, *link_ids: str) -> dict[str, CheckedDevice]:
    async with world.database.reading() as session:
        return await device_check_of(session, link_ids)


async def test_the_page_has_the_four_fields_the_phone_and_a_way_round_it(world: World) -> None:
    link_id = await world.link_id(world.margaret)
    page = await world.open(f"/me/{link_id}/device-check")
    assert page.status == 200
    hidden = {each["name"]: each["value"] for each in page.all("input") if each["type"] == "hidden"}
    assert hidden == {
        "camera": "untried",
        "microphone": "untried",
        "sound": "untried",
        "line": "untried",
        "family": "unknown",
    }
    assert {"type": "module", "src": "/static/assets/device-JJJJJJJJ.js"} in page.all("script")
    assert "I will do this later" in page.texts["button"]
    assert "01632 960123" in page.text("main")


async def test_what_was_found_is_kept_with_this_browser_and_told_to_staff(world: World) -> None:
    link_id = await world.link_id(world.margaret)
    sent = await send(world, link_id, {**WORKS, "microphone": "blocked"})
    assert (sent.status, sent.headers["Location"]) == (303, f"/me/{link_id}/on")
    found = (await checks(world, link_id, "nobodys"))[link_id]
    assert (found.at, found.not_passed) == (world.clock(), ("microphone",))
    page = await world.open(f"/me/{link_id}/device-check")
    assert "something was missing: microphone" in page.text("main")


async def test_of_two_browsers_the_newer_check_counts(world: World) -> None:
    link_id = await world.link_id(world.margaret)
    await send(world, link_id, {**WORKS, "camera": "missing"})
    world.browser.session.cookie_jar.clear()
    world.clock.move(minutes=1)
    await world.link_id(world.margaret)
    assert not (await checks(world, link_id))[link_id].has_passed
    await send(world, link_id, WORKS)
    assert (await checks(world, link_id))[link_id].has_passed


async def test_later_keeps_no_finding_and_takes_none_away(world: World) -> None:
    link_id = await world.link_id(world.margaret)
    sent = await send(world, link_id, {**WORKS, "later": "yes"})
    assert (sent.status, sent.headers["Location"]) == (303, f"/me/{link_id}/on")
    left_out = (await checks(world, link_id))[link_id]
    assert left_out.check.was_left_out
    assert not left_out.has_passed
    assert "something was missing" not in (await world.open(f"/me/{link_id}/device-check")).text("main")
    await send(world, link_id, WORKS)
    await send(world, link_id, {"later": "yes"})
    assert (await checks(world, link_id))[link_id].has_passed


async def test_a_finding_that_there_is_not_is_refused_and_not_kept(world: World) -> None:
    link_id = await world.link_id(world.margaret)
    sent = await send(world, link_id, {**WORKS, "camera": "<script>"})
    assert sent.status == 403
    assert "<script>alert" not in sent.html
    assert await checks(world, link_id) == {}


async def test_a_strange_browser_and_another_site_change_nothing(world: World) -> None:
    link_id = await world.link_id(world.margaret)
    elsewhere = {"Origin": "https://elsewhere.example"}
    cross = await world.press_join(f"/me/{link_id}/device-check", data=WORKS, headers=elsewhere)
    assert cross.status == 403
    world.browser.session.cookie_jar.clear()
    assert (await world.open(f"/me/{link_id}/device-check")).status == 403
    assert (await send(world, link_id, WORKS)).status == 403
    assert await checks(world, link_id) == {}
    async with world.database.reading() as session:
        assert not list(await session.scalars(select(LinkSession).where(LinkSession.checked_at.is_not(None))))


async def ask_loop(world: World, link_id: str, content: Any = OFFER, **request: Any) -> tuple[int, Any]:
    body = content if isinstance(content, bytes) else json.dumps(content).encode()
    headers = {"Content-Type": "application/json"} | request.pop("headers", {})
    address = f"/me/{link_id}/device-check/line"
    async with world.browser.post(address, data=body, headers=headers, **request) as answer:
        return answer.status, await answer.json()


@pytest.fixture
def asked(world: World) -> list[str]:
    """For which links the media server was asked to loop back; an offer without SDP is refused there."""
    links: list[str] = []

    async def loop(link_id: str, content: bytes) -> dict[str, object]:
        links.append(link_id)
        if b"too fast" in content:
            raise Refused("too_fast", "Wait half a minute.")
        return {"ok": True, "sdp": "answer", "peer": f"{link_id}.1"}

    app = world.browser.app
    assert app is not None
    app._state[SITE] = replace(app[SITE], loop_back=loop)
    return links


async def test_the_loop_is_for_the_browser_behind_the_link_alone(world: World, asked: list[str]) -> None:
    link_id = await world.link_id(world.margaret)
    assert (await ask_loop(world, link_id))[0] == 200
    hannah = await world.link_id(world.hannah)
    world.browser.session.cookie_jar.clear()
    await world.link_id(world.margaret)
    for stranger in (hannah, "AAAAAAAAAAAAAAAA"):
        status, said = await ask_loop(world, stranger)
        assert (status, said["error"]["code"]) == (403, "not_let_in")
    await world.revoke_links()
    assert (await ask_loop(world, link_id))[1]["error"]["code"] == "not_let_in"
    assert asked == [link_id]


async def test_the_loop_takes_small_json_only_and_refusals_come_in_words(
    world: World, asked: list[str]
) -> None:
    link_id = await world.link_id(world.margaret)
    assert (await ask_loop(world, link_id, b"x" * 120_000))[0] == 400
    assert asked == []
    status, said = await ask_loop(world, link_id, {"sdp": "too fast"})
    assert (status, said["error"]["words"]) == (403, "Wait half a minute.")
    elsewhere = {"Origin": "https://elsewhere.example"}
    address = f"/me/{link_id}/device-check/line"
    async with world.browser.post(address, json=OFFER, headers=elsewhere) as answer:
        assert answer.status == 403
    async with world.browser.post(address, data={"sdp": "v=0"}) as answer:
        assert answer.status == 400
    assert asked == [link_id]
