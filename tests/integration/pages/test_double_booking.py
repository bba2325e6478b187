"""Somebody is planned for two classes at the same time: it is said, and not refused."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from server.people.accounts import give_role
from server.people.staff import Grant, StaffRole
from server.storage.tables import ClassSession, Course, Programme, StaffAccount
from tests.integration.pages.courses_world import Clinic, clinic
from tests.integration.pages.staff import the_service
from tests.integration.pages.world import Page, World
from tests.integration.storage.databases import numbered_ids

TUESDAY = datetime(2027, 1, 12, 10, tzinfo=UTC)
TWICE = "Booked twice at the same time"


@pytest.fixture
async def here(world: World) -> Clinic:
    """The lead has a course on Tuesdays and Thursdays at 10."""
    found = await clinic(world)
    await found.make_course(title="Knee group")
    return found


async def preview(here: Clinic, **fields: str) -> Page:
    page = await here.lead.post("/staff/courses/new", here.form(**fields))
    assert page.status == 200
    assert "Check the dates" in page.text("title")
    return page


async def test_the_dates_of_a_course_name_the_classes_that_its_lead_has_then(here: Clinic) -> None:
    page = await preview(here, place1__time="10:30", place2__day="4")
    said = page.text("main")
    assert TWICE in said
    assert "Ada Lead has class 1 of Knee group on Tuesday 12 January 2027 at 10am" in said
    assert "Ada Lead has class 3 of Knee group on Tuesday 19 January 2027 at 10am" in said
    assert "class 2 of" not in said
    made = await here.make_course("second", place1__time="10:30")
    assert len(await here.classes(made)) == 4, "it is made all the same"


@pytest.mark.parametrize(
    "fields",
    [
        {"place1__time": "11:00", "place2__time": "11am"},
        {"place1__time": "9:00", "place2__time": "9am"},
        {"place1__day": "0", "place2__day": "2"},
    ],
)
async def test_classes_one_after_the_other_or_on_other_days_are_no_matter(
    here: Clinic, fields: dict[str, str]
) -> None:
    assert TWICE not in (await preview(here, **fields)).text("main")


async def test_another_lead_is_free(here: Clinic) -> None:
    assert TWICE not in (await preview(here, lead=here.other_lead_id)).text("main")


async def test_who_helps_elsewhere_is_not_free_either(here: Clinic) -> None:
    said = (await preview(here, lead=here.other_lead_id, helper=here.lead_id)).text("main")
    assert "Ada Lead has class 1 of Knee group" in said


async def test_a_cancelled_class_is_not_in_the_way(here: Clinic) -> None:
    first = (await here.classes())[0]
    await here.lead.post(f"/staff/classes/{first.id}/cancel", {"reason": "staff_ill"})
    said = (await preview(here)).text("main")
    assert "class 1 of Knee group" not in said
    assert "class 2 of Knee group" in said


async def test_a_class_that_another_covers_is_the_others(here: Clinic) -> None:
    first = (await here.classes())[0]
    await here.lead.post(f"/staff/classes/{first.id}/cover", {"lead": here.other_lead_id})
    assert "class 1 of Knee group" not in (await preview(here)).text("main")
    said = (await preview(here, lead=here.other_lead_id)).text("main")
    assert "Ben Cover has class 1 of Knee group" in said
    assert "class 2 of" not in said


async def test_who_covers_is_told_of_on_the_page_of_the_class(here: Clinic) -> None:
    await here.make_course("second", lead=here.other_lead_id, title="Hip group")
    first = (await here.classes())[0]
    address = f"/staff/classes/{first.id}"
    assert TWICE not in (await here.lead.open(address)).text("main")
    done = await here.lead.post(f"{address}/cover", {"lead": here.other_lead_id})
    assert done.status == 303
    said = (await here.lead.open(done.headers["Location"])).text("main")
    assert "Ben Cover has class 1 of Hip group on Tuesday 12 January 2027 at 10am" in said
    assert "Who leads this class is saved." in said


async def test_of_another_service_it_is_said_without_the_course(here: Clinic) -> None:
    """One account that works for two services is one person at one time."""
    world, elsewhere = here.world, await the_service(here.world)

    async def work_there_too(session: AsyncSession) -> None:
        account = await session.get_one(StaffAccount, here.lead.account_id)
        await give_role(session, account, Grant(StaffRole.LEAD, elsewhere), numbered_ids("there"))

    await world.database.write(work_there_too)
    person_id = await here.lead.person_id(elsewhere)

    async def work(session: AsyncSession) -> None:
        session.add(
            Programme(
                id="p", service_id=elsewhere, title="P", class_count=1, class_minutes=60, max_patients=12
            )
        )
        await session.flush()
        session.add(Course(id="secret", programme_id="p", title="Secret group", lead_id=person_id))
        await session.flush()
        session.add(
            ClassSession(
                id="s1",
                course_id="secret",
                number=1,
                starts_at=TUESDAY + timedelta(hours=5),
                ends_at=TUESDAY + timedelta(hours=6),
            )
        )

    await world.database.write(work)
    said = (await preview(here, place1__time="15:00", place2__time="3pm")).text("main")
    assert "Ada Lead has a class of another service on Tuesday 12 January 2027 at 3pm" in said
    assert "Secret group" not in said


async def test_of_many_the_first_are_named_and_the_others_counted(here: Clinic) -> None:
    await here.make_course("second", title="Hip group")
    said = (await preview(here)).text("main")
    assert said.count("Ada Lead has class") == 5
    assert "And 3 more" in said


async def test_a_class_is_not_in_its_own_way(here: Clinic) -> None:
    first = (await here.classes())[0]
    assert TWICE not in (await here.lead.open(f"/staff/classes/{first.id}")).text("main")
