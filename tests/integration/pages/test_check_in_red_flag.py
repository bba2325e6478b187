from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import timedelta

import pytest
from sqlalchemy import update

from server.pages.site import SITE
from server.storage.database import Database, StorageFailed
from server.storage.tables import ClassSession, LinkSession, PersonalLink
from server.timetable.check_ins import begun, decide
from tests.integration.pages.before_class import (
    DETAILS,
    PLACE,
    WELL,
    OnTheWay,
    check_in,
    couple,
    patient,
    with_check_in,
)
from tests.integration.pages.situations import class_row, links, person_id
from tests.integration.pages.world import Page, World

RED = {"class": "5", "chest_pain": "yes", "no_other": "yes"}
DIZZY = {"class": "5", "no_red_flag": "yes", "dizziness": "yes"}
NOT_SEEN = "We may not see what you told us."


async def decided(margaret: OnTheWay, takes_part: bool) -> None:
    async def work(session) -> None:
        class_id = (await class_row(margaret.world)).id
        row = await begun(session, class_id, margaret.person_id, margaret.world.clock())
        decide(row, takes_part, "Rang her, she is well.", None, margaret.world.clock())

    await margaret.world.database.write(work)


def says_999_though_nobody_may_see(page: Page) -> bool:
    words = page.text("main")
    return (
        page.status == 200
        and page.text("h1") == "Call 999 now."
        and "tel:999" in links(page)
        and "Do not exercise today." in words
        and NOT_SEEN in words
        and "can see what you told us" not in words
    )


@pytest.mark.parametrize("takes_part", [True, False])
async def test_a_red_flag_that_is_sent_again_after_a_decision_says_to_call_999_again(
    world: World, takes_part: bool
) -> None:
    await with_check_in(world)
    margaret = await patient(world)
    await margaret.send("details", DETAILS)
    await margaret.send("symptoms", RED)
    await decided(margaret, takes_part)
    told: list[str] = []

    async def changed(class_id: str, who: str) -> None:
        told.append(who)

    object.__setattr__(world.site, "check_in_changed", changed)
    page = await margaret.send("symptoms", RED)
    assert page.headers["Location"] == f"{margaret.check_in}/red-flag"
    page = await margaret.open("red-flag")
    assert page.text("h1") == "Call 999 now."
    assert "Hannah can see what you told us." in page.text("main")
    assert (await margaret.row()).state == "red_flag"
    assert told == [margaret.person_id]


async def test_another_symptom_that_is_sent_again_after_the_physio_has_allowed_holds_again(
    world: World,
) -> None:
    await with_check_in(world)
    margaret = await patient(world)
    await margaret.send_all(DIZZY)
    await decided(margaret, takes_part=True)
    await margaret.send("symptoms", DIZZY)
    assert (await margaret.row()).state == "held"


async def test_the_page_says_why_also_of_what_was_just_sent(world: World) -> None:
    await with_check_in(world, "back")
    margaret = await patient(world)
    await margaret.send("details", DETAILS)
    await margaret.send("symptoms", RED)
    await decided(margaret, takes_part=True)
    await margaret.send("symptoms", {"class": "5", "stroke": "yes", "leg_weakness": "yes"})
    words = (await margaret.open("red-flag")).text("main")
    assert "These can be signs of a stroke." in words
    assert "Note when it began, and tell 999." in words
    assert "The nerves at the bottom of your back may be trapped." in words


async def _ended(margaret: OnTheWay) -> None:
    await margaret.world.end_class(5)


async def _cancelled(margaret: OnTheWay) -> None:
    class_id, now = (await class_row(margaret.world)).id, margaret.world.clock()

    async def work(session) -> None:
        (await session.get_one(ClassSession, class_id)).cancelled_at = now

    await margaret.world.database.write(work)


async def _another_day(margaret: OnTheWay) -> None:
    class_id = (await class_row(margaret.world)).id

    async def work(session) -> None:
        row = await session.get_one(ClassSession, class_id)
        row.starts_at, row.ends_at = row.starts_at + timedelta(days=3), row.ends_at + timedelta(days=3)

    await margaret.world.database.write(work)


async def _session_over(margaret: OnTheWay) -> None:
    now = margaret.world.clock()
    await margaret.world.database.write(
        lambda session: session.execute(update(LinkSession).values(expires_at=now))
    )


async def _no_cookie(margaret: OnTheWay) -> None:
    margaret.world.browser.session.cookie_jar.clear()


async def _link_revoked(margaret: OnTheWay) -> None:
    now = margaret.world.clock()
    await margaret.world.database.write(
        lambda session: session.execute(update(PersonalLink).values(revoked_at=now))
    )


@pytest.mark.parametrize("happens", [_ended, _cancelled, _another_day])
async def test_a_class_that_is_no_more_while_the_page_is_open_keeps_nobody_from_reading_999(
    world: World, happens: Callable[[OnTheWay], Awaitable[None]]
) -> None:
    await with_check_in(world)
    margaret = await patient(world)
    await margaret.send("details", DETAILS)
    await happens(margaret)
    page = await margaret.send("symptoms", RED)
    assert says_999_though_nobody_may_see(page)
    assert "01632 960123" in page.text("main")
    row = await margaret.row()
    assert (row.state, row.symptoms) == ("red_flag", ["chest_pain"]), "kept, for staff who look"


@pytest.mark.parametrize("happens", [_session_over, _no_cookie, _link_revoked])
async def test_a_browser_that_is_known_no_more_reads_999_and_keeps_nothing(
    world: World, happens: Callable[[OnTheWay], Awaitable[None]]
) -> None:
    await with_check_in(world)
    margaret = await patient(world)
    await margaret.send("details", DETAILS)
    await happens(margaret)
    page = await margaret.send("symptoms", RED | {"class": "x"})
    assert says_999_though_nobody_may_see(page)
    assert "Margaret" not in page.html
    row = await margaret.row()
    assert (row.state, row.symptoms) == ("open", [])


@pytest.mark.parametrize("act", ["reading", "write"])
async def test_a_storage_that_fails_keeps_nobody_from_reading_999(
    world: World, monkeypatch: pytest.MonkeyPatch, act: str
) -> None:
    await with_check_in(world)
    margaret = await patient(world)
    await margaret.send("details", DETAILS)

    def fails(*_: object) -> None:
        raise StorageFailed("the disk is full")

    monkeypatch.setattr(Database, act, fails)
    page = await margaret.send("symptoms", RED)
    assert says_999_though_nobody_may_see(page)
    assert "01632 960123" in page.text("main")
    assert world.browser.app[SITE].failures["red_flag_not_stored"] == 1


async def test_words_for_the_other_one_of_a_couple_come_also_when_they_are_no_couple_any_more(
    world: World,
) -> None:
    await with_check_in(world)
    margaret = await patient(world)
    await margaret.send("details", DETAILS)
    page = await margaret.send("symptoms", WELL | {"partner-stroke": "yes"})
    assert says_999_though_nobody_may_see(page)
    assert "For the other one of you: Call 999 now." in page.text("main")
    assert (await margaret.row()).state == "open"


async def test_of_a_couple_that_came_apart_the_red_flag_is_kept_with_whom_it_is_about(world: World) -> None:
    await with_check_in(world)
    margaret, dennis = await patient(world), await person_id(world, "Dennis Whittle")
    await couple(world, margaret.person_id, dennis)
    await margaret.send("details", DETAILS | {"partner": "no"})
    page = await margaret.send("symptoms", WELL | {"partner-stroke": "yes"})
    assert says_999_though_nobody_may_see(page)
    his = await check_in(world, dennis)
    assert his is not None
    assert (his.state, (await margaret.row()).state) == ("red_flag", "open")


async def test_the_most_urgent_advice_for_two_heads_the_page(world: World) -> None:
    await with_check_in(world, "back")
    margaret, dennis = await patient(world), await person_id(world, "Dennis Whittle")
    await couple(world, margaret.person_id, dennis)
    await margaret.send("details", DETAILS | {"partner": "yes"})
    await margaret.send("symptoms", {"class": "5", "bladder_bowel": "yes", "partner-chest_pain": "yes"})
    page = await margaret.open("red-flag")
    assert page.text("h1") == "Call 999 now."
    assert "For you: Go to A&E now, or call 999." in page.text("main")


async def test_a_red_flag_that_is_not_asked_about_any_more_counts(world: World) -> None:
    await with_check_in(world, "knee_hip")
    margaret = await patient(world)
    await margaret.send("details", DETAILS)
    await margaret.send("symptoms", WELL | {"bladder_bowel": "yes"})
    assert (await margaret.open("red-flag")).text("h1") == "Go to A&E now, or call 999."
    assert (await margaret.row()).symptoms == ["bladder_bowel"]


async def test_after_class_the_page_says_that_the_class_has_finished(world: World) -> None:
    await with_check_in(world)
    margaret = await patient(world)
    await world.end_class(5)
    page = await margaret.open()
    assert page.text("h1") == "Class 5 has finished"
    assert "tel:999" in links(page)
    assert (await margaret.send("today", PLACE)).text("h1") == "Class 5 has finished"


LONG = "x" * 70_000


@pytest.mark.parametrize(
    "told",
    [LONG, "a\0b", {f"field{number}": "1" for number in range(60)}],
    ids=["long", "nul", "many fields"],
)
async def test_a_red_flag_in_what_cannot_be_read_as_a_whole_says_to_call_999(
    world: World, told: str | dict[str, str]
) -> None:
    await with_check_in(world)
    margaret = await patient(world)
    await margaret.send("details", DETAILS)
    rest = told if isinstance(told, dict) else {"told": told}
    page = await margaret.send("symptoms", RED | rest)
    assert says_999_though_nobody_may_see(page)
    assert (await margaret.row()).state == "open", "nothing of it is stored"
    assert world.site.failures["unreadable"] == 1


@pytest.mark.parametrize("which", ["details", "symptoms", "today"])
async def test_a_check_in_that_cannot_be_read_says_when_to_call_999(world: World, which: str) -> None:
    await with_check_in(world)
    margaret = await patient(world)
    page = await margaret.send(which, {"class": "5", "told": LONG})
    assert page.status == 413
    assert "If you have chest pain" in page.text("main")
    assert "tel:999" in links(page)
    assert "Nothing was saved." in page.text("main")
    assert await check_in(world, margaret.person_id) is None


async def test_what_is_no_form_at_all_says_so_too(world: World) -> None:
    await with_check_in(world)
    margaret = await patient(world)
    page = await world.press_join(
        f"{margaret.check_in}/symptoms", data=b"\xff\x00", headers={"Content-Type": "text/plain"}
    )
    assert page.status == 415
    assert "tel:999" in links(page)


async def test_other_pages_that_cannot_be_read_speak_of_no_symptoms(world: World) -> None:
    margaret = await patient(world)
    page = await world.press_join(f"{margaret.me}/cannot-come", data={"class": LONG})
    assert page.status == 413
    assert "chest pain" not in page.text("main")
