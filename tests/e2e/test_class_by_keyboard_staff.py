"""Staff's class by keys alone: every control is reached in order with a focus that shows, and is worked."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.async_api import Locator, expect

from tests.e2e.browser import chromium, new_person
from tests.e2e.class_by_keyboard import ENLARGED, PHONE, ByKeys, follow
from tests.e2e.class_page import LONG_MS, come_in
from tests.e2e.light_people import do, light_people, name_of
from tests.e2e.service import demo_service
from tests.e2e.staff_answer_by_keyboard import chat, everyone_asked, questions
from tests.synthetic.person import Person

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]

PEOPLE = ["Hannah", "Tom", "Margaret", "Dennis", "Rosa", "Priya", "George", "Example", "Sheila", "Yusuf"]


async def waiting_room(by: ByKeys, names: list[str]) -> None:
    """Write to one, turn away the next or not, let in one and then the others."""
    page = by.page
    opens = page.get_by_role("button", name=re.compile(f"^{len(names)} waiting"))
    await by.press(opens)
    await expect(page.get_by_role("region", name="Waiting room")).to_be_visible(timeout=LONG_MS)
    await by.walk("waiting room", back=True)
    for what, field in (
        ("Message", f"Message to {names[0]}"),
        ("Not today", f"Why is {names[0]} not let in?"),
    ):
        button = by.button(f"{what} {names[0]}")
        await by.press(button)
        await by.at(page.get_by_label(field))
        await by.walk(what)
        await by.press(by.button("Cancel"))
        await by.at(button)
    await by.press(by.button(f"Message {names[0]}"))
    await by.write(page.get_by_label(f"Message to {names[0]}"), "In a moment.")
    await by.press(by.button("Send"))
    await by.at(by.button(f"Message {names[0]}"))
    await by.key("Escape")
    await by.at(opens)
    await by.key("Enter")
    await by.press(by.button(f"Let in {names[0]}"))
    await expect(by.button(f"Let in {names[0]}")).to_be_hidden(timeout=LONG_MS)
    await by.press(by.button("Let in all", exact=False))
    await expect(page.get_by_role("region", name="Waiting room")).to_be_hidden(timeout=LONG_MS)


async def a_tile(by: ByKeys, tile: Locator, patient: Person, name: str) -> None:
    """Large, and each thing that can be done for one patient; small again."""
    page = by.page
    menu = page.get_by_role("region", name=f"What you can do for {name}")
    act = lambda words: menu.get_by_role("button", name=words, exact=True)  # noqa: E731
    await do(patient, "media:set", {"microphone_on": True, "camera_on": True})
    await do(patient, "me:show", {"to_group": True})
    await do(patient, "hand:raise", {"raised": True})
    await do(patient, "signal:send", {"kind": "repeat"})
    await by.press(tile)
    await by.at(tile)
    await expect(act("Lower the hand")).to_be_visible(timeout=LONG_MS)
    await by.walk("a tile", back=True)
    for one, other in (
        ("Mute for the group", "Unmute for the group"),
        ("Show large to everyone", "End the spotlight"),
        ("Stop the camera", "Allow the camera again"),
    ):
        await by.press(act(one))
        await by.at(act(other))
        await by.key("Space")
        await by.at(act(one))
    for one in ("Lower the hand", "Said again: settle it"):
        await by.press(act(one))
        await expect(act(one)).to_be_hidden(timeout=LONG_MS)
    await by.press(act("Talk in private"))
    await expect(act("Back to the class")).to_be_visible(timeout=LONG_MS)
    await by.walk("in private")
    await by.press(act("Back to the class"))
    await by.at(act("Talk in private"))
    for one in ("Send a card", "Take out of class"):
        await by.press(act(one))
        await expect(menu.get_by_role("combobox").first).to_be_focused(timeout=LONG_MS)
        await by.walk(one)
        await by.press(act("Cancel"))
        await by.at(act(one))
    await by.press(act("Make it small again"))
    await by.at(tile)


async def whole_class(by: ByKeys, people: list[Person]) -> None:
    """Mute all, lower hands, each with undo; lock, extend, hand over, a card for everyone."""
    page = by.page
    await by.press(by.button("Mute all"))
    await by.press(by.button("Undo mute all", exact=False))
    for person in people:
        await do(person, "hand:raise", {"raised": True})
    opens = by.button("More")
    await by.press(opens)
    panel = page.get_by_role("region", name="More")
    act = lambda words: panel.get_by_role("button", name=re.compile(f"^{words}"))  # noqa: E731
    await expect(act("Lower all hands")).to_be_visible(timeout=LONG_MS)
    await by.walk("more")
    await by.press(act("Lower all hands"))
    await by.press(by.button("Undo lower hands", exact=False))
    await by.press(act("Lock the class"))
    await by.at(act("Unlock the class"))
    await by.key("Space")
    await by.at(act("Lock the class"))
    await by.press(act("10 more minutes"))
    await by.at(act("10 more minutes"))
    await by.press(act("Hand over to Tom"))
    await by.at(opens)
    await by.key("Enter")
    await by.press(act("Take the stage back"))
    await by.at(opens)
    await by.key("Enter")
    await expect(panel).to_contain_text("On the stage: you", timeout=LONG_MS)
    await by.press(act("Send a card"))
    await expect(panel.get_by_role("combobox").first).to_be_focused(timeout=LONG_MS)
    await by.walk("a card")
    await by.press(act("Cancel"))
    await by.at(act("Send a card"))
    await by.key("Enter")
    await by.press(act("Send card"))
    await by.at(act("Send a card"))
    await by.key("Escape")
    await by.at(opens)
    music = by.button("Music")
    await by.press(music)
    await expect(page.get_by_role("region", name="Music")).to_be_visible(timeout=LONG_MS)
    await by.walk("music")
    await by.press(by.button("Music"))
    await expect(page.get_by_role("region", name="Music")).to_be_hidden()


async def safety(by: ByKeys, dennis: Person, rosa: Person, names: dict[Person, str]) -> None:
    """A call for help is seen, and a lost picture; what was done for each."""
    page = by.page
    await do(dennis, "help:ask", {"kind": "now"})
    await by.press(by.button(f"I have seen it for {names[dennis]}"))
    await rosa.close()
    for person in (dennis, rosa):
        done = by.button(f"What was done for {names[person]}")
        form = page.get_by_label("What was done?")
        await by.press(done)
        await expect(form).to_be_focused(timeout=LONG_MS)
        await by.walk("what was done")
        await by.press(by.button("Cancel"))
        await by.at(done)
        await by.key("Enter")
        await by.at(form)
        await by.key("ArrowDown")
        await by.press(by.button("Save"))
        await expect(form.or_(done)).to_have_count(0, timeout=LONG_MS)


async def taken_out_and_back(by: ByKeys, tile: Locator, name: str) -> None:
    """Out of class with words; back by the list of people."""
    page = by.page
    await by.press(tile)
    await by.press(by.button("Take out of class"))
    await by.press(by.button("Take out"))
    await by.press(page.get_by_role("tab", name=re.compile("^Questions")), "ArrowLeft")
    await by.at(page.get_by_role("tab", name="People"))
    await by.press(by.button(f"Let back {name}"))
    await expect(by.button(f"Let back {name}")).to_be_hidden(timeout=LONG_MS)


async def the_end(by: ByKeys, lost: Person, name: str) -> None:
    """Leaving is asked for and not done; ending asks about who is gone."""
    page = by.page
    leave = by.button("Leave")
    await by.press(leave)
    await by.walk("leaving", ".dialog")
    await by.key("Escape")
    await by.at(leave)
    await lost.close()
    await expect(page.get_by_role("heading", name="picture stopped")).to_be_visible(timeout=LONG_MS)
    end = by.button("End class")
    await by.press(end)
    await by.walk("ending", ".dialog")
    await by.press(by.button("Go on with class"))
    await by.at(end)
    await by.key("Enter")
    await by.press(by.button("End class for everyone"))
    await expect(page.get_by_text(re.compile("^Choose what was done for"))).to_be_visible(timeout=LONG_MS)
    await by.press(page.get_by_label(f"What was done for {name}?"), "ArrowDown")
    await by.press(by.button("End class for everyone"))
    await expect(page.get_by_role("heading", name="Class has finished")).to_be_focused(timeout=LONG_MS)
    await by.walk("class over")


async def test_staff_lead_a_class_by_keys_alone(tmp_path: Path):
    async with (
        demo_service(tmp_path) as service,
        chromium() as browser,
        light_people([service.helper, *service.patients[:4]]) as (tom, *patients),
    ):
        margaret, dennis, rosa, priya = patients
        names = {one: await name_of(tom, one) for one in patients}
        context = await new_person(browser)
        await follow(context, [*PEOPLE, *names.values()])
        by = ByKeys(await context.new_page())
        await come_in(by.page, service.physio)
        await waiting_room(by, [names[one] for one in patients])
        await by.walk("the wall", back=True)
        await by.walk_otherwise("the wall", (*ENLARGED, PHONE))
        tile = by.page.locator(".tile-foot").filter(has_text=names[margaret])
        await a_tile(by, tile, margaret, names[margaret])
        await whole_class(by, [margaret, dennis])
        await everyone_asked(by)
        await questions(by, dennis, rosa)
        await chat(by, dennis)
        await safety(by, dennis, rosa, names)
        await taken_out_and_back(by, tile, names[margaret])
        await the_end(by, priya, names[priya])
        await by.finish()
