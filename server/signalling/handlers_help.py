"""What is done when somebody needs help, is lost, or when class ends."""

from __future__ import annotations

from collections.abc import Callable

from server.rooms import commands as c
from server.rooms.loss import AccountDone, WhatBecame
from server.rooms.losses import SettleLoss
from server.rooms.state import HelpDone, HelpKind
from server.signalling import requests_help


def call_help(request: requests_help.AskHelp, new_id: Callable[[], str]) -> c.Command:
    """help:ask."""
    return c.CallHelp(new_id(), HelpKind(request.kind))


def see_help(request: requests_help.SeeHelp, new_id: Callable[[], str]) -> c.Command:
    """help:see."""
    return c.SeeHelp(request.help)


def settle_help(request: requests_help.SettleHelp, new_id: Callable[[], str]) -> c.Command:
    """help:settle."""
    done = HelpDone(request.done) if request.done is not None else None
    return c.SettleHelp(request.help, done, request.note or "")


def settle_drop(request: requests_help.AccountFor, new_id: Callable[[], str]) -> c.Command:
    """drop:settle."""
    return SettleLoss(request.person, AccountDone(request.done), request.note or "")


def end(request: requests_help.EndClass, new_id: Callable[[], str]) -> c.Command:
    """class:end."""
    return c.End(
        tuple(WhatBecame(each.person, AccountDone(each.done), each.note or "") for each in request.accounts),
        tuple(c.WhatWasDone(each.help, HelpDone(each.done), each.note or "") for each in request.calls),
    )
