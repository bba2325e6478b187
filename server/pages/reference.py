"""References that a person can read out on the phone: no capital that matters, no letter like a number."""

from __future__ import annotations

import hashlib

LETTERS = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Without 0, O, 1, I, L and U."""
LENGTH = 8


def spoken_reference(unique: str) -> str:
    """Return a reference made of `unique`, such as `7QX4-M2DK`."""
    number = int.from_bytes(hashlib.sha256(unique.encode()).digest(), "big")
    letters = ""
    for _ in range(LENGTH):
        number, letter = divmod(number, len(LETTERS))
        letters += LETTERS[letter]
    return f"{letters[:4]}-{letters[4:]}"
