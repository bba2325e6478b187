"""A full class: sixteen patients on both staff's walls, each in a fixed seat, each picture moving."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterable
from pathlib import Path

import pytest
from playwright.async_api import Page, expect

from tests.e2e.browser import chromium, grows, new_person, slots, until
from tests.e2e.class_page import LONG_MS, come_in, enter, let_in
from tests.e2e.filmed_people import filmed_people
from tests.e2e.reconnects import loads_anew, loses_the_line
from tests.e2e.service import demo_service
from tests.e2e.test_class_staff_moderating import enlarge, stands_still
from tests.lab.crowd import enrol_more

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]

SEATS = range(16)
SPEAKERS = 4
"""Of those without a browser: more than there are slots for voices."""
DROPPED_WITHIN_MS = 10_000
MOVING_WITHIN_S = 60
"""All of them, on two walls of a busy machine."""


async def all_move(page: Page, seats: Iterable[int] = SEATS) -> None:
    """Wait until each of these seats has decoded more frames than now."""
    before = await slots(page)

    async def still() -> list[int]:
        now = await slots(page)
        return [n for n in seats if now.get(f"seat{n}", {}).get("frames", 0) <= frames_of(before, n)]

    async def none_is_still() -> bool:
        return not await still()

    try:
        await until(none_is_still, "all pictures of the wall to move", MOVING_WITHIN_S)
    except AssertionError:
        raise AssertionError(f"pictures that do not move: seats {await still()}") from None


def frames_of(read: dict[str, dict[str, float]], seat: int) -> float:
    """So many are decoded; a page that was loaded anew begins with none."""
    return read.get(f"seat{seat}", {}).get("frames", 0)


async def seated(page: Page) -> list[str]:
    """Who is on the wall, by seat."""
    return await page.locator(".wall .tile").evaluate_all(
        "(tiles) => tiles.map((one) => one.querySelector('.tile-name')?.textContent ?? '')"
    )


async def test_sixteen_patients_on_the_wall(tmp_path: Path):
    async with demo_service(tmp_path) as service, chromium() as browser:
        links = [*service.patients, *enrol_more(service, len(SEATS) - len(service.patients))]
        pages = [await (await new_person(browser)).new_page() for _ in range(4)]
        physio, helper, margaret, dennis = pages
        await asyncio.gather(come_in(physio, service.physio), come_in(helper, service.helper))
        await asyncio.gather(enter(margaret, links[0]), enter(dennis, links[1]))
        async with filmed_people(links[2:], SPEAKERS) as filmed:
            await expect(physio.get_by_role("button", name="16 waiting")).to_be_visible(timeout=LONG_MS)
            await let_in(physio)
            for page in (margaret, dennis):
                await expect(page.locator("[data-place='in_class']")).to_be_visible(timeout=LONG_MS)
            for staff in (physio, helper):
                await all_move(staff)
            names = await seated(physio)
            assert len(set(names)) == len(SEATS)
            assert await seated(helper) == names

            # All are muted at one stroke, also those who go on speaking: no classmate hears any, staff do.
            await margaret.get_by_role("button", name="Unmute").click()
            for each in filmed:
                await each.unmute()
            for voice in ("voice0", "voice1", "voice2"):
                await grows(dennis, voice, "energy")
            await physio.get_by_role("button", name="Mute all", exact=True).click()
            await expect(margaret.get_by_text("Only staff can hear you", exact=True)).to_be_visible()
            for each in filmed:
                await each.person.until(lambda each=each: each.me["muted_by_staff"], 20)
            for voice in ("voice0", "voice1", "voice2"):
                await stands_still(dennis, voice, "packets")
            for seat in (0, *range(2, 2 + SPEAKERS)):
                await grows(physio, f"seat{seat}-voice", "energy")

            # The physio's page is loaded anew, the helper's line lost: the wall is as it was, and moves.
            await loads_anew(physio)
            await loses_the_line(helper)
            for staff in (physio, helper):
                await all_move(staff)
                assert await seated(staff) == names
            await stands_still(dennis, "voice0", "packets")

            # One in the middle leaves and comes back: nobody moves to another seat, and she has hers.
            middle = filmed[6]
            seat = names.index(middle.me["name"])
            tile = physio.locator(".wall .tile").nth(seat)
            await middle.leave()
            await expect(tile).to_contain_text("Not here")
            assert await seated(physio) == [*names[:seat], "", *names[seat + 1 :]]
            others = [other for other in SEATS if other != seat]
            await all_move(physio, others)
            await middle.come_again()
            await expect(physio.get_by_role("button", name="1 waiting")).to_be_visible(timeout=LONG_MS)
            await let_in(physio)
            await expect(tile).to_contain_text(names[seat])
            await all_move(physio)
            assert await seated(physio) == names

            # A camera that staff stop: its device goes on sending, and nothing of it comes; the others move.
            stopped = names[seat]
            await enlarge(physio, stopped)
            await physio.get_by_role("button", name="Stop the camera").click()
            await expect(physio.get_by_role("button", name="Allow the camera again")).to_be_visible()
            for staff in (physio, helper):
                await stands_still(staff, f"seat{seat}", "bytes")
            await physio.keyboard.press("Escape")
            before = frames_of(await slots(physio), seat)
            await all_move(physio, others)
            assert frames_of(await slots(physio), seat) == before

            # Another's device dies: within ten seconds both staff have her card, and her picture stands.
            gone = filmed[9]
            name = gone.me["name"]
            await gone.vanish()
            for staff in (physio, helper):
                card = staff.get_by_role("alert").get_by_role("heading", name="picture stopped")
                await expect(card).to_contain_text(name, timeout=DROPPED_WITHIN_MS)
                await expect(card).to_have_count(1)
            last = names.index(name)
            await stands_still(physio, f"seat{last}", "bytes")
            await expect(physio.locator(".wall .tile").nth(last)).to_contain_text(re.compile("Dropped out"))
            await all_move(physio, [other for other in others if other != last])
