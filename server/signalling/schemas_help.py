"""Views of calls for help, and of patients of whom staff do not know how they are."""

from __future__ import annotations

from datetime import datetime

from server.signalling.kinds import HelpDone, HelpKind, View


class HelpView(View):
    """A call for help: shown to staff and to the caller."""

    id: str
    person: str
    name: str
    phone: str | None = None
    """Staff only: the number to ring first."""
    phones: tuple[str, ...] = ()
    """Staff only: all numbers of this person, that of today first."""
    place: str = ""
    """Staff only: where the patient is today; empty when it is not known."""
    with_whom: str = ""
    """Staff only: who is with the patient; empty: nobody, or not known."""
    emergency_name: str = ""
    """Staff only: whom to ring in an emergency."""
    emergency_phone: str = ""
    """Staff only: on which number."""
    kind: HelpKind
    called_at: datetime
    seen_at: datetime | None = None
    """When staff said that they saw it; null while nobody has."""
    seen_by_name: str | None = None
    """Who that was."""
    settled_at: datetime | None = None
    done: HelpDone | None = None
    """Staff only: what was done; null while it is open, and when the caller settled it."""
    done_note: str = ""
    """Staff only: what staff wrote about it."""


class UnaccountedView(View):
    """Staff only: a patient who was in class today, is gone without having left, and of whom nobody has said
    what became of her.
    """

    person: str
    name: str
    """First or chosen name."""
    full_name: str
    """For staff."""
    phone: str
    """The number to ring first; empty when there is none."""
    since: datetime
    """When she was lost."""
    place: str
    """Where she is today; empty when it is not known."""
    with_whom: str
    """Who is with her; empty: nobody, or not known."""
    emergency_name: str
    """Whom to ring in an emergency."""
    emergency_phone: str
    """On which number."""


class UnaccountedPeopleView(View):
    """Staff only: all of them now; the class ends when there is an account of each."""

    people: tuple[UnaccountedView, ...]
    """The longest lost first."""
