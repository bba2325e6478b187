"""What is asked for about signposting cards."""

from __future__ import annotations

from typing import Annotated

from pydantic import StringConstraints

from server.signalling.kinds import Key, PersonId, Request, ShortText, Written

CardPhone = Annotated[str, StringConstraints(pattern=r"^(\+?[0-9][0-9 ]{1,29})?$")]
CardAddress = Annotated[str, StringConstraints(pattern=r"^(https?://[A-Za-z0-9.-]{1,200}(/[!-~]{0,200})?)?$")]


class SendCard(Request):
    """Give a patient, or all of the course, a card with where else there is help."""

    key: Key
    person: PersonId | None
    """Whom it is for, a patient of this course; null: everyone."""
    title: ShortText
    """What it is, in a few words."""
    words: Written
    """What it is good for."""
    phone: CardPhone
    """Whom to ring: digits and spaces; empty when there is no number."""
    address: CardAddress
    """The address of a page, http or https; empty when there is none."""
