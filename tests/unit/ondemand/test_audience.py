from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from server.ondemand.audience import Viewer, may_watch, offered
from server.ondemand.folder import RecordedSession
from server.ondemand.manifest import Manifest
from server.people.roles import Role
from tests.unit.ondemand.recordings import manifest

KNEE, BACK = "Knee and hip group", "Back group"
RIVERSIDE, HILLSIDE = "Riverside MSK groups", "Hillside MSK groups"


def of(*titles: str, service: str = RIVERSIDE) -> dict[str, Any]:
    return {"service": service, "programmes": titles}


def for_audience(audience: Any, name: str = "a") -> RecordedSession:
    fields = manifest(audience=audience, tags=())
    return RecordedSession(name, Path(), Manifest(**fields), 60_000, (), (), {})


def viewer(role: Role = Role.PATIENT, programme: str = KNEE, service: str = RIVERSIDE) -> Viewer:
    return Viewer("id", role, "Margaret", "course", programme, service)


@pytest.mark.parametrize("role", list(Role))
def test_whoever_has_a_personal_link_may_watch_what_is_for_patients(role: Role) -> None:
    assert may_watch(for_audience("patients"), viewer(role))
    assert may_watch(for_audience("everyone"), viewer(role))


@pytest.mark.parametrize("role", list(Role))
def test_a_programmes_sessions_are_for_its_courses_only(role: Role) -> None:
    assert may_watch(for_audience(of(BACK, KNEE)), viewer(role))
    assert not may_watch(for_audience(of(BACK)), viewer(role))


@pytest.mark.parametrize("role", list(Role))
def test_a_programme_of_the_same_title_in_another_service_is_another_programme(role: Role) -> None:
    assert not may_watch(for_audience(of(KNEE, service=HILLSIDE)), viewer(role))
    assert not may_watch(for_audience((of(KNEE), of(BACK, service=HILLSIDE))), viewer(role, BACK))
    assert may_watch(for_audience((of(BACK), of(KNEE, service=HILLSIDE))), viewer(role, service=HILLSIDE))


def test_without_a_link_one_may_watch_what_is_for_everyone_only() -> None:
    assert may_watch(for_audience("everyone"), None)
    assert not may_watch(for_audience("patients"), None)
    assert not may_watch(for_audience(of(KNEE)), None)


def test_a_programme_with_an_odd_title_gets_in_nowhere_else() -> None:
    assert not may_watch(for_audience(of("everyone")), None)
    assert not may_watch(for_audience(of(BACK)), viewer(programme="a"))


def test_only_what_patients_watch_is_logged() -> None:
    assert [role for role in Role if viewer(role).is_logged] == [Role.PATIENT]


def test_offered_is_what_one_may_watch_in_the_order_it_came() -> None:
    every = {
        name: for_audience(audience, name)
        for name, audience in {"b": "everyone", "a": of(BACK), "c": "patients"}.items()
    }
    assert [each.name for each in offered(every, viewer())] == ["b", "c"]
    assert [each.name for each in offered(every, None)] == ["b"]
