from __future__ import annotations

from collections import Counter
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import pytest
from sqlalchemy import func, select, update

from server.config import Settings
from server.contacts.experience import month_experience
from server.contacts.months import Month
from server.contacts.report import MonthReport, month_report
from server.demo import HistoryRules, add_history, demo_links, ensure_open_class, seed
from server.demo.classes import CLASSES_HELD
from server.demo.courses import current_course
from server.people.nhs_number import read_test_nhs_number
from server.storage.database import Database
from server.storage.tables import (
    CareContact,
    ClassSession,
    Course,
    CourseMember,
    Patient,
    Person,
    PersonalLink,
    PresenceInterval,
    Service,
    Table,
    Viewing,
)
from server.timetable.spoken import LONDON
from tests.integration.storage.databases import SetClock, migrated

SECRET = b"s" * 32
LATE_IN_THE_MONTH = datetime(2026, 11, 22, 13, 3, 20, tzinfo=UTC)
RULES = HistoryRules.of(Settings())


async def demo_of(database: Database, clock: SetClock) -> None:
    await seed(database, clock, SECRET)
    await add_history(database, clock, RULES, zone=LONDON)
    await ensure_open_class(database, clock)


@pytest.fixture
def clock() -> SetClock:
    return SetClock(LATE_IN_THE_MONTH)


@pytest.fixture
async def database(tmp_path: Path, clock: SetClock) -> AsyncIterator[Database]:
    async with migrated(tmp_path) as opened:
        await demo_of(opened, clock)
        yield opened


async def report(database: Database, month: str | Month, now: datetime) -> MonthReport:
    async with database.reading() as session:
        service_id = (await session.scalars(select(Service.id))).one()
        named = Month.parse(month) if isinstance(month, str) else month
        return await month_report(session, service_id, named, zone=LONDON, now=now)


async def everything(database: Database) -> dict[str, list[tuple[object, ...]]]:
    async with database.reading() as session:
        return {
            name: sorted((tuple(row) for row in await session.execute(select(table))), key=repr)
            for name, table in Table.metadata.tables.items()
        }


async def test_the_classes_that_were_held_show_every_way_of_coming(database: Database) -> None:
    november = await report(database, "2026-11", LATE_IN_THE_MONTH)
    of_the_group = [each for each in november.classes if each.title == "Knee and hip group"]
    assert [(each.number, dict(each.by_status)) for each in of_the_group[:CLASSES_HELD]] == [
        (1, {"5": 11, "3": 1}),
        (2, {"5": 10, "6": 1, "2": 1}),
        (3, {"5": 9, "6": 1, "3": 1, "7": 1}),
        (4, {"5": 10, "3": 1, "2": 1}),
    ]
    assert of_the_group[CLASSES_HELD].by_status == {"0": 12}


async def test_those_who_were_seen_have_the_minutes_that_they_were_there(database: Database) -> None:
    async with database.reading() as session:
        rows = (
            await session.execute(
                select(Person.full_name, ClassSession.number, CareContact.duration_minutes)
                .join(Patient, Patient.person_id == Person.id)
                .join(CareContact, CareContact.subject_id == Patient.subject_id)
                .join(ClassSession, ClassSession.id == CareContact.class_id)
                .join(Course, Course.id == ClassSession.course_id)
                .where(Course.title == "Knee and hip group")
            )
        ).all()
    minutes = {(name, number): lasted for name, number, lasted in rows}
    assert len(minutes) == len(rows) == 12 * CLASSES_HELD
    assert minutes["Margaret Ellis", 1] == 60
    assert 45 <= minutes["Dennis Whittle", 2] <= 51
    assert 36 <= minutes["Winston Clarke", 4] <= 42
    assert minutes["Yusuf Rahman", 1] is None


async def test_presence_is_as_rooms_would_have_written_it(database: Database) -> None:
    async with database.reading() as session:
        stays = (
            await session.scalars(
                select(PresenceInterval).order_by(
                    PresenceInterval.class_id, PresenceInterval.person_id, PresenceInterval.started_at
                )
            )
        ).all()
    by_person: dict[tuple[str, str], list[PresenceInterval]] = {}
    for stay in stays:
        assert stay.ended_at is not None
        assert stay.started_at < stay.ended_at == stay.seen_until
        by_person.setdefault((stay.class_id, stay.person_id), []).append(stay)
    for theirs in by_person.values():
        for before, after in pairwise(theirs):
            assert before.ended_at is not None
            assert before.ended_at <= after.started_at
    assert max(len(theirs) for theirs in by_person.values()) == 3


async def test_the_month_before_has_its_contacts_views_and_answers(database: Database) -> None:
    october = await report(database, "2026-10", LATE_IN_THE_MONTH)
    assert october.is_final
    assert 40 <= october.contacts <= 80
    assert october.views >= 5
    async with database.reading() as session:
        experience = await month_experience(
            session, october.service_id, october.month, zone=LONDON, now=LATE_IN_THE_MONTH
        )
    assert experience.n is not None
    assert experience.n >= 5


async def test_the_month_that_goes_on_has_answers_and_views_to_show(database: Database) -> None:
    november = await report(database, "2026-11", LATE_IN_THE_MONTH)
    assert november.views >= 8
    async with database.reading() as session:
        experience = await month_experience(
            session, november.service_id, november.month, zone=LONDON, now=LATE_IN_THE_MONTH
        )
    assert experience.n is not None
    assert 80 <= (experience.positive_percent or 0) <= 100


@pytest.mark.parametrize(
    "now",
    [
        datetime(2027, 1, 1, 0, 20, tzinfo=UTC),
        datetime(2026, 3, 2, 8, 0, tzinfo=UTC),
        datetime(2026, 3, 31, 9, 30, tzinfo=UTC),
        datetime(2028, 2, 29, 23, 59, tzinfo=UTC),
        datetime(2026, 10, 26, 9, 0, tzinfo=UTC),
    ],
    ids=str,
)
async def test_whatever_the_day_last_month_has_contacts_and_answers(tmp_path: Path, now: datetime) -> None:
    clock = SetClock(now)
    async with migrated(tmp_path) as database:
        await demo_of(database, clock)
        before = await report(database, Month.of(now, LONDON).previous(), now)
        assert before.contacts >= 25
        async with database.reading() as session:
            experience = await month_experience(
                session, before.service_id, before.month, zone=LONDON, now=now
            )
            future = await session.scalar(
                select(func.count()).select_from(Viewing).where(Viewing.last_at > now)
            )
        assert (experience.n or 0) >= 5
        assert future == 0


async def test_starting_again_adds_nothing(database: Database, clock: SetClock) -> None:
    before = await everything(database)
    await demo_of(database, clock)
    assert await everything(database) == before
    clock.move(days=40)
    await add_history(database, clock, RULES, zone=LONDON)
    assert await everything(database) == before


async def test_a_demo_made_before_there_were_targets_and_codes_gets_them(
    database: Database, clock: SetClock
) -> None:
    whole = await everything(database)

    async def forget(session) -> None:
        await session.execute(
            update(Service).values(
                site_code=None, team_code=None, contacts_target=None, experience_target_percent=None
            )
        )
        await session.execute(
            update(CourseMember).values(service_request_id=None, commissioner_code=None, admin_category=None)
        )

    await database.write(forget)
    assert await everything(database) != whole
    await demo_of(database, clock)
    assert await everything(database) == whole


async def test_what_the_demos_service_was_given_since_is_kept(database: Database, clock: SetClock) -> None:
    async def change(session) -> None:
        await session.execute(
            update(Service).values(contacts_target=0, experience_target_percent=75, site_code="Z9Z99")
        )
        await session.execute(
            update(CourseMember).where(CourseMember.seat.is_not(None)).values(admin_category="02")
        )

    await database.write(change)
    changed = await everything(database)
    await demo_of(database, clock)
    assert await everything(database) == changed


async def test_either_kind_of_database_gets_the_same_history(
    each_database: Database, clock: SetClock
) -> None:
    await demo_of(each_database, clock)
    november = await report(each_database, "2026-11", clock())
    october = await report(each_database, "2026-10", clock())
    assert (november.contacts, november.views) == (56, 11)
    assert (october.contacts, october.views) == (60, 9)


async def test_a_demo_from_before_there_was_a_history_gets_it(tmp_path: Path, clock: SetClock) -> None:
    async with migrated(tmp_path) as database:
        await seed(database, clock, SECRET)

        async def forgot(session) -> None:
            classes = await session.scalars(select(ClassSession.id).where(ClassSession.ended_at.is_not(None)))
            for class_id in classes.all():
                await RULES.contacts.settle(session, class_id, clock())

        await database.write(forgot)
        assert (await report(database, "2026-11", clock())).contacts == 0
        clock.move(hours=1)
        await demo_of(database, clock)
        assert (await report(database, "2026-11", clock())).contacts > 40


async def test_a_class_held_for_real_before_the_history_came_keeps_its_contacts(
    tmp_path: Path, clock: SetClock
) -> None:
    async with migrated(tmp_path) as database:
        await seed(database, clock, SECRET)

        async def held(session) -> None:
            course = await current_course(session)
            fifth = (
                await session.scalars(
                    select(ClassSession).where(
                        ClassSession.course_id == course.id, ClassSession.number == CLASSES_HELD + 1
                    )
                )
            ).one()
            fifth.starts_at, fifth.ends_at, fifth.ended_at = (
                clock() - timedelta(hours=2),
                clock() - timedelta(hours=1),
                clock() - timedelta(hours=1),
            )
            await session.flush()
            await RULES.contacts.settle(session, fifth.id, clock())

        await database.write(held)
        await demo_of(database, clock)
        async with database.reading() as session:
            statuses = Counter(
                await session.scalars(
                    select(CareContact.attendance_status)
                    .join(ClassSession, ClassSession.id == CareContact.class_id)
                    .where(
                        ClassSession.number == CLASSES_HELD + 1,
                        ClassSession.starts_at > clock() - timedelta(days=1),
                    )
                )
            )
        assert statuses == {"4": 12}


async def test_nobody_of_the_last_course_can_be_real_or_has_a_link(database: Database) -> None:
    async with database.reading() as session:
        current = await current_course(session)
        people = (
            await session.execute(
                select(Person.phone, Patient.nhs_number, PersonalLink.id)
                .join(Patient, Patient.person_id == Person.id)
                .join(CourseMember, CourseMember.person_id == Person.id)
                .outerjoin(PersonalLink, PersonalLink.person_id == Person.id)
                .where(CourseMember.course_id != current.id)
            )
        ).all()
        numbers = (await session.scalars(select(Patient.nhs_number))).all()
        phones = (await session.scalars(select(Person.phone))).all()
    assert len(people) == 8
    assert all(phone.startswith("07700 900") and link is None for phone, _number, link in people)
    assert [read_test_nhs_number(number or "") for number in numbers] == numbers
    assert len(set(phones)) == len(phones)


async def test_the_first_patients_have_watched_nothing_yet(database: Database) -> None:
    async with database.reading() as session:
        watched = set(
            await session.scalars(select(Person.full_name).join(Viewing, Viewing.person_id == Person.id))
        )
    assert not watched & {"Margaret Ellis", "Dennis Whittle", "Sheila Marsh"}
    assert len(watched) >= 10


async def test_the_open_class_and_the_links_are_those_of_the_course_that_goes_on(
    database: Database, clock: SetClock
) -> None:
    links = await demo_links(database, SECRET, "https://demo.example.org")
    assert links.class_name == "Knee and hip group, class 5 of 12"
    assert len(links.patients) == 12
    assert links.measures == f"https://demo.example.org/measures/{links.physios[0].link_id}"
    assert links.watch == "https://demo.example.org/watch/open"


async def test_a_class_that_was_called_off_gives_way_to_the_next(database: Database, clock: SetClock) -> None:
    called_off = await ensure_open_class(database, clock)

    async def cancel(session) -> None:
        (await session.get_one(ClassSession, called_off)).cancelled_at = clock()

    await database.write(cancel)
    await ensure_open_class(database, clock)
    links = await demo_links(database, SECRET, "")
    assert links.class_name == "Knee and hip group, class 6 of 12"
