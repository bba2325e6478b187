"""Whom the pages tell, once it is stored, that a check-in was sent or decided on: the room of that class."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

CheckInChanged = Callable[[str, str], Awaitable[None]]
"""Called with the id of the class and of the patient."""


async def nobody_is_told(class_id: str, person_id: str) -> None:
    """Tell nobody: no class is held here."""
