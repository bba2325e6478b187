"""From what people do in a room to the contacts in the ledger, through the real room and the real tables."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import event, func, select

from server.contacts.log import ContactLog
from server.storage import tables as t
from server.storage.database import Database
from tests.integration.contacts.clinic import RULES, Clinic, add_class, at
from tests.integration.rooms.world import CLASS, COURSE, take_off
from tests.integration.storage.databases import TUESDAY_10AM, numbered_ids


async def test_a_class_gives_everybody_on_the_course_one_contact(clinic: Clinic) -> None:
    await clinic.tells_absence("george")
    await clinic.comes("hannah")
    await clinic.comes("margaret")
    await clinic.until_minute(-0.5)
    await clinic.is_let_in("margaret")
    await clinic.until_minute(1.5)
    await clinic.comes_in("pauline")
    await clinic.pass_s(75)
    await clinic.leaves("pauline")
    await clinic.ends()
    contacts = await clinic.contacts()
    assert await clinic.statuses() == {"margaret": "5", "pauline": "6", "george": "2", "li": "3"}
    margaret, pauline = contacts["margaret"], contacts["pauline"]
    assert abs(margaret.starts_at - at(-0.5)) < timedelta(seconds=1)
    assert abs(margaret.ends_at - at(2.75)) < timedelta(seconds=1)
    assert (margaret.duration_minutes, pauline.duration_minutes) == (3, 1)
    assert contacts["li"].starts_at == TUESDAY_10AM
    assert (contacts["li"].ends_at, contacts["li"].duration_minutes) == (None, None)
    assert contacts["george"].cancelled_at == at(-1)
    assert {each.consultation_mechanism for each in contacts.values()} == {"11"}
    assert {each.group_therapy for each in contacts.values()} == {"Y"}
    assert all(len(each.id) <= 20 for each in contacts.values())


async def test_the_log_of_presence_follows_the_waiting_room_and_the_class(clinic: Clinic) -> None:
    await clinic.comes("hannah")
    await clinic.until_minute(0)
    await clinic.comes("margaret")
    await clinic.pass_s(12)
    await clinic.is_let_in("margaret")
    await clinic.pass_s(20)
    await clinic.leaves("margaret")
    await clinic.pass_s(10)
    await clinic.comes("margaret")
    await clinic.pass_s(5)
    assert await clinic.stays("margaret") == [
        ("waiting", 0, 12),
        ("in_class", 12, 32),
        ("waiting", 42, None),
    ]


async def test_who_drops_out_was_there_until_last_seen_and_is_back_from_the_moment_of_coming_back(
    clinic: Clinic,
) -> None:
    await clinic.comes("hannah")
    await clinic.until_minute(0)
    await clinic.comes_in("margaret")
    await clinic.pass_s(30)
    await clinic.pass_s(3)
    await clinic.drops_out("margaret")
    await clinic.pass_s(60)
    await clinic.comes("margaret")
    await clinic.pass_s(30)
    await clinic.ends()
    assert await clinic.times_in_class("margaret") == [(0, 30), (93, 123)]
    assert (await clinic.contacts())["margaret"].duration_minutes == 2


async def test_after_a_crash_presence_goes_on_when_people_are_back_at_once(clinic: Clinic) -> None:
    await clinic.comes("hannah")
    await clinic.until_minute(0)
    await clinic.comes_in("margaret")
    await clinic.pass_s(62)
    await clinic.die()
    clinic.clock.move(seconds=3)
    await clinic.open()
    await clinic.comes("hannah")
    await clinic.comes("margaret")
    await clinic.pass_s(60)
    await clinic.ends()
    assert await clinic.times_in_class("margaret") == [(0, 125)]
    assert (await clinic.contacts())["margaret"].duration_minutes == 2


async def test_after_a_crash_nobody_counts_as_present_while_the_server_was_gone(clinic: Clinic) -> None:
    await clinic.comes("hannah")
    await clinic.until_minute(0)
    await clinic.comes_in("margaret")
    await clinic.pass_s(68)
    await clinic.die()
    clinic.clock.move(seconds=1800)
    await clinic.open()
    await clinic.comes("hannah")
    await clinic.pass_s(20)
    await clinic.ends()
    assert await clinic.times_in_class("margaret") == [(0, 65)]
    assert (await clinic.contacts())["margaret"].duration_minutes == 1


async def test_a_class_that_ended_is_settled_once_whoever_looks_again(clinic: Clinic) -> None:
    await clinic.comes("hannah")
    await clinic.until_minute(0)
    await clinic.comes_in("margaret")
    await clinic.pass_s(65)
    await clinic.ends()
    before = {person: row.id for person, row in (await clinic.contacts()).items()}
    await clinic.die()
    clinic.clock.move(hours=20)
    await clinic.open()
    assert await clinic.settles_due() == 0
    for _ in range(2):
        await clinic.database.write(lambda session: clinic.log.settle(session, CLASS, clinic.clock.now))
    assert {person: row.id for person, row in (await clinic.contacts()).items()} == before
    assert (await clinic.statuses())["margaret"] == "5"


async def test_of_two_processes_that_settle_at_the_same_time_one_waits_for_the_other(
    clinic: Clinic, each_database_url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    clinic.skip_to_minute(1000)
    other = await Database.open(each_database_url)
    has_settled, we_wait = asyncio.Event(), asyncio.Event()

    async def settle_slowly(session: Any) -> None:
        await ContactLog(RULES, numbered_ids("other")).settle_due(session, clinic.clock.now)
        has_settled.set()
        await we_wait.wait()

    def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        if any(each in statement for each in ("BEGIN", "pg_advisory_xact_lock", "INSERT INTO care_contacts")):
            we_wait.set()

    try:
        theirs = asyncio.create_task(other.write(settle_slowly))
        await has_settled.wait()
        event.listen(clinic.database._writer.sync_engine, "before_cursor_execute", note)
        await clinic.settles_due()
        await theirs
    finally:
        await other.close()
    assert len(await clinic.contacts()) == 4
    assert "class_not_settled" not in capsys.readouterr().out


async def test_a_class_that_nobody_ended_is_settled_twelve_hours_after_its_planned_end(
    clinic: Clinic,
) -> None:
    await clinic.comes("hannah")
    await clinic.until_minute(0)
    await clinic.comes_in("margaret")
    await clinic.pass_s(125)
    await clinic.die()
    clinic.skip_to_minute(60 + 12 * 60 - 1)
    assert await clinic.settles_due() == 0
    assert await clinic.contacts() == {}
    clinic.skip_to_minute(60 + 12 * 60)
    assert await clinic.settles_due() == 1
    assert await clinic.statuses() == {"margaret": "5", "pauline": "3", "george": "3", "li": "3"}
    assert (await clinic.contacts())["margaret"].duration_minutes == 2
    assert await clinic.times_in_class("margaret") == [(0, 125)], "ended when last seen"
    await clinic.open()
    await clinic.comes("hannah")
    await clinic.ends()
    assert (await clinic.contacts())["margaret"].duration_minutes == 2, "ending it later changes nothing"


async def test_a_cancelled_class_is_settled_with_its_reason(clinic: Clinic) -> None:
    await clinic.tells_absence("george")
    clinic.clock.move(seconds=1)
    await clinic.set_class(cancelled_at=clinic.clock.now, cancelled_reason="staff_ill")
    assert await clinic.settles_due() == 1
    assert await clinic.statuses() == {"margaret": "4", "pauline": "4", "george": "2", "li": "4"}
    margaret = (await clinic.contacts())["margaret"]
    assert (margaret.cancelled_at, margaret.cancelled_reason) == (clinic.clock.now, "staff_ill")


async def test_settling_a_class_that_goes_on_writes_nothing(clinic: Clinic) -> None:
    await clinic.comes("hannah")
    await clinic.comes_in("margaret")
    await clinic.database.write(lambda session: clinic.log.settle(session, CLASS, clinic.clock.now))
    await clinic.database.write(lambda session: clinic.log.settle(session, "no-such-class", clinic.clock.now))
    assert await clinic.contacts() == {}


async def test_a_patient_taken_off_the_course_since_keeps_the_contact(clinic: Clinic) -> None:
    await clinic.comes("hannah")
    await clinic.until_minute(0)
    await clinic.comes_in("margaret")
    await clinic.pass_s(65)
    await clinic.die()
    await clinic.database.write(take_off("margaret"))
    await clinic.database.write(take_off("li"))
    clinic.skip_to_minute(1000)
    await clinic.settles_due()
    assert await clinic.statuses() == {"margaret": "5", "pauline": "3", "george": "3"}


async def test_only_the_first_class_in_which_a_patient_is_seen_is_an_initial_consultation(
    clinic: Clinic,
) -> None:
    """Also when an earlier class is settled later, because nobody ended it."""
    await add_class(clinic.database, "class2", 2, TUESDAY_10AM - timedelta(days=7))
    await clinic.comes("hannah")
    await clinic.until_minute(0)
    await clinic.comes_in("margaret")
    await clinic.pass_s(65)
    await clinic.ends()
    kinds = select(t.CareContact.class_id, t.CareContact.consultation_type).where(
        t.CareContact.subject_id == "subject-margaret"
    )
    async with clinic.database.reading() as session:
        assert dict((await session.execute(kinds)).all()) == {CLASS: "01"}

    async def a_week_ago(session: object) -> None:
        for person in ("hannah", "margaret"):
            session.add(  # type: ignore[attr-defined]
                t.PresenceInterval(
                    id=f"earlier-{person}",
                    class_id="class2",
                    person_id=person,
                    place="in_class",
                    started_at=TUESDAY_10AM - timedelta(days=7),
                    seen_until=TUESDAY_10AM - timedelta(days=7, minutes=-50),
                    ended_at=None,
                )
            )

    await clinic.database.write(a_week_ago)
    assert await clinic.settles_due() == 1
    async with clinic.database.reading() as session:
        assert dict((await session.execute(kinds)).all()) == {"class2": "01", CLASS: "02"}


async def test_a_fault_in_the_ledger_keeps_no_class_from_ending(
    clinic: Clinic, monkeypatch: pytest.MonkeyPatch
) -> None:
    await clinic.comes("hannah")
    await clinic.until_minute(0)
    await clinic.comes_in("margaret")
    await clinic.pass_s(65)
    with monkeypatch.context() as patch:
        patch.setattr("server.contacts.settling.contact_of", lambda *args, **more: 1 / 0)
        await clinic.ends()
    assert clinic.open_class.room.state.ended_at is not None
    assert await clinic.contacts() == {}
    assert await clinic.settles_due() == 1
    assert (await clinic.statuses())["margaret"] == "5"


async def test_a_beat_for_a_full_class_is_a_handful_of_statements(clinic: Clinic) -> None:
    people = ["hannah", "tom", "margaret", "pauline", "george", "li"]
    for person in people:
        await clinic.comes_in(person)
    statements: list[str] = []
    engine = clinic.database._writer.sync_engine

    def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        statements.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    await clinic.pass_s(5)
    event.remove(engine, "before_cursor_execute", note)
    about_presence = [each for each in statements if "presence_intervals" in each]
    assert [each.split()[0] for each in about_presence] == ["SELECT", "UPDATE"]
    async with clinic.database.reading() as session:
        going_on = select(t.PresenceInterval).where(t.PresenceInterval.ended_at.is_(None))
        seen = {row.person_id: row.seen_until for row in await session.scalars(going_on)}
    assert seen == dict.fromkeys(people, clinic.clock.now)


async def test_a_beat_that_is_written_after_somebody_left_brings_nobody_back(clinic: Clinic) -> None:
    await clinic.comes("hannah")
    await clinic.comes_in("margaret")
    told_at, here = clinic.clock.now + timedelta(seconds=2), {CLASS: clinic.open_class.here()}
    assert set(here[CLASS]) == {"hannah", "margaret"}
    clinic.clock.move(seconds=3)
    await clinic.leaves("margaret")
    await clinic.database.write(lambda session: clinic.log.still_here(session, told_at, here))
    open_stays = select(t.PresenceInterval.person_id).where(t.PresenceInterval.ended_at.is_(None))
    async with clinic.database.reading() as session:
        assert list(await session.scalars(open_stays)) == ["hannah"]


async def test_a_patient_the_ledger_cannot_name_is_logged_and_the_others_are_settled(
    clinic: Clinic, capsys: pytest.CaptureFixture[str]
) -> None:
    async def forget(session: object) -> None:
        patient = await session.get(t.Patient, "li")  # type: ignore[attr-defined]
        await session.delete(patient)  # type: ignore[attr-defined]

    await clinic.database.write(forget)
    clinic.skip_to_minute(1000)
    await clinic.settles_due()
    assert set(await clinic.statuses()) == {"margaret", "pauline", "george"}
    assert "patients_without_subject" in capsys.readouterr().out


async def test_there_is_never_more_than_one_course_in_a_contact(clinic: Clinic) -> None:
    clinic.skip_to_minute(1000)
    await clinic.settles_due()
    query = (
        select(func.count())
        .select_from(t.CareContact)
        .join(t.ClassSession, t.ClassSession.id == t.CareContact.class_id)
        .where(t.ClassSession.course_id == COURSE)
    )
    async with clinic.database.reading() as session:
        assert await session.scalar(query) == 4
