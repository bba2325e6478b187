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
BACK_OFF = 0.85
"""Of what was measured while a queue stood, so that it drains."""
_LEAST_KBPS = 40.0
_QUEUE_S = 0.1
"""A queue of this length is too long: it delays sound."""
_BASE_S = 10.0
"""The quickest packet counts for one to two times so long; clocks drift and ways change."""
_STEADY_S = 0.25
_WINDOW_S = 1.0
_REMEMBERED = 512
_DEAF_S = 0.6
"""Marked packets sent for so long beyond a round trip, and none heard of: nothing gets through."""
_HEAVY, _HEAVY_FOR = 0.18, 3
"""Such a share lost, so many seconds in a row: something throws packets away that keeps no queue."""
_DELIVERED_LATELY = 3


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
        self.loss = 0.0
        """Of what was sent in the last second or so, before repair."""
        self.lowered_at = -inf
        self.is_told = False
        """Whether the browser has ever told of an arrival."""
        self._number = 0
        self._sent: dict[int, tuple[float, int]] = {}
        self._samples: deque[Sample] = deque(maxlen=128)
        self._base = (inf, inf)
        self._base_at = now
        self._wavers_s = 0.0
        self._unheard_since: float | None = None
        self._heavy = 0
        self._limit_bps: int | None = None
        self._in_vain = 0

    def mark(self, now: float, sent_octets: int) -> int:
        """The transport-wide number of a packet that is sent now, as `sent_octets` are reached."""
        self._number = (self._number + 1) & 0xFFFF
        self._sent[self._number] = now, sent_octets
        if len(self._sent) > _REMEMBERED:
            del self._sent[next(iter(self._sent))]
        if self._unheard_since is None:
            self._unheard_since = now
        return self._number

    def arrivals(
        self, told: Iterable[tuple[int, float | None]], now: float
    ) -> list[tuple[int, Sample | None]]:
        """The browser told of these numbers; those of ours, with None for what it has not got."""
        found: list[tuple[int, Sample | None]] = []
        for number, arrived_at in told:
            if arrived_at is None:
                if number in self._sent:  # and may come yet
                    found.append((number, None))
                continue
            sent = self._sent.pop(number, None)
            if sent is None:
                continue
            self._unheard_since = None
            self.is_told = True
            sample = self._sample(*sent, arrived_at, now)
            self._samples.append(sample)
            found.append((number, sample))
        return found

    def _sample(self, sent_at: float, sent_octets: int, arrived_at: float, now: float) -> Sample:
        took = arrived_at - sent_at
        if now - self._base_at >= _BASE_S:
            self._base, self._base_at = (inf, self._base[0]), now
        self._base = min(self._base[0], took), self._base[1]
        queue_s = took - min(self._base)
        self._wavers_s += (min(queue_s, _QUEUE_S) - self._wavers_s) / 64
        return Sample(sent_at, sent_octets, arrived_at, queue_s)

    def begin_anew(self, now: float) -> None:
        """The way to the browser is another one: forget how long packets take."""
        self._samples.clear()
        self._sent.clear()
        self._base, self._base_at = (inf, inf), now
        self._unheard_since = None

    def limit(self, bps: int, pictures_kbps: float, sound_kbps: float, now: float) -> bool:
        """The browser's own estimate for pictures (REMB); whether ours was lowered for it.

        It never says more than 1.5 times what flows, and rises by 8% a second: only its fall under what
        flows is news.
        """
        before, self._limit_bps = self._limit_bps, bps
        kbps = bps / 1000
        if before is None or bps > 0.95 * before or kbps > 0.95 * pictures_kbps:
            return False
        return self._lower(kbps + sound_kbps, now)

    def received(self, lost: float, expected: int, sent_kbps: float, now: float) -> bool:
        """A second's report of loss, as a fraction; whether the estimate was lowered for it."""
        self.loss += (lost - self.loss) / 2
        self._heavy = self._heavy + 1 if lost > _HEAVY and expected >= 20 else 0
        if self._heavy < _HEAVY_FOR:
            return False
        self._heavy = 0
        return self._lower(sent_kbps * (1 - lost), now)

    def judge(self, sent_kbps: float, now: float) -> bool:
        """Whether more is sent than the line carries; the estimate was then lowered. Call it often."""
        rtt_s = self.rtt_s or 0.1
        if now - self.lowered_at < rtt_s + 0.3:
            return False
        since = self._unheard_since
        if since is not None and now - since > _DEAF_S + rtt_s:
            self._unheard_since = now
            return self._lower(sent_kbps / 2, now)
        recent = [each for each in self._samples if each.sent_at > now - _STEADY_S - rtt_s]
        if len(recent) < 2 or recent[-1].sent_at <= self.lowered_at:
            return False
        standing = min(each.queue_s for each in recent[-2:])
        if standing < _QUEUE_S + 2 * self._wavers_s:
            self._in_vain = 0
            return False
        if standing < recent[0].queue_s - 0.03:
            return False  # it drains
        self._in_vain += 1
        if self._in_vain > _DELIVERED_LATELY:  # less and less was sent, and it takes no less: a longer way
            self._in_vain = 0
            self.begin_anew(now)
            return False
        return self._lower(self._delivered(now) or sent_kbps, now)

    def queue_s(self) -> float:
        """How long the last marked packet stood in a queue."""
        return self._samples[-1].queue_s if self._samples else 0.0

    def _delivered(self, now: float) -> float | None:
        """What got through of late, in kbit/s."""
        last = self._samples[-1]
        first = last
        for each in reversed(self._samples):
            if each.sent_at < now - _WINDOW_S:
                break
            first = each
            if each.queue_s < 0.02:
                break
        took = last.arrived_at - first.arrived_at
        return (last.sent_octets - first.sent_octets) * 8 / took / 1000 if took > 0.02 else None

    def _lower(self, kbps: float, now: float) -> bool:
        self.kbps = max(_LEAST_KBPS, BACK_OFF * min(kbps, self.kbps if self.kbps is not None else inf))
        self.lowered_at = now
        return True

    def proven(self, kbps: float) -> None:
        """A probe has shown that the line carries so much."""
        if self.kbps is not None and kbps > self.kbps:
            self.kbps = kbps
