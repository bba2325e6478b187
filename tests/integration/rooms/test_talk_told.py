"""What is written outside of a class, or in another one of the course, comes into the rooms that are open."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from server.people.roles import Role
from server.rooms import chat
from server.rooms import commands as c
from server.rooms.course_talk import Teller, ask_beforehand, talk
from server.rooms.message import Reaction, ReportReason
from server.rooms.registry import Rooms
from server.storage import tables as t
from server.storage.database import Database
from server.timetable.courses import class_details
from tests.integration.rooms.world import CLASS, COURSE, MediaMaker, SetTimers, seeded
from tests.integration.storage.databases import TUESDAY_10AM, SetClock, numbered_ids

PAULINE = Teller(COURSE, "service1", "pauline", Role.PATIENT)


async def test_messages_and_questions_from_the_pages_are_in_the_open_class(tmp_path: Path) -> None:
    async with seeded(tmp_path, Database) as database:
        ids = numbered_ids("made")
        rooms = Rooms(database, MediaMaker(), clock=SetClock(TUESDAY_10AM), new_id=ids, later=SetTimers())
        await rooms.start()
        room = (await rooms.open_class(CLASS)).room
        await room.do(c.Join(), "hannah")
        events = await database.write(
            lambda session: talk(session, PAULINE, c.Post("m1", "key-of-m1", "Hello"), TUESDAY_10AM, ids)
        )
        await rooms.chat_changed(COURSE, events)
        async with database.reading() as session:
            details = await class_details(session, CLASS)
        assert details is not None
        ask = c.Ask("q1", "key-of-q1", "Which shoes?")
        question = await database.write(
            lambda session: ask_beforehand(session, details, ask, "pauline", TUESDAY_10AM)
        )
        assert question is not None
        await rooms.question_asked(CLASS, question)
        await rooms.chat_changed("another course", events)
        await room.do(c.Post("m2", "key-of-m2", "Good morning"), "hannah")
        assert list(room.state.chat) == ["m1", "m2"]
        assert list(room.state.questions) == ["q1"]
        await rooms.close()


async def test_two_classes_of_a_course_that_are_open_at_once_hear_each_others_chat(tmp_path: Path) -> None:
    async with seeded(tmp_path, Database) as database:
        await database.write(_another_class)
        ids = numbered_ids("made")
        rooms = Rooms(database, MediaMaker(), clock=SetClock(TUESDAY_10AM), new_id=ids, later=SetTimers())
        await rooms.start()
        here, there = [(await rooms.open_class(each)).room for each in (CLASS, "class4")]
        for room in (here, there):
            await room.do(c.Join(), "hannah")
            await room.do(c.Join(), "margaret")
            await room.do(c.Admit("margaret"), "hannah")
        await here.do(c.Post("m1", "key-of-m1", "Hello"), "margaret")
        await here.do(chat.React("m1", Reaction.THANKS, True), "hannah")
        await here.do(chat.Hide("m1", ReportReason.OTHER, True), "hannah")
        await here.do(chat.HoldMessages("margaret", True), "hannah")
        await here.do(chat.SeeMessages("m1"), "hannah")
        await here.do(chat.PauseChat(True), "hannah")
        await there.do(c.Post("m2", "key-of-m2", "Good morning"), "hannah")
        await rooms.close()
        assert list(here.state.chat) == list(there.state.chat) == ["m1", "m2"]
        assert here.state.chat["m1"] == there.state.chat["m1"]
        assert here.state.channel == there.state.channel
        assert there.state.channel.paused
        async with database.reading() as session:
            audited = list(await session.scalars(select(t.AuditEntry.action)))
            noted = select(t.JournalEntry.class_id).where(t.JournalEntry.event == "chat_noted")
            heard = list(await session.scalars(noted))
        assert (audited.count("hide_message"), audited.count("pause_chat")) == (1, 1)
        assert (heard.count(CLASS), heard.count("class4")) == (1, 6)


async def _another_class(session: AsyncSession) -> None:
    starts_at = TUESDAY_10AM + timedelta(hours=1)
    session.add(
        t.ClassSession(
            id="class4",
            course_id=COURSE,
            number=4,
            starts_at=starts_at,
            ends_at=starts_at + timedelta(hours=1),
        )
    )
