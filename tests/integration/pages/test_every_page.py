"""What holds for every page: words, landmarks, headers."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable

import pytest

from server.pages.client_files import client_folder
from tests.integration.pages.situations import end_links, fill_class
from tests.integration.pages.world import Page, World

CROSS_SITE = {"Sec-Fetch-Site": "cross-site"}

PAGES: dict[str, Callable[[World], Awaitable[Page]]] = {
    "front": lambda world: world.open("/"),
    "invitation": lambda world: world.open(world.margaret),
    "wrong link": lambda world: world.open("/j/wrong"),
    "no cookie": lambda world: world.open("/class/nobody"),
    "not found": lambda world: world.open("/nowhere"),
    "our fault": lambda world: world.open("/breaks/token"),
    "another site": lambda world: world.press_join(world.margaret, headers=CROSS_SITE),
}


async def class_page(world: World) -> Page:
    return await world.open(f"/class/{await world.link_id(world.hannah)}")


async def replaced(world: World) -> Page:
    await world.revoke_links()
    return await world.open(world.margaret)


async def ended(world: World) -> Page:
    await end_links(world)
    return await world.open(world.margaret)


async def cancelled(world: World) -> Page:
    fields = {"class": "5", "reason": "staff_ill"}
    await world.press_join(f"{world.hannah}/cancel-class", data=fields)
    return await world.open(world.margaret)


async def whom_to_ring(world: World) -> Page:
    fields = {"class": "5", "reason": "staff_ill"}
    await world.press_join(f"{world.hannah}/cancel-class", data=fields)
    await world.press_join(f"{world.hannah}/whom-to-ring")
    return await world.open(world.hannah)


async def staff_only(world: World) -> Page:
    return await world.open(f"/measures/{await world.link_id(world.margaret)}")


async def full(world: World) -> Page:
    await fill_class(world)
    return await world.open(world.margaret)


async def told(world: World) -> Page:
    fields = {"class": "5", "answer": "cannot_come"}
    await world.press_join(f"{world.margaret}/cannot-come", data=fields)
    return await world.open(world.margaret)


async def too_late(world: World) -> Page:
    world.clock.move(minutes=30)
    return await world.open(f"{world.margaret}/cannot-come")


async def storage_fault(world: World) -> Page:
    return await world.open("/fails/token")


PAGES |= {
    "class": class_page,
    "replaced link": replaced,
    "ended link": ended,
    "staff's invitation": lambda world: world.open(world.hannah),
    "cancelled": cancelled,
    "whom to ring": whom_to_ring,
    "staff only": staff_only,
    "full": full,
    "cannot come": lambda world: world.open(f"{world.margaret}/cannot-come"),
    "told that they cannot come": told,
    "too late to tell": too_late,
    "cancel a class": lambda world: world.open(f"{world.hannah}/cancel-class"),
    "refused": lambda world: world.open(f"{world.margaret}/cancel-class"),
    "storage fault": storage_fault,
    "unreadable": lambda world: world.press_join(
        f"{world.margaret}/cannot-come", data=b"x", headers={"Content-Type": "text/plain"}
    ),
}


@pytest.fixture(params=PAGES)
async def page(request: pytest.FixtureRequest, world: World) -> Page:
    return await PAGES[request.param](world)


def test_every_form_says_where_it_comes_from_and_has_a_button(page: Page) -> None:
    """A blanked Origin would be taken for another site's on a browser without Fetch Metadata."""
    forms = [form for form in page.all("form") if form.get("method") == "post"]
    if forms:
        assert page.headers["Referrer-Policy"] == "strict-origin"
        assert len(page.all("button")) >= len(forms)


def test_a_screen_reader_finds_its_way(page: Page) -> None:
    assert page.all("html")[0]["lang"] == "en"
    assert page.text("title").endswith("– Riverside MSK groups")
    assert len([heading for heading in page.all("h1") if "hidden" not in heading]) == 1
    assert page.text("h1")
    assert len(page.all("main")) == 1
    assert all(image.get("alt") is not None for image in page.all("img"))


def test_the_phone_number_is_on_it_and_can_be_dialled(page: Page) -> None:
    assert "01632 960123" in page.text("main")
    assert "tel:01632960123" in [link.get("href") for link in page.all("a")]


def test_it_speaks_plainly(page: Page) -> None:
    words = page.text("body").lower() + page.text("title").lower()
    for never in (
        "session",
        "expired",
        "participant",
        "host",
        "error",
        "403",
        "404",
        "500",
        "invalid",
        "token",
    ):
        assert never not in words


def test_nothing_is_loaded_from_other_hosts_and_no_logo_of_the_nhs(page: Page) -> None:
    for tag, attributes in page.tags:
        address = attributes.get("src") or (attributes.get("href") if tag == "link" else None)
        assert address is None or address.startswith("/static/")
    assert "nhsuk-header__logo" not in page.html
    assert "NHS England" not in page.html


def test_nothing_runs_or_styles_but_what_the_policy_allows(page: Page) -> None:
    policy = dict(
        rule.strip().partition(" ")[::2] for rule in page.headers["Content-Security-Policy"].split(";")
    )
    assert "unsafe" not in page.headers["Content-Security-Policy"]
    assert "*" not in page.headers["Content-Security-Policy"]
    assert policy["default-src"] == "'none'"
    assert policy["connect-src"] == "'self'"
    assert policy["media-src"] == "'self' blob: mediastream:"
    assert policy["frame-ancestors"] == "'none'"
    for script in page.all("script"):
        if "src" not in script and script.get("type") != "application/json":
            assert f"'nonce-{script['nonce']}'" in policy["script-src"]
    assert page.all("style") == []
    for _tag, attributes in page.tags:
        assert not any(name == "style" or name.startswith("on") for name in attributes)


def test_scripts_are_scripts_and_not_escaped_like_text(page: Page) -> None:
    for script in page.texts.get("script", []):
        assert not re.search(r"&(?:#\d+|quot|lt|gt|amp);", script)


def test_its_headers_keep_it_private(page: Page) -> None:
    assert page.headers["X-Content-Type-Options"] == "nosniff"
    assert page.headers["Referrer-Policy"] in ("no-referrer", "strict-origin")
    assert page.headers["Cache-Control"] == "no-store"
    assert page.headers["Content-Type"] == "text/html; charset=utf-8"
    assert "camera=(self), microphone=(self)" in page.headers["Permissions-Policy"]
    assert "noindex" in page.headers["X-Robots-Tag"]


async def test_every_answer_has_a_nonce_of_its_own(world: World) -> None:
    first, second = await world.open("/"), await world.open("/")
    assert first.headers["Content-Security-Policy"] != second.headers["Content-Security-Policy"]


async def test_the_address_of_a_link_is_never_given_to_another_site(world: World) -> None:
    assert (await world.open(world.margaret)).headers["Referrer-Policy"] == "strict-origin"
    assert (await world.open("/class/nobody")).headers["Referrer-Policy"] == "no-referrer"


def test_no_template_names_another_host() -> None:
    for template in (client_folder() / "templates").glob("*.jinja"):
        assert not re.search(r"(?:https?:)?//(?!www\.w3\.org)[a-z]", template.read_text())
