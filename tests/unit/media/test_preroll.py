"""How far back a voice begins."""

from __future__ import annotations

import pytest

from server.media.counts import Counts
from server.media.layer import Layer
from server.media.outlet import Outlet
from server.media.preroll import before

SAMPLES = 960
FIRST = 65_530


class Speaker:
    """A microphone's layer that has sent packets of 20 ms from number 65,530 on."""

    def __init__(self) -> None:
        counts = Counts()
        self.layer = Layer("audio", 48000, "", 0, lambda packet: None, Outlet(counts), counts)
        self.layer.bind(1, 1000.0)
        self.now = 1000.0
        self.sent = 0
        self.timestamp = (1 << 32) - 3 * SAMPLES

    def send(self, count: int = 1, *, lost: bool = False) -> None:
        for _ in range(count):
            if not lost:
                payload = b"%d" % self.sent
                timestamp = self.timestamp & 0xFFFFFFFF
                self.layer.receive(0, (FIRST + self.sent) & 0xFFFF, timestamp, payload, self.now)
            self.sent += 1
            self.now += 0.02
            self.timestamp += SAMPLES

    def pause(self, seconds: float) -> None:
        """Send nothing (DTX): the timestamps go on, the numbers stand still."""
        self.now += seconds
        self.timestamp += int(seconds * 48000)

    def before_the_newest(self, heard_since: float | None) -> list[int]:
        layer = self.layer
        newest, came_at = layer.gaps.highest, layer.last_at
        return [int(kept[3]) for kept in before(layer, newest, layer.last_timestamp, heard_since, came_at)]


def test_it_begins_a_quarter_of_a_second_back_also_where_numbers_and_timestamps_wrap() -> None:
    speaker = Speaker()
    speaker.send(16)
    assert speaker.before_the_newest(0) == list(range(3, 15))


def test_what_was_lost_is_passed_over() -> None:
    speaker = Speaker()
    speaker.send(10)
    speaker.send(2, lost=True)
    speaker.send(3)
    assert speaker.before_the_newest(0) == [2, 3, 4, 5, 6, 7, 8, 9, 12, 13]


@pytest.mark.parametrize("pause_s", [0.26, 0.4, 100_000.0])
def test_it_begins_no_earlier_than_after_a_silence_in_which_nothing_was_sent(pause_s: float) -> None:
    speaker = Speaker()
    speaker.send(10)
    speaker.pause(pause_s)
    speaker.send(4)
    assert speaker.before_the_newest(0) == [10, 11, 12]


def test_nothing_is_taken_from_before_she_might_be_heard() -> None:
    speaker = Speaker()
    speaker.send(20)
    allowed_at = speaker.now
    speaker.send(4)
    assert speaker.before_the_newest(allowed_at) == [21, 22], "what came at that moment was said before"
    assert speaker.before_the_newest(None) == [], "and nothing at all of a source that is no choice"


def test_whatever_the_timestamps_say_nothing_that_came_before_she_might_be_heard_is_taken() -> None:
    speaker = Speaker()
    for number in range(20):
        speaker.send(1)
        speaker.timestamp -= SAMPLES * 19 // 20
        if number == 15:
            allowed_at = speaker.now
    assert speaker.before_the_newest(allowed_at) == [17, 18]


def test_a_speaker_who_has_just_begun_has_nothing_before() -> None:
    speaker = Speaker()
    speaker.send(1)
    assert speaker.before_the_newest(0) == []
