"""What is asked for when somebody needs help, is lost, or when class ends."""

from __future__ import annotations

from typing import TypeVar

from pydantic import field_validator, model_validator

from server.signalling.kinds import AccountDone, HelpDone, HelpKind, PersonId, Request, Written

T = TypeVar("T")
MOST_ACCOUNTS = 64
"""More than any class has patients."""


class AskHelp(Request):
    """A patient's call for help: now (a fall, chest pain, dizzy, frightened), a rest, or a private word."""

    kind: HelpKind


class SeeHelp(Request):
    """Staff have seen the call: the caller is told who comes, and the alarm ends."""

    help: PersonId
    """The call's id."""


class SettleHelp(Request):
    """The call is settled: by the caller ("I am all right now") or by staff."""

    help: PersonId
    done: HelpDone | None = None
    """By staff: what was done, without which they are refused (`what_was_done`). The caller sends none."""
    note: Written | None = None
    """By staff, with `done`: more about it, for the record."""

    @model_validator(mode="after")
    def _a_note_is_on_what_was_done(self) -> SettleHelp:
        if self.note is not None and self.done is None:
            raise ValueError("a note goes with what was done")
        return self


class AccountFor(Request):
    """What became of a patient who was lost."""

    person: PersonId
    done: AccountDone
    """What was done, and what came of it."""
    note: Written | None = None
    """More about it, for the record."""


class CallAnswered(Request):
    """What was done about a call for help."""

    help: PersonId
    done: HelpDone
    """What was done."""
    note: Written | None = None
    """More about it, for the record."""


class EndClass(Request):
    """End the class for everyone."""

    accounts: list[AccountFor] = []  # noqa: RUF012 - pydantic copies it
    """What became of each of `ClassView.unaccounted` of whom nobody has said so yet."""

    calls: list[CallAnswered] = []  # noqa: RUF012 - pydantic copies it
    """What was done about each open call of the kind `now`."""

    @field_validator("accounts", "calls")
    @classmethod
    def _are_few(cls, given: list[T]) -> list[T]:
        if len(given) > MOST_ACCOUNTS:
            raise ValueError(f"no class has more than {MOST_ACCOUNTS} patients")
        return given
