from __future__ import annotations

import pytest
from sqlalchemy import select

from server.errors import Refused
from server.people.staff import Grant, StaffMember, StaffRole
from server.storage.tables import CourseMember, PersonalLink, WaitingPlace
from server.timetable.referrals import AdminCategory, Referral
from server.timetable.waiting_list import add_to_waiting_list
from tests.integration.pages.courses_world import OTHER, Clinic, clinic
from tests.integration.pages.situations import buttons
from tests.integration.pages.staff import signed_in, the_service
from tests.integration.pages.world import World
from tests.integration.storage.databases import numbered_ids

LIST = "/staff/programmes/programme/waiting-list"
REFERRAL = Referral("REF 1", "15E", AdminCategory.NHS)


async def waits(here: Clinic, person_id: str) -> str:
    """A patient of the clinic who waits; returns the id of the place on the list."""
    await here.add_patient(person_id)
    await add(here, person_id)
    async with here.world.database.reading() as session:
        query = select(WaitingPlace.id).where(WaitingPlace.person_id == person_id)
        return (await session.scalars(query)).one()


async def add(here: Clinic, person_id: str) -> None:
    grants = frozenset({Grant(StaffRole.LEAD, OTHER)})
    member = StaffMember(here.lead.account_id, "session", "Ada Lead", "Ada", grants, {OTHER: here.lead_id})
    new_id = numbered_ids(f"place-{person_id}")
    now = here.world.clock()
    here.world.clock.move(minutes=1)
    await here.world.database.write(
        lambda session: add_to_waiting_list(
            session, member, "programme", person_id, REFERRAL, now, new_id=new_id
        )
    )


async def test_who_waits_longest_stands_first_with_the_phone_number(world: World) -> None:
    here = await clinic(world)
    for name in ("june", "arthur"):
        await waits(here, name)
    words = (await here.lead.open(LIST)).text("main")
    assert "2 patients wait." in words
    assert words.index("June Example") < words.index("Arthur Example")
    assert "07700 900142 · no email" in words
    await here.make_course()
    assert "Waiting list: 2 patients wait" in (await here.lead.open("/staff/courses/course")).text("main")


async def test_somebody_is_on_a_list_once_and_only_in_their_own_service(world: World) -> None:
    here = await clinic(world)
    await waits(here, "june")
    with pytest.raises(Refused, match="waits_already"):
        await add(here, "june")
    stranger = await here.add_patient("sam", service_id=await the_service(world))
    with pytest.raises(Refused, match="not_a_patient"):
        await add(here, stranger)
    with pytest.raises(Refused, match="not_a_patient"):
        await add(here, here.helper_id)


async def test_a_place_on_a_course_takes_the_referral_along_and_ends_the_wait(world: World) -> None:
    here = await clinic(world)
    place = await waits(here, "june")
    await here.make_course()
    world.clock.move(minutes=1)
    answer = await here.lead.post(f"{LIST}/give-place", {"place": place, "course": "course"})
    assert answer.headers["Location"] == f"{LIST}?done=placed"
    async with world.database.reading() as session:
        member = await session.get_one(CourseMember, ("course", "june"))
        assert (await session.scalars(select(WaitingPlace))).all() == []
        link = await session.scalar(select(PersonalLink.id).where(PersonalLink.person_id == "june"))
    assert (member.seat, member.service_request_id, member.commissioner_code) == (0, "REF 1", "15E")
    assert member.admin_category == "01"
    assert link is not None
    assert (await here.audited())[-1] == "put_on_course"
    page = await here.lead.post(f"{LIST}/give-place", {"place": place, "course": "course"})
    assert page.status == 400
    assert "This patient is not on the waiting list any more." in page.text("main")


async def test_a_full_course_takes_nobody_from_the_list(world: World) -> None:
    here = await clinic(world, max_patients=1)
    place = await waits(here, "june")
    await here.make_course()
    await here.add_patient("arthur", course_id="course")
    page = await here.lead.post(f"{LIST}/give-place", {"place": place, "course": "course"})
    assert page.status == 400
    assert "This course is full" in page.text("main")
    assert "June Example" in (await here.lead.open(LIST)).text("main")


async def test_what_was_not_chosen_is_asked_for(world: World) -> None:
    here = await clinic(world)
    await waits(here, "june")
    await here.make_course()
    page = await here.lead.post(f"{LIST}/give-place", {})
    assert "Select who gets the place" in page.text("main")
    assert "Select a course" in page.text("main")
    assert "Select who is to be taken off the list" in (await here.lead.post(f"{LIST}/remove")).text("main")


async def test_somebody_is_taken_off_the_list(world: World) -> None:
    here = await clinic(world)
    place = await waits(here, "june")
    assert "Take this patient off the list" in buttons(await here.lead.open(LIST))
    answer = await here.lead.post(f"{LIST}/remove", {"place": place})
    assert answer.headers["Location"] == f"{LIST}?done=removed"
    assert "Nobody waits for this programme." in (await here.lead.open(LIST)).text("main")
    assert (await here.audited())[-1] == "remove_from_waiting_list"


async def test_helpers_and_leads_of_other_services_get_the_same_as_for_nothing_there(world: World) -> None:
    here = await clinic(world)
    place = await waits(here, "june")
    await here.make_course()
    stranger = await signed_in(world, StaffRole.LEAD, await the_service(world))
    before = await world.rows()
    for browser in (here.helper, stranger):
        answers = []
        for address in (LIST, "/staff/programmes/nothing/waiting-list"):
            pages = [
                await browser.open(address),
                await browser.post(f"{address}/give-place", {"place": place, "course": "course"}),
                await browser.post(f"{address}/remove", {"place": place}),
            ]
            answers.append([(page.status, page.text("main")) for page in pages])
        assert answers[0] == answers[1]
        assert {status for status, _words in answers[0]} == {403}
    assert await world.rows() == before


async def test_a_place_is_given_to_who_waits_on_a_course_of_the_same_programme(world: World) -> None:
    here = await clinic(world)
    place = await waits(here, "june")
    await here.make_course()
    page = await here.lead.post(f"{LIST}/give-place", {"place": place, "course": "nowhere"})
    assert "There is no such course." in page.text("main")
    page = await here.lead.post(f"{LIST}/give-place", {"place": "nobody", "course": "course"})
    assert "This patient is not on the waiting list any more." in page.text("main")
