"""A patient's class by keys alone: every control is reached in order with a visible focus, and is worked."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.async_api import expect

from tests.e2e.browser import chromium, new_person
from tests.e2e.class_by_keyboard import ENLARGED, PHONE, ByKeys, follow
from tests.e2e.class_page import LONG_MS
from tests.e2e.keyboard import press
from tests.e2e.light_people import admit, do, light_people, person_named
from tests.e2e.service import DemoService, demo_service
from tests.synthetic.person import Person

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]

PEOPLE = ["Margaret", "Dennis", "Hannah", "Tom"]


async def come_to_the_waiting_room(by: ByKeys, service: DemoService) -> None:
    """From the link to the waiting room."""
    page = by.page
    await page.goto(service.patients[0])
    await press(page, by.button("Join class"))
    turn_on = by.button("Turn on camera and microphone")
    waiting = page.get_by_text("You are in the waiting room")
    await expect(turn_on.or_(waiting).first).to_be_visible(timeout=LONG_MS)
    if await turn_on.is_visible():
        await by.walk("the door")
        await by.press(turn_on)
    await expect(waiting).to_be_visible(timeout=LONG_MS)


async def own_controls(by: ByKeys) -> None:
    """Keys, microphone, camera, who sees me, hand, big picture: the focus stays on what was pressed."""
    page = by.page
    keys = by.button("Keys you can press")
    await by.press(keys)
    await by.at(page.get_by_role("heading", name="Keys you can press"))
    await by.walk("keys", ".dialog")
    await by.press(by.button("Turn the letter keys off"), "Space")
    await by.press(by.button("Turn the letter keys on"), "Space")
    await by.key("Escape")
    await by.at(keys)
    await by.press(by.button("Unmute"))
    await by.at(by.button("Mute"))
    await by.key("m")
    await by.at(by.button("Unmute"))
    for state in ("Off", "On"):
        await by.press(by.button("Camera", exact=False), "Space")
        await expect(by.button("Camera", exact=False)).to_contain_text(state, timeout=LONG_MS)
    await by.press(by.button("Hand", exact=False), "Space")
    await expect(by.button("Hand", exact=False)).to_contain_text("Up", timeout=LONG_MS)
    await by.key("h")
    await expect(by.button("Hand", exact=False)).not_to_contain_text("Up", timeout=LONG_MS)
    big = by.button("Big picture")
    for _ in range(2):
        await by.press(big)
        await by.at(big)
    seen = by.page.locator("button.who-sees")
    for choice, words in (
        ("Yes, let them", "The group can see you"),
        ("No, staff only", "Only staff can see"),
    ):
        await by.press(seen)
        await by.walk("who sees me", ".dialog")
        await by.press(by.button(choice, exact=False))
        await by.at(seen)
        await expect(seen).to_contain_text(words, timeout=LONG_MS)


async def questions(by: ByKeys, hannah: Person, dennis: Person) -> None:
    """Ask, to whom and without a name; put it in other words; vote; answer a classmate."""
    page = by.page
    for text, key in (("Are stairs all right?", "the-stairs"), ("Who walks on Sundays?", "the-sundays")):
        await do(dennis, "question:ask", {"key": key, "text": text, "to": "group"})
    opens = by.button("Ask, chat", exact=False)
    await by.press(opens)
    await expect(page.get_by_role("tab", name="Questions")).to_be_visible()
    stairs = page.get_by_role("article").filter(has_text="Are stairs all right?")
    sundays = page.get_by_role("article").filter(has_text="Who walks on Sundays?")
    await expect(sundays).to_be_visible(timeout=LONG_MS)

    # The list is put in another order by a vote; the focus goes with the question.
    for question in (sundays, stairs):
        vote = question.get_by_role("button", name="Vote", exact=False)
        await by.press(vote, "Space")
        await expect(question).to_contain_text("Voted", timeout=LONG_MS)
        await by.at(question.locator("button.votes"))

    choose = page.get_by_role("button", name=re.compile("^(Change who sees it|Done)$"))
    await by.press(choose)
    await by.at(page.get_by_role("radio").first)
    await by.key("ArrowDown")
    await by.at(page.get_by_role("radio", name="Everyone in the group"))
    await expect(page.get_by_role("radio", name="Everyone in the group")).to_be_checked()
    await by.walk("asking", back=True)
    await by.walk_otherwise("asking", (*ENLARGED, PHONE))
    await by.press(page.get_by_role("checkbox"), "Space")
    await by.press(choose)
    await by.at(choose)
    field = page.get_by_label("Ask a question")
    await by.write(field, "Is a heat pack all right?")
    await by.press(by.button("Ask"))
    await by.at(field)
    mine = page.get_by_role("article").filter(has_text="Is a heat pack")
    change = mine.get_by_role("button", name="Change my question")
    await by.press(change)
    await by.at(page.get_by_label("Your question"))
    await by.press(mine.get_by_role("button", name="Cancel"))
    await by.at(change)
    await by.press(change)
    await by.write(page.get_by_label("Your question"), "Is a heat pack good?")
    await by.press(mine.get_by_role("button", name="Save"))
    mine = page.get_by_role("article").filter(has_text="Is a heat pack good?")
    await by.at(mine.get_by_role("button", name="Change my question"))
    answer = sundays.get_by_role("button", name="Answer", exact=False)
    await by.press(answer)
    await by.at(page.get_by_label("Your answer, for everyone in class"))
    await by.walk("answering a classmate")
    await by.press(sundays.get_by_role("button", name="Cancel"))
    await by.at(answer)
    await by.press(answer)
    await by.write(page.get_by_label("Your answer, for everyone in class"), "I do, at ten.")
    await by.press(sundays.get_by_role("button", name="Send", exact=True))
    await expect(sundays.get_by_text("I do, at ten.")).to_be_visible(timeout=LONG_MS)
    await by.at(answer)
    await by.key("Escape")
    await by.at(opens)


async def chat(by: ByKeys, hannah: Person, dennis: Person) -> None:
    """Write, reply, react, report; the drawer closes and gives the focus back."""
    page = by.page
    opens = by.button("Ask, chat", exact=False)
    await by.press(opens)
    await do(dennis, "chat:post", {"key": "the-message", "text": "I did all ten today.", "reply_to": None})
    tab = page.get_by_role("tab", name=re.compile("^Questions"))
    if await tab.get_attribute("aria-selected") == "true":
        await by.press(tab, "ArrowRight")
    await by.at(page.get_by_role("tab", name=re.compile("^Chat")))
    await by.key("ArrowLeft")
    await by.at(tab)
    await by.key("ArrowRight")
    await by.write(page.get_by_label("Write to the group"), "Morning all.")
    await by.press(by.button("Send"))
    message = page.locator(".message").filter(has_text="I did all ten today.")
    more = message.locator("button.is-more")
    await by.press(more)
    await by.walk_otherwise("chat", (*ENLARGED, PHONE))
    await by.press(message.get_by_role("button", name="Reply"))
    await by.at(page.get_by_label("Reply to Dennis"))
    await by.press(by.button("Do not reply, just write"))
    await by.at(page.get_by_label("Write to the group"))
    await by.press(more)
    await by.press(message.get_by_role("button", name="Well done"))
    await by.at(more)
    await by.key("Enter")
    await by.press(message.get_by_role("button", name="Tell staff about it"))
    await by.at(message.get_by_role("group"))
    await by.walk("telling staff")
    await by.press(message.get_by_role("button", name="It may not be safe to do"))
    await expect(message).to_contain_text("You have told staff")
    await by.at(more)
    await by.press(by.button("Close"))
    await by.at(opens)


async def what_staff_send(by: ByKeys, hannah: Person, tom: Person, margaret: str) -> None:
    """A question to everyone, a poll, a card, a talk aside."""
    page = by.page
    now = page.get_by_role("region", name="What we are doing now")
    asked = {"key": "how-hard", "kind": "effort", "text": "How hard is it?", "options": []}
    pulse = await do(hannah, "pulse:ask", asked)
    await by.press(by.button("Answer"))
    await by.walk("effort", ".dialog")
    await by.press(by.button("7"))
    await expect(page.get_by_role("alertdialog")).to_be_hidden()
    change = by.button("Change")
    await by.press(change)
    await by.key("Escape")
    await by.at(change)
    await do(hannah, "pulse:close", {"pulse": pulse})
    asked = {"key": "the-poll", "kind": "poll", "text": "Once more?", "options": ["Yes", "No"]}
    await do(hannah, "pulse:ask", asked)
    await by.press(by.button("Answer"))
    await by.walk("poll", ".dialog")
    await by.press(by.button("Not now"))
    await by.at(by.button("Answer"))
    await by.key("Enter")
    await by.press(by.button("Yes"))
    await expect(now).to_contain_text("You answered")

    card = {
        "title": "Falls clinic",
        "words": "They help.",
        "phone": "01632 960111",
        "address": "https://example.org",
    }
    await do(hannah, "card:send", {"key": "the-card", "person": margaret, **card})
    await by.press(by.button("Read it"))
    await by.walk("card", ".dialog")
    await by.press(by.button("Back to class"))
    await expect(page.get_by_role("alertdialog")).to_be_hidden()

    await do(tom, "aside:take", {"person": margaret})
    await by.press(by.button("Back to the group"))
    await expect(page.get_by_text("Nobody else can hear you.")).to_be_hidden(timeout=LONG_MS)


async def more(by: ByKeys) -> None:
    """A sign, the cards, sound only, and back."""
    page = by.page
    opens = by.button("More")
    await by.press(opens)
    await by.walk("more", ".dialog")
    await by.press(by.button("Thank you"))
    await expect(page.get_by_text("You said:")).to_be_visible(timeout=LONG_MS)
    if await page.get_by_role("alertdialog").is_visible():
        await by.key("Escape")
    await by.at(opens)
    await by.key("Enter")
    await by.press(by.button("A card from staff", exact=False))
    await by.key("Escape")
    await by.at(opens)
    await by.key("Enter")
    await by.press(by.button("Sound only", exact=False))
    await by.at(opens)
    await by.walk("sound only")
    await by.press(by.button("Show the pictures again"))


async def help_and_leave(by: ByKeys) -> None:
    """A rest, a private word, help, each taken back; out and in again."""
    page = by.page
    opens = by.button("Help")
    await by.press(opens)
    await by.at(by.button("I need help now", exact=False))
    await by.walk("help", ".dialog")
    await by.press(by.button("I need a rest", exact=False))
    await by.press(by.button("I am all right now"))
    await by.press(opens)
    await by.press(by.button("I want a private word"))
    await by.press(by.button("Not needed any more"))
    await by.press(opens)
    await by.press(by.button("I am fine, go back"))
    await by.at(opens)
    await by.key("Enter")
    await by.press(by.button("I need help now", exact=False))
    await by.at(page.get_by_role("heading", name=re.compile("^We are calling")))
    await by.walk("help sent", ".dialog")
    await by.press(by.button("I am all right now"))
    await by.at(opens)
    leave = by.button("Leave")
    await by.press(leave)
    await by.walk("leaving", ".dialog")
    await by.press(by.button("Stay in class"))
    await by.at(leave)
    await by.key("Enter")
    await by.press(by.button("Leave class"))
    await by.at(page.get_by_role("heading", name="You have left the class"))
    await by.walk("left")
    await by.press(by.button("Go back into class"))
    await expect(page.get_by_text("You are in the waiting room")).to_be_visible(timeout=LONG_MS)


async def test_a_patient_takes_part_by_keys_alone(tmp_path: Path):
    async with (
        demo_service(tmp_path) as service,
        chromium() as browser,
        light_people([service.physio, service.helper, service.patients[1]]) as (hannah, tom, dennis),
    ):
        await admit(hannah, dennis)
        context = await new_person(browser)
        await follow(context, PEOPLE)
        by = ByKeys(await context.new_page())
        await come_to_the_waiting_room(by, service)
        await by.walk("waiting room")
        margaret = await person_named(hannah, "Margaret")
        await do(hannah, "person:admit", {"person": margaret})
        await expect(by.page.locator("[data-place='in_class']")).to_be_visible(timeout=LONG_MS)
        await by.walk("class", back=True)
        await by.walk_otherwise("class", (*ENLARGED, PHONE))
        await own_controls(by)
        await questions(by, hannah, dennis)
        await chat(by, hannah, dennis)
        await what_staff_send(by, hannah, tom, margaret)
        await more(by)
        await help_and_leave(by)
        await by.finish()
