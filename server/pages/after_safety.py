"""For staff after class: who called for help or was lost, and what was done about it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from server.pages.unsaid import About, unsaid_of
from server.rooms.loss import AccountDone
from server.rooms.state import HelpDone, HelpKind
from server.storage.tables import HelpAccount, HelpCall, LossAccount, Person

_CALLED: Mapping[str, str] = {
    HelpKind.NOW: "called for help",
    HelpKind.REST: "asked for a rest",
    HelpKind.PRIVATE: "asked for a private word",
}
_DONE_FOR_CALLS: Mapping[str, str] = {
    HelpDone.TALKED: "{by} talked to them",
    HelpDone.RANG: "{by} rang them",
    HelpDone.AMBULANCE: "{by} had an ambulance called",
    HelpDone.FAMILY: "{by} reached family or a friend",
    HelpDone.OTHER: "{by} did something else",
    HelpDone.FINE: "{by} saw that all was well",
}
_DONE_FOR_LOSSES: Mapping[str, str] = {
    AccountDone.RANG_FINE: "{by} rang, and all is well",
    AccountDone.NO_ANSWER: "{by} rang, and nobody answered",
    AccountDone.FAMILY: "{by} reached family or a friend",
    AccountDone.AMBULANCE: "{by} had an ambulance called",
    AccountDone.OTHER: "{by} did something else",
}


LOSS_CHOICES: Mapping[str, str] = {
    AccountDone.RANG_FINE: "Rang them: all is well",
    AccountDone.NO_ANSWER: "Rang them: no answer",
    AccountDone.FAMILY: "Spoke with family or a friend",
    AccountDone.AMBULANCE: "Ambulance called (999)",
    AccountDone.OTHER: "Something else",
}
CALL_CHOICES: Mapping[str, str] = {
    HelpDone.FINE: "All is well",
    HelpDone.TALKED: "Talked with them in class",
    HelpDone.RANG: "Rang them",
    HelpDone.FAMILY: "Rang family or a friend",
    HelpDone.AMBULANCE: "Ambulance called (999)",
    HelpDone.OTHER: "Something else",
}
"""What staff choose from, as in class."""


@dataclass(frozen=True, slots=True)
class Incident:
    """What happened to one patient, and what was done."""

    at: datetime
    what: str
    done: str
    note: str


async def incidents_of(session: AsyncSession, class_id: str, zone: ZoneInfo) -> list[Incident]:
    """Return what happened in a class, in order."""
    unsaid = [
        Incident(each.at, each.what, "Nobody has said what became of them", "")
        for each in await unsaid_of(session, class_id, zone)
        if each.about is About.LOSS
    ]
    found = [
        *await _calls(session, class_id, zone),
        *await _calls_later(session, class_id, zone),
        *await _losses(session, class_id, zone),
        *unsaid,
    ]
    return sorted(found, key=lambda each: each.at)


async def _calls(session: AsyncSession, class_id: str, zone: ZoneInfo) -> list[Incident]:
    staff = aliased(Person)
    rows = await session.execute(
        select(HelpCall, Person.full_name, staff.shown_name)
        .join(Person, Person.id == HelpCall.person_id)
        .outerjoin(staff, staff.id == HelpCall.settled_by)
        .where(HelpCall.class_id == class_id)
    )
    return [
        Incident(
            call.called_at,
            f"{name} {_CALLED[call.kind]} at {_clock(call.called_at, zone)}",
            _done_about(call, by),
            call.done_note,
        )
        for call, name, by in rows
    ]


async def _calls_later(session: AsyncSession, class_id: str, zone: ZoneInfo) -> list[Incident]:
    """What more of staff said of calls that were settled already."""
    staff = aliased(Person)
    rows = await session.execute(
        select(HelpAccount, HelpCall, Person.full_name, staff.shown_name)
        .join(HelpCall, HelpCall.id == HelpAccount.help_id)
        .join(Person, Person.id == HelpCall.person_id)
        .join(staff, staff.id == HelpAccount.by_id)
        .where(HelpCall.class_id == class_id)
    )
    return [
        Incident(
            said.at,
            f"About the call of {name} at {_clock(call.called_at, zone)}",
            _DONE_FOR_CALLS[said.done].format(by=by),
            said.note,
        )
        for said, call, name, by in rows
    ]


def _done_about(call: HelpCall, by: str | None) -> str:
    if call.settled_at is None:
        return "Nobody has said what was done"
    if call.settled_by == call.person_id:
        return "Said that they were all right"
    if call.done is None:
        return f"{by} settled it"
    return _DONE_FOR_CALLS[call.done].format(by=by)


async def _losses(session: AsyncSession, class_id: str, zone: ZoneInfo) -> list[Incident]:
    staff = aliased(Person)
    rows = await session.execute(
        select(LossAccount, Person.full_name, staff.shown_name)
        .join(Person, Person.id == LossAccount.person_id)
        .join(staff, staff.id == LossAccount.by_id)
        .where(LossAccount.class_id == class_id)
        .order_by(LossAccount.at)
    )
    return [
        Incident(
            account.lost_at,
            f"{name} was lost at {_clock(account.lost_at, zone)}",
            _DONE_FOR_LOSSES[account.done].format(by=by),
            account.note,
        )
        for account, name, by in rows
    ]


def _clock(at: datetime, zone: ZoneInfo) -> str:
    local = at.astimezone(zone)
    return f"{local:%H:%M}"
