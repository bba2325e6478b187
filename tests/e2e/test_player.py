"""Watching a session at home: captions, parts, keys, the place kept; without script, on a phone, and when
something does not work."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from itertools import pairwise
from pathlib import Path

import pytest
from playwright.async_api import Browser, Page, Request, expect

from tests.e2e.browser import chromium, new_person, until
from tests.e2e.class_page import LONG_MS
from tests.e2e.service import DemoService, demo_service
from tests.e2e.test_class_page_accessibility import NAMELESS, PATIENT_TARGET_PX, SCROLLS_SIDEWAYS
from tests.unit.ondemand.recordings import add_session

pytestmark = [pytest.mark.browser, pytest.mark.timeout(180)]

SERVICE_PHONE = "01632 960123"
LENGTH_S = 60
LINES = ("Sit tall. Feet flat.", "Lean forward. Nose over toes.", "Stand up slowly.", "And sit down.")
LINE_LASTS_S = 5
PARTS = ((0, "Warm up"), (20, "Easier version"), (40, "Standard version"))
NEAR_S = 5

COUNT_WAKE_LOCKS = """
window.awake = 0;
navigator.wakeLock.request = async () => {
  window.awake += 1;
  const lock = { released: false, release: async () => { lock.released = true; window.awake -= 1; } };
  return lock;
};
"""

SMALL_TARGETS = """
(least) => [...document.querySelectorAll('button, a[href], select, input, summary')]
  .filter((one) => one.checkVisibility() && !one.closest('p') && !one.matches('.nhsuk-skip-link'))
  // The whole row of a session can be pressed.
  .map((one) => [one.textContent.trim() || one.type, one.closest('.mr-session') ?? one])
  .map(([name, one]) => [name, one.getBoundingClientRect()])
  .filter(([, box]) => box.width && (box.height < least || box.width < least))
  .map(([name, box]) => `${name}: ${Math.round(box.width)} x ${Math.round(box.height)}`)
"""


def line_at(seconds: float) -> str:
    """The caption that is shown then."""
    return LINES[int(seconds // LINE_LASTS_S) % len(LINES)]


def moment(seconds: int) -> str:
    return f"{seconds // 60:02}:{seconds % 60:02}.000"


@asynccontextmanager
async def service_with_a_session(folder: Path) -> AsyncIterator[DemoService]:
    """A demo in whose recordings lies a session of a minute, with a caption every five seconds."""
    recordings = folder / "recordings"
    session = add_session(recordings, seconds=LENGTH_S, poster=None)
    cues = [
        f"{moment(start)} --> {moment(start + LINE_LASTS_S)}\n{line_at(start)}\n"
        for start in range(0, LENGTH_S, LINE_LASTS_S)
    ]
    (session / "captions.vtt").write_text("WEBVTT\n\n" + "\n".join(cues))
    ends = [*(start for start, _title in PARTS[1:]), LENGTH_S]
    parts = [
        f"{moment(start)} --> {moment(end)}\n{title}\n"
        for (start, title), end in zip(PARTS, ends, strict=True)
    ]
    (session / "chapters.vtt").write_text("WEBVTT\n\n" + "\n".join(parts))
    async with demo_service(folder, {"MOVEROOM_RECORDINGS_DIR": str(recordings)}) as service:
        yield service


async def open_list(page: Page, link: str) -> None:
    await page.goto(link)
    await page.get_by_role("button", name="Exercises to do at home").click()
    await page.wait_for_url("**/watch/*")


async def open_session(page: Page, link: str) -> None:
    """From the personal link to the player of the session, ready to play."""
    await open_list(page, link)
    await page.get_by_role("link", name="Sit to stand").click()
    await page.wait_for_function("() => document.querySelector('.is-ready video')?.readyState >= 1")


async def own_page(browser: Browser, width: int = 1366, height: int = 768) -> Page:
    return await (await new_person(browser, viewport={"width": width, "height": height})).new_page()


async def place_s(page: Page) -> float:
    return await page.evaluate("document.querySelector('video').currentTime")


async def plays_on(page: Page) -> None:
    """Wait until half a second more has been played."""
    start = await place_s(page)
    await page.wait_for_function(
        "(start) => document.querySelector('video').currentTime > start + 0.5", arg=start
    )


def part(page: Page, title: str):
    return page.get_by_role("button", name=re.compile(title))


def reports_of(page: Page) -> list[dict[str, int]]:
    """Every report that the page sends from now on."""
    reports: list[dict[str, int]] = []

    def note(request: Request) -> None:
        if request.url.endswith("/watched"):
            reports.append(request.post_data_json)

    page.on("request", note)
    return reports


async def watched_from(reports: list[dict[str, int]], begin_s: int) -> bool:
    """Whether a stretch is reported that begins there."""
    return any(
        0 <= one["from_ms"] - begin_s * 1000 <= 500 and one["to_ms"] > one["from_ms"] for one in reports
    )


async def test_captions_stand_under_the_picture_and_parts_keys_and_speed_do_what_they_say(tmp_path: Path):
    async with service_with_a_session(tmp_path) as service, chromium() as browser:
        page = await own_page(browser)
        await page.add_init_script(COUNT_WAKE_LOCKS)
        await open_session(page, service.patients[0])
        band = page.locator(".mr-player__captions")
        await page.keyboard.press("Space")
        await plays_on(page)
        await expect(band).to_have_text(line_at(0))
        picture, words = await page.locator("video").bounding_box(), await band.bounding_box()
        assert words["y"] >= picture["y"] + picture["height"]
        await page.wait_for_function("() => window.awake === 1")
        await expect(page.get_by_role("button", name="Full screen")).to_be_in_viewport(ratio=1)

        await part(page, "Easier version").click()
        await expect(part(page, "Easier version")).to_have_attribute("aria-current", "true")
        assert 20 <= await place_s(page) < 24
        await expect(band).to_have_text(line_at(20))
        await page.keyboard.press("k")
        await expect(page.get_by_role("button", name="Play", exact=True)).to_be_visible()
        await page.wait_for_function("() => window.awake === 0")
        await expect(band).to_have_text(line_at(await place_s(page)))

        # Standing, so that only the keys move it.
        before = await place_s(page)
        await page.keyboard.press("ArrowRight")
        assert await place_s(page) == pytest.approx(before + 10, abs=0.1)
        await expect(band).to_have_text(line_at(before + 10))
        await page.keyboard.press("ArrowLeft")
        assert await place_s(page) == pytest.approx(before, abs=0.1)
        slider = page.get_by_role("slider", name="Time")
        await slider.focus()
        await page.keyboard.press("ArrowRight")
        assert await place_s(page) == pytest.approx(before + 5, abs=0.1)
        await expect(slider).to_have_attribute("aria-valuetext", re.compile(r"^\d+ seconds of 1 minute$"))
        await page.keyboard.press("Home")
        assert await place_s(page) == 0
        await expect(part(page, "Warm up")).to_have_attribute("aria-current", "true")

        await page.keyboard.press("c")
        await expect(band).to_be_hidden()
        await page.keyboard.press("c")
        await expect(band).to_be_visible()
        await page.keyboard.press("m")
        await page.get_by_role("button", name="Turn the sound on").click()
        assert not await page.evaluate("document.querySelector('video').muted")
        await page.keyboard.press("f")
        await page.wait_for_function("() => document.fullscreenElement?.id === 'player'")
        await expect(band).to_be_visible()
        await expect(page.get_by_role("button", name="Small screen")).to_be_in_viewport(ratio=1)
        await page.keyboard.press("f")
        await page.wait_for_function("() => !document.fullscreenElement")

        await page.keyboard.press("?")
        keys = page.get_by_role("dialog", name="Keys you can press")
        await expect(keys).to_be_visible()
        await page.keyboard.press("Escape")
        await expect(keys).to_be_hidden()

        speed = page.get_by_label("Speed")
        await speed.select_option("0.5")
        assert await page.evaluate("document.querySelector('video').playbackRate") == 0.5
        await speed.focus()
        await page.keyboard.press("k")
        assert await page.evaluate("document.querySelector('video').paused"), "a key works in a list"
        mirror = page.get_by_role("button", name="Mirror")
        await mirror.click()
        await expect(mirror).to_have_attribute("aria-pressed", "true")


async def test_what_was_leapt_over_is_not_reported_and_another_browser_goes_on_where_this_one_stopped(
    tmp_path: Path,
):
    async with service_with_a_session(tmp_path) as service, chromium() as browser:
        page = await own_page(browser)
        await open_session(page, service.patients[0])
        reports = reports_of(page)
        await page.get_by_role("button", name="Play", exact=True).click()
        for (begin, _title), (_next, after) in pairwise(PARTS):
            await plays_on(page)
            await part(page, after).click()
            await until(lambda begin=begin: watched_from(reports, begin), f"what was watched from {begin} s")
        await plays_on(page)
        left_at = await place_s(page)
        await page.get_by_role("link", name="All sessions").click()

        async def place_kept() -> bool:
            await page.reload()
            return await page.get_by_text(re.compile("You stopped at 0:4[01] today")).is_visible()

        await until(place_kept, "the place to be kept when the page is left")
        await page.close()
        watched = sorted((one["from_ms"], one["to_ms"]) for one in reports if one["to_ms"] > one["from_ms"])
        assert sum(end - start for start, end in watched) < 15_000
        assert all(end <= start for (_, end), (start, _) in pairwise(watched)), "watched twice"
        assert len({one["playback"] for one in reports}) == 1

        elsewhere = await own_page(browser, 360, 740)
        await open_session(elsewhere, service.patients[0])
        await elsewhere.wait_for_function("() => document.querySelector('video').currentTime > 0")
        assert abs(await place_s(elsewhere) - left_at) <= NEAR_S
        assert await elsewhere.evaluate("document.querySelector('video').paused"), "it began by itself"
        await expect(elsewhere.get_by_text("You were here today. We started again")).to_be_visible()
        await expect(part(elsewhere, "Standard version")).to_have_attribute("aria-current", "true")
        await elsewhere.get_by_role("button", name="Start from the beginning").click()
        await plays_on(elsewhere)
        assert await place_s(elsewhere) < NEAR_S
        await expect(elsewhere.get_by_role("button", name="Pause")).to_be_focused()

        # To the end and once more: a new time through has a key of its own.
        reports = reports_of(elsewhere)
        await elsewhere.keyboard.press("End")
        await elsewhere.get_by_role("button", name="Play again").click()
        await plays_on(elsewhere)
        await elsewhere.keyboard.press("k")

        async def second_time() -> bool:
            return len({one["playback"] for one in reports}) == 2

        await until(second_time, "a report of the second time through")


async def test_who_is_away_for_a_while_loses_nothing_and_is_told_that_the_place_may_be_lost(tmp_path: Path):
    async with service_with_a_session(tmp_path) as service, chromium() as browser:
        page = await own_page(browser)
        await open_session(page, service.patients[0])
        await page.route("**/watched", lambda route: route.abort())
        await page.keyboard.press("k")
        notice = page.get_by_role("status").filter(has_text="We cannot keep your place just now")
        await expect(notice).to_be_visible(timeout=LONG_MS)
        await expect(notice.get_by_role("link", name=SERVICE_PHONE)).to_be_visible()
        await plays_on(page)
        reports = reports_of(page)
        await page.unroute("**/watched")
        await page.evaluate("window.dispatchEvent(new Event('online'))")
        await expect(notice).to_be_hidden(timeout=LONG_MS)

        async def all_sent() -> bool:
            return any(one["from_ms"] < 500 and one["to_ms"] > 3_000 for one in reports)

        await until(all_sent, "what was watched meanwhile to be sent")


async def test_what_cannot_be_shown_is_told_in_words_with_a_way_on(tmp_path: Path):
    async with service_with_a_session(tmp_path) as service, chromium() as browser:
        page = await own_page(browser, 360, 740)
        await page.route("**/captions.vtt", lambda route: route.fulfill(status=404))
        await open_session(page, service.patients[0])
        await expect(page.get_by_text("The captions did not load.")).to_be_visible()
        await page.get_by_text("Read the words", exact=True).click()
        await expect(page.get_by_text(LINES[1]).first).to_be_visible()

        await page.route("**/video.mp4", lambda route: route.abort())
        await page.reload()
        fault = page.get_by_role("alert")
        await expect(fault).to_contain_text("The video has stopped loading")
        await expect(fault.get_by_role("link", name=SERVICE_PHONE)).to_be_visible()
        await page.unroute("**/video.mp4")
        await fault.get_by_role("button", name="Try again").click()
        await expect(fault).to_be_hidden()
        await page.get_by_role("button", name="Play", exact=True).click()
        await plays_on(page)

        await page.route("**/video.mp4", lambda route: route.fulfill(status=404))
        await page.reload()
        await expect(fault).to_contain_text("This video is no longer here")
        await fault.get_by_role("link", name="All sessions").click()
        await expect(page.get_by_role("link", name="Sit to stand")).to_be_visible()


async def test_without_script_the_browsers_own_player_has_the_captions_and_the_words_can_be_read(
    tmp_path: Path,
):
    async with service_with_a_session(tmp_path) as service, chromium() as browser:
        context = await new_person(browser, java_script_enabled=False)
        page = await context.new_page()
        await open_list(page, service.patients[0])
        await page.get_by_role("link", name="Sit to stand").click()
        await expect(page.locator("video[controls] track[default]")).to_be_attached()
        await expect(page.locator("video")).to_be_in_viewport()
        for _start, title in PARTS:
            await expect(page.get_by_text(title)).to_be_visible()
        await page.get_by_text("Read the words", exact=True).click()
        await expect(page.get_by_text(LINES[1]).first).to_be_visible()


async def test_list_and_player_on_a_phone_and_at_four_times_their_size(tmp_path: Path):
    async with service_with_a_session(tmp_path) as service, chromium() as browser:
        page = await own_page(browser, 360, 740)
        await open_list(page, service.patients[0])
        assert await page.evaluate(SMALL_TARGETS, PATIENT_TARGET_PX) == []
        await open_session(page, service.patients[0])
        assert await page.evaluate(SMALL_TARGETS, PATIENT_TARGET_PX) == []
        assert await page.evaluate(NAMELESS) == []
        for width, height in ((360, 740), (320, 256), (740, 360), (820, 1180)):
            await page.set_viewport_size({"width": width, "height": height})
            assert not await page.evaluate(SCROLLS_SIDEWAYS), (width, height)
        await page.set_viewport_size({"width": 360, "height": 740})
        await page.locator("video").scroll_into_view_if_needed()
        await expect(page.get_by_role("button", name="Full screen")).to_be_in_viewport(ratio=1)

        # By the Tab key: the controls in their order, the focus always to be seen.
        await page.get_by_role("slider").focus()
        for name in ("Play", "Back 10 s", "On 10 s", "Captions", "Speed", "Mirror", "Full screen"):
            await page.keyboard.press("Tab")
            focused = page.locator(":focus")
            named = await focused.get_attribute("aria-label") or await focused.inner_text()
            assert named.replace("\N{NO-BREAK SPACE}", " ").strip() == name
            assert await focused.evaluate("(one) => getComputedStyle(one).outlineStyle") != "none"
