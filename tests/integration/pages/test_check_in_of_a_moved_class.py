from __future__ import annotations

from datetime import timedelta

import pytest

from server.storage.tables import ClassSession
from server.timetable.check_ins import begun, decide, may_come_in
from server.timetable.moving import move_class
from tests.integration.pages.before_class import (
    DETAILS,
    PLACE,
    WELL,
    OnTheWay,
    patient,
    with_check_in,
)
from tests.integration.pages.situations import class_row
from tests.integration.pages.test_check_in import where
from tests.integration.pages.world import World

DIZZY = {"class": "5", "no_red_flag": "yes", "dizziness": "yes"}
RED = {"class": "5", "chest_pain": "yes"}


async def decided(margaret: OnTheWay, takes_part: bool) -> None:
    async def work(session) -> None:
        row = await begun(session, (await class_row(margaret.world)).id, margaret.person_id, clock())
        decide(row, takes_part, "Spoke to her.", None, clock())

    clock = margaret.world.clock
    await margaret.world.database.write(work)


async def moved_by_a_day(world: World) -> None:
    """Class 5 takes place tomorrow; later ones are put off, and tomorrow comes."""
    class_id = (await class_row(world)).id

    async def work(session) -> None:
        row = await session.get_one(ClassSession, class_id)
        await move_class(session, class_id, row.starts_at + timedelta(days=1), world.clock(), people_in=0)

    await world.database.write(work)


async def in_state(world: World, state: str) -> OnTheWay:
    """A patient who sent all three pages, and whose check-in is so."""
    margaret = await patient(world)
    said = {"ready": WELL, "red_flag": RED}.get(state, DIZZY)
    if state == "open":
        await margaret.send("details", DETAILS)
    else:
        await margaret.send_all(said)
    if state in ("allowed", "refused"):
        await decided(margaret, state == "allowed")
    assert (await margaret.row()).state == state
    return margaret


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("open", "open"),
        ("ready", "open"),
        ("held", "held"),
        ("allowed", "held"),
        ("refused", "held"),
    ],
)
async def test_everybody_begins_at_the_first_page_and_staff_decide_anew(
    world: World, before: str, after: str
) -> None:
    await with_check_in(world)
    margaret = await in_state(world, before)
    symptoms = (await margaret.row()).symptoms
    await moved_by_a_day(world)
    row = await margaret.row()
    assert (row.state, row.place, row.symptoms) == (after, "", symptoms)
    assert not may_come_in(row)
    world.clock.move(days=1)
    margaret = await patient(world)
    assert where(await margaret.open()) == f"{margaret.check_in}/details"
    assert where(await margaret.open("symptoms")) == margaret.check_in, "the first page comes first"
    assert where(await margaret.send("symptoms", WELL)) == margaret.check_in
    assert "07700 900142" in (await margaret.open("details")).html
    await margaret.send_all(WELL)
    row = await margaret.row()
    assert (row.state, row.place) == ("ready" if after == "open" else "held", PLACE["place"])


async def test_a_red_flag_stays_one_and_the_place_can_be_told(world: World) -> None:
    await with_check_in(world)
    margaret = await in_state(world, "red_flag")
    await moved_by_a_day(world)
    world.clock.move(days=1)
    margaret = await patient(world)
    assert where(await margaret.open()) == f"{margaret.check_in}/red-flag"
    await margaret.send("today", PLACE)
    row = await margaret.row()
    assert (row.state, row.stage, row.place) == ("red_flag", "details", PLACE["place"])


async def test_who_was_let_take_part_long_before_class_still_checks_in(world: World) -> None:
    await with_check_in(world)
    margaret = await in_state(world, "held")
    await moved_by_a_day(world)
    await decided(margaret, takes_part=True)
    world.clock.move(days=1)
    margaret = await patient(world)
    assert where(await margaret.open()) == f"{margaret.check_in}/details"
    await margaret.send_all(WELL)
    assert may_come_in(await margaret.row())
    assert where(await margaret.open()) == f"{margaret.me}/on"


async def test_who_was_asked_aloud_on_the_day_does_without(world: World) -> None:
    await with_check_in(world)
    margaret = await patient(world)
    await decided(margaret, takes_part=True)
    assert where(await margaret.open()) == f"{margaret.me}/on"
