from __future__ import annotations

import pytest

from tests.integration.pages.situations import absences, buttons, links
from tests.integration.pages.world import Page, World

CANNOT_COME = {"class": "5", "answer": "cannot_come"}
CAN_COME = {"class": "5", "answer": "can_come"}


async def tell(world: World, link: str, fields: dict[str, str]) -> Page:
    return await world.press_join(f"{link}/cannot-come", data=fields)


async def test_a_patient_says_so_with_the_link_alone_and_staff_see_it(world: World) -> None:
    assert f"{world.margaret}/cannot-come" in links(await world.open(world.margaret))
    question = await world.open(f"{world.margaret}/cannot-come")
    assert question.text("h1") == "Tell us that you cannot come"
    assert "class 5 of 12. Today, Tuesday 24 November, at 10am." in question.text("main")
    assert buttons(question) == ["I cannot come"]
    assert "01632 960123" in question.text("main")
    answer = await tell(world, world.margaret, CANNOT_COME)
    assert (answer.status, answer.headers["Location"]) == (303, world.margaret)
    assert await absences(world) == ["Margaret Ellis"]
    world.clock.move(minutes=-1)
    page = await world.open(world.margaret)
    assert page.text("h1") == "You have told us that you cannot come"
    assert page.text("title").startswith("You have told us that you cannot come")
    assert "class 5 of 12, with Hannah. It is today, Tuesday 24 November, at 10am." in page.text("main")
    assert "Open this page again" not in page.text("main")
    assert buttons(page)[0] == "I can come after all"
    assert "1 patient has said that they cannot come to class 5." in (await world.open(world.hannah)).text(
        "main"
    )


async def test_looking_at_the_question_tells_nobody_anything(world: World) -> None:
    before = await world.rows()
    await world.open(f"{world.margaret}/cannot-come")
    await world.browser.head(f"{world.margaret}/cannot-come")
    assert await world.rows() == before


async def test_saying_it_twice_is_saying_it_once_and_it_can_be_taken_back(world: World) -> None:
    for _ in range(2):
        await tell(world, world.margaret, CANNOT_COME)
    assert await absences(world) == ["Margaret Ellis"]
    question = await world.open(f"{world.margaret}/cannot-come")
    assert question.text("h1") == "You have told us that you cannot come"
    assert buttons(question) == ["I can come after all"]
    for _ in range(2):
        assert (await tell(world, world.margaret, CAN_COME)).status == 303
    assert await absences(world) == []


async def test_the_button_on_their_own_page_takes_it_back(world: World) -> None:
    world.clock.move(minutes=-1)
    await tell(world, world.margaret, CANNOT_COME)
    page = await world.open(world.margaret)
    (form,) = [each for each in page.all("form") if each.get("action") == f"{world.margaret}/cannot-come"]
    assert form["method"] == "post"
    fields = {each["name"]: each["value"] for each in page.all("input")}
    assert fields == CAN_COME
    await tell(world, world.margaret, fields)
    assert await absences(world) == []
    assert (await world.open(world.margaret)).text("h1").startswith("Your next class is today")


async def test_pressing_join_takes_it_back(world: World) -> None:
    await tell(world, world.margaret, CANNOT_COME)
    page = await world.open(world.margaret)
    assert page.text("h1") == "You have told us that you cannot come"
    assert "Join class" in buttons(page)
    assert (await world.press_join(world.margaret)).headers["Location"].startswith("/class/")
    assert await absences(world) == []


async def test_names_are_shown_to_a_browser_of_staff_that_was_let_in_and_to_no_other(world: World) -> None:
    await tell(world, world.margaret, CANNOT_COME)
    for patient_or_scanner in (world.margaret, world.hannah):
        assert "Ellis" not in (await world.open(patient_or_scanner)).html
    await world.press_join(world.hannah)
    await world.press_join(world.links.patients[1].url)
    assert "they cannot come to class 5: Margaret Ellis." in (await world.open(world.hannah)).text("main")
    assert "Ellis" not in (await world.open(world.links.patients[1].url)).html


async def test_once_class_has_started_it_is_too_late_and_the_page_says_to_ring(world: World) -> None:
    world.clock.move(minutes=10)
    assert f"{world.margaret}/cannot-come" not in links(await world.open(world.margaret))
    page = await world.open(f"{world.margaret}/cannot-come")
    assert page.text("h1") == "It is too late to tell us here"
    assert "If you cannot come, call us on 01632 960123." in page.text("main")
    answer = await tell(world, world.margaret, CANNOT_COME)
    assert answer.status == 409
    assert await absences(world) == []


async def test_a_page_left_open_since_the_last_class_says_nothing_about_the_next(world: World) -> None:
    await world.end_class(5)
    assert (await tell(world, world.margaret, CANNOT_COME)).status == 409
    assert await absences(world) == []


@pytest.mark.parametrize("fields", [{}, {"class": "5"}, {"class": "5", "answer": "maybe"}])
async def test_a_form_without_an_answer_is_asked_again(world: World, fields: dict[str, str]) -> None:
    assert (await tell(world, world.margaret, fields)).status in (303, 409)
    assert await absences(world) == []


async def test_staff_are_sent_back_and_cannot_say_so_here(world: World) -> None:
    for link in (world.hannah, world.links.helper.url):
        assert (await world.open(f"{link}/cannot-come")).headers["Location"] == link
        answer = await tell(world, link, CANNOT_COME)
        assert answer.status == 403
        assert "Only patients tell us here." in answer.text("main")
    assert await absences(world) == []


async def test_a_link_that_opens_nothing_tells_nothing(world: World) -> None:
    assert (await tell(world, "/j/wrong", CANNOT_COME)).status == 404
    await world.revoke_links()
    assert (await tell(world, world.margaret, CANNOT_COME)).status == 410
    assert (await world.open(f"{world.margaret}/cannot-come")).status == 410
    assert await absences(world) == []
