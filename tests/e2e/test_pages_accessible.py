"""Every page of the server, from the route table, on a phone and on a computer: axe-core finds nothing.

A page that is added is covered by being there: those with an address of their own by the route table, the
others in `page_states`. A template to which the walk does not come fails the test. The tests below do without
script, by keyboard alone.
"""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Mapping
from pathlib import Path

import pytest
from playwright.async_api import Browser, expect

from tests.e2e.browser import chromium
from tests.e2e.clinic import NOT_IN_THE_WALK, Clinic, browser_with, open_clinic
from tests.e2e.form_states import MAIL_FROM, states_with_forms
from tests.e2e.keyboard import press, tab_to
from tests.e2e.page_state import full_pages
from tests.e2e.page_states import states
from tests.e2e.page_walk import Walk, found_on, note_templates, walk, walk_states
from tests.integration.pages.many import SECRET
from tests.integration.pages.two_services import OWN

pytestmark = [pytest.mark.browser, pytest.mark.timeout(600)]

ERROR = re.compile("^Error: ")
LEAST_PAGES = 60
"""Fewer than this: the walk has not seen what there is."""


@pytest.fixture
async def clinic(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Clinic]:
    async with open_clinic(tmp_path, monkeypatch) as opened:
        yield opened


async def test_axe_finds_nothing_on_any_page_of_staff_and_patients(
    clinic: Clinic, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    bundle = await clinic.both.bundle(OWN)
    for_staff, for_others = clinic.addresses(bundle)
    known = await clinic.known_browser(bundle)
    beside = await states(clinic.both, clinic.ids, tmp_path / "recordings")
    at = Walk(note_templates(monkeypatch))
    async with chromium() as browser:
        async with browser_with(browser, clinic, {"mr_staff": SECRET}) as staff:
            seen = await walk(at, staff, clinic.base_url, for_staff)
        async with browser_with(browser, clinic, known) as patient:
            others = await walk(at, patient, clinic.base_url, for_others)
        async with browser_with(browser, clinic, {}) as stranger:
            strangers = await walk(at, stranger, clinic.base_url, for_others)
            await walk_states(at, stranger, clinic.base_url, beside)
    print(f"{len(seen)} pages of staff, {len(others)} of a patient, {len(strangers)} of a stranger")
    assert not at.found, f"{len(at.found)} findings:\n" + "\n".join(at.found)
    assert len(seen) + len(others) + len(strangers) >= LEAST_PAGES
    assert at.looked_at == full_pages() - set(NOT_IN_THE_WALK), (
        "a page that the walk does not come to: give it a state in page_states"
    )


async def test_axe_finds_nothing_where_a_form_stands_only_at_times(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    at = Walk(note_templates(monkeypatch))
    async with (
        open_clinic(tmp_path, monkeypatch, mail_from=MAIL_FROM) as clinic,
        chromium() as browser,
        browser_with(browser, clinic, {}) as context,
    ):
        beside = await states_with_forms(clinic.both, clinic.ids)
        await walk_states(at, context, clinic.base_url, beside)
    assert at.found == []


def without_script(browser: Browser, clinic: Clinic, cookies: Mapping[str, str]):
    return browser_with(browser, clinic, cookies, java_script_enabled=False)


async def test_a_form_of_staff_by_keyboard_alone_without_script_keeps_what_was_typed(clinic: Clinic):
    async with (
        chromium() as browser,
        without_script(browser, clinic, {"mr_staff": SECRET}) as plain,
        browser_with(browser, clinic, {"mr_staff": SECRET}) as checked,
    ):
        page = await plain.new_page()
        await page.goto(f"{clinic.base_url}/staff/services/new")
        await page.keyboard.press("Tab")
        phone = page.get_by_label("Phone number for patients")
        await tab_to(page, phone)
        await page.keyboard.type("01632 960555")
        await page.keyboard.press("Enter")
        await expect(page).to_have_title(ERROR)
        summary = page.get_by_role("alert")
        await expect(summary).to_contain_text("There is a problem")
        await expect(phone).to_have_value("01632 960555")
        link = summary.get_by_role("link").first
        await tab_to(page, link)
        await page.keyboard.press("Enter")
        name = page.get_by_label("Name of the service")
        await expect(name).to_be_focused()
        await page.keyboard.type("Hillside groups")
        await page.keyboard.press("Enter")
        await expect(page.get_by_role("heading", level=1)).to_contain_text("Hillside groups")

        # The page with the mistake, as axe sees it.
        seen = await checked.new_page()
        await seen.goto(f"{clinic.base_url}/staff/services/new")
        await seen.get_by_role("button", name=re.compile("^Add")).click()
        await expect(seen).to_have_title(ERROR)
        assert await found_on(seen, "a service without a name") == []


async def test_the_check_in_by_keyboard_alone_without_script_up_to_a_red_flag(clinic: Clinic):
    bundle = await clinic.both.bundle(OWN)
    known = await clinic.known_browser(bundle)
    mine = f"{clinic.base_url}/me/{bundle.ids['link_id']}"
    found: list[str] = []
    async with (
        chromium() as browser,
        without_script(browser, clinic, known) as plain,
        browser_with(browser, clinic, known) as checked,
    ):
        page, seen = await plain.new_page(), await checked.new_page()

        async def here(heading: str) -> None:
            """The page is this one, and axe finds nothing on it."""
            await expect(page.get_by_role("heading", level=1)).to_have_text(heading)
            await seen.goto(page.url)
            found.extend(await found_on(seen, heading))

        await page.goto(f"{mine}/agreement")
        await here("What we all agree to")
        await press(page, page.get_by_role("button", name="I agree"))
        await page.wait_for_url(lambda address: "/agreement" not in address)
        await page.goto(f"{mine}/check-in")
        await here("Is this still right?")
        await press(
            page, page.get_by_role("group", name="Who is joining").get_by_role("radio").first, "Space"
        )
        await tab_to(page, page.get_by_label("Your phone number today"))
        await page.keyboard.type("07700 900142")
        await press(page, page.get_by_label("I do not have anybody"), "Space")
        await press(page, page.get_by_label("Yes, I am alone"), "Space")
        await press(page, page.get_by_role("button", name="Continue"))
        await here("Do you have any of these today?")

        # Nothing is pre-filled, and nothing goes on without an answer.
        await press(page, page.get_by_role("button", name="Continue"))
        await expect(page).to_have_title(ERROR)
        await seen.get_by_role("button", name="Continue").click()
        await expect(seen).to_have_title(ERROR)
        found.extend(await found_on(seen, "symptoms without an answer"))
        await press(page, page.get_by_role("alert").get_by_role("link").first)
        await press(page, page.get_by_label(re.compile("[Cc]hest pain")).first, "Space")
        for none in (await page.get_by_label("None of these").all())[1:]:
            await press(page, none, "Space")
        await press(page, page.get_by_role("button", name="Continue"))
        await here("Call 999 now.")
        await press(page, page.get_by_role("link", name="tell us where you are"))
        await here("Where are you today?")
        await page.goto(mine)
        await here("Call 999 now.")
        await expect(page.get_by_role("button", name="Join class")).to_have_count(0)
    assert found == []
