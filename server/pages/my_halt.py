"""What stands in the way of class on my page: a red flag, "not today", or the physio who talks first."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import and_, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from server.pages.known_person import KnownPerson
from server.storage.tables import CheckIn, CourseMember
from server.timetable.check_in_rules import State
from server.timetable.courses import ClassDetails
from server.timetable.symptoms import RedFlag, red_flag_words, symptoms_of


@dataclass(frozen=True, slots=True)
class Halt:
    """What the page says about the check-in for the class that is meant."""

    lead: str
    """Who leads that class, as the words of a sentence."""
    red_flags: tuple[tuple[str | None, RedFlag], ...] = ()
    """Whose (None: one's own), and what to do; the other one of a couple at this device counts too."""
    is_refused: bool = False
    is_held: bool = False

    @property
    def heading(self) -> str:
        """What the page says first instead of the class; empty: the class."""
        if self.red_flags:
            return self.red_flags[0][1].advice.value
        return "Please do not take part today" if self.is_refused else ""

    @property
    def lead_first(self) -> str:
        """The lead, at the start of a sentence."""
        return self.lead[0].upper() + self.lead[1:]


async def halt_of(session: AsyncSession, who: KnownPerson, details: ClassDetails | None) -> Halt | None:
    """Return what the check-ins of those in front of this device say; None: nothing. One statement."""
    if details is None:
        return None
    person_id = who.person.person_id
    query = (
        select(CheckIn)
        .join(
            CourseMember,
            and_(CourseMember.course_id == who.course_id, CourseMember.person_id == person_id),
        )
        .where(
            CheckIn.class_id == details.id,
            or_(CheckIn.person_id == person_id, CheckIn.person_id == CourseMember.partner_id),
        )
    )
    rows = {row.person_id: row for row in await session.scalars(query)}
    own = rows.pop(person_id, None)
    if own is None:
        return None
    here = [own, *(rows.values() if own.partner_too else ())]
    names = {each.person_id: each.shown_name for each in details.people}
    flags = tuple(
        (None if row is own else names.get(row.person_id), words)
        for row in here
        if row.state == State.RED_FLAG and (words := red_flag_words(symptoms_of(row.symptoms)))
    )
    halt = Halt(
        lead=details.lead.shown_name if details.lead else "your physio",
        red_flags=flags,
        is_refused=own.state == State.REFUSED,
        is_held=any(row.state == State.HELD for row in here),
    )
    return halt if flags or halt.is_refused or halt.is_held else None
