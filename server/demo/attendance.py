"""How the demo's people came to the classes that are over: made up, the same each time. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum, auto

from server.rooms.state import Place


class Came(StrEnum):
    """What somebody did about one class."""

    ON_TIME = auto()
    LATE = auto()
    """Came ten minutes or so after the start, and took part."""
    CAME_BACK = auto()
    """Dropped out for a while in the middle."""
    LEFT_EARLY = auto()
    TOO_LATE = auto()
    """Knocked near the end and was not let in any more."""
    MISSED = auto()
    TOLD = auto()
    """Said the day before that they cannot come."""


@dataclass(frozen=True, slots=True)
class Presence:
    """Being in one place without a gap."""

    place: Place
    started_at: datetime
    ended_at: datetime


_CURRENT = {
    (1, 3): Came.MISSED,
    (1, 8): Came.CAME_BACK,
    (2, 1): Came.LATE,
    (2, 6): Came.TOLD,
    (3, 2): Came.MISSED,
    (3, 8): Came.TOO_LATE,
    (3, 10): Came.LATE,
    (4, 5): Came.LEFT_EARLY,
    (4, 7): Came.MISSED,
    (4, 9): Came.TOLD,
    (4, 11): Came.CAME_BACK,
}
"""By class and seat, on the course that goes on; everybody else was on time."""


def current_course(number: int, seat: int) -> Came:
    """Return what a patient of the course that goes on did about one of its classes."""
    return _CURRENT.get((number, seat), Came.ON_TIME)


def last_course(number: int, seat: int) -> Came:
    """Return what a patient of the course before did about one of its classes."""
    if (5 * number + 3 * seat) % 11 == 0:
        return Came.MISSED
    if (7 * number + 2 * seat) % 13 == 4:
        return Came.TOLD
    if (3 * number + 4 * seat) % 17 == 6:
        return Came.LATE
    return Came.ON_TIME


def presence_of_patient(
    came: Came, number: int, seat: int, starts_at: datetime, ends_at: datetime
) -> Iterator[Presence]:
    """Return where a patient was and when: first in the waiting room, then in class."""
    a_little = timedelta(seconds=(37 * seat + 53 * number) % 240)
    knocks_at = starts_at - timedelta(minutes=6) + a_little
    let_in_at = max(starts_at - timedelta(seconds=50), knocks_at + timedelta(seconds=25))
    gone_at = ends_at + timedelta(seconds=20 + seat)
    if came in (Came.MISSED, Came.TOLD):
        return
    if came is Came.TOO_LATE:
        yield Presence(Place.WAITING, ends_at - timedelta(minutes=12) + a_little, ends_at)
        return
    if came is Came.LATE:
        knocks_at = starts_at + timedelta(minutes=9) + a_little
        let_in_at = knocks_at + timedelta(seconds=40)
    if came is Came.LEFT_EARLY:
        gone_at = ends_at - timedelta(minutes=18) - a_little
    yield Presence(Place.WAITING, knocks_at, let_in_at)
    if came is Came.CAME_BACK:
        lost_at = starts_at + timedelta(minutes=24) + a_little
        yield Presence(Place.IN_CLASS, let_in_at, lost_at)
        yield Presence(Place.IN_CLASS, lost_at + timedelta(minutes=2), gone_at)
    else:
        yield Presence(Place.IN_CLASS, let_in_at, gone_at)


def presence_of_staff(starts_at: datetime, ends_at: datetime, index: int) -> Presence:
    """Return when staff were there: from a little before to a little after."""
    return Presence(
        Place.IN_CLASS, starts_at - timedelta(minutes=9, seconds=35 * index), ends_at + timedelta(minutes=4)
    )


def told_at(starts_at: datetime) -> datetime:
    """Return when a patient who could not come said so."""
    return starts_at - timedelta(hours=17, minutes=20)
