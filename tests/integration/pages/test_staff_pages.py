"""What holds for every page of staff, taken from the server's own routes: those of others are covered too."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from server.pages.access import Whom
from server.people.staff import StaffRole
from tests.integration.pages.staff import ask
from tests.integration.pages.test_authorisation import canonical, may, request, routes
from tests.integration.pages.two_services import OWN, TwoServices, address, two_services
from tests.integration.pages.world import Page, World

ORDER = (StaffRole.LEAD, StaffRole.SERVICE_ADMIN, StaffRole.SYSTEM_ADMIN, StaffRole.HELPER)


@pytest.fixture
async def both(tmp_path: Path) -> AsyncIterator[TwoServices]:
    async with two_services(tmp_path) as world:
        yield world


def faults_of(page: Page) -> list[str]:
    """What a browser, a screen reader or the policy would stumble over."""
    policy = page.headers["Content-Security-Policy"]
    found = {
        "one h1": len(page.all("h1")) == 1 and bool(page.text("h1")),
        "one main": len(page.all("main")) == 1,
        "language": page.all("html")[0].get("lang") == "en",
        "title": page.text("title").endswith("– Moveroom"),
        "not kept": page.headers["Cache-Control"] == "no-store",
        "origin": page.headers["Referrer-Policy"] == "strict-origin",
        "no unsafe": "unsafe" not in policy,
        "no style": not page.all("style") and not any("style" in each for _, each in page.tags),
        "no handlers": not any(name.startswith("on") for _, each in page.tags for name in each),
        "scripts": all("src" in each or "nonce" in each for each in page.all("script")),
        "ids": len(ids := [each["id"] for _, each in page.tags if each.get("id")]) == len(set(ids)),
        "labels": not unlabelled(page),
        "images": all(each.get("alt") is not None for each in page.all("img")),
        "when signed out": "if you do nothing" in page.text("main") or "Sign out" not in page.html,
    }
    return [name for name, fine in found.items() if not fine]


def unlabelled(page: Page) -> list[str]:
    """Fields without a label of their own."""
    labels = {each.get("for") for each in page.all("label")}
    fields = [*page.all("input"), *page.all("select"), *page.all("textarea")]
    return [
        str(each.get("name"))
        for each in fields
        if each.get("type") not in ("hidden", "submit")
        and each.get("id") not in labels
        and not each.get("aria-label")
    ]


async def test_every_page_of_staff_is_sound(both: TwoServices) -> None:
    own, wrong, seen = await both.bundle(OWN), [], 0
    for route, its in routes(both, Whom.STAFF):
        role = next((role for role in ORDER if may(role, its)), None)
        if route.method != "GET" or role is None:
            continue
        page = await request(route, address(route, own.ids), both.staff[role].headers, both)
        if page.status != 200 or "text/html" not in page.headers["Content-Type"]:
            continue
        seen += 1
        if faults := faults_of(page):
            wrong.append((canonical(route), *faults))
    assert wrong == [], "\n".join(map(str, wrong))
    assert seen > 25


@pytest.mark.parametrize(
    "path", ["/staff/sign-in", "/staff/reset", "/staff/reset?sent", "/staff/set-up/none"]
)
async def test_the_pages_before_signing_in_are_sound(world: World, path: str) -> None:
    page = await ask(world, "GET", path, {})
    assert faults_of(page) == []


async def test_password_managers_know_the_fields(both: TwoServices) -> None:
    expected = {
        "/staff/sign-in": {"email": "username", "password": "current-password"},
        "/staff/account/password": {
            "username": "username",
            "old": "current-password",
            "new": "new-password",
        },
        "/staff/account/second-factor": {"code": "one-time-code", "password": "current-password"},
    }
    for path, fields in expected.items():
        page = await ask(
            both.world, "GET", path, {} if "sign-in" in path else both.staff[StaffRole.LEAD].headers
        )
        found = {str(each.get("name")): each.get("autocomplete") for each in page.all("input")}
        assert fields.items() <= found.items()
        assert not re.search("onpaste|oncopy", page.html)


async def test_a_password_can_be_shown(world: World) -> None:
    """By the NHS component, whose script shows its button."""
    page = await ask(world, "GET", "/staff/sign-in", {})
    assert any(each.get("data-module") == "nhsuk-password-input" for each in page.all("div"))
    assert "Show" in page.texts["button"][0]
