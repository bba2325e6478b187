"""What patients said before a class, as it is stored, and what staff decided (rules: `check_in_rules`)."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from server.errors import Refused
from server.storage.tables import CheckIn, Course, Programme
from server.timetable.check_in_rules import (
    CLEARED,
    Comes,
    Stage,
    State,
    after_answers,
    after_decision,
    after_move,
)
from server.timetable.symptoms import Symptom, symptoms_of


@dataclass(frozen=True, slots=True)
class CheckInRule:
    """What a programme asks before a class."""

    has_check_in: bool
    condition: str


async def rule_of(session: AsyncSession, course_id: str) -> CheckInRule:
    """Return whether a course's patients check in, and what they are asked."""
    query = (
        select(Programme.has_check_in, Programme.condition)
        .join(Course, Course.programme_id == Programme.id)
        .where(Course.id == course_id)
    )
    row = (await session.execute(query)).one_or_none()
    return CheckInRule(False, "other") if row is None else CheckInRule(*row)


def may_come_in(check_in: CheckIn | None) -> bool:
    """Whether nothing stands against letting this patient in: all answered, and cleared."""
    return check_in is not None and check_in.stage == Stage.DONE and check_in.state in CLEARED


def has_details(check_in: CheckIn | None) -> bool:
    """Whether the first page was sent: it is not taken without a phone number."""
    return check_in is not None and (check_in.stage != Stage.DETAILS or bool(check_in.phone))


def begin_anew(row: CheckIn) -> None:
    """Lead back to the first page, because the class was moved (see `check_in_rules.after_move`).

    Symptoms, what was written about them and what staff decided stay to be read.
    """
    row.state = after_move(State(row.state))
    row.stage, row.phone, row.place, row.is_space_clear = Stage.DETAILS, "", "", False
    row.comes, row.carer_id, row.partner_too = Comes.SELF, None, False


async def check_in_of(session: AsyncSession, class_id: str, person_id: str) -> CheckIn | None:
    """Return what a patient has said before this class; None when nothing yet."""
    return await session.get(CheckIn, (class_id, person_id))


async def begun(session: AsyncSession, class_id: str, person_id: str, now: datetime) -> CheckIn:
    """Return the check-in, to be written to; a new one when there is none yet."""
    row = await check_in_of(session, class_id, person_id)
    if row is None:
        row = CheckIn(
            class_id=class_id,
            person_id=person_id,
            at=now,
            stage=Stage.DETAILS,
            comes=Comes.SELF,
            partner_too=False,
            symptoms=[],
            told="",
            place="",
            phone="",
            emergency_name="",
            emergency_phone="",
            with_whom="",
            is_space_clear=False,
            state=State.OPEN,
            decision_note="",
        )
        session.add(row)
    return row


def take_symptoms(row: CheckIn, said: Collection[Symptom], told: str, now: datetime) -> None:
    """Note the answers of the second page; they add to what was said before."""
    row.state = after_answers(State(row.state), said)
    row.symptoms = sorted(symptoms_of(row.symptoms) | set(said))
    if told and told not in row.told:
        row.told = f"{row.told}\n{told}".strip()
    if row.stage == Stage.DETAILS:
        row.stage = Stage.SYMPTOMS
    row.at = now


def decide(row: CheckIn, takes_part: bool, note: str, actor_id: str | None, now: datetime) -> None:
    """Note what staff decided, and why; raises `Refused` without a reason."""
    if not note.strip():
        raise Refused("no_reason", "Write why, so that your colleagues know.")
    row.state = after_decision(takes_part)
    row.decided_by, row.decided_at, row.decision_note = actor_id, now, note.strip()
