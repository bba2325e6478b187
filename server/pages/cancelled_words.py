"""How a class that was called off is told, and why. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from zoneinfo import ZoneInfo

from server.pages.situation import CalledOff
from server.timetable.cancelling import Reason
from server.timetable.spoken import clock_time, day, full_date, weekday_near

CHOICES: Mapping[Reason, str] = {
    Reason.STAFF_ILL: "A member of staff is ill",
    Reason.TECHNICAL: "A technical fault",
    Reason.TOO_FEW: "Too few people can come",
    Reason.OTHER: "Another reason",
}
"""What staff choose from, in this order."""

_BECAUSE: Mapping[str, str] = {
    Reason.STAFF_ILL: "because a member of staff is ill",
    Reason.TECHNICAL: "because of a technical fault",
    Reason.TOO_FEW: "because too few people could come",
}


def is_cancelled(off: CalledOff, now: datetime, zone: ZoneInfo) -> str:
    """Return `Tuesday's class is cancelled`; the date when the weekday alone would not say which.

    On the day itself it is `Today's class`: a weekday alone could be the one in a week.
    """
    if day(off.starts_at, now, zone) == "today":
        return "Today’s class is cancelled"
    weekday = weekday_near(off.starts_at, now, zone)
    if weekday is not None:
        return f"{weekday}’s class is cancelled"
    return f"The class on {full_date(off.starts_at, zone)} is cancelled"


def why_cancelled(off: CalledOff, zone: ZoneInfo) -> str:
    """Return which class it was and why it does not take place."""
    known = _BECAUSE.get(off.reason or "")
    because = f" {known}" if known else ""
    when = f"{full_date(off.starts_at, zone)} at {clock_time(off.starts_at, zone)}"
    return f"We are sorry. We had to cancel class {off.number} on {when}{because}."
