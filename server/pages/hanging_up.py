"""Whom the pages tell, once it is stored, that people's ways in have ended.

In class, a socket is asked for its link only when it connects.
"""

from __future__ import annotations

from collections.abc import Callable, Collection

HangUp = Callable[[Collection[str]], None]
"""Called with the ids of people; hangs up on them, and the door lets in again whoever may still come."""


def nobody_to_hang_up_on(people: Collection[str]) -> None:
    """Hang up on nobody: no class is held here."""
