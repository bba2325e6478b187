"""What a personal link says before the date of birth was given in this browser: first name, time, Join. Pure.

A link can be in anybody's hands. Which group somebody goes to tells of their health, and what they have said
to us is theirs: neither stands here.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

from server.pages.cancelled_words import is_cancelled
from server.pages.invitation import NOTHING_ELSE, Invitation, invitation, when_to_come_back
from server.pages.situation import Situation
from server.timetable.courses import Enrolled
from server.timetable.doors import Doors, doors
from server.timetable.spoken import date_and_time


def sealed_invitation(situation: Situation, person: Enrolled, now: datetime, zone: ZoneInfo) -> Invitation:
    """Say when the class is, and whether one can come in."""
    opened = invitation(replace(situation, absent=frozenset()), person, now, zone)
    lines = _lines(situation, opened, now, zone)
    return replace(opened, lines=tuple(lines), notices=(), choices=NOTHING_ELSE)


def _lines(situation: Situation, opened: Invitation, now: datetime, zone: ZoneInfo) -> list[str]:
    details = situation.details
    if details is None:
        return list(opened.lines)
    cancelled = [f"{is_cancelled(off, now, zone)}." for off in situation.called_off]
    match doors(details, now):
        case Doors.OPEN if opened.can_join:
            return [*cancelled, *opened.lines[1:]]  # the first one names the group
        case Doors.OPEN:
            return [*cancelled, *opened.lines]
        case Doors.NOT_YET if cancelled and opened.heading == cancelled[0].removesuffix("."):
            at = date_and_time(details.starts_at, now, zone)
            return [*cancelled[1:], f"Your next class is {at}.", when_to_come_back(details, zone)]
        case Doors.NOT_YET:
            return [*cancelled, when_to_come_back(details, zone)]
        case Doors.CANCELLED:
            return [*cancelled[1:], "No other class is planned. We will tell you when there is one."]
        case Doors.CLOSED:
            return ["No other class is planned."]
