from __future__ import annotations

from datetime import UTC, datetime, timedelta

from server.ondemand.audience import Viewer
from server.pages.contact import ServiceLine
from server.pages.watch_visit import MAX_VISITS, REMEMBERED, RecentVisits, Visit
from server.people.roles import Role

NOW = datetime(2026, 11, 24, 10, tzinfo=UTC)
MARGARET = Viewer("id", Role.PATIENT, "Margaret", "course", "Knee and hip group", "Riverside")
VISIT = Visit("link", MARGARET, ServiceLine("Riverside", "01632 960123"))


def test_a_visit_is_remembered_for_its_cookie_for_five_seconds() -> None:
    recent = RecentVisits()
    recent.remember("link", "secret", NOW, VISIT)
    assert recent.find("link", "secret", NOW) is VISIT
    assert recent.find("link", "another", NOW) is None
    assert recent.find("another", "secret", NOW) is None
    assert recent.find("link", "secret", NOW + REMEMBERED) is None


def test_a_clock_that_is_set_back_prolongs_nothing() -> None:
    recent = RecentVisits()
    recent.remember("link", "secret", NOW, VISIT)
    assert recent.find("link", "secret", NOW - timedelta(seconds=1)) is None


def test_no_more_than_so_many_are_remembered() -> None:
    recent = RecentVisits()
    for number in range(MAX_VISITS + 1):
        recent.remember("link", f"secret-{number}", NOW, VISIT)
    assert recent.find("link", "secret-0", NOW) is None
    assert recent.find("link", f"secret-{MAX_VISITS}", NOW) is VISIT
