"""What a patient can do before class, as it stands on my page. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from server.timetable.check_in_rules import State, is_open, opens_at
from server.timetable.courses import ClassDetails
from server.timetable.doors import Doors, doors
from server.timetable.spoken import full_date
from server.timetable.steps import Standing, Step, next_step


@dataclass(frozen=True, slots=True)
class ToDo:
    """A step: what it is, how it stands, and where its page is (nowhere while it cannot be done yet)."""

    what: str
    state: str
    page: str | None
    """The end of the address, below `/me/{link_id}/`."""
    is_done: bool


def steps_to_do(
    standing: Standing, details: ClassDetails | None, now: datetime, zone: ZoneInfo
) -> tuple[ToDo, ...]:
    """Return the steps before the next class, in their order."""
    device = ToDo(
        "Check your camera and sound",
        "Done" if standing.device_tried else "Not done yet",
        str(Step.DEVICE_CHECK),
        standing.device_tried,
    )
    if not standing.has_check_in:
        return (device,)
    agreement = ToDo(
        "Group agreement",
        "Accepted" if standing.agreed else "To read and accept",
        str(Step.AGREEMENT),
        standing.agreed,
    )
    if details is None or doors(details, now) not in (Doors.NOT_YET, Doors.OPEN):
        return (device, agreement)
    what = f"Questions before class {details.number}"
    done = Standing(
        device_checked=True, agreed=True, check_in=standing.check_in, all_answered=standing.all_answered
    )
    has_word = standing.check_in in (State.RED_FLAG, State.REFUSED)
    if has_word or next_step(done) is Step.CLASS_ROOM:
        return (device, agreement, ToDo(what, "Answered", str(Step.CHECK_IN), True))
    if not is_open(details, now, zone):
        return (
            device,
            agreement,
            ToDo(what, f"From {full_date(opens_at(details, zone), zone)}", None, False),
        )
    return (device, agreement, ToDo(what, "To answer", str(Step.CHECK_IN), False))
