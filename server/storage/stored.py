"""Lets a capability learn that something was stored, once it is committed, without asking all the time."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from sqlalchemy.ext.asyncio import AsyncSession

_NOTED = "moveroom_noted"


def note(session: AsyncSession, what: str) -> None:
    """Have those who listen for `what` told when this session's work is committed."""
    session.info.setdefault(_NOTED, set()).add(what)


def noted(session: AsyncSession) -> set[str]:
    """Return what was noted in this session."""
    found: set[str] = session.info.get(_NOTED, set())
    return found


class Listeners:
    """Who wants to know of what."""

    def __init__(self) -> None:
        self._by_what: dict[str, list[Callable[[], None]]] = {}

    def listen(self, what: str, told: Callable[[], None]) -> None:
        """Have `told` called after each commit of `what`. It must be quick and must not raise."""
        self._by_what.setdefault(what, []).append(told)

    def tell(self, whats: Iterable[str]) -> None:
        """Tell those who listen."""
        for what in whats:
            for told in self._by_what.get(what, ()):
                told()
