"""Programs post nonsense to every address that takes a POST: a clear answer, counted, and nothing changes."""

from __future__ import annotations

import asyncio
from urllib.parse import quote

import pytest
from aiohttp import web
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from server.pages.forms import LONGEST_FORM_BYTES, MOST_FIELDS
from server.pages.site import SITE
from tests.integration.pages.situations import class_row
from tests.integration.pages.world import World

CONTENT_TYPES = [
    "application/x-www-form-urlencoded",
    "application/x-www-form-urlencoded; charset=utf-16",
    "application/x-www-form-urlencoded; charset=nonsense",
    "application/json",
    "multipart/form-data",
    "multipart/form-data; boundary=x",
    "text/plain",
    "image/png",
    "",
    "/;;;=",
]
FIELDS = ["class", "answer", "reason", "why", "month", "choice", "playback", ""]
VALUES = ["5", "6", "-1", "9" * 400, "cannot_come", "\0", "%", "’", "\u202e", "2026-11", "very_good"]


def posted_to(app: web.Application) -> list[str]:
    """The patterns of all addresses that take a POST."""
    return sorted(
        {
            route.resource.canonical
            for route in app.router.routes()
            if route.method == "POST" and route.resource is not None
        }
    )


def filled_in(pattern: str, token: str, link_id: str) -> str:
    address = pattern.replace("{tail}", "").replace("{token}", token).replace("{link_id}", link_id)
    return address.replace("{name}", "knee").replace("{file}", "video.mp4")


forms = st.lists(
    st.tuples(
        st.one_of(st.sampled_from(FIELDS), st.text(max_size=8)),
        st.one_of(st.sampled_from(VALUES), st.text(max_size=40)),
    ),
    max_size=6,
).map(lambda fields: "&".join(f"{_quoted(name)}={_quoted(value)}" for name, value in fields).encode())
bodies = st.one_of(
    st.binary(max_size=300), forms, st.just(b'{"playback": 1}'), st.just(b"[" * 5000), st.just(b"--x\r\n\r\n")
)


def _quoted(text: str) -> str:
    return quote(text, errors="surrogatepass")


def test_the_routes_are_found(world: World) -> None:
    assert {"/j/{token}{tail}", "/j/{token}/cannot-come", "/j/{token}/cancel-class"} <= set(
        posted_to(world.browser.app)
    )


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture], database=None
)
@given(body=bodies, content_type=st.sampled_from(CONTENT_TYPES), who=st.sampled_from(["margaret", "hannah"]))
async def test_no_bytes_make_a_fault_of_ours(world: World, body: bytes, content_type: str, who: str) -> None:
    link = getattr(world, who)
    link_id = await world.link_id(link)
    site = world.browser.app[SITE]
    for pattern in posted_to(world.browser.app):
        address = filled_in(pattern, link.removeprefix("/j/"), link_id)
        headers = {"Content-Type": content_type} if content_type else {}
        async with world.browser.post(
            address, data=body, headers=headers, allow_redirects=False, skip_auto_headers=["Content-Type"]
        ) as response:
            assert response.status < 500, pattern
            if response.status >= 400:
                assert response.content_type in ("text/html", "application/json"), pattern
            await response.read()
    assert site.failures["bug"] == 0
    assert sum(count for kind, count in site.failures.items() if kind.startswith("storage")) == 0
    assert (await class_row(world)).cancelled_at is None


@pytest.mark.parametrize("what", ["cannot-come", "cancel-class", "put-back-on"])
async def test_what_is_no_form_gets_a_clear_page_and_is_counted(world: World, what: str) -> None:
    address, failures = f"{world.hannah}/{what}", world.browser.app[SITE].failures
    tries = [
        (b"x" * (LONGEST_FORM_BYTES + 1), CONTENT_TYPES[0], 413),
        (b"&".join([b"a=1"] * (MOST_FIELDS + 1)), CONTENT_TYPES[0], 400),
        (b"a=%00", CONTENT_TYPES[0], 400),
        (b"\xff\xfe=1", CONTENT_TYPES[0], 400),
        (b"a=1", CONTENT_TYPES[2], 400),
        (b"--x\r\n\r\n", CONTENT_TYPES[5], 415),
        (b"hello", "text/plain", 415),
    ]
    for number, (body, content_type, status) in enumerate(tries, start=1):
        page = await world.press_join(address, data=body, headers={"Content-Type": content_type})
        assert page.status == status
        assert page.text("h1") == "We could not do that"
        assert "Nothing was saved." in page.text("main")
        assert "01632 960123" in page.text("main")
        assert failures["unreadable"] == number
    assert failures["bug"] == 0


async def test_ten_megabytes_are_not_read(world: World) -> None:
    for address in (world.margaret, f"{world.margaret}/cannot-come", f"{world.hannah}/cancel-class"):
        async with world.browser.post(
            address,
            data=b"a=" + b"x" * 10_000_000,
            headers={"Content-Type": CONTENT_TYPES[0]},
            allow_redirects=False,
        ) as response:
            assert response.status in (303, 413)
    assert (await world.open("/")).status == 200


async def test_a_wrong_method_says_so_and_which_would_do(world: World) -> None:
    async with world.browser.put(world.margaret) as response:
        assert response.status == 405
        assert "GET" in response.headers["Allow"]
        assert "We could not do that" in await response.text()
    assert world.browser.app[SITE].failures["unreadable"] == 1


@pytest.mark.parametrize(
    "path",
    [
        b"/j/%ff%fe",
        b"/j/../../etc/passwd",
        b"/j/%2e%2e%2f%2e%2e",
        b"/j/" + b"x" * 6000,
        b"//j//",
        b"/j/a%00b/cannot-come",
        b"/class/%F0%9F",
        b"/%",
        b"/?" + b"a&" * 2000,
        b"*",
        b"http://elsewhere.example/j/x",
        b"/\xff\xfe",
    ],
)
async def test_odd_addresses_get_a_clear_answer(world: World, path: bytes) -> None:
    reader, writer = await asyncio.open_connection(world.browser.host, world.browser.port)
    writer.write(b"GET " + path + b" HTTP/1.1\r\nHost: here\r\nConnection: close\r\n\r\n")
    answer = await reader.read()
    writer.close()
    status = int(answer.split(b" ", 2)[1])
    assert status in (200, 400, 404)
    if status != 400:
        assert b"01632 960123" in answer
    assert world.browser.app[SITE].failures["bug"] == 0


async def test_a_flood_of_headers_is_refused_and_the_next_visitor_is_served(world: World) -> None:
    for headers in (
        {f"X-{number}": "x" * 100 for number in range(2000)},
        {"X-Long": "x" * 100_000},
        {"Cookie": "; ".join(f"mr_{number}=x" for number in range(5000))},
    ):
        async with world.browser.get(world.margaret, headers=headers) as response:
            assert response.status in (200, 400, 431)
    assert (await world.open(world.margaret)).status == 200
    assert world.browser.app[SITE].failures["bug"] == 0
