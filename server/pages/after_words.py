"""The words of the page after class: what has finished or goes on, and what comes next. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from zoneinfo import ZoneInfo

from server.timetable.courses import JUST_FINISHED, Enrolled
from server.timetable.doors import Doors, Timed, doors
from server.timetable.spoken import date_and_time


class Numbered(Timed, Protocol):
    """A class of a course, as far as this page speaks of it."""

    @property
    def id(self) -> str: ...  # noqa: D102
    @property
    def number(self) -> int: ...  # noqa: D102


@dataclass(frozen=True, slots=True)
class AfterClass:
    """Which class the page is about, and which comes next."""

    just_over: Numbered | None
    """The class that ended within the last hours."""
    still_on: Numbered | None
    """The class that one can go back to."""
    next: Numbered | None
    """The next class to come."""


def after_class(classes: Sequence[Numbered], now: datetime) -> AfterClass:
    """Find out what is over, what goes on, and what comes next at `now`.

    A class that staff forgot to end is on until 12 hours after its planned end. One whose doors are open but
    which has not begun is the next one when another has just finished.
    """
    over = [each for each in classes if _ended_at(each, now) > now - JUST_FINISHED]
    just_over = max(over, key=lambda each: _ended_at(each, now), default=None)
    open_now = [each for each in classes if doors(each, now) is Doors.OPEN]
    still_on = max(open_now, key=lambda each: each.starts_at, default=None)
    if still_on and just_over and now < still_on.starts_at:
        still_on = None
    to_come = (Doors.NOT_YET, Doors.OPEN)
    coming = [each for each in classes if doors(each, now) in to_come and each.starts_at > now]
    following = min(coming, key=lambda each: each.starts_at, default=None)
    return AfterClass(just_over, still_on, following)


def _ended_at(session: Timed, now: datetime) -> datetime:
    """Return when staff ended the class; long ago for one that they did not end."""
    return now - 2 * JUST_FINISHED if session.ended_at is None else session.ended_at


def heading(about: AfterClass, person: Enrolled, *, left: bool, was_there: bool) -> str:
    """Return what the page says first."""
    if about.still_on is not None:
        return "You left the class. It is still on." if left else "Your class is on now"
    if about.just_over is None:
        return "There is no class on now"
    if person.role.is_staff or not was_there:
        return "Class has finished"
    return f"Class has finished. Well done, {person.shown_name}."


def what_was(about: AfterClass, title: str, of: int) -> str:
    """Return which class has finished or is on, or nothing when none is."""
    if about.still_on is not None:
        return f"It is class {about.still_on.number} of {of} of {title}."
    if about.just_over is not None:
        return f"That was class {about.just_over.number} of {of} of {title}."
    return ""


def what_next(about: AfterClass, of: int, now: datetime, zone: ZoneInfo) -> tuple[str, ...]:
    """Return when the next class is, or that the course is done; nothing while a class is on."""
    if about.still_on is not None:
        return ()
    if about.next is not None:
        return (
            f"Your next class is {date_and_time(about.next.starts_at, now, zone)}.",
            "Use the same link as today. The doors open 10 minutes before.",
        )
    if about.just_over is not None and about.just_over.number >= of:
        return ("That was the last class of your course.",)
    return ("No other class is planned yet. We will tell you when there is one. You can keep your link.",)
