"""Patients on record and on courses, on either kind of database."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from sqlalchemy import func, select, update

from server.errors import Refused
from server.people.patient_likeness import Why, likenesses, people_of_service
from server.people.patient_search import find_patients
from server.people.patients import Need, PatientRecord, Sex, add_patients, change_patient, patient_of
from server.storage import tables as t
from server.storage.database import Database
from server.timetable.enrolment import (
    Newcomer,
    NewMember,
    join_couple,
    places_of,
    put_on_course,
    take_off_course,
)
from server.timetable.patient_courses import (
    courses_of_patient,
    open_classes_of_patient,
    open_courses,
    patients_on_course,
)
from server.timetable.referrals import AdminCategory, Referral
from tests.integration.storage.databases import TUESDAY_10AM, numbered_ids

BORN = date(1955, 3, 31)
FULL = PatientRecord(
    full_name="Élodie O'Hara",
    shown_name="Élodie",
    date_of_birth=BORN,
    sex=Sex.FEMALE,
    nhs_number="9990000131",
    deprivation_decile=3,
    phone="+44 7700 900555",
    email="e@example.org",
    needs=(Need.CAPTIONS,),
    needs_note="Left ear",
    interpreter="French",
)
BARE = PatientRecord("Bert Hill", "Bert", None)


@pytest.fixture
async def service_id(database: Database) -> str:
    async with database.reading() as session:
        return (await session.scalars(select(t.Service.id))).one()


@pytest.fixture
async def added(database: Database, service_id: str) -> list[str]:
    """Élodie and Bert."""
    new_id = numbered_ids("new")
    return await database.write(lambda session: add_patients(session, service_id, [FULL, BARE], new_id))


async def with_helper(database: Database) -> None:
    async def work(session: Any) -> None:
        helper = select(t.Person.id).where(t.Person.role == "helper").scalar_subquery()
        await session.execute(update(t.Course).values(helper_id=helper))

    await database.write(work)


async def put_on(database: Database, course_id: str, *people: str) -> list[NewMember]:
    new_id = numbered_ids(f"link-{people[0]}-")
    return await database.write(
        lambda session: put_on_course(
            session,
            course_id,
            [Newcomer(each, Referral("REF 1", "15E", AdminCategory.NHS)) for each in people],
            TUESDAY_10AM,
            new_id=new_id,
            new_secret=lambda: new_id() * 3,
        )
    )


async def test_a_record_is_read_as_it_was_stored(database: Database, added: list[str]) -> None:
    async with database.reading() as session:
        found = [await patient_of(session, each) for each in added]
        assert await patient_of(session, "nobody") is None
    assert [each.record for each in found if each] == [FULL, BARE]
    await database.write(lambda session: change_patient(session, added[1], FULL_BERT))
    async with database.reading() as session:
        changed = await patient_of(session, added[1])
    assert changed is not None
    assert changed.record == FULL_BERT


FULL_BERT = PatientRecord("Bert Hill", "Bertie", BORN, nhs_number="9990000158", refuses_email=True)


async def test_an_nhs_number_stands_on_one_record(
    database: Database, service_id: str, added: list[str]
) -> None:
    twin = PatientRecord("Somebody", "S", BORN, nhs_number="9990000131")
    for work in (
        lambda session: add_patients(session, service_id, [twin], numbered_ids("twin")),
        lambda session: change_patient(session, added[1], twin),
    ):
        with pytest.raises(Refused) as refused:
            await database.write(work)
        assert refused.value.code == "nhs_number_taken"
    await database.write(lambda session: change_patient(session, added[0], FULL))


@pytest.mark.parametrize(
    "words", ["élodie", "ÉLODIE o'hara", "hara", "07700 900555", "0044 7700900555", "00555", "999 000 0131"]
)
async def test_a_patient_is_found(database: Database, service_id: str, added: list[str], words: str) -> None:
    async with database.reading() as session:
        found = await find_patients(session, {service_id}, words, 1)
        elsewhere = await find_patients(session, {"another"}, words, 1)
        everywhere = await find_patients(session, None, words, 7)
    assert [each.person_id for each in found.people] == [added[0]]
    assert (found.total, elsewhere.total, everywhere.page) == (1, 0, 1)


async def test_a_long_list_is_read_page_by_page(database: Database, service_id: str) -> None:
    many = [PatientRecord(f"Zed {number:03}", "Zed", BORN) for number in range(120)]
    await database.write(lambda session: add_patients(session, service_id, many, numbered_ids("many")))
    async with database.reading() as session:
        pages = [await find_patients(session, {service_id}, "zed", page) for page in (1, 2, 3)]
    assert [(each.first, each.last, each.total, each.pages) for each in pages] == [
        (1, 50, 120, 3),
        (51, 100, 120, 3),
        (101, 120, 120, 3),
    ]
    assert [one.full_name for each in pages for one in each.people] == [each.full_name for each in many]


async def test_who_is_like_a_record_is_found_in_the_tables(
    database: Database, service_id: str, added: list[str]
) -> None:
    written = PatientRecord("O’hara elodie", "E", BORN)
    async with database.reading() as session:
        found = await likenesses(session, service_id, written)
        own = await likenesses(session, service_id, FULL, but=added[0])
        nobody = await likenesses(session, service_id, BARE)
        known = await people_of_service(session, service_id)
    assert [(each.identity.person_id, each.why) for each in found] == [(added[0], Why.NAME)]
    assert (own, nobody) == ([], [])
    assert [each.why for each in known.like(FULL)] == [Why.NHS_NUMBER]


async def test_a_place_on_a_course_is_a_seat_a_link_and_the_referral(
    database: Database, course_id: str, service_id: str, added: list[str]
) -> None:
    await with_helper(database)
    [member] = await put_on(database, course_id, added[0])
    async with database.reading() as session:
        places = await places_of(session, course_id, TUESDAY_10AM)
        on_course = await patients_on_course(session, course_id)
        [course] = await courses_of_patient(session, added[0], TUESDAY_10AM)
        offered = await open_courses(session, service_id, TUESDAY_10AM, without=added[0])
        for_bert = await open_courses(session, service_id, TUESDAY_10AM, without=added[1])
        open_now = await open_classes_of_patient(session, added[0], TUESDAY_10AM)
    assert places is not None
    assert (member.seat, places.free) == (12, 3)
    assert on_course[12].referral == course.referral == Referral("REF 1", "15E", AdminCategory.NHS)
    assert (course.has_link, course.is_over, course.partner_name) == (True, False, None)
    assert offered == []
    assert [(each.taken, each.free) for each in for_bert] == [(13, 3)]
    assert len(open_now) == 1


async def test_nobody_is_put_on_a_course_when_one_cannot_be(
    database: Database, course_id: str, added: list[str]
) -> None:
    await with_helper(database)
    async with database.reading() as session:
        margaret = (
            await session.scalars(select(t.Person.id).where(t.Person.full_name == "Margaret Ellis"))
        ).one()
        physio = (await session.scalars(select(t.Course.lead_id))).one()
    for people, code in (
        ((added[0], margaret), "already_on_course"),
        ((added[0], added[0]), "already_on_course"),
        ((added[0], physio), "not_a_patient"),
    ):
        with pytest.raises(Refused) as refused:
            await put_on(database, course_id, *people)
        assert refused.value.code == code
    async with database.reading() as session:
        count = await session.scalar(
            select(func.count()).select_from(t.CourseMember).where(t.CourseMember.person_id == added[0])
        )
    assert count == 0


async def test_who_leaves_the_course_leaves_the_couple(
    database: Database, course_id: str, added: list[str]
) -> None:
    await with_helper(database)
    await put_on(database, course_id, *added)
    await database.write(lambda session: join_couple(session, course_id, added[0], added[1]))
    await database.write(lambda session: take_off_course(session, course_id, added[0], TUESDAY_10AM))
    async with database.reading() as session:
        left = await session.get_one(t.CourseMember, (course_id, added[1]))
        link = (
            await session.scalars(select(t.PersonalLink).where(t.PersonalLink.person_id == added[0]))
        ).one()
        assert await courses_of_patient(session, added[0], TUESDAY_10AM) == []
    assert (left.partner_id, link.revoked_at) == (None, TUESDAY_10AM)
    [again] = await put_on(database, course_id, added[0])
    assert (again.seat, again.link_id) == (12, link.id)
