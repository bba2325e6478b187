"""Passwords of staff: hashed with argon2id, and refused when others would guess them.

Parameters by OWASP (Password Storage Cheat Sheet): argon2id, 19 MiB, 2 passes, 1 lane. A hash takes some tens
of milliseconds, so it is made in a thread of its own, one at a time: a flood of sign-ins takes one core.
A password has 12 to 128 characters of any kind (OWASP ASVS 4.0.3, V2.1), is never cut, and is the same
however its accents were typed (Unicode NFKC, NIST SP 800-63B 5.1.1.2).
"""

from __future__ import annotations

import asyncio
import re
import unicodedata
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from pathlib import Path

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

LEAST = 12
MOST = 128
MOST_COMMON_WORDS = 3
"""A password is too easy when it is no more than so many common words."""
LEAST_FIGURES = 16
"""Figures and signs alone are a date or a phone number unless there are so many."""
LONGEST_WORD = 30
COMMON = Path(__file__).with_name("common_passwords.txt")
_LOOK_ALIKES = str.maketrans("013457@$!|+", "oieastasiit")
"""What people write instead of letters, so that a word still looks like one."""


class Passwords:
    """Hashes and checks passwords beside the event loop. `close` ends its thread."""

    def __init__(self, hasher: PasswordHasher | None = None) -> None:
        self._hasher = hasher or PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="passwords")
        self._nobodys: str | None = None

    async def hash(self, password: str) -> str:
        """Return what is stored of a password: argon2id in PHC form, with a salt of its own."""
        return await asyncio.get_running_loop().run_in_executor(
            self._thread, self._hasher.hash, _normal(password)
        )

    async def is_right(self, stored: str | None, password: str) -> bool:
        """Whether this is the password. Takes as long when there is none (`stored` is None)."""
        if self._nobodys is None:
            self._nobodys = await self.hash("nobody's")
        matches = await asyncio.get_running_loop().run_in_executor(
            self._thread, self._matches, stored or self._nobodys, _normal(password)
        )
        return matches and stored is not None

    def is_outdated(self, stored: str) -> bool:
        """Whether the hash was made with other parameters than today's; then it is made anew."""
        return self._hasher.check_needs_rehash(stored)

    def close(self) -> None:
        """End the thread, once what waits for it is done. Idempotent."""
        self._thread.shutdown()

    def _matches(self, stored: str, password: str) -> bool:
        try:
            return self._hasher.verify(stored, password)
        except (VerificationError, InvalidHashError):
            return False


def what_is_wrong(password: str, own: Iterable[str]) -> str | None:
    """Return words for the page when this cannot be somebody's password; None when it can.

    `own` are the account's names and e-mail address, which others know.
    """
    normal = _normal(password)
    if len(normal) < LEAST:
        return f"Your password must have {LEAST} characters or more"
    if len(normal) > MOST:
        return f"Your password must have {MOST} characters or less"
    if _is_common(normal):
        return "This password is too easy to guess. Choose another, such as four words that nobody expects"
    if _is_own(normal, own):
        return "Your password must be more than your own name or email address"
    return None


def _normal(password: str) -> str:
    return unicodedata.normalize("NFKC", password)


def _is_common(password: str) -> bool:
    """Whether it stands in the list, is made of few of its words and of figures, or hardly varies."""
    plain = password.casefold()
    if len(set(plain)) <= 4 or _is_row(plain):
        return True
    without_end = re.sub(r"[\d\W_]+$", "", plain)
    for candidate in {plain, plain.translate(_LOOK_ALIKES), without_end.translate(_LOOK_ALIKES)}:
        letters = "".join(char for char in candidate if char.isalpha())
        if candidate in _common() or letters in _common() or _words_in(letters) <= MOST_COMMON_WORDS:
            return bool(letters) or (plain.isascii() and len(plain) < LEAST_FIGURES)
    return False


def _is_own(password: str, own: Iterable[str]) -> bool:
    """Whether nothing but the account's own names, and at most four other characters, is in it."""
    rest = password.casefold()
    for part in sorted(_parts(own), key=len, reverse=True):
        rest = rest.replace(part, "")
    return len(rest) <= 4 or len(re.sub(r"[\d\W_]+", "", rest)) == 0 < len(re.sub(r"[\d\W_]+", "", password))


def _parts(own: Iterable[str]) -> set[str]:
    words = {word.casefold() for each in own for word in (each, *re.split(r"[\W_]+", each))}
    return {word for word in words if len(word) >= 3}


_ROWS = (
    "abcdefghijklmnopqrstuvwxyz",
    "0123456789",
    "qwertyuiopasdfghjklzxcvbnm",
    "1qaz2wsx3edc4rfv5tgb6yhn7ujm",
)


def _is_row(plain: str) -> bool:
    """Whether it runs along the alphabet, the figures or the keyboard, either way, over and over."""
    times = MOST // 10 + 2
    return any(plain in row * times or plain in row[::-1] * times for row in _ROWS)


def _words_in(letters: str) -> int:
    """Of how few common words the letters are made; more than any have if they are not."""
    fewest = [0] + [MOST + 1] * len(letters)
    for end in range(1, len(letters) + 1):
        for start in range(max(0, end - LONGEST_WORD), end):
            if fewest[start] + 1 < fewest[end] and letters[start:end] in _common():
                fewest[end] = fewest[start] + 1
    return fewest[-1]


@cache
def _common() -> frozenset[str]:
    lines = COMMON.read_text("utf-8").splitlines()
    return frozenset(line for line in lines if line and not line.startswith("#"))
