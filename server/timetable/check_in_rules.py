"""The rules of check-in before a class. Pure; see `State`.

A check-in is of one class and one patient. Symptoms add up: what was said once stays said, so that to go back
and answer otherwise lets nobody in. What is sent again is said again: a decision is about what staff heard
until then, and chest pain that comes back is chest pain.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from server.timetable.doors import Doors, Timed, doors, doors_open_at
from server.timetable.symptoms import RED_FLAGS, Symptom


class State(StrEnum):
    """Where a check-in is. Made by `after_answers`, `after_last_page`, `after_decision` and `after_move`.

    | from                          | what happens                              | to       |
    |-------------------------------|-------------------------------------------|----------|
    | any                           | a red flag is sent, also once more        | red_flag |
    | open, ready, allowed          | another symptom is sent, also once more   | held     |
    | held, red_flag, refused       | another symptom is sent, also once more   | the same |
    | any                           | the page is sent without a symptom        | the same |
    | open                          | the last page is sent, nothing was said   | ready    |
    | any other                     | the last page is sent                     | the same |
    | any                           | staff let the patient take part, with why | allowed  |
    | any                           | staff say "not today", with why           | refused  |
    | open, ready                   | the class is moved                        | open     |
    | held, allowed, refused        | the class is moved                        | held     |
    | red_flag                      | the class is moved                        | red_flag |

    Only staff lead out of held, red_flag and refused. Staff may decide on somebody who has not checked in:
    they have asked aloud (see `is_asked_aloud`). When a class is moved, everybody begins at the first page
    again, and what staff decided about the former day is to be decided anew.
    """

    OPEN = "open"
    READY = "ready"
    HELD = "held"
    RED_FLAG = "red_flag"
    ALLOWED = "allowed"
    REFUSED = "refused"


class Stage(StrEnum):
    """Which of the three pages was last sent."""

    DETAILS = "details"
    SYMPTOMS = "symptoms"
    DONE = "done"


class Comes(StrEnum):
    """Who is in front of the device."""

    SELF = "self"
    WITH_CARER = "with_carer"
    PROXY = "proxy"


CLEARED = frozenset({State.READY, State.ALLOWED})
ASKED_ALOUD_BEFORE = timedelta(hours=12)
"""How long before a class staff can ask somebody aloud instead of the check-in of that day."""


def after_answers(state: State, said: Collection[Symptom]) -> State:
    """Return the state after the page about symptoms was sent; `said` is what it said yes to."""
    if set(said) & RED_FLAGS:
        return State.RED_FLAG
    if said and state in (State.OPEN, State.READY, State.ALLOWED):
        return State.HELD
    return state


def after_last_page(state: State) -> State:
    """Return the state after the third page."""
    return State.READY if state is State.OPEN else state


def after_decision(takes_part: bool) -> State:
    """Return the state after staff have decided."""
    return State.ALLOWED if takes_part else State.REFUSED


def after_move(state: State) -> State:
    """Return the state after the class was moved to another day or time."""
    if state in (State.OPEN, State.READY):
        return State.OPEN
    return State.RED_FLAG if state is State.RED_FLAG else State.HELD


def is_asked_aloud(state: State, decided_at: datetime | None, starts_at: datetime) -> bool:
    """Whether staff let the patient take part so shortly before class that no page needs to be answered."""
    return state is State.ALLOWED and decided_at is not None and decided_at >= starts_at - ASKED_ALOUD_BEFORE


def opens_at(session: Timed, zone: ZoneInfo) -> datetime:
    """Return from when on it can be answered: the day of the class, where the service is."""
    local = session.starts_at.astimezone(zone)
    morning = datetime.combine(local.date(), time(), tzinfo=zone)
    return min(morning, doors_open_at(session))


def is_open(session: Timed, now: datetime, zone: ZoneInfo) -> bool:
    """Whether patients can check in for this class."""
    return doors(session, now) in (Doors.NOT_YET, Doors.OPEN) and now >= opens_at(session, zone)
