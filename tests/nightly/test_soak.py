"""A full class for minutes through a real worker: nothing is lost, and the worker does not grow."""

from __future__ import annotations

from pathlib import Path

import pytest

from server.media.spec import Route
from tests.nightly.scale import scaled
from tests.synthetic.client import camera, microphone, picture_slot, voice_slot
from tests.synthetic.processes import usage
from tests.synthetic.traffic import Counting, Layer, Sender, run_traffic
from tests.synthetic.worker import media_worker

PATIENTS = 16
SOAK_S, WARM_UP_S = 180, 20
MOST_LOST = 0.0001
MOST_GROWTH_MB = 20
VOICE, STAGE, STAGE_VOICE = 1000, 5000, 6000
PRESENTED = (Layer("l", 2000, 1, 740), Layer("m", 2100, 3, 825), Layer("h", 2200, 7, 1060))
"""150, 500 and 1,500 kbit/s at 25 frames a second."""


def own_picture(patient: int) -> tuple[Layer, ...]:
    """120 and 400 kbit/s at 20 frames a second."""
    return Layer("l", 3000 + 10 * patient, 1, 740), Layer("h", 3001 + 10 * patient, 3, 825)


@pytest.mark.nightly
@pytest.mark.timeout(600)
async def test_a_full_class_loses_nothing_and_the_worker_does_not_grow(tmp_path: Path, figure):
    async with media_worker(tmp_path) as worker:
        physio = Counting(
            "physio",
            sources=[microphone(VOICE), camera("l", "m", "h")],
            slots=[picture_slot(f"seat{n}", 7000 + 10 * n) for n in range(PATIENTS)],
        )
        patients = [
            Counting(
                f"patient{n}",
                sources=[camera("l", "h")],
                slots=[picture_slot("stage", STAGE), voice_slot("stage-voice", STAGE_VOICE)],
            )
            for n in range(PATIENTS)
        ]
        clients = [physio, *patients]
        for client in clients:
            await worker.admit(client)
        await worker.channel.set_routes("room", [route for n in range(PATIENTS) for route in routes_of(n)])
        senders = [
            Sender(physio, 25, layers=PRESENTED),
            Sender(physio, 50, voice=VOICE),
            *(
                Sender(patient, 20, layers=own_picture(n), at_s=n / 20 / PATIENTS)
                for n, patient in enumerate(patients)
            ),
        ]
        await run_traffic(senders, clients, scaled(WARM_UP_S, 5))

        before, counted = usage(worker.process.pid), await worker.channel.stats()
        for client in clients:
            client.begin_anew()
        soak_s = scaled(SOAK_S, 5)
        await run_traffic(senders, clients, soak_s)
        after, counts = usage(worker.process.pid), await worker.channel.stats()

        tallies = [tally for client in clients for tally in client.tallies.values()]
        received = sum(tally.received for tally in tallies)
        missing, late = (sum(getattr(tally, what) for tally in tallies) for what in ("missing", "late"))
        growth_mb = after.rss_mb - before.rss_mb
        figure(
            "soak",
            seconds=round(soak_s),
            packets_received=received,
            packets_per_s=round(received / soak_s),
            missing=missing,
            late_or_twice=late,
            rss_mb=round(after.rss_mb, 1),
            growth_mb=round(growth_mb, 2),
            cpu_percent=round(100 * (after.cpu_s - before.cpu_s) / soak_s, 1),
            us_per_packet_out=round(
                1e6 * (after.cpu_s - before.cpu_s) / (counts["rtp_out"] - counted["rtp_out"]), 1
            ),
            switches=counts["switches"] - counted["switches"],
        )
        assert len(physio.tallies) == PATIENTS, "not every patient's picture reached the physio"
        assert all(patient.tallies.keys() == {STAGE, STAGE_VOICE} for patient in patients)
        assert all(tally.received > 15 * soak_s for tally in tallies)
        assert missing + late <= MOST_LOST * received
        assert growth_mb < MOST_GROWTH_MB
        assert after.descriptors == before.descriptors
        assert counts["failures"] == counts["send_failed"] == counts["send_refused"] == 0
        assert worker.lost() == []
        for client in clients:
            await client.close()


def routes_of(patient: int) -> list[Route]:
    return [
        Route(to_peer=f"patient{patient}", slot="stage", from_peer="physio", source="camera"),
        Route(to_peer=f"patient{patient}", slot="stage-voice", from_peer="physio", source="microphone"),
        Route(to_peer="physio", slot=f"seat{patient}", from_peer=f"patient{patient}", source="camera"),
    ]
