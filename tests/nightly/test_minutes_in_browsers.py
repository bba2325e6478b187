"""A class of minutes in real browsers: pictures never stop, and no console holds an error."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path

import pytest
from playwright.async_api import Page

from tests.e2e.browser import chromium, grows, slots
from tests.e2e.service import demo_service
from tests.e2e.test_first_class import assert_pictures, start_class
from tests.nightly.scale import scaled
from tests.synthetic.processes import usage

CLASS_S, LOOK_EVERY_S = 180, 10
READ_PLAY = """
async () => {
  const pc = window.connections.findLast((one) => one.connectionState !== 'closed');
  const read = {freezes: 0, frozen_s: 0, concealed: 0, samples: 0, frames: 0, dropped: 0, lost: 0, nacks: 0};
  for (const one of (await pc.getStats()).values()) {
    if (one.type !== 'inbound-rtp') continue;
    read.lost += one.packetsLost ?? 0;
    read.nacks += one.nackCount ?? 0;
    read.freezes += one.freezeCount ?? 0;
    read.frozen_s += one.totalFreezesDuration ?? 0;
    read.frames += one.framesDecoded ?? 0;
    read.dropped += one.framesDropped ?? 0;
    read.concealed += one.concealedSamples ?? 0;
    read.samples += one.totalSamplesReceived ?? 0;
  }
  return read;
}
"""


async def shown(page: Page, what: list[str]) -> dict[str, float]:
    """How many frames were decoded in each of these slots."""
    read = await slots(page)
    return {slot: read[slot]["frames"] for slot in what}


@pytest.mark.nightly
@pytest.mark.browser
@pytest.mark.timeout(600)
async def test_pictures_never_stop_in_a_class_of_minutes(tmp_path: Path, figure):
    errors: list[str] = []
    async with demo_service(tmp_path) as service, chromium() as browser:
        physio, patients = await start_class(browser, service, 2)
        for page in (physio, *patients):
            page.on("console", lambda said: errors.append(said.text) if said.type == "error" else None)
            page.on("pageerror", lambda error: errors.append(str(error)))
        await assert_pictures(physio, patients)
        await patients[0].get_by_role("button", name="Unmute").click()
        await grows(patients[1], "voice0", "energy")
        await grows(physio, "seat0-voice", "energy")
        wanted = [(physio, ["seat0", "seat1"]), *((page, ["stage"]) for page in patients)]

        class_s, loop = scaled(CLASS_S, 15), asyncio.get_running_loop()
        began = loop.time()
        worker, plays = usage(service.child("media")), [await page.evaluate(READ_PLAY) for page, _ in wanted]
        frames = [await shown(page, what) for page, what in wanted]
        while loop.time() - began < class_s:
            await asyncio.sleep(LOOK_EVERY_S)
            for at, (page, what) in enumerate(wanted):
                now = await shown(page, what)
                stopped = [slot for slot in what if now[slot] <= frames[at][slot]]
                assert not stopped, f"no frame in {stopped} for {LOOK_EVERY_S} s"
                frames[at] = now
        took_s = loop.time() - began
        now_used = usage(service.child("media"))
        for (page, _), name, before in zip(wanted, ("physio", "patient0", "patient1"), plays, strict=True):
            after = await page.evaluate(READ_PLAY)
            read = {key: after[key] - before[key] for key in after}
            figure(
                f"browser_{name}",
                seconds=round(took_s),
                frames=read["frames"],
                frames_dropped=read["dropped"],
                freezes=read["freezes"],
                frozen_s=round(read["frozen_s"], 2),
                concealed_percent=round(100 * read["concealed"] / max(1, read["samples"]), 3),
                packets_lost=read["lost"],
                nacks=read["nacks"],
            )
        figure(
            "browser_class",
            cores=os.cpu_count(),
            worker_cpu_percent=round(100 * (now_used.cpu_s - worker.cpu_s) / took_s, 1),
            console_errors=len(errors),
        )
    assert errors == []
