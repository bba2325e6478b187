"""How often one person may report: so many at once, then so many a second (generic cell rate algorithm)."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable

BURST = 30
PER_S = 2.0
"""A player reports every 4 s, and at each pause and seek; two devices and an impatient finger fit in."""
MAX_PEOPLE = 10_000


class Pace:
    """Remembers for each person when they would be even; forgets who has been even longest."""

    def __init__(self, monotonic_s: Callable[[], float], *, burst: int = BURST, per_s: float = PER_S) -> None:
        self._monotonic_s = monotonic_s
        self._gap_s = 1 / per_s
        self._slack_s = (burst - 1) / per_s
        self._even_at_s: OrderedDict[str, float] = OrderedDict()

    def take(self, person_id: str) -> bool:
        """Let one report through; False when this person has sent too many."""
        now_s = self._monotonic_s()
        even_s = max(now_s, self._even_at_s.get(person_id, now_s))
        if even_s - now_s > self._slack_s:
            return False
        self._even_at_s[person_id] = even_s + self._gap_s
        self._even_at_s.move_to_end(person_id)
        if len(self._even_at_s) > MAX_PEOPLE:
            self._even_at_s.popitem(last=False)
        return True
