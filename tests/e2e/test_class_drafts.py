"""What a patient has begun to write waits for her in a real browser, until the server has it."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.async_api import Locator, Page, expect

from tests.e2e.browser import chromium, new_person
from tests.e2e.class_page import LONG_MS, enter, open_drawer
from tests.e2e.light_people import admit, do, light_people, person_named
from tests.e2e.service import demo_service
from tests.e2e.talk_pages import message, question, tools

pytestmark = [pytest.mark.browser, pytest.mark.timeout(240)]

QUESTION, REPLY, MESSAGE = "May I sit down?", "I do, on Sundays.", "Well done, Dennis."


def begun(page: Page) -> tuple[Locator, Locator, Locator]:
    """Where she writes her question, her reply to his, and her message to him."""
    return (
        page.get_by_label("Ask a question"),
        page.get_by_label("Your answer, for everyone in class"),
        page.get_by_label("Reply to Dennis"),
    )


async def begins(page: Page) -> None:
    """A question, a reply and a message, none of them sent."""
    asks, replies, writes = begun(page)
    await asks.fill(QUESTION)
    await question(page, "Who walks?").get_by_role("button", name="Answer").click()
    await replies.fill(REPLY)
    await open_drawer(page, "Chat")
    await tools(page, "I did all ten.")
    await page.get_by_role("button", name="Reply").click()
    await writes.fill(MESSAGE)


async def are_there(page: Page) -> None:
    """All that she has begun, where she goes from one tab to the other."""
    asks, replies, writes = begun(page)
    await open_drawer(page, "Questions")
    await expect(asks).to_have_value(QUESTION)
    await expect(replies).to_have_value(REPLY)
    await open_drawer(page, "Chat")
    await expect(writes).to_have_value(MESSAGE)


async def is_sent(page: Page) -> None:
    """Each is sent, and its place is empty, also when she comes back to it."""
    asks, replies, _ = begun(page)
    anew = page.get_by_label("Write to the group")
    await page.get_by_role("button", name="Send", exact=True).click()
    await expect(message(page, MESSAGE)).to_contain_text("In reply to Dennis", timeout=LONG_MS)
    await expect(anew).to_have_value("", timeout=LONG_MS)
    await open_drawer(page, "Questions")
    theirs = question(page, "Who walks?")
    await theirs.get_by_role("button", name="Send", exact=True).click()
    await expect(replies).to_have_count(0, timeout=LONG_MS)
    await expect(theirs).to_contain_text(f"You: {REPLY}", timeout=LONG_MS)
    await page.get_by_role("button", name="Ask", exact=True).click()
    await expect(question(page, QUESTION)).to_be_visible(timeout=LONG_MS)
    await expect(asks).to_have_value("", timeout=LONG_MS)
    await theirs.get_by_role("button", name="Answer").click()
    await expect(replies).to_have_value("")
    await open_drawer(page, "Chat")
    await expect(anew).to_have_value("")
    await open_drawer(page, "Questions")
    await expect(asks).to_have_value("")


async def test_what_is_begun_waits_through_tabs_a_closed_drawer_and_a_paused_chat(tmp_path: Path):
    async with (
        demo_service(tmp_path) as service,
        chromium() as browser,
        light_people([service.physio, service.patients[1]]) as (hannah, dennis),
    ):
        await admit(hannah, dennis)
        await do(dennis, "question:ask", {"key": "the-walks", "text": "Who walks?", "to": "group"})
        await do(dennis, "chat:post", {"key": "the-message", "text": "I did all ten.", "reply_to": None})
        page = await (await new_person(browser)).new_page()
        await enter(page, service.patients[0])
        await do(hannah, "person:admit", {"person": await person_named(hannah, "Margaret")})
        await expect(page.locator("[data-place='in_class']")).to_be_visible(timeout=LONG_MS)
        await open_drawer(page, "Questions")
        await begins(page)
        await are_there(page)

        await page.get_by_role("button", name="Close", exact=True).click()
        await expect(page.get_by_role("tablist")).to_have_count(0)
        await are_there(page)

        # Paused, her message has no field and is kept; her reply is refused, and kept, too.
        await do(hannah, "chat:pause", {"paused": True})
        paused = page.get_by_text("What you have written is kept.")
        await expect(paused).to_be_visible(timeout=LONG_MS)
        await expect(begun(page)[2]).to_have_count(0)
        await open_drawer(page, "Questions")
        await question(page, "Who walks?").get_by_role("button", name="Send", exact=True).click()
        await expect(page.get_by_role("alert").filter(has_text="Staff have paused the chat")).to_be_visible(
            timeout=LONG_MS
        )
        await do(hannah, "chat:pause", {"paused": False})
        await open_drawer(page, "Chat")
        await expect(begun(page)[2]).to_be_visible(timeout=LONG_MS)
        await are_there(page)
        await is_sent(page)
