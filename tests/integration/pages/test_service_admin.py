"""The pages on which services are made and changed, with their sites."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select

from server.people.staff import StaffRole
from server.storage import tables as t
from tests.integration.pages.staff import StaffBrowser, signed_in, the_service
from tests.integration.pages.world import Page, World

HILLSIDE = {
    "name": "Hillside pain groups",
    "phone": "01632 960999",
    "opening": "Monday to Friday, 9am to 5pm",
    "ods_code": "rh8",
    "site_code": "rh802",
    "team_code": "PAIN-1",
    "contacts_target": "60",
    "experience_target_percent": "95",
}


@pytest.fixture
async def admin(world: World) -> StaffBrowser:
    return await signed_in(world, StaffRole.SYSTEM_ADMIN)


async def rows(world: World, table: type[t.Table]) -> list[Any]:
    async with world.database.reading() as session:
        return list(await session.scalars(select(table)))


async def make(admin: StaffBrowser, **fields: str) -> str:
    """Make a service; returns its id."""
    page = await admin.post("/staff/services/new", HILLSIDE | fields)
    assert page.status == 303, page.text("main")
    return page.headers["Location"].removeprefix("/staff/services/").partition("?")[0]


def fields_of(page: Page) -> dict[str, str | None]:
    return {each["name"] or "": each.get("value") for each in page.all("input") if each.get("name")}


async def test_a_system_admin_makes_five_services(world, admin):
    names = [f"Service {number}" for number in range(1, 5)]
    for name in names:
        await make(admin, name=name)

    page = await admin.open("/staff/services")

    assert [name for name in ["Riverside MSK groups", *names] if name not in page.text("table")] == []
    assert "Service added" in (await admin.open(f"/staff/services/{await make(admin)}?done=added")).text(
        "main"
    )


async def test_a_new_service_is_kept_as_it_was_entered_with_codes_in_capitals(world, admin):
    service_id = await make(admin)

    async with world.database.reading() as session:
        service = await session.get_one(t.Service, service_id)
    assert (service.name, service.phone, service.opening) == (
        "Hillside pain groups",
        "01632 960999",
        "Monday to Friday, 9am to 5pm",
    )
    assert (service.ods_code, service.site_code, service.team_code) == ("RH8", "RH802", "PAIN-1")
    assert (service.contacts_target, service.experience_target_percent) == (60, 95)
    audited = [(row.action, row.service_id, row.account_id) for row in await rows(world, t.AuditEntry)]
    assert audited == [("add_service", service_id, admin.account_id)]


@pytest.mark.parametrize(
    ("field", "written", "words"),
    [
        ("name", "", "Enter the name of the service"),
        ("phone", "", "Enter the phone number"),
        ("phone", "ask at the desk", "Enter a phone number"),
        ("ods_code", "RH", "ODS code must be 3 to 6"),
        ("ods_code", "RH8-02", "ODS code must be 3 to 6"),
        ("site_code", "RH8", "Site code must be 5 to 9"),
        ("site_code", "RH80200000", "Site code must be 5 to 9"),
        ("team_code", "T" * 21, "Team code must be 20"),
        ("contacts_target", "many", "Contacts a month must be a whole number"),
        (
            "experience_target_percent",
            "101",
            "Percentage of good answers must be a whole number from 1 to 100",
        ),
    ],
)
async def test_what_cannot_be_is_said_beside_its_field_and_what_was_entered_stays(
    world, admin, field, written, words
):
    page = await admin.post("/staff/services/new", HILLSIDE | {field: written})

    assert page.status == 400
    assert page.text("title").startswith("Error: ")
    assert words in page.text("main")
    assert f'href="#{field}"' in page.html
    assert fields_of(page)["opening"] == "Monday to Friday, 9am to 5pm"
    assert len(await rows(world, t.Service)) == 1


async def test_two_services_never_have_one_name_because_recordings_name_them(world, admin):
    page = await admin.post("/staff/services/new", HILLSIDE | {"name": "riverside msk groups"})

    assert page.status == 400
    assert "Another service has this name" in page.text("main")


async def test_a_service_admin_changes_the_own_service_and_its_patients_see_the_new_phone(world):
    admin = await signed_in(world, StaffRole.SERVICE_ADMIN)
    service_id = await the_service(world)

    form = fields_of(await admin.open(f"/staff/services/{service_id}"))
    assert form["phone"] == "01632 960123"
    changed = await admin.post(f"/staff/services/{service_id}", form | {"phone": "01632 960777"})

    assert changed.headers["Location"] == f"/staff/services/{service_id}?done=changed"
    assert "01632 960777" in (await world.open(world.margaret)).html
    [entry] = await rows(world, t.AuditEntry)
    assert (entry.action, entry.detail) == ("change_service", {"changed": ["phone"]})


async def test_a_service_admin_sees_and_changes_no_other_service_and_makes_none(world, admin):
    own = await signed_in(world, StaffRole.SERVICE_ADMIN)
    hillside = await make(admin)

    assert "Hillside" not in (await own.open("/staff/services")).html
    for path in (
        f"/staff/services/{hillside}",
        f"/staff/services/{hillside}/sites/new",
        "/staff/services/new",
    ):
        assert (await own.open(path)).status == 403
        assert (await own.post(path, HILLSIDE | {"name": "Taken over"})).status == 403
    assert "Taken over" not in [service.name for service in await rows(world, t.Service)]


@pytest.mark.parametrize("role", [StaffRole.LEAD, StaffRole.HELPER, StaffRole.QUALITY_LEAD])
async def test_who_runs_no_service_is_refused(world, role):
    other = await signed_in(world, role)

    assert (await other.open("/staff/services")).status == 403
    assert (await other.open(f"/staff/services/{await the_service(world)}")).status == 403


async def test_a_service_has_sites_with_their_codes(world, admin):
    sites = f"/staff/services/{await make(admin)}/sites"

    assert (await admin.post(f"{sites}/new", {"name": "Hilltop", "code": "rh8 03"})).status == 303
    [site] = await rows(world, t.Site)
    await admin.post(f"{sites}/{site.id}", {"name": "Hilltop Centre", "code": "RH804"})

    [site] = await rows(world, t.Site)
    assert (site.name, site.code) == ("Hilltop Centre", "RH804")
    assert "RH804" in (await admin.open(sites.removesuffix("/sites"))).text("table")


async def test_a_site_has_a_right_code_and_a_name_of_its_own(world, admin):
    new = f"/staff/services/{await make(admin)}/sites/new"
    await admin.post(new, {"name": "Hilltop", "code": ""})

    wrong = await admin.post(new, {"name": "hilltop", "code": "RH8"})
    assert (wrong.status, "Site code must be 5 to 9" in wrong.text("main")) == (400, True)
    twice = await admin.post(new, {"name": "hilltop", "code": ""})
    assert (twice.status, "This service has a site with this name" in twice.text("main")) == (400, True)


async def test_a_site_is_removed_unless_a_course_names_it(world, admin):
    service_id = await the_service(world)
    await admin.post(f"/staff/services/{service_id}/sites/new", {"name": "Hilltop"})
    [site] = await rows(world, t.Site)
    remove = f"/staff/services/{service_id}/sites/{site.id}/remove"

    async def name_it(session, site_id) -> None:
        (await session.scalars(select(t.Course))).first().site_id = site_id

    await world.database.write(lambda session: name_it(session, site.id))
    assert "A course names this site" in (await admin.post(remove)).text("main")
    await world.database.write(lambda session: name_it(session, None))
    assert (await admin.post(remove)).status == 303
    assert await rows(world, t.Site) == []


async def test_a_site_is_reached_by_its_own_service_only(world, admin):
    service_id = await the_service(world)
    own = await signed_in(world, StaffRole.SERVICE_ADMIN)
    hillside = await make(admin)
    await admin.post(f"/staff/services/{hillside}/sites/new", {"name": "Hilltop"})
    [site] = await rows(world, t.Site)

    for path in (
        f"/staff/services/{service_id}/sites/{site.id}",
        f"/staff/services/{hillside}/sites/{site.id}",
    ):
        assert (await own.open(path)).status == 403
        assert (await own.post(path, {"name": "Taken over"})).status == 403
        assert (await own.post(f"{path}/remove")).status == 403
    assert [each.name for each in await rows(world, t.Site)] == ["Hilltop"]
