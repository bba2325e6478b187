"""What is asked for about a question to everyone at once."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, model_validator

from server.signalling.kinds import Key, PersonId, PulseKind, Request, ShortText, Written

FEWEST_OPTIONS, MOST_OPTIONS = 2, 6


class AskPulse(Request):
    """Ask all patients in class how much it hurts, how hard it is, or what they choose."""

    key: Key
    kind: PulseKind
    """pain, effort: 0 to 10. poll: one of `options`."""
    text: Written
    """The question."""
    options: list[ShortText] = []  # noqa: RUF012 - pydantic copies it
    """Of a poll, 2 to 6 of them; else none."""

    @model_validator(mode="after")
    def _a_poll_has_options(self) -> AskPulse:
        fits = (
            FEWEST_OPTIONS <= len(self.options) <= MOST_OPTIONS if self.kind == "poll" else not self.options
        )
        if not fits:
            raise ValueError("a poll has 2 to 6 options, anything else none")
        return self


class AnswerPulse(Request):
    """Answer it, or choose another answer."""

    pulse: PersonId
    """Its id."""
    value: Annotated[int, Field(ge=0, le=10)]
    """0 to 10, or the number of an option, from 0."""


class WhichPulse(Request):
    """A question to everyone."""

    pulse: PersonId
    """Its id."""
