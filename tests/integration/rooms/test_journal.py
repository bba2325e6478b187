from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import AbstractAsyncContextManager
from datetime import timedelta
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from server.errors import Refused
from server.rooms import commands as c
from server.rooms.events import Event
from server.rooms.journal import write_events
from server.rooms.loading import load_room
from server.rooms.room import Room
from server.rooms.state import HelpKind, Place, QuestionState, RoomState
from server.storage import tables as t
from server.storage.database import Database
from server.timetable.courses import class_details
from tests.integration.rooms.world import CLASS, PATIENTS, STAFF, seeded, seeded_at
from tests.integration.storage.databases import TUESDAY_10AM, numbered_ids
from tests.integration.storage.postgresql_server import PostgreSQLServer

PEOPLE = (*STAFF, *PATIENTS)


async def loaded(database: Database) -> RoomState:
    async with database.reading() as session:
        details = await class_details(session, CLASS)
        assert details is not None
        return await load_room(session, details)


class Story:
    """A room whose events are written as they happen, one second apart."""

    def __init__(self, database: Database, room: Room) -> None:
        self.database = database
        self.room = room
        self._seconds: Iterator[int] = count(1)
        self._new_id = numbered_ids("audit")

    @classmethod
    async def begin(cls, database: Database) -> Story:
        return cls(database, Room(await loaded(database)))

    async def do(self, command: c.Command, actor: str | None) -> tuple[Event, ...]:
        at = TUESDAY_10AM + timedelta(seconds=next(self._seconds))
        events = self.room.handle(command, at, actor)
        for event in events:
            self.room.apply(event)

        async def store(session: AsyncSession) -> None:
            await write_events(session, self.room.state, events, self._new_id)

        await self.database.write(store)
        return events


@pytest.fixture
async def story(each_database_url: str) -> AsyncIterator[Story]:
    async with seeded_at(each_database_url, Database) as database:
        yield await Story.begin(database)


async def test_what_staff_do_to_patients_is_audited_and_what_patients_do_is_not(story: Story) -> None:
    await story.do(c.Join(), "hannah")
    await story.do(c.Join(), "margaret")
    await story.do(c.Admit("margaret"), "hannah")
    await story.do(c.Mute("margaret", True), "hannah")
    await story.do(c.Mute("margaret", False), "hannah")
    await story.do(c.CallHelp("h1", HelpKind.NOW), "margaret")
    await story.do(c.SettleHelp("h1"), "hannah")
    await story.do(c.CallHelp("h2", HelpKind.NOW), "margaret")
    await story.do(c.SettleHelp("h2"), "margaret")
    await story.do(c.End(), "hannah")
    async with story.database.reading() as session:
        audit = list(await session.scalars(select(t.AuditEntry).order_by(t.AuditEntry.at)))
    assert [(each.action, each.actor_id, each.subject_id) for each in audit] == [
        ("admit", "hannah", "margaret"),
        ("mute", "hannah", "margaret"),
        ("unmute", "hannah", "margaret"),
        ("settle_help", "hannah", "margaret"),
        ("end_class", "hannah", None),
    ]


async def test_the_journal_tells_what_happened_in_order_without_what_people_wrote(story: Story) -> None:
    await story.do(c.Join(), "hannah")
    await story.do(c.Join(), "margaret")
    await story.do(c.Admit("margaret"), "hannah")
    await story.do(c.Ask("q1", "key-of-q1", "my hip is sore"), "margaret")
    await story.do(c.Answer("q1", QuestionState.ANSWERED_IN_WRITING, "rest your hip"), "hannah")
    await story.do(c.Post("m1", "key-of-m1", "my hip again"), "margaret")
    await story.do(c.Lost("margaret"), None)
    async with story.database.reading() as session:
        journal = list(await session.scalars(select(t.JournalEntry).order_by(t.JournalEntry.seq)))
    assert [(each.seq, each.event, each.actor_id) for each in journal] == [
        (1, "came_in", "hannah"),
        (2, "came_in", "margaret"),
        (3, "admitted", "hannah"),
        (4, "question_asked", "margaret"),
        (5, "question_moved", "hannah"),
        (6, "message_posted", "margaret"),
        (7, "dropped", None),
    ]
    assert "hip" not in repr([each.detail for each in journal])
    assert journal[3].detail == {"question_id": "q1", "asker_id": "margaret", "key": "key-of-q1"}


async def test_a_room_rebuilt_from_the_tables_is_the_room_in_memory(story: Story) -> None:
    await story.do(c.Join(), "hannah")
    for patient in ("margaret", "pauline"):
        await story.do(c.Join(), patient)
        await story.do(c.Admit(patient), "hannah")
    await story.do(c.SetOwnMedia(True, True), "pauline")
    await story.do(c.Mute("pauline", True), "hannah")
    await story.do(c.Ask("q1", "key-of-q1", "May I sit?"), "margaret")
    await story.do(c.Vote("q1", True), "pauline")
    await story.do(c.Answer("q1", QuestionState.ANSWERING), "hannah")
    await story.do(c.Post("m1", "key-of-m1", "Hello"), "pauline")
    await story.do(c.CallHelp("h1", HelpKind.NOW), "margaret")
    await story.do(c.Lost("margaret"), None)
    rebuilt = await loaded(story.database)
    assert rebuilt == story.room.state
    assert rebuilt.people["margaret"].place is Place.DROPPED
    assert rebuilt.questions["q1"].voters == {"pauline"}


ids = st.integers(1, 4)
people = st.sampled_from(PEOPLE)
texts = st.sampled_from(["May I sit?", " ", "How long?", "x" * 1001])
COMMANDS = st.one_of(
    st.just(c.Join()),
    st.just(c.Leave()),
    st.builds(c.Admit, people),
    st.builds(c.Mute, people, st.booleans()),
    st.builds(c.SetOwnMedia, st.booleans(), st.booleans()),
    st.builds(c.Lost, people),
    st.builds(c.ComeBack, people),
    st.builds(lambda n, text: c.Ask(f"q{n}", f"key-{n}", text), ids, texts),
    st.builds(lambda n, up: c.Vote(f"q{n}", up), ids, st.booleans()),
    st.builds(
        lambda n, state, text: c.Answer(f"q{n}", state, text), ids, st.sampled_from(QuestionState), texts
    ),
    st.builds(lambda n, text: c.Post(f"m{n}", f"key-{n}", text), ids, texts),
    st.builds(lambda n, kind: c.CallHelp(f"h{n}", kind), ids, st.sampled_from(HelpKind)),
    st.builds(lambda n: c.SettleHelp(f"h{n}"), ids),
)
# Patients act more than staff, and somebody ends the class only now and then.
STEPS = st.lists(
    st.tuples(st.one_of(COMMANDS, COMMANDS, COMMANDS, st.just(c.End())), st.one_of(people, st.none())),
    max_size=40,
)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(STEPS)
def test_whatever_people_do_the_tables_and_the_room_agree(steps: list[tuple[c.Command, str | None]]) -> None:
    with TemporaryDirectory() as folder:
        asyncio.run(_play(seeded(Path(folder), Database), steps))


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(STEPS)
def test_whatever_people_do_the_tables_of_postgresql_and_the_room_agree(
    postgresql_server: PostgreSQLServer, migrated_template: str, steps: list[tuple[c.Command, str | None]]
) -> None:
    name = postgresql_server.new_database(like=migrated_template)
    asyncio.run(_play(seeded_at(postgresql_server.url(name), Database), steps))
    postgresql_server.drop(name)


async def _play(
    seeding: AbstractAsyncContextManager[Database], steps: list[tuple[c.Command, str | None]]
) -> None:
    async with seeding as database:
        story = await Story.begin(database)
        for person in ("hannah", "margaret", "pauline"):
            await story.do(c.Join(), person)
            await story.do(c.Admit(person), "hannah")
        fresh = count(100)
        for command, actor in steps:
            try:
                await story.do(_with_own_id(command, story.room.state, fresh), actor)
            except Refused:
                continue
            _check(story.room.state)
        assert await loaded(database) == story.room.state


def _with_own_id(command: c.Command, state: RoomState, fresh: Iterator[int]) -> c.Command:
    """As the shell does: what is made gets an id that nothing else has."""
    match command:
        case c.Ask() if command.question_id in state.questions:
            return c.Ask(f"q{next(fresh)}", command.key, command.text)
        case c.Post() if command.message_id in state.chat:
            return c.Post(f"m{next(fresh)}", command.key, command.text)
        case c.CallHelp() if command.help_id in state.help:
            return c.CallHelp(f"h{next(fresh)}", command.kind)
    return command


def _check(state: RoomState) -> None:
    """What must hold after every command."""
    assert set(state.people) <= set(state.members)
    for person in state.people.values():
        assert not (person.is_staff and person.place is Place.WAITING)
    answering = [each for each in state.questions.values() if each.state is QuestionState.ANSWERING]
    assert len(answering) <= 1
    for question in state.questions.values():
        assert question.asker_id not in question.voters
        assert all(not state.members[voter].role.is_staff for voter in question.voters)
        answered = question.state in (QuestionState.ANSWERED_LIVE, QuestionState.ANSWERED_IN_WRITING)
        assert (question.answered_by is not None) == answered
        assert (question.answer is not None) == (question.state is QuestionState.ANSWERED_IN_WRITING)
    keys = [(each.asker_id, each.key) for each in state.questions.values()]
    assert len(keys) == len(set(keys))
    if state.ended_at is not None:
        assert {person.place for person in state.people.values()} <= {Place.LEFT}
