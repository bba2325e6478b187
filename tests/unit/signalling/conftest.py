from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.unit.signalling.clients import Server, serving


@pytest.fixture
async def server(tmp_path: Path) -> AsyncIterator[Server]:
    """A server with the test course, in whose class nobody is yet."""
    async with serving(tmp_path) as running:
        yield running
