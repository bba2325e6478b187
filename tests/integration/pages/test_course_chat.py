"""The course's chat before and after class, on its page."""

from __future__ import annotations

import pytest
from sqlalchemy import select, update

from server.rooms.events import Event
from server.rooms.question import Question
from server.storage import tables as t
from tests.integration.pages.situations import buttons, links, person_id
from tests.integration.pages.world import Page, World


class Told:
    """Open classes, which keep what they are told."""

    def __init__(self) -> None:
        self.chat: list[Event] = []
        self.questions: list[Question] = []

    async def chat_changed(self, course_id: str, events: tuple[Event, ...]) -> None:
        self.chat.extend(events)

    async def question_asked(self, class_id: str, question: Question) -> None:
        self.questions.append(question)


@pytest.fixture
def told(world: World) -> Told:
    told = Told()
    object.__setattr__(world.site, "talk_told", told)
    return told


async def at_chat(world: World, link: str) -> str:
    """The address of the chat, in a browser that this link has let in."""
    joined = await world.press_join(link)
    return f"/class/{joined.headers['Location'].rpartition('/')[2]}/chat"


async def say(world: World, chat: str, text: str, **more: str) -> Page:
    key = more.pop("key", f"key-{abs(hash(text))}")
    return await world.press_join(chat, data={"do": "post", "key": key, "text": text, **more})


async def message(world: World) -> t.ChatMessage:
    async with world.database.reading() as session:
        found = await session.scalar(select(t.ChatMessage).order_by(t.ChatMessage.posted_at.desc()).limit(1))
    assert found is not None
    return found


async def test_what_is_written_on_the_page_is_there_for_all_and_told_to_open_classes(
    world: World, told: Told
) -> None:
    margaret = await at_chat(world, world.margaret)
    assert "Everyone on your course and its staff can read this" in (await world.open(margaret)).text("main")
    answer = await say(world, margaret, "Morning all\nSee you there")
    assert (answer.status, answer.headers["Location"]) == (303, margaret)
    assert len(told.chat) == 1
    hannah = await at_chat(world, world.hannah)
    page = await world.open(hannah)
    assert "Margaret" in page.text("ol")
    assert "Morning all" in page.text("ol")
    row = await message(world)
    assert (row.class_id, row.course_id != "") == (None, True)


async def test_sending_the_form_twice_writes_once_and_looking_changes_nothing(
    world: World, told: Told
) -> None:
    margaret = await at_chat(world, world.margaret)
    for _ in range(2):
        await say(world, margaret, "Morning", key="key-of-morning")
    before = await world.rows()
    await world.open(margaret)
    assert await world.rows() == before
    assert before["chat_messages"] == 1
    assert len(told.chat) == 1


async def test_an_empty_message_is_asked_for_again(world: World) -> None:
    margaret = await at_chat(world, world.margaret)
    page = await say(world, margaret, "  ")
    assert page.status == 409
    assert page.text("title").startswith("Error: ")
    assert "There is nothing written yet." in page.text("main")


async def test_a_patient_reports_and_staff_hide_and_the_words_are_kept(world: World) -> None:
    hannah = await at_chat(world, world.hannah)
    await say(world, hannah, "Take double the tablets")
    row = await message(world)
    margaret = await at_chat(world, world.margaret)
    await world.press_join(margaret, data={"do": "report", "message": row.id, "reason": "unsafe"})
    assert "You have told staff about this message." in (await world.open(margaret)).text("main")
    hannah = await at_chat(world, world.hannah)
    assert "Reported by 1" in (await world.open(hannah)).text("main")
    await world.press_join(hannah, data={"do": "hide", "message": row.id, "reason": "unsafe"})
    margaret = await at_chat(world, world.margaret)
    page = await world.open(margaret)
    assert "Staff have hidden this message." in page.text("main")
    assert "tablets" not in page.text("body")
    hidden = await message(world)
    assert (hidden.hidden, hidden.hidden_reason, hidden.text) == (True, "unsafe", "Take double the tablets")
    async with world.database.reading() as session:
        entries = list(
            await session.scalars(select(t.AuditEntry).where(t.AuditEntry.action == "hide_message"))
        )
    assert len(entries) == 1
    assert entries[0].service_id is not None


@pytest.mark.parametrize("what", ["hide", "show", "approve", "decline", "hold", "release", "pause", "resume"])
async def test_a_patient_does_none_of_what_staff_do(world: World, what: str) -> None:
    margaret = await at_chat(world, world.margaret)
    await say(world, margaret, "Morning")
    row, before = await message(world), await world.rows()
    form = {"do": what, "message": row.id, "person": row.author_id, "reason": "other"}
    page = await world.press_join(margaret, data=form)
    assert page.status == 409
    assert "Only the physio and the helper can do that." in page.text("main")
    assert await world.rows() == before
    assert not (await message(world)).hidden


async def test_while_it_is_paused_patients_read_and_staff_write(world: World) -> None:
    hannah = await at_chat(world, world.hannah)
    await world.press_join(hannah, data={"do": "pause"})
    await say(world, hannah, "Back on Monday")
    margaret = await at_chat(world, world.margaret)
    page = await world.open(margaret)
    assert "Staff have paused the chat. You can read it." in page.text("main")
    assert "Send" not in buttons(page)
    refused = await say(world, margaret, "But I")
    assert refused.status == 409
    assert "But I" in refused.text("textarea"), "what was written before she knew is not lost"


async def test_a_held_persons_message_waits_for_staff(world: World) -> None:
    who = await person_id(world, "Margaret Ellis")
    hannah = await at_chat(world, world.hannah)
    await world.press_join(hannah, data={"do": "hold", "person": who})
    margaret = await at_chat(world, world.margaret)
    await say(world, margaret, "Morning")
    page = await world.open(margaret)
    assert "Waits for staff" in page.text("main")
    assert "Staff read what you write first. The group sees it when staff show it." in page.text("main")
    hannah = await at_chat(world, world.hannah)
    assert "Show it to the group" in buttons(await world.open(hannah))
    await world.press_join(hannah, data={"do": "approve", "message": (await message(world)).id})
    assert not (await message(world)).held


async def test_what_is_new_is_marked_until_it_is_said_to_be_read(world: World) -> None:
    hannah = await at_chat(world, world.hannah)
    await say(world, hannah, "Morning")
    margaret = await at_chat(world, world.margaret)
    page = await world.open(margaret)
    assert "New" in page.text("ol")
    await world.press_join(margaret, data={"do": "read", "message": (await message(world)).id})
    assert "New" not in (await world.open(margaret)).text("ol")


@pytest.mark.parametrize("form", [{}, {"do": "post"}, {"do": "report", "message": "x"}, {"do": "sing"}])
async def test_what_no_form_of_ours_sends_is_refused_and_changes_nothing(
    world: World, form: dict[str, str]
) -> None:
    margaret = await at_chat(world, world.margaret)
    before = await world.rows()
    assert (await world.press_join(margaret, data=form)).status == 409
    assert await world.rows() == before


async def test_who_writes_without_end_is_asked_to_wait(world: World) -> None:
    margaret = await at_chat(world, world.margaret)
    for number in range(10):
        assert (await say(world, margaret, f"Message {number}")).status == 303
    page = await say(world, margaret, "One more")
    assert "That was a lot at once." in page.text("main")


async def test_the_chat_is_found_from_my_page_and_after_class(world: World) -> None:
    margaret = await at_chat(world, world.margaret)
    link_id = margaret.split("/")[2]
    for page in (f"/me/{link_id}", f"/after/{link_id}"):
        assert margaret in links(await world.open(page))


async def ask(world: World, text: str, to: str = "physio", **more: str) -> Page:
    joined = await world.press_join(f"{world.margaret}/me")
    form = {"key": "key-of-question", "text": text, "to": to, **more}
    return await world.press_join(joined.headers["Location"] + "/ask", data=form)


async def test_a_question_before_class_is_kept_for_it_once(world: World, told: Told) -> None:
    for _ in range(2):
        answer = await ask(world, "Which shoes?", "group", anonymous="yes")
        assert answer.status == 303
    assert [(each.text, each.anonymous) for each in told.questions] == [("Which shoes?", True)]
    page = await world.open(answer.headers["Location"])
    assert "class 5" in page.text("main")
    assert "Which shoes?" in page.text("ul")
    async with world.database.reading() as session:
        (row,) = await session.scalars(select(t.Question))
        number = await session.scalar(select(t.ClassSession.number).where(t.ClassSession.id == row.class_id))
    assert (number, row.asked_to, row.state, row.held) == (5, "group", "waiting", False)


async def test_where_questions_are_held_one_asked_before_class_is_too(world: World, told: Told) -> None:
    held = update(t.Programme).values(questions_held=True)
    await world.database.write(lambda session: session.execute(held))
    answer = await ask(world, "Which shoes?")
    assert [each.held for each in told.questions] == [True]
    page = await world.open(answer.headers["Location"])
    assert "Staff read it first." in page.text("main")
    offered = [each["value"] for each in page.all("input") if each.get("type") == "radio"]
    assert offered == ["physio", "staff"]


async def test_whose_words_wait_for_staff_is_told_so_before_asking_and_nobody_else(
    world: World, told: Told
) -> None:
    who = await person_id(world, "Margaret Ellis")
    hannah = await at_chat(world, world.hannah)
    await world.press_join(hannah, data={"do": "hold", "person": who})
    answer = await ask(world, "Which shoes?")
    assert [each.held for each in told.questions] == [True]
    assert "Staff read it first." in (await world.open(answer.headers["Location"])).text("main")
    await world.press_join(hannah, data={"do": "release", "person": who})
    assert "Staff read it first." not in (await world.open(answer.headers["Location"])).text("main")


async def test_a_question_needs_words_and_who_may_see_it(world: World, told: Told) -> None:
    page = await ask(world, " ", "staff", anonymous="yes")
    assert "There is nothing written yet." in page.text("main")
    chosen = [each["value"] for each in page.all("input") if "checked" in each]
    assert chosen == ["staff", "yes"]
    assert "Choose who can see your question" in (await ask(world, "Why?", "everyone")).text("main")
    assert told.questions == []
