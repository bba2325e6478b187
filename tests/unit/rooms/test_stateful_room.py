"""Random commands by random people against a class, killed and started again at any point.

The class is the pure `Room`, stored as `LiveRoom` stores it in a real SQLite file; beside it runs the media
worker's real forwarding unit, without a network, told by the product's own `Forwarding`. What must be so is
written down anew, from the rules and not from what keeps them: who may ask (`who_may`), what is so at any
moment (`class_rules`), what a command changes and leaves (`class_frames`), and what a patient must not
read (`class_told`).
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, TypeVar

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from server.errors import Refused
from server.media.sfu import Sfu
from server.media.spec import Fingerprint, Kind, PeerSpec, Route, SlotSpec, Source, SourceSpec, VoiceChoice
from server.rooms import commands as c
from server.rooms.before_class import before_class_of
from server.rooms.chat import NoteChat, PauseChat, React, Report, SeeMessages
from server.rooms.commands import PRESENT
from server.rooms.course_talk import Teller, ask_beforehand, talk
from server.rooms.decisions import _DECIDE
from server.rooms.events import Event
from server.rooms.floor import Extend, PutInSpotlight, TakeBack
from server.rooms.forwarding import Forwarding
from server.rooms.journal import write_events
from server.rooms.loading import load_room
from server.rooms.policy import slots_of, who_may_speak, who_sees_whom
from server.rooms.question import AskedTo, Question
from server.rooms.questions import NoteQuestion, ReplyToQuestion
from server.rooms.questions_moderated import ReportQuestion
from server.rooms.room import Room
from server.rooms.seeing import ShowToGroup
from server.rooms.state import BeforeClass, Place, RoomState
from server.rooms.unattended import EndUnattended
from server.signalling.fan_out import messages
from server.signalling.views import Viewer
from server.storage import tables as t
from server.storage.database import Database
from server.timetable.check_in_rules import State
from server.timetable.check_ins import begun
from server.timetable.courses import ClassDetails, class_details
from tests.integration.rooms.world import CLASS, COURSE, PATIENTS, STAFF, seeded
from tests.integration.storage.databases import TUESDAY_10AM
from tests.unit.rooms.class_commands import ASKED, PEOPLE, Made, Parts
from tests.unit.rooms.class_frames import MADE, wrong_changes
from tests.unit.rooms.class_rules import broken_rules, counted, hands_in_order, may_get, owed, speakers
from tests.unit.rooms.class_told import leaks
from tests.unit.rooms.who_may import ALLOWED, HERE

T = TypeVar("T")
MOSTLY = st.sampled_from((True, True, True, False))
"""Whether somebody asks who is likely to, or anybody."""


def _of(*modules: str) -> tuple[type[c.Command], ...]:
    return tuple(each for each in ASKED if each.__module__.removeprefix("server.rooms.") in modules)


AT_THE_DOOR = (
    c.Join, c.Join, c.Admit, c.Admit, c.AdmitReady, c.SetOwnMedia, c.SetOwnMedia, c.Leave, c.Allow,
    c.TurnAway, c.TellWaiting, c.End,
)  # fmt: skip
ON_THE_FLOOR = (*_of("floor"), c.Mute)
WHO_SEES_WHOM = (*_of("seeing", "removing"), PutInSpotlight, PutInSpotlight)
QUESTIONS = (c.Ask, c.Ask, c.Vote, c.Answer, *_of("questions", "questions_moderated"))
IN_THE_CHAT = (c.Post, c.Post, *_of("chat"))
THE_REST = (c.CallHelp, c.SeeHelp, c.SettleHelp, *_of("losses", "signs", "pulses", "cards"))
NOT_AUDITED = (
    c.Join, c.Leave, c.SetOwnMedia, c.Post, React, Report, SeeMessages, ReplyToQuestion,
    ReportQuestion, TakeBack,
)  # fmt: skip
"""What staff do as everybody does, or to nobody; and taking back, of which each part is audited."""


class Worker:
    """A forwarding unit in this process, and the orders that a room gives it."""

    def __init__(self) -> None:
        self.sfu = Sfu(lambda notice: None, host="127.0.0.1", port=0, clock=lambda: 1000.0)
        self.voices: tuple[VoiceChoice, ...] = ()
        for number, person in enumerate(PEOPLE):
            self.sfu.open_peer(peer_of(person, number))

    def is_known(self, room: str) -> bool:
        return True

    def set_routes(self, room: str, routes: tuple[Route, ...], voices: tuple[VoiceChoice, ...]) -> None:
        self.voices = voices
        self.sfu.set_routes(room, routes, voices)
        self.sfu.tick()

    def gets(self) -> set[tuple[str, str, str, Source]]:
        """Receiver, slot, sender and source of all that is being forwarded, from the slots themselves."""
        owners = {
            id(producer): (peer.spec.peer, source)
            for peer in self.sfu._peers.values()
            for source, producer in peer.producers.items()
        }
        return {
            (name_of(peer.spec.peer), slot, name_of(owners[id(producer)][0]), owners[id(producer)][1])
            for peer in self.sfu._peers.values()
            for slot, consumer in peer.consumers.items()
            if (producer := consumer.producer) is not None
        }


def peer_of(person: str, number: int) -> PeerSpec:
    """Everything that somebody of this role can negotiate."""
    kinds: dict[Source, Kind] = {"microphone": "audio", "camera": "video"}
    if person in STAFF:
        kinds["side"] = "video"
    rates = {"audio": 48_000, "video": 90_000}
    role = (STAFF | dict.fromkeys(PATIENTS, "patient"))[person]
    slots = slots_of(c.Role(role))
    return PeerSpec(
        room=CLASS,
        peer=f"{person}.p",
        ufrag=f"ufrag{number}",
        pwd=f"a-password-of-enough-length-{number}",
        remote_fingerprints=(Fingerprint(algorithm="sha-256", value=":".join(["AB"] * 32)),),
        sources=tuple(
            SourceSpec(
                mid=f"s{mid}",
                source=source,
                kind=kind,
                payload_type=96 + mid,
                clock_rate=rates[kind],
                ssrcs=(1000 * number + mid + 1,),
            )
            for mid, (source, kind) in enumerate(kinds.items())
        ),
        slots=tuple(
            SlotSpec(
                mid=f"r{mid}",
                slot=slot,
                kind=kind,
                payload_type=111,
                clock_rate=rates[kind],
                ssrc=1000 * number + 100 + mid,
            )
            for mid, (slot, kind) in enumerate(slots.items())
        ),
    )


def name_of(peer: str) -> str:
    return peer.removesuffix(".p")


class AnyClass(RuleBasedStateMachine):
    """One class, whatever people do in it."""

    def __init__(self) -> None:
        super().__init__()
        self.runner = asyncio.Runner()
        self.folder = TemporaryDirectory()
        self.world = seeded(Path(self.folder.name), Database)
        self.database = self.run(self.world.__aenter__())
        self.now = TUESDAY_10AM
        self.made = Made()
        parts = Parts(self.made)
        self.make = {kind: asking.make(parts) for kind, asking in ASKED.items()}
        self.kept: dict[str, type[c.Command]] = {}
        """What was acknowledged to have been made: id to what made it."""
        self.audited: dict[datetime, str] = {}
        """When staff did what of what is to be read in the audit."""
        self.unwritten: list[Event] = []
        """What has happened since the last transaction: a room takes all that waits for it at once."""
        self.worker = self.run(self.with_loop(Worker))
        self.open()

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        return self.runner.run(work)

    async def with_loop(self, make: Callable[[], T]) -> T:
        return make()

    def moment(self) -> datetime:
        self.now += timedelta(seconds=1)
        return self.now

    def open(self) -> None:
        """The class as a process that has just started has it, with a worker that goes on meanwhile."""
        self.details, self.room = self.run(self.loaded())
        self.forwarding = Forwarding(CLASS, self.worker, self.worker)  # type: ignore[arg-type]

    async def loaded(self) -> tuple[ClassDetails, Room]:
        async with self.database.reading() as session:
            details = await class_details(session, CLASS)
            assert details is not None
            return details, Room(await load_room(session, details))

    def write(self) -> None:
        """Store what has happened, as `LiveRoom` does before it acknowledges any of it."""
        events, self.unwritten = self.unwritten, []
        state, new_id = self.state, self.made.new_id
        if events:
            self.run(self.database.write(lambda session: write_events(session, state, events, new_id)))

    def teardown(self) -> None:
        self.the_process_is_killed_and_starts_again()
        self.run(self.worker.sfu.close())
        self.run(self.world.__aexit__(None, None, None))
        self.runner.close()
        self.folder.cleanup()

    @property
    def state(self) -> RoomState:
        return self.room.state

    def forward(self) -> None:
        """As `ClassMedia.refresh`: whoever is not here has no peer."""
        peers = {person: f"{person}.p" for person in PEOPLE if self.state.place_of(person) in PRESENT}
        self.run(self.with_loop(lambda: self.forwarding.update(self.state, peers)))

    def ask(self, command: c.Command, actor: str | None) -> None:
        """Have somebody ask, None the system; what comes of it is as the rules say."""
        before, room = self.room, self.room.copy()
        try:
            events = room.handle(command, self.moment(), actor)
        except Refused:
            assert room.state == before.state, "what is refused changes nothing"
            return
        for event in events:
            room.apply(event)
        self.check_who(command, actor, before.state)
        assert list(wrong_changes(before.state, room.state, command, actor)) == []
        if (made := room.made(command, actor)) is not None:
            assert made in MADE[type(command)](room.state)
            self.kept[made] = type(command)
            self.made.note(command, made)
        if not events:
            assert room.state == before.state
            return
        self.room = room
        self.unwritten += events
        if actor in STAFF and not isinstance(command, NOT_AUDITED):
            self.audited[self.now] = type(command).__name__
        self.forward()
        for patient in PATIENTS:
            assert (
                list(leaks(self.state, patient, messages(self.viewer(patient), events, {}, self.now))) == []
            )

    def check_who(self, command: c.Command, actor: str | None, before: RoomState) -> None:
        roles, places = ALLOWED[type(command)]
        if actor is None:
            assert not roles
            return
        is_own = isinstance(command, c.SettleHelp) and before.help[command.help_id].person_id == actor
        is_late = isinstance(command, c.Leave) and before.ended_at is not None
        physios = {each.place for each in before.people.values() if each.role is c.Role.PHYSIO}
        leads = isinstance(command, c.End | Extend) and Place.IN_CLASS not in physios
        assert is_own or before.members[actor].role in ({*roles, c.Role.HELPER} if leads else roles)
        assert before.place_of(actor) in (HERE if is_own else places)
        assert is_late or before.ended_at is None

    def viewer(self, person: str) -> Viewer:
        return Viewer(self.state, self.details, person)

    @initialize(
        away=st.sets(st.sampled_from(("ravi", *PATIENTS)), max_size=2),
        seen=st.booleans(),
        checked=st.sampled_from((False, False, True)),
        held=st.sampled_from((False, False, True)),
    )
    def most_are_in_class(self, away: set[str], seen: bool, checked: bool, held: bool) -> None:
        rules = update(t.Programme).values(has_check_in=checked, questions_held=held)
        self.run(self.database.write(lambda session: session.execute(rules)))
        self.open()
        for person in (each for each in PEOPLE if each not in away):
            self.ask(c.Join(), person)
            if person in PATIENTS:
                if checked:
                    self.check_in(person, State.READY)
                self.ask(c.Admit(person), "hannah")
                self.ask(c.SetOwnMedia(microphone_on=True, camera_on=True), person)
                self.ask(ShowToGroup(seen), person)

    def somebody_asks(self, data: st.DataObject, kinds: Sequence[type[c.Command]]) -> None:
        kind = data.draw(st.sampled_from(kinds))
        people = ASKED[kind].people if data.draw(MOSTLY) else PEOPLE
        self.ask(data.draw(self.make[kind]), data.draw(st.sampled_from(people)))

    @rule(data=st.data())
    def somebody_comes_or_goes(self, data: st.DataObject) -> None:
        self.somebody_asks(data, AT_THE_DOOR)

    @rule(data=st.data())
    def staff_lead_the_class(self, data: st.DataObject) -> None:
        self.somebody_asks(data, ON_THE_FLOOR)

    @rule(data=st.data())
    def it_is_changed_who_sees_and_hears_whom(self, data: st.DataObject) -> None:
        self.somebody_asks(data, WHO_SEES_WHOM)

    @rule(data=st.data())
    def it_is_changed_again_who_sees_and_hears_whom(self, data: st.DataObject) -> None:
        self.somebody_asks(data, WHO_SEES_WHOM)

    @rule(data=st.data())
    def somebody_asks_or_answers(self, data: st.DataObject) -> None:
        self.somebody_asks(data, QUESTIONS)

    @rule(data=st.data())
    def somebody_writes(self, data: st.DataObject) -> None:
        self.somebody_asks(data, IN_THE_CHAT)

    @rule(data=st.data())
    def somebody_says_something_without_words(self, data: st.DataObject) -> None:
        self.somebody_asks(data, THE_REST)

    @rule(person=st.sampled_from(PEOPLE), back=st.booleans())
    def somebody_is_lost_or_back(self, person: str, back: bool) -> None:
        self.ask(c.ComeBack(person) if back else c.Lost(person), None)

    @rule(minutes=st.sampled_from((1, 20)))
    def time_passes_and_staff_are_looked_for(self, minutes: int) -> None:
        self.now += timedelta(minutes=minutes)
        self.ask(EndUnattended(), None)

    @rule(person=st.sampled_from(PATIENTS), state=st.sampled_from(State))
    def a_check_in_is_stored_on_the_pages(self, person: str, state: State) -> None:
        if self.state.has_check_in and self.state.ended_at is None:
            self.check_in(person, state)

    def check_in(self, person: str, state: State) -> None:
        async def store(session: AsyncSession) -> BeforeClass:
            row = await begun(session, CLASS, person, self.now)
            row.state = state
            await session.flush()
            return (await before_class_of(session, CLASS, person))[person]

        self.write()
        self.ask(c.NoteCheckIn(person, self.run(self.database.write(store))), None)

    @rule(person=st.sampled_from(PATIENTS), to=st.sampled_from(AskedTo))
    def somebody_asks_on_the_pages_before_class(self, person: str, to: AskedTo) -> None:
        new, at = self.made.new_id(), self.moment()
        command = c.Ask(new, f"key-{new}", f"Words of {new}.", to)

        async def store(session: AsyncSession) -> Question | None:
            details = await class_details(session, CLASS)
            assert details is not None
            return await ask_beforehand(session, details, command, person, at)

        self.write()
        try:
            question = self.run(self.database.write(store))
        except Refused:
            return
        assert question is not None
        self.ask(NoteQuestion(question), None)
        self.kept[new] = c.Ask
        self.made.note(command, new)

    @rule(person=st.sampled_from(PEOPLE), paused=st.booleans())
    def somebody_writes_on_the_page_of_the_course(self, person: str, paused: bool) -> None:
        new, at, role = self.made.new_id(), self.moment(), self.state.members[person].role
        teller = Teller(COURSE, "service1", person, role)
        command = PauseChat(paused) if role.is_staff else c.Post(new, f"key-{new}", f"Words of {new}.")

        async def store(session: AsyncSession) -> tuple[Event, ...]:
            return await talk(session, teller, command, at, self.made.new_id)

        self.write()
        if self.state.ended_at is not None:
            return
        try:
            events = self.run(self.database.write(store))
        except Refused:
            return
        self.ask(NoteChat(events), None)
        if isinstance(command, c.Post):
            self.kept[new] = c.Post
            self.made.note(command, new)

    @rule()
    def the_process_is_killed_and_starts_again(self) -> None:
        self.write()
        before = self.state
        self.open()
        assert self.state == before
        self.forward()
        rows, events, audited = self.run(self.stored())
        assert (rows, events) == (len(self.state.people), self.state.seq), "counts add up"
        unread = [name for at, name in self.audited.items() if at not in audited]
        assert unread == [], "what staff do to people can be read"
        for patient in PATIENTS:
            whole = self.viewer(patient).whole({}, self.now)
            assert list(leaks(self.state, patient, [("class", whole)])) == []

    @invariant()
    def no_rule_is_broken(self) -> None:
        assert list(broken_rules(self.state)) == []

    @invariant()
    def nothing_that_was_acknowledged_is_lost(self) -> None:
        for made, kind in self.kept.items():
            assert made in MADE[kind](self.state), (kind.__name__, made)

    @invariant()
    def the_worker_does_what_the_policy_says(self) -> None:
        people, lead, floor = self.state.people.values(), self.state.lead_id, self.state.floor
        told = {
            (each.receiver, each.slot, each.sender, each.source)
            for each in who_sees_whom(people, lead, floor)
        }
        choices = {
            (each.receiver, slot, sender, "microphone")
            for each in who_may_speak(people, lead, floor)
            for slot in each.slots
            for sender in each.senders
        }
        done = self.worker.gets()
        assert told <= done
        assert done - told <= choices

    @invariant()
    def everybody_gets_what_they_must_and_nothing_that_the_rules_forbid(self) -> None:
        got = self.worker.gets()
        for receiver, slot, sender, source in got:
            assert may_get(self.state, receiver, sender, source), (receiver, slot, sender, source)
        assert list(owed(self.state, got)) == []

    @invariant()
    def the_loudest_are_chosen_among_all_who_may_be_heard_and_nobody_else(self) -> None:
        among = {name_of(each.to_peer): {name_of(p) for p in each.from_peers} for each in self.worker.voices}
        for person in self.state.people:
            assert among.get(person, set()) == speakers(self.state, person)

    @invariant()
    def everybody_is_told_the_same_of_hands_and_of_how_many_are_here(self) -> None:
        """One presence for each person."""
        state = self.state
        assert state.people.keys() <= set(PEOPLE)
        here = counted({person: each.place for person, each in state.people.items()})
        hands = {person: place for place, person in enumerate(hands_in_order(state), start=1)}
        for person in state.people:
            viewer = self.viewer(person)
            assert viewer.here().here == here
            assert viewer.me().hand == (hands.get(person) if state.ended_at is None else viewer.me().hand)
        if state.ended_at is not None:
            assert self.worker.gets() == set()

    async def stored(self) -> tuple[int, int, set[datetime]]:
        """How many rows there are of people and of events, and when something was done by the audit."""
        async with self.database.reading() as session:
            rows = select(func.count()).select_from(t.Participation).where(t.Participation.class_id == CLASS)
            events = select(func.count()).select_from(t.JournalEntry).where(t.JournalEntry.class_id == CLASS)
            done = select(t.AuditEntry.at).where(t.AuditEntry.class_id == CLASS)
            return (
                await session.scalar(rows) or 0,
                await session.scalar(events) or 0,
                set(await session.scalars(done)),
            )


def played(examples: int, steps: int) -> settings:
    """So many classes of so many steps."""
    return settings(
        max_examples=examples,
        stateful_step_count=steps,
        deadline=None,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
    )


TestAnyClass = AnyClass.TestCase
TestAnyClass.settings = played(examples=12, steps=35)


def test_whatever_can_be_asked_is_asked() -> None:
    by_the_system = {c.Lost, c.ComeBack, c.NoteCheckIn, NoteQuestion, NoteChat, EndUnattended}
    asked = {*AT_THE_DOOR, *ON_THE_FLOOR, *WHO_SEES_WHOM, *QUESTIONS, *IN_THE_CHAT, *THE_REST}
    assert asked == ASKED.keys()
    assert ASKED.keys() | by_the_system == ALLOWED.keys() == _DECIDE.keys()


@settings(max_examples=10, deadline=None)
@given(data=st.data())
def test_of_each_kind_a_command_is_made(data: st.DataObject) -> None:
    parts = Parts(Made())
    for kind, asking in ASKED.items():
        assert type(data.draw(asking.make(parts))) is kind
