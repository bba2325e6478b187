"""A question from before the class to its answer, in the next one: by a clock that the test sets."""

from __future__ import annotations

import asyncio
import re
import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from playwright.async_api import Browser, Page, expect

from tests.e2e.axe import assert_accessible
from tests.e2e.browser import chromium, new_person
from tests.e2e.class_page import LONG_MS, ask, come_in, enter, let_in, open_drawer
from tests.e2e.clock import SetServiceClock
from tests.e2e.service import DemoService, demo_service
from tests.e2e.start_class import start_class
from tests.e2e.talk_pages import is_told, link_id, question

pytestmark = [pytest.mark.browser, pytest.mark.timeout(240)]

TUESDAY = datetime(2026, 11, 24, 10, 0, 5, tzinfo=ZoneInfo("Europe/London"))


async def asked_before_class(browser: Browser, service: DemoService) -> None:
    """A patient asks on her own page, on her phone."""
    phone = await (await new_person(browser, viewport={"width": 360, "height": 740})).new_page()
    await phone.goto(service.patients[0])
    await phone.get_by_role("button", name="Join class").click()
    await phone.wait_for_url("**/class/*")
    await phone.goto(f"{service.base_url}/me/{link_id(phone)}")
    await phone.get_by_role("link", name="Ask a question for the next class").click()
    await phone.get_by_label("Your question").fill("Can I do the stairs again?")
    await assert_accessible(phone)
    await phone.get_by_role("button", name="Ask", exact=True).click()
    await expect(phone.get_by_role("listitem").filter(has_text="Can I do the stairs again?")).to_be_visible()
    await phone.context.close()


async def answered_in_class(physio: Page, margaret: Page, dennis: Page) -> None:
    """It is there from the start; while it is answered everyone has it beside the stage; then it is done."""
    for page in (margaret, dennis):
        await open_drawer(page, "Questions")
        await expect(question(page, "the stairs again")).to_be_visible(timeout=LONG_MS)
    await question(physio, "the stairs again").get_by_role("button", name="Answer now").click()
    await is_told(margaret, "Hannah is answering your question now.")
    await expect(question(dennis, "the stairs again")).to_contain_text("is answering this now")
    for page in (margaret, dennis):
        await page.get_by_role("button", name="Close", exact=True).click()
        beside = page.get_by_role("region", name="What we are doing now")
        await expect(beside).to_contain_text("Can I do the stairs again?", timeout=LONG_MS)
        await assert_accessible(page)
    await question(physio, "the stairs again").get_by_role("button", name="Answered", exact=True).click()
    for page in (margaret, dennis):
        await open_drawer(page, "Questions")
        await expect(question(page, "the stairs again")).to_contain_text("Answered in class", timeout=LONG_MS)
    await expect(
        question(dennis, "the stairs again").get_by_role("button").filter(has_not_text="Tell staff")
    ).to_have_count(0)


async def changed_for_two_minutes(clock: SetServiceClock, physio: Page, margaret: Page) -> None:
    """What the asker has open then is refused, in words; a page that is told the time offers it no more."""
    await ask(margaret, "Which shoes are best?")
    mine = question(margaret, "Which shoes are best?")
    await expect(mine).to_be_visible(timeout=LONG_MS)
    await mine.get_by_role("button", name="Change my question").click()
    await mine.get_by_label("Your question").fill("Which shoes are best in winter?")
    await clock.pass_quickly(minutes=2)
    await margaret.get_by_role("button", name="Save").click()
    await expect(margaret.get_by_text("A question can be changed for 2 minutes")).to_be_visible(
        timeout=LONG_MS
    )
    await expect(margaret.get_by_label("Your question")).to_have_value("Which shoes are best in winter?")
    await assert_accessible(margaret)
    await expect(question(physio, "Which shoes are best?")).to_be_visible()
    await margaret.reload()
    await expect(margaret.locator("[data-place='in_class']")).to_be_visible(timeout=LONG_MS)
    await open_drawer(margaret, "Questions")
    await expect(question(margaret, "Which shoes are best?")).to_contain_text("You, waiting", timeout=LONG_MS)
    await expect(margaret.get_by_role("button", name="Change my question")).to_have_count(0)


async def voted_for_once(margaret: Page, dennis: Page) -> None:
    """A vote is one, whatever is pressed and loaded anew, and can be taken back."""
    vote = question(dennis, "Which shoes").get_by_role("button", name=re.compile("this question"))
    await vote.click()
    await expect(vote).to_have_attribute("aria-pressed", "true", timeout=LONG_MS)
    await expect(question(margaret, "Which shoes")).to_contain_text("1 vote", timeout=LONG_MS)
    await dennis.reload()
    await expect(dennis.locator("[data-place='in_class']")).to_be_visible(timeout=LONG_MS)
    await open_drawer(dennis, "Questions")
    await expect(vote).to_have_attribute("aria-pressed", "true", timeout=LONG_MS)
    await vote.click()
    await expect(question(margaret, "Which shoes")).to_contain_text("0 votes", timeout=LONG_MS)
    await vote.click()
    await expect(question(margaret, "Which shoes")).to_contain_text("1 vote", timeout=LONG_MS)


async def class_ends(physio: Page, others: list[Page]) -> None:
    """For everyone."""
    await physio.get_by_role("button", name="End class").click()
    await physio.get_by_role("button", name="End class for everyone").click()
    for page in (physio, *others):
        await page.wait_for_url("**/after/*", timeout=LONG_MS)


def have_the_next_class_now(service: DemoService, now: datetime) -> None:
    """Move class 6 of the demo's course to this moment."""
    stored = [
        (now + by).astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S.%f")
        for by in (timedelta(), timedelta(hours=1))
    ]
    with closing(sqlite3.connect(service.database)) as connection, connection:
        connection.execute(
            "UPDATE class_sessions SET starts_at = ?, ends_at = ? WHERE number = 6 AND course_id ="
            " (SELECT id FROM courses WHERE title = 'Knee and hip group')",
            stored,
        )


async def owed_in_the_next(service: DemoService, physio: Page, margaret: Page) -> None:
    """What was not answered stands in the next class, with who owes the answer, votes and all."""
    await come_in(physio, service.physio)
    await enter(margaret, service.patients[0])
    await expect(physio.get_by_role("button", name="1 waiting")).to_be_visible(timeout=LONG_MS)
    await let_in(physio)
    await expect(margaret.locator("[data-place='in_class']")).to_be_visible(timeout=LONG_MS)
    await open_drawer(margaret, "Questions")
    for page in (physio, margaret):
        carried = question(page, "Which shoes are best?")
        await expect(carried).to_contain_text("From an earlier class. Hannah will answer it", timeout=LONG_MS)
        await expect(carried).to_contain_text("1 vote")
        await expect(question(page, "the stairs again")).to_have_count(0)
        await assert_accessible(page)
    await question(physio, "Which shoes").get_by_role("button", name="Write answer").click()
    await physio.get_by_label("Your answer, for everyone in class").fill("Flat ones with a firm heel.")
    await physio.get_by_role("button", name="Send answer").click()
    await is_told(margaret, "Hannah has answered your question in writing.")
    await expect(question(margaret, "Which shoes")).to_contain_text("Hannah, physio: Flat ones")


async def test_a_question_goes_from_my_page_through_class_to_whoever_owes_the_answer_in_the_next(
    tmp_path: Path,
):
    clock = SetServiceClock(tmp_path, TUESDAY)
    async with demo_service(tmp_path, clock.environment) as service, chromium() as browser:
        await asked_before_class(browser, service)
        physio, (margaret, dennis) = await start_class(browser, service, 2)
        await answered_in_class(physio, margaret, dennis)
        await changed_for_two_minutes(clock, physio, margaret)
        await voted_for_once(margaret, dennis)
        await class_ends(physio, [margaret, dennis])
        await asyncio.to_thread(have_the_next_class_now, service, clock())
        await owed_in_the_next(service, physio, margaret)
