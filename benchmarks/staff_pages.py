"""The pages that staff open, with 10,000 patients and 500 courses, on SQLite and on PostgreSQL.

For every page of the route table, looking for a patient, and a month's figures behind a class's link: the
server's time from the request's head to the answer's body (one request after the other, in the server's own
process, templates compiled, what is there set apart from the collector as in a server), and how many SQL
statements it takes. The floor is a page that asks the database for 1 and says it, in the same run. Each
answer must be the page (200). Goals: at most 10 statements, and 95 of 100 requests within 150 ms.
"""

from __future__ import annotations

import asyncio
import statistics
import tempfile
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from aiohttp import web
from sqlalchemy import text

from benchmarks.page_time import PageTime, Stopwatch
from server.long_lived import set_apart
from server.pages.access import anybody
from server.pages.site import SITE
from server.people.staff_links import staff_link, start_staff_session
from server.rooms.registry import on_the_loop
from server.storage.database import Database
from server.storage.migrate import migrate
from server.storage.tables import CourseMember
from tests.integration.pages.many import SECRET, Size, fill
from tests.integration.pages.staff_pages import (
    MOST_STATEMENTS,
    send_a_file,
    staff_addresses,
    statements_of_all_engines,
)
from tests.integration.pages.world import World, pages_world
from tests.integration.storage.databases import url_in
from tests.integration.storage.postgresql_server import running

SIZE = Size(patients=10_000, courses=500)
REQUESTS = 60
WARM_UP = 3
GOAL_MS = 150.0
FLOOR = "/floor"
LOOKED_FOR = "Patient 4711"
CHOOSE = "/staff/courses/new/choose"
"""Shows nothing when something is chosen and is refused when nothing is: not measured."""
COMPLETE = "Full name,Date of birth,Sex,Phone,Email\n" + "".join(
    f"{'New ' if number % 4 else ''}Patient {number * 5} Example,"
    f"{1 + number * 5 % 28:02}/{1 + number * 5 % 12:02}/{1930 + number * 5 % 50},"
    f"{1 + number % 2},07700 900{number:03},new{number}@example.org\n"
    for number in range(200)
)
"""A file without mistakes: a quarter of its patients are likely on record."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A request that is measured."""

    method: str
    address: str
    form: Mapping[str, str] | None = None


@dataclass(frozen=True, slots=True)
class Measured:
    """A page as it was measured."""

    times: Sequence[PageTime]
    statements: int


class NoPage(AssertionError):
    """An answer was not the page that was asked for: what it took says nothing."""


@asynccontextmanager
async def _opened(url: str) -> AsyncIterator[Database]:
    await asyncio.to_thread(migrate, url)
    database = await Database.open(url)
    try:
        yield database
    finally:
        await database.close()


@anybody
async def _floor(request: web.Request) -> web.Response:
    async with request.app[SITE].database.reading() as session:
        found = await session.scalar(text("SELECT 1"))
    return web.Response(text=str(found))


async def measure(url: str, folder: Path, requests: int = REQUESTS) -> dict[str, Measured]:
    """By page: how long each request took, and the statements of one."""
    with Stopwatch() as watch:

        def prepare(app: web.Application) -> None:
            app.middlewares.insert(0, watch.time)
            app.router.add_get(FLOOR, _floor)

        async with pages_world(folder, opened=_opened(url), prepare=prepare) as world:
            ids = await fill(world.database, SIZE, world.clock())
            await _learn(world.database)
            asked = {FLOOR: Asked("GET", FLOOR)} | _pages(world, ids)
            cookies = f"mr_staff={SECRET}"
            link_id, secret = await _let_into_class(world, ids)
            cookies += f"; mr_{link_id}={secret}"
            for page in ("", "/comments"):
                asked[f"/measures/{{link_id}}{page}"] = Asked("GET", f"/measures/{link_id}{page}")
            for name, each in asked.items():
                await _page(world, watch, name, each, ids, cookies, requests=0)
            set_apart(on_the_loop).cancel()
            return {
                name: await _page(world, watch, name, each, ids, cookies, requests)
                for name, each in sorted(asked.items())
            }


def _pages(world: World, ids: Mapping[str, str]) -> dict[str, Asked]:
    addresses = staff_addresses(world.app, ids)
    del addresses[CHOOSE]
    found = {pattern: Asked("GET", address) for pattern, address in addresses.items()}
    for name, words in (("one", LOOKED_FOR), ("many", "Example")):
        found[f"/staff/patients, {name} looked for"] = Asked("POST", "/staff/patients", {"words": words})
    return found


async def _let_into_class(world: World, ids: Mapping[str, str]) -> tuple[str, str]:
    """Have the signed-in physio have opened a class in this browser: the link's id, the cookie's secret."""
    site, now = world.site, world.clock()

    async def work(session: Any) -> str:
        person_id = f"all-in-{ids['service_id']}"
        session.add(CourseMember(course_id=ids["course_id"], person_id=person_id))
        link = await staff_link(
            session, ids["course_id"], person_id, now, new_id=site.new_id, new_secret=site.new_secret
        )
        start_staff_session(session, link, now, "class", site.new_id(), "session")
        return link.link_id

    return await world.database.write(work), "class"


async def _learn(database: Database) -> None:
    """Have the planner know the tables, as a server does that has run for a night."""

    async def work(session: Any) -> None:
        await session.execute(text("ANALYZE"))

    await database.write(work)


async def _page(
    world: World,
    watch: Stopwatch,
    name: str,
    asked: Asked,
    ids: Mapping[str, str],
    cookies: str,
    requests: int,
) -> Measured:
    times: list[PageTime] = []
    statements = 0
    headers = {"Cookie": cookies, "Sec-Fetch-Site": "same-origin"}
    for number in range(WARM_UP + requests):
        send_a_file(world.app, name, ids, COMPLETE)
        with statements_of_all_engines() as noted:
            async with world.browser.request(
                asked.method, asked.address, headers=headers, data=asked.form, allow_redirects=False
            ) as answer:
                if answer.status != 200:
                    raise NoPage(f"{asked.method} {asked.address}: {answer.status} {await answer.text()}")
                await answer.read()
        if number >= WARM_UP:
            times.append(watch.last)
            statements = max(statements, len(noted))
    return Measured(times, statements)


def run() -> list[dict[str, Any]]:
    """By database and page: p50 against the floor's, p95 against the goal, statements against the most."""
    figures: list[dict[str, Any]] = []
    with tempfile.TemporaryDirectory(prefix="moveroom-bench-") as folder:
        found = asyncio.run(measure(url_in(Path(folder)), Path(folder)))
        figures += figures_of("sqlite", found)
    with running() as server, tempfile.TemporaryDirectory(prefix="moveroom-bench-") as folder:
        found = asyncio.run(measure(server.url(server.new_database()), Path(folder)))
        figures += figures_of("postgresql", found)
    return figures


def figures_of(kind: str, found: Mapping[str, Measured]) -> list[dict[str, Any]]:
    """The figures of a database, the slowest page first; prints what took the time in the slowest ten."""
    floor_ms = statistics.median(each.whole_ms for each in found[FLOOR].times)
    by_p95 = sorted(found, key=lambda name: _p95(found[name]), reverse=True)
    print(f"{kind}: the slowest pages, and what took the time of their slowest twentieth")
    for name in by_p95[:10]:
        print(f"  {_p95(found[name]):6.1f} ms  {name}: {_limits(found[name])}")
    figures = []
    for name in by_p95:
        p50 = statistics.median(each.whole_ms for each in found[name].times)
        statements = found[name].statements
        figures += [
            _figure(f"{kind} {name} p50", p50, "ms", floor_ms),
            _figure(f"{kind} {name} p95", _p95(found[name]), "ms", GOAL_MS),
            _figure(f"{kind} {name} statements", statements, "", MOST_STATEMENTS),
        ]
    return figures


def _p95(page: Measured) -> float:
    return statistics.quantiles((each.whole_ms for each in page.times), n=20, method="inclusive")[18]


def _limits(page: Measured) -> str:
    slowest = sorted(page.times, key=lambda each: each.whole_ms)[-max(1, len(page.times) // 20) :]
    mean = PageTime.mean(slowest)
    return (
        f"database {mean.database_ms:.0f}, template {mean.template_ms:.0f},"
        f" collector {mean.collector_ms:.0f}, the rest {mean.rest_ms:.0f} ms; {page.statements} statements"
    )


def _figure(name: str, value: float, unit: str, reference: float) -> dict[str, Any]:
    return {
        "name": name,
        "value": value,
        "unit": unit,
        "reference": reference,
        "ratio": value / reference,
    }
