from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
import structlog

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
