"""The words of the page that tells what became of e-mails. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from zoneinfo import ZoneInfo

from server.post.record import Posted, State
from server.timetable.spoken import date_and_time

KINDS: Mapping[str, str] = {
    "invitation": "Invitation with the link",
    "class_moved": "New day or time",
    "class_cancelled": "Class cancelled",
    "class_back_on": "Class back on",
    "course_ended": "Place on the course ended",
}

STATES: Mapping[State, str] = {
    State.FAILED: "Not sent",
    State.WAITING: "Waiting",
    State.SENT: "Sent",
}

_SAID = re.compile(r"The mail server said: (?P<code>[245]\d\d)(?:[ -](?P<enhanced>[245]\.\d{1,3}\.\d{1,3}))?")

_BY_ENHANCED: tuple[tuple[str, str], ...] = (
    (".1.", "There is no mailbox at this email address. Check the address in the patient’s record."),
    (".2.2", "The patient’s mailbox is full."),
    (".2.", "The patient’s mailbox takes no emails."),
    (".7.", "The mail server does not accept our emails. Tell whoever runs Moveroom."),
)
"""RFC 3463: enhanced mail system status codes, by what they begin with after their class."""

_BY_CODE: Mapping[str, str] = {
    "550": "There is no mailbox at this email address. Check the address in the patient’s record.",
    "551": "There is no mailbox at this email address. Check the address in the patient’s record.",
    "553": "There is no mailbox at this email address. Check the address in the patient’s record.",
    "452": "The patient’s mailbox is full, or the mail server has no room.",
    "552": "The patient’s mailbox is full, or the mail server has no room.",
    "554": "The mail server does not accept our emails. Tell whoever runs Moveroom.",
}
"""RFC 5321, 4.2.3."""


def kind_in_words(kind: str) -> str:
    """Say what a letter was about."""
    return KINDS.get(kind, "Message")


def state_in_words(letter: Posted, now: datetime, zone: ZoneInfo, *, sends_mail: bool = True) -> str:
    """Say what became of a letter, and when. `sends_mail`: whether there is a mail server to send it."""
    if letter.state is State.WAITING and not sends_mail:
        return "Waits until there is a mail server"
    when = date_and_time(letter.at, now, zone)
    if letter.state is State.WAITING:
        return "Will be sent now" if letter.at <= now else f"Will be tried again {when}"
    return f"Sent {when}" if letter.state is State.SENT else f"Given up {when}"


def problem_in_words(problem: str | None) -> str | None:
    """Say in plain words what stood in the way."""
    if not problem:
        return None
    said = _SAID.match(problem)
    if said is None:
        return problem
    enhanced = said["enhanced"] or ""
    words = next((words for part, words in _BY_ENHANCED if part in enhanced), None)
    words = words or _BY_CODE.get(said["code"])
    if words is None and said["code"].startswith("4"):
        words = "The mail server had no time. This mostly goes away by itself."
    return words or "The mail server did not take the email."


def answer_of(problem: str | None) -> str | None:
    """Return the mail server's own answer, for whoever runs Moveroom; None when there was none."""
    return problem if problem and _SAID.match(problem) else None
