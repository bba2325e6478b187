"""What staff read before the group does, hide, or pause: for patients in class and on the chat's page."""

from __future__ import annotations

import re
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from playwright.async_api import Page, expect

from tests.e2e.axe import assert_accessible
from tests.e2e.browser import chromium
from tests.e2e.class_page import LONG_MS, ask, open_drawer, say
from tests.e2e.service import DemoService, demo_service
from tests.e2e.start_class import start_class
from tests.e2e.talk_pages import chat_page, is_told, message, question, tools

pytestmark = [pytest.mark.browser, pytest.mark.timeout(240)]

PHONE = {"width": 360, "height": 740}


def hold_questions(service: DemoService) -> None:
    """Have staff read what is asked in every programme of the service first."""
    with closing(sqlite3.connect(service.database)) as connection, connection:
        connection.execute("UPDATE programmes SET questions_held = 1")


async def held_questions(physio: Page, margaret: Page, dennis: Page) -> None:
    """The asker is told before and after; a classmate sees nothing until staff show it, or never."""
    for page in (margaret, dennis):
        await open_drawer(page, "Questions")
    await margaret.get_by_role("button", name="Change who sees it").click()
    await expect(
        margaret.get_by_text("Staff read it first. Then everyone in class can").first
    ).to_be_visible()
    await expect(margaret.get_by_label(re.compile("^Everyone in the group"))).to_have_count(0)
    await assert_accessible(margaret)
    await margaret.get_by_role("button", name="Done").click()
    for text in ("Is it normal that my knee clicks?", "Why is Dennis so slow?"):
        await ask(margaret, text)
        await expect(question(margaret, text)).to_contain_text("Staff read it first.", timeout=LONG_MS)
        await expect(question(physio, text)).to_contain_text("the group does not see it yet", timeout=LONG_MS)
    await assert_accessible(physio)
    await expect(dennis.get_by_role("article")).to_have_count(0)

    await question(physio, "my knee clicks").get_by_role("button", name="Show to the group").click()
    await is_told(margaret, "The group can see your question now.")
    shown = question(dennis, "my knee clicks")
    await expect(shown).to_contain_text("Margaret", timeout=LONG_MS)
    await expect(shown.get_by_role("button", name=re.compile("^Answer"))).to_have_count(0)

    await question(physio, "Dennis so slow").get_by_role("button", name="Do not show").click()
    declined = question(margaret, "Dennis so slow")
    await expect(declined).to_contain_text("Staff did not show this to the group.", timeout=LONG_MS)
    await expect(question(physio, "Dennis so slow")).to_contain_text("Not shown to the group")
    for page in (margaret, dennis):
        await assert_accessible(page)

    # Loaded anew, it is as it was for each.
    await dennis.reload()
    await expect(dennis.locator("[data-place='in_class']")).to_be_visible(timeout=LONG_MS)
    await open_drawer(dennis, "Questions")
    await expect(question(dennis, "my knee clicks")).to_be_visible(timeout=LONG_MS)
    await expect(question(dennis, "Dennis so slow")).to_have_count(0)


async def one_chat_in_two_places(physio: Page, margaret: Page, dennis: Page, outside: Page) -> None:
    """What is written on the chat's page comes live into class, and what staff do in class stands there."""
    for page in (physio, margaret, dennis):
        await open_drawer(page, "Chat")
    await outside.get_by_label("Write to the group").fill("Good morning from the bus.")
    await outside.get_by_role("button", name="Send").click()
    await expect(message(margaret, "from the bus")).to_be_visible(timeout=LONG_MS)
    await expect(message(physio, "from the bus")).to_contain_text("Dennis", timeout=LONG_MS)

    # Held: seen by nobody but staff and the author, who is told so in both places.
    await tools(physio, "from the bus")
    await physio.get_by_role("button", name="Read Dennis’s messages first").click()
    await expect(physio.get_by_text("Messages that wait for you before others see them")).to_be_visible()
    await say(dennis, "Push through the pain, all of you!")
    await expect(message(dennis, "Push through")).to_contain_text("Staff look at it first.", timeout=LONG_MS)
    await expect(message(physio, "Push through")).to_contain_text("nobody else sees it yet", timeout=LONG_MS)
    await outside.reload()
    await expect(outside.get_by_role("listitem").filter(has_text="Push through")).to_contain_text(
        "Waits for staff"
    )
    await assert_accessible(outside)

    # Shown, reported, and hidden with a reason: that stays with staff, the line stays for all.
    await message(physio, "Push through").get_by_role("button", name="Show to the group").click()
    await expect(message(margaret, "Push through")).to_be_visible(timeout=LONG_MS)
    reported = message(physio, "Push through")
    await tools(physio, "Push through")
    await reported.get_by_role("button", name="Hide", exact=True).click()
    await reported.get_by_label(re.compile("^Why do you hide it")).select_option(
        label="It may not be safe advice"
    )
    await reported.get_by_role("button", name="Hide from the group").click()
    for page in (margaret, dennis):
        await expect(page.get_by_text("Staff have hidden this message.")).to_be_visible(timeout=LONG_MS)
        await expect(page.get_by_text("Push through")).to_have_count(0)
        await expect(page.get_by_text("safe advice")).to_have_count(0)
    await expect(reported).to_contain_text("Hidden from the group")

    # Paused: nobody of the group writes, in either place.
    await physio.get_by_role("button", name="Pause the chat").click()
    for page in (margaret, dennis):
        await expect(page.get_by_text("Staff have paused the chat for now.")).to_be_visible(timeout=LONG_MS)
        await expect(page.get_by_label("Write to the group")).to_have_count(0)
        await assert_accessible(page)
    await outside.get_by_label("Write to the group").fill("Can you read me?")
    await outside.get_by_role("button", name="Send").click()
    await expect(outside.get_by_text("Staff have paused the chat").first).to_be_visible()
    await expect(outside.get_by_text("Staff have hidden this message.")).to_be_visible()
    await expect(outside.get_by_text("Push through")).to_have_count(0)
    await assert_accessible(outside)
    await physio.get_by_role("button", name="Let the group write again").click()
    await expect(margaret.get_by_label("Write to the group")).to_be_visible(timeout=LONG_MS)
    await expect(margaret.get_by_text("Can you read me?")).to_have_count(0)


async def test_what_staff_read_first_hide_or_pause_is_so_for_everyone_in_class_and_outside(tmp_path: Path):
    async with demo_service(tmp_path) as service, chromium() as browser:
        hold_questions(service)
        physio, (margaret, dennis) = await start_class(browser, service, 2)
        await dennis.set_viewport_size(PHONE)
        await held_questions(physio, margaret, dennis)
        await one_chat_in_two_places(physio, margaret, dennis, await chat_page(service, dennis))
