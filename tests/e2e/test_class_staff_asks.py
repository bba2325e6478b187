"""Hands, questions to everyone and a card, between staff and patients in real browsers."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.async_api import Browser, Locator, Page, expect

from tests.e2e.axe import assert_accessible
from tests.e2e.browser import chromium, new_person
from tests.e2e.class_page import LONG_MS, open_drawer, say
from tests.e2e.service import DemoService, demo_service
from tests.e2e.start_class import start_class
from tests.e2e.talk_pages import link_id

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]


async def hands(physio: Page, margaret: Page, dennis: Page) -> None:
    """Raised in order, lowered one by one or all at once, and all at once taken back."""
    tiles = [physio.locator(".tile", has_text=name) for name in ("Margaret", "Dennis")]
    await dennis.get_by_role("button", name="Hand").click()
    await expect(tiles[1]).to_contain_text("Hand up, 1st")
    await margaret.get_by_role("button", name="Hand").click()
    await expect(tiles[0]).to_contain_text("Hand up, 2nd")
    await assert_accessible(physio)
    await tiles[1].locator(".tile-foot").click()
    await physio.get_by_role("button", name="Lower the hand").click()
    await expect(tiles[0]).to_contain_text("Hand up, 1st")
    await expect(tiles[1]).not_to_contain_text("Hand up")
    await physio.keyboard.press("Escape")
    await physio.get_by_role("button", name="More", exact=True).click()
    await physio.get_by_role("button", name="Lower all hands (1)").click()
    await expect(tiles[0]).not_to_contain_text("Hand up")
    await physio.get_by_role("button", name="Undo lower hands (1)").click()
    await expect(tiles[0]).to_contain_text("Hand up, 1st")
    await physio.keyboard.press("Escape")


async def pulse(physio: Page, margaret: Page, dennis: Page) -> None:
    """Asked; answered by one, who thinks again; who has not answered is named; of so few, staff alone see
    the bars.
    """
    await physio.get_by_role("button", name="Ask everyone").press("Enter")
    await expect(physio.get_by_role("button", name=re.compile("^Ask effort 0 to 10"))).to_be_focused()
    await assert_accessible(physio)
    await physio.keyboard.press("Enter")
    panel = physio.get_by_role("region", name="Answers")
    await expect(panel).to_contain_text("No answer yet: Margaret, Dennis.", timeout=LONG_MS)
    await expect(physio.locator(".tile", has_text="Dennis")).to_contain_text("No answer")
    await answer(margaret, "6")
    await expect(physio.locator(".tile", has_text="Margaret")).to_contain_text("Effort 6", timeout=LONG_MS)
    await expect(panel).to_contain_text("1 of 2 answered.")
    await expect(panel).to_contain_text("No answer yet: Dennis.")
    await assert_accessible(physio)
    await margaret.get_by_role("button", name="Change", exact=True).click()
    await expect(margaret.get_by_role("button", name="6", exact=True)).to_have_attribute(
        "aria-pressed", "true"
    )
    await margaret.get_by_role("button", name="4", exact=True).click()
    await expect(physio.locator(".tile", has_text="Margaret")).to_contain_text("Effort 4", timeout=LONG_MS)
    await expect(panel).to_contain_text("1 of 2 answered.")
    await panel.get_by_role("button", name=re.compile("^Close. Fewer than 5 answered")).click()
    await expect(physio.get_by_role("button", name=re.compile("^Ask effort 0 to 10"))).to_be_visible()
    for page in (margaret, dennis):
        few = page.get_by_text("Fewer than 5 people answered, so only staff see the answers.")
        await expect(few).to_be_visible(timeout=LONG_MS)
        await expect(bars(page)).to_have_count(0)
    await expect(panel.get_by_role("listitem").nth(4)).to_contain_text("41")


async def pain_and_a_poll(physio: Page, margaret: Page, dennis: Page) -> None:
    """Pain by one press; anything else as a poll of what staff write."""
    panel = physio.get_by_role("region", name="Answers")
    await physio.get_by_role("button", name=re.compile("^Ask pain 0 to 10")).click()
    await answer(dennis, re.compile("^0 ?, no pain$"))
    await expect(physio.locator(".tile", has_text="Dennis")).to_contain_text("Pain 0", timeout=LONG_MS)
    await panel.get_by_role("button", name=re.compile("^Close")).click()

    await physio.get_by_role("button", name="Ask something else").click()
    await physio.get_by_label("Question for everyone").fill("What shall we do next?")
    for at, words in ((1, "Stand up"), (2, "Stay seated")):
        await physio.get_by_label(f"Answer {at}").fill(words)
    await physio.get_by_role("button", name="One more answer").click()
    await physio.get_by_label("Answer 3").fill("Stop here")
    await assert_accessible(physio)
    await physio.get_by_role("button", name="Ask", exact=True).click()
    await answer(margaret, "Stand up")
    await answer(dennis, "Stay seated")
    await expect(physio.locator(".tile", has_text="Dennis")).to_contain_text("Stay seated", timeout=LONG_MS)
    await expect(panel).to_contain_text("2 of 2 answered.")
    await expect(panel).not_to_contain_text("No answer yet")
    # She may think again for as long as it is open.
    await margaret.get_by_role("button", name="Change", exact=True).click()
    await assert_accessible(margaret)
    await margaret.get_by_role("button", name="Stay seated").click()
    await expect(panel.get_by_role("listitem").filter(has_text="Stay seated")).to_contain_text("2")
    await expect(panel.get_by_role("listitem").filter(has_text="Stand up")).to_contain_text("0")


async def the_group_sees_bars(physio: Page, margaret: Page, dennis: Page) -> None:
    """How many chose what of the poll, once it is closed, on both sides; never who."""
    await physio.get_by_role("button", name="Close and show the group how many chose what").click()
    for page in (margaret, dennis):
        row = bars(page).get_by_role("row").filter(has_text="Stay seated")
        await expect(row).to_contain_text("2", timeout=LONG_MS)
        await expect(bars(page).get_by_role("row").filter(has_text="Stand up")).to_contain_text("0")
        await expect(row).to_contain_text("your answer")
        for name in ("Margaret", "Dennis"):
            await expect(bars(page)).not_to_contain_text(name)
        await assert_accessible(page)


def bars(page: Page) -> Locator:
    """What patients see of a question to everyone that is closed."""
    return page.get_by_role("table", name="How many chose what")


async def answer(page: Page, choice: str | re.Pattern[str]) -> None:
    """Open the question to everyone, and choose."""
    await page.get_by_role("button", name="Answer", exact=True).click()
    await page.get_by_role("button", name=choice, exact=True).click()


async def the_same_person_on_two_devices(
    browser: Browser, service: DemoService, physio: Page, tablet: Page, dennis: Page
) -> None:
    """Whichever she uses, she has answered, has read what she has read, and is one person in class."""
    await open_drawer(dennis, "Chat")
    await say(dennis, "I like to sit.")
    await expect(tablet.get_by_role("button", name=re.compile("^Ask, chat"))).to_contain_text(
        "1", timeout=LONG_MS
    )
    phone = await (await new_person(browser, viewport={"width": 360, "height": 740})).new_page()
    await phone.goto(service.patients[0])
    await phone.get_by_role("button", name="Join class").click()
    await phone.get_by_role("button", name="Yes, use this one").click()
    await expect(phone.locator("[data-place='in_class']")).to_be_visible(timeout=LONG_MS)
    await expect(tablet.get_by_role("heading", name="You are in class on your other device")).to_be_visible(
        timeout=LONG_MS
    )
    for words in ("You answered", "Stay seated"):
        await expect(phone.get_by_role("region", name="What we are doing now")).to_contain_text(
            words, timeout=LONG_MS
        )
    await expect(phone.get_by_role("button", name=re.compile("^Ask, chat"))).to_contain_text("1")
    await expect(physio.locator(".tile", has_text="Margaret")).to_have_count(1)
    await expect(physio.get_by_role("region", name="Answers")).to_contain_text("2 of 2 answered.")
    await open_drawer(phone, "Chat")
    await expect(phone.get_by_role("log").get_by_text("I like to sit.")).to_be_visible(timeout=LONG_MS)
    await say(phone, "So do I.")
    await expect(dennis.get_by_role("log").get_by_text("So do I.")).to_be_visible(timeout=LONG_MS)
    await assert_accessible(phone)

    await tablet.get_by_role("button", name="Use this one instead").click()
    await expect(tablet.locator("[data-place='in_class']")).to_be_visible(timeout=LONG_MS)
    await expect(phone.get_by_role("heading", name="You are in class on your other device")).to_be_visible(
        timeout=LONG_MS
    )
    unread = tablet.get_by_role("button", name=re.compile("^Ask, chat"))
    await expect(unread).to_be_visible(timeout=LONG_MS)
    await expect(unread).not_to_contain_text("1")
    await open_drawer(tablet, "Chat")
    await expect(tablet.get_by_role("log").get_by_text("So do I.")).to_have_count(1, timeout=LONG_MS)
    await expect(physio.locator(".tile", has_text="Margaret")).to_have_count(1)
    await phone.context.close()


async def card(physio: Page, margaret: Page) -> None:
    """A ready card for one patient, with its number to ring."""
    await physio.get_by_role("button", name="More", exact=True).click()
    await physio.get_by_role("button", name=re.compile("^Send a card")).click()
    await physio.get_by_label("For", exact=True).select_option(label="Margaret Ellis")
    await assert_accessible(physio)
    title = await physio.get_by_label("Title", exact=True).input_value()
    await physio.get_by_role("button", name="Send card").click()
    await expect(physio.get_by_text("The card is sent.").first).to_be_visible()
    await expect(margaret.get_by_text(title).first).to_be_visible(timeout=LONG_MS)


async def card_stays(service: DemoService, physio: Page, margaret: Page, dennis: Page) -> None:
    """The service's own number, on her own page when class is over, and on nobody else's."""
    await physio.get_by_role("button", name="End class").click()
    await physio.get_by_role("button", name="End class for everyone").click()
    for page, is_there in ((margaret, 1), (dennis, 0)):
        await page.wait_for_url("**/after/*", timeout=LONG_MS)
        await page.goto(f"{service.base_url}/me/{link_id(page)}")
        await expect(page.get_by_role("heading", level=1)).to_be_visible()
        await expect(page.get_by_text("Ring us", exact=True)).to_have_count(is_there)
    await expect(margaret.get_by_role("link", name="01632 960123").first).to_be_visible()


async def test_staff_ask_everyone_and_see_hands(tmp_path: Path):
    async with demo_service(tmp_path) as service, chromium() as browser:
        physio, (margaret, dennis) = await start_class(browser, service, 2)
        await hands(physio, margaret, dennis)
        await pulse(physio, margaret, dennis)
        await pain_and_a_poll(physio, margaret, dennis)
        await the_same_person_on_two_devices(browser, service, physio, margaret, dennis)
        await the_group_sees_bars(physio, margaret, dennis)
        await physio.keyboard.press("Escape")
        await card(physio, margaret)
        await card_stays(service, physio, margaret, dennis)
