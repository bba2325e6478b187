"""The Friends and Family Test's question, its answers and their order: NHS England's own words. Pure.

NHS England, "Using the Friends and Family Test to improve patient experience": the standard question and its
six responses may not be changed; at least one question in free text follows.
"""

from __future__ import annotations

from enum import StrEnum

QUESTION = "Overall, how was your experience of our service?"
WHY_QUESTION = "Please can you tell us why you gave your answer?"

LONGEST_WHY = 2_000
"""Characters that somebody may write; more than a page."""


class Choice(StrEnum):
    """One of the six answers, in the order in which they are offered; the values stand in the tables."""

    VERY_GOOD = "very_good"
    GOOD = "good"
    NEITHER = "neither"
    POOR = "poor"
    VERY_POOR = "very_poor"
    DONT_KNOW = "dont_know"

    @property
    def words(self) -> str:
        """The answer as it is offered."""
        return _WORDS[self]


_WORDS = {
    Choice.VERY_GOOD: "Very good",
    Choice.GOOD: "Good",
    Choice.NEITHER: "Neither good nor poor",
    Choice.POOR: "Poor",
    Choice.VERY_POOR: "Very poor",
    Choice.DONT_KNOW: "Don't know",
}
