"""The pages on which programmes are made, planned, shared, copied and archived."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from server.people.staff import StaffRole
from server.storage import tables as t
from server.timetable.programmes import PlannedClass, plan_of
from tests.integration.pages.staff import StaffBrowser, signed_in, the_service
from tests.integration.pages.world import Page, World
from tests.unit.ondemand.recordings import add_session

OTHER = "another"

BACK = {
    "title": "Back on your feet",
    "aims": "Move with less worry\nSleep better",
    "condition": "back",
    "class_count": "6",
    "class_minutes": "45",
    "max_patients": "12",
}


@pytest.fixture
async def lead(world: World) -> StaffBrowser:
    return await signed_in(world, StaffRole.LEAD)


@pytest.fixture
async def neighbour(world: World) -> StaffBrowser:
    """A lead of another service of the same installation."""

    async def work(session: Any) -> None:
        session.add(t.Service(id=OTHER, name="Hillside pain groups", phone="01632 960999"))

    await world.database.write(work)
    return await signed_in(world, StaffRole.LEAD, OTHER)


async def make(browser: StaffBrowser, service_id: str, **fields: str) -> str:
    """Make a programme; returns its id."""
    page = await browser.post("/staff/programmes/new", BACK | {"service": service_id} | fields)
    assert page.status == 303, page.text("main")
    return id_in(page)


def id_in(page: Page) -> str:
    return page.headers["Location"].removeprefix("/staff/programmes/").partition("?")[0]


async def stored(world: World, programme_id: str) -> t.Programme:
    async with world.database.reading() as session:
        return await session.get_one(t.Programme, programme_id)


async def actions(world: World) -> list[str]:
    async with world.database.reading() as session:
        found = await session.scalars(select(t.AuditEntry).order_by(t.AuditEntry.at))
        return sorted(entry.action for entry in found)


async def test_a_lead_makes_a_programme_whose_patients_check_in(world, lead):
    service_id = await the_service(world)

    programme_id = await make(lead, service_id)

    programme = await stored(world, programme_id)
    assert (programme.service_id, programme.title, programme.condition) == (service_id, BACK["title"], "back")
    assert (programme.class_count, programme.class_minutes, programme.max_patients) == (6, 45, 12)
    assert programme.has_check_in
    assert await actions(world) == ["add_programme"]
    page = await lead.open(f"/staff/programmes/{programme_id}?done=added")
    assert "Programme added" in page.text("main")
    assert "Sleep better" in page.text("main")
    assert "Back on your feet" in (await lead.open("/staff/programmes")).text("table")


async def test_the_form_recommends_twelve_patients(lead):
    page = await lead.open("/staff/programmes/new")

    fields = {each["name"]: each.get("value") for each in page.all("input") if each.get("name")}
    assert fields["max_patients"] == "12"
    assert "From 13 to 16 each course must name a second member of staff" in page.text("main")


async def test_above_twelve_patients_the_page_says_that_a_second_member_of_staff_is_needed(world, lead):
    large = await make(lead, await the_service(world), max_patients="13")
    usual = await make(lead, await the_service(world), title="Smaller group")

    assert "with a second named member of staff" in (await lead.open(f"/staff/programmes/{large}")).text("dl")
    assert "second" not in (await lead.open(f"/staff/programmes/{usual}")).text("dl")


@pytest.mark.parametrize(
    ("field", "written", "words"),
    [
        ("title", "", "Enter a title"),
        ("aims", "", "Enter what patients can hope for"),
        ("condition", "", "Select what the group comes for"),
        ("condition", "heart", "Select what the group comes for"),
        ("class_count", "0", "Number of classes must be a whole number from 1 to 36"),
        ("class_minutes", "5", "Length of a class in minutes must be a whole number from 10 to 180"),
        ("max_patients", "17", "Number of patients must be a whole number from 1 to 16"),
    ],
)
async def test_what_cannot_be_is_said_beside_its_field_and_what_was_entered_stays(
    world, lead, field, written, words
):
    page = await lead.post(
        "/staff/programmes/new", BACK | {"service": await the_service(world)} | {field: written}
    )

    assert page.status == 400
    assert page.text("title").startswith("Error: ")
    assert words in page.text("main")
    assert f'href="#{field}"' in page.html
    kept = {each.get("name"): each.get("value") for each in page.all("input")}
    assert kept["class_minutes" if field == "class_count" else "class_count"] in ("45", "6")


async def test_two_programmes_in_use_never_have_one_title(world, lead):
    service_id = await the_service(world)
    first = await make(lead, service_id)

    page = await lead.post(
        "/staff/programmes/new", BACK | {"service": service_id, "title": "back on your FEET"}
    )
    assert (page.status, "has a programme with this title" in page.text("main")) == (400, True)

    await lead.post(f"/staff/programmes/{first}/archive")
    await make(lead, service_id)
    page = await lead.post(f"/staff/programmes/{first}/archive", {"archive": "no"})
    assert page.status == 403
    assert (await stored(world, first)).archived_at is not None


async def test_a_programme_is_changed_and_its_plan_keeps_what_fits(world, lead):
    programme_id = await make(lead, await the_service(world))
    await lead.post(
        f"/staff/programmes/{programme_id}/plan", {f"topic-{n}": f"Topic {n}" for n in range(1, 7)}
    )

    page = await lead.post(f"/staff/programmes/{programme_id}/change", BACK | {"class_count": "4"})

    assert page.headers["Location"] == f"/staff/programmes/{programme_id}?done=changed"
    programme = await stored(world, programme_id)
    assert [each.topic for each in plan_of(programme)] == ["Topic 1", "Topic 2", "Topic 3", "Topic 4"]


async def test_the_plan_says_what_each_class_is_about(world, lead):
    programme_id = await make(lead, await the_service(world))
    page = await lead.open(f"/staff/programmes/{programme_id}/plan")
    assert [each["name"] for each in page.all("input")] == [f"topic-{n}" for n in range(1, 7)]

    await lead.post(f"/staff/programmes/{programme_id}/plan", {"topic-1": "Hello", "topic-6": "Goodbye"})

    plan = plan_of(await stored(world, programme_id))
    assert [each.topic for each in plan] == ["Hello", "", "", "", "", "Goodbye"]
    assert "Goodbye" in (await lead.open(f"/staff/programmes/{programme_id}")).text("table")


async def test_a_class_names_recordings_that_its_patients_may_watch(world, lead, tmp_path):
    add_session(tmp_path / "recordings", "sit-to-stand", title="Sit to stand", audience="everyone")
    add_session(
        tmp_path / "recordings",
        "only-there",
        title="Only there",
        audience={"service": "Hillside pain groups", "programmes": ["Pain group"]},
    )
    programme_id = await make(lead, await the_service(world))
    path = f"/staff/programmes/{programme_id}/plan/2"

    page = await lead.open(path)
    assert "Sit to stand" in page.text("main")
    assert "Only there" not in page.text("main")
    await lead.post(path, {"session-sit-to-stand": "yes", "session-only-there": "yes", "session-none": "yes"})

    plan = plan_of(await stored(world, programme_id))
    assert plan[1] == PlannedClass("", ("sit-to-stand",))
    assert "Sit to stand" in (await lead.open(f"/staff/programmes/{programme_id}")).text("table")
    assert any("checked" in each for each in (await lead.open(path)).all("input"))


async def test_a_class_that_the_programme_does_not_have_cannot_be_planned(world, lead):
    programme_id = await make(lead, await the_service(world))

    assert (await lead.open(f"/staff/programmes/{programme_id}/plan/7")).status == 403
    assert (await lead.post(f"/staff/programmes/{programme_id}/plan/0")).status == 403


async def test_a_service_starts_from_our_sample_and_makes_it_its_own(world, lead):
    service_id = await the_service(world)
    assert "Moving with arthritis" in (await lead.open("/staff/programmes")).text("main")

    first = id_in(await lead.post("/staff/programmes/sample", {"service": service_id}))
    second = id_in(await lead.post("/staff/programmes/sample", {"service": service_id}))

    programme = await stored(world, first)
    assert (programme.title, programme.class_count, programme.condition) == (
        "Moving with arthritis",
        12,
        "knee_hip",
    )
    assert all(each.topic for each in plan_of(programme))
    assert programme.has_check_in
    assert (await stored(world, second)).title == "Moving with arthritis (2)"


async def test_an_empty_service_is_offered_the_sample(neighbour):
    page = await neighbour.open("/staff/programmes")

    assert "You have no programme yet" in page.text("main")
    assert "Start from our sample" in page.text("main")


async def test_another_service_copies_a_shared_programme_and_changes_its_own_copy_only(
    world, lead, neighbour, tmp_path
):
    add_session(tmp_path / "recordings", "sit-to-stand", title="Sit to stand", audience="everyone")
    add_session(
        tmp_path / "recordings",
        "ours",
        title="Ours",
        audience={"service": "Riverside MSK groups", "programmes": [BACK["title"]]},
    )
    source = await make(lead, await the_service(world))
    await lead.post(f"/staff/programmes/{source}/plan", {"topic-1": "Hello"})
    await lead.post(f"/staff/programmes/{source}/questions", {"hold": "yes"})
    await lead.post(
        f"/staff/programmes/{source}/plan/1", {"session-sit-to-stand": "yes", "session-ours": "yes"}
    )
    assert "Back on your feet" not in (await neighbour.open("/staff/programmes")).html

    await lead.post(f"/staff/programmes/{source}/share", {"share": "yes"})
    assert "Back on your feet" in (await neighbour.open("/staff/programmes")).text("table")
    shown = await neighbour.open(f"/staff/programmes/{source}")
    assert "Shared by Riverside MSK groups" in shown.text("main")
    assert "/change" not in shown.html
    copy_id = id_in(await neighbour.post(f"/staff/programmes/{source}/copy", {"service": OTHER}))
    await neighbour.post(f"/staff/programmes/{copy_id}/change", BACK | {"title": "Our backs"})

    copied = await stored(world, copy_id)
    assert (copied.service_id, copied.title, copied.copied_from, copied.has_check_in) == (
        OTHER,
        "Our backs",
        source,
        True,
    )
    assert plan_of(copied)[0] == PlannedClass("Hello", ("sit-to-stand",))
    assert copied.questions_held
    assert (await stored(world, source)).title == "Back on your feet"
    assert not copied.is_shared


async def test_a_programme_that_is_no_longer_shared_is_gone_for_others_and_their_copies_stay(
    world, lead, neighbour
):
    source = await make(lead, await the_service(world))
    await lead.post(f"/staff/programmes/{source}/share")
    copy_id = id_in(await neighbour.post(f"/staff/programmes/{source}/copy", {"service": OTHER}))

    await lead.post(f"/staff/programmes/{source}/share", {"share": "no"})

    assert (await neighbour.open(f"/staff/programmes/{source}")).status == 403
    assert (await neighbour.post(f"/staff/programmes/{source}/copy", {"service": OTHER})).status == 403
    assert (await neighbour.open(f"/staff/programmes/{copy_id}")).status == 200


async def test_a_lead_of_another_service_changes_nothing_here(world, lead, neighbour):
    service_id = await the_service(world)
    programme_id = await make(lead, service_id)
    await lead.post(f"/staff/programmes/{programme_id}/share")
    one = f"/staff/programmes/{programme_id}"

    for path in (f"{one}/change", f"{one}/plan", f"{one}/plan/1"):
        assert (await neighbour.open(path)).status == 403
        assert (await neighbour.post(path, BACK | {"title": "Taken over"})).status == 403
    assert (await neighbour.post(f"{one}/share", {"share": "no"})).status == 403
    assert (await neighbour.post(f"{one}/archive")).status == 403
    assert (await neighbour.post(f"{one}/copy", {"service": service_id})).status == 403
    assert (await neighbour.post("/staff/programmes/sample", {"service": service_id})).status == 403
    assert (await neighbour.post("/staff/programmes/new", BACK | {"service": service_id})).status == 403
    programme = await stored(world, programme_id)
    assert (programme.title, programme.is_shared, programme.archived_at) == (BACK["title"], True, None)


@pytest.mark.parametrize("role", [StaffRole.HELPER, StaffRole.QUALITY_LEAD, StaffRole.SYSTEM_ADMIN])
async def test_who_plans_no_programmes_is_refused(world, lead, role):
    programme_id = await make(lead, await the_service(world))
    other = await signed_in(world, role)

    for path in ("/staff/programmes", "/staff/programmes/new", f"/staff/programmes/{programme_id}"):
        assert (await other.open(path)).status == 403
    assert (await other.post(f"/staff/programmes/{programme_id}/archive")).status == 403
    assert (await stored(world, programme_id)).archived_at is None


async def test_an_archived_programme_stands_apart_and_comes_back(world, lead, neighbour):
    programme_id = await make(lead, await the_service(world))
    await lead.post(f"/staff/programmes/{programme_id}/share")

    await lead.post(f"/staff/programmes/{programme_id}/archive")
    assert "Back on your feet" not in (await lead.open("/staff/programmes")).html
    assert "Back on your feet" in (await lead.open("/staff/programmes?archived=yes")).text("table")
    assert (await neighbour.open(f"/staff/programmes/{programme_id}")).status == 403

    await lead.post(f"/staff/programmes/{programme_id}/archive", {"archive": "no"})
    assert "Back on your feet" in (await lead.open("/staff/programmes")).text("table")
    assert await actions(world) == [
        "add_programme",
        "archive_programme",
        "restore_programme",
        "share_programme",
    ]


async def test_who_leads_in_two_services_says_for_which_one(world, lead, neighbour):
    both = await signed_in(world, StaffRole.LEAD, email="both@example.org")

    async def give(session: Any) -> None:
        session.add(t.StaffRole(id="second", account_id=both.account_id, service_id=OTHER, role="lead"))

    await world.database.write(give)

    page = await both.open("/staff/programmes/new")
    assert "Hillside pain groups" in page.text("select")
    assert (await both.post("/staff/programmes/new", BACK)).status == 400
    programme_id = await make(both, OTHER)
    assert (await stored(world, programme_id)).service_id == OTHER


async def without_check_in(world: World, programme_id: str) -> None:
    """As a programme that was there before the check-in was."""

    async def work(session: Any) -> None:
        (await session.get_one(t.Programme, programme_id)).has_check_in = False

    await world.database.write(work)


async def test_a_programme_that_is_older_than_the_check_in_says_so_and_gets_it(world, lead):
    programme_id = await make(lead, await the_service(world))
    address = f"/staff/programmes/{programme_id}"
    await without_check_in(world, programme_id)
    assert "No check-in" in (await lead.open("/staff/programmes")).text("table")
    page = await lead.open(address)
    assert "Patients do not check in" in page.text("main")
    assert f"{address}/check-in" in [form["action"] for form in page.all("form")]

    answer = await lead.post(f"{address}/check-in", {"check-in": "yes"})

    assert answer.status == 303
    assert (await stored(world, programme_id)).has_check_in
    page = await lead.open(answer.headers["Location"])
    assert "Patients check in before each class from now on." in page.text("main")
    assert "Patients do not check in" not in page.text("main")
    assert await actions(world) == ["add_programme", "check_in_on"]


async def test_the_check_in_is_switched_off_after_a_warning_and_the_audit_says_by_whom(world, lead):
    programme_id = await make(lead, await the_service(world))
    address = f"/staff/programmes/{programme_id}"
    page = await lead.open(address)
    assert "Without it Moveroom warns nobody of chest pain or other red flags" in page.text("main")

    await lead.post(f"{address}/check-in", {"check-in": "no"})
    await lead.post(f"{address}/check-in", {"check-in": "no"})

    assert not (await stored(world, programme_id)).has_check_in
    async with world.database.reading() as session:
        query = select(t.AuditEntry).where(t.AuditEntry.action == "check_in_off")
        noted = (await session.scalars(query)).one()
    assert (noted.account_id, noted.service_id, noted.detail) == (
        lead.account_id,
        await the_service(world),
        {"programme_id": programme_id},
    )


@pytest.mark.parametrize("minutes", [-9, 0, 50, 60 + 11 * 60])
async def test_the_check_in_is_not_changed_while_a_class_room_is_open(world, lead, minutes):
    async with world.database.reading() as session:
        fifth = (await session.scalars(select(t.ClassSession).where(t.ClassSession.number == 5))).one()
        course = await session.get_one(t.Course, fifth.course_id)
    world.clock.now = fifth.starts_at + timedelta(minutes=minutes)
    lead = await signed_in(world, StaffRole.LEAD, email="later@example.org")

    answer = await lead.post(f"/staff/programmes/{course.programme_id}/check-in", {"check-in": "yes"})

    assert "A class of this programme is on now" in answer.text("main")
    assert not (await stored(world, course.programme_id)).has_check_in
    world.clock.now = fifth.starts_at - timedelta(minutes=11)
    await lead.post(f"/staff/programmes/{course.programme_id}/check-in", {"check-in": "yes"})
    assert (await stored(world, course.programme_id)).has_check_in


async def test_another_services_check_in_stays_as_it_is(world, lead, neighbour):
    programme_id = await make(lead, await the_service(world))
    await lead.post(f"/staff/programmes/{programme_id}/share")
    path = f"/staff/programmes/{programme_id}/check-in"

    assert (await neighbour.post(path, {"check-in": "no"})).status == 403
    assert (await stored(world, programme_id)).has_check_in
    await without_check_in(world, programme_id)
    page = await neighbour.open(f"/staff/programmes/{programme_id}")
    assert "Your own copy has the check-in." in page.text("main")
    assert path not in page.html


async def test_questions_wait_for_staff_where_the_programme_says_so_and_the_audit_says_by_whom(world, lead):
    programme_id = await make(lead, await the_service(world))
    address = f"/staff/programmes/{programme_id}"
    assert "The group sees each question at once." in (await lead.open(address)).text("main")
    for _ in range(2):
        answer = await lead.post(f"{address}/questions", {"hold": "yes"})
    page = await lead.open(answer.headers["Location"])
    assert "Staff read each question before the group sees it." in page.text("main")
    assert (await stored(world, programme_id)).questions_held
    await lead.post(f"{address}/questions", {"hold": "no"})
    assert not (await stored(world, programme_id)).questions_held
    assert await actions(world) == ["add_programme", "hold_questions", "release_questions"]
