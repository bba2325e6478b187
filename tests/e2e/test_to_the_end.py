"""From the door to the month's report: an hour of class, what comes after it, a session at home, the figures.

By a clock that runs fast, so that the hour passes in seconds; everything else is real.
"""

from __future__ import annotations

import asyncio
import csv
import re
import sqlite3
import sys
from collections.abc import Awaitable
from contextlib import closing
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from playwright.async_api import Browser, BrowserContext, Page, expect

from tests.e2e.browser import chromium, new_person, until
from tests.e2e.class_page import LONG_MS, come_in, enter, let_in
from tests.e2e.clock import SetServiceClock
from tests.e2e.privacy import personal, said_in
from tests.e2e.service import DemoService, demo_service
from tests.synthetic.stays import WRONG_AT_MOST

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]

TUESDAY = datetime(2026, 11, 24, 10, 0, 5, tzinfo=ZoneInfo("Europe/London"))
WITHIN_MS = 5_000
"""How near the place a session goes on, elsewhere, from where it was left."""


class Stays:
    """When people were in class, as far as the test can tell: between which moments each end lies."""

    def __init__(self, clock: SetServiceClock) -> None:
        self._clock = clock
        self._edges: dict[Page, list[tuple[datetime, datetime]]] = {}

    async def edge(self, happening: Awaitable[None], *whose: Page) -> None:
        """Do what begins or ends these people's stays."""
        before = self._clock()
        await happening
        for page in whose:
            self._edges.setdefault(page, []).append((before, self._clock()))

    def minutes(self, page: Page) -> range:
        """Every number of whole minutes that this stay may have lasted, as far as a contact may be wrong."""
        (before_in, after_in), (before_out, after_out) = self._edges[page]
        shortest, longest = before_out - after_in - WRONG_AT_MOST, after_out - before_in + WRONG_AT_MOST
        return range(int(shortest.total_seconds() // 60), int(longest.total_seconds() // 60) + 1)


async def person(browser: Browser) -> Page:
    return await (await new_person(browser, viewport={"width": 1024, "height": 768})).new_page()


async def wait_at_the_door(page: Page, link: str) -> None:
    await enter(page, link)
    await expect(page.get_by_text("You are in the waiting room")).to_be_visible(timeout=LONG_MS)


async def be_let_in(physio: Page, patients: list[Page]) -> None:
    await let_in(physio)
    for page in patients:
        await expect(page.locator("[data-place='in_class']")).to_be_visible(timeout=LONG_MS)


async def leave(page: Page) -> None:
    await page.get_by_role("button", name="Leave").click()
    await page.get_by_role("button", name=re.compile("^(Yes, leave|Leave class)")).click()
    await expect(page.get_by_role("heading", name="You have left the class")).to_be_visible(timeout=LONG_MS)


async def end_for_all(physio: Page, others: list[Page]) -> None:
    await physio.get_by_role("button", name="End class").click()
    await physio.get_by_role("button", name=re.compile("^(Yes, end|End class for)")).click()
    for page in (physio, *others):
        await page.wait_for_url("**/after/*", timeout=LONG_MS)
        await expect(page.get_by_role("heading", name=re.compile("finished"))).to_be_visible()


def link_id(page: Page) -> str:
    """The public name of a person's link, from the address of a page that has it."""
    return page.url.split("?")[0].rstrip("/").rsplit("/", 1)[1]


async def moveroom(service: DemoService, *arguments: str) -> str:
    """Run a command on the service's data while it runs; what it prints."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "server.cli", *arguments,
        env=service.environment, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip
    printed, complained = await process.communicate()
    assert process.returncode == 0, complained.decode()
    return printed.decode()


def asked(service: DemoService, query: str, *values: str) -> list[tuple]:
    with closing(sqlite3.connect(service.database)) as database:
        return database.execute(query, values).fetchall()


# ---- after class


async def answer_the_question(page: Page, choice: str, why: str) -> None:
    """Answer the Friends and Family Test from the closing page; it asks once a month."""
    await page.get_by_role("button", name="Answer the question").click()
    await expect(
        page.get_by_role("heading", name="Overall, how was your experience of our service?")
    ).to_be_visible()
    await page.get_by_role("button", name="Send").click()
    await expect(page.get_by_text("There is a problem")).to_be_visible()
    await page.get_by_label(choice, exact=True).check()
    await page.get_by_label(re.compile("why you gave your answer")).fill(why)
    await page.get_by_role("button", name="Send").click()
    await expect(page.get_by_role("heading", name="Thank you")).to_be_visible()
    await page.get_by_role("link", name="Back to your classes").click()
    await expect(page.get_by_role("heading", name=re.compile("finished"))).to_be_visible()
    await expect(page.get_by_role("button", name="Answer the question")).to_be_hidden()


# ---- at home


async def open_session(page: Page, base_url: str, link: str, title: str) -> None:
    """Choose a session on the list and have its player ready."""
    await page.goto(f"{base_url}/watch/{link}")
    await page.get_by_role("link", name=title).click()
    await page.wait_for_function("() => document.querySelector('video')?.readyState >= 1")


async def place_ms(page: Page) -> float:
    return await page.evaluate("document.querySelector('video').currentTime * 1000")


async def play_until(page: Page, ms: float) -> None:
    """Play, twice as fast as usual, until that place."""
    await page.get_by_role("button", name=re.compile("^Play")).click()
    await page.evaluate("document.querySelector('video').playbackRate = 2")
    await page.wait_for_function(
        "(ms) => document.querySelector('video').currentTime * 1000 >= ms", arg=ms, timeout=60_000
    )


async def hold_the_class(
    service: DemoService, browser: Browser, clock: SetServiceClock, stays: Stays
) -> list[Page]:
    """An hour: two patients on time, one of whom leaves early, and one ten minutes late."""
    physio, margaret, dennis, sheila = pages = [await person(browser) for _ in range(4)]
    await come_in(physio, service.physio)
    await asyncio.gather(
        wait_at_the_door(margaret, service.patients[0]), wait_at_the_door(dennis, service.patients[1])
    )
    await stays.edge(be_let_in(physio, [margaret, dennis]), margaret, dennis)
    await clock.pass_quickly(minutes=10)
    await wait_at_the_door(sheila, service.patients[2])
    await stays.edge(be_let_in(physio, [sheila]), sheila)
    await clock.pass_quickly(minutes=30)
    await stays.edge(leave(dennis), dennis)
    after = dennis.url.replace("/class/", "/after/")

    async def is_told() -> bool:
        """Once his leaving is stored; on a busy machine his page does not wait for that."""
        await dennis.goto(after)
        return await dennis.get_by_text("still on").count() > 0

    await until(is_told, "the page after class to know that he has left")
    await clock.pass_quickly(minutes=20)
    await stays.edge(end_for_all(physio, [margaret, sheila]), margaret, sheila)
    return pages


async def watch_in_two_places(
    service: DemoService, browser: Browser, page: Page, contexts: list[BrowserContext]
) -> None:
    """Watch the beginning, close, go on in another browser from the same place, until it counts, once."""
    await open_session(page, service.base_url, link_id(page), "Sit to stand")
    await play_until(page, 15_000)
    left_at = await place_ms(page)
    await page.close()
    elsewhere = await person(browser)
    contexts.append(elsewhere.context)
    await elsewhere.goto(service.patients[0])
    await elsewhere.get_by_role("button", name="Exercises to do at home").click()
    await elsewhere.wait_for_url("**/watch/*")
    await open_session(elsewhere, service.base_url, link_id(elsewhere), "Sit to stand")
    await elsewhere.wait_for_function("() => document.querySelector('video').currentTime > 0")
    assert abs(await place_ms(elsewhere) - left_at) <= WITHIN_MS
    await expect(elsewhere.get_by_text("We started again where you stopped")).to_be_visible()
    assert counted_views(service) == []
    duration_ms = await elsewhere.evaluate("document.querySelector('video').duration * 1000")
    await play_until(elsewhere, 0.7 * duration_ms)

    async def counted() -> bool:
        return len(counted_views(service)) == 1

    await until(counted, "the view to count")
    await play_until_the_end(elsewhere)
    await elsewhere.reload()
    assert len(counted_views(service)) == 1


def counted_views(service: DemoService) -> list[tuple]:
    """What has been counted as watched on the day of the class."""
    return asked(service, "SELECT id FROM viewings WHERE counted_at >= ?", TUESDAY.date().isoformat())


async def play_until_the_end(page: Page) -> None:
    await page.wait_for_function("() => document.querySelector('video').ended", timeout=60_000)


async def test_a_class_its_closing_a_session_at_home_and_the_months_report(tmp_path: Path):
    clock = SetServiceClock(tmp_path, TUESDAY)
    stays = Stays(clock)
    async with demo_service(tmp_path, clock.environment) as service, chromium() as browser:
        physio, margaret, dennis, sheila = await hold_the_class(service, browser, clock, stays)
        contexts = [page.context for page in (physio, margaret, dennis, sheila)]

        await answer_the_question(margaret, "Very good", "The stairs are easier now.")
        await answer_the_question(sheila, "Poor", "I could not hear the end of it.")

        # The report and its table for data teams: three contacts, each with its status and its minutes.
        report = await moveroom(service, "report", "2026-11", "--csv", str(tmp_path / "contacts.csv"))
        with (tmp_path / "contacts.csv").open(newline="") as file:
            rows = [row for row in csv.DictReader(file) if row["Contact_Date"] == "2026-11-24"]
        seen = sorted(
            (row["AttendanceStatus"], int(row["CareContact_Duration"]))
            for row in rows
            if row["AttendanceStatus"] in ("5", "6")
        )
        (first, second), (third,) = (
            [minutes for status, minutes in seen if status == one] for one in ("5", "6")
        )
        assert first in stays.minutes(dennis)
        assert second in stays.minutes(margaret)
        assert third in stays.minutes(sheila)
        assert 38 <= first <= 43
        assert 58 <= second <= 64
        assert 48 <= third <= 53
        assert len(rows) == len(service.patients)
        assert {row["AttendanceStatus"] for row in rows} == {"5", "6", "3"}
        assert {row["ConsMechanism"] for row in rows} == {"11"}
        assert {row["GroupTherapyIndicator"] for row in rows} == {"Y"}
        assert re.search(r"class 5\b.*\b3\b", report), report

        await physio.goto(f"{service.base_url}/measures/{link_id(physio)}?month=2026-11")
        await expect(physio.get_by_role("heading", name=re.compile("November 2026"))).to_be_visible()

        await watch_in_two_places(service, browser, margaret, contexts)

        # Nothing of anybody stands in the log of all that.
        assert said_in(service.log.read_text(), await personal(service, contexts)) == []
