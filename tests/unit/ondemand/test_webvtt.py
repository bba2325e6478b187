from __future__ import annotations

import io
import random
import time

import av
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from server.ondemand.webvtt import MAX_BYTES, MAX_CUES, Cue, NotWebVtt, read_webvtt


def vtt(*blocks: str, head: str = "WEBVTT") -> bytes:
    return "\n\n".join([head, *blocks]).encode()


def test_cues_are_read_in_order_without_their_tags() -> None:
    content = vtt(
        "NOTE made by hand",
        "STYLE\n::cue { color: red }",
        "1\n00:01.000 --> 00:04.500 line:0 position:20%\n<v Hannah>Lean <i>forward</i>.\nNose over toes.",
        "01:00:04.500 --> 01:00:05.000\nTea &amp; cake",
        head="\ufeffWEBVTT - sit to stand\nKind: captions",
    )
    assert read_webvtt(content) == (
        Cue(1_000, 4_500, "Lean forward. Nose over toes."),
        Cue(3_604_500, 3_605_000, "Tea & cake"),
    )


def test_lines_may_end_as_on_windows() -> None:
    content = b"WEBVTT\r\n\r\n00:00.000 --> 00:01.000\r\nSit tall.\r\n"
    assert read_webvtt(content) == (Cue(0, 1_000, "Sit tall."),)


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "does not begin"),
        (b"1\n00:00:01,000 --> 00:00:02,000\nSubRip", "does not begin"),
        (b"WEBVTTX\n\n00:00.000 --> 00:01.000\na", "does not begin"),
        (b"WEBVTT\n\n\xff", "UTF-8"),
        (vtt(), "no words"),
        (vtt("NOTE nothing"), "no words"),
        (vtt("just words"), "no times"),
        (vtt("00:01,000 --> 00:02,000\na"), "no times"),
        (vtt("00:61.000 --> 01:02.000\na"), "no times"),
        (vtt("00:02.000 --> 00:02.000\na"), "ends before"),
        (vtt("00:02.000 --> 00:01.000\na"), "ends before"),
        (vtt("9999:00:00.000 --> 9999:00:01.000\na"), "too late"),
        (vtt("00:02.000 --> 00:03.000\na", "00:01.000 --> 00:04.000\nb"), "line 6: starts before"),
        (vtt("00:02.000 --> 00:03.000\na\n00:03.000 --> 00:04.000\nb"), "empty line missing"),
        (vtt("00:02.000 --> 00:03.000\n" + "a" * 1_001), "1000 characters"),
        (vtt(*["00:02.000 --> 00:03.000\na"] * (MAX_CUES + 1)), "more than"),
        (b"WEBVTT\n" + b" " * MAX_BYTES, "larger"),
    ],
)
def test_what_is_not_whole_is_refused_with_the_reason(content: bytes, why: str) -> None:
    with pytest.raises(NotWebVtt, match=why):
        read_webvtt(content)


@pytest.mark.parametrize("piece", ["<", "-->", "00:00.000 --> ", "\n\n", "&", "0", "WEBVTT\n", "<v"])
def test_hostile_content_is_refused_cheaply(piece: str) -> None:
    content = (b"WEBVTT\n\n00:00.000 --> 00:01.000\n" + piece.encode() * MAX_BYTES)[:MAX_BYTES]
    began = time.process_time()
    with pytest.raises(NotWebVtt):
        read_webvtt(content)
    assert time.process_time() - began < 1


def test_20_000_broken_files_are_read_or_refused_and_nothing_else() -> None:
    whole = vtt("1\n00:01.000 --> 00:04.500 line:0\n<v Hannah>Lean\nforward", "00:05.000 --> 00:06.000\nRest")
    chance = random.Random(8)
    refused = 0
    for _ in range(20_000):
        broken = bytearray(whole)
        for _ in range(chance.randint(1, 4)):
            at = chance.randrange(len(broken))
            what = chance.randrange(3)
            if what == 0:
                broken[at] = chance.randrange(256)
            elif what == 1:
                del broken[at : at + chance.randint(1, 8)]
            else:
                broken[at:at] = broken[at : at + chance.randint(1, 16)]
        try:
            cues = read_webvtt(bytes(broken))
            assert all(cue.start_ms < cue.end_ms for cue in cues)
        except NotWebVtt:
            refused += 1
    assert 2_000 < refused < 20_000


words = st.text("abcdefghij klm", min_size=1, max_size=30).map(str.strip).filter(bool)


@st.composite
def cue_lists(draw: st.DrawFn) -> list[Cue]:
    cues, at = [], 0
    # FFmpeg leaves out a cue that is the same as the one before it.
    for text in draw(st.lists(words, min_size=1, max_size=8, unique_by=lambda text: tuple(text.split()))):
        at += draw(st.integers(0, 400_000))
        cues.append(Cue(at, at + draw(st.integers(1, 500_000)), " ".join(text.split())))
    return cues


def stamp(ms: int) -> str:
    return f"{ms // 3_600_000:02}:{ms // 60_000 % 60:02}:{ms // 1_000 % 60:02}.{ms % 1_000:03}"


@settings(max_examples=50)
@given(cue_lists())
def test_what_is_read_agrees_with_ffmpeg(cues: list[Cue]) -> None:
    content = vtt(*(f"{stamp(cue.start_ms)} --> {stamp(cue.end_ms)}\n{cue.text}" for cue in cues))
    with av.open(io.BytesIO(content), format="webvtt") as container:
        theirs = [
            Cue(packet.pts, packet.pts + packet.duration, bytes(packet).decode())
            for packet in container.demux()
            if packet.pts is not None
        ]
    assert list(read_webvtt(content)) == cues == sorted(theirs, key=lambda cue: cue.start_ms)
