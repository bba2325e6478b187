"""Random commands by random people against a class, ten times as many as in every run."""

from __future__ import annotations

import pytest

from tests.nightly.scale import scaled_count
from tests.unit.rooms.test_stateful_room import AnyClass, played

pytestmark = [pytest.mark.nightly, pytest.mark.timeout(900)]


class ManyClasses(AnyClass):
    """The same class, played more often and for longer."""


TestManyClasses = ManyClasses.TestCase
TestManyClasses.settings = played(examples=scaled_count(100), steps=60)
