"""What must hold on bad networks, each as a run in a classroom that gives its figures.

A picture is judged in the patient's Chromium, the presenter's is real too; all lines have 80 ms round trip.
"both ways" is meant for everyone: the presenter's line loses as much as the patient's.
"""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import Awaitable, Callable
from typing import Any

from playwright.async_api import Page, expect

from tests.e2e.browser import grows, until
from tests.lab.classroom import Classroom
from tests.lab.crowd import Crowd
from tests.lab.watch import (
    SOUND_GAP_MS,
    new_picture_ms,
    next_frame_ms,
    play_since,
    read,
    seen,
    sound_back_ms,
)

SOUND_ONLY_WORDS = re.compile("The picture will come back")
HIGH, LOW = 720, 180
HIGH_AGAIN_S = 90.0
"""Rises that earlier losses took back may have cost the line a pause of up to a minute (`probing`)."""
SETTLE_S = 3.0
"""For the presenter's encoder, which is on the same machine, to run evenly."""


def now_ms() -> float:
    """Wall-clock milliseconds, as the pages have them."""
    return time.time() * 1000


async def on_lossy_lines(room: Classroom, seconds: float, **conditions: float) -> dict[str, Any]:
    """Everyone's lines lose so much, both ways, for so long, once class is under way at the high layer."""
    await until(lambda: _is_shown(room.patient, HIGH), "the high layer before the losses", HIGH_AGAIN_S)
    await asyncio.sleep(SETTLE_S)
    await room.net.set("all", both=conditions)
    try:
        before = await read(room.patient)
        await asyncio.sleep(seconds)
        play = await play_since(room.patient, before)
    finally:
        await room.all_well()
    return play.figures()


async def on_a_narrow_line(
    room: Classroom, *, wide_kbps: float, narrow_kbps: float, seconds: float, up_again_s: float = 40
) -> dict[str, Any]:
    """The patient's down-link goes from wide to narrow for so long, and back."""
    await room.set_line(room.patient, down={"kbps": wide_kbps})
    await until(lambda: _is_shown(room.patient, HIGH), "the high layer before the cut", HIGH_AGAIN_S)
    await room.set_line(room.patient, down={"kbps": narrow_kbps})
    cut_ms, before = now_ms(), await read(room.patient)
    try:
        low_ms = await _when(room.patient, lambda height: 0 < height <= LOW, cut_ms, seconds)
        settled = await read(room.patient)
        await asyncio.sleep(max(0.0, seconds - (now_ms() - cut_ms) / 1000))
        play, steady = await play_since(room.patient, before), await play_since(room.patient, settled)
        counts = (await room.net.line_of(await room.line(room.patient)))["down"]
        await room.set_line(room.patient, down={"kbps": wide_kbps})
        back_ms = now_ms()
        high_ms = await _when(room.patient, lambda height: height >= HIGH, back_ms, up_again_s)
    finally:
        await room.all_well()
    heights = [
        (round((at - cut_ms) / 1000, 1), height) for at, height in (await seen(room.patient))["heights"]
    ]
    return play.figures() | {
        "low_after_s": _s(low_ms, cut_ms),
        "high_after_s": _s(high_ms, back_ms),
        "steady_dark_s": round(steady.dark_s, 1),
        "steady_switches_a_minute": round(60 * steady.switches / steady.seconds, 2),
        "steady_concealed_percent": round(steady.concealed_percent, 2),
        "steady_frozen_percent": round(steady.frozen_percent, 2),
        "dropped_by_queue": counts.get("queue_full", 0),
        "heights": [(at, height) for at, height in heights if at > 0],
    }


async def with_sound_only(
    room: Classroom, *, kbps: float, seconds: float, up_again_s: float = 40
) -> dict[str, Any]:
    """The patient's down-link is too narrow for any picture: the page says so; then it is wide again."""
    words = room.patient.get_by_text(SOUND_ONLY_WORDS).first
    await room.set_line(room.patient, down={"kbps": kbps})
    cut_ms, before = now_ms(), await read(room.patient)
    try:
        await expect(words).to_be_visible(timeout=seconds * 1000)
        said_ms = now_ms()
        settled = await read(room.patient)
        await asyncio.sleep(max(1.0, seconds - (now_ms() - cut_ms) / 1000))
        play, steady = await play_since(room.patient, before), await play_since(room.patient, settled)
        await room.set_line(room.patient, down={"kbps": None})
        back_ms = now_ms()
        await expect(words).to_be_hidden(timeout=up_again_s * 1000)
        unsaid_ms = now_ms()
        shown_ms = await _eventually(lambda: next_frame_ms(room.patient, back_ms), up_again_s)
    finally:
        await room.all_well()
    return {
        "seconds": round(play.seconds, 1),
        "said_after_s": _s(said_ms, cut_ms),
        "concealed_percent": round(play.concealed_percent, 2),
        "steady_concealed_percent": round(steady.concealed_percent, 2),
        "steady_frames": steady.frames,
        "picture_after_s": _s(shown_ms, back_ms),
        "words_gone_after_s": _s(unsaid_ms, back_ms),
    }


async def with_another_address(room: Classroom, of: str, times: int = 3) -> dict[str, Any]:
    """A NAT gives the flow of the patient, or the physio, another outside port: when is sound back?"""
    took_s: list[float | None] = []
    for _ in range(times):
        line = await room.line(room.patient if of == "patient" else room.physio)
        moved_ms = now_ms()
        assert await room.net.rebind(line) >= 1
        back_ms = await _sound_back(room, moved_ms)
        took_s.append(_s(back_ms, moved_ms))
        await asyncio.sleep(2)
    return {"of": of, "sound_back_s": took_s}


async def _sound_back(room: Classroom, moved_ms: float, within_s: float = 20) -> float | None:
    """When packets of sound came again; if they never stopped for longer than is noticed, that much later."""

    async def back() -> float | None:
        shown = await seen(room.patient)
        last_from, last_to = shown["sound"][-1]
        if last_from > moved_ms:
            return await sound_back_ms(room.patient, moved_ms)
        return moved_ms + SOUND_GAP_MS if last_to > moved_ms + 3000 else None

    return await _eventually(back, within_s)


async def when_the_worker_is_killed(room: Classroom) -> dict[str, Any]:
    """kill -9 of the class's media worker."""
    worker = await room.worker()
    killed_ms = now_ms()
    await room.service.kill("media", worker)
    picture_ms = await _eventually(lambda: new_picture_ms(room.patient, killed_ms), 30)
    sound_ms = await _eventually(lambda: sound_back_ms(room.patient, killed_ms), 30)
    return {"picture_back_s": _s(picture_ms, killed_ms), "sound_back_s": _s(sound_ms, killed_ms)}


async def with_udp_blocked(room: Classroom) -> dict[str, Any]:
    """A patient comes (back) in from a network that blocks UDP."""
    await room.net.set("new", both={"udp_blocked": True})
    try:
        first_frame_ms = await rejoined(room)
        line = await room.net.line_of(await room.line(room.patient))
    finally:
        await room.net.set("new", both={"udp_blocked": False})
    return {
        "first_frame_s": round(first_frame_ms / 1000, 2),
        "tcp_flows": line["tcp_flows"],
        "udp_blocked_pkts": line["up"].get("blocked", 0),
    }


async def rejoined(room: Classroom) -> float:
    """The patient's tab is closed and opened anew: ms from pressing Join to the first frame shown."""
    await room.patient.close()
    room.patient = page = await room.patient_context.new_page()
    await page.goto(room.service.patients[0])
    pressed_ms = now_ms()
    await page.get_by_role("button", name="Join class").click()
    shown_ms = await _eventually(lambda: next_frame_ms(page, pressed_ms), 30)
    assert shown_ms is not None, "no first frame within 30 s"
    return shown_ms - pressed_ms


async def with_ice_restarted(room: Classroom) -> dict[str, Any]:
    """The patient's device says that it is on another network: fresh credentials, the same connection."""
    before, line = await read(room.patient), await room.line(room.patient)
    made = await room.connections(room.patient)
    asked_ms = now_ms()
    await room.patient.evaluate("window.dispatchEvent(new Event('online'))")
    await until(lambda: has_another_line(room, line), "fresh credentials", 20)
    restarted_ms = now_ms()
    await grows(room.patient, "stage", "frames")
    await asyncio.sleep(5)
    play = await play_since(room.patient, before)
    return {
        "restarted_after_s": _s(restarted_ms, asked_ms),
        "new_connections": await room.connections(room.patient) - made,
        "frozen_percent": round(play.frozen_percent, 2),
        "concealed_percent": round(play.concealed_percent, 2),
        "longest_gap_ms": round(play.longest_gap_ms),
    }


async def has_another_line(room: Classroom, before: str) -> bool:
    """Whether the patient has other ICE credentials than before: restarted, or on a new connection."""
    return await room.line(room.patient) != before


CONNECTED = """
(made) => {
  const at = window.connections?.findLastIndex((one) => one.connectionState !== 'closed') ?? -1;
  return at >= made && window.connections[at].connectionState === 'connected';
}
"""


async def has_a_new_connection(room: Classroom, made: int) -> bool:
    """Whether the patient is connected by a later one than the first so many she has made."""
    return bool(await room.patient.evaluate(CONNECTED, made))


async def with_a_crowd(room: Classroom, crowd: Crowd) -> dict[str, Any]:
    """All of a crowd and the patient's Chromium join within a second; what the presenter was asked for."""
    await room.patient.close()
    before = await _key_frames_asked(room.physio)
    joining = asyncio.create_task(crowd.join_within(1.0))
    first_frame_ms = await rejoined(room)
    took_s = await joining
    served = await crowd.served(10)
    after = await _key_frames_asked(room.physio)
    return {
        "synthetic": crowd.size,
        "joined_within_s": round(took_s, 2),
        "synthetic_served": served,
        "first_frame_s": round(first_frame_ms / 1000, 2),
        "pli_by_layer": {rid: asked - before.get(rid, 0) for rid, asked in after.items()},
    }


KEY_FRAMES_ASKED = """
async () => {
  const pc = window.connections?.findLast((one) => one.connectionState !== 'closed');
  const asked = {};
  if (!pc) return asked;
  for (const one of (await pc.getStats()).values())
    if (one.type === 'outbound-rtp' && one.kind === 'video') asked[one.rid] = one.pliCount + one.firCount;
  return asked;
}
"""


async def _key_frames_asked(presenter: Page) -> dict[str, int]:
    """By layer, how often the presenter was asked for a key frame since its connection began."""
    return dict(await presenter.evaluate(KEY_FRAMES_ASKED))


async def _is_shown(page: Page, height: int) -> bool:
    heights = (await seen(page))["heights"]
    return bool(heights) and heights[-1][1] >= height


async def _when(
    page: Page, condition: Callable[[int], bool], after_ms: float, within_s: float
) -> float | None:
    """When a picture of such a height was first shown after `after_ms`; None if it was not in time."""

    async def first() -> float | None:
        shown = await seen(page)
        heights = shown["heights"]
        if heights and heights[-1][0] <= after_ms < shown["last_ms"] and condition(heights[-1][1]):
            return float(shown["last_ms"])
        return next((at for at, height in heights if at > after_ms and condition(height)), None)

    return await _eventually(first, within_s)


async def _eventually(look: Callable[[], Awaitable[float | None]], within_s: float) -> float | None:
    """What `look` gives as soon as it gives something; None if it does not in time."""
    try:
        async with asyncio.timeout(within_s):
            while True:
                try:
                    found = await look()
                except Exception:  # a page that is being loaded has nothing to look at
                    found = None
                if found is not None:
                    return found
                await asyncio.sleep(0.1)
    except TimeoutError:
        return None


def _s(end_ms: float | None, start_ms: float) -> float | None:
    return None if end_ms is None else round((end_ms - start_ms) / 1000, 2)
