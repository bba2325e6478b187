"""What it costs to serve a session's video by ranges, beside aiohttp's bare FileResponse in the same run.

Three servers in processes of their own, each charged for all its CPU time (user and system), give the same
64 MB file to the same reader in ranges of 1 MB over one connection on loopback: ours, with the whole of the
pages around it (a patient's cookie, the library, security headers), under uvloop, as the product runs; and
the reference, an application of one handler that returns `aiohttp.web.FileResponse`, nothing around it, once
under uvloop and once under asyncio's own loop, where it has sendfile(2). The better of the two is what we
are compared with. All take turns, so that a busy machine burdens them alike; medians of the rounds.

`python -m benchmarks.serve_ranges`.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import multiprocessing
import os
import socket
import statistics
import sys
import time
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import structlog
import uvloop
from aiohttp import web

from server.people.links import cookie_name
from tests.integration.pages.world import pages_world
from tests.integration.storage.databases import SetClock
from tests.unit.ondemand.recordings import add_session

FILE_BYTES = 64 * 1024 * 1024
RANGE_BYTES = 1024 * 1024
ROUNDS = 25
GB = 1e9
NAME = "sit-to-stand"


# The servers, each in a process of its own ----------------------------------------------------------------


@contextlib.asynccontextmanager
async def _ours(folder: Path) -> AsyncIterator[tuple[int, str, str]]:
    """The product's pages with the demo's people; gives port, address of the file, a patient's cookie."""
    video = add_session(folder / "recordings", NAME) / "video.mp4"
    with video.open("r+b") as file:  # a real head, then bytes
        file.truncate(FILE_BYTES)
    structlog.configure(processors=[_drop])
    async with pages_world(folder) as world, _ticking(world.clock):
        link_id = await world.link_id(world.margaret)
        jar = world.browser.session.cookie_jar
        secret = next(cookie.value for cookie in jar if cookie.key == cookie_name(link_id))
        port = world.browser.server.port
        assert port is not None
        yield port, f"/watch/{link_id}/{NAME}/video.mp4", f"{cookie_name(link_id)}={secret}"


@contextlib.asynccontextmanager
async def _ticking(clock: SetClock) -> AsyncIterator[None]:
    """Let the clock go, so that what is remembered for seconds is forgotten as it would be."""

    async def tick() -> None:
        while True:
            await asyncio.sleep(0.1)
            clock.move(seconds=0.1)

    ticking = asyncio.create_task(tick())
    try:
        yield
    finally:
        ticking.cancel()


def _drop(*_event: object) -> Any:
    raise structlog.DropEvent


@contextlib.asynccontextmanager
async def _bare(folder: Path) -> AsyncIterator[tuple[int, str, str]]:
    path = folder / "video.mp4"
    with path.open("wb") as file:
        file.truncate(FILE_BYTES)

    async def show(request: web.Request) -> web.StreamResponse:
        return web.FileResponse(path)

    app = web.Application()
    app.router.add_get("/video.mp4", show)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    yield runner.addresses[0][1], "/video.mp4", ""
    await runner.cleanup()


def _serve(kind: str, folder: str, orders: Connection) -> None:
    serve = _ours if kind == "ours" else _bare

    async def until_told() -> None:
        loop = asyncio.get_running_loop()
        told = asyncio.Event()

        def obey() -> None:
            order = orders.recv()
            if order == "stop":
                told.set()
            else:
                orders.send(time.process_time())

        async with serve(Path(folder)) as where:
            orders.send(where)
            loop.add_reader(orders.fileno(), obey)
            await told.wait()
            loop.remove_reader(orders.fileno())

    (asyncio.run if kind == "bare, asyncio" else uvloop.run)(until_told())


# The reader -----------------------------------------------------------------------------------------------


@dataclass
class _Server:
    kind: str
    process: Any
    orders: Connection
    connection: socket.socket
    head: str

    def cpu_s(self) -> float:
        self.orders.send("cpu")
        if not self.orders.poll(10):
            raise RuntimeError(f"{self.kind} does not answer")
        return float(self.orders.recv())

    def read_all(self) -> tuple[float, float]:
        """Read the file once in ranges; MB/s, and the server's CPU seconds per GB."""
        buffer = memoryview(bytearray(RANGE_BYTES))
        began_cpu_s, began_s = self.cpu_s(), time.perf_counter()
        for start in range(0, FILE_BYTES, RANGE_BYTES):
            self._read_range(start, buffer)
        spent_s = time.perf_counter() - began_s
        return FILE_BYTES / 1e6 / spent_s, (self.cpu_s() - began_cpu_s) / FILE_BYTES * GB

    def _read_range(self, start: int, buffer: memoryview) -> None:
        self.connection.sendall(self.head.format(start, start + RANGE_BYTES - 1).encode())
        came = b""
        while b"\r\n\r\n" not in came:
            came += self._more(self.connection.recv(65_536))
        head, _, body = came.partition(b"\r\n\r\n")
        if not head.startswith(b"HTTP/1.1 206"):
            raise RuntimeError(f"{self.kind} answered {head.splitlines()[0]!r}")
        received = len(body)
        while received < RANGE_BYTES:
            count = self.connection.recv_into(buffer)
            self._more(count)
            received += count
        if received != RANGE_BYTES:
            raise RuntimeError(f"{self.kind} sent {received} bytes")

    def _more(self, came: Any) -> Any:
        if not came:
            raise RuntimeError(f"{self.kind} hung up")
        return came

    def stop(self) -> None:
        self.connection.close()
        self.orders.send("stop")
        self.process.join(20)
        if self.process.is_alive():
            self.process.kill()
            self.process.join()


def _start(kind: str, folder: Path) -> _Server:
    folder.mkdir()
    ours, theirs = multiprocessing.Pipe()
    process = multiprocessing.get_context("spawn").Process(
        target=_serve, args=(kind, str(folder), theirs), daemon=True
    )
    process.start()
    if not ours.poll(60):
        raise RuntimeError(f"{kind} does not start")
    port, path, cookie = ours.recv()
    connection = socket.create_connection(("127.0.0.1", port), timeout=30)
    lines = [f"GET {path} HTTP/1.1", "Host: 127.0.0.1", "Range: bytes={}-{}"]
    lines += [f"Cookie: {cookie}"] if cookie else []
    return _Server(kind, process, ours, connection, "\r\n".join([*lines, "", ""]))


def run() -> list[dict[str, Any]]:
    """Measure; about 15 s. The figures as `benchmarks` collects them."""
    kinds = ("ours", "bare, uvloop", "bare, asyncio")
    rates: dict[str, list[float]] = {kind: [] for kind in kinds}
    costs: dict[str, list[float]] = {kind: [] for kind in kinds}
    with TemporaryDirectory(prefix="serve-ranges-") as folder, contextlib.ExitStack() as stack:
        servers = [_start(kind, Path(folder) / str(number)) for number, kind in enumerate(kinds)]
        for server in servers:
            stack.callback(server.stop)
            server.read_all()  # into the page cache
        for _ in range(ROUNDS):
            for server in servers:
                rate, cost = server.read_all()
                rates[server.kind].append(rate)
                costs[server.kind].append(cost)
    rate = {kind: statistics.median(values) for kind, values in rates.items()}
    cost = {kind: statistics.median(values) for kind, values in costs.items()}
    for kind in kinds:
        print(f"serve_ranges: {kind}: {rate[kind]:.0f} MB/s, {cost[kind]:.2f} CPU s per GB")
    references: tuple[tuple[str, str, dict[str, float], Callable[..., float]], ...] = (
        ("serve_ranges_mb_per_s", "MB/s", rate, max),
        ("serve_ranges_cpu_s_per_gb", "s/GB", cost, min),
    )
    figures = []
    for name, unit, values, better in references:
        reference = better(values["bare, uvloop"], values["bare, asyncio"])
        figures.append(
            {
                "name": name,
                "value": round(values["ours"], 3),
                "unit": unit,
                "reference": round(reference, 3),
                "ratio": round(values["ours"] / reference, 3),
            }
        )
    return figures


if __name__ == "__main__":
    print(f"load {os.getloadavg()[0]:.1f}", file=sys.stderr)
    print(json.dumps(run(), indent=2))
