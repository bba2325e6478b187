"""Every page that staff open, from the route table, and the SQL statements that it takes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from aiohttp import web
from sqlalchemy import event
from sqlalchemy.engine import Engine

from server.pages.access import Whom, rule_of
from server.pages.pending_files import PendingFile
from server.pages.site import SITE

MOST_STATEMENTS = 10
_COUNTED = ("SELECT", "INSERT", "UPDATE", "DELETE", "WITH")


class NoSuchThing(KeyError):
    """An address has a part for which `many.fill` gives no id: add one there."""


def staff_addresses(app: web.Application, ids: Mapping[str, str]) -> dict[str, str]:
    """The address of every page that staff open, by its pattern; `ids` fill the patterns' parts."""
    found: dict[str, str] = {}
    for route in app.router.routes():
        rule = rule_of(route.handler)
        if route.method != "GET" or rule is None or rule.whom is not Whom.STAFF or route.resource is None:
            continue
        shape = route.resource.get_info()
        pattern = shape.get("pattern")
        parts = list(pattern.groupindex) if pattern else []
        if missing := [part for part in parts if part not in ids]:
            raise NoSuchThing(f"{route.resource.canonical}: {missing}")
        filled = route.resource.url_for(**{part: ids[part] for part in parts}) if parts else None
        found[route.resource.canonical] = str(filled) if filled else route.resource.canonical
    return found


_INCOMPLETE = "Full name,Phone\n" + "".join(
    f"New Patient {number},07700 900{number:03}\n" for number in range(200)
)
"""A file that cannot be taken over: each row lacks the date of birth."""


def send_a_file(
    app: web.Application, pattern: str, ids: Mapping[str, str], written: str = _INCOMPLETE
) -> None:
    """Have a file of patients wait for a yes, if the page at `pattern` is about one."""
    if "{file_id}" in pattern:
        course_id = ids["course_id"] if "{course_id}" in pattern else None
        content = written.encode()
        site = app[SITE]
        waiting = PendingFile("all", content, ids["service_id"], course_id, site.clock())
        site.pending_files.keep(ids["file_id"], waiting)


@contextmanager
def statements_of_all_engines() -> Iterator[list[str]]:
    """Notes the statements that read or change rows; what begins and ends transactions is not counted."""
    noted: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_more: Any) -> None:
        if statement.lstrip().upper().startswith(_COUNTED):
            noted.append(statement)

    event.listen(Engine, "before_cursor_execute", note)
    try:
        yield noted
    finally:
        event.remove(Engine, "before_cursor_execute", note)
