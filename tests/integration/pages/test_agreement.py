from __future__ import annotations

from sqlalchemy import select

from server.storage.tables import AgreementAccepted
from server.timetable.agreement import TEXT, VERSION
from tests.integration.pages.before_class import couple, patient, with_check_in
from tests.integration.pages.situations import buttons, person_id
from tests.integration.pages.world import World


async def accepted(world: World) -> list[tuple[str, int]]:
    async with world.database.reading() as session:
        rows = await session.scalars(select(AgreementAccepted).order_by(AgreementAccepted.person_id))
        return [(each.person_id, each.version) for each in rows]


async def test_the_agreement_is_read_accepted_once_and_can_be_read_again(world: World) -> None:
    await with_check_in(world)
    margaret = await patient(world)
    page = await world.open(f"{margaret.me}/agreement")
    assert page.text("h1") == "What we all agree to"
    assert all(line in page.text("main") for line in TEXT)
    assert buttons(page) == ["I agree"]
    for _ in range(2):
        answer = await world.press_join(f"{margaret.me}/agreement", data={"version": str(VERSION)})
        assert answer.headers["Location"] == f"{margaret.me}/on"
    assert await accepted(world) == [(margaret.person_id, VERSION)]
    page = await world.open(f"{margaret.me}/agreement")
    assert "You have agreed to this." in page.text("main")
    assert buttons(page) == ["Continue"]


async def test_looking_accepts_nothing_and_a_page_with_an_older_text_neither(world: World) -> None:
    await with_check_in(world)
    margaret = await patient(world)
    await world.open(f"{margaret.me}/agreement")
    answer = await world.press_join(f"{margaret.me}/agreement", data={"version": str(VERSION - 1)})
    assert answer.headers["Location"] == f"{margaret.me}/agreement"
    assert await accepted(world) == []


async def test_a_couple_accepts_together_when_both_are_there(world: World) -> None:
    await with_check_in(world)
    margaret, dennis = await patient(world), await person_id(world, "Dennis Whittle")
    await couple(world, margaret.person_id, dennis)
    page = await world.open(f"{margaret.me}/agreement")
    assert "Dennis is here and agrees too" in page.text("main")
    await world.press_join(f"{margaret.me}/agreement", data={"version": str(VERSION), "partner": "yes"})
    assert {person for person, _ in await accepted(world)} == {margaret.person_id, dennis}


async def test_without_the_links_cookie_nobody_accepts(world: World) -> None:
    margaret = await patient(world)
    world.browser.session.cookie_jar.clear()
    answer = await world.press_join(f"{margaret.me}/agreement", data={"version": str(VERSION)})
    assert answer.status == 403
    assert await accepted(world) == []
