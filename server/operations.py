"""For those who run the server: is it alive, is it ready, and what does it count.

`/healthz` and `/readyz` answer anybody; `/metrics` (Prometheus text format) answers this machine only, where
the scraper stands. Nothing here names a person, a class or an address.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from ipaddress import ip_address

import structlog
from aiohttp import web
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, ProcessCollector, generate_latest
from prometheus_client.metrics_core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector
from sqlalchemy import text
from yarl import URL

from server.errors import ProtocolError
from server.media.client import MediaUnavailable
from server.rooms.registry import Rooms
from server.storage.database import Database

log = structlog.get_logger(__name__)

FORWARDED = (
    "Forwarded",
    "Via",
    "X-Forwarded-For",
    "X-Forwarded-Host",
    "X-Forwarded-Proto",
    "X-Forwarded-Server",
    "X-Real-IP",
)
"""Headers by which a proxy tells that it asks for somebody else."""
Counts = Callable[[], Mapping[str, int]]


@dataclass(slots=True)
class Operations:
    """What the answers are made of. `failures`: by part, counts of what went wrong."""

    database: Database
    rooms: Rooms
    media_stats: Callable[[], Awaitable[Mapping[str, int]]]
    failures: dict[str, Counts] = field(default_factory=dict)
    http_counts: Counter[str] = field(default_factory=Counter)
    """Requests that no handler saw (see `server.http_parsing`)."""
    connections: Callable[[], int] | None = None
    """How many browsers and others are connected; None while nobody is served."""


def add_operations(app: web.Application, operations: Operations) -> None:
    """Add the three routes."""
    registry = CollectorRegistry(auto_describe=False)
    ProcessCollector(registry=registry)

    async def healthz(request: web.Request) -> web.Response:
        return web.json_response({"ok": True})

    async def readyz(request: web.Request) -> web.Response:
        storage = await _database_answers(operations.database)
        media = operations.rooms.media.hello is not None
        writes = operations.database.trouble.fault is None
        ok = storage and writes and media
        return web.json_response(
            {"ok": ok, "storage": storage, "writes": writes, "media": media}, status=200 if ok else 503
        )

    async def metrics(request: web.Request) -> web.Response:
        if not _from_this_machine(request):
            raise web.HTTPNotFound
        families = [*_web_process(operations), *_media_worker(await _media_stats(operations))]
        body = generate_latest(registry) + generate_latest(_Gathered(families))
        return web.Response(body=body, headers={"Content-Type": CONTENT_TYPE_LATEST})

    app.add_routes([web.get("/healthz", healthz), web.get("/readyz", readyz), web.get("/metrics", metrics)])


async def _database_answers(database: Database) -> bool:
    try:
        async with database.reading() as session:
            await session.execute(text("SELECT 1"))
    except Exception as error:
        log.warning("database_does_not_answer", error=type(error).__name__)
        return False
    return True


def _from_this_machine(request: web.Request) -> bool:
    """Say whether a program on this machine asks, for itself: not a proxy, told by what it adds, or by the
    public name that it asks for."""
    if any(header in request.headers for header in FORWARDED) or not _is_loopback(request.remote or ""):
        return False
    try:
        asked_for = URL.build(scheme="http", authority=request.host, encoded=True).host or ""
    except ValueError:
        return False
    return asked_for.lower() == "localhost" or _is_loopback(asked_for)


def _is_loopback(address: str) -> bool:
    try:
        ip = ip_address(address)
    except ValueError:
        return False
    return (getattr(ip, "ipv4_mapped", None) or ip).is_loopback


class _Gathered(CollectorRegistry, Collector):
    """Families that were gathered before: what the worker counts has to be awaited."""

    def __init__(self, families: Iterable[Metric]) -> None:
        super().__init__(auto_describe=False)
        self._families = tuple(families)

    def collect(self) -> Iterator[Metric]:
        yield from self._families


def _web_process(operations: Operations) -> Iterator[Metric]:
    rooms = operations.rooms
    yield GaugeMetricFamily("moveroom_open_classes", "Classes open in this process.", rooms.open_count)
    people = GaugeMetricFamily(
        "moveroom_people", "People in open classes, by role and place.", labels=["role", "place"]
    )
    counted = Counter(rooms.people())
    for (role, place), number in sorted(counted.items()):
        people.add_metric([role, place], number)
    yield people
    yield GaugeMetricFamily("moveroom_sockets", "Connected sockets of people in class.", rooms.socket_count)
    if operations.connections is not None:
        yield GaugeMetricFamily(
            "moveroom_connections", "Open HTTP connections, sockets among them.", operations.connections()
        )
    yield GaugeMetricFamily(
        "moveroom_storage_writes",
        "1 while writing to the database works, 0 from a write that fails until one succeeds.",
        int(operations.database.trouble.fault is None),
    )
    failures = CounterMetricFamily(
        "moveroom_failures", "What was refused or went wrong, by part and kind.", labels=["part", "kind"]
    )
    for part, counts in sorted(operations.failures.items()):
        for kind, number in sorted(counts().items()):
            failures.add_metric([part, kind], number)
    yield failures


async def _media_stats(operations: Operations) -> Mapping[str, int] | None:
    try:
        return await operations.media_stats()
    except (MediaUnavailable, ProtocolError):
        return None


def _media_worker(stats: Mapping[str, int] | None) -> Iterator[Metric]:
    yield GaugeMetricFamily(
        "moveroom_media_worker_attached", "1 while a media worker is attached.", int(stats is not None)
    )
    for name, number in (stats or {}).items():
        if name == "peers":
            yield GaugeMetricFamily("moveroom_media_peers", "Media peers of the worker.", number)
        else:
            yield CounterMetricFamily(
                f"moveroom_media_{name}", f"Of the worker since its start: {name.replace('_', ' ')}.", number
            )
