"""What is done for raised hands and short signs."""

from __future__ import annotations

from collections.abc import Callable

from server.rooms import commands as c
from server.rooms import signs
from server.rooms.sign import SignalKind
from server.signalling import requests, requests_hands


def raise_hand(request: requests_hands.RaiseHand, new_id: Callable[[], str]) -> c.Command:
    """hand:raise."""
    return signs.RaiseHand(request.raised)


def lower(request: requests.WhichPerson, new_id: Callable[[], str]) -> c.Command:
    """hand:lower."""
    return signs.LowerHand(request.person)


def lower_all(request: requests.Nothing, new_id: Callable[[], str]) -> c.Command:
    """hand:lower_all."""
    return signs.LowerAllHands()


def send_signal(request: requests_hands.SendSignal, new_id: Callable[[], str]) -> c.Command:
    """signal:send."""
    return signs.SendSignal(SignalKind(request.kind))


def settle_signal(request: requests.WhichPerson, new_id: Callable[[], str]) -> c.Command:
    """signal:settle."""
    return signs.SettleSignal(request.person)
