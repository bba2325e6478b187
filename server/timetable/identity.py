"""What staff ask aloud before they let somebody in, and what they should hear. Pure.

Identity is checked in the waiting room (NHS England, information governance guidance on video and
conferencing). The date of birth is asked for where it is known, else the phone number, else the full name.
"""

from __future__ import annotations

from datetime import date


def identity_question(full_name: str, date_of_birth: date | None, phone: str) -> str:
    """Return what to ask for, and the right answer: `Date of birth: 12 March 1955`."""
    if date_of_birth is not None:
        return f"Date of birth: {date_of_birth.day} {date_of_birth:%B %Y}"
    digits = "".join(each for each in phone if each.isdigit())
    if len(digits) >= 3:
        return f"Phone number: it ends in {digits[-3:]}"
    return f"Full name: {full_name}"
