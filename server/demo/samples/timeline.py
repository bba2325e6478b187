"""What happens when in a session: one plan from which pictures, speech, captions and chapters are made.

A script is parts of steps: something said, something said while a movement goes on slowly, or a counted
movement. `plan` lays them out in time. Every moment is a whole number of frames, so that the same phase of a
movement is the same picture each time.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import count

FRAME_MS = 40
"""25 pictures a second."""
LEAD_IN_MS = 1000
"""Silence before the first word of a part, in which the figure changes its posture."""
LEAD_OUT_MS = 600
PAUSE_MS = 520
"""Silence after what is said."""
CUED = 2
"""How many repetitions are told what to do; the others are counted only."""
SPOKEN_FIRST_MS, SPOKEN_LETTER_MS, SPOKEN_STOP_MS = 320, 72, 360
"""How long espeak-ng takes at 135 words a minute, at most: at the start, a letter, a stop within."""

NUMBERS = ("One", "Two", "Three", "Four", "Five", "Six", "Seven", "Eight", "Nine", "Ten")


@dataclass(frozen=True, slots=True)
class Pace:
    """How long one repetition takes: up, held, down, at rest; each in milliseconds."""

    up_ms: int
    hold_ms: int
    down_ms: int
    rest_ms: int

    @property
    def whole_ms(self) -> int:
        """One repetition."""
        return self.up_ms + self.hold_ms + self.down_ms + self.rest_ms

    def phase(self, after_ms: int) -> float:
        """How far up the movement is `after_ms` into it: 0 at rest, 1 at the top, gently in between."""
        if after_ms < self.up_ms:
            return _eased(after_ms / self.up_ms)
        after_ms -= self.up_ms + self.hold_ms
        if after_ms < 0:
            return 1.0
        return 1.0 - _eased(min(1.0, after_ms / self.down_ms))


@dataclass(frozen=True, slots=True)
class Say:
    """One or two short sentences, in one breath; the figure keeps still."""

    words: str


@dataclass(frozen=True, slots=True)
class SayWhile:
    """Sentences while a movement goes on at its pace, uncounted, until all is said."""

    movement: str
    pace: Pace
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Counted:
    """A movement counted aloud; the first two repetitions are told `up` and `down` as well."""

    movement: str
    pace: Pace
    times: int
    up: str
    down: str


Step = Say | SayWhile | Counted


@dataclass(frozen=True, slots=True)
class Part:
    """A chapter: its title, how the figure holds itself, and what happens."""

    title: str
    posture: str
    steps: tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class Line:
    """What is said at once, from its first sound until it is surely over."""

    start_ms: int
    end_ms: int
    words: str


@dataclass(frozen=True, slots=True)
class Stroke:
    """One repetition of a movement. `turn` counts from 0 (sides take turns); `number` is what is counted."""

    start_ms: int
    pace: Pace
    movement: str
    turn: int
    number: int | None = None
    of: int | None = None

    @property
    def end_ms(self) -> int:
        """When the next may begin."""
        return self.start_ms + self.pace.whole_ms


@dataclass(frozen=True, slots=True)
class Chapter:
    """A part in time."""

    start_ms: int
    title: str
    posture: str


@dataclass(frozen=True, slots=True)
class Timeline:
    """A session laid out in time. All lists are in order and their members never overlap."""

    length_ms: int
    chapters: tuple[Chapter, ...]
    lines: tuple[Line, ...]
    strokes: tuple[Stroke, ...]

    def stroke_at(self, at_ms: int) -> Stroke | None:
        """The repetition that goes on at `at_ms`."""
        index = bisect_right(self.strokes, at_ms, key=lambda each: each.start_ms) - 1
        if index >= 0 and at_ms < self.strokes[index].end_ms:
            return self.strokes[index]
        return None

    def chapters_at(self, at_ms: int) -> tuple[Chapter, Chapter]:
        """The chapter before the one at `at_ms` (the same, in the first), and that one."""
        index = bisect_right(self.chapters, at_ms, key=lambda each: each.start_ms) - 1
        return self.chapters[max(0, index - 1)], self.chapters[index]

    def frames(self) -> Iterator[int]:
        """The moment of each picture, in milliseconds."""
        return iter(range(0, self.length_ms, FRAME_MS))


def spoken_ms(words: str) -> int:
    """How long the words take to say, at most."""
    stops = words.rstrip(".!?").count(".") + words.count(",")
    return _whole_frames(SPOKEN_FIRST_MS + SPOKEN_LETTER_MS * len(words) + SPOKEN_STOP_MS * stops)


def plan(parts: Sequence[Part]) -> Timeline:
    """Lay the parts out in time."""
    chapters: list[Chapter] = []
    lines: list[Line] = []
    strokes: list[Stroke] = []
    now_ms = 0

    def say(words: str, at_ms: int) -> int:
        lines.append(Line(at_ms, at_ms + spoken_ms(words), words))
        return lines[-1].end_ms

    for part in parts:
        chapters.append(Chapter(now_ms, part.title, part.posture))
        now_ms += _whole_frames(LEAD_IN_MS)
        for step in part.steps:
            if isinstance(step, Say):
                now_ms = say(step.words, now_ms) + PAUSE_MS
            elif isinstance(step, SayWhile):
                said_ms = now_ms
                for words in step.words:
                    said_ms = say(words, said_ms) + PAUSE_MS
                for turn in count():
                    strokes.append(Stroke(now_ms, step.pace, step.movement, turn))
                    now_ms = strokes[-1].end_ms
                    if now_ms >= said_ms:
                        break
            else:
                for turn in range(step.times):
                    told = turn < CUED
                    number = f"{NUMBERS[turn]}."
                    say(f"{number} {step.up}" if told else number, now_ms)
                    if told:
                        say(step.down, now_ms + step.pace.up_ms + step.pace.hold_ms)
                    strokes.append(Stroke(now_ms, step.pace, step.movement, turn, turn + 1, step.times))
                    now_ms = strokes[-1].end_ms
    return Timeline(now_ms + _whole_frames(LEAD_OUT_MS), tuple(chapters), tuple(lines), tuple(strokes))


def _whole_frames(length_ms: int) -> int:
    return -(-length_ms // FRAME_MS) * FRAME_MS


def _eased(part: float) -> float:
    return part * part * (3 - 2 * part)
