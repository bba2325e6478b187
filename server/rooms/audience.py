"""Who is told what becomes true in open classes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Protocol

from server.rooms.events import Event

if TYPE_CHECKING:
    from server.rooms.open_class import OpenClass


class Audience(Protocol):
    """Tells the people of a class what has changed. Waits for nobody."""

    def changed(self, open_class: OpenClass, events: Sequence[Event]) -> None:
        """These events have become true."""

    def rebuilt(self, open_class: OpenClass) -> None:
        """Anything may have changed."""

    def called_off(self, open_class: OpenClass) -> None:
        """Staff have called the class off: nobody has anything to look for in it."""

    def slots_changed(self, open_class: OpenClass, person_ids: Sequence[str]) -> None:
        """Other people are in these persons' slots now."""

    def line_changed(self, open_class: OpenClass, person_id: str) -> None:
        """Somebody's connection is better or worse than it was."""

    def layers_changed(self, open_class: OpenClass, person_id: str) -> None:
        """Other layers of somebody's camera are needed now."""

    def knocks(self, open_class: OpenClass, person_id: str) -> None:
        """Somebody who is in class asks to come in on another device, or does not ask any more."""

    def chose_sound_only(self, open_class: OpenClass, person_id: str) -> None:
        """Somebody chose to get no pictures, or to get them again."""


class NobodyListens:
    """The audience before signalling is attached."""

    def changed(self, open_class: OpenClass, events: Sequence[Event]) -> None:
        """Tell nobody."""

    def rebuilt(self, open_class: OpenClass) -> None:
        """Tell nobody."""

    def called_off(self, open_class: OpenClass) -> None:
        """Tell nobody."""

    def slots_changed(self, open_class: OpenClass, person_ids: Sequence[str]) -> None:
        """Tell nobody."""

    def line_changed(self, open_class: OpenClass, person_id: str) -> None:
        """Tell nobody."""

    def layers_changed(self, open_class: OpenClass, person_id: str) -> None:
        """Tell nobody."""

    def knocks(self, open_class: OpenClass, person_id: str) -> None:
        """Tell nobody."""

    def chose_sound_only(self, open_class: OpenClass, person_id: str) -> None:
        """Tell nobody."""
