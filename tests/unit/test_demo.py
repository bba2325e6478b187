from __future__ import annotations

import json
import re
import stat
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from server.config import SettingsError
from server.demo import demo_links, demo_secret, ensure_open_class, links_table, prepare_demo, seed
from server.people.links import link_by_token
from server.people.nhs_number import read_test_nhs_number
from server.storage.database import Database
from server.storage.migrate import migrate
from server.storage.tables import (
    ClassSession,
    Course,
    CourseMember,
    Patient,
    Person,
    PersonalLink,
    Programme,
    Service,
    Table,
)
from server.timetable.courses import classes_of
from server.timetable.doors import Doors, doors
from tests.integration.storage.databases import TUESDAY_10AM, SetClock, migrated, url_in

SECRET = b"s" * 32
BASE = "https://demo.example.org"


@pytest.fixture
def clock() -> SetClock:
    return SetClock(TUESDAY_10AM + timedelta(days=-2, hours=3, minutes=3, seconds=20))


@pytest.fixture
async def database(tmp_path: Path, clock: SetClock) -> AsyncIterator[Database]:
    async with migrated(tmp_path) as opened:
        await seed(opened, clock, SECRET)
        yield opened


async def classes_in(database: Database) -> list[ClassSession]:
    async with database.reading() as session:
        return await classes_of(session, (await session.scalars(select(Course.id))).one())


async def open_now(database: Database, clock: SetClock) -> list[ClassSession]:
    return [each for each in await classes_in(database) if doors(each, clock()) is Doors.OPEN]


async def end(database: Database, class_id: str, clock: SetClock) -> None:
    async def work(session) -> None:
        (await session.get_one(ClassSession, class_id)).ended_at = clock()

    await database.write(work)


async def everything(database: Database) -> dict[str, list[tuple[object, ...]]]:
    async with database.reading() as session:
        return {
            name: [tuple(row) for row in await session.execute(select(table))]
            for name, table in Table.metadata.tables.items()
        }


async def test_the_demo_has_two_physios_a_helper_and_twelve_patients_in_fixed_seats(
    database: Database,
) -> None:
    links = await demo_links(database, SECRET, BASE)
    assert [link.name for link in links.physios] == ["Hannah Okafor", "Daniel Price"]
    assert links.helper.name == "Tom Hartley"
    assert [link.name for link in links.patients][:3] == ["Margaret Ellis", "Dennis Whittle", "Sheila Marsh"]
    assert len(links.patients) == 12
    classes = await classes_in(database)
    assert [each.number for each in classes] == list(range(1, 13))


async def test_classes_are_on_tuesday_and_thursday_at_ten_in_order(
    database: Database, clock: SetClock
) -> None:
    classes = await classes_in(database)
    assert [each.starts_at for each in classes] == sorted(each.starts_at for each in classes)
    assert {each.starts_at.weekday() for each in classes} == {1, 3}
    assert {each.ends_at - each.starts_at for each in classes} == {timedelta(minutes=60)}
    held = [each.number for each in classes if each.ended_at is not None]
    assert held == [1, 2, 3, 4]
    assert all(each.ends_at < clock() for each in classes[:4])
    assert all(each.starts_at > clock() for each in classes[4:])


async def test_nobody_in_the_demo_can_be_real(database: Database) -> None:
    async with database.reading() as session:
        numbers = (await session.scalars(select(Patient.nhs_number))).all()
        phones = (await session.scalars(select(Person.phone))).all()
    assert len(numbers) == 12
    assert [read_test_nhs_number(number or "") for number in numbers] == numbers
    assert all(re.fullmatch(r"07700 900\d{3}|01632 960\d{3}", phone) for phone in phones)
    assert len(set(phones)) == 15


async def test_seeding_again_changes_nothing(database: Database, clock: SetClock) -> None:
    before = await everything(database)
    clock.move(days=30)
    await seed(database, clock, SECRET)
    assert await everything(database) == before


async def test_every_link_of_the_demo_opens_its_own_person(database: Database) -> None:
    links = await demo_links(database, SECRET, BASE)
    everybody = [*links.physios, links.helper, *links.patients]
    async with database.reading() as session:
        for each in everybody:
            link = await link_by_token(session, each.url.removeprefix(f"{BASE}/j/"))
            assert link is not None
            assert (await session.get_one(Person, link.person_id)).full_name == each.name


async def test_when_the_secret_is_lost_the_links_are_new_and_work(
    database: Database, clock: SetClock
) -> None:
    old = await demo_links(database, SECRET, BASE)
    await seed(database, clock, b"n" * 32)
    new = await demo_links(database, b"n" * 32, BASE)
    async with database.reading() as session:
        assert await link_by_token(session, new.helper.url.removeprefix(f"{BASE}/j/")) is not None
        assert await link_by_token(session, old.helper.url.removeprefix(f"{BASE}/j/")) is None


async def test_the_demo_refuses_a_database_with_another_service(tmp_path: Path, clock: SetClock) -> None:
    async def work(session) -> None:
        session.add(Service(id="real", name="A real service", phone="0300 000 0000"))

    async with migrated(tmp_path) as database:
        await database.write(work)
        with pytest.raises(SettingsError, match="MOVEROOM_DATABASE_URL"):
            await seed(database, clock, SECRET)
        async with database.reading() as session:
            assert (await session.scalars(select(Person))).all() == []


async def test_at_start_one_class_is_open_since_the_last_full_five_minutes(
    database: Database, clock: SetClock
) -> None:
    assert await open_now(database, clock) == []
    class_id = await ensure_open_class(database, clock)
    (only,) = await open_now(database, clock)
    assert (only.id, only.number) == (class_id, 5)
    assert only.starts_at == clock().replace(minute=0, second=0)
    assert only.ends_at == only.starts_at + timedelta(minutes=60)


async def test_a_restart_in_mid_class_keeps_the_class_and_its_times(
    database: Database, clock: SetClock
) -> None:
    class_id = await ensure_open_class(database, clock)
    before = await everything(database)
    clock.move(minutes=40)
    assert await ensure_open_class(database, clock) == class_id
    assert await everything(database) == before


async def test_after_a_class_has_ended_the_next_one_is_open(database: Database, clock: SetClock) -> None:
    await end(database, await ensure_open_class(database, clock), clock)
    await ensure_open_class(database, clock)
    (only,) = await open_now(database, clock)
    assert only.number == 6


@pytest.mark.parametrize("days", [0.1, 1, 2, 5, 40, 400])
async def test_weeks_later_exactly_one_class_is_open_and_the_rest_are_still_to_come(
    database: Database, clock: SetClock, days: float
) -> None:
    await ensure_open_class(database, clock)
    clock.move(days=days)
    await ensure_open_class(database, clock)
    (only,) = await open_now(database, clock)
    assert only.number == 5
    assert clock() < only.ends_at
    later = [each.starts_at for each in await classes_in(database) if each.number > 5]
    assert later == sorted(later)
    assert later[0] > clock() + timedelta(hours=10)


async def test_when_all_twelve_have_ended_a_further_one_is_open(database: Database, clock: SetClock) -> None:
    for _ in range(8):
        await end(database, await ensure_open_class(database, clock), clock)
    await ensure_open_class(database, clock)
    (only,) = await open_now(database, clock)
    assert only.number == 13
    assert (await demo_links(database, SECRET, BASE)).class_name == "Knee and hip group, class 13 of 13"


async def test_links_survive_a_restart_and_their_secret_is_the_owners_alone(
    tmp_path: Path, clock: SetClock
) -> None:
    url = url_in(tmp_path)
    migrate(url)
    first = await prepare_demo(url, tmp_path / "data", BASE, clock)
    second = await prepare_demo(url, tmp_path / "data", BASE, clock)
    assert replace(first, staff="") == replace(second, staff="")
    assert first.staff.startswith(f"{BASE}/staff/set-up/")
    assert stat.S_IMODE((tmp_path / "data" / "demo-secret").stat().st_mode) == 0o600
    assert first.as_json() == json.loads(json.dumps(first.as_json()))


async def test_the_json_has_absolute_addresses_by_role(database: Database) -> None:
    links = (await demo_links(database, SECRET, BASE)).as_json()
    assert set(links) == {
        "base_url",
        "class_id",
        "physio",
        "physios",
        "helper",
        "patients",
        "measures",
        "watch",
        "staff",
        "check_in",
    }
    assert links["physio"] == links["physios"][0]
    addresses = [*links["physios"], links["helper"], *links["patients"]]
    assert len(set(addresses)) == 15
    assert all(re.fullmatch(rf"{BASE}/j/[\w-]{{43}}", address) for address in addresses)


async def test_the_table_names_everybody_with_their_link(database: Database) -> None:
    links = await demo_links(database, SECRET, BASE)
    table = links_table(links)
    for link in [*links.physios, links.helper, *links.patients]:
        assert re.search(
            rf"^(physio|helper|patient) +{link.name} +{re.escape(link.url)}$", table, re.MULTILINE
        )
    assert "class 5 of 12" in table
    assert links.measures in table
    assert links.watch in table


def test_a_damaged_secret_is_named(tmp_path: Path) -> None:
    (tmp_path / "demo-secret").write_bytes(b"short")
    with pytest.raises(SettingsError, match="demo-secret"):
        demo_secret(tmp_path)


async def test_what_people_have_added_in_the_browser_stays_as_it_is(
    database: Database, clock: SetClock
) -> None:
    async def add(session) -> None:
        lead = (await session.scalars(select(Person).where(Person.role == "physio"))).first()
        session.add(Service(id="other", name="Hillside MSK", phone="01632 960777"))
        session.add(
            Person(id="anna", service_id=lead.service_id, role="patient", full_name="Anna", shown_name="Anna")
        )
        await session.flush()
        course = (await session.scalars(select(Course))).one()
        programme = await session.get_one(Programme, course.programme_id)
        session.add(
            Course(id="new", programme_id=programme.id, title="New", lead_id=lead.id, created_at=clock())
        )
        await session.flush()
        session.add(CourseMember(course_id="new", person_id="anna", seat=0))
        session.add(CourseMember(course_id=course.id, person_id="anna", seat=12))
        for number, course_id in enumerate(("new", course.id)):
            session.add(
                PersonalLink(
                    id=f"hers{number}", course_id=course_id, person_id="anna", token_hash=f"hers{number}",
                    created_at=clock(),
                )
            )  # fmt: skip
        (await session.scalars(select(Service).where(Service.id != "other"))).one().name = "Renamed"

    await database.write(add)
    await seed(database, clock, SECRET)
    async with database.reading() as session:
        hers = await session.scalars(select(PersonalLink).where(PersonalLink.person_id == "anna"))
        assert {link.token_hash for link in hers} == {"hers0", "hers1"}
    assert len((await demo_links(database, SECRET, BASE)).patients) == 12
    await ensure_open_class(database, clock)
