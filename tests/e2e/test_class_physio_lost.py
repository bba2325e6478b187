"""The class goes on without its physio: the helper leads and is on the stage, and the physio leads again when
back; with reconnects of the others in between.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.async_api import Page, expect

from tests.e2e.browser import grows
from tests.e2e.class_page import LONG_MS, come_in
from tests.e2e.reconnects import loads_anew, loses_the_line
from tests.e2e.staffed_class import class_of_four

pytestmark = [pytest.mark.browser, pytest.mark.timeout(240)]


async def on_stage(page: Page, name_and_role: str) -> None:
    """Wait until this member of staff is on a patient's stage, and the picture moves."""
    await expect(page.get_by_role("main").get_by_text(name_and_role)).to_be_visible(timeout=LONG_MS)
    await grows(page, "stage", "frames")


async def test_the_helper_leads_while_the_physio_is_lost(tmp_path: Path):
    async with class_of_four(tmp_path) as here:
        physio, helper, margaret, dennis = here.physio, here.helper, here.margaret, here.dennis
        await on_stage(margaret, "Hannah, physio")
        await expect(helper.get_by_text("You lead the class now")).to_be_hidden()
        context = physio.context
        await physio.close()
        await expect(helper.get_by_text("You lead the class now")).to_be_visible(timeout=LONG_MS)
        await on_stage(margaret, "Tom, helper")

        # In the middle of it a patient's line and the helper's are lost, another's page is loaded anew.
        await loses_the_line(margaret)
        await loses_the_line(helper)
        await loads_anew(dennis)
        for page in (margaret, dennis):
            await on_stage(page, "Tom, helper")
        await expect(helper.get_by_text("You lead the class now")).to_be_visible()

        physio = await context.new_page()
        await come_in(physio, here.service.physio)
        await expect(helper.get_by_text("You lead the class now")).to_be_hidden(timeout=LONG_MS)
        for page in (margaret, dennis):
            await on_stage(page, "Hannah, physio")
