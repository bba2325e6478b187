"""What a command that was taken must bring about, and what it must leave as it was: the rules once more.

Of the product these read the values of two states, before and after, and nothing that decides.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from server.rooms import chat as ch
from server.rooms import commands as c
from server.rooms import floor, pulses, removing, seeing, signs
from server.rooms import questions as q
from server.rooms import questions_moderated as qm
from server.rooms.cards import SendCard
from server.rooms.floor_values import UndoKind
from server.rooms.losses import SettleLoss
from server.rooms.state import HelpCall, PersonInRoom, Place, RoomState
from server.rooms.unattended import EndUnattended
from tests.unit.rooms.class_rules import beside

Holds = Callable[[RoomState, Any, str], bool]
"""Whether what this command asked for is so, with who asked."""


def _message(state: RoomState, message_id: str) -> Any:
    return state.chat.get(message_id) or state.recalled[message_id]


def _said_of(call: HelpCall) -> set[Any]:
    later = ((each.by, each.done, each.note) for each in call.later)
    return {(call.settled_by, call.done, call.note), *later}


def _reply(state: RoomState, asked: Any) -> Any:
    (reply,) = (each for each in state.questions[asked.question_id].replies if each.id == asked.reply_id)
    return reply


def _told_of(state: RoomState, asked: qm.ReportQuestion) -> set[str]:
    about = _reply(state, asked) if asked.reply_id else state.questions[asked.question_id]
    return {person for person, _ in about.reports}


def _place(*places: Place) -> Holds:
    return lambda state, asked, actor: state.people[asked.person_id].place in places


DONE: Mapping[type[c.Command], Holds] = {
    c.Join: lambda s, _, who: s.people[who].place in (Place.WAITING, Place.IN_CLASS),
    c.Leave: lambda s, _, who: who not in s.people or s.people[who].place is Place.LEFT,
    c.SetOwnMedia: lambda s, asked, who: (
        s.people[who].microphone_on == (asked.microphone_on and not (asked.aside and beside(s, who) is None))
        and s.people[who].camera_on == (asked.camera_on and not s.people[who].camera_stopped)
        and s.people[who].side_view is asked.side_view
    ),
    c.Admit: _place(*c.PRESENT - {Place.WAITING}),
    c.AdmitReady: lambda s, _, who: (
        s.has_check_in or Place.WAITING not in {p.place for p in s.people.values()}
    ),
    c.TurnAway: _place(Place.LEFT),
    c.TellWaiting: lambda s, asked, _: s.people[asked.person_id].told == asked.text,
    c.Mute: lambda s, asked, _: s.people[asked.person_id].muted_by_staff == asked.muted,
    c.End: lambda s, _, who: s.ended_at is not None,
    floor.MuteAll: lambda s, _, who: all(
        each.muted_by_staff
        for each in s.people.values()
        if each.place is Place.IN_CLASS and not each.is_staff
    ),
    floor.TakeBack: lambda s, _, who: s.floor.undo is None,
    floor.Lock: lambda s, asked, _: s.floor.locked == asked.locked,
    floor.HandOver: lambda s, asked, _: s.floor.presenter == asked.person_id,
    floor.PutInSpotlight: lambda s, asked, _: s.floor.spotlight == asked.person_id,
    seeing.ShowToGroup: lambda s, asked, who: s.people[who].seen_by_group == asked.to_group,
    seeing.StopCamera: lambda s, asked, _: s.people[asked.person_id].camera_stopped == asked.stopped,
    seeing.TakeAside: lambda s, asked, who: beside(s, who) == asked.person_id,
    seeing.EndAside: lambda s, _, who: beside(s, who) is None,
    removing.Remove: lambda s, asked, _: s.people[asked.person_id].removed,
    removing.LetBack: lambda s, asked, _: not s.people[asked.person_id].removed,
    c.Vote: lambda s, asked, who: (who in s.questions[asked.question_id].voters) == asked.up,
    c.Answer: lambda s, asked, _: s.questions[asked.question_id].state is asked.state,
    q.EditQuestion: lambda s, asked, _: s.questions[asked.question_id].text == asked.text,
    q.PinQuestion: lambda s, asked, _: s.questions[asked.question_id].pinned == asked.pinned,
    q.MergeQuestion: lambda s, asked, _: s.questions[asked.question_id].merged_into == asked.into,
    q.ApproveQuestion: lambda s, asked, _: s.questions[asked.question_id].held != asked.approved,
    qm.HideReply: lambda s, asked, _: asked.hidden == _reply(s, asked).hidden,
    qm.ReportQuestion: lambda s, asked, who: who in _told_of(s, asked),
    ch.React: lambda s, asked, who: (
        ((who, asked.reaction) in _message(s, asked.message_id).reactions) == asked.on
    ),
    ch.Report: lambda s, asked, who: who in _message(s, asked.message_id).reporters,
    ch.Hide: lambda s, asked, _: _message(s, asked.message_id).hidden == asked.hidden,
    ch.PauseChat: lambda s, asked, _: s.channel.paused == asked.paused,
    ch.HoldMessages: lambda s, asked, _: (asked.person_id in s.channel.held) == asked.held,
    ch.ApproveMessage: lambda s, asked, _: not _message(s, asked.message_id).held,
    c.SeeHelp: lambda s, asked, _: bool(s.help[asked.help_id].seen_at or s.help[asked.help_id].settled_at),
    c.SettleHelp: lambda s, asked, who: (
        s.help[asked.help_id].settled_at is not None
        and (asked.done is None or (who, asked.done, asked.note) in _said_of(s.help[asked.help_id]))
    ),
    SettleLoss: lambda s, asked, who: (
        s.accounts[asked.person_id].lost_at == s.people[asked.person_id].last_lost_at
        and s.accounts[asked.person_id].done is asked.done
        and s.accounts[asked.person_id].by == who
    ),
    signs.RaiseHand: lambda s, asked, who: s.people[who].hand_up == asked.raised,
    signs.LowerHand: lambda s, asked, _: not s.people[asked.person_id].hand_up,
    signs.LowerAllHands: lambda s, _, who: not any(each.hand_up for each in s.people.values()),
    signs.SendSignal: lambda s, asked, who: getattr(s.people[who].signal, "kind", None) is asked.kind,
    signs.SettleSignal: lambda s, asked, _: s.people[asked.person_id].signal is None,
    pulses.AnswerPulse: lambda s, asked, who: s.pulses[asked.pulse_id].answers[who] == asked.value,
    pulses.ClosePulse: lambda s, asked, _: s.pulses[asked.pulse_id].closed_at is not None,
}
"""What must be so once a command was acknowledged."""

MADE: Mapping[type[c.Command], Callable[[RoomState], Mapping[str, Any]]] = {
    c.Ask: lambda state: state.questions,
    q.ReplyToQuestion: lambda state: {
        reply.id: reply for each in state.questions.values() for reply in each.replies
    },
    c.Post: lambda state: state.chat,
    c.CallHelp: lambda state: state.help,
    pulses.AskPulse: lambda state: state.pulses,
    SendCard: lambda state: state.cards,
}
"""Where what a command makes must stand, by its id."""

_MOVES_PEOPLE = {
    c.Join, c.Leave, c.Admit, c.AdmitReady, c.TurnAway, c.End, removing.Remove, c.Lost, c.ComeBack,
    c.NoteCheckIn, EndUnattended,
}  # fmt: skip
_BY_STAFF: Mapping[str, set[type[c.Command]]] = {
    "place": {c.Admit, c.AdmitReady, c.TurnAway, c.End, removing.Remove},
    "muted_by_staff": {c.Mute, floor.MuteAll, floor.TakeBack},
    "camera_stopped": {seeing.StopCamera},
    "removed": {removing.Remove, removing.LetBack},
    "seen_by_group": set(),
}
"""What of somebody else staff change, and by what."""


def wrong_changes(
    before: RoomState, after: RoomState, command: c.Command, actor: str | None
) -> Iterator[str]:
    """Say what this command changed that it must not, or did not do."""
    holds = DONE.get(type(command))
    if actor is not None and holds is not None and not holds(after, command, actor):
        yield "it was acknowledged, and is not done"
    for person_id, person in after.people.items():
        was = before.people.get(person_id)
        if was is not None:
            yield from _of_person(was, person, command, actor)
        if before.floor.locked and was is None and not person.is_staff:
            yield f"{person_id} came into a locked class"
    if isinstance(command, c.Leave) and actor in after.people and after.people[actor].is_staff:
        there = {each.is_staff for each in after.people.values() if each.place is Place.IN_CLASS}
        if there == {False} and after != before and after.ended_at is None:
            yield "the last of staff left patients alone"
    yield from _of_what_was_written(before, after, command, actor)
    if after.floor.asides != before.floor.asides and not isinstance(
        command, (seeing.TakeAside, seeing.EndAside, *_MOVES_PEOPLE)
    ):
        yield "a side room began or ended"
    yield from _of_who_is_back_with_the_group(before, after, command, actor)
    yield from _of_what_is_taken_back(before, after, command)


def _of_who_is_back_with_the_group(
    before: RoomState, after: RoomState, command: c.Command, actor: str | None
) -> Iterator[str]:
    """Nobody hears the rest of what was said aside."""
    over = [each for each in before.floor.asides if beside(after, each.patient_id) is None]
    for aside in over:
        if after.people[aside.patient_id].microphone_on:
            yield "a patient comes from a side room, and is heard"
        by_their_own_click = actor == aside.staff_id and isinstance(command, seeing.EndAside)
        was, is_now = before.people[aside.staff_id], after.people[aside.staff_id]
        if by_their_own_click and (is_now.microphone_on, is_now.unheard) != (was.microphone_on, was.unheard):
            yield "staff went back to the group by their own click, and are heard as before no more"
        if not by_their_own_click and (is_now.microphone_on or not is_now.unheard):
            yield "a side room ended over the heads of staff, and they are heard"
    for person_id, person in after.people.items():
        was_unheard = person_id in before.people and before.people[person_id].unheard
        if person.unheard and not was_unheard and person_id not in [each.staff_id for each in over]:
            yield f"{person_id} is heard no more"
        asked = isinstance(command, (c.SetOwnMedia, c.Join)) and actor == person_id
        if was_unheard and not person.unheard and not asked:
            yield f"{person_id} is heard again, and has not asked for it"


def _of_what_is_taken_back(before: RoomState, after: RoomState, command: c.Command) -> Iterator[str]:
    """Only for whom it was done, and not for whom it was changed since."""
    was, is_now = before.floor.undo, after.floor.undo
    if isinstance(command, floor.TakeBack) and was is not None:
        changed = {
            each.person_id
            for each in after.people.values()
            if (each.muted_by_staff, each.hand_up)
            != (before.people[each.person_id].muted_by_staff, before.people[each.person_id].hand_up)
        }
        if changed - set(was.people):
            yield "more was taken back than was done"
    unmuted = command.person_id if isinstance(command, c.Mute) and not command.muted else None
    if is_now is not None and is_now.kind is UndoKind.MUTE_ALL and unmuted in is_now.people:
        yield "muting would be taken back for one to whom the sound was given back since"


def _of_person(
    was: PersonInRoom, person: PersonInRoom, command: c.Command, actor: str | None
) -> Iterator[str]:
    who = person.person_id
    if actor != who:
        for name, by in _BY_STAFF.items():
            is_changed = getattr(was, name) not in (getattr(person, name), None)
            if is_changed and actor is not None and type(command) not in by:
                yield f"{name} of {who} was changed by {actor}"
        for name in ("microphone_on", "camera_on", "side_view", "seen_by_group"):
            if getattr(person, name) and not getattr(was, name):
                yield f"{name} of {who} was switched on, and not by her"
    if was.place is Place.LEFT and person.place is Place.IN_CLASS and not person.is_staff:
        yield f"{who} came in past the waiting room"
    if was.place is Place.WAITING and person.place is Place.IN_CLASS and actor == who:
        yield f"{who} let herself in"
    if was.place is not person.place and type(command) not in _MOVES_PEOPLE:
        yield f"{who} went from {was.place} to {person.place}"
    if was.removed and person.removed and person.place is not was.place:
        yield f"{who} was taken out and moved"


def _of_what_was_written(
    before: RoomState, after: RoomState, command: c.Command, actor: str | None
) -> Iterator[str]:
    for kind, stored in MADE.items():
        if gone := [each for each in stored(before) if each not in stored(after)]:
            yield f"{kind.__name__} {gone} is gone"
    for each in before.questions.values():
        now = after.questions[each.id]
        if (each.asker_id, each.key, each.asked_at, each.to, each.anonymous) != (
            now.asker_id, now.key, now.asked_at, now.to, now.anonymous,
        ):  # fmt: skip
            yield "a question is another"
        if each.text != now.text and actor != each.asker_id:
            yield "a question was put in other words by somebody else"
        if (each.voters ^ now.voters) - {actor}:
            yield "somebody's vote was changed by another"
        if each.held and not now.held and type(command) is not q.ApproveQuestion:
            yield "a held question was shown"
        for reply, as_it_is in zip(each.replies, now.replies, strict=False):
            if (reply.id, reply.author_id, reply.text) != (as_it_is.id, as_it_is.author_id, as_it_is.text):
                yield "a reply is another"
            if reply.hidden != as_it_is.hidden and type(command) is not qm.HideReply:
                yield "a reply was hidden or shown"
    for message in before.chat.values():
        later = after.chat[message.id]
        if (message.author_id, message.text, message.posted_at, message.reply_to) != (
            later.author_id, later.text, later.posted_at, later.reply_to,
        ):  # fmt: skip
            yield "a message is another"
        if message.held and not later.held and type(command) is not ch.ApproveMessage:
            yield "a held message was shown"
    for posted in (each for each in after.chat.values() if each.id not in before.chat):
        if before.channel.paused and not after.members[posted.author_id].role.is_staff:
            yield "a patient wrote while the chat was paused"
        if posted.held != (posted.author_id in before.channel.held):
            yield "a message is held, or is not"
    for call in before.help.values():
        now = after.help[call.id]
        if call.settled_at is not None and replace(now, later=call.later, seen_at=call.seen_at) != call:
            yield "a call that was settled was changed"
        if now.later[: len(call.later)] != call.later:
            yield "what staff said of a call is gone"
    for pulse in before.pulses.values():
        if pulse.closed_at is not None and after.pulses[pulse.id] != pulse:
            yield "a closed question to everyone was changed"
        changed = {
            each
            for each in after.members
            if pulse.answers.get(each) != after.pulses[pulse.id].answers.get(each)
        }
        if changed - {actor}:
            yield "somebody's answer was changed by another"
