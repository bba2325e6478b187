"""Contacts of two who share a device, and of patients for whom a proxy comes."""

from __future__ import annotations

import random
from datetime import timedelta
from typing import Any

from sqlalchemy import delete, select, update

from server.contacts.export import CYP201_COLUMNS, cyp201_rows
from server.contacts.months import Month
from server.storage import tables as t
from tests.integration.contacts.clinic import RULES, Clinic, at
from tests.integration.rooms.world import CLASS, COURSE

SUBJECT = CYP201_COLUMNS.index("CareContact_Subject")


async def share_a_device(clinic: Clinic, one: str, other: str) -> None:
    async def work(session: Any) -> None:
        for person, partner in ((one, other), (other, one)):
            await session.execute(
                update(t.CourseMember)
                .where(t.CourseMember.course_id == COURSE, t.CourseMember.person_id == person)
                .values(partner_id=partner)
            )

    await clinic.database.write(work)


async def checks_in(clinic: Clinic, person: str, *, partner_too: bool = False, comes: str = "self") -> None:
    row = t.CheckIn(
        class_id=CLASS,
        person_id=person,
        at=clinic.clock.now,
        stage="done",
        comes=comes,
        partner_too=partner_too,
        state="ready",
    )

    async def work(session: Any) -> None:
        await session.execute(
            delete(t.CheckIn).where(t.CheckIn.class_id == CLASS, t.CheckIn.person_id == person)
        )
        session.add(row)

    await clinic.database.write(work)


async def subjects(clinic: Clinic) -> dict[str, str]:
    """Column CareContact_Subject of the export, by patient."""
    async with clinic.database.reading() as session:
        service_id = (await session.scalars(select(t.Service.id))).one()
        rows = await cyp201_rows(session, service_id, Month(2026, 11), zone=RULES.zone)
        people = dict(
            (
                await session.execute(
                    select(t.CareContact.id, t.Patient.person_id).join(
                        t.Patient, t.Patient.subject_id == t.CareContact.subject_id
                    )
                )
            ).all()
        )
    return {people[row[0]]: row[SUBJECT] for row in rows}


async def test_the_stay_of_one_of_a_couple_is_that_of_the_other(clinic: Clinic) -> None:
    await share_a_device(clinic, "margaret", "george")
    await checks_in(clinic, "margaret", partner_too=True)
    await clinic.comes("hannah")
    await clinic.until_minute(0)
    await clinic.comes_in("margaret")
    await clinic.pass_s(300)
    await clinic.ends()
    contacts = await clinic.contacts()
    assert await clinic.statuses() == {"margaret": "5", "george": "5", "pauline": "3", "li": "3"}
    one, other = contacts["margaret"], contacts["george"]
    assert (one.starts_at, one.ends_at, one.duration_minutes) == (
        other.starts_at,
        other.ends_at,
        other.duration_minutes,
    )
    assert (one.service_request_id, other.service_request_id) == ("REFERRAL-1", "REFERRAL-3")


async def test_a_partner_who_is_not_there_today_has_missed_the_class(clinic: Clinic) -> None:
    await share_a_device(clinic, "margaret", "george")
    await checks_in(clinic, "margaret", partner_too=False)
    await clinic.comes("hannah")
    await clinic.until_minute(0)
    await clinic.comes_in("margaret")
    await clinic.pass_s(120)
    await clinic.ends()
    assert (await clinic.statuses())["george"] == "3"


async def test_only_two_who_are_a_couple_on_the_course_list_count_for_each_other(clinic: Clinic) -> None:
    await checks_in(clinic, "margaret", partner_too=True)
    await clinic.comes("hannah")
    await clinic.until_minute(0)
    await clinic.comes_in("margaret")
    await clinic.pass_s(120)
    await clinic.ends()
    assert await clinic.statuses() == {"margaret": "5", "pauline": "3", "george": "3", "li": "3"}


async def test_a_proxy_who_was_seen_is_the_subject_of_the_contact_and_nobody_elses(clinic: Clinic) -> None:
    await share_a_device(clinic, "margaret", "george")
    await checks_in(clinic, "margaret", partner_too=True)
    await checks_in(clinic, "pauline", comes="proxy")
    await checks_in(clinic, "li", comes="proxy")
    await clinic.comes("hannah")
    await clinic.until_minute(0)
    await clinic.comes_in("margaret")
    await clinic.comes_in("pauline")
    await clinic.pass_s(120)
    await clinic.ends()
    assert await subjects(clinic) == {"margaret": "01", "george": "01", "pauline": "02", "li": "01"}


async def test_whatever_a_couple_does_each_of_the_two_has_one_contact(clinic: Clinic) -> None:
    """Twenty histories: who checks in for both, who is there and when, settled twice."""
    await share_a_device(clinic, "margaret", "george")
    chance = random.Random(5)
    for _history in range(20):
        came = {person: chance.random() < 0.6 for person in ("margaret", "george")}
        both = {person: chance.random() < 0.5 for person in came}
        start, end = chance.uniform(0, 20), chance.uniform(21, 60)

        async def lay_out(session: Any, came=came, start=start, end=end) -> None:
            await session.execute(delete(t.CareContact))
            await session.execute(delete(t.PresenceInterval))
            await session.execute(update(t.ClassSession).values(ended_at=None, settled_at=None))
            for person in ["hannah", *(who for who, is_there in came.items() if is_there)]:
                session.add(
                    t.PresenceInterval(
                        id=f"stay-{person}",
                        class_id=CLASS,
                        person_id=person,
                        place="in_class",
                        started_at=at(start),
                        seen_until=at(end),
                        ended_at=at(end),
                    )
                )
            await session.execute(
                update(t.ClassSession).where(t.ClassSession.id == CLASS).values(ended_at=at(60))
            )

        await clinic.database.write(lay_out)
        for person, is_for_both in both.items():
            await checks_in(clinic, person, partner_too=is_for_both)
        for _again in range(2):
            moment = at(60) + timedelta(minutes=1)
            await clinic.database.write(lambda session, now=moment: clinic.log.settle(session, CLASS, now))
        statuses = await clinic.statuses()
        assert len(statuses) == 4
        for person, other in (("margaret", "george"), ("george", "margaret")):
            was_there = came[person] or (came[other] and both[other])
            assert (statuses[person] in ("5", "6")) is was_there, (came, both)
