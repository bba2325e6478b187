"""The words of the page behind a personal link: which class, when, and whether one can come in. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from server.people.roles import Role
from server.timetable.courses import ClassDetails, Enrolled
from server.timetable.doors import Doors, doors, doors_open_at
from server.timetable.spoken import clock_time, day, day_and_time, duration


@dataclass(frozen=True, slots=True)
class Invitation:
    """What the page says."""

    heading: str
    lines: tuple[str, ...]
    can_join: bool
    note: str = ""
    """Second text under the button or the lines."""
    finished: str = ""
    """Said first, when a class has just finished and there are more to come."""


def invitation(
    details: ClassDetails | None, person: Enrolled, now: datetime, zone: ZoneInfo, just_finished: int | None
) -> Invitation:
    """Say what `person` can do about the course's current class at `now`."""
    if details is None:
        return Invitation(
            "There is no class for you yet",
            ("We will tell you when there is. You can keep this link.",),
            False,
        )
    state = doors(details, now)
    if state is Doors.CLOSED:
        return _over(details, person)
    what = _what(details, person)
    finished = _finished(just_finished, person) if just_finished else ""
    starts = clock_time(details.starts_at, zone)
    if state is Doors.OPEN and now >= details.starts_at:
        return Invitation(
            "Your class is on now",
            (what, f"It started {_started(details, now, zone)}. You can still come in."),
            can_join=True,
            finished=finished,
        )
    heading = f"Your next class is {day_and_time(details.starts_at, now, zone)}"
    lasts = f"It lasts {duration(details.ends_at - details.starts_at)}."
    if state is Doors.OPEN:
        note = f"The doors are open. Class starts at {starts}."
        return Invitation(heading, (f"{what} {lasts}",), can_join=True, note=note, finished=finished)
    return Invitation(
        heading,
        (f"{what} {lasts}", _when_to_come_back(details, now, zone)),
        can_join=False,
        note="Keep this link. It is the same for every class of the course.",
        finished=finished,
    )


def _what(details: ClassDetails, person: Enrolled) -> str:
    number = f"{details.title}, class {details.number} of {details.of}"
    if person.person_id == details.lead_id:
        return f"{number}. You lead it."
    return f"{number}, with {details.lead.shown_name}." if details.lead else f"{number}."


def _started(details: ClassDetails, now: datetime, zone: ZoneInfo) -> str:
    started = day(details.starts_at, now, zone)
    at = f"at {clock_time(details.starts_at, zone)}"
    return at if started == "today" else f"{at} on {started}"


def _when_to_come_back(details: ClassDetails, now: datetime, zone: ZoneInfo) -> str:
    opens_at = doors_open_at(details)
    opens = day(opens_at, now, zone)
    when = "" if opens == "today" else f" {opens}" if opens == "tomorrow" else f" on {opens}"
    return (
        f"The doors open at {clock_time(opens_at, zone)}{when}."
        " Open this page again then and press Join class."
    )


def _over(details: ClassDetails, person: Enrolled) -> Invitation:
    heading = "Class has finished"
    if person.role is Role.PATIENT:
        heading += f". Well done, {person.shown_name}."
    lines = (
        f"That was class {details.number} of {details.of} of {details.title}. No other class is planned.",
    )
    return Invitation(heading, lines, can_join=False)


def _finished(number: int, person: Enrolled) -> str:
    well_done = f" Well done, {person.shown_name}." if person.role is Role.PATIENT else ""
    return f"Class {number} has finished.{well_done}"
