"""Whether a line carries more than flows on it: a short burst of padding on top, and when it arrived.

| state   | when                                                   | next    |
|---------|--------------------------------------------------------|---------|
| resting | something wants more, and the pause is over            | sending |
| sending | the burst is out, or the browser tells of a queue       | waiting |
| waiting | all is heard of, or a round trip and 0.35 s have passed | resting |

A burst that left in one moment, because the event loop stood still, says nothing and is sent again.

After a burst that came apart the pause doubles, up to 5 s: a line that has recovered is found out within
10 s, two steps included. After a failure the next burst begins with a short one, so that a line that stays
narrow is hardly troubled. A rise that the line did not bear for 4 s costs a longer pause, 15 s to 2 min.
"""

from __future__ import annotations

from enum import Enum
from math import inf

from server.media.estimate import Sample

BURST_S = 0.2
PILOT_S = 0.06
STEP_S = 0.01
_FIRST_PAUSE_S, _MOST_PAUSE_S = 1.0, 5.0
_FIRST_REGRET_S, _MOST_REGRET_S = 15.0, 120.0
_REGRET_WITHIN_S = 4.0
_SETTLE_S = 0.1
_PATIENCE_S = 0.35
_WORTH_IT = 1.3
_STRETCH = 0.15
"""A burst may take so much longer to arrive than to send."""
_STRETCH_S = 0.015
_TOO_LONG_S = 0.12
_LEAST_CAME, _LEAST_TOLD = 0.6, 0.3
_LEAST_APART_S = 0.02
"""Packets sent closer together show no rate."""
_AGAIN_S = 0.3
_MOST_PACED_S = 0.05


class State(Enum):
    """See the module."""

    RESTING = "resting"
    SENDING = "sending"
    WAITING = "waiting"


class Probe:
    """The probes of one line, one at a time."""

    def __init__(self) -> None:
        self.state = State.RESTING
        self._next_at = -inf
        self._pause_s = _FIRST_PAUSE_S
        self._regret_s = _FIRST_REGRET_S
        self._risen_at = -inf
        self._is_pilot = False
        self._failed = False
        self._goal_kbps = self._known_kbps = 0.0
        self._began_at = self._paced_at = self._ended_at = 0.0
        self._owed = 0.0
        self._numbers: dict[int, Sample | None] = {}
        self._unheard: set[int] = set()

    def is_due(self, now: float) -> bool:
        """Whether a probe may begin."""
        return self.state is State.RESTING and now >= self._next_at

    def begin(self, goal_kbps: float, known_kbps: float, now: float) -> None:
        """Show whether the line carries `goal_kbps` in all, where `known_kbps` are known."""
        self.state = State.SENDING
        self._goal_kbps, self._known_kbps = goal_kbps, known_kbps
        self._is_pilot = self._failed
        self._start(now)

    def _start(self, now: float) -> None:
        self.state = State.SENDING
        self._began_at = self._paced_at = now
        self._owed = 0.0
        self._numbers, self._unheard = {}, set()

    def owed(self, flowing_kbps: float, now: float) -> float:
        """How many bytes of padding are to be sent now, on top of what flows; 0 when the burst is over."""
        if self.state is not State.SENDING:
            return 0.0
        if now - self._began_at >= (PILOT_S if self._is_pilot else BURST_S):
            self.state, self._ended_at = State.WAITING, now
            return 0.0
        passed = min(_MOST_PACED_S, now - self._paced_at + (STEP_S if now == self._began_at else 0.0))
        self._paced_at = now
        self._owed += max(0.0, self._goal_kbps - flowing_kbps) * 1000 / 8 * passed
        return self._owed

    def sent(self, number: int, octets: int) -> None:
        """So many of the bytes owed went out under this transport-wide number."""
        self._numbers[number] = None
        self._unheard.add(number)
        self._owed -= octets

    def heard(self, number: int, sample: Sample | None) -> None:
        """The browser told of a marked packet."""
        if number in self._numbers:
            self._numbers[number] = sample
            self._unheard.discard(number)
            if sample is not None and sample.queue_s > _TOO_LONG_S and self.state is State.SENDING:
                self.state, self._ended_at = State.WAITING, sample.sent_at

    def verdict(self, rtt_s: float, now: float) -> float | None:
        """What a finished burst has shown the line to carry, in kbit/s; None while there is nothing to say.

        A pilot that went well is followed by the burst itself, at once; one that showed less than was
        hoped for, but more than is known, by a burst for that: by itself it is too short to be exact.
        """
        if self.state is not State.WAITING:
            return None
        if self._unheard and now - self._ended_at < rtt_s + _PATIENCE_S:
            return None
        self.state = State.RESTING
        shown = self._measure()
        if shown is None:
            self._next_at = now + _AGAIN_S
            return None
        if self._is_pilot and shown >= min(self._goal_kbps, _WORTH_IT * self._known_kbps):
            self._goal_kbps = min(shown, self._goal_kbps)
            self._is_pilot = False
            self._start(now)
            return None
        if shown >= self._goal_kbps:
            self._failed = False
            self._pause_s = _FIRST_PAUSE_S
            self._next_at = now + _SETTLE_S
            self._risen_at = now
        else:
            self._failed = True
            self._next_at = now + self._pause_s
            self._pause_s = min(_MOST_PAUSE_S, 2 * self._pause_s)
        return 0.0 if self._is_pilot else shown

    def _measure(self) -> float | None:
        """What the burst showed, 0 for nothing good; None where it could show nothing."""
        came = [sample for sample in self._numbers.values() if sample is not None]
        told = len(self._numbers) - len(self._unheard)  # of the rest the browser's word may have been lost
        if len(came) < max(4, _LEAST_CAME * told, _LEAST_TOLD * len(self._numbers)):
            return 0.0
        came.sort()
        third = max(1, len(came) // 3)
        early, late = _middle(came[:third]), _middle(came[-third:])
        sent_s = came[-1].sent_at - came[0].sent_at
        apart_s = sent_s * (len(came) - third) / len(came)  # between the middles of the two
        if apart_s < _LEAST_APART_S:
            return None
        grown_s = late - early
        if grown_s <= max(_STRETCH_S, _STRETCH * apart_s):
            return self._goal_kbps
        octets = came[-1].sent_octets - came[0].sent_octets
        return octets * 8 / 1000 / (sent_s * (1 + grown_s / apart_s))

    def lowered(self, now: float) -> None:
        """The line did not carry what flowed: pause, the longer the sooner it is after a rise."""
        if now - self._risen_at < _REGRET_WITHIN_S:
            self._next_at = now + self._regret_s
            self._regret_s = min(_MOST_REGRET_S, 2 * self._regret_s)
            self._risen_at = -inf
        elif now >= self._next_at or self.state is not State.RESTING:
            self._pause_s = _FIRST_PAUSE_S
            self._next_at = now + self._pause_s
        self.state, self._failed = State.RESTING, True


def _middle(samples: list[Sample]) -> float:
    """The median of their queues, in seconds."""
    return sorted(each.queue_s for each in samples)[len(samples) // 2]
