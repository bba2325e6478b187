"""Reads the form in which a course, or a drop-in talk, is planned. Pure."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from server.pages.courses_words import WEEKDAYS, day_words, read_days, read_time, time_problem, why_skipped
from server.pages.fields import Fields
from server.timetable.drop_in import in_the_way, lay_out_talk
from server.timetable.laying_out import LaidOut, NoEnd, WeeklyPlace, lay_out, overlap
from server.timetable.planning import ClassStaff, CourseKind, staff_problem

MOST_PLACES = 3
"""Weekly places that the form offers."""
AHEAD = timedelta(days=730)
"""A course begins within that time."""


@dataclass(frozen=True, slots=True)
class Offered:
    """What the form offers: the programme's rules, and whom and what to choose from."""

    programme_title: str
    class_count: int
    class_minutes: int
    max_patients: int
    staff: tuple[ClassStaff, ...]
    sites: Mapping[str, str]
    """Names by id."""

    @property
    def leads(self) -> list[ClassStaff]:
        """Who can lead."""
        return [each for each in self.staff if each.may_lead]


@dataclass(frozen=True, slots=True)
class Planned:
    """A form that is right."""

    title: str
    kind: CourseKind
    lead_id: str
    helper_id: str | None
    site_id: str | None
    places: tuple[WeeklyPlace, ...]
    laid: LaidOut


def read_course(
    form: Mapping[str, str], offered: Offered, kind: CourseKind, now: datetime, zone: ZoneInfo
) -> Planned | dict[str, str]:
    """Return what was planned, or the errors by field."""
    fields = Fields(form)
    title = fields.text("title", "Enter a title")
    lead_id = fields.choice("lead", {each.person_id for each in offered.leads}, "Select who leads")
    helper_id = _helper(fields, offered, lead_id)
    site_id = fields.choice("site", offered.sites, None) if form.get("site") else None
    first_day = _first_day(fields, kind, now.astimezone(zone).date())
    if kind is CourseKind.DROP_IN:
        at = _time(fields, "place1-time")
        places, laid = _talk(fields, first_day, at, zone)
    else:
        places = _places(fields, offered.class_minutes)
        laid = _course(fields, first_day, places, offered.class_count, zone)
    if laid is not None and not fields.errors and laid.starts[0] <= now:
        fields.errors["first-day"] = "The first class must be in the future"
    if fields.errors or laid is None or lead_id is None:
        return fields.errors
    return Planned(title, kind, lead_id, helper_id, site_id, places, laid)


def read_staff(form: Mapping[str, str], offered: Offered) -> tuple[str, str | None] | dict[str, str]:
    """Return who leads and who helps, or the errors by field."""
    fields = Fields(form)
    lead_id = fields.choice("lead", {each.person_id for each in offered.leads}, "Select who leads")
    helper_id = _helper(fields, offered, lead_id)
    return fields.errors if fields.errors or lead_id is None else (lead_id, helper_id)


def _helper(fields: Fields, offered: Offered, lead_id: str | None) -> str | None:
    helper_id = None
    if fields.form.get("helper"):
        helper_id = fields.choice("helper", {each.person_id for each in offered.staff}, "Select who helps")
    problem = staff_problem(lead_id, helper_id, offered.max_patients)
    if problem and "helper" not in fields.errors:
        fields.errors["helper"] = problem
    return helper_id


def _first_day(fields: Fields, kind: CourseKind, today: date) -> date | None:
    what = "Day" if kind is CourseKind.DROP_IN else "First day"
    day = fields.day("first-day", f"Enter the {what.lower()}", what)
    if day is None:
        return None
    if day < today:
        fields.errors["first-day"] = f"{what} must be today or in the future"
    elif day > today + AHEAD:
        fields.errors["first-day"] = f"{what} must be within the next 2 years"
    return None if "first-day" in fields.errors else day


def _time(fields: Fields, name: str) -> time | None:
    at = read_time(fields.form.get(name, ""))
    if problem := time_problem(at):
        fields.errors[name] = problem
        return None
    return at


def _places(fields: Fields, minutes: int) -> tuple[WeeklyPlace, ...]:
    """The weekly places; the first is needed, the others may be empty."""
    places: list[WeeklyPlace] = []
    for number in range(1, MOST_PLACES + 1):
        day_name, time_name = f"place{number}-day", f"place{number}-time"
        if number > 1 and not fields.form.get(day_name) and not fields.form.get(time_name, "").strip():
            continue
        day = fields.choice(day_name, {str(each) for each in range(len(WEEKDAYS))}, "Select a weekday")
        at = _time(fields, time_name)
        if day is None or at is None:
            continue
        place = WeeklyPlace(int(day), at)
        if overlap([*places, place], minutes):
            fields.errors[time_name] = f"Classes last {minutes} minutes, so these times overlap"
        places.append(place)
    return tuple(sorted(places))


def _talk(
    fields: Fields, day: date | None, at: time | None, zone: ZoneInfo
) -> tuple[tuple[WeeklyPlace, ...], LaidOut | None]:
    if day is None or at is None:
        return (), None
    skipped = in_the_way(day)
    if skipped is not None and not fields.is_ticked("bank-holidays"):
        fields.errors["first-day"] = (
            f"{day_words(day)} is a {why_skipped(skipped)}."
            " Enter another day, or tick the box for bank holidays"
        )
    return (WeeklyPlace(day.weekday(), at),), lay_out_talk(day, at, zone=zone)


def _course(
    fields: Fields, first_day: date | None, places: Collection[WeeklyPlace], count: int, zone: ZoneInfo
) -> LaidOut | None:
    days_off, problem = read_days(fields.form.get("days-off", ""))
    if problem:
        fields.errors["days-off"] = problem
    if first_day is None or not places:
        return None
    try:
        return lay_out(
            first_day,
            places,
            count,
            zone=zone,
            days_off=days_off,
            on_bank_holidays=fields.is_ticked("bank-holidays"),
        )
    except NoEnd:
        fields.errors["days-off"] = "These days off leave no day for a class for more than a year"
        return None
