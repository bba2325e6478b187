"""What the group sees beside the physio, in real browsers: her second camera, a patient in the spotlight, her
screen; through reconnects, and nobody who may not.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.async_api import Locator, Page, expect

from tests.e2e.axe import assert_accessible
from tests.e2e.browser import chromium, grows, slots, until
from tests.e2e.class_page import LONG_MS
from tests.e2e.service import demo_service
from tests.e2e.start_class import start_class

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]

CAMERAS = "--use-fake-device-for-media-stream=device-count=3,display-media-type=window"
"""The second of Chromium's three sees depth (Y16): of that one no frame is ever encoded."""
WHO_SEES = re.compile("^(Only staff can see|The group can see|Everyone sees) you")
ENDED_BY_THE_BROWSER = """
(label) => {
  const pc = window.connections.findLast((one) => one.connectionState !== 'closed');
  const { track } = pc.getSenders().find((one) => one.track?.label.startsWith(label));
  track.stop();
  track.dispatchEvent(new Event('ended'));
}
"""
FITTED = """
(picture) => [getComputedStyle(picture).objectFit, picture.videoWidth > 0].join()
"""


def beside(patient: Page) -> Locator:
    """The large place beside the stage."""
    return patient.locator(".picture.is-side")


async def press(physio: Page, button: str | re.Pattern[str]) -> None:
    """Press a button under More."""
    opens = physio.get_by_role("button", name="More", exact=True)
    if await opens.get_attribute("aria-expanded") != "true":
        await opens.click()
    await physio.get_by_role("region", name="More").get_by_role("button", name=button).click()


async def do_with(physio: Page, name: str, *actions: str) -> None:
    """Press something beside a patient's picture, and what is asked then."""
    await physio.get_by_role("button", name=re.compile(f"^{name}")).first.click()
    for action in actions:
        await physio.get_by_role("button", name=action, exact=True).click()
    await physio.keyboard.press("Escape")


async def choose(patient: Page, choice: str) -> None:
    """As a patient, say who may see one."""
    await patient.get_by_role("button", name=WHO_SEES).click()
    await patient.get_by_role("button", name=re.compile(f"^{choice}")).click()


async def assert_sees(patient: Page, words: str) -> None:
    """Beside the stage stands what has this name; it moves, whole."""
    await expect(beside(patient)).to_contain_text(words, timeout=LONG_MS)
    await grows(patient, "side", "frames")
    picture = beside(patient).locator("video")
    await until(lambda: is_whole(picture), f"{words} to be shown whole")


async def is_whole(picture: Locator) -> bool:
    """Never cropped."""
    return await picture.evaluate(FITTED) == "contain,true"


async def connections(patient: Page) -> int:
    """How many media connections the page has made; each counts its frames from nothing."""
    return await patient.evaluate("window.connections.length")


async def has_made_more(patient: Page, before: int) -> bool:
    return await connections(patient) > before


async def is_readable(patient: Page) -> bool:
    """A layer of half the size is not sent."""
    return (await slots(patient))["side"]["width"] == 1280


async def assert_nothing_more_comes(patient: Page) -> None:
    """Not one byte in the place beside the stage, while the stage goes on."""
    before = (await slots(patient))["side"]["bytes"]
    for _ in range(3):
        await grows(patient, "stage", "frames")
    assert (await slots(patient))["side"]["bytes"] == before


async def test_what_the_group_sees_beside_the_physio(tmp_path: Path):
    async with demo_service(tmp_path) as service, chromium(CAMERAS) as browser:
        physio, (margaret, dennis) = await start_class(browser, service, 2)
        for patient in (margaret, dennis):
            await grows(patient, "stage", "frames")
            assert (await slots(patient))["side"]["bytes"] == 0
        own = physio.locator(".staff-view", has_text="Your second camera")

        # One of two more cameras, for everyone to see.
        await press(physio, re.compile("^Show a second camera.*fake_device_2"))
        await expect(own).to_be_visible(timeout=LONG_MS)
        for patient in (margaret, dennis):
            await assert_sees(patient, "Hannah’s second camera")
        await assert_accessible(physio)
        await assert_accessible(dennis)

        # It goes on by itself when the media worker is gone and another has the class.
        made = [await connections(page) for page in (margaret, dennis)]
        await service.kill("media")
        for patient, before in zip((margaret, dennis), made, strict=True):
            await until(lambda p=patient, b=before: has_made_more(p, b), "a new connection")
            await assert_sees(patient, "Hannah’s second camera")

        # In a side room it is for Margaret alone.
        await do_with(physio, "Margaret", "Talk in private", "They rest: talk in private")
        await expect(dennis.get_by_text("talking with somebody alone").first).to_be_visible(timeout=LONG_MS)
        before = (await slots(dennis))["side"]["bytes"]
        for _ in range(3):
            await assert_sees(margaret, "Hannah’s second camera")
        assert (await slots(dennis))["side"]["bytes"] == before
        await margaret.get_by_role("button", name="Back to the group").click()
        await assert_sees(dennis, "Hannah’s second camera")

        # Who has not chosen to be seen cannot be shown large; who has, stands before the second camera.
        await physio.get_by_role("button", name=re.compile("^Dennis")).first.click()
        await expect(physio.get_by_text("Dennis cannot be shown large: only staff may see")).to_be_visible()
        await expect(physio.get_by_role("button", name="Show large to everyone")).to_be_hidden()
        await choose(margaret, "Yes, let them")
        await grows(dennis, "mate0", "frames")
        await do_with(physio, "Margaret", "Show large to everyone")
        await assert_sees(dennis, "Everyone sees Margaret")
        await assert_sees(margaret, "Hannah’s second camera")
        await expect(own).to_contain_text("waiting")
        await do_with(physio, "Margaret", "End the spotlight")
        await assert_sees(dennis, "Hannah’s second camera")

        # Loaded anew, the physio is told that her second camera is off; the spotlight stays as it is.
        await do_with(physio, "Margaret", "Show large to everyone")
        await assert_sees(dennis, "Everyone sees Margaret")
        for page in (dennis, physio):
            await page.reload()
            await expect(page.locator("[data-place='in_class']")).to_be_visible(timeout=LONG_MS)
        await expect(physio.get_by_text("Your second camera is off").first).to_be_visible(timeout=LONG_MS)
        await expect(own).to_be_hidden()
        await assert_sees(dennis, "Everyone sees Margaret")
        await expect(beside(margaret)).to_be_hidden(timeout=LONG_MS)

        # Margaret turns the group off: the spotlight has ended when she is told, and not a byte more comes.
        await choose(margaret, "No, staff only")
        await expect(margaret.get_by_text("Only staff can see you now.").first).to_be_visible(timeout=LONG_MS)
        await grows(physio, "seat0", "frames")
        await assert_nothing_more_comes(dennis)
        await expect(beside(dennis)).to_be_hidden()

        # A window of the screen comes whole, until the browser's own button ends it.
        await press(physio, re.compile("^Show your screen"))
        for patient in (margaret, dennis):
            await assert_sees(patient, "Hannah’s screen")
        await until(lambda: is_readable(dennis), "the screen in its whole size")
        await physio.evaluate("dispatchEvent(new Event('online'))")
        await assert_sees(dennis, "Hannah’s screen")
        await physio.evaluate(ENDED_BY_THE_BROWSER, "window:")
        await expect(physio.get_by_text("Your screen is not shown any more").first).to_be_visible()
        await expect(beside(dennis)).to_be_hidden(timeout=LONG_MS)

        # The second camera is unplugged; and stopped by the physio herself.
        for how in ("unplugged", "stopped"):
            await press(physio, re.compile("^Show a second camera.*fake_device_2"))
            await assert_sees(dennis, "Hannah’s second camera")
            if how == "unplugged":
                await physio.evaluate(ENDED_BY_THE_BROWSER, "fake_device_2")
                await expect(physio.get_by_text("Your second camera has stopped").first).to_be_visible()
            else:
                await press(physio, "Stop the second camera")
            await expect(beside(dennis)).to_be_hidden(timeout=LONG_MS)
            await assert_nothing_more_comes(dennis)
