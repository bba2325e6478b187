"""A database of version 0005, with a course under way, is brought to 0006 and back: nothing is lost."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import Any

from alembic import command
from sqlalchemy import Connection, inspect, select, text

from server.storage.migrate import migrate, migration_config
from server.storage.tables import Table
from tests.integration.storage.databases import TUESDAY_10AM
from tests.unit.storage.test_migrate import connected

NOW = TUESDAY_10AM.replace(tzinfo=None)

ROWS: list[tuple[str, dict[str, Any]]] = [
    ("services", {"id": "service", "name": "Riverside", "phone": "01632 960123", "team_code": "TEAM-1"}),
    *(
        (
            "people",
            {
                "id": person,
                "service_id": "service",
                "role": role,
                "full_name": f"{person} in full",
                "shown_name": person,
                "phone": "01632 960142",
            },
        )
        for person, role in {"hannah": "physio", "joan": "helper", "margaret": "patient"}.items()
    ),
    ("patients", {"person_id": "margaret", "nhs_number": "9990000018", "subject_id": "subject-1"}),
    (
        "programmes",
        {
            "id": "knee",
            "service_id": "service",
            "title": "Knee programme",
            "class_count": 12,
            "class_minutes": 60,
            "max_patients": 12,
        },
    ),
    ("courses", {"id": "course", "programme_id": "knee", "title": "Tuesday knees", "lead_id": "hannah"}),
    ("course_members", {"course_id": "course", "person_id": "hannah"}),
    ("course_members", {"course_id": "course", "person_id": "joan"}),
    (
        "course_members",
        {"course_id": "course", "person_id": "margaret", "seat": 1, "service_request_id": "REFERRAL-1"},
    ),
    (
        "class_sessions",
        {
            "id": "class",
            "course_id": "course",
            "number": 1,
            "starts_at": NOW,
            "ends_at": NOW + timedelta(hours=1),
        },
    ),
    (
        "personal_links",
        {
            "id": "link",
            "course_id": "course",
            "person_id": "margaret",
            "token_hash": "a" * 64,
            "created_at": NOW,
        },
    ),
    (
        "link_sessions",
        {
            "id": "phone",
            "link_id": "link",
            "secret_hash": "b" * 64,
            "created_at": NOW,
            "expires_at": NOW + timedelta(days=120),
        },
    ),
    (
        "participations",
        {
            "class_id": "class",
            "person_id": "margaret",
            "place": "waiting",
            "place_since": NOW,
            "microphone_on": False,
            "camera_on": True,
            "muted_by_staff": False,
            "seen_by_group": True,
        },
    ),
    (
        "care_contacts",
        {
            "id": "C1",
            "class_id": "class",
            "subject_id": "subject-1",
            "service_id": "service",
            "attendance_status": "5",
            "starts_at": NOW,
            "consultation_type": "01",
            "consultation_mechanism": "11",
            "group_therapy": "Y",
            "settled_at": NOW,
        },
    ),
    (
        "audit",
        {
            "id": "audit",
            "at": NOW,
            "actor_id": "hannah",
            "subject_id": "margaret",
            "class_id": "class",
            "action": "correct_attendance",
            "detail": json.dumps({"was": "3"}),
        },
    ),
]

NEW: dict[str, dict[str, Any]] = {
    "services": {"opening": ""},
    "patients": {"refuses_email": False, "needs": [], "needs_note": ""},
    "programmes": {
        "aims": "",
        "condition": "other",
        "week_plan": [],
        "is_shared": False,
        "has_check_in": False,
    },
    "courses": {"kind": "course", "weekly": []},
    "class_sessions": {"sequence": 0},
    "personal_links": {"birth_failures": 0},
    "participations": {"told": ""},
    "care_contacts": {"contact_subject": "01"},
}
"""What rows get in the columns that are new; None in those that are not named.

A programme of before has no check-in until staff ask for one: its patients come into class as they did.
"""

Rows = dict[str, list[dict[str, Any]]]


def add(connection: Connection) -> None:
    for table, values in ROWS:
        names, places = ", ".join(values), ", ".join(f":{name}" for name in values)
        connection.execute(text(f"INSERT INTO {table} ({names}) VALUES ({places})"), values)


def all_rows(connection: Connection) -> Rows:
    """All there is, as the database gives it."""
    found: Rows = {}
    for table in inspect(connection).get_table_names():
        if table != "alembic_version":
            rows = connection.execute(text(f"SELECT * FROM {table}")).mappings()
            found[table] = sorted((dict(row) for row in rows), key=repr)
    return found


def go(url: str, revision: str) -> None:
    with connected(url) as connection, connection.begin():
        way = command.downgrade if revision == "0005" else command.upgrade
        way(migration_config(connection), revision)


def kept(before: Rows, after: Rows) -> Rows:
    """The tables and columns of before, as they are after."""
    columns = {table: set(rows[0]) if rows else set() for table, rows in before.items()}
    return {
        table: sorted(({name: row[name] for name in row if name in names} for row in after[table]), key=repr)
        for table, names in columns.items()
    }


def test_a_course_under_way_comes_through_version_six_and_back(each_empty_url: str) -> None:
    with connected(each_empty_url) as connection, connection.begin():
        command.upgrade(migration_config(connection), "0005")
        add(connection)
    with connected(each_empty_url) as connection:
        before = all_rows(connection)
    assert {table: len(before[table]) for table in ("people", "course_members", "audit")} == {
        "people": 3,
        "course_members": 3,
        "audit": 1,
    }

    for _ in range(2):
        go(each_empty_url, "0006")
        with connected(each_empty_url) as connection:
            assert kept(before, all_rows(connection)) == before
            for table in {table for table, _ in ROWS}:
                new = _new_columns(connection, table, before[table][0])
                assert new, f"{table} is empty"
                for values in new:
                    expected = dict.fromkeys(values) | NEW.get(table, {})
                    assert values == expected, table
        go(each_empty_url, "0005")
        with connected(each_empty_url) as connection:
            assert all_rows(connection) == before


def _new_columns(connection: Connection, table: str, known: dict[str, Any]) -> list[dict[str, Any]]:
    """What the rows have in columns that version 0005 did not know and 0006 does, as the code reads it."""
    there = {each["name"] for each in inspect(connection).get_columns(table)}
    new = there - known.keys()
    columns = [each for each in Table.metadata.tables[table].columns if each.name in new]
    if not columns:
        return [{}]
    return [dict(row) for row in connection.execute(select(*columns)).mappings()]


def test_the_start_after_the_update_migrates_it_and_staff_can_be_written_of(each_empty_url: str) -> None:
    """What staff do is noted by account: nobody in the service need stand behind it (`actor_id`)."""
    with connected(each_empty_url) as connection, connection.begin():
        command.upgrade(migration_config(connection), "0005")
        add(connection)
    migrate(each_empty_url)
    with connected(each_empty_url) as connection, connection.begin():
        audit = Table.metadata.tables["audit"]
        at: datetime = TUESDAY_10AM
        connection.execute(audit.insert().values(id="new", at=at, action="change_service", detail={}))
        assert set(connection.scalars(select(audit.c.id))) == {"audit", "new"}
