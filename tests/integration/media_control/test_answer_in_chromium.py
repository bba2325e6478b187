"""Chromium takes the answer: it connects to the real worker, sends its layers and receives its slots."""

from __future__ import annotations

import asyncio
import random
import secrets

import pytest
from aiohttp import web

from server.media.spec import Route
from server.signalling.requests import Offer
from server.signalling.sdp import negotiate
from tests.e2e.browser import chromium

pytestmark = pytest.mark.browser

SEATS = [f"seat{n}" for n in range(16)] + ["staff0", "staff1"]
SLOTS = {
    "patient": dict.fromkeys(("stage", "side", "mate0", "mate1", "mate2", "mate3"), "video")
    | dict.fromkeys(("stage-voice", "side-voice", "voice0", "voice1", "voice2"), "audio"),
    "staff": dict.fromkeys(SEATS, "video") | {f"{seat}-voice": "audio" for seat in SEATS},
}
LAYERS = {
    "patient": [
        {"rid": "l", "scaleResolutionDownBy": 2, "maxBitrate": 120_000},
        {"rid": "h", "maxBitrate": 400_000},
    ],
    "staff": [
        {"rid": "l", "scaleResolutionDownBy": 4, "maxBitrate": 150_000},
        {"rid": "m", "scaleResolutionDownBy": 2, "maxBitrate": 500_000},
        {"rid": "h", "maxBitrate": 1_500_000},
    ],
}
MAKE_OFFER = """
async ({slots, layers, everyCodec}) => {
  const pc = window.pc = new RTCPeerConnection({bundlePolicy: 'max-bundle', iceServers: []});
  window.streams = {};
  window.players = [];
  pc.ontrack = e => {
    window.streams[e.transceiver.mid] = e.streams.map(s => s.id);
    const player = document.createElement(e.track.kind);
    player.srcObject = new MediaStream([e.track]);
    player.play().catch(() => {});
    window.players.push(player);
  };
  const named = {sources: [], slots: []};
  const add = (where, name, kind, init) => {
    const transceiver = pc.addTransceiver(kind, init);
    const wanted = kind == 'audio' ? ['audio/opus'] : ['video/VP8', 'video/rtx'];
    const codecs = RTCRtpReceiver.getCapabilities(kind).codecs;
    if (!everyCodec) transceiver.setCodecPreferences(codecs.filter(c => wanted.includes(c.mimeType)));
    named[where].push([transceiver, name]);
    return transceiver.sender;
  };
  const microphone = add('sources', 'microphone', 'audio', {direction: 'sendonly'});
  const camera = add('sources', 'camera', 'video', {direction: 'sendonly', sendEncodings: layers});
  for (const [name, kind] of Object.entries(slots)) add('slots', name, kind, {direction: 'recvonly'});
  await pc.setLocalDescription(await pc.createOffer());
  const media = await navigator.mediaDevices.getUserMedia({audio: true, video: {width: 1280, height: 720}});
  await microphone.replaceTrack(media.getAudioTracks()[0]);
  await camera.replaceTrack(media.getVideoTracks()[0]);
  const byMid = pairs => Object.fromEntries(pairs.map(([t, name]) => [t.mid, name]));
  return {sdp: pc.localDescription.sdp, sources: byMid(named.sources), slots: byMid(named.slots)};
}
"""
TAKE_ANSWER = """
async sdp => {
  await pc.setRemoteDescription({type: 'answer', sdp});
  while (pc.connectionState != 'connected') {
    if (pc.connectionState == 'failed') throw new Error('failed');
    await new Promise(done => pc.addEventListener('connectionstatechange', done, {once: true}));
  }
  return {
    streams: window.streams,
    directions: Object.fromEntries(pc.getTransceivers().map(t => [t.mid, t.currentDirection])),
    encodings: pc.getSenders()[1].getParameters().encodings.map(e => e.rid),
    extensions: pc.getSenders()[1].getParameters().headerExtensions.map(e => e.uri),
  };
}
"""
READ = """
async () => {
  const sent = {}, received = {};
  for (const s of (await pc.getStats()).values()) {
    if (s.type == 'outbound-rtp' && s.kind == 'video') sent[s.rid ?? ''] = s.framesEncoded;
    if (s.type == 'inbound-rtp') received[s.mid] = s.kind == 'video' ? s.framesDecoded : s.totalAudioEnergy;
  }
  return {sent, received};
}
"""


@pytest.fixture
async def blank_page():
    """The address of an empty page that may use camera and microphone."""
    app = web.Application()

    async def blank(_: web.Request) -> web.Response:
        return web.Response(text="<!doctype html>", content_type="text/html")

    app.router.add_get("/", blank)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    yield f"http://127.0.0.1:{runner.addresses[0][1]}/"
    await runner.cleanup()


async def joined(browser, address, attached, role, *, every_codec=False):
    """A page that has negotiated as this role; with what it offered and what it made of the answer."""
    page = await browser.new_page()
    await page.goto(address)
    asked = {"slots": SLOTS[role], "layers": LAYERS[role], "everyCodec": every_codec}
    offer = Offer.model_validate(await page.evaluate(MAKE_OFFER, asked))
    spec, answer = negotiate(
        offer,
        await attached.client.wait_attached(),
        room="room",
        peer=role,
        role_slots=SLOTS[role],
        random_ssrc=lambda: random.randrange(1, 1 << 32),
        random_credentials=lambda: (secrets.token_hex(4), secrets.token_hex(16)),
        sends_music=role == "staff",
    )
    await attached.client.open_peer(spec)
    return page, offer, await asyncio.wait_for(page.evaluate(TAKE_ANSWER, answer), 20)


async def until(page, holds) -> None:
    """Wait until the page's counts are as `holds` wants them."""
    seen = None
    try:
        async with asyncio.timeout(30):
            while not holds(seen := await page.evaluate(READ)):  # noqa: ASYNC110 - it is the page's time
                await asyncio.sleep(0.1)
    except TimeoutError:
        raise AssertionError(f"last seen: {seen}") from None


async def test_patient_and_staff_see_and_hear_each_other_through_the_negotiated_slots(attach, blank_page):
    attached = await attach()
    async with chromium() as browser:
        joins = {}
        for role in ("patient", "staff"):
            joins[role] = page, offer, taken = await joined(browser, blank_page, attached, role)
            assert {mid: ids[-1] for mid, ids in taken["streams"].items()} == offer.slots
            assert taken["directions"] == dict.fromkeys(offer.sources, "sendonly") | dict.fromkeys(
                offer.slots, "recvonly"
            )
            assert taken["encodings"] == [layer["rid"] for layer in LAYERS[role]]
            assert any("rtp-stream-id" in uri for uri in taken["extensions"])
            await attached.told(role, "connected")
        routes = [("patient", "stage", "staff", "camera"), ("patient", "stage-voice", "staff", "microphone")]
        routes += [("staff", "seat7", "patient", "camera"), ("staff", "seat7-voice", "patient", "microphone")]
        await attached.client.set_routes(
            "room",
            [Route(to_peer=to, slot=slot, from_peer=of, source=source) for to, slot, of, source in routes],
        )
        for role, slots in {"patient": ("stage", "stage-voice"), "staff": ("seat7", "seat7-voice")}.items():
            page, offer, _ = joins[role]
            mids = [mid for mid, slot in offer.slots.items() if slot in slots]
            await until(page, lambda now, mids=mids: all(now["received"].get(mid, 0) > 0 for mid in mids))
            layers = {layer["rid"] for layer in LAYERS[role]}
            await until(page, lambda now, layers=layers: layers == {r for r, n in now["sent"].items() if n})


async def test_an_offer_with_every_codec_is_answered_too(attach, blank_page):
    attached = await attach()
    async with chromium() as browser:
        page, offer, taken = await joined(browser, blank_page, attached, "patient", every_codec=True)
        assert {mid: ids[-1] for mid, ids in taken["streams"].items()} == offer.slots
        await until(page, lambda now: set(now["sent"]) == {"l", "h"} and all(now["sent"].values()))
