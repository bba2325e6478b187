"""What a patient's browser saw and heard of the presenter: frames shown, gaps, changes of layer."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from playwright.async_api import Page

from tests.e2e.browser import until

LONG_GAP_MS = 400
"""Of interest as a standstill for our own count; a browser's own (getStats) begins at about 200 ms."""

DARK_MS = 1000
"""A picture that has stood for so long is gone: its end and its coming back are two switches."""

SOUND_GAP_MS = 200
"""Shorter ones are no gap: packets come every 20 ms, and the page looks as often."""

WATCH = (
    """
(() => {
  const seen = (window.seen = {
    frames: 0, gaps: [], heights: [], pictures: [], last_ms: 0, first_ms: 0, sound: [],
  });
  let watched = null, picture = null, heard = null, sound = null;
  const now = () => performance.timeOrigin + performance.now();
  const frame = (element) => (_, meta) => {
    if (element !== watched) return;
    const at = now();
    seen.frames += 1;
    seen.first_ms ||= at;
    const track = element.srcObject?.getVideoTracks()[0] ?? null;
    if (picture !== track) {
      picture = track;
      seen.pictures.push(at);
    }
    if (seen.last_ms && at - seen.last_ms > GAP) seen.gaps.push([seen.last_ms, at]);
    if (seen.heights.at(-1)?.[1] !== meta.height) seen.heights.push([at, meta.height]);
    seen.last_ms = at;
    element.requestVideoFrameCallback(frame(element));
  };
  const look = () => {
    if (seen.last_ms && now() - seen.last_ms > DARK && seen.heights.at(-1)?.[1] !== 0)
      seen.heights.push([now(), 0]);
    const element = document.querySelector('video[data-slot="stage"]');
    if (element && element !== watched) {
      watched = element;
      element.requestVideoFrameCallback(frame(element));
    }
    const pc = window.connections?.findLast((one) => one.connectionState !== 'closed');
    const voice = pc?.getTransceivers().find((one) => pc.slotByMid[one.mid] === 'stage-voice');
    const said = voice?.receiver.getSynchronizationSources()[0]?.timestamp;
    if (said && said !== sound) {
      sound = said;
      const at = now(), last = seen.sound.at(-1);
      if (last && heard === pc && at - last[1] < SOUND_SILENT) last[1] = at;
      else seen.sound.push([at, at]);
      heard = pc;
    }
  };
  setInterval(look, 20);
})();
""".replace("SOUND_SILENT", str(SOUND_GAP_MS))
    .replace("GAP", str(LONG_GAP_MS))
    .replace("DARK", str(DARK_MS))
)
"""An init script. `sound` is a list of stretches [from, to] in which packets of sound were played, on one
connection; `pictures` has when the first frame of each connection was shown; `heights` when another height
was shown than before, 0 once nothing had been shown for `DARK_MS`.
"""

READ = """
async () => {
  const pc = window.connections?.findLast((one) => one.connectionState !== 'closed');
  const read = { connection: window.connections?.indexOf(pc), at_ms: Date.now(), frames: window.seen.frames };
  for (const transceiver of pc?.getTransceivers() ?? []) {
    const slot = pc.slotByMid[transceiver.mid];
    if (slot !== 'stage' && slot !== 'stage-voice') continue;
    const stats = await transceiver.receiver.getStats();
    for (const one of stats.values()) {
      if (one.type === 'transport' && one.selectedCandidatePairId)
        read.rtt_ms = 1000 * (stats.get(one.selectedCandidatePairId)?.currentRoundTripTime ?? 0);
      if (one.type !== 'inbound-rtp') continue;
      if (one.kind === 'video') Object.assign(read, {
        decoded: one.framesDecoded, dropped: one.framesDropped, freezes: one.freezeCount,
        frozen_s: one.totalFreezesDuration, height: one.frameHeight ?? 0, bytes: one.bytesReceived,
        lost: one.packetsLost, nacks: one.nackCount, plis: one.pliCount, packets: one.packetsReceived,
        resent: one.retransmittedPacketsReceived ?? 0, wait_s: one.jitterBufferDelay,
        waited: one.jitterBufferEmittedCount,
      });
      else Object.assign(read, {
        samples: one.totalSamplesReceived, concealed: one.concealedSamples,
        concealed_silent: one.silentConcealedSamples, gaps: one.concealmentEvents,
        sound_packets: one.packetsReceived, sound_lost: one.packetsLost, energy: one.totalAudioEnergy,
        sound_bytes: one.bytesReceived,
      });
    }
  }
  return read;
}
"""


@dataclass(frozen=True)
class Play:
    """What came between two moments."""

    seconds: float
    frames: int
    freezes: int
    """As the browser counts them (webrtc-stats, freezeCount)."""
    frozen_s: float
    concealed_percent: float
    """Of the sound, without concealed silence."""
    concealments: int
    lost: int
    resent: int
    longest_gap_ms: float
    """Between two frames shown."""
    switches: int
    """Changes of the picture's height; one that goes and comes back counts twice."""
    dark_s: float
    """Without a picture, but for the first `DARK_MS` of each time."""
    jitter_buffer_ms: float

    @property
    def frozen_percent(self) -> float:
        """Of the time."""
        return 100 * self.frozen_s / self.seconds

    def figures(self) -> dict[str, float]:
        """For printing."""
        return {
            "seconds": round(self.seconds, 1),
            "frames": self.frames,
            "freezes": self.freezes,
            "frozen_percent": round(self.frozen_percent, 2),
            "longest_gap_ms": round(self.longest_gap_ms),
            "concealed_percent": round(self.concealed_percent, 2),
            "concealments": self.concealments,
            "lost_pkts": self.lost,
            "resent_pkts": self.resent,
            "switches": self.switches,
            "dark_s": round(self.dark_s, 1),
            "jitter_buffer_ms": round(self.jitter_buffer_ms),
        }


async def read(page: Page) -> dict[str, Any]:
    """All counts of the page's stage and its sound, as soon as both have come on its newest connection."""
    found: dict[str, Any] = {}

    async def both_came() -> bool:
        found.clear()
        found.update(await page.evaluate(READ))
        return "decoded" in found and "samples" in found

    await until(both_came, "picture and sound on the newest connection")
    return found


async def seen(page: Page) -> dict[str, Any]:
    """What was shown since the page was opened: see `WATCH`."""
    return await page.evaluate("window.seen")


async def play_since(page: Page, before: dict[str, Any]) -> Play:
    """What came since `before` was read, on the same connection."""
    now, shown = await read(page), await seen(page)
    since = before["at_ms"]
    assert now["connection"] == before["connection"], "the page made another connection meanwhile"
    more = {key: now[key] - before.get(key, 0) for key in now if key not in ("height", "rtt_ms")}
    concealed = more["concealed"] - more["concealed_silent"]
    gaps = [end - start for start, end in shown["gaps"] if end > since]
    return Play(
        seconds=more["at_ms"] / 1000,
        frames=more["frames"],
        freezes=more["freezes"],
        frozen_s=more["frozen_s"],
        concealed_percent=100 * concealed / max(1, more["samples"]),
        concealments=more["gaps"],
        lost=more["lost"],
        resent=more["resent"],
        longest_gap_ms=max([*gaps, now["at_ms"] - shown["last_ms"] if shown["last_ms"] else 0]),
        switches=sum(at > since for at, _ in shown["heights"]),
        dark_s=_dark_ms(shown["heights"], since, now["at_ms"]) / 1000,
        jitter_buffer_ms=1000 * more["wait_s"] / max(1, more["waited"]),
    )


def _dark_ms(heights: list[list[float]], since: float, until_ms: float) -> float:
    stretches = pairwise([*heights, [until_ms, 0]])
    return sum(max(0.0, end - max(at, since)) for (at, height), (end, _) in stretches if not height)


async def next_frame_ms(page: Page, after_ms: float) -> float | None:
    """When the first frame was shown that came later than a moment when everything stood still.

    None until it has come. Moments are wall-clock milliseconds.
    """
    shown = await seen(page)
    ends = [end for _start, end in shown["gaps"] if end > after_ms]
    if ends:
        return float(ends[0])
    return float(shown["first_ms"]) if shown["first_ms"] > after_ms else None


async def new_picture_ms(page: Page, after_ms: float) -> float | None:
    """When the first frame of a connection made after `after_ms` was shown; None until it has.

    Not by a gap: what the old connection has in store is played meanwhile, so there may be none.
    """
    shown = await seen(page)
    return next((float(at) for at in shown["pictures"] if at > after_ms), None)


async def sound_back_ms(page: Page, after_ms: float) -> float | None:
    """When sound came again after a gap that began at `after_ms` or soon after, or on a new connection; None
    until it has.
    """
    shown = await seen(page)
    begun = [start for start, _end in shown["sound"] if start > after_ms]
    return float(begun[0]) if begun else None
