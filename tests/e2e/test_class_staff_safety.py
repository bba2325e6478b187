"""Safety in real browsers: a call for help and a lost patient reach all staff, with what to do; what was done
is said; class ends when everyone is accounted for.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.async_api import Page, expect

from tests.e2e.axe import assert_accessible
from tests.e2e.browser import grows
from tests.e2e.class_page import LONG_MS, come_in, open_drawer
from tests.e2e.reconnects import loads_anew, loses_the_line
from tests.e2e.staffed_class import class_of_four

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]

DROPPED_WITHIN_MS = 10_000


async def say_what_was_done(page: Page, choice: str) -> None:
    """In the card's form that is open: choose, and save."""
    await page.get_by_label("What was done?").select_option(label=choice)
    await page.get_by_role("button", name="Save", exact=True).click()


async def test_a_call_for_help_and_a_lost_patient(tmp_path: Path):
    async with class_of_four(tmp_path) as here:
        physio, helper, margaret, dennis = here.physio, here.helper, here.margaret, here.dennis
        alerts = [page.get_by_role("alert") for page in (physio, helper)]

        # Help: both staff have the card, with what to do, and keep the place where they were writing.
        await open_drawer(helper, "Chat")
        await helper.get_by_label("Write to the group").focus()
        await margaret.get_by_role("button", name="Help", exact=True).click()
        await margaret.get_by_role("button", name="I need help now").click()
        for alert in alerts:
            await expect(alert.get_by_role("heading", name="needs help now")).to_contain_text("Margaret")
            await expect(alert.get_by_role("list", name="What to do")).to_contain_text("999")
            await expect(alert.get_by_role("term").filter(has_text="Place today")).to_be_visible()
        await expect(helper.get_by_label("Write to the group")).to_be_focused()
        await assert_accessible(physio)

        # The physio's page and hers are loaded anew, the helper's line and hers are lost: the card is there,
        # with her place and phone, and she is told that help is called. It goes for all when one has said
        # what was done.
        where = str(await alerts[0].locator(".where-list").text_content())
        told = margaret.get_by_role("button", name="I am all right now")
        for page in (physio, margaret):
            await loads_anew(page)
        for page in (helper, margaret):
            await loses_the_line(page)
        for alert in alerts:
            await expect(alert.get_by_role("heading", name="needs help now")).to_have_count(1)
            await expect(alert.get_by_role("heading", name="needs help now")).to_contain_text("Margaret")
            await expect(alert.locator(".where-list")).to_have_text(where)
            await expect(alert.get_by_role("link", name="Call").first).to_be_visible()
        await expect(told).to_be_visible(timeout=LONG_MS)
        # That somebody knows is said when one of the staff has said so.
        await expect(margaret.get_by_role("heading", name=re.compile("^We are calling"))).to_be_visible()
        await helper.get_by_role("button", name="I have seen it for Margaret").click()
        await expect(margaret.get_by_role("heading", name="Tom knows you need help")).to_be_visible()
        await expect(alerts[0]).to_contain_text("Tom has seen it")
        await physio.get_by_role("button", name="What was done for Margaret").press("Enter")
        await expect(physio.get_by_label("What was done?")).to_be_focused()
        await assert_accessible(physio)
        await say_what_was_done(physio, "Talked with them in class")
        for alert in alerts:
            await expect(alert.get_by_role("heading", name="needs help now")).to_be_hidden()

        # A closed tab is a lost patient, named within ten seconds; who comes back is lost no more.
        context = dennis.context
        await dennis.close()
        for alert in alerts:
            await expect(alert.get_by_role("heading", name="picture stopped")).to_contain_text(
                "Dennis", timeout=DROPPED_WITHIN_MS
            )

        # So it stands when the physio's page is loaded anew and the helper's line is lost.
        await loads_anew(physio)
        await loses_the_line(helper)
        for alert in alerts:
            await expect(alert.get_by_role("heading", name="picture stopped")).to_have_count(1)
            await expect(alert.get_by_role("heading", name="picture stopped")).to_contain_text("Dennis")
        dennis = await context.new_page()
        await come_in(dennis, here.service.patients[1])
        await grows(physio, "seat1", "frames")
        for alert in alerts:
            await expect(alert.get_by_role("heading", name="picture stopped")).to_be_hidden()

        # Lost again, and class is to end: it asks about him and keeps the answer.
        await dennis.close()
        await expect(alerts[0].get_by_role("heading", name="picture stopped")).to_be_visible(timeout=LONG_MS)
        await physio.get_by_role("button", name="End class", exact=True).click()
        await expect(physio.get_by_role("group", name="Dennis")).to_be_visible()
        await assert_accessible(physio)
        await physio.get_by_role("button", name="End class for everyone").click()
        await expect(physio.get_by_text("Choose what was done for Dennis")).to_be_visible()
        await expect(margaret.locator("[data-place='in_class']")).to_be_visible()
        await physio.get_by_label("What was done for Dennis?").select_option(label="Rang them: all is well")
        await physio.get_by_role("button", name="End class for everyone").click()
        for page in (physio, helper, margaret):
            await expect(page.get_by_text("Class has finished")).to_be_visible(timeout=LONG_MS)
