"""The class page in each of its states, narrow and wide: axe finds nothing, on either side."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
from playwright.async_api import Locator, Page, expect

from tests.e2e.axe import findings
from tests.e2e.browser import chromium, new_person
from tests.e2e.class_page import LONG_MS, ask, come_in, enter, open_drawer
from tests.e2e.light_people import admit, do, light_people, name_of, person_named
from tests.e2e.service import demo_service
from tests.synthetic.person import Person

pytestmark = [pytest.mark.browser, pytest.mark.timeout(420)]

SCREENS = [(360, 740), (1366, 768)]


class States:
    """One page in one state after the other. What axe found in them is told at the end, of all at once."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.found: list[str] = []
        self.seen: list[str] = []

    async def look(
        self, state: str, sign: Locator, again: Callable[[], Awaitable[None]] | None = None
    ) -> None:
        """Wait for what shows that it is so, and look at it on each screen; `again` opens what had closed."""
        for width, height in SCREENS:
            await self.page.set_viewport_size({"width": width, "height": height})
            if again is not None and not await sign.first.is_visible():
                await again()
            await expect(sign.first).to_be_attached(timeout=LONG_MS)
            found = [f"{state} at {width}: {one}" for one in await findings(self.page)]
            print(f"{state} at {width}: {len(found)} findings", *found, sep="\n")
            self.found += found
        self.seen.append(state)

    def assert_clean(self) -> None:
        """Fail with everything that was found."""
        assert not self.found, f"{len(self.found)} findings:\n" + "\n".join(self.found)


def key(words: str) -> str:
    """A key for something written, from its words."""
    return re.sub("[^A-Za-z0-9]", "-", words).ljust(8, "-")[:40]


async def post(person: Person, text: str, reply_to: str | None = None) -> str:
    """Write in the chat; the message's id."""
    return await do(person, "chat:post", {"key": key(text), "text": text, "reply_to": reply_to})


async def put(person: Person, text: str, to: str = "physio", anonymous: bool = False) -> str:
    """Ask a question; its id."""
    request = {"key": key(text), "text": text, "to": to, "anonymous": anonymous}
    return await do(person, "question:ask", request)


async def questions_of_each_kind(staff: Person, dennis: Person, rosa: Person) -> str:
    """To the physio, to the group, without a name, in private; answered in each way, pinned, put together.

    Returns the one that is being answered.
    """
    now = await put(dennis, "Should I breathe out when I stand up?")
    group = await put(dennis, "Does anybody walk on Sundays?", "group")
    nameless = await put(rosa, "Is it normal to be afraid of falling?", "group", anonymous=True)
    written = await put(rosa, "How often should I do them at home?")
    aside = await put(rosa, "Can we have the window open?")
    same = await put(rosa, "When do I breathe out?")
    spoken = await put(dennis, "Which shoes are best?")
    await put(dennis, "May I talk about my medicine?", "staff")
    reply = {"key": key("a reply"), "question": group, "text": "I do, at ten."}
    await do(rosa, "question:reply", reply)
    await do(rosa, "question:vote", {"question": group, "up": True})
    await do(staff, "question:pin", {"question": nameless, "pinned": True})
    await do(staff, "question:merge", {"question": same, "into": now})
    for question, state, text in (
        (now, "answering", None),
        (aside, "set_aside", None),
        (spoken, "answered_live", None),
        (written, "answered_in_writing", "Every second day: see https://www.nhs.uk/live-well."),
    ):
        await do(staff, "question:answer", {"question": question, "state": state, "text": text})
    return now


async def chat_of_each_kind(staff: Person, dennis: Person, rosa: Person) -> None:
    """A reply, reactions, a report, a hidden message and one that waits for staff."""
    first = await post(dennis, "I did all ten today.")
    await post(rosa, "So did I: https://www.nhs.uk/live-well", first)
    await do(rosa, "chat:react", {"message": first, "reaction": "well_done", "on": True})
    bad = await post(dennis, "Just push through the pain!")
    await do(rosa, "chat:report", {"message": bad, "reason": "unsafe"})
    hidden = await post(dennis, "This is not for here.")
    await do(staff, "chat:hide", {"message": hidden, "reason": "upsetting", "hidden": True})
    await do(staff, "chat:hold", {"person": dennis.id, "held": True})
    await post(dennis, "I meant gently.")


async def test_each_state_of_the_patients_page(tmp_path: Path):
    async with (
        demo_service(tmp_path) as service,
        chromium() as browser,
        light_people([service.physio, service.helper, *service.patients[1:4], service.patients[5]]) as (
            hannah,
            tom,
            dennis,
            rosa,
            yusuf,
            winston,
        ),
    ):
        await admit(hannah, dennis, rosa, yusuf, winston)
        page = await (await new_person(browser)).new_page()
        states = States(page)
        button = page.get_by_role("button", name=re.compile("^Help$"))
        await enter(page, service.patients[0])
        await states.look("waiting", page.get_by_text("You are in the waiting room"))
        margaret = await person_named(hannah, "Margaret")
        await do(hannah, "person:admit", {"person": margaret})
        await states.look("stage", page.locator("[data-place='in_class']"))

        now = await questions_of_each_kind(hannah, dennis, rosa)
        await open_drawer(page, "Questions")
        await ask(page, "Is a heat pack all right?")
        await states.look("questions", page.get_by_role("article").filter(has_text="Is a heat pack"))
        await chat_of_each_kind(hannah, dennis, rosa)
        await open_drawer(page, "Chat")
        await states.look("chat", page.get_by_text("Staff have hidden this message."))
        await do(hannah, "question:answer", {"question": now, "state": "answered_live", "text": None})
        await do(hannah, "chat:pause", {"paused": True})
        await states.look("chat paused", page.get_by_text("Staff have paused the chat for now."))
        await page.get_by_role("button", name="Close", exact=True).click()

        await do(
            hannah, "pulse:ask", {"key": key("effort"), "kind": "effort", "text": "How hard?", "options": []}
        )
        answer = page.get_by_role("button", name="Answer", exact=True)
        await states.look("pulse", answer)
        await answer.click()
        await states.look("pulse's answers", page.get_by_role("alertdialog"))
        await page.get_by_role("button", name="4", exact=True).click()
        await expect(page.get_by_role("alertdialog")).to_be_hidden()
        pulse = str(hannah.view.plain["pulse"]["id"]) if hannah.view else ""
        await do(hannah, "pulse:close", {"pulse": pulse})
        await states.look("pulse closed", page.get_by_text("Fewer than 5 people answered"))
        for kind, options in (("effort", []), ("poll", ["Yes", "No"])):
            asked = {"key": key(f"more {kind}"), "kind": kind, "text": "Once more?", "options": options}
            pulse = await do(hannah, "pulse:ask", asked)
            for person in (dennis, rosa, yusuf, winston):
                await do(person, "pulse:answer", {"pulse": pulse, "value": 1})
            await page.get_by_role("button", name="Answer", exact=True).click()
            await page.get_by_role("button", name="1" if kind == "effort" else "No", exact=True).click()
            await expect(page.get_by_role("alertdialog")).to_be_hidden()
            await do(hannah, "pulse:close", {"pulse": pulse})
            bars = page.get_by_role("table", name="How many chose what")
            await states.look(f"bars of {kind}", bars.get_by_role("row").nth(1).filter(has_text="5"))

        for opens, title in (("More", "More"), ("Only staff can see you", ""), ("Leave", "Leave the class?")):
            opener = page.get_by_role("button", name=re.compile(f"^{opens}"))
            await opener.click()
            dialog = page.get_by_role("alertdialog", name=title) if title else page.get_by_role("alertdialog")
            await states.look(f"dialog {opens}", dialog, opener.click)
            await page.keyboard.press("Escape")
            await expect(page.get_by_role("alertdialog")).to_be_hidden()

        await page.get_by_role("button", name=re.compile("^Only staff can see you")).click()
        await page.get_by_role("button", name=re.compile("^Yes, let them")).click()
        await expect(page.get_by_role("button", name=re.compile("^The group can see you"))).to_be_visible()
        await do(hannah, "stage:spotlight", {"person": margaret})
        await states.look("spotlight", page.get_by_text("Everyone sees you large", exact=True))
        await do(hannah, "person:stop_camera", {"person": margaret, "stopped": True})
        await states.look("camera stopped", page.get_by_text("Staff have turned your camera off"))
        await do(hannah, "person:stop_camera", {"person": margaret, "stopped": False})
        await do(hannah, "class:lock", {"locked": True})
        stranger = await page.context.new_page()
        await enter_refused(stranger, service.patients[4])
        locked = States(stranger)
        await locked.look("locked", stranger.get_by_role("heading", level=1))
        await stranger.close()

        await do(tom, "aside:take", {"person": margaret})
        await states.look("side room", page.get_by_text("Nobody else can hear you."))
        await do(tom, "aside:end")

        help_now = page.get_by_role("button", name=re.compile("^I need help now"))
        await states.look(
            "help", help_now.or_(page.get_by_role("button", name="I am all right")), button.click
        )
        if await help_now.is_visible():
            await help_now.click()
        await states.look("help sent", page.get_by_role("button", name="I am all right now"))
        await page.get_by_role("button", name="I am all right now").click()

        await do(hannah, "person:remove", {"person": margaret, "reason": "unwell", "text": "Please rest."})
        await states.look("removed", page.get_by_role("heading", name="You are not in class any more"))
        states.found += locked.found
        states.assert_clean()


async def enter_refused(page: Page, link: str) -> None:
    """Open a link and try to join a class that lets nobody in."""
    await page.goto(link)
    await page.get_by_role("button", name="Join class").click()
    turn_on = page.get_by_role("button", name="Turn on camera and microphone")
    told = page.get_by_role("heading", name=re.compile("lock|cannot|closed", re.I))
    await expect(turn_on.or_(told).first).to_be_visible(timeout=LONG_MS)
    if await turn_on.is_visible():
        await turn_on.click()
    await expect(told.first).to_be_visible(timeout=LONG_MS)


async def test_each_state_of_staffs_page(tmp_path: Path):
    async with (
        demo_service(tmp_path) as service,
        chromium() as browser,
        light_people([service.helper, *service.patients[1:5]]) as (tom, dennis, rosa, priya, late),
    ):
        page = await (await new_person(browser)).new_page()
        states = States(page)
        await come_in(page, service.physio)
        await admit(tom, dennis, rosa)
        await page.get_by_role("button", name="2 waiting").click()
        await states.look("waiting room", page.get_by_role("region", name="Waiting room"))
        await page.keyboard.press("Escape")
        await admit(tom, priya, late)

        await questions_of_each_kind(tom, dennis, rosa)
        await open_drawer(page, "Questions") if await page.get_by_role("tab").count() else None
        question = page.get_by_role("article").filter(has_text="Does anybody walk")
        await states.look("questions", question)
        await question.get_by_role("button", name="Write answer").click()
        await states.look("answer", page.get_by_label("Your answer, for everyone in class"))
        await chat_of_each_kind(tom, dennis, rosa)
        await page.get_by_role("tab", name=re.compile("^Chat")).click()
        await do(tom, "chat:pause", {"paused": True})
        await states.look("chat", page.get_by_text("Waits for you: nobody else sees it yet"))
        await page.get_by_role("button", name="Hide", exact=True).last.click()
        await states.look("hide", page.get_by_label(re.compile("^Why do you hide it")))
        await page.get_by_role("tab", name="People").click()
        await states.look("people", page.get_by_role("heading", name="People"))

        await do(rosa, "hand:raise", {"raised": True})
        await do(dennis, "signal:send", {"kind": "repeat"})
        tile = page.locator(".tile-foot").filter(has_text=await name_of(tom, rosa))
        await states.look("a hand", tile.get_by_text("Hand up"))
        await page.set_viewport_size({"width": 1366, "height": 768})
        await tile.click()
        await states.look("tile menu", page.locator(".tile-menu"))
        await page.get_by_role("button", name="Take out of class").click()
        await states.look("take out", page.get_by_role("button", name="Take out", exact=True))
        await page.keyboard.press("Escape")

        await page.get_by_role("button", name="Mute all", exact=True).click()
        await do(tom, "class:lock", {"locked": True})
        await page.get_by_role("button", name="More", exact=True).click()
        await states.look(
            "more, locked, undo", page.get_by_role("button", name=re.compile("^Unlock the class"))
        )
        await page.keyboard.press("Escape")

        await page.get_by_role("button", name="Ask everyone").click()
        await page.get_by_role("button", name="Ask something else").click()
        await states.look("a poll's form", page.get_by_label("Question for everyone"))
        asked = {"key": key("effort"), "kind": "effort", "text": "How hard is it?", "options": []}
        pulse = await do(tom, "pulse:ask", asked)
        await do(dennis, "pulse:answer", {"pulse": pulse, "value": 8})
        await states.look("pulse", page.get_by_role("region", name="Answers"))
        await do(tom, "pulse:close", {"pulse": pulse})
        await states.look("pulse closed", page.get_by_role("region", name="Answers"))
        await page.keyboard.press("Escape")

        await do(dennis, "help:ask", {"kind": "now"})
        await do(rosa, "help:ask", {"kind": "rest"})
        card = page.get_by_role("alert").get_by_role("heading", name="needs help now")
        await states.look("help", card)
        await page.get_by_role("button", name=re.compile("^What was done")).first.click()
        await states.look("what was done", page.get_by_label("What was done?"))
        await late.close()
        await states.look("dropped out", page.get_by_role("heading", name="picture stopped"))
        await do(tom, "aside:take", {"person": priya.id})
        await states.look("somebody's side room", page.get_by_text("is talking in private with"))
        await page.set_viewport_size({"width": 1366, "height": 768})
        await page.get_by_role("button", name="End class", exact=True).click()
        await states.look("ending", page.get_by_label(re.compile("^What was done for")).first)
        await page.get_by_role("button", name="End class for everyone").click()
        await states.look("ending, unsaid", page.get_by_text(re.compile("^Choose what was done for")))
        states.assert_clean()
