"""What our e-mails to patients say: plain English for a reading age of 9 to 11. Pure.

Neither subjects nor letters nor calendar entries name the group, since that tells of somebody's health, and
e-mails are read on locked phones, by families, at work: the page behind the link says it, once the date of
birth was given. A link is said once, when it is made, since its hash alone is stored; later letters point to
that e-mail by its subject.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from server.timetable.spoken import clock_time, full_date


@dataclass(frozen=True, slots=True)
class Words:
    """A letter without its address."""

    subject: str
    text: str


@dataclass(frozen=True, slots=True)
class Group:
    """What a person goes to, and who holds it."""

    of: int
    """How many classes it has."""
    is_talk: bool
    """One talk, not a course."""
    service: str
    phone: str
    opening: str
    """When somebody answers the phone; may be empty."""


@dataclass(frozen=True, slots=True)
class When:
    """A class as it is said. Times are aware."""

    number: int
    starts_at: datetime
    ends_at: datetime


def invitation(
    name: str,
    group: Group,
    classes: Sequence[When],
    *,
    link: str,
    code: str | None,
    code_page: str,
    now: datetime,
    zone: ZoneInfo,
) -> Words:
    """You have a place: the link, the code if there is one, and when the classes are."""
    what = "talk" if group.is_talk else "class"
    parts = [
        _hello(name),
        f"{group.service} has a place for you in an online {what}.",
        f"You join from home. You need a tablet, a computer or a phone with a camera and sound.\n\n"
        f"Your link to join:\n\n{link}",
        "This link is only for you. Please do not give it to other people.",
    ]
    if code:
        parts.append(f"If the link does not work, go to {code_page} and type this code:\n\n{code}")
    if classes:
        when = "\n".join(_line(each, group, now, zone) for each in classes)
        parts.append(f"When your {_plural(what, classes)} will be:\n\n{when}")
        parts.append(
            "You can add them to your calendar. Open the file that comes with this email."
            if len(classes) > 1
            else "You can add it to your calendar. Open the file that comes with this email."
        )
    parts += [
        "What to do",
        f"1. Open the link before your first {what}. We ask for your date of birth the first time."
        " You can try your camera and sound.\n"
        f"2. On the day, open the link again. You can come in from 10 minutes before the start.\n"
        f"3. Press Join. Our staff will let you in.",
        "Keep this email. You need the same link each time." if not group.is_talk else "Keep this email.",
    ]
    return Words(f"Your online {what}: how to join", _letter(parts, group))


def moved(name: str, group: Group, classes: Sequence[When], *, now: datetime, zone: ZoneInfo) -> Words:
    """A new day or time."""
    one = len(classes) == 1
    what = _plural("talk" if group.is_talk else "class", classes)
    when = "\n".join(_line(each, group, now, zone) for each in classes)
    parts = [
        _hello(name),
        f"The day or time of your online {what} has changed."
        if one
        else f"The days or times of some of your online {what} have changed.",
        f"{'It is' if one else 'They are'} now on:\n\n{when}",
        f"{'The old time is' if one else 'The old times are'} not right any more.",
        _JOIN,
    ]
    return Words(f"Your online {what}: new {'time' if one else 'times'}", _letter(parts, group))


def cancelled(
    name: str,
    group: Group,
    classes: Sequence[When],
    *,
    next_class: When | None,
    now: datetime,
    zone: ZoneInfo,
) -> Words:
    """These classes do not take place; which is the next one."""
    one = len(classes) == 1
    what = _plural("talk" if group.is_talk else "class", classes)
    when = "\n".join(_line(each, group, now, zone) for each in classes)
    parts = [
        _hello(name),
        f"We are sorry. We have had to cancel {'this' if one else 'these'} online {what}:",
        when,
        f"Please do not try to join {'it' if one else 'them'}.",
    ]
    if next_class is not None:
        parts.append(f"Your next class is:\n\n{_line(next_class, group, now, zone)}")
        parts.append(_JOIN)
    return Words(f"Your online {what} {'is' if one else 'are'} cancelled", _letter(parts, group))


def back_on(name: str, group: Group, classes: Sequence[When], *, now: datetime, zone: ZoneInfo) -> Words:
    """Classes that had been called off take place after all."""
    one = len(classes) == 1
    what = _plural("talk" if group.is_talk else "class", classes)
    when = "\n".join(_line(each, group, now, zone) for each in classes)
    parts = [
        _hello(name),
        f"We told you that we had to cancel {'an' if one else 'some'} online {what}.",
        f"{'It is' if one else 'They are'} on after all:\n\n{when}",
        _JOIN,
    ]
    return Words(f"Your online {what} {'is' if one else 'are'} on after all", _letter(parts, group))


def removed(name: str, group: Group) -> Words:
    """No longer on the course."""
    parts = [
        _hello(name),
        f"Your place in our online {'talk' if group.is_talk else 'classes'} has ended.",
        "Your link to join does not work any more. You can delete the classes from your calendar.",
        "Do you think this is wrong? Please call us.",
    ]
    return Words("Your place in our online class has ended", _letter(parts, group))


def entry_summary(number: int, group: Group) -> str:
    """Name a class in a calendar."""
    return "Online talk" if group.is_talk else f"Online class {number} of {group.of}"


def entry_description(group: Group, link: str | None) -> str:
    """Say in a calendar entry how to join: with the link, where it is the person's own first entry."""
    how = (
        f"Join here: {link}\nThis link is only for you."
        if link
        else "To join, open the link in our email “how to join”, or use the code in your letter."
    )
    when = "You can come in from 10 minutes before the start."
    return "\n".join([how, when, f"Questions? Please call us. Phone: {_phone(group)}", group.service])


_JOIN = (
    "Your link to join stays the same. Look for our email “how to join”. If you have a letter from us, you"
    " can use the code in it."
)


def _plural(what: str, classes: Sequence[When]) -> str:
    one = len(classes) == 1
    return what if one else {"class": "classes", "talk": "talks"}[what]


def _hello(name: str) -> str:
    return f"Hello {name},"


def _line(each: When, group: Group, now: datetime, zone: ZoneInfo) -> str:
    date = full_date(each.starts_at, zone, with_year=_year(each.starts_at, zone) != _year(now, zone))
    times = f"{date}, {clock_time(each.starts_at, zone)} to {clock_time(each.ends_at, zone)}"
    return times if group.is_talk else f"Class {each.number}: {times}"


def _year(at: datetime, zone: ZoneInfo) -> int:
    return at.astimezone(zone).year


def _phone(group: Group) -> str:
    return f"{group.phone} ({group.opening})" if group.opening else group.phone


def _letter(parts: Sequence[str], group: Group) -> str:
    ending = [
        f"If you cannot come, or if you have a question, please call us.\nPhone: {_phone(group)}",
        group.service,
        "Please do not answer this email. Nobody reads the answers. If you do not want emails from us, call"
        " us.",
    ]
    return "\n\n".join([*parts, *ending]) + "\n"
