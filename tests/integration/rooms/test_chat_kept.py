"""The chat and the questions of a course outlast its classes; how long the chat is costs a class nothing."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import timedelta

import pytest
from sqlalchemy import func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from server.errors import Refused
from server.rooms import chat
from server.rooms import commands as c
from server.rooms.chat import LATEST_MESSAGES
from server.rooms.chat_stored import EARLIER_AT_ONCE, load_chat
from server.rooms.events import Event
from server.rooms.live_room import LiveRoom
from server.rooms.message import Reaction, ReportReason
from server.rooms.question import AskedTo, QuestionState
from server.storage import tables as t
from server.storage.database import Database
from tests.integration.rooms.world import CLASS, COURSE, seeded_at
from tests.integration.storage.databases import TUESDAY_10AM, SetClock, numbered_ids

LONG = 10_000


class Silent:
    """Tells nobody."""

    def changed(self, events: Sequence[Event]) -> None:
        """Nobody listens."""

    def rebuilt(self) -> None:
        """Nobody listens."""


async def long_chat(session: AsyncSession) -> None:
    """Margaret and Pauline have written 10,000 messages, a minute apart."""
    rows = [
        {
            "id": f"old{number}",
            "course_id": COURSE,
            "class_id": None,
            "author_id": "margaret" if number % 2 else "pauline",
            "key": f"key-of-old{number}",
            "text": f"Message {number}",
            "posted_at": TUESDAY_10AM - timedelta(minutes=LONG - number),
        }
        for number in range(LONG)
    ]
    await session.execute(insert(t.ChatMessage), rows)


@asynccontextmanager
async def in_class(database: Database, class_id: str = CLASS) -> AsyncIterator[LiveRoom]:
    """This class, with Hannah and Margaret in it."""
    clock = SetClock(TUESDAY_10AM + timedelta(days=7 if class_id != CLASS else 0))
    room = LiveRoom(database, class_id, Silent(), clock, numbered_ids(f"made-{class_id}-"))
    await room.open()
    await room.do(c.Join(), "hannah")
    await room.do(c.Join(), "margaret")
    await room.do(c.Admit("margaret"), "hannah")
    yield room
    await room.close()


@pytest.fixture
async def database(each_database_url: str) -> AsyncIterator[Database]:
    async with seeded_at(each_database_url, Database) as opened:
        yield opened


async def test_of_a_long_chat_the_room_keeps_the_latest_and_reads_earlier_ones_when_asked(
    database: Database,
) -> None:
    await database.write(long_chat)
    async with in_class(database) as room:
        assert len(room.state.chat) == LATEST_MESSAGES
        assert room.state.channel.more
        first = next(iter(room.state.chat))
        earlier = await room.earlier_messages(first)
        assert earlier is not None
        assert len(earlier) == EARLIER_AT_ONCE + 1
        assert earlier[-1].id == f"old{LONG - LATEST_MESSAGES - 1}"
        assert [each.posted_at for each in earlier] == sorted(each.posted_at for each in earlier)
        assert await room.earlier_messages("old0") == []
        assert await room.earlier_messages("not-there") is None


async def test_an_earlier_message_is_answered_reacted_to_reported_and_hidden(database: Database) -> None:
    await database.write(long_chat)
    async with in_class(database) as room:
        await room.do(c.Post("m1", "key-of-m1", "That is so.", "old2"), "margaret")
        await room.do(chat.React("old2", Reaction.THANKS, True), "margaret")
        await room.do(chat.Report("old2", ReportReason.UPSETTING), "margaret")
        await room.do(chat.Hide("old2", ReportReason.UPSETTING, True), "hannah")
        with pytest.raises(Refused):
            await room.do(chat.React("not-there", Reaction.THANKS, True), "margaret")
        assert room.state.recalled["old2"].hidden
        expected = room.state.recalled["old2"]
    async with database.reading() as session:
        kept = await load_chat(session, COURSE)
        row = await session.get(t.ChatMessage, "old2")
    assert kept.latest["m1"].reply_to == "old2"
    assert kept.recalled["old2"] == expected
    assert row is not None
    assert (row.hidden, row.hidden_reason, row.moderated_by, row.text) == (
        True,
        "upsetting",
        "hannah",
        "Message 2",
    )


async def test_an_old_key_posts_nothing_again_however_long_ago_it_was(database: Database) -> None:
    await database.write(long_chat)
    async with in_class(database) as room:
        assert await room.do(c.Post("m1", "key-of-old1", "Message 1"), "margaret") == "old1"
        assert await room.do(c.Post("m2", "key-of-m2", "Hello"), "margaret") == "m2"
    async with database.reading() as session:
        assert await session.scalar(select(func.count()).select_from(t.ChatMessage)) == LONG + 1


async def test_what_was_left_open_carries_to_the_next_class_with_who_owes_the_answer(
    database: Database,
) -> None:
    await database.write(next_class)
    async with in_class(database) as room:
        for name in ("open", "answered", "aside", "stage"):
            await room.do(c.Ask(name, f"key-of-{name}", "May I sit?", AskedTo.GROUP), "margaret")
        await room.do(c.Answer("answered", QuestionState.ANSWERED_LIVE), "hannah")
        await room.do(c.Answer("aside", QuestionState.SET_ASIDE), "hannah")
        await room.do(c.Answer("stage", QuestionState.ANSWERING), "hannah")
    async with in_class(database, "class4") as room:
        assert {name: each.state for name, each in room.state.questions.items()} == {
            "open": QuestionState.WAITING,
            "stage": QuestionState.WAITING,
        }
        assert {each.owed_by for each in room.state.questions.values()} == {"hannah"}
        await room.do(c.Answer("open", QuestionState.ANSWERED_IN_WRITING, "Yes."), "hannah")
        await room.do(c.Answer("stage", QuestionState.ANSWERING), "hannah")
        expected = room.state.questions
        room.read_again()
        await room.do(c.Post("m1", "key-of-m1", "Hello"), "margaret")
        assert room.state.questions == expected


async def next_class(session: AsyncSession) -> None:
    session.add(
        t.ClassSession(
            id="class4",
            course_id=COURSE,
            number=4,
            starts_at=TUESDAY_10AM + timedelta(days=7),
            ends_at=TUESDAY_10AM + timedelta(days=7, hours=1),
        )
    )


async def test_how_the_channel_is_set_outlasts_a_restart(database: Database) -> None:
    async with in_class(database) as room:
        await room.do(c.Post("m1", "key-of-m1", "Hello"), "margaret")
        await room.do(chat.HoldMessages("pauline", True), "hannah")
        await room.do(chat.PauseChat(True), "hannah")
        await room.do(chat.SeeMessages("m1"), "hannah")
        expected = room.state.channel
    async with database.reading() as session:
        assert (await load_chat(session, COURSE)).channel == expected
        actions = await session.scalars(select(t.AuditEntry.action).order_by(t.AuditEntry.at))
    assert list(actions) == ["admit", "hold_messages", "pause_chat"]


async def test_where_the_programme_says_so_questions_wait_for_approval(database: Database) -> None:
    await database.write(lambda session: session.execute(update(t.Programme).values(questions_held=True)))
    async with in_class(database) as room:
        await room.do(c.Ask("q1", "key-of-q1", "May I sit?"), "margaret")
        assert room.state.questions["q1"].held
