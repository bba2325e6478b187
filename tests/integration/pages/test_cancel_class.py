from __future__ import annotations

import pytest
from sqlalchemy import select

from server.pages.site import SITE
from server.rooms.state import Place
from server.storage.tables import AuditEntry, CareContact
from tests.integration.pages.situations import absences, buttons, class_row, course_lead, links, put_in
from tests.integration.pages.world import Page, World

CANCEL_5 = {"class": "5", "reason": "staff_ill"}


async def cancel(world: World, link: str, fields: dict[str, str]) -> Page:
    return await world.press_join(f"{link}/cancel-class", data=fields)


async def put_back_on(world: World, link: str, number: int = 5) -> Page:
    return await world.press_join(f"{link}/put-back-on", data={"class": str(number)})


async def contacts(world: World) -> list[tuple[str, str | None]]:
    """Attendance status and reason of each contact of class 5."""
    which = await class_row(world)
    async with world.database.reading() as session:
        rows = await session.scalars(select(CareContact).where(CareContact.class_id == which.id))
        return [(row.attendance_status, row.cancelled_reason) for row in rows]


async def audited(world: World) -> list[tuple[str, str, str | None]]:
    async with world.database.reading() as session:
        rows = await session.scalars(select(AuditEntry).order_by(AuditEntry.at, AuditEntry.id))
        return [(row.action, row.actor_id, row.class_id) for row in rows]


async def test_the_physio_is_asked_which_class_and_why(world: World) -> None:
    assert f"{world.hannah}/cancel-class" in links(await world.open(world.hannah))
    page = await world.open(f"{world.hannah}/cancel-class")
    assert page.text("h1") == "Cancel a class"
    radios = {(each["name"], each["value"], "checked" in each) for each in page.all("input")}
    assert {(value, checked) for name, value, checked in radios if name == "class"} == {
        (str(number), False) for number in range(5, 13)
    }
    assert {value for name, value, _ in radios if name == "reason"} == {
        "staff_ill",
        "technical",
        "too_few",
        "other",
    }
    assert "Nobody gets a message. Ring those who may not look in time" in page.text("main")
    assert buttons(page) == ["Cancel the chosen class"]
    assert [level for level, _ in page.tags if level in ("h1", "h2", "h3")] == ["h1", "h2"]


async def test_pressing_the_button_at_once_cancels_nothing(world: World) -> None:
    page = await cancel(world, world.hannah, {})
    assert page.status == 400
    for problem in ("Select which class you want to cancel", "Select why you cancel the class"):
        assert page.text("main").count(problem) == 2
    assert (await class_row(world)).cancelled_at is None


async def test_after_cancelling_staff_see_whom_to_ring_and_the_link_alone_shows_how_many(
    world: World,
) -> None:
    await cancel(world, world.hannah, CANCEL_5)
    for link in (world.hannah, world.links.helper.url):
        page = await world.open(link)
        assert "12 patients are on this course." in page.text("main")
        assert "Nobody got a message that class 5 is cancelled." in page.text("main")
        assert "Ellis" not in page.html
        answer = await world.press_join(f"{link}/whom-to-ring")
        assert (answer.status, answer.headers["Location"]) == (303, link)
        page = await world.open(link)
        people = [" ".join(each.split()) for each in page.texts["dt"]]
        assert len(people) == 12
        assert "Margaret Ellis" in people
        assert "tel:07700900142" in links(page)
        assert "Show names and phone numbers" not in buttons(page)


async def test_patients_are_shown_nobody_to_ring_and_are_not_let_in_by_asking(world: World) -> None:
    await world.press_join(world.margaret)
    await cancel(world, world.hannah, CANCEL_5)
    page = await world.open(world.margaret)
    assert "Whom to ring" not in page.html
    assert "Whittle" not in page.html
    before = await world.rows()
    answer = await world.press_join(f"{world.links.patients[1].url}/whom-to-ring")
    assert answer.status == 403
    assert "Only staff can see this." in answer.text("main")
    assert "Set-Cookie" not in answer.headers
    assert await world.rows() == before
    assert (await world.press_join("/j/wrong/whom-to-ring")).status == 404


async def test_once_the_class_is_put_back_on_or_its_time_has_come_nobody_is_to_be_rung(world: World) -> None:
    await cancel(world, world.hannah, CANCEL_5)
    await put_back_on(world, world.hannah)
    assert "Whom to ring" not in (await world.open(world.hannah)).html
    await cancel(world, world.hannah, CANCEL_5)
    assert "Whom to ring" in (await world.open(world.hannah)).html
    world.clock.move(minutes=10)
    assert "Whom to ring" not in (await world.open(world.hannah)).html


async def test_a_cancelled_class_is_told_to_everybody_counted_and_audited(world: World) -> None:
    before = world.clock()
    answer = await cancel(world, world.hannah, CANCEL_5)
    assert (answer.status, answer.headers["Location"]) == (303, world.hannah)
    row = await class_row(world)
    assert (row.cancelled_at, row.cancelled_reason, row.settled_at) == (before, "staff_ill", before)
    assert await contacts(world) == [("4", "staff_ill")] * 12
    assert await audited(world) == [("cancel_class", await course_lead(world), row.id)]
    assert world.changed_classes == [row.id]
    for link in (world.margaret, world.hannah, world.links.helper.url):
        page = await world.open(link)
        assert page.text("h1") == "Today’s class is cancelled"
        assert "because a member of staff is ill" in page.text("main")
        assert "Your next class is Thursday 26 November at 10am." in page.text("main")
        assert "Join class" not in buttons(page)


async def test_nobody_joins_a_cancelled_class(world: World) -> None:
    link_id = await world.link_id(world.margaret)
    await cancel(world, world.hannah, CANCEL_5)
    joined = await world.press_join(world.margaret)
    assert (joined.status, joined.headers["Location"]) == (303, world.margaret)
    page = await world.open(f"/class/{link_id}")
    assert page.text("h1") == "Today’s class is cancelled"
    assert "class-config" not in page.html


async def test_a_later_class_can_be_cancelled_while_the_doors_of_this_one_are_open(world: World) -> None:
    await cancel(world, world.hannah, {"class": "6", "reason": "other"})
    page = await world.open(world.margaret)
    assert "Join class" in buttons(page)
    assert "Thursday’s class is cancelled. We are sorry." in page.text("main")
    await world.end_class(5)
    after = await world.open(world.margaret)
    assert after.text("h1") == "Thursday’s class is cancelled"
    assert "Your next class is Tuesday 1 December at 10am." in after.text("main")


@pytest.mark.parametrize("who", ["margaret", "helper"])
async def test_patients_and_helpers_are_refused(world: World, who: str) -> None:
    link = world.margaret if who == "margaret" else world.links.helper.url
    assert f"{link}/cancel-class" not in links(await world.open(link))
    before = await world.rows()
    for answer in (
        await world.open(f"{link}/cancel-class"),
        await cancel(world, link, CANCEL_5),
        await put_back_on(world, link),
    ):
        assert answer.status == 403
        assert "Only a physio of this course can cancel a class." in answer.text("main")
        assert "01632 960123" in answer.text("main")
    assert (await class_row(world)).cancelled_at is None
    assert await world.rows() == before


@pytest.mark.parametrize("place", [Place.WAITING, Place.IN_CLASS, Place.DROPPED])
async def test_while_anybody_is_in_the_class_is_ended_and_not_cancelled(world: World, place: Place) -> None:
    await put_in(world, "Margaret Ellis", place)
    answer = await cancel(world, world.hannah, CANCEL_5)
    assert answer.status == 403
    assert "Somebody is in this class or has been in it, so it cannot be cancelled." in answer.text("main")
    assert "press End class" in answer.text("main")
    assert (await class_row(world)).cancelled_at is None
    assert world.changed_classes == []
    assert await contacts(world) == []


async def test_a_class_in_which_a_patient_has_been_is_not_cancelled(world: World) -> None:
    await put_in(world, "Margaret Ellis", Place.LEFT, has_been_in=True)
    assert (await cancel(world, world.hannah, CANCEL_5)).status == 403
    assert (await class_row(world)).cancelled_at is None


async def test_a_class_where_staff_waited_alone_and_left_can_be_cancelled(world: World) -> None:
    await put_in(world, "Hannah Okafor", Place.LEFT, has_been_in=True)
    await put_in(world, "Margaret Ellis", Place.LEFT)
    assert (await cancel(world, world.hannah, {"class": "5", "reason": "too_few"})).status == 303
    assert (await class_row(world)).cancelled_reason == "too_few"


async def test_a_class_that_has_ended_is_not_cancelled(world: World) -> None:
    await world.end_class(5)
    answer = await cancel(world, world.hannah, CANCEL_5)
    assert answer.status == 403
    assert "This class has finished, so it cannot be cancelled." in answer.text("main")
    assert (await class_row(world)).cancelled_at is None


@pytest.mark.parametrize(
    ("fields", "problem"),
    [
        ({"class": "6"}, "Select why you cancel the class"),
        ({"class": "6", "reason": "bored"}, "Select why you cancel the class"),
        ({"reason": "other"}, "Select which class you want to cancel"),
        ({"class": "99", "reason": "other"}, "Select which class you want to cancel"),
    ],
)
async def test_what_is_missing_is_said_and_what_was_chosen_is_kept(
    world: World, fields: dict[str, str], problem: str
) -> None:
    page = await cancel(world, world.hannah, fields)
    assert page.status == 400
    assert page.text("title").startswith("Error: Cancel a class")
    assert "There is a problem" in page.text("main")
    assert page.text("main").count(problem) == 2
    checked = {each["value"] for each in page.all("input") if "checked" in each}
    assert checked == {value for value in fields.values() if value in ("6", "other")}
    ids = {each.get("id") for each in page.all("input")}
    targets = {
        href[1:] for href in links(page) if href and href.startswith("#") and "maincontent" not in href
    }
    assert targets
    assert targets <= ids
    assert [(await class_row(world, number)).cancelled_at for number in (5, 6)] == [None, None]


async def test_cancelling_twice_is_cancelling_once(world: World) -> None:
    await cancel(world, world.hannah, CANCEL_5)
    world.clock.move(minutes=1)
    assert (await cancel(world, world.hannah, {"class": "5", "reason": "other"})).status == 303
    assert (await class_row(world)).cancelled_reason == "staff_ill"
    assert len(await audited(world)) == 1
    assert len(await contacts(world)) == 12


async def test_while_it_lies_ahead_the_class_can_be_put_back_on(world: World) -> None:
    await world.press_join(world.margaret + "/cannot-come", data={"class": "5", "answer": "cannot_come"})
    await cancel(world, world.hannah, CANCEL_5)
    assert "Put class 5 back on" in buttons(await world.open(world.hannah))
    assert "Put class 5 back on" not in buttons(await world.open(world.links.helper.url))
    world.clock.move(minutes=1)
    answer = await put_back_on(world, world.hannah)
    assert (answer.status, answer.headers["Location"]) == (303, world.hannah)
    row = await class_row(world)
    assert (row.cancelled_at, row.cancelled_reason, row.settled_at) == (None, None, None)
    assert world.changed_classes == [row.id, row.id]
    assert await contacts(world) == []
    assert [action for action, _who, _class in await audited(world)] == ["cancel_class", "put_class_back_on"]
    assert await absences(world) == ["Margaret Ellis"]
    assert (await world.press_join(world.margaret)).headers["Location"].startswith("/class/")


async def test_once_its_time_has_come_a_cancelled_class_stays_cancelled(world: World) -> None:
    await cancel(world, world.hannah, CANCEL_5)
    world.clock.move(minutes=10)
    assert "Put class 5 back on" not in buttons(await world.open(world.hannah))
    answer = await put_back_on(world, world.hannah)
    assert answer.status == 403
    assert "The time of this class has passed" in answer.text("main")
    assert len(await contacts(world)) == 12


@pytest.mark.parametrize("over", ["ended", "forgotten"])
async def test_putting_back_on_what_was_not_cancelled_leaves_its_contacts_alone(
    world: World, over: str
) -> None:
    if over == "ended":
        await world.end_class(5)
    else:
        world.clock.move(hours=20)
    which, contact_log = await class_row(world), world.browser.app[SITE].contact_log
    await world.database.write(lambda session: contact_log.settle(session, which.id, world.clock()))
    before = await contacts(world)
    assert len(before) == 12
    assert (await put_back_on(world, world.hannah)).status == 303
    assert await contacts(world) == before
    assert await audited(world) == []


async def test_a_link_that_opens_nothing_cancels_nothing(world: World) -> None:
    assert (await cancel(world, "/j/wrong", CANCEL_5)).status == 404
    await world.revoke_links()
    assert (await cancel(world, world.hannah, CANCEL_5)).status == 410
    assert (await put_back_on(world, world.hannah)).status == 410
    assert (await class_row(world)).cancelled_at is None


async def test_another_site_cannot_cancel(world: World) -> None:
    answer = await world.press_join(
        f"{world.hannah}/cancel-class", data=CANCEL_5, headers={"Sec-Fetch-Site": "cross-site"}
    )
    assert answer.status == 403
    assert (await class_row(world)).cancelled_at is None
