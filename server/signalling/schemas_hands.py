"""Views of what patients say without words."""

from __future__ import annotations

from datetime import datetime

from server.signalling.kinds import SignalKind, View


class SignalView(View):
    """A short sign of a patient. All but `repeat` are over by themselves, after 15 s on the page."""

    kind: SignalKind
    """`repeat` (please repeat) stands until staff settle it."""
    at: datetime
    """When it was given."""
