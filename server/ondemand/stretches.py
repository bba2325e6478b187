"""Stretches of a session that were watched, and their union. Pure.

A stretch is half-open, [from_ms, to_ms). Kept stretches neither overlap nor touch: whoever adds one joins
it with those it meets, so the union does not depend on the order in which stretches come, and adding one
again changes nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, order=True)
class Stretch:
    """From `from_ms` up to, not including, `to_ms`; never empty."""

    from_ms: int
    to_ms: int

    def __post_init__(self) -> None:
        if not 0 <= self.from_ms < self.to_ms:
            raise ValueError("a stretch begins at 0 or later and ends after it begins")

    @property
    def length_ms(self) -> int:
        """How long it is."""
        return self.to_ms - self.from_ms

    def meets(self, other: Stretch) -> bool:
        """Return whether both overlap or touch, so that together they are one."""
        return self.from_ms <= other.to_ms and other.from_ms <= self.to_ms


@dataclass(frozen=True, slots=True)
class Joined:
    """What adding a stretch does to the kept ones: `into` takes the place of `replaced`."""

    into: Stretch
    replaced: tuple[Stretch, ...]

    @property
    def growth_ms(self) -> int:
        """How much longer the union has become."""
        return self.into.length_ms - length_ms(self.replaced)

    @property
    def changes(self) -> bool:
        """Whether anything is new; otherwise `into` was kept already."""
        return self.replaced != (self.into,)


def join(kept: Iterable[Stretch], new: Stretch) -> Joined:
    """Return what adding `new` does; those of `kept` that it does not meet stay as they are."""
    met = tuple(sorted(stretch for stretch in kept if stretch.meets(new)))
    into = Stretch(
        min(new.from_ms, *(stretch.from_ms for stretch in met)) if met else new.from_ms,
        max(new.to_ms, *(stretch.to_ms for stretch in met)) if met else new.to_ms,
    )
    return Joined(into, met)


def beginning(kept: Iterable[Stretch], new: Stretch, most_ms: int) -> Stretch | None:
    """Return as much of `new`, from its beginning, as makes the union grow by at most `most_ms`.

    None when that is nothing at all. `kept` are stretches that neither overlap nor touch.
    """
    at_ms, left_ms = new.from_ms, most_ms
    for each in sorted(stretch for stretch in kept if stretch.meets(new)):
        gap_ms = max(0, each.from_ms - at_ms)
        if gap_ms > left_ms:
            break
        left_ms -= gap_ms
        at_ms = max(at_ms, each.to_ms)
    end_ms = min(new.to_ms, at_ms + left_ms)
    return Stretch(new.from_ms, end_ms) if end_ms > new.from_ms else None


def union(stretches: Iterable[Stretch]) -> tuple[Stretch, ...]:
    """Return what the stretches cover together, in order, without overlap or touch."""
    joined: list[Stretch] = []
    for stretch in sorted(stretches):
        if joined and joined[-1].meets(stretch):
            last = joined.pop()
            stretch = Stretch(last.from_ms, max(last.to_ms, stretch.to_ms))
        joined.append(stretch)
    return tuple(joined)


def length_ms(stretches: Sequence[Stretch]) -> int:
    """Return the length of stretches that do not overlap."""
    return sum(stretch.length_ms for stretch in stretches)
