"""The view of a question that staff ask of everyone at once."""

from __future__ import annotations

from datetime import datetime

from server.signalling.kinds import PulseKind, View


class PulseView(View):
    """How much it hurts or how hard it is (0 to 10), or a poll, as this viewer may see it."""

    id: str
    kind: PulseKind
    """pain, effort: 0 to 10. poll: one of `options`."""
    text: str
    """The question."""
    options: tuple[str, ...]
    """Of a poll; else empty."""
    asked_at: datetime
    closed_at: datetime | None
    """null: it can be answered."""
    my_value: int | None
    """What this viewer has answered: 0 to 10, or the number of an option, from 0."""
    answered: int
    """How many have answered."""
    of: int
    """How many are asked: the patients who are in class, and those who have answered."""
    shown_from: int
    """With how many answers patients get `bars`: 0 for a poll."""
    bars: tuple[int, ...]
    """How many chose 0, 1, ... 10, or each option. For patients empty until it is closed, and then, too, if
    fewer than `shown_from` answered.
    """
    values: dict[str, int]
    """Staff only: who answered what, by person id."""
    missing: tuple[str, ...]
    """Staff only: person ids of the patients in class who have not answered."""
