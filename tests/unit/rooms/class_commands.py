"""Any command that can be asked of a class: how to make one of each kind, and who is likely to ask for it.

`ASKED` names every command that people have; those of the system the stateful test issues itself.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from hypothesis import strategies as st

from server.rooms import chat as ch
from server.rooms import commands as c
from server.rooms import floor, pulses, removing, seeing, signs
from server.rooms import questions as q
from server.rooms import questions_moderated as qm
from server.rooms.card import CardText
from server.rooms.cards import SendCard
from server.rooms.loss import AccountDone, WhatBecame
from server.rooms.losses import SettleLoss
from server.rooms.message import Reaction, ReportReason
from server.rooms.pulse import PulseKind
from server.rooms.question import AskedTo, QuestionState
from server.rooms.sign import SignalKind
from server.rooms.state import HelpDone, HelpKind, SideView, Turned
from tests.integration.rooms.world import PATIENTS, STAFF

TEAM = tuple(STAFF)
PEOPLE = (*TEAM, *PATIENTS)
PHYSIOS = tuple(person for person, role in STAFF.items() if role == "physio")
KEYS = ("key-one", "key-two", "key-three", "key-four")
Strategy = st.SearchStrategy[c.Command]


@dataclass(slots=True)
class Made:
    """The ids of what was made so far, for commands to name."""

    questions: list[str] = field(default_factory=lambda: ["q-none"])
    messages: list[str] = field(default_factory=lambda: ["m-none"])
    help: list[str] = field(default_factory=lambda: ["h-none"])
    replies: list[tuple[str, str]] = field(default_factory=lambda: [("q-none", "r-none")])
    """Each with its question first."""
    pulses: list[str] = field(default_factory=lambda: ["p-none"])
    count: int = 0

    def new_id(self) -> str:
        self.count += 1
        return f"made{self.count}"

    def note(self, command: c.Command, made: str) -> None:
        """`command` made this."""
        if isinstance(command, q.ReplyToQuestion) and (command.question_id, made) not in self.replies:
            self.replies.append((command.question_id, made))
        ids = {c.Ask: self.questions, c.Post: self.messages, c.CallHelp: self.help}.get(type(command))
        ids = self.pulses if isinstance(command, pulses.AskPulse) else ids
        if ids is not None and made not in ids:
            ids.append(made)


class Parts:
    """What commands are made of. What was made last is named most."""

    def __init__(self, made: Made) -> None:
        self.made = made
        self.person, self.flag = st.sampled_from(PEOPLE), st.booleans()
        self.side = st.none() | st.sampled_from(SideView)
        self.patient = st.one_of(st.sampled_from(PATIENTS), self.person)
        self.staff = st.one_of(st.sampled_from(TEAM), self.person)
        self.mostly, self.sign = st.sampled_from((True, True, False)), st.sampled_from(SignalKind)
        self.new_id, self.key = st.builds(made.new_id), st.sampled_from(KEYS)
        self.text = st.one_of(*([st.builds(lambda: f"Words of {made.new_id()}.")] * 7), st.just(" "))
        self.question = self.one_of(made.questions)
        self.reply = st.integers(0, 4).map(lambda back: made.replies[max(-1 - back, -len(made.replies))])
        self.reason = st.none() | st.sampled_from(ReportReason)
        self.message = self.one_of(made.messages)
        self.help = self.one_of(made.help)
        self.pulse = self.one_of(made.pulses)

    def one_of(self, ids: Sequence[str]) -> st.SearchStrategy[str]:
        return st.integers(0, 4).map(lambda back: ids[max(-1 - back, -len(ids))])


class Asking(NamedTuple):
    """Who is likely to ask for a command, and how it is made."""

    people: Sequence[str]
    make: Callable[[Parts], Strategy]


def _words(kind: type[c.Command], *before: str) -> Callable[[Parts], Strategy]:
    """A command of these parts of the same names, then a text."""
    return lambda parts: st.builds(kind, *(getattr(parts, name) for name in before), parts.text)


def _of(kind: type[c.Command], *names: str) -> Callable[[Parts], Strategy]:
    """A command of these parts, by their names."""
    return lambda parts: st.builds(kind, *(getattr(parts, name) for name in names))


def _with(kind: type[c.Command], name: str, *choices: object) -> Callable[[Parts], Strategy]:
    """A command of this part, and one of each of these choices."""
    return lambda parts: st.builds(kind, getattr(parts, name), *(st.sampled_from(each) for each in choices))


def _spotlight(parts: Parts) -> Strategy:
    return st.builds(floor.PutInSpotlight, st.one_of(parts.patient, parts.patient, st.none()))


def _ask(parts: Parts) -> Strategy:
    whom = st.sampled_from(AskedTo)
    return st.builds(c.Ask, parts.new_id, parts.key, parts.text, to=whom, anonymous=parts.flag)


def _post(parts: Parts) -> Strategy:
    return st.builds(c.Post, parts.new_id, parts.key, parts.text, st.none() | parts.message)


def _pulse(parts: Parts) -> Strategy:
    kinds = st.sampled_from([(PulseKind.POLL, ("Yes", "No")), (PulseKind.PAIN, ()), (PulseKind.EFFORT, ())])
    return st.builds(
        lambda new, key, kind, text: pulses.AskPulse(new, key, kind[0], text, kind[1]),
        parts.new_id, parts.key, kinds, parts.text,
    )  # fmt: skip


def _card(parts: Parts) -> Strategy:
    text = st.builds(CardText, st.just("Samaritans"), parts.text, st.just("116 123"))
    return st.builds(SendCard, parts.new_id, parts.key, st.none() | parts.patient, text)


def _report_question(parts: Parts) -> Strategy:
    which = st.one_of(st.tuples(parts.question, st.none()), parts.reply)
    return st.builds(
        lambda which, reason: qm.ReportQuestion(*which, reason), which, st.sampled_from(ReportReason)
    )


def _hide_reply(parts: Parts) -> Strategy:
    reasons, hidden = st.sampled_from(ReportReason), st.sampled_from((True, True, False))
    return st.builds(
        lambda which, reason, hidden: qm.HideReply(*which, reason, hidden), parts.reply, reasons, hidden
    )


def _end(parts: Parts) -> Strategy:
    """Not every physio says of everyone who is lost what became of her."""
    account = st.builds(WhatBecame, st.sampled_from(PATIENTS), st.sampled_from(AccountDone))
    call = st.builds(c.WhatWasDone, parts.help, st.sampled_from(HelpDone))
    return st.builds(
        lambda given, calls: c.End(tuple(given), tuple(calls)),
        st.lists(account, max_size=4),
        st.lists(call, max_size=3),
    )


REASONS = tuple(Turned), ("She is unwell.", " "), (None, *HelpDone)
NOTES = ("Rang her.", "")
ASKED: Mapping[type[c.Command], Asking] = {
    c.Join: Asking(PEOPLE, _of(c.Join)),
    c.Leave: Asking(PEOPLE, _of(c.Leave)),
    c.SetOwnMedia: Asking(PEOPLE, _of(c.SetOwnMedia, "flag", "flag", "side", "flag")),
    c.Admit: Asking(TEAM, _of(c.Admit, "patient")),
    c.AdmitReady: Asking(TEAM, _of(c.AdmitReady)),
    c.Allow: Asking(PHYSIOS, _words(c.Allow, "patient")),
    c.TurnAway: Asking(TEAM, _with(c.TurnAway, "patient", *REASONS)),
    c.TellWaiting: Asking(TEAM, _words(c.TellWaiting, "patient")),
    c.Mute: Asking(TEAM, _of(c.Mute, "patient", "flag")),
    c.End: Asking(TEAM, _end),
    floor.MuteAll: Asking(TEAM, _of(floor.MuteAll)),
    floor.TakeBack: Asking(TEAM, _of(floor.TakeBack)),
    floor.Lock: Asking(TEAM, _of(floor.Lock, "flag")),
    floor.Extend: Asking(TEAM, _of(floor.Extend)),
    floor.HandOver: Asking(PHYSIOS, _of(floor.HandOver, "staff")),
    floor.PutInSpotlight: Asking(TEAM, _spotlight),
    seeing.ShowToGroup: Asking(PATIENTS, _of(seeing.ShowToGroup, "flag")),
    seeing.StopCamera: Asking(TEAM, _of(seeing.StopCamera, "patient", "flag")),
    seeing.TakeAside: Asking(TEAM, _of(seeing.TakeAside, "patient")),
    seeing.EndAside: Asking(PEOPLE, _of(seeing.EndAside)),
    removing.Remove: Asking(TEAM, _with(removing.Remove, "patient", *REASONS)),
    removing.LetBack: Asking(TEAM, _of(removing.LetBack, "patient")),
    c.Ask: Asking(PATIENTS, _ask),
    c.Vote: Asking(PATIENTS, _of(c.Vote, "question", "flag")),
    c.Answer: Asking(TEAM, _with(c.Answer, "question", tuple(QuestionState), ("Yes, you may.", ""))),
    q.EditQuestion: Asking(PATIENTS, _words(q.EditQuestion, "question")),
    q.ReplyToQuestion: Asking(PEOPLE, _words(q.ReplyToQuestion, "new_id", "key", "question")),
    q.PinQuestion: Asking(TEAM, _of(q.PinQuestion, "question", "flag")),
    q.MergeQuestion: Asking(TEAM, _of(q.MergeQuestion, "question", "question")),
    q.ApproveQuestion: Asking(TEAM, _of(q.ApproveQuestion, "question", "flag", "reason")),
    qm.ReportQuestion: Asking(PEOPLE, _report_question),
    qm.HideReply: Asking(TEAM, _hide_reply),
    c.Post: Asking(PEOPLE, _post),
    ch.React: Asking(PEOPLE, _with(ch.React, "message", tuple(Reaction), (True, True, False))),
    ch.Report: Asking(PEOPLE, _with(ch.Report, "message", tuple(ReportReason))),
    ch.Hide: Asking(TEAM, _with(ch.Hide, "message", tuple(ReportReason), (True, False))),
    ch.PauseChat: Asking(TEAM, _of(ch.PauseChat, "flag")),
    ch.HoldMessages: Asking(TEAM, _of(ch.HoldMessages, "patient", "flag")),
    ch.ApproveMessage: Asking(TEAM, _of(ch.ApproveMessage, "message", "flag")),
    ch.SeeMessages: Asking(PEOPLE, _of(ch.SeeMessages, "message")),
    c.CallHelp: Asking(PATIENTS, _with(c.CallHelp, "new_id", tuple(HelpKind))),
    c.SeeHelp: Asking(TEAM, _of(c.SeeHelp, "help")),
    c.SettleHelp: Asking(PEOPLE, _with(c.SettleHelp, "help", (None, *HelpDone), NOTES)),
    SettleLoss: Asking(TEAM, _with(SettleLoss, "patient", tuple(AccountDone), NOTES)),
    signs.RaiseHand: Asking(PATIENTS, _of(signs.RaiseHand, "mostly")),
    signs.LowerHand: Asking(TEAM, _of(signs.LowerHand, "patient")),
    signs.LowerAllHands: Asking(TEAM, _of(signs.LowerAllHands)),
    signs.SendSignal: Asking(PATIENTS, _of(signs.SendSignal, "sign")),
    signs.SettleSignal: Asking(TEAM, _of(signs.SettleSignal, "patient")),
    pulses.AskPulse: Asking(TEAM, _pulse),
    pulses.AnswerPulse: Asking(PATIENTS, _with(pulses.AnswerPulse, "pulse", (0, 1, 1, 10, -1, 11))),
    pulses.ClosePulse: Asking(TEAM, _of(pulses.ClosePulse, "pulse")),
    SendCard: Asking(TEAM, _card),
}
"""Every command that people have."""
