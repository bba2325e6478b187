from __future__ import annotations

import pytest

from server.storage.tables import Carer, Patient
from server.timetable.check_ins import begun, decide
from tests.integration.pages.before_class import (
    DETAILS,
    PLACE,
    WELL,
    change_patient,
    check_in,
    couple,
    patient,
    phone_of,
    with_check_in,
)
from tests.integration.pages.situations import class_row, links, person_id
from tests.integration.pages.world import Page, World

RED = {"class": "5", "chest_pain": "yes", "no_other": "yes"}
DIZZY = {"class": "5", "no_red_flag": "yes", "dizziness": "yes", "told": "On Sunday, fine since."}


def where(page: Page) -> str:
    assert page.status == 303, page.text("main")
    return page.headers["Location"]


def ticked(page: Page) -> list[str | None]:
    boxes = [each for each in page.all("input") if each.get("type") in ("checkbox", "radio")]
    return [each.get("name") for each in boxes if "checked" in each]


def filled(page: Page, name: str) -> str | None:
    return next(each.get("value") for each in page.all("input") if each.get("name") == name)


async def test_three_short_pages_lead_into_class(world: World) -> None:
    await with_check_in(world)
    margaret = await patient(world)
    assert where(await margaret.open()) == f"{margaret.check_in}/details"
    assert (await margaret.open("details")).text("h1") == "Is this still right?"
    assert where(await margaret.send("details", DETAILS)) == f"{margaret.check_in}/symptoms"
    assert where(await margaret.send("symptoms", WELL)) == f"{margaret.check_in}/today"
    assert (await margaret.open("today")).text("h1") == "Where are you today?"
    assert where(await margaret.send("today", PLACE)) == margaret.check_in
    assert where(await margaret.open()) == f"{margaret.me}/on"
    row = await margaret.row()
    assert (row.state, row.stage, row.place) == ("ready", "done", "12 Mill Lane, Riverside")
    assert (row.phone, row.with_whom, row.is_space_clear) == ("07700 900142", "my husband", True)


async def test_details_are_filled_in_the_next_time_symptoms_and_place_never(world: World) -> None:
    await with_check_in(world)
    margaret = await patient(world)
    await margaret.send("details", DETAILS | {"phone": "07700 900999"})
    assert await phone_of(world, margaret.person_id) == "07700 900999"
    await margaret.send("symptoms", DIZZY)
    await margaret.send("today", PLACE)
    again = await margaret.open("details")
    assert filled(again, "phone") == "07700 900999"
    assert filled(again, "emergency_name") == "Ruth Ellis"
    assert filled(again, "with_whom") == "my husband"
    assert ticked(await margaret.open("symptoms")) == []
    today = await margaret.open("today")
    assert ticked(today) == []
    assert "Mill Lane" not in today.html
    async with world.database.reading() as session:
        record = await session.get_one(Patient, margaret.person_id)
    assert (record.emergency_name, record.emergency_phone) == ("Ruth Ellis", "07700 900777")


@pytest.mark.parametrize(
    "answers", [RED, {"chest_pain": "yes"}, RED | {"no_red_flag": "yes", "told": "x" * 1001}]
)
async def test_a_red_flag_says_at_once_to_call_999_whatever_else_is_missing(
    world: World, answers: dict[str, str]
) -> None:
    await with_check_in(world)
    margaret = await patient(world)
    await margaret.send("details", DETAILS)
    assert where(await margaret.send("symptoms", answers)) == f"{margaret.check_in}/red-flag"
    page = await margaret.open("red-flag")
    assert page.text("h1") == "Call 999 now."
    assert "tel:999" in links(page)
    assert "Do not exercise today." in page.text("main")
    assert "01632 960123" in page.text("main")
    assert (await margaret.row()).state == "red_flag"
    assert where(await margaret.open()) == f"{margaret.check_in}/red-flag"


@pytest.mark.parametrize("condition", ["back", "other"])
async def test_a_red_flag_of_the_back_says_to_go_to_a_and_e(world: World, condition: str) -> None:
    await with_check_in(world, condition)
    margaret = await patient(world)
    await margaret.send("details", DETAILS)
    await margaret.send("symptoms", {"bladder_bowel": "yes"})
    page = await margaret.open("red-flag")
    assert page.text("h1") == "Go to A&E now, or call 999."
    assert "Do not drive yourself." in page.text("main")


async def test_nobody_on_a_knee_and_hip_course_is_asked_about_the_back(world: World) -> None:
    await with_check_in(world, "knee_hip")
    margaret = await patient(world)
    await margaret.send("details", DETAILS)
    names = [each.get("name") for each in (await margaret.open("symptoms")).all("input")]
    assert "chest_pain" in names
    assert "bladder_bowel" not in names


async def test_after_a_red_flag_the_place_can_be_told_and_nothing_else_leads_on(world: World) -> None:
    await with_check_in(world)
    margaret = await patient(world)
    await margaret.send("details", DETAILS)
    await margaret.send("symptoms", RED)
    assert f"{margaret.check_in}/today" in links(await margaret.open("red-flag"))
    await margaret.send("today", PLACE)
    await margaret.send("symptoms", WELL)
    row = await margaret.row()
    assert (row.state, row.place, row.symptoms) == ("red_flag", "12 Mill Lane, Riverside", ["chest_pain"])
    assert where(await margaret.open()) == f"{margaret.check_in}/red-flag"


async def test_other_symptoms_hold_for_the_physio_and_are_not_taken_back(world: World) -> None:
    await with_check_in(world)
    margaret = await patient(world)
    await margaret.send_all(DIZZY)
    assert where(await margaret.open()) == f"{margaret.check_in}/held"
    page = await margaret.open("held")
    assert page.text("h1") == "Hannah will talk to you first"
    assert "Stay on that page." in page.text("main")
    await margaret.send_all(WELL)
    row = await margaret.row()
    assert (row.state, row.symptoms, row.told) == ("held", ["dizziness"], "On Sunday, fine since.")


async def test_what_is_missing_is_said_by_the_field_and_what_was_written_is_kept(world: World) -> None:
    await with_check_in(world)
    margaret = await patient(world)
    page = await margaret.send(
        "details", {"class": "5", "phone": "abc", "with_whom": "a friend", "alone": "no"}
    )
    assert page.status == 400
    assert page.text("title").startswith("Error: Is this still right?")
    assert "There is a problem" in page.text("main")
    assert "#phone" in links(page)
    assert "#emergency_name" in links(page)
    assert filled(page, "with_whom") == "a friend"
    assert await check_in(world, margaret.person_id) is None
    await margaret.send("details", DETAILS)
    page = await margaret.send(
        "symptoms", {"class": "5", "no_red_flag": "yes", "dizziness": "yes", "no_other": "yes"}
    )
    assert page.status == 400
    assert "#dizziness" in links(page)
    assert ticked(page) == ["no_red_flag", "dizziness", "no_other"]
    page = await margaret.send("today", {"class": "5", "space": "yes"})
    assert where(page) == margaret.check_in, "the page before was not sent"
    await margaret.send("symptoms", WELL)
    page = await margaret.send("today", {"class": "5", "space": "yes"})
    assert page.status == 400
    assert "#place" in links(page)
    assert ticked(page) == ["space"]


async def test_a_patient_without_anybody_to_ring_can_say_so(world: World) -> None:
    await with_check_in(world)
    margaret = await patient(world)
    fields = {"class": "5", "phone": "07700 900142", "no_emergency": "yes", "alone": "yes"}
    assert where(await margaret.send("details", fields)) == f"{margaret.check_in}/symptoms"
    row = await margaret.row()
    assert (row.emergency_name, row.with_whom) == ("", "")


async def test_a_page_left_open_says_nothing_about_another_class(world: World) -> None:
    await with_check_in(world)
    margaret = await patient(world)
    assert where(await margaret.send("details", DETAILS | {"class": "4"})) == margaret.check_in
    assert await check_in(world, margaret.person_id) is None


async def test_it_can_be_answered_on_the_day_of_the_class_alone(world: World) -> None:
    await with_check_in(world)
    world.clock.move(days=-1)
    margaret = await patient(world)
    await world.press_join(f"{world.margaret}/me")
    page = await margaret.open()
    assert page.text("h1") == "You can check in on the day of your class"
    assert "midnight on Tuesday 24 November" in page.text("main")
    await margaret.send("details", DETAILS)
    assert await check_in(world, margaret.person_id) is None


async def test_where_nobody_checks_in_the_pages_lead_on(world: World) -> None:
    margaret = await patient(world)
    assert where(await margaret.open()) == f"{margaret.me}/on"


async def test_without_the_links_cookie_nothing_is_shown_or_kept(world: World) -> None:
    await with_check_in(world)
    margaret = await patient(world)
    world.browser.session.cookie_jar.clear()
    for page in ("", "details", "symptoms", "today", "red-flag", "held", "not-today"):
        assert (await margaret.open(page)).status == 403
    assert (await margaret.send("symptoms", WELL)).status == 403
    assert await check_in(world, margaret.person_id) is None


async def test_a_carer_joins_with_the_patient_or_for_her(world: World) -> None:
    await with_check_in(world)
    margaret = await patient(world)

    async def work(session) -> None:
        for carer_id, name, stands_in in (("c1", "Ruth Ellis", True), ("c2", "Ali Khan", False)):
            session.add(
                Carer(
                    id=carer_id,
                    patient_id=margaret.person_id,
                    full_name=name,
                    relation="daughter",
                    may_stand_in=stands_in,
                )
            )

    await world.database.write(work)
    page = await margaret.open("details")
    values = [each.get("value") for each in page.all("input") if each.get("name") == "who"]
    assert values == ["self", "with-c2", "with-c1", "for-c1"]
    assert "who" not in ticked(page)
    assert (await margaret.send("details", DETAILS)).status == 400
    assert (await margaret.send("details", DETAILS | {"who": "for-c2"})).status == 400
    await margaret.send("details", DETAILS | {"who": "for-c1"})
    row = await margaret.row()
    assert (row.comes, row.carer_id) == ("proxy", "c1")
    assert "Answer for Margaret." in (await margaret.open("symptoms")).text("main")


async def test_a_couple_answers_for_both_on_one_device(world: World) -> None:
    await with_check_in(world)
    margaret, dennis = await patient(world), await person_id(world, "Dennis Whittle")
    await change_patient(world, dennis, emergency_name="Ann Whittle", emergency_phone="07700 900888")
    await couple(world, margaret.person_id, dennis)
    assert "Is Dennis with you today" in (await margaret.open("details")).text("main")
    assert (await margaret.send("details", DETAILS)).status == 400
    await margaret.send("details", DETAILS | {"partner": "yes"})
    page = await margaret.send("symptoms", WELL)
    assert page.status == 400
    assert "#partner-chest_pain" in links(page)
    well = WELL | {"partner-no_red_flag": "yes", "partner-no_other": "yes"}
    await margaret.send("symptoms", well)
    await margaret.send("today", PLACE)
    his = await check_in(world, dennis)
    assert his is not None
    assert (his.state, his.stage, his.place) == ("ready", "done", "12 Mill Lane, Riverside")
    assert (his.emergency_name, his.phone, his.with_whom) == ("Ann Whittle", "07700 900188", "Margaret")
    await margaret.send("symptoms", well | {"partner-stroke": "yes"})
    page = await margaret.open("red-flag")
    assert "For Dennis: Call 999 now." in page.text("main")
    assert ((await margaret.row()).state, (await check_in(world, dennis)).state) == ("ready", "red_flag")


async def test_the_class_is_told_of_each_page_that_is_sent(world: World) -> None:
    await with_check_in(world)
    margaret = await patient(world)
    told: list[str] = []

    async def changed(class_id: str, who: str) -> None:
        row = await check_in(world, who)
        told.append(f"{who} {row.state if row else None}")

    object.__setattr__(world.site, "check_in_changed", changed)
    await margaret.send("details", DETAILS)
    await margaret.send("symptoms", RED)
    assert told == [f"{margaret.person_id} open", f"{margaret.person_id} red_flag"]


async def test_when_one_of_a_couple_is_refused_the_other_can_join_alone(world: World) -> None:
    await with_check_in(world)
    margaret, dennis = await patient(world), await person_id(world, "Dennis Whittle")
    await couple(world, margaret.person_id, dennis)
    well = WELL | {"partner-no_red_flag": "yes", "partner-no_other": "yes"}
    await margaret.send_all(well, partner="yes")

    async def work(session) -> None:
        row = await begun(session, (await class_row(world)).id, dennis, world.clock())
        decide(row, False, "His blood pressure.", None, world.clock())

    await world.database.write(work)
    assert where(await margaret.open()) == f"{margaret.check_in}/not-today"
    page = await margaret.open("not-today")
    assert page.text("h1") == "Dennis should not take part today"
    await margaret.send("details", DETAILS | {"partner": "no"})
    assert where(await margaret.open()) == f"{margaret.me}/on"
