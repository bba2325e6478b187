from __future__ import annotations

import re
from pathlib import Path

import pytest

from server.pages.client_files import client_folder
from tests.integration.pages.world import SCRIPT, World

FILE = "/static/assets/main-AAAAAAAA.js"


async def fetch(world: World, path: str, encoding: str) -> tuple[int, dict[str, str], bytes]:
    """Fetch as it is on the wire, not unpacked."""
    request = world.browser.session.get(
        world.browser.make_url(path), headers={"Accept-Encoding": encoding}, auto_decompress=False
    )
    async with request as response:
        return response.status, dict(response.headers), await response.read()


async def test_hashed_files_are_kept_for_ever(world: World) -> None:
    status, headers, body = await fetch(world, FILE, "identity")
    assert (status, body.decode()) == (200, SCRIPT)
    assert headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert headers["Content-Type"] == "text/javascript; charset=utf-8"
    assert headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize(
    ("accepts", "sent", "body"), [("br, gzip", "br", b"brotli"), ("gzip", "gzip", b"gzip")]
)
async def test_files_are_sent_as_they_were_compressed_at_build(
    world: World, accepts: str, sent: str, body: bytes
) -> None:
    _, headers, received = await fetch(world, FILE, accepts)
    assert headers["Content-Encoding"] == sent
    assert headers["Content-Type"] == "text/javascript; charset=utf-8"
    assert "Accept-Encoding" in headers["Vary"]
    assert received == body


@pytest.mark.parametrize(
    "path",
    [
        "/static/.vite/manifest.json",
        "/static/assets/../../moveroom.sqlite3",
        "/static/%2e%2e/moveroom.sqlite3",
        "/static/..%2fmoveroom.sqlite3",
        "/static//etc/passwd",
        "/static/assets",
        "/static/assets/%00",
        "/static/assets/" + "x" * 300,
        "/static/nothing.js",
    ],
)
async def test_nothing_else_is_served(world: World, path: str) -> None:
    async with world.browser.session.get(str(world.browser.make_url("/")).rstrip("/") + path) as response:
        assert response.status == 404


def built_styles() -> list[Path]:
    return list((client_folder() / "dist" / "assets").glob("*.css"))


def test_the_built_styles_load_nothing_from_other_hosts_and_no_licensed_font() -> None:
    """Runs on what `make client` built."""
    styles = built_styles()
    assert any(style.name.startswith("pages-") for style in styles)
    for style in styles:
        text = style.read_text()
        assert "@font-face" not in text
        for address in re.findall(r"url\(([^)]*)\)", text):
            assert not re.match(r"[\"']?(?:https?:)?//", address)
            if not address.strip("\"'").startswith(("data:", "#")):
                assert (style.parent / address).is_file()
