"""Calendar entries, read back by the rules of RFC 5545 and RFC 5546, and not by what wrote them."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from icalendar import Calendar

from server.timetable.calendar import Entry, Method, Parties, calendar_stream
from server.timetable.spoken import LONDON

NOW = datetime(2026, 3, 1, 9, 30, tzinfo=UTC)
PARTIES = Parties(
    'Riverside, "MSK" groups', "classes@moveroom.example", "margaret@patients.example", "https://c.example/"
)


def entry(number: int = 1, starts_at: datetime = datetime(2026, 3, 26, 10, 0, tzinfo=UTC), **other) -> Entry:
    values = {
        "class_id": f"class{number}",
        "person_id": "margaret",
        "sequence": 0,
        "starts_at": starts_at,
        "ends_at": starts_at + timedelta(hours=1),
        "summary": f"Online class {number} of 12",
        "description": "Join here: https://c.example/j/"
        + "t" * 43
        + "\nQuestions? 01632 960123; ask, we answer.",
    }
    return Entry(**(values | other))


def stream(method: Method, *entries: Entry, zone: ZoneInfo = LONDON) -> str:
    return calendar_stream(method, entries, PARTIES, zone, NOW)


def unfolded(text: str) -> list[str]:
    """RFC 5545, 3.1: lines end with CRLF, and one that begins with a space goes on with the last."""
    return text.replace("\r\n ", "").removesuffix("\r\n").split("\r\n")


def objects(text: str) -> list[list[str]]:
    """The lines of each object of a stream, without what describes its time zone."""
    whole = re.findall(r"BEGIN:VCALENDAR\r\n.*?END:VCALENDAR\r\n", text, re.DOTALL)
    assert "".join(whole) == text
    return [
        unfolded(re.sub(r"BEGIN:VTIMEZONE.*END:VTIMEZONE\r\n", "", each, flags=re.DOTALL)) for each in whole
    ]


def values(lines: list[str], name: str) -> list[str]:
    return [line for line in lines if re.match(rf"{name}[;:]", line)]


@pytest.mark.parametrize("method", Method)
def test_lines_are_as_long_and_end_as_the_format_has_it(method: Method):
    text = stream(method, entry(summary="Zoë’s class " * 10))
    assert all(len(line.encode()) <= 75 for line in text.split("\r\n"))
    assert "\n" not in text.replace("\r\n", "")
    assert text.endswith("END:VCALENDAR\r\n")
    assert "Zoë’s class Zoë’s class" in "".join(unfolded(text))


def test_an_entry_has_what_the_format_asks_for_once():
    (lines,) = objects(stream(Method.REQUEST, entry(sequence=3)))
    for name in (
        "UID",
        "DTSTAMP",
        "DTSTART",
        "DTEND",
        "SEQUENCE",
        "SUMMARY",
        "STATUS",
        "ORGANIZER",
        "METHOD",
    ):
        assert len(values(lines, name)) == 1, name
    assert lines[0] == "BEGIN:VCALENDAR"
    assert values(lines, "VERSION") == ["VERSION:2.0"]
    assert values(lines, "METHOD") == ["METHOD:REQUEST"]
    assert values(lines, "UID") == ["UID:class1.margaret@moveroom"]
    assert values(lines, "SEQUENCE") == ["SEQUENCE:3"]
    assert values(lines, "DTSTAMP") == ["DTSTAMP:20260301T093000Z"]
    assert values(lines, "DTSTART") == ["DTSTART;TZID=Europe/London:20260326T100000"]
    assert values(lines, "STATUS") == ["STATUS:CONFIRMED"]
    assert values(lines, "CLASS") == ["CLASS:PRIVATE"]
    assert values(lines, "ATTENDEE")[0].endswith(":mailto:margaret@patients.example")


def test_commas_semicolons_and_lines_of_a_description_are_escaped():
    text = stream(Method.REQUEST, entry())
    (description,) = values(objects(text)[0], "DESCRIPTION")
    assert r"\nQuestions? 01632 960123\; ask\, we answer." in description
    (event,) = Calendar.from_ical(text).events
    assert str(event["DESCRIPTION"]) == entry().description


def test_the_personal_link_stands_in_the_description_alone():
    (lines,) = objects(stream(Method.REQUEST, entry()))
    assert [line.split(":")[0] for line in lines if "/j/" in line] == ["DESCRIPTION"]


def test_many_classes_are_published_together_without_attendees():
    (lines,) = objects(stream(Method.PUBLISH, entry(1), entry(2), entry(3)))
    assert values(lines, "METHOD") == ["METHOD:PUBLISH"]
    assert len(values(lines, "UID")) == len(set(values(lines, "UID"))) == 3
    assert values(lines, "ATTENDEE") == []
    assert len(values(lines, "ORGANIZER")) == 3


@pytest.mark.parametrize("method", [Method.REQUEST, Method.CANCEL])
def test_an_object_that_asks_or_cancels_has_one_uid(method: Method):
    each = objects(stream(method, entry(1), entry(2)))
    assert [len(set(values(lines, "UID"))) for lines in each] == [1, 1]


def test_what_is_cancelled_says_so_under_the_same_uid_with_a_higher_sequence():
    (asked,) = objects(stream(Method.REQUEST, entry(sequence=0)))
    (cancelled,) = objects(stream(Method.CANCEL, entry(sequence=1)))
    assert values(asked, "UID") == values(cancelled, "UID")
    assert values(cancelled, "METHOD") == ["METHOD:CANCEL"]
    assert values(cancelled, "STATUS") == ["STATUS:CANCELLED"]
    assert values(cancelled, "SEQUENCE") == ["SEQUENCE:1"]


def test_a_couple_may_keep_one_calendar():
    one, other = (objects(stream(Method.REQUEST, entry(person_id=name)))[0] for name in ("mary", "john"))
    assert values(one, "UID") != values(other, "UID")


def last_sunday(year: int, month: int) -> datetime:
    day = datetime(year, month, 31 if month in (3, 10) else 30)
    return day - timedelta(days=(day.weekday() + 1) % 7)


def described_offset(text: str, local: datetime) -> timedelta:
    """What the entry's own VTIMEZONE says of a local time, read by hand."""
    parts = re.findall(r"BEGIN:(DAYLIGHT|STANDARD)\r\n(.*?)END:\1", text, re.DOTALL)
    onsets = []
    for _, part in parts:
        lines = dict(line.split(":", 1) for line in part.strip().split("\r\n"))
        rule = dict(each.split("=") for each in lines["RRULE"].split(";"))
        assert (rule["FREQ"], rule["BYDAY"]) == ("YEARLY", "-1SU")
        start = datetime.strptime(lines["DTSTART"], "%Y%m%dT%H%M%S")
        sign, hours = lines["TZOFFSETTO"][0], int(lines["TZOFFSETTO"][1:3])
        for year in (local.year - 1, local.year):
            onset = last_sunday(year, int(rule["BYMONTH"])).replace(hour=start.hour)
            onsets.append((onset, timedelta(hours=hours if sign == "+" else -hours)))
    onsets.sort()
    return next(offset for onset, offset in reversed(onsets) if onset <= local)


@pytest.mark.parametrize("year", range(2025, 2038))
def test_the_described_time_zone_is_londons_on_both_sides_of_each_clock_change(year: int):
    text = stream(Method.REQUEST, entry())
    for month, day in ((1, 15), (6, 15), (12, 15)):
        local = datetime(year, month, day, 10)
        assert described_offset(text, local) == local.replace(tzinfo=LONDON).utcoffset()
    for month in (3, 10):
        for hours in (-10, 9):
            local = last_sunday(year, month) + timedelta(hours=hours)
            assert described_offset(text, local) == local.replace(tzinfo=LONDON).utcoffset()


def test_a_weekly_class_at_ten_stays_at_ten_when_the_clocks_change():
    weeks = [
        datetime(2026, 3, 24, 10, tzinfo=LONDON),
        datetime(2026, 3, 31, 10, tzinfo=LONDON),
        datetime(2026, 10, 20, 10, tzinfo=LONDON),
        datetime(2026, 10, 27, 10, tzinfo=LONDON),
    ]
    stored = [at.astimezone(UTC) for at in weeks]
    text = stream(Method.PUBLISH, *(entry(number, at) for number, at in enumerate(stored)))
    (lines,) = objects(text)
    assert [line[-6:] for line in values(lines, "DTSTART")] == ["100000"] * 4
    events = Calendar.from_ical(text).events
    assert [event.start.astimezone(UTC) for event in events] == stored
    assert all(one < other for one, other in pairwise(stored))


def test_in_other_zones_times_are_told_in_utc():
    text = stream(Method.REQUEST, entry(), zone=ZoneInfo("Europe/Paris"))
    assert values(objects(text)[0], "DTSTART") == ["DTSTART:20260326T100000Z"]
    assert "VTIMEZONE" not in text
