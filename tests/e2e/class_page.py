"""What people do on Moveroom's pages, for browser tests: open a link, come in, ask, chat, let in."""

from __future__ import annotations

import re

from playwright.async_api import Page, expect

from tests.e2e.browser import slots

LONG_MS = 60_000


async def enter(page: Page, link: str) -> None:
    """Open a personal link and press Join; camera and microphone are turned on where the page asks."""
    await page.goto(link)
    await page.get_by_role("button", name="Join class").click()
    turn_on = page.get_by_role("button", name="Turn on camera and microphone")
    in_or_waiting = page.get_by_role("button", name="Leave").or_(page.get_by_role("button", name="End class"))
    await expect(turn_on.or_(in_or_waiting).first).to_be_visible(timeout=LONG_MS)
    if await turn_on.is_visible():
        await turn_on.click()


async def come_in(page: Page, link: str) -> None:
    """Enter as someone who is let straight in: staff, or a patient who dropped out."""
    await enter(page, link)
    await expect(page.locator("[data-place='in_class']")).to_be_visible(timeout=LONG_MS)


async def let_in(physio: Page) -> None:
    """As staff, let in everyone who waits; their panel may be open from before."""
    button = physio.get_by_role("button", name=re.compile("^Let in")).last
    if not await button.is_visible():
        await physio.get_by_role("button", name=re.compile("waiting")).click()
    await button.click()


async def open_drawer(page: Page, tab: str) -> None:
    """As a patient, open Questions or Chat."""
    button = page.get_by_role("tab", name=re.compile(f"^{tab}"))
    if not await button.is_visible():
        await page.get_by_role("button", name=re.compile("^Ask, chat")).click()
    await button.click()


async def ask(page: Page, text: str) -> None:
    """Ask a question in the open Questions tab."""
    await page.get_by_label("Ask a question").fill(text)
    await page.get_by_role("button", name="Ask", exact=True).click()


async def say(page: Page, text: str) -> None:
    """Write to the group in the open Chat tab."""
    await page.get_by_label("Write to the group").fill(text)
    await page.get_by_role("button", name="Send", exact=True).click()


async def assert_no_classmates_pictures(patients: list[Page]) -> None:
    """Not one byte has come in any slot for classmates' pictures; the slots are there."""
    for page in patients:
        read = await slots(page)
        mates = {name: one["bytes"] for name, one in read.items() if name.startswith("mate")}
        assert len(mates) == 4, f"the slots for classmates are missing: {sorted(read)}"
        assert not any(mates.values()), f"classmates' pictures reached a patient: {mates}"
