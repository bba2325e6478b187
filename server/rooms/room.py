"""The room of one class: takes commands, gives events. Pure; its shell is `live_room`."""

from __future__ import annotations

from datetime import datetime

from server.rooms import commands as c
from server.rooms.cards import SendCard, card_by_key
from server.rooms.changes import apply
from server.rooms.chat import message_by_key
from server.rooms.decisions import decide
from server.rooms.events import Event
from server.rooms.help_calls import open_help
from server.rooms.pulses import AskPulse, pulse_by_key
from server.rooms.questions import ReplyToQuestion, question_by_key, reply_by_key
from server.rooms.refusals import check_who
from server.rooms.state import RoomState


class Room:
    """One class. `handle` decides and changes nothing; `apply` makes an event true."""

    def __init__(self, state: RoomState) -> None:
        self.state = state

    def copy(self) -> Room:
        """Return a room of its own that is as this one is now."""
        return Room(self.state.copy())

    def handle(self, command: c.Command, at: datetime, actor: str | None) -> tuple[Event, ...]:
        """Return what follows from `command` at the moment `at`; raise `Refused` when it may not be.

        `actor` is the person who asks, None the system.
        """
        if isinstance(command, c.Leave) and self.state.ended_at is not None:
            return ()
        if actor is None and self.state.ended_at is not None and command.who.system:
            return ()
        check_who(command.who, self.state, actor)
        return decide(self.state, command, at, actor)

    def apply(self, event: Event) -> None:
        """Make `event` true."""
        apply(self.state, event)

    def made(self, command: c.Command, actor: str | None) -> str | None:
        """Return the id of what `command` made, now or when it was sent before; None if it makes nothing."""
        if actor is None:
            return None
        match command:
            case c.Ask():
                return question_by_key(self.state, actor, command.key)
            case ReplyToQuestion():
                return reply_by_key(self.state, actor, command.key)
            case c.Post():
                return message_by_key(self.state, actor, command.key)
            case c.CallHelp():
                return open_help(self.state, actor, command.kind)
            case AskPulse():
                return pulse_by_key(self.state, actor, command.key)
            case SendCard():
                return card_by_key(self.state, actor, command.key)
        return None
