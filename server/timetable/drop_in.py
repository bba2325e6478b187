"""Drop-in talks: one class, on the day that was chosen, for those who are invited.

Unlike the classes of a course it does not move on by itself: who plans it for a bank holiday is asked to
choose another day, or to say that it is meant.
"""

from __future__ import annotations

from datetime import date, time
from zoneinfo import ZoneInfo

from server.timetable.laying_out import LaidOut, Skipped, WeeklyPlace, bank_holiday, lay_out
from server.timetable.spoken import LONDON


def lay_out_talk(day: date, at: time, *, zone: ZoneInfo = LONDON) -> LaidOut:
    """The one class of a talk, whatever day it is."""
    return lay_out(day, [WeeklyPlace(day.weekday(), at)], 1, zone=zone, on_bank_holidays=True)


def in_the_way(day: date) -> Skipped | None:
    """The bank holiday on a talk's day; None when there is none."""
    holiday = bank_holiday(day)
    return None if holiday is None else Skipped(day, holiday)
