"""The demo's course whose patients check in, and its second service."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from server.demo import DemoLinks, links_table, prepare_demo
from server.demo.back_care import COURSE_ID
from server.people.links import link_by_token
from server.people.nhs_number import read_test_nhs_number
from server.storage.database import Database
from server.storage.migrate import migrate
from server.storage.tables import Course, Patient, Person, Programme, Service, StaffRole
from server.timetable.courses import classes_of
from server.timetable.doors import Doors, doors
from tests.integration.storage.databases import TUESDAY_10AM, SetClock, url_in

BASE = "https://demo.example.org"


@pytest.fixture
def clock() -> SetClock:
    return SetClock(TUESDAY_10AM + timedelta(minutes=3))


async def prepared(folder: Path, clock: SetClock) -> tuple[Database, DemoLinks]:
    url = url_in(folder)
    migrate(url)
    links = await prepare_demo(url, folder / "data", BASE, clock)
    return await Database.open(url), links


async def test_a_class_with_a_check_in_is_about_to_start_its_doors_open(
    tmp_path: Path, clock: SetClock
) -> None:
    database, links = await prepared(tmp_path, clock)
    async with database.reading() as session:
        course = await session.get_one(Course, COURSE_ID)
        programme = await session.get_one(Programme, course.programme_id)
        classes = await classes_of(session, COURSE_ID)
    await database.close()
    assert programme.has_check_in
    (open_now,) = [each for each in classes if doors(each, clock()) is Doors.OPEN]
    assert open_now.starts_at == TUESDAY_10AM + timedelta(minutes=10)
    assert links.checked_in_class == "Back care group, class 3 of 8"


async def test_its_patients_are_printed_with_links_and_dates_of_birth_and_cannot_be_real(
    tmp_path: Path, clock: SetClock
) -> None:
    database, links = await prepared(tmp_path, clock)
    table = links_table(links)
    async with database.reading() as session:
        for each in links.checked_in:
            link = await link_by_token(session, each.url.removeprefix(f"{BASE}/j/"))
            assert link is not None
            person = await session.get_one(Person, link.person_id)
            patient = await session.get_one(Patient, link.person_id)
            assert (person.full_name, patient.date_of_birth) == (each.name, each.born)
            assert read_test_nhs_number(patient.nhs_number or "") == patient.nhs_number
            assert re.fullmatch(r"07700 900\d{3}", person.phone)
            line = rf"{each.name} +born +\d+ +\d+ 19\d\d +{re.escape(each.url)}$"
            assert re.search(line, table, re.MULTILINE)
    await database.close()
    assert len(links.checked_in) == 4
    assert links.as_json()["check_in"][0]["born"] == "1949-05-08"


async def test_a_second_service_has_a_lead_and_a_programme_that_it_shares(
    tmp_path: Path, clock: SetClock
) -> None:
    database, _ = await prepared(tmp_path, clock)
    async with database.reading() as session:
        names = set(await session.scalars(select(Service.name)))
        roles = set(
            await session.scalars(select(StaffRole.role).where(StaffRole.service_id == "demo-hillside"))
        )
        shared = list(await session.scalars(select(Programme.title).where(Programme.is_shared)))
    await database.close()
    assert names == {"Riverside MSK groups", "Hillside physiotherapy"}
    assert roles == {"lead", "service_admin"}
    assert shared == ["Shoulder group"]


async def test_starting_again_keeps_people_links_and_what_was_changed_in_the_browser(
    tmp_path: Path, clock: SetClock
) -> None:
    database, first = await prepared(tmp_path, clock)

    async def rename(session) -> None:
        (await session.get_one(Course, COURSE_ID)).title = "Backs"
        (await session.get_one(Service, "demo-hillside")).name = "Hillside"

    await database.write(rename)
    await database.close()
    clock.move(days=3)
    database, second = await prepared(tmp_path, clock)
    async with database.reading() as session:
        services = set(await session.scalars(select(Service.name)))
        classes = await classes_of(session, COURSE_ID)
    await database.close()
    assert second.checked_in == first.checked_in
    assert replace(second, staff="", checked_in_class="") == replace(first, staff="", checked_in_class="")
    assert second.checked_in_class == "Backs, class 3 of 8"
    assert services == {"Riverside MSK groups", "Hillside"}
    assert len([each for each in classes if doors(each, clock()) is Doors.OPEN]) == 1


async def test_in_the_archive_it_is_left_alone(tmp_path: Path, clock: SetClock) -> None:
    database, _ = await prepared(tmp_path, clock)

    async def archive(session) -> None:
        (await session.get_one(Course, COURSE_ID)).archived_at = clock()

    await database.write(archive)
    await database.close()
    clock.move(days=3)
    database, links = await prepared(tmp_path, clock)
    await database.close()
    assert links.checked_in == ()
    assert "Back care" not in links_table(links)
