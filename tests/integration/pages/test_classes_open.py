"""A class that staff opened by being signed in, after they are signed in no more."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from server.people.account_keys import make_key
from server.people.staff import StaffRole
from server.people.staff_sessions import IDLE, LASTS, complete_session, start_half_session
from server.storage.tables import ClassSession, LinkSession, StaffSession
from tests.integration.pages.courses_world import Clinic, clinic
from tests.integration.pages.staff import ask, signed_in, the_service
from tests.integration.pages.world import Page, World

JANUARY_12 = datetime(2027, 1, 12, 10, tzinfo=UTC)
BESIDE = (
    ("GET", "/after/{link}"),
    ("GET", "/measures/{link}"),
    ("GET", "/measures/{link}/comments"),
    ("POST", "/measures/{link}/contacts.csv"),
    ("GET", "/me/{link}"),
)
"""Pages beside the class that tell what is stored."""
NEW = "moss violin cabbage lantern"


@dataclass
class Laptop:
    """The browser in which the lead of a class is signed in and has opened it."""

    world: World
    here: Clinic
    link_id: str
    cookie: str

    @property
    def headers(self) -> dict[str, str]:
        return {"Cookie": f"{self.here.lead.headers['Cookie']}; {self.cookie}"}

    async def ask(self, method: str, path: str, headers: Mapping[str, str] | None = None, **more) -> Page:
        return await ask(self.world, method, path.format(link=self.link_id), headers or self.headers, **more)

    async def may_be_in_class(self) -> bool:
        return (await self.ask("GET", "/class/{link}", {"Cookie": self.cookie})).status == 200

    async def go_idle(self) -> None:
        self.world.clock.move(minutes=IDLE.total_seconds() / 60)


@pytest.fixture
async def laptop(world: World) -> Laptop:
    here = await clinic(world)
    await here.make_course(helper=here.helper_id)
    await here.at(JANUARY_12)
    row = (await here.classes())[0]
    answer = await here.lead.post(f"/staff/classes/{row.id}/open")
    link_id = answer.headers["Location"].removeprefix("/class/")
    return Laptop(world, here, link_id, answer.headers["Set-Cookie"].partition(";")[0])


async def test_the_browser_keeps_by_which_sign_in_it_was_let_in(laptop: Laptop) -> None:
    async with laptop.world.database.reading() as session:
        row = (await session.scalars(select(LinkSession).where(LinkSession.link_id == laptop.link_id))).one()
    assert row.staff_session_id == laptop.here.lead.session_id


@pytest.mark.parametrize(("method", "path"), BESIDE)
async def test_while_one_is_signed_in_the_pages_beside_the_class_are_shown(
    laptop: Laptop, method: str, path: str
) -> None:
    page = await laptop.ask(method, path)
    assert page.status == 200 or page.headers["Location"] == f"/class/{laptop.link_id}"


@pytest.mark.parametrize(("method", "path"), BESIDE)
async def test_after_half_an_hour_they_ask_to_sign_in_and_the_class_goes_on(
    laptop: Laptop, method: str, path: str
) -> None:
    await laptop.go_idle()
    page = await laptop.ask(method, path)
    assert page.status == 303
    assert page.headers["Location"].startswith("/staff/sign-in")
    assert await laptop.may_be_in_class()


@pytest.mark.parametrize(("method", "path"), BESIDE)
async def test_the_link_of_the_class_alone_shows_none_of_them(laptop: Laptop, method: str, path: str) -> None:
    page = await laptop.ask(method, path, {"Cookie": laptop.cookie})
    assert (page.status, page.headers["Location"][:14]) == (303, "/staff/sign-in")


async def test_after_twelve_hours_not_even_the_class_is_open(laptop: Laptop) -> None:
    laptop.world.clock.move(hours=LASTS.total_seconds() / 3600)
    for method, path in BESIDE:
        assert (await laptop.ask(method, path)).status in (303, 403)
    assert not await laptop.may_be_in_class()


async def test_signing_in_again_goes_back_to_the_page_that_was_asked_for(laptop: Laptop) -> None:
    await laptop.go_idle()
    sent = await laptop.ask("GET", f"/measures/{laptop.link_id}?month=2027-01")
    assert sent.headers["Location"] == f"/staff/sign-in?next=/measures/{laptop.link_id}%3Fmonth%3D2027-01"
    asked = await laptop.ask("GET", sent.headers["Location"])
    kept = [each["value"] for each in asked.all("input") if each.get("name") == "next"]
    assert kept == [f"/measures/{laptop.link_id}?month=2027-01"]

    async def sign_in(session: AsyncSession) -> None:
        start_half_session(session, laptop.here.lead.account_id, laptop.world.clock(), "again", "again-id")
        await session.flush()
        await complete_session(session, "again-id", laptop.world.clock(), "again")

    await laptop.world.database.write(sign_in)
    headers = {"Cookie": f"mr_staff=again; {laptop.cookie}"}
    assert (await laptop.ask("GET", "/measures/{link}", headers)).status == 200


async def test_who_is_signed_in_as_somebody_else_sees_nothing_of_the_first(laptop: Laptop) -> None:
    other = await signed_in(laptop.world, StaffRole.LEAD, await the_service(laptop.world))
    headers = {"Cookie": f"{other.headers['Cookie']}; {laptop.cookie}"}
    for method, path in BESIDE:
        assert (await laptop.ask(method, path, headers)).status == 403


async def test_the_class_page_names_nobody_when_doors_are_shut_and_one_is_signed_in_no_more(
    laptop: Laptop,
) -> None:
    await laptop.go_idle()
    assert await laptop.may_be_in_class()
    row = (await laptop.here.classes())[0]

    async def end(session: AsyncSession) -> None:
        (await session.get_one(ClassSession, row.id)).ended_at = laptop.world.clock()

    await laptop.world.database.write(end)
    page = await laptop.ask("GET", "/class/{link}")
    assert (page.status, page.headers["Location"][:14]) == (303, "/staff/sign-in")


async def test_signing_out_hangs_up(laptop: Laptop) -> None:
    await laptop.ask("POST", "/staff/sign-out")
    assert laptop.world.hung_up_on == [laptop.here.lead_id]
    assert not await laptop.may_be_in_class()


async def test_signing_out_ends_a_class_that_has_outlasted_the_sign_in(laptop: Laptop) -> None:
    await laptop.go_idle()
    await laptop.ask("POST", "/staff/sign-out")
    assert laptop.world.hung_up_on == [laptop.here.lead_id]
    assert not await laptop.may_be_in_class()


async def test_signing_out_where_no_class_is_open_hangs_up_on_nobody(laptop: Laptop) -> None:
    await laptop.world.press_join("/staff/sign-out", headers={"Cookie": "mr_staff=nobodys"})
    assert laptop.world.hung_up_on == []
    assert await laptop.may_be_in_class()


async def test_a_new_password_hangs_up_in_all_other_browsers(laptop: Laptop) -> None:
    world, account_id = laptop.world, laptop.here.lead.account_id
    await world.database.write(lambda session: make_key(session, account_id, world.clock(), "k" * 43))
    chosen = await ask(world, "POST", f"/staff/set-up/{'k' * 43}", {}, data={"password": NEW})
    assert chosen.status == 303
    assert world.hung_up_on == [laptop.here.lead_id]
    assert not await laptop.may_be_in_class()


async def test_ending_ones_other_browsers_hangs_up_there(laptop: Laptop) -> None:
    await laptop.here.lead.post("/staff/account/end-others")
    assert laptop.world.hung_up_on == [laptop.here.lead_id]
    assert not await laptop.may_be_in_class()


async def test_a_sign_in_that_ended_by_time_and_was_forgotten_counts_as_ended(laptop: Laptop) -> None:
    async def forget(session: AsyncSession) -> None:
        row = await session.get_one(StaffSession, laptop.here.lead.session_id)
        await session.delete(row)

    await laptop.world.database.write(forget)
    assert (await laptop.ask("GET", "/after/{link}")).status == 303
    assert await laptop.may_be_in_class()
