from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import update

from server.contacts.experience import month_experience
from server.contacts.export import CYP201_COLUMNS, cyp201_csv
from server.contacts.log import ContactLog
from server.contacts.months import Month
from server.contacts.report import MonthReport, month_report
from server.contacts.service_months import service_months
from server.storage import tables as t
from server.storage.database import Database
from tests.integration.contacts.clinic import RULES, add_class, seed_clinic
from tests.integration.rooms.world import CLASS, PATIENTS, take_off
from tests.integration.storage.databases import TUESDAY_10AM, numbered_ids

ZONE = RULES.zone
NOVEMBER, DECEMBER = Month(2026, 11), Month(2026, 12)


@pytest.fixture
async def database(each_database: Database) -> Database:
    await seed_clinic(each_database)
    return each_database


async def held(
    database: Database, class_id: str, starts_at: datetime, present: Mapping[str, tuple[float, float]]
) -> None:
    """Hold a class for an hour; by person, from and until which minute they were in class."""

    async def work(session: Any) -> None:
        for person, (start, end) in present.items():
            ended = starts_at + timedelta(minutes=end)
            session.add(
                t.PresenceInterval(
                    id=f"{class_id}-{person}",
                    class_id=class_id,
                    person_id=person,
                    place="in_class",
                    started_at=starts_at + timedelta(minutes=start),
                    seen_until=ended,
                    ended_at=ended,
                )
            )
        await session.execute(
            update(t.ClassSession)
            .where(t.ClassSession.id == class_id)
            .values(ended_at=starts_at + timedelta(hours=1))
        )

    await database.write(work)


async def settled(database: Database, now: datetime) -> None:
    log = ContactLog(RULES, numbered_ids(f"at{now:%d%H%M}x"))
    await database.write(lambda session: log.settle_due(session, now))


async def report(database: Database, month: Month, now: datetime = TUESDAY_10AM) -> MonthReport:
    async with database.reading() as session:
        return await month_report(session, "service1", month, zone=ZONE, now=now)


async def rows(database: Database, month: Month) -> list[dict[str, str]]:
    async with database.reading() as session:
        text = await cyp201_csv(session, "service1", month, zone=ZONE)
    read = csv.DictReader(io.StringIO(text, newline=""))
    assert tuple(read.fieldnames or ()) == CYP201_COLUMNS
    return sorted(read, key=lambda row: (row["Contact_Date"], row["ServiceRequestID"]))


async def test_the_report_counts_contacts_by_class_and_status_and_what_lies_ahead(database: Database) -> None:
    await add_class(database, "class4", 4, TUESDAY_10AM + timedelta(days=2))
    present = {"hannah": (-5, 60), "margaret": (0, 60), "pauline": (20, 50.5)}
    await held(database, CLASS, TUESDAY_10AM, present)
    await settled(database, TUESDAY_10AM + timedelta(hours=2))
    month = await report(database, NOVEMBER)
    assert (month.service_name, month.target) == ("Riverside Physiotherapy", 80)
    assert month.contacts == 2
    assert month.by_status == {"5": 1, "6": 1, "3": 2, "0": 4}
    assert [(each.number, each.contacts, each.by_status, each.minutes) for each in month.classes] == [
        (3, 2, {"5": 1, "6": 1, "3": 2}, 90),
        (4, 0, {"0": 4}, 0),
    ]
    assert month.classes[0].title == "Knee and hip group"
    assert (await report(database, DECEMBER)).classes == ()


async def test_a_month_is_final_when_it_is_over_and_everything_is_settled(database: Database) -> None:
    assert not (await report(database, NOVEMBER, datetime(2026, 12, 1, tzinfo=UTC))).is_final
    await settled(database, datetime(2026, 12, 1, tzinfo=UTC))
    assert (await report(database, NOVEMBER, datetime(2026, 12, 1, tzinfo=UTC))).is_final
    assert not (await report(database, NOVEMBER, datetime(2026, 11, 30, 23, 59, tzinfo=UTC))).is_final


async def test_a_contact_counts_in_the_month_in_which_it_began_in_london(database: Database) -> None:
    """A class from 11.50pm on 30 June: who comes before midnight is June's, who comes after it is July's."""
    late = datetime(2026, 6, 30, 22, 50, tzinfo=UTC)
    await add_class(database, "late", 1, late)
    await held(database, "late", late, {"hannah": (0, 60), "margaret": (5, 60), "pauline": (10, 60)})
    await settled(database, late + timedelta(hours=2))
    june, july = await report(database, Month(2026, 6)), await report(database, Month(2026, 7))
    assert (june.contacts, july.contacts) == (1, 1)
    assert june.by_status == {"6": 1, "3": 2}, "who did not come has the planned start"
    assert [row["Contact_Time"] for row in await rows(database, Month(2026, 6))] == [
        "23:55:00",
        "23:50:00",
        "23:50:00",
    ]
    (pauline,) = await rows(database, Month(2026, 7))
    assert (pauline["Contact_Date"], pauline["Contact_Time"]) == ("2026-07-01", "00:00:00")


async def test_the_csv_has_what_the_data_team_loads(database: Database) -> None:
    present = {"hannah": (-5, 60), "margaret": (-1, 60), "pauline": (20, 50.5)}
    await held(database, CLASS, TUESDAY_10AM, present)
    await database.write(tell_absence("george"))
    await settled(database, TUESDAY_10AM + timedelta(hours=2))
    margaret, pauline, george, li = await rows(database, NOVEMBER)
    assert margaret.pop("CareContactID").startswith("C")
    assert margaret == {
        "ServiceRequestID": "REFERRAL-1",
        "TeamID_Local": "TEAM-1",
        "Contact_Date": "2026-11-24",
        "Contact_Time": "09:59:00",
        "OrgID_Commissioner": "Z9Z",
        "AdminCategory": "01",
        "CareContact_Duration": "61",
        "Consultation_Type": "01",
        "CareContact_Subject": "01",
        "ConsMechanism": "11",
        "Activity_LocationType": "",
        "Treatment_OrgSiteID": "Z9Z01",
        "GroupTherapyIndicator": "Y",
        "AttendanceStatus": "5",
        "Contact_CancellationDate": "",
        "Contact_CancellationReason": "",
    }
    assert (pauline["AttendanceStatus"], pauline["CareContact_Duration"]) == ("6", "30")
    assert (george["AttendanceStatus"], george["Contact_CancellationDate"]) == ("2", "2026-11-23")
    assert george["Contact_CancellationReason"] == "", "the reasons are those of the service"
    assert (li["AttendanceStatus"], li["CareContact_Duration"], li["Contact_Time"]) == ("3", "", "10:00:00")


async def test_who_is_taken_off_the_course_afterwards_keeps_the_referral_and_old_months_their_codes(
    database: Database,
) -> None:
    await held(database, CLASS, TUESDAY_10AM, {"hannah": (-5, 60), "margaret": (0, 60)})
    await settled(database, TUESDAY_10AM + timedelta(hours=2))
    before = await rows(database, NOVEMBER)
    assert before[0]["ServiceRequestID"] == "REFERRAL-1"

    async def change(session: Any) -> None:
        await session.execute(update(t.CourseMember).values(service_request_id="ANOTHER"))
        await session.execute(update(t.Service).values(team_code="TEAM-2", site_code="Z9Z02"))

    await database.write(change)
    await database.write(take_off("margaret"))
    assert await rows(database, NOVEMBER) == before
    log = ContactLog(RULES, numbered_ids("again"))
    await database.write(lambda session: log.settle(session, CLASS, TUESDAY_10AM + timedelta(hours=3)))
    assert await rows(database, NOVEMBER) == before, "also when the class is settled again"


async def test_who_was_taken_off_the_course_before_has_a_contact_without_a_referral(
    database: Database,
) -> None:
    await held(database, CLASS, TUESDAY_10AM, {"hannah": (-5, 60), "margaret": (0, 60)})
    await database.write(take_off("margaret"))
    await settled(database, TUESDAY_10AM + timedelta(hours=2))
    (margaret,) = [row for row in await rows(database, NOVEMBER) if row["AttendanceStatus"] == "5"]
    assert (margaret["ServiceRequestID"], margaret["TeamID_Local"]) == ("", "TEAM-1")


async def test_a_class_held_by_a_helper_alone_gives_no_contacts(database: Database) -> None:
    await held(database, CLASS, TUESDAY_10AM, {"tom": (-5, 60), "margaret": (0, 60)})
    await settled(database, TUESDAY_10AM + timedelta(hours=2))
    assert (await report(database, NOVEMBER)).by_status == {"4": 4}


def tell_absence(person: str) -> Any:
    async def work(session: Any) -> None:
        told_at = TUESDAY_10AM - timedelta(hours=20)
        session.add(t.Absence(class_id=CLASS, person_id=person, told_at=told_at))

    return work


async def test_the_csv_names_the_day_and_the_reason_of_a_cancelled_class(database: Database) -> None:
    async def cancel(session: Any) -> None:
        cancelled_at = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
        await session.execute(
            update(t.ClassSession).values(cancelled_at=cancelled_at, cancelled_reason="staff_ill")
        )

    await database.write(cancel)
    await settled(database, datetime(2026, 11, 20, 9, 0, tzinfo=UTC))
    for row in await rows(database, NOVEMBER):
        assert (row["AttendanceStatus"], row["Contact_Date"]) == ("4", "2026-11-24")
        assert (row["Contact_CancellationDate"], row["Contact_CancellationReason"]) == ("2026-11-20", "02")
    assert (await report(database, NOVEMBER)).contacts == 0


async def test_what_lies_ahead_is_not_in_the_csv(database: Database) -> None:
    await settled(database, TUESDAY_10AM)
    assert await rows(database, NOVEMBER) == []


async def test_no_name_and_no_phone_number_is_in_the_csv_or_the_ledger(database: Database) -> None:
    await held(database, CLASS, TUESDAY_10AM, {"hannah": (0, 60), "margaret": (0, 60)})
    await settled(database, TUESDAY_10AM + timedelta(hours=2))
    text = str(await rows(database, NOVEMBER)).lower()
    assert not [name for name in (*PATIENTS, "hannah", "example", "07700") if name in text]


async def test_a_code_that_begins_like_a_formula_is_made_text(database: Database) -> None:
    async def rename(session: Any) -> None:
        await session.execute(update(t.CourseMember).values(service_request_id="=1+1"))

    await database.write(rename)
    await settled(database, TUESDAY_10AM + timedelta(days=1))
    assert {row["ServiceRequestID"] for row in await rows(database, NOVEMBER)} == {"'=1+1"}


async def test_another_service_s_contacts_are_its_own(database: Database) -> None:
    async def another(session: Any) -> None:
        session.add(t.Service(id="service2", name="Harbour Physiotherapy", phone="01632 960200"))

    await database.write(another)
    await held(database, CLASS, TUESDAY_10AM, {"hannah": (0, 60), "margaret": (0, 60)})
    log = ContactLog(RULES, numbered_ids("two"))
    months = await service_months(database, log, NOVEMBER, now=TUESDAY_10AM + timedelta(hours=2))
    assert [(each.report.service_name, each.report.contacts, len(each.contacts)) for each in months] == [
        ("Harbour Physiotherapy", 0, 0),
        ("Riverside Physiotherapy", 1, 4),
    ]
    async with database.reading() as session:
        experience = await month_experience(session, "service1", NOVEMBER, zone=ZONE, now=TUESDAY_10AM)
    assert months[1].experience == experience


async def test_on_demand_views_stand_beside_the_contacts_never_in_them(database: Database) -> None:
    async def watch(session: Any) -> None:
        for number, counted_at in enumerate((TUESDAY_10AM, TUESDAY_10AM - timedelta(days=40), None)):
            session.add(
                t.Viewing(
                    id=f"viewing{number}",
                    person_id=PATIENTS[number],
                    session_name="calf-raises",
                    started_at=TUESDAY_10AM - timedelta(days=41),
                    last_at=TUESDAY_10AM,
                    position_ms=0,
                    watched_ms=60_000,
                    counted_at=counted_at,
                    closed_at=None,
                )
            )

    await database.write(watch)
    month = await report(database, NOVEMBER)
    assert (month.views, month.contacts) == (1, 0)


async def test_a_report_for_no_service_is_our_mistake(database: Database) -> None:
    async with database.reading() as session:
        with pytest.raises(LookupError):
            await month_report(session, "nobody", NOVEMBER, zone=ZONE, now=TUESDAY_10AM)
