"""Sound in a real browser: what it sends in silence, and whom of many speakers it plays."""

from __future__ import annotations

import asyncio
import math
import struct
import wave
from pathlib import Path

import pytest
from aiortc.codecs.opus import OpusEncoder
from av import AudioFrame

from server.media.spec import VoiceChoice, VoicesNotice
from tests.e2e.browser import chromium, until
from tests.integration.media_control.test_answer_in_chromium import blank_page, joined
from tests.synthetic.client import OPUS, Client, microphone, rtp
from tests.synthetic.room import VOICE_SSRC

__all__ = ["blank_page"]
pytestmark = pytest.mark.browser

SPEAKERS = ("ann", "bea", "cat", "dot")
SLOTS = ("voice0", "voice1", "voice2")
SAMPLES, PER_S = 960, 50
SENT = """
async () => {
  const stats = [...(await pc.getStats()).values()];
  const sent = stats.find(s => s.type == 'outbound-rtp' && s.kind == 'audio');
  return [sent.packetsSent, stats.find(s => s.id == sent.codecId).sdpFmtpLine];
}
"""
PLAYED = """
async () => Object.fromEntries([...(await pc.getStats()).values()]
  .filter(s => s.type == 'inbound-rtp' && s.kind == 'audio')
  .map(s => [s.mid, s.totalAudioEnergy]))
"""


def silence(path: Path) -> Path:
    with wave.open(str(path), "wb") as file:
        file.setparams((1, 2, 48000, 0, "NONE", ""))
        file.writeframes(bytes(2 * 48000))
    return path


def tone() -> list[bytes]:
    """A second of 400 Hz, in Opus packets of 20 ms."""
    encoder, packets = OpusEncoder(), []
    for start in range(0, SAMPLES * PER_S, SAMPLES):
        frame = AudioFrame(format="s16", layout="mono", samples=SAMPLES)
        frame.sample_rate, frame.pts = 48000, start
        wave_ = (round(9000 * math.sin(2 * math.pi * 400 * (start + n) / 48000)) for n in range(SAMPLES))
        frame.planes[0].update(struct.pack(f"<{SAMPLES}h", *wave_))
        packets += encoder.encode(frame)[0]
    return packets


async def test_in_silence_a_patients_browser_sends_next_to_nothing_and_staffs_goes_on(
    attach, blank_page, tmp_path
):
    attached = await attach()
    async with chromium(f"--use-file-for-fake-audio-capture={silence(tmp_path / 'silence.wav')}") as browser:
        pages = {r: (await joined(browser, blank_page, attached, r))[0] for r in ("patient", "staff")}

        sent: dict[str, int] = {}

        async def staff_sent(count: int) -> bool:
            for role, page in pages.items():
                sent[role] = (await page.evaluate(SENT))[0]
            return sent["staff"] >= count

        await until(lambda: staff_sent(50), "staff to have sent for a second", 60)
        before = dict(sent)
        await until(lambda: staff_sent(before["staff"] + 100), "staff to have sent for two more", 60)
        assert sent["patient"] - before["patient"] < 30, "of 100; measured: 10"
        assert "useinbandfec=1" in (await pages["patient"].evaluate(SENT))[1]


async def test_the_fourth_who_speaks_is_played_by_a_patients_browser(attach, blank_page):
    attached = await attach()
    packets, sent = tone(), dict.fromkeys(SPEAKERS, 0)
    pause = bytes([packets[-1][0] & 0xFC])
    """A frame of no bytes: nothing was transmitted (RFC 6716, section 3.2.1)."""
    clients = {name: Client(name, sources=[microphone(VOICE_SSRC)]) for name in SPEAKERS}

    async def speak(who: str, until) -> None:
        """She speaks, the others are in DTX, until that is so."""
        async with asyncio.timeout(40):
            while not await until():
                for _ in range(PER_S // 5):
                    for name, client in clients.items():
                        sent[name] += 1
                        speaks = name == who
                        client.send_rtp(
                            rtp(
                                payload_type=OPUS, number=sent[name], timestamp=sent[name] * SAMPLES,
                                ssrc=VOICE_SSRC, payload=packets[sent[name] % 40 + 5] if speaks else pause,
                                extensions={1: b"0", 4: bytes([25 if speaks else 127])},
                            )
                        )  # fmt: skip
                    await asyncio.sleep(1 / PER_S)
                for client in clients.values():
                    client.check()

    async with chromium() as browser:
        page, offer, _ = await joined(browser, blank_page, attached, "patient")
        for client in clients.values():
            await attached.client.open_peer(client.spec)
            await client.connect(attached.client.hello)
        choice = VoiceChoice(to_peer="patient", slots=SLOTS, from_peers=SPEAKERS)
        await attached.client.set_routes("room", [], [choice])

        def told() -> dict[str, str]:
            notices = [notice for notice in attached.notices if isinstance(notice, VoicesNotice)]
            return {voice: slot for slot, voice in notices[-1].slots.items()} if notices else {}

        for name in SPEAKERS:

            async def is_told(name=name) -> bool:
                return name in told()

            await speak(name, is_told)
        mid = next(mid for mid, slot in offer.slots.items() if slot == told()["dot"])
        start = (await page.evaluate(PLAYED)).get(mid, 0)

        async def is_played() -> bool:
            return (await page.evaluate(PLAYED)).get(mid, 0) > start + 0.001

        await speak("dot", is_played)
        assert len(told()) == 3
        for client in clients.values():
            await client.close()
