"""The database is full, busy, away or broken while somebody looks at a page or presses a button."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
import structlog

from server.pages.contact import NOBODY
from server.pages.fault_words import STORAGE
from server.pages.site import SITE
from server.storage.database import Database, StorageFailed, StorageFault
from tests.integration.pages.situations import absences, add_service, buttons, give_course
from tests.integration.pages.world import World

CANNOT_COME = {"class": "5", "answer": "cannot_come"}
HEADINGS = {
    StorageFault.BUSY: "We are very busy just now",
    StorageFault.AWAY: "A part of our service is not answering",
    StorageFault.FULL: "We cannot save anything just now",
    StorageFault.FAILED: "Sorry, something went wrong on our side",
}


@pytest.fixture
def broken(monkeypatch: pytest.MonkeyPatch):
    """Breaks reading, writing or both from now on."""

    def breaks(fault: StorageFault, *, reading: bool = True, writing: bool = True) -> None:
        @asynccontextmanager
        async def no_reading(self: Database) -> AsyncIterator[None]:
            raise StorageFailed("not this time", fault)
            yield

        async def no_writing(self: Database, work: object) -> None:
            raise StorageFailed("not this time", fault)

        if reading:
            monkeypatch.setattr(Database, "reading", no_reading)
        if writing:
            monkeypatch.setattr(Database, "write", no_writing)

    return breaks


@pytest.mark.parametrize("fault", list(StorageFault))
async def test_each_fault_has_its_words_the_phone_number_and_when_to_come_back(
    world: World, broken, fault: StorageFault
) -> None:
    broken(fault)
    with structlog.testing.capture_logs() as logs:
        page = await world.open(world.margaret)
    assert page.status == 503
    assert page.text("h1") == HEADINGS[fault]
    assert "press Try again" in page.text("main")
    assert "01632 960123" in page.text("main")
    assert page.headers["Retry-After"] == str(STORAGE[fault].retry_after_s)
    assert "Nothing was saved" not in page.text("main")
    (entry,) = logs
    assert (entry["event"], entry["fault"]) == ("storage_failed", str(fault))
    assert entry["route"].startswith("/j/{token}")
    assert f"reference when you call: {entry['reference']}" in page.text("main")
    assert world.margaret.removeprefix("/j/") not in str(entry)
    assert world.browser.app[SITE].failures[f"storage_{fault}"] == 1


@pytest.mark.parametrize("path", ["", "/class/", "/watch/", "/measures/", "/after/", "/experience/"])
async def test_every_page_behind_a_link_says_so(world: World, broken, path: str) -> None:
    address = path + await world.link_id(world.hannah) if path else world.hannah
    broken(StorageFault.AWAY)
    page = await world.open(address)
    assert (page.status, page.text("h1")) == (503, HEADINGS[StorageFault.AWAY])
    assert "01632 960123" in page.text("main")


@pytest.mark.parametrize("fault", list(StorageFault))
async def test_a_button_that_could_not_be_saved_says_that_nothing_was_and_offers_it_again(
    world: World, broken, fault: StorageFault
) -> None:
    broken(fault, reading=False)
    page = await world.press_join(f"{world.margaret}/cannot-come", data=CANNOT_COME)
    assert page.status == 503
    assert "Nothing was saved of what you did just now." in page.text("main")
    assert buttons(page) == ["Try again"]
    (form,) = page.all("form")
    assert (form["method"], form.get("action")) == ("post", None)
    kept = {field["name"]: field["value"] for field in page.all("input")}
    assert kept == CANNOT_COME
    assert page.headers["Referrer-Policy"] == "strict-origin"


async def test_trying_again_saves_it_once_the_database_is_back(
    world: World, broken, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken(StorageFault.BUSY, reading=False)
    page = await world.press_join(f"{world.margaret}/cannot-come", data=CANNOT_COME)
    kept = {field["name"]: field["value"] for field in page.all("input")}
    monkeypatch.undo()
    assert (await world.press_join(f"{world.margaret}/cannot-come", data=kept)).status == 303
    assert await absences(world) == ["Margaret Ellis"]


async def test_what_a_person_wrote_is_shown_and_kept(world: World, broken) -> None:
    broken(StorageFault.FULL)
    wrote = 'It helps my knee <b>a lot</b> & I "like" the group.\nThank you'
    page = await world.press_join(f"{world.margaret}/cannot-come", data=CANNOT_COME | {"why": wrote})
    assert page.texts["textarea"] == [wrote]
    assert "<b>a lot" not in page.html


async def test_pressing_join_lets_nobody_in_who_could_not_be_noted(world: World, broken) -> None:
    broken(StorageFault.FULL, reading=False)
    page = await world.press_join(world.margaret)
    assert page.status == 503
    assert "Set-Cookie" not in page.headers
    assert "If your class is on now and you cannot get in, call us on 01632 960123." in page.text("main")


async def test_with_several_services_the_link_tells_whom_to_ring_even_then(world: World, broken) -> None:
    await add_service(world)
    await give_course(world)
    link_id = await world.link_id(world.margaret)
    await world.open(world.margaret)
    await world.open(f"/class/{link_id}")
    assert await world.browser.app[SITE].contact.of_server() == NOBODY
    broken(StorageFault.AWAY)
    for path in (world.margaret, f"/class/{link_id}"):
        assert "01632 960123" in (await world.open(path)).text("main")
    unknown = await world.open(world.hannah)
    assert "call the phone number in your letter or email" in unknown.text("main")


async def test_the_players_report_gets_the_fault_as_json(world: World, broken) -> None:
    link_id = await world.link_id(world.margaret)
    broken(StorageFault.AWAY)
    report = {"playback": "a" * 20, "from_ms": 0, "to_ms": 4000, "position_ms": 4000}
    async with world.browser.post(f"/watch/{link_id}/knee/watched", json=report) as response:
        assert response.status == 503
        answer = await response.json()
        assert "Retry-After" in response.headers
    assert answer["ok"] is False
    assert answer["error"]["words"]


async def test_sessions_that_cannot_be_purged_do_not_keep_the_server_from_starting(
    world: World, broken
) -> None:
    broken(StorageFault.BUSY)
    with structlog.testing.capture_logs() as logs:
        await world.browser.app.on_startup.send(world.browser.app)
    assert {"event": "sessions_not_purged", "fault": "busy", "log_level": "warning"} in logs
