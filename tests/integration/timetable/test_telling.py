"""Patients are told by e-mail of their place and of changes: each once, those who want it, in plain words."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from icalendar import Calendar
from sqlalchemy import select

from server.demo import seed
from server.post.letterhead import Letterhead
from server.storage.database import Database
from server.storage.tables import ClassSession, CourseMember, Letter, Patient
from server.timetable.cancelling import Reason, call_off, put_back_on
from server.timetable.moving import move_class
from server.timetable.spoken import LONDON
from server.timetable.telling import (
    classes_back_on,
    classes_cancelled,
    classes_moved,
    invite,
    removed_from_course,
)
from tests.integration.post.mailbox import mailbox
from tests.integration.post.postman import Round, postman
from tests.integration.storage.databases import TUESDAY_10AM, SetClock, migrated, numbered_ids

TOKEN = "t" * 43


@dataclass(frozen=True)
class Member:
    person_id: str
    link_id: str = "link"
    token: str = TOKEN


@dataclass
class Course:
    """The demo’s course; class 5 is on Tuesday at 10am, and the first two patients have an e-mail address."""

    database: Database
    clock: SetClock
    letterhead: Letterhead
    course_id: str
    patients: list[str]
    classes: dict[int, str]

    async def tell(self, what, *about, **more) -> list[str]:
        return await self.database.write(
            lambda session: what(session, *about, self.letterhead, self.clock(), **more)
        )

    async def letters(self) -> list[Letter]:
        async with self.database.reading() as session:
            return list(await session.scalars(select(Letter).order_by(Letter.written_at, Letter.id)))

    async def move(self, number: int, **by: float) -> None:
        async def work(session) -> None:
            row = await session.get_one(ClassSession, self.classes[number])
            clock = SetClock(row.starts_at)
            clock.move(**by)
            await move_class(session, row.id, clock(), self.clock(), people_in=0)

        await self.database.write(work)

    async def set(self, person_id: str, **columns) -> None:
        async def work(session) -> None:
            patient = await session.get_one(Patient, person_id)
            for name, value in columns.items():
                setattr(patient, name, value)

        await self.database.write(work)


@pytest.fixture
async def course(tmp_path: Path) -> AsyncIterator[Course]:
    clock = SetClock(TUESDAY_10AM)
    clock.move(days=-2)
    async with migrated(tmp_path) as database:
        await seed(database, clock, b"s" * 32, id_source=numbered_ids())
        async with database.reading() as session:
            fifth = (
                await session.scalars(select(ClassSession).where(ClassSession.starts_at == TUESDAY_10AM))
            ).one()
            classes = await session.scalars(
                select(ClassSession).where(ClassSession.course_id == fifth.course_id)
            )
            patients = await session.scalars(
                select(CourseMember.person_id)
                .where(CourseMember.course_id == fifth.course_id, CourseMember.seat.is_not(None))
                .order_by(CourseMember.seat)
            )
            letterhead = Letterhead(
                "classes@moveroom.example", "https://c.example", LONDON, numbered_ids("letter")
            )
            world = Course(
                database,
                clock,
                letterhead,
                fifth.course_id,
                list(patients),
                {row.number: row.id for row in classes},
            )
        for number, name in enumerate(("margaret", "dennis")):
            await world.set(world.patients[number], email=f"{name}@patients.example")
        yield world


async def test_an_invitation_has_the_link_the_code_and_all_classes_to_come(course: Course):
    members = [Member(course.patients[0])]
    written = await course.tell(
        invite, course.course_id, members, codes={course.patients[0]: "402 913 558 016 927"}
    )
    assert written == [course.patients[0]]
    (letter,) = await course.letters()
    assert letter.to_address == "margaret@patients.example"
    assert f"https://c.example/j/{TOKEN}" in letter.text
    assert "402 913 558 016 927" in letter.text
    assert "Class 5: Tuesday 24 November, 10am to 11am" in letter.text
    assert "Class 4:" not in letter.text
    assert letter.method == "PUBLISH"
    events = Calendar.from_ical(letter.calendar or "").events
    assert len(events) == letter.text.count("\nClass ")
    assert all(TOKEN in str(event["DESCRIPTION"]) for event in events)


async def test_neither_the_group_nor_the_name_stands_where_others_read_it(course: Course):
    await course.tell(invite, course.course_id, [Member(course.patients[0])])
    (letter,) = await course.letters()
    for text in (letter.subject, letter.text, letter.calendar or ""):
        assert "nee" not in text.replace("need", "")  # the demo's group is for knees and hips
        assert "Ellis" not in text


async def test_an_invitation_is_written_once_for_each_token_and_takes_the_place_of_one_that_waits(
    course: Course,
):
    member = Member(course.patients[0])
    assert await course.tell(invite, course.course_id, [member])
    assert await course.tell(invite, course.course_id, [replace(member, token="n" * 43)])
    (letter,) = await course.letters()
    assert "n" * 43 in letter.text


async def test_who_has_no_address_or_wants_no_emails_gets_none(course: Course):
    await course.set(course.patients[1], refuses_email=True)
    members = [Member(person_id, f"link{person_id}") for person_id in course.patients[:3]]
    assert await course.tell(invite, course.course_id, members) == [course.patients[0]]
    await course.move(6, days=1)
    assert await course.tell(classes_moved, [course.classes[6]]) == [course.patients[0]]


async def test_a_move_is_told_once_with_the_new_time_and_a_higher_sequence(course: Course):
    await course.move(6, days=1)
    assert len(await course.tell(classes_moved, [course.classes[6]])) == 2
    assert await course.tell(classes_moved, [course.classes[6]]) == []
    await course.move(6, days=1)
    assert len(await course.tell(classes_moved, [course.classes[6]])) == 2
    letters = await course.letters()
    assert len(letters) == 4
    events = [event for each in letters for event in Calendar.from_ical(each.calendar or "").events]
    assert sorted(event["SEQUENCE"] for event in events) == [1, 1, 2, 2]
    assert len({str(event["UID"]) for event in events}) == 2
    assert {each.method for each in letters} == {"REQUEST"}
    assert "Look for our email “how to join”" in letters[0].text


async def test_several_classes_are_told_in_one_letter(course: Course):
    for number in (6, 7):
        await course.move(number, days=1)
    assert len(await course.tell(classes_moved, [course.classes[6], course.classes[7]])) == 2
    letter = (await course.letters())[0]
    assert "Class 6: " in letter.text
    assert "Class 7: " in letter.text
    assert (letter.calendar or "").count("METHOD:REQUEST") == 2


async def test_a_class_called_off_is_taken_out_of_calendars_and_put_back(course: Course):
    class_id = course.classes[5]
    await course.database.write(
        lambda session: call_off(session, class_id, Reason.STAFF_ILL, course.clock(), people_in=0)
    )
    assert len(await course.tell(classes_cancelled, [class_id])) == 2
    course.clock.move(minutes=1)
    await course.database.write(lambda session: put_back_on(session, class_id, course.clock()))
    assert len(await course.tell(classes_back_on, [class_id])) == 2
    off, _, on, _ = await course.letters()
    assert off.subject == "Your online class is cancelled"
    assert "Class 5: Tuesday 24 November" in off.text
    assert "Your next class is:\n\nClass 6: " in off.text
    assert on.subject == "Your online class is on after all"
    for letter, method, status, sequence in (
        (off, "CANCEL", "CANCELLED", 1),
        (on, "REQUEST", "CONFIRMED", 2),
    ):
        (event,) = Calendar.from_ical(letter.calendar or "").events
        assert (letter.method, str(event["STATUS"]), event["SEQUENCE"]) == (method, status, sequence)


async def test_nobody_is_told_of_a_class_that_is_over(course: Course):
    assert await course.tell(classes_moved, [course.classes[1]]) == []


async def test_who_leaves_the_course_is_told_and_has_the_classes_taken_out(course: Course):
    margaret = course.patients[0]
    assert await course.tell(removed_from_course, course.course_id, margaret)
    (letter,) = await course.letters()
    assert letter.subject == "Your place in our online class has ended"
    assert letter.method == "CANCEL"
    assert (letter.calendar or "").count("BEGIN:VCALENDAR") > 1


async def test_who_leaves_before_the_invitation_went_out_hears_nothing(course: Course):
    margaret = course.patients[0]
    await course.tell(invite, course.course_id, [Member(margaret)])
    assert not await course.tell(removed_from_course, course.course_id, margaret)
    assert await course.letters() == []


async def test_an_installation_that_sends_no_emails_writes_none(course: Course):
    course.letterhead = replace(course.letterhead, address="")
    assert await course.tell(invite, course.course_id, [Member(course.patients[0])]) == []
    assert await course.tell(classes_cancelled, [course.classes[5]]) == []
    assert await course.letters() == []


async def test_letters_to_one_person_come_in_the_order_in_which_they_were_written(course: Course):
    await course.set(course.patients[1], refuses_email=True)
    async with mailbox() as box:
        box.to_receivers = ["451 later"]
        work = Round(course.database, course.clock)
        async with postman(work, box.server()):
            await course.tell(invite, course.course_id, [Member(course.patients[0])])
            await work.sleeps_through()
            await course.move(6, days=1)
            course.clock.move(seconds=1)
            await course.tell(classes_moved, [course.classes[6]])
            await work.sleeps_through()
            await work.sleeps_through()
        subjects = [letter["Subject"] for letter in box.letters]
    assert subjects == ["Your online class: how to join", "Your online class: new time"]
