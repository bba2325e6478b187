"""The patients' pages: the list, looking for somebody, a new record, changing it, carers."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from sqlalchemy import select

from server.pages.site import SITE
from server.people.staff import StaffRole
from server.storage import tables as t
from tests.integration.pages.staff import StaffBrowser, signed_in, the_service
from tests.integration.pages.world import Page, World

ROSE = {
    "full_name": "Rose O'Hara",
    "shown_name": "",
    "date_of_birth__day": "31",
    "date_of_birth__month": "3",
    "date_of_birth__year": "1955",
    "sex": "2",
    "nhs_number": "999 000 0131",
    "deprivation_decile": "3",
    "phone": "07700 900555",
    "email": "Rose@Example.org",
    "need__large_print": "yes",
    "need__lip_reading": "yes",
    "needs_note": "Left ear",
    "interpreter": "Polish",
}


@pytest.fixture
async def lead(world: World) -> StaffBrowser:
    """A lead of the demo's service."""
    return await signed_in(world, StaffRole.LEAD)


async def another_service(world: World) -> str:
    """A second service on the same installation."""

    async def work(session: Any) -> None:
        session.add(t.Service(id="another", name="Hillside pain groups", phone="01632 960999"))

    await world.database.write(work)
    return "another"


async def post(browser: StaffBrowser, path: str, **fields: object) -> Page:
    """Send a form; two underscores in a field's name stand for a dash."""
    return await browser.post(path, {name.replace("__", "-"): str(value) for name, value in fields.items()})


async def patient(world: World, name: str) -> tuple[t.Person, t.Patient]:
    async with world.database.reading() as session:
        row = await session.execute(
            select(t.Person, t.Patient)
            .join(t.Patient, t.Patient.person_id == t.Person.id)
            .where(t.Person.full_name == name)
        )
        person, record = row.one()
        return person, record


async def actions(world: World) -> list[tuple[str, str | None, str | None]]:
    async with world.database.reading() as session:
        rows = await session.scalars(select(t.AuditEntry).order_by(t.AuditEntry.at, t.AuditEntry.id))
        return [(row.action, row.service_id, row.subject_id) for row in rows]


async def test_a_lead_finds_the_patients_of_the_service_by_name(world: World, lead: StaffBrowser) -> None:
    page = await lead.open("/staff/patients")
    assert page.status == 200
    names = [text.strip() for text in page.texts["a"]]
    assert "Margaret Ellis" in names
    assert names.index("Alan Pickering") < names.index("Brian Hobbs") < names.index("Yusuf Rahman")


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("ellis marg", "Margaret Ellis"),
        ("0770 0900 142", "Margaret Ellis"),
        ("+44 7700 900142", "Margaret Ellis"),
        ("900188", "Dennis Whittle"),
        ("999 000 0034", "Sheila Marsh"),
    ],
)
async def test_a_patient_is_found_by_name_phone_or_nhs_number_in_a_post(
    world: World, lead: StaffBrowser, words: str, found: str
) -> None:
    page = await post(lead, "/staff/patients", words=words)
    assert page.status == 200
    assert [
        text for text in page.texts["a"] if text in ("Margaret Ellis", "Dennis Whittle", "Sheila Marsh")
    ] == [found]
    assert "1 patient for" in page.text("h2")


async def test_signs_that_a_query_understands_find_nobody(world: World, lead: StaffBrowser) -> None:
    page = await post(lead, "/staff/patients", words="%")
    assert "No patients for" in page.text("h2")


async def test_a_new_patient_is_stored_with_everything_that_was_entered(
    world: World, lead: StaffBrowser
) -> None:
    answer = await post(lead, "/staff/patients/new", **ROSE)
    assert answer.status == 303
    person, record = await patient(world, "Rose O'Hara")
    assert answer.headers["Location"] == f"/staff/patients/{person.id}?done=added"
    assert (person.service_id, person.role, person.shown_name) == (
        await the_service(world),
        "patient",
        "Rose",
    )
    assert (record.nhs_number, record.date_of_birth, record.sex) == ("9990000131", date(1955, 3, 31), "2")
    assert (record.deprivation_decile, record.email) == (3, "rose@example.org")
    assert (record.needs, record.needs_note) == (["large_print", "lip_reading"], "Left ear")
    assert record.interpreter == "Polish"
    assert record.subject_id not in ("", person.id)
    assert ("add_patient", await the_service(world), person.id) in await actions(world)
    shown = await lead.open(answer.headers["Location"])
    assert "31 March 1955" in shown.text("dl")
    assert "999 000 0131" in shown.text("dl")
    assert "The patient is on record." in shown.html


async def test_what_is_wrong_is_said_at_each_field_and_nothing_is_lost(
    world: World, lead: StaffBrowser
) -> None:
    before = await world.rows()
    page = await post(
        lead,
        "/staff/patients/new",
        **ROSE
        | {
            "full_name": "",
            "date_of_birth__month": "13",
            "nhs_number": "999 000 0132",
            "email": "rose",
            "deprivation_decile": "11",
            "phone": "ring my son",
        },
    )
    assert page.status == 400
    assert page.text("title").startswith("Error: New patient")
    hrefs = [each["href"] for each in page.all("a") if (each.get("href") or "").startswith("#")]
    ids = {attributes.get("id") for _tag, attributes in page.tags}
    assert {"#full_name", "#date_of_birth", "#nhs_number", "#email", "#phone"} <= set(hrefs)
    assert {href.removeprefix("#") for href in hrefs if href} - ids - {"maincontent"} == set()
    assert 'value="rose"' in page.html
    assert await world.rows() == before


async def test_a_date_of_birth_lies_in_the_past(world: World, lead: StaffBrowser) -> None:
    page = await post(lead, "/staff/patients/new", **ROSE | {"date_of_birth__year": "2055"})
    assert "Date of birth must be in the past" in page.html


async def test_a_record_like_one_that_is_there_is_pointed_out_and_can_be_saved(
    world: World, lead: StaffBrowser
) -> None:
    await post(lead, "/staff/patients/new", **ROSE)
    twin = ROSE | {"nhs_number": "", "full_name": "O’hara, ROSE", "phone": ""}
    page = await post(lead, "/staff/patients/new", **twin)
    assert page.status == 200
    assert "Is this the same person?" in page.html
    assert "same name and date of birth" in page.html
    assert (await post(lead, "/staff/patients/new", **twin, save_anyway="yes")).status == 303


async def test_the_same_nhs_number_is_not_saved_twice(world: World, lead: StaffBrowser) -> None:
    before = await world.rows()
    other = ROSE | {"nhs_number": "999 000 0018", "save_anyway": "yes"}
    page = await post(lead, "/staff/patients/new", **other)
    assert page.status == 400
    assert "stands on another record" in page.html
    assert await world.rows() == before


async def test_a_demo_takes_no_number_that_could_be_real(world: World, lead: StaffBrowser) -> None:
    assert world.browser.app is not None
    object.__setattr__(world.browser.app[SITE], "test_nhs_numbers_only", True)
    page = await post(lead, "/staff/patients/new", **ROSE | {"nhs_number": "943 476 5919"})
    assert page.status == 400
    assert "Use only NHS numbers that begin with 999" in page.html


async def test_a_changed_name_reaches_the_class_that_is_on(world: World, lead: StaffBrowser) -> None:
    person, _record = await patient(world, "Margaret Ellis")
    form = await lead.open(f"/staff/patients/{person.id}/change")
    assert 'value="999 000 0018"' in form.html
    changed = ROSE | {"full_name": "Margaret Ellis-Hill", "shown_name": "Meg", "nhs_number": "9990000018"}
    answer = await post(lead, f"/staff/patients/{person.id}/change", **changed)
    assert answer.status == 303
    again, record = await patient(world, "Margaret Ellis-Hill")
    assert (again.id, again.shown_name, record.nhs_number) == (person.id, "Meg", "9990000018")
    assert world.changed_classes
    assert ("change_patient", await the_service(world), person.id) in await actions(world)


async def test_carers_are_kept_with_the_patient(world: World, lead: StaffBrowser) -> None:
    person, _record = await patient(world, "Margaret Ellis")
    carers = f"/staff/patients/{person.id}/carers"
    wrong = await post(lead, f"{carers}/new", full_name="John Ellis")
    assert wrong.status == 400
    saved = await post(lead, f"{carers}/new", full_name="John Ellis", relation="husband", may_stand_in="yes")
    assert saved.headers["Location"] == f"/staff/patients/{person.id}?done=carer"
    async with world.database.reading() as session:
        carer = (await session.scalars(select(t.Carer))).one()
    assert (carer.patient_id, carer.relation, carer.may_stand_in) == (person.id, "husband", True)
    assert "John Ellis" in (await lead.open(f"/staff/patients/{person.id}")).html
    await post(lead, f"{carers}/{carer.id}", full_name="John Ellis", relation="husband")
    async with world.database.reading() as session:
        assert (await session.scalars(select(t.Carer.may_stand_in))).one() is False
    assert (await post(lead, f"{carers}/{carer.id}/remove")).status == 303
    async with world.database.reading() as session:
        assert (await session.scalars(select(t.Carer))).all() == []
    done = {("add_carer", person.id), ("change_carer", person.id), ("remove_carer", person.id)}
    assert {(action, subject) for action, _service, subject in await actions(world)} == done


async def test_other_services_and_helpers_get_the_same_as_for_nothing_there(world: World) -> None:
    person, _record = await patient(world, "Margaret Ellis")
    paths = [
        f"/staff/patients/{person.id}",
        f"/staff/patients/{person.id}/change",
        f"/staff/patients/{person.id}/place",
        f"/staff/patients/{person.id}/carers/new",
    ]
    stranger = await signed_in(world, StaffRole.LEAD, await another_service(world))
    nothing = await stranger.open("/staff/patients/nobody")
    assert nothing.status == 403
    for path in paths:
        page = await stranger.open(path)
        assert (page.status, page.text("main")) == (403, nothing.text("main"))
        assert (await post(stranger, path, **ROSE)).status in (403, 405)
    assert "Margaret" not in (await stranger.open("/staff/patients")).html
    assert "No patients" in (await post(stranger, "/staff/patients", words="Margaret")).html
    helper = await signed_in(world, StaffRole.HELPER)
    for path in [*paths, "/staff/patients", "/staff/patients/new"]:
        assert (await helper.open(path)).status == 403
    assert (await world.open("/staff/patients")).headers["Location"].startswith("/staff/sign-in")


async def test_who_works_for_two_services_says_for_which_a_patient_is(
    world: World, lead: StaffBrowser
) -> None:
    other = await another_service(world)

    async def work(session: Any) -> None:
        session.add(t.StaffRole(id="second", account_id=lead.account_id, service_id=other, role="lead"))

    await world.database.write(work)
    page = await post(lead, "/staff/patients/new", **ROSE)
    assert "Select the service that treats the patient" in page.html
    assert (await post(lead, "/staff/patients/new", **ROSE, service=other)).status == 303
    person, _record = await patient(world, "Rose O'Hara")
    assert person.service_id == other
