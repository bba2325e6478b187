"""The short code in a printed letter: what is typed, or said on the phone, in place of the link.

15 digits in groups of three, `402 913 558 016 927`: 14 drawn at random (46.5 bits) and a check digit.

- Digits only: no capital or small letters, no O and 0, nothing that sounds alike on the phone or spells a
  word, the same in every language, and the tablet shows its number keys.
- Groups of three are as much as is kept in mind between a letter and a screen.
- The check digit (Damm 2004: one wrong digit and two that are swapped are always found) says that something
  was typed wrong before anything is looked up. No code has 10 digits, as an NHS number has, nor the length
  and grouping of a bank card.

Stored is HMAC-SHA-256 of the code with the installation's key, a file in the data folder. 46 bits are too
few for a plain hash: whoever got hold of a copy of the database could try them all in an hour, and then walk
into a class with the dates of birth out of the same copy. A slow hash is no way out, since a code has no name
beside it by which its salt could be found, and a CSV import makes 5,000. When the key is lost, letters are
printed anew; links go on working. At the door guesses are limited (see `pages.code_door`).
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from server.data_folder import kept_secret
from server.errors import CannotStart

LENGTH = 15
KEY_FILE = "short-code-key"
KEY_BYTES = 32

_DAMM = (
    (0, 3, 1, 7, 5, 9, 8, 6, 4, 2),
    (7, 0, 9, 2, 1, 5, 4, 8, 6, 3),
    (4, 2, 0, 6, 8, 7, 1, 3, 5, 9),
    (1, 7, 5, 0, 9, 8, 3, 4, 2, 6),
    (6, 1, 2, 3, 0, 4, 5, 9, 7, 8),
    (3, 6, 7, 4, 2, 0, 9, 5, 8, 1),
    (5, 8, 6, 9, 7, 2, 0, 1, 3, 4),
    (8, 9, 4, 5, 3, 6, 2, 0, 1, 7),
    (9, 4, 3, 8, 6, 1, 7, 2, 0, 5),
    (2, 5, 8, 1, 4, 3, 6, 7, 9, 0),
)
"""A totally anti-symmetric quasigroup of order 10 (H. M. Damm, doctoral thesis, Marburg 2004)."""


@dataclass(frozen=True, slots=True)
class ShortCode:
    """A code that was just drawn. It is shown once, in the letter; `hashed` is what is stored."""

    digits: str
    hashed: str

    @property
    def spoken(self) -> str:
        """In groups of three, as it stands in the letter."""
        return grouped(self.digits)

    def __repr__(self) -> str:
        return "ShortCode(...)"


class ShortCodes:
    """Draws codes, and finds what is stored of one that was typed. Made with the installation's key."""

    def __init__(self, key: bytes, below: Callable[[int], int] = secrets.randbelow) -> None:
        """`below(n)` draws from 0 to n - 1."""
        self._key = key
        self._below = below

    def draw(self) -> ShortCode:
        """Return a new code. Two that are the same do not come about (46 bits; the column is unique)."""
        digits = f"{self._below(10 ** (LENGTH - 1)):0{LENGTH - 1}}"
        digits += str(_interim(digits))
        return ShortCode(digits, self.hashed(digits))

    def hashed(self, digits: str) -> str:
        """Return what is stored of a code: 64 hexadecimal characters."""
        return hmac.digest(self._key, digits.encode(), hashlib.sha256).hex()


def short_code_key(folder: Path) -> bytes:
    """Return the installation's key from its file in `folder`; made, for this user only, when missing."""
    path = folder / KEY_FILE
    key = kept_secret(path, lambda: secrets.token_bytes(KEY_BYTES))
    if len(key) < KEY_BYTES:
        raise CannotStart(
            f"{path} is damaged; remove it and start again. The short codes in letters that were printed"
            " will not work any more; links will."
        )
    return key


def typed_digits(written: str) -> str:
    """Return the digits of what somebody typed; spaces, dashes, dots and the like are let pass.

    Digits of other scripts count as themselves (`٣` is 3). Letters stay, so that they are not overlooked.
    """
    return "".join(
        str(int(character)) if character.isdecimal() else character
        for character in written
        if character.isalnum()
    )


def is_well_formed(digits: str) -> bool:
    """Whether these can be a code: as long as one, and the check digit is right."""
    return len(digits) == LENGTH and digits.isascii() and digits.isdigit() and _interim(digits) == 0


def grouped(digits: str) -> str:
    """Return digits in groups of three: `402 913 558 016 927`."""
    return " ".join(digits[at : at + 3] for at in range(0, len(digits), 3))


def _interim(digits: str) -> int:
    interim = 0
    for digit in digits:
        interim = _DAMM[interim][int(digit)]
    return interim
