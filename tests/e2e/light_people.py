"""People of a class without browsers, beside those who have one: they come in, and do as they are told."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any

from tests.synthetic.person import Person


async def do(person: Person, event: str, request: dict[str, Any] | None = None) -> str:
    """Ask until it is acknowledged, however long the server is away; the id of what was made, if any."""
    while True:
        try:
            reply = await person.ask(event, request)
        except TimeoutError:  # no connection yet; nothing was sent
            continue
        assert reply.refused is None, f"refused: {reply.ack}"
        return str(reply.ack.get("id") or "")


@asynccontextmanager
async def light_people(links: Sequence[str]) -> AsyncIterator[list[Person]]:
    """Those behind these links come to class: staff are in it then, patients wait."""
    people = [Person(link) for link in links]
    try:
        for person in people:
            await person.open_link()
            await person.come_in()
        yield people
    finally:
        await asyncio.gather(*(person.close() for person in people))


async def admit(staff: Person, *patients: Person) -> None:
    """Let in these patients."""
    for person in patients:
        await do(staff, "person:admit", {"person": person.id})
        await person.until(lambda one=person: one.view and one.view.place == "in_class", 20)


async def person_named(staff: Person, name: str) -> str:
    """Wait until somebody of this name is here or in the waiting room; the person's id."""
    found: list[str] = []

    def is_here() -> bool:
        people = {} if staff.view is None else staff.view.plain["people"]
        found[:] = [key for key, one in people.items() if one["name"] == name]
        return bool(found)

    await staff.until(is_here, 60)
    return found[0]


async def name_of(staff: Person, person: Person) -> str:
    """How this person is called on staff's pages, as soon as staff see them."""

    def known() -> dict[str, Any]:
        return {} if staff.view is None else staff.view.plain["people"].get(person.id, {})

    await staff.until(known, 60)
    return str(known()["name"])
