"""The authorisation matrix: every route of the server × every role × own, other service, other patient.

Generated from the application's own routes: a page that is added is covered by being there, and one without a
rule fails. The events of the class room have theirs in tests/unit/signalling/test_authorisation.py.
"""

from __future__ import annotations

import html
import re
from collections.abc import AsyncIterator, Mapping
from pathlib import Path

import pytest
from aiohttp.web_urldispatcher import AbstractRoute

from server.app import DATABASE, make_app
from server.config import read_settings
from server.pages.access import NOT_OURS, Rule, Whom, not_yours, rule_of
from server.people.staff import _MAY, StaffRole
from server.storage.migrate import migrate
from tests.integration.pages.staff import StaffBrowser, ask
from tests.integration.pages.two_services import (
    CONSTANTS,
    NOTHING,
    OTHER,
    OWN,
    Bundle,
    TwoServices,
    address,
    parameters,
    two_services,
)
from tests.integration.pages.world import Page


@pytest.fixture
async def both(tmp_path: Path) -> AsyncIterator[TwoServices]:
    async with two_services(tmp_path) as world:
        yield world


def canonical(route: AbstractRoute) -> str:
    return route.resource.canonical if route.resource is not None else ""


def rule(route: AbstractRoute) -> Rule | None:
    return rule_of(route.handler) or NOT_OURS.get(canonical(route))


def routes(both: TwoServices, whom: Whom) -> list[tuple[AbstractRoute, Rule]]:
    """All routes for these people; HEAD goes with GET."""
    found = []
    for route in both.world.browser.app.router.routes():
        its = rule(route)
        if route.method != "HEAD" and its is not None and its.whom is whom:
            found.append((route, its))
    assert found
    return found


def may(role: StaffRole, its: Rule) -> bool:
    return its.action in _MAY[role]


async def request(
    route: AbstractRoute,
    path: str,
    headers: Mapping[str, str],
    both: TwoServices,
    fields: Mapping[str, str] | None = None,
) -> Page:
    """Ask as a browser would: `fields` go into the form of a POST and the query of a GET."""
    sent = {"data" if route.method == "POST" else "params": dict(fields or {})}
    return await ask(both.world, route.method, path, headers, asking=both.asking, **sent)


def named(bundle: Bundle) -> dict[str, str]:
    """What the forms and queries of pages name, by the names of their fields."""
    ids = bundle.ids
    return {
        "service": bundle.service_id,
        "programme": ids["programme_id"],
        "course": ids["course_id"],
        "class": ids["class_id"],
        "person": ids["person_id"],
        "patient": ids["person_id"],
        "partner": ids["partner_id"],
        "place": ids["place_id"],
        "site": ids["site_id"],
        "lead": bundle.lead_id,
        "helper": bundle.helper_id,
        "staff": ids["account_id"],
        "device": f"{bundle.name}-browser",
    }


def fields_with(page: Page, bundle: Bundle) -> set[str]:
    """The names of the fields of a page's forms that hold an id of this bundle."""
    stored = {*bundle.ids.values(), bundle.lead_id, bundle.helper_id, f"{bundle.name}-browser"}
    found = {str(each["name"]) for each in page.all("input") if each.get("value") in stored}
    for name, options in re.findall(r'<select[^>]*? name="([^"]+)".*?>(.*?)</select>', page.html, re.DOTALL):
        if stored & set(re.findall(r'value="([^"]+)"', options)):
            found.add(name)
    return found


def said(page: Page, *names: str) -> tuple[int, str, str]:
    """What somebody learns from an answer: without what differs each time, and what they asked by."""
    words = re.sub(r'nonce="[^"]+"', "", page.html)
    location = page.headers.get("Location", "")
    for name in sorted(names, key=len, reverse=True):
        words, location = words.replace(name, "…"), location.replace(name, "…")
    return page.status, location, words


def is_sent_to_sign_in(page: Page) -> bool:
    return page.status == 303 and page.headers["Location"].startswith("/staff/sign-in")


async def test_every_route_of_the_server_says_for_whom_it_is(tmp_path: Path) -> None:
    migrate(f"sqlite+aiosqlite:///{tmp_path / 'moveroom.sqlite3'}")
    app = await make_app(read_settings({"MOVEROOM_DATA_DIR": str(tmp_path)}))
    without = sorted(
        {f"{each.method} {canonical(each)}" for each in app.router.routes() if rule(each) is None}
    )
    await app[DATABASE].close()
    assert without == []


async def test_the_staffs_pages_are_for_those_who_are_signed_in(both: TwoServices) -> None:
    """Nobody, a password without code, a patient with a link: all are asked to sign in, nothing changes."""
    own = await both.bundle(OWN)
    half = await half_signed_in(both)
    cookies = ["", f"mr_staff={half}", own.cookie, "mr_staff=guess"]
    before, wrong = both.writes(), []
    for route, _ in routes(both, Whom.STAFF):
        for cookie in cookies:
            page = await request(route, address(route, own.ids), {"Cookie": cookie}, both)
            if not is_sent_to_sign_in(page) or both.writes() != before:
                wrong.append((route.method, canonical(route), cookie[:10], page.status))
    assert wrong == [], "\n".join(map(str, wrong))


async def test_a_role_that_may_not_is_refused_and_changes_nothing(both: TwoServices) -> None:
    own = await both.bundle(OWN)
    before, wrong, tried = both.writes(), [], 0
    for route, its in routes(both, Whom.STAFF):
        for role, browser in both.staff.items():
            if may(role, its):
                continue
            page = await request(route, address(route, own.ids), browser.headers, both)
            tried += 1
            if page.status != 403 or both.writes() != before:
                wrong.append((route.method, canonical(route), role.value, page.status))
    assert wrong == [], "\n".join(map(str, wrong))
    assert tried > 100


async def test_a_role_that_may_is_let_to_what_is_its_services_own(both: TwoServices) -> None:
    """An empty form may be refused for what is missing in it, in other words than those for strangers."""
    shared, wrong, unnamed = await both.bundle(OWN), [], set[str]()
    for route, its in routes(both, Whom.STAFF):
        for role, browser in both.staff.items():
            if not may(role, its):
                continue
            own = shared if route.method == "GET" else await both.bundle(OWN)
            page = await request(
                route, address(route, own.ids), browser.headers, both, {"service": OWN, **named(own)}
            )
            unnamed |= fields_with(page, own) - set(named(own))
            is_stranger = page.status == 404 or not_yours().words in html.unescape(page.html)
            if page.status >= 500 or is_stranger or is_sent_to_sign_in(page):
                wrong.append((route.method, canonical(route), role.value, page.status))
    assert wrong == [], "\n".join(map(str, wrong))
    assert unnamed == set(), "fields that name something stored: add them to `named`"


async def test_another_services_things_are_as_if_they_were_not_there(both: TwoServices) -> None:
    """Each id of an address in turn: of the other service, and of nothing at all."""
    own, other = await both.bundle(OWN), await both.bundle(OTHER)
    wrong, tried = [], 0
    for route, its in routes(both, Whom.STAFF):
        for role, browser in both.staff.items():
            if not may(role, its) or role.is_for_all:
                continue
            for name in (name for name in parameters(route) if name not in CONSTANTS):
                before = both.writes()
                theirs = await request(
                    route, address(route, {**own.ids, name: other.ids[name]}), browser.headers, both
                )
                changed = both.writes() != before
                nobodys = await request(
                    route, address(route, {**own.ids, name: NOTHING}), browser.headers, both
                )
                tried += 1
                same = said(theirs, other.ids[name]) == said(nobodys, NOTHING)
                if not same or changed or theirs.status == 200:
                    wrong.append(
                        (
                            route.method,
                            canonical(route),
                            role.value,
                            name,
                            theirs.status,
                            nobodys.status,
                            changed,
                        )
                    )
    assert wrong == [], "\n".join(map(str, wrong))
    assert tried > 20


async def test_another_services_things_in_a_form_or_a_query_are_as_if_they_were_not_there(
    both: TwoServices,
) -> None:
    """The address is of the own service, what is sent with it names the other's."""
    other, shared, wrong = await both.bundle(OTHER), await both.bundle(OWN), []
    theirs = named(other)
    titles = [f"{what} {other.name}" for what in ("Programme", "Course", "Pat", "Site")]
    for route, its in routes(both, Whom.STAFF):
        role = next((role for role in both.staff if may(role, its) and not role.is_for_all), None)
        if role is None:
            continue
        answers = []
        for fields in (theirs, dict.fromkeys(theirs, NOTHING)):
            own = shared if route.method == "GET" else await both.bundle(OWN)
            page = await request(route, address(route, own.ids), both.staff[role].headers, both, fields)
            hidden = (own.name, *fields.values(), *own.ids.values())
            status, location, _ = said(page, *hidden)
            answers.append((status, re.sub("id-?[0-9]+|(?<=^/class/).+", "…", location)))
            if any(title in page.html for title in titles):
                wrong.append((route.method, canonical(route), role.value, "shows what is the other's"))
        if answers[0] != answers[1]:
            wrong.append((route.method, canonical(route), role.value, *answers))
    assert wrong == [], "\n".join(map(str, wrong))


async def test_a_link_opens_nothing_for_who_has_another_patients_cookie(both: TwoServices) -> None:
    """Somebody else's link is as one that was never made; so it is for staff, and without a cookie."""
    own, mate, other = await both.bundle(OWN), await both.bundle(OWN), await both.bundle(OTHER)
    lead = both.staff[StaffRole.LEAD]
    before, wrong = both.writes(), []
    for route, _ in routes(both, Whom.BY_LINK):
        if "link_id" not in parameters(route):
            continue
        nobodys = await request(route, address(route, {**own.ids, "link_id": NOTHING}), {}, both)
        for whose in (mate, other):
            for cookie in (
                own.cookie,
                forged(own, whose),
                lead_cookie(lead),
            ):
                page = await request(route, address(route, whose.ids), {"Cookie": cookie}, both)
                if not same_door(page, nobodys, whose) or both.writes() != before:
                    wrong.append((route.method, canonical(route), cookie[:12], page.status, nobodys.status))
    assert wrong == [], "\n".join(map(str, wrong))


async def test_a_link_opens_something_for_who_has_its_own_cookie(both: TwoServices) -> None:
    """Else the tests of strangers' cookies would hold for a server that lets nobody in."""
    wrong = []
    for route, _ in routes(both, Whom.BY_LINK):
        if "link_id" not in parameters(route):
            continue
        own = await both.bundle(OWN)
        nobodys = await request(route, address(route, {**own.ids, "link_id": NOTHING}), {}, both)
        page = await request(route, address(route, own.ids), {"Cookie": own.cookie}, both)
        if page.status >= 500 or page.status == 410 or is_door(page, nobodys, own):
            wrong.append((route.method, canonical(route), page.status, nobodys.status))
    assert wrong == [], "\n".join(map(str, wrong))


async def test_a_link_tells_nothing_stored_before_the_date_of_birth_was_given(both: TwoServices) -> None:
    """Neither by its cookie nor by its token; and nothing is changed by it."""
    wrong = []
    for route, _ in routes(both, Whom.BY_LINK):
        if not {"link_id", "token"} & set(parameters(route)):
            continue
        own = await both.bundle(OWN, is_proven=False)
        before = both.writes()
        for fields in ({}, {"answer": "cannot_come", "class": own.ids["class_id"]}):
            page = await request(route, address(route, own.ids), {"Cookie": own.cookie}, both, fields)
            tells = any(f"{what} {own.name}" in page.html for what in ("Pat", "Course", "Programme"))
            if tells or page.status >= 500 or both.writes() != before:
                wrong.append((route.method, canonical(route), page.status, tells, both.writes() != before))
    assert wrong == [], "\n".join(map(str, wrong))


@pytest.mark.parametrize("how", [{"is_revoked": True}, {"has_ended": True}], ids=["revoked", "ended"])
async def test_a_link_that_is_over_opens_nothing_any_more(both: TwoServices, how: dict[str, bool]) -> None:
    wrong = []
    for route, _ in routes(both, Whom.BY_LINK):
        if not {"link_id", "token"} & set(parameters(route)):
            continue
        own = await both.bundle(OWN, **how)
        before = both.writes()
        page = await request(route, address(route, own.ids), {"Cookie": own.cookie}, both)
        to_the_link = page.headers.get("Location") == f"/j/{own.token}"
        is_shut = page.status in (403, 404, 410) or to_the_link
        if not is_shut or f"Pat {own.name}" in page.html or both.writes() != before:
            wrong.append((route.method, canonical(route), page.status, both.writes() != before))
    assert wrong == [], "\n".join(map(str, wrong))


def forged(own: Bundle, whose: Bundle) -> str:
    """The other's cookie by name, with one's own secret in it."""
    return f"mr_{whose.ids['link_id']}={own.cookie_secret}"


def lead_cookie(lead: StaffBrowser) -> str:
    return lead.headers["Cookie"]


def same_door(page: Page, nobodys: Page, whose: Bundle) -> bool:
    """Shut as for nobody, but for the service that can be rung."""
    return is_door(page, nobodys, whose) and page.status != 200


def is_door(page: Page, nobodys: Page, whose: Bundle) -> bool:
    """The same answer but for the service that can be rung."""
    names = (whose.ids["link_id"], NOTHING, f"Service {OWN}", f"Service {OTHER}", "Riverside MSK groups")
    phones = ("01632 960000", "01632960000", "01632 960123", "01632960123")
    return said(page, *names, *phones) == said(nobodys, *names, *phones)


async def test_a_token_that_was_never_made_opens_nothing_and_changes_nothing(both: TwoServices) -> None:
    own = await both.bundle(OWN)
    before, wrong = both.writes(), []
    for route, _ in routes(both, Whom.BY_LINK):
        if "token" not in parameters(route):
            continue
        path = address(route, {**own.ids, "token": "t" * 43})
        page = await request(route, path, {"Cookie": own.cookie}, both)
        to_the_link = route.method == "GET" and page.headers.get("Location") == f"/j/{'t' * 43}"
        if (page.status != 404 and not to_the_link) or both.writes() != before:
            wrong.append((route.method, canonical(route), page.status))
    assert wrong == [], "\n".join(map(str, wrong))


async def test_looking_changes_nothing_for_who_has_the_link(both: TwoServices) -> None:
    """Mail programs and scanners fetch links: a GET with the token, or with the cookie, leaves no trace."""
    own = await both.bundle(OWN)
    before, wrong = both.writes(), []
    for route, _ in routes(both, Whom.BY_LINK):
        if route.method != "GET" or canonical(route) in NOT_OURS:
            continue
        for cookie in ("", own.cookie):
            page = await request(route, address(route, own.ids), {"Cookie": cookie}, both)
            if both.writes() != before or page.status >= 500:
                wrong.append((canonical(route), bool(cookie), page.status))
                before = both.writes()
    assert wrong == [], "\n".join(map(str, wrong))


async def half_signed_in(both: TwoServices) -> str:
    """The cookie's secret of somebody of the highest role whose code is still to come."""
    from server.people.staff_sessions import start_half_session

    account_id = both.staff[StaffRole.SYSTEM_ADMIN].account_id
    now = both.world.clock()

    async def work(session: object) -> None:
        start_half_session(session, account_id, now, "half", "half-id")  # type: ignore[arg-type]

    await both.world.database.write(work)
    return "half"
