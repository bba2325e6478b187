"""Hundreds of patients come and go, with media, through the whole service: nothing stays behind."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path

import pytest

from server.media.channel import socket_path
from server.media.client import MediaClient
from server.media.spec import WorkerHello
from tests.e2e.browser import until
from tests.e2e.service import DemoService, demo_service
from tests.nightly.scale import SCALE, scaled_count
from tests.synthetic.client import VP8, picture, rtp
from tests.synthetic.media_person import OFFERED_IDS, negotiate_media
from tests.synthetic.person import Person
from tests.synthetic.processes import Usage, usage
from tests.synthetic.traffic import Counting

VISITS, WARM_UP_VISITS = 200, 20
AT_ONCE = 3
MOST_GROWTH_MB = 10.0
"""Of either process over 200 visits: 50 KiB for each would be a leak of a peer."""
FRAME_S = 0.05
PICTURE_SSRC = 4000


async def present(client: Counting) -> None:
    """Send a small picture, all of it key frames, and keep up consent, for ever."""
    mid, rid = OFFERED_IDS.mid, OFFERED_IDS.rid
    assert mid is not None
    assert rid is not None
    number = 0
    while True:
        number += 1
        client.send_rtp(
            rtp(
                payload_type=VP8, number=number, timestamp=number * 4500, ssrc=PICTURE_SSRC, marker=True,
                payload=picture(key=True, picture_id=number, tl0=number), extensions={mid: b"1", rid: b"l"},
            )
        )  # fmt: skip
        if number % 40 == 1:
            client.check()
        await asyncio.sleep(FRAME_S)


async def visit(patient: Person, staff: Person) -> None:
    """Come by the link, wait, be let in, see the physio, and leave."""
    await patient.open_link()
    await patient.come_in()
    client = await negotiate_media(patient, "patient")
    admitted = await staff.ask("person:admit", {"person": patient.id})
    assert admitted.refused is None, admitted.ack
    await client.until(lambda: any(tally.received > 2 for tally in client.tallies.values()), 20)
    assert (await patient.leave()).ack["ok"]
    await client.close()
    await patient.close()


async def visits(service: DemoService, staff: list[Person], count: int) -> None:
    """So many visits, some at the same time. Staff admit in turns: one socket may ask 10 times a second."""
    for first in range(0, count, AT_ONCE):
        patients = [Person(service.patients[(first + n) % 12]) for n in range(min(AT_ONCE, count - first))]
        await asyncio.gather(*(visit(patient, staff[n % len(staff)]) for n, patient in enumerate(patients)))


async def peers_of(folder: Path) -> WorkerHello:
    """What the worker has, from the worker itself."""
    channel = MediaClient(socket_path(folder), on_notice=lambda _: None, on_worker=lambda _: None)
    await channel.start()
    try:
        return await asyncio.wait_for(channel.wait_attached(), 10)
    finally:
        await channel.close()


def use(service: DemoService) -> dict[str, Usage]:
    return {child: usage(service.child(child)) for child in ("web", "media")}


@pytest.mark.nightly
@pytest.mark.timeout(900)
async def test_nothing_stays_behind_of_those_who_came_and_left(tmp_path: Path, figure):
    async with demo_service(tmp_path) as service:
        physio, helper = staff = [Person(service.physio), Person(service.helper)]
        for person in staff:
            await person.open_link()
            await person.come_in()
        media = await negotiate_media(physio, "staff")
        presenting = asyncio.create_task(present(media))
        await visits(service, staff, WARM_UP_VISITS)
        before, began, count = use(service), time.monotonic(), scaled_count(VISITS, least=AT_ONCE)
        await visits(service, staff, count)
        took_s = time.monotonic() - began
        await physio.until(lambda: physio.view is not None and physio.view.plain["here"] == 2)
        assert physio.view is not None
        assert list(physio.view.plain["people"]) == [helper.id], "the room shows people who have left"
        await physio.until(lambda: physio.view is not None and physio.view.plain["slots"] == {})

        async def closed() -> bool:
            now = use(service)
            return all(now[child].sockets <= before[child].sockets for child in now)

        await until(closed, "the sockets of those who left to be closed", within_s=10)
        after = use(service)
        hello = await peers_of(tmp_path / "state")
        growth = {child: after[child].rss_mb - before[child].rss_mb for child in after}
        figure(
            "joins_and_leaves",
            visits=count,
            seconds=round(took_s),
            visits_per_s=round(count / took_s, 1),
            worker_peers_left=len(hello.peers) - 1,
            web_growth_mb=round(growth["web"], 2),
            media_growth_mb=round(growth["media"], 2),
            web_descriptors=f"{before['web'].descriptors}->{after['web'].descriptors}",
            media_descriptors=f"{before['media'].descriptors}->{after['media'].descriptors}",
            web_sockets=f"{before['web'].sockets}->{after['web'].sockets}",
        )
        assert [each.peer for each in hello.peers] == [media.name]
        assert hello.routes.get(hello.peers[0].room, ()) == ()
        for child in after:
            assert after[child].descriptors <= before[child].descriptors + 1, child
            assert growth[child] < MOST_GROWTH_MB * max(1, SCALE), child
        presenting.cancel()
        await asyncio.gather(presenting, return_exceptions=True)
        await media.close()
        for person in staff:
            await person.close()
