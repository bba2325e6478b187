from __future__ import annotations

import pytest

from server.pages.site import SITE
from server.people.links import print_letter, renew_link, revoke_link
from server.people.short_codes import ShortCode
from tests.integration.pages.situations import buttons, end_links, know_birth_date
from tests.integration.pages.world import Page, World


@pytest.fixture
async def code(world: World) -> ShortCode:
    """Margaret's letter has been printed."""
    drawn = world.browser.app[SITE].short_codes.draw()
    link_id = world.links.patients[0].link_id
    await world.database.write(
        lambda session: print_letter(
            session, link_id=link_id, token="of the letter", code=drawn, now=world.clock()
        )
    )
    return drawn


async def enter(world: World, written: str) -> Page:
    return await world.press_join("/code", data={"code": written})


@pytest.mark.parametrize("path", ["/", "/code"])
async def test_the_front_page_asks_for_the_code(world: World, path: str) -> None:
    page = await world.open(path)
    assert page.status == 200
    assert buttons(page) == ["Continue"]
    [field] = page.all("input")
    assert (field["name"], field["inputmode"], field["autocomplete"]) == ("code", "numeric", "off")
    assert page.all("form")[0]["action"] == "/code"


@pytest.mark.parametrize("how", ["{}", " {} ", "{}."])
async def test_a_right_code_leads_where_the_link_leads(world: World, code: ShortCode, how: str) -> None:
    answer = await enter(world, how.format(code.spoken))
    link_id = world.links.patients[0].link_id
    assert (answer.status, answer.headers["Location"]) == (303, f"/me/{link_id}")
    assert answer.headers["Set-Cookie"].startswith(f"mr_{link_id}=")
    assert (await world.open(f"/class/{link_id}")).config["role"] == "patient"


async def test_the_date_of_birth_is_due_after_the_code_as_after_the_link(
    world: World, code: ShortCode
) -> None:
    await know_birth_date(world, "Margaret Ellis")
    answer = await enter(world, code.digits)
    asked = await world.open(answer.headers["Location"])
    assert asked.headers["Location"].startswith(f"{answer.headers['Location']}/birth")


async def test_entering_it_again_keeps_the_session(world: World, code: ShortCode) -> None:
    await enter(world, code.digits)
    before = await world.rows()
    assert "Set-Cookie" not in (await enter(world, code.digits)).headers
    assert await world.rows() == before


async def test_the_letters_link_and_the_emails_link_open_the_same(world: World, code: ShortCode) -> None:
    letter = world.browser.app[SITE].new_secret()
    await world.database.write(
        lambda session: print_letter(
            session, link_id=world.links.patients[0].link_id, token=letter, code=code, now=world.clock()
        )
    )
    assert (await world.open(f"/j/{letter}")).text("h1") == (await world.open(world.margaret)).text("h1")


@pytest.mark.parametrize(
    ("written", "words"),
    [
        ("", "Enter the code from your letter"),
        ("kite moon", "The code has 15 numbers and no letters"),
        ("999 000 0018", "Your NHS number is not the code"),
        ("402 913", "The code has 15 numbers. You entered 6"),
    ],
)
async def test_what_cannot_be_a_code_is_said_at_once(world: World, written: str, words: str) -> None:
    before = world.browser.app[SITE].failures.copy()
    page = await enter(world, written)
    assert page.text("title").startswith("Error: ")
    assert words in page.text("main")
    assert (page.all("input")[0].get("value") or "") == written, "what was typed is kept"
    assert world.browser.app[SITE].failures == before, "no try is spent"


async def test_a_wrong_digit_is_told_before_anything_is_looked_up(world: World, code: ShortCode) -> None:
    wrong = str((int(code.digits[0]) + 1) % 10) + code.digits[1:]
    assert "One of the numbers is not right" in (await enter(world, wrong)).text("main")


async def revoked(world: World) -> None:
    await world.database.write(
        lambda session: revoke_link(session, link_id=world.links.patients[0].link_id, now=world.clock())
    )


async def renewed(world: World) -> None:
    await world.database.write(
        lambda session: renew_link(
            session, link_id=world.links.patients[0].link_id, token="new", now=world.clock()
        )
    )


async def test_a_code_that_opens_nothing_any_more_is_answered_as_one_that_never_was(
    world: World, code: ShortCode
) -> None:
    never = world.browser.app[SITE].short_codes.draw()
    unknown = await enter(world, never.spoken)
    assert "We could not find that code." in unknown.text("main")
    assert "01632 960123" in unknown.text("main")
    before = await world.rows()
    for what in (end_links, revoked, renewed):
        await what(world)
        page = await enter(world, code.spoken)
        assert "Set-Cookie" not in page.headers
        assert (page.status, page.text("main")) == (unknown.status, unknown.text("main"))
    assert await world.rows() == before


async def test_from_one_address_20_codes_can_be_tried_and_then_one_a_minute(
    world: World, code: ShortCode
) -> None:
    wrong = world.browser.app[SITE].short_codes.draw().digits
    for _ in range(20):
        assert (await enter(world, wrong)).status == 200
    page = await enter(world, code.digits)
    assert page.status == 429, "not even the right one, or guessing could go on"
    assert page.text("h1") == "Wait a while before you try again"
    assert "01632 960123" in page.text("main")
    world.clock.move(seconds=60)
    assert (await enter(world, code.digits)).status == 303


async def test_from_many_addresses_together_codes_are_limited_too(world: World, code: ShortCode) -> None:
    rates = world.browser.app[SITE].door_rates
    for number in range(400):
        assert rates.may_try_code(f"198.51.100.{number}")
    assert (await enter(world, code.digits)).status == 429
    world.clock.move(seconds=3)
    assert (await enter(world, code.digits)).status == 303


async def test_another_site_cannot_enter_a_code(world: World, code: ShortCode) -> None:
    page = await world.press_join(
        "/code", data={"code": code.digits}, headers={"Sec-Fetch-Site": "cross-site"}
    )
    assert page.status == 403
    assert "Set-Cookie" not in page.headers
