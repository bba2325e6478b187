"""Views of signposting cards: where else there is help."""

from __future__ import annotations

from datetime import datetime

from server.signalling.kinds import View


class CardView(View):
    """A card that staff have sent; it stays on the patient's own page."""

    id: str
    person: str | None
    """Person id of whom it is for; null: everyone."""
    title: str
    """What it is, in a few words."""
    words: str
    """What it is good for."""
    phone: str
    """Whom to ring; empty when there is no number."""
    address: str
    """The address of a page, http or https; empty when there is none."""
    sent_at: datetime
    """When it was sent."""
    sent_by_name: str
    """Who sent it."""


class ReadyCardView(View):
    """Staff only: a card that can be sent as it is."""

    title: str
    """What it is, in a few words."""
    words: str
    """What it is good for."""
    phone: str
    """Whom to ring; empty when there is no number."""
    address: str
    """The address of a page; empty when there is none."""
