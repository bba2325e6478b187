"""A picture that moves and a tone that a browser really plays, encoded once; sent over a synthetic client."""

from __future__ import annotations

import math
import struct
from fractions import Fraction
from functools import cache

import av
from aiortc.codecs.opus import OpusEncoder
from av.video.codeccontext import VideoCodecContext

from tests.synthetic.client import OPUS, VP8, rtp
from tests.synthetic.media_person import OFFERED_IDS, VOICE_SSRC
from tests.synthetic.traffic import Counting

WIDTH, HEIGHT, FRAMES_PER_S = 320, 180, 5
MOST_BYTES = 1100
"""Of a frame in one packet."""
SAMPLES, SOUNDS_PER_S = 960, 50
MICROPHONE_MID, CAMERA_MID, LAYER = b"0", b"1", b"l"
SPOKEN = 35
"""Of `SOUNDS_PER_S` so many sound, as a word; then comes a pause, without which it were a fan."""
VOICE, PAUSE = bytes([0x80 | 25]), bytes([90])
"""RFC 6464: -25 dBov, and a voice; -90, and none."""


@cache
def film() -> tuple[bytes, ...]:
    """A second of a bar that wanders over the picture: VP8 frames, the first a key frame."""
    encoder = av.CodecContext.create("libvpx", "w")
    assert isinstance(encoder, VideoCodecContext)
    encoder.width, encoder.height, encoder.pix_fmt = WIDTH, HEIGHT, "yuv420p"
    encoder.time_base, encoder.gop_size, encoder.bit_rate = Fraction(1, FRAMES_PER_S), 100, 100_000
    encoder.options = {"deadline": "realtime", "cpu-used": "8", "lag-in-frames": "0"}
    frames: list[bytes] = []
    for number in range(FRAMES_PER_S):
        left = number * WIDTH // FRAMES_PER_S
        row = bytes(220 if left <= x < left + 40 else 60 for x in range(WIDTH))
        image = av.VideoFrame(WIDTH, HEIGHT, "yuv420p")
        for plane, line in zip(image.planes, (row, bytes([128]) * WIDTH, bytes([128]) * WIDTH), strict=True):
            plane.update(line[: plane.line_size].ljust(plane.line_size, b"\0") * plane.height)
        image.pts = number
        frames += [bytes(packet) for packet in encoder.encode(image)]
    frames += [bytes(packet) for packet in encoder.encode(None)]
    assert len(frames) == FRAMES_PER_S
    return tuple(frames)


@cache
def tone() -> tuple[bytes, ...]:
    """A word of 400 Hz and a pause, in all a second in Opus packets of 20 ms."""
    encoder, packets = OpusEncoder(), []
    for start in range(0, SAMPLES * SOUNDS_PER_S, SAMPLES):
        frame = av.AudioFrame(format="s16", layout="mono", samples=SAMPLES)
        frame.sample_rate, frame.pts = SOUNDS_PER_S * SAMPLES, start
        loud = 9000 if start < SPOKEN * SAMPLES else 0
        wave = (round(loud * math.sin(2 * math.pi * 400 * (start + n) / 48000)) for n in range(SAMPLES))
        frame.planes[0].update(struct.pack(f"<{SAMPLES}h", *wave))
        packets += encoder.encode(frame)[0]
    return tuple(packets)


class Player:
    """Plays the film, and the tone while `speaks`, over and over into the patient's connection."""

    def __init__(self, client: Counting, ssrc: int, *, speaks: bool) -> None:
        self._client, self._ssrc, self.speaks = client, ssrc, speaks
        self._frame = self._sound = 0
        self._numbers = {ssrc: 0, VOICE_SSRC["patient"]: 0}

    def send_due(self, now_s: float) -> None:
        """Send what is due `now_s` seconds after the start; what was missed long ago is left out."""
        self._frame = max(self._frame, int((now_s - 0.5) * FRAMES_PER_S))
        self._sound = max(self._sound, int((now_s - 0.5) * SOUNDS_PER_S))
        while self._frame <= now_s * FRAMES_PER_S:
            self._send_picture()
            self._frame += 1
        while self._sound <= now_s * SOUNDS_PER_S:
            if self.speaks:
                self._send_sound()
            self._sound += 1

    def _send_picture(self) -> None:
        ids = {OFFERED_IDS.mid: CAMERA_MID, OFFERED_IDS.rid: LAYER}
        body = film()[self._frame % FRAMES_PER_S]
        pieces = [body[at : at + MOST_BYTES] for at in range(0, len(body), MOST_BYTES)]
        number = struct.pack("!HB", 0x8000 | self._frame & 0x7FFF, self._frame & 0xFF)
        for at, piece in enumerate(pieces):
            head = bytes([0x90 if at == 0 else 0x80, 0xC0]) + number
            marker = at == len(pieces) - 1
            self._send(VP8, self._ssrc, self._frame * 90000 // FRAMES_PER_S, head + piece, marker, ids)

    def _send_sound(self) -> None:
        at = self._sound % SOUNDS_PER_S
        ids = {OFFERED_IDS.mid: MICROPHONE_MID, OFFERED_IDS.audio_level: VOICE if at < SPOKEN else PAUSE}
        self._send(OPUS, VOICE_SSRC["patient"], self._sound * SAMPLES, tone()[at], False, ids)

    def _send(
        self,
        kind: int,
        ssrc: int,
        timestamp: int,
        payload: bytes,
        marker: bool,
        ids: dict[int | None, bytes],
    ) -> None:
        number = self._numbers[ssrc] = self._numbers[ssrc] + 1
        ids = {OFFERED_IDS.transport_cc: struct.pack("!H", self._client.next_transport_number()), **ids}
        self._client.send_rtp(
            rtp(
                payload_type=kind,
                number=number,
                timestamp=timestamp,
                ssrc=ssrc,
                payload=payload,
                marker=marker,
                extensions={key: value for key, value in ids.items() if key is not None},
            )
        )
