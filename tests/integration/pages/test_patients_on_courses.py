"""Putting patients on courses in the browser, taking them off, couples, the waiting list."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select, update

from server.pages.site import SITE
from server.people.links import hash_of
from server.people.staff import StaffRole
from server.storage import tables as t
from tests.integration.pages.staff import StaffBrowser, signed_in, the_service
from tests.integration.pages.world import World

REFERRAL = {"service_request_id": "REF 1001", "commissioner_code": "15e", "admin_category": "01"}


@pytest.fixture
async def lead(world: World) -> StaffBrowser:
    return await signed_in(world, StaffRole.LEAD)


@pytest.fixture
async def course_id(world: World) -> str:
    async with world.database.reading() as session:
        return (await session.scalars(select(t.Course.id))).one()


@pytest.fixture
async def rose(world: World) -> str:
    """A patient who is on no course."""
    service_id = await the_service(world)

    async def work(session: Any) -> None:
        session.add(
            t.Person(
                id="rose",
                service_id=service_id,
                role="patient",
                full_name="Rose O'Hara",
                shown_name="Rose",
                phone="",
            )
        )
        await session.flush()
        session.add(t.Patient(person_id="rose", subject_id="subject-rose", email="rose@example.org"))

    await world.database.write(work)
    return "rose"


async def set_course(world: World, **values: object) -> None:
    async def work(session: Any) -> None:
        await session.execute(update(t.Course).values(**values))

    await world.database.write(work)


async def staff_id(world: World, name: str) -> str:
    async with world.database.reading() as session:
        return (await session.scalars(select(t.Person.id).where(t.Person.full_name == name))).one()


async def member(world: World, course_id: str, person_id: str) -> t.CourseMember | None:
    async with world.database.reading() as session:
        return await session.get(t.CourseMember, (course_id, person_id))


async def link_of(world: World, person_id: str) -> t.PersonalLink:
    async with world.database.reading() as session:
        query = select(t.PersonalLink).where(t.PersonalLink.person_id == person_id)
        return (await session.scalars(query)).one()


async def test_above_twelve_patients_a_course_needs_a_second_member_of_staff(
    world: World, lead: StaffBrowser, course_id: str, rose: str
) -> None:
    page = await lead.post(f"/staff/patients/{rose}/place", {"course": course_id, **REFERRAL})
    assert page.status == 400
    assert "More than 12 patients need a second member of staff" in page.html
    assert await member(world, course_id, rose) is None
    await set_course(world, helper_id=await staff_id(world, "Tom Hartley"))
    answer = await lead.post(f"/staff/patients/{rose}/place", {"course": course_id, **REFERRAL})
    assert answer.headers["Location"] == f"/staff/patients/{rose}?done=placed"
    row = await member(world, course_id, rose)
    assert row is not None
    assert (row.seat, row.service_request_id, row.commissioner_code) == (12, "REF 1001", "15E")
    assert row.admin_category == "01"
    assert (await link_of(world, rose)).revoked_at is None
    assert world.changed_classes, "the class that is on learns who is on the course"


async def test_a_code_that_cannot_be_one_is_said_at_its_field(
    world: World, lead: StaffBrowser, course_id: str, rose: str
) -> None:
    fields = {"course": course_id, "service_request_id": "=cmd", "commissioner_code": "1"}
    page = await lead.post(f"/staff/patients/{rose}/place", fields)
    assert page.status == 400
    assert "Service request ID must be" in page.html
    assert "Commissioner code must be 3 to 6" in page.html


async def test_who_is_taken_off_a_course_keeps_the_record_and_loses_seat_and_link(
    world: World, lead: StaffBrowser, course_id: str
) -> None:
    margaret = await staff_id(world, "Margaret Ellis")
    address = f"/staff/courses/{course_id}/patients/{margaret}"
    assert "The personal link stops working" in (await lead.open(f"{address}/take-off")).html
    answer = await lead.post(f"{address}/take-off")
    assert answer.headers["Location"].endswith("?done=taken_off")
    assert await member(world, course_id, margaret) is None
    assert (await world.open(world.margaret)).status == 410
    assert (await lead.open(f"/staff/patients/{margaret}")).status == 200
    before = await link_of(world, margaret)
    await lead.post(f"/staff/patients/{margaret}/place", {"course": course_id})
    again = await member(world, course_id, margaret)
    assert again is not None
    assert again.seat == 0
    after = await link_of(world, margaret)
    assert (after.revoked_at, after.token_hash == before.token_hash) == (None, False)


async def test_who_is_in_class_is_not_taken_off_the_course(
    world: World, lead: StaffBrowser, course_id: str
) -> None:
    margaret = await staff_id(world, "Margaret Ellis")

    async def work(session: Any) -> None:
        query = select(t.ClassSession.id).where(t.ClassSession.number == 5)
        class_id = (await session.scalars(query)).one()
        session.add(
            t.Participation(
                class_id=class_id, person_id=margaret, place="in_class", place_since=world.clock()
            )
        )

    await world.database.write(work)
    page = await lead.post(f"/staff/courses/{course_id}/patients/{margaret}/take-off")
    assert page.status == 403
    assert "is in class now" in page.html
    assert await member(world, course_id, margaret) is not None


async def test_two_patients_share_a_device_until_it_is_undone(
    world: World, lead: StaffBrowser, course_id: str
) -> None:
    margaret, dennis = await staff_id(world, "Margaret Ellis"), await staff_id(world, "Dennis Whittle")
    sheila = await staff_id(world, "Sheila Marsh")
    courses = f"/staff/courses/{course_id}/patients"

    async def partners() -> list[str | None]:
        rows = [await member(world, course_id, each) for each in (margaret, dennis, sheila)]
        return [row.partner_id for row in rows if row]

    await lead.post(f"{courses}/{margaret}/couple", {"partner": dennis})
    assert await partners() == [dennis, margaret, None]
    taken = await lead.post(f"{courses}/{sheila}/couple", {"partner": dennis})
    assert (taken.status, "shares a device with somebody else" in taken.html) == (400, True)
    await lead.post(f"{courses}/{margaret}/couple", {"partner": sheila})
    assert await partners() == [sheila, None, margaret]
    await lead.post(f"{courses}/{sheila}/take-off")
    assert await partners() == [None, None]


async def test_the_referral_of_a_place_can_be_changed(
    world: World, lead: StaffBrowser, course_id: str
) -> None:
    margaret = await staff_id(world, "Margaret Ellis")
    address = f"/staff/courses/{course_id}/patients/{margaret}"
    assert 'value="DEMO-REFERRAL-01"' in (await lead.open(address)).html
    await lead.post(address, REFERRAL | {"service_request_id": "REF-2"})
    row = await member(world, course_id, margaret)
    assert row is not None
    assert (row.service_request_id, row.commissioner_code) == ("REF-2", "15E")


async def test_a_patient_waits_for_a_programme_when_no_course_has_a_place(
    world: World, lead: StaffBrowser, course_id: str, rose: str
) -> None:
    async with world.database.reading() as session:
        programme_id = (await session.scalars(select(t.Programme.id))).one()
    neither = await lead.post(f"/staff/patients/{rose}/place", {})
    assert "Select either a course or a waiting list" in neither.html
    answer = await lead.post(f"/staff/patients/{rose}/place", {"programme": programme_id, **REFERRAL})
    assert answer.headers["Location"] == f"/staff/patients/{rose}?done=waiting"
    async with world.database.reading() as session:
        place = (await session.scalars(select(t.WaitingPlace))).one()
    assert (place.person_id, place.service_request_id) == (rose, "REF 1001")
    assert "Waits for a place" in (await lead.open(f"/staff/patients/{rose}")).html
    await set_course(world, helper_id=await staff_id(world, "Tom Hartley"))
    await lead.post(f"/staff/patients/{rose}/place", {"course": course_id})
    assert "Waits for a place" not in (await lead.open(f"/staff/patients/{rose}")).html


async def test_the_list_of_a_course_says_who_is_on_it_and_how_full_it_is(
    world: World, lead: StaffBrowser, course_id: str
) -> None:
    page = await lead.open(f"/staff/courses/{course_id}/patients")
    assert "12 of 12 places are taken." in page.text("main")
    assert "Margaret Ellis" in page.text("tbody")


async def test_a_patient_to_be_put_on_a_course_is_looked_for_in_its_service(
    world: World, lead: StaffBrowser, course_id: str, rose: str
) -> None:
    page = await lead.post(f"/staff/patients?course={course_id}", {"words": "rose"})
    assert f"/staff/patients/{rose}/place?course={course_id}" in [each["href"] for each in page.all("a")]


async def test_another_service_gets_the_same_as_for_no_course(
    world: World, course_id: str, rose: str
) -> None:
    async def work(session: Any) -> None:
        session.add(t.Service(id="another", name="Hillside pain groups", phone="01632 960999"))

    await world.database.write(work)
    stranger = await signed_in(world, StaffRole.LEAD, "another")
    margaret = await staff_id(world, "Margaret Ellis")
    nothing = await stranger.open("/staff/courses/none/patients")
    assert nothing.status == 403
    for path in ("", f"/{margaret}", f"/{margaret}/take-off"):
        page = await stranger.open(f"/staff/courses/{course_id}/patients{path}")
        assert (page.status, page.text("main")) == (403, nothing.text("main"))
    for path in ("", "/take-off", "/couple"):
        address = f"/staff/courses/{course_id}/patients/{margaret}{path}"
        assert (await stranger.post(address, REFERRAL)).status == 403
    assert (await stranger.open(f"/staff/patients?course={course_id}")).status == 403
    helper = await signed_in(world, StaffRole.HELPER)
    assert (await helper.open(f"/staff/courses/{course_id}/patients")).status == 403
    row = await member(world, course_id, margaret)
    assert row is not None
    assert row.service_request_id == "DEMO-REFERRAL-01"


async def test_the_link_in_the_invitation_opens_the_course(
    world: World, lead: StaffBrowser, course_id: str, rose: str
) -> None:
    assert world.browser.app is not None
    object.__setattr__(world.browser.app[SITE], "mail_from", "groups@example.org")
    await set_course(world, helper_id=await staff_id(world, "Tom Hartley"))
    page = await lead.open(f"/staff/patients/{rose}/place")
    assert "an email with the personal link goes to rose@example.org" in page.html
    await lead.post(f"/staff/patients/{rose}/place", {"course": course_id})
    async with world.database.reading() as session:
        letter = (await session.scalars(select(t.Letter))).one()
    token = letter.text.split("/j/")[1].split()[0]
    assert hash_of(token) == (await link_of(world, rose)).token_hash
    assert (await world.open(f"/j/{token}")).status == 200
