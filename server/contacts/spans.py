"""Stretches of time from a start up to an end: put together, and where two lots of them overlap. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """From `start` up to, and not including, `end`; both aware. It has a length."""

    start: datetime
    end: datetime

    @property
    def length(self) -> timedelta:
        """How long it lasts; real time, whatever the clocks on the wall did meanwhile."""
        return self.end - self.start


def merged(spans: Iterable[Span]) -> list[Span]:
    """Return the same time as spans that neither touch nor overlap, in order, each with a length."""
    apart: list[Span] = []
    for span in sorted(each for each in spans if each.start < each.end):
        if apart and span.start <= apart[-1].end:
            apart[-1] = Span(apart[-1].start, max(apart[-1].end, span.end))
        else:
            apart.append(span)
    return apart


def overlap(ours: Iterable[Span], theirs: Iterable[Span]) -> list[Span]:
    """Return the time that lies in both, merged."""
    others = merged(theirs)
    return merged(
        Span(max(one.start, other.start), min(one.end, other.end)) for one in merged(ours) for other in others
    )


def total(spans: Iterable[Span]) -> timedelta:
    """Return how long these last together; what lies in several of them counts once."""
    return sum((span.length for span in merged(spans)), timedelta())
