"""Nothing that staff or patients read is cut off, on a phone, a tablet and a laptop."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.async_api import Page, expect
from sqlalchemy import update

from server.pages.client_files import client_folder
from server.people.staff import StaffRole
from server.rooms.state import Place
from server.storage.tables import Course
from tests.e2e.browser import chromium, new_person
from tests.integration.pages import world as pages
from tests.integration.pages.before_class import patient, with_check_in
from tests.integration.pages.situations import class_row, know_birth_date, put_in
from tests.integration.pages.staff import signed_in, the_service

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]

WIDTHS = (360, 768, 1024, 1366)
CUT_OFF = """
() => {
  const cut = [...document.querySelectorAll('html, main, main *')].filter((one) => one.clientWidth > 1
    && one.scrollWidth > one.clientWidth
    && (one.tagName === 'HTML' || getComputedStyle(one).overflowX !== 'visible'));
  const outside = [...document.querySelectorAll('main table')].flatMap((table) => {
    const right = table.parentElement.getBoundingClientRect().right + 4;
    return [...table.querySelectorAll('th, td, a, strong, span:not(.nhsuk-u-visually-hidden)')]
      .filter((one) => one.getBoundingClientRect().right > right);
  });
  return [...cut, ...outside].map((one) => `${one.tagName} ${one.textContent.trim().slice(0, 40)}`);
}
"""


@pytest.fixture(autouse=True)
def _client_as_built(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pages, "built_client", lambda folder: client_folder() / "dist")


async def is_whole(page: Page, shots: Path, name: str) -> None:
    """At each width nothing is wider than its place."""
    for width in WIDTHS:
        await page.set_viewport_size({"width": width, "height": 800})
        assert await page.evaluate(CUT_OFF) == [], f"{name} at {width}"
        await page.screenshot(path=shots / f"{name}-{width}.png", full_page=True)


async def test_today_shows_its_whole_table_at_every_width(tmp_path: Path) -> None:
    async with pages.pages_world(tmp_path) as world, chromium() as browser:
        await with_check_in(world)
        lead = await signed_in(world, StaffRole.LEAD)
        lead_id = await lead.person_id(await the_service(world))
        class_ = await class_row(world)

        async def lead_it(session) -> None:
            await session.execute(update(Course).where(Course.id == class_.course_id).values(lead_id=lead_id))

        await world.database.write(lead_it)
        for name, symptoms in (
            ("Margaret Ellis", {"class": "5", "chest_pain": "yes"}),
            ("Yusuf Rahman", {"class": "5", "no_red_flag": "yes", "dizziness": "yes", "told": "On Sunday."}),
        ):
            someone = await patient(world, name)
            await world.press_join(f"{someone.me}/device-check", data={"camera": "blocked"})
            await someone.send_all(symptoms)
        await put_in(world, "Yusuf Rahman", Place.WAITING)
        base_url = str(world.browser.make_url("/")).rstrip("/")
        context = await new_person(browser)
        await context.add_cookies([{"name": "mr_staff", "value": lead.secret, "url": base_url}])
        page = await context.new_page()
        await page.goto(f"{base_url}/staff")
        await expect(page.get_by_role("row", name="Margaret Ellis")).to_contain_text("Red flag")
        await is_whole(page, tmp_path, "today")
        await page.goto(f"{base_url}/staff/classes/{class_.id}/waiting-room")
        await is_whole(page, tmp_path, "waiting-room")


async def test_the_fields_of_the_date_of_birth_are_as_wide_as_what_goes_into_them(tmp_path: Path) -> None:
    async with pages.pages_world(tmp_path) as world, chromium() as browser:
        await know_birth_date(world, "Margaret Ellis")
        margaret = await patient(world)
        base_url = str(world.browser.make_url("/")).rstrip("/")
        context = await new_person(browser)
        cookies = world.browser.session.cookie_jar.filter_cookies(world.browser.make_url("/"))
        await context.add_cookies(
            [{"name": each.key, "value": each.value, "url": base_url} for each in cookies.values()]
        )
        page = await context.new_page()
        await page.goto(f"{base_url}{margaret.me}/birth")
        await is_whole(page, tmp_path, "birth")
        for width in WIDTHS:
            await page.set_viewport_size({"width": width, "height": 800})
            boxes = [await page.get_by_label(name).bounding_box() for name in ("Day", "Month", "Year")]
            assert [box is not None and 56 <= box["width"] <= 160 for box in boxes] == [True] * 3, boxes
            assert len({box["y"] for box in boxes if box}) == 1, "they stand side by side"
