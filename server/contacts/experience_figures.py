"""The figures of a month's experience, and which of them may be shown. Pure.

Nothing that is shown may tell about a group of fewer than five answers, neither by itself nor by taking one
figure from another:

- A group of fewer than five is not shown.
- What is hidden of a breakdown holds five answers or more together, else the smallest group that could be
  shown is hidden as well, so that the total less the groups shown tells nothing about a few.
- While a month goes on, answers wait in a pool. Only when ten wait are five of them, drawn at random, added
  to what is shown. So each figure differs from the one before it by five answers at least, and so does the
  final one, in which all are counted.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from server.contacts.experience_question import Choice

FEWEST = 5
"""The smallest group about which anything is shown."""

TOO_FEW = "Too few answers to show"


@dataclass(frozen=True, slots=True)
class Figures:
    """What is shown of a group of five answers or more. Percentages are whole, halves rounded up."""

    n: int
    """All answers, "don't know" among them: the denominator."""
    positive: int
    """How many said very good or good: what is held against a target, for a percentage is rounded."""
    positive_percent: int
    negative_percent: int
    """Poor and very poor."""
    dont_know_percent: int

    def over(self, target_percent: int) -> int:
        """Return above 0 when more than the target said very good or good, 0 for exactly it, else below 0."""
        return 100 * self.positive - target_percent * self.n

    def positive_words(self, target_percent: int | None) -> str:
        """Return the positive percentage; with a decimal, rounded down, when it is whole only by rounding up
        to a target that is missed.
        """
        if (
            target_percent is not None
            and self.over(target_percent) < 0 <= self.positive_percent - target_percent
        ):
            tenths = 1000 * self.positive // self.n
            return f"{tenths // 10}.{tenths % 10}%"
        return f"{self.positive_percent}%"


@dataclass(frozen=True, slots=True)
class ProgrammeExperience:
    """One programme's part of a month."""

    programme_id: str
    title: str
    figures: Figures | None
    """None where there are too few answers to show, or where showing them would tell about another few."""


def figures_of(counts: Mapping[Choice, int]) -> Figures | None:
    """Return what is shown of a group; None when it is under five answers."""
    n = sum(counts.values())
    if n < FEWEST:
        return None

    def of(*choices: Choice) -> int:
        return sum(counts.get(choice, 0) for choice in choices)

    def percent(number: int) -> int:
        return (200 * number + n) // (2 * n)

    positive = of(Choice.VERY_GOOD, Choice.GOOD)
    return Figures(
        n=n,
        positive=positive,
        positive_percent=percent(positive),
        negative_percent=percent(of(Choice.POOR, Choice.VERY_POOR)),
        dont_know_percent=percent(of(Choice.DONT_KNOW)),
    )


def groups_to_show(answers: Mapping[str, int]) -> frozenset[str]:
    """Return the groups of a breakdown that may stand beside their total, given each one's answers."""
    if sum(answers.values()) < FEWEST:
        return frozenset()
    shown = sorted((name for name in answers if answers[name] >= FEWEST), key=lambda name: answers[name])
    hidden = sum(number for number in answers.values() if number < FEWEST)
    if 0 < hidden < FEWEST:
        shown = shown[1:]
    return frozenset(shown)


def ready_to_show(waiting: int) -> int:
    """Return how many of the answers that wait in a running month are added to what is shown."""
    return FEWEST * (waiting // FEWEST - 1) if waiting >= 2 * FEWEST else 0
