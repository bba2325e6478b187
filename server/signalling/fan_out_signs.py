"""Who is told of raised hands, signs, questions to everyone, and cards. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from server.rooms import events as e
from server.rooms.cards import CardSent
from server.rooms.pulses import PulseAnswered, PulseAsked, PulseClosed
from server.rooms.signs import HandSet, HandsLowered, HandsPutBack, SignalGiven, SignalSettled, hands_up
from server.signalling.kinds import View
from server.signalling.views import Viewer

_WHO_IS_ASKED = (e.Admitted, e.HeldBack, e.WentOut)
"""After these other people may be asked."""


def people_whose_signs_change(viewer: Viewer, event: e.Event) -> tuple[str, ...]:
    """Return whose hand or sign may be another after `event`. When one hand goes down, others move up."""
    match event:
        case HandSet():
            return (event.person_id, *hands_up(viewer.state))
        case HandsLowered() | HandsPutBack():
            return (*event.people, *hands_up(viewer.state))
        case SignalGiven() | SignalSettled():
            return (event.person_id,)
        case e.WentOut() | e.HeldBack():
            return hands_up(viewer.state)
    return ()


def pulse_and_cards(viewer: Viewer, event: e.Event) -> Iterator[tuple[str, tuple[str, View]]]:
    """Return what of these a viewer is sent after `event`, by subject."""
    moves = isinstance(event, PulseAsked | PulseAnswered | PulseClosed)
    if (moves or isinstance(event, _WHO_IS_ASKED)) and (pulse := viewer.pulse()) is not None:
        yield "", ("pulse", pulse)
    if isinstance(event, CardSent) and viewer.may_see_card(event.card_id):
        yield event.card_id, ("card", viewer.card(event.card_id))
