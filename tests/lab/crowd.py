"""Many light people of a class who join at once: real offers and handshakes, no browsers."""

from __future__ import annotations

import asyncio
import os
import secrets
import sqlite3
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, closing, contextmanager, suppress

from server.people.links import hash_of
from tests.e2e.browser import until
from tests.e2e.service import DemoService
from tests.synthetic.media_person import negotiate_media
from tests.synthetic.person import Person
from tests.synthetic.traffic import Counting

CHECK_EVERY_S = 2.0
LEAST = 15
"""Of the priorities from 0 to 19."""


@contextmanager
def cores_yielded() -> Iterator[None]:
    """Meanwhile the service and the browsers go first: the devices of a crowd are no part of the server."""
    before = os.getpriority(os.PRIO_PROCESS, 0)
    os.setpriority(os.PRIO_PROCESS, 0, LEAST)
    try:
        yield
    finally:
        with suppress(PermissionError):  # who is not root yields for good, and so does what it starts
            os.setpriority(os.PRIO_PROCESS, 0, before)


class Crowd:
    """People who are in class, without media until they `join_within`."""

    def __init__(self, people: Sequence[tuple[Person, str]]) -> None:
        self._people = people
        self._clients: list[Counting] = []
        self._checking: asyncio.Task[None] | None = None

    @property
    def size(self) -> int:
        """How many they are."""
        return len(self._people)

    async def come_in(self, let_in_by: Person) -> None:
        """Everybody comes to class, and into it."""
        for person, role in self._people:
            await person.open_link()
            await person.come_in()
            if role == "patient":
                assert (await let_in_by.ask("person:admit", {"person": person.id})).refused is None
                await person.until(lambda person=person: person.view and person.view.place == "in_class", 20)

    async def join_within(self, seconds: float) -> float:
        """Everybody joins with media, spread evenly over that time; the seconds until all are connected."""
        loop = asyncio.get_running_loop()
        began_s = loop.time()

        async def join(at: int, person: Person, role: str) -> None:
            await asyncio.sleep(at * seconds / self.size)
            self._clients.append(await negotiate_media(person, role))

        self._checking = loop.create_task(self._keep_up_consent())
        with cores_yielded():
            await asyncio.gather(*(join(at, *who) for at, who in enumerate(self._people)))
        return loop.time() - began_s

    async def served(self, within_s: float) -> int:
        """How many have been sent media, once all have or the time is over."""

        async def all_are() -> bool:
            return all(client.tallies for client in self._clients)

        with suppress(AssertionError):
            await until(all_are, "everybody to be sent media", within_s)
        return sum(bool(client.tallies) for client in self._clients)

    async def _keep_up_consent(self) -> None:
        while True:
            await asyncio.sleep(CHECK_EVERY_S)
            for client in self._clients:
                client.check()

    async def go(self) -> None:
        """Everybody leaves."""
        if self._checking is not None:
            self._checking.cancel()
            await asyncio.gather(self._checking, return_exceptions=True)
        for client in self._clients:
            await client.close()
        for person, _role in self._people:
            await person.close()


@asynccontextmanager
async def crowd(patients: Sequence[str], helper: str) -> AsyncIterator[Crowd]:
    """The people behind these links come in; the patients are let in by the helper."""
    helping = Person(helper)
    made = Crowd([(helping, "staff"), *((Person(link), "patient") for link in patients)])
    try:
        await made.come_in(let_in_by=helping)
        yield made
    finally:
        await made.go()


def enrol_more(service: DemoService, count: int) -> list[str]:
    """Put more patients on the demo's course list, which has 12, before its class is opened; their links."""
    links = []
    base, _, token = service.patients[0].rpartition("/")
    with closing(sqlite3.connect(service.database, timeout=20)) as tables, tables:
        one = "FROM personal_links WHERE token_hash = ?"
        course, like = tables.execute(f"SELECT course_id, person_id {one}", (hash_of(token),)).fetchone()
        (seats,) = tables.execute(
            "SELECT MAX(seat) FROM course_members WHERE course_id = ?", (course,)
        ).fetchone()
        for seat in range(seats + 1, seats + 1 + count):
            person, token = secrets.token_hex(8), secrets.token_urlsafe(32)
            tables.execute(
                "INSERT INTO people (id, service_id, role, full_name, shown_name, phone)"
                " SELECT ?, service_id, role, ?, ?, phone FROM people WHERE id = ?",
                (person, f"Person {seat}", f"Person {seat}", like),
            )
            tables.execute(
                "INSERT INTO course_members (course_id, person_id, seat) VALUES (?, ?, ?)",
                (course, person, seat),
            )
            tables.execute(
                "INSERT INTO personal_links (id, course_id, person_id, token_hash, created_at)"
                f" SELECT ?, course_id, ?, ?, created_at {one}",
                (
                    secrets.token_hex(8),
                    person,
                    hash_of(token),
                    hash_of(service.patients[0].rpartition("/")[2]),
                ),
            )
            links.append(f"{base}/{token}")
    return links
