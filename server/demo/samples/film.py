"""Encoding a session's video: H.264 and AAC in MP4, the index first, so that it starts at once."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
from av.audio.resampler import AudioResampler
from av.video.frame import PictureType
from av.video.reformatter import VideoReformatter
from PIL import Image

from server.demo.samples.canvas import HEIGHT, WIDTH
from server.demo.samples.speech import RATE_HZ, SAMPLE_BYTES
from server.demo.samples.timeline import FRAME_MS

FRAMES_A_SECOND = 1000 // FRAME_MS
FRAME_LASTS = Fraction(FRAME_MS, 1000)
KEY_FRAME_EVERY = 2 * FRAMES_A_SECOND
"""Seeking goes to a key frame: at most 2 s away."""
SOUND_HZ = 44100
"""Every browser plays it; espeak-ng's half of that, not every one."""
VIDEO_OPTIONS = {
    "preset": "superfast",
    "crf": "21",
    "bf": "0",
    "sc_threshold": "0",
    "forced-idr": "1",
    "threads": "1",
}
"""Quick to make and to seek in; a drawing changes so little that it is small all the same."""
PIECE_SAMPLES = 4096


def write_film(
    file: Path,
    frames: Iterable[tuple[object, int]],
    draw: Callable[[int], Image.Image],
    sound: bytes,
) -> None:
    """Write the film. Each frame is a key and a moment: what has one key is drawn once, by its moment."""
    with av.open(str(file), "w", format="mp4", options={"movflags": "+faststart"}) as film:
        picture = film.add_stream("libx264", rate=FRAMES_A_SECOND, options=VIDEO_OPTIONS)
        picture.width, picture.height, picture.pix_fmt = WIDTH, HEIGHT, "yuv420p"
        picture.gop_size = 2 * KEY_FRAME_EVERY  # never reached: key frames are asked for by time
        picture.time_base = FRAME_LASTS
        voice = film.add_stream(
            "aac", rate=SOUND_HZ, layout="mono", options={"b": "64k", "aac_coder": "fast"}
        )
        _write_pictures(film, picture, frames, draw)
        _write_sound(film, voice, sound)


def _write_pictures(
    film: Any,  # noqa: ANN401 - PyAV's containers and streams are made in C, their types say little
    stream: Any,  # noqa: ANN401
    frames: Iterable[tuple[object, int]],
    draw: Callable[[int], Image.Image],
) -> None:
    drawn: dict[object, av.VideoFrame] = {}
    to_encoder = VideoReformatter()
    shown: object = None
    whole = list(frames)
    for number, (key, at_ms) in enumerate(whole):
        is_key = number % KEY_FRAME_EVERY == 0
        if key == shown and not is_key and number + 1 < len(whole):
            continue  # the picture stands still: the one before lasts longer
        shown = key
        frame = drawn.get(key)
        if frame is None:
            frame = drawn[key] = _as_frame(draw(at_ms), to_encoder)
        frame.pts, frame.time_base = number, FRAME_LASTS
        frame.pict_type = PictureType.I if is_key else PictureType.NONE
        film.mux(stream.encode(frame))
    film.mux(stream.encode(None))


def _as_frame(image: Image.Image, to_encoder: VideoReformatter) -> av.VideoFrame:
    frame: av.VideoFrame = av.VideoFrame.from_image(image)  # type: ignore[no-untyped-call]
    return to_encoder.reformat(frame, format="yuv420p")


def _write_sound(film: Any, stream: Any, sound: bytes) -> None:  # noqa: ANN401
    to_encoder = AudioResampler(format="fltp", layout="mono", rate=SOUND_HZ, frame_size=1024)
    piece_bytes = PIECE_SAMPLES * SAMPLE_BYTES
    for start in range(0, len(sound), piece_bytes):
        piece = sound[start : start + piece_bytes]
        heard = av.AudioFrame(format="s16", layout="mono", samples=len(piece) // SAMPLE_BYTES)
        heard.planes[0].update(piece)
        heard.sample_rate, heard.pts = RATE_HZ, start // SAMPLE_BYTES
        heard.time_base = Fraction(1, RATE_HZ)
        for ready in to_encoder.resample(heard):
            film.mux(stream.encode(ready))
    for ready in to_encoder.resample(None):
        film.mux(stream.encode(ready))
    film.mux(stream.encode(None))
