from collections.abc import AsyncIterator

import pytest

from tests.synthetic.room import Class


@pytest.fixture
async def room() -> AsyncIterator[Class]:
    room = Class()
    await room.sfu.start()
    yield room
    await room.end()
