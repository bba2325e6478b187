"""Whether a line carries more than flows on it: a short burst of padding on top, and when it arrived.

| state   | when                                                   | next    |
|---------|--------------------------------------------------------|---------|
| resting | something wants more, and the pause is over            | sending |
| sending | the burst is out, or the browser tells of a queue       | waiting |
| waiting | all is heard of, or a round trip and 0.35 s have passed | resting |

A burst that left in one moment, because the event loop stood still, says nothing and is sent again.

After a burst that came apart the pause doubles, up to 5 s: a line that has recovered is found out within
10 s, two steps included. After a failure the next burst begins with a short one, so that a line that stays
narrow is hardly troubled. While the presenter has no picture at all, pauses are 2 s at most and a probe asks
for no more than her lowest layer takes.

A rise that the line did not bear for 4 s costs a longer pause, 8 s to 1 min (for that lowest layer 2 s to
2 min), halved by each minute without a lowering. Until it is over only a long burst may show that the line
has changed, and not even that once such a one has misled us.
"""

from __future__ import annotations

from enum import Enum
from math import inf

from server.media.estimate import Sample

BURST_S, _LONG_BURST_S = 0.2, 0.5
PILOT_S = 0.06
STEP_S = 0.01
_FIRST_PAUSE_S, _MOST_PAUSE_S = 1.0, 5.0
_MOST_FIRST_PAUSE_S = 2.0
_REGRET_S, _FIRST_REGRET_S = (8.0, 60.0), (2.0, 120.0)
"""The least and the most; the second for a picture at all."""
_FORGIVEN_S = 60.0
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


class _Regret:
    """How long to leave it after a rise that the line did not bear, longer from time to time."""

    def __init__(self, least_s: float, most_s: float) -> None:
        self._least_s = self._pause_s = least_s
        self._most_s = most_s
        self.risen_at = -inf
        self.until = -inf

    def lowered(self, quiet_s: float, now: float) -> bool:
        """The line was lowered, `quiet_s` after the last time; whether a rise is to be regretted."""
        if quiet_s >= _FORGIVEN_S:
            self._pause_s = max(self._least_s, self._pause_s * 0.5 ** min(quiet_s // _FORGIVEN_S, 9))
        if now - self.risen_at >= _REGRET_WITHIN_S:
            return False
        self.until, self.risen_at = now + self._pause_s, -inf
        self._pause_s = min(self._most_s, 2 * self._pause_s)
        return True

    @property
    def is_fresh(self) -> bool:
        """Whether there was nothing to regret of late."""
        return self._pause_s <= self._least_s


class Probe:
    """The probes of one line, one at a time."""

    def __init__(self) -> None:
        self.state = State.RESTING
        self._next_at = self._rests_since = self._lowered_at = -inf
        self._pause_s = _FIRST_PAUSE_S
        self._regret, self._first_regret = _Regret(*_REGRET_S), _Regret(*_FIRST_REGRET_S)
        self._is_misled = False
        """Whether a rise that a long burst led to had to be taken back."""
        self._is_pilot = self._is_first = self._is_long = False
        self._failed = False
        self._goal_kbps = self._known_kbps = 0.0
        self._began_at = self._paced_at = self._ended_at = 0.0
        self._owed = 0.0
        self._numbers: dict[int, Sample | None] = {}
        self._unheard: set[int] = set()

    def is_due(self, now: float, *, is_first: bool = False) -> bool:
        """Whether a probe may begin; `is_first` says that it is for a picture at all."""
        if self.state is not State.RESTING:
            return False
        if is_first:
            next_at = min(self._next_at, self._rests_since + _MOST_FIRST_PAUSE_S)
            return now >= max(next_at, self._first_regret.until)
        return now >= self._next_at and not (self._is_misled and now < self._regret.until)

    def begin(self, goal_kbps: float, known_kbps: float, now: float, *, is_first: bool = False) -> None:
        """Show whether the line carries `goal_kbps` in all, where `known_kbps` are known."""
        self.state = State.SENDING
        self._goal_kbps, self._known_kbps = goal_kbps, known_kbps
        self._is_pilot = self._failed
        self._is_first = is_first
        self._is_long = not is_first and now < self._regret.until
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
        lasts_s = PILOT_S if self._is_pilot else _LONG_BURST_S if self._is_long else BURST_S
        if now - self._began_at >= lasts_s:
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
        self.state, self._rests_since = State.RESTING, now
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
            self._failed = self._is_first  # what is above it is tried gently
            self._pause_s = _FIRST_PAUSE_S
            self._next_at = now + (_FIRST_PAUSE_S if self._is_first else _SETTLE_S)
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

    def rose(self, now: float, *, is_first: bool = False) -> None:
        """More flows because of what a probe has shown."""
        (self._first_regret if is_first else self._regret).risen_at = now

    def lowered(self, now: float) -> None:
        """The line did not carry what flowed: pause, the longer the sooner it is after a rise."""
        quiet_s, self._lowered_at = now - self._lowered_at, now
        self._first_regret.lowered(quiet_s, now)
        if self._regret.is_fresh:
            self._is_misled = False
        if self._regret.lowered(quiet_s, now) and self._is_long:
            self._is_misled = True
        if now >= self._next_at or self.state is not State.RESTING:
            self._pause_s = _FIRST_PAUSE_S
            self._next_at = now + self._pause_s
        self.state, self._failed, self._rests_since = State.RESTING, True, now


def _middle(samples: list[Sample]) -> float:
    """The median of their queues, in seconds."""
    return sorted(each.queue_s for each in samples)[len(samples) // 2]
