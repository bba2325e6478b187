from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
import structlog

from tests.integration.pages.newcomer import (
    Newcomer,
    add_account,
)
from tests.integration.pages.world import World, pages_world


@pytest.fixture(autouse=True)
def _quiet() -> Iterator[None]:
    """Keeps what the server logs out of the terminal."""
    with structlog.testing.capture_logs():
        yield


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    async with pages_world(tmp_path) as served:
        yield served


@pytest.fixture
async def newcomer(world: World) -> Newcomer:
    await add_account(world)
    return Newcomer(world)


@pytest.fixture
async def priya(newcomer: Newcomer) -> Newcomer:
    """Set up, and signed in."""
    assert (await newcomer.set_up()).status == 303
    return newcomer


@pytest.fixture
async def mailing(tmp_path: Path) -> AsyncIterator[Newcomer]:
    """Set up and signed in, where e-mails are sent."""
    async with pages_world(tmp_path, mail_from="moveroom@riverside.example") as served:
        await add_account(served)
        newcomer = Newcomer(served)
        assert (await newcomer.set_up()).status == 303
        yield newcomer


@pytest.fixture
async def secure(tmp_path: Path) -> AsyncIterator[World]:
    async with pages_world(tmp_path, "https://classes.example.org") as served:
        yield served
