"""The words of the page behind a personal link: which class, when, and whether one can come in. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from server.pages.cancelled_words import is_cancelled, why_cancelled
from server.pages.situation import CalledOff, Situation
from server.people.roles import Role
from server.timetable.absences import may_tell
from server.timetable.cancelling import can_put_back, may_cancel
from server.timetable.courses import ClassDetails, Enrolled
from server.timetable.doors import Doors, doors, doors_open_at
from server.timetable.spoken import clock_time, date_and_time, duration, full_date

CANNOT_GET_IN = "If you cannot get in,"
QUESTION = "If you have a question,"


@dataclass(frozen=True, slots=True)
class Choices:
    """What else this person can do here."""

    number: int | None = None
    """Which class they come to next, or are in."""
    tell_absence: bool = False
    """Say, or take back, that they cannot come."""
    told_absence: bool = False
    """They have said that they cannot come."""
    cancel: bool = False
    """Call a class off."""
    put_back: tuple[CalledOff, ...] = ()
    """Put these classes back on."""
    absent: int | None = None
    """For staff: how many said that they cannot come."""
    ring: tuple[int, ...] = ()
    """For staff: the numbers of the classes called off that lie ahead, of which patients are to be told."""


NOTHING_ELSE = Choices()


@dataclass(frozen=True, slots=True)
class Invitation:
    """What the page says, and what can be done on it."""

    heading: str
    lines: tuple[str, ...]
    can_join: bool = False
    note: str = ""
    """Second text under the button or the lines."""
    notices: tuple[str, ...] = ()
    """Said first: a class that has finished, or is cancelled."""
    call_when: str = CANNOT_GET_IN
    """For what to ring the service."""
    is_to_come: bool = False
    """Whether a class is on or to come, so that it is worth a look whether this browser can show it."""
    choices: Choices = NOTHING_ELSE


def invitation(situation: Situation, person: Enrolled, now: datetime, zone: ZoneInfo) -> Invitation:
    """Say what `person` can do about the course's current class at `now`."""
    details = situation.details
    if details is None:
        return Invitation(
            "There is no class for you yet",
            ("We will tell you when there is. You can keep this link.",),
            call_when=QUESTION,
        )
    match doors(details, now):
        case Doors.CANCELLED:
            return _cancelled(situation, person, now, zone, None)
        case Doors.CLOSED:
            return _over(details, person)
        case Doors.OPEN if _is_full(situation, details, person):
            return _full(situation, details, person, now, zone)
        case Doors.OPEN if now >= details.starts_at:
            return _on_now(situation, details, person, now, zone)
        case Doors.OPEN:
            return _about_to_start(situation, details, person, now, zone)
        case Doors.NOT_YET if any(off.starts_at < details.starts_at for off in situation.called_off):
            return _cancelled(situation, person, now, zone, details)
        case Doors.NOT_YET:
            return _to_come(situation, details, person, now, zone)


def _to_come(
    situation: Situation, details: ClassDetails, person: Enrolled, now: datetime, zone: ZoneInfo
) -> Invitation:
    if _has_told(situation, details, person, now):
        return _cannot_come(situation, details, person, now, zone)
    return Invitation(
        f"Your next class is {date_and_time(details.starts_at, now, zone)}",
        (f"{_what(details, person)} {_lasts(details)}", when_to_come_back(details, zone)),
        note="Keep this link. It is the same for every class of the course.",
        notices=_notices(situation, person, now, zone),
        call_when=QUESTION,
        is_to_come=True,
        choices=_choices(situation, details, person, now),
    )


def _about_to_start(
    situation: Situation, details: ClassDetails, person: Enrolled, now: datetime, zone: ZoneInfo
) -> Invitation:
    if _has_told(situation, details, person, now):
        return _cannot_come(situation, details, person, now, zone)
    return Invitation(
        f"Your next class is {date_and_time(details.starts_at, now, zone)}",
        (f"{_what(details, person)} {_lasts(details)}",),
        can_join=True,
        note=f"The doors are open. Class starts at {clock_time(details.starts_at, zone)}.",
        notices=_notices(situation, person, now, zone),
        is_to_come=True,
        choices=_choices(situation, details, person, now),
    )


def _cannot_come(
    situation: Situation, details: ClassDetails, person: Enrolled, now: datetime, zone: ZoneInfo
) -> Invitation:
    """While the doors are open, Join is there for who comes after all: it takes back what they told."""
    is_open = doors(details, now) is Doors.OPEN
    what_to_do = (
        "The doors are open. If you can come after all, press Join class."
        if is_open
        else "You do not have to do anything else. You keep your place on the course."
    )
    return Invitation(
        "You have told us that you cannot come",
        (f"{_what(details, person)} It is {date_and_time(details.starts_at, now, zone)}.", what_to_do),
        can_join=is_open,
        note="Keep this link. It is the same for every class of the course.",
        notices=_notices(situation, person, now, zone),
        call_when=CANNOT_GET_IN if is_open else QUESTION,
        is_to_come=is_open,
        choices=_choices(situation, details, person, now),
    )


def _on_now(
    situation: Situation, details: ClassDetails, person: Enrolled, now: datetime, zone: ZoneInfo
) -> Invitation:
    started = f"{clock_time(details.starts_at, zone)} on {full_date(details.starts_at, zone)}"
    return Invitation(
        "Your class is on now",
        (_what(details, person), f"Your class started at {started}. You can still come in."),
        can_join=True,
        notices=_notices(situation, person, now, zone),
        is_to_come=True,
        choices=_choices(situation, details, person, now),
    )


def _full(
    situation: Situation, details: ClassDetails, person: Enrolled, now: datetime, zone: ZoneInfo
) -> Invitation:
    return Invitation(
        "The class is full",
        (
            "All the places in this class are taken.",
            "We may be able to make room for you. You can also open this page again in a few minutes:"
            " when somebody leaves, you can join.",
        ),
        notices=_notices(situation, person, now, zone),
        call_when="To ask for a place,",
        choices=_choices(situation, details, person, now),
    )


def _cancelled(
    situation: Situation, person: Enrolled, now: datetime, zone: ZoneInfo, following: ClassDetails | None
) -> Invitation:
    """`following` is the class that takes place next; None when none is planned."""
    first, *others = situation.called_off or (None,)
    if first is None:
        return Invitation("No class is planned", ("We will tell you when there is one.",), call_when=QUESTION)
    next_one: tuple[str, ...]
    if following is None:
        next_one = ("No other class is planned. We will tell you when there is one.",)
    else:
        at = date_and_time(following.starts_at, now, zone)
        next_one = (f"Your next class is {at}. {_what(following, person)} {_lasts(following)}",)
        if _has_told(situation, following, person, now):
            next_one += (f"You have told us that you cannot come to class {following.number}.",)
        else:
            next_one += (when_to_come_back(following, zone),)
    return Invitation(
        is_cancelled(first, now, zone),
        (why_cancelled(first, zone), *next_one),
        notices=(
            *_finished(situation, person),
            *_told(others, now, zone),
        ),
        call_when=QUESTION,
        is_to_come=following is not None and not _has_told(situation, following, person, now),
        choices=_choices(situation, following, person, now),
    )


def _over(details: ClassDetails, person: Enrolled) -> Invitation:
    heading = "Class has finished"
    if person.role is Role.PATIENT:
        heading += f". Well done, {person.shown_name}."
    lines = (
        f"That was class {details.number} of {details.of} of {details.title}. No other class is planned.",
    )
    return Invitation(heading, lines, call_when=QUESTION)


def _choices(situation: Situation, details: ClassDetails | None, person: Enrolled, now: datetime) -> Choices:
    physio = may_cancel(person)
    ahead = tuple(off for off in situation.called_off if can_put_back(off, now))
    put_back = ahead if physio else ()
    ring = tuple(off.number for off in ahead) if person.role.is_staff else ()
    if details is None:
        return Choices(put_back=put_back, ring=ring)
    return Choices(
        number=details.number,
        tell_absence=may_tell(details, person, now),
        told_absence=_has_told(situation, details, person, now),
        cancel=physio,
        put_back=put_back,
        ring=ring,
        absent=len(situation.absent) if person.role.is_staff else None,
    )


def _has_told(situation: Situation, details: ClassDetails, person: Enrolled, now: datetime) -> bool:
    """Return whether `person` said that they cannot come, while that can still be taken back."""
    return person.person_id in situation.absent and may_tell(details, person, now)


def _is_full(situation: Situation, details: ClassDetails, person: Enrolled) -> bool:
    if person.role.is_staff or person.person_id in situation.here:
        return False
    patients = {each.person_id for each in details.people if each.role is Role.PATIENT}
    return len(situation.here & patients) >= details.max_patients


def _what(details: ClassDetails, person: Enrolled) -> str:
    number = f"{details.title}, class {details.number} of {details.of}"
    if person.person_id == details.lead_id:
        return f"{number}. You lead it."
    return f"{number}, with {details.lead.shown_name}." if details.lead else f"{number}."


def _lasts(details: ClassDetails) -> str:
    return f"It lasts {duration(details.ends_at - details.starts_at)}."


def when_to_come_back(details: ClassDetails, zone: ZoneInfo) -> str:
    """The day is named: the heading may be about another class, or the page be read a day later."""
    opens_at = doors_open_at(details)
    return (
        f"The doors open at {clock_time(opens_at, zone)} on {full_date(opens_at, zone)}."
        " Open this page again then and press Join class."
    )


def _notices(situation: Situation, person: Enrolled, now: datetime, zone: ZoneInfo) -> tuple[str, ...]:
    return (*_finished(situation, person), *_told(situation.called_off, now, zone))


def _told(called_off: Iterable[CalledOff], now: datetime, zone: ZoneInfo) -> Iterator[str]:
    for off in called_off:
        yield f"{is_cancelled(off, now, zone)}. {why_cancelled(off, zone)}"


def _finished(situation: Situation, person: Enrolled) -> Iterator[str]:
    if situation.just_finished is not None:
        well_done = f" Well done, {person.shown_name}." if person.role is Role.PATIENT else ""
        yield f"Class {situation.just_finished} has finished.{well_done}"
