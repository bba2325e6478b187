"""What lies behind the demo's group: classes held, another course before, sessions watched, answers.

Made up, always the same, and put in once, by `moveroom demo` alone. Contacts are not written here: who was
there is written as the rooms would have, and the contact log settles each class as it would have.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from server.config import Settings
from server.contacts.experience_answer import Given, store_answers
from server.contacts.experience_question import Choice
from server.contacts.log import ContactLog, rules_of
from server.contacts.months import Month
from server.contacts.rules import SEEN
from server.demo.attendance import (
    Came,
    current_course,
    last_course,
    presence_of_patient,
    presence_of_staff,
    told_at,
)
from server.demo.classes import CLASSES_HELD
from server.demo.courses import LAST_TITLE
from server.demo.last_course import make_last_course
from server.demo.viewings import viewings
from server.ids import Clock, new_id
from server.ondemand.counting import ViewRule
from server.people.roles import Role
from server.storage.database import Database
from server.storage.tables import (
    Absence,
    CareContact,
    ClassSession,
    Course,
    CourseMember,
    Person,
    PresenceInterval,
    Programme,
)

SEED = 1948
"""The year the NHS began; so that chance falls the same each time."""

CHOICES = (
    *(Choice.VERY_GOOD, Choice.VERY_GOOD, Choice.GOOD, Choice.VERY_GOOD, Choice.VERY_GOOD),
    *(Choice.GOOD, Choice.NEITHER, Choice.VERY_GOOD, Choice.GOOD, Choice.VERY_GOOD),
    *(Choice.GOOD, Choice.VERY_GOOD, Choice.DONT_KNOW, Choice.POOR, Choice.VERY_GOOD),
)
WHYS = (
    "I can do it from my own chair and I do not have to get two buses.",
    "Good fun, and it does me good.",
    None,
    "My knee is better on the stairs.",
    None,
    "I like to hear how the others get on.",
    "It took me a while to get the sound to work.",
    None,
    "Clear, kind and not too fast.",
    None,
    None,
    "She sees when I do it wrong.",
    None,
    "The picture stopped twice.",
    None,
)


@dataclass(frozen=True, slots=True)
class HistoryRules:
    """The rules by which the demo's past is counted: those of the service that is about to run."""

    contacts: ContactLog
    views: ViewRule

    @classmethod
    def of(cls, settings: Settings, id_source: Callable[[], str] = new_id) -> HistoryRules:
        """Return the rules that are set."""
        return cls(
            ContactLog(rules_of(settings), id_source),
            ViewRule(settings.view_counts_percent, settings.view_counts_minutes),
        )


async def add_history(
    database: Database,
    clock: Clock,
    rules: HistoryRules,
    *,
    id_source: Callable[[], str] = new_id,
    zone: ZoneInfo,
) -> None:
    """Put the past into a demo that has none, all of it or nothing; one that has it stays as it is."""

    async def work(session: AsyncSession) -> None:
        courses = list(await session.scalars(select(Course)))
        if len(courses) != 1:
            return
        (current,) = courses
        now = clock()
        last = await make_last_course(session, current, id_source, zone)
        for course, came in ((current, current_course), (last, last_course)):
            await _hold_classes(session, course, came, rules.contacts, id_source)
        await _watch(session, [current, last], now, rules.views, id_source)
        await _answer(session, current.programme_id, zone, id_source)

    await database.write(work)


async def _hold_classes(
    session: AsyncSession,
    course: Course,
    came: Callable[[int, int], Came],
    contacts: ContactLog,
    id_source: Callable[[], str],
) -> None:
    """Write who was in each class that is over, and settle it."""
    members = list(
        await session.execute(
            select(Person, CourseMember.seat)
            .join(CourseMember, CourseMember.person_id == Person.id)
            .where(CourseMember.course_id == course.id)
            .order_by(CourseMember.seat, Person.id)
        )
    )
    staff = sorted(
        (person for person, _seat in members if Role(person.role).is_staff and _takes_part(person, course)),
        key=lambda person: person.id != course.lead_id,
    )
    patients = [(person, seat) for person, seat in members if seat is not None]
    for held in await _held(session, course):
        assert held.ended_at is not None
        for index, person in enumerate(staff):
            there = presence_of_staff(held.starts_at, held.ends_at, index)
            session.add(_interval(id_source(), held, person, there.place, there.started_at, there.ended_at))
        for person, seat in patients:
            did = came(held.number, seat)
            if did is Came.TOLD:
                session.add(Absence(class_id=held.id, person_id=person.id, told_at=told_at(held.starts_at)))
            for there in presence_of_patient(did, held.number, seat, held.starts_at, held.ends_at):
                session.add(
                    _interval(id_source(), held, person, there.place, there.started_at, there.ended_at)
                )
        await session.flush()
        await contacts.settle(session, held.id, held.ended_at)


def _takes_part(person: Person, course: Course) -> bool:
    return person.id == course.lead_id or Role(person.role) is Role.HELPER


async def _held(session: AsyncSession, course: Course) -> Sequence[ClassSession]:
    """Return the classes that the demo says were held; not those that were held for real since."""
    query = select(ClassSession).where(
        ClassSession.course_id == course.id, ClassSession.ended_at.is_not(None)
    )
    if course.title != LAST_TITLE:
        query = query.where(ClassSession.number <= CLASSES_HELD)
    with_presence = set(await session.scalars(select(PresenceInterval.class_id).distinct()))
    classes = await session.scalars(query.order_by(ClassSession.number))
    return [each for each in classes if each.id not in with_presence]


def _interval(
    interval_id: str, held: ClassSession, person: Person, place: str, started_at: datetime, ended_at: datetime
) -> PresenceInterval:
    return PresenceInterval(
        id=interval_id,
        class_id=held.id,
        person_id=person.id,
        place=str(place),
        started_at=started_at,
        seen_until=ended_at,
        ended_at=ended_at,
    )


async def _watch(
    session: AsyncSession,
    courses: Sequence[Course],
    now: datetime,
    rule: ViewRule,
    id_source: Callable[[], str],
) -> None:
    """Write what was watched at home: by those on the course in the last days, by the others before."""
    for days_back, course in zip((0, 20), courses, strict=True):
        patients = await session.scalars(
            select(CourseMember.person_id)
            .where(CourseMember.course_id == course.id, CourseMember.seat.is_not(None))
            .order_by(CourseMember.seat)
        )
        rows = viewings(list(patients), now - timedelta(days=days_back), rule, id_source)
        for viewing, _intervals in rows:
            session.add(viewing)
        await session.flush()
        for _viewing, intervals in rows:
            session.add_all(intervals)
    await session.flush()


async def _answer(
    session: AsyncSession, programme_id: str, zone: ZoneInfo, id_source: Callable[[], str]
) -> None:
    """Write an answer for each patient who was seen in a month, without saying whose it is."""
    service_id = await session.scalar(select(Programme.service_id).where(Programme.id == programme_id))
    assert service_id is not None
    seen: dict[str, set[str]] = {}
    for subject_id, starts_at in await session.execute(
        select(CareContact.subject_id, CareContact.starts_at).where(
            CareContact.service_id == service_id,
            CareContact.attendance_status.in_(str(status) for status in SEEN),
        )
    ):
        seen.setdefault(str(Month.of(starts_at, zone)), set()).add(subject_id)
    chance = Random(SEED)  # noqa: S311 - nothing secret: made-up answers in a made-up order
    for month in sorted(seen):
        given = [
            Given(
                service_id,
                programme_id,
                Month.parse(month),
                CHOICES[index % len(CHOICES)],
                WHYS[index] if index < len(WHYS) else None,
            )
            for index in range(len(seen[month]))
        ]
        await store_answers(session, given, new_id=id_source, chance=chance)
