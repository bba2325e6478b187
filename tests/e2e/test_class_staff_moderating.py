"""Staff lead a class in real browsers: a picture large, everyone muted and back, a camera stopped, a side
room, the stage handed over, the class locked, somebody taken out and let back.
"""

from __future__ import annotations

import asyncio
import re
from pathlib import Path

import pytest
from playwright.async_api import Page, expect

from tests.e2e.axe import assert_accessible
from tests.e2e.browser import grows, slots, until
from tests.e2e.class_page import LONG_MS
from tests.e2e.reconnects import loads_anew, loses_the_line
from tests.e2e.staffed_class import class_of_four

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]


async def stands_still(page: Page, slot: str, what: str) -> None:
    """Wait until the count of `slot` is the same twice, half a second apart."""

    async def same() -> bool:
        before = (await slots(page)).get(slot, {}).get(what, 0)
        await asyncio.sleep(0.5)
        return (await slots(page)).get(slot, {}).get(what, 0) == before

    await until(same, f"{what} of slot {slot} to stand still")


async def enlarge(page: Page, name: str) -> None:
    """Press a patient's tile on the wall; what can be done stands beside it."""
    tile = page.locator(".tile-foot", has_text=name)
    if await tile.get_attribute("aria-expanded") != "true":
        await tile.click()
    await expect(page.get_by_role("region", name=f"What you can do for {name}")).to_be_visible()


async def more(page: Page, button: str | re.Pattern[str]) -> None:
    """Open More, unless it is, and press a button in it."""
    opens = page.get_by_role("button", name="More", exact=True)
    if await opens.get_attribute("aria-expanded") != "true":
        await opens.click()
    await page.get_by_role("region", name="More").get_by_role("button", name=button).click()


async def test_staff_lead_a_class(tmp_path: Path):
    async with class_of_four(tmp_path) as here:
        physio, helper, margaret, dennis = here.physio, here.helper, here.margaret, here.dennis
        await grows(physio, "seat0", "frames")

        # Pressed, a picture is large and comes in the high layer.
        await enlarge(physio, "Margaret")

        async def is_sharp() -> bool:
            return (await slots(physio))["seat0"]["width"] >= 640

        await until(is_sharp, "Margaret's picture in the high layer")
        await assert_accessible(physio)

        # All are muted at one stroke, staff hear on, and one press takes it back.
        await margaret.get_by_role("button", name="Unmute").click()
        await grows(dennis, "voice0", "energy")
        await physio.get_by_role("button", name="Mute all", exact=True).click()
        await expect(margaret.get_by_text("Staff can still hear you").first).to_be_visible()
        await stands_still(dennis, "voice0", "packets")
        await grows(physio, "seat0-voice", "energy")
        await physio.get_by_role("button", name=re.compile("^Undo mute all")).click()
        await grows(dennis, "voice0", "energy")

        # A camera that staff stop sends nothing, and cannot come on before they allow it.
        await physio.get_by_role("button", name="Stop the camera").click()
        await expect(physio.locator(".tile.is-large")).to_contain_text(re.compile("Camera (stopped|off)"))
        await stands_still(physio, "seat0", "bytes")
        await physio.get_by_role("button", name="Allow the camera again").click()
        await expect(physio.get_by_role("button", name="Stop the camera")).to_be_visible()

        # The stage goes to the helper, and back.
        await more(physio, "Hand over to Tom")
        await expect(margaret.get_by_role("main").get_by_text("Tom, helper")).to_be_visible(timeout=LONG_MS)
        await more(physio, "Take the stage back")
        await expect(margaret.get_by_role("main").get_by_text("Hannah, physio")).to_be_visible(
            timeout=LONG_MS
        )

        # Locked: nobody new. Ten more minutes.
        await more(physio, re.compile("^Lock the class"))
        await expect(physio.get_by_role("button", name=re.compile("^Unlock the class"))).to_be_visible()
        await assert_accessible(physio)
        await more(physio, re.compile("^Unlock the class"))
        await expect(physio.get_by_role("button", name=re.compile("^Lock the class"))).to_be_visible()
        ends = physio.get_by_text(re.compile("^Class ends at"))
        before = await ends.inner_text()
        await more(physio, re.compile("^10 more minutes"))
        await expect(ends).not_to_have_text(before)
        await physio.keyboard.press("Escape")

        # Taken out, with words; in People she can be let back.
        await enlarge(helper, "Dennis")
        await helper.get_by_role("button", name="Take out of class").click()
        await assert_accessible(helper)
        await helper.get_by_role("button", name="Take out", exact=True).click()
        await expect(dennis.get_by_text("It is safer for you to stop for today")).to_be_visible(
            timeout=LONG_MS
        )
        await helper.get_by_role("tab", name="People").click()
        await helper.get_by_role("button", name="Let back Dennis").click()
        await expect(helper.get_by_role("button", name="Let back Dennis")).to_be_hidden()


async def test_a_side_room_is_heard_by_two(tmp_path: Path):
    async with class_of_four(tmp_path) as here:
        physio, helper, margaret, dennis = here.physio, here.helper, here.margaret, here.dennis
        await margaret.get_by_role("button", name="Unmute").click()
        await grows(dennis, "voice0", "energy")
        await enlarge(helper, "Margaret")
        await helper.get_by_role("button", name="Talk in private").click()
        await expect(helper.get_by_text("You are talking in private with Margaret")).to_be_visible()
        await expect(physio.locator(".tile", has_text="Margaret")).to_contain_text("In private with Tom")
        await assert_accessible(helper)

        # These two hear each other, both ways; of Margaret nobody else gets sound or picture.
        await grows(helper, "seat0-voice", "energy")
        await grows(margaret, "stage-voice", "energy")
        await grows(margaret, "stage", "frames")
        await stands_still(dennis, "voice0", "packets")
        await stands_still(physio, "seat0-voice", "packets")
        await stands_still(physio, "seat0", "bytes")
        await grows(dennis, "stage", "frames")

        # Margaret's page is loaded anew, and the helper's line and the classmate's are lost: it is as it was.
        quiet = await others_hear(physio, dennis)
        await loads_anew(margaret)
        await expect(margaret.get_by_text("Nobody else can hear you").first).to_be_visible(timeout=LONG_MS)
        await loses_the_line(helper)
        await loses_the_line(dennis)
        await margaret.get_by_role("button", name="Unmute").click()
        for _ in range(2):
            await grows(helper, "seat0-voice", "energy")
            await grows(margaret, "stage-voice", "energy")
            await grows(dennis, "stage-voice", "energy")
        await grows(margaret, "stage", "frames")
        assert await others_hear(physio, dennis) == quiet
        await expect(helper.get_by_text("You are talking in private with Margaret")).to_be_visible()

        # It ends by one press.
        await helper.locator(".aside-cards").get_by_role("button", name="Back to the class").click()
        await expect(helper.get_by_text("You are talking in private with Margaret")).to_be_hidden()
        await grows(physio, "seat0", "frames")


async def others_hear(physio: Page, classmate: Page) -> list[float]:
    """Packets of Margaret's voice that came to the physio, and of any patient's to a classmate."""
    theirs, mates = await slots(physio), await slots(classmate)
    voices = (theirs["seat0-voice"], *(mates[name] for name in ("voice0", "voice1", "voice2")))
    return [each["packets"] for each in voices]
