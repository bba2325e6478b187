"""What may not stand in a log: everything personal that a demo's database and its browsers hold."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing
from pathlib import Path
from urllib.parse import urlsplit

from playwright.async_api import BrowserContext

from tests.e2e.service import DemoService

WRITTEN = {
    "questions": ("text", "answer"),
    "question_replies": ("text",),
    "chat_messages": ("text",),
    "help_calls": ("done_note",),
    "help_accounts": ("note",),
    "loss_accounts": ("note",),
    "pulses": ("text",),
    "experience_answers": ("why",),
}
"""Columns with what people wrote."""


async def personal(service: DemoService, contexts: Iterable[BrowserContext]) -> dict[str, str]:
    """Return whatever is personal, and what it is: names, phone numbers, NHS numbers, tokens, writings."""
    found = dict(_in_tables(service.folder / "state" / "moveroom.sqlite3"))
    for link in (*service.physios, service.helper, *service.patients):
        found[urlsplit(link).path.rsplit("/", 1)[1]] = "the token of a link"
    for context in contexts:
        for cookie in await context.cookies():
            found[cookie["value"]] = "a cookie"
    return found


def said_in(log: str, secrets: dict[str, str]) -> list[str]:
    """Return what of it stands in the log as a word of its own, by kind and line."""
    return [
        f"{kind}: {line}"
        for secret, kind in secrets.items()
        for line in re.findall(rf"^.*(?<!\w){re.escape(secret)}(?!\w).*$", log, re.IGNORECASE | re.MULTILINE)
    ]


def _in_tables(database: Path) -> Iterator[tuple[str, str]]:
    with closing(sqlite3.connect(database)) as tables:
        for full, shown, phone in tables.execute("SELECT full_name, shown_name, phone FROM people"):
            yield full, "a full name"
            yield from ((name, "a name") for name in (*full.split(), shown))
            if phone:
                yield from ((form, "a phone number") for form in (phone, phone.replace(" ", "")))
        for (number,) in tables.execute("SELECT nhs_number FROM patients WHERE nhs_number IS NOT NULL"):
            yield number, "an NHS number"
            yield f"{number[:3]} {number[3:6]} {number[6:]}", "an NHS number"
        for table, columns in WRITTEN.items():
            for row in tables.execute(f"SELECT {', '.join(columns)} FROM {table}"):
                yield from ((text, f"what somebody wrote ({table})") for text in row if text)
