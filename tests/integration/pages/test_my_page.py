from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select, update

from server.storage.tables import (
    AgreementAccepted,
    Card,
    CheckIn,
    LinkSession,
    Patient,
    PersonalLink,
    Programme,
    Service,
)
from server.timetable.agreement import VERSION
from server.timetable.check_in_rules import State
from tests.integration.pages.before_class import DETAILS, OnTheWay, couple, patient
from tests.integration.pages.situations import (
    buttons,
    class_row,
    end_links,
    know_birth_date,
    links,
    person_id,
)
from tests.integration.pages.world import Page, World


async def mine(world: World) -> str:
    """The address of Margaret's page, in a browser that is known."""
    answer = await world.press_join(f"{world.margaret}/me")
    assert answer.status == 303
    return answer.headers["Location"]


async def with_check_in(world: World) -> None:
    await world.database.write(lambda session: session.execute(update(Programme).values(has_check_in=True)))


async def step_done(world: World, step: str) -> None:
    """Margaret has done this step in every browser of hers."""
    who, which, now = await person_id(world, "Margaret Ellis"), await class_row(world), world.clock()

    async def work(session) -> None:
        if step == "device-check":
            await session.execute(update(LinkSession).values(checked_at=now, checked={"camera": "works"}))
        elif step == "agreement":
            session.add(
                AgreementAccepted(course_id=which.course_id, person_id=who, version=VERSION, accepted_at=now)
            )
        else:
            session.add(
                CheckIn(class_id=which.id, person_id=who, at=now, stage="done", comes="self", state="ready")
            )

    await world.database.write(work)


async def test_my_page_is_reached_from_the_link_on_any_day(world: World) -> None:
    world.clock.move(days=-1)
    page = await world.open(await mine(world))
    assert page.status == 200
    assert page.text("h1") == "Your next class is tomorrow, Tuesday 24 November, at 10am"
    assert "Knee and hip group, class 5 of 12, with Hannah." in page.text("main")
    assert "Join class" not in buttons(page)


async def test_join_is_there_when_the_doors_are_open(world: World) -> None:
    address = await mine(world)
    page = await world.open(address)
    assert "Join class" in buttons(page)
    answer = await world.press_join(f"{address}/join")
    assert answer.headers["Location"] == address.replace("/me/", "/class/")


async def test_join_before_the_doors_open_leads_back(world: World) -> None:
    world.clock.move(minutes=-1)
    address = await mine(world)
    assert (await world.press_join(f"{address}/join")).headers["Location"] == address


async def test_it_shows_each_class_of_the_course_in_words_too(world: World) -> None:
    page = await world.open(await mine(world))
    marks = [item["class"] for item in page.all("li") if "mr-class " in (item.get("class") or "")]
    assert len(marks) == 12
    assert marks[4] == "mr-class mr-class--next"
    assert "Class 5, Tuesday 24 November, 10am. Your next class." in page.text("main")


async def test_one_says_here_that_one_cannot_come_and_takes_it_back(world: World) -> None:
    address = await mine(world)
    assert f"{address}/cannot-come" in links(await world.open(address))
    asked = await world.open(f"{address}/cannot-come")
    assert asked.text("h1") == "Tell us that you cannot come"
    answer = await world.press_join(f"{address}/cannot-come", data={"class": "5", "answer": "cannot_come"})
    assert answer.headers["Location"] == address
    world.clock.move(hours=-2)
    page = await world.open(address)
    assert page.text("h1") == "You have told us that you cannot come"
    assert "I can come after all" in buttons(page)
    await world.press_join(f"{address}/cannot-come", data={"class": "5", "answer": "can_come"})
    assert "cannot come to class 5" in (await world.open(address)).text("main")


async def test_joining_takes_back_that_one_cannot_come(world: World) -> None:
    address = await mine(world)
    await world.press_join(f"{address}/cannot-come", data={"class": "5", "answer": "cannot_come"})
    await world.press_join(f"{address}/join")
    assert (await world.rows())["absences"] == 0


async def test_it_says_when_somebody_answers_the_phone(world: World) -> None:
    opening = "Monday to Friday, 9am to 5pm"
    await world.database.write(lambda session: session.execute(update(Service).values(opening=opening)))
    assert f"Somebody answers {opening}." in (await world.open(await mine(world))).text("main")


async def test_what_we_have_is_shown_and_codes_and_nhs_number_are_not(world: World) -> None:
    await know_birth_date(world, "Margaret Ellis")
    who = await person_id(world, "Margaret Ellis")
    await world.database.write(
        lambda session: session.execute(
            update(Patient)
            .where(Patient.person_id == who)
            .values(needs=["large_print"], emergency_name="Joan", emergency_phone="01632 960777")
        )
    )
    address = await mine(world)
    assert (await world.open(f"{address}/details")).status == 303, "the date of birth comes first"
    await world.press_join(
        f"{address}/birth", data={"born-day": "31", "born-month": "3", "born-year": "1955"}
    )
    page = await world.open(f"{address}/details")
    for told in ("Margaret Ellis", "31 March 1955", "Large print", "Joan, 01632 960777"):
        assert told in page.text("main")
    async with world.database.reading() as session:
        number = await session.scalar(select(Patient.nhs_number).where(Patient.person_id == who))
    assert number is not None
    assert number[-4:] not in page.text("main")


async def test_a_device_that_is_not_ones_own_is_forgotten(world: World) -> None:
    address = await mine(world)
    page = await world.press_join(f"{address}/forget")
    assert page.text("h1") == "We have forgotten this device"
    assert (await world.rows())["link_sessions"] == 0
    assert (await world.open(address)).status == 403


@pytest.mark.parametrize("way", ["open", "press_join"])
@pytest.mark.parametrize("path", ["", "/on", "/details", "/join", "/forget", "/cannot-come"])
async def test_another_browser_gets_nothing(world: World, path: str, way: str) -> None:
    address = await mine(world)
    world.browser.session.cookie_jar.clear()
    page = await getattr(world, way)(address + path)
    assert page.status in (403, 404, 405)
    assert "Margaret" not in page.html
    assert "Set-Cookie" not in page.headers


async def test_the_page_ends_with_the_link(world: World) -> None:
    address = await mine(world)
    await end_links(world)
    assert (await world.open(address)).text("h1") == "This link has ended"


async def test_staff_have_no_such_page(world: World) -> None:
    assert (await world.press_join(f"{world.hannah}/me")).headers["Location"] == world.hannah
    link_id = await world.link_id(world.hannah)
    assert (await world.open(f"/me/{link_id}")).headers["Location"] == f"/class/{link_id}"


async def test_looking_at_it_changes_nothing(world: World) -> None:
    address = await mine(world)
    before = await world.rows()
    for path in ("", "/details", "/cannot-come", "/on"):
        await world.open(address + path)
        await world.browser.head(address + path, allow_redirects=False)
    assert await world.rows() == before


async def decided(world: World, someone: OnTheWay, state: State) -> None:
    async def work(session) -> None:
        await session.execute(
            update(CheckIn)
            .where(CheckIn.person_id == someone.person_id)
            .values(state=state, decided_at=world.clock())
        )

    await world.database.write(work)


async def next_page(world: World, link_id: str) -> Page:
    return await world.open(f"/class/{link_id}")


async def test_the_way_into_class_goes_step_by_step(world: World) -> None:
    await know_birth_date(world, "Margaret Ellis")
    await with_check_in(world)
    link_id = await world.link_id(world.margaret)
    assert (await next_page(world, link_id)).headers["Location"].startswith(f"/me/{link_id}/birth")
    await world.press_join(
        f"/me/{link_id}/birth", data={"born-day": "31", "born-month": "3", "born-year": "1955"}
    )
    for step in ("device-check", "agreement", "check-in"):
        assert (await next_page(world, link_id)).headers["Location"] == f"/me/{link_id}/{step}"
        await step_done(world, step)
    assert (await next_page(world, link_id)).config["role"] == "patient"


async def test_the_way_on_leads_to_class_with_the_doors_open_and_else_to_my_page(world: World) -> None:
    address = await mine(world)
    assert (await world.open(f"{address}/on")).headers["Location"] == address.replace("/me/", "/class/")
    world.clock.move(minutes=-1)
    assert (await world.open(f"{address}/on")).headers["Location"] == address


async def test_my_page_lists_the_steps_of_a_programme_with_check_in(world: World) -> None:
    address = await mine(world)
    assert "Group agreement" not in (await world.open(address)).text("main")
    await with_check_in(world)
    world.clock.move(days=-1)
    page = await world.open(address)
    assert f"{address}/device-check" in links(page)
    assert f"{address}/agreement" in links(page)
    assert f"{address}/check-in" not in links(page)
    assert "From Tuesday 24 November" in page.text("main")
    world.clock.move(hours=20)
    assert f"{address}/check-in" in links(await world.open(address))
    await step_done(world, "check-in")
    assert "Answered" in (await world.open(address)).text("main")


async def test_staff_are_not_asked_for_steps(world: World) -> None:
    await with_check_in(world)
    assert (await next_page(world, await world.link_id(world.hannah))).config["role"] == "physio"


async def test_a_device_check_that_was_put_off_is_not_done_yet(world: World) -> None:
    await with_check_in(world)
    margaret = await patient(world)
    await world.press_join(f"{margaret.me}/device-check", data={"later": "yes"})
    assert "Check your camera and sound Not done yet" in " ".join(
        (await world.open(margaret.me)).text("main").split()
    )
    await world.press_join(f"{margaret.me}/device-check", data={"camera": "works"})
    assert "Check your camera and sound Done" in " ".join(
        (await world.open(margaret.me)).text("main").split()
    )


async def test_after_a_red_flag_my_page_says_to_call_999_and_not_to_join(world: World) -> None:
    await with_check_in(world)
    margaret = await patient(world)
    await margaret.send("details", DETAILS)
    await margaret.send("symptoms", {"class": "5", "chest_pain": "yes"})
    page = await world.open(margaret.me)
    assert page.text("h1") == "Call 999 now."
    assert "tel:999" in links(page)
    assert "Join class" not in buttons(page)
    assert "do not join the class" in page.text("main")
    assert "To answer" not in page.text("main")


async def test_a_red_flag_of_the_other_one_at_the_device_counts_too(world: World) -> None:
    await with_check_in(world)
    dennis = await person_id(world, "Dennis Whittle")
    margaret = await patient(world)
    await couple(world, margaret.person_id, dennis)
    await margaret.send("details", DETAILS | {"partner": "yes"})
    await margaret.send(
        "symptoms",
        {"class": "5", "no_red_flag": "yes", "no_other": "yes", "partner-chest_pain": "yes"},
    )
    page = await world.open(margaret.me)
    assert page.text("h1") == "Call 999 now."
    assert "For Dennis" in page.text("main")
    assert "Join class" not in buttons(page)


async def test_who_does_not_take_part_today_is_not_asked_to_join(world: World) -> None:
    await with_check_in(world)
    margaret = await patient(world)
    await margaret.send_all()
    await decided(world, margaret, State.REFUSED)
    page = await world.open(margaret.me)
    assert page.text("h1") == "Please do not take part today"
    assert "Join class" not in buttons(page)
    await decided(world, margaret, State.ALLOWED)
    assert "Join class" in buttons(await world.open(margaret.me))


async def test_who_is_held_reads_that_the_physio_talks_to_her_first(world: World) -> None:
    await with_check_in(world)
    margaret = await patient(world)
    await margaret.send_all({"class": "5", "no_red_flag": "yes", "dizziness": "yes"})
    page = await world.open(margaret.me)
    assert "Hannah will talk to you first." in page.text("main")
    assert "Join class" in buttons(page)


async def test_cards_that_staff_sent_stay_here_each_once_and_those_for_others_do_not(world: World) -> None:
    address = await mine(world)
    which, margaret = await class_row(world), await person_id(world, "Margaret Ellis")
    async with world.database.reading() as session:
        hannah = (await session.get_one(PersonalLink, await world.link_id(world.hannah))).person_id

    async def work(session) -> None:
        for number, (title, to) in enumerate(
            [("Samaritans", None), ("Walking group", margaret), ("Samaritans", margaret), ("Debt", hannah)]
        ):
            session.add(
                Card(
                    id=f"card{number}", course_id=which.course_id, class_id=which.id, person_id=to,
                    sender_id=hannah, key=f"key-of-card-{number}", title=title, words="To talk.",
                    phone="116 123", address="https://www.samaritans.org",
                    sent_at=which.starts_at + timedelta(minutes=number),
                )
            )  # fmt: skip

    await world.database.write(work)
    page = await world.open(address)
    words = page.text("main")
    assert words.count("Samaritans") == 1
    assert words.index("Samaritans") < words.index("Walking group")
    assert "Debt" not in words
    assert {"tel:116123", "https://www.samaritans.org"} <= {link.get("href") for link in page.all("a")}
