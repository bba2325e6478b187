"""Patients tell staff of a question and of a reply; staff take both from the group, and give them back.

In real browsers, by keys alone.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.async_api import Browser, Locator, expect

from tests.e2e.axe import assert_accessible
from tests.e2e.browser import chromium, new_person
from tests.e2e.class_by_keyboard import ByKeys, follow
from tests.e2e.class_page import LONG_MS, come_in, enter, open_drawer
from tests.e2e.light_people import admit, do, light_people, person_named
from tests.e2e.service import demo_service
from tests.e2e.talk_pages import question
from tests.synthetic.person import Person

pytestmark = [pytest.mark.browser, pytest.mark.timeout(240)]

ASKED = "Who does the stairs twice a day?"
REPLIED = "I push through the pain."


def act(within: Locator, words: str) -> Locator:
    """The button in it whose words begin so; the rest is for who hears the page."""
    return within.get_by_role("button", name=re.compile(f"^{words}"))


async def by_keys(browser: Browser) -> ByKeys:
    """The page of somebody who has the keyboard alone."""
    context = await new_person(browser)
    await follow(context, [])
    return ByKeys(await context.new_page())


async def told(margaret: ByKeys, physio: ByKeys) -> None:
    """She tells staff of the reply and of the question, each for its own reason: staff read both, not who."""
    seen, staff = question(margaret.page, ASKED), question(physio.page, ASKED)
    tell = act(seen, "Tell staff about it")
    of_reply, of_question = act(seen, "Tell staff about it ?: I push"), tell.last
    await margaret.press(of_reply)
    await margaret.at(seen.get_by_role("group"))
    await assert_accessible(margaret.page)
    await margaret.press(act(seen, "Nothing, go back"))
    await margaret.at(of_reply)
    await margaret.key("Enter")
    await margaret.press(act(seen, "It may not be safe to do"))
    await expect(seen).to_contain_text("You have told staff of this.", timeout=LONG_MS)
    await expect(of_reply).to_have_count(0)
    await expect(staff.get_by_text("Reported by 1 person: may not be safe")).to_be_visible(timeout=LONG_MS)

    await margaret.press(of_question)
    await margaret.press(act(seen, "It upset me"), "Space")
    await expect(tell).to_have_count(0, timeout=LONG_MS)
    await expect(staff.get_by_text("Reported by 1 person: upsetting")).to_be_visible(timeout=LONG_MS)
    await expect(staff).not_to_contain_text("Margaret")


async def the_reply_hidden(physio: ByKeys, margaret: ByKeys) -> None:
    """Gone from the group with a reason that only staff know, and there again."""
    staff, seen = question(physio.page, ASKED), question(margaret.page, ASKED)
    hide = act(staff, "Hide ?:")
    await physio.press(hide)
    await physio.at(staff.get_by_label(re.compile("^Why do you hide it")))
    await assert_accessible(physio.page)
    await physio.press(act(staff, "Cancel"))
    await physio.at(hide)
    await physio.key("Enter")
    await physio.at(staff.get_by_role("combobox"))
    await physio.key("ArrowDown")
    await expect(staff.get_by_role("combobox")).to_have_value("unsafe")
    await physio.press(act(staff, "Hide from the group"))
    await expect(staff).to_contain_text("Hidden from the group", timeout=LONG_MS)
    await expect(seen).to_contain_text("Staff have hidden this answer.", timeout=LONG_MS)
    await expect(margaret.page.get_by_text(REPLIED)).to_have_count(0)
    await expect(seen).not_to_contain_text("safe")

    await physio.press(act(staff, "Show it again"), "Space")
    await expect(seen).to_contain_text(REPLIED, timeout=LONG_MS)
    await expect(hide).to_be_visible(timeout=LONG_MS)


async def the_question_taken_away(physio: ByKeys, margaret: ByKeys) -> None:
    """The group has seen it, and has it no more; then it has it again."""
    staff, seen = question(physio.page, ASKED), question(margaret.page, ASKED)
    await physio.press(act(staff, "More"))
    await physio.press(act(staff, "Do not show"))
    await physio.at(staff.get_by_label(re.compile("^Why do you hide it")))
    await physio.press(act(staff, "Hide from the group"))
    await expect(staff).to_contain_text("Not shown to the group", timeout=LONG_MS)
    await expect(seen).to_have_count(0, timeout=LONG_MS)
    await physio.press(act(staff, "Show to the group"))
    await expect(seen).to_contain_text(REPLIED, timeout=LONG_MS)


async def ask_and_reply(dennis: Person) -> None:
    """He asks the group, and says himself what should not be there."""
    asked = await do(dennis, "question:ask", {"key": "the-stairs", "text": ASKED, "to": "group"})
    await do(dennis, "question:reply", {"key": "the-pain", "question": asked, "text": REPLIED})


async def test_what_patients_tell_staff_of_is_hidden_and_shown_again(tmp_path: Path):
    async with (
        demo_service(tmp_path) as service,
        chromium() as browser,
        light_people([service.helper, service.patients[1]]) as (tom, dennis),
    ):
        await admit(tom, dennis)
        await ask_and_reply(dennis)
        physio, margaret = await by_keys(browser), await by_keys(browser)
        await come_in(physio.page, service.physio)
        await enter(margaret.page, service.patients[0])
        await do(tom, "person:admit", {"person": await person_named(tom, "Margaret")})
        await expect(margaret.page.locator("[data-place='in_class']")).to_be_visible(timeout=LONG_MS)
        await open_drawer(margaret.page, "Questions")
        await expect(question(margaret.page, ASKED)).to_be_visible(timeout=LONG_MS)
        await told(margaret, physio)
        await the_reply_hidden(physio, margaret)
        await the_question_taken_away(physio, margaret)
