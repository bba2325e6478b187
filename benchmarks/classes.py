"""What whole classes cost a media worker, how many it carries, and what joining costs.

All of the worker is on: layers chosen by bandwidth, loss repair, levels of voices, line reports.
The floor is that of `benchmarks.forward`, of the same run. mediasoup's figures (11.2 µs a packet at 16,400
packets/s, 7.7 µs at 49,000) were measured on the reference machine at another time: they stand beside ours.
"""

from __future__ import annotations

import asyncio
import json
import statistics
import tempfile
import time
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import Any

import uvloop

from benchmarks.forward import GOAL_RATIO, Floor, awake
from benchmarks.load import LoadedClass, Measured, all_to_all, measure, one_to_sixteen, topology
from tests.synthetic.client import Client, camera, microphone, picture_slot, voice_slot
from tests.synthetic.processes import usage
from tests.synthetic.worker import Worker, media_worker

MEDIASOUP_US = {1: 11.2, 3: 7.7}
"""CPU per forwarded packet by number of classes, one presenter to sixteen."""
EQUAL_WORK_PACKETS_PER_S = 1025
RUN_S = 6.0
LONGEST_DELAY_MS = 15.0
MOST_CLASSES = 32
BEHIND_MS = 40.0
"""When the load itself comes this late, the machine has no more to give to it."""
JOINS, MEMORY_JOINS, AT_ONCE = 200, 1000, 8
THOUSANDS = 6
"""Memory that is kept for later grows at first; what goes on growing is seen in the last thousand."""


async def _alone(classes: list[LoadedClass], seconds: float = RUN_S) -> Measured:
    """A worker with these classes and nothing else."""
    with tempfile.TemporaryDirectory() as folder:
        async with media_worker(Path(folder)) as worker:
            for each in classes:
                await each.open(worker)
            measured = await measure(worker, classes, seconds)
            for each in classes:
                await each.close()
    return measured


def _line(what: str, measured: Measured) -> None:
    print(
        f"  {what}: {measured.packets_per_s:.0f} packets/s out, {measured.us_per_packet:.2f} µs each,"
        f" {measured.cpu_percent:.1f}% of a core, {measured.rss_mb:.0f} MB, lost {measured.lost},"
        f" delay p50 {measured.delay_p50_ms:.2f} p99 {measured.delay_p99_ms:.2f} ms"
        + (f" (load late by up to {measured.behind_ms:.0f} ms)" if measured.behind_ms > 10 else "")
    )


async def _most_classes() -> tuple[int, str]:
    """How many classes of 17 one worker carries without loss, p99 of the delay under 15 ms; and the limit."""
    carried, limit = 0, f"the benchmark ends at {MOST_CLASSES}"
    with tempfile.TemporaryDirectory() as folder:
        async with media_worker(Path(folder)) as worker:
            classes: list[LoadedClass] = []
            for wanted in (1, 2, 4, 6, 8, 10, 12, 14, 16, 20, 24, 28, MOST_CLASSES):
                while len(classes) < wanted:
                    classes.append(topology(f"room{len(classes)}", 16))
                    await classes[-1].open(worker)
                measured = await measure(worker, classes, RUN_S, warm_up_s=4.0)
                _line(f"{wanted} classes of 17", measured)
                if measured.lost or measured.delay_p99_ms >= LONGEST_DELAY_MS:
                    limit = (
                        "the load generator, which shares the two cores"
                        if measured.behind_ms > BEHIND_MS
                        else f"lost {measured.lost}, delay p99 {measured.delay_p99_ms:.1f} ms"
                    )
                    break
                carried = wanted
            for each in classes:
                await each.close()
    return carried, limit


def _visitor(n: int) -> Client:
    return Client(
        f"visitor{n}",
        keep=False,
        sources=[microphone(1000), camera("l", "h")],
        slots=[picture_slot("stage", 5000), voice_slot("stage-voice", 6000)],
    )


async def _visits(worker: Worker, first: int, count: int) -> float:
    """So many join and leave, a few at once; return the seconds it took."""
    began = time.monotonic()

    async def visit(n: int) -> None:
        client = _visitor(n)
        await worker.admit(client)
        await client.close()

    for start in range(first, first + count, AT_ONCE):
        await asyncio.gather(*(visit(n) for n in range(start, min(start + AT_ONCE, first + count))))
    return time.monotonic() - began


async def _joining() -> list[dict[str, Any]]:
    with tempfile.TemporaryDirectory() as folder:
        async with media_worker(Path(folder)) as worker:
            await _visits(worker, 0, JOINS)
            before = usage(worker.process.pid)
            took_s = await _visits(worker, JOINS, JOINS)
            middle = usage(worker.process.pid)
            cpu_ms = 1000 * (middle.cpu_s - before.cpu_s) / JOINS
            rss_mb = [middle.rss_mb]
            for thousand in range(THOUSANDS):
                await _visits(worker, 2 * JOINS + thousand * MEMORY_JOINS, MEMORY_JOINS)
                rss_mb.append(usage(worker.process.pid).rss_mb)
            left = (await worker.channel.stats())["peers"]
    grew_mb = [later - earlier for earlier, later in pairwise(rss_mb)]
    print(
        f"  joins: {JOINS / took_s:.0f}/s with their clients beside, {cpu_ms:.1f} ms of worker CPU each;"
        f" {THOUSANDS} times {MEMORY_JOINS} more: grew {', '.join(f'{mb:.2f}' for mb in grew_mb)} MB,"
        f" {left} peers left"
    )
    return [
        _figure("join_cpu_ms", cpu_ms, "ms", 1000 * took_s / JOINS),
        _figure("memory_growth_over_1000_joins_mb", grew_mb[-1], "MB", rss_mb[0]),
    ]


def _figure(name: str, value: float, unit: str, reference: float) -> dict[str, Any]:
    return {
        "name": name,
        "value": round(value, 3),
        "unit": unit,
        "reference": round(reference, 3),
        "ratio": round(value / reference, 3) if reference else 0.0,
    }


def run() -> list[dict[str, Any]]:
    """Measure; about four minutes. The figures as `benchmarks` collects them."""
    floor, floors = Floor(), []
    figures: list[dict[str, Any]] = []

    def measured(what: str, make: Callable[[], list[LoadedClass]]) -> Measured:
        async def alone() -> Measured:
            return await _alone(make())

        result = uvloop.run(alone())
        floors.append(floor.run())
        _line(what, result)
        return result

    with awake():
        floor.run()
        for count, theirs in MEDIASOUP_US.items():
            result = measured(
                f"{count} presenter(s), each to 16",
                lambda count=count: [
                    one_to_sixteen(f"room{n}", EQUAL_WORK_PACKETS_PER_S) for n in range(count)
                ],
            )
            figures.append(_figure(f"equal_work_{count}_us_per_packet", result.us_per_packet, "µs", theirs))
        for patients in (4, 8, 16):
            result = measured(
                f"class of {patients + 1}",
                lambda patients=patients: [topology("room", patients)],
            )
            figures.append(
                _figure(
                    f"class_of_{patients + 1}_us_per_packet",
                    result.us_per_packet,
                    "µs",
                    statistics.median(floors),
                )
            )
        figures += [
            _figure("class_of_17_cpu_percent", result.cpu_percent, "%", 100),
            _figure("class_of_17_mb", result.rss_mb, "MB", 106),
        ]
        result = measured("all to all, 17", lambda: [all_to_all("room", 17)])
        figures.append(
            _figure("all_to_all_17_us_per_packet", result.us_per_packet, "µs", statistics.median(floors))
        )
        figures.append(_figure("all_to_all_17_cpu_percent", result.cpu_percent, "%", 25))
        carried, limit = uvloop.run(_most_classes())
        print(f"  one worker carries {carried} classes of 17; beyond: {limit}")
        figures.append(_figure("classes_of_17_per_worker", carried, "", MOST_CLASSES))
        figures += uvloop.run(_joining())
    floor.close()
    print(f"  floors of {min(floors):.2f} to {max(floors):.2f} µs; goal: {GOAL_RATIO} × the floor")
    return figures


if __name__ == "__main__":
    print(json.dumps(run(), indent=2, ensure_ascii=False))
