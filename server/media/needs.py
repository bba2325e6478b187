"""Which layers of a camera anybody takes: a publisher may stop the others. Pure; moments are passed in.

A layer is needed from the moment somebody takes it, or would like to, until nobody has for 5 s: a slot that
goes up and down again stops and starts nothing. Before a camera has sent anything all its layers are needed,
and for 5 s from then, so that whoever comes finds a picture.
"""

from __future__ import annotations

from collections.abc import Collection
from math import inf

KEPT_S = 5.0
MISSED_S = 3.0
"""A layer wanted for so long that still does not come cannot be had."""


class Needs:
    """The needs for one camera, by the ranks of its layers."""

    def __init__(self, ranks: Collection[int]) -> None:
        self._taken_at: dict[int, float] = dict.fromkeys(ranks, inf)
        self._since: dict[int, float] = {}
        self._begun = False
        self._told: frozenset[int] | None = None

    def note(self, taken: Collection[int], flows: bool, now: float) -> None:
        """These ranks are taken now, or wished for; `flows` says whether the camera sends anything."""
        if flows and not self._begun:
            self._begun = True
            self._taken_at = dict.fromkeys(self._taken_at, now)
        for rank in self._taken_at:
            if rank in taken:
                self._since.setdefault(rank, now)
                if self._begun:
                    self._taken_at[rank] = now
            else:
                self._since.pop(rank, None)

    def needed(self, now: float) -> frozenset[int]:
        """The ranks that are needed."""
        return frozenset(rank for rank, taken_at in self._taken_at.items() if now - taken_at < KEPT_S)

    def news(self, now: float) -> frozenset[int] | None:
        """The needed ranks if that has not been told yet. At first everybody takes it that all are."""
        needed = self.needed(now)
        if needed == self._told or (self._told is None and len(needed) == len(self._taken_at)):
            return None
        self._told = needed
        return needed

    def tell_again(self) -> None:
        """Whoever was told has forgotten, and takes it that all are needed."""
        self._told = None

    def in_vain(self, rank: int, now: float) -> bool:
        """Whether this one has been wanted for so long that, if it does not flow, it cannot be had."""
        return now - self._since.get(rank, inf) >= MISSED_S
