from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from server.storage.database import Database
from tests.integration.contacts.clinic import Clinic, seed_clinic


@pytest.fixture
async def clinic(each_database: Database) -> AsyncIterator[Clinic]:
    """The clinic at 9:50am with its rooms open, on each kind of database."""
    await seed_clinic(each_database)
    one = Clinic(each_database)
    await one.open()
    yield one
    await one.rooms.close()
