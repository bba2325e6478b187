"""A database of the first version, in which classes were held, is brought up to this one's contacts."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import Any

import pytest
from alembic import command
from sqlalchemy import Connection, select, text

from server.contacts.log import ContactLog
from server.storage import tables as t
from server.storage.database import Database
from server.storage.migrate import migrate, migration_config
from tests.integration.contacts.clinic import RULES
from tests.integration.storage.databases import TUESDAY_10AM, numbered_ids
from tests.unit.storage.test_migrate import connected

PEOPLE = {"hannah": "physio", "margaret": "patient", "pauline": "patient", "li": "patient"}


def at(minute: float) -> datetime:
    return TUESDAY_10AM + timedelta(minutes=minute)


HELD: list[tuple[float, str, dict[str, Any]]] = [
    (-9, "came_in", {"person_id": "hannah", "place": "in_class", "first": True}),
    (-3, "came_in", {"person_id": "margaret", "place": "waiting", "first": True}),
    (-1, "admitted", {"person_id": "margaret"}),
    (0, "media_set", {"person_id": "margaret", "microphone_on": True, "camera_on": True}),
    (20, "came_in", {"person_id": "pauline", "place": "waiting", "first": True}),
    (21, "admitted", {"person_id": "pauline"}),
    (30, "dropped", {"person_id": "margaret"}),
    (32, "returned", {"person_id": "margaret"}),
    (50, "went_out", {"person_id": "pauline", "was": "in_class"}),
]
ENDED = (60, "class_ended", {})


def held_under_the_first_version(
    url: str, journal: list[tuple[float, str, dict[str, Any]]], ended_at: datetime | None
) -> None:
    with connected(url) as connection, connection.begin():
        command.upgrade(migration_config(connection), "0001")
        add = _adding(connection)
        add("services", id="service", name="Riverside", phone="01632 960123")
        for person, role in PEOPLE.items():
            add("people", id=person, service_id="service", role=role, full_name="x", shown_name="x", phone="")
            if role == "patient":
                add("patients", person_id=person, nhs_number=None)
        add(
            "programmes",
            id="p",
            service_id="service",
            title="Knee",
            class_count=12,
            class_minutes=60,
            max_patients=12,
        )
        add("courses", id="course", programme_id="p", title="Knee", lead_id="hannah")
        for seat, person in enumerate(PEOPLE):
            add("course_members", course_id="course", person_id=person, seat=seat or None)
        add(
            "class_sessions",
            id="class",
            course_id="course",
            number=1,
            starts_at=at(0),
            ends_at=at(60),
            ended_at=ended_at,
        )
        for seq, (minute, event, detail) in enumerate(journal, start=1):
            add(
                "room_journal",
                class_id="class",
                seq=seq,
                version=1,
                at=at(minute),
                event=event,
                actor_id=None,
                detail=json.dumps(detail),
            )


def _adding(connection: Connection) -> Any:
    def add(table: str, **values: Any) -> None:
        plain = {
            name: value.replace(tzinfo=None) if isinstance(value, datetime) else value
            for name, value in values.items()
        }
        names = ", ".join(plain)
        places = ", ".join(f":{name}" for name in plain)
        connection.execute(text(f"INSERT INTO {table} ({names}) VALUES ({places})"), plain)

    return add


async def settled(url: str, now: datetime) -> dict[str, tuple[str, int | None]]:
    """Settle as the first start after the update does; return status and minutes by patient."""
    database = await Database.open(url)
    try:
        await database.write(lambda session: ContactLog(RULES, numbered_ids()).settle_due(session, now))
        async with database.reading() as session:
            rows = await session.execute(
                select(t.Patient.person_id, t.CareContact.attendance_status, t.CareContact.duration_minutes)
                .join(t.CareContact, t.CareContact.subject_id == t.Patient.subject_id)
                .order_by(t.Patient.person_id)
            )
            return {row.person_id: (row.attendance_status, row.duration_minutes) for row in rows}
    finally:
        await database.close()


async def test_a_class_held_before_presence_was_logged_is_settled_by_its_journal(each_empty_url: str) -> None:
    held_under_the_first_version(each_empty_url, [*HELD, ENDED], ended_at=at(60))
    migrate(each_empty_url)
    with connected(each_empty_url) as connection:
        stays = connection.execute(
            select(
                t.PresenceInterval.person_id,
                t.PresenceInterval.place,
                t.PresenceInterval.started_at,
                t.PresenceInterval.ended_at,
            ).order_by(t.PresenceInterval.person_id, t.PresenceInterval.started_at)
        ).all()
    assert [tuple(stay) for stay in stays] == [
        ("hannah", "in_class", at(-9), at(60)),
        ("margaret", "waiting", at(-3), at(-1)),
        ("margaret", "in_class", at(-1), at(30)),
        ("margaret", "in_class", at(32), at(60)),
        ("pauline", "waiting", at(20), at(21)),
        ("pauline", "in_class", at(21), at(50)),
    ]
    assert await settled(each_empty_url, at(24 * 60)) == {
        "li": ("3", None),
        "margaret": ("5", 61),
        "pauline": ("6", 29),
    }


async def test_a_class_that_nobody_ended_counts_until_the_last_that_is_written_of_it(
    each_empty_url: str,
) -> None:
    held_under_the_first_version(each_empty_url, HELD, ended_at=None)
    migrate(each_empty_url)
    assert (await settled(each_empty_url, at(24 * 60)))["margaret"] == ("5", 51)


async def test_a_class_to_which_nobody_came_was_not_held(each_empty_url: str) -> None:
    held_under_the_first_version(each_empty_url, [], ended_at=None)
    migrate(each_empty_url)
    assert set((await settled(each_empty_url, at(24 * 60))).values()) == {("4", None)}


@pytest.mark.parametrize("on_the_list", [True, False])
def test_contacts_written_before_get_the_referral_that_the_course_list_has(
    each_empty_url: str, on_the_list: bool
) -> None:
    held_under_the_first_version(each_empty_url, [], ended_at=None)
    with connected(each_empty_url) as connection, connection.begin():
        command.upgrade(migration_config(connection), "0004")
        add = _adding(connection)
        connection.execute(
            text(
                "UPDATE course_members SET service_request_id = 'REFERRAL-1', commissioner_code = 'Z9Z',"
                " admin_category = '01' WHERE person_id = 'margaret'"
            )
        )
        connection.execute(text("UPDATE services SET team_code = 'TEAM-1', site_code = 'Z9Z01'"))
        if not on_the_list:
            connection.execute(text("DELETE FROM course_members WHERE person_id = 'margaret'"))
        add(
            "care_contacts",
            id="C1",
            class_id="class",
            subject_id=connection.scalar(
                text("SELECT subject_id FROM patients WHERE person_id = 'margaret'")
            ),
            service_id="service",
            attendance_status="5",
            starts_at=at(0),
            consultation_type="01",
            consultation_mechanism="11",
            group_therapy="Y",
            settled_at=at(60),
        )
    migrate(each_empty_url)
    with connected(each_empty_url) as connection:
        (row,) = connection.execute(
            text(
                "SELECT service_request_id, commissioner_code, admin_category, team_code, site_code"
                " FROM care_contacts"
            )
        ).all()
    referral = ("REFERRAL-1", "Z9Z", "01") if on_the_list else (None, None, None)
    assert tuple(row) == (*referral, "TEAM-1", "Z9Z01")
