"""Whom the pages tell, once it is stored, of what was written outside of class: the rooms of the course."""

from __future__ import annotations

from typing import Protocol

from server.rooms.events import Event
from server.rooms.question import Question


class TalkTold(Protocol):
    """The classes that are open."""

    async def chat_changed(self, course_id: str, events: tuple[Event, ...]) -> None:
        """This happened in the course's chat."""

    async def question_asked(self, class_id: str, question: Question) -> None:
        """A question was asked for this class."""


class NobodyTalks:
    """No class is held here."""

    async def chat_changed(self, course_id: str, events: tuple[Event, ...]) -> None:
        """Tell nobody."""

    async def question_asked(self, class_id: str, question: Question) -> None:
        """Tell nobody."""
