"""Who may watch what. Pure.

| audience | nobody's link | patients and staff with a personal link |
|---|---|---|
| everyone | yes | yes |
| patients | no | yes |
| programmes of a service | no | those whose link is to a course of one of them, in that service |

Staff may watch what their patients are offered. Only what patients watch is logged.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from server.ondemand.folder import RecordedSession
from server.ondemand.manifest import EVERYONE, PATIENTS, ProgrammesOf
from server.people.roles import Role


@dataclass(frozen=True, slots=True)
class Viewer:
    """Who watches, as their personal link has it."""

    person_id: str
    role: Role
    shown_name: str
    course_id: str
    programme_title: str
    service_name: str

    @property
    def is_logged(self) -> bool:
        """Whether what they watch is kept: an on-demand view is a patient's."""
        return self.role is Role.PATIENT


def may_watch(session: RecordedSession, viewer: Viewer | None) -> bool:
    """Return whether `viewer` may watch; None is somebody without a personal link."""
    audience = session.manifest.audience
    if audience == EVERYONE:
        return True
    if viewer is None:
        return False
    if isinstance(audience, str):
        return audience == PATIENTS
    named = (audience,) if isinstance(audience, ProgrammesOf) else audience
    return any(
        each.service == viewer.service_name and viewer.programme_title in each.programmes for each in named
    )


def offered(sessions: Mapping[str, RecordedSession], viewer: Viewer | None) -> list[RecordedSession]:
    """Return those that `viewer` may watch, in the order they came."""
    return [session for session in sessions.values() if may_watch(session, viewer)]
