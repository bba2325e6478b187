"""What the line to one browser carries, judged by how long marked packets take. Pure; moments are passed in.

Few packets are marked with a transport-wide number: small ones of padding a few times a second, and those of
a probe. The browser says when each arrived (`twcc.read`); on which clock does not matter, only differences
count. What a packet takes beyond the quickest of late is the queue before the narrowest place of the line. A
queue that stands means that more is sent than the line carries; how much it carries is what was sent between
two packets over the time between their arrivals. Loss by itself says little: it counts when it is heavy and
lasts, or comes with a queue (RFC 8836 wants both watched; docs/media.md says whence the thresholds).
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from math import inf
from typing import NamedTuple

START_KBPS = 320.0
"""Before anything is known: the presenter's lowest layer and a voice."""
BACK_OFF = 0.92
"""Of what was measured while a queue stood, so that it drains."""
_LEAST_KBPS = 40.0
_FIRST_FALL = 1.5
"""From so many times what we begin with the estimate falls to that first: what was measured while a line
overflowed is little to go by, and to lose all pictures for it is worse than a moment more of the queue."""
_QUEUE_S = 0.1
"""A queue of this length is too long: it delays sound."""
_BASE_S = 10.0
"""The quickest packet counts for one to two times so long; clocks drift and ways change."""
_DRAINS_S = 2.0
_STANDS_S = 0.5
"""A queue that has stood for so long is no key frame passing through."""
_FAR_TOO_MUCH = 1.5
"""Where this many times what gets through is sent, there is nothing to wait for."""
_BUSY_S = 0.05
_CLEAR_S, _HEARD_S, _CHANCE = 0.02, 0.3, 0.2
_OVERFLOW = 0.5
"""A queue that so many do not come through is full; one that did is proof enough."""
_WINDOW_S = 1.0
_NOT_KNOWN_S = 2.0
"""For so long a round trip we wait before anything is known."""
_LOST_AFTER_S, _LOST_AFTER_MOST_S = 1.0, 3.0
"""Beyond a round trip, and in all."""
_DEAF_S = 0.8
"""Marked packets sent for so long beyond a round trip, and none heard of: nothing gets through."""
_LOSS_OVER_S, _COUNT_EVERY_S = 4.0, 0.25
_HEAVY, _HEAVY_OF = 0.25, 24
_VERY_HEAVY, _VERY_HEAVY_OF, _VERY_HEAVY_S = 0.5, 18, 2.0
"""Such a share of at least so many marked packets lost: something throws packets away and keeps no queue.
Half of them, and it need not be watched for as long."""
_CERTAIN_LOSS = 0.4
"""Less may be chance where a tenth is lost (1 in 100 windows sees a quarter): it never takes all pictures."""
_MOST_IN_VAIN = 3
_DUMB_AFTER, _DUMB_AFTER_S = 10, 2.0
"""So many marked packets, and no word of any so long beyond a round trip (while that is not known, 4 s
in all): this browser tells of none."""


class Sample(NamedTuple):
    """A marked packet that arrived."""

    sent_at: float
    sent_octets: int
    """Of all that was sent to this browser until then, itself included."""
    arrived_at: float
    """By the browser's clock."""
    queue_s: float


class Estimate:
    """See the module. `kbps` is None while there is no limit that we know of."""

    def __init__(self, now: float, *, is_marked: bool) -> None:
        self.kbps: float | None = START_KBPS if is_marked else None
        self.rtt_s: float | None = None
        self._is_tried = False
        self._told_after_s = _NOT_KNOWN_S
        self.lowered_at = -inf
        self.is_told = False
        """Whether the browser has ever told of an arrival."""
        self._untold, self._untold_since = 0, now
        """How many have been marked before the first word, and since when."""
        self._number = 0
        self._sent: dict[int, tuple[float, int, bool]] = {}
        self._missing: set[int] = set()
        """Of those sent, what the browser has not got; of the rest it may have told, and we not heard."""
        self._samples: deque[Sample] = deque(maxlen=128)
        self._is_burst = False
        """Whether the last of them was one of a probe."""
        self._base = (inf, inf)
        self._base_at = now
        self._wavers_s = 0.0
        self._unheard_since: float | None = None
        self._fates: deque[tuple[float, bool]] = deque(maxlen=128)
        """Of those sent by themselves: when each was sent, and whether it arrived."""
        self._count_at = now
        self._limit_bps: int | None = None
        self._in_vain = 0

    def mark(self, now: float, sent_octets: int, *, in_burst: bool = False) -> int:
        """The transport-wide number of a packet that is sent now, as `sent_octets` are reached."""
        self._number = (self._number + 1) & 0xFFFF
        self._sent[self._number] = now, sent_octets, in_burst
        while now - self._sent[oldest := next(iter(self._sent))][0] > self._lost_after_s:
            sent_at, _, was_in_burst = self._sent.pop(oldest)
            if oldest in self._missing:
                self._missing.discard(oldest)
                if not was_in_burst:
                    self._fates.append((sent_at, False))
        if self._unheard_since is None:
            self._unheard_since = now
        if not self._untold:
            self._untold_since = now
        self._untold += 1
        return self._number

    @property
    def round_s(self) -> float:
        """The round trip; while no report tells of it, how long it takes until we hear of a packet."""
        return self._told_after_s if self.rtt_s is None else self.rtt_s

    @property
    def _lost_after_s(self) -> float:
        return min(_LOST_AFTER_MOST_S, _LOST_AFTER_S + self.round_s)

    def is_in_vain(self, now: float) -> bool:
        """Whether the browser, of which we do hear, would have told of marked packets long ago."""
        late_s = now - self._untold_since - self.round_s
        return not self.is_told and self._untold >= _DUMB_AFTER and late_s >= _DUMB_AFTER_S

    def arrivals(
        self, told: Iterable[tuple[int, float | None]], now: float
    ) -> list[tuple[int, Sample | None]]:
        """The browser told of these numbers; those of ours, with None for what it has not got."""
        found: list[tuple[int, Sample | None]] = []
        for number, arrived_at in told:
            if arrived_at is None:
                if number in self._sent:  # and may come yet
                    self._missing.add(number)
                    found.append((number, None))
                continue
            sent = self._sent.pop(number, None)
            if sent is None:
                continue
            self._missing.discard(number)
            self._unheard_since = None
            self._told_after_s = now - sent[0]
            self.is_told = True
            sample = self._sample(sent[0], sent[1], arrived_at, now)
            self._samples.append(sample)
            self._is_burst = sent[2]
            found.append((number, sample))
            if not sent[2]:
                self._fates.append((sent[0], True))
        return found

    def _sample(self, sent_at: float, sent_octets: int, arrived_at: float, now: float) -> Sample:
        took = arrived_at - sent_at
        if now - self._base_at >= _BASE_S:
            self._base, self._base_at = (inf, self._base[0]), now
        self._base = min(self._base[0], took), self._base[1]
        queue_s = took - min(self._base)
        if self._samples:
            apart_s = abs(queue_s - self._samples[-1].queue_s)
            self._wavers_s += (min(apart_s, _QUEUE_S) - self._wavers_s) / 32
        return Sample(sent_at, sent_octets, arrived_at, queue_s)

    def begin_anew(self, now: float) -> None:
        """The way to the browser is another one: forget how long packets take."""
        self._samples.clear()
        self._sent.clear()
        self._missing.clear()
        self._fates.clear()
        self._base, self._base_at = (inf, inf), now
        self._unheard_since = None
        self._untold = 0

    def limit(self, bps: int, pictures_kbps: float, sound_kbps: float, now: float) -> bool:
        """The browser's own estimate for pictures (REMB); whether ours was lowered for it.

        For browsers that tell of no arrivals. It never says more than 1.5 times what flows, and rises by
        8% a second: only its fall under what flows is news.
        """
        before, self._limit_bps = self._limit_bps, bps
        kbps = bps / 1000
        if before is None or bps > 0.95 * before or kbps > 0.95 * pictures_kbps:
            return False
        return self._lower(kbps + sound_kbps, now)

    def judge(self, sent_kbps: float, granted_kbps: float, now: float) -> bool:
        """Whether more is sent than the line carries; the estimate was then lowered. Call it often.

        `sent_kbps` is what was sent over the last half second, `granted_kbps` what is meant to be.
        """
        rtt_s = self.round_s
        if now - self.lowered_at < rtt_s + 0.3:
            return False
        since = self._unheard_since
        if since is not None and now - since > _DEAF_S + rtt_s:
            return self._lower(max(sent_kbps, granted_kbps) / 4, now)
        if now >= self._count_at:
            self._count_at = now + _COUNT_EVERY_S
            if (lost := self._heavy_loss(now)) is not None:
                self._fates.clear()
                carried_kbps = max(sent_kbps, granted_kbps) * (1 - lost)
                return self._lower(max(carried_kbps, START_KBPS if lost < _CERTAIN_LOSS else 0.0), now)
        return self._queue_stands(sent_kbps, now)

    def _queue_stands(self, sent_kbps: float, now: float) -> bool:
        if len(self._samples) < 2 or self._samples[-2].sent_at <= self.lowered_at:
            return False
        last, before = self._samples[-1], self._samples[-2]
        too_long_s = _QUEUE_S + 2 * self._wavers_s
        delivered_kbps, lost = self._delivered()
        shortest_s = last.queue_s if lost > _OVERFLOW else min(last.queue_s, before.queue_s)
        if shortest_s < too_long_s:
            self._in_vain = 0
            return False
        # Else something paused, and all came at once; what a probe adds is over by now.
        grows = last.queue_s > before.queue_s - 0.02 and not self._is_burst
        if not grows or delivered_kbps is None or sent_kbps < _FAR_TOO_MUCH * delivered_kbps:
            if now - self.lowered_at < _DRAINS_S:
                return False  # what stands there from before has to drain first, a key frame behind it
            lately = [each for each in self._samples if each.sent_at > last.sent_at - _STANDS_S]
            if min(each.queue_s for each in lately) < too_long_s or last.queue_s < lately[0].queue_s - 0.05:
                return False  # it has only just come, or it drains
            delivered_kbps, _ = self._delivered(_BUSY_S)
        self._in_vain += 1
        if self._in_vain > _MOST_IN_VAIN:  # less and less was sent, and it takes no less: a longer way
            self._in_vain = 0
            self.begin_anew(now)
            return False
        return self._lower(delivered_kbps or sent_kbps, now)

    def _heavy_loss(self, now: float) -> float | None:
        """The share of marked packets lost, where so many are that it must be the line that is full."""
        for over_s, least, share in (
            (_VERY_HEAVY_S, _VERY_HEAVY_OF, _VERY_HEAVY),
            (_LOSS_OVER_S, _HEAVY_OF, _HEAVY),
        ):
            since, until = max(self.lowered_at, now - over_s - self._lost_after_s), now - self._lost_after_s
            fates = [came for at, came in self._fates if since <= at <= until]
            if len(fates) >= least and (lost := fates.count(False) / len(fates)) >= share:
                return lost
        return None

    @property
    def is_tried(self) -> bool:
        """Whether more is known of the line than what we begin with."""
        return self._is_tried or self.kbps is None

    def is_clear(self, now: float) -> bool:
        """Whether what was sent lately came without a queue, as far as we have heard, and we have heard. Some
        of it may be lost: chance takes a tenth on bad lines, and leaves no queue.
        """
        if len(self._samples) < 2 or len(self._missing) > max(1.0, _CHANCE * len(self._samples)):
            return False
        if self._samples[-1].sent_at < now - self.round_s - _HEARD_S:
            return False
        return max(self._samples[-1].queue_s, self._samples[-2].queue_s) < _CLEAR_S + self._wavers_s

    def queue_s(self) -> float:
        """How long the last marked packet stood in a queue."""
        return self._samples[-1].queue_s if self._samples else 0.0

    def _delivered(self, busy_s: float = -inf) -> tuple[float | None, float]:
        """What got through while the queue grew, or over the last second, in kbit/s; and the share lost.

        With `busy_s` only while so long a queue stood, when the line was never idle.
        """
        last = self._samples[-1]
        first, came = last, 0
        for each in reversed(self._samples):
            if each.sent_at < max(last.sent_at - _WINDOW_S, self.lowered_at) or each.queue_s < busy_s:
                break
            first = each
            came += 1
            if each.queue_s < 0.02:
                break
        missing = sum(first.sent_at < self._sent[number][0] < last.sent_at for number in self._missing)
        lost = missing / (missing + came)
        took = last.arrived_at - first.arrived_at
        if took < 0.02:
            return None, lost
        return (1 - lost) * (last.sent_octets - first.sent_octets) * 8 / took / 1000, lost

    def _lower(self, kbps: float, now: float) -> bool:
        known_kbps = self.kbps if self.kbps is not None else inf
        if known_kbps > _FIRST_FALL * START_KBPS:
            kbps = max(kbps, START_KBPS)
        if self._in_vain > 1:  # what was thought enough the last time was not
            known_kbps *= BACK_OFF
        self.kbps = max(_LEAST_KBPS, min(BACK_OFF * kbps, known_kbps))
        self.lowered_at = now
        self._unheard_since = None
        return True

    def proven(self, kbps: float) -> None:
        """A probe, or what flowed, has shown that the line carries so much."""
        self._is_tried = True
        if self.kbps is not None and kbps > self.kbps:
            self.kbps = kbps
