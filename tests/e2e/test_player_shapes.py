"""The player on screens of every shape: what a person needs is seen without scrolling, also when something
does not work and when the session is over."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.async_api import Page, expect

from tests.e2e.browser import chromium, new_person, until
from tests.e2e.test_class_page_accessibility import SCROLLS_SIDEWAYS
from tests.e2e.test_player import (
    SERVICE_PHONE,
    open_session,
    own_page,
    place_s,
    plays_on,
    service_with_a_session,
)
from tests.unit.ondemand.recordings import add_session

pytestmark = [pytest.mark.browser, pytest.mark.timeout(180)]

SHAPES = ((360, 740), (740, 360), (667, 375), (820, 1180), (1024, 768), (1280, 720), (1366, 768))
LEAST_MARGIN_PX = 16
RESUMED = "We started again where you stopped"

LEFT_EDGES = """
() => ['.nhsuk-header__service-name', '.mr-watch__back', '.mr-watch__title']
  .map((each) => document.querySelector(each).getBoundingClientRect().left)
"""


async def take_shape(page: Page, shape: tuple[int, int]) -> None:
    """As when a phone is turned: the page has its new shape once it has been drawn."""
    await page.set_viewport_size({"width": shape[0], "height": shape[1]})
    await page.evaluate("scrollTo(0, 0)")
    await page.evaluate("new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn)))")


async def stop_on_the_way(page: Page) -> None:
    """Watch a little at 20 s and come again; the page says that it goes on there."""
    await page.keyboard.press("k")
    await page.get_by_role("slider").fill("20000")
    await plays_on(page)
    await page.keyboard.press("k")

    async def is_kept() -> bool:
        await page.reload()
        return await page.get_by_text(RESUMED).is_visible()

    await until(is_kept, "the place to be kept")


async def test_on_every_screen_picture_caption_and_play_are_seen_at_once_with_or_without_a_notice(
    tmp_path: Path,
):
    async with service_with_a_session(tmp_path) as service, chromium() as browser:
        page = await own_page(browser)
        await open_session(page, service.patients[0])
        whole = [
            page.locator("video"),
            page.locator(".mr-player__captions"),
            page.get_by_role("slider", name="Time"),
            page.get_by_role("button", name="Play", exact=True),
        ]
        notice = page.get_by_role("status").filter(has_text="You are not connected to the internet")
        for offline in (False, True):
            await page.context.set_offline(offline)
            await expect(notice).to_have_count(int(offline))
            for shape in SHAPES:
                await take_shape(page, shape)
                for each in [*whole, *([notice] if offline else [])]:
                    await expect(each, f"{shape}, offline: {offline}").to_be_in_viewport(ratio=0.99)
                assert not await page.evaluate(SCROLLS_SIDEWAYS), shape
                if shape[1] > 520:
                    assert min(await page.evaluate(LEFT_EDGES)) >= LEAST_MARGIN_PX, shape
            band, told = (
                await whole[1].bounding_box(),
                await page.locator(".mr-player__notices").bounding_box(),
            )
            assert told["y"] >= band["y"] + band["height"] - 1
        for shape in ((1280, 1024), (1440, 1200), (1100, 800)):
            await take_shape(page, shape)
            assert min(await page.evaluate(LEFT_EDGES)) >= LEAST_MARGIN_PX, shape


async def test_on_a_phone_on_its_side_the_way_back_stands_below_and_comes_up_by_the_tab_key(tmp_path: Path):
    async with service_with_a_session(tmp_path) as service, chromium() as browser:
        page = await own_page(browser, 740, 360)
        await open_session(page, service.patients[0])
        await expect(page.get_by_role("heading", level=1, name="Sit to stand")).to_be_attached()
        for _twice in range(2):
            await page.keyboard.press("Tab")
        first = page.locator(":focus")
        await expect(first).to_have_text("All sessions")
        await expect(first).to_be_in_viewport(ratio=1)
        await page.get_by_role("link", name="All sessions").last.click()
        await expect(page.get_by_role("link", name="Sit to stand")).to_be_visible()


async def test_at_the_end_there_is_praise_with_the_next_session_and_nothing_of_the_beginning(tmp_path: Path):
    async with service_with_a_session(tmp_path) as service, chromium() as browser:
        add_session(tmp_path / "recordings", "stand-tall", title="Stand tall")
        page = await own_page(browser, 360, 740)
        await open_session(page, service.patients[0])
        resumed = page.get_by_text(RESUMED)
        end = page.get_by_role("group", name="Well done.")
        await stop_on_the_way(page)
        await expect(resumed).to_be_visible()
        await page.get_by_role("button", name="Play", exact=True).click()
        await plays_on(page)
        await expect(resumed).to_have_count(0)
        await expect(end).to_be_hidden()

        await page.get_by_role("slider").focus()
        await page.keyboard.press("End")
        await expect(end).to_be_visible()
        for shape in SHAPES:
            await take_shape(page, shape)
            for name in ("Next: Stand tall", "All sessions"):
                await expect(end.get_by_role("link", name=name)).to_be_in_viewport(ratio=1)
            last_of_row = "Full screen" if shape[0] > 720 else "On 10 s"
            for name in ("Play again", last_of_row):
                await expect(page.get_by_role("button", name=name)).to_be_in_viewport(ratio=1)
            assert not await page.evaluate(SCROLLS_SIDEWAYS), shape
        await page.get_by_role("button", name="Back 10 s").click()
        await expect(end).to_be_hidden()
        assert await place_s(page) == pytest.approx(50, abs=1)
        await page.get_by_role("slider").focus()
        await page.keyboard.press("k")
        await page.keyboard.press("End")
        await end.get_by_role("link", name="Next: Stand tall").click()
        await expect(page.get_by_role("heading", level=1, name="Stand tall")).to_be_visible()

        # The last of the week.
        await page.get_by_role("button", name="Play", exact=True).click()
        await expect(end).to_be_visible()
        await expect(end.get_by_role("link", name=re.compile("Next"))).to_have_count(0)
        await end.get_by_role("link", name="All sessions").click()
        await expect(page.get_by_role("link", name="Sit to stand")).to_be_visible()


async def test_a_fault_leaves_nothing_of_the_beginning_and_fits_the_screen(tmp_path: Path):
    async with service_with_a_session(tmp_path) as service, chromium() as browser:
        page = await own_page(browser, 360, 740)
        await open_session(page, service.patients[0])
        await stop_on_the_way(page)
        await page.route("**/video.mp4", lambda route: route.abort())
        await page.reload()
        fault = page.get_by_role("alert")
        await expect(fault).to_contain_text("The video has stopped loading")
        await expect(page.get_by_text(RESUMED)).to_have_count(0)
        for shape in SHAPES:
            await take_shape(page, shape)
            await expect(fault.get_by_role("button", name="Try again")).to_be_in_viewport(ratio=1)
            await expect(fault.get_by_role("link", name=SERVICE_PHONE)).to_be_in_viewport(ratio=1)


async def test_the_keys_are_offered_to_who_has_a_keyboard(tmp_path: Path):
    async with service_with_a_session(tmp_path) as service, chromium() as browser:
        phone = await new_person(
            browser, viewport={"width": 360, "height": 740}, has_touch=True, is_mobile=True
        )
        page = await phone.new_page()
        await open_session(page, service.patients[0])
        offer = page.get_by_role("button", name="Keys you can press")
        await expect(offer).to_be_hidden()
        await page.keyboard.press("Shift")
        await expect(offer).to_be_visible()
        number = page.get_by_role("contentinfo").get_by_role("link", name=SERVICE_PHONE)
        assert await number.evaluate("(one) => getComputedStyle(one).whiteSpace") == "nowrap"
