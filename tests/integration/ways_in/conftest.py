"""Connections are the event loop's: these run on uvloop, as the worker does, and on asyncio's own."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable

import pytest
import uvloop

from tests.synthetic.room import Class


def pytest_asyncio_loop_factories() -> dict[str, Callable[[], asyncio.AbstractEventLoop]]:
    return {"uvloop": uvloop.new_event_loop, "asyncio": asyncio.new_event_loop}


@pytest.fixture
async def room() -> AsyncIterator[Class]:
    room = Class()
    await room.sfu.start()
    yield room
    await room.end()


@pytest.fixture
async def dual_stack() -> AsyncIterator[Class]:
    room = Class("::")
    await room.sfu.start()
    yield room
    await room.end()
