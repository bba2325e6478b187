"""What is asked for to moderate a class, and who sees whom."""

from __future__ import annotations

from server.signalling.kinds import HelpDone, PersonId, Request, TurnedReason, UndoKind, Written


class ShowMe(Request):
    """Whether classmates get the own picture, as long as the camera is on."""

    to_group: bool
    """false: staff only. When that is acknowledged, nothing more of it goes to classmates."""


class StopCamera(Request):
    """Stop a patient's camera, or let her switch it on again. Nothing of it goes to anybody meanwhile."""

    person: PersonId
    stopped: bool
    """true: stop. false: the person may switch it on again."""


class RemovePerson(Request):
    """Take somebody out of class. She cannot come again until staff let her back."""

    person: PersonId
    reason: TurnedReason
    """Why; for the record."""
    text: Written
    """What the person is told."""
    done: HelpDone | None = None
    """What was done about her calls for help that are open; needed while there is one (`open_call`)."""
    note: Written | None = None
    """More about that, for the record."""


class UndoLast(Request):
    """Take back what was done last to many at once."""

    kind: UndoKind | None = None
    """What the person saw that could be undone: refused (`nothing_to_undo`) if it is another thing by now."""


class LockClass(Request):
    """Lock the class, or open it again."""

    locked: bool
    """true: nobody new gets in."""


class Spotlight(Request):
    """Show a patient large to everyone. Only one who has chosen to be seen by the group."""

    person: PersonId | None
    """null: nobody any more."""
