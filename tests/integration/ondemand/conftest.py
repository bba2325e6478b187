from __future__ import annotations

import pytest

from server.storage.database import Database
from tests.integration.ondemand.world import Log, two_services


@pytest.fixture
async def log(each_database: Database) -> Log:
    return await two_services(each_database)
