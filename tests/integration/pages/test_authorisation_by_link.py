"""The matrix of the pages by personal link: every one × patient, helper and physio of the course.

Generated from the application's own routes: a page that is added and not written down here fails.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass

import pytest
from aiohttp import ClientSession, DummyCookieJar

from server.pages.access import Whom, rule_of
from tests.integration.pages.staff import ask
from tests.integration.pages.world import Page, World

PATIENT, HELPER, PHYSIO = "patient", "helper", "physio"
PHYSIOS = frozenset({PHYSIO})
STAFF = frozenset({HELPER, PHYSIO})
PATIENTS = frozenset({PATIENT})
ALL = STAFF | PATIENTS

WHO: Mapping[str, frozenset[str]] = {
    "/j/{token}{tail}": ALL,
    "/j/{token}/me": ALL,
    "/j/{token}/measures": STAFF,
    "/j/{token}/whom-to-ring": STAFF,
    "/j/{token}/cannot-come": PATIENTS,
    "/j/{token}/cancel-class": PHYSIOS,
    "/j/{token}/put-back-on": PHYSIOS,
    "/j/{token}/watch": ALL,
    "/class/{link_id}": ALL,
    "/class/{link_id}/chat": ALL,
    "/me/{link_id}": ALL,
    "/me/{link_id}/birth": ALL,
    "/me/{link_id}/on": ALL,
    "/me/{link_id}/join": ALL,
    "/me/{link_id}/forget": ALL,
    "/me/{link_id}/details": PATIENTS,
    "/me/{link_id}/cannot-come": PATIENTS,
    "/me/{link_id}/ask": PATIENTS,
    "/me/{link_id}/device-check": ALL,
    "/me/{link_id}/device-check/line": ALL,
    "/me/{link_id}/agreement": PATIENTS,
    "/me/{link_id}/check-in": PATIENTS,
    "/me/{link_id}/check-in/details": PATIENTS,
    "/me/{link_id}/check-in/symptoms": PATIENTS,
    "/me/{link_id}/check-in/today": PATIENTS,
    "/me/{link_id}/check-in/held": PATIENTS,
    "/me/{link_id}/check-in/not-today": PATIENTS,
    "/me/{link_id}/check-in/red-flag": PATIENTS,
    "/after/{link_id}": ALL,
    "/experience/{link_id}": PATIENTS,
    "/experience/{link_id}/thank-you": PATIENTS,
    "/measures/{link_id}": STAFF,
    "/measures/{link_id}/comments": STAFF,
    "/measures/{link_id}/contacts.csv": PHYSIOS,
    "/watch/{link_id}": ALL,
    "/watch/{link_id}/{name}": ALL,
    "/watch/{link_id}/{name}/{file}": ALL,
    "/watch/{link_id}/{name}/watched": ALL,
}
"""By the pattern of its address, for whom a page is. What is for all shows each their own."""


@dataclass(frozen=True, slots=True)
class Holder:
    """Somebody on the course, in a browser in which they pressed Join."""

    token: str
    link_id: str
    cookie: str


@pytest.fixture
async def asking() -> AsyncIterator[ClientSession]:
    async with ClientSession(cookie_jar=DummyCookieJar()) as session:
        yield session


async def holders(world: World, asking: ClientSession) -> dict[str, Holder]:
    links = world.links
    found = {}
    for role, link in ((PATIENT, links.patients[0]), (HELPER, links.helper), (PHYSIO, links.physios[0])):
        joined = await ask(world, "POST", link.url, {}, asking=asking)
        cookie = joined.headers["Set-Cookie"].partition(";")[0]
        found[role] = Holder(link.url.rpartition("/")[2], link.link_id, cookie)
    return found


def pages(world: World) -> list[tuple[str, str]]:
    """The method and the pattern of every page by link."""
    return [
        (route.method, route.resource.canonical)
        for route in world.app.router.routes()
        if route.method != "HEAD"
        and route.resource is not None
        and (rule := rule_of(route.handler)) is not None
        and rule.whom is Whom.BY_LINK
    ]


async def visit(world: World, asking: ClientSession, method: str, pattern: str, who: Holder) -> Page:
    path = pattern.format(token=who.token, tail="", link_id=who.link_id, name="knee", file="video.mp4")
    return await ask(world, method, path, {"Cookie": who.cookie}, asking=asking)


async def test_of_every_page_by_link_it_is_written_down_for_whom_it_is(world: World) -> None:
    assert {pattern for _, pattern in pages(world)} == WHO.keys()


async def test_a_page_that_is_not_for_ones_part_in_class_is_refused_and_changes_nothing(
    world: World, asking: ClientSession
) -> None:
    people = await holders(world, asking)
    before = await world.rows()
    shown = []
    for method, pattern in pages(world):
        for role in sorted(ALL - WHO[pattern]):
            page = await visit(world, asking, method, pattern, people[role])
            if page.status not in (303, 403, 404, 409):
                shown.append((role, method, pattern, page.status, page.text("h1")))
    assert shown == []
    assert await world.rows() == before


async def test_who_is_sent_away_from_a_page_reads_nothing_of_it(world: World, asking: ClientSession) -> None:
    """A redirection leads to a page that is theirs."""
    people = await holders(world, asking)
    for method, pattern in pages(world):
        for role in sorted(ALL - WHO[pattern]):
            page = await visit(world, asking, method, pattern, people[role])
            if page.status == 303:
                who = people[role]
                mine = (f"/j/{who.token}", f"/class/{who.link_id}", f"/me/{who.link_id}")
                assert page.headers["Location"].partition("?")[0].removesuffix("/on") in mine
                assert not page.text("main")


async def test_a_page_for_staff_or_for_patients_alone_is_there_for_them(
    world: World, asking: ClientSession
) -> None:
    people = await holders(world, asking)
    refused = []
    for method, pattern in pages(world):
        if WHO[pattern] == ALL:
            continue
        for role in sorted(WHO[pattern]):
            page = await visit(world, asking, method, pattern, people[role])
            if page.status == 403:
                refused.append((role, method, pattern))
    assert refused == []
