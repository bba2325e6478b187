"""What staff decide holds while two people reconnect in the middle of it: one loads the page anew, another
loses the line.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.async_api import Page, expect

from tests.e2e.browser import grows, slots
from tests.e2e.class_page import LONG_MS, assert_no_classmates_pictures
from tests.e2e.reconnects import loads_anew, loses_the_line
from tests.e2e.staffed_class import class_of_four
from tests.e2e.test_class_physio_lost import on_stage
from tests.e2e.test_class_staff_moderating import more, stands_still

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]


async def packets(page: Page, *names: str) -> dict[str, float]:
    """How many packets have come in these slots."""
    read = await slots(page)
    return {name: read[name]["packets"] for name in names}


async def choose_who_sees(page: Page, now: str, choice: str) -> None:
    """As a patient, say who may see one; `now`: how it stands."""
    await page.get_by_role("button", name=re.compile(f"^{now}")).click()
    await page.get_by_role("button", name=re.compile(f"^{choice}")).click()


async def test_what_staff_decide_holds_through_reconnects(tmp_path: Path):
    async with class_of_four(tmp_path) as here:
        physio, helper, margaret, dennis = here.physio, here.helper, here.margaret, here.dennis

        # All are muted. Margaret's page is loaded anew and Dennis's line is lost: she is told so again, staff
        # hear her, and he does not.
        await margaret.get_by_role("button", name="Unmute").click()
        await grows(dennis, "voice0", "energy")
        await physio.get_by_role("button", name="Mute all", exact=True).click()
        told = margaret.get_by_text("Only staff can hear you", exact=True)
        await expect(told).to_be_visible(timeout=LONG_MS)
        await stands_still(dennis, "voice0", "packets")
        quiet = await packets(dennis, "voice0", "voice1", "voice2")
        await loads_anew(margaret)
        await loses_the_line(dennis)
        await margaret.get_by_role("button", name="Unmute").click()
        await expect(told).to_be_visible(timeout=LONG_MS)
        for _ in range(2):
            await grows(physio, "seat0-voice", "energy")
            await grows(dennis, "stage-voice", "packets")
        assert await packets(dennis, "voice0", "voice1", "voice2") == quiet

        # Pictures for staff only: through these reconnects not one packet has come to a classmate. Shown to
        # the group and turned back, none comes through the next two either.
        await assert_no_classmates_pictures([margaret, dennis])
        await choose_who_sees(margaret, "Only staff can see you", "Yes, let them")
        await grows(dennis, "mate0", "frames")
        await choose_who_sees(margaret, "The group can see you", "No, staff only")
        await expect(margaret.get_by_text("Only staff can see you now.").first).to_be_visible(timeout=LONG_MS)
        before = (await slots(dennis))["mate0"]["bytes"]
        await loads_anew(margaret)
        await loses_the_line(dennis)
        for _ in range(2):
            await grows(physio, "seat0", "frames")
            await grows(dennis, "stage", "frames")
        assert (await slots(dennis))["mate0"]["bytes"] == before
        await assert_no_classmates_pictures([margaret])

        # The stage is the helper's, whose page is loaded anew; the physio's line is lost. It stays so.
        await more(physio, "Hand over to Tom")
        for page in (margaret, dennis):
            await on_stage(page, "Tom, helper")
        await loads_anew(helper)
        await loses_the_line(physio)
        for page in (margaret, dennis):
            await on_stage(page, "Tom, helper")
        await more(physio, "Take the stage back")
        for page in (margaret, dennis):
            await on_stage(page, "Hannah, physio")

        # Who leaves without a line is told to keep the page open; back, the server knows by itself that she
        # has left, and has not dropped out, also when the page is closed then.
        await margaret.context.set_offline(True)
        await margaret.get_by_role("button", name="Leave").click()
        await margaret.get_by_role("button", name=re.compile("^(Yes, leave|Leave class)")).click()
        await expect(margaret.get_by_role("heading", name="You have left the class")).to_be_visible()
        untold = margaret.get_by_role("status").filter(has_text="keep this page open")
        await expect(untold).to_be_visible(timeout=LONG_MS)
        await margaret.context.set_offline(False)
        await expect(untold).to_be_hidden(timeout=LONG_MS)
        await margaret.close()
        await expect(physio.locator(".wall .tile").first).to_contain_text("Not here", timeout=LONG_MS)
        await expect(physio.get_by_role("alert").get_by_role("heading")).to_have_count(0)
