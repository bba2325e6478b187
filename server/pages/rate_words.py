"""The page for whom there are no tries left at a door just now."""

from __future__ import annotations

from aiohttp import web

from server.pages.contact import ServiceLine
from server.pages.rendering import page
from server.timetable.courses import Enrolled

WAIT_S = 15 * 60


def too_many_tries(
    request: web.Request, service: ServiceLine, person: Enrolled | None = None
) -> web.Response:
    """Say that it was tried too often from here, when to come back and whom to ring."""
    answer = page(request, "too_many_tries.jinja", service, status=429, person=person)
    answer.headers["Retry-After"] = str(WAIT_S)
    return answer
