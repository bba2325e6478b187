"""Classes as calendar entries (iCalendar, RFC 5545), and what a calendar is to do with them (iTIP, RFC 5546).

| method | says | RFC 5546 |
|---|---|---|
| PUBLISH | these are your classes, to be added together | 3.2.1: many entries, no attendee |
| REQUEST | this class is new, or has moved | 3.2.2: all entries of one object have one UID |
| CANCEL | this class does not take place, or is yours no more | 3.2.5: the same |

So many moved or cancelled classes are as many objects, one after the other (a stream, RFC 5545, 3.4). A
REQUEST with several UIDs is read by Outlook and Gmail up to the first only.

Entries are private (CLASS) and name no condition: calendars are shared with families and employers. The
personal link stands in the description of the person's own entry and nowhere else. An entry's UID is of the
class and the person: a couple may share one calendar, and each has a link of their own.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from urllib.parse import quote
from zoneinfo import ZoneInfo

from icalendar import Calendar, Event, Timezone, TimezoneDaylight, TimezoneStandard, vCalAddress, vRecur

LONDON = "Europe/London"
PRODUCT = "-//Moveroom//Group classes//EN"


class Method(StrEnum):
    """What a calendar is to do."""

    PUBLISH = "PUBLISH"
    REQUEST = "REQUEST"
    CANCEL = "CANCEL"


@dataclass(frozen=True, slots=True)
class Entry:
    """A class in one person's calendar. Times are aware."""

    class_id: str
    person_id: str
    sequence: int
    """How often it was moved, cancelled or put back."""
    starts_at: datetime
    ends_at: datetime
    summary: str
    description: str


@dataclass(frozen=True, slots=True)
class Parties:
    """Between whom: the service that holds the classes, and the person."""

    organiser: str
    """In words."""
    organiser_address: str
    person_address: str
    page: str
    """The public page of the installation."""


def calendar_stream(
    method: Method, entries: Sequence[Entry], parties: Parties, zone: ZoneInfo, now: datetime
) -> str:
    """Return the entries as an iCalendar stream, lines folded and ended as RFC 5545, 3.1 has it."""
    together = [entries] if method is Method.PUBLISH else [[each] for each in entries]
    return "".join(_object(method, each, parties, zone, now) for each in together)


def readdressed(stream: str, person_address: str) -> str:
    """Return a stream for the same person under another e-mail address."""
    calendars = Calendar.from_ical(stream, multiple=True)
    for calendar in calendars:
        for event in calendar.events:
            if "ATTENDEE" in event:
                del event["ATTENDEE"]
                event.add("attendee", _attendee(person_address))
    return "".join(calendar.to_ical().decode() for calendar in calendars)


def _object(method: Method, entries: Sequence[Entry], parties: Parties, zone: ZoneInfo, now: datetime) -> str:
    calendar = Calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("method", method)
    if zone.key == LONDON:
        calendar.add_component(_london())
    for entry in entries:
        calendar.add_component(_event(method, entry, parties, zone, now))
    text: str = calendar.to_ical().decode()
    return text


def _event(method: Method, entry: Entry, parties: Parties, zone: ZoneInfo, now: datetime) -> Event:
    event = Event()
    event.add("uid", f"{entry.class_id}.{entry.person_id}@moveroom")
    event.add("dtstamp", now)
    event.add("sequence", entry.sequence)
    event.add("dtstart", _local(entry.starts_at, zone))
    event.add("dtend", _local(entry.ends_at, zone))
    event.add("summary", entry.summary)
    event.add("location", "Online")
    event.add("description", entry.description)
    event.add("url", parties.page)
    event.add("class", "PRIVATE")
    event.add("status", "CANCELLED" if method is Method.CANCEL else "CONFIRMED")
    organiser = vCalAddress(_mailto(parties.organiser_address))
    organiser.params["CN"] = parties.organiser
    event.add("organizer", organiser)
    if method is not Method.PUBLISH:
        event.add("attendee", _attendee(parties.person_address))
    return event


def _attendee(address: str) -> vCalAddress:
    attendee = vCalAddress(_mailto(address))
    attendee.params["ROLE"] = "REQ-PARTICIPANT"
    attendee.params["PARTSTAT"] = "NEEDS-ACTION"
    attendee.params["RSVP"] = "FALSE"
    return attendee


def _mailto(address: str) -> str:
    return "mailto:" + quote(address, safe="@!$&'*+-/=._~")


def _local(at: datetime, zone: ZoneInfo) -> datetime:
    """In London's time, which the object describes; elsewhere in UTC, which needs no description."""
    return at.astimezone(zone if zone.key == LONDON else ZoneInfo("UTC"))


def _london() -> Timezone:
    """British summer time: from the last Sunday of March to the last of October, at 1am UTC.

    As rules, which Outlook reads, and not as lists of dates.
    """
    zone = Timezone()
    zone.add("tzid", LONDON)
    summer, winter = TimezoneDaylight(), TimezoneStandard()
    nothing, hour = timedelta(0), timedelta(hours=1)
    for part, name, start, month, before, after in (
        (summer, "BST", datetime(1981, 3, 29, 1), 3, nothing, hour),
        (winter, "GMT", datetime(1996, 10, 27, 2), 10, hour, nothing),
    ):
        part.add("tzname", name)
        part.add("dtstart", start)
        part.add("tzoffsetfrom", before)
        part.add("tzoffsetto", after)
        part.add("rrule", vRecur(freq="YEARLY", bymonth=month, byday="-1SU"))
        zone.add_component(part)
    return zone
