from __future__ import annotations

from datetime import UTC, datetime

import pytest
from sqlalchemy import select

from server.people.staff import StaffRole
from server.storage.tables import ClassSession, Course, StaffAccount
from tests.integration.pages.courses_world import Clinic, clinic
from tests.integration.pages.situations import buttons, links
from tests.integration.pages.staff import signed_in
from tests.integration.pages.world import World

JANUARY_12 = datetime(2027, 1, 12, 10, tzinfo=UTC)


async def test_all_dates_are_looked_at_before_anything_is_stored(world: World) -> None:
    here = await clinic(world)
    before = await world.rows()
    page = await here.lead.post("/staff/courses/new", here.form())
    assert page.status == 200
    assert page.text("h1") == "Check the dates"
    words = page.text("main")
    for date in ("12 January", "14 January", "19 January", "21 January"):
        assert f"{date} 2027 at 10am" in words
    assert "Tuesday 12 January 2027 at 10am: Pain explained" in words
    assert {"Make this course", "Change something"} <= set(buttons(page))
    assert await world.rows() == before


async def test_bank_holidays_that_are_passed_over_are_named(world: World) -> None:
    here = await clinic(world)
    form = here.form(first_day="", place1__day="0", place2__day="", place2__time="")
    form |= {"first-day-day": "26", "first-day-month": "4", "first-day-year": "2027"}
    form["days-off"] = "17 May 2027"
    page = await here.lead.post("/staff/courses/new", form)
    words = page.text("main")
    assert "Monday 3 May 2027: bank holiday (May Day)" in words
    assert "Monday 17 May 2027: day off" in words
    assert "Monday 7 June 2027 at 10am" in words
    assert "Monday 31 May 2027: bank holiday" in words


async def test_a_course_is_stored_with_its_staff_and_all_its_classes_at_once(world: World) -> None:
    here = await clinic(world)
    await here.make_course(helper=here.helper_id)
    classes = await here.classes()
    assert [row.number for row in classes] == [1, 2, 3, 4]
    assert classes[0].starts_at == JANUARY_12
    assert {row.ends_at - row.starts_at for row in classes} == {classes[0].ends_at - JANUARY_12}
    assert [row.topic for row in classes] == ["Pain explained", None, None, None]
    assert await here.staff_on() == {here.lead_id, here.helper_id}
    course = await here.course()
    assert course.weekly == [{"weekday": 1, "time": "10:00"}, {"weekday": 3, "time": "10:00"}]
    assert course.created_at == world.clock()
    assert await here.audited() == ["plan_course"]
    page = await here.lead.open("/staff/courses/course?done=made")
    assert page.text("h1") == "Back group"
    assert "The course is made." in page.text("main")
    assert "/staff/courses/course/patients" in links(page)
    assert f"/staff/classes/{classes[0].id}" in links(page)


async def test_pressing_the_button_twice_makes_one_course(world: World) -> None:
    here = await clinic(world)
    await here.make_course()
    await here.make_course()
    assert len(await here.classes()) == 4
    assert await here.audited() == ["plan_course"]


async def test_changing_something_leads_back_to_the_form_with_its_values(world: World) -> None:
    here = await clinic(world)
    page = await here.lead.post("/staff/courses/new", here.form(step="change"))
    assert page.text("h1") == "Plan a course"
    values = {each.get("name"): each.get("value") for each in page.all("input")}
    assert (values["title"], values["first-day-day"], values["place2-time"]) == ("Back group", "12", "10am")


async def test_more_than_twelve_patients_need_a_helper_other_than_the_lead(world: World) -> None:
    here = await clinic(world, max_patients=16)
    page = await here.lead.post("/staff/courses/new", here.form())
    assert page.status == 400
    assert page.text("title").startswith("Error: Plan a course")
    assert "classes of more than 12 need a second member of staff" in page.text("main")
    page = await here.lead.post("/staff/courses/new", here.form(helper=here.lead_id))
    assert "The helper must be somebody else than the lead" in page.text("main")
    stored = here.form(step="store", course="course")
    assert (await here.lead.post("/staff/courses/new", stored)).status == 400
    async with world.database.reading() as session:
        assert await session.get(Course, "course") is None
    await here.make_course(helper=here.other_lead_id)


@pytest.mark.parametrize(
    ("fields", "name", "problem"),
    [
        ({"title": ""}, "title", "Enter a title"),
        ({"lead": "nobody"}, "lead", "Select who leads"),
        ({"first-day-day": ""}, "first-day", "First day must be a real date, like 31 3 1955"),
        ({"first-day-year": "2025"}, "first-day", "First day must be today or in the future"),
        ({"place1-time": "at ten"}, "place1-time", "Enter a time, like 10:00 or 2:30pm"),
        ({"place1-time": "3:00"}, "place1-time", "A class must begin between 6am and 10pm"),
        (
            {"place2-day": "1", "place2-time": "10:30"},
            "place2-time",
            "Classes last 60 minutes, so these times overlap",
        ),
        ({"days-off": "soon"}, "days-off", "“soon” must be a real date, like 24 December 2026"),
    ],
)
async def test_what_is_wrong_is_said_at_its_field_and_in_the_summary(
    world: World, fields: dict[str, str], name: str, problem: str
) -> None:
    here = await clinic(world)
    page = await here.lead.post("/staff/courses/new", here.form() | fields)
    assert page.status == 400
    assert page.text("main").count(problem) >= 2
    assert f"#{name}" in links(page)
    assert name in {each.get("id") for tag in ("input", "select", "textarea") for each in page.all(tag)}


async def test_a_helper_cannot_be_named_as_lead(world: World) -> None:
    here = await clinic(world)
    page = await here.lead.post("/staff/courses/new", here.form(lead=here.helper_id))
    assert "Select who leads" in page.text("main")


async def test_a_talk_is_one_class_and_is_not_moved_on_from_a_bank_holiday(world: World) -> None:
    here = await clinic(world)
    talk = {"kind": "drop_in", "title": "Sleep and pain", "place1-time": "6pm"}
    day = {"first-day-day": "3", "first-day-month": "5", "first-day-year": "2027"}
    page = await here.lead.post("/staff/courses/new", here.form() | talk | day)
    assert "Monday 3 May 2027 is a bank holiday (May Day)." in page.text("main")
    await here.make_course("talk", **talk, **day | {"first-day-day": "4"})
    (row,) = await here.classes("talk")
    assert row.starts_at == datetime(2027, 5, 4, 17, tzinfo=UTC)
    assert (await here.course("talk")).kind == "drop_in"


async def test_the_list_shows_the_next_class_and_the_places_taken(world: World) -> None:
    here = await clinic(world)
    await here.make_course()
    await here.add_patient("june", course_id="course")
    page = await here.lead.open("/staff/courses")
    row = " ".join(page.text("tbody").split())
    assert "Back group" in row
    assert "Tuesday 12 January 2027 at 10am" in row
    assert "1 of 12" in row
    assert "Knee and hip" not in page.text("main")


async def test_fifty_courses_stand_on_a_page_and_past_ones_apart(world: World) -> None:
    here = await clinic(world)
    await here.make_course("first")

    async def more(session) -> None:
        first = await session.get_one(Course, "first")
        for number in range(59):
            session.add(
                Course(id=f"c{number}", programme_id="programme", title=f"C {number}", lead_id=first.lead_id)
            )
        await session.flush()
        long_ago = datetime(2025, 1, 1, 10, tzinfo=UTC)
        session.add(
            ClassSession(id="x", course_id="c0", number=1, starts_at=long_ago, ends_at=long_ago, sequence=0)
        )
        (await session.get_one(Course, "c1")).archived_at = world.clock()

    await world.database.write(more)
    page = await here.lead.open("/staff/courses")
    assert len(page.texts["tr"]) == 51
    assert "/staff/courses?page=2" in links(page)
    assert len((await here.lead.open("/staff/courses?page=2")).texts["tr"]) == 9
    past = await here.lead.open("/staff/courses?show=past")
    assert {link for link in links(past) if link and link.startswith("/staff/courses/c")} == {
        "/staff/courses/c0",
        "/staff/courses/c1",
    }


async def test_others_lead_and_help_from_now_on(world: World) -> None:
    here = await clinic(world)
    await here.make_course()
    await here.at(JANUARY_12)
    fields = {"lead": here.other_lead_id, "helper": here.helper_id}
    answer = await here.lead.post("/staff/courses/course/staff", fields)
    assert answer.headers["Location"] == "/staff/courses/course?done=staff"
    course = await here.course()
    assert (course.lead_id, course.helper_id) == (here.other_lead_id, here.helper_id)
    assert await here.staff_on() == {here.other_lead_id, here.helper_id}
    assert [row.lead_id for row in await here.classes()] == [here.lead_id, None, None, None]
    assert (await here.audited())[-1] == "change_course_staff"
    assert world.changed_classes == [(await here.classes())[0].id]


async def test_a_course_with_classes_to_come_is_not_put_in_the_archive(world: World) -> None:
    here = await clinic(world)
    await here.make_course()
    page = await here.lead.post("/staff/courses/course/archive")
    assert page.status == 403
    assert "This course has classes to come." in page.text("main")
    await here.at(datetime(2027, 2, 1, tzinfo=UTC))
    assert (await here.lead.post("/staff/courses/course/archive")).status == 303
    assert (await here.course()).archived_at == world.clock()
    assert (await here.lead.post("/staff/courses/course/archive", {"out": "yes"})).status == 303
    assert (await here.course()).archived_at is None


async def test_a_helper_may_not_plan(world: World) -> None:
    here = await clinic(world)
    await here.make_course(helper=here.helper_id)
    before = await world.rows()
    for page in await _every_page(here, here.helper):
        assert page.status == 403
        assert "You cannot see or change this with your account." in page.text("main")
    assert await world.rows() == before


async def test_a_lead_of_another_service_gets_the_same_as_for_nothing_there(world: World) -> None:
    here = await clinic(world)
    await here.make_course()
    stranger = await signed_in(world, StaffRole.LEAD)
    before = await world.rows()
    theirs = await _every_page(here, stranger)
    nothing = await _every_page(here, stranger, course="nowhere", programme="nothing")
    assert [(page.status, page.text("main")) for page in theirs] == [
        (page.status, page.text("main")) for page in nothing
    ]
    assert {page.status for page in theirs} == {403}
    assert await world.rows() == before
    assert "Back group" not in (await stranger.open("/staff/courses")).html
    assert "Back programme" not in (await stranger.open("/staff/courses/new")).html


async def _every_page(here: Clinic, browser, course: str = "course", programme: str = "programme"):
    form = here.form(programme=programme, step="store", course="sneaked")
    return [
        await browser.open(f"/staff/courses/new?programme={programme}"),
        await browser.open(f"/staff/courses/{course}"),
        await browser.post("/staff/courses/new", form),
        await browser.post(f"/staff/courses/{course}/staff", {"lead": here.other_lead_id}),
        await browser.post(f"/staff/courses/{course}/archive"),
    ]


async def test_a_programme_is_chosen_first(world: World) -> None:
    here = await clinic(world)
    page = await here.lead.open("/staff/courses/new")
    assert {each.get("value") for each in page.all("option")} == {"", "programme"}
    page = await here.lead.open("/staff/courses/new/choose?kind=course")
    assert page.status == 400
    assert page.text("main").count("Select a programme") >= 2
    answer = await here.lead.open("/staff/courses/new/choose?programme=programme&kind=drop_in")
    assert answer.headers["Location"] == "/staff/courses/new?programme=programme&kind=drop_in"
    page = await here.lead.open(answer.headers["Location"])
    assert page.text("h1") == "Plan a drop-in talk"


async def test_who_lost_the_role_can_be_named_no_more(world: World) -> None:
    here = await clinic(world)

    async def close(session) -> None:
        account = (
            await session.scalars(select(StaffAccount).where(StaffAccount.full_name == "Ben Cover"))
        ).one()
        account.disabled_at = world.clock()

    await world.database.write(close)
    page = await here.lead.open("/staff/courses/new?programme=programme")
    assert "Ben Cover" not in page.html
    assert "Ada Lead" in page.html
