"""Today and the waiting room lie open: what comes meanwhile is shown, said and sounded; nothing is lost."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from playwright.async_api import Page, expect
from sqlalchemy import update

from server.pages.client_files import client_folder
from server.people.staff import StaffRole
from server.rooms.state import Place
from server.storage.tables import Course
from tests.e2e.axe import assert_accessible
from tests.e2e.browser import chromium, new_person, until
from tests.e2e.keyboard import tab_to
from tests.integration.pages import world as pages
from tests.integration.pages.before_class import patient, with_check_in
from tests.integration.pages.situations import class_row, put_in
from tests.integration.pages.staff import signed_in, the_service
from tests.integration.pages.world import World

pytestmark = [pytest.mark.browser, pytest.mark.timeout(180)]

RED = {"class": "5", "chest_pain": "yes"}
DIZZY = {"class": "5", "no_red_flag": "yes", "dizziness": "yes"}
EVERY_MS = 15_000
COUNT_TONES = """
window.tones = 0;
const start = OscillatorNode.prototype.start;
OscillatorNode.prototype.start = function (...when) { window.tones += 1; return start.apply(this, when); };
"""


@pytest.fixture(autouse=True)
def _client_as_built(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pages, "built_client", lambda folder: client_folder() / "dist")


@asynccontextmanager
async def today_lies_open(folder: Path) -> AsyncIterator[tuple[World, Page, str]]:
    """The physio's Today, with all its people, as she opened it; whose time a test moves on."""
    async with pages.pages_world(folder) as world, chromium() as browser:
        await with_check_in(world)
        lead = await signed_in(world, StaffRole.LEAD)
        lead_id = await lead.person_id(await the_service(world))
        class_ = await class_row(world)

        async def lead_it(session) -> None:
            await session.execute(update(Course).where(Course.id == class_.course_id).values(lead_id=lead_id))

        await world.database.write(lead_it)
        base_url = str(world.browser.make_url("/")).rstrip("/")
        context = await new_person(browser)
        await context.add_cookies([{"name": "mr_staff", "value": lead.secret, "url": base_url}])
        await context.add_init_script(COUNT_TONES)
        page = await context.new_page()
        await page.clock.install()
        await page.goto(f"{base_url}/staff")
        yield world, page, class_.id


async def some_time_later(page: Page) -> None:
    """The page has looked again; its next timer may only just have been set."""
    looked: list[str] = []
    page.on("requestfinished", lambda one: looked.append(one.url) if one.resource_type == "fetch" else None)

    async def again() -> bool:
        await page.clock.fast_forward(EVERY_MS)
        return bool(looked)

    await until(again, "the page to look again", every_s=0.3)


async def test_a_red_flag_that_comes_while_today_lies_open_is_shown_said_and_sounded(tmp_path: Path) -> None:
    async with today_lies_open(tmp_path) as (world, page, _):
        await expect(page.get_by_text("looks again by itself every 15 seconds")).to_be_visible()
        rosas = page.get_by_role("link", name="Rosa Mendes", exact=True)
        await tab_to(page, rosas)
        address = await rosas.get_attribute("href")

        margaret = await patient(world)
        await margaret.send_all(RED)
        await some_time_later(page)
        await expect(page.get_by_role("alert")).to_contain_text("New: Margaret Ellis: Red flag")
        await expect(page.get_by_role("alert")).to_contain_text("Ring now.")
        await expect(page.get_by_role("row").nth(1)).to_contain_text("Margaret Ellis")
        await expect(page).to_have_title(re.compile("^Red flag – Today"))
        await page.wait_for_function("window.tones > 0")
        # The line has moved, and the one that had the focus is still Rosa's.
        await expect(rosas).to_be_focused()
        await expect(rosas).to_have_attribute("href", address or "")
        await assert_accessible(page)

        tones = await page.evaluate("window.tones")
        await some_time_later(page)
        yusuf = await patient(world, "Yusuf Rahman")
        await yusuf.send_all(DIZZY)
        await some_time_later(page)
        await expect(page.get_by_role("alert")).to_contain_text("New: Yusuf Rahman: Held")
        await expect(page.get_by_role("alert")).not_to_contain_text("Margaret")
        assert await page.evaluate("window.tones") == tones, "only a red flag sounds, once"


async def test_who_comes_to_the_waiting_room_stands_there_by_itself(tmp_path: Path) -> None:
    async with today_lies_open(tmp_path) as (world, page, class_id):
        await page.goto(f"{page.url}/classes/{class_id}/waiting-room")
        await expect(page.get_by_text("Nobody waits.")).to_be_visible()
        margaret = await patient(world)
        await margaret.send_all()
        await put_in(world, "Margaret Ellis", Place.WAITING)
        await some_time_later(page)
        await expect(page.get_by_role("listitem").filter(has_text="Margaret Ellis")).to_be_visible()
        await expect(page.get_by_text("Nobody waits.")).to_be_hidden()


async def test_while_the_server_cannot_be_reached_the_page_says_that_it_may_be_out_of_date(
    tmp_path: Path,
) -> None:
    async with today_lies_open(tmp_path) as (_, page, _):
        await page.context.set_offline(True)
        await page.clock.fast_forward(EVERY_MS)
        await expect(page.get_by_text("We cannot reach Moveroom.")).to_be_visible()
        await expect(page.get_by_role("row", name="Margaret Ellis")).to_be_visible()
        await page.context.set_offline(False)
        await some_time_later(page)
        await expect(page.get_by_text("We cannot reach Moveroom.")).to_be_hidden()


async def test_a_browser_that_cannot_sound_shows_the_red_flag_and_goes_on_looking(tmp_path: Path) -> None:
    async with today_lies_open(tmp_path) as (world, page, _):
        await page.evaluate(
            "() => { window.AudioContext = class { constructor() { throw new Error('no sound'); } }; }"
        )
        for name in ("Margaret Ellis", "Yusuf Rahman"):
            await (await patient(world, name)).send_all(RED)
            await some_time_later(page)
            await expect(page.get_by_role("alert")).to_contain_text(f"New: {name}: Red flag")
        await expect(page.get_by_text("looks again by itself every 15 seconds")).to_be_visible()
