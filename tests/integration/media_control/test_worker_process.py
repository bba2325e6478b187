"""Synthetic people meet through the real worker process, which dies, and whose web process dies."""

from __future__ import annotations

import asyncio
import os
import signal
from pathlib import Path

import pytest

from server.media.client import MediaUnavailable
from server.media.spec import Route
from tests.integration.media_control.synthetic import ROOM, Person

PATIENT_SLOTS = {"stage": "video", "stage-voice": "audio"}
STAFF_SLOTS = {"seat0": "video", "seat0-voice": "audio"}
ROUTES = [
    Route(to_peer="patient", slot="stage", from_peer="physio", source="camera"),
    Route(to_peer="patient", slot="stage-voice", from_peer="physio", source="microphone"),
    Route(to_peer="physio", slot="seat0", from_peer="patient", source="camera"),
    Route(to_peer="physio", slot="seat0-voice", from_peer="patient", source="microphone"),
]


def worker_pid() -> int:
    """The media worker among our children."""
    for children in Path("/proc/self/task").glob("*/children"):
        for pid in children.read_text().split():
            if "server.cli\0media" in Path(f"/proc/{pid}/cmdline").read_text():
                return int(pid)
    raise AssertionError("no worker runs")


def is_running(pid: int) -> bool:
    return Path(f"/proc/{pid}").exists()


@pytest.fixture
async def people():
    people = [Person("physio", STAFF_SLOTS), Person("patient", PATIENT_SLOTS)]
    yield people
    for person in people:
        await person.leave()


async def meet(people, attached) -> None:
    for person in people:
        await person.join(attached.client)
    await attached.client.set_routes(ROOM, ROUTES, ())
    for person in people:
        await attached.told(person.peer, "connected")


async def test_sound_and_picture_go_both_ways_between_synthetic_people(people, attach):
    attached = await attach()
    await attached.next_worker()
    await meet(people, attached)
    physio, patient = people
    await asyncio.gather(
        patient.receives("stage"),
        patient.receives("stage-voice"),
        physio.receives("seat0"),
        physio.receives("seat0-voice"),
    )
    forwarded = {(r.to_peer, r.slot) for r in await attached.client.forwarding(ROOM)}
    assert forwarded == {(r.to_peer, r.slot) for r in ROUTES}
    await patient.leave()
    await attached.told("patient", "closed")
    assert (await attached.client.stats())["peers"] == 1


async def test_a_killed_worker_is_back_with_another_boot_id_and_people_can_negotiate_anew(people, attach):
    attached = await attach()
    first = await attached.next_worker()
    await meet(people, attached)
    os.kill(worker_pid(), signal.SIGKILL)
    second = await attached.next_worker()
    assert second.boot != first.boot
    assert second.peers == ()
    again = [Person("physio", STAFF_SLOTS), Person("patient", PATIENT_SLOTS)]
    try:
        for person in again:
            await person.join(attached.client)
        await again[1].receives("stage")  # the routes were remembered for the new worker
    finally:
        for person in again:
            await person.leave()


async def test_a_worker_that_hangs_is_killed_and_a_fresh_one_is_there_without_anybody_acting(attach):
    attached = await attach()
    first = await attached.next_worker()
    hung = worker_pid()
    os.kill(hung, signal.SIGSTOP)
    async with asyncio.timeout(50):
        second = await attached.workers.get()
    assert second.boot != first.boot
    assert worker_pid() != hung
    assert not is_running(hung)


async def test_media_flow_on_without_a_web_process_and_the_next_one_is_told_what_there_is(people, attach):
    first = await attach()
    boot = (await first.next_worker()).boot
    await meet(people, first)
    await people[1].receives("stage")
    await first.client.close()
    with pytest.raises(MediaUnavailable):
        await first.client.stats()
    await people[1].receives("stage", frames=30)
    second = await attach()
    hello = await second.next_worker()
    assert hello.boot == boot
    assert {(s.room, s.peer, s.state) for s in hello.peers} == {
        (ROOM, "physio", "connected"),
        (ROOM, "patient", "connected"),
    }
    assert {(r.to_peer, r.slot) for r in hello.routes[ROOM]} == {(r.to_peer, r.slot) for r in ROUTES}
