"""Staff and the talk of a class in a real browser: questions kept at the top, put together, set aside;
messages hidden, held, approved, reported; the chat paused.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.async_api import Locator, Page, expect

from tests.e2e.axe import assert_accessible
from tests.e2e.browser import chromium
from tests.e2e.class_page import ask, open_drawer, say
from tests.e2e.service import demo_service
from tests.e2e.start_class import start_class

pytestmark = [pytest.mark.browser, pytest.mark.timeout(240)]


def question(page: Page, text: str) -> Locator:
    """A question in the open list."""
    return page.locator("article", has_text=text)


def message(page: Page, text: str) -> Locator:
    """A message in the open chat."""
    return page.locator(".message", has_text=text)


async def more_for(one: Locator, button: str) -> None:
    """Open what else can be done with a question, and do it."""
    await one.get_by_role("button", name="More for this question").click()
    await one.get_by_role("button", name=button, exact=True).click()


async def questions(physio: Page, margaret: Page, dennis: Page) -> None:
    """Asked twice, put together; one at the top; one set aside; one answered in private."""
    for page in (margaret, dennis):
        await open_drawer(page, "Questions")
    for page, text in ((margaret, "Should my knee click?"), (dennis, "My knee clicks, is that bad?")):
        await ask(page, text)
        await expect(question(physio, text)).to_be_visible()
    again = question(physio, "My knee clicks, is that bad?")
    await more_for(again, "Same as another")
    await assert_accessible(physio)
    await again.get_by_role("button", name="Put together").click()
    await expect(question(dennis, "My knee clicks, is that bad?")).to_contain_text(
        re.compile("answered together with.*Should my knee click")
    )
    # Her question counts as a vote for the other: there is none to give or to take back.
    first = question(dennis, "Should my knee click?").filter(has_not_text="answered together with")
    await expect(first).to_contain_text("1 voteVoted")
    await expect(first.get_by_role("button", name=re.compile("this question"))).to_have_count(0)
    await assert_accessible(dennis)
    await ask(dennis, "What shoes are best?")
    shoes = question(physio, "What shoes are best?")
    await more_for(shoes, "Keep at the top")
    await expect(question(margaret, "What shoes are best?")).to_contain_text("Kept at the top")
    await ask(margaret, "Can we have the window open?")
    await more_for(question(physio, "Can we have the window open?"), "Set aside")
    await expect(question(margaret, "Can we have the window open?")).to_contain_text(
        re.compile("set aside", re.I)
    )


async def chat(physio: Page, margaret: Page, dennis: Page) -> None:
    """A report, a message hidden, another held and approved, the chat paused."""
    for page in (physio, margaret, dennis):
        await open_drawer(page, "Chat")
    await say(dennis, "Just push through the pain!")
    theirs = message(margaret, "Just push through the pain!")
    await theirs.get_by_role("button", name="More about the message").click()
    await theirs.get_by_role("button", name="Tell staff about it").click()
    await theirs.get_by_role("button", name="It may not be safe to do").click()
    reported = message(physio, "Just push through the pain!")
    await expect(reported).to_contain_text("Reported by 1 person")
    await reported.get_by_role("button", name="Hide", exact=True).click()
    await reported.get_by_label(re.compile("^Why do you hide it")).select_option(
        label="It may not be safe advice"
    )
    await assert_accessible(physio)
    await reported.get_by_role("button", name="Hide from the group").click()
    await expect(margaret.get_by_text("Staff have hidden this message.")).to_be_visible()
    await expect(margaret.get_by_text("Just push through the pain!")).to_be_hidden()
    await expect(reported).to_contain_text("Hidden from the group")

    await reported.get_by_role("button", name="More about the message").click()
    await reported.get_by_role("button", name="Read Dennis’s messages first").click()
    await expect(
        physio.get_by_text("Messages that wait for you before others see them: Dennis.")
    ).to_be_visible()
    await say(dennis, "Sorry, I meant gently.")
    held = message(physio, "Sorry, I meant gently.")
    await expect(held).to_contain_text("nobody else sees it yet")
    await expect(message(margaret, "Sorry, I meant gently.")).to_be_hidden()
    await held.get_by_role("button", name="Show to the group").click()
    await expect(message(margaret, "Sorry, I meant gently.")).to_be_visible()

    await physio.get_by_role("button", name="Pause the chat").click()
    await expect(margaret.get_by_text("Staff have paused the chat for now.")).to_be_visible()
    await physio.get_by_role("button", name="Let the group write again").click()
    await say(margaret, "Well done everybody")
    await expect(message(dennis, "Well done everybody")).to_be_visible()


async def test_staff_lead_the_talk(tmp_path: Path):
    async with demo_service(tmp_path) as service, chromium() as browser:
        physio, (margaret, dennis) = await start_class(browser, service, 2)
        await questions(physio, margaret, dennis)
        await chat(physio, margaret, dennis)
