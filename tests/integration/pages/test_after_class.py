from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from server.contacts.experience_secret import ExperienceSecrets
from server.storage.database import StorageFailed
from server.storage.faults import StorageFault
from server.storage.tables import (
    CareContact,
    ClassSession,
    CourseMember,
    HelpAccount,
    HelpCall,
    LossAccount,
    Participation,
    Patient,
    PersonalLink,
    PresenceInterval,
    Programme,
)
from tests.integration.pages.world import Page, World

STRANGERS = (403, "Open the link in your letter or email again")


async def came(world: World, link_id: str, place: str = "in_class") -> None:
    """The person behind the link was let into class 5, and is in this place now."""

    async def work(session) -> None:
        person_id = (await session.get_one(PersonalLink, link_id)).person_id
        row = (await session.scalars(select(ClassSession).where(ClassSession.number == 5))).one()
        session.add(
            Participation(class_id=row.id, person_id=person_id, place=place, place_since=row.starts_at)
        )
        session.add(
            PresenceInterval(
                id=f"stay {link_id}",
                class_id=row.id,
                person_id=person_id,
                place="in_class",
                started_at=row.starts_at,
                seen_until=row.starts_at + timedelta(minutes=20),
                ended_at=row.starts_at + timedelta(minutes=20),
            )
        )

    await world.database.write(work)


async def after(world: World, link_id: str) -> Page:
    return await world.open(f"/after/{link_id}")


def ways(page: Page) -> list[str | None]:
    return [link.get("href") for link in page.all("a")]


@pytest.fixture
async def margaret(world: World) -> str:
    return await world.link_id(world.margaret)


@pytest.fixture
async def hannah(world: World) -> str:
    return await world.link_id(world.hannah)


async def test_class_has_finished_and_what_comes_next(world: World, margaret: str) -> None:
    await came(world, margaret, "left")
    world.clock.move(minutes=70)
    await world.end_class(5)
    page = await after(world, margaret)
    assert (page.status, page.text("h1")) == (200, "Class has finished. Well done, Margaret.")
    (heading,) = page.all("h1")
    assert {"tabindex", "autofocus"} <= heading.keys(), "a screen reader begins here"
    words = page.text("main")
    assert "That was class 5 of 12 of Knee and hip group." in words
    assert "Your next class is Thursday 26 November at 10am." in words
    assert f"/watch/{margaret}" in ways(page)
    assert "01632 960123" in words


async def test_the_question_of_the_month_is_one_link_and_no_answer_stands_beside_a_name(
    world: World, margaret: str
) -> None:
    await came(world, margaret, "left")
    await world.end_class(5)
    page = await after(world, margaret)
    assert ways(page).count(f"/experience/{margaret}") == 1
    assert page.all("form") == []
    assert page.all("input") == []
    assert "Very good" not in page.html


async def test_who_has_answered_this_month_is_not_asked_again(world: World, margaret: str) -> None:
    await came(world, margaret, "left")
    await world.end_class(5)
    await world.press_join(f"/experience/{margaret}", data={"answer": "good"})
    assert f"/experience/{margaret}" not in ways(await after(world, margaret))


async def test_with_a_full_disk_the_page_is_there_without_the_question(
    world: World, margaret: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    await came(world, margaret, "left")
    await world.end_class(5)

    def full(*_: object) -> str:
        raise StorageFailed("no room", StorageFault.FULL)

    monkeypatch.setattr(ExperienceSecrets, "token", full)
    page = await after(world, margaret)
    assert (page.status, page.text("h1")) == (200, "Class has finished. Well done, Margaret.")
    assert f"/experience/{margaret}" not in ways(page)
    assert (await world.open(f"/experience/{margaret}")).status == 503


async def test_who_was_not_there_is_not_praised_and_not_asked(world: World, margaret: str) -> None:
    await world.end_class(5)
    page = await after(world, margaret)
    assert page.text("h1") == "Class has finished"
    assert f"/experience/{margaret}" not in ways(page)


async def test_who_left_a_class_that_is_on_can_go_back(world: World, margaret: str) -> None:
    world.clock.move(minutes=25)
    await came(world, margaret, "left")
    page = await after(world, margaret)
    assert page.text("h1") == "You left the class. It is still on."
    assert [link.get("href") for link in page.all("a") if link.get("role") == "button"] == [
        f"/class/{margaret}"
    ]
    assert "do not feel well" in page.text("main")
    assert f"/experience/{margaret}" not in ways(page), "one main action a page"


async def test_who_is_in_a_class_that_is_on_is_told_so(world: World, margaret: str) -> None:
    await came(world, margaret, "dropped")
    page = await after(world, margaret)
    assert page.text("h1") == "Your class is on now"
    assert f"/class/{margaret}" in ways(page)


async def test_classes_that_are_called_off_do_not_come_next(world: World, margaret: str) -> None:
    async def call_off(session) -> None:
        for row in await session.scalars(select(ClassSession).where(ClassSession.number > 5)):
            row.cancelled_at = world.clock()

    await world.database.write(call_off)
    await world.end_class(5)
    assert "No other class is planned yet." in (await after(world, margaret)).text("main")


async def test_after_the_last_class_the_course_is_done(world: World, margaret: str) -> None:
    async def five_classes(session) -> None:
        for row in await session.scalars(select(ClassSession).where(ClassSession.number > 5)):
            await session.delete(row)
        (await session.scalars(select(Programme))).one().class_count = 5

    await world.database.write(five_classes)
    await came(world, margaret, "left")
    await world.end_class(5)
    page = await after(world, margaret)
    assert "That was class 5 of 5 of Knee and hip group." in page.text("main")
    assert "That was the last class of your course." in page.text("main")


async def test_days_later_there_is_no_class_on(world: World, margaret: str) -> None:
    await came(world, margaret, "left")
    await world.end_class(5)
    world.clock.move(hours=13)
    page = await after(world, margaret)
    assert page.text("h1") == "There is no class on now"
    assert "Your next class is Thursday 26 November at 10am." in page.text("main")


async def test_staff_see_in_numbers_who_was_there(world: World, hannah: str) -> None:
    async def settle(session) -> None:
        row = (await session.scalars(select(ClassSession).where(ClassSession.number == 5))).one()
        service_id = (await session.scalars(select(Programme.service_id))).one()
        for number, patient in enumerate(await session.scalars(select(Patient))):
            session.add(
                CareContact(
                    id=f"C{number}",
                    class_id=row.id,
                    subject_id=patient.subject_id,
                    service_id=service_id,
                    attendance_status="555555556334"[number],
                    cancelled_reason="not_seen" if number == 11 else None,
                    starts_at=row.starts_at,
                    consultation_type="02",
                    consultation_mechanism="11",
                    group_therapy="Y",
                    settled_at=row.ends_at,
                )
            )

    await world.database.write(settle)
    await world.end_class(5)
    page = await after(world, hannah)
    assert page.text("h1") == "Class has finished"
    counts = dict(zip(page.texts["dt"], page.texts["dd"], strict=True))
    assert counts == {
        "Attended on time": "8",
        "Late but seen": "1",
        "Did not attend": "2",
        "Came, but could not be seen": "1",
    }
    assert f"/measures/{hannah}" in ways(page)
    assert not any(name in page.html for name in ("Margaret", "Dennis", "Ellis"))
    assert f"/experience/{hannah}" not in ways(page)


async def test_before_the_ledger_knows_staff_see_how_many_were_in(
    world: World, hannah: str, margaret: str
) -> None:
    await came(world, hannah)
    await came(world, margaret)
    await world.end_class(5)
    page = await after(world, hannah)
    counts = dict(zip(page.texts["dt"], page.texts["dd"], strict=True))
    assert counts == {"Were in class": "1", "On the course list": "12"}


async def test_staff_can_go_back_too(world: World, hannah: str) -> None:
    await came(world, hannah, "left")
    page = await after(world, hannah)
    assert page.text("h1") == "You left the class. It is still on."
    assert f"/class/{hannah}" in ways(page)


async def test_without_the_links_own_cookie_it_is_the_page_for_strangers(
    world: World, margaret: str, hannah: str
) -> None:
    await world.end_class(5)
    cookies = {cookie.key: cookie.value for cookie in world.browser.session.cookie_jar}
    world.browser.session.cookie_jar.clear()
    for wrong in ({}, {f"mr_{margaret}": cookies[f"mr_{hannah}"]}):
        page = await world.open(f"/after/{margaret}", cookies=wrong)
        assert (page.status, page.text("h1")) == STRANGERS
        assert "Margaret" not in page.html
    nobodys = await after(world, "AAAAAAAAAAAAAAAA")
    assert nobodys.text("body") == page.text("body")


async def test_somebody_taken_off_the_course_is_told_that_the_link_is_over(
    world: World, margaret: str
) -> None:
    async def take_off(session) -> None:
        person_id = (await session.get_one(PersonalLink, margaret)).person_id
        member = (
            await session.scalars(select(CourseMember).where(CourseMember.person_id == person_id))
        ).one()
        await session.delete(member)

    await world.database.write(take_off)
    page = await after(world, margaret)
    assert (page.status, page.text("h1")) == (410, "This link does not open a class any more")


async def test_looking_changes_nothing(world: World, margaret: str, hannah: str) -> None:
    await came(world, margaret, "left")
    await world.end_class(5)
    before = await world.rows()
    await after(world, margaret)
    await after(world, hannah)
    assert await world.rows() == before


async def test_staff_read_what_happened_in_class_and_what_was_done_and_patients_do_not(
    world: World, hannah: str, margaret: str
) -> None:
    await came(world, hannah, "left")
    await came(world, margaret, "left")

    async def work(session) -> None:
        row = (await session.scalars(select(ClassSession).where(ClassSession.number == 5))).one()
        staff, patient = [
            (await session.get_one(PersonalLink, each)).person_id for each in (hannah, margaret)
        ]
        at = row.starts_at
        session.add(
            HelpCall(
                id="h1", class_id=row.id, person_id=patient, kind="now", called_at=at + timedelta(minutes=5),
                settled_at=at + timedelta(minutes=6), settled_by=staff, done="talked",
                done_note="She sat down.",
            )
        )  # fmt: skip
        session.add(
            LossAccount(
                class_id=row.id, person_id=patient, lost_at=at + timedelta(minutes=2), done="no_answer",
                note="Wrote to her.", at=at + timedelta(minutes=3), by_id=staff,
            )
        )  # fmt: skip
        await session.flush()
        session.add(
            LossAccount(
                class_id=row.id, person_id=patient, lost_at=at + timedelta(minutes=2), done="rang_fine",
                note="Her router.", at=at + timedelta(minutes=4), by_id=staff,
            )
        )  # fmt: skip
        session.add(
            HelpAccount(
                help_id="h1", at=at + timedelta(minutes=7), by_id=staff, done="family", note="Her son came."
            )
        )

    await world.database.write(work)
    world.clock.move(minutes=70)
    await world.end_class(5)
    words = (await after(world, hannah)).text("main")
    lost, called = words.index("was lost at 10:02"), words.index("called for help at 10:05")
    assert lost < called
    assert "Hannah rang, and nobody answered. Wrote to her." in words
    assert "Hannah talked to them. She sat down." in words
    assert words.index("nobody answered") < words.index("Hannah rang, and all is well. Her router.")
    assert "About the call of" in words
    assert "Hannah reached family or a friend. Her son came." in words
    assert "lost" not in (await after(world, margaret)).text("main")
