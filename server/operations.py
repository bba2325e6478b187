"""For those who run the server: is it alive, is it ready, and what does it count.

`/healthz` and `/readyz` answer anybody; `/metrics` (Prometheus text format) answers this machine only, where
the scraper stands. Nothing here names a person or an address; classes are told by their ids.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from ipaddress import ip_address

import structlog
from aiohttp import web
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, ProcessCollector, generate_latest
from prometheus_client.metrics_core import GaugeMetricFamily, Metric
from sqlalchemy import text
from yarl import URL

from server import figures
from server.figures import Counts
from server.media.pool import MediaPool
from server.pages.access import anybody
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


@dataclass(slots=True)
class Operations:
    """What the answers are made of. `failures`: by part, counts of what went wrong."""

    database: Database
    rooms: Rooms
    media: MediaPool
    failures: dict[str, Counts] = field(default_factory=dict)
    http_counts: Counter[str] = field(default_factory=Counter)
    """Requests that no handler saw (see `server.http_parsing`)."""
    connections: Callable[[], int] | None = None
    """How many browsers and others are connected; None while nobody is served."""


def add_operations(app: web.Application, operations: Operations) -> None:
    """Add the three routes."""
    registry = CollectorRegistry(auto_describe=False)
    ProcessCollector(registry=registry)

    @anybody
    async def healthz(request: web.Request) -> web.Response:
        return web.json_response({"ok": True})

    @anybody
    async def readyz(request: web.Request) -> web.Response:
        storage = await _database_answers(operations.database)
        media = operations.media.is_ready
        writes = operations.database.trouble.fault is None
        ok = storage and writes and media
        return web.json_response(
            {"ok": ok, "storage": storage, "writes": writes, "media": media}, status=200 if ok else 503
        )

    @anybody
    async def metrics(request: web.Request) -> web.Response:
        if not _from_this_machine(request):
            raise web.HTTPNotFound
        media = operations.media
        families = [
            *_web_process(operations),
            *figures.of_workers(await media.readings(), media.moves),
            *figures.of_classes(operations.rooms.open_classes(), media.worker_of),
        ]
        body = generate_latest(registry) + generate_latest(figures.Gathered(families))
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


def _web_process(operations: Operations) -> Iterator[Metric]:
    yield from figures.of_rooms(operations.rooms)
    if operations.connections is not None:
        yield GaugeMetricFamily(
            "moveroom_connections", "Open HTTP connections, sockets among them.", operations.connections()
        )
    yield GaugeMetricFamily(
        "moveroom_storage_writes",
        "1 while writing to the database works, 0 from a write that fails until one succeeds.",
        int(operations.database.trouble.fault is None),
    )
    yield figures.of_failures(operations.failures)
