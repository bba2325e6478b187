from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import select

from server.pages.site import SITE
from server.people.birth_dates import LOCKED_ACTION
from server.storage.tables import AuditEntry, LinkSession, PersonalLink
from tests.integration.pages.situations import buttons, know_birth_date, links
from tests.integration.pages.world import Page, World, pages_world

RIGHT = {"born-day": "31", "born-month": "3", "born-year": "1955"}
WRONG = {**RIGHT, "born-year": "1956"}
HERS = ("Knee and hip", "with Hannah", "Ellis", "07700")


@pytest.fixture
async def margaret(world: World) -> World:
    await know_birth_date(world, "Margaret Ellis")
    return world


async def came_by_the_link(world: World) -> str:
    """Margaret has pressed Join in this browser; returns her link's id."""
    return await world.link_id(world.margaret)


async def give(world: World, link_id: str, fields: dict[str, str], back: str = "") -> Page:
    return await world.press_join(f"/me/{link_id}/birth{back}", data=fields)


async def link_row(world: World, link_id: str) -> PersonalLink:
    async with world.database.reading() as session:
        return await session.get_one(PersonalLink, link_id)


async def test_the_link_alone_tells_first_name_time_and_join_and_nothing_of_the_group(
    margaret: World,
) -> None:
    page = await margaret.open(margaret.margaret)
    assert page.text("h1") == "Your next class is today, Tuesday 24 November, at 10am"
    assert "Margaret" in page.text("header")
    assert buttons(page) == ["Copy the link", "Join class", "My page"]
    for secret in HERS:
        assert secret not in page.html


async def test_what_she_told_us_is_not_said_to_whoever_has_her_link(margaret: World) -> None:
    fields = {"class": "5", "answer": "cannot_come"}
    link_id = await came_by_the_link(margaret)
    await give(margaret, link_id, RIGHT)
    await margaret.press_join(f"{margaret.margaret}/cannot-come", data=fields)
    assert "You have told us that you cannot come" in (await margaret.open(margaret.margaret)).html
    margaret.browser.session.cookie_jar.clear()
    page = await margaret.open(margaret.margaret)
    assert "cannot come" not in page.html
    answer = await margaret.press_join(f"{margaret.margaret}/cannot-come", data=fields)
    assert (answer.status, answer.headers["Location"]) == (303, margaret.margaret)


async def test_looking_as_a_mail_scanner_does_changes_nothing(margaret: World) -> None:
    before = await margaret.rows()
    for path in ("", "/me", "/watch", "/cannot-come"):
        page = await margaret.open(margaret.margaret + path)
        assert "Set-Cookie" not in page.headers
        await margaret.browser.head(margaret.margaret + path, allow_redirects=False)
    assert await margaret.rows() == before


async def test_join_leads_to_the_date_of_birth_and_then_into_class(margaret: World) -> None:
    link_id = await came_by_the_link(margaret)
    asked = await margaret.open(f"/class/{link_id}")
    assert asked.headers["Location"] == f"/me/{link_id}/birth?next=%2Fclass%2F{link_id}"
    page = await margaret.open(asked.headers["Location"])
    assert page.text("h1") == "Are you Margaret? Enter your date of birth"
    assert [field["name"] for field in page.all("input")] == ["born-day", "born-month", "born-year"]
    assert {field["inputmode"] for field in page.all("input")} == {"numeric"}
    assert "01632 960123" in page.text("main")
    answer = await margaret.press_join(asked.headers["Location"], data=RIGHT)
    assert (answer.status, answer.headers["Location"]) == (303, f"/class/{link_id}")
    assert (await margaret.open(f"/class/{link_id}")).config["role"] == "patient"


@pytest.mark.parametrize(
    "path",
    ["class/{}", "class/{}/chat", "me/{}", "me/{}/ask", "watch/{}", "after/{}", "experience/{}"],
)
async def test_no_page_about_her_opens_before_the_date_of_birth(margaret: World, path: str) -> None:
    link_id = await came_by_the_link(margaret)
    path = f"/{path.format(link_id)}"
    page = await margaret.open(path)
    assert page.status == 303
    assert page.headers["Location"].startswith(f"/me/{link_id}/birth")
    await give(margaret, link_id, RIGHT)
    assert (await margaret.open(path)).status == 200


async def test_once_per_device_and_another_device_is_asked_again(margaret: World) -> None:
    link_id = await came_by_the_link(margaret)
    await give(margaret, link_id, RIGHT)
    await margaret.press_join(margaret.margaret)
    assert (await margaret.open(f"/me/{link_id}/birth")).headers["Location"] == f"/me/{link_id}"
    margaret.browser.session.cookie_jar.clear()
    await came_by_the_link(margaret)
    assert (await margaret.open(f"/class/{link_id}")).status == 303


async def test_a_wrong_date_says_so_and_how_often_one_can_try(margaret: World) -> None:
    link_id = await came_by_the_link(margaret)
    page = await give(margaret, link_id, WRONG)
    assert page.text("title").startswith("Error: ")
    assert "This is not the date of birth we have for Margaret. You can try 4 more times." in page.html
    assert "#born-day" in links(page)
    assert [field["value"] for field in page.all("input")] == ["31", "3", "1956"]


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({}, "Enter Margaret’s date of birth"),
        ({**RIGHT, "born-day": "32"}, "must be a real date"),
        ({**RIGHT, "born-year": "55"}, "must be a real date"),
        ({**RIGHT, "born-year": "2055"}, "must be in the past"),
        ({**RIGHT, "born-year": "1855"}, "Check the year of birth"),
    ],
)
async def test_a_slip_of_the_finger_is_no_wrong_date(
    margaret: World, fields: dict[str, str], words: str
) -> None:
    link_id = await came_by_the_link(margaret)
    assert words in (await give(margaret, link_id, fields)).text("main")
    assert (await link_row(margaret, link_id)).birth_failures == 0


async def test_after_five_wrong_dates_not_even_the_right_one_is_taken_for_15_minutes(
    margaret: World,
) -> None:
    link_id = await came_by_the_link(margaret)
    for _ in range(4):
        assert (await give(margaret, link_id, WRONG)).status == 200
    page = await give(margaret, link_id, WRONG)
    assert page.status == 429
    assert page.text("h1") == "Wait a while before you try again"
    assert "You can try again at 10:05am." in page.text("main")
    assert "01632 960123" in page.text("main")
    margaret.clock.move(minutes=14, seconds=59)
    assert (await give(margaret, link_id, RIGHT)).status == 429
    margaret.clock.move(seconds=1)
    assert (await give(margaret, link_id, RIGHT)).status == 303
    assert (await link_row(margaret, link_id)).birth_failures == 0


async def test_wrong_dates_are_counted_for_the_link_whichever_device_gives_them(margaret: World) -> None:
    link_id = await came_by_the_link(margaret)
    for _ in range(5):
        await give(margaret, link_id, WRONG)
    margaret.browser.session.cookie_jar.clear()
    await came_by_the_link(margaret)
    assert (await give(margaret, link_id, RIGHT)).status == 429


async def test_each_lock_is_twice_as_long_as_the_one_before(margaret: World) -> None:
    link_id = await came_by_the_link(margaret)
    for minutes in (15, 30, 60):
        for _ in range(5):
            await give(margaret, link_id, WRONG)
        until = (await link_row(margaret, link_id)).birth_locked_until
        assert until is not None
        assert (until - margaret.clock()).total_seconds() == minutes * 60
        margaret.clock.move(minutes=minutes)


async def test_staff_find_the_lock_in_the_audit(margaret: World) -> None:
    link_id = await came_by_the_link(margaret)
    for _ in range(5):
        await give(margaret, link_id, WRONG)
    async with margaret.database.reading() as session:
        entry = (await session.scalars(select(AuditEntry).where(AuditEntry.action == LOCKED_ACTION))).one()
        person = (await session.get_one(PersonalLink, link_id)).person_id
    assert (entry.subject_id, entry.actor_id, entry.account_id) == (person, None, None)
    assert entry.service_id is not None
    assert "1956" not in str(entry.detail)


async def test_from_one_address_dates_can_be_tried_40_times_and_then_one_each_half_minute(
    margaret: World,
) -> None:
    link_id = await came_by_the_link(margaret)
    for _ in range(40):
        assert margaret.browser.app[SITE].door_rates.births_from.take("127.0.0.1")
    page = await give(margaret, link_id, RIGHT)
    assert page.status == 429
    assert "too many tries from where you are" in page.text("main")
    margaret.clock.move(seconds=30)
    assert (await give(margaret, link_id, RIGHT)).status == 303


@pytest.mark.parametrize(
    "back",
    ["https://evil.example/", "//evil.example/me/x", "/class/another", "/staff", "/me/x/../../staff", ""],
)
async def test_the_way_back_leads_to_ones_own_pages_alone(margaret: World, back: str) -> None:
    link_id = await came_by_the_link(margaret)
    answer = await give(margaret, link_id, RIGHT, f"?next={back}")
    assert answer.headers["Location"] == f"/me/{link_id}"


async def test_without_a_cookie_nobody_is_asked_for_anything(margaret: World) -> None:
    link_id = await came_by_the_link(margaret)
    margaret.browser.session.cookie_jar.clear()
    for page in (await margaret.open(f"/me/{link_id}/birth"), await give(margaret, link_id, RIGHT)):
        assert page.status == 403
        assert "Margaret" not in page.html


async def test_another_persons_cookie_proves_nothing_here(margaret: World) -> None:
    await know_birth_date(margaret, "Dennis Whittle", date(1950, 1, 1))
    hers = await came_by_the_link(margaret)
    his = await margaret.link_id(margaret.links.patients[1].url)
    await give(margaret, his, {"born-day": "1", "born-month": "1", "born-year": "1950"})
    assert (await margaret.open(f"/me/{his}")).status == 200
    assert (await margaret.open(f"/me/{hers}")).status == 303
    async with margaret.database.reading() as session:
        proven = (await session.scalars(select(LinkSession).where(LinkSession.link_id == hers))).one()
    assert proven.proven_at is None


async def test_a_revoked_or_ended_link_takes_no_date(margaret: World) -> None:
    link_id = await came_by_the_link(margaret)
    await margaret.revoke_links()
    assert (await give(margaret, link_id, RIGHT)).status == 410


async def test_a_patient_whose_date_of_birth_we_do_not_have_is_not_asked(world: World) -> None:
    link_id = await came_by_the_link(world)
    assert (await world.open(f"/class/{link_id}")).status == 200
    assert (await world.open(f"/me/{link_id}/birth")).headers["Location"] == f"/me/{link_id}"


async def test_over_https_the_cookie_is_bound_to_this_host(tmp_path: Path) -> None:
    async with pages_world(tmp_path, base_url="https://classes.example.org") as world:
        joined = await world.press_join(world.margaret)
        name, _, rest = joined.headers["Set-Cookie"].partition("=")
        link_id = joined.headers["Location"].removeprefix("/class/")
        assert name == f"__Host-mr_{link_id}"
        assert "Secure" in rest
        assert "Path=/" in rest
        assert "Domain" not in rest
        cookie = f"{name}={rest.partition(';')[0]}"
        assert (await world.open(f"/class/{link_id}", headers={"Cookie": cookie})).status == 200
