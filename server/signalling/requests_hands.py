"""What is asked for about hands and signals."""

from __future__ import annotations

from server.signalling.kinds import Request, SignalKind


class RaiseHand(Request):
    """A patient raises her hand, or takes it down."""

    raised: bool
    """true: raise. false: take down."""


class SendSignal(Request):
    """A patient gives a short sign, in place of the one before."""

    kind: SignalKind
    """Which."""
