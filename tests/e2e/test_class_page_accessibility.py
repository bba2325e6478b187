"""The class page for people who use a keyboard, a small or enlarged screen, or have no camera to show."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.async_api import Page, expect

from tests.e2e.browser import chromium, new_person
from tests.e2e.class_page import LONG_MS, come_in, enter, let_in, open_drawer
from tests.e2e.service import demo_service

pytestmark = [pytest.mark.browser, pytest.mark.timeout(180)]

PATIENT_TARGET_PX = 56
STAFF_TARGET_PX = 44
SERVICE_PHONE = "01632 960123"

REFUSE_DEVICES = """
navigator.mediaDevices.getUserMedia = () => Promise.reject(new DOMException('refused by the test', '%s'));
"""

SMALL_TARGETS = """
(least) => [...document.querySelectorAll('button, a[href]')]
  .filter((one) => one.checkVisibility() && !one.closest('p'))
  // A seat's button reaches over its whole tile.
  .map((one) => [one.textContent.trim(), one.closest('.tile-foot')?.parentElement ?? one])
  .map(([name, one]) => [name, one.getBoundingClientRect()])
  .filter(([, box]) => box.width && (box.height < least || box.width < least))
  .map(([name, box]) => `${name}: ${Math.round(box.width)} x ${Math.round(box.height)}`)
"""

NAMELESS = """
() => [...document.querySelectorAll('button, a[href], input, textarea, [role=tab]')]
  .filter((one) => one.checkVisibility())
  .filter((one) => !(one.getAttribute('aria-label') || one.textContent.trim() || one.labels?.length))
  .map((one) => one.outerHTML.slice(0, 120))
"""

SCROLLS_SIDEWAYS = "() => document.documentElement.scrollWidth > document.documentElement.clientWidth"


async def tab_to(page: Page, name: str, most: int = 30) -> None:
    """Press Tab until the control of this name has the focus, and see that the focus shows."""
    for _ in range(most):
        await page.keyboard.press("Tab")
        focused = page.locator(":focus")
        if await focused.count() and re.match(name, (await focused.inner_text()).strip()):
            assert await focused.evaluate("(one) => getComputedStyle(one).outlineStyle") != "none"
            return
    raise AssertionError(f"{name} cannot be reached with the Tab key")


async def assert_help_in_view(page: Page) -> None:
    """The Help button is wholly on the screen and nothing lies over it."""
    help_button = page.get_by_role("button", name="Help", exact=True)
    await expect(help_button).to_be_in_viewport(ratio=1)
    assert await help_button.evaluate(
        """(one) => { const box = one.getBoundingClientRect();
        return one.contains(document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2)); }"""
    )


async def test_a_class_with_the_keyboard_alone_on_small_and_enlarged_screens(tmp_path: Path):
    async with demo_service(tmp_path) as service, chromium() as browser:
        physio = await (await new_person(browser)).new_page()
        await come_in(physio, service.physio)
        context = await new_person(browser, viewport={"width": 360, "height": 740})
        page = await context.new_page()
        await page.goto(service.patients[0])
        await tab_to(page, "Join class")
        await page.keyboard.press("Enter")
        turn_on = page.get_by_role("button", name="Turn on camera and microphone")
        waiting = page.get_by_text("You are in the waiting room")
        await expect(turn_on.or_(waiting).first).to_be_visible(timeout=LONG_MS)
        if await turn_on.is_visible():
            await tab_to(page, "Turn on camera")
            await page.keyboard.press("Enter")
        await expect(waiting).to_be_visible(timeout=LONG_MS)
        await physio.get_by_role("button", name="1 waiting").wait_for()
        await let_in(physio)
        await expect(page.locator("[data-place='in_class']")).to_be_visible(timeout=LONG_MS)
        assert await page.evaluate(SMALL_TARGETS, PATIENT_TARGET_PX) == []
        assert await physio.evaluate(SMALL_TARGETS, STAFF_TARGET_PX) == []

        # Help and back by keyboard: the focus goes into the dialog and returns.
        await tab_to(page, "Help")
        await page.keyboard.press("Enter")
        await expect(page.get_by_role("button", name=re.compile("^I need help now"))).to_be_focused()
        await page.keyboard.press("Escape")
        await expect(page.get_by_role("button", name="Help", exact=True)).to_be_focused()

        # The question field by its key; Help stays in view above an on-screen keyboard.
        await page.keyboard.press("q")
        await expect(page.get_by_label("Ask a question")).to_be_visible()
        await page.set_viewport_size({"width": 360, "height": 380})
        await assert_help_in_view(page)
        for width, height in ((320, 256), (740, 360), (1024, 768)):
            await page.set_viewport_size({"width": width, "height": height})
            await assert_help_in_view(page)
            assert not await page.evaluate(SCROLLS_SIDEWAYS), (width, height)
        await open_drawer(page, "Chat")
        for each in (page, physio):
            assert await each.evaluate(NAMELESS) == []

        # A call for help is never under the sheet of a narrow staff page.
        await page.get_by_role("button", name="Help", exact=True).click()
        await page.get_by_role("button", name=re.compile("^I need help now")).click()
        await physio.set_viewport_size({"width": 360, "height": 740})
        call = physio.get_by_role("link", name=re.compile("^Call"))
        await expect(call).to_be_in_viewport(ratio=1)
        await call.click(trial=True)


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        ("NotAllowedError", "blocked"),
        ("NotFoundError", "cannot find a camera"),
        ("NotReadableError", "another"),
    ],
)
async def test_who_has_no_camera_is_told_what_to_do_and_is_in_all_the_same(
    tmp_path: Path, fault: str, words: str
):
    async with demo_service(tmp_path) as service, chromium() as browser:
        context = await new_person(browser, viewport={"width": 360, "height": 740})
        await context.add_init_script(REFUSE_DEVICES % fault)
        page = await context.new_page()
        await enter(page, service.patients[0])
        dialog = page.get_by_role("dialog").or_(page.get_by_role("alertdialog"))
        await expect(dialog).to_be_visible(timeout=LONG_MS)
        told = re.sub(r"\s+", " ", await dialog.inner_text())
        assert words in told.lower(), told
        assert SERVICE_PHONE in told
        await dialog.get_by_role("button", name=re.compile("^Go on without")).click()
        await expect(page.get_by_text("You are in the waiting room")).to_be_visible(timeout=LONG_MS)
