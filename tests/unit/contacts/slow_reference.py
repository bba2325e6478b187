"""The rules of a contact once more, slowly: second by second, sharing nothing with the product but words.

Time is counted in whole seconds of Unix time. Who is where is a set of seconds: second 5 is the time from 5
up to 6. Written from docs/contacts.md, so that a slip in the product's arithmetic does not stand here too.
"""

from __future__ import annotations

import time
from dataclasses import dataclass

HOUR = 3600
FORGOTTEN = 12 * HOUR
SAME_MOMENT = 15
Seconds = set[int]


@dataclass
class PlannedClass:
    start: int
    end: int
    ended: int | None = None
    cancelled: int | None = None


@dataclass
class Outcome:
    status: str
    start: int
    end: int | None = None
    minutes: int | None = None
    together: int = 0


def outcome(
    planned: PlannedClass,
    *,
    told: int | None,
    patient_came: Seconds,
    patient_there: Seconds,
    patient_in_class: Seconds,
    physio_came: Seconds,
    staff_came: Seconds,
    staff_in_class: Seconds,
    late_after: int,
    seen_after: int,
    talk_after: int,
    now: int,
) -> Outcome:
    """What became of a patient's place, at `now`.

    They came in the seconds in which they began to wait or to be in class; of staff only the latter counts.
    The patient was there while waiting or in class.
    """
    if planned.cancelled is not None:
        return Outcome("2" if told is not None and told < planned.cancelled else "4", planned.start)
    over = planned.end + FORGOTTEN
    if planned.ended is not None and planned.ended < over:
        over = planned.ended
    if now < over:
        return Outcome("0", planned.start)
    warned = told is not None and told < over
    counted = over
    if counted > planned.end + talk_after:
        counted = planned.end + talk_after
    came = [second for second in sorted(patient_came) if second < counted]
    staff = [second for second in sorted(staff_came) if second < counted]
    physio_was_in_class = [second for second in physio_came if second < counted] != []
    together = [
        second for second in sorted(staff_in_class) if second in patient_in_class and second < counted
    ]
    late = False
    if came and staff:
        ready = staff[0]
        if ready < planned.start:
            ready = planned.start
        late = came[0] > ready + late_after
    if physio_was_in_class and together and len(together) >= seen_after:
        first, after_last = together[0], together[-1] + 1
        minutes = 0
        while first + (minutes + 1) * 60 <= after_last:
            minutes += 1
        return Outcome("6" if late else "5", first, after_last, minutes, len(together))
    unseen = Outcome("4", planned.start, together=len(together))
    if warned and not came:
        unseen.status = "2"
    elif not physio_was_in_class or counted <= planned.start:
        unseen.status = "4"
    elif not came:
        unseen.status = "3"
    elif late:
        unseen.status = "7"
    else:
        patient_went = _went(came, patient_there, counted)
        staff_went = _went(staff, staff_in_class, counted)
        if staff_went - patient_went > SAME_MOMENT:
            unseen.status = "2" if warned else "3"
    return unseen


def _went(came: list[int], there: Seconds, counted: int) -> int:
    """The first second after the last one there; who came and went in the same second went then."""
    return max([*came, *(second + 1 for second in there if second < counted)])


def london(second: int) -> time.struct_time:
    """The date and time of day in London, by the rule itself: an hour ahead from the last Sunday of March,
    1am UTC, to the last Sunday of October, 1am UTC (Summer Time Act 1972)."""
    year = time.gmtime(second).tm_year
    summer = _last_sunday_1am(year, 3) <= second < _last_sunday_1am(year, 10)
    return time.gmtime(second + HOUR if summer else second)


def _last_sunday_1am(year: int, month: int) -> int:
    """Of a month with 31 days."""
    for day in range(31, 24, -1):
        moment = _midnight(year, month, day)
        if time.gmtime(moment).tm_wday == 6:
            return moment + HOUR
    raise AssertionError("every week has a Sunday")


def _midnight(year: int, month: int, day: int) -> int:
    days = 365 * (year - 1970) + sum(y % 4 == 0 for y in range(1970, year))
    lengths = (31, 29 if year % 4 == 0 else 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
    return 86400 * (days + sum(lengths[: month - 1]) + day - 1)
