"""Questions and messages on the pages of those in class, and the chat's page outside of it."""

from __future__ import annotations

import re

from playwright.async_api import Locator, Page, expect

from tests.e2e.class_page import LONG_MS
from tests.e2e.service import DemoService


def link_id(page: Page) -> str:
    """The public name of a person's link, from the address of a page that has it."""
    return page.url.split("?")[0].rstrip("/").rsplit("/", 1)[1]


async def chat_page(service: DemoService, whose: Page) -> Page:
    """The chat's page outside of class, in the browser of somebody whose class page is open."""
    page = await whose.context.new_page()
    await page.set_viewport_size({"width": 360, "height": 740})
    await page.goto(f"{service.base_url}/class/{link_id(whose)}/chat")
    return page


def question(page: Page, text: str) -> Locator:
    """The question that has these words."""
    return page.get_by_role("article").filter(has_text=text)


def message(page: Page, text: str) -> Locator:
    """The chat message that is, and does not only quote, these words; with what belongs to it."""
    return page.get_by_role("log").locator(".message").filter(has=page.locator(".text", has_text=text))


async def tools(page: Page, text: str) -> None:
    """Open what can be done with a message."""
    await message(page, text).get_by_role("button", name=re.compile("^More")).click()


async def is_told(page: Page, words: str) -> None:
    """Wait until the page says this in a notice, which goes by itself."""
    await expect(page.get_by_role("status").filter(has_text=words)).to_have_count(1, timeout=LONG_MS)
