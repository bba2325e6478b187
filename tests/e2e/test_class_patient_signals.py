"""Hands, short signs, questions to everyone and cards, as patients have them; all of it outlasts a crash."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp
import pytest
from playwright.async_api import Locator, Page, expect

from tests.e2e.axe import assert_accessible
from tests.e2e.browser import chromium, grows, until
from tests.e2e.class_page import LONG_MS, ask, open_drawer, say
from tests.e2e.service import DemoService, demo_service
from tests.e2e.start_class import start_class
from tests.interop.foreign_client import ForeignClient

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]


@asynccontextmanager
async def helper_in_class(service: DemoService) -> AsyncIterator[ForeignClient]:
    """The helper, by a program of her own, without sound and picture."""
    client = ForeignClient()
    try:
        await client.open_link(service.helper)
        await client.connect()
        await client.join()
        yield client
    finally:
        await client.close()


async def test_hands_stand_in_order_and_short_signs_are_shown(tmp_path: Path):
    async with demo_service(tmp_path) as service, chromium() as browser:
        _, (margaret, dennis) = await start_class(browser, service, 2)

        # By the button and by its key; who takes hers down lets the next one up.
        await margaret.get_by_role("button", name=re.compile("^Hand")).click()
        await expect(hand(margaret)).to_contain_text("Up, first", timeout=LONG_MS)
        await expect(hand(margaret)).to_have_attribute("aria-pressed", "true")
        await dennis.keyboard.press("h")
        await expect(hand(dennis)).to_contain_text("Up, 2nd", timeout=LONG_MS)
        await assert_accessible(dennis)
        await dennis.reload()
        await expect(hand(dennis)).to_contain_text("Up, 2nd", timeout=LONG_MS)
        await hand(margaret).click()
        await expect(hand(dennis)).to_contain_text("Up, first", timeout=LONG_MS)
        await expect(hand(margaret)).to_have_attribute("aria-pressed", "false")

        # A sign in words, beside the own picture; it goes by itself.
        await margaret.get_by_role("button", name="More").click()
        await assert_accessible(margaret)
        await margaret.get_by_role("button", name="Well done").click()
        await expect(margaret.get_by_text("You said: Well done")).to_be_visible(timeout=LONG_MS)
        await expect(margaret.get_by_text("You said: Well done")).to_be_hidden(timeout=LONG_MS)


async def test_a_question_to_everyone_a_card_votes_chat_and_a_call_outlast_a_crash(tmp_path: Path):
    async with demo_service(tmp_path) as service, chromium() as browser:
        physio, (margaret, dennis) = await start_class(browser, service, 2)
        await grows(margaret, "stage", "frames")
        async with helper_in_class(service) as tom:
            pulse = await tom.ask(
                "pulse:ask", {"key": tom.new_key(), "kind": "pain", "text": "How much does it hurt now?"}
            )
            await margaret.get_by_role("button", name="Answer", exact=True).click()
            await assert_accessible(margaret)
            await margaret.get_by_role("button", name="3", exact=True).click()
            await expect(margaret.get_by_text("3 out of 10")).to_be_visible(timeout=LONG_MS)

            card = {"title": "Someone to talk to", "words": "Samaritans listen.", "address": ""}
            await tom.ask("card:send", {"key": tom.new_key(), "person": None, "phone": "116 123", **card})
            await dennis.get_by_role("button", name="More").click()
            await dennis.get_by_role("button", name=re.compile("^A card from staff")).click()
            await expect(dennis.get_by_role("link", name="116 123")).to_be_visible()
            await assert_accessible(dennis)
            await dennis.get_by_role("button", name="Back to class").click()

            await open_drawer(margaret, "Questions")
            await ask(margaret, "Is a heat pack all right?")
            await open_drawer(dennis, "Questions")
            await dennis.get_by_role("button", name=re.compile("Vote for")).click()
            await expect(dennis.get_by_text("Voted")).to_be_visible(timeout=LONG_MS)
            await open_drawer(dennis, "Chat")
            await say(dennis, "Morning all.")
            await expect(dennis.get_by_role("log").get_by_text("Morning all.")).to_be_visible(timeout=LONG_MS)
            await hand(dennis).click()
            await expect(hand(dennis)).to_contain_text("Up, first", timeout=LONG_MS)
            await margaret.get_by_role("button", name="Help", exact=True).click()
            await margaret.get_by_role("button", name=re.compile("^I need a rest")).click()
            await expect(margaret.get_by_text("that you need a rest").first).to_be_visible(timeout=LONG_MS)

        await service.kill("web")

        # The picture goes on, and everyone is back by themselves with all that was acknowledged.
        await grows(margaret, "stage", "frames")
        await until(lambda: is_ready(service.base_url), "the server to answer again", within_s=60)
        await say(dennis, "Still here.")
        await expect(dennis.get_by_role("log").get_by_text("Still here.")).to_be_visible(timeout=LONG_MS)
        await expect(dennis.get_by_role("log").get_by_text("Morning all.")).to_have_count(1)
        await expect(hand(dennis)).to_contain_text("Up, first")
        await expect(physio.get_by_text("needs a rest")).to_be_visible(timeout=LONG_MS)
        for page in (margaret, dennis):
            await page.reload()
            await expect(page.locator("[data-place='in_class']")).to_be_visible(timeout=LONG_MS)
            await open_drawer(page, "Questions")
            votes = page.get_by_role("article").filter(has_text="Is a heat pack all right?")
            await expect(votes).to_contain_text("1", timeout=LONG_MS)
        await margaret.get_by_role("button", name="I am all right now").first.click()
        await margaret.get_by_role("button", name="Close", exact=True).click()
        await margaret.get_by_role("button", name="Read it").click()
        await expect(margaret.get_by_role("heading", name="Someone to talk to")).to_be_visible()
        await margaret.get_by_role("button", name="Back to class").click()
        await expect(margaret.get_by_text("3 out of 10")).to_be_visible(timeout=LONG_MS)

        # Closed, only staff see what two of them can answer; that is all it says to patients.
        async with helper_in_class(service) as tom:
            await tom.ask("pulse:close", {"pulse": pulse["id"]})
            few = "Fewer than 5 people answered, so only staff see the answers."
            for page in (margaret, dennis):
                await expect(page.get_by_text(few)).to_be_visible(timeout=LONG_MS)
                await expect(page.get_by_role("table", name="How many chose what")).to_have_count(0)
            await assert_accessible(margaret)


async def is_ready(base_url: str) -> bool:
    """Whether the server takes requests."""
    async with aiohttp.ClientSession() as http:
        try:
            async with http.get(f"{base_url}/readyz") as answer:
                return answer.status == 200
        except aiohttp.ClientError:
            return False


def hand(page: Page) -> Locator:
    """The button for one's hand."""
    return page.locator(".controls").get_by_role("button", name=re.compile("^Hand"))
