"""What a burst of padding shows of a line, by itself."""

from __future__ import annotations

from server.media.estimate import Sample
from server.media.probing import Probe, State


def burst(probe: Probe, now: float, apart_s: float) -> None:
    """20 packets are sent so far apart from each other, and all arrive."""
    probe.begin(600.0, 300.0, now)
    for number in range(20):
        at = now + number * apart_s
        probe.sent(number, 300)
        probe.heard(number, Sample(at, 300 * number, at + 0.04, 0.0))
    probe.owed(0.0, now + 0.25)
    assert probe.state is State.WAITING


def test_a_burst_that_left_in_one_moment_says_nothing_and_is_soon_sent_again() -> None:
    probe = Probe()
    burst(probe, 1000.0, 0.0)
    assert probe.verdict(0.1, 1000.3) is None
    assert probe.state is State.RESTING
    assert not probe.is_due(1000.3)
    assert probe.is_due(1000.7)
    burst(probe, 1000.7, 0.01)
    assert probe.verdict(0.1, 1001.0) == 600.0, "and at once in full: it did not fail"
