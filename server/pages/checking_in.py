"""Who checks in, before which class, and which page of the check-in is due."""

from __future__ import annotations

from dataclasses import dataclass

from aiohttp import web
from sqlalchemy.ext.asyncio import AsyncSession

from server.pages.known_person import KnownPerson, known_person
from server.pages.rendering import page
from server.pages.site import SITE
from server.pages.way_in import see
from server.storage.tables import CheckIn, CourseMember
from server.timetable.check_in_rules import Stage, State, is_asked_aloud, is_open, opens_at
from server.timetable.check_ins import check_in_of, has_details, rule_of
from server.timetable.courses import (
    ClassDetails,
    Enrolled,
    class_details,
    class_just_finished,
    classes_of,
    current_class,
)
from server.timetable.doors import Doors, doors
from server.timetable.spoken import clock_time, full_date

ME = "/me/{link_id:[A-Za-z0-9_-]{1,32}}"


@dataclass(frozen=True, slots=True)
class CheckingIn:
    """A patient, the class that is meant, and what was said before it so far."""

    who: KnownPerson
    details: ClassDetails
    condition: str
    row: CheckIn | None
    partner: Enrolled | None
    """The other one of a couple, who may sit in front of the same device."""
    partner_row: CheckIn | None

    @property
    def link_id(self) -> str:
        """The public id of the link."""
        return self.who.link_id

    @property
    def person_id(self) -> str:
        """Of the patient whose link it is."""
        return self.who.person.person_id

    @property
    def address(self) -> str:
        """Where the check-in begins."""
        return check_in_address(self.link_id)

    @property
    def rows(self) -> list[tuple[Enrolled, CheckIn]]:
        """The check-ins of those in front of this device."""
        found = [] if self.row is None else [(self.who.person, self.row)]
        if self.partner and self.partner_row and self.row and self.row.partner_too:
            found.append((self.partner, self.partner_row))
        return found

    @property
    def is_place_due(self) -> bool:
        """Whether the third page may be sent: after the second, and after a red flag always."""
        row = self.row
        return row is not None and (row.stage != Stage.DETAILS or row.state == State.RED_FLAG)

    def due(self) -> str:
        """The address of the page that is due; of the next step on the way into class when none is."""
        states = {State(row.state) for _, row in self.rows}
        if State.RED_FLAG in states:
            return f"{self.address}/red-flag"
        if State.REFUSED in states:
            return f"{self.address}/not-today"
        starts_at = self.details.starts_at
        if self.rows and all(
            is_asked_aloud(State(row.state), row.decided_at, starts_at) for _, row in self.rows
        ):
            return f"/me/{self.link_id}/on"
        if self.row is None or not has_details(self.row):
            return f"{self.address}/details"
        match Stage(self.row.stage):
            case Stage.DETAILS:
                return f"{self.address}/symptoms"
            case Stage.SYMPTOMS:
                return f"{self.address}/today"
            case Stage.DONE if State.HELD in states:
                return f"{self.address}/held"
        return f"/me/{self.link_id}/on"


def check_in_address(link_id: str) -> str:
    """Return where a link's check-in begins; it leads to the page that is due."""
    return f"/me/{link_id}/check-in"


async def checking_in(request: web.Request, session: AsyncSession) -> CheckingIn | web.Response:
    """Return who checks in; for everybody else, and at another time, the page that says so."""
    site = request.app[SITE]
    now = site.clock()
    who = await known_person(request, session)
    if isinstance(who, web.Response):
        return who
    rule = await rule_of(session, who.course_id)
    if who.person.role.is_staff or not rule.has_check_in:
        return see(f"/me/{who.link_id}/on")
    details = await current_class(session, who.course_id, now)
    if details is None or not is_open(details, now, site.zone):
        finished = await class_just_finished(session, who.course_id, now)
        return _not_now(request, who, details, finished)
    return await _checking_in(session, who, rule.condition, details)


async def class_that_was_meant(request: web.Request, session: AsyncSession, number: str) -> CheckingIn | None:
    """Return who checks in for the class of this number, although it is over, cancelled or another day's;
    None when this browser is not known (any more) or there is no such class.
    """
    who = await known_person(request, session)
    if isinstance(who, web.Response) or who.person.role.is_staff:
        return None
    rule = await rule_of(session, who.course_id)
    classes = await classes_of(session, who.course_id)
    class_id = next((each.id for each in classes if str(each.number) == number), None)
    details = await class_details(session, class_id) if class_id and rule.has_check_in else None
    return await _checking_in(session, who, rule.condition, details) if details else None


async def _checking_in(
    session: AsyncSession, who: KnownPerson, condition: str, details: ClassDetails
) -> CheckingIn:
    person_id = who.person.person_id
    member = await session.get(CourseMember, (who.course_id, person_id))
    partner = details.person(member.partner_id) if member and member.partner_id else None
    return CheckingIn(
        who,
        details,
        condition,
        await check_in_of(session, details.id, person_id),
        partner,
        await check_in_of(session, details.id, partner.person_id) if partner else None,
    )


def _not_now(
    request: web.Request, who: KnownPerson, details: ClassDetails | None, finished: int | None
) -> web.Response:
    site = request.app[SITE]
    when = ""
    state = None if details is None else doors(details, site.clock())
    if details is not None and state is Doors.NOT_YET:
        opens = opens_at(details, site.zone)
        when = f"{clock_time(opens, site.zone)} on {full_date(opens, site.zone)}"
    return page(
        request,
        "check_in_not_now.jinja",
        who.service,
        person=who.person,
        link_id=who.link_id,
        when=when,
        finished=finished,
        is_cancelled=state is Doors.CANCELLED,
    )
