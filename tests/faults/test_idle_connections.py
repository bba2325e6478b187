"""More idle connections than a process may have descriptors by default: newcomers are still let in."""

from __future__ import annotations

import resource
import socket
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from urllib.parse import urlsplit

import aiohttp
import pytest

from tests.e2e.service import demo_service

IDLE = 1_100
USUAL_SOFT_LIMIT = 1_024


@pytest.fixture
def usual_limit() -> Iterator[None]:
    """The service starts with the soft limit of most systems."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    assert hard > 2 * IDLE, f"this test needs {2 * IDLE} descriptors, and only {hard} are allowed"
    resource.setrlimit(resource.RLIMIT_NOFILE, (USUAL_SOFT_LIMIT, hard))
    yield
    resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


async def test_a_newcomer_gets_the_page_beside_1100_idle_connections(usual_limit: None, tmp_path: Path):
    async with demo_service(tmp_path) as service:
        _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
        address = urlsplit(service.base_url)
        with ExitStack() as idle:
            for _ in range(IDLE):
                idle.enter_context(socket.create_connection((address.hostname, address.port), timeout=10))
            patience = aiohttp.ClientTimeout(total=10)
            async with (
                aiohttp.ClientSession(timeout=patience) as newcomer,
                newcomer.get(service.patients[0]) as page,
            ):
                assert page.status == 200
                assert "Join class" in await page.text()
        assert "Too many open files" not in service.log.read_text()
