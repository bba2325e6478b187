"""Broken datagrams without end: parsers refuse or understand, and live media beside them lose nothing."""

from __future__ import annotations

import asyncio
import contextlib
import random
import struct
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

from aioice import stun

from server.media import ice, rtcp, rtp, vp8
from server.media.dtls import BUFFER_BYTES
from server.media.spec import Route
from tests.synthetic.broken_input import broken
from tests.synthetic.client import Client, camera, microphone, picture, picture_slot, voice_slot
from tests.synthetic.client import rtp as rtp_packet
from tests.synthetic.processes import usage
from tests.synthetic.traffic import Counting, Layer, Sender, keep_up
from tests.synthetic.worker import Worker, media_worker

AT_ONCE = 64
PWD = "password-of-enough-length"


# ---- what is broken


def check_bytes() -> bytes:
    """A connectivity check without its integrity."""
    request = stun.Message(stun.Method.BINDING, stun.Class.REQUEST)
    request.attributes["USERNAME"] = "ufrag:theirs"
    request.attributes["PRIORITY"] = 1853693695
    request.attributes["ICE-CONTROLLING"] = 12345
    request.attributes["USE-CANDIDATE"] = None
    return bytes(request)


def signed(check: bytes) -> bytes:
    """Whatever it is, with an integrity that holds."""
    if len(check) < 20:
        return check
    digest = stun.message_integrity(check, PWD.encode())
    return stun.set_body_length(check, len(check) + 4) + struct.pack("!HH", 8, 20) + digest


RTP_PACKETS = (
    rtp_packet(payload_type=96, number=7, timestamp=1, ssrc=2000, payload=picture(key=True)),
    rtp_packet(
        payload_type=96, number=7, timestamp=1, ssrc=2000, payload=picture(key=True, picture_id=300),
        extensions={1: b"1", 2: b"l", 5: b"\0\7"}, padding=9,
    ),
    b"\x91" + rtp_packet(payload_type=111, number=7, timestamp=1, ssrc=1000, payload=bytes(8))[1:]
    + b"\x10\x00\x00\x02\x05\x02\x00\x07\x01\x01\x30\x00voice",
)  # fmt: skip
RTCP_PACKETS = (
    rtcp.sender_report(rtcp.SenderReport(2000, 77 << 32, 1), 1, 1) + rtcp.picture_loss(5000),
    rtcp.nack(5000, [1, 2, 5, 40]) + rtcp.transport_feedback(5000, bytes(12)),
    bytes([0x84, 206, 0, 4, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0x13, 0x88, 1, 0, 0, 0]),
)
VP8_PAYLOADS = (
    picture(key=True, picture_id=300),
    b"\x90\x80\x05\x00frame",
    b"\x90\xf0\x85\x05\x05\x20\x01frame",
)


# ---- how it is parsed


def parse_check(data: bytes, chance: random.Random) -> object:
    datagram = signed(broken(data, chance)) if chance.random() < 0.7 else broken(signed(data), chance)
    return ice.answer_check(datagram, ("192.0.2.1", 5000), {"ufrag": PWD}.get)


def parse_rtp(data: bytes, chance: random.Random) -> object:
    packet = broken(data, chance)
    view = memoryview(bytearray(packet) + bytearray(BUFFER_BYTES - len(packet)))
    found = rtp.parse(view, len(packet))
    if found is not None:
        assert 12 <= found.payload_at <= found.payload_end <= len(packet)
        if found.extension_at:
            for wanted in (1, 5):
                rtp.extension(view, found.extension_at, found.payload_at, wanted)
            stamp = rtp.transport_sequence(view, found.extension_at, found.payload_at, 5)
            assert stamp is None or 0 <= stamp <= 0xFFFF
    return found


def parse_rtcp(data: bytes, chance: random.Random) -> object:
    return rtcp.parse(broken(data, chance))


def parse_vp8(data: bytes, chance: random.Random) -> object:
    payload = broken(data, chance)
    found = vp8.parse(payload)
    if found is not None:
        changed = bytearray(payload)
        vp8.rewrite(changed, 0, found, chance.randrange(-0x8000, 0x8000), chance.randrange(-256, 256))
        again = vp8.parse(bytes(changed))
        assert len(changed) == len(payload)
        assert again is not None
        assert (again.picture_at, again.tl0_at) == (found.picture_at, found.tl0_at)
    return found


PARSERS: tuple[tuple[Callable[[bytes, random.Random], object], tuple[bytes, ...]], ...] = (
    (parse_check, (check_bytes(),)),
    (parse_rtp, RTP_PACKETS),
    (parse_rtcp, RTCP_PACKETS),
    (parse_vp8, VP8_PAYLOADS),
)


def fuzz_parsers(each: int, seed: int) -> dict[str, int]:
    """Give every parser `each` inputs; how many of them it understood, by parser. None may raise."""
    chance, understood = random.Random(seed), Counter[str]()
    for parse, good in PARSERS:
        assert any(parse(data, random.Random(n)) is not None for data in good for n in range(50))
        for _ in range(each):
            understood[parse.__name__] += parse(chance.choice(good), chance) is not None
    return {f"{name}_understood": number for name, number in understood.items()}


# ---- through a live worker


async def bursts(worker: Worker, eve: Client, mallory: Client, count: int, chance: random.Random) -> int:
    """Send broken datagrams as strangers do, and as two do who are inside; how many went out."""
    went_out, number = 0, 0
    for _ in range(count // AT_ONCE):
        sender = chance.choice((eve, mallory))
        for _ in range(AT_ONCE):
            number += 1
            datagram = hostile_datagram(sender, number, chance)
            if datagram is not None:
                sender.send_raw(datagram)
                went_out += 1
        await _handled(sender)
    return went_out


async def _handled(sender: Client) -> None:
    """Wait until the server has handled all that was sent: it answers so many checks a second and no more."""
    last = sender.answers[-1]
    async with asyncio.timeout(30):
        while sender.answers[-1] is last:
            sender.check()
            with contextlib.suppress(TimeoutError):
                await sender.until(lambda: sender.answers[-1] is not last, 0.2)


def hostile_datagram(sender: Client, number: int, chance: random.Random) -> bytes | None:
    """One broken datagram of any kind; None when libsrtp would not even protect it."""
    kind = chance.randrange(5)
    if kind == 0:
        return broken(signed(check_bytes()), chance)
    if kind == 1:
        return broken(bytes([chance.choice((20, 22, 23, 63, 128, 200))]) + chance.randbytes(40), chance)
    srtp = sender.dtls._tx_srtp
    try:
        if kind == 2:
            return srtp.protect_rtcp(broken(chance.choice(RTCP_PACKETS), chance))
        if kind == 3:
            packet = bytearray(broken(chance.choice(RTP_PACKETS), chance))
            packet[2:4] = (number & 0xFFFF).to_bytes(2, "big")
            return srtp.protect(bytes(packet))
        return srtp.protect(
            rtp_packet(
                payload_type=96, number=number, timestamp=number * 90, ssrc=9000,
                payload=broken(chance.choice(VP8_PAYLOADS), chance), extensions={1: b"1", 2: b"l"},
            )
        )  # fmt: skip
    except Exception:
        return None


async def attack_a_worker(folder: Path, sent: int, seed: int) -> dict[str, object]:
    """Send a live worker so many broken datagrams while a class goes on in it; what came of it.

    Nothing of the class's may be missing or late, and nobody of it lost.
    """
    chance = random.Random(seed)
    async with media_worker(folder) as worker:
        physio = Counting("physio", sources=[microphone(1000), camera("l", "m", "h")])
        slots = [picture_slot("stage", 5000), voice_slot("stage-voice", 6000), picture_slot("side", 5500)]
        viewers = [Counting(name, slots=slots) for name in ("viewer0", "viewer1", "mallory")]
        eve = Counting("eve", sources=[microphone(1001), camera("l", "h")], slots=slots)
        clients = [physio, *viewers, eve]
        for client in clients:
            await worker.admit(client)
        watching = [*viewers, eve]
        routes = [
            Route(to_peer=each.name, slot=slot, from_peer="physio", source=source)
            for each in watching
            for slot, source in (("stage", "camera"), ("stage-voice", "microphone"))
        ]
        routes += [
            Route(to_peer=each.name, slot="side", from_peer="eve", source="camera") for each in viewers
        ]
        await worker.channel.set_routes("room", routes)
        layers = (Layer("l", 2000, 1, 740), Layer("m", 2100, 2, 800), Layer("h", 2200, 4, 1000))
        senders = [Sender(physio, 25, layers=layers), Sender(physio, 50, voice=1000)]

        warm_up = asyncio.create_task(bursts(worker, eve, viewers[2], AT_ONCE * 40, chance))
        await keep_up(senders, clients, warm_up)
        before, began = usage(worker.process.pid), time.monotonic()
        for client in clients:
            client.begin_anew()
        attack = asyncio.create_task(bursts(worker, eve, viewers[2], sent, chance))
        await keep_up(senders, clients, attack)
        after, counts = usage(worker.process.pid), await worker.channel.stats()

        live = [viewer.tallies[ssrc] for viewer in viewers[:2] for ssrc in (5000, 6000)]
        missing = sum(tally.missing + tally.late for tally in live)
        outcome: dict[str, object] = {
            "inputs": attack.result(),
            "seconds": round(time.monotonic() - began),
            "live_packets": sum(tally.received for tally in live),
            "live_missing_or_late": missing,
            "bugs": counts["failures"],
            "growth_mb": round(after.rss_mb - before.rss_mb, 2),
            **{name: count for name, count in counts.items() if name.startswith("dropped_") and count},
        }
        assert counts["failures"] == 0
        assert missing == 0
        assert all(tally.received for tally in live)
        assert after.rss_mb - before.rss_mb < 20
        assert [notice for notice in worker.lost() if not notice.startswith(("eve", "mallory"))] == []
        for client in clients:
            await client.close()
        return outcome
