"""A patient on bad networks, in a browser behind the lab's relay: pictures go, sound stays, all comes back.

Short, and generous with time; `make nightly` has whole minutes and the limits.
"""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from playwright.async_api import expect

from tests.e2e.browser import grows, slots, until
from tests.e2e.class_page import LONG_MS
from tests.lab import runs
from tests.lab.classroom import classroom
from tests.lab.watch import play_since, read

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]

LOSSY_S = 6


async def test_a_patient_on_bad_networks(tmp_path: Path):
    async with classroom(tmp_path, workers=2) as room:
        net, patient = room.net, room.patient

        # A tenth of everybody's packets is lost, both ways: what is lost is sent again, the picture moves.
        before = await read(patient)
        await net.set("all", both={"loss": 0.1})
        await asyncio.sleep(LOSSY_S)
        play = await play_since(patient, before)
        assert play.resent > 0, "nothing was sent again"
        assert play.frames > LOSSY_S
        await grows(patient, "stage", "frames")
        await net.set("all", both={"loss": 0})

        # Another address, as a NAT gives one: the connection goes on.
        made = await room.connections(patient)
        assert await net.rebind(await room.line(patient)) >= 1
        await grows(patient, "stage-voice", "packets")
        await grows(patient, "stage", "frames")
        assert await room.connections(patient) == made, "it was negotiated anew"

        # Too little for the high layer, then for any picture: the low one, then sound alone, and it is said.
        await room.set_line(patient, down={"kbps": 300})

        async def is_low() -> bool:
            return 0 < (await slots(patient)).get("stage", {}).get("width", 0) <= 320

        await until(is_low, "the low layer", 40)
        await room.set_line(patient, down={"kbps": 100})
        words = patient.get_by_text(runs.SOUND_ONLY_WORDS).first
        await expect(words).to_be_visible(timeout=LONG_MS)
        await grows(patient, "stage-voice", "packets")

        # Enough again: it comes back by itself.
        await room.set_line(patient, down={"kbps": None})
        await expect(words).to_be_hidden(timeout=60_000)
        await grows(patient, "stage", "frames")

        # The class's media worker is killed: everybody is on another.
        made = await room.connections(patient)
        await room.service.kill("media", await room.worker())
        await until(lambda: runs.has_a_new_connection(room, made), "another connection", 60)
        await grows(patient, "stage", "frames", 60)

        # A network that blocks UDP.
        came = await runs.with_udp_blocked(room)
        assert came["tcp_flows"] == 1
        assert came["first_frame_s"] < 20
