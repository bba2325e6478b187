"""What holds for every page holds for those after class and those for the month's figures."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import pytest

from server.contacts.experience_question import Choice
from tests.integration.pages.test_after_class import came
from tests.integration.pages.test_every_page import (
    test_a_screen_reader_finds_its_way,
    test_every_form_says_where_it_comes_from_and_has_a_button,
    test_it_speaks_plainly,
    test_its_headers_keep_it_private,
    test_nothing_is_loaded_from_other_hosts_and_no_logo_of_the_nhs,
    test_nothing_runs_or_styles_but_what_the_policy_allows,
    test_the_phone_number_is_on_it_and_can_be_dialled,
)
from tests.integration.pages.test_measures import tell
from tests.integration.pages.world import Page, World

__all__ = [
    "test_a_screen_reader_finds_its_way",
    "test_every_form_says_where_it_comes_from_and_has_a_button",
    "test_it_speaks_plainly",
    "test_its_headers_keep_it_private",
    "test_nothing_is_loaded_from_other_hosts_and_no_logo_of_the_nhs",
    "test_nothing_runs_or_styles_but_what_the_policy_allows",
    "test_the_phone_number_is_on_it_and_can_be_dialled",
]


async def after_class(world: World) -> Page:
    margaret = await world.link_id(world.margaret)
    await came(world, margaret, "left")
    await world.end_class(5)
    return await world.open(f"/after/{margaret}")


async def left(world: World) -> Page:
    margaret = await world.link_id(world.margaret)
    await came(world, margaret, "left")
    return await world.open(f"/after/{margaret}")


async def staff_after_class(world: World) -> Page:
    hannah = await world.link_id(world.hannah)
    await world.end_class(5)
    return await world.open(f"/after/{hannah}")


async def question(world: World) -> Page:
    margaret = await world.link_id(world.margaret)
    await came(world, margaret)
    return await world.open(f"/experience/{margaret}")


async def thanks(world: World) -> Page:
    margaret = await world.link_id(world.margaret)
    await came(world, margaret)
    await world.press_join(f"/experience/{margaret}", data={"answer": "good"})
    return await world.open(f"/experience/{margaret}/thank-you")


async def second_time(world: World) -> Page:
    await thanks(world)
    return await world.open(f"/experience/{await world.link_id(world.margaret)}")


async def not_yet(world: World) -> Page:
    return await world.open(f"/experience/{await world.link_id(world.margaret)}")


async def staff_asked(world: World) -> Page:
    return await world.open(f"/experience/{await world.link_id(world.hannah)}")


async def measures(world: World) -> Page:
    return await world.open(f"/measures/{await world.link_id(world.hannah)}")


async def empty_month(world: World) -> Page:
    return await world.open(f"/measures/{await world.link_id(world.hannah)}?month=2020-01")


async def no_such_month(world: World) -> Page:
    return await world.open(f"/measures/{await world.link_id(world.hannah)}?month=2099-01")


async def comments(world: World) -> Page:
    await tell(world, [Choice.GOOD] * 12, why="Kind staff")
    return await world.open(f"/measures/{await world.link_id(world.hannah)}/comments")


PAGES: list[Callable[[World], Awaitable[Page]]] = [
    after_class,
    left,
    staff_after_class,
    question,
    thanks,
    second_time,
    not_yet,
    staff_asked,
    measures,
    empty_month,
    no_such_month,
    comments,
]


@pytest.fixture(params=PAGES, ids=lambda made: made.__name__)
async def page(request: pytest.FixtureRequest, world: World) -> Page:
    return await request.param(world)
