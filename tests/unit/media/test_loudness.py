"""What counts as speech, and for how long."""

from __future__ import annotations

from server.media.loudness import SILENCE_DB, SPEECH_DB, Loudness

QUIET = 90


class Microphone:
    """Sends a packet every 20 ms; time stands still in between."""

    def __init__(self, at: float = 1000.0) -> None:
        self.loudness, self.now = Loudness(), at

    def sends(self, *levels: int | None, payload_bytes: int = 80) -> None:
        for level in levels:
            self.loudness.hear(level, payload_bytes, self.now)
            self.now += 0.02

    @property
    def speaks(self) -> bool:
        return self.loudness.standing(self.now) > SILENCE_DB


def test_two_packets_of_speech_are_speech() -> None:
    microphone = Microphone()
    microphone.sends(QUIET, 30)
    assert not microphone.speaks
    microphone.sends(30)
    assert microphone.speaks


def test_a_click_is_no_speech_however_loud() -> None:
    microphone = Microphone()
    microphone.sends(*[QUIET, QUIET, 0] * 20)
    assert not microphone.speaks


def test_a_pause_between_words_is_no_silence_and_an_end_of_two_seconds_is() -> None:
    microphone = Microphone()
    microphone.sends(*[25] * 10)
    microphone.sends(*[QUIET] * 80)
    assert microphone.speaks
    microphone.sends(*[QUIET] * 40)
    assert not microphone.speaks


def test_speech_ends_also_when_nothing_is_sent_any_more() -> None:
    microphone = Microphone()
    microphone.sends(*[25] * 10)
    microphone.now += 1.5
    assert microphone.speaks
    microphone.now += 1
    assert not microphone.speaks


def test_the_first_words_after_ten_minutes_of_being_muted_are_speech() -> None:
    microphone = Microphone()
    microphone.sends(*[30] * 10)
    microphone.now += 600
    microphone.sends(30, 30)
    assert microphone.speaks


def test_a_hum_is_no_speech_after_a_while_but_speech_above_it_is() -> None:
    microphone = Microphone()
    for _ in range(50):
        microphone.sends(*[45] * 50)
    assert not microphone.speaks
    microphone.sends(*[25] * 3)
    assert microphone.speaks


def test_somebody_who_speaks_for_minutes_with_breaths_in_between_speaks_all_the_time() -> None:
    microphone = Microphone()
    for _ in range(40):
        microphone.sends(*[28] * 200, *[QUIET] * 15)
        assert microphone.speaks


def test_of_those_who_are_silent_the_one_silent_for_longest_stands_lowest() -> None:
    first, second = Microphone(), Microphone()
    first.sends(*[25] * 10)
    second.now = first.now + 1
    second.sends(*[25] * 10)
    now = second.now + 5
    assert first.loudness.standing(now) < second.loudness.standing(now) <= SILENCE_DB


def test_without_levels_the_size_of_a_packet_tells_speech_from_silence() -> None:
    microphone = Microphone()
    microphone.sends(*[None] * 10, payload_bytes=3)
    assert not microphone.speaks
    microphone.sends(None, None, payload_bytes=60)
    assert microphone.speaks
    assert SPEECH_DB < microphone.loudness.standing(microphone.now) < -30, "loud speech elsewhere comes first"
