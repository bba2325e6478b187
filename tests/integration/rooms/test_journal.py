from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import AbstractAsyncContextManager
from dataclasses import replace
from datetime import timedelta
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Update, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from server.errors import Refused
from server.rooms import chat, floor, seeing, signs
from server.rooms import commands as c
from server.rooms import questions as q
from server.rooms import questions_moderated as qm
from server.rooms.card import CardText
from server.rooms.cards import SendCard
from server.rooms.events import Event
from server.rooms.journal import write_events
from server.rooms.loading import load_room
from server.rooms.loss import AccountDone, WhatBecame
from server.rooms.losses import SettleLoss, unaccounted
from server.rooms.message import Reaction, ReportReason
from server.rooms.pulse import PulseKind
from server.rooms.pulses import AnswerPulse, AskPulse, ClosePulse
from server.rooms.question import AskedTo, QuestionState
from server.rooms.room import Room
from server.rooms.sign import SignalKind
from server.rooms.state import HelpDone, HelpKind, Place, RoomState, SideView, Turned
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
    await story.do(c.SettleHelp("h1", HelpDone.TALKED, "Her hip."), "hannah")
    await story.do(c.CallHelp("h2", HelpKind.NOW), "margaret")
    await story.do(c.SettleHelp("h2"), "margaret")
    await story.do(c.SettleHelp("h2", HelpDone.RANG, "Her hip."), "hannah")
    await story.do(c.Lost("margaret"), None)
    await story.do(SettleLoss("margaret", AccountDone.NO_ANSWER, "Her hip."), "hannah")
    await story.do(c.End((WhatBecame("margaret", AccountDone.FAMILY, "Her hip."),)), "hannah")
    async with story.database.reading() as session:
        audit = list(await session.scalars(select(t.AuditEntry).order_by(t.AuditEntry.at)))
    assert [(each.action, each.actor_id, each.subject_id) for each in audit] == [
        ("admit", "hannah", "margaret"),
        ("mute", "hannah", "margaret"),
        ("unmute", "hannah", "margaret"),
        ("settle_help", "hannah", "margaret"),
        ("settle_help", "hannah", "margaret"),
        ("account_for", "hannah", "margaret"),
        ("account_for", "hannah", "margaret"),
        ("end_class", "hannah", None),
    ]
    assert [each.detail for each in audit if each.detail] == [
        {"done": "talked"},
        {"done": "rang"},
        {"done": "no_answer"},
        {"done": "family"},
    ]


async def test_decisions_at_the_door_are_stored_with_the_check_in_and_audited_without_a_word_of_them(
    each_database_url: str,
) -> None:
    async with seeded_at(each_database_url, Database) as database:
        await database.write(lambda session: _check_in_before_class(session, True))
        story = await Story.begin(database)
        for person in ("hannah", "margaret", "pauline"):
            await story.do(c.Join(), person)
        await story.do(c.Allow("margaret", "Her knee is better."), "hannah")
        await story.do(c.TellWaiting("pauline", "Knee first, please."), "hannah")
        await story.do(c.TurnAway("pauline", Turned.UNWELL, "Rest your knee."), "hannah")
        async with database.reading() as session:
            rows = list(await session.scalars(select(t.CheckIn).order_by(t.CheckIn.person_id)))
            audit = list(await session.scalars(select(t.AuditEntry).order_by(t.AuditEntry.at)))
            journal = list(await session.scalars(select(t.JournalEntry).order_by(t.JournalEntry.seq)))
        assert [(each.person_id, each.state, each.decided_by, each.decision_note) for each in rows] == [
            ("margaret", "allowed", "hannah", "Her knee is better."),
            ("pauline", "refused", "hannah", "unwell: Rest your knee."),
        ]
        assert [(each.action, each.actor_id, each.subject_id) for each in audit] == [
            ("allow_to_take_part", "hannah", "margaret"),
            ("message_waiting", "hannah", "pauline"),
            ("turn_away", "hannah", "pauline"),
        ]
        assert "nee" not in repr([(each.event, each.detail) for each in journal])
        assert await loaded(database) == story.room.state
        assert story.room.state.people["pauline"].told == "Rest your knee."


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
    assert journal[3].detail == {
        "question_id": "q1",
        "asker_id": "margaret",
        "key": "key-of-q1",
        "to": "physio",
        "anonymous": False,
        "held": False,
    }


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
questions = st.builds("q{}".format, ids)
messages = st.builds("m{}".format, ids)
OPTIONS = {PulseKind.POLL: ("Yes", "No"), PulseKind.PAIN: (), PulseKind.EFFORT: ()}
KINDS = st.sampled_from(PulseKind)
COMMANDS = st.one_of(
    st.just(c.Join()),
    st.just(c.Leave()),
    st.builds(c.Admit, people),
    st.just(c.AdmitReady()),
    st.builds(c.Allow, people, texts),
    st.builds(c.TurnAway, people, st.sampled_from(Turned), texts),
    st.builds(c.TellWaiting, people, texts),
    st.builds(c.Mute, people, st.booleans()),
    st.builds(c.SetOwnMedia, st.booleans(), st.booleans(), st.none() | st.sampled_from(SideView)),
    st.builds(c.Lost, people),
    st.builds(c.ComeBack, people),
    st.builds(lambda n, text: c.Ask(f"q{n}", f"key-{n}", text), ids, texts),
    st.builds(lambda n, up: c.Vote(f"q{n}", up), ids, st.booleans()),
    st.builds(
        lambda n, state, text: c.Answer(f"q{n}", state, text), ids, st.sampled_from(QuestionState), texts
    ),
    st.builds(lambda n, text, to: c.Post(f"m{n}", f"key-{n}", text, to), ids, texts, st.none() | messages),
    st.builds(
        lambda n, text, to: c.Ask(f"q{n}", f"key-{n}", text, to, n > 2), ids, texts, st.sampled_from(AskedTo)
    ),
    st.builds(q.EditQuestion, questions, texts),
    st.builds(
        lambda n, name, text: q.ReplyToQuestion(f"r{n}", f"key-{n}", name, text), ids, questions, texts
    ),
    st.builds(q.PinQuestion, questions, st.booleans()),
    st.builds(q.MergeQuestion, questions, questions),
    st.builds(q.ApproveQuestion, questions, st.booleans(), st.none() | st.sampled_from(ReportReason)),
    st.builds(
        qm.HideReply, questions, st.sampled_from(["r1", "r2"]), st.sampled_from(ReportReason), st.booleans()
    ),
    st.builds(
        qm.ReportQuestion,
        questions,
        st.none() | st.sampled_from(["r1", "r2"]),
        st.sampled_from(ReportReason),
    ),
    st.builds(chat.React, messages, st.sampled_from(Reaction), st.booleans()),
    st.builds(chat.Report, messages, st.sampled_from(ReportReason)),
    st.builds(chat.Hide, messages, st.sampled_from(ReportReason), st.booleans()),
    st.builds(chat.ApproveMessage, messages, st.booleans()),
    st.builds(chat.PauseChat, st.booleans()),
    st.builds(chat.HoldMessages, people, st.booleans()),
    st.builds(chat.SeeMessages, messages),
    st.builds(lambda n, kind: c.CallHelp(f"h{n}", kind), ids, st.sampled_from(HelpKind)),
    st.builds(lambda n, done: c.SettleHelp(f"h{n}", done), ids, st.sampled_from([None, *HelpDone])),
    st.builds(SettleLoss, people, st.sampled_from(AccountDone), texts),
    st.builds(signs.RaiseHand, st.booleans()),
    st.builds(signs.LowerHand, people),
    st.just(signs.LowerAllHands()),
    st.just(floor.TakeBack()),
    st.builds(signs.SendSignal, st.sampled_from(SignalKind)),
    st.builds(signs.SettleSignal, people),
    st.builds(
        lambda n, kind, text: AskPulse(f"p{n}", f"key-{n}", kind, text, OPTIONS[kind]), ids, KINDS, texts
    ),
    st.builds(lambda n, value: AnswerPulse(f"p{n}", value), ids, st.integers(-1, 11)),
    st.builds(lambda n: ClosePulse(f"p{n}"), ids),
    st.builds(lambda n, to, text: SendCard(f"c{n}", f"key-{n}", to, CardText("T", text)), ids, people, texts),
)

ENDS = st.builds(
    lambda given: c.End(tuple(given)),
    st.lists(st.builds(WhatBecame, people, st.sampled_from(AccountDone)), max_size=4),
)
# Patients act more than staff, and somebody ends the class only now and then.
STEPS = st.lists(
    st.tuples(st.one_of(COMMANDS, COMMANDS, COMMANDS, ENDS), st.one_of(people, st.none())),
    max_size=40,
)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(STEPS, st.booleans())
def test_whatever_people_do_the_tables_and_the_room_agree(
    steps: list[tuple[c.Command, str | None]], has_check_in: bool
) -> None:
    with TemporaryDirectory() as folder:
        asyncio.run(_play(seeded(Path(folder), Database), steps, has_check_in))


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(steps=STEPS, has_check_in=st.booleans())
def test_whatever_people_do_the_tables_of_postgresql_and_the_room_agree(
    postgresql_server: PostgreSQLServer,
    migrated_template: str,
    steps: list[tuple[c.Command, str | None]],
    has_check_in: bool,
) -> None:
    name = postgresql_server.new_database(like=migrated_template)
    asyncio.run(_play(seeded_at(postgresql_server.url(name), Database), steps, has_check_in))
    postgresql_server.drop(name)


async def _play(
    seeding: AbstractAsyncContextManager[Database],
    steps: list[tuple[c.Command, str | None]],
    has_check_in: bool,
) -> None:
    async with seeding as database:
        await database.write(lambda session: _check_in_before_class(session, has_check_in))
        await database.write(lambda session: session.execute(_held_questions(has_check_in)))
        story = await Story.begin(database)
        for person in ("hannah", "margaret", "pauline"):
            await story.do(c.Join(), person)
            if has_check_in and person in PATIENTS:
                await story.do(c.Allow(person, "Asked aloud."), "hannah")
            await story.do(c.Admit(person), "hannah")
        fresh = count(100)
        for command, actor in steps:
            try:
                await story.do(_with_own_id(command, story.room.state, fresh), actor)
            except Refused:
                continue
            _check(story.room.state)
        assert await loaded(database) == story.room.state


async def _check_in_before_class(session: AsyncSession, has_check_in: bool) -> None:
    await session.execute(update(t.Programme).values(has_check_in=has_check_in))


def _held_questions(held: bool) -> Update:
    return update(t.Programme).values(questions_held=held)


def _with_own_id(command: c.Command, state: RoomState, fresh: Iterator[int]) -> c.Command:
    """As the shell does: what is made gets an id that nothing else has."""
    match command:
        case c.Ask() if command.question_id in state.questions:
            return replace(command, question_id=f"q{next(fresh)}")
        case c.Post() if command.message_id in state.chat:
            return replace(command, message_id=f"m{next(fresh)}")
        case q.ReplyToQuestion():
            return replace(command, reply_id=f"r{next(fresh)}")
        case AskPulse() if command.pulse_id in state.pulses:
            return replace(command, pulse_id=f"p{next(fresh)}")
        case SendCard() if command.card_id in state.cards:
            return replace(command, card_id=f"c{next(fresh)}")
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
        into = state.questions.get(question.merged_into or question.id)
        assert into is not None
        assert into.merged_into is None
        assert (question.answer is not None) == (question.state is QuestionState.ANSWERED_IN_WRITING)
    keys = [(each.asker_id, each.key) for each in state.questions.values()]
    assert len(keys) == len(set(keys))
    if state.ended_at is not None:
        assert unaccounted(state) == ()
        assert {person.place for person in state.people.values()} <= {Place.LEFT}


async def test_who_is_unheard_and_for_whom_muting_can_be_taken_back_is_stored(story: Story) -> None:
    for person in ("hannah", "tom", "margaret", "pauline"):
        await story.do(c.Join(), person)
    await story.do(c.AdmitReady(), "hannah")
    await story.do(floor.MuteAll(), "hannah")
    await story.do(c.Mute("margaret", False), "hannah")
    await story.do(seeing.TakeAside("margaret"), "tom")
    await story.do(seeing.EndAside(), "margaret")
    for unheard in (True, False):
        state = await loaded(story.database)
        assert state == story.room.state
        assert state.people["tom"].unheard == unheard
        assert state.floor.undo is not None
        assert state.floor.undo.people == ("pauline",)
        await story.do(c.SetOwnMedia(True, True), "tom")
