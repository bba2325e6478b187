"""Loss and its repair (RFC 4585, RFC 4588): which numbers are missing, and how much repair we can afford."""

from __future__ import annotations

from enum import IntEnum

REPEAT_AFTER_S = 0.1
"""One number is neither asked for nor sent again sooner than this, while the round trip is not known."""
_ASK_TWICE_S = 0.02
"""Each try is two requests so far apart, for one can be lost too; who has the first ignores the second."""
_MAX_TRIES = 16
"""Requests for one number."""
_MAX_GAP = 256
"""Packets; a longer gap is not repaired, a key frame is asked for instead."""
REACH = 512
"""Packets; older ones are of no use to any decoder."""
_SHARE, _SAVED_S = 0.5, 1.0
"""Of the packets that come, so many requests: where a tenth is lost, each is asked for 2.5 times."""


def repeat_after_s(rtt_s: float) -> float:
    """How long to wait for a packet that was asked for: a round trip and a margin for its wavering.

    A small one: a browser ignores whoever asks within its own round trip since it last sent it, but each try
    is two requests, and should the first come too early, the second does not.
    """
    return min(0.5, max(0.04, 1.05 * rtt_s + 0.01))


def again_at_most_every_s(rtt_s: float) -> float:
    """How long after a resend the next request for the same number is no echo of the first: who asks again
    has waited for a round trip, more or less.
    """
    return min(0.5, max(0.02, 0.7 * rtt_s))


class Arrival(IntEnum):
    """How a packet stands to those before it."""

    STALE = 0
    """A duplicate, or too late: drop it."""
    LATE = 1
    """Behind the newest, and welcome."""
    NEWEST = 2
    BROKEN = 3
    """The newest, behind a gap too long to repair: only a key frame helps."""


class Budget:
    """Lets repair have `share` of what flows, in any unit (bytes, packets).

    What is not used is saved up, to `least` or `saved_s` of the flow, whichever is more. Without it a
    bottleneck collapses: every resend displaces a first send, which is then asked for again.
    """

    def __init__(self, least: float, *, share: float, saved_s: float) -> None:
        self._least, self._share, self._saved_s = least, share, saved_s
        self._allowance = least
        self._total = 0
        self._window_total = 0
        self._window_at: float | None = None
        self._most = least

    def allows(self, cost: float, flowed: int, now: float, *, keep: float = 0.0) -> bool:
        """Whether `cost` may be spent, and spends it; `flowed` is the stream's total so far.

        `keep` is the share of the most that can be saved up which must be left afterwards.
        """
        earned = (flowed - self._total) * self._share
        self._total = flowed
        if self._window_at is None:
            self._window_at, self._window_total = now, flowed
        elif now - self._window_at >= 1.0:
            rate = (flowed - self._window_total) / (now - self._window_at)
            self._most = max(self._least, rate * self._saved_s)
            self._window_at, self._window_total = now, flowed
        self._allowance = min(self._most, self._allowance + max(0.0, earned))
        if cost > self._allowance - keep * self._most:
            return False
        self._allowance -= cost
        return True


class Gaps:
    """Follows the sequence numbers of one incoming stream, and knows which are missing.

    A number far behind is only ever stale here: SRTP's replay check already refuses a stream whose
    numbers start again, so the restart heuristics of RFC 3550, appendix A.1 have no work to do.
    """

    __slots__ = (
        "_ask_from",
        "_budget",
        "_due_at",
        "_reach",
        "_reported_expected",
        "_reported_received",
        "first",
        "highest",
        "missing",
        "received",
    )

    def __init__(self, reach: int = REACH) -> None:
        self._reach = reach
        self.highest = -1
        """The newest number, extended by its wraps; -1 before the first packet."""
        self.first = 0
        self.received = 0
        self.missing: dict[int, tuple[float, int]] = {}
        """By extended number, oldest first: when to ask again, and how often we have."""
        self._due_at = 0.0
        self._ask_from = 0
        self._budget = Budget(least=128, share=_SHARE, saved_s=_SAVED_S)
        self._reported_expected = self._reported_received = 0

    def note(self, number: int, now: float) -> Arrival:
        """A packet with this 16-bit number has come."""
        highest = self.highest
        ahead = (number - highest) & 0xFFFF
        if ahead == 1 and highest >= 0:
            self.highest = highest + 1
            self.received += 1
            return Arrival.NEWEST
        if highest < 0:
            # One wrap ahead, so that late packets from before the first keep a positive number.
            self.highest = self.first = number + 0x10000
            self.received = 1
            return Arrival.NEWEST
        if 0 < ahead < 0x8000:
            self.highest = highest + ahead
            self.received += 1
            if ahead > _MAX_GAP:
                self.missing.clear()
                return Arrival.BROKEN
            for missed in range(highest + 1, highest + ahead):
                self.missing[missed] = (now, 0)
                self._due_at = now
            return Arrival.NEWEST
        behind = -ahead & 0xFFFF
        if behind == 0 or behind >= self._reach:
            return Arrival.STALE
        if self.missing.pop(highest - behind, None) is None:
            return Arrival.STALE
        self.received += 1
        return Arrival.LATE

    def extended(self, number: int) -> int:
        """The extended form of a 16-bit number near the newest."""
        return self.highest + ((number - self.highest + 0x8000) & 0xFFFF) - 0x8000

    def misses(self, number: int) -> bool:
        """Whether this 16-bit number is missing."""
        return self.extended(number) in self.missing

    def due(self, now: float, repeat_after_s: float = REPEAT_AFTER_S) -> tuple[list[int], int]:
        """The 16-bit numbers to ask for now, oldest first, and how many the budget withheld.

        Each is due again `repeat_after_s` later, and every other time `_ASK_TWICE_S` after the time before.
        Those asked for too often are given up.
        """
        asked: list[int] = []
        withheld = 0
        if now < self._due_at:
            return asked, withheld
        self._due_at = now + repeat_after_s
        self._forget_ancient()
        for missed, (due_at, tries) in list(self.missing.items()):
            if missed < self._ask_from:
                continue
            if due_at > now:
                self._due_at = min(self._due_at, due_at)
            elif tries >= _MAX_TRIES:
                del self.missing[missed]
            elif self._budget.allows(1, self.received, now):
                again_s = repeat_after_s - _ASK_TWICE_S if tries % 2 else _ASK_TWICE_S
                self.missing[missed] = (now + again_s, tries + 1)
                self._due_at = min(self._due_at, now + again_s)
                asked.append(missed & 0xFFFF)
            else:
                self.missing[missed] = (now + repeat_after_s, tries)
                withheld += 1
        return asked, withheld

    def forgo(self) -> None:
        """Ask for nothing that is missing by now; what comes of it all the same is welcome."""
        self._ask_from = self.highest + 1
        self._forget_ancient()

    def _forget_ancient(self) -> None:
        oldest = self.highest - self._reach
        while self.missing and (first := next(iter(self.missing))) <= oldest:
            del self.missing[first]

    def loss_since_last(self) -> tuple[int, int]:
        """(fraction lost of 256 since the last call, packets lost in all), RFC 3550 appendix A.3."""
        expected = self.highest - self.first + 1
        newly_expected = expected - self._reported_expected
        newly_lost = newly_expected - (self.received - self._reported_received)
        self._reported_expected, self._reported_received = expected, self.received
        fraction = min(255, (newly_lost << 8) // newly_expected) if newly_lost > 0 else 0
        return fraction, max(0, expected - self.received)
