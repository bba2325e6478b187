"""The page on which administrators read who did what to whom, and when."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from server.people.staff import StaffRole
from server.storage import tables as t
from tests.integration.pages.staff import StaffBrowser, signed_in, the_service
from tests.integration.pages.world import Page, World

OTHER = "another"


@pytest.fixture
async def admin(world: World) -> StaffBrowser:
    return await signed_in(world, StaffRole.SERVICE_ADMIN)


@pytest.fixture
async def neighbour(world: World) -> StaffBrowser:
    """The administrator of another service of the same installation."""

    async def work(session: Any) -> None:
        session.add(t.Service(id=OTHER, name="Hillside pain groups", phone="01632 960999"))

    await world.database.write(work)
    return await signed_in(world, StaffRole.SERVICE_ADMIN, OTHER, name="Nina Neighbour")


async def note(world: World, *entries: dict[str, Any]) -> None:
    """Entries of the audit, each a minute after the one before."""

    async def work(session: Any) -> None:
        for number, entry in enumerate(entries):
            session.add(
                t.AuditEntry(
                    **{"id": f"entry{number:03}", "at": world.clock() + timedelta(minutes=number)} | entry
                )
            )

    await world.database.write(work)


async def patient(world: World, name: str, service_id: str) -> str:
    person_id = name.split()[0].lower()

    async def work(session: Any) -> None:
        session.add(
            t.Person(id=person_id, service_id=service_id, role="patient", full_name=name, shown_name="X")
        )
        await session.flush()
        session.add(t.Patient(person_id=person_id, subject_id=f"subject-{person_id}"))

    await world.database.write(work)
    return person_id


def rows(page: Page) -> list[str]:
    """The body's rows, each as its words."""
    return [" ".join(text.split()) for text in page.texts.get("tr", [])[1:]]


async def test_the_audit_says_who_did_what_to_whom_and_when_the_newest_first(world, admin):
    service_id = await the_service(world)
    rose = await patient(world, "Rose O'Hara", service_id)
    about = {"account_id": admin.account_id, "service_id": service_id}
    await note(
        world,
        about | {"action": "add_patient", "subject_id": rose},
        about | {"action": "change_service", "detail": {"changed": ["phone"]}},
    )

    newest, older = rows(await admin.open("/staff/audit"))

    assert "Changed a service" in newest
    assert "Added a patient" in older
    assert "Service Admin Example" in older
    assert "Rose O'Hara" in older
    assert "24 November 2026, 09:50" in older


async def test_names_of_what_was_done_are_those_of_today(world, admin):
    path = f"/staff/services/{await the_service(world)}/sites"
    await admin.post(f"{path}/new", {"name": "Hilltop"})
    async with world.database.reading() as session:
        [site_id] = await session.scalars(select(t.Site.id))
    await admin.post(f"{path}/{site_id}", {"name": "Hilltop Centre"})

    assert sorted(row.partition("What ")[2].partition(" Service")[0] for row in rows(await audit(admin))) == [
        "Added a site To whom or what Hilltop Centre",
        "Changed a site To whom or what Hilltop Centre",
    ]


async def test_what_was_done_in_a_class_names_the_class(world, admin):
    async with world.database.reading() as session:
        row = (await session.scalars(select(t.ClassSession).where(t.ClassSession.number == 5))).one()
    entry = {"action": "end_class", "service_id": await the_service(world), "class_id": row.id}
    await note(world, entry)

    [row] = rows(await audit(admin))

    assert "Ended a class" in row
    assert "Knee and hip group, class 5, 24 November 2026, 10:00" in row


async def test_what_was_done_by_a_personal_link_names_its_person_and_belongs_to_their_service(
    world, admin, neighbour
):
    async with world.database.reading() as session:
        hannah = (await session.scalars(select(t.Person.id).where(t.Person.shown_name == "Hannah"))).one()
    await note(world, {"action": "cancel_class", "actor_id": hannah})

    assert "Hannah Okafor" in rows(await audit(admin))[0]
    assert rows(await audit(neighbour)) == []


async def test_a_service_admin_reads_what_belongs_to_the_own_service_only(world, admin, neighbour):
    system = await signed_in(world, StaffRole.SYSTEM_ADMIN)
    zoe = await patient(world, "Zoe Zimmer", OTHER)
    await note(
        world,
        {"action": "add_patient", "service_id": OTHER, "subject_id": zoe, "account_id": neighbour.account_id},
        {"action": "sign_in", "account_id": neighbour.account_id},
    )

    page = await audit(admin)
    assert rows(page) == []
    assert "Nina" not in page.html
    assert rows(await audit(admin, patient=zoe)) == []
    assert "Zoe" not in (await audit(admin, patient=zoe)).html
    assert rows(await audit(admin, staff=neighbour.account_id)) == []
    assert len(rows(await audit(neighbour))) == 1
    of_all = rows(await audit(system))
    assert ["Hillside pain groups" in row for row in of_all] == [False, True]


async def test_a_system_admin_reads_no_patients_name_and_looks_for_none(world, admin, neighbour):
    system = await signed_in(world, StaffRole.SYSTEM_ADMIN)
    zoe = await patient(world, "Zoe Zimmer", OTHER)
    await note(
        world,
        {"action": "add_patient", "service_id": OTHER, "subject_id": zoe, "account_id": neighbour.account_id},
        {"action": "check_in_sent", "service_id": OTHER, "actor_id": zoe},
    )

    for page in (await audit(system), await audit(system, patient=zoe)):
        assert "Zimmer" not in page.html
        assert "/staff/audit/patient" not in page.html
    assert f"Patient {zoe}" in rows(await audit(system))[1]
    assert "Nina Neighbour" in rows(await audit(system))[1]
    assert (await system.post("/staff/audit/patient", {"patient": "Zoe"})).status == 403
    assert "Zoe Zimmer" in rows(await audit(neighbour))[0]


async def test_it_is_filtered_by_staff_and_by_action(world, admin):
    service_id = await the_service(world)
    lead = await signed_in(world, StaffRole.LEAD)
    about = {"service_id": service_id}
    await note(
        world,
        about | {"action": "add_patient", "account_id": lead.account_id},
        about | {"action": "add_programme", "account_id": lead.account_id},
        about | {"action": "add_patient", "account_id": admin.account_id},
    )

    by_lead = await audit(admin, staff=lead.account_id)
    assert len(rows(by_lead)) == 2
    assert any("selected" in each and each["value"] == lead.account_id for each in by_lead.all("option"))
    [row] = rows(await audit(admin, staff=lead.account_id, action="add_patient"))
    assert "Added a patient" in row
    assert rows(await audit(admin, action="no_such_action")) == []


async def test_what_was_done_to_a_patient_is_found_without_the_name_in_an_address(world, admin):
    service_id = await the_service(world)
    rose, brian = (
        await patient(world, "Rose O'Hara", service_id),
        await patient(world, "Brian Rose", service_id),
    )
    about = {"action": "change_patient", "service_id": service_id}
    await note(world, about | {"subject_id": rose}, about | {"subject_id": brian})

    both = await admin.post("/staff/audit/patient", {"patient": "rose"})
    assert f"/staff/audit?patient={brian}" in both.html
    one = await admin.post("/staff/audit/patient", {"patient": "O'Hara"})
    assert one.headers["Location"] == f"/staff/audit?patient={rose}"
    shown = await admin.open(one.headers["Location"])
    assert len(rows(shown)) == 1
    assert "Only what was done to Rose O'Hara" in shown.text("main")


async def test_a_patient_who_is_not_found_is_said_to_be_so(world, admin, neighbour):
    await patient(world, "Zoe Zimmer", OTHER)

    for words, said in (("", "Enter a patient"), ("Zoe", "No patient was found")):
        page = await admin.post("/staff/audit/patient", {"patient": words})
        assert (page.status, said in page.text("main")) == (400, True)


async def test_fifty_entries_stand_on_a_page_and_the_older_ones_follow_without_a_gap(world, admin):
    service_id = await the_service(world)
    at = world.clock()
    await note(
        world,
        *({"action": "add_patient", "service_id": service_id, "at": at} for _ in range(30)),
        *({"action": "add_carer", "service_id": service_id} for _ in range(81)),
    )

    seen, page = 0, await audit(admin)
    for count in (50, 50, 11):
        assert len(rows(page)) == count
        seen += count
        older = re.search(r'href="([^"]*before=[^"]*)"', page.html)
        assert (older is None) == (seen == 111)
        if older is not None:
            page = await admin.open(older.group(1).replace("&amp;", "&"))


async def test_older_entries_stay_filtered(world, admin):
    service_id = await the_service(world)
    await note(world, *({"action": "add_patient", "service_id": service_id} for _ in range(51)))

    page = await audit(admin, action="add_patient")

    assert re.search(r'href="/staff/audit\?action=add_patient&amp;before=', page.html)


@pytest.mark.parametrize("role", [StaffRole.LEAD, StaffRole.HELPER, StaffRole.QUALITY_LEAD])
async def test_who_runs_nothing_does_not_read_the_audit(world, role):
    other = await signed_in(world, role)

    assert (await audit(other)).status == 403
    assert (await other.post("/staff/audit/patient", {"patient": "Margaret"})).status == 403


async def audit(browser: StaffBrowser, **asked: str) -> Page:
    return await browser.open("/staff/audit", params=asked)
