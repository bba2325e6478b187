"""The stage never jumps and never crops a body, and the screen stays awake in class."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.async_api import Page, expect

from tests.e2e.browser import chromium, new_person, until
from tests.e2e.class_page import LONG_MS, enter
from tests.e2e.filmed_people import filmed_people
from tests.e2e.light_people import admit, do, light_people, person_named
from tests.e2e.service import demo_service

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]

BIG_FROM_PX = 1600
SIZES = ((360, 740), (740, 360), (820, 1180), (1024, 768), (1366, 768), (1920, 1080))
LAPTOP = {"width": 1366, "height": 768}

WATCH_THE_LOCK = """
(() => {
  window.asked = []; window.held = 0; window.isHidden = false;
  const locks = [];
  const end = (lock) => { if (!lock.released) { lock.released = true; window.held -= 1; } };
  navigator.wakeLock.request = async (kind) => {
    window.asked.push(kind);
    const lock = { released: false, release: async () => end(lock) };
    window.held += 1;
    locks.push(lock);
    return lock;
  };
  Object.defineProperty(document, 'visibilityState', { get: () => (window.isHidden ? 'hidden' : 'visible') });
  window.hideTab = (hidden) => {
    window.isHidden = hidden;
    if (hidden) locks.forEach(end);  // as a browser does
    document.dispatchEvent(new Event('visibilitychange'));
  };
})();
"""
READ_STAGE = """
() => {
  const { x, y, width, height } = document.querySelector('.stage').getBoundingClientRect();
  return [x, y, width, height].map(Math.round);
}
"""
IS_LAID_OUT = """
([width, height]) => innerWidth === width && innerHeight === height && new Promise((laid_out) =>
  requestAnimationFrame(() => requestAnimationFrame(() => laid_out(true))))
"""
CROPPED = """
() => [...document.querySelectorAll('video')]
  .filter((v) => getComputedStyle(v).objectFit !== 'contain').length
"""


async def lay_out(page: Page, width: int, height: int) -> None:
    """Give the page this size, in px; it reaches the page in steps, and a large one is laid out anew."""
    await page.set_viewport_size({"width": width, "height": height})
    await expect(page.locator(".class.is-big")).to_have_count(int(width >= BIG_FROM_PX))
    await until(lambda: page.evaluate(IS_LAID_OUT, [width, height]), f"a page of {width} x {height}")
    await expect(page.locator(".stage")).to_be_visible()


async def stages(page: Page) -> dict[str, list[int]]:
    """Where the stage is at each size, without and with the drawer; it is as it was before at the end."""
    found = {}
    for with_drawer in (False, True):
        if with_drawer:
            await page.set_viewport_size(LAPTOP)
            await page.get_by_role("button", name=re.compile("^Ask, chat")).click()
            await expect(page.get_by_role("tablist")).to_be_visible()
        for width, height in SIZES:
            await lay_out(page, width, height)
            state = f"{width} x {height}{', drawer' if with_drawer else ''}"
            found[state] = await page.evaluate(READ_STAGE)
            assert await page.evaluate(CROPPED) == 0, f"a picture is cropped at {state}"
    await page.set_viewport_size(LAPTOP)
    await page.get_by_role("button", name="Close", exact=True).click()
    return found


async def test_the_stage_stays_and_the_screen_is_awake(tmp_path: Path):
    async with (
        demo_service(tmp_path) as service,
        chromium() as browser,
        light_people([service.physio]) as (hannah,),
        filmed_people(service.patients[1:3], 0) as (dennis, rosa),
    ):
        context = await new_person(browser)
        await context.add_init_script(WATCH_THE_LOCK)
        page = await context.new_page()
        await enter(page, service.patients[0])
        await expect(page.get_by_text("You are in the waiting room")).to_be_visible(timeout=LONG_MS)
        assert await page.evaluate("window.held") == 0, "nobody exercises in the waiting room"
        margaret = await person_named(hannah, "Margaret")
        await do(hannah, "person:admit", {"person": margaret})
        await expect(page.locator("[data-place='in_class']")).to_be_visible(timeout=LONG_MS)

        # Let in: the screen is kept awake; given up with the tab, and asked for again when it is back.
        await until(lambda: page.evaluate("window.held === 1 && window.asked[0] === 'screen'"), "a wake lock")
        await page.evaluate("window.hideTab(true)")
        assert await page.evaluate("window.held") == 0
        await page.evaluate("window.hideTab(false)")
        await until(lambda: page.evaluate("window.held === 1"), "the wake lock again")

        # Classmates join and leave, one is seen, a hand goes up, a notice and a question for everyone come.
        before = await stages(page)
        await admit(hannah, dennis.person, rosa.person)
        for each in (dennis, rosa):
            await do(each.person, "me:show", {"to_group": True})
        await expect(page.locator(".picture.is-mate").first).to_be_attached(timeout=LONG_MS)
        await do(hannah, "person:mute_all")
        await do(dennis.person, "hand:raise", {"raised": True})
        notice = page.locator(".card.notice")
        await expect(notice).to_be_attached(timeout=LONG_MS)
        assert await stages(page) == before
        request = {"key": "how-hard", "kind": "effort", "text": "How hard is it for you now?", "options": []}
        await do(hannah, "pulse:ask", request)
        await expect(page.get_by_role("button", name="Answer", exact=True)).to_be_visible(timeout=LONG_MS)
        assert await stages(page) == before
        await rosa.vanish()
        await dennis.leave()
        await expect(page.locator(".picture.is-mate")).to_have_count(0, timeout=LONG_MS)
        assert await stages(page) == before

        # Big picture: by F, and back by F.
        await page.keyboard.press("f")
        await expect(page.locator(".class.is-big")).to_be_visible()
        larger = await page.evaluate(READ_STAGE)
        assert larger[3] >= before["1366 x 768"][3] * 0.95
        await page.keyboard.press("f")
        await expect(page.locator(".class.is-big")).to_have_count(0)
